//! A search that is stopped: what it has until then is true, and stopping changes nothing of how it ends.

use std::cell::Cell;

use packaging::{PackageName, Version};
use proptest::prelude::*;
use resolution::{Problem, Recommendation, Search, Stack, cost::Cost};

use crate::{
    cases,
    definition::{Best, World},
    drive::told,
    toy::{Universe, universe},
};

const TYPE: Recommendation = Recommendation::Security;

/// The best stack of what a search has read, from the definition.
fn of_what_was_read(universe: &Universe, search: &Search) -> Option<Best> {
    only(universe, &|name, version| matches!(search.catalogue().requires(name, version), Some(Ok(_)))).best()
}

/// The universe with nothing but some of its releases.
fn only(universe: &Universe, keep: &dyn Fn(&PackageName, &Version) -> bool) -> World {
    let mut world = universe.world(TYPE);
    for (name, releases) in &mut world.packages {
        releases.retain(|release| keep(name, &release.version));
    }
    world
}

/// That a stack is one, costs what it says, and is not better than what is proved.
fn check(universe: &Universe, problem: &Problem, stack: Stack, optimum: Option<Cost>) -> Result<(), TestCaseError> {
    prop_assert!(stack.lower_bound <= stack.cost);
    prop_assert!(optimum.is_some_and(|optimum| stack.lower_bound <= optimum && optimum <= stack.cost));
    let alone = only(universe, &|name, version| stack.version(name) == Some(version)).best();
    prop_assert_eq!(Some(told(problem, stack)), alone);
    Ok(())
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_search_stopped_anywhere_has_a_valid_stack_and_ends_as_if_it_was_not(universe in universe()) {
        let problem = universe.problem(TYPE);
        let unstopped = universe.search(TYPE);
        let optimum = unstopped.as_ref().map(|stack| stack.cost);
        for at in 0.. {
            let mut looks = Vec::new();
            let asked = Cell::new(0);
            let ended = universe.watched(
                TYPE,
                &mut || asked.replace(asked.get() + 1) == at,
                &mut |search, stopped| if stopped {
                    looks.push((search.best_so_far(&mut || false), of_what_was_read(&universe, search)));
                },
            );
            prop_assert_eq!(&ended, &unstopped);
            if asked.get() <= at {
                prop_assert!(looks.is_empty(), "nobody stopped it");
                break;
            }
            for (found, expected) in looks {
                prop_assert_eq!(found.clone().map(|stack| told(&problem, stack)), expected);
                if let Some(stack) = found {
                    check(&universe, &problem, stack, optimum)?;
                }
            }
        }
    }

    #[test]
    fn the_best_so_far_is_a_stack_however_early_looking_for_it_ends(universe in universe(), patience in 0usize..12) {
        let problem = universe.problem(TYPE);
        let mut looks = Vec::new();
        let end = universe.watched(TYPE, &mut || false, &mut |search, _| {
            let mut left = patience;
            let hurried = search.best_so_far(&mut || {
                left = left.saturating_sub(1);
                left == 0
            });
            looks.push((hurried, search.best_so_far(&mut || false)));
        });
        for (hurried, best) in looks {
            prop_assert_eq!(hurried.is_some(), best.is_some());
            if let (Some(hurried), Some(best)) = (hurried, best) {
                prop_assert!(best.cost <= hurried.cost);
                check(&universe, &problem, hurried, end.as_ref().map(|stack| stack.cost))?;
            }
        }
    }
}
