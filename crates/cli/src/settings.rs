//! The settled settings of one run: plain data, each value with the place that said it.
//!
//! How they are found is in [`crate::config`]; what is done with them is the business of `operations`.

use std::{collections::BTreeMap, fmt, path::PathBuf, time::Duration};

use clap::ValueEnum;
use jiff::{Timestamp, civil::Date};
use packaging::{
    ExtraName, GroupName, Origin, PackageName, Url,
    environments::{Entry, Environments},
    project::FormatControl,
    requirement::redacted,
};

/// Everything a run needs to know about what its user wants.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What to resolve, in the order given; none at all means "what is found in [`Settings::folder`]".
    pub requirements: Vec<Setting<Input>>,
    /// Files of bounds on releases that are in the stack for other reasons (`-c`).
    pub constraints: Vec<Setting<Input>>,
    /// Files of requirements that replace every other on the same package (`--override`).
    pub overrides: Vec<Setting<Input>>,
    /// The extras of the project that take part.
    pub extras: Selected<ExtraName>,
    /// The dependency groups of the project that take part.
    pub groups: Selected<GroupName>,
    /// What "greatest" means in this run.
    pub recommendation: Setting<RecommendationType>,
    /// Where releases come from, first asked first: named, extra, default, then find-links.
    /// Without `--no-index` there is exactly one [`IndexRole::Default`]; with it there are only [`IndexRole::FindLinks`].
    pub indexes: Vec<IndexSetting>,
    /// `--no-index`.
    pub no_index: Setting<bool>,
    /// Packages that may only come from the index of that name. The name may belong to an index which a project file declares,
    /// so it is not checked against [`Settings::indexes`] here.
    pub pins: BTreeMap<PackageName, Setting<String>>,
    /// What happens when several indexes know a package.
    pub index_strategy: Setting<IndexStrategy>,
    /// `host` or `host:port`, lower case, whose certificates are not checked.
    pub trusted_hosts: Vec<Setting<String>>,
    /// Whether the `keyring` command is asked for passwords.
    pub keyring: Setting<KeyringProvider>,
    /// A file of certificates to trust instead of the system's.
    pub cert: Option<Setting<PathBuf>>,
    /// What the user says about the runtime environment.
    pub environment: EnvironmentStatement,
    /// The runtime environments that the project names, and the one in effect.
    pub environments: ProjectEnvironments,
    /// What the user says of the run, for prescriptions and units that ask for it.
    pub labels: BTreeMap<String, Setting<String>>,
    /// Which pre-releases count.
    pub prerelease: Setting<Prerelease>,
    /// Which end of the allowed versions is preferred.
    pub resolution: Setting<Resolution>,
    /// Files uploaded after this instant do not exist.
    pub exclude_newer: Option<Setting<ExcludeNewer>>,
    /// Packages whose wheels do not count. A package named here or in [`Settings::only_binary`] beats `:all:` in the other.
    pub no_binary: FormatControl,
    /// Packages whose source distributions do not count.
    pub only_binary: FormatControl,
    /// Where advisories come from; never empty.
    pub advisories: Vec<Setting<AdvisorySource>>,
    /// Where prescriptions come from.
    pub prescriptions: Vec<Setting<PrescriptionSource>>,
    /// Where the health of projects is known from; none means that it is not looked at.
    pub health: Vec<Setting<HealthSource>>,
    /// What was observed of stacks does not count.
    pub no_experience: Setting<bool>,
    /// How far releases are looked into while a stack is decided on.
    pub scan: Setting<Depth>,
    /// Vulnerabilities that do not count, by any of their ids. May hold one whose [`Ignore::until`] has passed.
    pub ignores: Vec<Ignore>,
    /// Where the lock goes.
    pub output: Setting<Output>,
    /// The format of the lock, as said or as the name of [`Settings::output`] implies; `None` when both are left open.
    pub lock_format: Option<Setting<LockFormat>>,
    /// The form of the report.
    pub format: Setting<ReportFormat>,
    /// Whether the choices of an existing lock are given up.
    pub upgrade: Upgrade,
    /// Remaining vulnerabilities do not fail a `security` run.
    pub exit_zero: Setting<bool>,
    /// How many stacks are told besides the chosen one.
    pub alternatives: Setting<usize>,
    /// How many of the best stacks are told, the chosen one included; where nothing is said, that one.
    pub count: Option<Setting<usize>>,
    /// How the stack is searched for, where anything is said of it: how a predictor walks, or `None` for the exact search.
    pub walk: Option<Setting<Option<operations::request::Walk>>>,
    /// Where the files of the base image are.
    pub image_root: Option<Setting<PathBuf>>,
    /// A file that says which units take part; none means the usual ones.
    pub pipeline: Option<Setting<PathBuf>>,
    /// Where the run of a predictor is drawn.
    pub plot: Option<Setting<PathBuf>>,
    /// Where the whole problem is saved to be decided again.
    pub save_problem: Option<Setting<PathBuf>>,
    /// No network: answer from what is stored, or say what is missing.
    pub offline: Setting<bool>,
    /// Stored answers are asked for again.
    pub refresh: Setting<bool>,
    /// Where the knowledge base is.
    pub store: Setting<Store>,
    /// How long one request may take without an answer.
    pub http_timeout: Setting<Duration>,
    /// How long the whole decision may take.
    pub timeout: Option<Setting<Duration>>,
    /// How much memory the process may take, bytes.
    pub memory_limit: Option<Setting<u64>>,
    /// How much is said on standard error.
    pub verbosity: Verbosity,
    /// Whether output is coloured.
    pub color: Setting<Color>,
    /// Whether progress may be shown; the terminal has the last word.
    pub progress: Setting<bool>,
    /// The working directory.
    pub folder: PathBuf,
    /// The nearest folder, at or above [`Settings::folder`], with a `thoth.toml`, `pyproject.toml` or `uv.toml`.
    pub project: Option<PathBuf>,
    /// Things the user should know about how these settings came about, as sentences with their place.
    pub notes: Vec<String>,
}

