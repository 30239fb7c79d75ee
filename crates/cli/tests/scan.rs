//! `thoth scan` as a shell sees it: releases from a fixture index, wheels, folders and locks, kept and told.

mod stage;

use std::{fs, path::Path};

use scenarios::{Behaviour, Scenario, universe::zipped};
use serde_json::Value;
use stage::{Ended, Stage};

/// One package with a weakness, one without, one that has an sdist only.
const STORY: &str = r#"
story = "Three packages are looked into."
[project]
requires = ["web", "safe", "old"]
[packages.web]
"2.0" = { requires = ["safe"], files = { "web/run.py" = "import subprocess\n\n\ndef run(command):\n    subprocess.Popen(command, shell=True)\n" } }
"1.0" = { files = { "web/run.py" = "x = 1\n" } }
[packages.safe]
"1.1" = { wheels = ["py3-none-any", "cp311-cp311-win_amd64"] }
[packages.old]
"0.5" = { wheels = [], sdist = true, files = { "old/load.py" = "import pickle\nx = pickle.loads(b'')  # nosec\nassert x\n" } }
[expect]
stack = { web = "2.0", safe = "1.1", old = "0.5" }
"#;

fn set() -> Stage {
    Stage::set(&Scenario::parse(Path::new("scan"), STORY).expect("the story parses"))
}

fn scan(stage: &Stage, more: &[&str]) -> Ended {
    let index = stage.server.index_url("default");
    let flags = ["--index-url", &index, "--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_28"];
    stage.thoth(&[&["scan"], more, &flags].concat())
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.said()))
}

/// Locks the project in the format of the name.
fn lock(stage: &Stage, name: &str) {
    let mut arguments = stage.written.arguments.clone();
    let output = arguments.iter().position(|argument| argument == "-o").expect("a story is locked somewhere");
    arguments[output + 1] = name.to_string();
    let ended = stage.thoth(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ended.exit, Some(0), "{}", ended.said());
}

fn files_asked_for(stage: &Stage) -> usize {
    stage.server.paths().iter().filter(|path| path.ends_with(".whl") || path.ends_with(".tar.gz")).count()
}

fn archive(stage: &Stage, name: &str, files: &[(&str, &str)]) {
    let files: Vec<(String, String)> = files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect();
    fs::write(stage.project().join(name), zipped(&files).expect("an archive")).expect("the folder is there");
}

#[test]
fn the_file_of_a_release_that_a_lock_would_install_is_looked_into() {
    let stage = set();
    let ended = scan(&stage, &["web==2.0"]);
    assert_eq!(ended.exit, Some(1), "{}", ended.said());
    insta::assert_snapshot!(ended.stdout);
    let older = scan(&stage, &["web<2"]);
    assert_eq!((older.exit, older.stderr.as_str()), (Some(0), ""), "{}", older.said());
    assert!(older.stdout.contains("Looked into web-1.0-py3-none-any.whl: nothing was found"), "{}", older.stdout);
}

#[test]
fn the_same_file_is_fetched_and_looked_into_once() {
    let stage = set();
    let first = scan(&stage, &["web==2.0", "--format", "json"]);
    let asked = files_asked_for(&stage);
    let second = scan(&stage, &["web==2.0", "--format", "json"]);
    assert_eq!((asked, files_asked_for(&stage)), (1, 1));
    assert_eq!(first, second, "the second run says the same");
    let again = scan(&stage, &["web==2.0", "--refresh", "--format", "json"]);
    assert_eq!((files_asked_for(&stage), again.stdout), (2, first.stdout));
}

#[test]
fn all_releases_of_a_lock_are_looked_into() {
    let stage = set();
    lock(&stage, "pylock.toml");
    let told = json(&scan(&stage, &["pylock.toml", "--format", "json"]));
    let files: Vec<&str> =
        told["artifacts"].as_array().into_iter().flatten().filter_map(|one| one["file"].as_str()).collect();
    assert_eq!(files, ["old-0.5.tar.gz", "safe-1.1-py3-none-any.whl", "web-2.0-py3-none-any.whl"]);
    assert_eq!(told["artifacts"][0]["waived"], 1);
    assert_eq!(told["artifacts"][0]["package"], "old");
    assert_eq!(told["artifacts"][2]["lines"]["code"], 4, "{told}");
    insta::assert_snapshot!(scan(&stage, &["pylock.toml"]).stdout);
    // A lock that keeps hashes only leaves it to the index where the files are.
    lock(&stage, "requirements.txt");
    let asked = files_asked_for(&stage);
    let hashes_only = json(&scan(&stage, &["requirements.txt", "--format", "json"]));
    let files = |told: &Value| -> Vec<Value> {
        told["artifacts"].as_array().into_iter().flatten().map(|one| one["sha256"].clone()).collect()
    };
    assert_eq!(files(&hashes_only), files(&told));
    assert_eq!(files_asked_for(&stage), asked, "known by their hashes");
}

