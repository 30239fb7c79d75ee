//! Steps a search to its end, answering what it asks.

use packaging::{PackageName, Version};
use resolution::{
    Problem, Search, Stack, Step,
    catalogue::{Exclusion, Package, Requires},
    search::Conflict,
};

use crate::definition::Best;

/// What is known of a package.
pub(crate) type PackageAnswer<'a> = dyn Fn(&PackageName) -> Package + 'a;

/// What a release requires.
pub(crate) type RequiresAnswer<'a> = dyn Fn(&PackageName, &Version) -> Result<Requires, Exclusion> + 'a;

/// The stack that the search decides on.
pub(crate) fn decide(problem: &Problem, package: &PackageAnswer<'_>, requires: &RequiresAnswer<'_>) -> Option<Stack> {
    watched(problem, package, requires, &mut || false, &mut |_, _| {})
}

/// The same for a search that `stop` may stop, as often as it likes; `look` sees it whenever it waits, and whether it was
/// stopped.
pub(crate) fn watched(
    problem: &Problem,
    package: &PackageAnswer<'_>,
    requires: &RequiresAnswer<'_>,
    stop: &mut dyn FnMut() -> bool,
    look: &mut dyn FnMut(&Search, bool),
) -> Option<Stack> {
    let ended = driven(&mut Search::new(problem.clone()), package, requires, stop, look);
    ended.map_err(|conflict| assert!(!conflict.facts.is_empty(), "a conflict names its facts")).ok()
}

/// The next stack that a search decides on, after some were ruled out.
pub(crate) fn next(search: &mut Search, package: &PackageAnswer<'_>, requires: &RequiresAnswer<'_>) -> Option<Stack> {
    driven(search, package, requires, &mut || false, &mut |_, _| {}).ok()
}

fn driven(
    search: &mut Search,
    package: &PackageAnswer<'_>,
    requires: &RequiresAnswer<'_>,
    stop: &mut dyn FnMut() -> bool,
    look: &mut dyn FnMut(&Search, bool),
) -> Result<Stack, Conflict> {
    loop {
        match search.step(stop) {
            Step::Needs(needs) => {
                assert!(!needs.is_empty(), "the search asks for nothing");
                look(search, false);
                for name in needs.packages.keys() {
                    search.add_package(package(name));
                }
                for (name, version) in &needs.releases {
                    search.add_release(name, version, requires(name, version));
                }
            }
            Step::Decided(stack) => {
                assert!(stack.is_optimal(), "{stack:?}");
                return Ok(stack);
            }
            Step::Impossible(conflict) => return Err(conflict),
            Step::Stopped => look(search, true),
        }
    }
}

/// A stack in the form in which the definition gives it.
pub(crate) fn told(problem: &Problem, stack: Stack) -> Best {
    let cost = problem.objective.amounts(&stack.cost).into_iter().map(|(_, amount)| amount).collect();
    let releases = stack.releases.into_iter().map(|one| (one.name, (one.version, one.extras)));
    Best { releases: releases.collect(), cost }
}
