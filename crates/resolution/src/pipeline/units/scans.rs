//! What was seen inside releases: a unit for what looks hostile, one for findings, one for what upgrades can suddenly do.

use crate::pipeline::{
    scanned,
    unit::{Kind, Parameter, Part, Run, Unit},
};

/// How many releases of a package are looked into before its others are taken to be like the best of them.
pub(crate) const LOOKS: &str = "looks";

pub(crate) const HOSTILE: Unit = Unit {
    name: scanned::HOSTILE,
    kind: Kind::Sieve,
    part: Part::Usual,
    parameters: &[],
    here: "With `--scan` and `-t security`, releases in which something looks hostile, and surely so, are not chosen, unless `--ignore` names package and rule.",
    run: Run::Rules,
};

pub(crate) const FINDINGS: Unit = Unit {
    name: scanned::FINDINGS,
    kind: Kind::Step,
    part: Part::Usual,
    parameters: &[Parameter {
        name: LOOKS,
        usual: 3,
        most: 100,
        what: "how many releases of a package are looked into before its others are taken to be like the best of them",
    }],
    here: "With `--scan candidates`, releases with more findings for their size than most well-known packages lose points on the level of quality.",
    run: Run::Rules,
};

pub(crate) const CHANGES: Unit = Unit {
    name: scanned::CHANGES,
    kind: Kind::Step,
    part: Part::Usual,
    parameters: &[],
    here: "With `--scan candidates`, a minor or patch release that can speak to the network, or has code for when it is installed or Python starts, which the locked release has not, loses points on the level of quality.",
    run: Run::Rules,
};
