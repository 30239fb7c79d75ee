//! The advisory snapshot of a run: stored, refreshed when it is time, loaded when it is new.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use evidence::{PackageAdvisories, Snapshot, SnapshotBuilder};
use knowledge::{KnowledgeBase, SnapshotInfo};
use packaging::{PackageName, Url, requirement::redacted};
use resolution::{Recommendation, outcome::AdvisoriesUsed};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sources::{
    archive::{self, FetchedArchive},
    http::Validators,
};

use super::hex;
use crate::{
    error::AdviseError,
    fingerprint::fingerprint,
    records::{self, Place, Unread, broken_entries},
    request::{AdvisorySource, Request},
    world::World,
};

/// For how long a fetched source is taken as it is, seconds.
const FRESH: i64 = 3600;
/// How many rejected records are kept with a snapshot, to be shown.
const REJECTED_SHOWN: usize = 20;

/// The advisories that a run decides by.
#[derive(Clone)]
pub(crate) struct Advisories {
    key: String,
    pub(crate) info: SnapshotInfo,
    pub(crate) used: AdvisoriesUsed,
    knowledge: Arc<KnowledgeBase>,
    /// The advisories themselves, when the knowledge base could not keep them.
    loaded: Option<Arc<BTreeMap<PackageName, PackageAdvisories>>>,
}

/// What is kept beside a stored snapshot.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Details {
    sources: Vec<String>,
    rejected: Vec<String>,
    /// By source that is fetched: what to ask again with.
    validators: BTreeMap<String, (Option<String>, Option<String>)>,
    /// What the local sources looked like.
    fingerprint: String,
    /// Whether a catalogue of exploited vulnerabilities was among the sources.
    exploited: bool,
}

/// Where a snapshot comes from.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    /// Where relative paths start.
    pub(crate) folder: &'a Path,
    /// The sources, in the order given; never empty.
    pub(crate) list: &'a [AdvisorySource],
}

/// How eagerly the sources are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// When it is time; where one cannot be reached, what is stored is used and a note says so.
    WhenDue,
    /// Now, whether they changed; whatever is in the way is an error.
    Now,
    /// As [`Asking::Now`], and what has not changed is loaded again too.
    Anew,
}

/// How loading ended.
pub(crate) struct Loaded {
    /// `None` when there are no advisories.
    pub(crate) advisories: Option<Advisories>,
    /// Why there are none.
    pub(crate) missing: Option<String>,
    /// What the reader should know: a source that could not be refreshed, say.
    pub(crate) notes: Vec<String>,
    /// Whether a catalogue of exploited vulnerabilities is part of the evidence.
    pub(crate) exploited: bool,
}

/// Loads the snapshot of the sources configured.
pub(crate) async fn load(request: &Request, world: &World<'_>) -> Result<Loaded, AdviseError> {
    let mut notes = Vec::new();
    let sources = Sources { folder: &request.folder, list: &request.advisories };
    match snapshot(sources, world, Asking::WhenDue, &mut notes).await {
        Ok((advisories, exploited)) => Ok(Loaded { advisories: Some(advisories), missing: None, notes, exploited }),
        Err(error) if request.recommendation == Recommendation::Security => {
            Err(AdviseError::Advisories(Box::new(error)))
        }
        // What the user names must work; what is only the default may be out of reach.
        Err(error) if request.advisories.iter().any(|source| *source != AdvisorySource::Osv) => Err(error),
        Err(error) => {
            let missing = Some(error.sentence());
            Ok(Loaded { advisories: None, missing, notes, exploited: false })
        }
    }
}