#[test]
fn a_file_that_is_not_what_was_promised_is_not_looked_into() {
    let stage = set();
    lock(&stage, "pylock.toml");
    let text = fs::read_to_string(stage.project().join("pylock.toml")).expect("a lock");
    let (words, server) = (text.split(['"', '\'']), stage.server.url());
    let mut paths = words.filter_map(|word| word.strip_prefix(&server));
    let path = paths.find(|path| path.ends_with("web-2.0-py3-none-any.whl")).expect("the lock names the wheel");
    stage.server.behave(path, Behaviour { corrupt: true, ..Behaviour::default() });
    let ended = scan(&stage, &["pylock.toml", "--format", "json"]);
    assert_eq!(ended.exit, Some(2), "{}", ended.said());
    let told = json(&ended);
    assert_eq!(told["artifacts"].as_array().map(Vec::len), Some(2), "the others are");
    let why = told["unscanned"][0]["why"].as_str().unwrap_or_default();
    assert!(why.contains("not what was promised"), "{why}");
}

#[test]
fn a_source_archive_and_a_folder_are_looked_into_where_they_are() {
    let stage = set();
    archive(&stage, "toy-1.0.zip", &[("toy/a.py", "exec('1')\n"), ("../evil.py", "")]);
    let ended = scan(&stage, &["toy-1.0.zip", "--severity", "medium"]);
    assert_eq!(ended.exit, Some(1), "{}", ended.said());
    insta::assert_snapshot!(ended.stdout);
    assert_eq!(stage.server.paths().len(), 0, "nobody is asked about it");
    let folder = stage.project().join("src");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("b.py"), "import telnetlib\n").expect("a file");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/hosts", folder.join("out.py")).expect("a link");
    let told = json(&scan(&stage, &["src", "--format", "json"]));
    let rules: Vec<&str> = told["artifacts"][0]["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["rule"].as_str())
        .collect();
    assert_eq!(rules, if cfg!(unix) { vec!["B401", "A103"] } else { vec!["B401"] });
}

#[test]
fn what_is_told_is_chosen_by_rule() {
    let stage = set();
    archive(&stage, "toy-1.0.zip", &[("toy/a.py", "assert exec('1')\n")]);
    let rules = |flags: &[&str]| -> Vec<String> {
        let told = json(&scan(&stage, &[&["toy-1.0.zip", "--format", "json"], flags].concat()));
        let findings = told["artifacts"][0]["findings"].as_array().cloned().unwrap_or_default();
        findings.iter().map(|one| one["rule"].as_str().unwrap_or_default().to_string()).collect()
    };
    assert_eq!(rules(&[]), ["B101", "B102"]);
    assert_eq!(rules(&["--rule", "exec_used"]), ["B102"]);
    assert_eq!(rules(&["--skip", "B102"]), ["B101"]);
    let none = scan(&stage, &["toy-1.0.zip", "--skip", "B1"]);
    assert_eq!(none.exit, Some(0), "{}", none.said());
    let waived = scan(&stage, &["toy-1.0.zip", "--exit-zero"]);
    assert_eq!(waived.exit, Some(0), "{}", waived.said());
    let misspelt = scan(&stage, &["toy-1.0.zip", "--rule", "B9999"]);
    assert!(misspelt.exit == Some(2) && misspelt.stderr.contains("B9999"), "{}", misspelt.said());
}

#[test]
fn the_report_goes_to_a_file_as_sarif() {
    let stage = set();
    archive(&stage, "toy-1.0.zip", &[("toy/a b.py", "exec('1')\n")]);
    let ended = scan(&stage, &["toy-1.0.zip", "--format", "sarif", "-o", "scan.sarif"]);
    assert_eq!((ended.exit, ended.stdout.as_str()), (Some(1), ""), "{}", ended.said());
    let text = fs::read_to_string(stage.project().join("scan.sarif")).expect("it is written");
    let sarif: Value = serde_json::from_str(&text).expect("it is JSON");
    let run = &sarif["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "B102");
    let result = &run["results"][0];
    assert_eq!((&result["ruleIndex"], &result["level"]), (&Value::from(0), &Value::from("warning")));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "toy-1.0.zip/toy/a%20b.py");
    assert_eq!(place["region"]["startLine"], 1);
}

