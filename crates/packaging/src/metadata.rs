//! Core metadata of a release: what it requires and provides.

use crate::{ExtraName, Requirement, VersionSpecifiers};

/// The part of core metadata (METADATA, PKG-INFO) that resolution needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoreMetadata {
    /// `Requires-Dist`, in order, markers kept.
    pub requires_dist: Vec<Requirement>,
    /// `Provides-Extra`, normalised.
    pub provides_extra: Vec<ExtraName>,
    /// `Requires-Python`.
    pub requires_python: Option<VersionSpecifiers>,
    /// Fields that could not be understood, as sentences; the rest is used.
    pub complaints: Vec<String>,
}
