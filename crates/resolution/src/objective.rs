//! What "greatest" means: the levels by which stacks are compared.
//!
//! Stacks that are equal on all levels are told apart release by release, the newest first (see [`crate::search`]). The
//! number of releases is no level: an older release often requires less, and would win for that alone.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::cost::Cost;

/// The kind of stack asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Recommendation {
    /// The freshest stack; vulnerabilities are reported and do not decide.
    Latest,
    /// The least exposed stack; what remains does not fail the run.
    #[default]
    Stable,
    /// The fastest stack, of those that are known to be exploited least; other vulnerabilities decide among equally fast ones.
    Performance,
    /// The freshest stack that no rule rejects, to try new releases out: as [`Latest`](Self::Latest) until there is a measure of
    /// what a test would teach. Pre-releases take part only where the project lets them, as anywhere.
    Testing,
    /// The least exposed stack; what remains fails the run.
    Security,
}

impl Recommendation {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Latest, Self::Stable, Self::Performance, Self::Security, Self::Testing];

    /// Whether vulnerabilities decide; elsewhere they are reported only.
    pub fn weighs_vulnerabilities(self) -> bool {
        matches!(self, Self::Stable | Self::Performance | Self::Security)
    }

    /// The word on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::Stable => "stable",
            Self::Performance => "performance",
            Self::Testing => "testing",
            Self::Security => "security",
        }
    }
}

impl fmt::Display for Recommendation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Recommendation {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let one = Self::ALL.into_iter().find(|one| one.name() == word);
        one.ok_or_else(|| {
            format!(
                "`{word}` is not a recommendation type: latest, stable, performance, security or testing is expected"
            )
        })
    }
}

/// Which end of its candidates a package is drawn to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// The newest release that fits.
    #[default]
    Highest,
    /// The oldest release that fits, for every package.
    Lowest,
    /// The oldest for packages the project names itself, the newest for the rest.
    LowestDirect,
}

impl Direction {
    /// Whether a package is drawn to its oldest release.
    pub fn is_lowest(self, direct: bool) -> bool {
        match self {
            Self::Highest => false,
            Self::Lowest => true,
            Self::LowestDirect => direct,
        }
    }
}

/// One level of the objective. All are costs: less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// Releases that the project did not ask for and that are chosen only where no stack does without: pre-releases, and
    /// yanked ones that another release pins.
    LastResort,
    /// Vulnerabilities known to be exploited.
    Exploited,
    /// The sum of CVSS base scores x 10 over all vulnerabilities of all releases.
    Exposure,
    /// Performance points lost, by prescriptions about the environment at hand.
    Performance,
    /// Quality points lost: see [`quality`].
    Quality,
    /// Releases that differ from the existing lock.
    Change,
    /// How far the project's own dependencies are behind their newest usable releases.
    DirectFreshness,
    /// How far all other releases are behind.
    Freshness,
}

impl Level {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::LastResort => "last resort",
            Self::Exploited => "exploited",
            Self::Exposure => "exposure",
            Self::Performance => "performance",
            Self::Quality => "quality",
            Self::Change => "change",
            Self::DirectFreshness => "freshness of direct dependencies",
            Self::Freshness => "freshness of transitive dependencies",
        }
    }

    /// A cost on it in the unit its reader knows: exposure as a sum of CVSS scores.
    pub fn amount(self, cost: i64) -> String {
        match self {
            Self::Exposure => {
                let tenths = cost.unsigned_abs();
                format!("{}{}.{}", if cost < 0 { "-" } else { "" }, tenths / 10, tenths % 10)
            }
            _ => cost.to_string(),
        }
    }
}

/// The levels of one recommendation type, the most important first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(Recommendation, Direction)", into = "(Recommendation, Direction)")]
pub struct Objective {
    /// What was asked for.
    pub recommendation: Recommendation,
    /// Which end packages are drawn to.
    pub direction: Direction,
    levels: &'static [Level],
}

impl From<(Recommendation, Direction)> for Objective {
    fn from((recommendation, direction): (Recommendation, Direction)) -> Self {
        Self::new(recommendation, direction)
    }
}

