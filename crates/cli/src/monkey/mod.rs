//! `thoth monkey`: stacks worth testing.
//!
//! What is drawn is known to `operations`; here flags become a plan, and what came of it words and JSON.

mod args;
mod json;
mod text;

use std::{collections::BTreeSet, sync::Arc};

use operations::{
    AdviseError, Request,
    monkey::Plan,
    request::{Output, Upgrade},
};
use packaging::lock::Format;
use report::Extras;
use resolution::predict::Decision;

pub use args::{DecisionWord, MonkeyArgs, StacksArgs};

pub(crate) use args::EXAMPLES;

use crate::{
    RunError, advise,
    config::Surroundings,
    exit::Exit,
    inquiry,
    settings::{ReportFormat, Settings},
    terminal::Terminal,
};

/// Runs `thoth monkey` and prints what came of it.
///
/// # Errors
/// When nothing could be decided or written.
pub(crate) fn answer(
    args: &MonkeyArgs,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let request = advise::request(settings, around)?;
    let plan = plan(&args.stacks, &request)?;
    // What is locked already is one stack of many here.
    let request = Request { output: Output::Stdout, upgrade: Upgrade::All, ..request };
    let knowledge = Arc::new(advise::open(&settings.store.value, terminal).map_err(AdviseError::from)?);
    let answer =
        advise::with_world(settings, around, terminal, knowledge, |world| operations::monkey(&plan, &request, world))?;
    let exit = if answer.told.is_some() { Exit::Done } else { Exit::Unacceptable };
    let style = advise::style(around, terminal, terminal.colour_out);
    match (settings.format.value, &answer.told) {
        (ReportFormat::Json | ReportFormat::ThothJson, told) => {
            crate::say(&json::document(&plan, &answer.outcome, told.as_ref(), exit))
        }
        (ReportFormat::Text, Some(monkeyed)) => crate::say(&text::text(&plan, monkeyed, &style)),
        (ReportFormat::Text, None) => {
            let extras = Extras { exit_code: exit.code(), lock: None };
            crate::say(&report::text(&answer.outcome, &extras, &style))
        }
    }?;
    Ok(exit)
}

/// The plan that the flags amount to.
fn plan(args: &StacksArgs, request: &Request) -> Result<Plan, RunError> {
    let combined =
        args.combine.iter().map(|text| inquiry::package("--combine", text)).collect::<Result<BTreeSet<_>, _>>()?;
    let decision = match args.how {
        None if !combined.is_empty() => Decision::Combinations,
        None | Some(DecisionWord::All) => Decision::All,
        Some(DecisionWord::Random) => Decision::Random,
        Some(DecisionWord::Combinations) => Decision::Combinations,
        Some(DecisionWord::Learn) => Decision::Learn,
    };
    Ok(Plan {
        decision,
        combined,
        count: args.count.unwrap_or(10),
        seed: args.seed.unwrap_or(0),
        latest_versions: args.limit_latest_versions.unwrap_or(8),
        format: request.lock_format.unwrap_or(Format::Requirements),
        folder: args.output.clone(),
    })
}
