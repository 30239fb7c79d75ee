//! Two locks, and the stacks between them: of each package the release of one or of the other.
//!
//! Each is decided by the exact search, over a catalogue that holds nothing else.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{Origin, PackageName, Version, VersionSpecifiers, lock::Format};
use resolution::{
    Direction, Level, Needs, Objective, Problem, Recommendation, Search, Step,
    bisect::{Changes, Wish},
    catalogue::{Exclusion, Package, Requires, Want},
    predict::Releases,
    rule::Rules,
    sieve::Sieve,
};

use super::stretch::{self, Stretch};
use crate::{
    advise::{
        Locksmith,
        decide::take,
        gather::Gather,
        question::{Case, Question, Setting},
    },
    error::AdviseError,
};

/// Releases by package.
pub(super) type Pins = BTreeMap<PackageName, Version>;

/// A package that is not the same in both locks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The package.
    pub package: PackageName,
    /// Its release in the lock that works; `None` where it is not there.
    pub good: Option<Version>,
    /// Its release in the lock that fails.
    pub bad: Option<Version>,
}

/// Two locks with what is known of their releases.
#[derive(Clone)]
pub(super) struct Pair {
    pub(super) changes: Vec<Change>,
    /// What both have.
    same: Pins,
    /// Packages with these releases only.
    pub(super) packages: BTreeMap<PackageName, Package>,
    pub(super) requires: BTreeMap<(PackageName, Version), Requires>,
}

/// What differs between two locks.
pub(super) fn changes(good: &Pins, bad: &Pins) -> Vec<Change> {
    let names: BTreeSet<&PackageName> = good.keys().chain(bad.keys()).collect();
    let change = |name: &PackageName| Change {
        package: name.clone(),
        good: good.get(name).cloned(),
        bad: bad.get(name).cloned(),
    };
    names.into_iter().map(change).filter(|change| change.good != change.bad).collect()
}

impl Pair {
    /// Reads what the releases of two locks require, and what other releases their packages have.
    pub(super) async fn read(
        good: &Pins,
        bad: &Pins,
        case: &Case,
        gather: &mut Gather<'_>,
    ) -> Result<(Self, Stretch), AdviseError> {
        let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
        let releases: BTreeSet<(PackageName, Version)> =
            good.iter().chain(bad).map(|(name, version)| (name.clone(), version.clone())).collect();
        let names: BTreeSet<PackageName> = releases.iter().map(|(name, _)| name.clone()).collect();
        let needs = Needs {
            packages: names.iter().map(|name| (name.clone(), Vec::new())).collect(),
            releases: BTreeSet::new(),
        };
        let mut search = Search::new(case.problem.clone());
        let limits = gather.limits().clone();
        let mut answers = limits.demand(gather.answer(&needs, search.catalogue(), &sieve)).await?;
        let (mut packages, mut usable) = (BTreeMap::new(), BTreeMap::new());
        for package in &mut answers.packages {
            usable.insert(package.name.clone(), stretch::usable(package));
            package.candidates.iter_mut().for_each(|candidate| candidate.yanked = None);
            let mut few = package.clone();
            few.candidates.retain(|candidate| releases.contains(&(package.name.clone(), candidate.version.clone())));
            packages.insert(package.name.clone(), few);
        }
        for (name, version) in &releases {
            let package = packages.get(name);
            if package.and_then(|package| package.position(version)).is_none() {
                return Err(cannot_be_had(name, version, package));
            }
        }
        take(&mut search, answers);
        let needs = Needs { packages: BTreeMap::new(), releases };
        let answers = limits.demand(gather.answer(&needs, search.catalogue(), &sieve)).await?;
        let mut requires = BTreeMap::new();
        for (release, answer) in answers.releases {
            let mut known = answer.map_err(|why| {
                AdviseError::Usage(format!(
                    "{} {}, which a lock has, cannot be used here: it {why}",
                    release.0, release.1
                ))
            })?;
            // What neither lock has was not needed where it was made.
            known.edges.retain(|edge| names.contains(&edge.package));
            requires.insert(release, known);
        }
        let same = good.iter().filter(|(name, version)| bad.get(*name) == Some(*version));
        let same = same.map(|(name, version)| (name.clone(), version.clone())).collect();
        Ok((Self { changes: changes(good, bad), same, packages, requires }, Stretch { search, usable }))
    }

    /// The changes that a stack makes which meets a wish; `None` when there is none.
    pub(super) fn stack(&self, wish: &Wish) -> Result<Option<Changes>, AdviseError> {
        // What the wish leaves open is there if it can be, and otherwise if something requires it.
        match self.decide(wish, true)? {
            None => self.decide(wish, false),
            found => Ok(found),
        }
    }

