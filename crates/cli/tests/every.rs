//! `thoth advise` for the environments of a project: one, and all of them.

mod stage;

use std::fs;

use scenarios::Scenario;
use serde_json::Value;
use stage::Stage;

/// A package that the older Python has to be content with an older release of.
const STORY: &str = r#"
story = "The newest release does not support the older Python."
[project]
requires = ["app", "old ; python_version < '3.10'"]
[packages.app]
"1.0" = { requires = ["helper"] }
"2.0" = { requires-python = ">=3.10" }
[packages.helper]
"1.0" = {}
[packages.old]
"1.0" = {}
[expect]
stack = { app = "2.0" }
"#;

const ENVIRONMENTS: &str = "\
runtime_environments:
- name: new
  python_version: '3.12'
  platform: linux-x86_64
  operating_system: {name: fedora, version: '40'}
- name: rhel:8
  python_version: '3.9'
  platform: linux-x86_64
  recommendation_type: latest
  labels: {team: core}
";

fn stage() -> Stage {
    let stage = Stage::set(&Scenario::parse("story.toml".as_ref(), STORY).expect("the story parses"));
    fs::write(stage.project().join(".thoth.yaml"), ENVIRONMENTS).expect("a file can be written");
    stage
}

/// The arguments of the story without those that an environment says, and without the lock.
fn arguments(stage: &Stage) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = stage.written.arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--python-version" | "--python-platform" | "-o" | "--output" | "-t" | "--recommendation-type" => {
                words.next();
            }
            _ => kept.push(word.clone()),
        }
    }
    kept
}

fn advise(stage: &Stage, more: &[&str]) -> stage::Ended {
    let told = arguments(stage);
    let words: Vec<&str> = told.iter().map(String::as_str).chain(more.iter().copied()).collect();
    stage.thoth(&words)
}

#[test]
fn the_document_of_the_original_is_about_one_environment_and_names_it() {
    let stage = stage();
    let ended = advise(&stage, &["--format", "thoth-json"]);
    let document: Value =
        serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.said()));
    let name = |project: &Value| project["runtime_environment"]["name"].clone();
    let product = &document["result"]["report"]["products"][0]["project"];
    assert_eq!(name(product), "new");
    assert_eq!(name(&document["result"]["parameters"]["project"]), "new");
    let every = advise(&stage, &["--all-environments", "--format", "thoth-json"]);
    assert_eq!(every.exit, Some(2), "{}", every.said());
    assert!(every.stderr.contains("--runtime-environment"), "{}", every.said());
}

#[test]
fn one_environment_says_what_is_chosen_for() {
    let stage = stage();
    let first = advise(&stage, &["--format", "json"]);
    assert_eq!(first.exit, Some(0), "{}", first.said());
    let report: Value = serde_json::from_str(&first.stdout).expect("JSON");
    assert!(report.to_string().contains("CPython 3.12.0, x86_64-manylinux_2_39"), "{report:#}");
    let named = advise(&stage, &["-e", "rhel:8", "--format", "json"]);
    let report: Value = serde_json::from_str(&named.stdout).expect("JSON");
    let told = report.to_string();
    assert!(told.contains("CPython 3.9.0, x86_64-manylinux_2_28") && told.contains("label team=core"), "{report:#}");
    assert!(told.contains("recommendation latest"), "{report:#}");
}

#[test]
fn all_environments_are_locked_each_for_itself_and_compared() {
    let stage = stage();
    let ended = advise(&stage, &["--all-environments"]);
    assert_eq!(ended.exit, Some(0), "{}", ended.said());
    let (_, compared) = ended.stdout.split_once("What differs").expect("it is told");
    insta::assert_snapshot!(compared, @"
    between the environments (3 packages)
     package  new  rhel:8
     app      2.0  1.0
     helper   -    1.0
     old      -    1.0
    ");
    let lock = |name: &str| fs::read_to_string(stage.project().join(name)).expect("a lock was written");
    assert!(lock("pylock.new.toml").contains("version = \"2.0\""));
    assert!(lock("pylock.rhel-8.toml").contains("name = \"helper\""));
    let json = advise(&stage, &["--all-environments", "--format", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(json["differences"][0]["versions"]["new"], "2.0");
    assert_eq!(json["differences"][0]["versions"]["rhel:8"], "1.0");
    assert_eq!(json["differences"][1]["versions"]["new"], Value::Null);
    assert_eq!(json["environments"][1]["report"]["exit_code"], 0);
}

#[test]
fn one_that_cannot_be_decided_does_not_keep_the_others_from_it() {
    let stage = stage();
    let broken = ENVIRONMENTS.replace("'3.9'", "'2.9'");
    fs::write(stage.project().join(".thoth.yaml"), broken).expect("a file can be written");
    let ended = advise(&stage, &["--all-environments"]);
    assert_eq!(ended.exit, Some(1), "{}", ended.said());
    assert!(
        ended.stdout.ends_with("1 of 2 environments has a stack; there is nothing to compare.\n"),
        "{}",
        ended.stdout
    );
    assert!(stage.project().join("pylock.new.toml").exists() && !stage.project().join("pylock.rhel-8.toml").exists());
}
