//! The table of units in the documents is the one in the code.

use resolution::{
    Direction, Objective, Recommendation,
    pipeline::units::{Part, UNITS},
};

const PAGE: &str = include_str!("../../../docs/pipeline.md");

/// The rows of the page's table of units.
fn table() -> String {
    let part = |part: Part| match part {
        Part::Always => "always",
        Part::Weighing => "stable, performance, security",
        Part::Performance => "performance",
        Part::Prescribed => "by prescription",
        Part::Never => "not here",
    };
    let row = |unit: &resolution::pipeline::units::Unit| {
        format!("| {} | {} | {} | {} |\n", unit.kind.section(), unit.name, part(unit.part), unit.here)
    };
    UNITS.iter().map(row).collect()
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

#[test]
fn the_page_has_the_table_of_units() {
    assert!(PAGE.contains(&table()), "the table of docs/pipeline.md should be:\n{}", table());
}

#[test]
fn the_page_has_the_levels_of_each_type() {
    assert!(PAGE.contains(&types()), "the types in docs/pipeline.md should be:\n{}", types());
}
