//! Chooses the way to the metadata of a file, and remembers which ways an index does not offer.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek},
    sync::{Arc, Mutex, PoisonError},
};

use packaging::{
    Digest, PackageName, Url, Version,
    digest::DigestError,
    index::{FileKind, IndexFile, IndexPage, MetadataHint},
    metadata::CoreMetadata,
    requirement::without_credentials,
};

use super::{
    ARCHIVE, Archive, Direct, How, MetadataError, Obtained, TEXT, Target, ranged, ranged::Ranged, sdist, wheel,
};
use crate::{
    checksum::{self, Checked, Checksum},
    credentials::{Credentials, Realm},
    http::{FetchError, Http, Request, shown},
};

/// How many files without a metadata file beside them tell that an index has none.
const MISSES: u32 = 3;

/// What an origin was found to do.
#[derive(Clone, Copy, Debug, Default)]
struct Habits {
    sidecars_missed: u32,
    sidecars_seen: bool,
    no_ranges: bool,
}

/// A client for the metadata of files. Cheap to clone; the clones share what they learn of an index.
#[derive(Clone, Debug)]
pub struct MetadataClient {
    http: Http,
    habits: Arc<Mutex<HashMap<Realm, Habits>>>,
}

/// Where the bytes of a file are.
trait Source: Read + Seek + Send + 'static {}
impl<T: Read + Seek + Send + 'static> Source for T {}

impl MetadataClient {
    /// A client over this HTTP stack.
    pub fn new(http: Http) -> Self {
        Self { http, habits: Arc::default() }
    }

    /// The metadata of a file that an index lists.
    pub async fn metadata(&self, target: &Target<'_>) -> Result<Obtained, MetadataError> {
        let url =
            Url::parse(&target.file.url).map_err(|error| target.broken(&format!("its address is no URL ({error})")))?;
        if url.scheme() == "file" {
            return self.local(target, &url).await;
        }
        match target.file.kind {
            FileKind::Wheel => self.wheel(target, &url).await,
            FileKind::Sdist if !sdist::is_readable(&target.file.filename) => Ok(sdist::unreadable()),
            FileKind::Sdist => self.whole(target, &url).await,
        }
    }

    /// Fetches an archive that a requirement names by its URL, checks the hashes in the URL's fragment, and reads its metadata.
    pub async fn direct(&self, package: &PackageName, url: &Url) -> Result<Direct, MetadataError> {
        let refuse = |why: String| MetadataError::NotAnArchive { url: shown(url), package: package.clone(), why };
        if is_subdirectory(url) {
            return Err(refuse("only whole archives can be used, not a subdirectory of one".into()));
        }
        let promised = promised(url).map_err(|error| refuse(error.to_string()))?;
        let mut bare = without_credentials(url);
        bare.set_fragment(None);
        let filename = file_name(&bare).ok_or_else(|| refuse("its path names no file".into()))?;
        let page = IndexPage::from_files(package, [(filename, bare, None)]);
        let listed = page.releases().find_map(|release| Some((release, release.files().next()?)));
        let Some((release, listed)) = listed else {
            let skipped = page.skipped().next().map(|skipped| skipped.reason);
            return Err(refuse(
                skipped.unwrap_or("it is not called like a wheel or an sdist of this package").to_string(),
            ));
        };
        let mut file = listed.to_owned();
        let version: Version =
            release.version().parse().map_err(|error| refuse(format!("its version cannot be read ({error})")))?;
        file.digests = promised;
        let target = Target { index: None, package, version: &version, file: &file };
        let obtained = if url.scheme() == "file" {
            self.local(&target, url).await?
        } else {
            self.fetched(&target, url, Credentials::of_url(url)).await?
        };
        if let Some(archive) = &obtained.archive {
            file.size = Some(archive.size);
            if !file.digests.contains(&archive.sha256) {
                file.digests.push(archive.sha256.clone());
                file.digests.sort();
            }
        }
        Ok(Direct { version, file, obtained })
    }

