//! CutPreReleasesSieve

use resolution::policy::Prereleases;

use super::bench::{Bench, want};

#[test]
fn pre_releases_are_left_out_where_none_are_allowed() {
    let mut bench = Bench::of(&["1.0", "2.0rc1"]);
    assert_eq!(bench.chosen(), ["2.0rc1", "1.0"], "they are a last resort");
    bench.policy.prereleases = Prereleases::Disallow;
    assert_eq!(bench.chosen(), ["1.0"]);
    assert_eq!(bench.why_not("2.0rc1").unwrap(), "is a pre-release");
}

#[test]
fn a_requirement_that_names_one_asks_for_them_and_an_upper_bound_does_not() {
    let mut bench = Bench::of(&["1.0", "2.0rc1"]);
    bench.policy.prereleases = Prereleases::Explicit;
    assert_eq!(bench.chosen(), ["1.0"]);
    bench.problem.wants = vec![want("demo<3.0.dev0")];
    assert_eq!(bench.chosen(), ["1.0"]);
    bench.problem.wants = vec![want("demo>=2.0rc1")];
    assert_eq!(bench.chosen(), ["2.0rc1", "1.0"]);
}
