//! What a project's own code uses decides where a prescription asks for it.

mod stage;

use std::{fs, path::Path};

use scenarios::Scenario;
use stage::Stage;

const STORY: &str = r#"
story = "The newest release of a package breaks those who call one of its functions."
[project]
requires = ["web"]
[packages.web]
"1.0" = {}
"2.0" = {}
[expect]
stack = { web = "2.0" }
"#;

const RULE: &str = "units:
  sieves:
  - name: RunIsSlow
    type: sieve
    should_include: {adviser_pipeline: true, library_usage: {web: [web.serving.run, web.async_.*]}}
    match: {package_version: {name: web, version: '>=2'}}
";

fn stage(files: &[(&str, &str)]) -> Stage {
    let stage = Stage::set(&Scenario::parse(Path::new("usage.toml"), STORY).expect("a story"));
    for (name, text) in [(".thoth/prescriptions/run.yaml", RULE)].iter().chain(files) {
        let path = stage.project().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }
    stage
}

/// The `uses` lines of the certificate's statement, and what the lock pins.
fn decided(stage: &Stage) -> (Vec<String>, bool) {
    let ended = stage.advise(&["--format", "json", "--save-problem", "saved.thoth"]);
    assert_eq!(ended.exit, Some(0), "{}", ended.said());
    let replayed = stage.thoth(&["replay", "saved.thoth", "--format", "json"]);
    let uses = |text: &str| {
        let report: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let lines = report["certificate"]["statement"].as_array().expect("a statement").clone();
        let lines = lines.iter().filter_map(|line| line.as_str()).filter(|line| line.starts_with("uses "));
        lines.map(str::to_string).collect::<Vec<_>>()
    };
    assert_eq!(uses(&replayed.stdout), uses(&ended.stdout), "what was found out is saved with the problem");
    (uses(&ended.stdout), stage.lock().expect("a lock").contains("2.0"))
}

#[test]
fn a_call_in_the_project_s_code_makes_a_rule_take_part() {
    let stage = stage(&[("app/main.py", "from web.serving import run as go\nimport json\ngo(json.loads('1'))\n")]);
    assert_eq!(decided(&stage), (vec!["uses web.serving.run".to_string()], false));
}

#[test]
fn code_of_others_and_what_nobody_asks_for_does_not_count() {
    let venv = "import web\nweb.serving.run()\n";
    let stage = stage(&[
        ("app.py", "import web\nweb.application()\n"),
        (".venv/lib/other.py", venv),
        ("env/pyvenv.cfg", ""),
        ("env/lib/other.py", venv),
        ("notes.txt", venv),
    ]);
    assert_eq!(decided(&stage), (Vec::new(), true));
}

#[test]
fn code_that_cannot_be_read_is_told_and_decides_nothing() {
    let stage = stage(&[
        ("old.py", "from web.serving import run\nprint 'a'\n"),
        ("older.py", "print 'a'\n"),
        ("app.py", "from web.serving import *\nrun()\n"),
    ]);
    assert_eq!(decided(&stage), (vec!["uses web.serving.*".to_string()], true));
    let said = stage.advise(&[]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("of some of it that is not known (old.py: line 2: This is not Python 3"), "{said}");
    let flags = ["--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_28", "-v"];
    let matched = stage.thoth(&[&["prescription", "match", "web==2.0"], &flags[..]].concat()).said();
    let matched = matched.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        matched.contains("what the project uses must be one of web.serving.run, web.async_.*, and is not known"),
        "{matched}"
    );
}
