//! What trials of stacks tell of releases: how often each passed, and which of them fail whenever they are there.
//!
//! A stack that fails says that something in it is wrong, not what. What is in a stack that passed is cleared of that, alone and
//! together with all else in it. Of what is left, that which explains the most failures is blamed first: one release, or else
//! two together.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{PackageName, Version};

/// A release.
pub type Release = (PackageName, Version);

/// The most releases blamed together: of more, nothing is known that would be of use.
const MOST_TOGETHER: usize = 6;
/// The most pairs of releases that are looked at.
const MOST_PAIRS: usize = 4_000_000;

/// A stack that was tried.
#[derive(Clone, Debug)]
pub struct Tried<'a> {
    /// Its releases.
    pub releases: &'a [Release],
    /// Whether it passed.
    pub passed: bool,
}

/// How often a release was tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Stacks with it.
    pub tried: usize,
    /// Those of them that passed.
    pub passed: usize,
}

/// Releases that are in no stack that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// One release; or several that fail together, or that were only ever tried together.
    pub releases: Vec<Release>,
    /// How many stacks failed with them.
    pub failures: usize,
}

/// How often each release was tried, of the packages that are not the same in all stacks.
pub fn tally(trials: &[Tried<'_>]) -> BTreeMap<PackageName, BTreeMap<Version, Tally>> {
    let mut tallies: BTreeMap<PackageName, BTreeMap<Version, Tally>> = BTreeMap::new();
    for trial in trials {
        for (name, version) in trial.releases {
            let tally = tallies.entry(name.clone()).or_default().entry(version.clone()).or_default();
            tally.tried += 1;
            tally.passed += usize::from(trial.passed);
        }
    }
    let is_everywhere = |versions: &BTreeMap<Version, Tally>| {
        versions.len() == 1 && versions.values().all(|tally| tally.tried == trials.len())
    };
    tallies.retain(|_, versions| !is_everywhere(versions));
    tallies
}

/// The releases that explain why stacks failed; nothing where none passed, as nothing can be told apart then.
pub fn suspects(trials: &[Tried<'_>]) -> Vec<Suspect> {
    let varying = tally(trials);
    let of = |trial: &Tried<'_>| -> BTreeSet<Release> {
        trial.releases.iter().filter(|(name, _)| varying.contains_key(name)).cloned().collect()
    };
    let (passed, failed): (Vec<_>, Vec<_>) = trials.iter().partition(|trial| trial.passed);
    let passed: Vec<BTreeSet<Release>> = passed.into_iter().map(of).collect();
    let failed: Vec<BTreeSet<Release>> = failed.into_iter().map(of).collect();
    let mut found = Vec::new();
    if passed.is_empty() {
        return found;
    }
    let mut open: BTreeSet<usize> = (0..failed.len()).collect();
    let cleared: BTreeSet<&Release> = passed.iter().flatten().collect();
    let alone = |stack: &BTreeSet<Release>| -> Vec<Vec<Release>> {
        stack.iter().filter(|release| !cleared.contains(release)).map(|release| vec![release.clone()]).collect()
    };
    blame(&failed, &mut open, &alone, &mut found);
    let pairs = |stack: &BTreeSet<Release>| stack.len() * stack.len() / 2;
    if failed.iter().chain(&passed).map(pairs).sum::<usize>() <= MOST_PAIRS {
        let cleared: BTreeSet<Vec<Release>> = passed.iter().flat_map(pairs_of).collect();
        let together = |stack: &BTreeSet<Release>| pairs_of(stack).filter(|pair| !cleared.contains(pair)).collect();
        blame(&failed, &mut open, &together, &mut found);
    }
    found
}

fn pairs_of(stack: &BTreeSet<Release>) -> impl Iterator<Item = Vec<Release>> {
    stack
        .iter()
        .enumerate()
        .flat_map(|(at, one)| stack.iter().skip(at + 1).map(move |other| vec![one.clone(), other.clone()]))
}

/// Blames what explains the most of the failures that are open, again and again. What explains the very same is blamed
/// together: it was never tried apart.
fn blame(
    failed: &[BTreeSet<Release>],
    open: &mut BTreeSet<usize>,
    candidates: &dyn Fn(&BTreeSet<Release>) -> Vec<Vec<Release>>,
    found: &mut Vec<Suspect>,
) {
    let mut explains: BTreeMap<Vec<Release>, BTreeSet<usize>> = BTreeMap::new();
    for number in open.iter() {
        for candidate in failed.get(*number).map(candidates).unwrap_or_default() {
            explains.entry(candidate).or_default().insert(*number);
        }
    }
    while let Some(best) = explains.values().max_by_key(|failures| failures.len()).cloned() {
        let same = explains.iter().filter(|(_, failures)| **failures == best);
        let releases: BTreeSet<Release> = same.flat_map(|(releases, _)| releases.clone()).collect();
        if releases.len() <= MOST_TOGETHER {
            found.push(Suspect { releases: releases.into_iter().collect(), failures: best.len() });
        }
        open.retain(|number| !best.contains(number));
        explains.values_mut().for_each(|failures| failures.retain(|number| open.contains(number)));
        explains.retain(|_, failures| !failures.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stacks as `a1 b2`, each with whether it passed.
    fn told(trials: &[(&str, bool)]) -> (Vec<String>, String) {
        let release = |text: &str| -> Release {
            let (name, version) = text.split_at(1);
            (name.parse().unwrap(), version.parse().unwrap())
        };
        let stacks: Vec<Vec<Release>> =
            trials.iter().map(|(stack, _)| stack.split(' ').map(release).collect()).collect();
        let trials: Vec<Tried<'_>> =
            stacks.iter().zip(trials).map(|(releases, (_, passed))| Tried { releases, passed: *passed }).collect();
        let shown = |releases: &[Release]| -> String {
            releases.iter().map(|(name, version)| format!("{name}{version}")).collect::<Vec<_>>().join(" ")
        };
        let suspects = suspects(&trials);
        let suspects = suspects.iter().map(|suspect| format!("{} x{}", shown(&suspect.releases), suspect.failures));
        let tallies = tally(&trials);
        let row = |(name, versions): (&PackageName, &BTreeMap<Version, Tally>)| {
            let cells = versions.iter().map(|(version, tally)| format!("{version}:{}/{}", tally.passed, tally.tried));
            format!("{name} {}", cells.collect::<Vec<_>>().join(" "))
        };
        (suspects.collect(), tallies.iter().map(row).collect::<Vec<_>>().join(", "))
    }

    #[test]
    fn a_release_that_always_fails_is_blamed() {
        let (suspects, tally) =
            told(&[("a1 b1 z1", true), ("a1 b2 z1", true), ("a2 b1 z1", false), ("a2 b2 z1", false)]);
        assert_eq!(suspects, ["a2 x2"]);
        assert_eq!(tally, "a 1:2/2 2:0/2, b 1:1/2 2:1/2", "what is the same in all tells nothing");
    }

    #[test]
    fn two_releases_that_only_fail_together_are_blamed_together() {
        let trials = [("a1 b1", true), ("a1 b2", true), ("a2 b1", true), ("a2 b2", false)];
        assert_eq!(told(&trials).0, ["a2 b2 x1"]);
    }

    #[test]
    fn what_was_never_tried_apart_is_blamed_together() {
        assert_eq!(told(&[("a1 b1 c1", true), ("a2 b2 c1", false)]).0, ["a2 b2 x1"]);
    }

    #[test]
    fn what_explains_most_is_blamed_first_and_nothing_twice() {
        let trials = [("a1 b1", true), ("a2 b2", false), ("a2 b1", false), ("a1 b3", false)];
        assert_eq!(told(&trials).0, ["a2 x2", "b3 x1"]);
    }

    #[test]
    fn where_all_fail_or_all_pass_nobody_is_to_blame() {
        assert!(told(&[("a1", false), ("a2", false)]).0.is_empty());
        assert!(told(&[("a1", true), ("a2", true)]).0.is_empty());
        // Chance, or something that three have to do with.
        assert!(told(&[("a1 b1", true), ("a1 b1", false)]).0.is_empty());
    }
}
