//! Gathers the files of a page, whatever the page was written in, and orders them into releases.
//!
//! Reading the notation (JSON, HTML, a folder) is left to the modules beside this one.

use std::collections::{BTreeMap, HashSet};

use url::Url;
use uv_distribution_filename::{DistFilename, DistFilenameError};
use uv_pep440::Version;

use super::{FileKind, IndexFile, IndexPage, PageBuilder, ProjectStatus};
use crate::{
    Digest, PackageName,
    requirement::{redacted, without_credentials},
};

/// The largest page that is read, in bytes; the largest on PyPI is about a tenth of it.
pub(super) const MAX_BYTES: usize = 256 << 20;
/// The most files one page may list.
pub(super) const MAX_FILES: usize = 500_000;
/// The most skipped files that are named; one more entry counts the rest.
const MAX_SKIPPED: usize = 10_000;
/// The longest file name that is believed; file systems stop at 255.
const MAX_NAME: usize = 512;
/// The longest URL of a file, in bytes.
const MAX_URL: usize = 8 << 10;

/// Why a page of an index cannot be used at all. A single bad file never is the reason: it is in [`IndexPage::skipped`].
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The answer is larger than any real page.
    #[error("read the index page {page}: it is {size} bytes, more than the {MAX_BYTES} Thoth reads")]
    TooLarge {
        /// The page, without credentials.
        page: String,
        /// Its size in bytes.
        size: usize,
    },
    /// It lists more files than any real page.
    #[error("read the index page {page}: it lists more than {MAX_FILES} files")]
    TooManyFiles {
        /// The page, without credentials.
        page: String,
    },
    /// The text is not JSON, or cut off.
    #[error("read the index page {page} as JSON (PEP 691)")]
    Json {
        /// The page, without credentials.
        page: String,
        /// Line, column and reason.
        source: serde_json::Error,
    },
    /// The answer is something else, such as a login page.
    #[error(
        "read the index page {page}: {reason}; check that the URL is a simple repository (it often ends in `/simple/`) and the credentials"
    )]
    NotAnIndex {
        /// The page, without credentials.
        page: String,
        /// What it is instead, as a clause.
        reason: String,
    },
    /// PEP 629: a client must refuse a higher major version.
    #[error("read the index page {page}: it speaks version `{version}` of the simple repository API, Thoth speaks 1.x")]
    ApiVersion {
        /// The page, without credentials.
        page: String,
        /// The version as the page writes it.
        version: String,
    },
}

/// What one entry of a page says, before its name has been understood.
pub(super) struct Entry {
    pub(super) filename: String,
    pub(super) url: String,
    pub(super) digests: Vec<Digest>,
    pub(super) requires_python: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) upload_time: Option<i64>,
    pub(super) yanked: super::Yanked,
    pub(super) core_metadata: super::MetadataHint,
    pub(super) provenance: Option<String>,
}

/// Whose files a page lists, which decides what a file of another package means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// The page of one package: a stranger is reported.
    Package,
    /// A page or folder of many packages (`--find-links`): a stranger is none of our business.
    Mixed,
}

/// A page under construction.
pub(super) struct Listing<'a> {
    package: &'a PackageName,
    scope: Scope,
    seen: HashSet<String>,
    releases: BTreeMap<Version, Vec<IndexFile>>,
    page: PageBuilder,
    more_skipped: usize,
}

impl<'a> Listing<'a> {
    pub(super) fn new(package: &'a PackageName, scope: Scope) -> Self {
        let page = PageBuilder::new(package.clone());
        Self { package, scope, seen: HashSet::new(), releases: BTreeMap::new(), page, more_skipped: 0 }
    }

    /// Takes one entry whose URL is absolute and checked; the first of several with one name counts.
    pub(super) fn add(&mut self, mut entry: Entry) {
        if let Err(reason) = plausible_name(&entry.filename) {
            if self.scope == Scope::Package {
                self.skip(&entry.filename, reason);
            }
            return;
        }
        let (version, kind) = match identify(&entry.filename, self.package) {
            Ok(identified) => identified,
            Err(Refusal::Stranger) if self.scope == Scope::Mixed => return,
            Err(Refusal::Stranger) => {
                return self.skip(&entry.filename, format!("its name is not one of `{}`", self.package));
            }
            Err(Refusal::Unusable(_)) if self.scope == Scope::Mixed && !versioned(&entry.filename, self.package) => {
                return;
            }
            Err(Refusal::Unusable(reason)) => return self.skip(&entry.filename, reason),
        };
        if !self.seen.insert(entry.filename.clone()) {
            return self.skip(&entry.filename, "it is listed twice; the first entry is used");
        }
        entry.digests.sort_unstable();
        entry.digests.dedup();
        self.releases.entry(version).or_default().push(IndexFile {
            filename: entry.filename,
            url: entry.url,
            kind,
            digests: entry.digests,
            requires_python: entry.requires_python,
            size: entry.size,
            upload_time: entry.upload_time,
            yanked: entry.yanked,
            core_metadata: entry.core_metadata,
            provenance: entry.provenance,
        });
    }

