//! What the user wants of a run, settled.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
};

use packaging::{
    Origin, PackageName, Url,
    environment::Host,
    lock::Format,
    project::{FormatControl, Selection},
    requirement::redacted,
};
use resolution::{Direction, Recommendation, pipeline::scanned::Scan, policy::Prereleases, predict::Kind};
use serde::{Deserialize, Serialize};

/// Everything `advise` is told. Flags, variables and configuration are settled before.
#[derive(Clone, Debug)]
pub struct Request {
    /// The working folder, absolute; relative paths start here.
    pub folder: PathBuf,
    /// The files that say what is required; none at all means what is found in `folder`.
    pub requirements: Vec<Input>,
    /// Files of bounds.
    pub constraints: Vec<Input>,
    /// Files of replacements.
    pub overrides: Vec<Input>,
    /// The extras and groups of the project that take part.
    pub selection: Selection,
    /// Where releases come from, first asked first.
    pub indexes: Vec<IndexSource>,
    /// Only find-links places are asked.
    pub no_index: bool,
    /// Packages that may only come from the index of that name.
    pub pins: BTreeMap<PackageName, (String, Origin)>,
    /// The releases of all indexes compete; else only the first index that knows a package counts.
    pub best_match: bool,
    /// The interpreter to describe: a path, a name on the search path, or a version.
    pub python: Option<String>,
    /// The Python version to choose for.
    pub python_version: Option<String>,
    /// The platform to choose for, as uv or pip spells it.
    pub platform: Option<String>,
    /// The implementation to choose for.
    pub implementation: Option<String>,
    /// The name of the environment it is for, where the project names it.
    pub environment: Option<String>,
    /// What is known of the machine it is for, besides Python and platform.
    pub host: Host,
    /// Where the files of the base image are, for prescriptions that ask what is in it; relative to the working folder.
    pub image_root: Option<PathBuf>,
    /// What the user says of the run, for prescriptions and units that ask for it.
    pub labels: BTreeMap<String, String>,
    /// What "greatest" means.
    pub recommendation: Recommendation,
    /// Which end of the candidates packages are drawn to.
    pub direction: Direction,
    /// When pre-releases may be chosen; `None` when the user said nothing.
    pub prereleases: Option<Prereleases>,
    /// The cooldown's instant (microseconds since the Unix epoch) and who set it.
    pub exclude_newer: Option<(i64, Origin)>,
    /// `--no-binary`.
    pub no_binary: FormatControl,
    /// `--only-binary`.
    pub only_binary: FormatControl,
    /// Where advisories come from.
    pub advisories: Vec<AdvisorySource>,
    /// Where prescriptions come from.
    pub prescriptions: Vec<PrescriptionSource>,
    /// Where the health of projects is known from; none means that it is not looked at.
    pub health: Vec<HealthSource>,
    /// Whether what was observed in this kind of environment counts.
    pub observations: bool,
    /// How far releases are looked into.
    pub scan: Scan,
    /// Identifiers of vulnerabilities that do not count.
    pub ignores: Vec<String>,
    /// A file that says which units take part, relative to the working folder; none means the usual ones.
    pub pipeline: Option<PathBuf>,
    /// Where the lock goes.
    pub output: Output,
    /// The format of the lock, where said.
    pub lock_format: Option<Format>,
    /// Whether the choices of an existing lock are given up.
    pub upgrade: Upgrade,
    /// What remains vulnerable in `security` is accepted.
    pub exit_zero: bool,
    /// How many stacks are told that are fresher than the chosen one, or less exposed.
    pub alternatives: usize,
    /// How many of the best stacks are told, the chosen one included.
    pub count: usize,
    /// A predictor that walks for the stack once the exact search has told what is possible; none leaves it at that.
    pub walk: Option<Walk>,
    /// Where the whole problem is saved as a file to be decided again; relative to the working folder.
    pub save_problem: Option<PathBuf>,
    /// The command, for the header of a requirements file.
    pub command: String,
}

/// How a predictor walks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// Which it is.
    pub predictor: Kind,
    /// Where all chance comes from.
    pub seed: u64,
    /// The most stacks.
    pub limit: u64,
    /// How many partial stacks or nodes of a tree it holds.
    pub beam_width: usize,
    /// How many releases of each package are walked at least, the newest.
    pub latest_versions: usize,
    /// What is learned is kept in the knowledge base, and what was kept for the same packages is begun with.
    pub keep_policy: bool,
    /// The packages whose combinations are enumerated, by the predictor that does.
    pub combinations: BTreeSet<PackageName>,
}

impl Walk {
    /// The walk of a predictor, without any wish of the user.
    pub fn new(predictor: Kind) -> Self {
        Self {
            predictor,
            seed: 0,
            limit: 100_000,
            beam_width: 10_000,
            latest_versions: 8,
            keep_policy: false,
            combinations: BTreeSet::new(),
        }
    }
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file, relative to the working folder.
    File(PathBuf),
    /// A file on a server; may carry credentials.
    Url(Url),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("-"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Url(url) => f.write_str(&redacted(url)),
        }
    }
}

/// A place releases come from.
#[derive(Clone, Debug)]
pub struct IndexSource {
    /// The name used by pins.
    pub name: Option<String>,
    /// Where it is; may carry credentials.
    pub url: Url,
    /// When it is asked.
    pub role: IndexRole,
}

/// When an index is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum IndexRole {
    /// After all others.
    Default,
    /// Before the default.
    Extra,
    /// Only for packages pinned to it.
    Explicit,
    /// A page or folder of files, asked in addition.
    FindLinks,
}

/// Where advisories come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdvisorySource {
    /// OSV's dump for PyPI.
    Osv,
    /// A folder, archive or record on this machine.
    Path(PathBuf),
    /// An archive or record on a server; may carry credentials.
    Url(Url),
}

/// Where prescriptions come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrescriptionSource {
    /// A folder, archive or file on this machine.
    Path(PathBuf),
    /// An archive or file on a server; may carry credentials.
    Url(Url),
}

/// Where the health of projects is known from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthSource {
    /// What the index itself says: status, dates, links and people.
    Index,
    /// A folder, archive or document on this machine.
    Path(PathBuf),
    /// An archive or document on a server; may carry credentials.
    Url(Url),
    /// A service that answers as deps.dev does; may carry credentials.
    DepsDev(Url),
    /// A service that answers as the Scorecard API does; may carry credentials.
    Scorecard(Url),
}

/// As the user writes it, without credentials.
impl fmt::Display for HealthSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index => f.write_str("index"),
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Url(url) => f.write_str(&redacted(url)),
            Self::DepsDev(url) => write!(f, "deps.dev+{}", redacted(url)),
            Self::Scorecard(url) => write!(f, "scorecard+{}", redacted(url)),
        }
    }
}

/// Where the lock goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Nobody said: beside the project, under the usual name of the format.
    Unsaid,
    /// Standard output.
    Stdout,
    /// This file, relative to the working folder.
    File(PathBuf),
}

/// Whether the choices of an existing lock are given up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Upgrade {
    /// They are kept where they are still right and not worse.
    #[default]
    Keep,
    /// All are given up.
    All,
    /// Those of these packages are given up.
    Packages(BTreeSet<PackageName>),
}
