//! What the indexes of a story offer that may be used at all, and what each release costs.

use std::collections::{BTreeMap, BTreeSet};

use evidence::{Ignores, Kind, Matcher, Snapshot, SnapshotBuilder};
use packaging::{
    ExtraName, Operator, PackageName, Requirement, RuntimeEnvironment, Version, VersionSpecifiers, Wanted,
    WheelFilename,
    index::{FileKind, FileRef, ProjectStatus},
    metadata::CoreMetadata,
};
use scenarios::{Scenario, Universe, scenario::Recommendation, universe::DEFAULT_INDEX};

/// A story with everything worked out that does not depend on the stack.
pub(crate) struct Offers {
    pub(crate) scenario: Scenario,
    pub(crate) environment: RuntimeEnvironment,
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) constraints: Vec<Requirement>,
    pub(crate) overrides: Vec<Requirement>,
    /// Newest first.
    pub(crate) releases: BTreeMap<PackageName, Vec<Offer>>,
}

/// A usable release.
pub(crate) struct Offer {
    pub(crate) version: Version,
    pub(crate) metadata: CoreMetadata,
    /// Whether it was yanked and the project does not pin it: then a chosen release must.
    pub(crate) needs_pin: bool,
    /// A pre-release or a yanked release that the project did not ask for.
    pub(crate) unasked: bool,
    pub(crate) exploited: u64,
    /// In tenths of CVSS.
    pub(crate) exposure: u64,
    /// The number of usable releases within the project's own bounds that would be preferred; at least one for what is there
    /// for want of another.
    pub(crate) behind: u64,
}

impl Offer {
    pub(crate) fn requires(&self, environment: &RuntimeEnvironment, extras: &BTreeSet<ExtraName>) -> Vec<Requirement> {
        let extras: Vec<ExtraName> = extras.iter().cloned().collect();
        let all = self.metadata.requires_dist.iter();
        all.filter(|requirement| requirement.applies(&environment.markers, &extras)).cloned().collect()
    }
}

impl Offers {
    pub(crate) fn of(scenario: &Scenario) -> Self {
        let universe = Universe::offline(scenario).expect("the universe is built");
        let scenario = scenario.filled(&universe);
        let stated = &scenario.environment;
        let environment = RuntimeEnvironment::stated(&stated.python, &stated.platform, &stated.implementation)
            .expect("the environment is one");
        let read = |lines: &[String]| -> Vec<Requirement> {
            let parsed = lines.iter().map(|line| line.parse::<Requirement>().expect("requirements are such"));
            parsed.filter(|requirement| requirement.applies(&environment.markers, &[])).collect()
        };
        let overrides = scenario.project.overrides.iter().filter_map(|line| line.parse().ok()).collect();
        let (requirements, constraints) = (read(&scenario.project.requires), read(&scenario.project.constraints));
        let mut offers =
            Self { scenario, environment, requirements, constraints, overrides, releases: BTreeMap::new() };
        let names: BTreeSet<PackageName> =
            universe.indexes().flat_map(|index| universe.projects(index)).map(|project| project.name.clone()).collect();
        let mut builder = SnapshotBuilder::new();
        for (name, text) in offers.scenario.advisory_records() {
            builder.add(&name, text.as_bytes());
        }
        let snapshot = builder.finish();
        offers.releases =
            names.iter().map(|name| (name.clone(), offers.of_package(&universe, &snapshot, name))).collect();
        offers
    }

    pub(crate) fn is_direct(&self, package: &PackageName) -> bool {
        self.requirements.iter().any(|requirement| requirement.name == *package)
    }

    fn of_package(&self, universe: &Universe, snapshot: &Snapshot, package: &PackageName) -> Vec<Offer> {
        let mut found: BTreeMap<Version, Found> = BTreeMap::new();
        let urls: BTreeSet<&str> = self.requirements.iter().filter(|it| it.name == *package).filter_map(url).collect();
        for url in &urls {
            if let Some(file) = universe.file(url)
                && let (1, Ok(metadata), Ok(version)) =
                    (urls.len(), CoreMetadata::parse(file.metadata.as_bytes()), file.version.parse())
            {
                found.insert(version, Found { metadata, yanked: false });
            }
        }
        if urls.is_empty() {
            self.of_indexes(universe, package, &mut found);
        }
        let mut offers: Vec<Offer> = found
            .into_iter()
            .rev()
            .filter_map(|(version, found)| self.judged(snapshot, package, version, found))
            .collect();
        self.rank(package, &mut offers);
        offers
    }

    fn of_indexes(&self, universe: &Universe, package: &PackageName, found: &mut BTreeMap<Version, Found>) {
        let options = &self.scenario.options;
        let pin = options.pins.iter().find(|(name, _)| name.parse().as_ref() == Ok(package)).map(|(_, index)| index);
        let named = self.scenario.indexes.keys().map(String::as_str);
        for index in named.chain([DEFAULT_INDEX]).filter(|index| pin.is_none_or(|pin| pin == index)) {
            let Some(page) = universe.page(index, package) else { continue };
            for release in page.releases().filter(|_| page.status() != ProjectStatus::Quarantined) {
                let Ok(version) = release.version().parse::<Version>() else { continue };
                let usable: Vec<FileRef<'_>> = release.files().filter(|file| self.accepts(package, *file)).collect();
                let yanked = usable.iter().all(FileRef::is_yanked);
                let kept = usable.into_iter().filter(|file| yanked || !file.is_yanked());
                let mut readable = kept
                    .filter_map(|file| universe.metadata(&file.url()))
                    .filter_map(|text| CoreMetadata::parse(text.as_bytes()).ok().filter(|metadata| !metadata.broken()));
                if let (Some(metadata), false) = (readable.next(), found.contains_key(&version)) {
                    found.insert(version, Found { metadata, yanked });
                }
            }
            if options.index_strategy.as_deref() != Some("unsafe-best-match") {
                return;
            }
        }
    }

