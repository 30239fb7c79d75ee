//! The units of the original's pipeline, and what became of each: the table of `thoth pipeline show` and of the documents.
//!
//! Only what can be turned on and off has a line of code elsewhere; most of what its units did one release after the other is
//! a filter of the sieve, a level of the objective or a clause of the search, and looks at everything at once.

use crate::objective::Recommendation;

/// The kinds of units, in the order in which the original runs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Before anything is looked at.
    Boot,
    /// What may stand for what.
    Pseudonym,
    /// Which releases are left out.
    Sieve,
    /// What a release gains or loses.
    Step,
    /// Which whole stacks are refused.
    Stride,
    /// What is said of a finished stack.
    Wrap,
}

impl Kind {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [Self::Boot, Self::Pseudonym, Self::Sieve, Self::Step, Self::Stride, Self::Wrap];

    /// The list of a pipeline document it belongs to.
    pub fn section(self) -> &'static str {
        match self {
            Self::Boot => "boots",
            Self::Pseudonym => "pseudonyms",
            Self::Sieve => "sieves",
            Self::Step => "steps",
            Self::Stride => "strides",
            Self::Wrap => "wraps",
        }
    }
}

/// In which runs a unit takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// In all.
    Always,
    /// Where vulnerabilities decide.
    Weighing,
    /// Where the level of performance decides.
    Performance,
    /// Where prescriptions say so.
    Prescribed,
    /// In none: what it was for does not exist here, or something else does it.
    Never,
}

/// A unit of the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: &'static str,
    /// In which runs it takes part.
    pub part: Part,
    /// What it does here, or what is done instead, as a sentence.
    pub here: &'static str,
}

impl Unit {
    /// Whether it takes part in a run of this type, prescriptions aside.
    pub fn takes_part(&self, recommendation: Recommendation) -> bool {
        match self.part {
            Part::Always => true,
            Part::Weighing => recommendation.weighs_vulnerabilities(),
            Part::Performance => recommendation == Recommendation::Performance,
            Part::Prescribed | Part::Never => false,
        }
    }
}

const fn unit(kind: Kind, name: &'static str, part: Part, here: &'static str) -> Unit {
    Unit { kind, name, part, here }
}

use Kind::{Boot, Pseudonym, Sieve, Step, Stride, Wrap};
use Part::{Always, Never, Performance, Prescribed, Weighing};