#[test]
fn a_report_that_has_no_folder_is_refused_before_anything_is_looked_into() {
    let stage = set();
    let ended = scan(&stage, &["web==2.0", "-o", "gone/scan.txt"]);
    assert!(ended.exit == Some(2) && ended.stderr.contains("gone"), "{}", ended.said());
    assert_eq!(stage.server.paths().len(), 0);
}

/// The paths of all findings of a rule, behind the file that they are in.
fn places(told: &Value, rule: &str) -> Vec<String> {
    let mut places = Vec::new();
    for artifact in told["artifacts"].as_array().into_iter().flatten() {
        let findings = artifact["findings"].as_array().into_iter().flatten();
        for one in findings.filter(|one| one["rule"] == rule) {
            let words = [&artifact["file"], &one["path"]].map(|word| word.as_str().unwrap_or_default().to_string());
            places.push(words.join(" "));
        }
    }
    places
}

#[test]
fn what_only_the_wheel_of_a_release_carries_is_told_where_its_source_is_at_hand() {
    let stage = set();
    let both = [("toy/a.py", "x = 1\n"), ("toy/b.py", "y = 1\n")];
    let (wheel, source) = ("toy-1.0-py3-none-any.whl", "toy-1.0.zip");
    archive(&stage, wheel, &both);
    archive(&stage, source, &[("toy-1.0/src/toy/a.py", "x = 2\n")]);
    archive(&stage, "toy-1.1.zip", &[("toy-1.1/toy/a.py", "x = 1\n"), ("toy-1.1/toy/b.py", "y = 1\n")]);
    let told = |targets: &[&str]| json(&scan(&stage, &[targets, &["--format", "json"]].concat()));
    let foreign = [format!("{wheel} toy/b.py")];
    assert_eq!(places(&told(&[wheel, source]), "T210"), foreign);
    assert_eq!(places(&told(&[source, wheel]), "T210"), foreign, "also from what was kept, in any order");
    let none: [String; 0] = [];
    assert_eq!(places(&told(&[wheel]), "T210"), none);
    assert_eq!(places(&told(&[wheel, "toy-1.1.zip"]), "T210"), none, "of another release");
    let dist = stage.project().join("dist");
    fs::create_dir(&dist).expect("a folder");
    for name in [wheel, source] {
        fs::rename(stage.project().join(name), dist.join(name)).expect("the archive is there");
    }
    assert_eq!(places(&told(&["dist"]), "T210"), [format!("dist {wheel}!/toy/b.py")]);
}

/// One release has a wheel and an sdist, one only a wheel.
const SOURCES: &str = r#"
story = "Source archives are looked into beside wheels."
[project]
requires = ["both", "bare"]
[packages.both]
"1.0" = { sdist = true, files = { "both/run.py" = "import telnetlib\n" } }
[packages.bare]
"1.0" = {}
[expect]
stack = { both = "1.0", bare = "1.0" }
"#;

#[test]
fn the_source_archive_of_a_release_is_looked_into_when_asked_for() {
    let stage = Stage::set(&Scenario::parse(Path::new("scan"), SOURCES).expect("the story parses"));
    let alone = json(&scan(&stage, &["both==1.0", "--format", "json"]));
    assert_eq!(places(&alone, "B401"), ["both-1.0-py3-none-any.whl both/run.py"]);
    let ended = scan(&stage, &["both==1.0", "bare", "--with-source", "--format", "json"]);
    let told = json(&ended);
    let found = ["both-1.0-py3-none-any.whl both/run.py", "both-1.0.tar.gz both-1.0/both/run.py"];
    assert_eq!((ended.exit, places(&told, "B401").as_slice()), (Some(1), found.map(String::from).as_slice()));
    assert!(places(&told, "T210").is_empty(), "{told}");
    let notes = told["notes"].to_string();
    assert!(notes.contains("bare 1.0 has no source archive") && !notes.contains("both"), "{notes}");
    let asked = files_asked_for(&stage);
    let again = scan(&stage, &["both==1.0", "bare", "--with-source", "--format", "json"]);
    assert_eq!((again.stdout, files_asked_for(&stage)), (ended.stdout, asked), "both are kept");
}

