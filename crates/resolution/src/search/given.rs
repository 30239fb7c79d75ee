//! Stacks that somebody else found: checked against everything that was read, one requirement after the other.

use std::collections::BTreeMap;

use packaging::{PackageName, Version};

use super::{Search, Stack, stack, unpinned, walk};
use crate::rule::{Effect, Member, Rule};

impl Search {
    /// The stack of these releases, with the bound proved so far; `None` when they are none: something required is missing
    /// or of another version, was not read or cannot be used, or is there although nothing requires it, or a rule forbids them. A requirement is met by the package it is on.
    pub fn stack_of(&self, releases: &[(PackageName, Version)]) -> Option<Stack> {
        let (problem, catalogue) = (&self.problem, &self.catalogue);
        let mut given: BTreeMap<usize, usize> = BTreeMap::new();
        for (name, version) in releases {
            let number = catalogue.number(name)?;
            if given.insert(number, catalogue.packages[number].position(version)?).is_some() {
                return None;
            }
        }
        let walk = walk(problem, catalogue, &|number| given.get(&number).copied());
        if !walk.needs.is_empty() || !walk.open.is_empty() || walk.fork().is_some() || walk.chosen.len() != given.len()
        {
            return None;
        }
        for (number, (candidate, active)) in &walk.chosen {
            let package = &catalogue.packages[*number];
            let version = &package.candidates[*candidate].version;
            if !problem.bounds(&package.name).iter().all(|bound| bound.contains(version)) {
                return None;
            }
            let Some(Ok(requires)) = catalogue.read.get(&(*number, *candidate)) else { return None };
            for edge in requires.edges.iter().filter(|edge| edge.when.iter().all(|extra| active.contains(extra))) {
                let (target, _) = walk.chosen.get(&catalogue.number(&edge.package)?)?;
                let required = &catalogue.package(&edge.package)?.candidates[*target];
                if !problem.own(&edge.package, &edge.specifiers).contains(&required.version) {
                    return None;
                }
            }
        }
        let has = |member: &Member| {
            let number = member.package.as_ref().map(|package| catalogue.number(package));
            walk.chosen.iter().filter(|(one, _)| number.is_none_or(|number| number == Some(**one))).any(
                |(number, (candidate, _))| {
                    let package = &catalogue.packages[*number];
                    member.has(package, &package.candidates[*candidate])
                },
            )
        };
        let forbids = |rule: &Rule| matches!(&rule.effect, Effect::Forbid(members) if members.iter().all(has));
        if problem.rules.all().iter().any(forbids) {
            return None;
        }
        if unpinned(problem, catalogue, &walk).is_some() {
            return None;
        }
        Some(stack(problem, catalogue, &walk, self.lower_bound()))
    }
}