/// All of them, by kind.
pub const UNITS: &[Unit] = &[
    unit(Boot, "MemTraceBoot", Never, "`--memory-limit` bounds memory; nothing is traced."),
    unit(Boot, "ThothSearchBoot", Never, "There is no page to link to."),
    unit(
        Boot,
        "PlatformBoot",
        Always,
        "Any platform is chosen for (`--python-platform`): files that do not fit it are left out, one by one.",
    ),
    unit(Boot, "CveTimestampBoot", Always, "The report says how old the advisories are, and warns from a month on."),
    unit(
        Boot,
        "LabelsBoot",
        Always,
        "Labels (`--label`) meet the conditions of prescriptions; the ids in `allow-cve` are ignored like those of `--ignore`, and told like them.",
    ),
    unit(
        Boot,
        "PipfileHashBoot",
        Never,
        "A lock is decided anew each time, its versions kept where nothing speaks against them; so it cannot be stale.",
    ),
    unit(
        Boot,
        "VersionCheckBoot",
        Never,
        "A requirement without a bound is no mistake where a lock pins what was chosen.",
    ),
    unit(Boot, "ThothS2IBoot", Never, "Its images are no more."),
    unit(Boot, "ThothS2IInfoBoot", Never, "Its images are no more."),
    unit(Boot, "UbiBoot", Always, "`ubi` counts as `rhel` for prescriptions."),
    unit(
        Boot,
        "PythonVersionBoot",
        Always,
        "The environment's Python decides; where the project supports others only, that is a fact of the conflict.",
    ),
    unit(
        Boot,
        "EnvironmentInfoBoot",
        Always,
        "The report names the environment; `--format thoth-json` has all that is known of it.",
    ),
    unit(
        Boot,
        "SolvedSoftwareEnvironmentBoot",
        Never,
        "Metadata is read from the index; no environment has to be analysed before.",
    ),
    unit(Boot, "RHELVersionBoot", Always, "`rhel` 8.4 counts as 8 for prescriptions."),
    unit(Boot, "SolversConfiguredBoot", Never, "There are no solvers to configure."),
    unit(Boot, "PrescriptionReleaseBoot", Prescribed, "The report names each prescription with its release."),
    unit(
        Boot,
        "FullySpecifiedEnvironment",
        Always,
        "The interpreter or the flags always say all that markers and files ask; what is not known of the machine meets no condition.",
    ),
    unit(
        Boot,
        "prescription: boot",
        Prescribed,
        "`not_acceptable` ends the run with its reason as the conflict; otherwise it tells.",
    ),
    unit(Pseudonym, "AliasPseudonym", Prescribed, "Prescriptions say it."),
    unit(
        Pseudonym,
        "prescription: pseudonym",
        Prescribed,
        "A requirement that admits the matched release is also met by the other package, where the package itself is not in the stack.",
    ),
    unit(Sieve, "PackageUpdateSieve", Never, "A constraint says the same."),
    unit(Sieve, "LegacyVersionSieve", Always, "Versions that PEP 440 does not know are no candidates."),
    unit(
        Sieve,
        "CutPreReleasesSieve",
        Always,
        "Pre-releases are a last resort unless the project asks for them (`--prerelease`).",
    ),
    unit(Sieve, "PulpIndexLabelSieve", Never, "`--index-url` and `--index-pin` say where releases may come from."),
    unit(Sieve, "NoPulpIndexLabelSieve", Never, "`--index-url` and `--index-pin` say where releases may come from."),
    unit(
        Sieve,
        "ConstraintsSieve",
        Always,
        "Constraints (`--constraint`) are clauses of the search, told in conflicts; their markers are judged for the environment at hand.",
    ),
    unit(
        Sieve,
        "SelectiveCutPreReleasesSieve",
        Always,
        "A package takes part with its pre-releases when the project's own requirement names one.",
    ),
    unit(Sieve, "FilterConfiguredIndexSieve", Always, "Only the indexes that are named are asked."),
    unit(
        Sieve,
        "CveSieve",
        Weighing,
        "Vulnerable releases are not removed, their exposure is a level before quality and freshness: none is chosen that can be done without, and one that cannot is told with what would help. In `security` it fails the run.",
    ),
    unit(Sieve, "PackageCombinationsSieve", Never, "It is for Dependency Monkey."),
    unit(Sieve, "PackageIndexConfigurationSieve", Always, "`--index-pin`, or `index=` in a `Pipfile`."),
    unit(Sieve, "CutLockedSieve", Always, "`==` is a requirement like any other."),
    unit(Sieve, "PackageIndexSieve", Always, "Only the indexes that are named are asked."),
    unit(
        Sieve,
        "SolvedSieve",
        Always,
        "A release whose metadata cannot be known, or is broken, is left out and told as not known.",
    ),
    unit(Sieve, "SolverRulesSieve", Prescribed, "A prescription's sieve says it."),
    unit(Sieve, "VersionConstraintSieve", Always, "`--constraint`."),
    unit(Sieve, "ThothS2IPackagesSieve", Never, "Its images are no more."),
    unit(
        Sieve,
        "ThothS2IAbiCompatibilitySieve",
        Never,
        "Its images are no more; the tags of wheels say which C library they need.",
    ),
    unit(Sieve, "FilterIndexSieve", Always, "`--index-pin`."),
    unit(Sieve, "TensorFlowAPISieve", Never, "Its table of symbols was never published."),
    unit(
        Sieve,
        "prescription: sieve",
        Prescribed,
        "The releases are left out, of the index it names where it names one; conflicts and `why-not` name it.",
    ),
    unit(
        Sieve,
        "prescription: sieve.SkipPackage",
        Prescribed,
        "Every requirement on the package is as if it were not there.",
    ),
    unit(
        Step,
        "CvePenalizationStep",
        Weighing,
        "Exposure is a level of its own: CVSS base scores, not a count, and no sum saturates. The score of `--format thoth-json` still follows the original's formula.",
    ),
    unit(
        Step,
        "SecurityIndicatorStep",
        Never,
        "Its term was too small to ever decide; releases without findings were refused, which knows nothing of them.",
    ),
    unit(Step, "DropoutStep", Never, "Nothing is left to chance in a proof."),
    unit(Step, "MockScoreStep", Never, "It was for tests."),
    unit(Step, "SetScoreStep", Prescribed, "A prescription's step says it."),
    unit(Step, "GenerateScoreStep", Never, "It was for tests."),
    unit(
        Step,
        "prescription: step (score)",
        Prescribed,
        "Points on the level of quality, in thousandths: lost by a stack that has all the releases named; gained points are lost by the others. They weigh in stable, performance and security.",
    ),
    unit(
        Step,
        "prescription: step (score, for performance)",
        Performance,
        "The score of a unit whose `recommendation_types` names `performance` counts on the level of performance, above exposure.",
    ),
    unit(
        Step,
        "prescription: step (not_acceptable)",
        Prescribed,
        "The releases named are kept apart, whatever required them; `package_version_from` is read as being in the stack.",
    ),
    unit(
        Step,
        "prescription: step.SkipPackage",
        Prescribed,
        "Requirements of the releases in `package_version_from` on the package are as if they were not there; everybody's without it.",
    ),
    unit(Step, "prescription: step.AddPackage", Prescribed, "The matched releases require the other one besides."),
    unit(Step, "prescription: step.Group", Prescribed, "As a step, and symmetric by nature."),
    unit(Stride, "OneVersionStride", Never, "It is for Dependency Monkey."),
    unit(Stride, "RandomDecisionStride", Never, "Nothing is left to chance in a proof."),
    unit(Stride, "UniqueStackStride", Never, "There is one stack."),
    unit(Stride, "prescription: stride", Prescribed, "The releases named are kept apart."),
    unit(Wrap, "PyPIReleaseWrap", Never, "The report names the index of a release where it is not the usual one."),
    unit(Wrap, "PyTorchReleaseWrap", Never, "The report names the index of a release where it is not the usual one."),
    unit(Wrap, "PulpReleaseWrap", Never, "The report names the index of a release where it is not the usual one."),
    unit(Wrap, "LibrariesIOWrap", Never, "There is no link without something to say."),
    unit(
        Wrap,
        "TroveClassifiersWrap",
        Never,
        "Wheel tags and `Requires-Python` decide; status is told by PEP 792. Classifiers are not read yet.",
    ),
    unit(Wrap, "ThothSearchPackageWrap", Never, "There is no page to link to."),
    unit(
        Wrap,
        "prescription: wrap",
        Prescribed,
        "Justifications, messages and changes of manifests, told once for a stack that has all the releases named.",
    ),
    unit(Wrap, "prescription: wrap.GHReleaseNotes", Prescribed, "A link to the notes of the release."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_by_kind_and_named_once() {
        assert!(UNITS.is_sorted_by_key(|unit| unit.kind));
        let mut names: Vec<&str> = UNITS.iter().map(|unit| unit.name).collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
        assert!(UNITS.iter().all(|unit| unit.here.ends_with('.') && !unit.here.contains('|')));
    }

    #[test]
    fn what_weighs_vulnerabilities_takes_part_where_they_decide() {
        let step = UNITS.iter().find(|unit| unit.name == "CvePenalizationStep").expect("it is there");
        let parts = Recommendation::ALL.map(|recommendation| step.takes_part(recommendation));
        assert_eq!(parts, [false, true, true, true, false]);
    }
}
