//! Sources of records (advisories, prescriptions): folders, archives and single files, on disk or behind a URL.
//!
//! A source is walked once and every record in it handed on as bytes; what a record means is for other crates. An entry that
//! cannot be read is reported and the rest is used; an archive that cannot be read is an error, because what it would have
//! said is unknown.

mod walk;

use std::{fs::File, io, path::Path};

use packaging::Url;
use tempfile::NamedTempFile;

use crate::{
    checksum::Checksum,
    http::{FetchError, Http, Request, Validators, shown},
};

/// The most bytes of an archive that is fetched.
const ARCHIVE: u64 = 4 << 30;

/// What is accepted of a source.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Files and other entries in it.
    pub entries: u64,
    /// Bytes of one record.
    pub record: u64,
    /// Bytes of all of it, decompressed.
    pub total: u64,
    /// How many times larger than itself an archive may become; for archives that become larger than 64 MiB.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 2_000_000, record: 16 << 20, total: 8 << 30, ratio: 256 }
    }
}

/// What a walk met besides the records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Records handed on.
    pub records: u64,
    /// Entries that are no records by their name.
    pub skipped: u64,
    /// Entries that could not be read.
    pub broken: Vec<BrokenEntry>,
}

/// An entry of a source that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenEntry {
    /// Its name in the source.
    pub name: String,
    /// Why, as a clause.
    pub reason: String,
}

/// Why a source cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It cannot be opened or read.
    #[error("read {name}: {cause}")]
    Read {
        /// The source as the user knows it.
        name: String,
        /// Why it failed.
        cause: io::Error,
    },
    /// It is not of a kind that is known, or broken.
    #[error("read {name}: {why}")]
    Broken {
        /// The source as the user knows it.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// It is larger than accepted.
    #[error("read {name}: it has more than {limit}")]
    TooLarge {
        /// The source as the user knows it.
        name: String,
        /// The bound with its unit.
        limit: String,
    },
    /// It cannot be fetched.
    #[error("fetch it")]
    Fetch(#[from] FetchError),
}

impl ArchiveError {
    /// What the reader can do about it, as a sentence.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Fetch(error) => error.remedy(),
            Self::Read { .. } => Some("Check the path and its permissions."),
            Self::Broken { .. } => Some(
                "Records are read from a folder, .zip, .tar, .tar.gz, .tgz, .tar.zst, .json or .yaml; fetch the file again if it was cut short.",
            ),
            Self::TooLarge { .. } => None,
        }
    }
}

/// Walks a folder, an archive or a single record on disk, and hands each record with its name to `visit`.
///
/// What a file is, is told by its content: `.zip`, `.tar`, either compressed by gzip or zstd, or a record (`.json`, `.yaml`,
/// `.yml`). Folders are walked in the order of names; links to folders are not followed, and links to files only where they
/// stay below `source`.
pub fn walk(source: &Path, limits: Limits, visit: &mut dyn FnMut(&str, &[u8])) -> Result<Walked, ArchiveError> {
    let name = source.display().to_string();
    if source.is_dir() {
        return walk::folder(source, &name, limits, visit);
    }
    let file = File::open(source).map_err(|cause| ArchiveError::Read { name: name.clone(), cause })?;
    walk::file(file, &name, limits, visit)
}

/// A source that was fetched; the temporary file goes with the value.
#[derive(Debug)]
pub struct Fetched {
    /// Where it was fetched from, fit to be shown.
    pub name: String,
    /// What to ask again with.
    pub validators: Validators,
    /// SHA-256 of the file as lower-case hexadecimal digits.
    pub sha256: String,
    /// Bytes of the file.
    pub bytes: u64,
    file: NamedTempFile,
}

impl Fetched {
    /// Walks what was fetched; see [`walk`].
    pub fn walk(&self, limits: Limits, visit: &mut dyn FnMut(&str, &[u8])) -> Result<Walked, ArchiveError> {
        let file = self.file.reopen().map_err(|cause| ArchiveError::Read { name: self.name.clone(), cause })?;
        walk::file(file, &self.name, limits, visit)
    }
}

/// The answer to a conditional fetch.
#[derive(Debug)]
pub enum FetchedArchive {
    /// What is kept is still right.
    NotModified,
    /// There is something new, or nothing was kept.
    New(Box<Fetched>),
}

/// Fetches an archive or a single record, if it changed since `validators`.
///
/// With `quick` there is one attempt whose answer must begin within seconds: what is fetched by default must not cost more when
/// it cannot be reached.
pub async fn fetch(
    http: &Http,
    url: &Url,
    validators: Option<&Validators>,
    quick: bool,
) -> Result<FetchedArchive, ArchiveError> {
    let request = Request { validators: validators.cloned(), quick, ..Request::new(url.clone(), ARCHIVE) };
    let download = http.download(&request).await?;
    match download.head.status {
        304 if validators.is_some() => return Ok(FetchedArchive::NotModified),
        200 | 203 => {}
        status => return Err(FetchError::Status { url: shown(url), status }.into()),
    }
    let name = shown(url);
    let store = |cause: io::Error| ArchiveError::Read { name: name.clone(), cause };
    let mut body = download.body;
    let mut checksum = Checksum::new(&[]);
    checksum.read(&mut body).map_err(store)?;
    io::Seek::rewind(&mut body).map_err(store)?;
    let mut file = NamedTempFile::new().map_err(store)?;
    io::copy(&mut body, &mut file).map_err(store)?;
    let checked = checksum.finish();
    let sha256 = checked.sha256().map(|digest| digest.hex.clone()).unwrap_or_default();
    Ok(FetchedArchive::New(Box::new(Fetched {
        validators: download.head.validators,
        sha256,
        bytes: checked.bytes,
        file,
        name,
    })))
}

/// OSV's dump of every advisory about PyPI, refreshed by OSV several times an hour.
pub fn osv_dump() -> Option<Url> {
    Url::parse("https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip").ok()
}
