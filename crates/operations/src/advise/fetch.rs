//! One page, one release, one archive: stored, or fetched from the places that may have it.
//!
//! What is asked for, and when, is decided in [`gather`](super::gather).

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use knowledge::{FileKey, Freshness, IndexKey, KnowledgeBase, StoredMetadata, StoredPage};
use packaging::{
    Digest, PackageName, Url, Version,
    index::{IndexFile, IndexPage},
    metadata::{About, CoreMetadata},
    requirement::redacted,
};
use resolution::catalogue::{DirectArchive, Exclusion};
use serde::{Deserialize, Serialize};
use sources::{
    http::Validators,
    index::{IndexClient, IndexError, PageAnswer},
    metadata::{How, MetadataClient, MetadataError, Target},
};

use super::indexes::Routes;
use crate::{error::AdviseError, request::IndexRole, world::World};

/// For how long a page is taken as it is when its index does not say, seconds: what PyPI says.
const FRESH: i64 = 600;

/// What the indexes say of one package.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages {
    /// The pages found, with the number of their place.
    pub(crate) found: Vec<(usize, Arc<IndexPage>)>,
    /// What each place asked answered, for an explanation.
    pub(crate) answers: BTreeMap<usize, String>,
}

/// What was learned of one release.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Learned {
    /// The metadata, or why there is none to use.
    pub(crate) metadata: Result<CoreMetadata, Exclusion>,
    /// Whether it was recorded in an sdist rather than promised.
    pub(crate) recorded: bool,
    /// What it says of itself; `None` where what is stored does not have it. A saved problem keeps that elsewhere.
    #[serde(skip)]
    pub(crate) about: Option<About>,
}

/// An archive that the project names by URL.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DirectRelease {
    pub(crate) version: Version,
    pub(crate) archive: DirectArchive,
    pub(crate) learned: Learned,
}

/// What every task needs.
pub(crate) struct Shared {
    pub(crate) pages: IndexClient,
    pub(crate) metadata: MetadataClient,
    pub(crate) knowledge: Arc<KnowledgeBase>,
    pub(crate) routes: Routes,
    /// Seconds since the Unix epoch.
    pub(crate) now: i64,
    pub(crate) offline: bool,
    pub(crate) refresh: bool,
    /// Stored pages read ahead of being asked for.
    pub(crate) ahead: Mutex<HashMap<(usize, PackageName), Option<StoredPage>>>,
    /// What was fetched and is to be kept.
    pub(crate) keep: Mutex<Keep>,
}

#[derive(Default)]
pub(crate) struct Keep {
    pub(crate) pages: Vec<(usize, PackageName, StoredPage)>,
    pub(crate) confirmed: Vec<(usize, PackageName, Freshness)>,
    pub(crate) metadata: Vec<(FileKey, StoredMetadata)>,
}

impl Shared {
    /// What tasks need to ask these places.
    pub(crate) fn new(world: &World<'_>, routes: Routes) -> Self {
        Self {
            pages: IndexClient::new(world.http.clone()),
            metadata: MetadataClient::new(world.http.clone()),
            knowledge: Arc::clone(&world.knowledge),
            routes,
            now: world.seconds(),
            offline: world.http.is_offline(),
            refresh: world.refresh,
            ahead: Mutex::default(),
            keep: Mutex::default(),
        }
    }

    /// Whether something was fetched that is not kept yet.
    pub(crate) fn has_news(&self) -> bool {
        let keep = self.keep.lock().unwrap_or_else(PoisonError::into_inner);
        !(keep.pages.is_empty() && keep.confirmed.is_empty() && keep.metadata.is_empty())
    }

    /// Keeps what was fetched since. What cannot be kept is fetched again next time: no reason to fail.
    pub(crate) fn store(&self) {
        let keep = std::mem::take(&mut *self.keep.lock().unwrap_or_else(PoisonError::into_inner));
        let mut by_place: BTreeMap<usize, Keep> = BTreeMap::new();
        for (place, package, page) in keep.pages {
            by_place.entry(place).or_default().pages.push((place, package, page));
        }
        for (place, package, freshness) in keep.confirmed {
            by_place.entry(place).or_default().confirmed.push((place, package, freshness));
        }
        let mut results = Vec::new();
        for (place, kept) in &by_place {
            let key = &self.routes.places[*place].key;
            let pages = kept.pages.iter().map(|(_, package, page)| (package, page));
            results.push(self.knowledge.keep_pages(key, pages));
            let confirmed = kept.confirmed.iter().map(|(_, package, freshness)| (package, freshness));
            results.push(self.knowledge.touch_pages(key, confirmed));
        }
        let metadata = keep.metadata.iter().map(|(key, stored)| (key, stored));
        results.push(self.knowledge.keep_metadata(self.now, metadata));
        for error in results.into_iter().filter_map(Result::err) {
            tracing::warn!("what was fetched is not kept: {error}");
        }
    }
}

