//! Version 1 of the document. Frozen: what is here is neither renamed nor removed nor given another meaning.
//!
//! Names of packages are normalised, versions are in the normal form of PEP 440, times are RFC 3339 in UTC (`null` when not
//! known), digests are hexadecimal. Every member is always there; `null` says that there is nothing to say.

use serde::Serialize;

/// The whole document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Which document this is.
    pub schema: Schema,
    /// The exit code of the run.
    pub exit_code: u8,
    /// The recommendation type: `latest`, `stable` or `security`.
    pub recommendation: &'static str,
    /// The runtime environment, for people.
    pub environment: String,
    /// The files that say what the project requires.
    pub inputs: Vec<String>,
    /// Whether there is a stack.
    pub verdict: Verdict,
    /// The stack, by name; empty when there is none.
    pub releases: Vec<Release>,
    /// What differs from the existing lock; `null` when there was none, or no stack was found.
    pub changes: Option<Vec<Change>>,
    /// What is in upgraded releases and not in those of the existing lock; empty where nobody looked.
    pub differences: Vec<Difference>,
    /// Releases that a resolver blind to advisories would have picked and the stack avoids.
    pub avoided: Vec<Avoided>,
    /// Vulnerabilities in the stack, most severe first.
    pub remaining: Vec<Remaining>,
    /// Vulnerabilities in the stack that the user chose to ignore.
    pub ignored: Vec<Remaining>,
    /// Identifiers to ignore that matched nothing.
    pub unused_ignores: Vec<String>,
    /// Stacks that are fresher or less exposed; `null` when nobody asked for them.
    pub alternatives: Option<Alternatives>,
    /// The next best stacks, as many as were asked for: each proved to be that, or, of a predictor, the next best it found.
    pub next_best: Vec<NextBest>,
    /// What was proved of the stack; `null` when there is none.
    pub certificate: Option<Certificate>,
    /// What the decision rests on.
    pub evidence: Evidence,
    /// The facts that conflict, none of which can be left out; empty when there is a stack.
    pub explanation: Vec<Fact>,
    /// What would make a stack possible; `null` when there is one.
    pub help: Option<Help>,
    /// Things the reader should know that are no error, as sentences.
    pub notes: Vec<String>,
    /// What could not be found out. Never to be taken for clean.
    pub unknown: Vec<Unknown>,
    /// What prescriptions tell of the run.
    pub stack_info: Vec<Remark>,
    /// What prescriptions tell of the stack.
    pub justification: Vec<Remark>,
    /// Changes of manifests that prescriptions advise, a list a unit.
    pub advised_manifest_changes: Vec<Vec<serde_json::Value>>,
    /// What the run took.
    pub effort: Effort,
    /// The lock that was written; `null` when none was.
    pub lock: Option<Lock>,
}

/// Which document this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Schema {
    /// `thoth-advise`.
    pub name: &'static str,
    /// 1.
    pub version: u32,
}

/// Something that a prescription tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// `INFO`, `WARNING` or `ERROR`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What it says.
    pub message: String,
    /// Where more is told.
    pub links: Vec<String>,
    /// The package it is about; `null` when it does not say.
    pub package: Option<String>,
    /// The unit that says it.
    pub unit: String,
    /// Where that is written.
    pub origin: Origin,
}

/// Whether there is a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A stack was chosen.
    Stack,
    /// No stack satisfies the requirements.
    Impossible,
}

