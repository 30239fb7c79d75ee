//! From index pages to candidates: which releases may be chosen, and what each costs.
//!
//! Fetching the pages is left to the caller; which candidate is chosen, to the search.

use std::{
    collections::BTreeSet,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
};

use evidence::{Kind, Matcher, PackageAdvisories, Severity, Vulnerability};
use packaging::{
    Digest, ExtraName, MarkerTree, Operator, PackageName, Requirement, RuntimeEnvironment, Version, VersionSpecifiers,
    WheelFilename,
    index::{FileKind, FileRef, IndexPage, ProjectStatus},
    metadata::{self, CoreMetadata},
    project::Formats,
    requirement::{Wanted, without_credentials},
};
use rustc_hash::FxHashMap;

use crate::{
    catalogue::{Candidate, DirectArchive, Edge, Excluded, Exclusion, Package, Requires},
    cost::Cost,
    objective::{Level, distance},
    policy::{Policy, Prereleases},
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
    judged: Mutex<Judged>,
}

/// What was found out about texts that thousands of files share.
#[derive(Debug, Default)]
struct Judged {
    /// How well a wheel with these tags (`py3-none-any`) fits; none when it does not.
    tags: FxHashMap<Box<str>, Option<u32>>,
    /// Whether a `Requires-Python` admits the environment.
    pythons: FxHashMap<Box<str>, bool>,
}

/// What the policy says of the files of one package.
struct Rules<'a> {
    exclude_newer: Option<i64>,
    formats: Formats,
    hashes: Option<&'a BTreeSet<Digest>>,
}

/// Why a file cannot be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Obstacle<'p> {
    Platform,
    Format,
    Python(&'p str),
    Hashes,
    NoUploadTime,
    TooNew,
}

/// A file that may be installed, with how well it fits (a wheel's tag priority; 0 for an sdist).
#[derive(Clone, Copy, Debug)]
pub struct UsableFile<'a> {
    /// The number of its index.
    pub index: usize,
    /// The file.
    pub file: FileRef<'a>,
    /// Larger fits better.
    pub rank: u32,
}

impl<'a> Sieve<'a> {
    /// A sieve for this environment, policy and project.
    pub fn new(environment: &'a RuntimeEnvironment, policy: &'a Policy, problem: &'a Problem) -> Self {
        Self { environment, policy, problem, judged: Mutex::default() }
    }

