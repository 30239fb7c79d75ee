//! Stories of documents and the health they tell.

use packaging::{index::parse_json, metadata::Contacts};
use proptest::prelude::*;

use super::*;

const CARD: &str = r#"{"date": "2026-08-03", "repo": {"name": "github.com/Demo/Demo", "commit": "0"}, "score": 3.25, "metadata": "",
    "checks": [{"name": "Maintained", "score": 0, "reason": "project is archived", "details": null},
               {"name": "Code-Review", "score": 7, "reason": "most changes are reviewed"},
               {"name": "Fuzzing", "score": -1, "reason": "internal error"},
               {"name": "Binary-Artifacts", "score": 2, "reason": "binaries \u001b[31mhere"}]}"#;
const RELEASE: &str = r#"{"versionKey": {"system": "PYPI", "name": "Demo", "version": "1.0"}, "publishedAt": "2024-05-01T00:00:00Z",
    "links": [{"label": "HOMEPAGE", "url": "https://demo.example/"}], "slsaProvenances": [],
    "attestations": [{"type": "publish", "verified": true, "sourceRepository": "https://github.com/demo/demo", "commit": "0"}],
    "relatedProjects": [{"projectKey": {"id": "github.com/demo/fork"}, "relationProvenance": "UNVERIFIED_METADATA", "relationType": "SOURCE_REPO"}]}"#;
const PROJECT: &str = r#"{"projectKey": {"id": "github.com/demo/demo"}, "openIssuesCount": 1, "starsCount": 42, "license": "MIT",
    "scorecard": {"date": "2026-08-10T00:00:00Z", "repository": {"name": "github.com/demo/demo"}, "overallScore": 5.1,
                  "checks": [{"name": "Maintained", "documentation": {}, "score": 10, "reason": "30 commits", "details": []}]}}"#;
const PAGE: &str = r#"{"meta": {"api-version": "1.4"}, "name": "demo", "project-status": {"status": "archived", "reason": "done"},
    "files": [{"filename": "demo-1.0.tar.gz", "url": "a.tar.gz", "hashes": {}, "upload-time": "2024-05-01T00:00:00Z"},
              {"filename": "demo-1.0-py3-none-any.whl", "url": "a.whl", "hashes": {}, "upload-time": "2024-05-02T00:00:00Z"},
              {"filename": "demo-0.9.tar.gz", "url": "b.tar.gz", "hashes": {}, "upload-time": "2023-05-01T00:00:00Z"}]}"#;
/// 2026-11-22.
const NOW: i64 = 1_795_305_600;

fn records(documents: &[&str]) -> Records {
    let mut records = Records::default();
    documents.iter().for_each(|text| records.add("here", "a.json", text.as_bytes()));
    records
}

fn listed() -> Listed {
    let page =
        parse_json(&"demo".parse().unwrap(), &"https://index.example/simple/demo/".parse().unwrap(), PAGE.as_bytes());
    Listed::of(&page.unwrap(), "index.example")
}

fn health(documents: &[&str], listed: Option<&Listed>, contacts: Option<&Contacts>) -> Health {
    let (package, version) = ("demo".parse().unwrap(), "1.0".parse().unwrap());
    let subject = Subject { package: &package, version: &version, listed, contacts, now: NOW };
    records(documents).health(&subject)
}

fn present<T: Clone>(known: &Known<Fact<T>>) -> Option<T> {
    match known {
        Known::Present(fact) => Some(fact.value.clone()),
        _ => None,
    }
}

#[test]
fn an_attestation_leads_to_the_repository_and_that_to_its_scorecard() {
    let health = health(&[CARD, RELEASE], None, None);
    let located = present(&health.repository).unwrap();
    assert_eq!((located.repository.to_string().as_str(), located.sure), ("github.com/demo/demo", Sure::Attested));
    let card = present(&health.scorecard).unwrap();
    let checks: Vec<String> =
        card.checks.iter().map(|check| format!("{} {:?}", check.name, check.score.map(|one| one.0))).collect();
    assert_eq!(card.score, Some(Tenths(33)));
    assert_eq!(checks, ["Maintained Some(0)", "Binary-Artifacts Some(20)", "Code-Review Some(70)", "Fuzzing None"]);
    assert_eq!(card.checks[1].reason, "binaries [31mhere");
    assert_eq!(present(&health.archived), Some(true));
    assert!(matches!(health.stars, Known::Unknown(_)) && matches!(health.rank, Known::Unknown(_)));
}

#[test]
fn the_later_scorecard_counts_whatever_comes_first() {
    for documents in [[CARD, PROJECT, RELEASE], [RELEASE, PROJECT, CARD]] {
        let health = health(&documents, None, None);
        assert_eq!(present(&health.scorecard).unwrap().score, Some(Tenths(51)));
        assert_eq!((present(&health.archived), present(&health.stars)), (Some(false), Some(42)));
    }
}

