//! The packages of a story as real files and as index pages, the same bytes every time.
//!
//! What travels over HTTP is the server's; here everything is a value in memory.

mod archive;

pub use archive::zipped;

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use packaging::{
    Algorithm, Digest, PackageName, Version,
    index::{FileKind, IndexFile, IndexPage, MetadataHint, PageBuilder, ProjectStatus, Yanked},
};
use sha2::{Digest as _, Sha256};

use crate::scenario::{Release, Scenario, SdistKind, Status, Yanked as WrittenYanked};

/// The name of the index that a story's top-level `packages` are on.
pub const DEFAULT_INDEX: &str = "default";

/// Where files seem to come from when no server runs.
pub const NOWHERE: &str = "https://index.example";

/// Everything that the indexes of a story offer.
#[derive(Clone, Debug)]
pub struct Universe {
    base: String,
    indexes: BTreeMap<String, BTreeMap<PackageName, Project>>,
}

/// One project on one index.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its name, normalised.
    pub name: PackageName,
    /// Its status (PEP 792).
    pub status: ProjectStatus,
    /// Its files, newest version first; within a release wheels before the sdist.
    pub files: Vec<File>,
}

/// One distribution file.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name.
    pub filename: String,
    /// Its absolute URL.
    pub url: String,
    /// The version as the story writes it.
    pub version: String,
    /// Wheel or sdist.
    pub kind: FileKind,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// SHA-256 of `bytes`, in hexadecimal.
    pub sha256: String,
    /// The text of METADATA or PKG-INFO.
    pub metadata: String,
    /// For an sdist, what its metadata is worth.
    pub sdist: Option<SdistKind>,
    /// `Requires-Python`.
    pub requires_python: Option<String>,
    /// RFC 3339, when the index says it.
    pub upload_time: Option<String>,
    /// PEP 592.
    pub yanked: Yanked,
    /// The repository on GitHub whose workflow published it, where its index says so.
    pub publisher: Option<String>,
}

/// Why a universe cannot be built from a story.
#[derive(Debug, thiserror::Error)]
#[error("build `{what}` of a story: {reason}")]
pub struct UniverseError {
    what: String,
    reason: String,
}

impl Universe {
    /// Builds every file of `scenario`, as if served from `base` (no slash at the end).
    ///
    /// `{server}` in a requirement of a release stands for `base`.
    pub fn build(scenario: &Scenario, base: &str) -> Result<Self, UniverseError> {
        let mut universe = Self { base: base.to_string(), indexes: BTreeMap::new() };
        let default = (DEFAULT_INDEX, &scenario.packages, &scenario.status);
        let named = scenario.indexes.iter().map(|(name, index)| (name.as_str(), &index.packages, &index.status));
        for (name, packages, status) in std::iter::once(default).chain(named) {
            let mut projects = BTreeMap::new();
            for (written, releases) in packages {
                let project = universe.project(name, written, releases, status)?;
                projects.insert(project.name.clone(), project);
            }
            universe.indexes.insert(name.to_string(), projects);
        }
        Ok(universe)
    }

    /// Builds the universe of a story that no server serves: its files are at [`NOWHERE`].
    pub fn offline(scenario: &Scenario) -> Result<Self, UniverseError> {
        Self::build(scenario, NOWHERE)
    }

    /// What the universe seems to be served from.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The URL of an index, with a slash at the end.
    pub fn index_url(&self, index: &str) -> String {
        format!("{}/{index}/simple/", self.base)
    }

    /// The names of the indexes.
    pub fn indexes(&self) -> impl Iterator<Item = &str> {
        self.indexes.keys().map(String::as_str)
    }

    /// One project; `None` where the index would answer 404.
    pub fn project_of(&self, index: &str, package: &PackageName) -> Option<&Project> {
        self.indexes.get(index)?.get(package)
    }

    /// The projects of an index, by name.
    pub fn projects(&self, index: &str) -> impl Iterator<Item = &Project> {
        self.indexes.get(index).into_iter().flat_map(BTreeMap::values)
    }

    /// The page of a package as a client would parse it; `None` where the index would answer 404.
    pub fn page(&self, index: &str, package: &PackageName) -> Option<IndexPage> {
        let project = self.project_of(index, package)?;
        let mut page = PageBuilder::new(project.name.clone());
        page.status(project.status, None);
        for file in &project.files {
            match file.version.parse::<Version>() {
                Ok(version) => page.file(&version.to_string(), &file.on_page()),
                Err(_) => page.skip(&file.filename, "its name carries no version"),
            }
        }
        Some(page.finish())
    }

