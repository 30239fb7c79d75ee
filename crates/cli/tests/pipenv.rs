//! A `Pipfile` is locked as pipenv locks it: all categories, each with what its packages require.

mod stage;

use stage::{Stage, story};

#[test]
fn a_pipfile_lock_has_the_categories_of_pipenv() {
    let stage = Stage::set(&story("files/pipfile-development"));
    let server = stage.server.url();
    let index =
        stage.written.arguments.iter().skip_while(|argument| *argument != "--index-url").nth(1).unwrap().clone();
    assert!(index.starts_with(&server));
    let common = ["--index-url", &index, "--python-version", "3.11", "--python-platform", "linux"];
    let told = ["advise", "-r", "Pipfile", "-t", "latest", "-o", "Pipfile.lock"];
    let ended = stage.thoth(&told.iter().chain(&common).copied().collect::<Vec<_>>());
    assert_eq!(ended.exit, Some(0), "{}", ended.said());
    let text = std::fs::read_to_string(stage.project().join("Pipfile.lock")).unwrap();
    let lock: serde_json::Value = serde_json::from_str(&text).unwrap();
    let categories: Vec<&String> = lock.as_object().unwrap().keys().collect();
    assert_eq!(categories, ["_meta", "default", "develop"]);
    assert_eq!(lock["default"]["flask"]["version"], "==3.0");
    assert_eq!(lock["develop"]["pytest"]["version"], "==7.0");
    assert!(lock["default"].get("pytest").is_none());
    assert_eq!(lock["_meta"]["hash"]["sha256"].as_str().unwrap().len(), 64);
}
