//! The command line: which flags exist, how they are spelt and what their help teaches.
//!
//! Flags are only collected here. What they mean together with variables and files is settled in [`crate::config`], which is
//! why nothing here has a default and every free text is still a text.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

use crate::{
    feedback::{self, FeedbackArgs},
    monkey::{self, MonkeyArgs},
    prescription::{self, NoteArgs, PrescriptionCommand},
    scan::{self, ScanArgs},
    settings::{
        Color, IndexStrategy, KeyringProvider, LockFormat, Prerelease, RecommendationType, ReportFormat, Resolution,
    },
};

const EXAMPLES: &str = "\
Examples:
  thoth advise                                  Lock what the project in this folder declares
  thoth advise -r requirements.in -o requirements.txt
                                                Lock a requirements file, in the format of the output's name
  thoth advise -t security --exclude-newer 7d   Fail on what remains vulnerable; nothing younger than a week
  thoth advise --python-version 3.12 --python-platform aarch64-manylinux_2_28
                                                For another environment than this one
  thoth advise --index corp=https://pkgs.example/simple --index-pin our-library=corp
                                                One package from the company's index, the rest from PyPI
  thoth advise --all-environments               For each environment of .thoth.yaml, and what differs
  thoth advise --alternatives 3                 Also tell what fresher stacks cost in exposure
  echo 'flask>=3' | thoth advise -r - -o -      In and out through pipes";

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  no acceptable stack (nothing is written), or a vulnerability remains with `-t security` (the best lock
     is written; --exit-zero makes this 0)
  2  usage, input, network or data error, or a limit was reached before there was any stack
  130  interrupted; the best stack so far is locked, if there is one

With --timeout, --memory-limit or Ctrl-C the search ends with the best stack so far: it is locked, and the
report says how much better one could be. With the first two, the exit code is that of a full run.