    /// Makes a package out of its pages: the most trusted index first, each with the caller's number of it.
    pub fn package(
        &self,
        name: &PackageName,
        pages: Vec<(usize, Arc<IndexPage>)>,
        advisories: Option<Arc<PackageAdvisories>>,
    ) -> Package {
        let status = pages.iter().map(|(_, page)| page.status()).max();
        let mut package = Package {
            name: name.clone(),
            candidates: Vec::new(),
            excluded: Vec::new(),
            pages,
            status: status.unwrap_or_default(),
            advisories,
        };
        let listed = listed(&package.pages);
        let rules = self.rules(name);
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        let advisories = package.advisories.clone();
        let matcher = advisories.as_deref().map(Matcher::new);
        let places: FxHashMap<*const Vulnerability, usize> = advisories
            .iter()
            .flat_map(|advisories| &advisories.vulnerabilities)
            .enumerate()
            .map(|(place, one)| (std::ptr::from_ref(one), place))
            .collect();
        let ruled = !self.problem.rules.is_empty();
        for (version, mut places_listed) in listed {
            if ruled && let Some(why) = self.prescribed(&package, &version, &mut places_listed) {
                package.excluded.push(Excluded { version, why });
                continue;
            }
            let files =
                places_listed.iter().filter_map(|(page, release)| package.pages.get(*page)?.1.release(*release));
            let files = files.flat_map(|release| release.files());
            let yanked = match self.judge(&rules, package.status, files, &mut judged) {
                Ok(yanked) => yanked,
                Err(why) => {
                    package.excluded.push(Excluded { version, why });
                    continue;
                }
            };
            let affecting = matcher.as_ref().map(|matcher| matcher.affecting(&version)).unwrap_or_default();
            if let Some(why) = self.rejects(name, &affecting) {
                package.excluded.push(Excluded { version, why });
                continue;
            }
            package.candidates.push(Candidate {
                version,
                cost: self.exposure(&affecting),
                yanked,
                vulnerabilities: affecting
                    .iter()
                    .filter_map(|one| places.get(&std::ptr::from_ref(*one)).copied())
                    .collect(),
                listed: places_listed,
                url: None,
            });
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
        if let Some(why) = self.problem.rules.rejects(name, &version) {
            package.excluded.push(Excluded { version, why });
            return package;
        }
        let mut vulnerabilities = Vec::new();
        let mut cost = Cost::ZERO;
        if let Some(advisories) = &package.advisories {
            let matcher = Matcher::new(advisories);
            let affecting = matcher.affecting(&version);
            cost = self.exposure(&affecting);
            if let Some(why) = self.rejects(name, &affecting) {
                package.excluded.push(Excluded { version, why });
                return package;
            }
            for one in affecting {
                vulnerabilities.extend(advisories.vulnerabilities.iter().position(|other| std::ptr::eq(one, other)));
            }
        }
        package.candidates.push(Candidate {
            version,
            cost,
            yanked: None,
            vulnerabilities,
            listed: Vec::new(),
            url: Some(archive),
        });
        self.weigh(&mut package);
        package
    }

    /// The files of a candidate that may be locked: those that only another platform or Python could not install are among
    /// them, so that a lock serves neighbours too.
    pub fn lockable_files<'p>(&self, package: &'p Package, candidate: &'p Candidate) -> Vec<(usize, FileRef<'p>)> {
        let rules = self.rules(&package.name);
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        package
            .files(candidate)
            .filter(|(_, file)| {
                matches!(self.usable(&rules, *file, &mut judged), Ok(_) | Err(Obstacle::Platform | Obstacle::Python(_)))
            })
            .collect()
    }

    /// The files of a candidate that may be installed, the best first.
    pub fn usable_files<'p>(&self, package: &'p Package, candidate: &'p Candidate) -> Vec<UsableFile<'p>> {
        let rules = self.rules(&package.name);
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        let usable = |(index, file): (usize, FileRef<'p>)| {
            let rank = self.usable(&rules, file, &mut judged).ok()?;
            Some(UsableFile { index, file, rank })
        };
        let mut files: Vec<UsableFile<'p>> = package.files(candidate).filter_map(usable).collect();
        if files.iter().any(|one| !one.file.is_yanked()) {
            files.retain(|one| !one.file.is_yanked());
        }
        files.sort_by(|one, other| {
            let sdist = |usable: &UsableFile<'_>| usable.file.kind() == FileKind::Sdist;
            sdist(one)
                .cmp(&sdist(other))
                .then(other.rank.cmp(&one.rank))
                .then_with(|| one.file.filename().cmp(other.file.filename()))
        });
        files
    }