    /// The metadata of a file by its URL, as text: METADATA of a wheel, PKG-INFO of an sdist unless only a build could tell.
    pub fn metadata(&self, url: &str) -> Option<&str> {
        let file = self.file(url)?;
        (file.sdist != Some(SdistKind::Unknown)).then_some(file.metadata.as_str())
    }

    /// A file by its URL (a fragment is ignored).
    pub fn file(&self, url: &str) -> Option<&File> {
        let url = url.split('#').next()?;
        self.files().find(|file| file.url == url)
    }

    /// All files of all indexes.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.indexes.values().flat_map(BTreeMap::values).flat_map(|project| &project.files)
    }

    /// Fills the places that a story leaves open: `{server}` is the base, `{sha256:FILENAME}` the hash of a file.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = text.replace("{server}", &self.base);
        for file in self.files() {
            filled = filled.replace(&format!("{{sha256:{}}}", file.filename), &file.sha256);
        }
        filled
    }

    fn project(
        &self,
        index: &str,
        written: &str,
        releases: &BTreeMap<String, Release>,
        status: &BTreeMap<String, Status>,
    ) -> Result<Project, UniverseError> {
        let failed = |reason: String| UniverseError { what: written.to_string(), reason };
        let name: PackageName = written.parse().map_err(|error| failed(format!("{error}")))?;
        let same = |other: &String| other.parse::<PackageName>().is_ok_and(|other| other == name);
        let status = status.iter().find(|(other, _)| same(other)).map_or(Status::Active, |(_, status)| *status);
        let mut ordered: Vec<(&String, &Release)> = releases.iter().collect();
        ordered.sort_by_key(|(version, _)| std::cmp::Reverse(version.parse::<Version>().ok()));
        let mut files = Vec::new();
        for (version, release) in ordered {
            files.extend(self.release(index, written, version, release).map_err(failed)?);
        }
        let status = match status {
            Status::Active => ProjectStatus::Active,
            Status::Archived => ProjectStatus::Archived,
            Status::Quarantined => ProjectStatus::Quarantined,
            Status::Deprecated => ProjectStatus::Deprecated,
        };
        Ok(Project { name, status, files })
    }

    fn release(&self, index: &str, name: &str, version: &str, release: &Release) -> Result<Vec<File>, String> {
        let metadata = |kind| self.fill_server(&archive::metadata(name, version, release, kind));
        let mut files = Vec::new();
        for tags in &release.wheels {
            let text = metadata(SdistKind::Static);
            let (filename, bytes) = archive::wheel(name, version, tags, &text, &release.files)?;
            let mut file = self.finish(index, version, release, filename, bytes, text);
            if release.yanked_wheels.contains(tags) {
                file.yanked = Yanked::Yes(None);
            }
            files.push(file);
        }
        if let Some(kind) = release.sdist.kind() {
            let text = metadata(kind);
            let requires = self.fill_server(&archive::requires_txt(release));
            let (filename, bytes) = archive::sdist(name, version, kind, (&text, &requires), &release.files)?;
            let mut file = self.finish(index, version, release, filename, bytes, text);
            file.kind = FileKind::Sdist;
            file.sdist = Some(kind);
            files.push(file);
        }
        Ok(files)
    }

    fn finish(
        &self,
        index: &str,
        version: &str,
        release: &Release,
        filename: String,
        bytes: Vec<u8>,
        metadata: String,
    ) -> File {
        let folder = if index == DEFAULT_INDEX { String::new() } else { format!("/{index}") };
        File {
            url: format!("{}{folder}/files/{filename}", self.base),
            filename,
            version: version.to_string(),
            kind: FileKind::Wheel,
            sha256: hex(&bytes),
            bytes,
            metadata,
            sdist: None,
            requires_python: release.requires_python.clone(),
            upload_time: Some(release.upload_time.clone()).filter(|time| !time.is_empty()),
            yanked: match &release.yanked {
                WrittenYanked::Flag(false) => Yanked::No,
                WrittenYanked::Flag(true) => Yanked::Yes(None),
                WrittenYanked::Reason(reason) => Yanked::Yes(Some(reason.clone())),
            },
            publisher: release.publisher.clone(),
        }
    }

    fn fill_server(&self, text: &str) -> String {
        text.replace("{server}", &self.base)
    }
}

impl File {
    /// Where the index tells who published it (PEP 740).
    pub(crate) fn provenance(&self) -> Option<String> {
        self.publisher.as_ref().map(|_| format!("{}.provenance", self.url))
    }