    /// Reports a file that cannot be used.
    pub(super) fn skip(&mut self, filename: &str, reason: impl AsRef<str>) {
        if self.page.skipped() < MAX_SKIPPED {
            self.page.skip(&shortened(filename), reason.as_ref());
        } else {
            self.more_skipped = self.more_skipped.saturating_add(1);
        }
    }

    /// The page, newest release first.
    pub(super) fn finish(mut self, status: ProjectStatus, status_reason: Option<&str>) -> IndexPage {
        if self.more_skipped > 0 {
            self.page.skip(&format!("{} more files", self.more_skipped), "they cannot be used either");
        }
        self.page.status(status, status_reason);
        for (version, files) in self.releases.iter().rev() {
            let version = version.to_string();
            for file in files {
                self.page.file(&version, file);
            }
        }
        self.page.finish()
    }
}

impl IndexPage {
    /// A page from a folder of files (`--find-links DIRECTORY`): name, URL and size in bytes of each.
    ///
    /// Files of other packages are left out without a word.
    pub fn from_files<I>(package: &PackageName, files: I) -> Self
    where
        I: IntoIterator<Item = (String, Url, Option<u64>)>,
    {
        let mut listing = Listing::new(package, Scope::Mixed);
        for (filename, mut url, size) in files.into_iter().take(MAX_FILES) {
            url.set_fragment(None);
            listing.add(Entry {
                filename,
                url: url.into(),
                digests: Vec::new(),
                requires_python: None,
                size,
                upload_time: None,
                yanked: super::Yanked::No,
                core_metadata: super::MetadataHint::Unsaid,
                provenance: None,
            });
        }
        listing.finish(ProjectStatus::Active, None)
    }
}

/// Makes links of one page absolute. The usual page has thousands of links to one host, which need no full parse each.
///
/// Credentials of the page are not passed on to its links: a file's URL is kept, shown and locked, and who fetches it knows
/// what its host is owed.
#[derive(Clone)]
pub(super) struct Links {
    base: Url,
    /// Scheme and authority of the last link that was fully parsed, with the slash after it.
    known: String,
}

impl Links {
    pub(super) fn new(base: &Url) -> Self {
        Self { base: without_credentials(base), known: String::new() }
    }

    /// The absolute URL without its fragment, and the fragment; or why the link cannot be followed, as a clause.
    pub(super) fn resolve<'t>(&mut self, link: &'t str) -> Result<(String, Option<&'t str>), String> {
        let (bare, fragment) = match link.split_once('#') {
            Some((bare, fragment)) => (bare, Some(fragment)),
            None => (link, None),
        };
        if bare.len() > MAX_URL {
            return Err(format!("its URL is longer than {MAX_URL} bytes"));
        }
        if !self.known.is_empty() && bare.strip_prefix(self.known.as_str()).is_some_and(is_normal_path) {
            return Ok((bare.to_string(), fragment));
        }
        let url = self.base.join(bare).map_err(|error| format!("its URL cannot be read ({error})"))?;
        match url.scheme() {
            "http" | "https" => {}
            // A page in a folder may name its neighbours; a page on the net may not name files of this machine.
            "file" if self.base.scheme() == "file" => {}
            scheme => return Err(format!("its URL has the scheme `{}`", shortened(scheme))),
        }
        let text = String::from(url);
        if let Some(end) = text
            .split_once("://")
            .and_then(|(scheme, rest)| rest.find('/').map(|slash| scheme.len() + "://".len() + slash + 1))
        {
            self.known = text.get(..end).unwrap_or_default().to_string();
        }
        Ok((text, fragment))
    }
}

/// Where the provenance of a file is (PEP 740). One that cannot be followed is kept as it is written, so that asking for it fails:
/// a file of which something is said is not one of which nothing is.
pub(super) fn provenance(links: &mut Links, link: &str) -> Option<String> {
    let link = link.trim();
    let resolved = || links.resolve(link).map_or_else(|_| shortened(link), |(url, _)| url);
    (!link.is_empty()).then(resolved)
}

/// Shows where a page came from without giving away credentials.
pub(super) fn shown(page: &Url) -> String {
    redacted(page)
}

/// Cuts text from outside to a length that fits a message.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 160;
    if text.len() <= LONGEST {
        return text.to_string();
    }
    let mut short: String = text.chars().take(LONGEST).collect();
    short.push('…');
    short
}

/// PEP 629: anything of major version 1 is understood, also when no version is stated.
pub(super) fn check_api_version(version: Option<&str>, page: &Url) -> Result<(), PageError> {
    let Some(version) = version.map(str::trim) else { return Ok(()) };
    let major = version.split_once('.').map_or(version, |(major, _)| major);
    match major.parse::<u32>() {
        Ok(0 | 1) => Ok(()),
        _ => Err(PageError::ApiVersion { page: shown(page), version: shortened(version) }),
    }
}