Every flag can be set as a variable (--exclude-newer is THOTH_EXCLUDE_NEWER; lists are separated by spaces)
and as a key of thoth.toml or of [tool.thoth] in pyproject.toml (exclude-newer = \"7d\"). A flag beats a
variable, a variable the project's file, that the user's, that pip's and uv's own configuration; what is in
effect, and who said it, tells `thoth config show`.";

const INQUIRY_CODES: &str = "\
Nothing is locked: it is asked about the stack that `thoth advise` with the same flags would lock, whose existing
lock counts here too.

Exit codes:
  0  yes: it is in the stack
  1  no: it is not, or there is no stack at all
  2  usage, input, network or data error";

const WHY_EXAMPLES: &str = "\
Examples:
  thoth why urllib3                             Who requires it, what bounds it, what holds it back
  thoth why urllib3 -r requirements.in --python-version 3.12
                                                For another project and environment
  thoth why colorama                            If it is not in the stack: what could bring it in";

const WHY_NOT_EXAMPLES: &str = "\
Examples:
  thoth why-not 'urllib3==2.2.1'                Quotes keep the shell from reading < and > as files
  thoth why-not 'urllib3>=2' -r requirements.in Any specifier will do
  thoth why-not pandas                          At any version";

const TREE_EXAMPLES: &str = "\
Examples:
  thoth tree                                    The stack of the project in this folder
  thoth tree -r requirements.in --depth 1       Only what the project itself requires
  thoth tree --package flask                    What flask leads to
  thoth tree --invert werkzeug                  Who requires werkzeug, up to the project's own requirements
  thoth tree --format json | jq '.answer.edges' For programs";

const ADD_EXAMPLES: &str = "\
The file is changed where it has to be and nowhere else, and read again before it is replaced. A requirement on the same
package is changed in place and keeps its extras and its marker; a list in alphabetical order stays in it.

Examples:
  thoth add 'flask>=3' jinja2                   Quotes keep the shell from reading < and > as files
  thoth add --dev pytest                        To the group `dev` of pyproject.toml, or dev-packages of a Pipfile
  thoth add torch -i https://wheels.example/cpu A package from an index of its own
  thoth add -e prod flask                       To the files of one environment, where it has its own";

const CONFIG_EXAMPLES: &str = "\
Nothing of the machine is run but its Python interpreter; everything else is read from files, and what is not found says
where it was looked for. An environment that is there already is changed where the machine is another, which is told;
comments and everything else in the file stay as they are.

Examples:
  thoth config                                  Add this machine to .thoth.yaml, named for its operating system
  thoth config -e gpu --dry-run                 What writing it as `gpu` would change
  thoth config --root mnt/image -e image        An image instead of this machine
  thoth config show                             The settings in effect, and who said them";

const CHECK_CODES: &str = "\
Exit codes:
  0  everything that is stated is so here; of several environments, for one of them
  1  something differs, in each of them
  2  nothing differs, but something could not be told here; or a usage or input error";

/// Picks the greatest set of Python releases that work together, says why, and locks it.
#[derive(Debug, Parser)]
#[command(name = "thoth", version, propagate_version = true, max_term_width = 110, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags of every command.
    #[command(flatten)]
    pub common: CommonArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Resolve what a project requires to the greatest stack, explain it and lock it
    #[command(visible_alias = "lock", after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
    Advise(Box<ResolveArgs>),
    /// Show the stack as a tree: what requires what, with which bounds
    #[command(after_help = format!("{TREE_EXAMPLES}\n\n{INQUIRY_CODES}"))]
    Tree(Box<TreeArgs>),
    /// Tell why a package is in the stack, and why at this version
    #[command(after_help = format!("{WHY_EXAMPLES}\n\n{INQUIRY_CODES}"))]
    Why(Box<WhyArgs>),
    /// Tell what would have to give for another release of a package
    #[command(after_help = format!("{WHY_NOT_EXAMPLES}\n\n{INQUIRY_CODES}"))]
    WhyNot(Box<WhyNotArgs>),
    /// Draw stacks worth testing: write each as a lock, or run a command with each
    #[command(after_help = monkey::EXAMPLES)]
    Monkey(Box<MonkeyArgs>),
    /// Look inside releases, archives and folders: weaknesses, what attackers add, and archives that are not what they seem
    #[command(after_help = scan::EXAMPLES)]
    Scan(Box<ScanArgs>),
    /// Decide a saved problem once more, without a network: the same report, and the same lock where -o asks for it
    Replay(ReplayArgs),
    /// Check, try and begin prescriptions: rules of experience written as YAML
    #[command(subcommand)]
    Prescription(PrescriptionCommand),
    /// Write down what you learned about a package, for this project's next resolutions
    #[command(after_help = prescription::NOTE_EXAMPLES)]
    Note(NoteArgs),
    /// Tell what happened to a stack, so that it counts next time; or exchange such observations with others
    #[command(after_help = feedback::EXAMPLES)]
    Feedback(Box<FeedbackArgs>),
    /// Look after the knowledge base: what Thoth has stored of indexes, advisories and runs
    #[command(subcommand)]
    Db(DbCommand),
    /// Find out what this machine is and write it into .thoth.yaml, or show the settings in effect
    #[command(args_conflicts_with_subcommands = true, after_help = CONFIG_EXAMPLES)]
    Config(Box<ConfigArgs>),
    /// Compare the environments of .thoth.yaml with this machine
    #[command(after_help = CHECK_CODES)]
    Check(CheckArgs),
    /// Name the runtime environments of the project
    Environments(FormatArgs),
    /// Require packages: edit requirements.in, pyproject.toml or Pipfile, keeping comments, order and markers
    #[command(after_help = ADD_EXAMPLES)]
    Add(AddArgs),
    /// Require packages no more
    Remove(RemoveArgs),
    /// List what the project requires, and what is locked of it
    List(Box<OverviewArgs>),
    /// Show the project, its environments and its lock in short
    Show(Box<OverviewArgs>),
    /// Tell which units take part in a run: what is filtered, weighed and told
    #[command(subcommand)]
    Pipeline(PipelineCommand),
}

impl Command {
    /// Whether the environments of the project have to be known.
    pub(crate) fn asks_for_environments(&self) -> bool {
        !matches!(self, Self::Db(_) | Self::Replay(_))
    }

    /// Whether it is done for one of the project's environments.
    pub(crate) fn is_for_an_environment(&self) -> bool {
        match self {
            Self::Advise(_) | Self::Tree(_) | Self::Why(_) | Self::WhyNot(_) | Self::List(_) | Self::Show(_) => true,
            Self::Feedback(_) | Self::Monkey(_) | Self::Scan(_) => true,
            Self::Config(config) => config.command.is_some(),
            _ => false,
        }
    }
}

