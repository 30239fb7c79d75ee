//! Core metadata of a release: what it requires and provides (METADATA in wheels, PKG-INFO in sdists).
//!
//! Which file of an archive it comes from is the caller's business; what an sdist's files say together is in [`sdist`].

mod about;
mod contacts;
mod headers;
mod lenient;
mod requires_txt;
mod sdist;
mod stored;

use uv_normalize::PackageName;
use uv_pep440::Version;

use crate::{ExtraName, Requirement, VersionSpecifiers};

pub use about::About;
pub use contacts::{Contacts, folded};
pub use lenient::{Read, requires_python};
pub use sdist::{SdistMetadata, from_sdist};
pub use stored::StoredMetadataError;

/// The most requirements one release may have; the largest on PyPI have about a thousand.
const MAX_REQUIREMENTS: usize = 20_000;

/// The part of core metadata (METADATA, PKG-INFO) that resolution needs.
///
/// With serde it is stored as texts, requirements in PEP 508 form; credentials in a requirement's URL do not survive that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoreMetadata {
    /// `Requires-Dist`, in order, markers kept.
    pub requires_dist: Vec<Requirement>,
    /// `Provides-Extra`, normalised.
    pub provides_extra: Vec<ExtraName>,
    /// `Requires-Python`.
    pub requires_python: Option<VersionSpecifiers>,
    /// Fields that could not be understood, or only after a repair, as sentences; the rest is used.
    pub complaints: Vec<String>,
    /// `Name`, to check that the file is about the release it came with.
    pub name: Option<PackageName>,
    /// `Version`, for the same check.
    pub version: Option<Version>,
    /// `Metadata-Version`, as written.
    pub metadata_version: Option<String>,
    /// `Dynamic` (PEP 643): the names of the fields a build may change, in lower case.
    pub dynamic: Vec<String>,
    /// The requirements that could not be read even after repair, shortened. See [`CoreMetadata::broken`].
    pub unreadable: Vec<String>,
    /// What the release says of itself. It is not stored with the rest, and kept beside it.
    pub about: About,
}

/// Why a text is not core metadata.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MetadataError {
    /// More than any real package has.
    #[error("the metadata is {0} bytes, more than the {limit} Thoth reads", limit = headers::MAX_BYTES)]
    TooLarge(usize),
    /// More than any real package has.
    #[error("the metadata has more than {MAX_REQUIREMENTS} requirements or {limit} lines of headers", limit = headers::MAX_LINES)]
    TooMany,
    /// Neither of the two fields that every version of the format requires is there: an error page, or a cut-off file.
    #[error("the text is not core metadata: it has neither a `Metadata-Version` nor a `Name` field")]
    NotMetadata,
}

impl CoreMetadata {
    /// Reads METADATA or PKG-INFO: the header fields up to the first blank line, of any version of the format.
    ///
    /// Well-known slips in old requirements are repaired and noted in `complaints`; what cannot be read makes the metadata
    /// [`broken`](Self::broken).
    pub fn parse(bytes: &[u8]) -> Result<Self, MetadataError> {
        let mut metadata = Self::default();
        for (field, value) in headers::read(bytes)? {
            metadata.take(&field, value.trim())?;
        }
        if metadata.metadata_version.is_none() && metadata.name.is_none() {
            return Err(MetadataError::NotMetadata);
        }
        metadata.contacts();
        Ok(metadata)
    }

    /// Whether a requirement could not be read: then what the release needs is not known, and choosing it would be a guess.
    pub fn broken(&self) -> bool {
        !self.unreadable.is_empty()
    }

    /// Whether `field` (in lower case, `requires-dist`) may differ in what is built from this sdist (PEP 643).
    pub fn is_dynamic(&self, field: &str) -> bool {
        self.dynamic.iter().any(|name| name == field)
    }

    fn take(&mut self, field: &str, value: &str) -> Result<(), MetadataError> {
        match field {
            "metadata-version" => self.metadata_version = Some(value.chars().take(20).collect()),
            "name" => match value.parse() {
                Ok(name) => self.name = Some(name),
                Err(_) => self.complain("Name", value, "is not the name of a package"),
            },
            "version" => match value.parse() {
                Ok(version) => self.version = Some(version),
                Err(_) => self.complain("Version", value, "is not a version (PEP 440)"),
            },
            "requires-dist" => return self.require("Requires-Dist", value, None),
            "provides-extra" => self.provide(value),
            "requires-python" => self.require_python(value),
            "classifier" => self.about.classify(value),
            "project-url" => {
                if let Some((label, address)) = value.split_once(',') {
                    self.about.link(label, address);
                    self.contacts().link(label, address);
                }
            }
            "home-page" => self.contacts().link("Homepage", value),
            "download-url" => self.contacts().link("Download", value),
            "author" | "maintainer" => self.contacts().person(value),
            "author-email" | "maintainer-email" => self.contacts().people(value),
            "dynamic" if self.dynamic.len() < 100 => self.dynamic.push(value.to_ascii_lowercase()),
            _ => {}
        }
        Ok(())
    }

    /// Where it is from and by whom, begun where nothing was said yet.
    fn contacts(&mut self) -> &mut Contacts {
        self.about.contacts.get_or_insert_default()
    }

    /// Adds a requirement, under a marker of its section or extra if there is one.
    fn require(&mut self, field: &str, text: &str, marker: Option<crate::MarkerTree>) -> Result<(), MetadataError> {
        if self.requires_dist.len().saturating_add(self.unreadable.len()) >= MAX_REQUIREMENTS {
            return Err(MetadataError::TooMany);
        }
        match lenient::requirement(text) {
            Ok(Read { mut value, repair }) => {
                if let Some(marker) = marker {
                    value.marker = value.marker.and(marker);
                }
                self.complaints
                    .extend(repair.map(|read| format!("`{field}: {}` was read as `{read}`.", lenient::shown(text))));
                self.requires_dist.push(value);
            }
            Err(reason) => {
                self.complain(field, text, &format!("cannot be read: {reason}"));
                self.unreadable.push(lenient::shown(text));
            }
        }
        Ok(())
    }

    fn provide(&mut self, text: &str) {
        match text.parse::<ExtraName>() {
            Ok(extra) if self.provides_extra.contains(&extra) => {}
            Ok(extra) if self.provides_extra.len() < MAX_REQUIREMENTS => self.provides_extra.push(extra),
            Ok(_) => {}
            Err(_) => self.complain("Provides-Extra", text, "is not the name of an extra"),
        }
    }

    fn require_python(&mut self, text: &str) {
        if text.is_empty() || text.eq_ignore_ascii_case("unknown") {
            return;
        }
        match requires_python(text) {
            Ok(Read { value, repair }) => {
                self.complaints.extend(
                    repair.map(|read| format!("`Requires-Python: {}` was read as `{read}`.", lenient::shown(text))),
                );
                self.requires_python = Some(value);
            }
            Err(reason) => self.complain("Requires-Python", text, &format!("cannot be read: {reason}")),
        }
    }

    fn complain(&mut self, field: &str, value: &str, what: &str) {
        self.complaints.push(format!("`{field}: {}` {what}.", lenient::shown(value)));
    }
}

#[cfg(test)]
mod tests;
