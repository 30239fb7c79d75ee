//! The form in which core metadata is kept: texts only, so that it fits any format of serde, also those without names.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{About, CoreMetadata};
use crate::Requirement;

/// Why kept metadata cannot be read back: it was written by another version, or damaged. Reading the original again helps.
#[derive(Debug, thiserror::Error)]
#[error("stored metadata has `{value}` as {field}, which cannot be read")]
pub struct StoredMetadataError {
    field: &'static str,
    value: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    name: Option<String>,
    version: Option<String>,
    metadata_version: Option<String>,
    requires_python: Option<String>,
    requires_dist: Vec<String>,
    provides_extra: Vec<String>,
    dynamic: Vec<String>,
    complaints: Vec<String>,
    unreadable: Vec<String>,
}

impl Serialize for CoreMetadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored {
            name: self.name.as_ref().map(ToString::to_string),
            version: self.version.as_ref().map(ToString::to_string),
            metadata_version: self.metadata_version.clone(),
            requires_python: self.requires_python.as_ref().map(ToString::to_string),
            requires_dist: self.requires_dist.iter().map(ToString::to_string).collect(),
            provides_extra: self.provides_extra.iter().map(ToString::to_string).collect(),
            dynamic: self.dynamic.clone(),
            complaints: self.complaints.clone(),
            unreadable: self.unreadable.clone(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CoreMetadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Stored::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl TryFrom<Stored> for CoreMetadata {
    type Error = StoredMetadataError;

    fn try_from(stored: Stored) -> Result<Self, StoredMetadataError> {
        let requirements: Result<Vec<Requirement>, _> =
            stored.requires_dist.iter().map(|text| parsed("requirement", text)).collect();
        let extras: Result<Vec<_>, _> = stored.provides_extra.iter().map(|text| parsed("extra", text)).collect();
        Ok(Self {
            requires_dist: requirements?,
            provides_extra: extras?,
            requires_python: stored.requires_python.map(|text| parsed("requires-python", &text)).transpose()?,
            complaints: stored.complaints,
            name: stored.name.map(|text| parsed("name", &text)).transpose()?,
            version: stored.version.map(|text| parsed("version", &text)).transpose()?,
            metadata_version: stored.metadata_version,
            dynamic: stored.dynamic,
            unreadable: stored.unreadable,
            about: About::default(),
        })
    }
}

fn parsed<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, StoredMetadataError> {
    text.parse().map_err(|_| StoredMetadataError { field, value: text.chars().take(200).collect() })
}
