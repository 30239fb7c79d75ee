//! `thoth feedback` as a shell sees it: telling, importing, exporting, forgetting.

use std::{
    fs,
    io::Write as _,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A project with a lock, and what was told of it.
struct Project(TempDir);

const HERE: [&str; 4] = ["--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_28"];
const LOCK: &str = "flask==3.0.0\njinja2==3.1.2\n";
const KNOWN: &str = r#"{"stack":{"flask":"3.0.0"},"stage":"test","outcome":"failed","cause":"exit 1","environment":{"python":"3.11","platform":"linux-x86_64"},"date":"2026-01-02T00:00:00Z","source":"ci"}"#;

impl Project {
    fn new() -> Self {
        let project = Self(tempfile::tempdir().expect("a temporary folder"));
        project.write("requirements.txt", LOCK);
        project
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).expect("the folder is there");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thoth"));
        command.args(arguments).args(["--cache-dir", "kept"]);
        command.current_dir(self.0.path()).env_clear().env("HOME", self.0.path());
        command
    }

    fn feedback(&self, arguments: &[&str]) -> Output {
        let arguments = [&["feedback"], arguments, &HERE].concat();
        self.command(&arguments).output().expect("the binary was built")
    }

    fn piped(&self, arguments: &[&str], text: &str) -> Output {
        let arguments = [&["feedback"], arguments, &HERE].concat();
        let mut command = self.command(&arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was built");
        let mut stdin = child.stdin.take().expect("it is piped");
        // One that reads nothing has ended for another reason, which its answer tells.
        let _ = stdin.write_all(text.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("it ends")
    }

    fn exported(&self) -> Vec<Value> {
        let output = self.feedback(&["--export", "-"]);
        said(&output).1.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }

    fn count(&self) -> Value {
        let output = self.command(&["db", "status", "--format", "json"]).output().expect("the binary was built");
        serde_json::from_slice::<Value>(&output.stdout).expect("JSON")["counts"]["observations"].clone()
    }
}

fn said(output: &Output) -> (Option<i32>, &str, &str) {
    let text = |bytes| std::str::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_failed_build_is_noted_with_its_releases_and_environment() {
    let project = Project::new();
    project.write("build.log", "one\ntwo\u{1b}[31m\n");
    let told = project.feedback(&[
        "--failed",
        "--cause",
        "exit 1",
        "--stage",
        "build",
        "--lock",
        "requirements.txt",
        "--note",
        "no compiler",
        "--output",
        "build.log",
    ]);
    assert_eq!(
        said(&told),
        (
            Some(0),
            "Noted: building failed (exit 1) with the 2 releases of requirements.txt, Python 3.11 on linux-x86_64. \
             Decisions for that kind of environment count it from now on.\n",
            ""
        )
    );
    let [one] = project.exported().try_into().expect("one observation");
    assert_eq!(one["stack"], serde_json::json!({ "flask": "3.0.0", "jinja2": "3.1.2" }));
    assert_eq!((&one["stage"], &one["outcome"], &one["cause"]), (&"build".into(), &"failed".into(), &"exit 1".into()));
    assert_eq!((&one["note"], &one["output"]), (&"no compiler".into(), &"one\ntwo[31m\n".into()));
    assert_eq!(project.count(), 1);
}

#[test]
fn one_release_is_named_without_a_lock() {
    let project = Project::new();
    let told = project.feedback(&["--ok", "--package", "numpy==1.24.0", "--format", "json"]);
    let answer: Value = serde_json::from_str(said(&told).1).expect("JSON");
    assert_eq!(answer["observation"]["stack"], serde_json::json!({ "numpy": "1.24.0" }));
    assert_eq!(answer["observation"]["environment"]["python"], "3.11");
    for wrong in ["numpy", "numpy>=1.24", "numpy==1.*", "numpy==1.0,==2.0", "not a name"] {
        let refused = project.feedback(&["--ok", "--package", wrong]);
        assert!(said(&refused).2.contains("is not one release"), "{refused:?}");
        assert_eq!(refused.status.code(), Some(2));
    }
}

#[test]
fn the_lock_that_advise_writes_is_meant_unless_another_is_named() {
    let project = Project::new();
    project.write("requirements.in", "flask\n");
    let missing = project.feedback(&["--ok"]);
    let (code, _, error) = said(&missing);
    assert!(code == Some(2) && error.contains("there is no pylock.toml") && error.contains("--lock FILE"), "{error}");
    project.write(
        "pylock.toml",
        "lock-version = '1.0'\ncreated-by = 'thoth'\n[[packages]]\nname = 'flask'\nversion = '3.0.0'\n",
    );
    let told = project.feedback(&["--ok", "--stage", "run"]);
    assert!(said(&told).1.starts_with("Noted: running went well with the 1 release of pylock.toml"), "{told:?}");
}

#[test]
fn what_is_told_twice_happened_twice() {
    let project = Project::new();
    for _ in 0..2 {
        assert_eq!(project.feedback(&["--ok", "--lock", "requirements.txt"]).status.code(), Some(0));
    }
    let told = project.exported();
    assert_eq!(told.len(), 2);
    assert_ne!(told[0]["date"], told[1]["date"]);
    let lines: String = told.iter().map(|line| format!("{line}\n")).collect();
    project.write("mine.jsonl", &lines);
    assert_eq!(said(&project.feedback(&["--import", "mine.jsonl"])).1, "Kept 0 observations; 2 known already.\n");
}

#[test]
fn what_is_imported_twice_counts_once_and_comes_out_as_it_went_in() {
    let project = Project::new();
    project.write("theirs.jsonl", &format!("{KNOWN}\n\n{KNOWN}\n"));
    assert_eq!(said(&project.feedback(&["--import", "theirs.jsonl"])).1, "Kept 1 observation; 1 known already.\n");
    assert_eq!(said(&project.piped(&["--import", "-"], KNOWN)).1, "Kept 0 observations; 1 known already.\n");
    assert_eq!(said(&project.feedback(&["--export", "mine.jsonl"])).1, "Wrote 1 observation to mine.jsonl.\n");
    let mine = fs::read_to_string(project.0.path().join("mine.jsonl")).expect("it was written");
    assert_eq!(mine, format!("{KNOWN}\n"));
}

#[test]
fn lines_that_cannot_be_used_are_told_and_the_others_kept() {
    let project = Project::new();
    let long = format!("{{\"note\":\"{}\"}}", "x".repeat(300_000));
    let lines = [
        KNOWN.to_string(),
        long,
        KNOWN.replace("2026", "2126"),
        KNOWN.replace("\"3.0.0\"", "[1]"),
        KNOWN.replace("\"source\"", "\"figures\":[{\"name\":\"x\",\"rate\":-1}],\"source\""),
        KNOWN.replace("\"source\"", "\"figures\":[{\"name\":\"x\",\"rate\":NaN}],\"source\""),
        KNOWN.replace("\"python\":\"3.11\",", ""),
        "\u{1b}[31mnothing".to_string(),
    ];
    let told = project.piped(&["--import", "-"], &lines.join("\n"));
    let (code, text, error) = said(&told);
    assert_eq!((code, error), (Some(1), ""));
    for (line, why) in [
        (2, "at most 262144 are read"),
        (3, "in the future"),
        (4, "string"),
        (5, "above zero"),
        (6, "no observation"),
        (8, "no observation"),
    ] {
        let told = text.lines().find(|said| said.starts_with(&format!("-:{line}: error: ")));
        assert!(told.is_some_and(|told| told.contains(why)), "{line}: {text}");
    }
    assert!(text.ends_with("Kept 2 observations; 6 not usable; 1 without Python or platform, which count nowhere.\n"));
    assert!(!text.contains('\u{1b}'));
    assert_eq!(project.count(), 2);
}

#[test]
fn what_somebody_told_is_taken_back_by_its_lines() {
    let project = Project::new();
    let other = KNOWN.replace("\"source\":\"ci\"", "\"source\":\"elsewhere\"");
    project.piped(&["--import", "-"], &format!("{KNOWN}\n{other}\n"));
    project.feedback(&["--ok", "--package", "flask==3.0.0"]);
    let all = project.feedback(&["--export", "-"]);
    let ci: String =
        said(&all).1.lines().filter(|line| line.contains("\"ci\"")).map(|line| format!("{line}\n")).collect();
    let forgotten = project.piped(&["--forget", "-"], &ci);
    assert_eq!(said(&forgotten), (Some(0), "Forgot 1 observation.\n", ""));
    let sources: Vec<Value> = project.exported().into_iter().map(|one| one["source"].clone()).collect();
    assert_eq!(sources, ["elsewhere", "feedback"]);
    let again = project.piped(&["--forget", "-", "--format", "json"], &format!("{ci}nonsense\n"));
    let told: Value = serde_json::from_str(said(&again).1).expect("JSON");
    assert_eq!(again.status.code(), Some(1));
    assert_eq!((&told["forgotten"], &told["unknown"], &told["refused"]), (&0.into(), &1.into(), &1.into()));
    assert_eq!(project.feedback(&["--forget", "none.jsonl"]).status.code(), Some(2));
    assert_eq!(project.feedback(&["--forget", "-", "--export", "-"]).status.code(), Some(2));
}

#[test]
fn the_result_of_a_performance_script_is_about_the_releases_that_were_named() {
    let project = Project::new();
    let result = r#"{
  "component": "pytorch", "name": "PiMatmul",
  "@parameters": {"device": "cpu", "reps": 20000},
  "@result": {"rate": 0.0098, "elapsed": 27366.39}
}"#;
    let told = project.piped(&["--import", "-", "--package", "torch==2.4.1"], result);
    assert_eq!(said(&told), (Some(0), "Kept 1 observation.\n", ""));
    let [one] = project.exported().try_into().expect("one observation");
    assert_eq!(one["stack"], serde_json::json!({ "torch": "2.4.1" }));
    let figure = serde_json::json!({ "name": "PiMatmul device=cpu reps=20000", "package": "torch", "rate": 0.0098 });
    assert_eq!(one["figures"], serde_json::json!([figure]));
}

#[test]
fn nothing_is_told_to_a_knowledge_base_that_is_forgotten() {
    let project = Project::new();
    let refused = project.feedback(&["--ok", "--package", "numpy==1.24.0", "--no-cache"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).2.contains("nothing is kept"), "{refused:?}");
    let unsaid = project.feedback(&[]);
    assert_eq!(unsaid.status.code(), Some(2));
}
