//! The command line: which flags exist, how they are spelt and what their help teaches.
//!
//! Flags are only collected here. What they mean together with variables and files is settled in [`crate::config`], which is
//! why nothing here has a default and every free text is still a text.

mod common;
mod inquiry;
mod project;
mod question;
mod resolve;
#[cfg(test)]
mod tests;

use clap::{Parser, Subcommand};

pub use common::{CommonArgs, DbCommand, DbUpdateArgs, FormatArgs};
pub use inquiry::{
    InquiryArgs, LookArgs, PipelineArgs, PipelineCommand, PipelineFormat, TreeArgs, WhyArgs, WhyNotArgs,
};
pub use project::{
    AddArgs, CheckArgs, ConfigArgs, ConfigCommand, DiscoverArgs, MachineArgs, OverviewArgs, RemoveArgs, WhereArgs,
};
pub use question::{DecisionArgs, EnvironmentArgs, LimitArgs, QuestionArgs, SourceArgs, WhatArgs};
pub use resolve::{OutputArgs, ReplayArgs, ResolveArgs, WalkArgs};

use crate::{
    feedback::{self, FeedbackArgs},
    health::{self, HealthArgs},
    monkey::{self, MonkeyArgs},
    prescription::{self, NoteArgs, PrescriptionCommand},
    scan::{self, ScanArgs},
};
use inquiry::{INQUIRY_CODES, TREE_EXAMPLES, WHY_EXAMPLES, WHY_NOT_EXAMPLES};
use project::{ADD_EXAMPLES, CHECK_CODES, CONFIG_EXAMPLES};
use resolve::EXAMPLES;

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
    /// Tell who looks after the projects behind releases, how well, and since when nobody does
    #[command(after_help = health::EXAMPLES)]
    Health(Box<HealthArgs>),
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
            Self::Feedback(_) | Self::Monkey(_) | Self::Scan(_) | Self::Health(_) | Self::Pipeline(_) => true,
            Self::Prescription(command) => matches!(command, PrescriptionCommand::Match(_)),
            Self::Config(config) => config.command.is_some(),
            _ => false,
        }
    }
}
