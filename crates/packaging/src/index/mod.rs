//! Pages of package indexes: the simple repository API (PEP 503, 592, 629, 691, 700, 714, 740, 792).
//!
//! The values stand here and in [`page`]; [`parse_json`] and [`parse_html`] make them from what an index sends. Fetching, and which index a
//! page came from, is the business of the caller.

mod builder;
mod html;
mod json;
mod listing;
mod markup;
mod page;
mod stored;
mod time;

use std::fmt;

pub use builder::PageBuilder;
pub use html::{parse_html, parse_links};
pub use json::parse_json;
pub use listing::{PageError, release_of};
pub use page::{FileRef, IndexPage, ReleaseRef, SkippedFile};
pub use stored::StoredPageError;

use serde::{Deserialize, Serialize};

use crate::Digest;

/// A distribution file on an index page, as a value of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexFile {
    /// The file's name as the index writes it.
    pub filename: String,
    /// Absolute URL, without a hash fragment.
    pub url: String,
    /// Wheel or sdist.
    pub kind: FileKind,
    /// The hashes the index gives, strongest last; may be empty.
    pub digests: Vec<Digest>,
    /// `Requires-Python` as written; may be invalid.
    pub requires_python: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
    /// Microseconds since the Unix epoch (PEP 700).
    pub upload_time: Option<i64>,
    /// PEP 592.
    pub yanked: Yanked,
    /// PEP 658/714: whether the index serves the metadata beside the file.
    pub core_metadata: MetadataHint,
    /// PEP 740: where the index tells who published the file; not checked to be a URL that can be asked.
    pub provenance: Option<String>,
}

/// What kind of distribution a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// A built distribution (PEP 427).
    Wheel,
    /// A source distribution (`.tar.gz`, `.zip`, older archive types).
    Sdist,
}

/// Whether a file was yanked (PEP 592).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Yanked {
    /// It was not.
    #[default]
    No,
    /// It was, with the publisher's reason if there is one.
    Yes(Option<String>),
}

/// What the page says of separately served metadata (PEP 658, 714).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MetadataHint {
    /// Nothing: `<file>.metadata` may still exist.
    #[default]
    Unsaid,
    /// The index says there is none.
    Unavailable,
    /// The index serves it, with this hash if it gives one.
    Available(Option<Digest>),
}

/// The status of a project (PEP 792), the gravest last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ProjectStatus {
    /// Nothing special; also what an unknown status counts as.
    #[default]
    Active,
    /// No further releases are expected.
    Archived,
    /// The project asks not to be used any more.
    Deprecated,
    /// Considered unsafe by the index: no file may be used.
    Quarantined,
}

impl fmt::Display for ProjectStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Archived => "archived",
            Self::Quarantined => "quarantined",
            Self::Deprecated => "deprecated",
        })
    }
}
