//! The format of a story, read strictly: an unknown key is an error, so that a typing error never makes a test pass.
//!
//! The rules that expectations follow are in `tests/scenarios/README.md`.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use packaging::{PackageName, Version};
use serde::Deserialize;

use crate::Advisory;

/// One story: a toy ecosystem, a project, and what must come out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// One sentence: what happens to whom and what must come out.
    pub story: String,
    /// What the stack is for.
    #[serde(default)]
    pub environment: Environment,
    /// What the project declares.
    pub project: Declared,
    /// How it is to be resolved.
    #[serde(default)]
    pub options: Options,
    /// The existing lock: name to version.
    #[serde(default)]
    pub lock: BTreeMap<String, String>,
    /// The releases of the default index: package, then version.
    #[serde(default)]
    pub packages: BTreeMap<String, BTreeMap<String, Release>>,
    /// The status of projects on the default index (PEP 792).
    #[serde(default)]
    pub status: BTreeMap<String, Status>,
    /// Further indexes by name, asked before the default one, in the order of their names.
    #[serde(default)]
    pub indexes: BTreeMap<String, Index>,
    /// What is known of vulnerabilities and malware.
    #[serde(default)]
    pub advisories: Vec<Advisory>,
    /// Literal files in the folder of advisories: name to text (broken records, YAML, …).
    #[serde(default)]
    pub advisory_files: BTreeMap<String, String>,
    /// What must come out.
    pub expect: Expect,
}

/// The environment of a story.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Environment {
    /// The Python version, with or without its patch release.
    pub python: String,
    /// The platform as `--python-platform` takes it.
    pub platform: String,
    /// The implementation as `--implementation` takes it.
    pub implementation: String,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            python: "3.11".to_string(),
            platform: "x86_64-manylinux_2_28".to_string(),
            implementation: "cpython".to_string(),
        }
    }
}

/// What the project of a story declares: a list of requirements, or literal files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Declared {
    /// PEP 508 requirements.
    pub requires: Vec<String>,
    /// Bounds (`-c`).
    pub constraints: Vec<String>,
    /// Replacements (`--override`).
    pub overrides: Vec<String>,
    /// The extras of the project that are selected.
    pub extras: Vec<String>,
    /// The dependency groups that are selected.
    pub groups: Vec<String>,
    /// Literal files by name; read instead of `requires`.
    pub files: BTreeMap<String, String>,
    /// Which of `files` are handed to `-r`, in order. May be left out when there is only one file.
    pub read: Vec<String>,
    /// Environment variables that requirements files may refer to.
    pub variables: BTreeMap<String, String>,
}

/// How a story is to be resolved; what is not said has the default of the binary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Options {
    /// `--recommendation-type`; `stable` when not said.
    pub recommendation: Recommendation,
    /// `--prerelease`.
    pub prerelease: Option<String>,
    /// `--resolution`.
    pub resolution: Option<String>,
    /// `--exclude-newer`: an RFC 3339 time.
    pub exclude_newer: Option<String>,
    /// `--only-binary`.
    pub only_binary: Vec<String>,
    /// `--no-binary`.
    pub no_binary: Vec<String>,
    /// `--index-strategy`.
    pub index_strategy: Option<String>,
    /// Packages that may only come from one index: package to the name of the index.
    pub pins: BTreeMap<String, String>,
    /// `--ignore`: ids of advisories.
    pub ignore: Vec<String>,
    /// `--upgrade`.
    pub upgrade: bool,
    /// `--upgrade-package`.
    pub upgrade_packages: Vec<String>,
    /// `--exit-zero`.
    pub exit_zero: bool,
}

/// The recommendation types of the main job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recommendation {
    /// Newest; vulnerabilities are reported only.
    Latest,
    /// The default.
    #[default]
    Stable,
    /// As stable, and a remaining vulnerability fails the run.
    Security,
}

impl Recommendation {
    /// As `--recommendation-type` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::Stable => "stable",
            Self::Security => "security",
        }
    }
}

/// An index with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Index {
    /// Its releases: package, then version.
    pub packages: BTreeMap<String, BTreeMap<String, Release>>,
    /// The status of its projects.
    pub status: BTreeMap<String, Status>,
    /// The files of the project name it themselves (as `{server}/NAME/simple/`), so no flag does.
    pub by_file: bool,
}

