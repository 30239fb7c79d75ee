//! `scan`: what is inside releases, archives and folders, by the rules of `indicators`.
//!
//! The file of a release is the one that a lock would install (and, when asked for, its source archive), fetched by the same clients and compared with its hashes. Archives
//! are read member by member in memory; nothing is unpacked, built or imported. What is found in a file is kept by its hash.

mod examine;
mod publisher;
mod release;
pub(crate) mod stack;
mod target;

use std::{path::Path, sync::Arc};

use futures::{StreamExt as _, stream};
use indicators::{Kind, Report, catalogue};
use packaging::{
    Digest, PackageName, Version,
    index::{FileKind, IndexFile},
};
use sources::distribution::{self, Distribution};
use tokio::sync::Semaphore;

pub(crate) use self::{
    release::{Chosen, Indexes},
    target::{Release, Target, Wanted},
};
use crate::{
    advise::{fetch::Shared, in_runtime, indexes::Routes},
    error::AdviseError,
    request::Request,
    world::World,
};

/// How many files are fetched at once.
const AT_ONCE: usize = 16;

/// What was looked into, and what could not be.
#[derive(Debug, Default)]
pub struct Scan {
    /// What was looked into, in the order asked for; the releases of a lock by name.
    pub artifacts: Vec<Artifact>,
    /// What was not looked into, so that nothing is known of it.
    pub unscanned: Vec<Unscanned>,
    /// What was not understood on the way, as sentences.
    pub notes: Vec<String>,
}

/// A file or folder that was looked into.
#[derive(Debug)]
pub struct Artifact {
    /// The release, where it is known.
    pub release: Option<(PackageName, Version)>,
    /// Its name: that of the file on its index, or the path as the user wrote it.
    pub file: String,
    /// The index that lists it, without credentials.
    pub index: Option<String>,
    /// Its SHA-256; a folder has none.
    pub sha256: Option<Digest>,
    /// What was found, by all rules.
    pub report: Arc<Report>,
    /// Whether it was found by an earlier run.
    pub known: bool,
}

/// Something that was asked for and not looked into.
#[derive(Debug)]
pub struct Unscanned {
    /// What it is, as the user or a lock names it.
    pub what: String,
    /// Why not.
    pub error: AdviseError,
}

/// How much of a release is looked into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Breadth {
    /// The one that a lock would install.
    #[default]
    Installed,
    /// Its source archive besides, so that what only the wheel carries is told.
    WithSource,
    /// Who published it besides, for a comparison with another.
    WithPublisher,
}

/// Looks into what `targets` name: a release (`flask==3.0.0`; without a version the newest that fits), a wheel, an sdist, a
/// folder, or a lock with all its releases. Paths are relative to the folder of `request`, which also says where releases come
/// from and for which environment. Where both a wheel and the source archive of a release are looked into, they are compared.
///
/// What cannot be looked into is told beside the rest.
///
/// # Errors
/// When a target is neither a path nor a requirement, or the environment or the indexes cannot be settled.
pub fn scan(request: &Request, targets: &[String], breadth: Breadth, world: &World<'_>) -> Result<Scan, AdviseError> {
    let mut scan = Scan::default();
    let mut wanted = Vec::new();
    for text in targets {
        match Target::read(text, &request.folder)? {
            Target::Lock(read) => {
                scan.notes.extend(read.notes);
                wanted.extend(read.releases.into_iter().map(Wanted::Release));
            }
            Target::One(one) => wanted.push(one),
        }
    }
    let total = wanted.len() as u64;
    world.progress.say("looking into files");
    world.progress.count(0, Some(total));
    let scanned = in_runtime(|runtime| {
        let asks = wanted.iter().any(|one| matches!(one, Wanted::Release(_)));
        let indexes = if asks { Some(Indexes::settle(request, world)?) } else { None };
        let bench = Bench { indexes: indexes.as_ref(), breadth, ..Bench::new(world) };
        runtime.block_on(async {
            let all = stream::iter(&wanted).map(|one| async { bench.look(one).await }).buffered(AT_ONCE);
            let told = all.enumerate().inspect(|(at, _)| world.progress.count(*at as u64 + 1, Some(total)));
            world.limits.demand(async { Ok(told.map(|(_, one)| one).collect::<Vec<_>>().await) }).await
        })
    })?;
    for one in scanned {
        scan.artifacts.extend(one.artifacts);
        scan.unscanned.extend(one.unscanned);
        scan.notes.extend(one.notes);
    }
    compare(&mut scan.artifacts);
    Ok(scan)
}

