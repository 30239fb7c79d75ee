//! Runs that end before their proof: the best stack so far is locked, and the report says how much better one could be.

mod stage;

use std::path::Path;

use scenarios::{Behaviour, Scenario};
use serde_json::Value;

use crate::stage::{Ended, Stage};

const STORY: &str = r#"
story = "Releases keep failing, so several are read at once; the best of them wants a package whose index is silent."
[project]
requires = ["alpha"]
[packages.alpha]
"12.0" = { requires = ["gone>9"] }
"11.0" = { requires = ["gone>9"] }
"10.0" = { requires = ["silent"] }
"9.0" = { requires = ["silent"] }
"8.0" = {}
"7.0" = {}
[packages.gone]
"1.0" = {}
[packages.silent]
"1.0" = {}
[expect]
stack = { alpha = "10.0", silent = "1.0" }
"#;

const SILENT: &str = "/default/simple/silent/";

/// Everything but one page is stored, and that page is never answered.
fn silent() -> Stage {
    let stage = fresh();
    stage.server.behave(SILENT, Behaviour { statuses: vec![403; 9], ..Behaviour::default() });
    let refused = stage.advise(&[]);
    assert_eq!(refused.exit, Some(2), "{refused:?}");
    stage.server.behave(SILENT, Behaviour { stall: Some(0), ..Behaviour::default() });
    stage.server.forget();
    stage
}

fn fresh() -> Stage {
    Stage::set(&Scenario::parse(Path::new("limits.toml"), STORY).expect("the story is one"))
}

fn fails(ended: &Ended, why: &str) {
    assert_eq!(ended.exit, Some(2), "{ended:?}");
    assert!(ended.stdout.is_empty(), "{ended:?}");
    for part in [why, "was reached before ", "help: ", "What was fetched is kept"] {
        assert!(ended.stderr.contains(part), "`{part}` is missing: {}", ended.stderr);
    }
}

#[test]
fn without_any_stack_a_limit_is_an_error_that_says_what_helps() {
    let stage = fresh();
    fails(&stage.advise(&["--timeout", "0.001"]), "the time limit of 0.001 s was reached");
    assert_eq!(stage.lock(), None);
    if cfg!(target_os = "linux") {
        fails(&stage.advise(&["--memory-limit", "1MB"]), "the memory limit of 1 MB was reached");
    }
    let ample = stage.advise(&["--timeout", "600", "--memory-limit", "64GiB"]);
    assert_eq!(ample.exit, Some(0), "{ample:?}");
    assert!(ample.stdout.contains("Proved:"), "{}", ample.stdout);
}

#[test]
fn a_timeout_ends_the_wait_for_an_index_and_locks_the_best_so_far() {
    let stage = silent();
    let ended = stage.advise(&["--timeout", "3"]);
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    assert!(stage.lock().unwrap().contains("alpha==8.0"), "{:?}", stage.lock());
    let end = ended.stdout.find("Best found").expect("it is not proved");
    insta::assert_snapshot!(stage.filtered(&ended.stdout[end..]));
}

#[test]
fn of_a_saved_problem_everything_is_read_when_the_time_is_up() {
    let stage = fresh();
    let saved = stage.advise(&["--save-problem", "problem.thoth"]);
    assert_eq!(saved.exit, Some(0), "{saved:?}");
    let ended = stage.thoth(&["replay", "problem.thoth", "--timeout", "0.001", "-o", "again.txt"]);
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("Best found,"), "{}", ended.stdout);
    let again = std::fs::read_to_string(stage.project().join("again.txt")).expect("it is locked");
    assert!(again.contains("alpha==10.0"), "{again}");
}

#[cfg(unix)]
mod interrupted {
    use std::{
        io::{BufRead as _, BufReader, Write as _},
        process::{Child, Command, Stdio},
    };

    use super::*;

    fn interrupt(child: &Child) {
        let told = Command::new("sh").arg("-c").arg(format!("kill -INT {}", child.id())).status();
        assert!(told.expect("there is a shell").success());
    }

    #[test]
    fn ctrl_c_locks_the_best_so_far() {
        let stage = silent();
        let mut arguments: Vec<&str> = stage.written.arguments.iter().map(String::as_str).collect();
        arguments.extend(["--format", "json"]);
        let mut command = stage.command(&arguments);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let child = child.expect("the binary was built");
        assert!(stage.server.wait_for(SILENT), "the index is asked");
        interrupt(&child);
        let ended = Ended::of(child.wait_with_output().expect("it ends"));
        assert_eq!(ended.exit, Some(130), "{ended:?}");
        assert!(ended.stderr.contains("ending with what there is so far"), "{}", ended.stderr);
        assert!(stage.lock().unwrap().contains("alpha==8.0"), "{:?}", stage.lock());
        let report: Value = serde_json::from_str(&ended.stdout).expect("the report is JSON");
        assert_eq!(report["exit_code"], 130);
        let certificate = &report["certificate"];
        assert_eq!(certificate["optimal"], false);
        assert_eq!(certificate["stopped"]["limit"], "interrupt");
        let levels = certificate["levels"].as_array().expect("levels");
        let fresh = levels.iter().find(|level| level["level"] == "direct_freshness").expect("freshness is a level");
        assert_eq!((&fresh["value"], &fresh["bound"]), (&4.into(), &2.into()), "{certificate}");
        assert_eq!(fresh["proof"], "bound");
        assert_eq!(levels[0]["proof"], "optimal");
    }

    #[test]
    fn a_second_ctrl_c_ends_at_once() {
        let stage = fresh();
        let mut command = stage.command(&["advise", "-r", "-", "--python-version", "3.11", "-o", "lock.txt"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary was built");
        // More than a pipe holds: once all of it is written, somebody reads.
        let mut input = child.stdin.take().expect("it has an input");
        input.write_all(&b"# a comment that says nothing\n".repeat(10_000)).expect("it is read");
        interrupt(&child);
        let talk = BufReader::new(child.stderr.take().expect("it talks"));
        let noted = talk.lines().map_while(Result::ok).find(|line| line.contains("once more"));
        assert!(noted.is_some(), "the first is answered");
        interrupt(&child);
        let ended = child.wait().expect("it ends");
        assert_eq!(ended.code(), Some(130));
        drop(input);
        assert!(!stage.project().join("lock.txt").exists());
    }
}
