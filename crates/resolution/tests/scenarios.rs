//! The stories under `tests/scenarios`, told to the core as values: pages to the sieve, what it makes of them to the search,
//! and the search's questions answered from the universe of the story.
//!
//! Stories that give literal files, and projects that contradict themselves, are left to the tests of the binary: the core is
//! told of neither.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use evidence::{Ignores, PackageAdvisories, SnapshotBuilder};
use packaging::{
    Origin, PackageName, Requirement, RuntimeEnvironment, Url, Version, VersionSpecifiers,
    index::IndexPage,
    metadata::CoreMetadata,
    project::{FormatControl, IndexOptions},
    requirement::Wanted,
};
use resolution::{
    Direction, Objective, Problem, Recommendation, Search, Stack, Step,
    catalogue::{DirectArchive, Exclusion, Requires, Want},
    policy::{Policy, Prereleases},
    sieve::Sieve,
};
use scenarios::{Outcome, Scenario, Universe, load_all, scenario, universe::DEFAULT_INDEX};

#[test]
fn every_story_comes_out_as_it_is_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let (mut wrong, mut told) = (Vec::new(), 0);
    for (path, scenario) in load_all(&folder).expect("every story parses") {
        let expected = match scenario.outcome() {
            Outcome::Stack(stack) => Some(stack),
            Outcome::Impossible => None,
            Outcome::Error(_) => continue,
        };
        if !scenario.project.files.is_empty() || contradicts_itself(&scenario) {
            continue;
        }
        told += 1;
        let found = World::of(&scenario).decide();
        let pins = found.as_ref().map(|stack| {
            let releases = stack.releases.iter().map(|release| (release.name.clone(), release.version.clone()));
            releases.collect::<BTreeMap<PackageName, Version>>()
        });
        let proved = found.is_none_or(|stack| stack.is_optimal());
        if pins != expected || !proved {
            let name = path.strip_prefix(&folder).unwrap_or(&path).display();
            let story = &scenario.story;
            wrong.push(format!("{name}: {story}\n  expected {expected:?}\n  found    {pins:?}, proved: {proved}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {told} stories:\n{}", wrong.len(), wrong.join("\n"));
    assert!(told >= 120, "only {told} stories were told");
}

/// Whether a project names two archives for one package, which is found out before anything is resolved.
fn contradicts_itself(scenario: &Scenario) -> bool {
    let archives = scenario.project.requires.iter().filter_map(|line| line.split_once(" @ "));
    let mut named = BTreeMap::new();
    archives.into_iter().any(|(name, url)| named.insert(name, url).is_some_and(|other| other != url))
}

/// A story as the core sees it.
struct World {
    universe: Universe,
    environment: RuntimeEnvironment,
    problem: Problem,
    policy: Policy,
    advisories: BTreeMap<PackageName, Arc<PackageAdvisories>>,
    archives: BTreeMap<PackageName, Url>,
    /// Packages that may only come from one index.
    pins: BTreeMap<PackageName, String>,
    /// The indexes in the order in which they are asked.
    indexes: Vec<String>,
    best_match: bool,
}

impl World {
    fn of(scenario: &Scenario) -> Self {
        let universe = Universe::offline(scenario).expect("the universe is built");
        let scenario = scenario.filled(&universe);
        let stated = &scenario.environment;
        let environment = RuntimeEnvironment::stated(&stated.python, &stated.platform, &stated.implementation)
            .expect("the environment is one");
        let mut builder = SnapshotBuilder::new();
        for (name, text) in scenario.advisory_records() {
            builder.add(&name, text.as_bytes());
        }
        let advisories = builder.finish().packages.into_iter().map(|(name, found)| (name, Arc::new(found)));
        let problem = problem(&scenario, &environment);
        let policy = policy(&scenario, &problem);
        let options = &scenario.options;
        let archives = requirements(&scenario.project.requires).into_iter().filter_map(|one| match one.wanted {
            Wanted::Url(url) if one.marker.evaluate(&environment.markers, &[]) => Some((one.name, url)),
            _ => None,
        });
        Self {
            archives: archives.collect(),
            advisories: advisories.collect(),
            pins: options.pins.iter().map(|(package, index)| (name(package), index.clone())).collect(),
            indexes: scenario.indexes.keys().cloned().chain([DEFAULT_INDEX.to_string()]).collect(),
            best_match: options.index_strategy.as_deref() == Some("unsafe-best-match"),
            universe,
            environment,
            problem,
            policy,
        }
    }

    /// Steps the search to its end.
    fn decide(&self) -> Option<Stack> {
        let sieve = Sieve::new(&self.environment, &self.policy, &self.problem);
        let mut search = Search::new(self.problem.clone());
        loop {
            let needs = match search.step(&mut || false) {
                Step::Needs(needs) => needs,
                Step::Decided(stack) => return Some(stack),
                Step::Impossible(conflict) => {
                    assert!(!conflict.facts.is_empty(), "a conflict names its facts");
                    return None;
                }
                Step::Stopped => unreachable!("nobody asked the search to stop"),
            };
            for package in needs.packages.keys() {
                let advisories = self.advisories.get(package).cloned();
                search.add_package(match self.archives.get(package) {
                    Some(url) => {
                        let (version, archive) = self.archive(url);
                        sieve.archive(package, version, archive, advisories)
                    }
                    None => sieve.package(package, self.pages(package), advisories),
                });
            }
            for (package, version) in &needs.releases {
                let requires = self.requires(&search, &sieve, package, version);
                search.add_release(package, version, requires);
            }
        }
    }

    /// The pages of a package, as the index strategy finds them.
    fn pages(&self, package: &PackageName) -> Vec<(usize, Arc<IndexPage>)> {
        let pin = self.pins.get(package);
        let asked = self.indexes.iter().enumerate().filter(|(_, index)| pin.is_none_or(|pin| pin == *index));
        let found = asked.filter_map(|(number, index)| Some((number, Arc::new(self.universe.page(index, package)?))));
        found.take(if self.best_match { usize::MAX } else { 1 }).collect()
    }

    fn archive(&self, url: &Url) -> (Version, DirectArchive) {
        let file = self.universe.file(url.as_str()).expect("stories name archives that are there");
        let archive = DirectArchive {
            url: url.clone(),
            filename: file.filename.clone(),
            digests: Vec::new(),
            size: file.bytes.len() as u64,
        };
        (file.version.parse().expect("stories name archives with a version"), archive)
    }

    /// What the best file of a release requires.
    fn requires(
        &self,
        search: &Search,
        sieve: &Sieve<'_>,
        name: &PackageName,
        version: &Version,
    ) -> Result<Requires, Exclusion> {
        let package = search.catalogue().package(name).expect("a release is asked for after its package");
        let candidate = &package.candidates[package.position(version).expect("only candidates are asked for")];
        let url = match &candidate.url {
            Some(archive) => Some(archive.url.to_string()),
            None => sieve.usable_files(package, candidate).first().map(|best| best.file.url().to_string()),
        };
        let text = url.and_then(|url| self.universe.metadata(&url));
        let unknown = || Exclusion::UnknownMetadata("only a build could tell".to_string());
        let metadata = CoreMetadata::parse(text.ok_or_else(unknown)?.as_bytes());
        match metadata {
            Ok(metadata) if !metadata.broken() => sieve.requires(&metadata),
            Ok(metadata) => Err(Exclusion::BrokenMetadata(metadata.unreadable.join("; "))),
            Err(error) => Err(Exclusion::BrokenMetadata(error.to_string())),
        }
    }
}

fn problem(scenario: &Scenario, environment: &RuntimeEnvironment) -> Problem {
    let applying = |lines: &[String]| -> Vec<Want> {
        let applying = requirements(lines).into_iter().enumerate();
        applying.filter(|(_, one)| one.applies(&environment.markers, &[])).map(|(line, one)| want(line, &one)).collect()
    };
    let replaced = requirements(&scenario.project.overrides).into_iter().map(|one| (one.name, Vec::new()));
    let mut overrides: BTreeMap<PackageName, Vec<Want>> = replaced.collect();
    for replacement in applying(&scenario.project.overrides) {
        overrides.entry(replacement.package.clone()).or_default().push(replacement);
    }
    let recommendation = match scenario.options.recommendation {
        scenario::Recommendation::Latest => Recommendation::Latest,
        scenario::Recommendation::Stable => Recommendation::Stable,
        scenario::Recommendation::Security => Recommendation::Security,
    };
    let direction = match scenario.options.resolution.as_deref() {
        None | Some("highest") => Direction::Highest,
        Some("lowest") => Direction::Lowest,
        Some("lowest-direct") => Direction::LowestDirect,
        Some(other) => panic!("`{other}` is no resolution"),
    };
    Problem {
        wants: applying(&scenario.project.requires),
        constraints: applying(&scenario.project.constraints),
        overrides,
        objective: Objective::new(recommendation, direction),
        rules: resolution::rule::Rules::default(),
    }
}

fn want(line: usize, requirement: &Requirement) -> Want {
    let archive = matches!(requirement.wanted, Wanted::Url(_));
    Want {
        package: requirement.name.clone(),
        extras: requirement.extras.clone(),
        specifiers: requirement.specifiers().cloned().unwrap_or_else(VersionSpecifiers::empty),
        origin: Origin { file: "story".to_string(), line: u32::try_from(line + 1).ok(), part: None },
        text: requirement.to_string(),
        archive,
    }
}

fn policy(scenario: &Scenario, problem: &Problem) -> Policy {
    let options = &scenario.options;
    let mut policy = Policy::new(problem.objective.clone());
    policy.prereleases = match options.prerelease.as_deref() {
        None => Prereleases::default(),
        Some("allow") => Prereleases::Allow,
        Some("disallow") => Prereleases::Disallow,
        Some("if-necessary") => Prereleases::IfNecessary,
        Some("explicit") => Prereleases::Explicit,
        Some("if-necessary-or-explicit") => Prereleases::IfNecessaryOrExplicit,
        Some(other) => panic!("`{other}` is no mode of pre-releases"),
    };
    let time = options.exclude_newer.as_ref().map(|time| time.parse::<jiff::Timestamp>());
    policy.exclude_newer = time.map(|time| time.expect("stories date by RFC 3339").as_microsecond());
    policy.formats = IndexOptions {
        no_binary: control(&options.no_binary),
        only_binary: control(&options.only_binary),
        ..IndexOptions::default()
    };
    policy.ignores = Ignores::new(&options.ignore);
    let kept = |package: &PackageName| {
        !options.upgrade && !options.upgrade_packages.iter().any(|given_up| name(given_up) == *package)
    };
    let locked = scenario.lock.iter().map(|(package, version)| (name(package), version.parse()));
    policy.locked = locked
        .filter(|(package, _)| kept(package))
        .map(|(package, version)| (package, version.expect("locked versions are such")))
        .collect();
    policy
}

fn control(names: &[String]) -> FormatControl {
    FormatControl {
        all: names.iter().any(|name| name == ":all:"),
        packages: names.iter().filter(|name| !name.starts_with(':')).map(|package| name(package)).collect(),
    }
}

fn requirements(lines: &[String]) -> Vec<Requirement> {
    lines.iter().map(|line| line.parse().expect("requirements of stories are such")).collect()
}

fn name(text: &str) -> PackageName {
    text.parse().expect("names of stories are such")
}