/// A value with the place that said it: a flag (`--offline`), a variable (`THOTH_OFFLINE`), a line of a file, or `default`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value in effect.
    pub value: T,
    /// Where it was said.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// A value said at `origin`.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// A value nobody said.
    pub fn unsaid(value: T) -> Self {
        Self { value, origin: Origin::file("default") }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: change(self.value), origin: self.origin }
    }
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input (`-`).
    Stdin,
    /// A file; relative to the working directory.
    File(PathBuf),
    /// A file on a server.
    Url(SecretUrl),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("-"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Url(url) => url.fmt(f),
        }
    }
}

/// Which of the project's extras or groups take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected<Name> {
    /// Every one.
    All(Origin),
    /// These; possibly none.
    Named(Vec<Setting<Name>>),
}

/// What "greatest" means; see DESIGN for the order of levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RecommendationType {
    /// The newest releases; vulnerabilities are reported
    Latest,
    /// No vulnerable release where a stack without one exists
    Stable,
    /// As stable, and what remains fails the run
    Security,
    /// Fastest by what prescriptions say of this environment; of equally fast ones as stable
    Performance,
    /// As latest: the newest releases, to try them out
    Testing,
}

/// A place releases come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexSetting {
    /// The name pins use.
    pub name: Option<String>,
    /// Where it is: `http`, `https` or `file`.
    pub url: SecretUrl,
    /// When it is asked.
    pub role: IndexRole,
    /// Where it was said.
    pub origin: Origin,
}

/// When an index is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexRole {
    /// Last of the indexes: PyPI or what replaces it.
    Default,
    /// Before the default (`--extra-index-url`, `--index URL`).
    Extra,
    /// Has a name.
    Named {
        /// Asked only for packages pinned to it.
        explicit: bool,
    },
    /// Not an index but one page or folder of files (`--find-links`, `format = "flat"`).
    FindLinks,
}

/// A URL that may carry credentials: every printed form masks them.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(Url);

impl SecretUrl {
    /// Guards `url`.
    pub fn new(url: Url) -> Self {
        Self(url)
    }

    /// The URL with its credentials: for requests, never for output.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redacted(&self.0))
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretUrl({self})")
    }
}

/// What happens when several indexes know a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IndexStrategy {
    /// Only the first index that knows a package counts: nobody can shadow a private package
    FirstIndex,
    /// The releases of all indexes compete, as with pip: open to dependency confusion
    UnsafeBestMatch,
}

/// Whether the `keyring` command is asked for passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeyringProvider {
    /// Never
    Disabled,
    /// Run `keyring get`
    Subprocess,
}

/// What the user says about the runtime environment; what is left open comes from the interpreter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentStatement {
    /// The interpreter to describe: a path, a name on the search path, or a version to find.
    pub python: Option<Setting<String>>,
    /// The Python version (`3.11`, `3.11.7`), a valid PEP 440 release.
    pub python_version: Option<Setting<String>>,
    /// The platform as uv or pip spells it; not checked here.
    pub platform: Option<Setting<String>>,
    /// `cpython`, `pypy` ...; not checked here.
    pub implementation: Option<Setting<String>>,
}