    fn rules(&self, name: &PackageName) -> Rules<'a> {
        Rules {
            exclude_newer: self.policy.exclude_newer,
            formats: self.policy.formats.formats(name),
            hashes: self.policy.hashes.get(name),
        }
    }

    /// Whether a release can be used, and if so whether all of its usable files were yanked.
    fn judge<'p>(
        &self,
        rules: &Rules<'_>,
        status: ProjectStatus,
        files: impl Iterator<Item = FileRef<'p>>,
        judged: &mut Judged,
    ) -> Result<Option<Option<String>>, Exclusion> {
        if status == ProjectStatus::Quarantined {
            return Err(Exclusion::Quarantined);
        }
        let mut yanked = None;
        let mut obstacle: Option<Obstacle<'p>> = None;
        for file in files {
            match self.usable(rules, file, judged) {
                Ok(_) if !file.is_yanked() => return Ok(None),
                Ok(_) => yanked = Some(file.yank_reason()),
                // The least surprising reason is the one that speaks of the reader's own wishes: it sorts last.
                Err(why) => obstacle = Some(obstacle.map_or(why, |known| closest(known, why))),
            }
        }
        match (yanked, obstacle) {
            (Some(reason), _) => Ok(Some(reason.map(str::to_string))),
            (None, Some(why)) => Err(why.into()),
            (None, None) => Err(Exclusion::Platform),
        }
    }

    /// Whether a file may be installed, and how well it fits.
    fn usable<'p>(&self, rules: &Rules<'_>, file: FileRef<'p>, judged: &mut Judged) -> Result<u32, Obstacle<'p>> {
        if let Some(limit) = rules.exclude_newer {
            match file.upload_time() {
                None => return Err(Obstacle::NoUploadTime),
                Some(time) if time >= limit => return Err(Obstacle::TooNew),
                Some(_) => {}
            }
        }
        let rank = match file.kind() {
            FileKind::Wheel if !rules.formats.wheels => return Err(Obstacle::Format),
            FileKind::Sdist if !rules.formats.sdists => return Err(Obstacle::Format),
            FileKind::Sdist => 0,
            FileKind::Wheel => judged.rank(file.filename(), self.environment).ok_or(Obstacle::Platform)?,
        };
        if let Some(text) = file.requires_python()
            && !judged.supports(text, self.environment)
        {
            return Err(Obstacle::Python(text));
        }
        if let Some(demanded) = rules.hashes
            && !file.digests().any(|digest| demanded.contains(&digest))
        {
            return Err(Obstacle::Hashes);
        }
        Ok(rank)
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

    /// Why what affects a release forbids it, if it does: reports of malware, else vulnerabilities to be avoided.
    fn rejects(&self, package: &PackageName, affecting: &[&Vulnerability]) -> Option<Exclusion> {
        let ids = |one: &&&Vulnerability| one.id.clone();
        let malware = affecting.iter().filter(|one| one.kind == Kind::Malware && !self.policy.admit_malware);
        let malware: Vec<String> =
            malware.filter(|one| self.policy.ignores.matching(one).is_none()).map(|one| ids(&one)).collect();
        if !malware.is_empty() {
            return Some(Exclusion::Malware(malware));
        }
        let avoid = self.policy.avoid.get(package)?;
        let avoided: Vec<String> =
            affecting.iter().filter(|one| avoid.contains(&one.id)).map(|one| ids(&one)).collect();
        (!avoided.is_empty()).then_some(Exclusion::Avoided(avoided))
    }

    fn exposure(&self, affecting: &[&Vulnerability]) -> Cost {
        let counted =
            || affecting.iter().filter(|one| one.kind == Kind::Flaw && self.policy.ignores.matching(one).is_none());
        let exploited = counted().filter(|one| one.is_exploited()).count();
        let exposure: u32 = counted().map(|one| self.score(one)).fold(0, u32::saturating_add);
        let objective = &self.policy.objective;
        objective.cost(Level::Exploited, u32::try_from(exploited).unwrap_or(u32::MAX))
            + objective.cost(Level::Exposure, exposure)
    }

    /// What a vulnerability counts: its CVSS base score x 10, else the policy's value for the unscored.
    pub fn score(&self, vulnerability: &Vulnerability) -> u32 {
        match &vulnerability.severity {
            Severity::Scored(score) => score.tenths,
            Severity::Label(..) | Severity::Unscored => self.policy.unscored,
        }
    }

    /// Sorts out pre-releases and adds what the rest costs besides exposure.
    fn weigh(&self, package: &mut Package) {
        let objective = &self.policy.objective;
        let direct = self.problem.wants.iter().any(|want| want.package == package.name);
        let mode = self.policy.prereleases;
        let bounds = self.problem.bounds(&package.name);
        let explicit = matches!(mode, Prereleases::Explicit | Prereleases::IfNecessaryOrExplicit)
            && bounds.iter().any(|bound| asks_prerelease(bound));
        let necessary = matches!(mode, Prereleases::IfNecessary | Prereleases::IfNecessaryOrExplicit);
        let is_final = |candidate: &Candidate| candidate.url.is_some() || !candidate.version.any_prerelease();
        // A final release that is left out to see what that takes would still be there for everybody else.
        let left_out = |one: &Excluded| matches!(one.why, Exclusion::Avoided(_)) && !one.version.any_prerelease();
        let finals = package.candidates.iter().any(|candidate| is_final(candidate) && candidate.yanked.is_none())
            || package.excluded.iter().any(left_out);
        let free = mode == Prereleases::Allow || explicit || (necessary && !finals);
        if !free && !necessary {
            let (kept, out): (Vec<_>, Vec<_>) = std::mem::take(&mut package.candidates).into_iter().partition(is_final);
            package.candidates = kept;
            package.excluded.extend(
                out.into_iter().map(|candidate| Excluded { version: candidate.version, why: Exclusion::Prerelease }),
            );
            package.excluded.sort_by(|one, other| other.version.cmp(&one.version));
        }
        let lowest = objective.direction.is_lowest(direct);
        let admitted = |one: &Candidate| one.url.is_some() || bounds.iter().all(|bound| bound.contains(&one.version));
        let last_resort: Vec<bool> = package
            .candidates
            .iter()
            .map(|one| (!free && !is_final(one)) || self.problem.must_be_pinned(&package.name, one))
            .collect();
        let counts: Vec<bool> =
            package.candidates.iter().zip(&last_resort).map(|(one, last)| !last && admitted(one)).collect();
        let total = counts.iter().filter(|counts| **counts).count();
        let level = if direct { Level::DirectFreshness } else { Level::Freshness };
        let locked = self.policy.locked.get(&package.name);
        let ruled = self.problem.rules.costs(package, objective);
        let mut newer = 0;
        for (((candidate, last_resort), counts), ruled) in
            package.candidates.iter_mut().zip(last_resort).zip(counts).zip(ruled)
        {
            let better = if lowest { total.saturating_sub(newer + usize::from(counts)) } else { newer };
            // A release that is only there for want of another is behind the one it would stand in for.
            let behind = distance(better).max(u32::from(last_resort));
            let changed = !self.policy.locked.is_empty() && locked != Some(&candidate.version);
            candidate.cost += objective.cost(Level::LastResort, u32::from(last_resort))
                + objective.cost(Level::Change, u32::from(changed))
                + objective.cost(level, behind)
                + ruled;
            newer += usize::from(counts);
        }
    }

    /// Turns a release's metadata into what the search needs; an error when the release cannot be used.
    pub fn requires(&self, metadata: &CoreMetadata) -> Result<Requires, Exclusion> {
        if let Some(python) = &metadata.requires_python
            && !self.environment.supports(python)
        {
            return Err(Exclusion::Python(python.to_string()));
        }
        let mut edges = Vec::new();
        for requirement in metadata.requires_dist.iter().filter(|one| !self.problem.drops(&one.name)) {
            for when in self.conditions(requirement) {
                let specifiers = match &requirement.wanted {
                    Wanted::Versions(specifiers) => specifiers.clone(),
                    Wanted::Url(_) if self.names_archive(requirement) => VersionSpecifiers::empty(),
                    Wanted::Url(_) if when.is_empty() => return Err(Exclusion::UrlDependency(requirement.to_string())),
                    // The release can be used, the extra cannot.
                    Wanted::Url(_) => nothing(),
                };
                edges.push(Edge {
                    when,
                    package: requirement.name.clone(),
                    extras: requirement.extras.clone(),
                    specifiers,
                });
            }
        }
        Ok(Requires { edges })
    }

    /// The sets of extras under which a requirement applies here, the smallest ones; empty when it never does.
    fn conditions(&self, requirement: &Requirement) -> Vec<Vec<ExtraName>> {
        let markers = &self.environment.markers;
        if requirement.applies(markers, &[]) {
            return vec![Vec::new()];
        }
        let mentioned = extras_of(requirement.marker);
        let single: Vec<Vec<ExtraName>> = mentioned
            .iter()
            .filter(|extra| requirement.applies(markers, std::slice::from_ref(extra)))
            .map(|extra| vec![extra.clone()])
            .collect();
        if !single.is_empty() || mentioned.len() < 2 {
            return single;
        }
        let all: Vec<ExtraName> = mentioned.into_iter().collect();
        let mut pairs = Vec::new();
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                let pair = vec![one.clone(), other.clone()];
                if requirement.applies(markers, &pair) {
                    pairs.push(pair);
                }
            }
        }
        if pairs.is_empty() && requirement.applies(markers, &all) {
            pairs.push(all);
        }
        pairs
    }

    /// Whether the project names the same archive for the package.
    fn names_archive(&self, requirement: &Requirement) -> bool {
        let place = |requirement: &Requirement| match &requirement.wanted {
            Wanted::Url(url) => {
                let mut url = without_credentials(url);
                url.set_fragment(None);
                Some(url)
            }
            Wanted::Versions(_) => None,
        };
        let wanted = place(requirement);
        let mut own = self.problem.wants.iter().filter(|want| want.package == requirement.name && want.archive);
        own.any(|want| want.text.parse::<Requirement>().is_ok_and(|own| place(&own) == wanted))
    }
}

