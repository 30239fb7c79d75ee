//! What was tried least, first.

use packaging::{PackageName, Version};
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::{Action, Chance, Predictor, State, World};

/// Resolves the open packages in any order, each to the release that is in the most new pairs with those chosen already; of
/// equal ones that which was tried least, then the preferred one. So every pair of releases that can be together is soon
/// tried: the greedy construction of covering arrays of Cohen, Dalal, Fredman and Patton (The AETG System, 1997).
#[derive(Clone, Debug)]
pub struct Coverage {
    /// By release: how often it was tried.
    tries: FxHashMap<Action, u32>,
    /// Releases that were tried together, the lesser first.
    pairs: FxHashSet<(Action, Action)>,
}

impl Coverage {
    /// Begins with what was tried before; what the world does not know of it is left out.
    pub fn new(world: &World, tried: &[Vec<(PackageName, Version)>]) -> Self {
        let mut known: FxHashMap<(&PackageName, &Version), Action> = FxHashMap::default();
        for package in 0..world.size().packages {
            for release in 0..world.releases(package) {
                let action = Action { package: package as u32, release: release as u8 };
                known.insert((world.name(package), world.version(package, release)), action);
            }
        }
        let mut coverage = Self { tries: FxHashMap::default(), pairs: FxHashSet::default() };
        for stack in tried {
            let stack: Vec<Action> =
                stack.iter().filter_map(|(name, version)| known.get(&(name, version)).copied()).collect();
            coverage.take(&stack);
        }
        coverage
    }

    fn take(&mut self, stack: &[Action]) {
        for (at, one) in stack.iter().enumerate() {
            *self.tries.entry(*one).or_default() += 1;
            self.pairs.extend(stack[..at].iter().map(|other| pair(*one, *other)));
        }
    }
}

fn pair(one: Action, other: Action) -> (Action, Action) {
    (one.min(other), one.max(other))
}

impl Predictor for Coverage {
    fn choose(&mut self, state: &State<'_>, chance: &mut Chance) -> Action {
        let open: Vec<usize> = state.open().collect();
        let package = open.get(chance.random.below(open.len())).copied().or_else(|| state.next()).unwrap_or_default();
        let chosen: Vec<Action> = state.stack().collect();
        let action = |release: usize| Action { package: package as u32, release: release as u8 };
        let worth = |release: &usize| {
            let release = action(*release);
            let new = chosen.iter().filter(|other| !self.pairs.contains(&pair(release, **other))).count();
            (chosen.len() - new, self.tries.get(&release).copied().unwrap_or_default())
        };
        action(state.preferred(package).min_by_key(worth).unwrap_or_default())
    }

    fn done(&mut self, state: &State<'_>, _score: f64, _chance: &mut Chance) -> Vec<Action> {
        let stack: Vec<Action> = state.stack().collect();
        self.take(&stack);
        stack
    }
}
