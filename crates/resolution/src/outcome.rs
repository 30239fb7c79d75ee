//! What was decided and why, as values: what reports are made of.

use std::collections::{BTreeMap, BTreeSet};

use evidence::Finding;
use packaging::{ExtraName, Origin, PackageName, Version, VersionSpecifiers, environment::Host, index::ProjectStatus};
use prescriptions::LibraryUsage;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::{Edge, ExclusionKind},
    certificate::Certificate,
    front::Alternatives,
    objective::{Level, Objective, Recommendation},
    pipeline::{Pipeline, remarks::Remarks, scanned::Scan},
    relaxation::Relaxation,
    releases::Releases,
    search::{Stack, StackRelease},
};

/// How a run ended.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// A stack was chosen.
    Stack(Decision),
    /// No stack satisfies the requirements.
    Impossible(Explanation),
}

/// Everything a report says of one run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was asked for.
    pub recommendation: Recommendation,
    /// The runtime environment (`CPython 3.11.7, x86_64-manylinux_2_36`).
    pub environment: String,
    /// The files that say what the project requires.
    pub inputs: Vec<String>,
    /// What the decision rests on.
    pub evidence: EvidenceUsed,
    /// The stack, or why there is none.
    pub verdict: Verdict,
    /// Stacks that are fresher or less exposed; `None` when nobody asked for them, or there is none at all.
    pub alternatives: Option<Alternatives>,
    /// The next best stacks, as many as were asked for: each proved to be that, or the next best that a predictor found.
    pub next_best: Vec<NextBest>,
    /// Things the reader should know that are no error, as sentences.
    pub notes: Vec<String>,
    /// What could not be found out, with what it bears on. Never taken for clean.
    pub unknown: Vec<Unknown>,
    /// What prescriptions tell.
    pub remarks: Remarks,
    /// Which units took part.
    pub pipeline: Pipeline,
    /// What the stack is for.
    pub runtime: Runtime,
    /// What the project requires, for documents that repeat it.
    pub required: Required,
    /// Counts for the curious.
    pub effort: Effort,
}

/// What a project requires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Required {
    /// The text of the `Pipfile`, where one says it.
    pub pipfile: Option<String>,
    /// The requirements that apply in the environment.
    pub requirements: Vec<String>,
    /// The constraints that apply in the environment.
    pub constraints: Vec<String>,
}

/// Another stack, by how it differs from the chosen one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextBest {
    /// What it costs on each level.
    pub levels: Vec<(Level, i64)>,
    /// Its releases that the chosen stack has not.
    pub differs: Vec<(PackageName, Version)>,
    /// Packages that only the chosen stack has.
    pub without: Vec<PackageName>,
}

impl NextBest {
    /// What tells a stack from the chosen one.
    pub fn new(objective: &Objective, chosen: &Stack, stack: &Stack) -> Self {
        let differs = |one: &&StackRelease| chosen.version(&one.name) != Some(&one.version);
        let lacks = |one: &&StackRelease| stack.version(&one.name).is_none();
        Self {
            levels: objective.amounts(&stack.cost),
            differs: stack.releases.iter().filter(differs).map(|one| (one.name.clone(), one.version.clone())).collect(),
            without: chosen.releases.iter().filter(lacks).map(|one| one.name.clone()).collect(),
        }
    }
}

/// What a stack is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runtime {
    /// Its name, where the project names it.
    pub name: Option<String>,
    /// The version of Python (`3.11`).
    pub python: String,
    /// The platform (`linux-x86_64`).
    pub platform: String,
    /// The machine.
    pub host: Host,
    /// The labels of the run.
    pub labels: BTreeMap<String, String>,
    /// What the project's code uses of libraries, as far as prescriptions ask; `None` when nobody looked.
    pub usage: Option<LibraryUsage>,
}