impl Judged {
    /// How well a wheel of this name fits.
    fn rank(&mut self, filename: &str, environment: &RuntimeEnvironment) -> Option<u32> {
        let stem = filename.strip_suffix(".whl")?;
        // Which tags fit depends on the last three parts alone; the first two were read when the page was.
        let (start, _) = stem.rmatch_indices('-').nth(2)?;
        let tags = stem.get(start..)?;
        if let Some(rank) = self.tags.get(tags) {
            return *rank;
        }
        let wheel = WheelFilename::from_str(&format!("any-0{tags}.whl")).ok();
        let rank = wheel.and_then(|wheel| environment.wheel_rank(&wheel));
        self.tags.insert(tags.into(), rank);
        rank
    }

    /// Whether this `Requires-Python` admits the environment. What cannot be read restricts nothing, as in pip and uv.
    fn supports(&mut self, text: &str, environment: &RuntimeEnvironment) -> bool {
        if let Some(supported) = self.pythons.get(text) {
            return *supported;
        }
        let supported = metadata::requires_python(text).map_or(true, |read| environment.supports(&read.value));
        self.pythons.insert(text.into(), supported);
        supported
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

/// Of two reasons why files cannot be used, the one that tells more, whatever their order.
fn closest<'p>(one: Obstacle<'p>, other: Obstacle<'p>) -> Obstacle<'p> {
    let weight = |why: Obstacle<'p>| match why {
        Obstacle::TooNew => (6, ""),
        Obstacle::NoUploadTime => (5, ""),
        Obstacle::Hashes => (4, ""),
        Obstacle::Python(text) => (3, text),
        Obstacle::Format => (2, ""),
        Obstacle::Platform => (1, ""),
    };
    if weight(other) > weight(one) { other } else { one }
}

impl From<Obstacle<'_>> for Exclusion {
    fn from(obstacle: Obstacle<'_>) -> Self {
        match obstacle {
            Obstacle::Platform => Self::Platform,
            Obstacle::Format => Self::Format,
            Obstacle::Python(text) => Self::Python(text.to_string()),
            Obstacle::Hashes => Self::Hashes,
            Obstacle::NoUploadTime => Self::NoUploadTime,
            Obstacle::TooNew => Self::TooNew,
        }
    }
}

fn extras_of(marker: MarkerTree) -> BTreeSet<ExtraName> {
    let mut extras = BTreeSet::new();
    marker.visit_extras(|_, extra| {
        extras.insert(extra.clone());
    });
    extras
}

/// Specifiers that no version satisfies.
fn nothing() -> VersionSpecifiers {
    VersionSpecifiers::from_str("<0.dev0").expect("a constant in the grammar of PEP 440")
}

/// Whether specifiers ask for pre-releases by naming one as a pin or a lower bound. An upper bound such as `<3.0.dev0`
/// does the opposite: it keeps the pre-releases of the next version out.
fn asks_prerelease(specifiers: &VersionSpecifiers) -> bool {
    specifiers.iter().any(|specifier| {
        let upper = matches!(specifier.operator(), Operator::NotEqual | Operator::LessThan | Operator::LessThanEqual);
        !upper && specifier.version().any_prerelease()
    })
}
