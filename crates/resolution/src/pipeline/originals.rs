//! What became of the units of the original: the ones that are units here, under which name, and what does the work of the others.

use super::unit::Kind::{self, Boot, Pseudonym, Sieve, Step, Stride, Wrap};

/// A unit of the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Original {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: &'static str,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a unit of the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The unit of this name does what it did.
    Unit(&'static str),
    /// It is none here: a sentence on what is done instead, or why nothing is.
    Instead(&'static str),
}

const fn unit(kind: Kind, name: &'static str, here: &'static str) -> Original {
    Original { kind, name, fate: Fate::Unit(here) }
}

const fn instead(kind: Kind, name: &'static str, here: &'static str) -> Original {
    Original { kind, name, fate: Fate::Instead(here) }
}

/// All of them, by kind, in the order in which the original runs them.
pub const ORIGINALS: &[Original] = &[
    instead(Boot, "MemTraceBoot", "`--memory-limit` bounds memory; nothing is traced."),
    instead(Boot, "ThothSearchBoot", "There is no page to link to."),
    unit(Boot, "PlatformBoot", "PlatformSieve"),
    instead(Boot, "CveTimestampBoot", "The report says how old the advisories are, and warns from a month on."),
    unit(Boot, "LabelsBoot", "LabelsBoot"),
    unit(Boot, "PipfileHashBoot", "PipfileHashBoot"),
    unit(Boot, "VersionCheckBoot", "VersionCheckBoot"),
    instead(Boot, "ThothS2IBoot", "Its images are no more."),
    instead(Boot, "ThothS2IInfoBoot", "Its images are no more."),
    unit(Boot, "UbiBoot", "UbiBoot"),
    instead(
        Boot,
        "PythonVersionBoot",
        "The environment's Python decides; where the project supports others only, that is a fact of the conflict.",
    ),
    instead(
        Boot,
        "EnvironmentInfoBoot",
        "The report names the environment; `--format thoth-json` has all that is known of it.",
    ),
    instead(
        Boot,
        "SolvedSoftwareEnvironmentBoot",
        "Metadata is read from the index; no environment has to be analysed before.",
    ),
    unit(Boot, "RHELVersionBoot", "RHELVersionBoot"),
    instead(Boot, "SolversConfiguredBoot", "There are no solvers to configure."),
    instead(Boot, "PrescriptionReleaseBoot", "The report names each prescription with its release."),
    instead(
        Boot,
        "FullySpecifiedEnvironment",
        "The interpreter or the flags always say all that markers and files ask; what is not known of the machine meets no condition.",
    ),
    unit(Pseudonym, "AliasPseudonym", "prescription.pseudonym"),
    instead(Sieve, "PackageUpdateSieve", "A constraint says the same."),
    instead(Sieve, "LegacyVersionSieve", "Versions that PEP 440 does not know are no candidates."),
    unit(Sieve, "CutPreReleasesSieve", "CutPreReleasesSieve"),
    instead(Sieve, "PulpIndexLabelSieve", "`--index-url` and `--index-pin` say where releases may come from."),
    instead(Sieve, "NoPulpIndexLabelSieve", "`--index-url` and `--index-pin` say where releases may come from."),
    instead(
        Sieve,
        "ConstraintsSieve",
        "Constraints (`--constraint`) are clauses of the search, told in conflicts; their markers are judged for the environment at hand.",
    ),
    unit(Sieve, "SelectiveCutPreReleasesSieve", "CutPreReleasesSieve"),
    instead(Sieve, "FilterConfiguredIndexSieve", "Only the indexes that are named are asked."),
    unit(Sieve, "CveSieve", "CveSieve"),
    instead(Sieve, "PackageCombinationsSieve", "It is for Dependency Monkey."),
    instead(Sieve, "PackageIndexConfigurationSieve", "`--index-pin`, or `index=` in a `Pipfile`."),
    instead(Sieve, "CutLockedSieve", "`==` is a requirement like any other."),
    instead(Sieve, "PackageIndexSieve", "Only the indexes that are named are asked."),
    instead(
        Sieve,
        "SolvedSieve",
        "A release whose metadata cannot be known, or is broken, is left out and told as not known.",
    ),
    unit(Sieve, "SolverRulesSieve", "prescription.sieve"),
    instead(Sieve, "VersionConstraintSieve", "`--constraint`."),
    instead(Sieve, "ThothS2IPackagesSieve", "Its images are no more."),
    unit(Sieve, "ThothS2IAbiCompatibilitySieve", "PlatformSieve"),
    instead(Sieve, "FilterIndexSieve", "`--index-pin`."),
    instead(Sieve, "TensorFlowAPISieve", "Its table of symbols was never published."),
    unit(Step, "CvePenalizationStep", "CvePenalizationStep"),
    unit(Step, "SecurityIndicatorStep", "FindingsStep"),
    instead(Step, "DropoutStep", "Nothing is left to chance in a proof."),
    instead(Step, "MockScoreStep", "It was for tests."),
    unit(Step, "SetScoreStep", "prescription.step"),
    instead(Step, "GenerateScoreStep", "It was for tests."),
    instead(Stride, "OneVersionStride", "It is for Dependency Monkey."),
    instead(Stride, "RandomDecisionStride", "Nothing is left to chance in a proof."),
    instead(Stride, "UniqueStackStride", "There is one stack."),
    instead(
        Wrap,
        "PyPIReleaseWrap",
        "The report names the index of a release where it is not the usual one; `ReleaseNotesWrap` links to what changed.",
    ),
    instead(Wrap, "PyTorchReleaseWrap", "The report names the index of a release where it is not the usual one."),
    instead(Wrap, "PulpReleaseWrap", "The report names the index of a release where it is not the usual one."),
    instead(Wrap, "LibrariesIOWrap", "There is no link without something to say."),
    unit(Wrap, "TroveClassifiersWrap", "TroveClassifiersWrap"),
    instead(Wrap, "ThothSearchPackageWrap", "There is no page to link to."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::UNITS;

    #[test]
    fn originals_are_by_kind_named_once_and_became_what_there_is() {
        assert!(ORIGINALS.is_sorted_by_key(|original| original.kind));
        let mut names: Vec<&str> = ORIGINALS.iter().map(|original| original.name).collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
        for original in ORIGINALS {
            match original.fate {
                Fate::Unit(name) => assert!(UNITS.iter().any(|unit| unit.name == name), "{name}"),
                Fate::Instead(why) => assert!(why.ends_with('.') && !why.contains('|'), "{why}"),
            }
        }
    }
}