/// A release of the stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Release {
    /// The package.
    pub name: String,
    /// The version.
    pub version: String,
    /// The extras in use.
    pub extras: Vec<String>,
    /// The index it comes from; `null` for a direct URL.
    pub index: Option<String>,
    /// The URL it comes from, when the project names one.
    pub url: Option<String>,
    /// Whether the project itself names it.
    pub direct: bool,
    /// The packages of the stack that require it.
    pub required_by: Vec<String>,
    /// Where the project itself requires it.
    pub origins: Vec<Origin>,
    /// The newest release that environment and policy admit.
    pub newest: String,
    /// How many admissible releases are newer.
    pub behind: u64,
    /// The status of its project (PEP 792): `active`, `archived`, `deprecated` or `quarantined`.
    pub status: &'static str,
    /// Set when it was yanked.
    pub yanked: Option<Yanked>,
    /// Whether its dependencies are those recorded in a source distribution that does not promise they are final.
    pub recorded_metadata: bool,
    /// Whether only a source distribution fits, so that installing runs its build.
    pub needs_build: bool,
    /// When it was uploaded.
    pub uploaded: Option<String>,
}

/// Why a release was yanked (PEP 592).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Yanked {
    /// The publisher's reason, if one was given.
    pub reason: Option<String>,
}

/// Where something is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The part of the file.
    pub part: Option<String>,
}

/// Stacks of which none is both fresher and less exposed than another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternatives {
    /// How they differ from the chosen stack, the least exposed first.
    pub points: Vec<Comparison>,
    /// How many were found, told or not.
    pub found: u64,
    /// Whether there are no others.
    pub complete: bool,
}

/// How a stack differs from the chosen one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// What both cost.
    pub levels: Vec<ComparedLevel>,
    /// What differs, from the chosen stack to the other one.
    pub changes: Vec<Change>,
    /// Vulnerabilities of the other stack that the chosen one does without.
    pub brings: Vec<Vulnerable>,
}

/// What two stacks cost on one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComparedLevel {
    /// The level.
    pub level: &'static str,
    /// What the chosen stack costs.
    pub chosen: i64,
    /// What the other stack costs.
    pub other: i64,
}

/// A release with some of its vulnerabilities.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Vulnerable {
    /// The package.
    pub name: String,
    /// The version.
    pub version: String,
    /// The vulnerabilities, most severe first.
    pub vulnerabilities: Vec<Vulnerability>,
}

/// A difference to the existing lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The package.
    pub name: String,
    /// The version in the lock; `null` for a package that is new.
    pub before: Option<String>,
    /// The version in the stack; `null` for a package that is gone.
    pub after: Option<String>,
    /// Identifiers of vulnerabilities that the move gets rid of.
    pub fixes: Vec<String>,
    /// For a step back that gets rid of none itself: what it bought, as far as that was found out.
    pub step_back: Option<StepBack>,
}

/// What is in an upgraded release and not in that of the existing lock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The package.
    pub name: String,
    /// The version in the lock.
    pub before: Option<String>,
    /// The version in the stack.
    pub after: Option<String>,
    /// Why it is not known; `null` when it is.
    pub why: Option<String>,
    /// What is new and what is gone, as `thoth scan --against` tells it; `null` when it is not known.
    pub contents: Option<serde_json::Value>,
}

/// A release avoided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Avoided {
    /// The package.
    pub name: String,
    /// The version that a resolver blind to advisories would have picked.
    pub version: String,
    /// The version in the stack; `null` when the package is not in it.
    pub chosen: Option<String>,
    /// What is wrong with the avoided one, most severe first.
    pub vulnerabilities: Vec<Vulnerability>,
    /// For a step back from a release with which nothing is wrong: what it bought, as far as that was found out.
    pub step_back: Option<StepBack>,
}

/// A vulnerability in the stack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Remaining {
    /// The package.
    pub name: String,
    /// The version in the stack.
    pub version: String,
    /// What it is.
    pub vulnerability: Vulnerability,
    /// A shortest way from a requirement of the project to the package, both ends included.
    pub path: Vec<String>,
    /// Where the project requires the first package of the path.
    pub origin: Option<Origin>,
    /// Why it remains and what would help; `null` where vulnerabilities do not decide, or it was not looked into.
    pub cause: Option<Cause>,
}

