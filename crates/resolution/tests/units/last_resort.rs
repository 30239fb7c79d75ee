//! LastResortStep

use resolution::{Level, policy::Prereleases};

use super::bench::{Bench, want};

#[test]
fn a_pre_release_that_nobody_asked_for_and_a_yanked_release_cost() {
    let mut bench = Bench::of(&["1.0", "3.0rc1"]);
    bench.file("demo-2.0-py3-none-any.whl", r#""yanked":"broken""#);
    assert_eq!(bench.costs(Level::LastResort), [1, 1, 0]);
    bench.policy.prereleases = Prereleases::Allow;
    assert_eq!(bench.costs(Level::LastResort), [0, 1, 0]);
    bench.problem.wants = vec![want("demo==2.0")];
    assert_eq!(bench.costs(Level::LastResort), [0, 0, 0], "the project pins it");
}
