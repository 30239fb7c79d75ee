//! The file of a release that a lock would install: found on the indexes or in the lock itself, and fetched.

use std::{collections::BTreeMap, sync::Arc};

use packaging::{
    RuntimeEnvironment, Version,
    index::{FileKind, FileRef, IndexFile, IndexPage, MetadataHint, PageBuilder, Yanked},
    project::IndexOptions,
};
use resolution::{
    Direction, Objective, Problem, Recommendation,
    catalogue::{Candidate, Package},
    policy::{Policy, Prereleases},
    rule::Rules,
    sieve::{Sieve, UsableFile},
};
use sources::{
    distribution::{self, Distribution},
    http::Http,
};

use super::target::Release;
use crate::{
    advise::{
        environment,
        fetch::{self, Shared},
        indexes::Routes,
    },
    error::AdviseError,
    request::Request,
    world::World,
};

/// Where releases come from, and what they are for.
pub(crate) struct Indexes {
    pub(crate) shared: Arc<Shared>,
    environment: RuntimeEnvironment,
    policy: Policy,
    problem: Problem,
}

/// The file to look into.
pub(crate) struct Chosen {
    pub(crate) version: Version,
    pub(crate) file: IndexFile,
    /// The index that lists it, without credentials.
    pub(crate) shown: Option<String>,
    /// The source archive of the same release on the same index, where the file is a wheel and there is one.
    pub(crate) source: Option<IndexFile>,
    pub(crate) place: Option<usize>,
    /// Whether an index may list it: it is no archive at a URL.
    pub(super) listed: bool,
}

impl Indexes {
    /// Finds the environment and the indexes.
    pub(crate) fn settle(request: &Request, world: &World<'_>) -> Result<Self, AdviseError> {
        let routes = Routes::new(request, &IndexOptions::default(), world)?;
        let environment = environment::choose(request, world, None)?.environment;
        let (no_binary, only_binary) = (request.no_binary.clone(), request.only_binary.clone());
        let formats = IndexOptions { no_binary, only_binary, ..IndexOptions::default() };
        let before = request.exclude_newer.as_ref().map(|(instant, _)| *instant);
        Ok(Self::of(Arc::new(Shared::new(world, routes)), environment, formats, before))
    }

    /// These indexes, for this environment, with files of these formats that were uploaded before an instant.
    pub(super) fn of(
        shared: Arc<Shared>,
        environment: RuntimeEnvironment,
        formats: IndexOptions,
        exclude_newer: Option<i64>,
    ) -> Self {
        let objective = Objective::new(Recommendation::Latest, Direction::default());
        let policy = Policy {
            // Who names a release wants that one, whatever else may be said against it.
            prereleases: Prereleases::Allow,
            admit_malware: true,
            exclude_newer,
            formats,
            ..Policy::new(objective.clone())
        };
        let problem = Problem {
            wants: Vec::new(),
            constraints: Vec::new(),
            overrides: BTreeMap::new(),
            objective,
            rules: Rules::default(),
        };
        Self { shared, environment, policy, problem }
    }

    /// Where files are asked for.
    pub(super) fn routes(&self) -> &Routes {
        &self.shared.routes
    }

    /// The file that fits best of the newest release that will do; one that was yanked or is a pre-release only for want of
    /// another.
    pub(crate) async fn choose(&self, wanted: &Release) -> Result<Chosen, AdviseError> {
        self.choose_among(wanted, self.pages(wanted).await?)
    }

    /// The pages that list its files, with the numbers of their places.
    pub(crate) async fn pages(&self, wanted: &Release) -> Result<Vec<(usize, Arc<IndexPage>)>, AdviseError> {
        match wanted.files.is_empty() {
            true => Ok(fetch::pages(&self.shared, &wanted.package).await?.found),
            false => Ok(vec![(usize::MAX, Arc::new(wanted.page()))]),
        }
    }