/// What to tell of the pipeline.
#[derive(Debug, Subcommand)]
pub enum PipelineCommand {
    /// Print the units that `thoth advise` with the same flags would have, and which prescriptions could fire
    Show(Box<PipelineArgs>),
}

/// Flags of `thoth pipeline show`.
#[derive(Clone, Debug, Default, Args)]
pub struct PipelineArgs {
    /// What the project requires.
    #[command(flatten)]
    pub what: WhatArgs,
    /// Where releases, advisories and prescriptions come from.
    #[command(flatten)]
    pub sources: SourceArgs,
    /// The environment it is for.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
    /// How one release is preferred to another.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The existing lock, which is not written; - for none
    #[arg(short, long, alias = "output-file", value_name = "FILE", help_heading = "What to look at")]
    pub output: Option<String>,
    /// Show what does not take part, too, and why: units, the original's units, prescriptions
    #[arg(long, help_heading = "What to look at")]
    pub all: bool,
    /// The form of the answer; `yaml` is a file for --pipeline
    #[arg(long, value_name = "FORMAT", value_enum, help_heading = "What to look at")]
    pub format: Option<PipelineFormat>,
}

/// In which form a pipeline is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum PipelineFormat {
    /// For people
    Text,
    /// For programs, with a schema version
    Json,
    /// A file for `--pipeline`
    Yaml,
}

/// What to do with the knowledge base.
#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// Tell what is stored, how old it is and how large
    Status(FormatArgs),
    /// Fetch the advisories anew
    Update(DbUpdateArgs),
    /// Print where it is
    Path,
    /// Remove everything stored, observations too: `thoth feedback --export FILE` keeps them elsewhere
    Clear,
}

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

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print each setting that `advise` with the same flags would run with, and where it was said; credentials are masked
    Show(Box<ResolveArgs>),
}

/// Flags of every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Talk and storage")]
pub struct CommonArgs {
    /// Say less: no progress and no summary; twice: no warnings
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub quiet: u8,
    /// Say more: what is done; twice: how; three times: everything
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// When to use colour (NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE are honoured)
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    pub color: Option<Color>,
    /// Same as --color never
    #[arg(long, global = true, hide = true, conflicts_with = "color")]
    pub no_color: bool,
    /// Show no progress
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Use no network: answer from what is stored, or say what is missing
    #[arg(long, global = true, overrides_with = "no_offline")]
    pub offline: bool,
    /// Use the network, whatever variables and files say
    #[arg(long, global = true, hide = true, overrides_with = "offline")]
    pub no_offline: bool,
    /// Where the knowledge base is kept [default: thoth in the platform's data folder]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub cache_dir: Option<PathBuf>,
    /// Start with an empty knowledge base and keep nothing
    #[arg(short = 'n', long, global = true, visible_alias = "no-cache-dir")]
    pub no_cache: bool,
    /// Give up a try after so many seconds of silence; up to four are made [default: 30]
    #[arg(long, global = true, value_name = "SECONDS")]
    pub http_timeout: Option<String>,
    /// Trust the certificates in this file (PEM) instead of the system's
    #[arg(long, global = true, value_name = "FILE")]
    pub cert: Option<PathBuf>,
    /// Read this thoth.toml instead of the project's and the user's
    #[arg(long, global = true, value_name = "FILE")]
    pub config_file: Option<PathBuf>,
    /// Read no configuration file at all: Thoth's, pip's or uv's
    #[arg(long, global = true)]
    pub no_config: bool,
    /// Work in this folder
    #[arg(short = 'C', long, global = true, value_name = "FOLDER")]
    pub directory: Option<PathBuf>,
}

/// The form of a report.
#[derive(Clone, Debug, Default, Args)]
pub struct FormatArgs {
    /// The form of the report on standard output
    #[arg(long, alias = "output-format", value_name = "FORMAT", value_enum)]
    pub format: Option<ReportFormat>,
}

