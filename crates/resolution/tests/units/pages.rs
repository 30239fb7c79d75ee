//! Every unit has its file, its fixture, its row and its section, and the tables of the documents are those of the code.

use std::{collections::BTreeSet, fs, path::Path};

use resolution::{
    Direction, Objective, Recommendation,
    pipeline::{
        Part, Run, UNITS, Unit,
        originals::{Fate, ORIGINALS},
    },
};

const PAGE: &str = include_str!("../../../../docs/pipeline.md");
const SECTIONS: &str = include_str!("../../../../docs/units.md");

/// The rows of the page's table of units.
fn table() -> String {
    let part = |part: Part| match part {
        Part::Always => "always",
        Part::Weighing => "stable, performance, security",
        Part::Usual => "usually",
        Part::OnRequest => "on request",
    };
    let row = |unit: &Unit| {
        format!(
            "| {} | [{2}](units.md#{3}) | {1} |\n",
            unit.kind.section(),
            part(unit.part),
            unit.name,
            anchor(unit.name)
        )
    };
    UNITS.iter().map(row).collect()
}

/// What a link to a heading has to say.
fn anchor(heading: &str) -> String {
    heading.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_lowercase()).collect()
}

/// The rows of the page's table of the original's units.
fn originals() -> String {
    let fate = |fate: Fate| match fate {
        Fate::Unit(name) => format!("`{name}`"),
        Fate::Instead(why) => why.to_string(),
    };
    ORIGINALS.iter().map(|one| format!("| {} | {} | {} |\n", one.kind.section(), one.name, fate(one.fate))).collect()
}

/// The rows of the page's table of recommendation types.
fn types() -> String {
    let row = |recommendation: Recommendation| {
        let objective = Objective::new(recommendation, Direction::Highest);
        let levels: Vec<&str> = objective.levels().iter().map(|level| level.name()).collect();
        format!("| `{recommendation}` | {} |\n", levels.join(", "))
    };
    Recommendation::ALL.into_iter().map(row).collect()
}

/// The names of the Rust files in a folder of this crate, without those that are about all units.
fn files(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = names.filter_map(|name| name.strip_suffix(".rs").map(str::to_string));
    let common = ["mod", "main", "bench", "documents", "finished", "pages"];
    names.filter(|name| !common.contains(&name.as_str())).collect()
}

#[test]
fn every_unit_has_its_file_its_fixture_its_row_and_its_section() {
    let registry = include_str!("../../src/pipeline/registry.rs");
    let rows: BTreeSet<String> = registry
        .lines()
        .filter_map(|line| line.trim().strip_suffix(',')?.split_once("::"))
        .filter(|(_, constant)| constant.chars().all(|one| one.is_ascii_uppercase() || one == '_'))
        .map(|(file, _)| file.to_string())
        .collect();
    assert_eq!(files("src/pipeline/units"), rows, "each file has a row and each row a file");
    assert_eq!(files("tests/units"), rows, "each unit has a fixture");
    for unit in UNITS {
        let section = SECTIONS.split("\n## ").find(|section| section.lines().next() == Some(unit.name));
        let section = section.unwrap_or_else(|| panic!("docs/units.md has no section on {}", unit.name));
        let text = section.replace('\n', " ");
        assert!(text.contains(unit.here), "the section on {} should say: {}", unit.name, unit.here);
        for parameter in unit.parameters {
            assert!(text.contains(&format!("`{}`", parameter.name)), "{}: {}", unit.name, parameter.name);
        }
        let is_own = !matches!(unit.run, Run::Prescriptions(_));
        assert!(!is_own || section.lines().count() > 3, "the section on {} says what it is for", unit.name);
    }
    assert_eq!(SECTIONS.matches("\n## ").count(), UNITS.len());
}

#[test]
fn the_page_has_the_table_of_units() {
    assert!(PAGE.contains(&table()), "the table of docs/pipeline.md should be:\n{}", table());
}

#[test]
fn the_page_has_the_table_of_the_originals_units() {
    assert!(PAGE.contains(&originals()), "the table of docs/pipeline.md should be:\n{}", originals());
}

#[test]
fn the_page_has_the_levels_of_each_type() {
    assert!(PAGE.contains(&types()), "the types in docs/pipeline.md should be:\n{}", types());
}
