//! What the projects of the stories declare is read, or refused in the words that the story expects.

use std::path::{Path, PathBuf};

use packaging::{
    Requirement, RuntimeEnvironment,
    metadata::CoreMetadata,
    project::{Kind, Project, ProjectError, Selected, Selection, read},
};
use scenarios::{Outcome, Scenario, Universe, load_all};

fn stories() -> Vec<(PathBuf, Scenario, Universe)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let stories = load_all(&folder).expect("every story parses").into_iter();
    let told = stories.map(|(path, scenario)| {
        let universe = Universe::offline(&scenario).expect("every universe is built");
        (path, scenario.filled(&universe), universe)
    });
    told.collect()
}

/// Reads the files of a story one after the other.
fn declared(scenario: &Scenario) -> Result<Project, ProjectError> {
    let files = &scenario.project.files;
    let extras = scenario.project.extras.iter().filter_map(|name| name.parse().ok()).collect();
    let groups = scenario.project.groups.iter().filter_map(|name| name.parse().ok()).collect();
    let selection = Selection { extras: Selected::Only(extras), groups: Selected::Only(groups) };
    let mut project = Project::default();
    for name in scenario.read() {
        let text = &files[name];
        let kind = Kind::of(name, text).expect("the files of stories have telling names");
        let variable = |name: &str| scenario.project.variables.get(name).cloned();
        project.join(read(kind, name, text, files, &variable, &selection)?);
    }
    Ok(project)
}

#[test]
fn every_file_is_read_or_refused_in_the_words_of_the_story() {
    for (path, scenario, _) in stories() {
        if scenario.project.files.is_empty() {
            continue;
        }
        match (declared(&scenario), scenario.outcome()) {
            (Err(error), Outcome::Error(fragments)) => {
                let text = error.to_string();
                let missing: Vec<&String> = fragments.iter().filter(|part| !text.contains(part.as_str())).collect();
                assert!(missing.is_empty(), "{}: {missing:?} is not in:\n{text}", path.display());
            }
            (Ok(_), Outcome::Error(_)) => panic!("{}: nothing is wrong", path.display()),
            (Err(error), _) => panic!("{}: {error}", path.display()),
            (Ok(_), _) => {}
        }
    }
}

#[test]
fn every_requirement_and_environment_of_a_story_is_one() {
    for (path, scenario, _) in stories() {
        let project = &scenario.project;
        for text in [&project.requires, &project.constraints, &project.overrides].into_iter().flatten() {
            if let Err(error) = text.parse::<Requirement>() {
                panic!("{}: {error}", path.display());
            }
        }
        let environment = &scenario.environment;
        let stated =
            RuntimeEnvironment::stated(&environment.python, &environment.platform, &environment.implementation);
        assert!(stated.is_ok(), "{}: {stated:?}", path.display());
    }
}

#[test]
fn no_place_of_a_story_stays_unfilled() {
    for (path, scenario, universe) in stories() {
        let project = &scenario.project;
        let lists = [&project.requires, &project.constraints, &project.overrides].into_iter().flatten();
        let texts = lists.chain(project.files.values()).chain(project.variables.values());
        let metadata = universe.files().map(|file| &file.metadata);
        for text in texts.chain(metadata) {
            let open = text.contains("{server}") || text.contains("{sha256:");
            assert!(!open, "{}: {text}", path.display());
        }
    }
}

#[test]
fn the_metadata_of_every_file_is_what_a_client_can_read() {
    for (path, _, universe) in stories() {
        for file in universe.files() {
            let metadata = CoreMetadata::parse(file.metadata.as_bytes()).expect("metadata has its fields");
            let lies = metadata.version.is_some_and(|version| file.version.parse() != Ok(version));
            assert!(!lies, "{}: {}", path.display(), file.filename);
        }
    }
}

#[test]
fn there_are_stories_enough_for_every_theme() {
    let stories = stories();
    let in_theme =
        |theme: &str| stories.iter().filter(|(path, ..)| path.parent().is_some_and(|it| it.ends_with(theme))).count();
    assert!(stories.len() >= 120);
    for theme in
        ["versions", "markers", "extras", "tags", "yanked", "indexes", "locks", "search", "advisories", "files"]
    {
        assert!(in_theme(theme) >= 6, "{theme}");
    }
}
