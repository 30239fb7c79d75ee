//! The front between exposure and freshness, whole, against every stack there is.

use proptest::prelude::*;
use resolution::{
    Level, Problem, Recommendation, Search,
    front::{Front, Risk},
};

use crate::{
    cases,
    drive::{PackageAnswer, RequiresAnswer, next},
    toy::{Universe, universe},
};

/// The levels of the front's objective.
const LEVELS: [Level; 5] =
    [Level::LastResort, Level::DirectFreshness, Level::Freshness, Level::Exploited, Level::Exposure];

/// The costs of the points and whether there are no others.
fn found(
    problem: &Problem,
    package: &PackageAnswer<'_>,
    requires: &RequiresAnswer<'_>,
    mut front: Front,
) -> (Vec<Vec<i64>>, bool) {
    let mut search = Search::new(problem.clone());
    loop {
        let Some(stack) = next(&mut search, package, requires) else {
            front.exhausted();
            break;
        };
        if !front.take(&mut search, stack) {
            break;
        }
    }
    let complete = front.is_complete();
    let amounts = |cost| problem.objective.amounts(&cost).into_iter().map(|(_, amount)| amount).collect();
    (front.into_points().into_iter().map(|stack| amounts(stack.cost)).collect(), complete)
}

fn front(universe: &Universe, least: Risk, decisions: usize) -> (Vec<Vec<i64>>, bool) {
    let mut problem = universe.problem(Recommendation::Stable);
    problem.objective = problem.objective.freshest();
    universe.answering(&problem, &mut |problem, package, requires| {
        found(problem, package, requires, Front::new(least, decisions))
    })
}

/// By definition: of the stacks with the fewest last resorts those that no other one equals or beats on both.
fn by_definition(universe: &Universe) -> Vec<Vec<i64>> {
    let mut costs = universe.world_of(&LEVELS).costs();
    let fewest = costs.iter().map(|cost| cost[0]).min();
    costs.retain(|cost| Some(cost[0]) == fewest);
    costs.sort();
    costs.dedup();
    let all = costs.clone();
    costs.retain(|cost| !all.iter().any(|other| other != cost && other[1..3] <= cost[1..3] && other[3..] <= cost[3..]));
    costs
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn the_front_is_what_brute_force_finds(universe in universe()) {
        let expected = by_definition(&universe);
        prop_assert_eq!(front(&universe, Risk::default(), usize::MAX), (expected.clone(), true));
        if let Some(last) = expected.last() {
            // Where it is known how little can be risked, nothing is looked for beyond.
            let least = Risk { exploited: last[3], exposure: last[4] };
            prop_assert_eq!(front(&universe, least, usize::MAX), (expected, true));
        }
    }

    #[test]
    fn a_front_that_is_cut_is_a_beginning(universe in universe(), decisions in 1usize..4) {
        let whole = by_definition(&universe);
        let (points, complete) = front(&universe, Risk::default(), decisions);
        prop_assert!(whole.starts_with(&points));
        prop_assert!(!complete || points == whole);
        prop_assert!(!points.is_empty() || whole.is_empty());
    }
}
