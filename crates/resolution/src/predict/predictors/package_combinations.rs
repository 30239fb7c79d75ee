//! Every combination of the releases of some packages, each once.

use std::collections::BTreeSet;

use packaging::PackageName;

use super::super::{Action, Chance, Predictor, State, World};

/// Resolves all other packages first, each to the cheapest release that is left, then those named, the newest first; a
/// combination of them that was found is ruled out, so that the next stack has another. When all were found, the run ends.
/// Where none of the named packages is in a stack, its releases as a whole are the combination.
#[derive(Clone, Debug)]
pub struct PackageCombinations {
    named: Vec<bool>,
}

impl PackageCombinations {
    /// The combinations of these packages; names that the world does not know are left out.
    pub fn new(world: &World, named: &BTreeSet<PackageName>) -> Self {
        let packages = 0..world.size().packages;
        Self { named: packages.map(|package| named.contains(world.name(package))).collect() }
    }
}

impl Predictor for PackageCombinations {
    fn choose(&mut self, state: &State<'_>, _chance: &mut Chance) -> Action {
        let others = state.open().find(|package| !self.named[*package]);
        let package = others.or_else(|| state.next()).unwrap_or_default();
        let release = match others {
            Some(package) => state.preferred(package).next().unwrap_or_default(),
            None => state.left(package).trailing_zeros() as usize,
        };
        Action { package: package as u32, release: release as u8 }
    }

    fn done(&mut self, state: &State<'_>, _score: f64, _chance: &mut Chance) -> Vec<Action> {
        let named: Vec<Action> = state.stack().filter(|action| self.named[action.package as usize]).collect();
        if named.is_empty() { state.stack().collect() } else { named }
    }
}
