//! FreshnessStep

use resolution::{Direction, Level, Objective, Recommendation};

use super::bench::{Bench, want};

#[test]
fn a_release_costs_more_the_more_newer_ones_could_be_chosen() {
    let bench = Bench::of(&["1.0", "2.0", "3.0"]);
    let costs = bench.costs(Level::DirectFreshness);
    assert!(costs[0] == 0 && costs.is_sorted() && costs[2] > 0, "{costs:?}");
    assert_eq!(bench.costs(Level::Freshness), [0, 0, 0], "it is the project's own");
}

#[test]
fn newer_releases_that_the_project_rules_out_do_not_count() {
    let mut bench = Bench::of(&["1.0", "2.0", "3.0"]);
    bench.problem.wants = vec![want("demo<3")];
    assert_eq!(bench.costs(Level::DirectFreshness)[1], 0);
}

#[test]
fn where_the_oldest_is_wanted_older_ones_count() {
    let mut bench = Bench::of(&["1.0", "2.0", "3.0"]);
    bench.policy.objective = Objective::new(Recommendation::Stable, Direction::Lowest);
    bench.problem.objective = bench.policy.objective.clone();
    assert_eq!(bench.costs(Level::DirectFreshness).last(), Some(&0));
}