#[test]
fn the_document_of_the_original_counts_by_severity_and_confidence() {
    let stage = set();
    let ended = scan(&stage, &["web==2.0", "--format", "thoth-json"]);
    let result = &json(&ended)["result"];
    assert_eq!((&result["package_name"], &result["package_version"]), (&Value::from("web"), &Value::from("2.0")));
    assert_eq!(result["SEVERITY.HIGH__CONFIDENCE.HIGH"], 1, "{result}");
    assert_eq!(result["SEVERITY.LOW__CONFIDENCE.HIGH"], 1, "the import");
    assert_eq!(result["SEVERITY.LOW__CONFIDENCE.UNDEFINED"], 0);
    assert_eq!(result["Python.nFiles"], 2);
    let several = json(&scan(&stage, &["web==2.0", "safe", "--format", "thoth-json"]));
    assert_eq!(several.as_array().map(Vec::len), Some(2));
}

#[test]
fn what_is_not_there_is_said() {
    let stage = set();
    let ended = scan(&stage, &["gone==1", "web==7", "safe"]);
    assert_eq!(ended.exit, Some(2), "{}", ended.said());
    assert!(
        ended.stdout.contains("no index knows the package") && ended.stdout.contains("there is no such release"),
        "{}",
        ended.stdout
    );
    let ended = scan(&stage, &["./gone.whl"]);
    assert!(ended.exit == Some(2) && ended.stderr.contains("neither there nor a release"), "{}", ended.said());
    let offline = scan(&stage, &["old==0.5", "--offline"]);
    assert!(offline.exit == Some(2) && offline.stdout.contains("not stored"), "{}", offline.said());
}

/// A package whose second release opens a connection when it is imported, and whose third only renames a file of it.
const HIJACKED: &str = r#"
story = "A minor release starts to open sockets."
[project]
requires = ["quiet"]
[packages.quiet]
"1.0" = { files = { "quiet/run.py" = "x = 1\n" } }
"1.1" = { files = { "quiet/run.py" = "import socket\n\nx = 1\nsocket.create_connection(('a', 1))\n" } }
"1.2" = { files = { "quiet/ran.py" = "import socket\n\nx = 1\nsocket.create_connection(('a', 1))\n" } }
[expect]
stack = { quiet = "1.2" }
"#;

#[test]
fn what_a_minor_release_can_do_that_the_one_before_could_not_is_told() {
    let stage = Stage::set(&Scenario::parse(Path::new("scan"), HIJACKED).expect("the story parses"));
    let ended = scan(&stage, &["quiet==1.1", "--against", "quiet==1.0"]);
    assert_eq!(ended.exit, Some(1), "{}", ended.said());
    insta::assert_snapshot!(ended.stdout);
    let told = json(&scan(&stage, &["quiet==1.1", "--against", "quiet==1.0", "--format", "json"]));
    assert_eq!(told["capabilities_new"][0]["capability"], "network");
    assert_eq!(told["exit_code"], 1);
    assert_eq!(files_asked_for(&stage), 2, "the second time both were known");
    archive(&stage, "toy-1.0.zip", &[("toy-1.0/toy.py", "")]);
    let address = "import urllib.request\nurllib.request.urlopen('https://ann:secret@files.example/')\n";
    archive(&stage, "toy-1.1.zip", &[("toy-1.1/toy.py", address)]);
    let masked = scan(&stage, &["toy-1.1.zip", "--against", "toy-1.0.zip", "--format", "json"]);
    assert!(masked.stdout.contains("files.example") && !masked.stdout.contains("secret"), "{}", masked.stdout);
    let renamed = scan(&stage, &["quiet==1.2", "--against", "quiet==1.1"]);
    assert!(renamed.exit == Some(0) && renamed.stdout.contains("Nothing new"), "{}", renamed.said());
    assert!(renamed.stdout.contains("quiet/run.py to quiet/ran.py"), "{}", renamed.stdout);
}

#[test]
fn a_difference_is_between_two_and_told_as_text_or_json() {
    let stage = set();
    archive(&stage, "toy-1.0.zip", &[("toy-1.0/toy.py", "x = 1\n")]);
    archive(&stage, "toy-1.1.zip", &[("toy-1.1/toy.py", "exec('1')\n")]);
    let waived = scan(&stage, &["toy-1.1.zip", "--against", "toy-1.0.zip", "--exit-zero"]);
    assert!(waived.exit == Some(0) && waived.stdout.contains("toy-1.1/toy.py:1"), "{}", waived.said());
    let several = scan(&stage, &["toy-1.1.zip", "web==2.0", "--against", "toy-1.0.zip"]);
    assert!(several.exit == Some(2) && several.stderr.contains("--against"), "{}", several.said());
    let asked = stage.server.paths().len();
    for format in ["sarif", "thoth-json"] {
        let refused = scan(&stage, &["web==2.0", "--against", "web==1.0", "--format", format]);
        assert!(refused.exit == Some(2) && refused.stderr.contains("--format json"), "{}", refused.said());
    }
    assert_eq!(stage.server.paths().len(), asked, "nothing is fetched for what cannot be told");
    let gone = scan(&stage, &["toy-1.1.zip", "--against", "gone==1"]);
    assert!(gone.exit == Some(2) && gone.stderr.contains("no index knows the package"), "{}", gone.said());
}