/// Why a vulnerability remains, and what would help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The facts that force it, none of which can be left out; with a `trade_off`, those that leave nothing better.
    pub forced_by: Vec<Fact>,
    /// The best stack without it, which is worse; `null` when there is none without it.
    pub trade_off: Option<TradeOff>,
    /// Whether any index has a release of the package that it does not affect.
    pub fixed: bool,
    /// What would help.
    pub help: Help,
}

/// The best stack without a vulnerability, where it is worse than the chosen one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TradeOff {
    /// Where the chosen stack stands.
    pub with: Standing,
    /// Where the best one without the vulnerability stands.
    pub without: Standing,
    /// How many more performance points it loses, where they weigh more than exposure.
    pub slower: i64,
    /// The vulnerabilities it has that the chosen one has not.
    pub incoming: Vec<Incoming>,
}

/// What is compared first of two stacks: the first difference decides, less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Releases that are there for want of others.
    pub last_resorts: i64,
    /// Vulnerabilities known to be exploited.
    pub exploited: i64,
    /// The sum of CVSS base scores x 10.
    pub exposure: i64,
}

/// A release with vulnerabilities that another stack would bring in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Incoming {
    /// The package.
    pub name: String,
    /// The version.
    pub version: String,
    /// Identifiers of the vulnerabilities.
    pub vulnerabilities: Vec<String>,
}

/// What was found of changes to what the project wishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Help {
    /// What helps, the best first; each was decided with the changes made.
    pub remedies: Vec<Remedy>,
    /// How many changed cases were decided on the way.
    pub tried: u64,
    /// Whether the search ended before all of them were tried.
    pub cut: bool,
}

/// Changes that help together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// The changes; without one of them the others do not help.
    pub relaxations: Vec<Relaxation>,
    /// Where the chosen stack stands; `null` when there is none.
    pub before: Option<Standing>,
    /// Where the best stack with the changes stands.
    pub after: Standing,
    /// Identifiers of the vulnerabilities of the chosen stack that it has not.
    pub gone: Vec<String>,
    /// The changes for people.
    pub sentence: String,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "relaxation", rename_all = "snake_case")]
pub enum Relaxation {
    /// What the project wrote admits another release.
    Bound {
        /// What it wrote.
        written: Written,
        /// The release.
        admit: Option<String>,
    },
    /// Files uploaded up to then are considered; `null` for all.
    ExcludeNewer {
        /// RFC 3339.
        until: Option<String>,
    },
    /// Files of every format may be used of a package; `null` for all packages.
    Formats {
        /// Which one.
        package: Option<String>,
    },
    /// A requirement does without an extra.
    Extra {
        /// The requirement.
        written: Written,
        /// The extra.
        extra: String,
    },
    /// Pre-releases are chosen like any other release.
    Prereleases,
    /// The stack is for another Python.
    Python {
        /// Which one.
        version: String,
        /// What the project supports, when that has to admit it, too.
        requires_python: Option<String>,
        /// Where it says so.
        origin: Option<Origin>,
    },
    /// A package is taken from an index that was not asked for it, because another one that comes first has it.
    Index {
        /// The package.
        package: String,
        /// The name that pins call the index by; `null` where it has none.
        index: Option<String>,
        /// The URL of the index, without credentials.
        url: String,
    },
    /// A yanked release is pinned.
    Yanked {
        /// The package.
        package: String,
        /// The release.
        version: String,
    },
    /// No hash of a package is demanded.
    Hashes {
        /// Which one.
        package: String,
    },
    /// A prescription of the user's own does not count.
    Prescription {
        /// What it is called.
        name: String,
        /// Where it is written.
        origin: Origin,
    },
    /// The project does without what it wrote.
    Dropped {
        /// What it wrote.
        written: Written,
    },
}

/// Something that the project wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Written {
    /// `requirement`, `constraint` or `override`.
    pub part: &'static str,
    /// The text.
    pub requirement: String,
    /// Where.
    pub origin: Origin,
}