/// The snapshot of `sources`, and whether a catalogue of exploited vulnerabilities is part of it.
pub(crate) async fn snapshot(
    sources: Sources<'_>,
    world: &World<'_>,
    asking: Asking,
    notes: &mut Vec<String>,
) -> Result<(Advisories, bool), AdviseError> {
    let names = names(sources);
    let key = key(sources);
    let fingerprint = looks(sources)?;
    let stored = world.knowledge.snapshot(&key).unwrap_or_else(|error| {
        notes.push(format!("The stored advisories cannot be read ({error}); they are loaded again."));
        None
    });
    let stored = stored.and_then(|info| {
        let details: Details = serde_json::from_str(&info.details).ok()?;
        (details.fingerprint == fingerprint && asking != Asking::Anew).then_some((info, details))
    });
    let remote = sources.list.iter().any(|source| !matches!(source, AdvisorySource::Path(_)));
    if let Some((info, details)) = &stored {
        let due = remote && !world.http.is_offline() && (world.refresh || world.seconds() - info.checked_at > FRESH);
        if !due && asking == Asking::WhenDue {
            return Ok((Advisories::stored(world, key, info.clone(), details), details.exploited));
        }
    }
    world.progress.say("loading advisories");
    let mut validators = BTreeMap::new();
    let mut fetched = BTreeMap::new();
    let mut unchanged = stored.is_some();
    for (source, name) in sources.list.iter().zip(&names) {
        let Some(url) = remote_url(source) else { continue };
        let known = stored.as_ref().filter(|_| sources.list.len() == 1).and_then(|(_, details)| {
            let (etag, last_modified) = details.validators.get(name)?.clone();
            Some(Validators { etag, last_modified })
        });
        let quick = *source == AdvisorySource::Osv && asking == Asking::WhenDue;
        match archive::fetch(&world.http, &url, known.as_ref(), quick).await {
            Ok(FetchedArchive::NotModified) => {}
            Ok(FetchedArchive::New(new)) => {
                unchanged = false;
                let new_validators = new.validators.clone();
                validators.insert(name.clone(), (new_validators.etag, new_validators.last_modified));
                fetched.insert(name.clone(), new);
            }
            Err(error) => {
                let Some((info, details)) = stored.as_ref().filter(|_| asking == Asking::WhenDue) else {
                    return Err(AdviseError::AdvisorySource { origin: name.clone(), source: error });
                };
                notes.push(format!(
                    "The advisories from {name} could not be refreshed ({error}); those loaded before are used."
                ));
                return Ok((Advisories::stored(world, key, info.clone(), details), details.exploited));
            }
        }
    }
    if unchanged && let Some((mut info, details)) = stored {
        info.checked_at = world.seconds();
        if let Err(error) = world.knowledge.touch_snapshot(&key, info.checked_at) {
            if asking != Asking::WhenDue {
                return Err(error.into());
            }
            tracing::debug!("not noted that advisories are unchanged: {error}");
        }
        return Ok((Advisories::stored(world, key, info, &details), details.exploited));
    }

    let mut places = Vec::new();
    for (source, name) in sources.list.iter().zip(&names) {
        let place = match (source, fetched.remove(name)) {
            (AdvisorySource::Path(path), _) => Place::Path(sources.folder.join(path)),
            (_, Some(fetched)) => Place::Fetched(fetched),
            (_, None) => return Err(AdviseError::Bug(format!("{name} was not fetched"))),
        };
        places.push((name.clone(), place));
    }
    // Away from the thread that answers the search: what the network gives meanwhile is taken in.
    let reading = tokio::task::spawn_blocking(move || {
        let mut broken = Vec::new();
        let parts = records::read(&places, &mut |name, walked| broken_entries(name, walked, &mut broken), &part);
        let mut whole = SnapshotBuilder::new();
        for part in parts.map_err(unread)? {
            whole.absorb(part);
        }
        Ok::<_, AdviseError>((whole.finish(), broken))
    });
    let (snapshot, broken) =
        reading.await.map_err(|error| AdviseError::Bug(format!("the reader of advisories died: {error}")))??;
    notes.extend(broken);
    if snapshot.records == 0 && snapshot.exploited.is_none() {
        let why = match snapshot.rejected.first() {
            Some(first) => {
                format!("none of its {} records can be used; {}: {}", snapshot.rejected_count, first.file, first.reason)
            }
            None => "none of its records is about PyPI".to_string(),
        };
        return Err(AdviseError::NoAdvisories { origin: names.join(", "), why });
    }
    let exploited = snapshot.exploited.is_some();
    let details = Details {
        sources: names.clone(),
        rejected: snapshot.rejected.iter().take(REJECTED_SHOWN).map(rejected_line).collect(),
        validators,
        fingerprint,
        exploited,
    };
    let info = info(&snapshot, &details, world.seconds());
    let rows = snapshot.packages.iter().map(|(name, advisories)| (name.clone(), advisories.to_bytes()));
    let kept = world.knowledge.replace_snapshot(&key, &info, rows);
    let mut advisories = Advisories::stored(world, key, info, &details);
    match kept {
        Ok(()) => {}
        Err(error) if asking == Asking::WhenDue => {
            notes.push(format!("The advisories are not kept for the next run: {error}."));
            advisories.loaded = Some(Arc::new(snapshot.packages));
        }
        Err(error) => return Err(error.into()),
    }
    Ok((advisories, exploited))
}

/// What is told about a snapshot loaded at `now`, seconds since the Unix epoch.
fn info(snapshot: &Snapshot, details: &Details, now: i64) -> SnapshotInfo {
    SnapshotInfo {
        id: snapshot.id.clone(),
        records: snapshot.records as u64,
        withdrawn: snapshot.withdrawn as u64,
        rejected: snapshot.rejected_count as u64,
        newest: snapshot.newest.map(|micros| micros.div_euclid(1_000_000)),
        loaded_at: now,
        checked_at: now,
        etag: None,
        last_modified: None,
        origin: details.sources.join(", "),
        details: serde_json::to_string(details).unwrap_or_default(),
    }
}

