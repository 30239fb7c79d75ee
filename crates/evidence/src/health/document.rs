//! Documents about the health of projects: what each is, is told by what is in it.
//!
//! | document | known by |
//! |---|---|
//! | deps.dev v3: a release, a package, a project | `versionKey`, `packageKey`, `projectKey` |
//! | the provenance of a file, as its index serves it (PEP 740) | `attestation_bundles` |
//! | OpenSSF Scorecard, of its API or program | `checks` |
//! | a repository of GitHub's API | `full_name` and `archived` |
//! | a project of the index's JSON API | `info` |
//! | the most downloaded packages | `rows`, each with `project` and `download_count` |
//!
//! All are JSON, one document a file. What they say together is in [`records`](super::records).

use std::{cmp::Reverse, collections::BTreeMap};

use packaging::{PackageName, Version, metadata::Contacts, text::one_line};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

use super::{
    deps_dev::{RawPackage, RawProject, RawRelease},
    many::Many,
    provenance::RawProvenance,
    repository::{Claim, Repository},
    scorecard::{self, Scorecard},
};
use crate::{
    osv::{Place, sentence},
    text::microseconds,
};

/// The most bytes a document may have.
const MAX_FILE: usize = 64 << 20;
/// The most packages of a list of the most downloaded.
const MOST_ROWS: usize = 1_000_000;

/// What one document says. Times are in seconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// Where the source of a release is.
    Release {
        /// The package.
        package: PackageName,
        /// The version.
        version: Version,
        /// Who says what.
        claims: Vec<Claim>,
        /// When it was published.
        at: Option<i64>,
    },
    /// When the releases of a package were published.
    Package {
        /// The package.
        package: PackageName,
        /// The times, in any order.
        published: Vec<i64>,
    },
    /// How a repository is looked after.
    Project {
        /// The repository.
        repository: Repository,
        /// How many people marked it on its host.
        stars: Option<u64>,
        /// Its scorecard, and when that was made.
        scorecard: Option<(Scorecard, Option<i64>)>,
    },
    /// Whether a repository is closed for changes.
    Forge {
        /// The repository.
        repository: Repository,
        /// Whether it is.
        archived: bool,
        /// How many people marked it on its host.
        stars: Option<u64>,
    },
    /// Where releases of a package say they are from, and by whom.
    Page {
        /// The package.
        package: PackageName,
        /// What its newest release says.
        contacts: Contacts,
    },
    /// Packages by how often they are downloaded, the most often first.
    Ranks {
        /// The packages.
        packages: Vec<PackageName>,
        /// When they were counted.
        at: Option<i64>,
    },
}

/// Why a document cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("read {file}{}: {reason}", .place.map(|place| format!(":{place}")).unwrap_or_default())]
pub struct DocumentError {
    /// The file, as the caller names it.
    pub file: String,
    /// Where in the file.
    pub place: Option<Place>,
    /// What is wrong there.
    pub reason: String,
}

/// Only so much as tells one document from another.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    version_key: Option<IgnoredAny>,
    package_key: Option<IgnoredAny>,
    project_key: Option<IgnoredAny>,
    checks: Option<IgnoredAny>,
    #[serde(rename = "attestation_bundles")]
    attestation_bundles: Option<IgnoredAny>,
    #[serde(rename = "full_name")]
    full_name: Option<IgnoredAny>,
    info: Option<IgnoredAny>,
    rows: Option<IgnoredAny>,
}

impl Document {
    /// Reads a document; `name` is for messages.
    ///
    /// # Errors
    /// When it is none of the documents known, too large, or broken, with the place.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, DocumentError> {
        let wrong = |place, reason| DocumentError { file: one_line(name, 400), place, reason };
        if bytes.len() > MAX_FILE {
            return Err(wrong(None, format!("it has {} bytes; at most {MAX_FILE} are read", bytes.len())));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        Self::of(bytes).map_err(|trouble| match trouble {
            Trouble::Json(error) => {
                let place = Place { line: error.line(), column: error.column() };
                wrong(Some(place), one_line(&sentence(&error), 200))
            }
            Trouble::Meaning(reason) => wrong(None, reason),
        })
    }

