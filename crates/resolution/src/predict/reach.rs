//! Which packages and releases a world is made of: what a stack could have, as far as it was read.
//!
//! How they are compiled is in [`super::world`].

use std::collections::BTreeMap;

use packaging::{ExtraName, PackageName};

use super::{
    scale::Scale,
    world::{MOST_RELEASES, Meeting, Meets},
};
use crate::{
    catalogue::Catalogue,
    cost::Cost,
    rule::{Effect, Member},
    search::{Problem, Stack},
};

/// What can be reached, before it is compiled.
pub(super) struct Reach<'s> {
    /// By catalogue number, `None` for a package that is not loaded: its place in the world.
    pub(super) places: BTreeMap<PackageName, usize>,
    pub(super) names: Vec<PackageName>,
    /// By place: candidates that can be walked, newest first.
    pub(super) candidates: Vec<Vec<usize>>,
    pub(super) extras: BTreeMap<(usize, ExtraName), u32>,
    pub(super) left_out: usize,
    /// What can be walked whatever is left out.
    stack: Option<&'s Stack>,
}

impl<'s> Reach<'s> {
    pub(super) fn of(problem: &Problem, catalogue: &Catalogue, stack: Option<&'s Stack>) -> Self {
        let mut reach = Self {
            places: BTreeMap::new(),
            names: Vec::new(),
            candidates: Vec::new(),
            extras: BTreeMap::new(),
            left_out: 0,
            stack,
        };
        for (_, want) in problem.standing() {
            reach.reach(problem, catalogue, &want.package, &want.extras);
        }
        let (mut known, mut before) = (0, usize::MAX);
        // An extra that is asked for late opens requirements of packages that were looked at before.
        while known != before {
            before = known;
            let mut at = 0;
            while at < reach.names.len() {
                reach.follow(problem, catalogue, at);
                at += 1;
            }
            known = reach.names.len() + reach.extras.len();
        }
        reach
    }

    fn follow(&mut self, problem: &Problem, catalogue: &Catalogue, place: usize) {
        let Some(number) = catalogue.number(&self.names[place]) else { return };
        for candidate in self.candidates[place].clone() {
            let Some(Ok(requires)) = catalogue.read.get(&(number, candidate)) else { continue };
            for edge in &requires.edges {
                if edge.when.iter().all(|extra| self.extras.contains_key(&(place, extra.clone()))) {
                    self.reach(problem, catalogue, &edge.package, &edge.extras);
                }
            }
        }
    }

    fn place(&self, member: &Member) -> Option<usize> {
        self.places.get(member.package.as_ref()?).copied()
    }

    /// The rules about several packages that a stack could meet: members, what it costs, and where. No cost is never.
    pub(super) fn meetings<'p>(
        &'p self,
        problem: &'p Problem,
    ) -> impl Iterator<Item = (&'p [Member], Cost, Option<bool>)> {
        let rules = problem.rules.all().iter();
        rules.filter(|rule| rule.is_about_several()).filter_map(|rule| {
            let members = rule.members();
            let is_here = members.iter().all(|member| self.place(member).is_some());
            let (cost, together) = match &rule.effect {
                Effect::Points { level, points, .. } => {
                    (problem.objective.cost(*level, points.unsigned_abs()), Some(*points > 0))
                }
                _ => (Cost::ZERO, None),
            };
            is_here.then_some((members, cost, together))
        })
    }

    pub(super) fn compiled(&self, problem: &Problem, catalogue: &Catalogue, scale: &Scale) -> Vec<Meeting> {
        let mask = |member: &Member| {
            let place = self.place(member)?;
            let package = catalogue.package(member.package.as_ref()?);
            let has = |candidate: &usize| {
                package.is_some_and(|package| {
                    package.candidates.get(*candidate).is_some_and(|candidate| member.has(package, candidate))
                })
            };
            let candidates = self.candidates[place].iter().enumerate();
            let mask = candidates.filter(|(_, one)| has(one)).fold(0_u64, |all, (at, _)| all | 1 << at);
            Some((place as u32, mask))
        };
        let compile = |(members, cost, together): (&[Member], Cost, Option<bool>)| Meeting {
            members: members.iter().filter_map(mask).collect(),
            effect: together.map_or(Meets::Never, |together| Meets::Costs(cost, scale.loss(&cost), together)),
        };
        self.meetings(problem).map(compile).collect()
    }

    /// The costs of the releases of a place.
    pub(super) fn costs<'c>(&'c self, catalogue: &'c Catalogue, place: usize) -> impl Iterator<Item = Cost> + 'c {
        let package = self.names.get(place).and_then(|name| catalogue.package(name));
        let candidates = self.candidates.get(place).into_iter().flatten();
        candidates.filter_map(move |candidate| Some(package?.candidates.get(*candidate)?.cost))
    }

    /// What a package costs at least in any stack, level by level; nothing where a stack could do without it.
    pub(super) fn given(&self, problem: &Problem, catalogue: &Catalogue, place: usize) -> Cost {
        let is_given = problem.standing().any(|(_, want)| Some(&want.package) == self.names.get(place));
        let least = |one: Cost, other: Cost| one.least(&other);
        if is_given { self.costs(catalogue, place).reduce(least).unwrap_or_default() } else { Cost::ZERO }
    }

    /// What the releases of a package lose, without what is lost whatever is chosen: the most on each level.
    pub(super) fn dearest(&self, problem: &Problem, catalogue: &Catalogue, place: usize) -> Option<Cost> {
        let given = self.given(problem, catalogue, place);
        self.costs(catalogue, place).map(|cost| cost - given).reduce(|one, other| one.most(&other))
    }

    fn reach(&mut self, problem: &Problem, catalogue: &Catalogue, name: &PackageName, extras: &[ExtraName]) {
        let place = match self.places.get(name) {
            Some(place) => *place,
            None => {
                let place = self.names.len();
                self.places.insert(name.clone(), place);
                self.names.push(name.clone());
                let candidates = self.walkable(problem, catalogue, name);
                self.candidates.push(candidates);
                place
            }
        };
        for extra in extras {
            let next = self.extras.len() as u32;
            self.extras.entry((place, extra.clone())).or_insert(next);
        }
    }

    /// The candidates of a package that were read and that the project admits; none when it is not loaded.
    fn walkable(&mut self, problem: &Problem, catalogue: &Catalogue, name: &PackageName) -> Vec<usize> {
        let (Some(number), Some(package)) = (catalogue.number(name), catalogue.package(name)) else {
            return Vec::new();
        };
        let bounds = problem.bounds(name);
        let admits = |candidate: &usize| {
            let version = &package.candidates[*candidate].version;
            matches!(catalogue.read.get(&(number, *candidate)), Some(Ok(_)))
                && bounds.iter().all(|bound| bound.contains(version))
        };
        let mut walkable: Vec<usize> = (0..package.candidates.len()).filter(admits).collect();
        if walkable.len() > MOST_RELEASES {
            self.left_out += walkable.len() - MOST_RELEASES;
            let kept = self.stack.and_then(|stack| stack.version(name));
            walkable.sort_by_key(|candidate| {
                let release = &package.candidates[*candidate];
                (kept != Some(&release.version), release.cost, *candidate)
            });
            walkable.truncate(MOST_RELEASES);
            walkable.sort_unstable();
        }
        walkable
    }
}
