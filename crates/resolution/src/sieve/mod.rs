//! From index pages to candidates: which releases may be chosen, and what each costs.
//!
//! What is left out and what counts is up to the units of the [pipeline](crate::pipeline); this is what asks them. Fetching the
//! pages is left to the caller; which candidate is chosen, to the search.

mod files;
mod metadata;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use evidence::{Matcher, PackageAdvisories, Vulnerability};
use packaging::{PackageName, RuntimeEnvironment, Version, index::IndexPage};
use rustc_hash::FxHashMap;

use self::files::Judged;
pub use self::files::{FileCheck, FileRules, Obstacle, UsableFile};
use crate::{
    catalogue::{Candidate, DirectArchive, Excluded, Exclusion, Package},
    cost::Cost,
    pipeline::{Release, Units, Weighing},
    policy::Policy,
    search::Problem,
};

/// Judges releases for one environment under one policy.
#[derive(Debug)]
pub struct Sieve<'a> {
    /// What stacks are chosen for.
    pub environment: &'a RuntimeEnvironment,
    /// The rules.
    pub policy: &'a Policy,
    /// What the project wants.
    pub problem: &'a Problem,
    units: Units,
    judged: Mutex<Judged>,
}

impl<'a> Sieve<'a> {
    /// A sieve for this environment, policy and project, with the units of the policy's pipeline.
    pub fn new(environment: &'a RuntimeEnvironment, policy: &'a Policy, problem: &'a Problem) -> Self {
        let units = Units::new(&policy.pipeline, policy.objective.recommendation);
        Self { environment, policy, problem, units, judged: Mutex::default() }
    }

    fn judged(&self) -> MutexGuard<'_, Judged> {
        self.judged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a package out of its pages: the most trusted index first, each with the caller's number of it.
    pub fn package(
        &self,
        name: &PackageName,
        pages: Vec<(usize, Arc<IndexPage>)>,
        advisories: Option<Arc<PackageAdvisories>>,
    ) -> Package {
        let status = pages.iter().map(|(_, page)| page.status()).max();
        let mut package =
            Package { pages, status: status.unwrap_or_default(), advisories, ..Package::empty(name.clone()) };
        let listed = listed(&package.pages);
        let rules = self.file_rules(name);
        let mut judged = self.judged();
        let advisories = package.advisories.clone();
        let known = Known::new(advisories.as_deref());
        let ruled = self.problem.rules.about(name).next().is_some();
        let refused = self.units.projects.iter().find_map(|sift| sift(&package));
        for (version, mut places) in listed {
            if ruled && let Some(why) = self.prescribed(&package, &version, &mut places) {
                package.excluded.push(Excluded { version, why });
                continue;
            }
            let files = places.iter().filter_map(|(page, release)| package.pages.get(*page)?.1.release(*release));
            let files = files.flat_map(|release| release.files());
            let judgement = match &refused {
                Some(why) => Err(why.clone()),
                None => self.judge(&rules, files, &mut judged),
            };
            let affecting = if judgement.is_ok() { known.affecting(&version) } else { Vec::new() };
            match judgement.and_then(|yanked| self.admits(name, &version, &affecting).map(|()| yanked)) {
                Err(why) => package.excluded.push(Excluded { version, why }),
                Ok(yanked) => package.candidates.push(Candidate {
                    version,
                    cost: Cost::ZERO,
                    yanked,
                    vulnerabilities: known.places(&affecting),
                    listed: places,
                    url: None,
                }),
            }
        }
        drop(judged);
        self.weigh(&mut package);
        package
    }

