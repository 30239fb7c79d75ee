//! What was tried, equal tries together.
//!
//! Releases are numbered, so that ten thousand observations of fifty releases each cost little. What they mean is left to
//! [`blame`](super::blame).

use evidence::{
    Observation,
    observation::{Cause, Outcome, Stage},
};
use packaging::{PackageName, Version};
use rustc_hash::FxHashMap;

use super::tries::weight;

/// A release.
pub(super) type Release = (PackageName, Version);
/// The numbers of a stack, the stage at which it ended, and whether it failed.
pub(super) type Key = (Vec<usize>, Stage, bool);

/// What was tried, equal tries together.
#[derive(Clone, Debug)]
pub struct Trials {
    now: i64,
    /// The releases by number, as they came.
    numbers: FxHashMap<PackageName, FxHashMap<Version, usize>>,
    count: usize,
    all: FxHashMap<Key, Trial>,
}

/// Tries of one stack that ended at one stage, alike.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    pub(super) count: u32,
    pub(super) weight: u64,
    /// The last failure.
    pub(super) last: Option<(i64, Cause)>,
}

impl Trials {
    /// None, at a time in seconds since the Unix epoch.
    pub fn new(now: i64) -> Self {
        Self { now, numbers: FxHashMap::default(), count: 0, all: FxHashMap::default() }
    }

    /// Takes one in.
    pub fn add(&mut self, observation: &Observation) {
        let stack = observation.stack.iter().map(|(name, version)| self.number(name, version)).collect();
        let trial = self.all.entry((stack, observation.stage, !observation.outcome.is_ok())).or_default();
        trial.count += 1;
        trial.weight += weight(observation.at, self.now);
        if let Outcome::Failed(cause) = observation.outcome {
            trial.last = trial.last.max(Some((observation.at, cause)));
        }
    }

    fn number(&mut self, name: &PackageName, version: &Version) -> usize {
        if let Some(number) = self.numbers.get(name).and_then(|versions| versions.get(version)) {
            return *number;
        }
        self.numbers.entry(name.clone()).or_default().insert(version.clone(), self.count);
        self.count += 1;
        self.count - 1
    }

    /// All releases, sorted, and by the number of each its place among them.
    pub(super) fn releases(&self) -> (Vec<Release>, Vec<usize>) {
        let of = |(name, versions): (&PackageName, &FxHashMap<Version, usize>)| {
            versions.iter().map(|(version, number)| ((name.clone(), version.clone()), *number)).collect::<Vec<_>>()
        };
        let mut all: Vec<(Release, usize)> = self.numbers.iter().flat_map(of).collect();
        all.sort_unstable();
        let mut places = vec![0; all.len()];
        all.iter().enumerate().for_each(|(place, (_, number))| places[*number] = place);
        (all.into_iter().map(|(release, _)| release).collect(), places)
    }

    /// The tries, equal ones together, in no order.
    pub(super) fn alike(&self) -> impl Iterator<Item = (&Key, &Trial)> {
        self.all.iter()
    }
}