impl Advisories {
    fn stored(world: &World<'_>, key: String, info: SnapshotInfo, details: &Details) -> Self {
        let used = AdvisoriesUsed {
            id: info.id.clone(),
            sources: details.sources.clone(),
            records: usize::try_from(info.records).unwrap_or(usize::MAX),
            newest: info.newest.map(|seconds| seconds.saturating_mul(1_000_000)),
            checked: Some(info.checked_at.saturating_mul(1_000_000)),
            age: Some((world.seconds() - info.checked_at).max(0)),
            rejected: details.rejected.clone(),
            rejected_count: usize::try_from(info.rejected).unwrap_or(usize::MAX),
        };
        Self { key, info, used, knowledge: Arc::clone(&world.knowledge), loaded: None }
    }

    /// What the snapshot says of a package; `None` when it says nothing.
    pub(crate) fn of(&self, package: &PackageName) -> Result<Option<Arc<PackageAdvisories>>, AdviseError> {
        if let Some(loaded) = &self.loaded {
            return Ok(loaded.get(package).cloned().map(Arc::new));
        }
        let rows = self.knowledge.advisories(&self.key, &self.info.id, std::slice::from_ref(package))?;
        let Some(rows) = rows else {
            // Never taken for "nothing is known against it".
            return Err(AdviseError::NotStored {
                what: "the advisory snapshot of this run (another run replaced it meanwhile)".to_string(),
            });
        };
        let Some((_, bytes)) = rows.into_iter().next() else { return Ok(None) };
        match PackageAdvisories::from_bytes(&bytes) {
            Ok(advisories) => Ok(Some(Arc::new(advisories))),
            Err(error) => Err(AdviseError::NoAdvisories {
                origin: "the knowledge base".to_string(),
                why: format!("what is stored about `{package}` is damaged ({error}); `thoth db clear` removes it"),
            }),
        }
    }
}

/// The key a snapshot of `sources` is stored under.
pub(crate) fn key(sources: Sources<'_>) -> String {
    hex(&Sha256::digest(identity(sources).as_bytes()))
}

/// The sources for the reader, without credentials.
pub(crate) fn names(sources: Sources<'_>) -> Vec<String> {
    sources.list.iter().map(shown).collect()
}

/// The first rejected records of a stored snapshot, a line each: what was rejected, where and why.
pub(crate) fn rejected(info: &SnapshotInfo) -> Vec<String> {
    serde_json::from_str::<Details>(&info.details).map(|details| details.rejected).unwrap_or_default()
}

fn shown(source: &AdvisorySource) -> String {
    match source {
        AdvisorySource::Osv => "OSV (PyPI dump)".to_string(),
        AdvisorySource::Path(path) => path.display().to_string(),
        AdvisorySource::Url(url) => redacted(url),
    }
}

fn remote_url(source: &AdvisorySource) -> Option<Url> {
    match source {
        AdvisorySource::Osv => archive::osv_dump(),
        AdvisorySource::Url(url) => Some(url.clone()),
        AdvisorySource::Path(_) => None,
    }
}

/// What the set of sources is known by, from run to run.
fn identity(sources: Sources<'_>) -> String {
    let mut parts: Vec<String> = sources
        .list
        .iter()
        .map(|source| match source {
            AdvisorySource::Osv => "osv".to_string(),
            AdvisorySource::Path(path) => format!("path {}", sources.folder.join(path).display()),
            AdvisorySource::Url(url) => format!("url {}", packaging::requirement::without_credentials(url)),
        })
        .collect();
    parts.sort();
    parts.join("\n")
}

/// What the local sources look like: when nothing of it changed, neither did the records.
fn looks(sources: Sources<'_>) -> Result<String, AdviseError> {
    let paths = sources.list.iter().filter_map(|source| match source {
        AdvisorySource::Path(path) => Some(sources.folder.join(path)),
        _ => None,
    });
    fingerprint(paths)
        .map_err(|(path, source)| AdviseError::Read { file: format!("the advisories in {}", path.display()), source })
}

/// Some records of one source.
fn part(source: &str, files: &[(String, Vec<u8>)]) -> SnapshotBuilder {
    let mut part = SnapshotBuilder::new();
    part.source(source);
    for (file, bytes) in files {
        part.add(file, bytes);
    }
    part
}

fn unread(Unread { origin, cause, broken }: Unread) -> AdviseError {
    match cause {
        Some(source) => AdviseError::AdvisorySource { origin, source },
        None => {
            let why = broken.unwrap_or_else(|| "there is no record in it".to_string());
            AdviseError::NoAdvisories { origin, why }
        }
    }
}

fn rejected_line(rejected: &evidence::snapshot::Rejected) -> String {
    let place = rejected.place.as_ref().map(|place| format!(":{place}")).unwrap_or_default();
    format!("{} {}{place}: {}", rejected.source, rejected.file, rejected.reason)
}
