//! `db`: what the knowledge base holds, loading advisories now, and giving up what nobody asked for in a long time.
//!
//! How it is stored is left to `knowledge`, how it is told to the caller.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use knowledge::{Access, KnowledgeBase, KnowledgeError, Limits, SnapshotInfo, SnapshotStatus};
use packaging::PackageName;
use sha2::{Digest as _, Sha256};

use crate::{
    advise::advisories::{self, Asking, Sources},
    error::AdviseError,
    request::AdvisorySource,
    world::World,
};

/// A day, seconds.
const DAY: i64 = 24 * 3600;
/// What is kept when room is made: what was fetched or confirmed within so many days, and at most so many bytes.
const KEPT: Limits = Limits { max_age: Some(90 * DAY), max_bytes: Some(2 << 30) };

/// What is stored.
#[derive(Clone, Debug)]
pub struct Status {
    /// The file of the knowledge base, which may not be there yet.
    pub path: PathBuf,
    /// What is in it; `None` when there is no such file.
    pub base: Option<knowledge::Status>,
    /// The advisory snapshots in it, the last checked one first.
    pub snapshots: Vec<Snapshot>,
    /// The configured sources of advisories, without credentials, when no snapshot of them is stored.
    pub not_loaded: Option<Vec<String>>,
}

/// One stored advisory snapshot.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// What is told about it.
    pub info: SnapshotInfo,
    /// How many packages it has advisories about.
    pub packages: u64,
    /// The first of its records that could not be used: place and reason.
    pub rejected: Vec<String>,
    /// Whether it is of the sources that are configured now.
    pub configured: bool,
}

impl Snapshot {
    fn new(status: SnapshotStatus, configured: &str) -> Self {
        Self {
            rejected: advisories::rejected(&status.info),
            configured: status.key == configured,
            packages: status.packages,
            info: status.info,
        }
    }
}

/// What is stored in the knowledge base at `path`. A file that is not there is not created.
///
/// `configured` are the sources of advisories in effect, whose relative paths start in `folder`.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn status(path: &Path, folder: &Path, configured: &[AdvisorySource]) -> Result<Status, KnowledgeError> {
    let sources = Sources { folder, list: configured };
    let mut base = None;
    let mut snapshots = Vec::new();
    if path.exists() {
        let mut status = KnowledgeBase::open(path, Access::ReadWrite)?.status()?;
        let key = advisories::key(sources);
        snapshots = status.snapshots.drain(..).map(|snapshot| Snapshot::new(snapshot, &key)).collect();
        base = Some(status);
    }
    let is_loaded = snapshots.iter().any(|snapshot| snapshot.configured);
    let not_loaded = (!is_loaded).then(|| advisories::names(sources));
    Ok(Status { path: path.to_path_buf(), base, snapshots, not_loaded })
}

/// What [`update`] did.
#[derive(Clone, Debug)]
pub struct Updated {
    /// What was stored of these sources before.
    pub before: Option<SnapshotInfo>,
    /// What is stored now.
    pub now: SnapshotInfo,
    /// How many packages it has advisories about.
    pub packages: u64,
    /// Packages whose advisories are new or other than before.
    pub changed: Vec<PackageName>,
    /// Packages with no advisory any more.
    pub gone: Vec<PackageName>,
    /// The first of the records that cannot be used: place and reason.
    pub rejected: Vec<String>,
    /// What else the reader should know.
    pub notes: Vec<String>,
}

/// Loads the advisories of `sources` now, whatever their age; with `anew` even what has not changed. Relative paths start in
/// `folder`.
///
/// # Errors
/// When a source cannot be reached or used, or the snapshot cannot be kept. What was stored before stays then.
pub fn update(
    sources: &[AdvisorySource],
    folder: &Path,
    anew: bool,
    world: &World<'_>,
) -> Result<Updated, AdviseError> {
    let sources = Sources { folder, list: sources };
    let key = advisories::key(sources);
    // Loading replaces a stored snapshot that cannot be read; it is only not compared with.
    let before = world.knowledge.snapshot(&key).unwrap_or_default();
    let old = match &before {
        Some(before) => contents(&world.knowledge, &key, before).unwrap_or_default().unwrap_or_default(),
        None => BTreeMap::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| AdviseError::Read { file: "the clock and the network".to_string(), source })?;
    let mut notes = Vec::new();
    let asking = if anew { Asking::Anew } else { Asking::Now };
    let (loaded, _) = runtime.block_on(advisories::snapshot(sources, world, asking, &mut notes))?;
    let now = loaded.info;
    // Another process that loads the same sources may have replaced it this moment: then there is nothing to compare.
    let new = contents(&world.knowledge, &key, &now)?.unwrap_or_else(|| old.clone());
    let changed = new.iter().filter(|(package, body)| old.get(*package) != Some(*body));
    Ok(Updated {
        changed: changed.map(|(package, _)| package.clone()).collect(),
        gone: old.keys().filter(|package| !new.contains_key(*package)).cloned().collect(),
        packages: new.len() as u64,
        rejected: advisories::rejected(&now),
        before,
        now,
        notes,
    })
}

