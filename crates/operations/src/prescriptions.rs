//! The prescriptions of a run: stored, refreshed when it is time, read when they are new, and handed out by what they are
//! about, so that a run pays only for what could fire in it.
//!
//! What a unit means to the search is left to `resolution`.

mod matching;
mod writing;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use knowledge::{CollectionInfo, KnowledgeBase};
use packaging::requirement::redacted;
use prescriptions::{Asked, Builder, Collection, Key, Problem, Unit, Wanted, Weight, kept};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sources::{
    archive::{self, FetchedArchive},
    http::Validators,
};

use crate::{
    advise::hex,
    error::AdviseError,
    fingerprint::fingerprint,
    records::{self, Place, Unread, broken_entries},
    request::PrescriptionSource,
    world::World,
};

pub use matching::{Matched, Matching, matching};
pub use writing::{note, write};

/// The folder of a project in which its own prescriptions are kept.
pub const LOCAL_FOLDER: &str = ".thoth/prescriptions";
/// For how long a fetched source is taken as it is, seconds.
const FRESH: i64 = 3600;
/// How many problems are kept with a collection, to be shown.
const PROBLEMS_SHOWN: usize = 3;
/// How hard rows are compressed: they are read much more often than they are written, and so the reader has less to do.
const COMPRESSION: i32 = -1;
/// The most bytes of a row, decompressed.
const LARGEST_ROW: usize = 256 << 20;
/// Changes whenever units are kept in another form.
const FORMAT: &str = "3";

/// Prescriptions, to be asked for by what they are about.
#[derive(Clone)]
pub struct Prescriptions {
    key: String,
    id: String,
    facts: Arc<Facts>,
    knowledge: Arc<KnowledgeBase>,
    /// The rows themselves, when the knowledge base could not keep them.
    rows: Option<Arc<BTreeMap<String, Vec<u8>>>>,
}

/// What is told about prescriptions; kept beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The sources, without credentials.
    pub sources: Vec<String>,
    /// Files that were read.
    pub files: usize,
    /// Units, by the name of their kind.
    pub units: BTreeMap<String, usize>,
    /// Name and release of each prescription that says so.
    pub releases: BTreeMap<String, Option<String>>,
    /// How many files and units could not be used.
    pub errors: usize,
    /// How many are wrong in a part.
    pub warnings: usize,
    /// The first of what keeps files and units from being used.
    pub problems: Vec<Problem>,
    /// What the conditions of units ask of the project's code.
    pub asked: Asked,
    /// By source that is fetched: what to ask again with.
    validators: BTreeMap<String, (Option<String>, Option<String>)>,
    /// What the local sources looked like.
    fingerprint: String,
}

impl Prescriptions {
    /// The identity of what they say: the same for the same files.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is told about them.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The units that are wanted of those about any of `keys`, those of a key in the order in which they are written.
    ///
    /// A unit that needs several packages is found by the first only.
    ///
    /// # Errors
    /// When the knowledge base cannot be read, or another run replaced what is stored.
    pub fn about(&self, keys: &[Key], wanted: Wanted<'_>) -> Result<Vec<Unit>, AdviseError> {
        let subjects: Vec<String> = keys.iter().map(ToString::to_string).collect();
        let rows = match &self.rows {
            Some(rows) => subjects.iter().filter_map(|subject| rows.get(subject).cloned()).collect(),
            None => {
                self.knowledge.prescriptions(&self.key, &self.id, &subjects)?.ok_or_else(|| AdviseError::NotStored {
                    what: "the prescriptions of this run (another run replaced them meanwhile)".to_string(),
                })?
            }
        };
        let damaged = |error: String| AdviseError::NoPrescriptions {
            origin: "the knowledge base".to_string(),
            why: format!("what is stored is damaged ({error}); `thoth db clear` removes it"),
        };
        // One for all rows: what it works in is larger than most of them.
        let mut reader = zstd::bulk::Decompressor::new().map_err(|error| damaged(error.to_string()))?;
        let rows = rows.iter().map(|row| reader.decompress(row, LARGEST_ROW));
        let rows = rows.collect::<Result<Vec<_>, _>>().map_err(|error| damaged(error.to_string()))?;
        kept::from_rows(rows.iter().map(Vec::as_slice), wanted).map_err(damaged)
    }
}

