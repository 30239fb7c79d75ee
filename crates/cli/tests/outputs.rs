//! Everything that a user sees of some rich stories: exit code, standard output, standard error, and one report for machines.
//!
//! The snapshots are in `tests/snapshots`; `INSTA_UPDATE=always` writes them anew, and a reader judges the difference.

mod stage;

use serde_json::Value;
use stage::{Stage, story};

/// What the user sees of a story.
fn seen(name: &str) -> String {
    let stage = Stage::set(&story(name));
    let ended = stage.advise(&[]);
    let (stdout, stderr) = (ageless(&stage.filtered(&ended.stdout)), stage.filtered(&ended.stderr));
    let lock = stage.lock().map(|lock| stage.filtered(&lock)).unwrap_or_default();
    let exit = ended.exit.map_or_else(|| "a signal".to_string(), |exit| exit.to_string());
    format!("exit code: {exit}\n--- stdout\n{stdout}--- stderr\n{stderr}--- lock\n{lock}")
}

/// A report without the age of its newest advisory, which grows with the calendar.
fn ageless(report: &str) -> String {
    let line = |line: &str| match line.split_once(", the newest of ") {
        Some((before, after)) => {
            let date = after.split(' ').next().unwrap_or_default();
            format!("{before}, the newest of {date} (AGE), checked just now\n")
        }
        None => format!("{line}\n"),
    };
    report.lines().map(line).collect()
}

macro_rules! tell {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            insta::assert_snapshot!(seen($name));
        })*
    };
}

tell! {
    a_vulnerable_release_is_avoided: "advisories/avoided",
    an_older_parent_allows_the_fix: "advisories/fix-needs-an-older-parent",
    an_unavoidable_vulnerability_fails_a_security_run: "advisories/fix-is-out-of-bounds",
    the_lock_changes_where_it_must: "locks/vulnerable-one-moves",
    malware_is_never_chosen: "malware/never-chosen",
    a_deep_conflict_is_explained: "search/deep-and-impossible",
    the_project_does_not_support_this_python: "files/pyproject-for-another-python",
    a_yanked_release_is_used_where_it_is_pinned: "yanked/pinned",
    an_archived_project_is_named: "status/archived",
    a_broken_file_of_advisories_is_reported: "records/one-is-broken",
    a_broken_requirement_is_shown_with_its_place: "broken/requirement",
}

#[test]
fn the_report_for_machines() {
    let stage = Stage::set(&story("advisories/avoided"));
    let ended = stage.advise(&["--format", "json"]);
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    let mut report: Value = serde_json::from_str(&stage.filtered(&ended.stdout)).expect("the report is JSON");
    // What differs from run to run.
    for (path, key) in [
        ("/evidence/advisories", "checked"),
        ("/evidence/advisories", "age_seconds"),
        ("/effort", "milliseconds"),
        ("/effort", "requests"),
    ] {
        let place = report.pointer_mut(path).and_then(|part| part.get_mut(key));
        *place.unwrap_or_else(|| panic!("{path} has no {key}")) = Value::from("FILTERED");
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&report).expect("a value has a JSON form"));
}

#[test]
fn fresher_stacks_are_told_with_their_price() {
    let stage = Stage::set(&story("advisories/fix-needs-an-older-parent"));
    let told = stage.advise(&["--alternatives", "3"]).stdout;
    let (_, section) = told.split_once("Alternatives").unwrap_or_else(|| panic!("nothing is told: {told}"));
    let (section, _) = section.split_once("\n\n").unwrap_or((section, ""));
    insta::assert_snapshot!(format!("Alternatives{section}"));
    let none = Stage::set(&story("search/diamond")).advise(&["--alternatives", "3"]).stdout;
    assert!(none.contains("no other stack is fresher"), "{none}");
    let too_many = stage.advise(&["--alternatives", "65"]);
    assert!(too_many.exit == Some(2) && too_many.stderr.contains("--alternatives"), "{}", too_many.said());
}

#[test]
fn less_exposed_stacks_are_told_where_vulnerabilities_do_not_decide() {
    let stage = Stage::set(&story("advisories/latest-does-not-avoid"));
    let ended = stage.advise(&["--alternatives", "3", "--format", "json"]);
    let report: Value = serde_json::from_str(&ended.stdout).expect("the report is JSON");
    let alternatives = &report["alternatives"];
    assert_eq!((alternatives["found"].as_u64(), alternatives["complete"].as_bool()), (Some(1), Some(true)));
    let levels = alternatives["points"][0]["levels"].as_array().cloned().unwrap_or_default();
    let exposure = levels.iter().find(|level| level["level"] == "exposure").cloned().unwrap_or_default();
    assert!(exposure["chosen"].as_i64() > Some(0) && exposure["other"].as_i64() == Some(0), "{alternatives}");
}

#[test]
fn exit_zero_waives_what_remains_and_nothing_else() {
    let remains = Stage::set(&story("advisories/fix-is-out-of-bounds"));
    assert_eq!(remains.advise(&[]).exit, Some(1));
    assert_eq!(remains.advise(&["--exit-zero"]).exit, Some(0));
    assert!(remains.lock().is_some());
    let conflict = Stage::set(&story("search/deep-and-impossible"));
    let ended = conflict.advise(&["--exit-zero"]);
    assert!(ended.exit == Some(1) && conflict.lock().is_none(), "no stack is no success: {ended:?}");
    let broken = Stage::set(&story("broken/requirement"));
    assert_eq!(broken.advise(&["--exit-zero"]).exit, Some(2));
}

#[test]
fn verbose_tells_each_phase() {
    let stage = Stage::set(&story("advisories/avoided"));
    let told = stage.advise(&["-v"]).stderr;
    let mut rest = told.as_str();
    for phase in [
        "read requirements.in: ",
        "indexes, in ",
        "environment: ",
        "advisories ",
        "step 1: ",
        "decided on",
        "lock locked.txt",
    ] {
        let at = rest.find(phase).unwrap_or_else(|| panic!("`{phase}` is missing or out of order: {told}"));
        rest = &rest[at..];
    }
    assert!(stage.advise(&[]).stderr.is_empty());
}

#[test]
fn a_pinned_package_is_asked_for_at_its_index_only() {
    let stage = Stage::set(&story("indexes/pinned"));
    assert_eq!(stage.advise(&[]).exit, Some(0));
    let asked = stage.server.paths();
    let about = |index: &str, package: &str| asked.iter().any(|path| path.contains(index) && path.contains(package));
    assert!(about("/beta/", "billing") && !about("/alpha/", "billing"), "{asked:?}");
    assert!(
        about("/alpha/", "ledger") && !about("/beta/", "ledger"),
        "the first index that has a package ends it: {asked:?}"
    );
}
