//! RemainingSieve

use std::collections::BTreeSet;

use super::bench::{Bench, name};

#[test]
fn what_a_question_does_without_is_left_out_of_that_package_alone() {
    let mut bench = Bench::of(&["1.0", "2.0"]).advisories(&[("PYSEC-2024-1", "2.0", "")]);
    let ids = BTreeSet::from(["PYSEC-2024-1".to_string()]);
    bench.policy.avoid.insert(name("other"), ids.clone());
    assert_eq!(bench.chosen(), ["2.0", "1.0"]);
    bench.policy.avoid.insert(name("demo"), ids);
    assert_eq!(bench.chosen(), ["2.0"]);
}
