//! Whole files of releases, fetched and compared with every hash that was promised, before anybody looks into them.

use std::{
    fmt,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use packaging::{Digest, Url, index::IndexFile};

use crate::{
    checksum::{Checksum, Mismatch},
    http::{FetchError, Http, Request, shown},
    index::Index,
};

/// The most bytes of a file.
const LARGEST: u64 = 4 << 30;

trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// A file that is what was promised, positioned at its beginning.
pub struct Distribution {
    bytes: Box<dyn Bytes>,
    /// SHA-256 of all of it.
    pub sha256: Digest,
    /// Bytes of all of it.
    pub size: u64,
}

/// Why there is no such file, or it is not taken.
#[derive(Debug, thiserror::Error)]
pub enum DistributionError {
    /// It is not fetched.
    #[error("fetch {file}")]
    Fetch {
        /// The file.
        file: String,
        /// Why not.
        source: FetchError,
    },
    /// It is another file than was promised.
    #[error("check {file}: what was fetched is not what was promised")]
    Hash {
        /// The file.
        file: String,
        /// The two hashes.
        source: Mismatch,
    },
    /// Its address cannot be used.
    #[error("fetch {file}: {why}")]
    Address {
        /// The file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// It cannot be read from this machine.
    #[error("read {file}")]
    Read {
        /// The file.
        file: String,
        /// Why not.
        source: io::Error,
    },
}

impl DistributionError {
    /// What the reader can do about it, as a sentence.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Fetch { source, .. } => source.remedy(),
            Self::Hash { .. } => Some(
                "Do not install this file: ask the index (or the mirror or proxy in between) why its content differs from its page.",
            ),
            Self::Address { .. } => None,
            Self::Read { .. } => Some("Check the path and its permissions."),
        }
    }
}

/// Fetches a file that an index or a lock names, and compares it with each of its hashes.
///
/// # Errors
/// When it cannot be had, or is another one.
pub async fn fetch(http: &Http, index: Option<&Index>, file: &IndexFile) -> Result<Distribution, DistributionError> {
    let name = file.filename.clone();
    let url = Url::parse(&file.url).map_err(|error| DistributionError::Address {
        file: name.clone(),
        why: format!("its address is no URL ({error})"),
    })?;
    let source: Box<dyn Bytes> = if url.scheme() == "file" {
        let path = url.to_file_path().map_err(|()| DistributionError::Address {
            file: name.clone(),
            why: "its address is not a path of this machine".to_string(),
        })?;
        Box::new(File::open(path).map_err(|source| DistributionError::Read { file: name.clone(), source })?)
    } else {
        let failed = |source| DistributionError::Fetch { file: name.clone(), source };
        let credentials = index.and_then(|index| index.credentials_for(&url)).cloned();
        let request = Request { credentials, ..Request::new(url.clone(), LARGEST) };
        let download = http.download(&request).await.map_err(failed)?;
        if !download.head.is_whole() {
            return Err(failed(FetchError::Status { url: shown(&url), status: download.head.status }));
        }
        Box::new(download.body)
    };
    let digests = file.digests.clone();
    let failed = name.clone();
    // Hashing is work: it is done away from the threads that wait for the network.
    let checked = tokio::task::spawn_blocking(move || check(name, source, &digests)).await;
    checked.unwrap_or_else(|error| Err(DistributionError::Read { file: failed, source: io::Error::other(error) }))
}

/// Takes a file of this machine, as it is.
///
/// # Errors
/// When it cannot be read.
pub fn local(name: &str, file: File) -> Result<Distribution, DistributionError> {
    check(name.to_string(), Box::new(file), &[])
}

fn check(file: String, mut bytes: Box<dyn Bytes>, promised: &[Digest]) -> Result<Distribution, DistributionError> {
    let mut checksum = Checksum::new(promised);
    let read = checksum.read(&mut bytes).and_then(|()| bytes.rewind());
    read.map_err(|source| DistributionError::Read { file: file.clone(), source })?;
    let checked = checksum.finish();
    checked.compare(promised).map_err(|source| DistributionError::Hash { file: file.clone(), source })?;
    let missing = || DistributionError::Read { file, source: io::Error::other("its hash was not computed") };
    let sha256 = checked.sha256().cloned().ok_or_else(missing)?;
    Ok(Distribution { bytes, sha256, size: checked.bytes })
}

impl Read for Distribution {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(buffer)
    }
}

impl Seek for Distribution {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

impl fmt::Debug for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Distribution").field("sha256", &self.sha256).field("size", &self.size).finish_non_exhaustive()
    }
}