    /// A package of which the project names the archive.
    pub fn archive(
        &self,
        name: &PackageName,
        version: Version,
        archive: DirectArchive,
        advisories: Option<Arc<PackageAdvisories>>,
    ) -> Package {
        let mut package = Package { advisories, ..Package::empty(name.clone()) };
        let advisories = package.advisories.clone();
        let known = Known::new(advisories.as_deref());
        let affecting = known.affecting(&version);
        let judgement = self.problem.rules.rejects(name, &version).map_or(Ok(()), Err);
        match judgement.and_then(|()| self.admits(name, &version, &affecting)) {
            Err(why) => package.excluded.push(Excluded { version, why }),
            Ok(()) => {
                package.candidates.push(Candidate {
                    version,
                    cost: Cost::ZERO,
                    yanked: None,
                    vulnerabilities: known.places(&affecting),
                    listed: Vec::new(),
                    url: Some(archive),
                });
                self.weigh(&mut package);
            }
        }
        package
    }

    /// Leaves out where a release is listed and a rule rejects it; why the release is out, where nothing is left.
    fn prescribed(&self, package: &Package, version: &Version, listed: &mut Vec<(usize, usize)>) -> Option<Exclusion> {
        let rules = &self.problem.rules;
        if let Some(why) = rules.rejects(&package.name, version) {
            return Some(why);
        }
        let mut last = None;
        listed.retain(|(page, _)| {
            let index = package.pages.get(*page).map(|(index, _)| *index);
            let why = index.and_then(|index| rules.rejects_from(&package.name, version, index));
            let kept = why.is_none();
            last = why.or(last.take());
            kept
        });
        if listed.is_empty() { last } else { None }
    }

    /// Whether no unit leaves out a release that could be installed; else why one does.
    fn admits(&self, package: &PackageName, version: &Version, affecting: &[&Vulnerability]) -> Result<(), Exclusion> {
        let release = Release { package, version, affecting, policy: self.policy };
        let mut sifts = self.units.releases.iter();
        sifts.find_map(|(sift, settings)| sift(&release, settings)).map_or(Ok(()), Err)
    }

    /// Lets the units sift the candidates together, and adds up what each candidate costs.
    fn weigh(&self, package: &mut Package) {
        for sift in &self.units.packages {
            sift(self.policy, self.problem, package);
        }
        let weighing = Weighing::new(self.policy, self.problem, package);
        let mut costs = self.problem.rules.costs(package, &self.policy.objective);
        for step in &self.units.steps {
            step(&weighing, &mut costs);
        }
        for (candidate, cost) in package.candidates.iter_mut().zip(costs) {
            candidate.cost = cost;
        }
    }
}

/// What advisories say of one package.
struct Known<'k> {
    matcher: Option<Matcher<'k>>,
    /// Where each vulnerability is among those of the package.
    places: FxHashMap<*const Vulnerability, usize>,
}

impl<'k> Known<'k> {
    fn new(advisories: Option<&'k PackageAdvisories>) -> Self {
        let all = advisories.iter().flat_map(|advisories| &advisories.vulnerabilities);
        Self {
            matcher: advisories.map(Matcher::new),
            places: all.enumerate().map(|(place, one)| (std::ptr::from_ref(one), place)).collect(),
        }
    }

    /// Those that affect a version.
    fn affecting(&self, version: &Version) -> Vec<&'k Vulnerability> {
        self.matcher.as_ref().map(|matcher| matcher.affecting(version)).unwrap_or_default()
    }

    fn places(&self, affecting: &[&Vulnerability]) -> Vec<usize> {
        affecting.iter().filter_map(|one| self.places.get(&std::ptr::from_ref(*one)).copied()).collect()
    }
}

/// The releases of all pages, newest first, each with where it is listed.
fn listed(pages: &[(usize, Arc<IndexPage>)]) -> Vec<(Version, Vec<(usize, usize)>)> {
    let mut listed: Vec<(Version, Vec<(usize, usize)>)> = Vec::new();
    for (number, (_, page)) in pages.iter().enumerate() {
        let releases = page.releases().enumerate();
        listed.extend(releases.filter_map(|(at, release)| Some((release.parsed_version()?, vec![(number, at)]))));
    }
    // One page is in order already, which the sort notices; of equal versions the more trusted page stays first.
    listed.sort_by(|(one, _), (other, _)| other.cmp(one));
    listed.dedup_by(|(version, places), (kept, all)| {
        let same = version == kept;
        if same {
            all.append(places);
        }
        same
    });
    listed
}
