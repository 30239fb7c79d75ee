//! What a stack is measured by when it is compared with another: where it stands, and what is in it.

use std::collections::BTreeMap;

use evidence::Kind;
use packaging::{PackageName, Version};
use resolution::{
    Level, Search, Stack,
    outcome::{Incoming, Standing},
};

use super::super::question::Case;

/// A stack as far as it is compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    pub(super) standing: Standing,
    pub(super) releases: BTreeMap<PackageName, Version>,
    /// The vulnerabilities that count, by package and id, most severe first within a package.
    pub(super) vulnerabilities: BTreeMap<PackageName, Vec<String>>,
    /// Releases that are there for want of others.
    pub(super) last_resorts: Vec<(PackageName, Version)>,
}

impl Figures {
    pub(super) fn of(case: &Case, search: &Search, stack: &Stack) -> Self {
        let mut figures = Self::default();
        let objective = &case.problem.objective;
        for release in &stack.releases {
            figures.releases.insert(release.name.clone(), release.version.clone());
            let Some(package) = search.catalogue().package(&release.name) else { continue };
            let Some(candidate) = package.position(&release.version).and_then(|at| package.candidates.get(at)) else {
                continue;
            };
            let amounts = objective.amounts(&candidate.cost);
            if amounts.iter().any(|(level, amount)| *level == Level::LastResort && *amount > 0) {
                figures.last_resorts.push((release.name.clone(), release.version.clone()));
            }
            for vulnerability in package.vulnerabilities(candidate) {
                if vulnerability.kind != Kind::Flaw || case.policy.ignores.matching(vulnerability).is_some() {
                    continue;
                }
                figures.standing.exploited += i64::from(vulnerability.is_exploited());
                figures.standing.exposure += i64::from(case.policy.score(vulnerability));
                figures.vulnerabilities.entry(release.name.clone()).or_default().push(vulnerability.id.clone());
            }
        }
        figures.standing.last_resorts = i64::try_from(figures.last_resorts.len()).unwrap_or(i64::MAX);
        figures
    }

    /// The performance points that its releases lose each for itself, among all that `search` knows.
    pub(super) fn performance(&self, search: &Search) -> i64 {
        let objective = &search.problem().objective;
        let lost = |(name, version): (&PackageName, &Version)| {
            let package = search.catalogue().package(name)?;
            let candidate = package.candidates.get(package.position(version)?)?;
            objective.amounts(&candidate.cost).into_iter().find(|(level, _)| *level == Level::Performance)
        };
        self.releases.iter().filter_map(lost).map(|(_, points)| points).sum()
    }

    /// Whether this one exposes less than another, and has no more last resorts.
    pub(super) fn is_safer(&self, other: &Self) -> bool {
        let (mine, others) = (self.standing, other.standing);
        mine.last_resorts <= others.last_resorts
            && (mine.exploited, mine.exposure) < (others.exploited, others.exposure)
    }

    pub(super) fn has(&self, package: &PackageName, id: &str) -> bool {
        self.vulnerabilities.get(package).is_some_and(|ids| ids.iter().any(|one| one == id))
    }

    /// The vulnerabilities that another one has not.
    pub(super) fn beyond(&self, other: &Self) -> Vec<Incoming> {
        let mut incoming = Vec::new();
        for (package, ids) in &self.vulnerabilities {
            let ids: Vec<String> = ids.iter().filter(|id| !other.has(package, id)).cloned().collect();
            let version = self.releases.get(package).filter(|_| !ids.is_empty());
            incoming.extend(version.map(|version| Incoming { name: package.clone(), version: version.clone(), ids }));
        }
        incoming
    }

    /// Identifiers of the vulnerabilities that another one has not, each once.
    pub(super) fn ids_beyond(&self, other: &Self) -> Vec<String> {
        let mut ids: Vec<String> = self.beyond(other).into_iter().flat_map(|one| one.ids).collect();
        ids.sort();
        ids.dedup();
        ids
    }
}