/// One release.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Release {
    /// `Requires-Dist` as written.
    pub requires: Vec<String>,
    /// `Provides-Extra`: the extra and what it requires on top.
    pub extras: BTreeMap<String, Vec<String>>,
    /// `Requires-Python`.
    pub requires_python: Option<String>,
    /// Whether its files were yanked, all or only some.
    pub yanked: Yanked,
    /// Tags of the wheels that are yanked when the release as a whole is not.
    pub yanked_wheels: Vec<String>,
    /// When it was uploaded; `""` for an index that does not say.
    pub upload_time: String,
    /// Its wheels: `[build-]python-abi-platform`. One pure wheel when not said.
    pub wheels: Vec<String>,
    /// Its sdist, and what can be read from it.
    pub sdist: Sdist,
    /// Further files in its wheels and its sdist: path to text.
    pub files: BTreeMap<String, String>,
    /// Further lines of its metadata: `Author: Ada`.
    pub says: Vec<String>,
    /// The repository on GitHub whose workflow published its files; where it is not said, they have no provenance (PEP 740).
    pub publisher: Option<String>,
}

impl Default for Release {
    fn default() -> Self {
        Self {
            requires: Vec::new(),
            extras: BTreeMap::new(),
            requires_python: None,
            yanked: Yanked::Flag(false),
            yanked_wheels: Vec::new(),
            upload_time: "2024-01-01T00:00:00Z".to_string(),
            wheels: vec!["py3-none-any".to_string()],
            sdist: Sdist::Flag(false),
            files: BTreeMap::new(),
            says: Vec::new(),
            publisher: None,
        }
    }
}

/// `yanked = true` or the reason.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Yanked {
    /// Whether it was, without a reason.
    Flag(bool),
    /// The publisher's reason.
    Reason(String),
}

/// `sdist = false` or what is known of its requirements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Sdist {
    /// `true` is the same as `static`.
    Flag(bool),
    /// What can be read from it.
    Kind(SdistKind),
}

impl Sdist {
    /// The kind, if there is an sdist.
    pub fn kind(self) -> Option<SdistKind> {
        match self {
            Self::Flag(false) => None,
            Self::Flag(true) => Some(SdistKind::Static),
            Self::Kind(kind) => Some(kind),
        }
    }
}

/// What an sdist says of its requirements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SdistKind {
    /// `PKG-INFO` of metadata 2.2 without `Dynamic` (PEP 643): as good as a wheel's.
    Static,
    /// Older metadata, with the requirements that were true where it was made (`*.egg-info/requires.txt`).
    Recorded,
    /// Only a build could tell.
    Unknown,
}

/// The status of a project (PEP 792).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words of PEP 792")]
pub enum Status {
    Active,
    Archived,
    Quarantined,
    Deprecated,
}

/// What must come out; see [`Scenario::outcome`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Expect {
    /// Exactly this stack.
    pub stack: Option<BTreeMap<String, String>>,
    /// No acceptable stack.
    pub impossible: bool,
    /// A usage or data error whose message contains these fragments.
    pub error: Vec<String>,
    /// The exit code, where it is not the usual one.
    pub exit: Option<i32>,
    /// Fragments of what the binary prints (stdout and stderr together).
    pub message: Vec<String>,
    /// `name version`: releases that a resolver without advisories would have picked.
    pub avoided: Vec<String>,
    /// The vulnerabilities that remain in the stack, each once, by any of its ids; ignored ones are not among them.
    pub remaining: Vec<String>,
    /// Exactly what would help, the best first, as a clause and what it does to the exposure.
    pub remedies: Option<Vec<String>>,
}

/// The outcome that a story expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// Exactly these releases.
    Stack(BTreeMap<PackageName, Version>),
    /// None is acceptable.
    Impossible,
    /// The input is refused, with these fragments in the message.
    Error(&'a [String]),
}

/// Why a story cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A file or folder could not be read.
    #[error("read {path}")]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not a story.
    #[error("{path}: {message}")]
    Format {
        /// Which one.
        path: PathBuf,
        /// What is wrong, with line and column.
        message: String,
    },
}

