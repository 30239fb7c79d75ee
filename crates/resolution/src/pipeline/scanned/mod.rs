//! From what was seen inside releases to rules: what it means to a decision, and what is told of it.
//!
//! A release that looks hostile is left out where security is asked for ([`HOSTILE`]); findings become quality points
//! ([`density`], [`FINDINGS`]), and so does what a small upgrade can suddenly do ([`CHANGES`]). Looking is left to others, and so is
//! which releases are looked into: those that a search chose, until all of a stack are known.
//!
//! A release is compared with the newest of its package, which are looked into with it where there is something to compare. What
//! was not looked into costs nothing for that, so that looking only ever adds to a cost: a stack whose releases are all known,
//! and than which none is better by what is known, is the best, whatever further looks would say.

pub mod density;
mod telling;

use std::{collections::BTreeMap, fmt};

use evidence::Ignores;
use packaging::{Origin, PackageName, Version};
use serde::{Deserialize, Serialize};

pub use self::density::Counts;
use super::units::scans;
use crate::{
    objective::{Level, Recommendation},
    pipeline::Pipeline,
    policy::Policy,
    rule::{Effect, Member, Rule},
};

/// The unit whose rules leave releases out that look hostile.
pub const HOSTILE: &str = "HostileSieve";
/// The unit whose rules come from findings.
pub const FINDINGS: &str = "FindingsStep";
/// The unit whose rules come from what a small upgrade can suddenly do.
pub const CHANGES: &str = "ChangesStep";

/// Where rules and remarks are from.
const ORIGIN: &str = "scans";
/// What a small upgrade loses for a serious capability that it gained, in quality points.
pub const GAINED: u32 = 50;

/// How far releases are looked into while a stack is decided on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scan {
    /// Not at all.
    #[default]
    None,
    /// The chosen ones are looked into and told about; of what is seen, only hostile code decides.
    Chosen,
    /// Findings and changes decide as well: other releases are looked into as far as they may be better.
    Candidates,
}

impl Scan {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Chosen => "chosen",
            Self::Candidates => "candidates",
        }
    }
}

/// What was seen in the file of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Findings about its code, by severity and confidence.
    pub counts: Counts,
    /// Lines of Python code.
    pub code: u64,
    /// What looks hostile, and surely so: the first place of each rule.
    pub signs: Vec<Sign>,
    /// What of the archive could not be read, as a clause; `None` where all was.
    pub unread: Option<String>,
    /// How many of its Python files could not be looked at.
    pub skipped: u64,
    /// What it can do that the release it would replace cannot, where it is serious, as clauses.
    pub gained: Vec<String>,
}

/// A place in a release that looks hostile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sign {
    /// The rule that says so (`T131`).
    pub rule: String,
    /// File and line.
    pub place: String,
    /// What it is.
    pub message: String,
}

impl Sign {
    /// The identifier, as the user wrote it, by which the sign is accepted: `PACKAGE:RULE`, which names both because either alone
    /// would accept more than somebody looked at.
    pub fn accepted<'i>(&self, package: &PackageName, ignores: &'i Ignores) -> Option<&'i str> {
        ignores.named(&format!("{package}:{}", self.rule))
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.rule, self.place, self.message)
    }
}

/// What is known of releases by looking into them. What could not be looked into has the reason, as a clause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scans {
    /// What was asked for.
    pub scan: Scan,
    /// By package: the releases that were looked into, or were to be.
    pub seen: BTreeMap<PackageName, BTreeMap<Version, Result<Seen, String>>>,
    /// By package: its newest releases, where others are compared with them.
    pub newest: BTreeMap<PackageName, Vec<Version>>,
}

impl Scans {
    /// Nothing yet.
    pub fn new(scan: Scan) -> Self {
        Self { scan, ..Self::default() }
    }

    /// What is known of a release; `None` where nobody tried.
    pub fn of(&self, package: &PackageName, version: &Version) -> Option<&Result<Seen, String>> {
        self.seen.get(package)?.get(version)
    }

    /// Takes in what was seen in a release, or why nothing was.
    pub fn take(&mut self, package: &PackageName, version: &Version, seen: Result<Seen, String>) {
        self.seen.entry(package.clone()).or_default().insert(version.clone(), seen);
    }

    /// Whether a release is to be compared with the newest of its package, and is not yet.
    pub fn is_to_compare(&self, package: &PackageName, version: &Version, policy: &Policy) -> bool {
        let much = matches!(self.of(package, version), Some(Ok(seen)) if density::is_much(seen));
        much && self.scan == Scan::Candidates
            && policy.pipeline.takes(FINDINGS)
            && policy.objective.levels().contains(&Level::Quality)
            && !self.newest.contains_key(package)
    }