/// Flags of `thoth replay`.
#[derive(Clone, Debug, Default, Args)]
pub struct ReplayArgs {
    /// A file that `thoth advise --save-problem` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Write the lock to this file, in the format it was saved for; - is standard output [default: it is not written]
    #[arg(short, long, alias = "output-file", value_name = "FILE")]
    pub output: Option<String>,
    /// Decide with the units that this file names; boots have done their part, and rules of prescriptions stay
    #[arg(long, value_name = "FILE")]
    pub pipeline: Option<PathBuf>,
    /// When to end with the best so far.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// How the stack is searched for, whatever was saved.
    #[command(flatten)]
    pub walk: WalkArgs,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// How a predictor walks for the stack.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "How to search")]
pub struct WalkArgs {
    /// Take the best stack that this predictor finds: td, mcts, annealing, hill-climbing, sampling, random-walk,
    /// termial-walk, latest or package-combinations [default: exact, which proves that none is better]
    #[arg(long, value_name = "NAME")]
    pub predictor: Option<String>,
    /// What a predictor's chance comes from: the same seed walks the same way [default: 0]
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<String>,
    /// A predictor walks so many stacks at most [default: 100000]
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<String>,
    /// Tell so many of the best stacks that a predictor found [default: 1]
    #[arg(long, value_name = "NUMBER")]
    pub count: Option<String>,
    /// A predictor holds so many partial stacks, or nodes of its tree, at most [default: 10000]
    #[arg(long, value_name = "NUMBER")]
    pub beam_width: Option<String>,
    /// Read at least the newest so many releases of every package for a predictor, up to 64 [default: 8]
    #[arg(long, value_name = "NUMBER")]
    pub limit_latest_versions: Option<String>,
    /// A package whose combinations --predictor package-combinations enumerates
    #[arg(long, value_name = "PACKAGE")]
    pub combination: Vec<String>,
    /// Keep what a predictor learned, and begin with what was learned of the same requirements before (td)
    #[arg(long)]
    pub keep_policy: bool,
    /// Draw the run of a predictor to this file, by its extension SVG or PNG: --predictor annealing --plot walk.svg
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
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

/// Flags of `thoth db update`.
#[derive(Clone, Debug, Default, Args)]
pub struct DbUpdateArgs {
    /// Load advisories from here (folder, archive, record or URL) rather than OSV's dump for PyPI; repeatable
    #[arg(long, value_name = "SOURCE")]
    pub advisories: Vec<String>,
    /// Fetch even what has not changed
    #[arg(long)]
    pub refresh: bool,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Flags of a resolution.
#[derive(Clone, Debug, Default, Args)]
pub struct ResolveArgs {
    /// What to resolve.
    #[command(flatten)]
    pub what: WhatArgs,
    /// Where releases come from.
    #[command(flatten)]
    pub sources: SourceArgs,
    /// The environment it is for.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
    /// Resolve for every environment of .thoth.yaml or [tool.thoth], each with a lock of its own, and tell what differs
    #[arg(
        long,
        help_heading = "For which environment",
        conflicts_with_all = ["runtime_environment", "python", "python_version", "python_platform", "output", "save_problem", "plot"]
    )]
    pub all_environments: bool,
    /// How one release is preferred to another.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// What is written.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Flags of a question about the stack: those of a resolution, without what it writes.
#[derive(Clone, Debug, Default, Args)]
pub struct InquiryArgs {
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
    /// What is looked at and shown.
    #[command(flatten)]
    pub look: LookArgs,
}

/// What is looked at and shown.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What to look at")]
pub struct LookArgs {
    /// The existing lock, which counts and is not written; - for none [default: where `thoth advise` would write]
    #[arg(short, long, alias = "output-file", value_name = "FILE")]
    pub output: Option<String>,
    /// The form of the answer.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Flags of `thoth why`.
#[derive(Clone, Debug, Default, Args)]
pub struct WhyArgs {
    /// The package to ask about
    #[arg(value_name = "PACKAGE")]
    pub package: String,
    /// Flags of the question.
    #[command(flatten)]
    pub inquiry: InquiryArgs,
}

/// Flags of `thoth why-not`.
#[derive(Clone, Debug, Default, Args)]
pub struct WhyNotArgs {
    /// What to ask about: a package with versions, in quotes ('urllib3==2.2.1', 'urllib3<2', 'requests[socks]')
    #[arg(value_name = "REQUIREMENT")]
    pub requirement: String,
    /// Flags of the question.
    #[command(flatten)]
    pub inquiry: InquiryArgs,
}

/// Flags of `thoth tree`.
#[derive(Clone, Debug, Default, Args)]
pub struct TreeArgs {
    /// Flags of the question.
    #[command(flatten)]
    pub inquiry: InquiryArgs,
    /// Turn the tree around: who requires PACKAGE, or every release that itself requires nothing
    #[arg(long, value_name = "PACKAGE", num_args = 0..=1, help_heading = "What to look at")]
    pub invert: Option<Option<String>>,
    /// Begin with this package; repeatable
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',', help_heading = "What to look at")]
    pub package: Vec<String>,
    /// Show so many steps from the top only
    #[arg(short, long, value_name = "NUMBER", help_heading = "What to look at")]
    pub depth: Option<usize>,
    /// Repeat what is shown elsewhere instead of marking it with (*)
    #[arg(long, help_heading = "What to look at")]
    pub no_dedupe: bool,
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
    /// Load advisories from here (folder, archive, record or URL; osv is OSV's dump for PyPI); repeatable [default: osv]
    #[arg(long, value_name = "SOURCE")]
    pub advisories: Vec<String>,
    /// Load prescriptions from here (folder, archive, YAML file or URL), beside the project's own in .thoth/prescriptions;
    /// none is for neither; repeatable
    #[arg(long, alias = "prescription", value_name = "SOURCE")]
    pub prescriptions: Vec<String>,
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

/// What is written.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What to write")]
pub struct OutputArgs {
    /// Write the lock to this file, in the format of its name (pylock.toml, requirements.txt, Pipfile.lock); - is standard output
    #[arg(short, long, alias = "output-file", value_name = "FILE")]
    pub output: Option<String>,
    /// Write the lock in this format, whatever the file's name
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub lock_format: Option<LockFormat>,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
    /// Tell up to NUMBER other stacks too: how exposed is a fresher one, how far behind a less exposed one [default: 0]
    #[arg(long, value_name = "NUMBER")]
    pub alternatives: Option<String>,
    /// How the stack is searched for.
    #[command(flatten)]
    pub walk: WalkArgs,
    /// Save all that the decision is made of to this file, for `thoth replay`, bug reports and benchmarks
    #[arg(long, value_name = "FILE")]
    pub save_problem: Option<PathBuf>,
    /// Exit 0 although a vulnerability remains with -t security
    #[arg(long, overrides_with = "no_exit_zero")]
    pub exit_zero: bool,
    /// Exit 1 then, whatever variables and files say
    #[arg(long, hide = true, overrides_with = "exit_zero")]
    pub no_exit_zero: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    fn help(path: &[&str]) -> String {
        let mut command = Cli::command().term_width(110);
        command.build();
        let mut found = &mut command;
        for name in path {
            found = found.find_subcommand_mut(name).unwrap();
        }
        let text = found.render_help().to_string();
        text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    #[test]
    fn the_help_of_thoth() {
        insta::assert_snapshot!(help(&[]), @r#"
        Picks the greatest set of Python releases that work together, says why, and locks it

        Usage: thoth [OPTIONS] <COMMAND>

        Commands:
          advise        Resolve what a project requires to the greatest stack, explain it and lock it [alias: lock]
          tree          Show the stack as a tree: what requires what, with which bounds
          why           Tell why a package is in the stack, and why at this version
          why-not       Tell what would have to give for another release of a package
          monkey        Draw stacks worth testing: write each as a lock, or run a command with each
          scan          Look inside releases, archives and folders: weaknesses, what attackers add, and archives that
                        are not what they seem
          replay        Decide a saved problem once more, without a network: the same report, and the same lock where
                        -o asks for it
          prescription  Check, try and begin prescriptions: rules of experience written as YAML
          note          Write down what you learned about a package, for this project's next resolutions
          feedback      Tell what happened to a stack, so that it counts next time; or exchange such observations with
                        others
          db            Look after the knowledge base: what Thoth has stored of indexes, advisories and runs
          config        Find out what this machine is and write it into .thoth.yaml, or show the settings in effect
          check         Compare the environments of .thoth.yaml with this machine
          environments  Name the runtime environments of the project
          add           Require packages: edit requirements.in, pyproject.toml or Pipfile, keeping comments, order and
                        markers
          remove        Require packages no more
          list          List what the project requires, and what is locked of it
          show          Show the project, its environments and its lock in short
          pipeline      Tell which units take part in a run: what is filtered, weighed and told
          help          Print this message or the help of the given subcommand(s)

        Options:
          -h, --help     Print help (see more with '--help')
          -V, --version  Print version

        Talk and storage:
          -q, --quiet...                Say less: no progress and no summary; twice: no warnings
          -v, --verbose...              Say more: what is done; twice: how; three times: everything
              --color <WHEN>            When to use colour (NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE are honoured)
                                        [possible values: auto, always, never]
              --no-progress             Show no progress
              --offline                 Use no network: answer from what is stored, or say what is missing
              --cache-dir <FOLDER>      Where the knowledge base is kept [default: thoth in the platform's data
                                        folder]
          -n, --no-cache                Start with an empty knowledge base and keep nothing [alias: --no-cache-dir]
              --http-timeout <SECONDS>  Give up a try after so many seconds of silence; up to four are made [default:
                                        30]
              --cert <FILE>             Trust the certificates in this file (PEM) instead of the system's
              --config-file <FILE>      Read this thoth.toml instead of the project's and the user's
              --no-config               Read no configuration file at all: Thoth's, pip's or uv's
          -C, --directory <FOLDER>      Work in this folder

        Exit codes:
          0  done
          1  no acceptable stack (nothing is written), or a vulnerability remains with `-t security` (the best lock
             is written; --exit-zero makes this 0)
          2  usage, input, network or data error, or a limit was reached before there was any stack
          130  interrupted; the best stack so far is locked, if there is one

        With --timeout, --memory-limit or Ctrl-C the search ends with the best stack so far: it is locked, and the
        report says how much better one could be. With the first two, the exit code is that of a full run.

        Every flag can be set as a variable (--exclude-newer is THOTH_EXCLUDE_NEWER; lists are separated by spaces)
        and as a key of thoth.toml or of [tool.thoth] in pyproject.toml (exclude-newer = "7d"). A flag beats a
        variable, a variable the project's file, that the user's, that pip's and uv's own configuration; what is in
        effect, and who said it, tells `thoth config show`.
        "#);
    }

    #[test]
    fn the_help_of_advise() {
        insta::assert_snapshot!(help(&["advise"]), @r#"
        Resolve what a project requires to the greatest stack, explain it and lock it

        Usage: thoth advise [OPTIONS] [FILE]...

        Options:
          -h, --help     Print help (see more with '--help')
          -V, --version  Print version

        What to resolve:
          -r, --requirements <FILE>  Resolve this requirements file, pyproject.toml, Pipfile or script with inline
                                     metadata; - is standard input; repeatable
          -c, --constraints <FILE>   Bound the releases of what is in the stack anyway by this requirements file;
                                     repeatable
              --override <FILE>      Let this requirements file replace every other requirement on the packages it
                                     names; repeatable
              --extra <EXTRA>        Include this extra of the project; repeatable
              --all-extras           Include every extra of the project
              --group <GROUP>        Include this dependency group (PEP 735) or Pipfile category; repeatable
              --all-groups           Include every dependency group
          [FILE]...                  Files to resolve together, as -r [default: what this folder holds]

        Where from:
          -i, --index-url <URL>              The index that is asked last [default: PyPI]
              --extra-index-url <URL>        Another index, asked before it; repeatable
              --index <NAME=URL>             Another index with a name for --index-pin, asked before all others;
                                             repeatable
              --index-pin <PACKAGE=NAME>     Take this package from the index of that name only; repeatable
              --index-strategy <STRATEGY>    What happens when several indexes know a package [default: first-index]
                                             [possible values: first-index, unsafe-best-match]
          -f, --find-links <PLACE>           Also take files from this folder or page of links; repeatable
              --no-index                     Ask no index, only --find-links
              --keyring-provider <PROVIDER>  Ask the keyring command for passwords [default: disabled] [possible
                                             values: disabled, subprocess]
              --trusted-host <HOST>          Do not check the certificate of this host (HOST or HOST:PORT); repeatable
              --advisories <SOURCE>          Load advisories from here (folder, archive, record or URL; osv is OSV's
                                             dump for PyPI); repeatable [default: osv]
              --prescriptions <SOURCE>       Load prescriptions from here (folder, archive, YAML file or URL), beside
                                             the project's own in .thoth/prescriptions; none is for neither;
                                             repeatable
              --no-experience                Leave out of account what `thoth feedback` was told of releases in this
                                             kind of environment
              --refresh                      Ask again for everything that is stored

        For which environment:
          -e, --runtime-environment <NAME>  Resolve for this environment of .thoth.yaml or [tool.thoth] [default: the
                                            first one, if there is any]
          -p, --python <PYTHON>             The interpreter whose environment it is: a path, a name or a version
                                            [default: the one uv would find]
              --python-version <VERSION>    Resolve for this Python version (3.11 or 3.11.7) instead of the
                                            interpreter's
              --python-platform <PLATFORM>  Resolve for this platform (linux, windows, x86_64-manylinux_2_28,
                                            aarch64-apple-darwin, ...) instead of this one
              --implementation <NAME>       Resolve for this implementation of Python (cpython, pypy)
              --all-environments            Resolve for every environment of .thoth.yaml or [tool.thoth], each with a
                                            lock of its own, and tell what differs

        How to decide:
          -t, --recommendation-type <TYPE>  What greatest means [default: stable] [possible values: latest, stable,
                                            security, performance, testing]
              --timeout <SECONDS>           Take the best stack so far after so many seconds, requests included
              --memory-limit <SIZE>         Take the best stack so far when the process takes so much memory (500MB,
                                            2GiB)
              --ignore <ID>                 Do not count this vulnerability, by any of its ids; repeatable
          -l, --label <NAME=VALUE>          Label the run for prescriptions that ask for it; several are separated by
                                            semicolons; repeatable
              --pipeline <FILE>             Decide with the units that this file names, and those that nothing can be
                                            chosen without; `thoth pipeline show --format yaml` prints one to begin
                                            with [default: the usual units]
              --exclude-newer <WHEN>        Disregard files uploaded after this instant: 2025-06-30T12:00:00Z,
                                            2025-06-30 (the whole day counts, in UTC), or an age such as 7d, "2 weeks"
                                            or P7D; false lifts a limit set elsewhere
              --prerelease <MODE>           Which pre-releases count [default: if-necessary-or-explicit] [possible
                                            values: allow, disallow, if-necessary, explicit, if-necessary-or-explicit]
              --pre                         Same as --prerelease allow
              --resolution <END>            Which end of the allowed versions is preferred [default: highest]
                                            [possible values: highest, lowest, lowest-direct]
              --only-binary <PACKAGE>       Use no source distribution of this package, or of any with :all:;
                                            repeatable
              --no-binary <PACKAGE>         Use no wheel of this package, or of any with :all:; repeatable
          -U, --upgrade                     Choose anew instead of keeping what the existing lock holds
          -P, --upgrade-package <PACKAGE>   Choose this package anew; repeatable

        What to write:
          -o, --output <FILE>          Write the lock to this file, in the format of its name (pylock.toml,
                                       requirements.txt, Pipfile.lock); - is standard output
              --lock-format <FORMAT>   Write the lock in this format, whatever the file's name [possible values:
                                       pylock, requirements, pipfile]
              --format <FORMAT>        The form of the report on standard output [possible values: text, json,
                                       thoth-json]
              --alternatives <NUMBER>  Tell up to NUMBER other stacks too: how exposed is a fresher one, how far
                                       behind a less exposed one [default: 0]

        How to search:
              --predictor <NAME>                Take the best stack that this predictor finds: td, mcts, annealing,
                                                hill-climbing, sampling, random-walk, termial-walk, latest or
                                                package-combinations [default: exact, which proves that none is
                                                better]
              --seed <NUMBER>                   What a predictor's chance comes from: the same seed walks the same way
                                                [default: 0]
              --limit <NUMBER>                  A predictor walks so many stacks at most [default: 100000]
              --count <NUMBER>                  Tell so many of the best stacks that a predictor found [default: 1]
              --beam-width <NUMBER>             A predictor holds so many partial stacks, or nodes of its tree, at
                                                most [default: 10000]
              --limit-latest-versions <NUMBER>  Read at least the newest so many releases of every package for a
                                                predictor, up to 64 [default: 8]
              --combination <PACKAGE>           A package whose combinations --predictor package-combinations
                                                enumerates
              --keep-policy                     Keep what a predictor learned, and begin with what was learned of the
                                                same requirements before (td)
              --plot <FILE>                     Draw the run of a predictor to this file, by its extension SVG or PNG:
                                                --predictor annealing --plot walk.svg
              --save-problem <FILE>             Save all that the decision is made of to this file, for `thoth
                                                replay`, bug reports and benchmarks
              --exit-zero                       Exit 0 although a vulnerability remains with -t security

        Talk and storage:
          -q, --quiet...                Say less: no progress and no summary; twice: no warnings
          -v, --verbose...              Say more: what is done; twice: how; three times: everything
              --color <WHEN>            When to use colour (NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE are honoured)
                                        [possible values: auto, always, never]
              --no-progress             Show no progress
              --offline                 Use no network: answer from what is stored, or say what is missing
              --cache-dir <FOLDER>      Where the knowledge base is kept [default: thoth in the platform's data
                                        folder]
          -n, --no-cache                Start with an empty knowledge base and keep nothing [alias: --no-cache-dir]
              --http-timeout <SECONDS>  Give up a try after so many seconds of silence; up to four are made [default:
                                        30]
              --cert <FILE>             Trust the certificates in this file (PEM) instead of the system's
              --config-file <FILE>      Read this thoth.toml instead of the project's and the user's
              --no-config               Read no configuration file at all: Thoth's, pip's or uv's
          -C, --directory <FOLDER>      Work in this folder

        Examples:
          thoth advise                                  Lock what the project in this folder declares
          thoth advise -r requirements.in -o requirements.txt
                                                        Lock a requirements file, in the format of the output's name
          thoth advise -t security --exclude-newer 7d   Fail on what remains vulnerable; nothing younger than a week
          thoth advise --python-version 3.12 --python-platform aarch64-manylinux_2_28
                                                        For another environment than this one
          thoth advise --index corp=https://pkgs.example/simple --index-pin our-library=corp
                                                        One package from the company's index, the rest from PyPI
          thoth advise --all-environments               For each environment of .thoth.yaml, and what differs
          thoth advise --alternatives 3                 Also tell what fresher stacks cost in exposure
          echo 'flask>=3' | thoth advise -r - -o -      In and out through pipes

        Exit codes:
          0  done
          1  no acceptable stack (nothing is written), or a vulnerability remains with `-t security` (the best lock
             is written; --exit-zero makes this 0)
          2  usage, input, network or data error, or a limit was reached before there was any stack
          130  interrupted; the best stack so far is locked, if there is one

        With --timeout, --memory-limit or Ctrl-C the search ends with the best stack so far: it is locked, and the
        report says how much better one could be. With the first two, the exit code is that of a full run.

        Every flag can be set as a variable (--exclude-newer is THOTH_EXCLUDE_NEWER; lists are separated by spaces)
        and as a key of thoth.toml or of [tool.thoth] in pyproject.toml (exclude-newer = "7d"). A flag beats a
        variable, a variable the project's file, that the user's, that pip's and uv's own configuration; what is in
        effect, and who said it, tells `thoth config show`.
        "#);
    }

    #[test]
    fn flags_are_spelt_as_with_uv_and_pip() {
        for line in [
            "lock -r a.txt --requirement b.txt -c c.txt --constraint d.txt --override e.txt --overrides f.txt",
            "advise --default-index https://a.example/ --extra-index-url https://b.example/ -f wheels --no-index",
            "advise -p 3.12 --python-version 3.12 --python-platform linux --implementation pypy",
            "advise --pre -U -P a -P b --output-file - --output-format json --ignore-vuln CVE-1 --allow-insecure-host a",
            "advise -n -qq -C . --color never pyproject.toml",
            "db status --format json",
            "-v db update --advisories folder",
            "config show -r a.txt",
        ] {
            Cli::try_parse_from(std::iter::once("thoth").chain(line.split(' ')))
                .unwrap_or_else(|error| panic!("{error}"));
        }
        for line in ["advise --resolution newest", "advise --all-extras --extra a", "advise --nonsense", ""] {
            let error = Cli::try_parse_from(std::iter::once("thoth").chain(line.split_whitespace())).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }
}