impl From<Objective> for (Recommendation, Direction) {
    fn from(objective: Objective) -> Self {
        (objective.recommendation, objective.direction)
    }
}

impl Objective {
    /// The objective of a recommendation type.
    pub fn new(recommendation: Recommendation, direction: Direction) -> Self {
        let levels: &'static [Level] = match recommendation {
            Recommendation::Latest | Recommendation::Testing => {
                &[Level::LastResort, Level::Change, Level::DirectFreshness, Level::Freshness]
            }
            Recommendation::Performance => &[
                Level::LastResort,
                Level::Exploited,
                Level::Performance,
                Level::Exposure,
                Level::Quality,
                Level::Change,
                Level::DirectFreshness,
                Level::Freshness,
            ],
            Recommendation::Stable | Recommendation::Security => &[
                Level::LastResort,
                Level::Exploited,
                Level::Exposure,
                Level::Quality,
                Level::Change,
                Level::DirectFreshness,
                Level::Freshness,
            ],
        };
        Self { recommendation, direction, levels }
    }

    /// The same wish for a fresh stack before everything else, with vulnerabilities to tell equally fresh ones apart: what the
    /// front between freshness and exposure is made of (see [`crate::front`]). It is never what a run is asked for.
    #[must_use]
    pub fn freshest(&self) -> Self {
        let levels: &'static [Level] =
            &[Level::LastResort, Level::DirectFreshness, Level::Freshness, Level::Exploited, Level::Exposure];
        Self { levels, ..*self }
    }

    /// The levels that decide, the most important first.
    pub fn levels(&self) -> &[Level] {
        self.levels
    }

    /// `amount` on one level; nothing when the level does not decide here.
    pub fn cost(&self, level: Level, amount: u32) -> Cost {
        match self.levels.iter().position(|one| *one == level) {
            Some(position) => Cost::on(position, amount),
            None => Cost::ZERO,
        }
    }

    /// What a cost says on each level.
    pub fn amounts(&self, cost: &Cost) -> Vec<(Level, i64)> {
        self.levels.iter().enumerate().map(|(position, level)| (*level, cost.at(position))).collect()
    }
}

/// The quantised distance of a release that has `newer` better-placed usable releases before it: that number rounded down
/// to a power of two, at most 1,024. Usable is what environment, policy and the project's own bounds on the package admit.
///
/// Near the top every step counts; far from it, releases that are about equally old count alike. Few distinct costs make
/// the proof of the optimum short, and a release a little older than another never wins by noise.
pub fn distance(newer: usize) -> u32 {
    match newer.min(1024) {
        0 => 0,
        newer => 1 << newer.ilog2(),
    }
}

/// How many quality points are one step: less is noise.
pub const QUALITY_STEP: u32 = 10;

/// What a release that lost this many quality points costs on [`Level::Quality`]: whole steps only, in points, so that a
/// release which is hardly worse than a newer one never takes its place, nor the other way round.
pub fn quality(points: u32) -> u32 {
    points - points % QUALITY_STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_points_under_a_step_are_noise() {
        assert_eq!([0, 9, 10, 19, 99].map(quality), [0, 0, 10, 10, 90]);
        assert_eq!(quality(u32::MAX), u32::MAX - u32::MAX % QUALITY_STEP);
    }

    #[test]
    fn distance_rounds_down_to_powers_of_two() {
        let distances: Vec<u32> = (0..10).map(distance).collect();
        assert_eq!(distances, [0, 1, 2, 2, 4, 4, 4, 4, 8, 8]);
        assert_eq!(distance(100_000), 1024);
    }

    #[test]
    fn latest_is_blind_to_exposure() {
        let latest = Objective::new(Recommendation::Latest, Direction::Highest);
        assert_eq!(latest.cost(Level::Exposure, 98), Cost::ZERO);
        let stable = Objective::new(Recommendation::Stable, Direction::Highest);
        assert!(stable.cost(Level::Exposure, 1) > stable.cost(Level::Freshness, 1_000_000));
    }
}