/// A chosen stack with its reasons.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// The releases, sorted by name.
    pub releases: Vec<ChosenRelease>,
    /// What differs from the existing lock; `None` when there was none.
    pub changes: Option<Vec<Change>>,
    /// Releases that a resolver blind to advisories would have picked and this stack avoids.
    pub avoided: Vec<Avoided>,
    /// Vulnerabilities that remain, most severe first.
    pub remaining: Vec<Remaining>,
    /// Vulnerabilities that remain and that the user chose to ignore.
    pub ignored: Vec<Remaining>,
    /// `--ignore` identifiers that matched nothing.
    pub unused_ignores: Vec<String>,
    /// What was proved of the stack.
    pub certificate: Box<Certificate>,
}

/// One release of the stack.
#[derive(Clone, Debug)]
pub struct ChosenRelease {
    /// The package.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// The extras in use.
    pub extras: Vec<ExtraName>,
    /// The index it comes from, without credentials; `None` for a direct URL.
    pub index: Option<String>,
    /// The URL it comes from, without credentials, when the project names one.
    pub url: Option<String>,
    /// Whether the project itself names it.
    pub direct: bool,
    /// Who requires it: packages of the stack, sorted.
    pub parents: Vec<PackageName>,
    /// Where the project itself requires it.
    pub origins: Vec<Origin>,
    /// The newest release that the environment and the policy admit.
    pub newest: Version,
    /// How many admissible releases are newer.
    pub behind: usize,
    /// The status of its project.
    pub status: ProjectStatus,
    /// The reason, when it was yanked and is here because a requirement pins it.
    pub yanked: Option<Option<String>>,
    /// Whether its requirements come from an sdist that does not promise they are final (recorded when it was made).
    pub recorded_metadata: bool,
    /// Whether only a source distribution fits: installing runs its build.
    pub needs_build: bool,
    /// When it was uploaded: microseconds since the Unix epoch.
    pub uploaded: Option<i64>,
}

/// A difference to the existing lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The package.
    pub name: PackageName,
    /// The version in the lock.
    pub before: Option<Version>,
    /// The version in the new stack.
    pub after: Option<Version>,
    /// Identifiers of vulnerabilities that the move gets rid of.
    pub fixes: Vec<String>,
    /// For a step back that gets rid of none itself: what it bought.
    pub step_back: Option<StepBack>,
}

/// A release avoided.
#[derive(Clone, Debug)]
pub struct Avoided {
    /// The package.
    pub name: PackageName,
    /// The version a resolver blind to advisories would have picked.
    pub version: Version,
    /// What is in the stack instead; `None` when the package is not in it.
    pub chosen: Option<Version>,
    /// What is wrong with the avoided one, most severe first.
    pub findings: Vec<Finding>,
    /// For a step back from a release with which nothing is wrong: what it bought.
    pub step_back: Option<StepBack>,
}

/// A vulnerability that remains in the stack.
#[derive(Clone, Debug)]
pub struct Remaining {
    /// The package.
    pub name: PackageName,
    /// The version in the stack.
    pub version: Version,
    /// What it is, and later versions without it.
    pub finding: Finding,
    /// A shortest way from a requirement of the project to the package, both ends included.
    pub path: Vec<PackageName>,
    /// Where the project requires the first package of the path.
    pub origin: Option<Origin>,
    /// Why it remains and what would help; nothing where vulnerabilities do not decide, or it was not looked into.
    pub cause: Option<Cause>,
}

/// What is compared first of two stacks, the first difference deciding: less is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// Releases that are there for want of others: see [`Level::LastResort`].
    pub last_resorts: i64,
    /// Vulnerabilities known to be exploited.
    pub exploited: i64,
    /// The sum of CVSS base scores x 10.
    pub exposure: i64,
}

/// A release with vulnerabilities that another stack would bring in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The package.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// Identifiers of the vulnerabilities.
    pub ids: Vec<String>,
}

/// Why a vulnerability remains, and what would help.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// The facts that force it, none of which can be left out. With a [`Cause::trade_off`], the facts that leave nothing
    /// better; nothing where that is not known.
    pub facts: Vec<Reason>,
    /// The best stack without it, where there is one: it is worse.
    pub trade_off: Option<TradeOff>,
    /// Whether any index has a release of the package that the vulnerability does not affect.
    pub fixed: bool,
    /// What would help, the best first.
    pub help: Help,
}

