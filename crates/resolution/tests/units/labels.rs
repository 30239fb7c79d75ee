//! LabelsBoot

use std::collections::BTreeMap;

use packaging::environment::Host;
use resolution::{
    Recommendation,
    pipeline::{Beginning, Pipeline},
};

#[test]
fn the_ids_that_a_label_allows_are_ignored_blanks_or_not() {
    let labels = BTreeMap::from([("allow-cve".to_string(), " cve-2024-1, ,PYSEC-2 ".to_string())]);
    let begun = Beginning::new(&labels, Host::default()).run(&Pipeline::default(), Recommendation::Stable);
    assert_eq!(begun.ignores, ["CVE-2024-1", "PYSEC-2"]);
}

#[test]
fn another_label_ignores_nothing() {
    let labels = BTreeMap::from([("team".to_string(), "CVE-2024-1".to_string())]);
    let begun = Beginning::new(&labels, Host::default()).run(&Pipeline::default(), Recommendation::Stable);
    assert!(begun.ignores.is_empty());
}
