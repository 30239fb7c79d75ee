//! Vulnerabilities that the user chose to ignore.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::package::Vulnerability;

/// Identifiers to ignore. Any alias of a vulnerability will do, in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignores {
    /// In capitals, with the user's spelling.
    ids: BTreeMap<String, String>,
}

impl Ignores {
    /// Takes identifiers as the user writes them.
    pub fn new(ids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let keyed = ids.into_iter().map(|id| (id.as_ref().trim().to_ascii_uppercase(), id.as_ref().trim().to_string()));
        Self { ids: keyed.filter(|(id, _)| !id.is_empty()).collect() }
    }

    /// Whether nothing is ignored.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The identifier, as the user wrote it, by which `vulnerability` is ignored.
    pub fn matching(&self, vulnerability: &Vulnerability) -> Option<&str> {
        vulnerability.ids().find_map(|id| self.ids.get(&id.to_ascii_uppercase())).map(String::as_str)
    }

    /// This very identifier, as the user wrote it, where it is among them.
    pub fn named(&self, id: &str) -> Option<&str> {
        self.ids.get(&id.to_ascii_uppercase()).map(String::as_str)
    }

    /// The identifiers, as the user wrote them, that none of `vulnerabilities` has.
    ///
    /// Pass everything that was looked at, the ignored ones included: only then is an unused one stale.
    pub fn unused<'a>(&self, vulnerabilities: impl IntoIterator<Item = &'a Vulnerability>) -> Vec<&str> {
        let mut unused: BTreeMap<&str, &str> = self.ids.iter().map(|(key, id)| (key.as_str(), id.as_str())).collect();
        for vulnerability in vulnerabilities {
            for id in vulnerability.ids() {
                unused.remove(id.to_ascii_uppercase().as_str());
            }
        }
        unused.into_values().collect()
    }
}
