//! What a unit is: a name, a part to play, and one function of its kind.

use super::{
    beginning::Beginning,
    remarks::{Finished, Remark},
    weighing::{Release, Weighing},
};
use crate::{
    catalogue::{Exclusion, Package},
    cost::Cost,
    objective::Recommendation,
    policy::Policy,
    search::Problem,
    sieve::{FileCheck, Obstacle},
};

/// The kinds of units, in the order in which they take part.
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
    /// In all: nothing can be chosen without it.
    Always,
    /// In all where vulnerabilities decide, and in no other.
    Weighing,
    /// In all, unless a pipeline that is written down leaves it out.
    Usual,
    /// Only where a pipeline that is written down names it.
    OnRequest,
}

/// A number that a unit is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in the configuration.
    pub name: &'static str,
    /// What it is when nobody says.
    pub usual: u32,
    /// The largest it may be.
    pub most: u32,
    /// What it is, with its unit, as a clause.
    pub what: &'static str,
}

/// One unit.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// In which runs it takes part.
    pub part: Part,
    /// What it can be told.
    pub parameters: &'static [Parameter],
    /// What it does, as a sentence.
    pub here: &'static str,
    /// How.
    pub run: Run,
}

/// What a unit does: one function, of the shape that its kind has.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// Prepares what is asked, and says what is to be known before.
    Boot(fn(&mut Beginning<'_>)),
    /// Leaves out.
    Sieve(Sift),
    /// Adds what it costs to each candidate of a package.
    Step(Step),
    /// Tells of the finished stack.
    Wrap(fn(&Finished<'_>) -> Vec<Remark>),
    /// Lets prescriptions of a kind take part. What each means is in [`prescribed`](super::prescribed) and
    /// [`remarks`](super::remarks).
    Prescriptions(prescriptions::Kind),
    /// Lets the rules of its name take part, which come from what was learned of releases: [`observed`](super::observed),
    /// [`scanned`](super::scanned) and [`health`](super::health).
    Rules,
}

/// What a sieve looks at: the less a sieve has to know, the earlier it is asked.
#[derive(Clone, Copy, Debug)]
pub enum Sift {
    /// A whole package, before its releases.
    Project(ProjectSift),
    /// One file.
    File(FileSift),
    /// One release that can be installed.
    Release(ReleaseSift),
    /// All candidates of a package together.
    Package(PackageSift),
}

/// Adds what a unit costs to each candidate, in their order.
pub type Step = fn(&Weighing<'_>, &mut [Cost]);
/// Why no release of a package is chosen.
pub type ProjectSift = fn(&Package) -> Option<Exclusion>;
/// Whether a file may be installed.
pub type FileSift = for<'c, 'p> fn(&mut FileCheck<'c, 'p>) -> Result<(), Obstacle<'p>>;
/// Why a release is not chosen.
pub type ReleaseSift = fn(&Release<'_>, &Settings) -> Option<Exclusion>;
/// Moves candidates of a package to what is left out.
pub type PackageSift = fn(&Policy, &Problem, &mut Package);

/// What one unit is told in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings(pub(super) Vec<(&'static str, u32)>);

impl Settings {
    /// The value of a parameter; zero for one that the unit does not have.
    pub fn number(&self, name: &str) -> u32 {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, number)| *number).unwrap_or_default()
    }

    /// All values with their names.
    pub fn all(&self) -> &[(&'static str, u32)] {
        &self.0
    }
}

impl Unit {
    /// Whether it takes part in a run of this type when nobody says otherwise.
    pub fn is_usual(&self, recommendation: Recommendation) -> bool {
        match self.part {
            Part::Always | Part::Usual => true,
            Part::Weighing => recommendation.weighs_vulnerabilities(),
            Part::OnRequest => false,
        }
    }
}
