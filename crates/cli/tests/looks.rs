//! Looking into releases while a stack is decided on: what looks hostile is left out or told first, findings count where they may, and
//! what upgrades bring is told.

mod stage;

use std::{fs, path::Path};

use scenarios::{Behaviour, Scenario};
use serde_json::Value;
use stage::{Ended, Stage};

/// `gadget 1.1` runs what it decodes, `dense 2.0` starts shells all over, `grow 1.1` speaks to the network, and is
/// not published as the one before it was.
const STORY: &str = r#"
story = "Three packages, the newest of each with something in it."
[options]
recommendation = "TYPE"
[project]
requires = ["gadget", "dense", "grow"]
[packages.gadget]
"1.0" = { files = { "gadget/a.py" = "x = 1\n" } }
"1.1" = { files = { "gadget/a.py" = "import base64\nimport zlib\n\n\nexec(zlib.decompress(base64.b64decode('eJwrKMrMK9FQ8kjNyclXKM8vyklRBABBtgZO')).decode())\n" } }
[packages.dense]
"1.0" = { files = { "dense/a.py" = "x = 1\n" } }
"2.0" = { files = { "dense/a.py" = "import subprocess\n\n\ndef run(command):\n    subprocess.Popen(command, shell=True)\n    subprocess.Popen(command + command, shell=True)\n    subprocess.Popen(command + ';', shell=True)\n    subprocess.Popen(';' + command, shell=True)\n" } }
[packages.grow]
"1.0" = { publisher = "ada/grow", files = { "grow/a.py" = "x = 1\n" } }
"1.1" = { files = { "grow/a.py" = "import socket\n\n\ndef call(name):\n    return socket.create_connection((name, 80))\n" } }
[expect]
stack = { gadget = "1.1", dense = "2.0", grow = "1.1" }
"#;

fn set(recommendation: &str) -> Stage {
    let story = STORY.replace("TYPE", recommendation);
    Stage::set(&Scenario::parse(Path::new("looks.toml"), &story).expect("a story"))
}

/// What is said, however it is broken into lines.
fn words(ended: &Ended) -> String {
    ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn version(stage: &Stage, package: &str) -> String {
    let pins = stage.pins();
    pins.iter().find(|(name, _)| name.as_ref() == package).map(|(_, version)| version.to_string()).unwrap_or_default()
}

fn versions(stage: &Stage) -> [String; 3] {
    ["gadget", "dense", "grow"].map(|package| version(stage, package))
}

fn files_asked_for(stage: &Stage) -> usize {
    stage.server.paths().iter().filter(|path| path.ends_with(".whl")).count()
}

/// Locks the oldest of a package first.
fn lock_old(stage: &Stage, pin: &str) {
    fs::write(stage.project().join("old.txt"), format!("{pin}\n")).expect("a file");
    let ended = stage.advise(&["-c", "old.txt"]);
    assert!(stage.lock().is_some(), "{}", ended.said());
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.said()))
}

#[test]
fn nothing_is_fetched_unless_somebody_asks_for_a_look() {
    let stage = set("security");
    let ended = stage.advise(&[]);
    assert_eq!((versions(&stage), files_asked_for(&stage)), (["1.1", "2.0", "1.1"].map(String::from), 0));
    assert!(!ended.stdout.contains("ooked into"), "{}", ended.said());
}

#[test]
fn what_looks_hostile_is_left_out_of_a_secure_stack_and_the_report_says_why() {
    let stage = set("security");
    let ended = stage.advise(&["--scan", "chosen"]);
    assert_eq!((ended.exit, versions(&stage)), (Some(0), ["1.0", "2.0", "1.1"].map(String::from)), "{}", ended.said());
    let said = words(&ended);
    assert!(said.contains("What was seen inside"), "{}", ended.said());
    assert!(said.contains("gadget: gadget 1.1 looks hostile: T110 gadget/a.py:5: "), "{}", ended.said());
    assert!(said.contains("; left out") && !said.contains("Do not install"), "{}", ended.said());
    assert!(said.contains("Looked into 4 files (0 known from earlier runs), 1 rule takes part"), "{}", ended.said());
    // Nothing of it is fetched or looked into twice.
    let asked = files_asked_for(&stage);
    let again = stage.advise(&["--scan", "chosen"]);
    assert_eq!((asked, files_asked_for(&stage)), (4, 4), "{}", again.said());
    assert!(words(&again).contains("Looked into 3 files (3 known from earlier runs)"), "{}", again.said());
}

#[test]
fn elsewhere_it_is_told_first_and_who_looked_may_accept_it() {
    let stage = set("stable");
    let ended = stage.advise(&["--scan", "chosen"]);
    assert_eq!(version(&stage, "gadget"), "1.1", "{}", ended.said());
    let said = words(&ended);
    let first = said.find("Do not install this before somebody has looked").expect("a warning");
    assert!(first < said.find("The stack").expect("a stack"), "{}", ended.said());
    let stage = set("security");
    let ended = stage.advise(&["--scan", "chosen", "--ignore", "gadget:T110"]);
    assert_eq!((ended.exit, version(&stage, "gadget").as_str()), (Some(0), "1.1"), "{}", ended.said());
    assert!(words(&ended).contains("(accepted by --ignore gadget:T110)"), "{}", ended.said());
    let told = json(&stage.advise(&["--scan", "chosen", "--ignore", "gadget:T110,grow:T110", "--format", "json"]));
    assert_eq!(told["unused_ignores"], serde_json::json!(["grow:T110"]));
}