    async fn wheel(&self, target: &Target<'_>, url: &Url) -> Result<Obtained, MetadataError> {
        if let Some(metadata) = self.sidecar(target, url).await? {
            return Ok(Obtained { metadata: Some(metadata), how: How::Sidecar, archive: None });
        }
        let realm = Realm::of(url);
        if self.habits(&realm).no_ranges {
            return self.whole(target, url).await;
        }
        let credentials = target.index.and_then(|index| index.credentials_for(url)).cloned();
        match ranged::metadata(&self.http, target, url, credentials).await? {
            Ranged::Text(text) => {
                let metadata = parse(target, &text)?;
                Ok(Obtained { metadata: Some(metadata), how: How::Range, archive: None })
            }
            Ranged::Whole(download) => {
                self.learn(realm, |habits| habits.no_ranges = true);
                read(target, download.body).await
            }
            Ranged::Refused { for_good } => {
                self.learn(realm, |habits| habits.no_ranges |= for_good);
                self.whole(target, url).await
            }
        }
    }

    /// The metadata file beside a wheel; none when there is no such file.
    async fn sidecar(&self, target: &Target<'_>, url: &Url) -> Result<Option<CoreMetadata>, MetadataError> {
        let realm = target.index.map_or_else(|| Realm::of(url), |index| Realm::of(index.url()));
        let promised = match &target.file.core_metadata {
            MetadataHint::Unavailable => return Ok(None),
            MetadataHint::Available(digest) => digest.as_slice(),
            MetadataHint::Unsaid => {
                let habits = self.habits(&realm);
                if !habits.sidecars_seen && habits.sidecars_missed >= MISSES {
                    return Ok(None);
                }
                &[]
            }
        };
        let mut beside = url.clone();
        beside.set_path(&format!("{}.metadata", url.path()));
        let request = Request {
            credentials: target.index.and_then(|index| index.credentials_for(url)).cloned(),
            compressed: true,
            ..Request::new(beside, TEXT)
        };
        let metadata = match self.http.get(&request).await {
            Ok(response) if response.head.is_whole() && response.head.content_type.as_deref() != Some("text/html") => {
                checksum::compare(&response.body, promised).map_err(|source| MetadataError::Hash {
                    file: format!("{}.metadata", target.file.filename),
                    source,
                })?;
                CoreMetadata::parse(&response.body).ok()
            }
            Ok(_) => None,
            // Whoever may have the wheel but not this may still have the wheel.
            Err(
                FetchError::Status { .. }
                | FetchError::Forbidden { .. }
                | FetchError::Unauthorized { .. }
                | FetchError::TooLarge { .. },
            ) => None,
            Err(source) => return Err(MetadataError::Fetch { file: target.file.filename.clone(), source }),
        };
        self.learn(realm, |habits| match &metadata {
            Some(_) => habits.sidecars_seen = true,
            None => habits.sidecars_missed = habits.sidecars_missed.saturating_add(1),
        });
        if let Some(metadata) = &metadata {
            target.check(metadata, true)?;
        }
        Ok(metadata)
    }

    async fn whole(&self, target: &Target<'_>, url: &Url) -> Result<Obtained, MetadataError> {
        let credentials = target.index.and_then(|index| index.credentials_for(url)).cloned();
        self.fetched(target, url, credentials).await
    }

    async fn fetched(
        &self,
        target: &Target<'_>,
        url: &Url,
        credentials: Option<Credentials>,
    ) -> Result<Obtained, MetadataError> {
        let fetch = |source| MetadataError::Fetch { file: target.file.filename.clone(), source };
        let request = Request { credentials, ..Request::new(url.clone(), ARCHIVE) };
        let download = self.http.download(&request).await.map_err(fetch)?;
        if !download.head.is_whole() {
            return Err(fetch(FetchError::Status { url: shown(url), status: download.head.status }));
        }
        read(target, download.body).await
    }

