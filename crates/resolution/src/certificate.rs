//! What was proved of a stack, and of which problem.

use std::fmt;

use crate::{
    catalogue::Catalogue,
    objective::{Level, Objective},
    predict::{Kind, Point, Size},
    search::Stack,
};

/// What was proved of a stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Certificate {
    /// The levels of the objective, the most important first.
    pub levels: Vec<ProvedLevel>,
    /// Why the search ended before the proof, when it did.
    pub stopped: Option<Stopped>,
    /// How a predictor found the stack, when one did: the levels then say how far it is from what the exact search proved.
    pub heuristic: Option<Heuristic>,
    /// What the proof is about.
    pub scope: Scope,
    /// Identifies the problem: SHA-256, in hexadecimal digits, over the lines of `statement`, each with a line end.
    pub problem: String,
    /// The problem line by line: requirements, environment, as-of date, evidence and policy, without credentials.
    pub statement: Vec<String>,
}

impl Certificate {
    /// Whether no better stack exists.
    pub fn is_optimal(&self) -> bool {
        !self.levels.is_empty() && self.levels.iter().all(|level| level.is_optimal)
    }
}

/// How a predictor found a stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Heuristic {
    /// Which it was.
    pub predictor: Kind,
    /// What all its chance came from.
    pub seed: u64,
    /// Complete stacks scored.
    pub stacks: u64,
    /// Choices made.
    pub iterations: u64,
    /// Choices that no stack has, and that were taken back.
    pub rejected: u64,
    /// Dead ends learned from.
    pub learned: u64,
    /// Choices made until the first stack was complete.
    pub first: Option<u64>,
    /// Whether every stack of the world was seen.
    pub exhausted: bool,
    /// Time spent walking: milliseconds.
    pub milliseconds: u64,
    /// The releases that could be walked: only what was read.
    pub world: Size,
    /// The score of the stack: see [`crate::predict::scale`].
    pub score: f64,
    /// The score of the best stack there can be, as far as the exact search proved. One that is worse by the levels may score
    /// a little more: see [`crate::predict::scale`].
    pub bound: f64,
    /// The course of the walks.
    pub history: Vec<Point>,
}

impl Heuristic {
    /// Complete stacks scored in a second; none when that was too short to tell.
    pub fn pace(&self) -> Option<f64> {
        (self.milliseconds > 0).then(|| self.stacks as f64 * 1000.0 / self.milliseconds as f64)
    }
}

/// What was proved on one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvedLevel {
    /// The level.
    pub level: Level,
    /// What the stack costs on it.
    pub value: i64,
    /// What any stack costs on it at least that is as good on the levels before.
    pub bound: i64,
    /// Whether the best stack costs exactly `value` on it.
    pub is_optimal: bool,
}

impl ProvedLevel {
    /// What the bound of a stack says level by level.
    ///
    /// The first level on which cost and bound differ is bounded; those before are settled. On those after it nothing is
    /// proved besides that costs are never negative: a better stack may pay more there.
    pub fn all(objective: &Objective, stack: &Stack) -> Vec<Self> {
        let (mut is_tight, mut is_settled) = (true, true);
        let pairs = objective.amounts(&stack.cost).into_iter().zip(objective.amounts(&stack.lower_bound));
        let mut levels = Vec::new();
        for ((level, value), (_, bound)) in pairs {
            let least = if is_tight { bound.max(0) } else { 0 };
            is_tight = is_tight && value == bound;
            is_settled = is_settled && value == least;
            levels.push(Self { level, value, bound: least, is_optimal: is_settled });
        }
        levels
    }
}

/// What a proof is about: every release that could have been chosen, whether it was read or is covered by its known cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Packages that were looked at.
    pub packages: usize,
    /// Releases of them that environment and policy admit.
    pub releases: usize,
    /// How many of these were read.
    pub read: usize,
}

impl Scope {
    /// What a search knows.
    pub fn of(catalogue: &Catalogue) -> Self {
        Self {
            packages: catalogue.packages().len(),
            releases: catalogue.packages().iter().map(|package| package.candidates.len()).sum(),
            read: catalogue.releases_read(),
        }
    }
}

/// Why a search ended before its proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The time was up.
    Timeout {
        /// What it was allowed.
        milliseconds: u64,
    },
    /// The process took too much memory.
    Memory {
        /// What it was allowed.
        bytes: u64,
    },
    /// The user interrupted it.
    Interrupted,
}

impl fmt::Display for Stopped {
    /// As a clause (`the time limit of 2.5 s was reached`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout { milliseconds } => {
                let thousandths = format!("{:03}", milliseconds % 1000);
                let rest = thousandths.trim_end_matches('0');
                let point = if rest.is_empty() { "" } else { "." };
                write!(f, "the time limit of {}{point}{rest} s was reached", milliseconds / 1000)
            }
            Self::Memory { bytes } => {
                let tenths = bytes / 100_000;
                let rest = if tenths % 10 == 0 { String::new() } else { format!(".{}", tenths % 10) };
                write!(f, "the memory limit of {}{rest} MB was reached", tenths / 10)
            }
            Self::Interrupted => f.write_str("it was interrupted"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cost::Cost,
        objective::{Direction, Recommendation},
    };

    #[test]
    fn what_comes_after_a_gap_is_not_settled_even_where_nothing_is_lost() {
        let objective = Objective::new(Recommendation::Latest, Direction::Highest);
        let cost = objective.cost(Level::Change, 3) + objective.cost(Level::DirectFreshness, 2);
        let lower_bound = objective.cost(Level::Change, 1) + objective.cost(Level::Freshness, 9);
        let stack = Stack { releases: Vec::new(), cost, lower_bound };
        let proved = |level, value, bound, is_optimal| ProvedLevel { level, value, bound, is_optimal };
        assert_eq!(
            ProvedLevel::all(&objective, &stack),
            [
                proved(Level::LastResort, 0, 0, true),
                proved(Level::Change, 3, 1, false),
                proved(Level::DirectFreshness, 2, 0, false),
                proved(Level::Freshness, 0, 0, false),
            ]
        );
    }

    #[test]
    fn a_bound_that_is_lower_for_a_difference_of_weights_is_no_less_than_nothing() {
        let objective = Objective::new(Recommendation::Latest, Direction::Highest);
        let lower_bound = Cost::on(1, 2) - Cost::on(2, 5);
        let stack = Stack { releases: Vec::new(), cost: Cost::on(1, 2) + Cost::on(2, 4), lower_bound };
        let levels = ProvedLevel::all(&objective, &stack);
        assert!(levels.iter().all(|level| level.bound >= 0), "{levels:?}");
        assert_eq!((levels[2].value, levels[2].bound, levels[2].is_optimal), (4, 0, false));
    }

    #[test]
    fn limits_are_told_in_their_units() {
        let told = [Stopped::Timeout { milliseconds: 10_000 }, Stopped::Timeout { milliseconds: 1_050 }];
        assert_eq!(
            told.map(|one| one.to_string()),
            ["the time limit of 10 s was reached", "the time limit of 1.05 s was reached"]
        );
        assert_eq!(Stopped::Memory { bytes: 500_000_000 }.to_string(), "the memory limit of 500 MB was reached");
        assert_eq!(Stopped::Memory { bytes: 1_550_000 }.to_string(), "the memory limit of 1.5 MB was reached");
    }
}
