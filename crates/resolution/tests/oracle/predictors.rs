//! Predictors against the exact search over small random universes.

use std::collections::BTreeSet;

use packaging::PackageName;
use proptest::{prelude::*, test_runner::RngSeed};
use resolution::{
    Problem, Recommendation, Search,
    cost::Cost,
    predict::{
        Action, Budget, Decision, Draw, Drawn, Kind, Options, Predictor, Random, Releases, State, Transition, Walked,
        World, draw, walk,
    },
};

use crate::{
    cases,
    drive::{PackageAnswer, RequiresAnswer},
    index::{self, index},
    rules::{Ruling, ruled},
    toy::{Universe, VERSIONS, universe},
};

/// A search that was told all there is.
fn whole(
    problem: &Problem,
    names: Vec<PackageName>,
    package: &PackageAnswer<'_>,
    requires: &RequiresAnswer<'_>,
) -> Search {
    let mut search = Search::new(problem.clone());
    for name in names {
        let package = package(&name);
        let versions: Vec<_> = package.candidates.iter().map(|one| one.version.clone()).collect();
        search.add_package(package);
        for version in versions {
            search.add_release(&name, &version, requires(&name, &version));
        }
    }
    search
}

/// The same of a universe, and what its best stack costs.
fn told(universe: &Universe) -> (Search, Option<Cost>) {
    let problem = universe.problem(Recommendation::Stable);
    let search = universe
        .answering(&problem, &mut |problem, package, requires| whole(problem, universe.names(), package, requires));
    let best = universe.search(Recommendation::Stable).map(|stack| stack.cost);
    (search, best)
}

/// The world of everything that a universe holds.
fn world(universe: &Universe) -> World {
    let (search, _) = told(universe);
    World::new(search.problem(), search.catalogue())
}

/// All predictors, the one that combines packages with all of them.
fn all(world: &World) -> Vec<(Kind, Box<dyn Predictor>)> {
    let combinations = (0..world.size().packages).map(|package| world.name(package).clone()).collect();
    let options = Options { combinations, ..Options::default() };
    Kind::ALL.into_iter().map(|kind| (kind, kind.predictor(world, &options))).collect()
}

fn run(world: &World, predictor: &mut dyn Predictor, seed: u64, limit: u64) -> Walked {
    walk(world, predictor, seed, Budget { limit, count: 3 }, &mut || 0.0)
}

proptest! {
    // A predictor that would need one walk more once in a million runs must not fail them: always the same universes.
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(4), ..cases(750) })]

    /// What dead ends teach holds: a world is exhausted when it has no stack, and only then is nothing found.
    #[test]
    fn no_predictor_beats_the_certificate_and_all_reach_it(universe in universe(), seed: u64) {
        let (search, best) = told(&universe);
        compared(&search, best, false, seed)?;
    }

    #[test]
    fn rules_of_experience_change_nothing_of_that(universe in ruled(), seed: u64) {
        let (search, best) = told(&universe);
        // No package stands in for another in a walk: there may be a better stack then, or one at all.
        let stands_in = universe.rules.iter().any(|rule| matches!(rule, Ruling::Alias(..)));
        compared(&search, best, stands_in, seed)?;
    }

    #[test]
    fn units_that_filter_and_weigh_change_nothing_of_that(index in index(), seed: u64) {
        let names = (0..index.packages.len()).map(index::name);
        let search = index.answering(&mut |problem, package, requires| {
            whole(problem, names.clone().collect(), package, requires)
        });
        compared(&search, index.search().map(|stack| stack.cost), false, seed)?;
    }
}

