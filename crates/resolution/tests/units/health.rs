use evidence::health::{Document, Health, Listed, Records, Status, Subject};
use packaging::{PackageName, Version, index::ProjectStatus, metadata::Contacts};
use resolution::{
    Direction, Objective, Recommendation,
    pipeline::{Pipeline, document, health::rule},
    rule::Effect,
};

/// 2026-11-22.
const NOW: i64 = 1_795_305_600;
const YEAR: i64 = 365 * 86_400;

/// A project whose newest release is so many years old.
fn listed(status: ProjectStatus, years: i64) -> Listed {
    let status = Status { status, reason: Some("use well".to_string()) };
    Listed { index: "index".to_string(), status, uploaded: vec![NOW - years * YEAR] }
}

/// The health of a project by its page and the Scorecard of its repository.
fn health(listed: &Listed, card: Option<&str>) -> Health {
    let (package, version): (PackageName, Version) = ("demo".parse().unwrap(), "1.0".parse().unwrap());
    let mut contacts = Contacts::default();
    contacts.link("Source", "https://github.com/demo/demo");
    let mut records = Records::default();
    if let Some(checks) = card {
        let card = format!("{{\"repo\": {{\"name\": \"github.com/demo/demo\"}}, {checks}}}");
        records.take("cards", Document::parse("demo.json", card.as_bytes()).unwrap());
    }
    let (listed, contacts) = (Some(listed), Some(&contacts));
    records.health(&Subject { package: &package, version: &version, listed, contacts, now: NOW })
}

/// What it loses in a run of this type, and why.
fn loses(health: &Health, pipeline: &str, recommendation: Recommendation) -> Option<(i32, String)> {
    let pipeline = match pipeline {
        "" => Pipeline::default(),
        text => document::read(text.as_bytes()).unwrap(),
    };
    let rule = rule(health, (&pipeline, &Objective::new(recommendation, Direction::Highest)), NOW)?;
    let Effect::Points { members, points, .. } = &rule.effect else { return None };
    assert!(members[0].has_version(&"0.1a1".parse().unwrap()), "all releases of a project are alike");
    Some((*points, rule.reason))
}

fn points(health: &Health) -> i32 {
    loses(health, "", Recommendation::Stable).map(|(points, _)| points).unwrap_or_default()
}

#[test]
fn who_gives_a_project_up_costs_it_points_and_the_gravest_word_counts() {
    let archived = r#""checks": [{"name": "Maintained", "score": 0, "reason": "project is archived"}]"#;
    let card = Some(archived);
    assert_eq!(points(&health(&listed(ProjectStatus::Active, 0), None)), 0);
    assert_eq!(points(&health(&listed(ProjectStatus::Archived, 0), None)), 100);
    assert_eq!(points(&health(&listed(ProjectStatus::Active, 0), card)), 100);
    assert_eq!(points(&health(&listed(ProjectStatus::Archived, 0), card)), 100, "once");
    assert_eq!(points(&health(&listed(ProjectStatus::Deprecated, 0), card)), 200);
}

#[test]
fn a_bad_scorecard_and_years_without_a_release_cost_whole_steps() {
    let scored = |score: &str| {
        let card = format!("\"score\": {score}, \"checks\": [{{\"name\": \"Fuzzing\", \"score\": 0}}]");
        points(&health(&listed(ProjectStatus::Active, 0), Some(&card)))
    };
    assert_eq!(["10", "3.0", "2.9", "2.0", "1.9", "0", "-1"].map(scored), [0, 0, 10, 10, 20, 30, 0]);
    let aged = |years: i64| points(&health(&listed(ProjectStatus::Active, years), None));
    assert_eq!([4, 5, 6, 9, 30].map(aged), [0, 10, 20, 50, 50]);
}

#[test]
fn reasons_are_named_and_what_is_not_known_costs_nothing() {
    let card = r#""score": 1.5, "checks": [{"name": "Fuzzing", "score": 0}, {"name": "SAST", "score": 9}]"#;
    let sick = health(&listed(ProjectStatus::Archived, 7), Some(card));
    let (points, why) = loses(&sick, "", Recommendation::Security).unwrap();
    assert_eq!(points, 150);
    assert_eq!(
        why,
        "loses 150 points for the health of its project: its index calls it archived (use well); its Scorecard is 1.5 of 10 \
         (Fuzzing 0); no release for 7 years"
    );
    let (package, version): (PackageName, Version) = ("demo".parse().unwrap(), "1.0".parse().unwrap());
    let subject = Subject { package: &package, version: &version, listed: None, contacts: None, now: NOW };
    assert_eq!(loses(&Records::default().health(&subject), "", Recommendation::Stable), None);
}

#[test]
fn what_counts_can_be_told_and_where_quality_does_not_decide_nothing_does() {
    let sick = health(&listed(ProjectStatus::Archived, 7), None);
    let told = "steps: [{name: HealthStep, configuration: {archived: 40, years: 7}}]";
    assert_eq!(loses(&sick, told, Recommendation::Stable).unwrap().0, 50);
    assert_eq!(loses(&sick, "steps: []", Recommendation::Stable), None);
    assert_eq!(loses(&sick, "", Recommendation::Latest), None);
}