/// Loads the prescriptions of `list`, whose relative paths start in `folder`; `None` when there are no sources. What the
/// reader should know (a source that could not be refreshed, a unit that is not used) goes into `notes`.
///
/// # Errors
/// When a source cannot be read, and nothing of it is stored.
pub async fn load(
    list: &[PrescriptionSource],
    folder: &Path,
    world: &World<'_>,
    notes: &mut Vec<String>,
) -> Result<Option<Prescriptions>, AdviseError> {
    if list.is_empty() {
        return Ok(None);
    }
    let names: Vec<String> = list.iter().map(shown).collect();
    let key = key(list, folder);
    let looks = looks(list, folder)?;
    let stored = world.knowledge.collection(&key).unwrap_or_else(|error| {
        notes.push(format!("The stored prescriptions cannot be read ({error}); they are loaded again."));
        None
    });
    let stored = stored.and_then(|info| {
        let facts: Facts = serde_json::from_str(&info.details).ok()?;
        (facts.fingerprint == looks).then_some((info, facts))
    });
    let remote = list.iter().any(|source| matches!(source, PrescriptionSource::Url(_)));
    if let Some((info, facts)) = &stored {
        let due = remote && !world.http.is_offline() && (world.refresh || world.seconds() - info.checked_at > FRESH);
        if !due {
            return Ok(Some(Prescriptions::stored(world, &key, info, facts)));
        }
    }
    world.progress.say("loading prescriptions");
    let fetched = match fetch((list, folder), &names, stored.as_ref().map(|(_, facts)| facts), world).await {
        Ok(fetched) => fetched,
        Err(error) => {
            let Some((info, facts)) = &stored else { return Err(error) };
            let why = error.sentence();
            notes.push(format!("The prescriptions could not be refreshed ({why}); those loaded before are used."));
            return Ok(Some(Prescriptions::stored(world, &key, info, facts)));
        }
    };
    let Some(Fetched { places, validators }) = fetched else {
        let Some((info, facts)) = &stored else {
            return Err(AdviseError::Bug("prescriptions have not changed since never".to_string()));
        };
        if let Err(error) = world.knowledge.touch_collection(&key, world.seconds()) {
            tracing::debug!("not noted that prescriptions are unchanged: {error}");
        }
        return Ok(Some(Prescriptions::stored(world, &key, info, facts)));
    };
    // Away from the thread that answers the search: what the network gives meanwhile is taken in.
    let reading = tokio::task::spawn_blocking(move || {
        let mut broken = Vec::new();
        let read = read(&places, &mut broken)?;
        let rows = rows(&read);
        Ok::<_, AdviseError>((read, rows, broken))
    });
    let (read, rows, broken) =
        reading.await.map_err(|error| AdviseError::Bug(format!("the reader of prescriptions died: {error}")))??;
    notes.extend(broken);
    let facts = facts(&read, names, validators, looks);
    let info = CollectionInfo {
        id: read.id.clone(),
        checked_at: world.seconds(),
        details: serde_json::to_string(&facts).unwrap_or_default(),
    };
    let mut loaded = Prescriptions::stored(world, &key, &info, &facts);
    if let Err(error) = world.knowledge.replace_collection(&key, &info, rows.iter().cloned()) {
        notes.push(format!("The prescriptions are not kept for the next run: {error}."));
        loaded.rows = Some(Arc::new(rows.into_iter().collect()));
    }
    Ok(Some(loaded))
}

impl Prescriptions {
    fn stored(world: &World<'_>, key: &str, info: &CollectionInfo, facts: &Facts) -> Self {
        Self {
            key: key.to_string(),
            id: info.id.clone(),
            facts: Arc::new(facts.clone()),
            knowledge: Arc::clone(&world.knowledge),
            rows: None,
        }
    }
}

impl std::fmt::Debug for Prescriptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prescriptions").field("id", &self.id).field("facts", &self.facts).finish_non_exhaustive()
    }
}

/// Reads prescriptions from folders, archives and files, without keeping anything.
///
/// # Errors
/// When a path cannot be read, or there is no file of prescriptions in it.
pub fn read_paths(paths: &[std::path::PathBuf], notes: &mut Vec<String>) -> Result<Collection, AdviseError> {
    let places: Vec<_> = paths.iter().map(|path| (path.display().to_string(), Place::Path(path.clone()))).collect();
    read(&places, notes)
}

/// Reads all places on as many threads as there are.
fn read(places: &[(String, Place)], broken: &mut Vec<String>) -> Result<Collection, AdviseError> {
    let parts = records::read(places, &mut |name, walked| broken_entries(name, walked, broken), &|source, files| {
        let mut part = Builder::new();
        part.source(source);
        for (name, bytes) in files.iter().filter(|(name, _)| !is_hidden(name)) {
            part.add(name, bytes);
        }
        part
    });
    let mut whole = Builder::new();
    for part in parts.map_err(unread)? {
        whole.absorb(part);
    }
    Ok(whole.finish())
}