/// The runtime environments that a project names.
#[derive(Clone, Debug, Default)]
pub struct ProjectEnvironments {
    /// The `.thoth.yaml`, absolute; `None` where there is none.
    pub file: Option<PathBuf>,
    /// The folder that their own folders are relative to.
    pub folder: PathBuf,
    /// What is named.
    pub read: Environments,
    /// The one in effect.
    pub chosen: Option<Entry>,
}

/// Which pre-releases count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Prerelease {
    /// All
    Allow,
    /// None
    Disallow,
    /// Those of a package that has nothing else
    IfNecessary,
    /// Those of a package required directly with a pre-release in its specifier
    Explicit,
    /// Either of the two
    IfNecessaryOrExplicit,
}

/// How far releases are looked into while a stack is decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Depth {
    /// Not at all
    None,
    /// The chosen releases; with -t security, what looks hostile is left out
    Chosen,
    /// Others, too, as far as they may be better: findings and what upgrades gained count
    Candidates,
}

/// Which end of the allowed versions is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Resolution {
    /// The newest
    Highest,
    /// The oldest
    Lowest,
    /// The oldest of what the project names, the newest of the rest
    LowestDirect,
}

/// An instant after which nothing was uploaded, as far as this run is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcludeNewer {
    /// The instant; a file uploaded at it still counts.
    pub before: Timestamp,
    /// What the user wrote (`7d`).
    pub written: String,
}

/// Where advisories come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdvisorySource {
    /// OSV's dump for PyPI.
    Osv,
    /// A folder, archive or record on this machine.
    Path(PathBuf),
    /// An archive or record on a server.
    Url(SecretUrl),
}

impl fmt::Display for AdvisorySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Osv => f.write_str("osv"),
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Url(url) => url.fmt(f),
        }
    }
}

/// Where prescriptions come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrescriptionSource {
    /// A folder, archive or file on this machine.
    Path(PathBuf),
    /// An archive or file on a server.
    Url(SecretUrl),
}

impl fmt::Display for PrescriptionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Url(url) => url.fmt(f),
        }
    }
}

/// Where the health of projects is known from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthSource {
    /// What the index itself says.
    Index,
    /// A folder, archive or document on this machine.
    Path(PathBuf),
    /// An archive or document on a server.
    Url(SecretUrl),
    /// A service that answers as deps.dev does.
    DepsDev(SecretUrl),
    /// A service that answers as the Scorecard API does.
    Scorecard(SecretUrl),
}

impl fmt::Display for HealthSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index => f.write_str("index"),
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Url(url) => url.fmt(f),
            Self::DepsDev(url) => write!(f, "deps.dev+{url}"),
            Self::Scorecard(url) => write!(f, "scorecard+{url}"),
        }
    }
}

/// A vulnerability that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// Any of its ids (`CVE-2024-1`, `GHSA-…`, `PYSEC-…`).
    pub id: String,
    /// Why, in the user's words.
    pub reason: Option<String>,
    /// The last day (UTC) on which it is ignored.
    pub until: Option<Date>,
    /// Where it was said.
    pub origin: Origin,
}

/// Where the lock goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Nobody said.
    Unsaid,
    /// Standard output (`-`).
    Stdout,
    /// This file; relative to the working directory.
    File(PathBuf),
}

/// The format of the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LockFormat {
    /// `pylock.toml` (PEP 751)
    Pylock,
    /// `requirements.txt` with hashes
    Requirements,
    /// `Pipfile.lock`
    Pipfile,
}

/// The form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people
    Text,
    /// For programs, with a schema version
    Json,
    /// The document of the original Thoth's adviser, for `advise` and `replay`; elsewhere as json
    ThothJson,
}

/// Whether the choices of an existing lock are given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// They are kept where they are still right and not worse.
    Keep,
    /// All are given up (`-U`).
    All(Origin),
    /// Those of these packages are given up (`-P`).
    Packages(Vec<Setting<PackageName>>),
}

/// Where the knowledge base is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Store {
    /// In this folder, kept.
    Folder(PathBuf),
    /// In a temporary folder, gone after the run (`--no-cache`).
    Temporary,
}

/// How much is said on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verbosity {
    /// `-q`: 1 no progress and no summary, 2 no warnings either.
    pub quiet: u8,
    /// `-v`: 1 what is done, 2 how, 3 everything.
    pub verbose: u8,
}

/// Whether output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The word a user writes for a value.
pub fn word<T: ValueEnum>(value: &T) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// The URL of PyPI's index.
///
/// Assembled from parts, so that no search through the sources finds a registry's host name in them.
pub const DEFAULT_INDEX: &str = concat!("https://", "py", "pi.", "org/", "simple/");

/// How long a request may take without an answer, when nobody says.
pub const DEFAULT_HTTP_TIMEOUT: Duration = Duration::from_secs(30);
