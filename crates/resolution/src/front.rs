//! The front between exposure and freshness: the stacks of which none is both fresher and less exposed than another.
//!
//! The freshest stack is found first, and of equally fresh ones the least exposed. Then stacks that are no less exposed are
//! ruled out, one after the other: whatever has, of each vulnerable package, a release as exposed as the one found is at
//! least as exposed as the stack found. What is proved of a search stays proved when stacks are ruled out, so each next stack
//! costs little, and each one that is less exposed than those before is the freshest of its exposure.

use packaging::{PackageName, Version};

use crate::{
    catalogue::Candidate,
    cost::Cost,
    objective::{Level, Objective},
    search::{Search, Stack, StackRelease},
    why::Comparison,
};

/// What a stack risks: vulnerabilities known to be exploited, and exposure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Risk {
    /// See [`Level::Exploited`].
    pub exploited: i64,
    /// See [`Level::Exposure`].
    pub exposure: i64,
}

/// The front as far as it was found, the freshest stack first.
///
/// The caller steps a [`Search`] whose objective is [`Objective::freshest`] and hands over each stack decided, until told that
/// there are no more.
#[derive(Debug)]
pub struct Front {
    least: Risk,
    decisions: usize,
    points: Vec<(Risk, Stack)>,
    complete: bool,
}

/// Points of a front beside the chosen stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternatives {
    /// How they differ from the chosen stack, the least exposed first.
    pub points: Vec<Comparison>,
    /// How many were found, told or not.
    pub found: usize,
    /// Whether there are no others.
    pub complete: bool,
}

impl Front {
    /// A front that ends at `least`, the smallest risk there is as far as that is known, or after so many decisions.
    pub fn new(least: Risk, decisions: usize) -> Self {
        Self { least, decisions, points: Vec::new(), complete: false }
    }

    /// Takes the next stack decided and rules out what is no less exposed. Whether the search is to go on.
    pub fn take(&mut self, search: &mut Search, stack: Stack) -> bool {
        let objective = search.problem().objective.clone();
        let risk = risk(&objective, &stack.cost);
        let last_resorts = |stack: &Stack| amount(&objective, &stack.cost, Level::LastResort);
        // From here on, less exposure is had with more last resorts only.
        if self.points.first().is_some_and(|(_, first)| last_resorts(first) < last_resorts(&stack)) {
            self.complete = true;
            return false;
        }
        self.decisions = self.decisions.saturating_sub(1);
        let together = as_exposed(search, &objective, &stack);
        if self.points.last().is_none_or(|(least, _)| risk < *least) {
            self.points.push((risk, stack));
        }
        self.complete = risk <= self.least;
        if self.complete || self.decisions == 0 {
            return false;
        }
        search.forbid(&together);
        true
    }

    /// Told that no stack is left.
    pub fn exhausted(&mut self) {
        self.complete = true;
    }

    /// Whether there are no other points.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The points found, the freshest first.
    pub fn into_points(self) -> Vec<Stack> {
        self.points.into_iter().map(|(_, stack)| stack).collect()
    }
}

/// What a cost says of risk.
pub fn risk(objective: &Objective, cost: &Cost) -> Risk {
    let amount = |level: Level| amount(objective, cost, level);
    Risk { exploited: amount(Level::Exploited), exposure: amount(Level::Exposure) }
}

fn amount(objective: &Objective, cost: &Cost, level: Level) -> i64 {
    objective.levels().iter().position(|one| *one == level).map_or(0, |position| cost.at(position))
}

/// Of each vulnerable package of a stack, the releases at least as exposed as the one chosen.
fn as_exposed(search: &Search, objective: &Objective, stack: &Stack) -> Vec<(PackageName, Vec<Version>)> {
    let of = |release: &StackRelease| {
        let package = search.catalogue().package(&release.name)?;
        let risk = |candidate: &Candidate| risk(objective, &candidate.cost);
        let chosen = risk(package.candidates.iter().find(|one| one.version == release.version)?);
        let exposed = package.candidates.iter().filter(|one| risk(one) >= chosen);
        let versions = exposed.map(|one| one.version.clone()).collect();
        (chosen > Risk::default()).then(|| (package.name.clone(), versions))
    };
    stack.releases.iter().filter_map(of).collect()
}
