//! Whether a resolver blind to advisories could have ended elsewhere. Where it could not, asking it is time lost.
//!
//! What such a resolver would really choose is [`super::decide`]'s to find out.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{PackageName, Version, VersionSpecifiers};
use resolution::{
    Search, Stack,
    catalogue::{Candidate, Exclusion, Package},
    policy::Policy,
};

/// Whether a release with something against it could be in the stack of a resolver that does not look.
///
/// Such a resolver moves a package because it prefers another release to the chosen one, or because another move forces it
/// to: a release it moved to requires another, or is not what the chosen one requires. All that can be reached this way over
/// what was read is looked at.
pub(super) fn could_be_avoided(search: &Search, stack: &Stack, policy: &Policy) -> bool {
    let mut temptation = Temptation { search, stack, policy, seen: BTreeMap::new(), open: Vec::new() };
    for release in &stack.releases {
        let Some(package) = search.catalogue().package(&release.name) else { continue };
        let direct = !release.wants.is_empty();
        let lowest = policy.objective.direction.is_lowest(direct);
        let locked = policy.locked.get(&release.name);
        let preferred = |version: &Version| {
            let better = if lowest { *version < release.version } else { *version > release.version };
            better || locked == Some(version)
        };
        if temptation.add(package, &preferred) {
            return true;
        }
    }
    while let Some((package, version)) = temptation.open.pop() {
        if temptation.follow(&package, &version) {
            return true;
        }
    }
    false
}

struct Temptation<'a> {
    search: &'a Search,
    stack: &'a Stack,
    policy: &'a Policy,
    /// By package: the versions that were looked at.
    seen: BTreeMap<PackageName, BTreeSet<Version>>,
    open: Vec<(PackageName, Version)>,
}

impl Temptation<'_> {
    /// Takes in what is tempting of a package; whether something speaks against any of it.
    fn add(&mut self, package: &Package, tempting: &dyn Fn(&Version) -> bool) -> bool {
        let chosen = self.stack.version(&package.name);
        let malware = package.excluded.iter().filter(|one| matches!(one.why, Exclusion::Malware(_)));
        if malware.into_iter().any(|one| tempting(&one.version)) {
            return true;
        }
        let seen = self.seen.entry(package.name.clone()).or_default();
        let candidates = package.candidates.iter().filter(|one| chosen != Some(&one.version) && tempting(&one.version));
        for candidate in candidates {
            if self.policy.objective.recommendation.weighs_vulnerabilities() && counts(self.policy, package, candidate)
            {
                return true;
            }
            if seen.insert(candidate.version.clone()) {
                self.open.push((package.name.clone(), candidate.version.clone()));
            }
        }
        false
    }

    /// Follows a move to what it forces.
    fn follow(&mut self, package: &PackageName, version: &Version) -> bool {
        self.forward(package, version) || self.backward(package, version)
    }

    /// What of the chosen stack does not satisfy the requirements of a release.
    fn forward(&mut self, package: &PackageName, version: &Version) -> bool {
        let search = self.search;
        let Some(Ok(requires)) = search.catalogue().requires(package, version) else { return false };
        requires.edges.iter().any(|edge| {
            let accepts = |specifiers: &VersionSpecifiers, version: &Version| specifiers.contains(version);
            let satisfied = self.stack.version(&edge.package).is_some_and(|chosen| accepts(&edge.specifiers, chosen));
            let target = search.catalogue().package(&edge.package).filter(|_| !satisfied);
            target.is_some_and(|target| self.add(target, &|version| accepts(&edge.specifiers, version)))
        })
    }

    /// Which releases of the chosen stack require another version of a package.
    fn backward(&mut self, package: &PackageName, version: &Version) -> bool {
        let (search, stack) = (self.search, self.stack);
        let parents = stack.releases.iter().find(|release| release.name == *package).map(|release| &release.parents);
        parents.into_iter().flatten().any(|name| {
            let read = stack.version(name).and_then(|chosen| search.catalogue().requires(name, chosen));
            let Some(Ok(requires)) = read else { return false };
            let mut edges = requires.edges.iter().filter(|edge| edge.package == *package);
            let moves = edges.any(|edge| !edge.specifiers.contains(version));
            let parent = search.catalogue().package(name).filter(|_| moves);
            parent.is_some_and(|parent| self.add(parent, &|_| true))
        })
    }
}

/// Whether a vulnerability of a release counts.
fn counts(policy: &Policy, package: &Package, candidate: &Candidate) -> bool {
    package.vulnerabilities(candidate).any(|vulnerability| policy.ignores.matching(vulnerability).is_none())
}