#[test]
fn where_nothing_else_is_left_that_is_the_conflict() {
    let stage = set("security");
    fs::write(stage.project().join("new.txt"), "gadget>=1.1\n").expect("a file");
    let ended = stage.advise(&["--scan", "chosen", "-c", "new.txt"]);
    assert_eq!(ended.exit, Some(1), "{}", ended.said());
    let said = words(&ended);
    assert!(said.contains("looks hostile") && said.contains("T110"), "{}", ended.said());
}

#[test]
fn a_release_that_cannot_be_looked_into_is_named_and_never_clean() {
    let stage = set("stable");
    stage.advise(&[]);
    let server = stage.server.url();
    let mut files = stage.server.universe().files().map(|file| file.url.replace(&server, ""));
    let path = files.find(|path| path.contains("dense-2.0")).expect("the wheel is served");
    // What the decision needs is kept; the wheel is another than was promised.
    stage.server.behave(&path, Behaviour { corrupt: true, ..Behaviour::default() });
    let ended = stage.advise(&["--scan", "chosen"]);
    assert_eq!((ended.exit, version(&stage, "dense").as_str()), (Some(0), "2.0"), "{}", ended.said());
    let said = words(&ended);
    assert!(said.contains("what is in dense 2.0: it could not be looked into"), "{}", ended.said());
    assert!(said.contains("1 file could not be looked into"), "{}", ended.said());
    // Points of a package that is not known whole decide nothing.
    let ended = stage.advise(&["--scan", "candidates", "--upgrade"]);
    assert_eq!(version(&stage, "dense"), "2.0", "{}", ended.said());
}

#[test]
fn findings_count_where_candidates_are_looked_into() {
    let stage = set("stable");
    let ended = stage.advise(&["--scan", "candidates"]);
    assert_eq!(versions(&stage), ["1.1", "1.0", "1.1"].map(String::from), "{}", ended.said());
    let said = words(&ended);
    assert!(said.contains("dense: dense 2.0 has 5 findings in 7 lines of Python: 80 per 1,000 by weight, where 16 is much and the best of the newest has 0 (loses 20 points)"), "{}", ended.said());
    assert!(said.contains("; passed over"), "{}", ended.said());
    assert!(ended.stdout.contains("Proved:"), "{}", ended.said());
}

#[test]
fn what_an_upgrade_brings_is_told_and_counts_where_candidates_are_looked_into() {
    let stage = set("stable");
    lock_old(&stage, "grow==1.0");
    let before = stage.lock();
    let ended = stage.advise(&["--scan", "chosen", "--upgrade"]);
    assert_eq!(version(&stage, "grow"), "1.1", "{}", ended.said());
    let said = words(&ended);
    assert!(said.contains("Inside the upgrades - grow 1.1: speaks to the network (grow/a.py:1)"), "{}", ended.said());
    assert!(said.contains("(grow/a.py:1); no longer published by GitHub ada/grow release.yml"), "{}", ended.said());
    stage.restore(before.clone());
    let told = json(&stage.advise(&["--scan", "chosen", "--upgrade", "--format", "json"]));
    let difference = &told["differences"][0];
    assert_eq!(
        (&difference["name"], &difference["before"], &difference["after"]),
        (&"grow".into(), &"1.0".into(), &"1.1".into())
    );
    let contents = &difference["contents"];
    assert_eq!(contents["capabilities_new"][0]["capability"], "network", "{told}");
    assert_eq!(contents["statements_gone"][0]["about"], "publisher", "{told}");
    stage.restore(before);
    let ended = stage.advise(&["--scan", "candidates", "--upgrade"]);
    assert_eq!(version(&stage, "grow"), "1.0", "{}", ended.said());
    assert!(words(&ended).contains("grow 1.1 is a small upgrade that can do more"), "{}", ended.said());
}

#[test]
fn a_saved_problem_remembers_what_was_seen() {
    let stage = set("stable");
    lock_old(&stage, "grow==1.0");
    for (depth, format) in
        [("chosen", "json"), ("candidates", "json"), ("chosen", "text"), ("candidates", "thoth-json")]
    {
        let flags = ["--upgrade", "--scan", depth, "--format", format, "--save-problem", "problem.thoth"];
        let before = stage.lock();
        let first = stage.advise(&flags);
        let lock = stage.restore(before);
        let asked = files_asked_for(&stage);
        let again = stage.thoth(&["replay", "problem.thoth", "--format", format, "-o", "again.txt", "--offline"]);
        let made = fs::read_to_string(stage.project().join("again.txt")).ok();
        assert_eq!((made, files_asked_for(&stage)), (lock, asked), "{depth} {}", again.said());
        match format {
            // It knows where it wrote the lock, and when.
            "text" => {
                assert!(words(&first).contains("Inside the upgrades") && words(&again).contains("Inside the upgrades"));
            }
            "thoth-json" => {
                let justification =
                    |ended: &Ended| json(ended)["result"]["report"]["products"][0]["justification"].clone();
                assert_eq!(justification(&again), justification(&first));
            }
            _ => assert_eq!((again.exit, again.stdout), (first.exit, first.stdout), "{depth}"),
        }
    }
}
