//! Steps a search to its end, answering what it asks.

use packaging::{PackageName, Version};
use resolution::{
    Problem, Search, Stack, Step,
    catalogue::{Exclusion, Package, Requires},
};

use crate::definition::Best;

/// The stack that the search decides on.
pub(crate) fn decide(
    problem: &Problem,
    package: &dyn Fn(&PackageName) -> Package,
    requires: &dyn Fn(&PackageName, &Version) -> Result<Requires, Exclusion>,
) -> Option<Stack> {
    let mut search = Search::new(problem.clone());
    loop {
        match search.step(&mut || false) {
            Step::Needs(needs) => {
                assert!(!needs.is_empty(), "the search asks for nothing");
                for name in needs.packages.keys() {
                    search.add_package(package(name));
                }
                for (name, version) in &needs.releases {
                    search.add_release(name, version, requires(name, version));
                }
            }
            Step::Decided(stack) => {
                assert!(stack.is_optimal(), "{stack:?}");
                return Some(stack);
            }
            Step::Impossible(conflict) => {
                assert!(!conflict.facts.is_empty(), "a conflict names its facts");
                return None;
            }
            Step::Stopped(_) => unreachable!("nobody stops it"),
        }
    }
}

/// A stack in the form in which the definition gives it.
pub(crate) fn told(problem: &Problem, stack: Stack) -> Best {
    let cost = problem.objective.amounts(&stack.cost).into_iter().map(|(_, amount)| amount).collect();
    let releases = stack.releases.into_iter().map(|one| (one.name, (one.version, one.extras)));
    Best { releases: releases.collect(), cost }
}