impl Scenario {
    /// Reads a story; `path` is only for messages.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ScenarioError> {
        let error = |message: String| ScenarioError::Format { path: path.to_path_buf(), message };
        let scenario: Self = toml::from_str(text).map_err(|cause| error(cause.to_string()))?;
        scenario.check().map_err(error)?;
        Ok(scenario)
    }

    /// Reads a story from its file.
    pub fn load(path: &Path) -> Result<Self, ScenarioError> {
        let text =
            fs::read_to_string(path).map_err(|source| ScenarioError::Read { path: path.to_path_buf(), source })?;
        Self::parse(path, &text)
    }

    /// What must come out.
    pub fn outcome(&self) -> Outcome<'_> {
        match &self.expect.stack {
            Some(stack) => Outcome::Stack(
                stack.iter().filter_map(|(name, version)| Some((name.parse().ok()?, version.parse().ok()?))).collect(),
            ),
            None if self.expect.impossible => Outcome::Impossible,
            None => Outcome::Error(&self.expect.error),
        }
    }

    /// The exit code that the binary must end with.
    pub fn exit(&self) -> i32 {
        let unsafe_stack = !self.expect.remaining.is_empty()
            && self.options.recommendation == Recommendation::Security
            && !self.options.exit_zero;
        self.expect.exit.unwrap_or(match self.outcome() {
            Outcome::Stack(_) => i32::from(unsafe_stack),
            Outcome::Impossible => 1,
            Outcome::Error(_) => 2,
        })
    }

    /// The files handed to `-r`, in order; empty when the story gives `requires`.
    pub fn read(&self) -> Vec<&str> {
        if self.project.read.is_empty() {
            self.project.files.keys().map(String::as_str).collect()
        } else {
            self.project.read.iter().map(String::as_str).collect()
        }
    }

    /// What serde cannot see: that the story hangs together.
    fn check(&self) -> Result<(), String> {
        if !self.story.ends_with('.') || self.story.len() < 20 {
            return Err("`story` is one sentence and ends with a full stop".to_string());
        }
        let expect = &self.expect;
        let outcomes =
            [expect.stack.is_some(), expect.impossible, !expect.error.is_empty()].iter().filter(|said| **said).count();
        if outcomes != 1 {
            return Err("`expect` has exactly one of `stack`, `impossible = true` and `error`".to_string());
        }
        let project = &self.project;
        if !project.files.is_empty() && !project.requires.is_empty() {
            return Err("`project` has either `requires` or `files`".to_string());
        }
        if project.files.len() > 1 && project.read.is_empty() {
            return Err("`project.read` must say which of several files are read".to_string());
        }
        if let Some(missing) = project.read.iter().find(|name| !project.files.contains_key(*name)) {
            return Err(format!("`project.read` names `{missing}`, which is not in `project.files`"));
        }
        if self.indexes.contains_key(crate::universe::DEFAULT_INDEX) {
            return Err("`default` is the index of the top-level `packages`".to_string());
        }
        if let Some(index) = self.options.pins.values().find(|index| !self.indexes.contains_key(*index)) {
            return Err(format!("`options.pins` names the index `{index}`, which is not in `indexes`"));
        }
        let stack = expect.stack.iter().flatten().map(|(name, version)| (name.as_str(), version.as_str()));
        let avoided = expect.avoided.iter().map(|release| release.split_once(' ').unwrap_or((release, "")));
        for (name, version) in stack.chain(avoided) {
            self.check_release(name, version)?;
        }
        let known = |id: &String| {
            self.advisories.iter().any(|advisory| advisory.id == *id || advisory.aliases.contains(id))
                || self.advisory_files.values().any(|text| text.contains(id.as_str()))
        };
        if let Some(id) = expect.remaining.iter().find(|id| !known(id)) {
            return Err(format!("`expect.remaining` names `{id}`, which no advisory has"));
        }
        self.advisories.iter().try_for_each(Advisory::check)
    }

    fn check_release(&self, name: &str, version: &str) -> Result<(), String> {
        let wanted: PackageName = name.parse().map_err(|error| format!("`{name}`: {error}"))?;
        let number: Version = version.parse().map_err(|error| format!("`{name} {version}`: {error}"))?;
        let indexes = std::iter::once(&self.packages).chain(self.indexes.values().map(|index| &index.packages));
        let found = indexes.flatten().any(|(name, releases)| {
            name.parse::<PackageName>().is_ok_and(|name| name == wanted)
                && releases.keys().any(|key| key.parse::<Version>().is_ok_and(|version| version == number))
        });
        if found { Ok(()) } else { Err(format!("`expect` names `{name} {version}`, which no index has")) }
    }
}

/// Reads every `*.toml` under `folder`, sorted by path. All must be stories: one broken file fails the whole.
pub fn load_all(folder: &Path) -> Result<Vec<(PathBuf, Scenario)>, ScenarioError> {
    let mut stories = Vec::new();
    collect(folder, &mut stories)?;
    stories.sort_by(|(left, _), (right, _)| left.cmp(right));
    Ok(stories)
}

fn collect(folder: &Path, stories: &mut Vec<(PathBuf, Scenario)>) -> Result<(), ScenarioError> {
    let read = |source| ScenarioError::Read { path: folder.to_path_buf(), source };
    for entry in fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if path.is_dir() {
            collect(&path, stories)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let scenario = Scenario::load(&path)?;
            stories.push((path, scenario));
        }
    }
    Ok(())
}