    /// The same among the files that these pages list.
    pub(crate) fn choose_among(
        &self,
        wanted: &Release,
        pages: Vec<(usize, Arc<IndexPage>)>,
    ) -> Result<Chosen, AdviseError> {
        let mut policy = self.policy.clone();
        if !wanted.digests.is_empty() {
            policy.hashes.insert(wanted.package.clone(), wanted.digests.clone());
        }
        let sieve = Sieve::new(&self.environment, &policy, &self.problem);
        let package = sieve.package(&wanted.package, pages, None);
        let fitting = || package.candidates.iter().filter(|one| wanted.versions.contains(&one.version));
        let usual = fitting().find(|one| one.yanked.is_none() && !one.version.any_prerelease());
        let candidate = usual.or_else(|| fitting().next()).ok_or_else(|| self.missing(wanted, &package))?;
        let best = sieve.usable_files(&package, candidate).into_iter().next();
        let best = best.ok_or_else(|| self.missing(wanted, &package))?;
        let listed = wanted.by_name().is_ok();
        Ok(Chosen { listed, ..Chosen::from(best, &package, candidate, self.routes()) })
    }

    fn missing(&self, wanted: &Release, package: &Package) -> AdviseError {
        let release = format!("{}{}", wanted.package, wanted.versions);
        let out = package.excluded.iter().find(|one| wanted.versions.contains(&one.version));
        AdviseError::NoRelease {
            release,
            why: match out {
                Some(out) => format!("{} {} {}", wanted.package, out.version, out.why),
                None if package.pages.is_empty() => "no index knows the package".to_string(),
                None => "there is no such release".to_string(),
            },
            environment: self.environment.identity(),
        }
    }
}

impl Chosen {
    /// The file of a release that a lock of it would have installed.
    pub(super) fn of(package: &Package, candidate: &Candidate, sieve: &Sieve<'_>, routes: &Routes) -> Option<Self> {
        let Some(archive) = &candidate.url else {
            let best = sieve.usable_files(package, candidate).into_iter().next()?;
            return Some(Self::from(best, package, candidate, routes));
        };
        let kind = if archive.filename.ends_with(".whl") { FileKind::Wheel } else { FileKind::Sdist };
        let file = IndexFile {
            filename: archive.filename.clone(),
            url: archive.url.to_string(),
            kind,
            digests: archive.digests.clone(),
            requires_python: None,
            size: Some(archive.size),
            upload_time: None,
            yanked: Yanked::No,
            core_metadata: MetadataHint::default(),
            provenance: None,
        };
        Some(Self { version: candidate.version.clone(), file, shown: None, source: None, place: None, listed: false })
    }

    fn from(best: UsableFile<'_>, package: &Package, candidate: &Candidate, routes: &Routes) -> Self {
        let place = Some(best.index).filter(|place| *place < routes.places.len());
        let file = best.file.to_owned();
        let beside = |(index, one): &(usize, FileRef<'_>)| *index == best.index && one.kind() == FileKind::Sdist;
        let source = package.files(candidate).find(beside).filter(|_| file.kind == FileKind::Wheel);
        let source = source.map(|(_, source)| source.to_owned());
        let shown = place.map(|place| routes.shown(place));
        Self { version: candidate.version.clone(), file, shown, source, place, listed: true }
    }

    /// Fetches a file of the release, and compares it with its hashes.
    pub(super) async fn fetch(
        &self,
        http: &Http,
        file: &IndexFile,
        routes: &Routes,
    ) -> Result<Distribution, AdviseError> {
        let index = self.place.and_then(|place| routes.places.get(place)).map(|place| &place.index);
        let fetched = distribution::fetch(http, index, file).await;
        fetched.map_err(|source| AdviseError::Distribution { source: Box::new(source) })
    }
}

impl Drop for Indexes {
    fn drop(&mut self) {
        // Pages that were fetched serve the next run.
        self.shared.store();
    }
}

impl Release {
    /// The files that a lock names, as a page.
    fn page(&self) -> IndexPage {
        let named = self.files.iter().map(|file| (file.name.clone(), file.url.clone(), None));
        let bare = IndexPage::from_files(&self.package, named);
        let mut page = PageBuilder::new(self.package.clone());
        for release in bare.releases() {
            for file in release.files() {
                let mut file = file.to_owned();
                let named = self.files.iter().find(|named| named.name == file.filename);
                file.digests = named.map(|named| named.digests.clone()).unwrap_or_default();
                page.file(release.version(), &file);
            }
        }
        page.finish()
    }
}
