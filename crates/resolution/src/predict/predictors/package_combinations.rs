//! Every combination of the releases of some packages, each once.

use std::collections::BTreeSet;

use packaging::{PackageName, Version};

use super::super::{Action, Chance, Predictor, State, World};

/// Resolves all other packages first, each to the release of a given stack, or else to the cheapest that is left, then those
/// named, the newest first; a combination of them that was found is ruled out, so that the next stack has another. When all
/// were found, the run ends. Where none of the named packages is in a stack, its releases as a whole are the combination.
#[derive(Clone, Debug)]
pub struct PackageCombinations {
    named: Vec<bool>,
    /// By package: the release of the stack to stay near to.
    near: Vec<Option<usize>>,
}

impl PackageCombinations {
    /// The combinations of these packages; names that the world does not know are left out.
    pub fn new(world: &World, named: &BTreeSet<PackageName>) -> Self {
        let packages = 0..world.size().packages;
        let named: Vec<bool> = packages.map(|package| named.contains(world.name(package))).collect();
        Self { near: vec![None; named.len()], named }
    }

    /// The same, with the packages that are not named as near to a stack as that allows.
    pub fn near(mut self, world: &World, stack: &[(PackageName, Version)]) -> Self {
        for (name, version) in stack {
            let Some(package) = world.number(name) else { continue };
            let is_it = |release: &usize| world.version(package, *release) == version;
            self.near[package] = (0..world.releases(package)).find(is_it);
        }
        self
    }
}

impl Predictor for PackageCombinations {
    fn choose(&mut self, state: &State<'_>, _chance: &mut Chance) -> Action {
        let others = state.open().find(|package| !self.named[*package]);
        let package = others.or_else(|| state.next()).unwrap_or_default();
        let release = match others {
            Some(package) => {
                let near = self.near[package].filter(|release| state.left(package) >> release & 1 == 1);
                near.or_else(|| state.preferred(package).next()).unwrap_or_default()
            }
            None => state.left(package).trailing_zeros() as usize,
        };
        Action { package: package as u32, release: release as u8 }
    }

    fn done(&mut self, state: &State<'_>, _score: f64, _chance: &mut Chance) -> Vec<Action> {
        let named: Vec<Action> = state.stack().filter(|action| self.named[action.package as usize]).collect();
        if named.is_empty() { state.stack().collect() } else { named }
    }
}
