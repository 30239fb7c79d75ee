//! Package indexes: which pages they have, over HTTP or on disk.
//!
//! Reading a page is for [`packaging::index`]; keeping it is for the knowledge base; which index wins when several have a
//! package is for the caller.

mod client;
mod local;

use std::time::Duration;

use packaging::{
    PackageName, Url,
    index::{IndexPage, PageError},
    requirement::without_credentials,
};

pub use client::IndexClient;

use crate::{
    credentials::{Credentials, Realm},
    http::{FetchError, Validators},
};

/// How an index is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IndexKind {
    /// The simple repository API: a page for each package (PEP 503, 691), over HTTP or as folders.
    Simple,
    /// One page, or one folder, with the files of any package (`--find-links`).
    FindLinks,
}

/// A place where files of packages are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// What the user calls it.
    pub name: Option<String>,
    /// How it is laid out.
    pub kind: IndexKind,
    url: Url,
    credentials: Option<Credentials>,
}

impl Index {
    /// The index at `url`; a user name and password in the URL become its credentials.
    pub fn new(url: &Url, kind: IndexKind) -> Self {
        Self { name: None, kind, credentials: Credentials::of_url(url), url: without_credentials(url) }
    }

    /// The same index under a name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The same index with these credentials, in place of those of its URL.
    #[must_use]
    pub fn with_credentials(self, credentials: Credentials) -> Self {
        Self { credentials: Some(credentials), ..self }
    }

    /// Where it is, without credentials: its identity, fit for a lock and for the knowledge base.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The credentials for `url`: those of the index when it is of the same origin.
    pub fn credentials_for(&self, url: &Url) -> Option<&Credentials> {
        self.credentials.as_ref().filter(|_| Realm::of(url) == Realm::of(&self.url))
    }

    /// The address of the page of `package`, which ends with a slash; for [`IndexKind::FindLinks`] the index itself.
    pub fn page_url(&self, package: &PackageName) -> Url {
        let mut url = self.url.clone();
        if self.kind == IndexKind::Simple
            && let Ok(mut segments) = url.path_segments_mut()
        {
            segments.pop_if_empty().push(package.as_ref()).push("");
        }
        url
    }
}

/// What an index answers about a package.
#[derive(Debug)]
pub enum PageAnswer {
    /// It lists files, or none.
    Found(Box<FoundPage>),
    /// What is kept is still right.
    NotModified {
        /// For how long it will be, if the index says so.
        max_age: Option<Duration>,
    },
    /// It does not know the package.
    NotFound,
}

/// A page, and what is needed to keep it.
#[derive(Debug)]
pub struct FoundPage {
    /// What it says.
    pub page: IndexPage,
    /// What to ask again with.
    pub validators: Validators,
    /// For how long it is right, if the index says so.
    pub max_age: Option<Duration>,
    /// SHA-256 of the page as fetched, in lower-case hexadecimal digits.
    pub digest: String,
}

/// Why an index has no answer about a package.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The page was not fetched.
    #[error("fetch the index page of `{package}`")]
    Fetch {
        /// The package.
        package: PackageName,
        /// Why not.
        source: FetchError,
    },
    /// The page says something that is not understood.
    #[error("understand the index page of `{package}`")]
    Page {
        /// The package.
        package: PackageName,
        /// What is wrong with it.
        source: Box<PageError>,
    },
    /// The page is of a type that no index page has.
    #[error(
        "understand the index page of `{package}`: {url} is `{content_type}`, which is neither JSON (PEP 691) nor HTML (PEP 503)"
    )]
    ContentType {
        /// The package.
        package: PackageName,
        /// Where it is.
        url: String,
        /// What the server calls it.
        content_type: String,
    },
    /// A folder or file of a local index cannot be read.
    #[error("read {path}, which is given as an index or with --find-links: {cause}")]
    Local {
        /// The folder or file.
        path: String,
        /// Why not.
        cause: std::io::Error,
    },
}

impl IndexError {
    /// Whether the index forbids this page (403): some answer so for packages they do not have, and with a first-index strategy
    /// the caller must not go on to another index silently.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Fetch { source: FetchError::Forbidden { .. }, .. })
    }

    /// Whether it was not asked because the run is offline.
    pub fn is_offline(&self) -> bool {
        matches!(self, Self::Fetch { source: FetchError::Offline { .. }, .. })
    }

    /// What the reader can do about it, as a sentence.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Fetch { source, .. } => source.remedy(),
            Self::Page { .. } | Self::ContentType { .. } => {
                Some("Check the URL of the index: that of a simple repository usually ends in `/simple/`.")
            }
            Self::Local { .. } => Some("Check the path and its permissions."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(url: &str) -> Index {
        Index::new(&Url::parse(url).unwrap(), IndexKind::Simple)
    }

    #[test]
    fn a_page_ends_with_a_slash_however_the_index_is_written() {
        let package: PackageName = "Foo.Bar".parse().unwrap();
        for url in ["https://index.example/simple", "https://me:s3cret@index.example/simple/"] {
            assert_eq!(index(url).page_url(&package).as_str(), "https://index.example/simple/foo-bar/");
        }
        assert_eq!(index("https://index.example").page_url(&package).as_str(), "https://index.example/foo-bar/");
    }

    #[test]
    fn credentials_of_an_index_are_for_its_origin_only() {
        let index = index("https://me:s3cret@index.example/simple/");
        let allowed = |url: &str| index.credentials_for(&Url::parse(url).unwrap()).is_some();
        assert!(allowed("https://index.example/files/a.whl"));
        assert!(!allowed("https://files.example/a.whl"));
        assert!(!allowed("http://index.example/files/a.whl"));
        assert!(!format!("{index:?}").contains("s3cret"));
    }
}