    /// The file as a page lists it.
    fn on_page(&self) -> IndexFile {
        let wheel = self.kind == FileKind::Wheel;
        IndexFile {
            filename: self.filename.clone(),
            url: self.url.clone(),
            kind: self.kind,
            digests: digest(&self.sha256).into_iter().collect(),
            requires_python: self.requires_python.clone(),
            size: u64::try_from(self.bytes.len()).ok(),
            upload_time: self.upload_time.as_deref().and_then(microseconds),
            yanked: self.yanked.clone(),
            provenance: self.provenance(),
            core_metadata: if wheel {
                MetadataHint::Available(digest(&hex(self.metadata.as_bytes())))
            } else {
                MetadataHint::Unsaid
            },
        }
    }
}

fn digest(sha256: &str) -> Option<Digest> {
    Digest::new(Algorithm::Sha256, sha256).ok()
}

fn microseconds(rfc3339: &str) -> Option<i64> {
    rfc3339.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond)
}

/// SHA-256 in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 as RECORD writes it.
fn record_hash(bytes: &[u8]) -> String {
    format!("sha256={}", URL_SAFE_NO_PAD.encode(Sha256::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const STORY: &str = r#"
        story = "A package of three forms is built twice."
        [project]
        requires = ["Toy.Box"]
        [packages."Toy.Box"]
        "1.0" = { requires = ["b>=1"], extras = { x = ["c ; python_version >= '3'"] }, sdist = "recorded" }
        "2.0+local.1" = { yanked = "broken", wheels = ["1-cp311-abi3-manylinux_2_17_x86_64"], sdist = "unknown" }
        "1.10" = { wheels = [], sdist = true, requires-python = ">=3.8", upload-time = "" }
        [status]
        toy-box = "archived"
        [expect]
        stack = { toy-box = "1.10" }
    "#;

    fn story() -> Scenario {
        Scenario::parse(Path::new("toy.toml"), STORY).unwrap()
    }

    #[test]
    fn a_universe_is_the_same_every_time() {
        let hashes = |universe: Universe| universe.files().map(|file| file.sha256.clone()).collect::<Vec<_>>();
        let once = hashes(Universe::offline(&story()).unwrap());
        assert_eq!(once, hashes(Universe::offline(&story()).unwrap()));
        assert_eq!(once.len(), 5);
    }

    #[test]
    fn a_page_lists_the_newest_release_first() {
        let universe = Universe::offline(&story()).unwrap();
        let page = universe.page(DEFAULT_INDEX, &"toy_box".parse().unwrap()).unwrap();
        assert_eq!(page.status(), ProjectStatus::Archived);
        let releases: Vec<String> = page
            .releases()
            .map(|release| {
                let files: Vec<&str> = release.files().map(|file| file.filename()).collect();
                format!("{}: {}", release.version(), files.join(" "))
            })
            .collect();
        insta::assert_snapshot!(releases.join("\n"), @r"
        2.0+local.1: toy_box-2.0+local.1-1-cp311-abi3-manylinux_2_17_x86_64.whl toy_box-2.0+local.1.tar.gz
        1.10: toy_box-1.10.tar.gz
        1.0: toy_box-1.0-py3-none-any.whl toy_box-1.0.tar.gz
        ");
        let last = page.releases().next_back().unwrap();
        assert_eq!(last.files().next().unwrap().upload_time(), Some(1_704_067_200_000_000));
        assert_eq!(page.files().next().unwrap().yank_reason(), Some("broken"));
    }

    #[test]
    fn metadata_is_that_of_the_file_and_unknown_where_only_a_build_could_tell() {
        let universe = Universe::offline(&story()).unwrap();
        let url = |filename: &str| format!("{NOWHERE}/files/{filename}");
        insta::assert_snapshot!(universe.metadata(&url("toy_box-1.0-py3-none-any.whl")).unwrap(), @r"
        Metadata-Version: 2.4
        Name: Toy.Box
        Version: 1.0
        Requires-Dist: b>=1
        Provides-Extra: x
        Requires-Dist: c ; (python_version >= '3') and extra == 'x'
        ");
        assert!(universe.metadata(&url("toy_box-2.0+local.1.tar.gz")).is_none());
        assert!(universe.metadata(&url("toy_box-1.0.tar.gz")).unwrap().contains("Metadata-Version: 2.1"));
    }

    #[test]
    fn a_story_may_speak_of_the_server_and_of_hashes() {
        let universe = Universe::build(&story(), "http://127.0.0.1:1").unwrap();
        let filled = universe.fill("{server}/x#sha256={sha256:toy_box-1.10.tar.gz}");
        assert!(filled.starts_with("http://127.0.0.1:1/x#sha256="), "{filled}");
        assert!(!filled.contains('{'), "{filled}");
    }
}
