//! Core metadata of releases: fetched in the cheapest way that an index allows, never by building anything.
//!
//! For a wheel that is the metadata file beside it (PEP 658, 714), else the archive's directory and METADATA by range requests,
//! else the whole wheel. For an sdist it is what its texts say without running them. What the texts mean is for
//! [`packaging::metadata`].

mod client;
mod ranged;
mod sdist;
mod wheel;

use packaging::{Digest, PackageName, Version, index::IndexFile, metadata::CoreMetadata};

pub use client::{MetadataClient, file_name, promised};

use crate::{checksum::Mismatch, http::FetchError, index::Index};

/// The most bytes of a distribution that is fetched as a whole.
const ARCHIVE: u64 = 2 << 30;

/// The most bytes of a text that metadata is read from.
const TEXT: u64 = 8 << 20;

/// The file whose metadata is wanted, and what is already known of it.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The index that lists it, for its credentials and habits.
    pub index: Option<&'a Index>,
    /// The package its name must agree with.
    pub package: &'a PackageName,
    /// The version its name carries.
    pub version: &'a Version,
    /// What the index says about it.
    pub file: &'a IndexFile,
}

/// What was found out about a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Obtained {
    /// The metadata; none exactly when [`How::Unknown`].
    pub metadata: Option<CoreMetadata>,
    /// Where it comes from.
    pub how: How,
    /// The file's own hash and size, when all of it was read.
    pub archive: Option<Archive>,
}

/// The hash and size of a file that was read as a whole, after every promised hash was found right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// SHA-256.
    pub sha256: Digest,
    /// Bytes.
    pub size: u64,
}

/// Where metadata comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// The metadata file that the index serves beside the wheel.
    Sidecar,
    /// The wheel's own METADATA, by range requests.
    Range,
    /// The wheel's own METADATA, from the whole wheel.
    Archive,
    /// An sdist that promises it for every build (PEP 643, or `[project]` in its `pyproject.toml`).
    SdistStatic,
    /// An sdist that recorded it when it was made; a build elsewhere may say otherwise.
    SdistRecorded,
    /// Only a build could tell; why, as a sentence.
    Unknown(String),
}

/// An archive that a requirement names by its URL.
#[derive(Clone, Debug, PartialEq)]
pub struct Direct {
    /// The version it is of.
    pub version: Version,
    /// The file with its hashes and size; its URL carries no credentials.
    pub file: IndexFile,
    /// Its metadata.
    pub obtained: Obtained,
}

/// Why nothing can be said about a file.
#[derive(Debug, thiserror::Error)]
pub enum MetadataError {
    /// It was not fetched.
    #[error("fetch the metadata of {file}")]
    Fetch {
        /// The file.
        file: String,
        /// Why not.
        source: FetchError,
    },
    /// It is another file than the index promised.
    #[error("check {file}: what was fetched is not what was promised")]
    Hash {
        /// The file, or its metadata file.
        file: String,
        /// The two hashes.
        source: Mismatch,
    },
    /// It is no archive of its kind, or broken.
    #[error("read the metadata in {file}: {why}")]
    Archive {
        /// The file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// Its metadata cannot be read.
    #[error("read the metadata in {file}")]
    Text {
        /// The file.
        file: String,
        /// What is wrong with it.
        source: packaging::metadata::MetadataError,
    },
    /// Its metadata is about another release.
    #[error("believe the metadata in {file}: the file is {expected}, but its metadata is about {found}")]
    Lying {
        /// The file.
        file: String,
        /// The release by the file's name.
        expected: String,
        /// The release by its metadata.
        found: String,
    },
    /// A URL names nothing that can be installed.
    #[error("use {url} as an archive of `{package}`: {why}")]
    NotAnArchive {
        /// The URL, fit to be shown.
        url: String,
        /// The package.
        package: PackageName,
        /// Why not.
        why: String,
    },
    /// A file of this machine cannot be read.
    #[error("read {path}: {cause}")]
    Local {
        /// The file.
        path: String,
        /// Why not.
        cause: std::io::Error,
    },
}

impl MetadataError {
    /// What the reader can do about it, as a sentence.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Fetch { source, .. } => source.remedy(),
            Self::Hash { .. } => Some(
                "Do not install this file: ask the index (or the mirror or proxy in between) why its content differs from its page.",
            ),
            Self::Archive { .. } | Self::Text { .. } | Self::Lying { .. } => Some(
                "Tell its publisher; until it is mended, leave this release out with a constraint (`name!=version` in a file for `-c`).",
            ),
            Self::NotAnArchive { .. } => Some("Name a wheel or a source distribution by its URL."),
            Self::Local { .. } => Some("Check the path and its permissions."),
        }
    }

    /// Whether it was not asked for because the run is offline.
    pub fn is_offline(&self) -> bool {
        matches!(self, Self::Fetch { source: FetchError::Offline { .. }, .. })
    }
}

impl Target<'_> {
    /// Refuses metadata of another release: a resolver that believed it would choose for the wrong file. Wheels must name
    /// themselves; the texts of an sdist may leave it to the file's name.
    fn check(&self, metadata: &CoreMetadata, must_name: bool) -> Result<(), MetadataError> {
        let name_fits = metadata.name.as_ref().map_or(!must_name, |name| name == self.package);
        let version_fits = metadata.version.as_ref().map_or(!must_name, |version| version == self.version);
        if name_fits && version_fits {
            return Ok(());
        }
        let told = |text: Option<String>| text.unwrap_or_else(|| "(unnamed)".into());
        Err(MetadataError::Lying {
            file: self.file.filename.clone(),
            expected: format!("{} {}", self.package, self.version),
            found: format!(
                "{} {}",
                told(metadata.name.as_ref().map(ToString::to_string)),
                told(metadata.version.as_ref().map(ToString::to_string))
            ),
        })
    }

    fn broken(&self, why: &dyn std::fmt::Display) -> MetadataError {
        MetadataError::Archive { file: self.file.filename.clone(), why: why.to_string() }
    }
}
