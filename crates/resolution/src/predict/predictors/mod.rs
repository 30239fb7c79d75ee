//! The predictors, a file each.

mod annealing;
mod coverage;
mod hill_climbing;
mod latest;
mod neighbourhood;
mod package_combinations;
mod random_walk;
mod sampling;
mod temporal_difference;
mod tree_search;

use std::{collections::BTreeSet, fmt, str::FromStr};

use packaging::PackageName;
use serde::{Deserialize, Serialize};

pub use self::{
    annealing::Annealing, coverage::Coverage, hill_climbing::HillClimbing, latest::Latest,
    package_combinations::PackageCombinations, random_walk::RandomWalk, sampling::Sampling,
    temporal_difference::TemporalDifference, tree_search::TreeSearch,
};
use super::{Predictor, World, policy::Policy};

/// Which predictor walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// [`TemporalDifference`].
    TemporalDifference,
    /// [`TreeSearch`].
    TreeSearch,
    /// [`Annealing`].
    Annealing,
    /// [`HillClimbing`].
    HillClimbing,
    /// [`Sampling`].
    Sampling,
    /// [`RandomWalk`], all releases alike.
    RandomWalk,
    /// [`RandomWalk`], newer releases likelier.
    TermialWalk,
    /// [`Latest`].
    Latest,
    /// [`PackageCombinations`].
    PackageCombinations,
}

/// What else a predictor is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many partial stacks or nodes of a tree are held at most.
    pub beam_width: usize,
    /// After how many steps the temporal difference learns.
    pub steps: usize,
    /// Whether what it learns is passed on to all choices before.
    pub trace: bool,
    /// The packages whose combinations are enumerated.
    pub combinations: BTreeSet<PackageName>,
    /// What was learned before.
    pub policy: Policy,
}

impl Default for Options {
    fn default() -> Self {
        Self { beam_width: 10_000, steps: 4, trace: true, combinations: BTreeSet::new(), policy: Policy::default() }
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::TemporalDifference,
        Self::TreeSearch,
        Self::Annealing,
        Self::HillClimbing,
        Self::Sampling,
        Self::RandomWalk,
        Self::TermialWalk,
        Self::Latest,
        Self::PackageCombinations,
    ];

    /// The word on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::TemporalDifference => "td",
            Self::TreeSearch => "mcts",
            Self::Annealing => "annealing",
            Self::HillClimbing => "hill-climbing",
            Self::Sampling => "sampling",
            Self::RandomWalk => "random-walk",
            Self::TermialWalk => "termial-walk",
            Self::Latest => "latest",
            Self::PackageCombinations => "package-combinations",
        }
    }

    /// A new predictor for a world.
    pub fn predictor(self, world: &World, options: &Options) -> Box<dyn Predictor> {
        match self {
            Self::TemporalDifference => {
                Box::new(TemporalDifference::new(world, options.steps, options.trace, &options.policy))
            }
            Self::TreeSearch => Box::new(TreeSearch::new(world, options.beam_width)),
            Self::Annealing => Box::new(Annealing::new(world)),
            Self::HillClimbing => Box::new(HillClimbing::new(world)),
            Self::Sampling => Box::new(Sampling::new(options.beam_width)),
            Self::RandomWalk => Box::new(RandomWalk { termial: false }),
            Self::TermialWalk => Box::new(RandomWalk { termial: true }),
            Self::Latest => Box::new(Latest),
            Self::PackageCombinations => Box::new(PackageCombinations::new(world, &options.combinations)),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|one| one.name() == word).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("`{word}` is not a predictor: one of {names} is expected")
        })
    }
}
