//! `thoth health`: who looks after the projects behind releases, and how well.

use clap::Args;
use operations::health::health;
use report::health::{Checkup, health_json, health_text};

use crate::{
    RunError,
    advise::{request, style},
    args::{EnvironmentArgs, FormatArgs, SourceArgs},
    config::Surroundings,
    exit::Exit,
    settings::{ReportFormat, Settings},
    terminal::Terminal,
    world::in_world,
};

/// Examples of `thoth health`.
pub(crate) const EXAMPLES: &str = "\
The index itself tells whether a project is archived, when it released, where its source is said to be, and by whom it is. What else
is known comes from --health: OpenSSF Scorecards and answers of deps.dev, as files or from a service, repositories of GitHub's API, and the
list of the most downloaded packages. What nobody said is unknown, and never counts as good or bad.

A service is asked only about packages that the default index serves without a password, and about the repositories that they name. Its
answers are kept for a day, and with --offline used as they are.

Examples:
  thoth health flask                                     The newest release, by what the index says
  thoth health pylock.toml --health deps.dev+https://api.deps.dev
                                                         All releases of a lock; deps.dev is asked
  thoth health flask==3.0.0 --health scorecard+https://api.scorecard.dev --health top-pypi-packages.json
                                                         A service and a file
  thoth advise --health index                            Weigh it: projects given up lose points of quality

Exit codes:
  0  told, whatever it is
  2  something could not be looked at, or a usage error";

/// Flags of `thoth health`.
#[derive(Clone, Debug, Default, Args)]
pub struct HealthArgs {
    /// A package, a release (flask==3.0.0) or a lock
    #[arg(value_name = "TARGET", required = true)]
    pub targets: Vec<String>,
    /// Tell it as of this instant, as in `thoth advise`
    #[arg(long, value_name = "WHEN")]
    pub exclude_newer: Option<String>,
    /// Where releases come from.
    #[command(flatten)]
    pub sources: SourceArgs,
    /// The environment that a release is chosen for where none is named.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
    /// The form of the report.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Runs `thoth health` and prints its answer.
///
/// # Errors
/// When nothing can be looked at, or the answer cannot be written.
pub(crate) fn answer(
    args: &HealthArgs,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let request = request(settings, around)?;
    let found = in_world(settings, around, terminal, |world| health(&request, &args.targets, world))?;
    let exit = if found.unseen.is_empty() { Exit::Done } else { Exit::Trouble };
    let checkup = Checkup {
        healths: found.healths,
        unseen: found.unseen.iter().map(|(what, error)| (what.clone(), error.sentence())).collect(),
        sources: found.sources,
        notes: found.notes,
        now: found.now,
        exit_code: exit.code(),
    };
    let text = match settings.format.value {
        ReportFormat::Text => health_text(&checkup, &style(around, terminal, terminal.colour_out)),
        ReportFormat::Json | ReportFormat::ThothJson => health_json(&checkup),
    };
    if settings.format.value != ReportFormat::Text || terminal.verbosity.quiet < 2 {
        crate::say(&text)?;
    }
    Ok(exit)
}
