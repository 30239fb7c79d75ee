//! The flags of every command, and those of the knowledge base, which belongs to no project.

use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand};

use crate::settings::{Color, ReportFormat};

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