/// A package that its repository published, then another one, then nobody.
const PUBLISHED: &str = r#"
story = "A package changes hands."
[project]
requires = ["quiet"]
[packages.quiet]
"1.0" = { publisher = "ada/quiet" }
"1.1" = { publisher = "ada/quiet" }
"1.2" = { publisher = "mallory/quiet" }
"1.3" = {}
[expect]
stack = { quiet = "1.3" }
"#;

fn published() -> Stage {
    Stage::set(&Scenario::parse(Path::new("scan"), PUBLISHED).expect("the story parses"))
}

/// What is said, however it is broken into lines.
fn words(ended: &Ended) -> String {
    ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn provenances_asked_for(stage: &Stage) -> usize {
    stage.server.paths().iter().filter(|path| path.ends_with(".provenance")).count()
}

#[test]
fn a_new_publisher_and_one_that_is_gone_are_told() {
    let stage = published();
    let alone = scan(&stage, &["quiet==1.0"]);
    assert_eq!((alone.exit, provenances_asked_for(&stage)), (Some(0), 0), "nothing is compared: {}", alone.said());
    let same = scan(&stage, &["quiet==1.1", "--against", "quiet==1.0"]);
    assert!(same.exit == Some(0) && !same.stdout.contains("publisher"), "{}", same.said());
    assert_eq!(provenances_asked_for(&stage), 2);
    let other = scan(&stage, &["quiet==1.2", "--against", "quiet==1.1"]);
    assert_eq!(other.exit, Some(1), "{}", other.said());
    let told = "new publisher GitHub mallory/quiet release.yml gone publisher GitHub ada/quiet release.yml";
    assert!(words(&other).contains(told), "{}", other.said());
    assert!(words(&other).contains("New: 1 statement about itself.") && !other.stdout.contains("Gone: its"));
    // In HTML it is said as well.
    stage.server.behave("/default/simple/", Behaviour { html_only: true, ..Behaviour::default() });
    let gone = scan(&stage, &["quiet==1.3", "--against", "quiet==1.0", "--refresh"]);
    assert!(gone.exit == Some(1) && words(&gone).contains("gone publisher GitHub ada/quiet"), "{}", gone.said());
    assert!(words(&gone).contains("Gone: its publisher; who uploaded it is not told."), "{}", gone.said());
}

#[test]
fn a_publisher_that_cannot_be_asked_for_is_not_known() {
    let stage = published();
    let wheels: Vec<String> = stage.server.universe().files().map(|file| file.url.clone()).collect();
    let path = |version: &str| {
        let url = wheels.iter().find(|url| url.contains(version)).expect("the wheel is served");
        format!("{}.provenance", url.replace(&stage.server.url(), ""))
    };
    stage.server.put(&path("1.0"), "text/plain", "somebody");
    let unread = json(&scan(&stage, &["quiet==1.2", "--against", "quiet==1.0", "--format", "json"]));
    assert_eq!((&unread["statements_new"], &unread["exit_code"]), (&serde_json::json!([]), &0.into()), "{unread}");
    let why = unread["publishers_unknown"].as_str().unwrap_or_default();
    assert!(why.starts_with("quiet-1.0-py3-none-any.whl: its provenance cannot be read"), "{unread}");
    // What is in the files is kept, who published them is not.
    let offline = scan(&stage, &["quiet==1.2", "--against", "quiet==1.1", "--offline"]);
    assert_eq!(offline.exit, Some(2), "the older one was never looked into: {}", offline.said());
    let offline = scan(&stage, &["quiet==1.2", "--against", "quiet==1.0", "--offline"]);
    let told = "Whether both have the same publisher is unknown";
    assert!(offline.exit == Some(0) && words(&offline).contains(told), "{}", offline.said());
    // A file of this machine comes from nobody; that is no change of hands.
    archive(&stage, "quiet-1.0.zip", &[("quiet-1.0/quiet.py", "")]);
    let local = scan(&stage, &["quiet==1.2", "--against", "quiet-1.0.zip"]);
    assert!(words(&local).contains("of one of them no index tells who published it"), "{}", local.said());
    assert!(!local.stdout.contains("mallory"), "{}", local.said());
}
