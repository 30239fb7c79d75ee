//! What is known of the packages so far: candidates with their costs, what was left out and why, and what was read.

use std::{collections::BTreeMap, fmt, sync::Arc};

use evidence::{PackageAdvisories, Vulnerability};
use packaging::{
    Digest, ExtraName, Origin, PackageName, Url, Version, VersionSpecifiers,
    index::{FileRef, IndexPage, ProjectStatus},
};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::cost::Cost;

/// One package with everything known of its releases.
#[derive(Clone, Debug)]
pub struct Package {
    /// Normalised name.
    pub name: PackageName,
    /// Usable releases, newest first.
    pub candidates: Vec<Candidate>,
    /// Releases that may not be chosen, newest first.
    pub excluded: Vec<Excluded>,
    /// The pages the files are on, with the caller's number of the index each is from.
    pub pages: Vec<(usize, Arc<IndexPage>)>,
    /// The status of the project on its index (PEP 792).
    pub status: ProjectStatus,
    /// What the advisory snapshot says of the package; `None` when it says nothing.
    pub advisories: Option<Arc<PackageAdvisories>>,
}

/// A release that may be chosen.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its version.
    pub version: Version,
    /// What choosing it costs, whatever else is chosen.
    pub cost: Cost,
    /// The reason when it was yanked: then it may only be chosen where the project or a chosen release pins it exactly
    /// (PEP 592).
    pub yanked: Option<Option<String>>,
    /// Positions in [`Package::advisories`] of the vulnerabilities that affect it, most severe first, ignored ones too.
    pub vulnerabilities: Vec<usize>,
    /// Where its files are listed: positions in [`Package::pages`] and among the releases of that page.
    pub listed: Vec<(usize, usize)>,
    /// The archive, for a release that a direct URL names.
    pub url: Option<DirectArchive>,
}

/// The one archive a direct URL names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectArchive {
    /// Its URL, perhaps with credentials.
    pub url: Url,
    /// Its file name.
    pub filename: String,
    /// Hashes computed from its bytes.
    pub digests: Vec<Digest>,
    /// Bytes.
    pub size: u64,
}

/// A release that may not be chosen.
#[derive(Clone, Debug)]
pub struct Excluded {
    /// Its version.
    pub version: Version,
    /// Why not.
    pub why: Exclusion,
}

/// Why a release may not be chosen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Exclusion {
    /// `Requires-Python` does not admit the environment's Python.
    Python(String),
    /// No wheel fits the platform, and there is no source distribution.
    Platform,
    /// Only files that `--only-binary` or `--no-binary` rule out.
    Format,
    /// Uploaded after the cooldown's instant.
    TooNew,
    /// The index does not say when it was uploaded, and a cooldown is in force.
    NoUploadTime,
    /// A pre-release where none are allowed.
    Prerelease,
    /// Yanked, and no requirement pins it.
    Yanked(Option<String>),
    /// Reported as malware, by these ids.
    Malware(Vec<String>),
    /// Affected by vulnerabilities that were to be avoided, by these ids.
    Avoided(Vec<String>),
    /// The index quarantined the project.
    Quarantined,
    /// None of its files has a demanded hash.
    Hashes,
    /// Its metadata cannot be known without building it.
    UnknownMetadata(String),
    /// Its metadata is broken.
    BrokenMetadata(String),
    /// It requires another package by URL, which only the project itself may do.
    UrlDependency(String),
    // Saved problems count the kinds above: what is new comes last.
    /// A rule of experience rejects it.
    Prescribed {
        /// Which rule.
        name: String,
        /// Where it is written.
        origin: Origin,
        /// Why; empty when it does not say.
        reason: String,
    },
    /// Something in it looks hostile: what.
    Hostile(String),
}

/// Which filter leaves a release out, without what is particular to the release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExclusionKind {
    /// See [`Exclusion::Python`].
    Python,
    /// See [`Exclusion::Platform`].
    Platform,
    /// See [`Exclusion::Format`].
    Format,
    /// See [`Exclusion::TooNew`].
    TooNew,
    /// See [`Exclusion::NoUploadTime`].
    NoUploadTime,
    /// See [`Exclusion::Prerelease`].
    Prerelease,
    /// See [`Exclusion::Yanked`].
    Yanked,
    /// See [`Exclusion::Malware`].
    Malware,
    /// See [`Exclusion::Avoided`].
    Avoided,
    /// See [`Exclusion::Prescribed`].
    Prescribed,
    /// See [`Exclusion::Quarantined`].
    Quarantined,
    /// See [`Exclusion::Hashes`].
    Hashes,
    /// See [`Exclusion::UnknownMetadata`].
    UnknownMetadata,
    /// See [`Exclusion::BrokenMetadata`].
    BrokenMetadata,
    /// See [`Exclusion::UrlDependency`].
    UrlDependency,
    /// See [`Exclusion::Hostile`].
    Hostile,
}

/// A clause that follows "because it".
impl fmt::Display for ExclusionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Python => "requires another Python version",
            Self::Platform => "has no file for this platform",
            Self::Format => "has no file in an allowed format (--only-binary, --no-binary)",
            Self::TooNew => "was uploaded after the --exclude-newer date",
            Self::NoUploadTime => "has no upload time, which --exclude-newer needs",
            Self::Prerelease => "is a pre-release",
            Self::Yanked => "was yanked",
            Self::Malware => "is reported as malware",
            Self::Avoided => "is affected by a vulnerability to be avoided",
            Self::Prescribed => "is excluded by a prescription",
            Self::Quarantined => "is quarantined by its index",
            Self::Hashes => "has no file with a demanded hash",
            Self::UnknownMetadata => "has dependencies that only a build could tell",
            Self::BrokenMetadata => "has broken metadata",
            Self::UrlDependency => "depends on a URL that the project does not name itself",
            Self::Hostile => "looks hostile",
        })
    }
}