/// What it bought to have an older release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepBack {
    /// The first level on which the best stack with the newer release, or a newer one still, is worse; `null` when no stack
    /// has any of them.
    pub level: Option<&'static str>,
    /// What that stack costs on it.
    pub with: Option<i64>,
    /// What the chosen stack costs on it.
    pub without: Option<i64>,
    /// Vulnerabilities that the chosen stack has not.
    pub incoming: Vec<Incoming>,
    /// The facts because of which no stack has any of them.
    pub because: Vec<Fact>,
    /// The same for people.
    pub sentence: String,
}

/// A vulnerability of a release, after joining the records that are aliases of each other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Vulnerability {
    /// The identifier to show.
    pub id: String,
    /// All other identifiers it goes by.
    pub aliases: Vec<String>,
    /// The identifiers of the records that say so.
    pub records: Vec<String>,
    /// What it is.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// Whether it is known to be exploited.
    pub exploited: Exploited,
    /// One line about it; may be empty.
    pub summary: String,
    /// Where to read about it.
    pub link: String,
    /// When it was first published.
    pub published: Option<String>,
    /// When any of its records was last changed.
    pub modified: Option<String>,
    /// Affected versions of the package.
    pub affected: Affected,
    /// The later versions without it, lowest first; empty when no fix is known.
    pub fixed_versions: Vec<String>,
}

/// What a vulnerability is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A flaw in honest software.
    Flaw,
    /// Malicious software.
    Malware,
}

/// How bad a vulnerability is, as far as anybody said. All `null` means that nobody did, not that it is harmless.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Severity {
    /// `none`, `low`, `medium`, `high` or `critical`.
    pub rating: Option<String>,
    /// The CVSS base score, 0 to 10.
    pub score: Option<f64>,
    /// The version of CVSS: `2.0`, `3.0`, `3.1` or `4.0`.
    pub cvss: Option<String>,
    /// The CVSS vector.
    pub vector: Option<String>,
    /// The record that says so.
    pub source: Option<String>,
}

/// Whether a vulnerability is known to be exploited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exploited {
    /// What is known.
    pub known: Known,
    /// Why it is not known, when it is not.
    pub why: Option<String>,
}

/// What is known of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// It is so.
    Yes,
    /// It was looked for and is not so.
    No,
    /// It could not be looked for.
    Unknown,
}

/// Affected versions: those in a range and those listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Affected {
    /// Stretches of versions as PEP 440 specifiers; `*` is all.
    pub ranges: Vec<String>,
    /// Single versions.
    pub versions: Vec<String>,
}

/// What was proved of the stack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Certificate {
    /// Whether no better stack exists.
    pub optimal: bool,
    /// The levels of the objective, the most important first.
    pub levels: Vec<Level>,
    /// Why the search ended before the proof, when it did.
    pub stopped: Option<Stopped>,
    /// How a predictor found the stack; absent when the exact search did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heuristic: Option<Heuristic>,
    /// What the proof is about.
    pub scope: Scope,
    /// Identifies the problem: SHA-256 over the lines of `statement`, each with a line end.
    pub problem: String,
    /// The problem: requirements, environment, as-of date, evidence and policy.
    pub statement: Vec<String>,
}

/// How a predictor found a stack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heuristic {
    /// The predictor, as on the command line.
    pub predictor: &'static str,
    /// What all its chance came from.
    pub seed: u64,
    /// Complete stacks scored.
    pub stacks: u64,
    /// Complete stacks scored in a second; `null` when it took no millisecond.
    pub stacks_per_second: Option<u64>,
    /// Choices made.
    pub iterations: u64,
    /// Choices that no stack has.
    pub rejected: u64,
    /// Dead ends learned from.
    pub learned: u64,
    /// Choices made until the first stack was complete.
    pub first: Option<u64>,
    /// Whether every stack that could be walked was seen.
    pub exhausted: bool,
    /// Packages that could be walked.
    pub packages: u64,
    /// Releases of them that were read and could be walked.
    pub releases: u64,
    /// The score of the stack, zero being the best conceivable: it only guides, stacks are compared level by level.
    pub score: f64,
    /// The score of the best stack there can be, as far as the exact search proved it.
    pub bound: f64,
}

