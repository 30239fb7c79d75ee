//! What was seen inside releases: a unit for what looks hostile, one for findings, one for what upgrades can suddenly do.

use crate::pipeline::{
    scanned,
    unit::{Kind, Parameter, Part, Run, Unit},
};

/// How many of the newest releases of a package others are compared with.
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
        what: "how many of the newest releases of a package its releases are compared with",
    }],
    here: "With `--scan candidates`, releases with many findings for their size lose points on the level of quality for each doubling over the best of the newest releases of their package.",
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
