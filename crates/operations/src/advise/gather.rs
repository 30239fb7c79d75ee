//! Fetches what the search asks for, and what it will ask for next.
//!
//! While one answer is on its way, the pages and metadata that its likely consequences need are asked for too: the release
//! that would be chosen if nothing spoke against it, and the packages it requires. The search sees none of that until it
//! asks, so what it decides depends on the world and never on the order of answers.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::{
    FutureExt as _,
    stream::{FuturesUnordered, StreamExt as _},
};
use knowledge::{FileKey, Freshness, IndexKey, KnowledgeBase, StoredMetadata, StoredPage};
use packaging::{
    Digest, PackageName, Url, Version, VersionSpecifiers,
    index::{IndexFile, IndexPage},
    metadata::CoreMetadata,
    requirement::redacted,
};
use resolution::{
    Search,
    catalogue::{DirectArchive, Exclusion, Package, Requires},
    search::Needs,
    sieve::Sieve,
};
use sources::{
    http::Validators,
    index::{IndexClient, IndexError, PageAnswer},
    metadata::{How, MetadataClient, MetadataError, Target},
};
use tokio::task::JoinHandle;

use super::{advisories::Advisories, indexes::Routes};
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
#[derive(Clone, Debug)]
pub(crate) struct Learned {
    /// The metadata, or why there is none to use.
    pub(crate) metadata: Result<CoreMetadata, Exclusion>,
    /// Whether it was recorded in an sdist rather than promised.
    pub(crate) recorded: bool,
}

/// An archive that the project names by URL.
#[derive(Clone, Debug)]
pub(crate) struct DirectRelease {
    pub(crate) version: Version,
    pub(crate) archive: DirectArchive,
    pub(crate) learned: Learned,
}

/// What every task needs.
struct Shared {
    pages: IndexClient,
    metadata: MetadataClient,
    knowledge: Arc<KnowledgeBase>,
    routes: Routes,
    /// Seconds since the Unix epoch.
    now: i64,
    offline: bool,
    refresh: bool,
    requests: AtomicUsize,
    /// Stored pages read ahead of being asked for.
    ahead: Mutex<HashMap<(usize, PackageName), Option<StoredPage>>>,
    /// What was fetched and is to be kept.
    keep: Mutex<Keep>,
}

#[derive(Default)]
struct Keep {
    pages: Vec<(usize, PackageName, StoredPage)>,
    confirmed: Vec<(usize, PackageName, Freshness)>,
    metadata: Vec<(FileKey, StoredMetadata)>,
}

enum Event {
    Pages(PackageName, Result<Pages, AdviseError>),
    Release(PackageName, Version, Box<Result<Learned, AdviseError>>),
}

/// Everything fetched in a run, and what is under way.
pub(crate) struct Gather<'a> {
    world: &'a World<'a>,
    shared: Arc<Shared>,
    advisories: Option<Advisories>,
    /// Archives that the project names, by package.
    direct: BTreeMap<PackageName, DirectRelease>,
    pub(crate) pages: HashMap<PackageName, Pages>,
    pub(crate) learned: HashMap<(PackageName, Version), Learned>,
    /// Packages made of pages, until the search asks for them.
    ready: HashMap<PackageName, Package>,
    /// The requirements that led to a package, for choosing what to look at ahead.
    wanted: HashMap<PackageName, Vec<VersionSpecifiers>>,
    asked_pages: HashSet<PackageName>,
    asked_releases: HashSet<(PackageName, Version)>,
    /// Answers not taken in yet.
    done: VecDeque<Event>,
    tasks: FuturesUnordered<JoinHandle<Event>>,
}

impl Drop for Gather<'_> {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.store();
    }
}

impl<'a> Gather<'a> {
    pub(crate) fn new(world: &'a World<'a>, routes: Routes, advisories: Option<Advisories>) -> Self {
        let shared = Shared {
            pages: IndexClient::new(world.http.clone()),
            metadata: MetadataClient::new(world.http.clone()),
            knowledge: Arc::clone(&world.knowledge),
            routes,
            now: world.seconds(),
            offline: world.http.is_offline(),
            refresh: world.refresh,
            requests: AtomicUsize::new(0),
            ahead: Mutex::default(),
            keep: Mutex::default(),
        };
        Self {
            world,
            shared: Arc::new(shared),
            advisories,
            direct: BTreeMap::new(),
            pages: HashMap::new(),
            learned: HashMap::new(),
            ready: HashMap::new(),
            wanted: HashMap::new(),
            asked_pages: HashSet::new(),
            asked_releases: HashSet::new(),
            done: VecDeque::new(),
            tasks: FuturesUnordered::new(),
        }
    }

