//! The flags of verbs about the project's own files: `config`, `check`, `add`, `remove`, `list` and `show`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{FormatArgs, LookArgs, ResolveArgs, WhatArgs};

pub(super) const CONFIG_EXAMPLES: &str = "\
Nothing of the machine is run but its Python interpreter; everything else is read from files, and what is not found says \
where it was looked for. An environment that is there already is changed where the machine is another, which is told; \
comments and everything else in the file stay as they are.

Examples:
  thoth config                       Add this machine to .thoth.yaml, named for its operating system
  thoth config -e gpu --dry-run      What writing it as `gpu` would change
  thoth config --root mnt -e image   An image instead of this machine
  thoth config show                  The settings in effect, and who said them";

pub(super) const CHECK_CODES: &str = "\
Exit codes:
  0  everything that is stated is so here; of several environments, for one of them
  1  something differs, in each of them
  2  nothing differs, but something could not be told here; or a usage or input error";

pub(super) const ADD_EXAMPLES: &str = "\
The file is changed where it has to be and nowhere else, and read again before it is replaced. A requirement on the same \
package is changed in place and keeps its extras and its marker; a list in alphabetical order stays in it.

Examples:
  thoth add 'flask>=3' jinja2                   Quotes keep the shell from reading < and > as files
  thoth add --dev pytest                        To the group `dev`, or a Pipfile's dev-packages
  thoth add torch -i https://wheels.example/cpu A package from an index of its own
  thoth add -e prod flask                       To the files of one environment, where it has its own";

/// Flags of `thoth config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// What to do with settings.
    #[command(subcommand)]
    pub command: Option<ConfigCommand>,
    /// What to find out and write.
    #[command(flatten)]
    pub discover: DiscoverArgs,
}

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print each setting that `advise` with the same flags would run with, and where it was said; credentials are masked
    Show(Box<ResolveArgs>),
}

/// Flags of `thoth config` without more words.
#[derive(Clone, Debug, Default, Args)]
pub struct DiscoverArgs {
    /// Write it as the environment of this name [default: named for the operating system]
    #[arg(short, long, alias = "runtime-environment", value_name = "NAME")]
    pub environment: Option<String>,
    /// Begin .thoth.yaml with this template of Thamos, its {placeholders} filled in
    #[arg(short, long, value_name = "FILE")]
    pub template: Option<PathBuf>,
    /// Write nothing; show what would be written
    #[arg(long)]
    pub dry_run: bool,
    /// Which machine.
    #[command(flatten)]
    pub machine: MachineArgs,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Which machine to look at.
#[derive(Clone, Debug, Default, Args)]
pub struct MachineArgs {
    /// The interpreter that tells about Python: a path, a name or a version [default: the one uv would find]
    #[arg(short, long, value_name = "PYTHON")]
    pub python: Option<String>,
    /// Look at the files in this folder as if it were /: an image, unpacked or mounted; nothing of it is run
    #[arg(long, value_name = "FOLDER", conflicts_with = "python")]
    pub root: Option<PathBuf>,
}

/// Flags of `thoth check`.
#[derive(Clone, Debug, Default, Args)]
pub struct CheckArgs {
    /// Compare this environment only
    #[arg(short, long, alias = "runtime-environment", value_name = "NAME")]
    pub environment: Option<String>,
    /// Which machine.
    #[command(flatten)]
    pub machine: MachineArgs,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Which list of which file is changed.
#[derive(Clone, Debug, Default, Args)]
pub struct WhereArgs {
    /// Change this file [default: what `thoth advise` would read]
    #[arg(short, long, value_name = "FILE")]
    pub requirements: Option<String>,
    /// Change the files of this environment, where it has its own
    #[arg(short, long, alias = "runtime-environment", value_name = "NAME", conflicts_with = "requirements")]
    pub environment: Option<String>,
    /// Same as --group dev
    #[arg(long, conflicts_with_all = ["group", "extra"])]
    pub dev: bool,
    /// A dependency group (PEP 735), or a category of a Pipfile
    #[arg(long, value_name = "GROUP", conflicts_with = "extra")]
    pub group: Option<String>,
    /// An extra of the project
    #[arg(long, value_name = "EXTRA")]
    pub extra: Option<String>,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Flags of `thoth add`.
#[derive(Clone, Debug, Default, Args)]
pub struct AddArgs {
    /// What to require: PEP 508 (flask, 'flask[async]>=3', 'flask; python_version < "3.12"')
    #[arg(value_name = "PACKAGE", required = true)]
    pub packages: Vec<String>,
    /// Where it comes from, if not from the usual index; named in the file
    #[arg(short, long, value_name = "URL")]
    pub index_url: Option<String>,
    /// Where it is written.
    #[command(flatten)]
    pub place: WhereArgs,
}

/// Flags of `thoth remove`.
#[derive(Clone, Debug, Default, Args)]
pub struct RemoveArgs {
    /// The packages
    #[arg(value_name = "PACKAGE", required = true)]
    pub packages: Vec<String>,
    /// Where they are written; without a group or an extra, every list of the file counts.
    #[command(flatten)]
    pub place: WhereArgs,
}

/// Flags of `thoth list` and `thoth show`.
#[derive(Clone, Debug, Default, Args)]
pub struct OverviewArgs {
    /// What is looked at.
    #[command(flatten)]
    pub what: WhatArgs,
    /// For this environment of .thoth.yaml or [tool.thoth] [default: the first one, if there is any]
    #[arg(short = 'e', long, alias = "environment", value_name = "NAME")]
    pub runtime_environment: Option<String>,
    /// The lock [default: where `thoth advise` would write]
    #[command(flatten)]
    pub look: LookArgs,
}
