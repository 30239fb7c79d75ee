//! A sick project and an unknown one, as they are told.

use evidence::{
    Known,
    health::{Document, Listed, Records, Status, Subject},
};
use packaging::{index::ProjectStatus, metadata::Contacts};

use super::*;
use crate::text::Style;

/// 2026-11-22.
const NOW: i64 = 1_795_305_600;

fn checkup() -> Checkup {
    let mut records = Records::default();
    for text in [
        r#"{"date": "2026-08-03", "repo": {"name": "github.com/demo/sick"}, "score": 2.4, "checks": [
            {"name": "Maintained", "score": 0, "reason": "project is archived"}, {"name": "Fuzzing", "score": 0, "reason": "none"},
            {"name": "SAST", "score": -1, "reason": "no \u001b[1mresult"}, {"name": "License", "score": 10, "reason": "found"}]}"#,
        r#"{"last_update": "2026-08-01 10:00:00", "rows": [{"download_count": 9, "project": "other"}, {"download_count": 7, "project": "sick"}]}"#,
        r#"{"projectKey": {"id": "github.com/demo/sick"}, "starsCount": 12345}"#,
    ] {
        records.take("here", Document::parse("a.json", text.as_bytes()).unwrap());
    }
    let mut contacts = Contacts::default();
    contacts.link("Source", "https://github.com/demo/sick");
    contacts.link("Repository", "https://github.com/demo/fork");
    contacts.person("Ada");
    contacts.person("B\u{202e}ob");
    let listed = Listed {
        index: "https://index.example/simple/".to_string(),
        status: Status { status: ProjectStatus::Deprecated, reason: Some("use well".to_string()) },
        uploaded: vec![1_400_000_000, 1_420_000_000, 1_500_000_000],
    };
    let (sick, unknown, version) = ("sick".parse().unwrap(), "unknown".parse().unwrap(), "1.0".parse().unwrap());
    let of =
        |package, listed, contacts| records.health(&Subject { package, version: &version, listed, contacts, now: NOW });
    Checkup {
        healths: vec![of(&sick, Some(&listed), Some(&contacts)), of(&unknown, None, None)],
        unseen: vec![("gone==1".to_string(), "no index knows the package".to_string())],
        sources: vec!["here".to_string()],
        notes: vec!["One document is not used.".to_string()],
        now: NOW,
        exit_code: 2,
    }
}

#[test]
fn a_sick_project_is_told_with_sources_and_an_unknown_one_as_such() {
    insta::assert_snapshot!(health_text(&checkup(), &Style::default()));
}

#[test]
fn the_document_says_all_of_it() {
    insta::assert_snapshot!(health_json(&checkup()));
}

#[test]
fn who_asks_the_index_alone_is_told_of_other_sources() {
    let mut alone = Checkup { sources: Vec::new(), ..checkup() };
    assert!(health_text(&alone, &Style::default()).contains("`--health` names other sources"));
    alone.healths.clear();
    assert!(alone.healths.iter().all(|health| health.rank != Known::Absent));
    assert!(!health_text(&alone, &Style::default()).contains("Scorecard"));
}
