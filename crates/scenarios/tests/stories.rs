//! Every story under `tests/scenarios` can be told: it parses, its universe is built, and it is unlike the others.

use std::{collections::BTreeMap, path::Path};

use scenarios::{Scenario, Universe, load_all};

fn stories() -> Vec<(std::path::PathBuf, Scenario)> {
    load_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios")).expect("every story parses")
}

#[test]
fn every_story_parses_and_its_universe_is_built() {
    for (path, scenario) in stories() {
        if let Err(error) = Universe::offline(&scenario) {
            panic!("{}: {error}", path.display());
        }
    }
}

#[test]
fn no_two_stories_say_the_same() {
    let mut seen = BTreeMap::new();
    for (path, scenario) in stories() {
        if let Some(other) = seen.insert(scenario.story, path.clone()) {
            panic!("{} tells the story of {}", path.display(), other.display());
        }
    }
}

#[test]
fn a_key_that_is_no_key_is_an_error_with_its_place() {
    let text =
        "story = \"A story with a typing error is refused.\"\n[project]\nrequired = [\"a\"]\n[expect]\nstack = {}\n";
    let error = Scenario::parse(Path::new("typo.toml"), text).unwrap_err().to_string();
    assert!(error.contains("typo.toml") && error.contains("line 3") && error.contains("required"), "{error}");
}

#[test]
fn a_story_that_expects_a_release_of_no_index_is_refused() {
    let text = "story = \"A story expects what nobody offers.\"\n[project]\n[expect]\nstack = { a = \"1\" }\n";
    let error = Scenario::parse(Path::new("none.toml"), text).unwrap_err().to_string();
    assert!(error.contains("`a 1`"), "{error}");
}

#[test]
fn a_story_expects_exactly_one_outcome() {
    let text = "story = \"A story expects nothing in particular.\"\n[project]\n[expect]\nexit = 0\n";
    assert!(Scenario::parse(Path::new("vague.toml"), text).is_err());
}
