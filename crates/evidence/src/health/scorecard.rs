//! OpenSSF Scorecards: how a repository is looked after, by automated checks.
//!
//! Read in the form of the Scorecard API and program, and as deps.dev hands them on.

use packaging::text::one_line;
use serde::Deserialize;

use super::{Tenths, many::Many};
use crate::text::microseconds;

/// The most checks that are kept; there are about twenty.
const MOST_CHECKS: usize = 100;
/// How many characters of a reason are kept.
const REASON: usize = 200;

/// What the checks say of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scorecard {
    /// The aggregate; `None` where no check came to a result.
    pub score: Option<Tenths>,
    /// The checks, the worst first; those without a result last.
    pub checks: Vec<Check>,
}

/// One check of a scorecard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name (`Maintained`).
    pub name: String,
    /// Its score; `None` where it came to no result.
    pub score: Option<Tenths>,
    /// Why, as the check says it.
    pub reason: String,
}

impl Scorecard {
    /// The checks of the lowest scores that are below `limit`, the worst first.
    pub fn worst(&self, limit: Tenths) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(move |check| check.score.is_some_and(|score| score < limit))
    }

    /// Whether the repository is archived, as far as the check for maintenance says so.
    pub fn is_archived(&self) -> Option<bool> {
        let maintained = self.checks.iter().find(|check| check.name == "Maintained")?;
        maintained.score.map(|score| score == Tenths(0) && maintained.reason.to_ascii_lowercase().contains("archived"))
    }
}

/// A scorecard as it is written; deps.dev has other words for the score and the repository.
#[derive(Debug, Deserialize)]
pub(super) struct Raw {
    pub(super) date: Option<String>,
    #[serde(alias = "repository")]
    pub(super) repo: Option<RawRepository>,
    #[serde(alias = "overallScore")]
    score: Option<f64>,
    #[serde(default)]
    checks: Many<RawCheck, MOST_CHECKS>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawRepository {
    pub(super) name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RawCheck {
    name: Option<String>,
    score: Option<f64>,
    reason: Option<String>,
}

impl Raw {
    /// What it says, and when it was found out, in seconds since the Unix epoch.
    pub(super) fn read(self) -> (Scorecard, Option<i64>) {
        let check = |raw: RawCheck| {
            let name = one_line(raw.name.as_deref().unwrap_or_default(), 60);
            let reason = one_line(raw.reason.as_deref().unwrap_or_default(), REASON);
            (!name.is_empty()).then(|| Check { name, score: raw.score.and_then(Tenths::of), reason })
        };
        let mut checks: Vec<Check> = self.checks.0.into_iter().filter_map(check).collect();
        checks.sort_by(|one, other| {
            (one.score.is_none(), one.score, &one.name).cmp(&(other.score.is_none(), other.score, &other.name))
        });
        let at = self.date.as_deref().and_then(microseconds).map(|at| at.div_euclid(1_000_000));
        (Scorecard { score: self.score.and_then(Tenths::of), checks }, at)
    }
}
