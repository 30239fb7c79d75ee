//! A vulnerability as it concerns one release.

use packaging::Version;
use serde::{Deserialize, Serialize};

use crate::package::Vulnerability;

/// A vulnerability that affects a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The vulnerability.
    pub vulnerability: Vulnerability,
    /// The later versions without it, lowest first; empty when no fix is known.
    pub fixed: Vec<Version>,
}
