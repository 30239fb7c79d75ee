//! The binary as a shell sees it: exit codes, and what goes where.

use std::{
    path::Path,
    process::{Command, Output},
};

fn thoth(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thoth"));
    command.args(arguments).current_dir(folder).env_clear().env("HOME", folder);
    command.output().expect("the binary was built")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

#[test]
fn help_and_version_are_answers() {
    let folder = tempfile::tempdir().unwrap();
    for flag in ["--help", "--version"] {
        let output = thoth(folder.path(), &[flag]);
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains("thoth") && output.stderr.is_empty());
    }
}

#[test]
fn a_usage_error_is_exit_code_2_and_says_so_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in
        [&["advise", "--resolution", "newest"][..], &["advise", "-t", "testing"], &["-C", "gone", "db", "path"]]
    {
        let output = thoth(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && text(&output.stderr).starts_with("error: "), "{arguments:?}");
    }
}

#[test]
fn the_settings_in_effect_are_shown_with_who_said_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("thoth.toml"),
        "index-url = 'https://u:secret@index.example/simple'\nofline = true\n",
    )
    .unwrap();
    let output = thoth(folder.path(), &["config", "show", "--http-timeout", "5"]);
    let (shown, talk) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{talk}");
    assert!(shown.contains("= https://u:****@index.example/simple  # thoth.toml:1 (index-url)\n"), "{shown}");
    assert!(shown.contains("= 5  # --http-timeout\n"), "{shown}");
    assert_eq!(talk, "note: thoth.toml:2 (ofline): there is no such setting (did you mean `offline`?); ignored\n");
    let json = thoth(folder.path(), &["config", "show", "--format", "json", "-qq"]);
    assert!(json.stderr.is_empty());
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(value["schema"], 1);
    assert!(!text(&json.stdout).contains("secret"));
}

#[test]
fn another_folder_is_worked_in_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("app")).unwrap();
    std::fs::write(folder.path().join("app/thoth.toml"), "cache-dir = '/kept'\n").unwrap();
    let output = thoth(folder.path(), &["-C", "app", "db", "path"]);
    assert_eq!(text(&output.stdout), "/kept/knowledge.db\n");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_noted() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_thoth"));
    command.args(["config", "show"]).current_dir(folder.path()).env_clear().env("HOME", folder.path());
    let output = command.env("THOTH_OUTPUT", OsStr::from_bytes(b"\xff.txt")).output().unwrap();
    assert_eq!(text(&output.stderr), "note: THOTH_OUTPUT: is not Unicode; ignored\n");
}
