//! Lock formats, a module each: `pylock.toml`, `requirements.txt` with hashes, `Pipfile.lock`.
//!
//! A [`Lock`] becomes text and text becomes a [`Lock`]. Which releases are in it is decided in `resolution`; opening and
//! replacing files is the caller's.
//!
//! No writer lets a user name, password or token through, wherever it stood: in a URL, in the command of a header, in `via`,
//! in the `[tool.thoth]` table.

mod bounds;
mod change;
mod credentials;
mod error;
mod format;
pub mod pipfile_lock;
pub mod pylock;
mod reading;
pub mod requirements_txt;
#[cfg(test)]
mod samples;

pub use change::{Change, diff};
pub use credentials::scrubbed;
pub use error::{ReadError, WriteError};
pub use format::{Format, FormatError};
pub use reading::{Note, Reading, read};

use crate::{Digest, ExtraName, MarkerTree, PackageName, Url, Version, VersionSpecifiers, index::FileKind};

/// A stack as it is written to a lock and read back, independent of the format.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    /// The releases, sorted by name.
    pub packages: Vec<LockedPackage>,
    /// The Python versions the lock is for.
    pub requires_python: Option<VersionSpecifiers>,
    /// The environment the lock was made for, as a marker (`environments` of PEP 751).
    pub environment: Option<MarkerTree>,
    /// The extras and groups of the project that were included.
    pub extras: Vec<ExtraName>,
    /// Dependency groups that were included.
    pub groups: Vec<String>,
    /// The `[tool.thoth]` table: which evidence and policy the choice rests on. Only formats with a place for it keep it.
    pub thoth: toml::Table,
}

/// One release in a lock.
#[derive(Clone, Debug, PartialEq)]
pub struct LockedPackage {
    /// Normalised name.
    pub name: PackageName,
    /// The chosen version. `None` only when read from a lock that gives none (a direct URL).
    pub version: Option<Version>,
    /// Where the files come from.
    pub source: LockedSource,
    /// The files that may be installed, wheels before the sdist, sorted by name.
    pub files: Vec<LockedFile>,
    /// When it is to be installed; `None` means always.
    pub marker: Option<MarkerTree>,
    /// `Requires-Python` of the release.
    pub requires_python: Option<VersionSpecifiers>,
    /// Names of the packages in this lock that it requires directly, sorted.
    pub dependencies: Vec<PackageName>,
    /// Who asked for it: parents' names and origins of the project's own requirements (`-r requirements.txt`), sorted.
    pub via: Vec<String>,
    /// The extras of it that are in use, sorted.
    pub extras: Vec<ExtraName>,
}

/// Where a locked release comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockedSource {
    /// An index, by its URL without credentials. `None` where the format does not say.
    Index(Option<Url>),
    /// The archive at this URL, without credentials; a `#subdirectory=…` fragment says where in it the project is.
    Archive(Url),
}

/// One file of a locked release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedFile {
    /// Its name; empty where the format keeps hashes only (requirements files, `Pipfile.lock`).
    pub filename: String,
    /// Its URL, without credentials. `None` where the format does not keep it.
    pub url: Option<Url>,
    /// Wheel or sdist. `None` where the format does not say.
    pub kind: Option<FileKind>,
    /// Bytes.
    pub size: Option<u64>,
    /// Microseconds since the Unix epoch.
    pub upload_time: Option<i64>,
    /// At least one strong hash when written by Thoth.
    pub digests: Vec<Digest>,
}
