//! `thoth db` as a shell sees it: what is stored, loading advisories, and starting anew.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// A home with a folder of advisories about `flask` and `jinja2`.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        let home = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        fs::create_dir(home.path("advisories")).expect("the folder is empty");
        home.advisory("PYSEC-2024-1", "flask", "2024-05-06T07:08:09Z", "3.0.1");
        home.advisory("PYSEC-2024-2", "jinja2", "2024-03-01T00:00:00Z", "3.1.3");
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn advisory(&self, id: &str, package: &str, modified: &str, fixed: &str) {
        let record = serde_json::json!({
            "schema_version": "1.6.0",
            "id": id,
            "modified": modified,
            "published": "2024-01-01T00:00:00Z",
            "summary": "Something is wrong",
            "affected": [{
                "package": { "ecosystem": "PyPI", "name": package },
                "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "0" }, { "fixed": fixed }] }],
            }],
        });
        fs::write(self.path("advisories").join(format!("{id}.json")), record.to_string()).expect("the folder is there");
    }

    fn database(&self) -> PathBuf {
        self.path("kept/knowledge.db")
    }

    fn thoth(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thoth"));
        command.arg("db").args(arguments).args(["--cache-dir", "kept"]);
        command.current_dir(self.folder.path()).env_clear().env("HOME", self.folder.path());
        command.output().expect("the binary was built")
    }

    fn update(&self, more: &[&str]) -> Output {
        self.thoth(&[&["update", "--advisories", "advisories"], more].concat())
    }

    fn status(&self) -> Value {
        json(&self.thoth(&["status", "--format", "json"]))
    }
}