/// The best stack without a vulnerability, where it is worse than the one with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeOff {
    /// Where the chosen stack stands.
    pub with: Standing,
    /// Where the best stack without it stands.
    pub without: Standing,
    /// How many more performance points that stack loses, where they weigh more than exposure.
    pub slower: i64,
    /// The vulnerabilities that the chosen stack has not.
    pub incoming: Vec<Incoming>,
    /// Releases of it that are there for want of others.
    pub last_resorts: Vec<(PackageName, Version)>,
}

/// What was found of relaxations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// What helps, the best first: each was decided with the change made.
    pub remedies: Vec<Remedy>,
    /// How many changed cases were decided on the way.
    pub tried: usize,
    /// Whether the bound on their number, or something that could not be fetched, ended the search.
    pub cut: bool,
}

/// Changes to what the project wishes that help together, found by deciding with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// The changes; without one of them the others do not help.
    pub relaxations: Vec<Relaxation>,
    /// The Python versions that the project supports and where it says so, when the change is to another one.
    pub requires_python: Option<(VersionSpecifiers, Origin)>,
    /// Where the chosen stack stands; nothing when there is none.
    pub before: Option<Standing>,
    /// Where the best stack with the changes stands.
    pub after: Standing,
    /// Identifiers of the vulnerabilities of the chosen stack that it has not.
    pub gone: Vec<String>,
}

/// Why the stack has an older release than another one it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepBack {
    /// The best stack with the newer release, or a newer one still, is worse.
    Worse {
        /// The first level on which they differ.
        level: Level,
        /// What that stack costs on it.
        with: i64,
        /// What the chosen stack costs on it.
        without: i64,
        /// Vulnerabilities that the chosen stack has not.
        incoming: Vec<Incoming>,
    },
    /// No stack has the newer release, or a newer one still, because of these facts.
    Impossible(Vec<Reason>),
}

/// The evidence a decision rests on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EvidenceUsed {
    /// The advisory snapshot; `None` when there is none.
    pub advisories: Option<AdvisoriesUsed>,
    /// Why there are no advisories, when there are none.
    pub missing: Option<String>,
    /// Only files uploaded up to then were considered: microseconds since the Unix epoch.
    pub exclude_newer: Option<i64>,
    /// The prescriptions; `None` when there are none.
    #[serde(default)]
    pub prescriptions: Option<PrescriptionsUsed>,
    /// What was observed; `None` when nothing was, or it is left out of account.
    #[serde(default)]
    pub observations: Option<ObservationsUsed>,
    /// What was looked into; `None` when nothing was to be.
    #[serde(default)]
    pub scans: Option<ScansUsed>,
    /// The health of projects; `None` when it is not looked at.
    #[serde(default)]
    pub health: Option<HealthUsed>,
}

/// The looks into releases that a decision rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScansUsed {
    /// How far releases were to be looked into.
    pub scan: Scan,
    /// The state of the rules of analysis.
    pub analysis: String,
    /// How many releases were looked into, those that are not in the stack as well.
    pub looked: usize,
    /// How many of these were known from earlier runs.
    pub known: usize,
    /// How many could not be looked into.
    pub failed: usize,
    /// How many rules follow.
    pub rules: usize,
}

/// The health of projects that a decision rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthUsed {
    /// The sources as configured, without credentials.
    pub sources: Vec<String>,
    /// How many projects were looked at.
    pub looked: usize,
    /// Of how many of these it is not known whether they have a Scorecard.
    pub unscored: usize,
    /// How many rules follow from it.
    pub rules: usize,
}

/// The observations a decision rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservationsUsed {
    /// The kind of environment, in words.
    pub kind: String,
    /// How many were made in this kind of environment.
    pub counted: usize,
    /// How many of these are failures.
    pub failed: usize,
    /// How many of these failures speak against no release in particular.
    pub unexplained: usize,
    /// How many were made elsewhere.
    pub elsewhere: usize,
    /// How many do not say where.
    pub unknown: usize,
    /// How many rules follow from them.
    pub rules: usize,
}

