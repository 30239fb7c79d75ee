//! The kinds of prescriptions, a unit each: without it, prescriptions of that kind take no part.

use prescriptions::Kind as Of;

use crate::pipeline::unit::{Kind, Part, Run, Unit};

const fn unit(name: &'static str, kind: Kind, of: Of, here: &'static str) -> Unit {
    Unit { name, kind, part: Part::Usual, parameters: &[], here, run: Run::Prescriptions(of) }
}

pub(crate) const BOOT: Unit = unit(
    "prescription.boot",
    Kind::Boot,
    Of::Boot,
    "`not_acceptable` ends the run with its reason as the conflict; otherwise it tells.",
);
pub(crate) const PSEUDONYM: Unit = unit(
    "prescription.pseudonym",
    Kind::Pseudonym,
    Of::Pseudonym,
    "A requirement that admits the matched release is also met by the other package, where the package itself is not in the stack.",
);
pub(crate) const SIEVE: Unit = unit(
    "prescription.sieve",
    Kind::Sieve,
    Of::Sieve,
    "The releases are left out, of the index it names where it names one; conflicts and `why-not` name it.",
);
pub(crate) const SKIP_DEPENDENCY: Unit = unit(
    "prescription.sieve.SkipPackage",
    Kind::Sieve,
    Of::SkipDependency,
    "Every requirement on the package is as if it were not there.",
);
pub(crate) const STEP: Unit = unit(
    "prescription.step",
    Kind::Step,
    Of::Step,
    "`score`: points in thousandths, lost by a stack that has all the releases named; gained points are lost by the others. They count on the level of quality, those of a unit whose `recommendation_types` names `performance` in such a run on that of performance. `not_acceptable`: the releases named are kept apart, whatever required them; `package_version_from` is read as being in the stack.",
);
pub(crate) const SKIP_PACKAGE: Unit = unit(
    "prescription.step.SkipPackage",
    Kind::Step,
    Of::SkipPackage,
    "Requirements of the releases in `package_version_from` on the package are as if they were not there; everybody's without it.",
);
pub(crate) const ADD_PACKAGE: Unit = unit(
    "prescription.step.AddPackage",
    Kind::Step,
    Of::AddPackage,
    "The matched releases require the other one besides.",
);
pub(crate) const GROUP: Unit =
    unit("prescription.step.Group", Kind::Step, Of::Group, "As a step, and symmetric by nature.");
pub(crate) const STRIDE: Unit =
    unit("prescription.stride", Kind::Stride, Of::Stride, "The releases named are kept apart.");
pub(crate) const WRAP: Unit = unit(
    "prescription.wrap",
    Kind::Wrap,
    Of::Wrap,
    "Justifications, messages and changes of manifests, told once for a stack that has all the releases named.",
);
pub(crate) const RELEASE_NOTES: Unit =
    unit("prescription.wrap.GHReleaseNotes", Kind::Wrap, Of::ReleaseNotes, "A link to the notes of the release.");