fn is_hidden(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|file| file.starts_with('.'))
}

/// What is fetched, with the places on this machine.
struct Fetched {
    places: Vec<(String, Place)>,
    validators: BTreeMap<String, (Option<String>, Option<String>)>,
}

/// Fetches what is remote; `None` when nothing changed since it was stored.
async fn fetch(
    (list, folder): (&[PrescriptionSource], &Path),
    names: &[String],
    stored: Option<&Facts>,
    world: &World<'_>,
) -> Result<Option<Fetched>, AdviseError> {
    let mut places = Vec::new();
    let mut validators = BTreeMap::new();
    for (source, name) in list.iter().zip(names) {
        let url = match source {
            PrescriptionSource::Path(path) => {
                places.push((name.clone(), Place::Path(folder.join(path))));
                continue;
            }
            PrescriptionSource::Url(url) => url,
        };
        let known = stored.filter(|_| list.len() == 1).and_then(|facts| {
            let (etag, last_modified) = facts.validators.get(name)?.clone();
            Some(Validators { etag, last_modified })
        });
        let answer = archive::fetch(&world.http, url, known.as_ref(), false).await;
        match answer.map_err(|source| AdviseError::PrescriptionSource { origin: name.clone(), source })? {
            FetchedArchive::NotModified => return Ok(None),
            FetchedArchive::New(new) => {
                validators.insert(name.clone(), (new.validators.etag.clone(), new.validators.last_modified.clone()));
                places.push((name.clone(), Place::Fetched(new)));
            }
        }
    }
    Ok(Some(Fetched { places, validators }))
}

fn facts(
    read: &Collection,
    sources: Vec<String>,
    validators: BTreeMap<String, (Option<String>, Option<String>)>,
    fingerprint: String,
) -> Facts {
    let is_error = |problem: &&Problem| problem.weight == Weight::Error;
    Facts {
        sources,
        files: read.files,
        units: read.counts.iter().map(|(kind, count)| (kind.name().to_string(), *count)).collect(),
        releases: read.releases.clone(),
        errors: read.errors,
        warnings: read.warnings,
        problems: read.problems.iter().filter(is_error).take(PROBLEMS_SHOWN).cloned().collect(),
        asked: Asked::of(&read.units),
        validators,
        fingerprint,
    }
}

/// The units by what they are about, each row compressed.
fn rows(read: &Collection) -> Vec<(String, Vec<u8>)> {
    let mut about: BTreeMap<Key, Vec<&Unit>> = BTreeMap::new();
    for unit in &read.units {
        for key in unit.keys() {
            about.entry(key).or_default().push(unit);
        }
    }
    let row = |(key, units): (Key, Vec<&Unit>)| {
        let bytes = kept::to_bytes(&units);
        // Into memory, at a fixed level: this does not fail, and what is empty is refused when it is read.
        (key.to_string(), zstd::bulk::compress(&bytes, COMPRESSION).unwrap_or_default())
    };
    about.into_iter().map(row).collect()
}

fn shown(source: &PrescriptionSource) -> String {
    match source {
        PrescriptionSource::Path(path) => path.display().to_string(),
        PrescriptionSource::Url(url) => redacted(url),
    }
}

/// What the set of sources is known by, from run to run.
fn key(list: &[PrescriptionSource], folder: &Path) -> String {
    let parts = list.iter().map(|source| match source {
        PrescriptionSource::Path(path) => format!("path {}", folder.join(path).display()),
        PrescriptionSource::Url(url) => format!("url {}", packaging::requirement::without_credentials(url)),
    });
    let parts: Vec<String> = parts.collect();
    hex(&Sha256::digest(format!("format {FORMAT}\n{}", parts.join("\n")).as_bytes()))
}

/// What the local sources look like: when nothing of it changed, neither did what they say.
fn looks(list: &[PrescriptionSource], folder: &Path) -> Result<String, AdviseError> {
    let paths = list.iter().filter_map(|source| match source {
        PrescriptionSource::Path(path) => Some(folder.join(path)),
        PrescriptionSource::Url(_) => None,
    });
    fingerprint(paths).map_err(|(path, source)| AdviseError::Read {
        file: format!("the prescriptions in {}", path.display()),
        source,
    })
}

fn unread(Unread { origin, cause, broken }: Unread) -> AdviseError {
    match cause {
        Some(source) => AdviseError::PrescriptionSource { origin, source },
        None => {
            let why = broken.unwrap_or_else(|| "there is no YAML file in it".to_string());
            AdviseError::NoPrescriptions { origin, why }
        }
    }
}
