//! The exact search against brute force over small random universes, whole costs and whole stacks.
//!
//! [`toy`] makes candidates by hand; [`index`] makes index pages, metadata and advisories, which go through the sieve.
//! [`definition`] tries every stack, without any code of the resolver.

#![expect(clippy::unwrap_used, reason = "a toy that cannot be built is a failed test")]

mod definition;
mod drive;
mod front;
mod index;
mod judge;
mod next_best;
mod predictors;
mod rules;
mod stopped;
mod toy;

use proptest::{prelude::*, test_runner::RngAlgorithm};
use resolution::{Level, Recommendation};

use crate::{
    drive::told,
    index::{Flaw, Index, Units, flaw, index},
    toy::{PACKAGES, Universe, VERSIONS, universe},
};

/// A plain generator: the usual one takes longer, unoptimised, than the search.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_algorithm: RngAlgorithm::XorShift, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn the_search_finds_what_brute_force_finds(universe in universe()) {
        for recommendation in [Recommendation::Stable, Recommendation::Latest] {
            let problem = universe.problem(recommendation);
            let found = universe.search(recommendation).map(|stack| told(&problem, stack));
            prop_assert_eq!(found, universe.world(recommendation).best());
        }
    }

    #[test]
    fn sieve_and_search_find_what_brute_force_finds(index in index()) {
        let problem = index.problem();
        let found = index.search().map(|stack| told(&problem, stack));
        prop_assert_eq!(found, index.world().best());
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn looking_at_what_is_chosen_until_all_of_it_is_known_finds_what_knowing_all_finds(universe in universe()) {
        // What is known of a release only by looking into it adds points: `--scan candidates`.
        let problem = universe.problem(Recommendation::Stable);
        let mut known = universe.unlooked();
        let found = loop {
            let stack = known.search(Recommendation::Stable);
            let news = stack.iter().flat_map(|stack| &stack.releases).filter(|one| known.look(&universe, one)).count();
            if news == 0 {
                break stack;
            }
        };
        let all = universe.search(Recommendation::Stable);
        prop_assert_eq!(found.map(|stack| told(&problem, stack)), all.map(|stack| told(&problem, stack)));
    }

    #[test]
    fn the_order_of_requirements_changes_nothing(universe in universe(), by in 0usize..4) {
        let mut turned = universe.clone();
        turned.wants.reverse();
        let turn = by.min(turned.wants.len());
        turned.wants.rotate_left(turn);
        for toy in turned.packages.iter_mut().flatten() {
            toy.edges.reverse();
        }
        let problem = universe.problem(Recommendation::Stable);
        let decided = |universe: &Universe| universe.search(Recommendation::Stable).map(|stack| told(&problem, stack));
        prop_assert_eq!(decided(&universe), decided(&turned));
    }

    #[test]
    fn an_added_vulnerability_never_improves_the_optimum(
        universe in universe(), package in 0..PACKAGES, at in 0..VERSIONS, exploited: bool,
    ) {
        let mut worse = universe.clone();
        if let Some(toy) = worse.packages[package].get_mut(at as usize) {
            toy.vulnerabilities.push((40, exploited));
        }
        let before = universe.search(Recommendation::Security).map(|stack| stack.cost);
        let after = worse.search(Recommendation::Security).map(|stack| stack.cost);
        prop_assert_eq!(before.is_some(), after.is_some());
        prop_assert!(before <= after);
    }

    /// A requirement may pin a yanked release that something else needs, so nothing is yanked here.
    #[test]
    fn a_removed_requirement_never_worsens_the_optimum(universe in universe(), which in 0usize..4) {
        let mut universe = universe;
        universe.packages.iter_mut().flatten().for_each(|toy| toy.yanked = false);
        let before = universe.search(Recommendation::Stable).map(|stack| stack.cost);
        let mut fewer = universe;
        fewer.wants.remove(which % fewer.wants.len());
        let after = fewer.search(Recommendation::Stable).map(|stack| stack.cost);
        if let Some(before) = before {
            prop_assert!(after.is_some_and(|after| after <= before));
        }
    }

    #[test]
    fn the_exposure_of_a_stack_is_the_sum_over_its_releases(universe in universe()) {
        if let Some(stack) = universe.search(Recommendation::Stable) {
            let amounts = universe.objective(Recommendation::Stable).amounts(&stack.cost);
            prop_assert!(amounts.contains(&(Level::Exposure, universe.exposure(&stack))));
        }
    }

    #[test]
    fn the_order_of_lines_and_records_changes_nothing(index in index()) {
        let mut turned = index.clone();
        turned.wants.reverse();
        turned.constraints.reverse();
        turned.flaws.reverse();
        for release in turned.packages.iter_mut().flatten() {
            release.requires.reverse();
            release.files.reverse();
        }
        let problem = index.problem();
        let decided = |index: &Index| index.search().map(|stack| told(&problem, stack));
        prop_assert_eq!(decided(&index), decided(&turned));
    }

    #[test]
    fn an_added_advisory_never_improves_the_optimum(index in index(), flaw in flaw()) {
        // Where it leaves a release out, older ones are no longer behind that.
        let index = Index { units: Units { blocked_from: None, ..index.units.clone() }, ..index };
        let mut worse = index.clone();
        worse.flaws.push(Flaw { malware: false, ..flaw });
        let (before, after) = (index.search().map(|stack| stack.cost), worse.search().map(|stack| stack.cost));
        prop_assert_eq!(before.is_some(), after.is_some());
        prop_assert!(before <= after);
    }

    #[test]
    fn ignoring_an_advisory_equals_its_absence(index in index()) {
        let mut without = index.clone();
        without.flaws.retain(|flaw| !flaw.ignored);
        prop_assert_eq!(index.search(), without.search());
    }
}