    fn accepts(&self, package: &PackageName, file: FileRef<'_>) -> bool {
        let options = &self.scenario.options;
        let covers =
            |names: &[String]| names.iter().any(|name| name == ":all:" || name.parse().as_ref() == Ok(package));
        let form = match file.kind() {
            FileKind::Wheel => {
                let fits =
                    file.filename().parse::<WheelFilename>().is_ok_and(|it| self.environment.wheel_rank(&it).is_some());
                fits && !covers(&options.no_binary)
            }
            FileKind::Sdist => !covers(&options.only_binary),
        };
        let python = file.requires_python().and_then(|text| text.parse::<VersionSpecifiers>().ok());
        let python = python.is_none_or(|python| self.environment.supports(&python));
        let date = options.exclude_newer.as_ref().is_none_or(|date| {
            let date: jiff::Timestamp = date.parse().expect("stories date by RFC 3339");
            file.upload_time().is_some_and(|time| time < date.as_microsecond())
        });
        form && python && date
    }

    /// Adds what is known of a release; `None` when it may never be chosen.
    fn judged(
        &self,
        snapshot: &Snapshot,
        package: &PackageName,
        version: Version,
        Found { metadata, yanked }: Found,
    ) -> Option<Offer> {
        let mode = self.scenario.options.prerelease.as_deref().unwrap_or("if-necessary-or-explicit");
        let named = self.requirements.iter().chain(&self.constraints).chain(&self.overrides).any(|it| {
            let direct = url(it).is_some();
            it.name == *package
                && (direct
                    || it.specifiers().is_some_and(|all| all.iter().any(packaging::VersionSpecifier::any_prerelease)))
        });
        let asked = !version.any_prerelease() || mode == "allow" || (named && mode.ends_with("explicit"));
        if !asked && !mode.starts_with("if-necessary") {
            return None;
        }
        let ignores = Ignores::new(&self.scenario.options.ignore);
        let (mut exploited, mut exposure) = (0, 0);
        if let Some(advisories) = snapshot.packages.get(package) {
            for vulnerability in Matcher::new(advisories).affecting(&version) {
                if ignores.matching(vulnerability).is_some() {
                    continue;
                }
                if vulnerability.kind == Kind::Malware {
                    return None;
                }
                exploited += u64::from(vulnerability.is_exploited());
                exposure += u64::from(vulnerability.severity.score_tenths().unwrap_or(50));
            }
        }
        if self.scenario.options.recommendation == Recommendation::Latest {
            (exploited, exposure) = (0, 0);
        }
        let own = self.requirements.iter().chain(&self.constraints).chain(&self.overrides);
        let needs_pin = yanked && !own.filter(|it| it.name == *package).any(|it| pins(it, &version));
        Some(Offer { version, metadata, needs_pin, unasked: !asked || needs_pin, exploited, exposure, behind: 0 })
    }

    fn rank(&self, package: &PackageName, offers: &mut [Offer]) {
        let lowest = match self.scenario.options.resolution.as_deref() {
            Some("lowest") => true,
            Some("lowest-direct") => self.is_direct(package),
            _ => false,
        };
        let own =
            if self.overrides.iter().any(|it| it.name == *package) { &self.overrides } else { &self.requirements };
        let own: Vec<&Requirement> = own.iter().chain(&self.constraints).filter(|it| it.name == *package).collect();
        let ranked = |offer: &Offer| {
            let mut bounds = own.iter().filter_map(|it| it.specifiers());
            !offer.unasked && bounds.all(|bound| bound.contains(&offer.version))
        };
        let mut better = 0;
        let mut rank = |offer: &mut Offer| {
            offer.behind = better.max(u64::from(offer.unasked));
            better += u64::from(ranked(offer));
        };
        if lowest {
            offers.iter_mut().rev().for_each(&mut rank);
        } else {
            offers.iter_mut().for_each(&mut rank);
        }
    }
}

/// What is found of a release.
struct Found {
    metadata: CoreMetadata,
    yanked: bool,
}

/// Whether a requirement pins a version exactly.
pub(crate) fn pins(requirement: &Requirement, version: &Version) -> bool {
    let exact = |operator: &Operator| matches!(operator, Operator::Equal | Operator::ExactEqual);
    let mut specifiers = requirement.specifiers().into_iter().flat_map(|all| all.iter());
    specifiers.any(|it| exact(it.operator()) && it.contains(version))
}

pub(crate) fn url(requirement: &Requirement) -> Option<&str> {
    match &requirement.wanted {
        Wanted::Url(url) => Some(url.as_str()),
        Wanted::Versions(_) => None,
    }
}
