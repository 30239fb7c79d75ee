//! Projects that their index has put into quarantine (PEP 792).

use packaging::index::ProjectStatus;

use crate::{
    catalogue::{Exclusion, Package},
    pipeline::unit::{Kind, Part, Run, Sift, Unit},
};

pub(crate) const UNIT: Unit = Unit {
    name: "QuarantineSieve",
    kind: Kind::Sieve,
    part: Part::Always,
    parameters: &[],
    here: "No release of a project that its index quarantined is chosen.",
    run: Run::Sieve(Sift::Project(sift)),
};

fn sift(package: &Package) -> Option<Exclusion> {
    (package.status == ProjectStatus::Quarantined).then_some(Exclusion::Quarantined)
}
