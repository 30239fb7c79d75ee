//! A stack and those that differ from it in a few packages that have to do with each other.

use super::super::{Action, Chance, State, World};

/// The most packages that are let go at once.
const MOST_LOOSE: usize = 5;
/// How likely one that was let go takes its cheapest release.
const CHEAPEST: f64 = 0.5;

/// A stack, of which a few packages may be chosen anew.
#[derive(Clone, Debug)]
pub(super) struct Neighbourhood {
    /// By package: the release in the stack.
    current: Vec<Option<u8>>,
    loose: Vec<bool>,
    /// The packages in the stack.
    packages: Vec<u32>,
}

impl Neighbourhood {
    pub(super) fn new(world: &World) -> Self {
        let packages = world.size().packages;
        Self { current: vec![None; packages], loose: vec![false; packages], packages: Vec::new() }
    }

    /// The next release: that of the stack; of a package that was let go, one drawn; else the cheapest.
    pub(super) fn choose(&self, state: &State<'_>, chance: &mut Chance) -> Action {
        let package = state.next().unwrap_or_default();
        let left = state.left(package);
        let as_before = self.current[package].filter(|release| !self.loose[package] && left >> release & 1 == 1);
        let release = as_before.map(usize::from).unwrap_or_else(|| {
            let drawn = self.loose[package] && chance.random.unit() >= CHEAPEST;
            let place = if drawn { chance.random.termial(left.count_ones() as usize) } else { 0 };
            state.preferred(package).nth(place).unwrap_or_default()
        });
        Action { package: package as u32, release: release as u8 }
    }

    /// Moves to a complete stack.
    pub(super) fn take(&mut self, state: &State<'_>) {
        self.current.fill(None);
        self.packages.clear();
        for action in state.stack() {
            self.current[action.package as usize] = Some(action.release);
            self.packages.push(action.package);
        }
    }

    /// Lets a package go, as often as not one that is not at its cheapest, and some of those that have to do with it.
    pub(super) fn shake(&mut self, state: &State<'_>, chance: &mut Chance) {
        self.loose.fill(false);
        let random = &mut chance.random;
        let Some(mut at) = self.packages.get(random.below(self.packages.len())).copied() else { return };
        if random.below(2) == 0 {
            let loses = |package: &u32| {
                let release = self.current[*package as usize];
                release.is_some_and(|release| state.loss(*package as usize, usize::from(release)) > 0.0)
            };
            let losing: Vec<u32> = self.packages.iter().copied().filter(loses).collect();
            at = losing.get(random.below(losing.len())).copied().unwrap_or(at);
        }
        self.loose[at as usize] = true;
        for _ in 0..random.below(MOST_LOOSE) {
            let near = state.neighbours(at as usize);
            let Some(next) = near.get(random.below(near.len())).copied() else { break };
            self.loose[next as usize] = true;
            if random.below(2) == 0 {
                at = next;
            }
        }
    }
}