/// Adds to what was found in wheels what only they carry, where the source archive of the release was looked into as well.
///
/// It is told from what is kept of both, so neither has to be at hand.
fn compare(artifacts: &mut [Artifact]) {
    let of_kind = |one: &Artifact, kind| one.report.inventory.kind == Some(kind);
    let sources: Vec<_> = artifacts
        .iter()
        .filter(|one| of_kind(one, Kind::Sdist) && one.release.is_some())
        .map(|one| (one.release.clone(), Arc::clone(&one.report)))
        .collect();
    for wheel in artifacts.iter_mut().filter(|one| of_kind(one, Kind::Wheel)) {
        if let Some((_, source)) = sources.iter().find(|(release, _)| *release == wheel.release) {
            let report = Arc::make_mut(&mut wheel.report);
            report.findings.extend(examine::beside(&report.inventory, &source.inventory));
            report.findings.sort();
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Where files are looked into: as many at once as there are cores, so that memory is bounded, too.
struct Bench<'a> {
    world: &'a World<'a>,
    indexes: Option<&'a Indexes>,
    breadth: Breadth,
    cores: Arc<Semaphore>,
}

impl<'a> Bench<'a> {
    fn new(world: &'a World<'a>) -> Self {
        Self { world, indexes: None, breadth: Breadth::default(), cores: Arc::new(Semaphore::new(cores())) }
    }

    async fn look(&self, wanted: &Wanted) -> Scan {
        let mut scan = Scan::default();
        let looked = match wanted {
            Wanted::Folder { shown, path } => self.folder(shown, path.clone()).await,
            Wanted::File { shown, path } => self.local(shown, path).await,
            Wanted::Release(wanted) => self.release(wanted, &mut scan).await,
        };
        match looked {
            Ok(artifact) => scan.artifacts.insert(0, artifact),
            Err(error) => scan.unscanned.push(Unscanned { what: wanted.to_string(), error }),
        }
        scan
    }

    async fn local(&self, shown: &str, path: &Path) -> Result<Artifact, AdviseError> {
        let file = std::fs::File::open(path);
        let file = file.map_err(|source| AdviseError::Read { file: shown.to_string(), source })?;
        let failed = |source| AdviseError::Distribution { source: Box::new(source) };
        let (name, release) = (shown.to_string(), target::release_of(path));
        let distribution = self.work(move || distribution::local(&name, file)).await?.map_err(failed)?;
        let known = self.recall(std::slice::from_ref(&distribution.sha256), shown);
        self.file(release, shown.to_string(), None, known, Some(distribution)).await
    }

    /// The file of a release that a lock would install. Its source archive, or why it is not there, goes into `scan`.
    async fn release(&self, wanted: &Release, scan: &mut Scan) -> Result<Artifact, AdviseError> {
        let indexes = self.indexes.ok_or_else(|| AdviseError::Bug("no index was settled".to_string()))?;
        let chosen = indexes.choose(wanted).await?;
        let (package, routes) = (&wanted.package, indexes.routes());
        let installed = self.listed(package, &chosen, &chosen.file, routes);
        let installed = match self.breadth {
            Breadth::WithPublisher => self.published(&indexes.shared, package, &chosen, installed).await,
            Breadth::Installed | Breadth::WithSource => installed.await,
        };
        if self.breadth == Breadth::WithSource && chosen.file.kind == FileKind::Wheel {
            match &chosen.source {
                Some(source) => match self.listed(package, &chosen, source, routes).await {
                    Ok(artifact) => scan.artifacts.push(artifact),
                    Err(error) => scan.unscanned.push(Unscanned { what: source.filename.clone(), error }),
                },
                None => scan.notes.push(format!(
                    "{} {} has no source archive where it comes from: what only its wheel carries is not known",
                    wanted.package, chosen.version
                )),
            }
        }
        installed
    }

    /// What is in a file that an index lists.
    async fn listed(
        &self,
        package: &PackageName,
        chosen: &Chosen,
        file: &IndexFile,
        routes: &Routes,
    ) -> Result<Artifact, AdviseError> {
        let known = self.recall(&file.digests, &file.filename);
        let fetched = match &known {
            Some(_) => None,
            None => Some(chosen.fetch(&self.world.http, file, routes).await?),
        };
        let release = Some((package.clone(), chosen.version.clone()));
        self.file(release, file.filename.clone(), chosen.shown.clone(), known, fetched).await
    }

    /// The same with who published it, which is fetched meanwhile.
    async fn published(
        &self,
        shared: &Shared,
        package: &PackageName,
        chosen: &Chosen,
        listed: impl Future<Output = Result<Artifact, AdviseError>>,
    ) -> Result<Artifact, AdviseError> {
        let publishers = publisher::publishers(self.world, shared, package, chosen);
        let (listed, publishers) = futures::join!(listed, publishers);
        let mut artifact = listed?;
        Arc::make_mut(&mut artifact.report).inventory.publishers = publishers;
        Ok(artifact)
    }

    /// What was found in a file: known, or to be found now.
    async fn file(
        &self,
        release: Option<(PackageName, Version)>,
        file: String,
        index: Option<String>,
        known: Option<(Digest, Report)>,
        distribution: Option<Distribution>,
    ) -> Result<Artifact, AdviseError> {
        let (sha256, report, known) = match (known, distribution) {
            (Some((sha256, report)), _) => (sha256, report, true),
            (None, Some(distribution)) => {
                let (name, of, sha256) = (file.clone(), release.clone(), distribution.sha256.clone());
                let read = |source| AdviseError::Read { file: file.clone(), source };
                let report =
                    self.work(move || examine::archive(distribution, &name, of.as_ref())).await?.map_err(read)?;
                self.keep(&sha256, &file, &report);
                (sha256, report, false)
            }
            (None, None) => return Err(AdviseError::Bug(format!("{file} was neither known nor fetched"))),
        };
        Ok(Artifact { release, file, index, sha256: Some(sha256), report: Arc::new(report), known })
    }

    async fn folder(&self, shown: &str, path: std::path::PathBuf) -> Result<Artifact, AdviseError> {
        let read = |source| AdviseError::Read { file: shown.to_string(), source };
        let report = self.work(move || examine::folder(&path)).await?.map_err(read)?;
        let (file, report) = (shown.to_string(), Arc::new(report));
        Ok(Artifact { release: None, file, index: None, sha256: None, report, known: false })
    }

    /// Does work on one of the cores.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AdviseError> {
        let stopped = |error: &dyn std::fmt::Display| AdviseError::Bug(format!("the analysis stopped: {error}"));
        let permit = Arc::clone(&self.cores).acquire_owned().await.map_err(|error| stopped(&error))?;
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        task.await.map_err(|error| stopped(&error))
    }

    fn recall(&self, digests: &[Digest], file: &str) -> Option<(Digest, Report)> {
        if self.world.refresh {
            return None;
        }
        let (sha256, body) = self.world.knowledge.scan(digests, &basis(file)).ok().flatten()?;
        let text = zstd::stream::decode_all(body.as_slice()).ok()?;
        Some((sha256, serde_json::from_slice(&text).ok()?))
    }

    /// Keeps what was found. What cannot be kept is found again next time: no reason to fail.
    fn keep(&self, sha256: &Digest, file: &str, report: &Report) {
        let body = serde_json::to_vec(report).map_err(std::io::Error::other);
        let body = body.and_then(|text| zstd::stream::encode_all(text.as_slice(), 3));
        let kept = match body {
            Ok(body) => self.world.knowledge.keep_scan(sha256, &basis(file), self.world.seconds(), &body),
            Err(error) => return tracing::warn!("what was found is not kept: {error}"),
        };
        if let Err(error) = kept {
            tracing::warn!("what was found is not kept: {error}");
        }
    }
}

/// The name of all that a result depends on besides the bytes: the rules, how archives are read and results written here, and what
/// the file is called, which tells what it should be.
fn basis(file: &str) -> String {
    const READING: u32 = 2;
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    format!("{} {READING} {name}", catalogue::version())
}
