//! Flags of `thoth monkey`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{
    args::{DecisionArgs, EnvironmentArgs, FormatArgs, SourceArgs, WhatArgs},
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

Exit codes:
  0  done
  1  there is no stack at all
  2  usage, input, network or data error
  130  interrupted";

/// Flags of `thoth monkey`.
#[derive(Clone, Debug, Default, Args)]
pub struct MonkeyArgs {
    /// Which stacks.
    #[command(flatten)]
    pub stacks: StacksArgs,
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
    /// Write each stack as a lock to a folder of its own in this folder, after those that are there
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
