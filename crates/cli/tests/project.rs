//! `thoth add`, `remove`, `list` and `show` as a shell sees them.

use std::{fs, process::Command};

use serde_json::Value;
use tempfile::TempDir;

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn with(files: &[(&str, &str)]) -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        for (path, text) in files {
            let path = desk.folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
            fs::write(path, text).expect("a file can be written");
        }
        desk
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).expect("the file is there")
    }

    /// Exit code, and what was said on both streams.
    fn thoth(&self, words: &[&str]) -> (Option<i32>, String) {
        let home = self.folder.path().join("home");
        let mut command = Command::new(env!("CARGO_BIN_EXE_thoth"));
        command.args(words).current_dir(self.folder.path()).env_clear();
        command.env("HOME", &home).env("USERPROFILE", &home).env("TMPDIR", self.folder.path());
        let output = command.output().expect("the binary was built");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        (output.status.code(), text(&output.stderr) + &text(&output.stdout))
    }
}

const PYPROJECT: &str = "\
[project]
name = \"app\"
version = \"1\"
requires-python = \">=3.9\"
dependencies = [
    \"click>=8\",  # for the command line
    \"flask[async]>=2; python_version >= '3.8'\",
]
";

#[test]
fn requirements_are_added_and_removed_where_they_stand() {
    let desk = Desk::with(&[("pyproject.toml", PYPROJECT)]);
    let (exit, said) = desk.thoth(&["add", "flask>=3", "jinja2", "werkzeug>=3"]);
    assert_eq!(exit, Some(0), "{said}");
    insta::assert_snapshot!(said, @"
    Changed pyproject.toml
      ~ flask[async]>=2; python_version >= '3.8' → flask[async]>=3 ; python_version >= '3.8'  (project.dependencies)
      + jinja2  (project.dependencies)
      + werkzeug>=3  (project.dependencies)
    Lock it with
      thoth advise
    ");
    let (_, said) = desk.thoth(&["add", "--dev", "pytest"]);
    insta::assert_snapshot!(said, @"
    Changed pyproject.toml
      + pytest  (dependency-groups.dev)
    Lock it with
      thoth advise --group dev
    ");
    let (_, said) = desk.thoth(&["remove", "Click", "pytest"]);
    insta::assert_snapshot!(said, @"
    Changed pyproject.toml
      - click>=8  (project.dependencies)
      - pytest  (dependency-groups.dev)
    Lock it with
      thoth advise
    ");
    insta::assert_snapshot!(desk.read("pyproject.toml"), @r#"
    [project]
    name = "app"
    version = "1"
    requires-python = ">=3.9"
    dependencies = [
        "flask[async]>=3 ; python_version >= '3.8'",
        "jinja2",
        "werkzeug>=3",
    ]

    [dependency-groups]
    dev = []
    "#);
    assert_eq!(desk.thoth(&["add", "jinja2"]).1, "pyproject.toml says so already.\n");
}

#[test]
fn a_file_is_changed_whole_or_not_at_all() {
    let desk = Desk::with(&[("requirements.in", "click\n")]);
    let (exit, said) = desk.thoth(&["remove", "click", "django"]);
    assert_eq!((exit, said.as_str()), (Some(2), "error: requirements.in: `django` is not required here\n"));
    assert_eq!(desk.read("requirements.in"), "click\n");
    let (exit, said) = desk.thoth(&["add", "flask", "-e ."]);
    assert_eq!(exit, Some(2), "{said}");
    assert_eq!(desk.read("requirements.in"), "click\n");
    let (exit, said) = desk.thoth(&["add", "https://index.example/app.whl"]);
    assert_eq!(exit, Some(2), "{said}");
}

#[test]
fn a_project_or_an_overlay_without_files_gets_one() {
    let desk = Desk::with(&[]);
    let (_, said) = desk.thoth(&["add", "flask"]);
    insta::assert_snapshot!(said, @"
    Began requirements.in
      + flask
    Lock it with
      thoth advise
    ");
    let environments = "requirements_format: pipenv\noverlays_dir: overlays\nruntime_environments:\n- name: prod\n  python_version: '3.11'\n";
    let desk = Desk::with(&[(".thoth.yaml", environments)]);
    let home = "index-url = 'https://index.example/simple/'\n";
    fs::write(desk.folder.path().join("thoth.toml"), home).expect("a file can be written");
    let (_, said) = desk.thoth(&["add", "-e", "prod", "flask>=3", "-i", "https://ada:s3cret@wheels.example/simple"]);
    insta::assert_snapshot!(said, @r#"
    Began overlays/prod/Pipfile
      + flask = ">=3"  (packages)
      + source home = https://index.example/simple/  (source)
      + source wheels-example = https://ada:****@wheels.example/simple  (source)
      ~ flask = ">=3" → flask = { version = ">=3", index = "wheels-example" }
    Lock it with
      thoth advise -e prod
    "#);
    assert!(!said.contains("s3cret"));
    insta::assert_snapshot!(desk.read("overlays/prod/Pipfile"), @r#"
    [[source]]
    name = "home"
    url = "https://index.example/simple/"
    verify_ssl = true

    [[source]]
    name = "wheels-example"
    url = "https://ada:s3cret@wheels.example/simple"
    verify_ssl = true

    [packages]
    flask = { version = ">=3", index = "wheels-example" }

    [requires]
    python_version = "3.11"
    "#);
    let (exit, said) = desk.thoth(&["add", "-e", "test", "flask"]);
    assert_eq!(
        (exit, said.as_str()),
        (Some(2), "error: --environment: there is no environment `test`; there is prod\n")
    );
}

#[test]
fn what_is_required_and_what_is_locked_are_shown_side_by_side() {
    let lock = "# a lock\nclick==8.1.7\nflask==1.0\nitsdangerous==2.2\n";
    let desk =
        Desk::with(&[("requirements.in", "click>=8\nflask>=2  # the app\njinja2\n"), ("requirements.txt", lock)]);
    let (exit, said) = desk.thoth(&["list", "-r", "requirements.in", "-o", "requirements.txt"]);
    assert_eq!(exit, Some(0));
    insta::assert_snapshot!(said, @"
    click>=8  8.1.7               requirements.in:1
    flask>=2  1.0 (does not fit)  requirements.in:2
    jinja2    not locked          requirements.in:3
    and 1 more in requirements.txt
    ");
    let (_, said) = desk.thoth(&["show", "-r", "requirements.in", "-o", "requirements.txt"]);
    insta::assert_snapshot!(said, @"
    Requirements  3 in requirements.in
    Lock          requirements.txt, 3 releases
    Out of date   1 locked otherwise than required, 1 not locked; `thoth advise` locks anew
    ");
    let (_, said) = desk.thoth(&["list", "-r", "requirements.in", "-o", "requirements.txt", "--format", "json"]);
    let json: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(json["requirements"][1]["state"], "stale");
    assert_eq!(json["others"][0]["package"], "itsdangerous");
    let desk = Desk::with(&[("pyproject.toml", PYPROJECT)]);
    insta::assert_snapshot!(desk.thoth(&["show"]).1, @"
    Project       app
    Requirements  2 in pyproject.toml
    Python        >=3.9 (pyproject.toml:4 (project.requires-python))
    Lock          none yet; `thoth advise` writes pylock.toml
    ");
    let environments = "runtime_environments:\n- name: prod\n- name: edge\n";
    let desk = Desk::with(&[(".thoth.yaml", environments), ("requirements.in", "click\n")]);
    insta::assert_snapshot!(desk.thoth(&["show", "-e", "edge"]).1, @"
    Requirements  1 in requirements.in
    Environments  prod, edge (chosen)
    Lock          none yet; `thoth advise -e edge` writes pylock.toml
    ");
}