    /// How many requests were sent.
    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// The places packages come from.
    pub(crate) fn routes(&self) -> &Routes {
        &self.shared.routes
    }

    /// Fetches the archives that the project names by URL.
    pub(crate) async fn archives(&mut self, archives: &[(PackageName, Url, Vec<Digest>)]) -> Result<(), AdviseError> {
        for (package, url, hashes) in archives {
            let release = direct(&self.shared, package, url, hashes).await?;
            self.direct.insert(package.clone(), release);
        }
        Ok(())
    }

    /// Asks at once for everything that an earlier run of the same problem needed.
    pub(crate) fn expect(&mut self, packages: &[PackageName]) {
        let expected: Vec<PackageName> =
            packages.iter().filter(|package| !self.direct.contains_key(package)).cloned().collect();
        for (number, place) in self.shared.routes.places.iter().enumerate() {
            let asked: Vec<PackageName> =
                expected.iter().filter(|package| self.shared.routes.of(package).contains(&number)).cloned().collect();
            let Ok(stored) = self.shared.knowledge.pages(&place.key, &asked) else { continue };
            let mut ahead = self.shared.ahead.lock().unwrap_or_else(PoisonError::into_inner);
            ahead.extend(asked.into_iter().zip(stored).map(|(package, page)| ((number, package), page)));
        }
        for package in expected {
            self.ask_pages(&package);
        }
    }

    /// Fetches what the search needs and hands it over.
    pub(crate) async fn answer(
        &mut self,
        needs: &Needs,
        search: &mut Search,
        sieve: &Sieve<'_>,
    ) -> Result<(), AdviseError> {
        for (package, specifiers) in &needs.packages {
            self.wanted.entry(package.clone()).or_default().extend(specifiers.iter().cloned());
            self.ask_pages(package);
            self.look_ahead(package, sieve)?;
        }
        for (package, version) in &needs.releases {
            if let Some(known) = search.catalogue().package(package) {
                self.ask_release(known, version, sieve);
            }
        }
        loop {
            let open_pages = needs.packages.keys().filter(|package| !self.is_known(package)).count();
            let open_releases = needs.releases.iter().filter(|release| !self.learned.contains_key(*release)).count();
            let total = needs.packages.len() + needs.releases.len();
            if open_pages + open_releases == 0 {
                break;
            }
            self.world.progress.count((total - open_pages - open_releases) as u64, Some(total as u64));
            let event = match self.done.pop_front() {
                Some(event) => event,
                None => match self.tasks.next().await {
                    Some(event) => event.map_err(|error| AdviseError::Bug(format!("a task died: {error}")))?,
                    None => return Err(AdviseError::Bug("something needed was never asked for".to_string())),
                },
            };
            self.take(event, needs, sieve)?;
        }
        for package in needs.packages.keys() {
            let made = match self.ready.remove(package) {
                Some(made) => made,
                None => self.make(package, sieve)?,
            };
            search.add_package(made);
        }
        for (package, version) in &needs.releases {
            let requires = self.requires(package, version, sieve);
            search.add_release(package, version, requires);
        }
        self.store();
        Ok(())
    }

    fn is_known(&self, package: &PackageName) -> bool {
        self.direct.contains_key(package) || self.pages.contains_key(package)
    }

    /// What was learned of a release, judged for the environment.
    fn requires(&self, package: &PackageName, version: &Version, sieve: &Sieve<'_>) -> Result<Requires, Exclusion> {
        match self.learned.get(&(package.clone(), version.clone())) {
            Some(Learned { metadata: Ok(metadata), .. }) => sieve.requires(metadata),
            Some(Learned { metadata: Err(why), .. }) => Err(why.clone()),
            None => Err(Exclusion::UnknownMetadata("it was not read".to_string())),
        }
    }

