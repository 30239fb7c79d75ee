//! The flags that say what is to be decided: what the project requires, where releases come from, for which environment, and
//! what is preferred.

use std::path::PathBuf;

use clap::Args;

use crate::settings::{IndexStrategy, KeyringProvider, Prerelease, RecommendationType, Resolution};

/// What a decision is made of.
#[derive(Clone, Debug, Default, Args)]
pub struct QuestionArgs {
    /// What to resolve.
    #[command(flatten)]
    pub what: WhatArgs,
    /// Where releases come from.
    #[command(flatten)]
    pub sources: SourceArgs,
    /// The environment it is for.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
    /// How one release is preferred to another.
    #[command(flatten)]
    pub decision: DecisionArgs,
}

/// What to resolve.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What to resolve")]
pub struct WhatArgs {
    /// Files to resolve together, as -r [default: what this folder holds]
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,
    /// Resolve this requirements file, pyproject.toml, Pipfile or script with inline metadata; - is standard input; repeatable
    #[arg(short, long, alias = "requirement", value_name = "FILE")]
    pub requirements: Vec<String>,
    /// Bound the releases of what is in the stack anyway by this requirements file; repeatable
    #[arg(short, long, alias = "constraint", value_name = "FILE")]
    pub constraints: Vec<String>,
    /// Let this requirements file replace every other requirement on the packages it names; repeatable
    #[arg(long = "override", alias = "overrides", value_name = "FILE")]
    pub overrides: Vec<String>,
    /// Include this extra of the project; repeatable
    #[arg(long, value_name = "EXTRA", value_delimiter = ',', conflicts_with = "all_extras")]
    pub extra: Vec<String>,
    /// Include every extra of the project
    #[arg(long)]
    pub all_extras: bool,
    /// Include this dependency group (PEP 735) or Pipfile category; repeatable
    #[arg(long, value_name = "GROUP", value_delimiter = ',', conflicts_with = "all_groups")]
    pub group: Vec<String>,
    /// Include every dependency group
    #[arg(long)]
    pub all_groups: bool,
}

/// Where releases come from.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Where from")]
pub struct SourceArgs {
    /// The index that is asked last [default: PyPI]
    #[arg(short, long, alias = "default-index", value_name = "URL")]
    pub index_url: Option<String>,
    /// Another index, asked before it; repeatable
    #[arg(long, value_name = "URL")]
    pub extra_index_url: Vec<String>,
    /// Another index with a name for --index-pin, asked before all others; repeatable
    #[arg(long, value_name = "NAME=URL")]
    pub index: Vec<String>,
    /// Take this package from the index of that name only; repeatable
    #[arg(long, value_name = "PACKAGE=NAME")]
    pub index_pin: Vec<String>,
    /// What happens when several indexes know a package [default: first-index]
    #[arg(long, value_name = "STRATEGY", value_enum)]
    pub index_strategy: Option<IndexStrategy>,
    /// Also take files from this folder or page of links; repeatable
    #[arg(short, long, value_name = "PLACE")]
    pub find_links: Vec<String>,
    /// Ask no index, only --find-links
    #[arg(long)]
    pub no_index: bool,
    /// Ask the keyring command for passwords [default: disabled]
    #[arg(long, value_name = "PROVIDER", value_enum)]
    pub keyring_provider: Option<KeyringProvider>,
    /// Do not check the certificate of this host (HOST or HOST:PORT); repeatable
    #[arg(long, alias = "allow-insecure-host", value_name = "HOST")]
    pub trusted_host: Vec<String>,
    /// Load advisories from here (folder, archive, record or URL; osv is OSV's dump for PyPI), or CISA's catalogue of
    /// exploited vulnerabilities; repeatable [default: osv]
    #[arg(long, value_name = "SOURCE")]
    pub advisories: Vec<String>,
    /// Load prescriptions from here (folder, archive, YAML file or URL), beside the project's own in .thoth/prescriptions;
    /// none is for neither; repeatable
    #[arg(long, alias = "prescription", value_name = "SOURCE")]
    pub prescriptions: Vec<String>,
    /// Weigh the health of projects by what this says: a Scorecard or deps.dev document, a folder, archive or URL of them,
    /// scorecard+URL or deps.dev+URL of a service, index for what the index itself says; none is for none; repeatable
    /// [default: none]
    #[arg(long, value_name = "SOURCE")]
    pub health: Vec<String>,
    /// Leave out of account what `thoth feedback` was told of releases in this kind of environment
    #[arg(long, overrides_with = "experience")]
    pub no_experience: bool,
    /// Count it, whatever variables and files say
    #[arg(long, hide = true, overrides_with = "no_experience")]
    pub experience: bool,
    /// Ask again for everything that is stored
    #[arg(long, overrides_with = "no_refresh")]
    pub refresh: bool,
    /// Trust what is stored, whatever variables and files say
    #[arg(long, hide = true, overrides_with = "refresh")]
    pub no_refresh: bool,
}

