//! Why a lock could not be written or read.

use crate::{Origin, PackageName};

/// Why a lock cannot be written in a format.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// An installer could not check this file.
    #[error(
        "lock `{file}` of `{package}`: no sha256, sha384 or sha512 is known for it; \
         use an index that gives hashes, or give the file's hash where it is required"
    )]
    NoStrongHash {
        /// Whose file it is.
        package: PackageName,
        /// The file.
        file: String,
    },
    /// The format needs a place to fetch the file from.
    #[error(
        "lock `{file}` of `{package}`: its URL is not known, and `pylock.toml` needs one; resolve again against an index"
    )]
    NoUrl {
        /// Whose file it is.
        package: PackageName,
        /// The file.
        file: String,
    },
    /// There is nothing to install.
    #[error("lock `{package}`: it has no wheel and no source distribution (`.tar.gz` or `.zip`) that a lock can name")]
    NoFiles {
        /// The package.
        package: PackageName,
    },
    /// A release of an index is named by its version.
    #[error("lock `{package}`: its version is not known")]
    NoVersion {
        /// The package.
        package: PackageName,
    },
    /// The `[tool.thoth]` table holds what TOML cannot.
    #[error("write the `[tool.thoth]` table of the lock")]
    Tool(#[source] toml::ser::Error),
    /// A `Pipfile.lock` has no place for a package without a category.
    #[error("lock `{package}` in `Pipfile.lock`: it is in no category (`default`, `develop`, …)")]
    NoCategory {
        /// The package.
        package: PackageName,
    },
    /// A category names a package that is not locked.
    #[error("lock category `{category}` of `Pipfile.lock`: `{package}` is not among the locked packages")]
    NotLocked {
        /// The category.
        category: String,
        /// The package.
        package: PackageName,
    },
    /// What the caller gave for the `_meta` table is wrong.
    #[error("write `Pipfile.lock`: {0}")]
    Meta(String),
}

/// Why a text is not a lock, as opposed to a lock with parts that were not understood, which are [`Note`](super::Note)s.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReadError {
    /// It is larger than any lock.
    #[error("{file}: it has {bytes} bytes; a lock may have {limit}")]
    TooLarge {
        /// The file as its reader names it.
        file: String,
        /// Its length in bytes.
        bytes: usize,
        /// The largest length in bytes that is read.
        limit: usize,
    },
    /// It names more packages than any lock.
    #[error("{file}: it locks more than {limit} packages, which is more than Thoth reads")]
    TooMany {
        /// The file as its reader names it.
        file: String,
        /// The largest number that is read.
        limit: usize,
    },
    /// It is not TOML or JSON at all.
    #[error("{origin}: {message}")]
    Syntax {
        /// Where.
        origin: Origin,
        /// What the parser expected.
        message: String,
    },
    /// It is of a version of the format that this reader was not written for.
    #[error("{origin}: {key} {found} is not known ({known} is); update Thoth, or write the lock again with it")]
    Version {
        /// Where.
        origin: Origin,
        /// The key that gives the version.
        key: &'static str,
        /// What it says.
        found: String,
        /// What this reader knows.
        known: &'static str,
    },
    /// It lacks what makes it a lock of this format.
    #[error("{origin}: {message}")]
    Shape {
        /// Where.
        origin: Origin,
        /// What is missing or of the wrong type, and the remedy.
        message: String,
    },
}
