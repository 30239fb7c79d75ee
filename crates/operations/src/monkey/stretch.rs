//! The releases of a package between those of two locks.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{PackageName, Version};
use resolution::{Needs, Search, catalogue::Package, sieve::Sieve};

use super::pair::Pair;
use crate::{
    advise::{gather::Gather, question::Case},
    error::AdviseError,
};

/// What is known of the releases that neither of two locks has.
pub(super) struct Stretch {
    /// Knows all releases of the packages of the two.
    pub(super) search: Search,
    /// Those that somebody could have had between the two.
    pub(super) usable: BTreeMap<PackageName, BTreeSet<Version>>,
}

/// The releases of a package that are neither yanked nor pre-releases.
pub(super) fn usable(package: &Package) -> BTreeSet<Version> {
    let usable = package.candidates.iter().filter(|one| one.yanked.is_none() && !one.version.any_prerelease());
    usable.map(|candidate| candidate.version.clone()).collect()
}

impl Stretch {
    /// The releases between one that works and one that fails, in that direction.
    pub(super) fn versions(&self, package: &PackageName, good: &Version, bad: &Version) -> Vec<Version> {
        let (low, high) = (good.min(bad), good.max(bad));
        let usable = self.usable.get(package).into_iter().flatten();
        let mut between: Vec<Version> = usable.filter(|version| *version > low && *version < high).cloned().collect();
        if bad < good {
            between.reverse();
        }
        between
    }

    /// The pair in which a change leads to another release; `None` where it is not known what that requires, or where it requires
    /// a package that neither lock has.
    pub(super) async fn pair(
        &self,
        pair: &Pair,
        (number, version): (usize, &Version),
        case: &Case,
        gather: &mut Gather<'_>,
    ) -> Result<Option<Pair>, AdviseError> {
        let mut pair = pair.clone();
        let Some(change) = pair.changes.get_mut(number) else { return Ok(None) };
        let release = (change.package.clone(), version.clone());
        change.bad = Some(version.clone());
        let ends = [change.good.clone(), change.bad.clone()];
        let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
        let needs = Needs { packages: BTreeMap::new(), releases: [release.clone()].into() };
        let limits = gather.limits().clone();
        let answers = limits.demand(gather.answer(&needs, self.search.catalogue(), &sieve)).await?;
        let mut answers = answers.releases.into_iter().filter(|(of, _)| *of == release);
        let Some((_, Ok(mut known))) = answers.next() else { return Ok(None) };
        let is_there = |package: &PackageName| pair.packages.contains_key(package);
        if known.edges.iter().any(|edge| edge.when.is_empty() && !is_there(&edge.package)) {
            return Ok(None);
        }
        let Some(mut package) = self.search.catalogue().package(&release.0).cloned() else { return Ok(None) };
        package.candidates.retain(|candidate| ends.contains(&Some(candidate.version.clone())));
        known.edges.retain(|edge| pair.packages.contains_key(&edge.package));
        pair.packages.insert(release.0.clone(), package);
        pair.requires.insert(release, known);
        Ok(Some(pair))
    }
}