/// The prescriptions a decision rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrescriptionsUsed {
    /// SHA-256 over what they say.
    pub id: String,
    /// The sources as configured, without credentials.
    pub sources: Vec<String>,
    /// Name and release of each prescription that says so.
    pub releases: BTreeMap<String, Option<String>>,
    /// How many units are written.
    pub units: usize,
    /// How many rules take part in the decision.
    pub rules: usize,
    /// How many files and units could not be used.
    pub unusable: usize,
}

/// The advisory snapshot a decision rests on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AdvisoriesUsed {
    /// SHA-256 over its records.
    pub id: String,
    /// The sources as configured, without credentials.
    pub sources: Vec<String>,
    /// How many records about PyPI.
    pub records: usize,
    /// When the newest record was changed: microseconds since the Unix epoch.
    pub newest: Option<i64>,
    /// When it was fetched or checked last: microseconds since the Unix epoch.
    pub checked: Option<i64>,
    /// How old it is at the time of the run, since `checked`: seconds.
    pub age: Option<i64>,
    /// Records that could not be used: place and reason.
    pub rejected: Vec<String>,
    /// How many could not be used, listed or not.
    pub rejected_count: usize,
}

/// Something that could not be found out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unknown {
    /// What it bears on (`exploited vulnerabilities`, `flask 3.0.0`).
    pub about: String,
    /// Why it is not known, as a clause.
    pub why: String,
}

/// What the run took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// Packages looked at.
    pub packages: usize,
    /// Releases whose metadata was read.
    pub releases_read: usize,
    /// Requests sent over the network.
    pub requests: usize,
    /// Steps of the search.
    pub steps: usize,
    /// Wall time: milliseconds.
    pub milliseconds: u64,
}

/// Why there is no stack: facts that conflict, none of which can be left out.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// The facts as a chain: what the project requires, what that requires, down to what cannot be had.
    pub facts: Vec<Reason>,
    /// What would help.
    pub help: Help,
}

/// One fact of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The project requires something.
    Want {
        /// The requirement as written.
        text: String,
        /// Where.
        origin: Origin,
    },
    /// The project supports other Python versions than the environment's.
    Python {
        /// What it supports (`>=3.12`).
        supported: VersionSpecifiers,
        /// Where it says so.
        origin: Origin,
        /// The Python of the environment.
        environment: Version,
    },
    /// A constraint bounds something.
    Constraint {
        /// The constraint as written.
        text: String,
        /// Where.
        origin: Origin,
    },
    /// An override replaces what others require.
    Override {
        /// The override as written.
        text: String,
        /// Where.
        origin: Origin,
    },
    /// Releases of one package require releases of another.
    Requires {
        /// The package that requires.
        package: PackageName,
        /// The package required.
        on: PackageName,
        /// What is required, each with the releases that do; that of the newest first.
        edges: Vec<(Edge, Releases)>,
    },
    /// Releases may not be chosen.
    Excluded {
        /// The package.
        package: PackageName,
        /// Which filter leaves them out.
        kind: ExclusionKind,
        /// The releases.
        releases: Releases,
        /// What is particular to some of them (the Python versions required, the reason of a yank), each once.
        details: BTreeSet<String>,
        /// What the filter holds against them.
        filter: Option<Filter>,
    },
    /// A rule of experience keeps releases of several packages apart.
    Rule {
        /// What it is called by who says it.
        name: String,
        /// Where it is written.
        origin: Origin,
        /// Why; empty when it does not say.
        why: String,
        /// The releases, as requirements.
        members: Vec<String>,
    },
    /// No index has the package.
    Missing {
        /// The package.
        package: PackageName,
        /// What the indexes said, each with its URL without credentials.
        answers: BTreeMap<String, String>,
    },
}

/// What releases are measured against by a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The Python of the environment.
    Python(Version),
    /// The environment whose files are looked for (`CPython 3.11.7, x86_64-manylinux_2_36`).
    Environment(String),
    /// Only files uploaded before an instant are considered.
    Uploaded {
        /// Microseconds since the Unix epoch.
        before: i64,
        /// Who said so, when that is known.
        origin: Option<Origin>,
    },
}