/// What a snapshot says of each package, as a fingerprint; `None` when it is not stored.
fn contents(
    knowledge: &KnowledgeBase,
    key: &str,
    info: &SnapshotInfo,
) -> Result<Option<BTreeMap<PackageName, [u8; 32]>>, KnowledgeError> {
    let mut contents = BTreeMap::new();
    let is_stored = knowledge.each_advisory(key, &info.id, |package, body| {
        contents.insert(package, Sha256::digest(body).into());
    })?;
    Ok(is_stored.then_some(contents))
}

/// Whether this run is the one that makes room: the first of a day (UTC).
///
/// The runs themselves tell, so that nothing else needs to be stored. Offline nothing is given up, because nothing can be
/// fetched again.
pub(crate) fn is_tidying_due(world: &World<'_>) -> bool {
    if world.http.is_offline() || world.knowledge.path().is_none() {
        return false;
    }
    let last = world.knowledge.last_run_at().unwrap_or_default();
    last.is_some_and(|last| last.div_euclid(DAY) != world.seconds().div_euclid(DAY))
}

/// Gives up pages and metadata that nobody asked for in a long time, and the oldest of what is too much.
pub(crate) fn tidy(world: &World<'_>) {
    world.progress.say("making room in the knowledge base");
    match world.knowledge.prune(&KEPT, world.seconds()) {
        Ok(pruned) => tracing::debug!("{} pages and metadata of {} files given up", pruned.pages, pruned.metadata),
        // Another day will do.
        Err(error) => tracing::debug!("no room was made: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use knowledge::{Freshness, IndexKey, Run, StoredPage};
    use sources::http::{Http, HttpOptions};

    use super::*;

    fn world(knowledge: &Arc<KnowledgeBase>, seconds: i64, offline: bool) -> World<'static> {
        World {
            http: Http::new(HttpOptions { offline, ..HttpOptions::default() }),
            ..World::alone(Arc::clone(knowledge), seconds * 1_000_000)
        }
    }

    fn keep_run(knowledge: &KnowledgeBase, at: i64) {
        let run =
            Run { key: "a".into(), at, recommendation: "stable".into(), summary: "{}".into(), packages: Vec::new() };
        knowledge.keep_run(&run).unwrap();
    }

    #[test]
    fn the_first_run_of_a_day_makes_room_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let knowledge = KnowledgeBase::open(&folder.path().join("knowledge.db"), Access::ReadWrite).unwrap();
        let knowledge = Arc::new(knowledge);
        let morning = 1000 * DAY + 8 * 3600;
        assert!(!is_tidying_due(&world(&knowledge, morning, false)), "nothing can be old in a new file");
        keep_run(&knowledge, morning);
        assert!(!is_tidying_due(&world(&knowledge, morning + 3600, false)));
        assert!(is_tidying_due(&world(&knowledge, morning + DAY, false)));
        assert!(!is_tidying_due(&world(&knowledge, morning + DAY, true)), "offline nothing can be fetched again");
    }

    #[test]
    fn what_was_not_asked_for_in_ninety_days_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let knowledge = KnowledgeBase::open(&folder.path().join("knowledge.db"), Access::ReadWrite).unwrap();
        let index = IndexKey::new(&"https://index.example/simple/".parse().unwrap());
        let packages: [PackageName; 2] = ["old".parse().unwrap(), "new".parse().unwrap()];
        for (package, fetched_at) in packages.iter().zip([9 * DAY, 11 * DAY]) {
            let freshness = Freshness { fetched_at, fresh_until: fetched_at, ..Freshness::default() };
            let page = StoredPage { page: None, digest: None, freshness };
            knowledge.keep_pages(&index, [(package, &page)]).unwrap();
        }
        let knowledge = Arc::new(knowledge);
        tidy(&world(&knowledge, 100 * DAY, false));
        let pages = knowledge.pages(&index, &packages).unwrap();
        assert_eq!(pages.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true]);
    }
}