fn compared(search: &Search, best: Option<Cost>, stands_in: bool, seed: u64) -> Result<(), TestCaseError> {
    let world = World::new(search.problem(), search.catalogue());
    for (kind, mut predictor) in all(&world) {
        let walked = run(&world, predictor.as_mut(), seed, 500);
        let found = walked.kept.first().map(|kept| kept.cost);
        if stands_in || kind == Kind::Latest {
            // It does not look for the best: it seldom leaves the newest.
            prop_assert!(found.is_none_or(|found| best.is_some_and(|best| found >= best)), "{}", kind);
            prop_assert!(stands_in || found.is_some() == best.is_some(), "{}", kind);
        } else {
            prop_assert_eq!(found, best, "{}: {:?}", kind, walked);
        }
        for kept in &walked.kept {
            let stack = search.stack_of(&kept.releases);
            prop_assert_eq!(stack.map(|stack| stack.cost), Some(kept.cost), "{} {:?}", kind, kept.releases);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn the_same_seed_walks_the_same_way(universe in universe(), seed: u64) {
        let (search, _) = told(&universe);
        let world = World::new(search.problem(), search.catalogue());
        for ((_, mut one), (_, mut other)) in all(&world).into_iter().zip(all(&world)) {
            let (one, other) = (run(&world, one.as_mut(), seed, 30), run(&world, other.as_mut(), seed, 30));
            prop_assert_eq!(one.kept, other.kept);
            prop_assert_eq!((one.iterations, one.history), (other.iterations, other.history));
        }
    }

    /// Whatever is chosen, in whatever order: what stands afterwards is what was said to stand.
    #[test]
    fn a_state_is_the_same_however_it_was_reached(universe in universe(), seed: u64) {
        let (search, _) = told(&universe);
        let world = World::new(search.problem(), search.catalogue());
        let mut random = Random::new(seed);
        let mut state = State::new(&world);
        for _ in 0..200 {
            if state.is_exhausted() {
                break;
            }
            let open: Vec<usize> = state.open().collect();
            if open.is_empty() {
                let releases: Vec<_> = state.stack().map(|action| {
                    let package = action.package as usize;
                    (world.name(package).clone(), world.version(package, usize::from(action.release)).clone())
                }).collect();
                let stack = search.stack_of(&releases);
                prop_assert_eq!(stack.map(|stack| stack.cost), Some(state.cost()), "{:?}", releases);
                state.restart();
                continue;
            }
            let package = open[random.below(open.len())];
            prop_assert!(state.left(package).count_ones() > 1, "what is left over is chosen");
            let action = Action { package: package as u32, release: random.bit(state.left(package)) as u8 };
            let before = state.decisions().len();
            match state.resolve(action) {
                Transition::Invalid => prop_assert!(state.is_exhausted() || state.decisions().len() <= before),
                Transition::Open => prop_assert!(state.open().next().is_some()),
                Transition::Final => prop_assert!(state.open().next().is_none()),
            }
            if state.is_exhausted() {
                break;
            }
            let mut again = state.clone();
            again.restart();
            for decision in state.decisions() {
                // What was learned since may leave nothing else to choose.
                if again.chosen(decision.package as usize) != Some(usize::from(decision.release)) {
                    prop_assert!(again.resolve(*decision) != Transition::Invalid, "{:?}", state.decisions());
                }
            }
            for package in 0..world.size().packages {
                prop_assert_eq!(again.left(package) & !state.left(package), 0);
            }
        }
    }
}

/// What is drawn of a world in one way.
fn drawn(world: &World, decision: Decision, tried: &[Releases], seed: u64, count: usize) -> Drawn {
    let combined = (0..world.size().packages).take(2).map(|package| world.name(package).clone()).collect();
    draw(world, &Draw { decision, combined: &combined, near: &[], tried, seed, count }, &mut || 0.0)
}

proptest! {
    #![proptest_config(cases(200))]

    /// However they are drawn: each stack once, and in the end all there are.
    #[test]
    fn every_stack_is_drawn_once(universe in universe(), seed: u64) {
        let (search, best) = told(&universe);
        let world = World::new(search.problem(), search.catalogue());
        let mut all = Vec::new();
        for decision in [Decision::All, Decision::Random, Decision::Learn] {
            let drawn = drawn(&world, decision, &[], seed, 100_000);
            prop_assert!(drawn.exhausted, "{}", decision);
            let stacks: BTreeSet<&Releases> = drawn.stacks.iter().collect();
            prop_assert_eq!(stacks.len(), drawn.stacks.len(), "{}", decision);
            prop_assert!(stacks.iter().all(|stack| search.stack_of(stack).is_some()), "{}", decision);
            all.push(stacks.into_iter().cloned().collect::<BTreeSet<Releases>>());
        }
        prop_assert_eq!(all[0].is_empty(), best.is_none());
        prop_assert!(all[0] == all[1] && all[1] == all[2]);
        // A combination is what a stack has of two packages; where one of them may be missing, not all are told apart.
        let named: BTreeSet<_> = (0..world.size().packages).take(2).map(|package| world.name(package)).collect();
        let of = |stack: &Releases| -> Releases { stack.iter().filter(|(name, _)| named.contains(name)).cloned().collect() };
        let there: BTreeSet<Releases> = all[0].iter().map(of).collect();
        let combined = drawn(&world, Decision::Combinations, &[], seed, 100_000);
        let found: BTreeSet<Releases> = combined.stacks.iter().map(of).collect();
        if there.iter().all(|combination| combination.len() == named.len()) {
            prop_assert_eq!(combined.stacks.len(), there.len(), "each once");
            prop_assert_eq!(found, there);
        } else {
            prop_assert!(!found.is_empty() && found.is_subset(&there));
        }
    }
}

#[test]
fn what_was_tried_least_is_drawn_first() {
    let universe = Universe::free(4);
    let (search, _) = told(&universe);
    let world = World::new(search.problem(), search.catalogue());
    let pairs = |stacks: &[Releases]| {
        let of = |stack: &Releases| {
            let stack = stack.clone();
            (0..stack.len())
                .flat_map(move |one| {
                    let stack = stack.clone();
                    (0..one).map(move |other| (stack[other].clone(), stack[one].clone()))
                })
                .collect::<Vec<_>>()
        };
        stacks.iter().flat_map(of).collect::<BTreeSet<_>>().len()
    };
    // Of four packages with four releases each there are 6 x 16 pairs, of which a stack has 6.
    let learned = drawn(&world, Decision::Learn, &[], 1, 30).stacks;
    assert_eq!(pairs(&learned), 96, "{learned:?}");
    // What was tried before is not begun with again.
    let (before, after) = learned.split_at(10);
    let again = drawn(&world, Decision::Learn, before, 2, after.len()).stacks;
    assert!(again.iter().take(6).all(|stack| !before.contains(stack)), "{before:?} {again:?}");
    assert_eq!(pairs(&[before, &again].concat()), 96);
}
proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn a_project_that_requires_nothing_has_one_stack_which_is_empty(mut universe in universe(), seed: u64) {
        universe.wants.clear();
        let world = world(&universe);
        for (kind, mut predictor) in all(&world) {
            for limit in [1, u64::MAX] {
                let walked = run(&world, predictor.as_mut(), seed, limit);
                prop_assert_eq!((walked.stacks, walked.exhausted), (1, true), "{}", kind);
                prop_assert!(walked.kept.iter().all(|kept| kept.releases.is_empty() && kept.cost == Cost::ZERO));
            }
        }
    }

    #[test]
    fn what_cannot_be_is_known_without_a_walk(mut universe in universe(), seed: u64) {
        universe.wants.push((0, VERSIONS + 1, VERSIONS + 1, None));
        let (_, best) = told(&universe);
        prop_assume!(best.is_none());
        let world = world(&universe);
        for (kind, mut predictor) in all(&world) {
            let walked = run(&world, predictor.as_mut(), seed, u64::MAX);
            prop_assert_eq!((walked.stacks, walked.exhausted, walked.first), (0, true, None), "{}", kind);
        }
    }

    #[test]
    fn without_a_budget_nothing_is_walked(universe in universe(), seed: u64) {
        let world = world(&universe);
        for (kind, mut predictor) in all(&world) {
            let none = run(&world, predictor.as_mut(), seed, 0);
            prop_assert_eq!((none.stacks, none.iterations, none.kept.len()), (0, 0, 0), "{}", kind);
            let budget = Budget { limit: u64::MAX, count: 1 };
            let late = walk(&world, predictor.as_mut(), seed, budget, &mut || 1.0);
            prop_assert_eq!((late.stacks, late.iterations, late.kept.len()), (0, 0, 0), "{}", kind);
        }
    }

    /// The clock ends what no limit does, and until then nothing is found that the certificate says cannot be.
    #[test]
    fn without_a_limit_the_clock_ends_the_run(universe in universe(), seed: u64) {
        let (search, best) = told(&universe);
        let world = World::new(search.problem(), search.catalogue());
        for (kind, mut predictor) in all(&world) {
            let mut looks = 0_u32;
            let mut clock = || {
                looks += 1;
                f64::from(looks) / 5.0
            };
            let budget = Budget { limit: u64::MAX, count: usize::MAX };
            let walked = walk(&world, predictor.as_mut(), seed, budget, &mut clock);
            prop_assert!(walked.kept.is_sorted_by_key(|kept| kept.cost), "{}", kind);
            for kept in &walked.kept {
                prop_assert!(best.is_some_and(|best| kept.cost >= best), "{}", kind);
            }
            let points = walked.history.iter();
            prop_assert!(points.clone().all(|point| point.temperature.is_finite() && point.score.is_finite()), "{}", kind);
            prop_assert!(points.is_sorted_by_key(|point| point.iteration), "{}", kind);
        }
    }
}
