//! From a decision to its outcome: what changed, what was avoided, what remains, and why.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use evidence::{Finding, Kind, Matcher, Vulnerability};
use packaging::{Origin, PackageName, Version, requirement::without_credentials};
use resolution::{
    Search,
    catalogue::{Candidate, ExclusionKind, Package},
    certificate::Certificate,
    outcome::{Avoided, Change, ChosenRelease, Decision, Explanation, Filter, Reason, Remaining, Unknown},
    policy::Policy,
    search::{Conflict, Fact, Stack, StackRelease},
    sieve::Sieve,
};

use super::{gather::Gather, question::Setting};

/// What a decision is told from.
pub(crate) struct Teller<'a> {
    pub(crate) search: &'a Search,
    pub(crate) policy: &'a Policy,
    pub(crate) sieve: &'a Sieve<'a>,
    pub(crate) gather: &'a Gather<'a>,
    pub(crate) setting: &'a Setting,
}

impl Teller<'_> {
    /// The chosen stack with its reasons. `blind` is what a resolver blind to advisories would choose.
    pub(crate) fn decision(
        &self,
        stack: &Stack,
        blind: Option<(&Search, &Stack)>,
        existing: Option<&BTreeMap<PackageName, Version>>,
        certificate: Certificate,
    ) -> Decision {
        let (remaining, ignored): (Vec<(bool, Remaining)>, Vec<_>) =
            self.remaining(stack).into_iter().partition(|(ignored, _)| !ignored);
        let looked_at: Vec<&Vulnerability> = self
            .search
            .catalogue()
            .packages()
            .iter()
            .filter_map(|package| package.advisories.as_deref())
            .flat_map(|advisories| &advisories.vulnerabilities)
            .collect();
        Decision {
            releases: stack.releases.iter().filter_map(|release| self.release(release)).collect(),
            changes: existing.map(|existing| self.changes(stack, existing)),
            avoided: blind.map(|(search, other)| self.avoided(stack, search, other)).unwrap_or_default(),
            remaining: remaining.into_iter().map(|(_, one)| one).collect(),
            ignored: ignored.into_iter().map(|(_, one)| one).collect(),
            unused_ignores: self.policy.ignores.unused(looked_at).into_iter().map(str::to_string).collect(),
            certificate: Box::new(certificate),
        }
    }

    fn candidate(&self, name: &PackageName, version: &Version) -> Option<(&Package, &Candidate)> {
        let package = self.search.catalogue().package(name)?;
        Some((package, &package.candidates[package.position(version)?]))
    }

    fn release(&self, release: &StackRelease) -> Option<ChosenRelease> {
        let (package, candidate) = self.candidate(&release.name, &release.version)?;
        let wants = &self.search.problem().wants;
        let usable = self.sieve.usable_files(package, candidate);
        let best = usable.first();
        let ordinary = |one: &&Candidate| one.yanked.is_none() && !one.version.any_prerelease();
        let newer = || package.candidates.iter().filter(ordinary).filter(|one| one.version > release.version);
        let newest = newer().next().unwrap_or(candidate);
        let behind = newer().count();
        let learned = self.gather.learned.get(&(release.name.clone(), release.version.clone()));
        Some(ChosenRelease {
            name: release.name.clone(),
            version: release.version.clone(),
            extras: release.extras.iter().cloned().collect(),
            index: best.map(|best| self.gather.routes().shown(best.index)),
            url: candidate.url.as_ref().map(|archive| without_credentials(&archive.url).to_string()),
            direct: !release.wants.is_empty(),
            parents: release.parents.iter().cloned().collect(),
            origins: release.wants.iter().map(|want| wants[*want].origin.clone()).collect(),
            newest: newest.version.clone(),
            behind,
            status: package.status,
            yanked: candidate.yanked.clone(),
            recorded_metadata: learned.is_some_and(|learned| learned.recorded),
            needs_build: match &candidate.url {
                Some(archive) => !archive.filename.ends_with(".whl"),
                None => best.is_some_and(|best| best.file.kind() == packaging::index::FileKind::Sdist),
            },
            uploaded: best.and_then(|best| best.file.upload_time()),
        })
    }

    fn changes(&self, stack: &Stack, existing: &BTreeMap<PackageName, Version>) -> Vec<Change> {
        let chosen: BTreeMap<&PackageName, &Version> =
            stack.releases.iter().map(|release| (&release.name, &release.version)).collect();
        let names: BTreeSet<&PackageName> = existing.keys().chain(chosen.keys().copied()).collect();
        let mut changes = Vec::new();
        for name in names {
            let (before, after) = (existing.get(name), chosen.get(name).copied());
            if before == after {
                continue;
            }
            let ids = |version: Option<&Version>| -> BTreeSet<String> {
                // The old release need not be a candidate any more: malware is none, and an index may have dropped it.
                let advisories =
                    self.search.catalogue().package(name).and_then(|package| package.advisories.as_deref());
                let found = version.zip(advisories).map(|(version, known)| Matcher::new(known).affecting(version));
                found.into_iter().flatten().map(|one| one.id.clone()).collect()
            };
            changes.push(Change {
                name: name.clone(),
                before: before.cloned(),
                after: after.cloned(),
                fixes: ids(before).difference(&ids(after)).cloned().collect(),
                step_back: None,
            });
        }
        changes
    }

    fn avoided(&self, stack: &Stack, blind: &Search, other: &Stack) -> Vec<Avoided> {
        let mut avoided = Vec::new();
        for release in &other.releases {
            let chosen = stack.version(&release.name);
            if chosen == Some(&release.version) {
                continue;
            }
            let Some(package) = blind.catalogue().package(&release.name) else { continue };
            let Some(position) = package.position(&release.version) else { continue };
            let findings = self.findings(package, &package.candidates[position]);
            let counted: Vec<Finding> = findings
                .into_iter()
                .filter(|finding| self.policy.ignores.matching(&finding.vulnerability).is_none())
                .collect();
            // What nothing speaks against goes with something that is avoided: the other stack differs for nothing else.
            avoided.push(Avoided {
                name: release.name.clone(),
                version: release.version.clone(),
                chosen: chosen.cloned(),
                findings: counted,
                step_back: None,
            });
        }
        avoided
    }

    fn findings(&self, package: &Package, candidate: &Candidate) -> Vec<Finding> {
        let found = package.vulnerabilities(candidate);
        found
            .map(|vulnerability| Finding {
                vulnerability: vulnerability.clone(),
                fixed: vulnerability.affected.fixed_after(&candidate.version),
            })
            .collect()
    }

    /// The vulnerabilities of the stack, most severe first, each with whether it is ignored.
    fn remaining(&self, stack: &Stack) -> Vec<(bool, Remaining)> {
        let mut remaining = Vec::new();
        for release in &stack.releases {
            let Some((package, candidate)) = self.candidate(&release.name, &release.version) else { continue };
            if candidate.vulnerabilities.is_empty() {
                continue;
            }
            let (path, origin) = self.path(stack, release);
            for finding in self.findings(package, candidate) {
                let ignored = self.policy.ignores.matching(&finding.vulnerability).is_some();
                remaining.push((
                    ignored,
                    Remaining {
                        name: release.name.clone(),
                        version: release.version.clone(),
                        finding,
                        path: path.clone(),
                        origin: origin.clone(),
                        cause: None,
                    },
                ));
            }
        }
        remaining.sort_by_key(|(_, one)| {
            let vulnerability = &one.finding.vulnerability;
            (
                vulnerability.kind != Kind::Malware,
                !vulnerability.is_exploited(),
                std::cmp::Reverse(self.policy.score(vulnerability)),
                one.name.clone(),
                vulnerability.id.clone(),
            )
        });
        remaining
    }

    /// A shortest way from a requirement of the project to a release, and where that requirement is.
    fn path(&self, stack: &Stack, release: &StackRelease) -> (Vec<PackageName>, Option<Origin>) {
        let by_name: BTreeMap<&PackageName, &StackRelease> =
            stack.releases.iter().map(|release| (&release.name, release)).collect();
        let mut open: VecDeque<Vec<PackageName>> = VecDeque::from([vec![release.name.clone()]]);
        let mut seen: BTreeSet<PackageName> = BTreeSet::from([release.name.clone()]);
        while let Some(way) = open.pop_front() {
            let Some(at) = way.last().and_then(|name| by_name.get(name)) else { continue };
            if let Some(want) = at.wants.first() {
                let origin = self.search.problem().wants[*want].origin.clone();
                return (way.into_iter().rev().collect(), Some(origin));
            }
            for parent in &at.parents {
                if seen.insert(parent.clone()) {
                    let mut longer = way.clone();
                    longer.push(parent.clone());
                    open.push_back(longer);
                }
            }
        }
        (vec![release.name.clone()], None)
    }

    /// What could not be found out about the stack.
    pub(crate) fn unknown(&self, stack: &Stack) -> Vec<Unknown> {
        let mut unknown = Vec::new();
        for release in &stack.releases {
            let about = format!("{} {}", release.name, release.version);
            let learned = self.gather.learned.get(&(release.name.clone(), release.version.clone()));
            if learned.is_some_and(|learned| learned.recorded) {
                unknown.push(Unknown {
                    about,
                    why: "its requirements were recorded when its sdist was made; a build here may say otherwise"
                        .to_string(),
                });
            }
        }
        for package in self.search.catalogue().packages() {
            for candidate in &package.candidates {
                let Some(Err(why)) = self.search.catalogue().requires(&package.name, &candidate.version) else {
                    continue;
                };
                unknown.push(Unknown {
                    about: format!("{} {}", package.name, candidate.version),
                    why: format!("it was left out because it {why}"),
                });
            }
        }
        unknown.sort();
        unknown
    }

    /// What a kind of filter holds against the releases it leaves out.
    pub(crate) fn filter(&self, kind: ExclusionKind) -> Option<Filter> {
        let environment = self.sieve.environment;
        match kind {
            ExclusionKind::Python => Some(Filter::Python(environment.python.clone())),
            ExclusionKind::Platform => Some(Filter::Environment(self.setting.environment.clone())),
            ExclusionKind::TooNew | ExclusionKind::NoUploadTime => {
                let origin = self.setting.cooldown.clone();
                self.policy.exclude_newer.map(|before| Filter::Uploaded { before, origin })
            }
            _ => None,
        }
    }

    /// A conflict in the words of the project.
    pub(crate) fn explanation(&self, conflict: &Conflict) -> Explanation {
        let problem = self.search.problem();
        let facts = conflict.facts.iter().map(|fact| match fact {
            Fact::Want(position) => {
                let want = &problem.wants[*position];
                Reason::Want { text: want.text.clone(), origin: want.origin.clone() }
            }
            Fact::Constraint(position) => {
                let constraint = &problem.constraints[*position];
                Reason::Constraint { text: constraint.text.clone(), origin: constraint.origin.clone() }
            }
            Fact::Requires { package, on, edges } => {
                Reason::Requires { package: package.clone(), on: on.clone(), edges: edges.clone() }
            }
            Fact::Override { package, position } => {
                let replacing = &problem.overrides[package][*position];
                Reason::Override { text: replacing.text.clone(), origin: replacing.origin.clone() }
            }
            Fact::Excluded { package, kind, releases, details } => Reason::Excluded {
                package: package.clone(),
                kind: *kind,
                releases: releases.clone(),
                details: details.clone(),
                filter: self.filter(*kind),
            },
            Fact::Rule(position) => {
                let rule = &problem.rules.all()[*position];
                Reason::Rule {
                    name: rule.name.clone(),
                    origin: rule.origin.clone(),
                    why: rule.reason.clone(),
                    members: rule.members().iter().map(ToString::to_string).collect(),
                }
            }
            Fact::Missing(package) => {
                let pages = self.gather.pages.get(package);
                let answers = pages.into_iter().flat_map(|pages| &pages.answers);
                Reason::Missing {
                    package: package.clone(),
                    answers: answers
                        .map(|(place, answer)| (self.gather.routes().shown(*place), answer.clone()))
                        .collect(),
                }
            }
        });
        Explanation { facts: facts.collect(), ..Explanation::default() }
    }
}
