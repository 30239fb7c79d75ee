//! What was observed of releases: a unit for failures, a unit for measured rates.

use crate::pipeline::{
    observed,
    unit::{Kind, Part, Run, Unit},
};

pub(crate) const FAILURES: Unit = Unit {
    name: observed::FAILURES,
    kind: Kind::Step,
    part: Part::Usual,
    parameters: &[],
    here: "Releases, and pairs of releases, that failed in this kind of environment more than what they are compared with lose points on the level of quality.",
    run: Run::Rules,
};

pub(crate) const RATES: Unit = Unit {
    name: observed::RATES,
    kind: Kind::Step,
    part: Part::Usual,
    parameters: &[],
    here: "Releases that were measured to be slower than others of their package on such hardware lose points on the level of performance.",
    run: Run::Rules,
};
