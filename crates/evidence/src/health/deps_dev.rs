//! What deps.dev says (API v3): of a release, of a package, of a project.
//!
//! Advisories and dependencies are in its answers too; they are known better from elsewhere.

use packaging::{PackageName, Version, metadata::Contacts};
use serde::Deserialize;

use super::{
    document::Document,
    many::Many,
    repository::{Claim, Repository, Sure},
    scorecard,
};
use crate::text::microseconds;

/// The most links, attestations or projects of one release.
const MOST_RELATED: usize = 1000;
/// The most releases of one package.
const MOST_RELEASES: usize = 500_000;
/// What provenance of a relation is proved by whoever published the release.
const PROVED: [&str; 3] = ["SLSA_ATTESTATION", "PYPI_PUBLISH_ATTESTATION", "NPM_PUBLISH_ATTESTATION"];

/// A release: where its source is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawRelease {
    version_key: Key,
    published_at: Option<String>,
    #[serde(default)]
    links: Many<RawLink, MOST_RELATED>,
    #[serde(default)]
    attestations: Many<RawAttestation, MOST_RELATED>,
    #[serde(default)]
    slsa_provenances: Many<RawAttestation, MOST_RELATED>,
    #[serde(default)]
    related_projects: Many<RawRelated, MOST_RELATED>,
}

/// A package: when its releases were published.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawPackage {
    package_key: Key,
    #[serde(default)]
    versions: Many<RawVersion, MOST_RELEASES>,
}

/// A project, which is a repository: its scorecard.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawProject {
    project_key: ProjectKey,
    stars_count: Option<u64>,
    scorecard: Option<scorecard::Raw>,
}

#[derive(Debug, Deserialize)]
struct Key {
    system: Option<String>,
    name: String,
    version: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ProjectKey {
    id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawVersion {
    published_at: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RawLink {
    label: Option<String>,
    url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawAttestation {
    verified: Option<bool>,
    source_repository: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRelated {
    project_key: ProjectKey,
    relation_provenance: Option<String>,
    relation_type: Option<String>,
}

impl Key {
    fn package(&self) -> Result<PackageName, String> {
        match self.system.as_deref() {
            None | Some("PYPI") => self.name.parse().map_err(|_| "its name is not that of a package".to_string()),
            Some(_) => Err("it is about another ecosystem than PyPI".to_string()),
        }
    }
}

impl RawRelease {
    pub(super) fn read(self) -> Result<Document, String> {
        let package = self.version_key.package()?;
        let version = self.version_key.version.as_deref().unwrap_or_default();
        let version: Version = version.parse().map_err(|_| "its version is none (PEP 440)".to_string())?;
        let related = self.related_projects.0.into_iter().filter_map(RawRelated::claim);
        let attested = self.attestations.0.into_iter().chain(self.slsa_provenances.0).filter_map(RawAttestation::claim);
        let mut contacts = Contacts::default();
        for link in self.links.0 {
            contacts.link(&link.label.unwrap_or_default(), &link.url.unwrap_or_default());
        }
        let claims = attested.chain(related).chain(Claim::of_links(&contacts)).collect();
        Ok(Document::Release { package, version, claims, at: seconds(self.published_at.as_deref()) })
    }
}

impl RawPackage {
    pub(super) fn read(self) -> Result<Document, String> {
        let package = self.package_key.package()?;
        let published = self.versions.0.iter().filter_map(|version| seconds(version.published_at.as_deref()));
        Ok(Document::Package { package, published: published.collect() })
    }
}

impl RawProject {
    pub(super) fn read(self) -> Result<Document, String> {
        let repository = Repository::try_from(self.project_key.id)?;
        let scorecard = self.scorecard.map(scorecard::Raw::read);
        Ok(Document::Project { repository, stars: self.stars_count, scorecard })
    }
}

impl RawAttestation {
    fn claim(self) -> Option<Claim> {
        let repository = Repository::of(&self.source_repository?)?;
        let from = "an attestation".to_string();
        self.verified?.then_some(Claim { repository, sure: Sure::Attested, from })
    }
}

impl RawRelated {
    fn claim(self) -> Option<Claim> {
        let repository = Repository::of(&self.project_key.id)?;
        let is_proved = self.relation_provenance.is_some_and(|one| PROVED.contains(&one.as_str()));
        let (sure, from) = match (self.relation_type.as_deref(), is_proved) {
            (Some("SOURCE_REPO"), true) => (Sure::Attested, "an attestation"),
            (Some("SOURCE_REPO"), false) => (Sure::Labelled, "its source as deps.dev finds it"),
            _ => (Sure::Guess, "a project that deps.dev relates to it"),
        };
        Some(Claim { repository, sure, from: from.to_string() })
    }
}

fn seconds(text: Option<&str>) -> Option<i64> {
    Some(microseconds(text?)?.div_euclid(1_000_000))
}