    /// The density of the best of the newest releases; `None` where they are not all known.
    fn least(&self, package: &PackageName) -> Option<u64> {
        let newest = self.newest.get(package)?;
        let known: Option<Vec<&Seen>> = newest.iter().map(|one| self.of(package, one)?.as_ref().ok()).collect();
        let readable = known?.into_iter().filter(|seen| seen.unread.is_none());
        Some(readable.map(density::density).min().unwrap_or_default())
    }

    /// How many releases were looked into, and how many could not be.
    pub fn counts(&self) -> (usize, usize) {
        let all = || self.seen.values().flat_map(BTreeMap::values);
        (all().filter(|one| one.is_ok()).count(), all().filter(|one| one.is_err()).count())
    }

    /// What the search has to know of it.
    pub fn rules(&self, policy: &Policy) -> Vec<Rule> {
        let (objective, pipeline) = (&policy.objective, &policy.pipeline);
        let mut rules = Vec::new();
        for (package, seen) in &self.seen {
            if objective.recommendation == Recommendation::Security && pipeline.takes(HOSTILE) {
                rules.extend(hostile(package, seen, &policy.ignores));
            }
            let weighs = self.scan == Scan::Candidates && objective.levels().contains(&Level::Quality);
            // What cannot be looked into must not win for that, nor lose: no points then of the whole package.
            if !weighs || seen.values().any(Result::is_err) {
                continue;
            }
            if let Some(least) = self.least(package).filter(|_| pipeline.takes(FINDINGS)) {
                rules.extend(findings(package, seen, least));
            }
            if pipeline.takes(CHANGES) {
                rules.extend(changes(package, seen));
            }
        }
        rules
    }
}

type Known = BTreeMap<Version, Result<Seen, String>>;

fn seen(known: &Known) -> impl Iterator<Item = (&Version, &Seen)> {
    known.iter().filter_map(|(version, seen)| Some((version, seen.as_ref().ok()?)))
}

/// Leaves out what looks hostile, unless every sign is accepted.
fn hostile(package: &PackageName, known: &Known, ignores: &Ignores) -> Vec<Rule> {
    let open = |(version, seen): (&Version, &Seen)| {
        let sign = seen.signs.iter().find(|sign| sign.accepted(package, ignores).is_none())?;
        let member = Member::exactly(package.clone(), version.clone());
        Some(rule(HOSTILE, sign.to_string(), Effect::Forbid(vec![member])))
    };
    seen(known).filter_map(open).collect()
}

/// How many releases of a package are compared.
pub fn looks(pipeline: &Pipeline) -> usize {
    usize::try_from(pipeline.settings(&scans::FINDINGS).number(scans::LOOKS)).unwrap_or(usize::MAX)
}

/// What releases lose for findings.
fn findings(package: &PackageName, known: &Known, least: u64) -> Vec<Rule> {
    let points = seen(known).map(|(version, seen)| (version, seen, density::points(seen, least)));
    let losing = points.filter(|(.., points)| *points > 0);
    losing
        .map(|(version, seen, points)| {
            rule(
                FINDINGS,
                density::compared(seen, least),
                lost(Member::exactly(package.clone(), version.clone()), points),
            )
        })
        .collect()
}

/// What small upgrades lose for what they can suddenly do.
fn changes(package: &PackageName, known: &Known) -> Vec<Rule> {
    let gaining = seen(known).filter(|(_, seen)| !seen.gained.is_empty());
    gaining
        .map(|(version, seen)| {
            rule(CHANGES, telling::gained(seen), lost(Member::exactly(package.clone(), version.clone()), GAINED))
        })
        .collect()
}

fn lost(member: Member, points: u32) -> Effect {
    let points = i32::try_from(points).unwrap_or(i32::MAX);
    Effect::Points { members: vec![member], level: Level::Quality, points }
}

fn rule(name: &str, reason: String, effect: Effect) -> Rule {
    Rule { name: name.to_string(), origin: Origin::file(ORIGIN), own: false, reason, effect }
}

/// Whether an upgrade is small: a minor or a patch release, of which nobody expects that it can do something else.
pub fn is_small(before: &Version, after: &Version) -> bool {
    before < after && before.epoch() == after.epoch() && before.release().first() == after.release().first()
}
