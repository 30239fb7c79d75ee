//! The flags of verbs that decide and write: `advise` and `replay`.

use std::path::PathBuf;

use clap::Args;

use super::{FormatArgs, LimitArgs, QuestionArgs};
use crate::settings::{Depth, LockFormat};

pub(super) const EXAMPLES: &str = "\
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
  thoth advise -t security --scan chosen        Leave out what looks hostile inside, too
  thoth advise --alternatives 3                 Also tell what fresher stacks cost in exposure
  echo 'flask>=3' | thoth advise -r - -o -      In and out through pipes";

/// Flags of a resolution.
#[derive(Clone, Debug, Default, Args)]
pub struct ResolveArgs {
    /// What is asked.
    #[command(flatten)]
    pub question: QuestionArgs,
    /// Resolve for every environment of .thoth.yaml or [tool.thoth], each with a lock of its own, and tell what differs
    #[arg(
        long,
        help_heading = "For which environment",
        conflicts_with_all = ["runtime_environment", "python", "python_version", "python_platform", "output", "save_problem", "plot"]
    )]
    pub all_environments: bool,
    /// Look into the files of releases while deciding, as `thoth scan` does: -t security --scan chosen leaves out what looks
    /// hostile, and upgrades tell what they can do that the lock's releases could not [default: none]
    #[arg(long, value_name = "HOW-FAR", value_enum, help_heading = "How to decide")]
    pub scan: Option<Depth>,
    /// What is written.
    #[command(flatten)]
    pub output: OutputArgs,
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
    /// Tell so many of the best stacks: each proved to be the next best, or what a predictor found. --format thoth-json
    /// has each with its lock [default: 1]
    #[arg(long, value_name = "NUMBER")]
    pub count: Option<String>,
    /// A predictor holds so many partial stacks, or nodes of its tree, at most [default: 10000]
    #[arg(long, value_name = "NUMBER")]
    pub beam_width: Option<String>,
    /// Read at least the newest so many releases of every package for a predictor, up to 64 [default: 8]
    #[arg(long, value_name = "NUMBER")]
    pub limit_latest_versions: Option<String>,
    /// A package whose combinations --predictor package-combinations enumerates [default: all]; repeatable
    #[arg(long, value_name = "PACKAGE")]
    pub combination: Vec<String>,
    /// Keep what a predictor learned, and begin with what was learned of the same requirements before (td)
    #[arg(long)]
    pub keep_policy: bool,
    /// Draw the run of a predictor to this file, by its extension SVG or PNG: --predictor annealing --plot walk.svg
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
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