/// Another stack, by how it differs from the chosen one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NextBest {
    /// What it costs on each level, the most important first.
    pub levels: Vec<OtherLevel>,
    /// Its releases that the chosen stack has not, as `name==version`.
    pub differs: Vec<String>,
    /// Packages that only the chosen stack has.
    pub without: Vec<String>,
}

/// What a stack costs on a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OtherLevel {
    /// The level.
    pub level: &'static str,
    /// The cost.
    pub value: i64,
}

/// Why a search ended before its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stopped {
    /// Which limit it was: `timeout`, `memory` or `interrupt`.
    pub limit: &'static str,
    /// The same as a clause.
    pub why: String,
}

/// What a proof is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// Packages that were looked at.
    pub packages: u64,
    /// Releases of them that environment and policy admit.
    pub releases: u64,
    /// How many of these were read; the others are covered by what they cost at least.
    pub read: u64,
}

/// One level of the objective.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Level {
    /// Its name.
    pub level: &'static str,
    /// What the stack costs on it.
    pub value: i64,
    /// What any stack costs on it at least, the levels before it being equal.
    pub bound: i64,
    /// `optimal` when the best stack costs exactly `value`, else `bound`.
    pub proof: &'static str,
}

/// What the decision rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The advisories; `null` when there are none, and then nothing is known about vulnerabilities.
    pub advisories: Option<Advisories>,
    /// Why there are no advisories, when there are none.
    pub missing: Option<String>,
    /// Only files uploaded up to then were considered.
    pub exclude_newer: Option<String>,
    /// The prescriptions; `null` when there are none.
    pub prescriptions: Option<Prescriptions>,
    /// What was observed of stacks; `null` when nothing was, or it is left out of account.
    pub observations: Option<Observations>,
    /// What was looked into; `null` when nothing was to be.
    pub scans: Option<Scans>,
    /// The health of projects; `null` when it is not looked at.
    pub health: Option<Health>,
}

/// The looks into releases that a decision rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scans {
    /// How far releases were to be looked into: `chosen` or `candidates`.
    pub scan: &'static str,
    /// The state of the rules of analysis.
    pub analysis: String,
    /// How many releases were looked into, in the stack or not.
    pub looked: u64,
    /// How many of these were known from earlier runs.
    pub known: u64,
    /// How many could not be looked into.
    pub failed: u64,
    /// How many rules follow.
    pub rules: u64,
}

/// The health of projects that a decision rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    /// The sources, without credentials.
    pub sources: Vec<String>,
    /// How many projects were looked at.
    pub looked: u64,
    /// Of how many of these it is not known whether they have a Scorecard.
    pub unscored: u64,
    /// How many rules follow from it.
    pub rules: u64,
}

/// The observations a decision rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Observations {
    /// The kind of environment, in words.
    pub kind: String,
    /// How many were made in this kind of environment.
    pub counted: u64,
    /// How many of these are failures.
    pub failed: u64,
    /// How many of these failures speak against no release in particular.
    pub unexplained: u64,
    /// How many were made elsewhere.
    pub elsewhere: u64,
    /// How many do not say where.
    pub unknown: u64,
    /// How many rules follow from them.
    pub rules: u64,
}

/// The prescriptions a decision rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Prescriptions {
    /// SHA-256 over what they say.
    pub id: String,
    /// The sources, without credentials.
    pub sources: Vec<String>,
    /// Name and release of each prescription that says so.
    pub releases: std::collections::BTreeMap<String, Option<String>>,
    /// How many units are written.
    pub units: u64,
    /// How many rules take part in the decision.
    pub rules: u64,
    /// How many files and units could not be used.
    pub unusable: u64,
}

