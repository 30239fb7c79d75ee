//! The health of projects.

use crate::pipeline::{
    health,
    unit::{Kind, Parameter, Part, Run, Unit},
};

pub(crate) const ARCHIVED: &str = "archived";
pub(crate) const DEPRECATED: &str = "deprecated";
pub(crate) const SCORECARD: &str = "scorecard";
pub(crate) const YEARS: &str = "years";

const fn parameter(name: &'static str, usual: u32, most: u32, what: &'static str) -> Parameter {
    Parameter { name, usual, most, what }
}

pub(crate) const UNIT: Unit = Unit {
    name: health::HEALTH,
    kind: Kind::Step,
    part: Part::Usual,
    parameters: &[
        parameter(ARCHIVED, 100, 1000, "what an archived project or repository loses: quality points"),
        parameter(DEPRECATED, 200, 1000, "what a deprecated project loses: quality points"),
        parameter(SCORECARD, 30, 100, "from which Scorecard on nothing is lost: the score x 10"),
        parameter(
            YEARS,
            5,
            100,
            "after how many years without a release points are lost; 0 counts the first year, too",
        ),
    ],
    here: "With `--health`, projects that are given up, have a bad Scorecard, or did not release for years lose points on the level of quality, all their releases alike.",
    run: Run::Rules,
};
