//! What was learned of releases, to begin with the next time.

use packaging::{PackageName, Version};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{nogoods::Action, world::World};

/// The most releases of which something is kept: those that were tried most often.
const MOST: usize = 20_000;
/// The most tries that count from before, so that what is learned anew still changes something.
const MOST_TRIES: u32 = 20;
/// Nothing loses more: the levels together count `1 + 1/16 + 1/256 + …`. What says so was not learned.
const MOST_LOST: f64 = 1.1;

/// What choosing a release is worth, from there to the end of the stack.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Value {
    pub(super) mean: f64,
    pub(super) count: u32,
}

/// Values of releases by name and the best stack, for another world in which they are found again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Package, version, what it is worth and how often it was tried.
    pub values: Vec<(PackageName, Version, f64, u32)>,
    /// The best stack that was found.
    pub stack: Vec<(PackageName, Version)>,
}

impl Policy {
    /// What is worth to be kept of a world's values, and of the best stack in it.
    pub(super) fn of(world: &World, values: &[Value], stack: &[Action]) -> Self {
        let releases = (0..world.size().packages)
            .flat_map(|package| (0..world.releases(package)).map(move |release| (package, release)));
        let tried = releases.zip(values).filter(|(_, value)| value.count > 0 && value.mean.is_finite());
        let mut kept: Vec<_> = tried
            .map(|((package, release), value)| {
                (world.name(package).clone(), world.version(package, release).clone(), value.mean, value.count)
            })
            .collect();
        kept.sort_by(|one, other| other.3.cmp(&one.3).then_with(|| (&one.0, &one.1).cmp(&(&other.0, &other.1))));
        kept.truncate(MOST);
        let release = |action: &Action| {
            let package = action.package as usize;
            (world.name(package).clone(), world.version(package, usize::from(action.release)).clone())
        };
        Self { values: kept, stack: stack.iter().map(release).collect() }
    }

    /// By package of a world: its release in the stack, as far as it is there.
    pub(super) fn releases(&self, world: &World) -> Vec<Option<usize>> {
        let mut releases = vec![None; world.size().packages];
        for (name, version) in self.stack.iter().take(MOST) {
            let Some(package) = world.number(name) else { continue };
            releases[package] = (0..world.releases(package)).find(|at| world.version(package, *at) == version);
        }
        releases
    }

    /// The values of a world's releases, as far as they are known and can be true.
    pub(super) fn values(&self, world: &World) -> Vec<Value> {
        let known: FxHashMap<(&PackageName, &Version), Value> = self
            .values
            .iter()
            .take(MOST)
            .filter(|(_, _, mean, _)| (-MOST_LOST..=0.0).contains(mean))
            .map(|(name, version, mean, count)| {
                ((name, version), Value { mean: *mean, count: (*count).min(MOST_TRIES) })
            })
            .collect();
        let releases = (0..world.size().packages)
            .flat_map(|package| (0..world.releases(package)).map(move |release| (package, release)));
        let value = |(package, release): (usize, usize)| {
            known.get(&(world.name(package), world.version(package, release))).copied().unwrap_or_default()
        };
        releases.map(value).collect()
    }
}
