//! All evidence on one release.

use packaging::{
    Version,
    index::{ProjectStatus, Yanked},
};
use serde::{Deserialize, Serialize};

use crate::{
    Known,
    matcher::Matcher,
    package::{Kind, Vulnerability},
};

/// What is known about one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Its vulnerabilities, most severe first and never an empty list; `Absent` when advisories were read and none is about it.
    pub vulnerabilities: Known<Vec<Finding>>,
    /// The status of its project on the index.
    pub status: Known<ProjectStatus>,
    /// Whether it was yanked, with the reason if one was given.
    pub yanked: Known<Option<String>>,
}

/// A vulnerability that affects a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The vulnerability.
    pub vulnerability: Vulnerability,
    /// The later versions without it, lowest first; empty when no fix is known.
    pub fixed: Vec<Version>,
}

impl Dossier {
    /// A dossier of which nothing is known, for the given reason.
    pub fn unknown(why: &str) -> Self {
        Self {
            vulnerabilities: Known::Unknown(why.to_string()),
            status: Known::Unknown(why.to_string()),
            yanked: Known::Unknown(why.to_string()),
        }
    }

    /// Records what the advisories of its package say; `None` means that the snapshot has none about the package.
    #[must_use]
    pub fn with_advisories(mut self, matcher: Option<&Matcher<'_>>, version: &Version) -> Self {
        let found: Vec<Finding> = matcher
            .map(|matcher| matcher.affecting(version))
            .unwrap_or_default()
            .into_iter()
            .map(|vulnerability| Finding {
                fixed: vulnerability.affected.fixed_after(version),
                vulnerability: vulnerability.clone(),
            })
            .collect();
        self.vulnerabilities = if found.is_empty() { Known::Absent } else { Known::Present(found) };
        self
    }

    /// Records what the index page says.
    #[must_use]
    pub fn with_index(mut self, status: ProjectStatus, yanked: &Yanked) -> Self {
        self.status = match status {
            ProjectStatus::Active => Known::Absent,
            other => Known::Present(other),
        };
        self.yanked = match yanked {
            Yanked::No => Known::Absent,
            Yanked::Yes(reason) => Known::Present(reason.clone()),
        };
        self
    }

    /// Whether no stack may have it: malware, or a project the index has quarantined.
    pub fn is_forbidden(&self) -> bool {
        let malware = self
            .vulnerabilities
            .present()
            .is_some_and(|found| found.iter().any(|finding| finding.vulnerability.kind == Kind::Malware));
        malware || self.status == Known::Present(ProjectStatus::Quarantined)
    }
}
