//! QuarantineSieve

use super::bench::Bench;

#[test]
fn nothing_of_a_quarantined_project_is_chosen_and_all_of_an_archived_one_may_be() {
    let mut bench = Bench::of(&["1.0", "2.0"]);
    bench.status = "archived";
    assert_eq!(bench.chosen(), ["2.0", "1.0"]);
    bench.status = "quarantined";
    assert!(bench.chosen().is_empty());
    assert_eq!(bench.why_not("2.0").unwrap(), "is quarantined by its index");
}
