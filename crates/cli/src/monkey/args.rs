//! Flags of `thoth monkey`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{
    args::{FormatArgs, QuestionArgs},
    settings::LockFormat,
};

/// Examples and exit codes of `thoth monkey`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  thoth monkey --count 5                        Show five stacks, the preferred releases first
  thoth monkey --decision combinations --combine jinja2,markupsafe -o stacks
                                                Each combination of two packages as stacks/N/requirements.txt
  thoth monkey --decision random --seed 7 --count 20 --lock-format pylock -o stacks
                                                Twenty stacks at random, each as stacks/N/pylock.toml
  thoth monkey --decision learn --exec 'pytest -q' --jobs 4
                                                Run the tests with each of ten stacks that tell most
  thoth monkey --bisect --good before.txt --bad requirements.txt --exec 'pytest -q'
                                                Find the release between two locks that breaks the tests

With --exec this runs the code of the packages, as installing and using them always does; nothing is run without it.
Each stack gets a fresh virtual environment, wheels whose hashes are those of the lock, and where the system can (Linux
with unshare) namespaces without network. What happened is kept in the knowledge base, where it counts in later runs.

Exit codes:
  0  done; with --exec, every stack passed; with --bisect, it is known what is to blame
  1  there is no stack at all; with --exec, a stack failed; with --bisect, it is not known what is to blame
  2  usage, input, network or data error
  130  interrupted";

/// Flags of `thoth monkey`.
#[derive(Clone, Debug, Default, Args)]
pub struct MonkeyArgs {
    /// Which stacks.
    #[command(flatten)]
    pub stacks: StacksArgs,
    /// How they are tried.
    #[command(flatten)]
    pub trials: TrialArgs,
    /// Which release breaks.
    #[command(flatten)]
    pub bisect: BisectArgs,
    /// What is asked.
    #[command(flatten)]
    pub question: QuestionArgs,
}

/// Which stacks, and where they go.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Which stacks")]
pub struct StacksArgs {
    /// How stacks are drawn [default: all]
    #[arg(long = "decision", value_name = "HOW", value_enum)]
    pub how: Option<DecisionWord>,
    /// Combine the releases of this package; the rest stays at the best stack; repeatable, or separated by commas
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',')]
    pub combine: Vec<String>,
    /// Draw so many stacks at most [default: 10]
    #[arg(long, value_name = "NUMBER")]
    pub count: Option<usize>,
    /// What chance comes from: the same seed draws the same stacks [default: 0]
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// Draw from the newest so many releases of every package at least, up to 64 [default: 8]
    #[arg(long, value_name = "NUMBER")]
    pub limit_latest_versions: Option<usize>,
    /// Write each stack as a lock to a folder of its own in this folder, after those that are there [default with --exec:
    /// .thoth/monkey]
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// The format of the locks [default: requirements]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub lock_format: Option<LockFormat>,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// How stacks are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DecisionWord {
    /// All there are, those with the preferred releases first
    All,
    /// At random, all releases alike
    Random,
    /// Each combination of the releases of the packages named with --combine
    Combinations,
    /// What tells most: releases, and pairs of releases, that were tried least
    Learn,
}

/// How stacks are tried.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "How they are tried")]
pub struct TrialArgs {
    /// Run this command with each stack, in a fresh virtual environment: this runs code of the packages
    #[arg(long, value_name = "COMMAND")]
    pub exec: Option<String>,
    /// What the command does [default: test]
    #[arg(long, value_name = "STAGE", value_enum, requires = "exec")]
    pub stage: Option<StageWord>,
    /// Try so many stacks at once [default: 1]
    #[arg(long, value_name = "NUMBER", requires = "exec")]
    pub jobs: Option<usize>,
    /// End the command, and each step of installing, after so many seconds [default: 600]
    #[arg(long, value_name = "SECONDS", requires = "exec")]
    pub timeout_each: Option<f64>,
    /// Let each process of the command take so much memory (500MB, 2GiB)
    #[arg(long, value_name = "SIZE", requires = "exec")]
    pub memory_each: Option<String>,
    /// Let the command use the network
    #[arg(long, requires = "exec")]
    pub allow_network: bool,
    /// Build source distributions, which runs their code with the network
    #[arg(long, requires = "exec")]
    pub allow_builds: bool,
    /// Pass this variable to the command; repeatable
    #[arg(long = "env", value_name = "NAME", requires = "exec")]
    pub variables: Vec<String>,
    /// Draw which releases passed to this file, by its extension SVG or PNG
    #[arg(long, value_name = "FILE", requires = "exec", conflicts_with = "bisect")]
    pub plot: Option<PathBuf>,
    /// Write what is to blame as prescriptions to this new file; `--prescriptions FILE` makes it count
    #[arg(long, value_name = "FILE", requires = "exec")]
    pub write_prescriptions: Option<PathBuf>,
}

/// Which release breaks.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Which release breaks")]
pub struct BisectArgs {
    /// Find the release, or the fewest releases, between two locks with which the command of --exec begins to fail
    #[arg(
        long,
        requires_all = ["good", "bad", "exec"],
        conflicts_with_all = ["how", "combine", "count", "seed", "limit_latest_versions", "output", "lock_format", "jobs"]
    )]
    pub bisect: bool,
    /// The lock with which the command works
    #[arg(long, value_name = "LOCK", requires = "bisect")]
    pub good: Option<PathBuf>,
    /// The lock with which it fails
    #[arg(long, value_name = "LOCK", requires = "bisect")]
    pub bad: Option<PathBuf>,
}

/// What a command does with a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StageWord {
    /// Builds something
    Build,
    /// Imports packages
    Import,
    /// Runs tests
    Test,
    /// Runs the application, or measures it
    Run,
}
