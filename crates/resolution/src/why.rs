//! Why a release is in a stack or is not, and what another stack would be like: values for reports.

use evidence::Finding;
use packaging::{ExtraName, Origin, PackageName, Version};

use crate::{
    graph::{Graph, Ways},
    objective::Level,
    outcome::{Change, Explanation, Help, Reason},
};

/// Where a requirement comes from that is only supposed, to see what would become of it.
pub const SUPPOSED: &str = "the command line";

/// How one stack differs from another.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// By level, the most important first: what the first stack costs and what the second one does.
    pub levels: Vec<(Level, i64, i64)>,
    /// The releases that differ, with the vulnerabilities that the second stack does without.
    pub changes: Vec<Change>,
    /// The releases of the second stack with vulnerabilities that the first one does without.
    pub brings: Vec<Vulnerable>,
}

/// A release with some of its vulnerabilities.
#[derive(Clone, Debug, PartialEq)]
pub struct Vulnerable {
    /// The package.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// The vulnerabilities, most severe first.
    pub findings: Vec<Finding>,
}

impl Comparison {
    /// The level that decides between the stacks, with both costs; `None` when they are equally good.
    pub fn decisive(&self) -> Option<(Level, i64, i64)> {
        self.levels.iter().copied().find(|(_, one, other)| one != other)
    }
}

/// What came of asking for something that is not in the stack.
#[derive(Clone, Debug)]
pub enum Supposed {
    /// No stack has it.
    Impossible(Explanation),
    /// There is a stack that has it.
    Possible {
        /// The version of it.
        version: Version,
        /// How the best such stack differs from the best one.
        comparison: Comparison,
    },
}

/// Why a package is in the stack, or is not.
#[derive(Clone, Debug)]
pub struct Why {
    /// The package.
    pub package: PackageName,
    /// The stack.
    pub graph: Graph,
    /// What is to say of the package.
    pub presence: Presence,
}

/// Whether a package is in a stack.
#[derive(Clone, Debug)]
pub enum Presence {
    /// It is.
    There(Box<There>),
    /// It is not; what mentions it all the same.
    Absent(Vec<Mention>),
}

/// A release in a stack.
#[derive(Clone, Debug)]
pub struct There {
    /// Its position in [`Graph::nodes`].
    pub place: usize,
    /// The ways from the project to it.
    pub ways: Ways,
    /// What bounds its version.
    pub bounds: Vec<Bound>,
    /// Whether an older version would be preferred, rather than a newer one.
    pub lowest: bool,
    /// The versions that would be preferred and can be used, newest first.
    pub preferred: Vec<Version>,
    /// The versions that would be preferred and cannot be used, by what leaves them out.
    pub left_out: Vec<Reason>,
    /// What came of asking for one of the preferred ones; `None` when there are none.
    pub supposed: Option<Supposed>,
}

/// Something that bounds the version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// What says it.
    pub by: By,
    /// What it says, as a requirement.
    pub requirement: String,
    /// Whether it admits one of the preferred versions.
    pub admits: bool,
}

/// What bounds a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A requirement of the project.
    Project(Origin),
    /// A constraint.
    Constraint(Origin),
    /// An override.
    Override(Origin),
    /// A release of the stack.
    Release(PackageName, Version),
}

/// A requirement on a package that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// What requires it: a place in the project, or a release of the stack.
    pub by: By,
    /// The requirement.
    pub requirement: String,
    /// Why it does not count.
    pub unless: Unless,
}

/// Why a requirement does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unless {
    /// Nobody asks for this extra of the release.
    Extra(ExtraName),
    /// Its marker is not true in this environment.
    Environment,
    /// The project drops every requirement on the package.
    Dropped,
}

/// Why something is not in the stack.
#[derive(Clone, Debug)]
pub struct WhyNot {
    /// The package asked about.
    pub package: PackageName,
    /// What was asked about, as a requirement.
    pub requirement: String,
    /// The version in the stack, if there is one.
    pub chosen: Option<Version>,
    /// Why that is so.
    pub finding: WhyNotFinding,
}

/// What was found out about something that may be in the stack.
#[derive(Clone, Debug)]
pub enum WhyNotFinding {
    /// It is in the stack.
    Chosen,
    /// No release that can be used is like that.
    Unusable {
        /// The releases that are like that and cannot be used, by what leaves them out; empty when there is none.
        left_out: Vec<Reason>,
        /// The usable releases next to it, newest first.
        nearest: Vec<Version>,
        /// What would help.
        help: Help,
    },
    /// What a search for a stack with it found.
    Supposed(Supposed),
}
