//! Predictors from the command line: what they draw, keep and find.

mod stage;

use std::fs;

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
