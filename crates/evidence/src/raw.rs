//! The shape of an OSV record (schema 1.7) as it is written, in JSON or YAML.
//!
//! Strict about types, so that YAML gives numbers such as `1.10` as they were written; a record that does not fit is read
//! again by [`crate::salvage`]. Unknown fields are skipped, missing ones and `null` are one.

use serde::Deserialize;

use crate::range::EventKind;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RawRecord {
    pub(crate) id: Option<String>,
    pub(crate) modified: Option<String>,
    pub(crate) published: Option<String>,
    pub(crate) withdrawn: Option<String>,
    pub(crate) aliases: Option<Vec<Option<String>>>,
    pub(crate) summary: Option<String>,
    pub(crate) details: Option<String>,
    pub(crate) severity: Option<Vec<RawSeverity>>,
    pub(crate) affected: Option<Vec<RawAffected>>,
    pub(crate) references: Option<Vec<RawReference>>,
    pub(crate) database_specific: Option<RawRecordSpecific>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RawRecordSpecific {
    pub(crate) severity: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RawSeverity {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) score: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RawReference {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RawAffected {
    pub(crate) package: Option<RawPackage>,
    pub(crate) severity: Option<Vec<RawSeverity>>,
    pub(crate) ranges: Option<Vec<RawRange>>,
    pub(crate) versions: Option<Vec<Option<String>>>,
    pub(crate) database_specific: Option<RawSpecific>,
    /// Something of `ranges` or `versions` could not be read, so any version may be meant.
    #[serde(skip)]
    pub(crate) lost: bool,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RawPackage {
    pub(crate) ecosystem: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) purl: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RawSpecific {
    pub(crate) last_known_affected_version_range: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RawRange {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) repo: Option<String>,
    pub(crate) events: Option<Vec<RawEvent>>,
    pub(crate) database_specific: Option<RawSpecific>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RawEvent {
    pub(crate) introduced: Option<String>,
    pub(crate) fixed: Option<String>,
    pub(crate) last_affected: Option<String>,
    pub(crate) limit: Option<String>,
    /// Keys that are there with a value that cannot be read.
    #[serde(skip)]
    pub(crate) lost: Vec<EventKind>,
}

impl RawEvent {
    /// What it says; more than one entry when the record breaks the rule of one key an event.
    pub(crate) fn into_read(self) -> impl Iterator<Item = (EventKind, String)> {
        [
            (EventKind::Introduced, self.introduced),
            (EventKind::Fixed, self.fixed),
            (EventKind::LastAffected, self.last_affected),
            (EventKind::Limit, self.limit),
        ]
        .into_iter()
        .filter_map(|(kind, text)| Some((kind, text?)))
    }
}
