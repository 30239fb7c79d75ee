//! Flags of `thoth prescription` and `thoth note`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::{
    args::{EnvironmentArgs, FormatArgs},
    settings::RecommendationType,
};

const CHECK_HELP: &str = "\
Examples:
  thoth prescription check .thoth/prescriptions  The project's own
  thoth prescription check rules.tar.zst -v      An archive, and what each unit would do
  thoth prescription check a.yaml b.yaml --format json

Exit codes:
  0  nothing is wrong; there may be warnings
  1  a unit or a file cannot be used
  2  a path cannot be read, or a usage error";

const MATCH_HELP: &str = "\
Examples:
  thoth prescription match numpy==1.24.3         What the prescriptions in effect say of it, here
  thoth prescription match numpy==1.24.3 scipy==1.10.0 -v
                                                 Of both together, and why the other units are silent
  thoth prescription match torch==2.0.0 --prescriptions rules --python-version 3.11 --python-platform linux

Exit codes:
  0  a unit fires
  1  none does
  2  usage, input or data error";

/// Examples of `thoth note`.
pub(crate) const NOTE_EXAMPLES: &str = "\
Examples:
  thoth note 'np.int is gone, our models break' --package 'numpy>=1.24'
  thoth note 'they crash together' --package 'pillow==8.3.0' --package 'numpy<1.21' --forbid
  thoth note 'slow start' --package 'pandas==2.0.*' --score -0.2 --link https://example.com/issue/1";

/// What to do with prescriptions.
#[derive(Debug, Subcommand)]
pub enum PrescriptionCommand {
    /// Tell what is wrong with prescriptions, and which of their units can never do anything
    #[command(after_help = CHECK_HELP)]
    Check(CheckArgs),
    /// Tell what prescriptions say of a release in an environment; -v tells why the rest is silent
    #[command(after_help = MATCH_HELP)]
    Match(Box<MatchArgs>),
    /// Begin a prescription: a commented file that is right as it is
    New(NewArgs),
}

/// Flags of `thoth prescription check`.
#[derive(Clone, Debug, Default, Args)]
pub struct CheckArgs {
    /// Folders, archives and YAML files
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Flags of `thoth prescription match`.
#[derive(Clone, Debug, Default, Args)]
pub struct MatchArgs {
    /// Releases that are in a stack together
    #[arg(value_name = "PACKAGE==VERSION", required = true)]
    pub releases: Vec<String>,
    /// Load prescriptions from here (folder, archive, YAML file or URL), beside the project's own; repeatable
    #[arg(long, alias = "prescription", value_name = "SOURCE")]
    pub prescriptions: Vec<String>,
    /// The index they come from [default: the one that is asked last]
    #[arg(long, value_name = "URL")]
    pub from: Option<String>,
    /// The environment it is for.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
    /// What greatest means [default: stable]
    #[arg(short = 't', long, value_name = "TYPE", value_enum)]
    pub recommendation_type: Option<RecommendationType>,
    /// Label the run for prescriptions that ask for it; repeatable
    #[arg(short, long, alias = "labels", value_name = "NAME=VALUE")]
    pub label: Vec<String>,
    /// Read here what is in the base image: an image that is unpacked or mounted, or / inside of a container
    #[arg(long, value_name = "FOLDER")]
    pub image_root: Option<PathBuf>,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Flags of `thoth prescription new`.
#[derive(Clone, Debug, Default, Args)]
pub struct NewArgs {
    /// The name of the unit
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What it does
    #[arg(long, value_name = "KIND", default_value = "step", value_parser = ["boot", "pseudonym", "sieve", "sieve.SkipPackage", "step",
        "step.SkipPackage", "step.AddPackage", "step.Group", "stride", "wrap", "wrap.GHReleaseNotes"])]
    pub kind: String,
    /// The file to write; - is standard output [default: NAME.yaml in .thoth/prescriptions]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Flags of `thoth note`.
#[derive(Clone, Debug, Default, Args)]
pub struct NoteArgs {
    /// What you learned, in a sentence
    #[arg(value_name = "TEXT")]
    pub text: String,
    /// A package with versions, in quotes; of several, all have to be in the stack
    #[arg(long, value_name = "REQUIREMENT", required = true)]
    pub package: Vec<String>,
    /// How serious it is [default: warning]
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    pub tone: Option<ToneWord>,
    /// Never choose it
    #[arg(long, conflicts_with = "score")]
    pub forbid: bool,
    /// Points for it, from -1.0 (avoid it where possible) to 1.0 (prefer it)
    #[arg(long, value_name = "POINTS", allow_hyphen_values = true)]
    pub score: Option<String>,
    /// Where more is told
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// The folder to write to [default: .thoth/prescriptions]
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
}

/// How serious a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ToneWord {
    /// Good to know
    Info,
    /// Better looked at
    Warning,
    /// Something is wrong
    Error,
}
