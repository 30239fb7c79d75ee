//! What holds for all advisories.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::collections::BTreeSet;

use evidence::{Matcher, Snapshot, SnapshotBuilder, osv};
use proptest::prelude::*;
use serde_json::{Value, json};

fn version() -> impl Strategy<Value = String> {
    let legacy = Just("1.0-final-x".to_string());
    prop_oneof![20 => "[0-3]\\.[0-3]", 5 => "[0-3]\\.[0-3](a|rc|\\.post|\\.dev|\\+l)1", 1 => legacy]
}

fn event() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => Just(json!({"introduced": "0"})),
        6 => version().prop_map(|version| json!({"introduced": version})),
        6 => version().prop_map(|version| json!({"fixed": version})),
        2 => version().prop_map(|version| json!({"last_affected": version})),
        1 => version().prop_map(|version| json!({"limit": version})),
        1 => Just(json!({})),
    ]
}

fn entry() -> impl Strategy<Value = Value> {
    let range = (prop_oneof![Just("ECOSYSTEM"), Just("GIT")], prop::collection::vec(event(), 0..5))
        .prop_map(|(kind, events)| json!({"type": kind, "events": events}));
    (prop_oneof![Just("one"), Just("two")], prop::collection::vec(range, 0..3), prop::collection::vec(version(), 0..3)).prop_map(
        |(name, ranges, versions)| json!({"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges, "versions": versions}),
    )
}

/// Records with identifiers of their own and aliases that may connect them.
fn records() -> impl Strategy<Value = Vec<Value>> {
    let record =
        (prop::collection::vec("CVE-[0-5]", 0..3), prop::collection::vec(entry(), 1..3), prop::bool::weighted(0.2));
    prop::collection::vec(record, 1..6).prop_map(|records| {
        let numbered = records.into_iter().enumerate().map(|(at, (aliases, affected, withdrawn))| {
            json!({"id": format!("GHSA-{at}"), "aliases": aliases, "affected": affected, "modified": "2024-01-01T00:00:00Z",
                "withdrawn": withdrawn.then_some("2024-01-02T00:00:00Z")})
        });
        numbered.collect()
    })
}

fn snapshot(records: &[Value]) -> Snapshot {
    let mut builder = SnapshotBuilder::new();
    for record in records {
        builder.add("record.json", record.to_string().as_bytes());
    }
    builder.finish()
}

/// For every package and version, the records that are found.
fn found(snapshot: &Snapshot) -> BTreeSet<(String, String, String)> {
    let mut found = BTreeSet::new();
    for (name, advisories) in &snapshot.packages {
        let matcher = Matcher::new(advisories);
        for major in 0..4 {
            for minor in 0..4 {
                for suffix in ["", "a1", "rc1", ".post1", ".dev1", "+l1"] {
                    let version = format!("{major}.{minor}{suffix}");
                    for vulnerability in matcher.affecting(&version.parse().unwrap()) {
                        for id in vulnerability.ids() {
                            found.insert((name.to_string(), version.clone(), id.to_string()));
                        }
                    }
                }
            }
        }
    }
    found
}

/// Reverses or rotates every list in a record.
fn stir(value: &mut Value, by: usize) {
    match value {
        Value::Array(list) => {
            list.iter_mut().for_each(|inner| stir(inner, by));
            if by.is_multiple_of(2) {
                list.reverse();
            }
            if !list.is_empty() {
                let turn = by % list.len();
                list.rotate_left(turn);
            }
        }
        Value::Object(object) => object.iter_mut().for_each(|(_, inner)| stir(inner, by)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn the_order_of_records_ranges_and_events_shows_nowhere(records in records(), by in 0_usize..12) {
        let plain = snapshot(&records);
        let mut stirred = Value::Array(records);
        stir(&mut stirred, by);
        let stirred = snapshot(stirred.as_array().unwrap());
        prop_assert_eq!(&plain.id, &stirred.id);
        prop_assert_eq!(&plain.packages, &stirred.packages);
    }

    #[test]
    fn an_added_record_never_removes_a_match(records in records()) {
        let (_, fewer) = records.split_last().unwrap();
        let (before, after) = (found(&snapshot(fewer)), found(&snapshot(&records)));
        prop_assert!(before.is_subset(&after), "{:?}", before.difference(&after).collect::<Vec<_>>());
    }

    #[test]
    fn a_withdrawn_record_changes_no_match(records in records()) {
        let standing: Vec<Value> = records.iter().filter(|record| record["withdrawn"].is_null()).cloned().collect();
        prop_assert_eq!(found(&snapshot(&records)), found(&snapshot(&standing)));
    }

    #[test]
    fn what_was_stored_is_what_comes_back(records in records()) {
        for advisories in snapshot(&records).packages.values() {
            prop_assert_eq!(&evidence::PackageAdvisories::from_bytes(&advisories.to_bytes()).unwrap(), advisories);
        }
    }

    #[test]
    fn a_fix_is_above_and_clean(records in records()) {
        for advisories in snapshot(&records).packages.values() {
            for vulnerability in &advisories.vulnerabilities {
                let from = "1.0".parse().unwrap();
                for fix in vulnerability.affected.fixed_after(&from) {
                    prop_assert!(fix > from && !vulnerability.affected.contains(&fix));
                }
            }
        }
    }

    #[test]
    fn no_input_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}\":,a-z0-9 \\n&*!|>-]{0,120}") {
        for name in ["x.json", "x.yaml", "x"] {
            let _ = osv::parse(name, &bytes);
            let _ = osv::parse(name, text.as_bytes());
        }
    }

    #[test]
    fn no_record_with_anything_anywhere_panics(mut record in records().prop_map(|mut records| records.remove(0)), path in prop::collection::vec(0_usize..6, 1..7), junk in prop_oneof![
        Just(json!(null)), Just(json!(1.5)), Just(json!([])), Just(json!({})), Just(json!("x")), Just(json!([[null]])), Just(json!(true)),
    ]) {
        let mut at = &mut record;
        for step in path {
            let length = match &*at { Value::Array(list) => list.len(), Value::Object(object) => object.len(), _ => 0 };
            if length == 0 { break; }
            at = match at {
                Value::Array(list) => &mut list[step % length],
                Value::Object(object) => object.values_mut().nth(step % length).unwrap(),
                _ => break,
            };
        }
        *at = junk;
        let text = record.to_string();
        let _ = snapshot(&[record]);
        let _ = osv::parse("x.yaml", text.as_bytes());
    }
}
