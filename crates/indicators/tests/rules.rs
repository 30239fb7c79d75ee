//! Every rule of Bandit's fires where its fixture says so, and nowhere else in it.
//!
//! A fixture is a file of Python named after the rule; `#! SEVERITY CONFIDENCE` marks the lines in which it fires.
//! `benches/bandit.py --fixtures` holds the same marks against Bandit itself.

use std::{collections::BTreeSet, path::PathBuf};

use indicators::{Analyser, Confidence, Depth, Family, Member, Severity, catalogue};

fn fixture(id: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/rules/{id}.py"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn marked(source: &str) -> Vec<(u32, Severity, Confidence)> {
    let lines = source.lines().zip(1..);
    let marks = lines.filter_map(|(line, number)| line.split_once("#! ").map(|(_, mark)| (mark, number)));
    marks
        .map(|(mark, number)| {
            let (severity, confidence) = mark.split_once(' ').expect("two words behind the mark");
            let severity = serde_json::from_value(severity.into()).expect("a severity");
            (number, severity, serde_json::from_value(confidence.into()).expect("a confidence"))
        })
        .collect()
}

#[test]
fn a_rule_fires_where_its_fixture_says_and_nowhere_else() {
    let rules = catalogue::rules().iter().filter(|rule| rule.family == Family::Bandit);
    for rule in rules {
        let source = fixture(rule.id);
        let expected = marked(&source);
        let silent = source.lines().filter(|line| !line.is_empty() && !line.contains("#!")).count();
        assert!(!expected.is_empty() && silent > 0, "{} needs lines that fire and lines that do not", rule.id);

        let only = Analyser::new(|one| one.id == rule.id);
        let examined = only.examine(&Member { path: "m.py", bytes: source.as_bytes() });
        assert_eq!(examined.depth, Depth::Whole, "{}", rule.id);
        let found: Vec<_> = examined.findings.iter().map(|one| (one.line, one.severity, one.confidence)).collect();
        assert_eq!(found, expected, "{}", rule.id);
        assert!(examined.findings.iter().all(|one| one.rule == rule.id && one.cwe == rule.cwe && one.path == "m.py"));
        assert!(examined.findings.iter().all(|one| !one.excerpt.is_empty() && !one.message.is_empty()));
    }
}

#[test]
fn all_rules_of_bandit_are_there() {
    let ids: BTreeSet<&str> = catalogue::rules().iter().map(|rule| rule.id).filter(|id| id.starts_with('B')).collect();
    assert_eq!(ids.len(), 75, "{ids:?}");
}