fn json(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the output is JSON")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

/// The answer on standard output of a command that succeeded without a word on standard error.
fn answer(output: &Output) -> &str {
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    text(&output.stdout)
}

fn same_file(path: &str, expected: &Path) -> bool {
    Path::new(path).file_name() == expected.file_name() && Path::new(path).is_absolute()
}

#[test]
fn looking_at_what_is_not_there_creates_nothing() {
    let home = Home::new();
    let output = home.thoth(&["status"]);
    let told = answer(&output);
    assert!(told.contains("nothing is stored yet"), "{told}");
    assert!(told.contains("Those of OSV (PyPI dump) are not loaded yet"), "{told}");
    let status = home.status();
    assert_eq!((&status["schema"], &status["exists"], &status["bytes"]), (&1.into(), &false.into(), &0.into()));
    assert!(same_file(status["path"].as_str().unwrap(), &home.database()), "{status}");
    assert!(answer(&home.thoth(&["clear"])).starts_with("Nothing was stored in "));
    assert!(same_file(answer(&home.thoth(&["path"])).trim_end(), &home.database()));
    assert!(!home.path("kept").exists());
}

#[test]
fn an_update_loads_the_advisories_and_the_status_tells_of_them() {
    let home = Home::new();
    let output = home.update(&[]);
    let told = answer(&output);
    assert!(told.starts_with("The advisories from advisories are loaded.\n"), "{told}");
    assert!(told.contains("  now: 2 records (0 withdrawn, 0 rejected) about 2 packages, snapshot "), "{told}");
    assert!(told.contains("  newest record: 2024-05-06 ("), "{told}");

    let status = home.status();
    assert_eq!(status["counts"]["advisory_snapshots"], 1);
    assert_eq!(status["counts"]["packages_with_advisories"], 2);
    let snapshot = &status["advisories"][0];
    assert_eq!(snapshot["newest"], "2024-05-06T07:08:09Z");
    assert_eq!((&snapshot["records"], &snapshot["packages"]), (&2.into(), &2.into()));
    assert_eq!(snapshot["configured"], false, "these come from a flag of another command");
    assert_eq!(status["not_loaded"], serde_json::json!(["OSV (PyPI dump)"]));

    fs::write(home.path("thoth.toml"), "advisories = ['advisories']\n").unwrap();
    let output = home.thoth(&["status"]);
    let told = answer(&output);
    let id: String = snapshot["id"].as_str().unwrap().chars().take(12).collect();
    assert!(told.contains(&format!("  {id}  advisories  (configured)\n")), "{told}");
    assert!(told.contains("    newest record of 2024-05-06; last checked just now\n"), "{told}");
    assert!(!told.contains("not loaded"), "{told}");
}

#[test]
fn a_second_update_says_what_changed() {
    let home = Home::new();
    home.update(&[]);
    let output = home.update(&[]);
    let told = answer(&output);
    assert!(told.starts_with("The advisories from advisories have not changed since just now.\n"), "{told}");
    let anew = json(&home.update(&["--refresh", "--format", "json"]));
    assert_eq!((&anew["changed"], &anew["packages_changed"]), (&false.into(), &serde_json::json!([])));

    home.advisory("PYSEC-2024-1", "flask", "2024-06-01T00:00:00Z", "3.0.2");
    home.advisory("PYSEC-2024-3", "click", "2024-06-02T00:00:00Z", "8.1");
    fs::remove_file(home.path("advisories/PYSEC-2024-2.json")).unwrap();
    let output = home.update(&[]);
    let told = answer(&output);
    assert!(told.starts_with("The advisories from advisories have changed.\n  before: 2 records"), "{told}");
    assert!(told.contains("  new or other advisories: click, flask\n  no advisory any more: jinja2\n"), "{told}");
}

#[test]
fn a_broken_record_is_named_and_the_rest_is_used() {
    let home = Home::new();
    fs::write(home.path("advisories/PYSEC-2024-9.json"), "{ \"id\": ").unwrap();
    let output = home.update(&[]);
    let told = answer(&output);
    assert!(told.contains("2 records (0 withdrawn, 1 rejected)"), "{told}");
    assert!(told.contains("  rejected: advisories PYSEC-2024-9.json"), "{told}");
    let status = home.status();
    assert_eq!(status["advisories"][0]["rejected"], 1);
    assert!(status["advisories"][0]["rejected_first"][0].as_str().unwrap().contains("PYSEC-2024-9.json"));
}

#[test]
fn an_update_that_fails_leaves_what_was_loaded() {
    let home = Home::new();
    home.update(&[]);
    for (arguments, cause) in [
        (&["update", "--advisories", "gone"][..], "gone"),
        (&["update", "--offline"], "offline"),
        // Nothing listens there: the port is reserved.
        (&["update", "--advisories", "http://127.0.0.1:1/all.zip"], "127.0.0.1:1"),
        (&["update", "--no-cache"], "with --no-cache nothing is kept"),
    ] {
        let output = home.thoth(arguments);
        let talk = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {talk}");
        assert!(output.stdout.is_empty());
        assert!(talk.starts_with("error: ") && talk.contains(cause) && talk.contains("\nhelp: "), "{talk}");
    }
    fs::create_dir(home.path("empty")).unwrap();
    let output = home.thoth(&["update", "--advisories", "empty"]);
    let talk = text(&output.stderr);
    assert!(talk.contains("load advisories from empty: there is no record in it"), "{talk}");
    assert_eq!(home.status()["advisories"][0]["records"], 2);
}

#[test]
fn quiet_is_quiet() {
    let home = Home::new();
    assert_eq!(answer(&home.update(&["-q"])), "");
    assert_eq!(answer(&home.thoth(&["clear", "-q"])), "");
    assert_eq!(home.status()["counts"]["advisory_snapshots"], 0);
}

#[test]
fn clearing_tells_how_much_room_it_made() {
    let home = Home::new();
    for at in 0..500 {
        home.advisory(&format!("PYSEC-2025-{at}"), &format!("package-{at}"), "2025-01-01T00:00:00Z", "1.0");
    }
    home.update(&[]);
    let output = home.thoth(&["clear"]);
    let told = answer(&output);
    assert!(told.starts_with("Removed everything stored in ") && told.contains("KiB are free again."), "{told}");
    let status = home.status();
    assert_eq!(status["advisories"], serde_json::json!([]));
    let output = home.thoth(&["clear"]);
    assert!(answer(&output).starts_with("Removed everything stored in ") && !answer(&output).contains("free again"));
}

#[test]
fn a_damaged_knowledge_base_is_told_with_the_way_out_which_works() {
    let home = Home::new();
    fs::create_dir(home.path("kept")).unwrap();
    fs::write(home.database(), "this is no database, and was never meant to be one".repeat(100)).unwrap();
    for arguments in [&["status"][..], &["update", "--advisories", "advisories"]] {
        let output = home.thoth(arguments);
        let talk = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{talk}");
        assert!(talk.contains("is damaged or not a database"), "{talk}");
        assert!(talk.contains("help: `thoth db clear` removes it"), "{talk}");
    }
    let output = home.thoth(&["clear"]);
    assert!(answer(&output).contains(": 4.8 KiB are free again."), "{}", answer(&output));
    assert!(answer(&home.update(&[])).contains("are loaded"));
}