    /// Makes a package of what is known of it.
    fn make(&self, package: &PackageName, sieve: &Sieve<'_>) -> Result<Package, AdviseError> {
        let advisories = match &self.advisories {
            Some(advisories) => advisories.of(package)?,
            None => None,
        };
        if let Some(direct) = self.direct.get(package) {
            return Ok(sieve.archive(package, direct.version.clone(), direct.archive.clone(), advisories));
        }
        let pages = self.pages.get(package).map(|pages| pages.found.clone()).unwrap_or_default();
        Ok(sieve.package(package, pages, advisories))
    }

    /// Takes an answer in. What nobody needs yet may fail in silence: it is asked for again when it is needed.
    fn take(&mut self, event: Event, needs: &Needs, sieve: &Sieve<'_>) -> Result<(), AdviseError> {
        match event {
            Event::Pages(package, Ok(pages)) => {
                self.pages.insert(package.clone(), pages);
                self.look_ahead(&package, sieve)?;
            }
            Event::Pages(package, Err(error)) => {
                if needs.packages.contains_key(&package) {
                    return Err(error);
                }
                // Asked again when it is needed, and then its failure counts.
                tracing::debug!("not needed yet: {error}");
                self.asked_pages.remove(&package);
            }
            Event::Release(package, version, learned) => match *learned {
                Ok(learned) => {
                    let edges = learned.metadata.as_ref().ok().and_then(|metadata| sieve.requires(metadata).ok());
                    self.learned.insert((package, version), learned);
                    for edge in edges.into_iter().flat_map(|requires| requires.edges) {
                        if edge.when.is_empty() {
                            self.wanted.entry(edge.package.clone()).or_default().push(edge.specifiers);
                            self.ask_pages(&edge.package);
                        }
                    }
                }
                Err(error) => {
                    let release = (package, version);
                    if needs.releases.contains(&release) {
                        return Err(error);
                    }
                    tracing::debug!("not needed yet: {error}");
                    self.asked_releases.remove(&release);
                }
            },
        }
        Ok(())
    }

    /// Asks for the metadata of the release that would be chosen if nothing spoke against it.
    fn look_ahead(&mut self, package: &PackageName, sieve: &Sieve<'_>) -> Result<(), AdviseError> {
        if !self.is_known(package) || self.ready.contains_key(package) {
            return Ok(());
        }
        let Some(wanted) = self.wanted.get(package) else { return Ok(()) };
        let made = self.make(package, sieve)?;
        let likely = made
            .candidates
            .iter()
            .filter(|one| one.yanked.is_none() && wanted.iter().all(|accepted| accepted.contains(&one.version)))
            .min_by_key(|one| one.cost + one.last_resort)
            .map(|one| one.version.clone());
        if let Some(version) = likely {
            self.ask_release(&made, &version, sieve);
        }
        self.ready.insert(package.clone(), made);
        Ok(())
    }

    fn ask_pages(&mut self, package: &PackageName) {
        if self.direct.contains_key(package) || !self.asked_pages.insert(package.clone()) {
            return;
        }
        let (shared, package) = (Arc::clone(&self.shared), package.clone());
        self.launch(async move {
            let pages = pages(&shared, &package).await;
            Event::Pages(package, pages)
        });
    }

    /// Runs a look-up: at once when what it needs is stored, in the background when it has to wait for somebody.
    fn launch(&mut self, look_up: impl Future<Output = Event> + Send + 'static) {
        let mut look_up = Box::pin(look_up);
        match look_up.as_mut().now_or_never() {
            Some(event) => self.done.push_back(event),
            None => self.tasks.push(tokio::spawn(look_up)),
        }
    }

    fn ask_release(&mut self, package: &Package, version: &Version, sieve: &Sieve<'_>) {
        let release = (package.name.clone(), version.clone());
        if !self.asked_releases.insert(release.clone()) {
            return;
        }
        if let Some(direct) = self.direct.get(&package.name) {
            self.learned.insert(release, direct.learned.clone());
            return;
        }
        let best = package
            .position(version)
            .and_then(|position| sieve.usable_files(package, &package.candidates[position]).first().copied());
        let Some(best) = best else {
            let metadata = Err(Exclusion::UnknownMetadata("none of its files can be used here".to_string()));
            self.learned.insert(release, Learned { metadata, recorded: false });
            return;
        };
        let (shared, file, place) = (Arc::clone(&self.shared), best.file.to_owned(), best.index);
        let (name, version) = release;
        self.launch(async move {
            let learned = learn(&shared, &name, &version, place, &file).await;
            Event::Release(name, version, Box::new(learned))
        });
    }