/// The advisory snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advisories {
    /// SHA-256 over its records.
    pub id: String,
    /// The sources.
    pub sources: Vec<String>,
    /// How many records about PyPI.
    pub records: u64,
    /// When the newest record was changed.
    pub newest: Option<String>,
    /// When it was fetched or checked last.
    pub checked: Option<String>,
    /// How old it was at the time of the run, since `checked`.
    pub age_seconds: Option<i64>,
    /// Records that could not be used: place and reason.
    pub rejected: Vec<String>,
    /// How many could not be used, listed or not.
    pub rejected_count: u64,
}

/// One fact of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// The project requires something.
    Want {
        /// The requirement as written.
        requirement: String,
        /// Where.
        origin: Origin,
        /// The fact for people.
        sentence: String,
    },
    /// The project supports other Python versions than the environment's; `requirement` is what it supports (`>=3.12`).
    Python {
        /// What the project supports.
        requirement: String,
        /// Where it says so.
        origin: Origin,
        /// The fact for people.
        sentence: String,
    },
    /// A constraint bounds something.
    Constraint {
        /// The constraint as written.
        requirement: String,
        /// Where.
        origin: Origin,
        /// The fact for people.
        sentence: String,
    },
    /// An override replaces what others require.
    Override {
        /// The override as written.
        requirement: String,
        /// Where.
        origin: Origin,
        /// The fact for people.
        sentence: String,
    },
    /// Releases of one package require releases of another.
    Requires {
        /// The package that requires.
        package: String,
        /// The package required.
        on: String,
        /// What is required, each with the versions that do.
        edges: Vec<Edge>,
        /// The fact for people.
        sentence: String,
    },
    /// Releases may not be chosen.
    Excluded {
        /// The package.
        package: String,
        /// Why, as a clause after "each of them"; one of a fixed set.
        why: String,
        /// What is particular to some of the releases: the Python versions required, the reason of a yank, ids of reports.
        details: Vec<String>,
        /// Who set the filter, when that is known.
        origin: Option<Origin>,
        /// The versions, newest first.
        versions: Vec<String>,
        /// The fact for people.
        sentence: String,
    },
    /// A prescription keeps releases of several packages apart.
    Rule {
        /// Its name.
        name: String,
        /// Where it is written.
        origin: Origin,
        /// Why; empty when it does not say.
        why: String,
        /// The releases, as requirements.
        members: Vec<String>,
        /// The fact for people.
        sentence: String,
    },
    /// No index has the package.
    Missing {
        /// The package.
        package: String,
        /// What the indexes said.
        answers: Vec<Answer>,
        /// The fact for people.
        sentence: String,
    },
}

/// What some releases require.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// The requirement applies when all of these extras are in use.
    pub when: Vec<String>,
    /// The extras that are asked for.
    pub extras: Vec<String>,
    /// The specifiers; empty for any version.
    pub specifiers: String,
    /// The versions that require so, newest first.
    pub versions: Vec<String>,
}

/// What an index said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The index.
    pub index: String,
    /// What it said.
    pub answer: String,
}

/// Something that could not be found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// What it bears on.
    pub about: String,
    /// Why it is not known, as a clause.
    pub why: String,
}

/// What the run took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Effort {
    /// Packages looked at.
    pub packages: u64,
    /// Releases whose metadata was read.
    pub releases_read: u64,
    /// Requests sent over the network.
    pub requests: u64,
    /// Steps of the search.
    pub steps: u64,
    /// Wall time.
    pub milliseconds: u64,
}

/// The lock that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lock {
    /// Its path; `-` for standard output.
    pub path: String,
    /// Its format: `pylock`, `requirements` or `pipfile`.
    pub format: &'static str,
    /// SHA-256 over its bytes.
    pub sha256: Option<String>,
}
