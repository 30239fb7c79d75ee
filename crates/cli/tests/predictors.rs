//! Predictors from the command line: what they draw, keep and find.

mod stage;

use std::{fs, path::Path};

use scenarios::Scenario;
use stage::{Stage, story};

/// A project with something to choose.
const STORY: &str = "search/diamond";

#[test]
fn the_run_of_a_predictor_is_drawn_in_the_form_of_the_name() {
    let stage = Stage::set(&story(STORY));
    let told =
        stage.advise(&["--predictor", "annealing", "--limit", "50", "--plot", "walk.svg", "--save-problem", "p.thoth"]);
    assert_eq!(told.exit, Some(0), "{}", told.said());
    let drawn = fs::read_to_string(stage.project().join("walk.svg")).unwrap();
    assert!(drawn.starts_with("<svg ") && drawn.contains("<title>annealing, seed 0:"), "{drawn}");
    let again = stage.thoth(&["replay", "p.thoth", "--predictor", "td", "--limit", "20", "--plot", "again.PNG"]);
    assert_eq!(again.exit, Some(0), "{}", again.said());
    assert!(fs::read(stage.project().join("again.PNG")).unwrap().starts_with(b"\x89PNG\r\n"));
}

#[test]
fn a_picture_that_cannot_be_is_refused_before_anything_is_asked() {
    let stage = Stage::set(&story(STORY));
    fs::create_dir(stage.project().join("folder.svg")).unwrap();
    for (file, why) in [
        ("walk.jpeg", "it has to end in .svg or .png"),
        ("walk", "it has to end in .svg or .png"),
        ("folder.svg", "folder.svg is a folder"),
        ("nowhere/walk.svg", "nowhere"),
    ] {
        let told = stage.advise(&["--predictor", "annealing", "--plot", file]);
        assert!(told.exit == Some(2) && told.stderr.contains(why), "{file}: {}", told.said());
        assert!(stage.lock().is_none(), "{file}");
    }
    let told = stage.advise(&["--plot", "walk.svg"]);
    assert!(told.exit == Some(2) && told.stderr.contains("`--predictor annealing`"), "{}", told.said());
}

#[test]
fn where_no_predictor_walked_nothing_is_drawn_and_that_is_said() {
    let stage = Stage::set(&story(STORY));
    assert_eq!(stage.advise(&["--save-problem", "p.thoth"]).exit, Some(0));
    let told = stage.thoth(&["replay", "p.thoth", "--plot", "walk.svg"]);
    assert_eq!(told.exit, Some(0), "{}", told.said());
    assert!(told.stderr.contains("nothing is drawn: no predictor found a stack"), "{}", told.said());
    assert!(!stage.project().join("walk.svg").exists());
}

fn scenario(text: &str) -> Scenario {
    Scenario::parse(Path::new("told here"), text).expect("the story parses")
}

/// Packages of which the newest releases do not go together, so that a predictor has something to learn.
fn quarrel() -> String {
    let mut story = String::from("story = \"Each release goes with another of the next package.\"\n[project]\n");
    story += "requires = [\"p0\", \"p1\", \"p2\", \"p3\", \"p4\", \"p5\"]\n";
    for package in 0..6 {
        story += &format!("[packages.p{package}]\n");
        for version in 1..=9 {
            let next = package + 1;
            let other = (version * 4 + package) % 9 + 1;
            let requires =
                if next < 6 { format!("requires = [\"p{next}!={other},!={version}\"]") } else { String::new() };
            story += &format!("\"{version}.0\" = {{ {requires} }}\n");
        }
    }
    story + "[expect]\nstack = {}\n"
}

/// The score of a run, from its report.
fn score(told: &stage::Ended) -> f64 {
    let report: serde_json::Value = serde_json::from_str(&told.stdout).expect("a report is JSON");
    report["certificate"]["heuristic"]["score"].as_f64().unwrap_or_else(|| panic!("{}", told.said()))
}

#[test]
fn what_was_learned_makes_the_next_run_no_worse() {
    let stage = Stage::set(&scenario(&quarrel()));
    let run = |keeps: bool, seed: &str| {
        let mut flags = vec!["--predictor", "td", "--limit", "5", "--seed", seed, "--format", "json", "--upgrade"];
        flags.extend(keeps.then_some("--keep-policy"));
        let told = stage.advise(&flags);
        assert_eq!(told.exit, Some(0), "{}", told.said());
        score(&told)
    };
    let alone = run(false, "3");
    let first = run(true, "3");
    assert_eq!(first, alone, "nothing was known");
    let later: Vec<f64> = ["4", "5", "6", "7", "8"].map(|seed| run(true, seed)).to_vec();
    assert!(later.first().is_some_and(|score| *score >= first) && later.is_sorted(), "{first}, then {later:?}");
    assert!(later.iter().any(|score| *score > first), "{first}, then {later:?}");
    assert_eq!(run(false, "3"), alone, "what is not asked for changes nothing");
}

#[test]
fn what_cannot_be_walked_says_so_as_without_a_predictor() {
    let stage = Stage::set(&story("search/impossible-diamond"));
    let (plain, walked) =
        (stage.advise(&[]), stage.advise(&["--predictor", "mcts", "--limit", "18446744073709551615"]));
    assert_eq!((walked.exit, &walked.stdout), (Some(1), &plain.stdout), "{}", walked.said());
    for limit in ["0", "-1", "18446744073709551616", "many"] {
        let told = stage.advise(&["--predictor", "mcts", &format!("--limit={limit}")]);
        assert!(told.exit == Some(2) && told.stderr.contains("is not a number from 1 to"), "{}", told.said());
    }
}

#[test]
fn only_what_could_be_in_a_stack_is_combined() {
    let stage = Stage::set(&scenario(&quarrel()));
    let run = |package: &str| {
        stage.advise(&["--predictor", "package-combinations", "--limit", "20", "--combination", package])
    };
    let (known, unknown) = (run("p5"), run("nothing"));
    assert_eq!((known.exit, unknown.exit), (Some(0), Some(0)), "{}", unknown.said());
    assert!(!known.stdout.contains("could be in no stack"), "{}", known.said());
    assert!(unknown.stdout.contains("`nothing` could be in no stack here"), "{}", unknown.said());
}

#[test]
fn a_project_that_requires_nothing_is_walked_in_no_step() {
    let stage = Stage::set(&scenario(
        "story = \"Nothing is required.\"\n[project]\nrequires = []\n[packages.p]\n\"1.0\" = {}\n[expect]\nstack = {}\n",
    ));
    for predictor in ["td", "annealing", "package-combinations"] {
        let told = stage.advise(&["--predictor", predictor, "--limit", "18446744073709551615"]);
        assert_eq!(told.exit, Some(0), "{}", told.said());
        assert!(told.stdout.contains("1 stack walked, the only one"), "{}", told.said());
    }
}
