//! Observations in a run: what failed here is avoided and named, what failed elsewhere is not, and a saved problem remembers.

mod stage;

use std::{fs, path::Path};

use scenarios::Scenario;
use serde_json::{Value, json};
use stage::{Ended, Stage};

const STORY: &str = r#"
story = "A project whose newest drawing library fails on this kind of environment."
[project]
requires = ["site"]
[packages.site]
"1.0" = { requires = ["web", "drawing>=1"] }
[packages.web]
"1.0" = {}
"2.0" = {}
[packages.drawing]
"1.0" = {}
"2.0" = {}
[expect]
stack = { site = "1.0", web = "2.0", drawing = "2.0" }
"#;

fn stage() -> Stage {
    set(STORY)
}

fn set(story: &str) -> Stage {
    Stage::set(&Scenario::parse(Path::new("observed.toml"), story).expect("a story"))
}

/// The story where stacks of this type are asked for.
fn of_type(recommendation: &str) -> Stage {
    set(&STORY.replace("[project]", &format!("[options]\nrecommendation = \"{recommendation}\"\n[project]")))
}

/// Tries of a stack, one a minute of a day that is past on every clock.
fn tries(count: usize, stack: &Value, outcome: &str, python: &str) -> String {
    let line = |number: usize| {
        let environment = json!({ "python": python, "platform": "linux-x86_64" });
        let date = format!("2026-09-20T{:02}:{:02}:00Z", number / 60, number % 60);
        json!({ "stack": stack, "stage": "test", "outcome": outcome, "environment": environment, "date": date })
    };
    (0..count).map(|number| format!("{}\n", line(number))).collect()
}

fn learn(stage: &Stage, lines: &str) {
    fs::write(stage.project().join("observations.jsonl"), lines).expect("a file");
    let ended = stage.thoth(&["feedback", "--import", "observations.jsonl"]);
    assert_eq!(ended.exit, Some(0), "{}", ended.said());
}