/// Asks the places of a package, in turn or all of them.
pub(crate) async fn pages(shared: &Shared, package: &PackageName) -> Result<Pages, AdviseError> {
    let mut pages = Pages::default();
    let mut settled = false;
    for place in shared.routes.of(package) {
        let links = shared.routes.places[place].role == IndexRole::FindLinks;
        if settled && !links {
            continue;
        }
        match page(shared, place, package).await {
            Ok(Some(page)) => {
                pages.answers.insert(place, "it has none that can be used".to_string());
                // A page without files does not settle anything for a folder of links.
                settled |= !links && !shared.routes.best_match;
                if !page.is_empty() || !links {
                    pages.found.push((place, page));
                }
            }
            Ok(None) => {
                pages.answers.insert(place, "it does not know the package".to_string());
            }
            // A folder of links that is not there is what pip warns about and goes on.
            Err(AdviseError::Index { source, .. }) if links && is_missing_folder(&source) => {
                tracing::warn!("{source}");
                pages.answers.insert(place, "it is not there".to_string());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(pages)
}

fn is_missing_folder(error: &IndexError) -> bool {
    matches!(error, IndexError::Local { cause, .. } if cause.kind() == std::io::ErrorKind::NotFound)
}

/// One page, stored or fetched.
pub(crate) async fn page(
    shared: &Shared,
    place: usize,
    package: &PackageName,
) -> Result<Option<Arc<IndexPage>>, AdviseError> {
    let at = &shared.routes.places[place];
    let local = at.index.url().scheme() == "file";
    let failed = |source| AdviseError::Index {
        index: redacted(at.index.url()),
        package: package.to_string(),
        source: Box::new(source),
    };
    let stored = if local { None } else { stored_page(shared, place, &at.key, package)? };
    if let Some(stored) = &stored
        && (shared.offline || (!shared.refresh && stored.freshness.fresh_until > shared.now))
    {
        return Ok(stored.page.clone());
    }
    if shared.offline && !local {
        let what = format!("the page of `{package}` on {}", redacted(at.index.url()));
        return Err(AdviseError::NotStored { what });
    }
    let validators = stored.as_ref().filter(|stored| stored.page.is_some()).map(|stored| Validators {
        etag: stored.freshness.etag.clone(),
        last_modified: stored.freshness.last_modified.clone(),
    });
    let validators = validators.filter(|known| known.etag.is_some() || known.last_modified.is_some());
    let answer = shared.pages.page(&at.index, package, validators.as_ref()).await.map_err(failed)?;
    let until = |max_age: Option<std::time::Duration>| {
        let fresh = max_age.map_or(FRESH, |age| i64::try_from(age.as_secs()).unwrap_or(FRESH).min(FRESH));
        shared.now + fresh
    };
    let mut keep = shared.keep.lock().unwrap_or_else(PoisonError::into_inner);
    match answer {
        PageAnswer::Found(found) => {
            let freshness = Freshness {
                etag: found.validators.etag,
                last_modified: found.validators.last_modified,
                fetched_at: shared.now,
                fresh_until: until(found.max_age),
            };
            let digest = Digest::new(packaging::Algorithm::Sha256, &found.digest).ok();
            let page = Arc::new(found.page);
            if !local {
                let stored = StoredPage { page: Some(Arc::clone(&page)), digest, freshness };
                keep.pages.push((place, package.clone(), stored));
            }
            Ok(Some(page))
        }
        PageAnswer::NotModified { max_age, .. } => {
            let freshness =
                Freshness { etag: None, last_modified: None, fetched_at: shared.now, fresh_until: until(max_age) };
            keep.confirmed.push((place, package.clone(), freshness));
            Ok(stored.and_then(|stored| stored.page))
        }
        PageAnswer::NotFound => {
            if !local {
                let freshness = Freshness { fetched_at: shared.now, fresh_until: until(None), ..Freshness::default() };
                keep.pages.push((place, package.clone(), StoredPage { page: None, digest: None, freshness }));
            }
            Ok(None)
        }
    }
}

fn stored_page(
    shared: &Shared,
    place: usize,
    key: &IndexKey,
    package: &PackageName,
) -> Result<Option<StoredPage>, AdviseError> {
    let ahead = shared.ahead.lock().unwrap_or_else(PoisonError::into_inner).remove(&(place, package.clone()));
    match ahead {
        Some(stored) => Ok(stored),
        None => Ok(shared.knowledge.pages(key, std::slice::from_ref(package))?.pop().flatten()),
    }
}

/// The metadata of a release, stored or fetched.
pub(crate) async fn learn(
    shared: &Shared,
    package: &PackageName,
    version: &Version,
    place: usize,
    file: &IndexFile,
) -> Result<Learned, AdviseError> {
    let at = &shared.routes.places[place];
    let key = FileKey::new(&at.key, &file.digests, &file.url);
    if let Some(stored) = shared.knowledge.metadata(std::slice::from_ref(&key))?.pop().flatten()
        && let Some(learned) = from_stored(&stored)
    {
        return Ok(learned);
    }
    let release = format!("{package} {version}");
    if shared.offline && !file.url.starts_with("file:") {
        return Err(AdviseError::NotStored { what: format!("the metadata of `{release}`") });
    }
    let target = Target { index: Some(&at.index), package, version, file };
    let obtained = match shared.metadata.metadata(&target).await {
        Ok(obtained) => obtained,
        // Another release may do: only this one is unusable, and the report says so.
        Err(error @ (MetadataError::Archive { .. } | MetadataError::Text { .. } | MetadataError::Lying { .. })) => {
            let why = AdviseError::Metadata { release, source: Box::new(error) }.sentence();
            return Ok(Learned { metadata: Err(Exclusion::BrokenMetadata(why)), recorded: false, about: None });
        }
        Err(source) => return Err(AdviseError::Metadata { release, source: Box::new(source) }),
    };
    let (learned, stored) = judged(obtained.metadata, &obtained.how);
    let mut keep = shared.keep.lock().unwrap_or_else(PoisonError::into_inner);
    keep.metadata.push((key, stored));
    Ok(learned)
}

/// What fetched metadata amounts to, and how it is kept.
fn judged(metadata: Option<CoreMetadata>, how: &How) -> (Learned, StoredMetadata) {
    let word = match how {
        How::Sidecar => "sidecar".to_string(),
        How::Range => "range".to_string(),
        How::Archive => "archive".to_string(),
        How::SdistStatic => "sdist-static".to_string(),
        How::SdistRecorded => "sdist-recorded".to_string(),
        How::Unknown(why) => format!("unknown {why}"),
    };
    // What a release says of itself is behind all else, and by whom it is behind that: an older version of Thoth does not look there.
    let whole = |metadata: &CoreMetadata| postcard::to_stdvec(&(metadata, &metadata.about, &metadata.about.contacts));
    let body = metadata.as_ref().and_then(|metadata| whole(metadata).ok());
    let body = body.unwrap_or_default();
    let stored = StoredMetadata { body, how: word };
    let learned = match metadata {
        Some(metadata) => usable(metadata, *how == How::SdistRecorded),
        None => unknown(match how {
            How::Unknown(why) => why,
            _ => "no metadata was found",
        }),
    };
    (learned, stored)
}

fn from_stored(stored: &StoredMetadata) -> Option<Learned> {
    if let Some(why) = stored.how.strip_prefix("unknown ") {
        return Some(unknown(why));
    }
    let (metadata, more): (CoreMetadata, &[u8]) = postcard::take_from_bytes(&stored.body).ok()?;
    let about = postcard::take_from_bytes::<About>(more).ok();
    let about = about.map(|(about, more)| About { contacts: postcard::from_bytes(more).unwrap_or_default(), ..about });
    Some(Learned { about, ..usable(metadata, stored.how == "sdist-recorded") })
}

fn unknown(why: &str) -> Learned {
    Learned { metadata: Err(Exclusion::UnknownMetadata(why.to_string())), recorded: false, about: None }
}

fn usable(metadata: CoreMetadata, recorded: bool) -> Learned {
    let about = Some(metadata.about.clone());
    let metadata =
        if metadata.broken() { Err(Exclusion::BrokenMetadata(metadata.unreadable.join("; "))) } else { Ok(metadata) };
    Learned { metadata, recorded, about }
}

/// Fetches an archive that the project names by URL.
pub(crate) async fn direct(
    shared: &Shared,
    package: &PackageName,
    url: &Url,
    hashes: &[Digest],
) -> Result<DirectRelease, AdviseError> {
    let release = format!("{package} @ {}", redacted(url));
    if shared.offline && url.scheme() != "file" {
        return Err(AdviseError::NotStored { what: format!("the archive of `{release}`") });
    }
    // Hashes of a fragment were moved into the declaration; the client checks what the fragment promises.
    let mut promised = url.clone();
    if promised.fragment().is_none()
        && let Some(digest) = hashes.last()
    {
        promised.set_fragment(Some(&format!("{}={}", digest.algorithm.name(), digest.hex)));
    }
    let fetched = shared.metadata.direct(package, &promised).await;
    let direct = fetched.map_err(|source| AdviseError::Metadata { release, source: Box::new(source) })?;
    let (learned, _) = judged(direct.obtained.metadata, &direct.obtained.how);
    let archive = DirectArchive {
        url: url.clone(),
        filename: direct.file.filename,
        digests: direct.file.digests,
        size: direct.file.size.unwrap_or_default(),
    };
    Ok(DirectRelease { version: direct.version, archive, learned })
}