/// The environment it is for.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "For which environment")]
pub struct EnvironmentArgs {
    /// Resolve for this environment of .thoth.yaml or [tool.thoth] [default: the first one, if there is any]
    #[arg(short = 'e', long, alias = "environment", value_name = "NAME")]
    pub runtime_environment: Option<String>,
    /// The interpreter whose environment it is: a path, a name or a version [default: the one uv would find]
    #[arg(short, long, value_name = "PYTHON")]
    pub python: Option<String>,
    /// Resolve for this Python version (3.11 or 3.11.7) instead of the interpreter's
    #[arg(long, value_name = "VERSION")]
    pub python_version: Option<String>,
    /// Resolve for this platform (linux, windows, x86_64-manylinux_2_28, aarch64-apple-darwin, ...) instead of this one
    #[arg(long, value_name = "PLATFORM")]
    pub python_platform: Option<String>,
    /// Resolve for this implementation of Python (cpython, pypy)
    #[arg(long, value_name = "NAME")]
    pub implementation: Option<String>,
}

/// How one release is preferred to another.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "How to decide")]
pub struct DecisionArgs {
    /// What greatest means [default: stable]
    #[arg(short = 't', long, value_name = "TYPE", value_enum)]
    pub recommendation_type: Option<RecommendationType>,
    /// When to end with the best so far.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// Do not count this vulnerability, by any of its ids; repeatable
    #[arg(long, alias = "ignore-vuln", value_name = "ID", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Label the run for prescriptions that ask for it; several are separated by semicolons; repeatable
    #[arg(short, long, alias = "labels", value_name = "NAME=VALUE")]
    pub label: Vec<String>,
    /// Read here what prescriptions ask of the contents of the base image: an image that is unpacked or mounted, or / inside
    /// of a container
    #[arg(long, value_name = "FOLDER")]
    pub image_root: Option<PathBuf>,
    /// Decide with the units that this file names, and those that nothing can be chosen without; `thoth pipeline show --format
    /// yaml` prints one to begin with [default: the usual units]
    #[arg(long, value_name = "FILE")]
    pub pipeline: Option<PathBuf>,
    /// Disregard files uploaded after this instant: 2025-06-30T12:00:00Z, 2025-06-30 (the whole day counts, in UTC), or an
    /// age such as 7d, "2 weeks" or P7D; false lifts a limit set elsewhere
    #[arg(long, value_name = "WHEN")]
    pub exclude_newer: Option<String>,
    /// Which pre-releases count [default: if-necessary-or-explicit]
    #[arg(long, value_name = "MODE", value_enum)]
    pub prerelease: Option<Prerelease>,
    /// Same as --prerelease allow
    #[arg(long, conflicts_with = "prerelease")]
    pub pre: bool,
    /// Which end of the allowed versions is preferred [default: highest]
    #[arg(long, value_name = "END", value_enum)]
    pub resolution: Option<Resolution>,
    /// Use no source distribution of this package, or of any with :all:; repeatable
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',')]
    pub only_binary: Vec<String>,
    /// Use no wheel of this package, or of any with :all:; repeatable
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',')]
    pub no_binary: Vec<String>,
    /// Choose anew instead of keeping what the existing lock holds
    #[arg(short = 'U', long, overrides_with = "no_upgrade")]
    pub upgrade: bool,
    /// Keep what the existing lock holds, whatever variables and files say
    #[arg(long, hide = true, overrides_with = "upgrade")]
    pub no_upgrade: bool,
    /// Choose this package anew; repeatable
    #[arg(short = 'P', long, value_name = "PACKAGE", value_delimiter = ',')]
    pub upgrade_package: Vec<String>,
}

/// When a decision ends before its proof.
#[derive(Clone, Debug, Default, Args)]
pub struct LimitArgs {
    /// Take the best stack so far after so many seconds, requests included
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<String>,
    /// Take the best stack so far when the process takes so much memory (500MB, 2GiB)
    #[arg(long, value_name = "SIZE")]
    pub memory_limit: Option<String>,
}