/// PEP 792; a status nobody has heard of counts as active.
pub(super) fn status(text: &str) -> ProjectStatus {
    match text.trim().to_ascii_lowercase().as_str() {
        "archived" => ProjectStatus::Archived,
        "quarantined" => ProjectStatus::Quarantined,
        "deprecated" => ProjectStatus::Deprecated,
        _ => ProjectStatus::Active,
    }
}

/// The release that a file is of, by its name; `None` where it is neither a wheel nor a source archive of one.
pub fn release_of(filename: &str) -> Option<(PackageName, Version)> {
    // The version of a wheel stands behind the first dash, that of an sdist behind the last one.
    let package = match filename.strip_suffix(".whl") {
        Some(stem) => stem.split('-').next()?,
        None => filename.strip_suffix(".tar.gz").or_else(|| filename.strip_suffix(".zip"))?.rsplit_once('-')?.0,
    };
    let package = package.parse().ok()?;
    let (version, _) = identify(filename, &package).ok()?;
    Some((package, version))
}

enum Refusal {
    /// A file of another package.
    Stranger,
    /// Why it cannot be used, as a clause.
    Unusable(String),
}

fn identify(filename: &str, package: &PackageName) -> Result<(Version, FileKind), Refusal> {
    match DistFilename::try_from_filename_with_reason(filename, package) {
        Ok(parsed) if parsed.name() != package => Err(Refusal::Stranger),
        Ok(DistFilename::WheelFilename(wheel)) => Ok((wheel.version, FileKind::Wheel)),
        Ok(DistFilename::SourceDistFilename(sdist)) => Ok((sdist.version, FileKind::Sdist)),
        Err(DistFilenameError::NoRecognizedExtension(_)) => Err(Refusal::Unusable(foreign_kind(filename))),
        Err(DistFilenameError::InvalidWheel(_)) => {
            Err(Refusal::Unusable("its name is not one of a wheel (PEP 427)".to_string()))
        }
        Err(DistFilenameError::InvalidSourceDist(_)) => Err(unusable_sdist(filename, package)),
    }
}

/// Names what is offered instead of a wheel or an sdist.
fn foreign_kind(filename: &str) -> String {
    let extension = filename.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "egg" => "eggs are not supported".to_string(),
        "exe" | "msi" => "Windows installers are not supported".to_string(),
        "rpm" | "deb" | "dmg" => "packages of operating systems are not supported".to_string(),
        "asc" | "sig" => "it is a signature".to_string(),
        _ => "it is neither a wheel nor a source distribution".to_string(),
    }
}

fn unusable_sdist(filename: &str, package: &PackageName) -> Refusal {
    if !belongs(filename, package) {
        return Refusal::Stranger;
    }
    let dumb = [".linux-", ".macosx-", ".win-", ".win32", ".cygwin-"].iter().any(|mark| filename.contains(mark));
    Refusal::Unusable(
        if dumb {
            "it is a built archive without metadata (bdist_dumb)"
        } else {
            "its name carries no PEP 440 version"
        }
        .to_string(),
    )
}

/// Whether a name starts as files of the package do.
fn belongs(filename: &str, package: &PackageName) -> bool {
    let expected = package.as_ref().as_bytes();
    filename.len() > expected.len()
        && filename.bytes().zip(expected).all(|(found, wanted)| match found {
            b'_' | b'.' => *wanted == b'-',
            _ => found.to_ascii_lowercase() == *wanted,
        })
        && matches!(filename.as_bytes().get(expected.len()), Some(b'-' | b'_' | b'.'))
}

/// Whether a name goes on with a number after the package's: `flask-1…` is a file of flask, `flask-login-1…` is none.
fn versioned(filename: &str, package: &PackageName) -> bool {
    belongs(filename, package)
        && filename.as_bytes().get(package.as_ref().len().saturating_add(1)).is_some_and(u8::is_ascii_digit)
}

/// The name is later used as the name of a file: it must not leave the folder, nor confuse a terminal.
fn plausible_name(filename: &str) -> Result<(), &'static str> {
    if filename.is_empty() {
        Err("it has no name")
    } else if filename.len() > MAX_NAME {
        Err("its name is too long")
    } else if filename.chars().any(|symbol| symbol == '/' || symbol == '\\' || symbol.is_control()) {
        Err("its name contains a path or control characters")
    } else {
        Ok(())
    }
}

/// Whether the URL parser would leave the rest of a URL as it is: only plain characters, no `.` or `..` as a segment.
fn is_normal_path(rest: &str) -> bool {
    !rest.is_empty()
        && !rest.starts_with('.')
        && !rest.contains("/.")
        && !rest.contains("%2")
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/+%:@!$&()*,;=".contains(&byte))
}
