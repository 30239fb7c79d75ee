//! The best stacks one after the other, against every stack there is.

use proptest::prelude::*;
use resolution::{Recommendation, Search};

use crate::{
    cases,
    drive::next,
    rules::{Ruling, ruled},
    toy::{PACKAGES, Universe, universe},
};

/// What stacks cost, each ruled out once it is found, and whether they differ from each other.
fn found(universe: &Universe, most: usize) -> (Vec<Vec<i64>>, bool) {
    let problem = universe.problem(Recommendation::Stable);
    let stacks = universe.answering(&problem, &mut |problem, package, requires| {
        let mut search = Search::new(problem.clone());
        let mut stacks = Vec::new();
        while stacks.len() < most
            && let Some(stack) = next(&mut search, package, requires)
        {
            search.rule_out(&stack);
            stacks.push(stack);
        }
        stacks
    });
    let differ = stacks.iter().enumerate().all(|(at, one)| {
        stacks[..at].iter().all(|other| {
            other
                .releases
                .iter()
                .map(|one| (&one.name, &one.version))
                .ne(one.releases.iter().map(|one| (&one.name, &one.version)))
        })
    });
    let amounts = |cost| problem.objective.amounts(&cost).into_iter().map(|(_, amount)| amount).collect();
    (stacks.into_iter().map(|stack| amounts(stack.cost)).collect(), differ)
}

fn by_definition(universe: &Universe, most: usize) -> Vec<Vec<i64>> {
    let mut costs = universe.world(Recommendation::Stable).costs();
    costs.sort();
    costs.truncate(most);
    costs
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn the_best_stacks_come_one_after_the_other(universe in universe(), most in 1usize..12) {
        prop_assert_eq!(found(&universe, most), (by_definition(&universe, most), true));
    }

    #[test]
    fn rules_of_experience_change_nothing_of_that(universe in ruled(), most in 1usize..12) {
        // A stack with what stands in for a package and that package, too, is one that nobody needs.
        prop_assume!(!universe.rules.iter().any(|rule| matches!(rule, Ruling::Alias(..))));
        prop_assert_eq!(found(&universe, most), (by_definition(&universe, most), true));
    }
}

#[test]
fn in_the_end_all_stacks_were_found() {
    let mut universe = Universe::free(PACKAGES);
    universe.wants.truncate(2);
    let (costs, differ) = found(&universe, usize::MAX);
    assert_eq!((costs.len(), differ), (16, true));
    assert_eq!(costs, by_definition(&universe, usize::MAX));
    universe.wants.clear();
    assert_eq!(found(&universe, usize::MAX).0.len(), 1, "the stack of nothing");
}
