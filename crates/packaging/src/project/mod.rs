//! What a project declares: requirements files, `pyproject.toml`, `Pipfile`, scripts.

use std::collections::BTreeMap;

use crate::{Digest, Origin, PackageName, Requirement, VersionSpecifiers};

/// A requirement with where it was written and the hashes demanded for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// What is required.
    pub requirement: Requirement,
    /// `--hash` options (requirements files): at least one must match each file that is locked.
    pub hashes: Vec<Digest>,
    /// Where it was written.
    pub origin: Origin,
}

/// All that the files of a project declare, joined in the order in which they were read.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The project's own name, where a file gives one.
    pub name: Option<PackageName>,
    /// Every file read, included ones too, as named in messages.
    pub files: Vec<String>,
    /// What must be in the stack.
    pub requirements: Vec<Declaration>,
    /// Bounds on releases that are in the stack for other reasons (`-c`).
    pub constraints: Vec<Declaration>,
    /// Requirements that replace every other on the same package (`--override`).
    pub overrides: Vec<Declaration>,
    /// The Python versions the project supports.
    pub requires_python: Option<(VersionSpecifiers, Origin)>,
    /// The one Python version a `Pipfile` asks for (`3.11`).
    pub python_version: Option<(String, Origin)>,
    /// Options about indexes and files.
    pub options: IndexOptions,
    /// The `[tool.thoth]` table, if there is one.
    pub thoth: Option<toml::Table>,
    /// Things the reader should know that are no error (an unknown key, an ignored option), as sentences with their place.
    pub notes: Vec<String>,
}

/// Options about where files come from and which are acceptable; `None` and empty mean "not said here".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexOptions {
    /// `-i`, `--index-url`; may carry credentials.
    pub index_url: Option<(String, Origin)>,
    /// `--extra-index-url`, in order; may carry credentials.
    pub extra_index_urls: Vec<(String, Origin)>,
    /// `-f`, `--find-links`: URLs or folders, in order.
    pub find_links: Vec<(String, Origin)>,
    /// `--no-index`.
    pub no_index: bool,
    /// Indexes with a name (`[[tool.uv.index]]`, `[[source]]` of a `Pipfile`).
    pub named: Vec<NamedIndex>,
    /// Packages that may only come from one named index (`[tool.uv.sources]`, `index = "…"` in a `Pipfile`).
    pub pins: BTreeMap<PackageName, (String, Origin)>,
    /// `--no-binary`.
    pub no_binary: FormatControl,
    /// `--only-binary`.
    pub only_binary: FormatControl,
    /// `--prefer-binary`.
    pub prefer_binary: bool,
    /// `--pre`.
    pub pre: bool,
    /// `--require-hashes`.
    pub require_hashes: bool,
    /// `--trusted-host`, as `host` or `host:port`.
    pub trusted_hosts: Vec<String>,
}

/// An index with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedIndex {
    /// The name used by pins.
    pub name: String,
    /// Its URL; may carry credentials.
    pub url: String,
    /// Asked only for packages pinned to it (`explicit = true`).
    pub explicit: bool,
    /// Replaces the default index.
    pub default: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// `--no-binary` and `--only-binary` (pip's format control): `:all:`, `:none:` or names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatControl {
    /// `:all:` was given last (names are then exceptions no longer needed).
    pub all: bool,
    /// The packages named.
    pub packages: Vec<PackageName>,
}

impl FormatControl {
    /// Whether it covers `package`.
    pub fn covers(&self, package: &PackageName) -> bool {
        self.all || self.packages.contains(package)
    }
}