#[test]
fn the_page_of_an_index_tells_status_and_cadence_and_a_release_its_people() {
    let mut contacts = Contacts::default();
    contacts.link("Source", "https://github.com/demo/demo");
    contacts.person("Ada");
    let (listed, archived) = (listed(), r#"{"full_name": "demo/demo", "archived": true, "stargazers_count": 3}"#);
    let health = health(&[archived], Some(&listed), Some(&contacts));
    let status = present(&health.status).unwrap();
    assert_eq!((status.status, status.reason.as_deref()), (ProjectStatus::Archived, Some("done")));
    let cadence = present(&health.cadence).unwrap();
    assert_eq!((cadence.releases, cadence.gap, cadence.years(NOW)), (2, Some(366), 2));
    assert_eq!(present(&health.people), Some(vec!["Ada".to_string()]));
    assert_eq!(present(&health.repository).unwrap().sure, Sure::Labelled);
    assert_eq!((present(&health.archived), present(&health.stars)), (Some(true), Some(3)));
}

#[test]
fn what_is_not_there_is_told_from_what_nobody_said() {
    let (listed, silent) = (listed(), Contacts::default());
    let ranks = r#"{"last_update": "2026-08-01 10:00:00", "rows": [{"download_count": 1, "project": "other"}]}"#;
    let asked = health(&[ranks], Some(&listed), Some(&silent));
    assert_eq!((asked.repository, asked.rank, asked.people), (Known::Absent, Known::Absent, Known::Absent));
    assert!(matches!(asked.scorecard, Known::Unknown(_)), "nobody can look for it");
    let unasked = health(&[], None, None);
    for unknown in [
        unasked.repository.is_unknown(),
        unasked.people.is_unknown(),
        unasked.rank.is_unknown(),
        unasked.cadence.is_unknown(),
    ] {
        assert!(unknown);
    }
}

#[test]
fn packages_are_ranked_by_downloads_and_published_dates_stand_in_for_a_page() {
    let ranks = r#"{"last_update": "2026-08-01 10:00:00", "rows": [{"download_count": 7, "project": "Demo"}, {"download_count": 9, "project": "other"}, {"project": "no name!"}]}"#;
    let package = r#"{"packageKey": {"system": "PYPI", "name": "demo"}, "versions": [
        {"versionKey": {"name": "demo", "version": "1.0"}, "publishedAt": "2024-05-01T00:00:00Z", "isDefault": true}, {"versionKey": {}}]}"#;
    let page = r#"{"info": {"name": "demo", "author": "Ada", "project_urls": {"Source": "https://codeberg.org/demo/demo"}, "home_page": null}, "urls": []}"#;
    let health = health(&[ranks, package, page], None, None);
    assert_eq!(present(&health.rank), Some(Rank { place: 2, of: 2 }));
    assert_eq!(present(&health.cadence).unwrap().releases, 1);
    assert_eq!(present(&health.people), Some(vec!["Ada".to_string()]));
    assert_eq!(present(&health.repository).unwrap().repository.to_string(), "codeberg.org/demo/demo");
}

#[test]
fn what_cannot_be_used_is_told_with_its_place() {
    let wrong = |text: &str| Document::parse("x.json", text.as_bytes()).unwrap_err().to_string();
    insta::assert_snapshot!(
        [
            wrong("{\"checks\":\n 3}"),
            wrong("{\"checks\": []}"),
            wrong("{}"),
            wrong("{\"versionKey\": {\"system\": \"NPM\", \"name\": \"a\", \"version\": \"1\"}}"),
            wrong("{\"versionKey\": {\"name\": \"a\", \"version\": \"one\"}}"),
            wrong("{\"projectKey\": {\"id\": \"example.com/a\"}}"),
            wrong("{\"rows\": [{\"project\": \"a\""),
        ]
        .join("\n")
    );
    let many = format!("{{\"repo\": {{\"name\": \"github.com/a/b\"}}, \"checks\": [{}]}}", vec!["{}"; 101].join(","));
    assert!(wrong(&many).contains("a list of more than 100"), "{}", wrong(&many));
    let mut records = records(&["{}"; 200]);
    records.add("there", "b.json", b"[");
    let (named, count) = records.rejected();
    assert_eq!((named.len(), count, records.read()), (100, 201, 0));
}

proptest! {
    #[test]
    fn a_broken_document_is_an_error_and_never_a_panic(at in 0usize..700, byte: u8, which in 0usize..3) {
        let mut bytes = [CARD, RELEASE, PROJECT][which].as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = Document::parse("x", &bytes);
        let _ = Document::parse("x", &bytes[..at]);
    }
}
