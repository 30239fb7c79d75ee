//! CvePenalizationStep

use evidence::Ignores;
use resolution::{Direction, Level, Objective, Recommendation};

use super::bench::Bench;

const CRITICAL: &str = r#""severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]"#;

fn bench() -> Bench {
    let records = [("PYSEC-2024-1", "2.0", CRITICAL), ("PYSEC-2024-2", "3.0", "")];
    Bench::of(&["1.0", "2.0", "3.0"]).advisories(&records)
}

#[test]
fn vulnerabilities_cost_the_sum_of_their_scores() {
    assert_eq!(bench().costs(Level::Exposure), [0, 50, 148]);
}

#[test]
fn what_nobody_scored_counts_as_the_pipeline_says() {
    assert_eq!(bench().with("CvePenalizationStep", &[("unscored", 70)]).costs(Level::Exposure), [0, 70, 168]);
}

#[test]
fn what_is_ignored_costs_nothing() {
    let mut bench = bench();
    bench.policy.ignores = Ignores::new(vec!["PYSEC-2024-1".to_string()]);
    assert_eq!(bench.costs(Level::Exposure), [0, 50, 50]);
}

#[test]
fn where_vulnerabilities_do_not_decide_they_cost_nothing() {
    let mut bench = bench();
    let with_them: Vec<_> = bench.package().candidates.into_iter().map(|one| one.cost).collect();
    bench.policy.objective = Objective::new(Recommendation::Latest, Direction::Highest);
    bench.problem.objective = bench.policy.objective.clone();
    let without: Vec<_> = bench.package().candidates.into_iter().map(|one| one.cost).collect();
    assert!(with_them[2] > with_them[0] && without[2] > without[0], "older ones are less fresh");
    let sums: Vec<i64> = bench.policy.objective.amounts(&without[2]).into_iter().map(|(_, amount)| amount).collect();
    assert_eq!(sums.iter().filter(|amount| **amount != 0).count(), 1, "{sums:?}");
}