    /// Forgets what was made for one objective, so that another can be judged.
    pub(crate) fn restart(&mut self) {
        self.ready.clear();
    }

    /// Keeps what was fetched since. What cannot be kept is fetched again next time: no reason to fail.
    fn store(&self) {
        let keep = std::mem::take(&mut *self.shared.keep.lock().unwrap_or_else(PoisonError::into_inner));
        let mut by_place: BTreeMap<usize, Keep> = BTreeMap::new();
        for (place, package, page) in keep.pages {
            by_place.entry(place).or_default().pages.push((place, package, page));
        }
        for (place, package, freshness) in keep.confirmed {
            by_place.entry(place).or_default().confirmed.push((place, package, freshness));
        }
        let mut results = Vec::new();
        for (place, kept) in &by_place {
            let key = &self.shared.routes.places[*place].key;
            let pages = kept.pages.iter().map(|(_, package, page)| (package, page));
            results.push(self.shared.knowledge.keep_pages(key, pages));
            let confirmed = kept.confirmed.iter().map(|(_, package, freshness)| (package, freshness));
            results.push(self.shared.knowledge.touch_pages(key, confirmed));
        }
        let metadata = keep.metadata.iter().map(|(key, stored)| (key, stored));
        results.push(self.shared.knowledge.keep_metadata(self.shared.now, metadata));
        for error in results.into_iter().filter_map(Result::err) {
            tracing::warn!("what was fetched is not kept: {error}");
        }
    }
}

/// Asks the places of a package, in turn or all of them.
async fn pages(shared: &Shared, package: &PackageName) -> Result<Pages, AdviseError> {
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
async fn page(shared: &Shared, place: usize, package: &PackageName) -> Result<Option<Arc<IndexPage>>, AdviseError> {
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
    if !local {
        shared.requests.fetch_add(1, Ordering::Relaxed);
    }
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
async fn learn(
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
    shared.requests.fetch_add(1, Ordering::Relaxed);
    let target = Target { index: Some(&at.index), package, version, file };
    let obtained = match shared.metadata.metadata(&target).await {
        Ok(obtained) => obtained,
        // Another release may do: only this one is unusable, and the report says so.
        Err(error @ (MetadataError::Archive { .. } | MetadataError::Text { .. } | MetadataError::Lying { .. })) => {
            let why =
                AdviseError::Metadata { release, source: Box::new(error) }.story().replace("\n  caused by: ", ": ");
            return Ok(Learned { metadata: Err(Exclusion::BrokenMetadata(why)), recorded: false });
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
    let body = metadata.as_ref().and_then(|metadata| postcard::to_stdvec(metadata).ok()).unwrap_or_default();
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
    let metadata: CoreMetadata = postcard::from_bytes(&stored.body).ok()?;
    Some(usable(metadata, stored.how == "sdist-recorded"))
}

fn unknown(why: &str) -> Learned {
    Learned { metadata: Err(Exclusion::UnknownMetadata(why.to_string())), recorded: false }
}

fn usable(metadata: CoreMetadata, recorded: bool) -> Learned {
    let metadata =
        if metadata.broken() { Err(Exclusion::BrokenMetadata(metadata.unreadable.join("; "))) } else { Ok(metadata) };
    Learned { metadata, recorded }
}

/// Fetches an archive that the project names by URL.
async fn direct(
    shared: &Shared,
    package: &PackageName,
    url: &Url,
    hashes: &[Digest],
) -> Result<DirectRelease, AdviseError> {
    let release = format!("{package} @ {}", redacted(url));
    if shared.offline && url.scheme() != "file" {
        return Err(AdviseError::NotStored { what: format!("the archive of `{release}`") });
    }
    shared.requests.fetch_add(1, Ordering::Relaxed);
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
