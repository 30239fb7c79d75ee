//! What is known about releases: advisories joined by alias, severities, affected versions.
//!
//! The way through this crate: bytes of advisory files go into a [`SnapshotBuilder`], which reads them with [`osv`] and
//! [`kev`], joins records that are one vulnerability by their aliases ([`join`]) and gives a [`Snapshot`] with one
//! [`PackageAdvisories`] per package. A [`Matcher`] then says which of a package's vulnerabilities affect a version.
//!
//! The health of projects has a way of its own, in [`health`].
//!
//! Fetching the files, keeping the parsed form and deciding what a vulnerability costs is left to other crates.

pub mod affected;
pub mod finding;
pub mod health;
pub mod ignore;
pub mod join;
pub mod kev;
pub mod matcher;
pub mod observation;
pub mod osv;
pub mod package;
mod range;
mod raw;
pub mod record;
mod salvage;
pub mod severity;
pub mod snapshot;
mod text;
pub mod versions;
mod yaml;

use serde::{Deserialize, Serialize};

pub use affected::{Affected, Range, Until};
pub use finding::Finding;
pub use health::Health;
pub use ignore::Ignores;
pub use matcher::Matcher;
pub use observation::Observation;
pub use osv::RecordError;
pub use package::{Kind, PackageAdvisories, Vulnerability};
pub use record::{Record, RecordAffected};
pub use severity::{CvssVersion, Rating, Score, Severity};
pub use snapshot::{Snapshot, SnapshotBuilder};
pub use versions::AnyVersion;

/// A fact that may be known, known not to be, or not known at all.
///
/// The third is never folded into the second: what was not looked at is not clean.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Known<T> {
    /// It was looked for and found.
    Present(T),
    /// It was looked for and is not there.
    Absent,
    /// It could not be looked for; the text says why.
    Unknown(String),
}

impl<T> Known<T> {
    /// What was found, if it was.
    pub fn present(&self) -> Option<&T> {
        match self {
            Self::Present(found) => Some(found),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// Whether it could not be looked for.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}