    fn of(bytes: &[u8]) -> Result<Self, Trouble> {
        let shape: Shape = json(bytes)?;
        let document = if shape.version_key.is_some() {
            json::<RawRelease>(bytes)?.read()
        } else if shape.package_key.is_some() {
            json::<RawPackage>(bytes)?.read()
        } else if shape.project_key.is_some() {
            json::<RawProject>(bytes)?.read()
        } else if shape.attestation_bundles.is_some() {
            json::<RawProvenance>(bytes)?.read()
        } else if shape.checks.is_some() {
            scorecard(json(bytes)?)
        } else if shape.rows.is_some() {
            Ok(json::<RawRanks>(bytes)?.read())
        } else if shape.full_name.is_some() {
            json::<RawForge>(bytes)?.read()
        } else if shape.info.is_some() {
            json::<RawPage>(bytes)?.read()
        } else {
            Err("it is no scorecard, no answer of deps.dev, GitHub or the index, and no list of downloads".to_string())
        };
        document.map_err(Trouble::Meaning)
    }
}

enum Trouble {
    Json(serde_json::Error),
    Meaning(String),
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Trouble> {
    serde_json::from_slice(bytes).map_err(Trouble::Json)
}

fn scorecard(mut raw: scorecard::Raw) -> Result<Document, String> {
    let name = raw.repo.take().and_then(|repo| repo.name).ok_or("it does not say which repository it is about")?;
    let repository = Repository::try_from(name)?;
    Ok(Document::Project { repository, stars: None, scorecard: Some(raw.read()) })
}

#[derive(Deserialize)]
struct RawRanks {
    last_update: Option<String>,
    rows: Many<RawRow, MOST_ROWS>,
}

#[derive(Deserialize)]
struct RawRow {
    project: String,
    #[serde(default)]
    download_count: u64,
}

impl RawRanks {
    fn read(mut self) -> Document {
        self.rows.0.sort_by_key(|row| Reverse(row.download_count));
        let packages = self.rows.0.iter().filter_map(|row| row.project.parse().ok()).collect();
        // Written with a blank between date and time.
        let at = self.last_update.and_then(|text| microseconds(&text.trim().replacen(' ', "T", 1)));
        Document::Ranks { packages, at: at.map(|at| at.div_euclid(1_000_000)) }
    }
}

#[derive(Deserialize)]
struct RawForge {
    full_name: String,
    html_url: Option<String>,
    archived: bool,
    stargazers_count: Option<u64>,
}

impl RawForge {
    fn read(self) -> Result<Document, String> {
        let address = self.html_url.unwrap_or_else(|| format!("https://github.com/{}", self.full_name));
        let repository = Repository::try_from(address)?;
        Ok(Document::Forge { repository, archived: self.archived, stars: self.stargazers_count })
    }
}

#[derive(Deserialize)]
struct RawPage {
    info: RawInfo,
}

#[derive(Deserialize)]
struct RawInfo {
    name: String,
    author: Option<String>,
    author_email: Option<String>,
    maintainer: Option<String>,
    maintainer_email: Option<String>,
    home_page: Option<String>,
    project_urls: Option<BTreeMap<String, Option<String>>>,
}

impl RawPage {
    fn read(self) -> Result<Document, String> {
        let RawInfo { name, author, author_email, maintainer, maintainer_email, home_page, project_urls } = self.info;
        let package = name.parse().map_err(|_| "its name is not that of a package".to_string())?;
        let mut contacts = Contacts::default();
        contacts.link("Homepage", &home_page.unwrap_or_default());
        for (label, address) in project_urls.unwrap_or_default() {
            contacts.link(&label, &address.unwrap_or_default());
        }
        [author, maintainer].into_iter().flatten().for_each(|name| contacts.person(&name));
        [author_email, maintainer_email].into_iter().flatten().for_each(|list| contacts.people(&list));
        Ok(Document::Page { package, contacts })
    }
}