impl Exclusion {
    /// Which kind it is, for counting alike ones together.
    pub fn kind(&self) -> ExclusionKind {
        match self {
            Self::Python(_) => ExclusionKind::Python,
            Self::Platform => ExclusionKind::Platform,
            Self::Format => ExclusionKind::Format,
            Self::TooNew => ExclusionKind::TooNew,
            Self::NoUploadTime => ExclusionKind::NoUploadTime,
            Self::Prerelease => ExclusionKind::Prerelease,
            Self::Yanked(_) => ExclusionKind::Yanked,
            Self::Malware(_) => ExclusionKind::Malware,
            Self::Avoided(_) => ExclusionKind::Avoided,
            Self::Prescribed { .. } => ExclusionKind::Prescribed,
            Self::Quarantined => ExclusionKind::Quarantined,
            Self::Hashes => ExclusionKind::Hashes,
            Self::UnknownMetadata(_) => ExclusionKind::UnknownMetadata,
            Self::BrokenMetadata(_) => ExclusionKind::BrokenMetadata,
            Self::UrlDependency(_) => ExclusionKind::UrlDependency,
            Self::Hostile(_) => ExclusionKind::Hostile,
        }
    }

    /// What is particular to the one release.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Python(detail)
            | Self::Yanked(Some(detail))
            | Self::UnknownMetadata(detail)
            | Self::BrokenMetadata(detail)
            | Self::UrlDependency(detail)
            | Self::Hostile(detail) => Some(detail.clone()),
            Self::Malware(ids) | Self::Avoided(ids) => Some(ids.join(", ")),
            Self::Prescribed { name, origin, reason } if reason.is_empty() => Some(format!("{name} at {origin}")),
            Self::Prescribed { name, origin, reason } => Some(format!("{name} at {origin}: {reason}")),
            _ => None,
        }
    }
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind())?;
        match self.detail() {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

impl Package {
    /// A package of which nothing can be used: an index does not have it, say.
    pub fn empty(name: PackageName) -> Self {
        Self {
            name,
            candidates: Vec::new(),
            excluded: Vec::new(),
            pages: Vec::new(),
            status: ProjectStatus::Active,
            advisories: None,
        }
    }

    /// Which candidate has this version.
    pub fn position(&self, version: &Version) -> Option<usize> {
        self.candidates.iter().position(|candidate| candidate.version == *version)
    }

    /// All listed files of a candidate, each with the number of its index.
    pub fn files<'a>(&'a self, candidate: &'a Candidate) -> impl Iterator<Item = (usize, FileRef<'a>)> {
        let listed = candidate.listed.iter().filter_map(|(page, release)| {
            let (index, page) = self.pages.get(*page)?;
            Some((*index, page.release(*release)?))
        });
        listed.flat_map(|(index, release)| release.files().map(move |file| (index, file)))
    }

    /// The vulnerabilities that affect a candidate, most severe first.
    pub fn vulnerabilities<'a>(&'a self, candidate: &'a Candidate) -> impl Iterator<Item = &'a Vulnerability> {
        let known = self.advisories.iter().flat_map(|advisories| &advisories.vulnerabilities).collect::<Vec<_>>();
        candidate.vulnerabilities.iter().filter_map(move |position| known.get(*position).copied())
    }
}

/// What a release requires, markers already judged for the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requires {
    /// The requirements that can apply in this environment.
    pub edges: Vec<Edge>,
}

/// One requirement of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// It applies when all of these extras of the release are in use; none means always.
    pub when: Vec<ExtraName>,
    /// The package required.
    pub package: PackageName,
    /// The extras of it that are asked for.
    pub extras: Vec<ExtraName>,
    /// The versions accepted.
    pub specifiers: VersionSpecifiers,
}

/// A requirement of the project itself, marker already judged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Want {
    /// What is required.
    pub package: PackageName,
    /// The extras asked for.
    pub extras: Vec<ExtraName>,
    /// The versions accepted. For a direct URL: any, as the archive is the only candidate.
    pub specifiers: VersionSpecifiers,
    /// Where it was written.
    pub origin: Origin,
    /// The requirement as text, for messages.
    pub text: String,
    /// Whether it names an archive by URL.
    pub archive: bool,
}

/// Everything the search has been told.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Packages loaded, by number.
    pub(crate) packages: Vec<Package>,
    numbers: FxHashMap<PackageName, usize>,
    /// By package and candidate number: what was read.
    pub(crate) read: BTreeMap<(usize, usize), Result<Requires, Exclusion>>,
    /// How many candidates of a package were read.
    pub(crate) reads: Vec<usize>,
}

impl Catalogue {
    /// The number of a loaded package.
    pub(crate) fn number(&self, name: &PackageName) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    /// A loaded package.
    pub fn package(&self, name: &PackageName) -> Option<&Package> {
        self.number(name).map(|number| &self.packages[number])
    }

    /// All loaded packages, in the order of loading.
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// What was read of a release: its requirements, or why it cannot be used. `None` when it was not read.
    pub fn requires(&self, name: &PackageName, version: &Version) -> Option<&Result<Requires, Exclusion>> {
        let number = self.number(name)?;
        self.read.get(&(number, self.packages[number].position(version)?))
    }

    /// How many releases were read.
    pub fn releases_read(&self) -> usize {
        self.read.len()
    }

    pub(crate) fn load(&mut self, package: Package) -> usize {
        let number = self.packages.len();
        self.numbers.insert(package.name.clone(), number);
        self.packages.push(package);
        self.reads.push(0);
        number
    }
}