    async fn local(&self, target: &Target<'_>, url: &Url) -> Result<Obtained, MetadataError> {
        let path = url.to_file_path().map_err(|()| target.broken(&"its address is not a path of this machine"))?;
        let local = |cause| MetadataError::Local { path: path.display().to_string(), cause };
        let file = File::open(&path).map_err(local)?;
        if file.metadata().map_err(local)?.len() > ARCHIVE {
            return Err(target.broken(&format!("it is larger than {ARCHIVE} bytes")));
        }
        read(target, file).await
    }

    fn habits(&self, realm: &Realm) -> Habits {
        self.habits.lock().unwrap_or_else(PoisonError::into_inner).get(realm).copied().unwrap_or_default()
    }

    fn learn(&self, realm: Realm, change: impl FnOnce(&mut Habits)) {
        change(self.habits.lock().unwrap_or_else(PoisonError::into_inner).entry(realm).or_default());
    }
}

/// Checks a whole file against its hashes, and reads its metadata; away from the threads that wait for the network.
async fn read(target: &Target<'_>, mut source: impl Source) -> Result<Obtained, MetadataError> {
    let (package, version, file) = (target.package.clone(), target.version.clone(), target.file.clone());
    let work = move || {
        let target = Target { index: None, package: &package, version: &version, file: &file };
        let archive = check(&target, &mut source)?;
        source.rewind().map_err(|cause| target.broken(&cause))?;
        match file.kind {
            FileKind::Wheel => {
                let metadata = parse(&target, &wheel::text(&target, source)?)?;
                Ok(Obtained { metadata: Some(metadata), how: How::Archive, archive })
            }
            FileKind::Sdist => Ok(Obtained { archive, ..sdist::metadata(&target, source)? }),
        }
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(target.broken(&format!("the reader stopped ({error})"))),
    }
}

fn check(target: &Target<'_>, source: &mut impl Source) -> Result<Option<Archive>, MetadataError> {
    let IndexFile { filename, digests, size, .. } = target.file;
    let mut checksum = Checksum::new(digests);
    checksum.read(source).map_err(|cause| target.broken(&cause))?;
    let checked: Checked = checksum.finish();
    checked.compare(digests).map_err(|source| MetadataError::Hash { file: filename.clone(), source })?;
    if let Some(size) = size
        && *size != checked.bytes
    {
        return Err(target.broken(&format!("it has {} bytes, but {size} were promised", checked.bytes)));
    }
    Ok(checked.sha256().map(|sha256| Archive { sha256: sha256.clone(), size: checked.bytes }))
}

/// Reads the text of a wheel's METADATA and refuses it when it is about another release.
fn parse(target: &Target<'_>, text: &[u8]) -> Result<CoreMetadata, MetadataError> {
    let metadata = CoreMetadata::parse(text)
        .map_err(|source| MetadataError::Text { file: target.file.filename.clone(), source })?;
    target.check(&metadata, true)?;
    Ok(metadata)
}

/// The hashes in the fragment of a URL: `#sha256=…`, perhaps among `egg=` and others.
///
/// # Errors
/// When one of them cannot be read: a promise that nobody can check is none.
pub fn promised(url: &Url) -> Result<Vec<Digest>, DigestError> {
    let parts = url.fragment().unwrap_or_default().split('&');
    let is_hash = |part: &&str| {
        part.split_once('=').is_some_and(|(algorithm, _)| algorithm.parse::<packaging::Algorithm>().is_ok())
    };
    let mut digests = parts.filter(is_hash).map(str::parse).collect::<Result<Vec<Digest>, _>>()?;
    digests.sort();
    Ok(digests)
}

/// Whether a URL is about one folder of an archive only.
fn is_subdirectory(url: &Url) -> bool {
    url.fragment().unwrap_or_default().split('&').any(|part| part.starts_with("subdirectory="))
}

/// The last segment of the path, decoded; nothing where it names no file.
pub fn file_name(url: &Url) -> Option<String> {
    let name = url.path_segments()?.next_back()?;
    let name = crate::credentials::decoded(name);
    (!name.is_empty() && !name.contains(['/', '\\', '\0'])).then_some(name)
}