/// What is said, however it is broken into lines.
fn words(ended: &Ended) -> String {
    ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn drawing(stage: &Stage) -> String {
    let pins = stage.pins();
    pins.iter().find(|(name, _)| name.as_ref() == "drawing").map(|(_, version)| version.to_string()).unwrap_or_default()
}

#[test]
fn a_release_that_always_failed_here_is_avoided_and_the_report_says_why() {
    let stage = stage();
    learn(&stage, &tries(8, &json!({ "drawing": "2.0" }), "failed", "3.11"));
    let ended = stage.advise(&[]);
    assert_eq!((ended.exit, drawing(&stage).as_str()), (Some(0), "1.0"), "{}", ended.said());
    let said = words(&ended);
    assert!(
        said.contains(
            "Observations ! drawing: drawing 2.0 failed 8 of 8 times (test); last on 2026-09-20; passed over"
        ) || said.contains("drawing: drawing 2.0 failed 8 of 8 times (test); last on 2026-09-20; passed over"),
        "{said}"
    );
    assert!(
        said.contains(
            "8 observations with Python 3.11 on linux-x86_64 (8 failures), 1 rule takes part in the decision"
        ),
        "{said}"
    );
    let ended = stage.advise(&["--no-experience", "--upgrade"]);
    assert_eq!(drawing(&stage), "2.0", "{}", ended.said());
    assert!(!ended.stdout.contains("bservation"), "{}", ended.said());
}

#[test]
fn one_failure_of_fifty_tries_is_no_verdict() {
    let stage = stage();
    let fine = tries(49, &json!({ "drawing": "2.0", "web": "2.0" }), "ok", "3.11");
    learn(&stage, &(fine + &tries(1, &json!({ "drawing": "2.0", "web": "2.0" }), "failed", "3.11")));
    let ended = stage.advise(&[]);
    assert_eq!(drawing(&stage), "2.0", "{}", ended.said());
    assert!(words(&ended).contains("50 observations with Python 3.11 on linux-x86_64 (1 failure), 0 rules take part"));
}

#[test]
fn what_failed_on_another_python_is_not_counted_here() {
    let stage = stage();
    learn(&stage, &tries(8, &json!({ "drawing": "2.0" }), "failed", "3.12"));
    let ended = stage.advise(&[]);
    assert_eq!(drawing(&stage), "2.0", "{}", ended.said());
    assert!(
        words(&ended).contains("8 observations of other kinds of environments are not counted"),
        "{}",
        ended.said()
    );
}

#[test]
fn where_freshness_alone_decides_failures_are_told_and_do_not_decide() {
    let stage = of_type("latest");
    learn(&stage, &tries(8, &json!({ "drawing": "2.0" }), "failed", "3.11"));
    let ended = stage.advise(&[]);
    assert_eq!(drawing(&stage), "2.0", "{}", ended.said());
    let said = words(&ended);
    assert!(said.contains("drawing 2.0 failed 8 of 8 times (test); last on 2026-09-20; not weighed here"), "{said}");
    assert!(said.contains("(8 failures), 0 rules take part"), "{said}");
}

#[test]
fn a_vulnerable_release_is_not_taken_because_the_safe_one_failed() {
    let vulnerable =
        "[[advisories]]\nid = \"PYSEC-2024-9\"\npackage = \"drawing\"\nintroduced = \"0\"\nfixed = \"2.0\"\n[expect]";
    let story = STORY.replace("[expect]", vulnerable);
    let stage = set(&story);
    learn(&stage, &tries(8, &json!({ "drawing": "2.0" }), "failed", "3.11"));
    let ended = stage.advise(&[]);
    assert_eq!(drawing(&stage), "2.0", "{}", ended.said());
    let said = words(&ended);
    assert!(said.contains("drawing 2.0 failed 8 of 8 times") && !said.contains("passed over"), "{said}");
}

#[test]
fn two_releases_that_fail_together_are_kept_apart_where_it_costs_little() {
    let stage = stage();
    let stack = |web: &str, drawing: &str| json!({ "site": "1.0", "web": web, "drawing": drawing });
    let mut lines = tries(6, &stack("2.0", "2.0"), "failed", "3.11");
    for (web, drawing) in [("2.0", "1.0"), ("1.0", "2.0"), ("1.0", "1.0")] {
        lines += &tries(6, &stack(web, drawing), "ok", "3.11");
    }
    learn(&stage, &lines);
    let ended = stage.advise(&[]);
    let pins: Vec<String> = stage.pins().iter().map(|(name, version)| format!("{name} {version}")).collect();
    assert!(!(pins.contains(&"web 2.0".to_string()) && pins.contains(&"drawing 2.0".to_string())), "{pins:?}");
    assert!(
        words(&ended)
            .contains("drawing 2.0 and web 2.0 failed 6 of 6 times together (test), without each other 0 of 6"),
        "{}",
        ended.said()
    );
}

#[test]
fn programs_are_told_and_a_saved_problem_remembers() {
    let stage = stage();
    learn(&stage, &tries(8, &json!({ "drawing": "2.0" }), "failed", "3.11"));
    let first = stage.advise(&["--format", "json", "--save-problem", "problem.thoth"]);
    let document: Value = serde_json::from_str(&first.stdout).expect("JSON");
    assert_eq!(document["evidence"]["observations"]["rules"], 1);
    let reason = &document["justification"][0];
    assert_eq!((&reason["package"], &reason["unit"]), (&"drawing".into(), &"ObservedFailuresStep".into()));
    let statement = document["certificate"]["statement"].as_array().expect("lines");
    assert!(statement.iter().any(|line| line.as_str().is_some_and(|line| line.starts_with("rules "))), "{statement:?}");
    let again = stage.thoth(&["replay", "problem.thoth", "--format", "json", "-o", "requirements.txt", "--offline"]);
    assert_eq!((again.exit, again.stdout), (Some(0), first.stdout));

    let original = stage.advise(&["--format", "thoth-json", "--upgrade"]);
    let document: Value = serde_json::from_str(&original.stdout).expect("JSON");
    let justification = &document["result"]["report"]["products"][0]["justification"][0];
    assert_eq!((&justification["type"], &justification["package_name"]), (&"WARNING".into(), &"drawing".into()));
}

#[test]
#[allow(clippy::print_stderr, reason = "who skips says so")]
fn a_release_that_was_measured_to_be_faster_here_is_taken_where_performance_decides() {
    let stage = stage();
    let arguments: Vec<&str> = stage.written.arguments.iter().map(String::as_str).collect();
    let stated = arguments.iter().position(|argument| *argument == "--python-platform").expect("a platform is stated");
    // The platform is this machine's: only of this one it is known which CPU it has.
    let others = arguments.iter().enumerate().filter(|(at, _)| *at != stated && *at != stated + 1);
    let here: Vec<&str> = others.map(|(_, one)| if *one == "stable" { "performance" } else { *one }).collect();
    for (release, rates) in [("drawing==1.0", [90, 91, 92]), ("drawing==2.0", [40, 41, 42])] {
        for rate in rates {
            let result = json!({ "component": "drawing", "name": "PiDraw", "@result": { "rate": rate } });
            fs::write(stage.project().join("result.json"), result.to_string()).expect("a file");
            let told =
                stage.thoth(&["feedback", "--import", "result.json", "--package", release, "--python-version", "3.11"]);
            assert_eq!(told.exit, Some(0), "{}", told.said());
        }
    }
    let exported = stage.thoth(&["feedback", "--export", "-"]);
    if !exported.stdout.contains("\"cpu\":") {
        eprintln!("skipped: the CPU of this machine tells nothing that is known");
        return;
    }
    let ended = stage.thoth(&here);
    assert_eq!(drawing(&stage), "1.0", "{}", ended.said());
    assert!(
        words(&ended).contains("drawing 2.0 has 45 % of the rate of the fastest measured on such hardware"),
        "{}",
        ended.said()
    );
    let ended = stage.thoth(&[&here[..], &["-v"]].concat());
    assert!(
        words(&ended).contains("drawing 1.0 is the fastest measured on such hardware (PiDraw: 91.00, the median of 3)"),
        "{}",
        ended.said()
    );
}
