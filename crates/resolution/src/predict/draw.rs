//! Draws different stacks from a world, to be tried one after the other.
//!
//! Unlike a walk for the best stack, every stack counts, in the order in which it is drawn, and none is drawn twice.

use std::{collections::BTreeSet, fmt};

use packaging::{PackageName, Version};

use super::{
    Action, Budget, Chance, Predictor, State, Step, World,
    predictors::{Coverage, PackageCombinations, RandomWalk},
    walk,
};

/// Releases that are in a stack together.
pub type Releases = Vec<(PackageName, Version)>;

/// Which stacks are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decision {
    /// All there are, those with the preferred releases first.
    #[default]
    All,
    /// Any, all releases alike.
    Random,
    /// All combinations of the releases of some packages; the rest stays as near to a given stack as that allows.
    Combinations,
    /// Those that tell most: releases and pairs of releases that were tried least.
    Learn,
}

impl Decision {
    /// The word on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Random => "random",
            Self::Combinations => "combinations",
            Self::Learn => "learn",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What stacks are drawn by.
#[derive(Clone, Debug)]
pub struct Draw<'a> {
    /// Which are drawn.
    pub decision: Decision,
    /// The packages whose releases are combined.
    pub combined: &'a BTreeSet<PackageName>,
    /// The stack to stay near to.
    pub near: &'a [(PackageName, Version)],
    /// Stacks that were tried before.
    pub tried: &'a [Releases],
    /// Where all chance comes from.
    pub seed: u64,
    /// The most stacks.
    pub count: usize,
}

/// Stacks that were drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// The stacks, in the order in which they were drawn.
    pub stacks: Vec<Releases>,
    /// Whether the world has no other stack of this kind.
    pub exhausted: bool,
}

/// Draws stacks. `clock` tells which share of the time is used; from 1 on no more are drawn.
pub fn draw(world: &World, draw: &Draw<'_>, clock: &mut dyn FnMut() -> f64) -> Drawn {
    let nothing = BTreeSet::new();
    let combined = |named| PackageCombinations::new(world, named).near(world, draw.near);
    let mut drawing = Drawing {
        predictor: match draw.decision {
            Decision::All => Box::new(combined(&nothing)),
            Decision::Combinations => Box::new(combined(draw.combined)),
            Decision::Random => Box::new(RandomWalk { termial: false }),
            Decision::Learn => Box::new(Coverage::new(world, draw.tried)),
        },
        stacks: Vec::new(),
    };
    let budget = Budget { limit: draw.count as u64, count: 1 };
    let walked = walk(world, &mut drawing, draw.seed, budget, clock);
    let release = |Action { package, release }: &Action| {
        let package = *package as usize;
        (world.name(package).clone(), world.version(package, usize::from(*release)).clone())
    };
    let named = |stack: &Vec<Action>| {
        let mut releases: Releases = stack.iter().map(release).collect();
        releases.sort_unstable();
        releases
    };
    Drawn { stacks: drawing.stacks.iter().map(named).collect(), exhausted: walked.exhausted }
}

/// Takes down what a predictor finds, and has none found twice.
#[derive(Debug)]
struct Drawing {
    predictor: Box<dyn Predictor>,
    stacks: Vec<Vec<Action>>,
}

impl Predictor for Drawing {
    fn choose(&mut self, state: &State<'_>, chance: &mut Chance) -> Action {
        self.predictor.choose(state, chance)
    }

    fn learn(&mut self, step: &Step<'_, '_>) {
        self.predictor.learn(step);
    }

    fn done(&mut self, state: &State<'_>, score: f64, chance: &mut Chance) -> Vec<Action> {
        let stack: Vec<Action> = state.stack().collect();
        self.stacks.push(stack.clone());
        let ruled_out = self.predictor.done(state, score, chance);
        if ruled_out.is_empty() { stack } else { ruled_out }
    }
}
