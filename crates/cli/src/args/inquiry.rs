//! The flags of verbs that ask about the stack: `why`, `why-not`, `tree`, and of `pipeline show`, which asks how it is found.

use clap::{Args, Subcommand};

use super::{FormatArgs, QuestionArgs};

pub(super) const INQUIRY_CODES: &str = "\
Nothing is locked: it is asked about the stack that `thoth advise` with the same flags would lock, whose existing
lock counts here too.

Exit codes:
  0  yes: it is in the stack
  1  no: it is not, or there is no stack at all
  2  usage, input, network or data error";

pub(super) const WHY_EXAMPLES: &str = "\
Examples:
  thoth why urllib3                             Who requires it, what bounds it, what holds it back
  thoth why urllib3 -r requirements.in --python-version 3.12
                                                For another project and environment
  thoth why colorama                            If it is not in the stack: what could bring it in";

pub(super) const WHY_NOT_EXAMPLES: &str = "\
Examples:
  thoth why-not 'urllib3==2.2.1'                Quotes keep the shell from reading < and > as files
  thoth why-not 'urllib3>=2' -r requirements.in Any specifier will do
  thoth why-not pandas                          At any version";

pub(super) const TREE_EXAMPLES: &str = "\
Examples:
  thoth tree                                    The stack of the project in this folder
  thoth tree -r requirements.in --depth 1       Only what the project itself requires
  thoth tree --package flask                    What flask leads to
  thoth tree --invert werkzeug                  Who requires werkzeug, up to the project's own requirements
  thoth tree --format json | jq '.answer.edges' For programs";

/// Flags of a question about the stack: those of a resolution, without what it writes.
#[derive(Clone, Debug, Default, Args)]
pub struct InquiryArgs {
    /// What is asked.
    #[command(flatten)]
    pub question: QuestionArgs,
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

/// What to tell of the pipeline.
#[derive(Debug, Subcommand)]
pub enum PipelineCommand {
    /// Print the units that `thoth advise` with the same flags would have, and which prescriptions could fire
    Show(Box<PipelineArgs>),
}

/// Flags of `thoth pipeline show`.
#[derive(Clone, Debug, Default, Args)]
pub struct PipelineArgs {
    /// What is asked.
    #[command(flatten)]
    pub question: QuestionArgs,
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