    fn decide(&self, wish: &Wish, is_wanted: bool) -> Result<Option<Changes>, AdviseError> {
        let objective = Objective::new(Recommendation::Latest, Direction::Highest);
        let mut wants: Vec<Want> = self.same.keys().map(want).collect();
        let mut packages = self.packages.clone();
        for (number, change) in self.changes.iter().enumerate() {
            let (is_bad, is_good) = (wish.with.contains(&number), wish.without.contains(&number));
            let preferred = if wish.most { &change.bad } else { &change.good };
            let allowed = |version: &Version| {
                (!is_bad || change.bad.as_ref() == Some(version)) && (!is_good || change.good.as_ref() == Some(version))
            };
            let Some(package) = packages.get_mut(&change.package) else { continue };
            package.candidates.retain(|candidate| allowed(&candidate.version));
            for candidate in &mut package.candidates {
                let amount = u32::from(preferred.as_ref() != Some(&candidate.version));
                candidate.cost = objective.cost(Level::Change, amount);
            }
            let settled = if is_bad {
                &change.bad
            } else if is_good {
                &change.good
            } else {
                preferred
            };
            let is_in_both = change.good.is_some() && change.bad.is_some();
            if is_in_both || (settled.is_some() && (is_bad || is_good || is_wanted)) {
                wants.push(want(&change.package));
            }
        }
        let mut search = self.search(wants, packages.into_values(), objective, |release| {
            self.requires.get(release).cloned().unwrap_or_default()
        });
        let stack = match search.step(&mut || false) {
            Step::Decided(stack) => stack,
            Step::Impossible(_) => return Ok(None),
            other => return Err(AdviseError::Bug(format!("two locks are not all there is: {other:?}"))),
        };
        let is_made = |(number, change): (usize, &Change)| {
            let version = stack.version(&change.package);
            (version == change.bad.as_ref()).then_some(number)
        };
        Ok(Some(self.changes.iter().enumerate().filter_map(is_made).collect()))
    }

    fn search(
        &self,
        wants: Vec<Want>,
        packages: impl Iterator<Item = Package>,
        objective: Objective,
        requires: impl Fn(&(PackageName, Version)) -> Requires,
    ) -> Search {
        let problem =
            Problem { wants, constraints: Vec::new(), overrides: BTreeMap::new(), objective, rules: Rules::default() };
        let mut search = Search::new(problem);
        for package in packages {
            let name = package.name.clone();
            let versions: Vec<Version> = package.candidates.iter().map(|one| one.version.clone()).collect();
            search.add_package(package);
            for version in versions {
                let release = (name.clone(), version);
                let known = requires(&release);
                search.add_release(&release.0, &release.1, Ok(known));
            }
        }
        search
    }

    /// The releases of the stack with some of the changes.
    pub(super) fn releases(&self, made: &Changes) -> Releases {
        let changed = self.changes.iter().enumerate().filter_map(|(number, change)| {
            let version = if made.contains(&number) { &change.bad } else { &change.good };
            Some((change.package.clone(), version.clone()?))
        });
        let mut releases: Releases =
            self.same.iter().map(|(name, version)| (name.clone(), version.clone())).chain(changed).collect();
        releases.sort_unstable();
        releases
    }

    /// The lock of the stack with some of the changes, as a requirements file.
    pub(super) fn lock(&self, made: &Changes, question: &Question, gather: &Gather<'_>) -> Result<String, AdviseError> {
        let releases = self.releases(made);
        // A lock may hold what does not go together by what the releases say: it is tried as it is.
        let wants = releases.iter().map(|(name, _)| want(name)).collect();
        let packages = releases.iter().filter_map(|(name, version)| {
            let mut package = self.packages.get(name)?.clone();
            package.candidates.retain(|candidate| candidate.version == *version);
            Some(package)
        });
        let objective = Objective::new(Recommendation::Latest, Direction::Highest);
        let search = self.search(wants, packages, objective, |_| Requires::default());
        let stack = search.stack_of(&releases);
        let stack = stack.ok_or_else(|| AdviseError::Bug(format!("a lock is no stack: {releases:?}")))?;
        let case = &question.case;
        let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
        let setting = &Setting { format: Format::Requirements, ..question.setting.clone() };
        let (search, stack, environment) = (&search, &stack, &case.environment);
        Locksmith { search, stack, sieve: &sieve, gather, environment, setting, thoth: question.provenance() }.write()
    }
}

fn want(package: &PackageName) -> Want {
    Want {
        package: package.clone(),
        extras: Vec::new(),
        specifiers: VersionSpecifiers::empty(),
        origin: Origin::file("two locks"),
        text: package.to_string(),
        archive: false,
    }
}

fn cannot_be_had(name: &PackageName, version: &Version, package: Option<&Package>) -> AdviseError {
    let mut excluded = package.iter().flat_map(|package| &package.excluded);
    let why = excluded.find(|one| one.version == *version).map(|one| match &one.why {
        Exclusion::Format => "it has no wheel, and nothing is built without `--allow-builds`".to_string(),
        why => format!("it {why}"),
    });
    let why = why.unwrap_or_else(|| "its index does not have it".to_string());
    AdviseError::Usage(format!("{name} {version}, which a lock has, cannot be had for this environment: {why}"))
}
