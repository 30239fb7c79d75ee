//! What the questions about a stack have in common: the run they are about, and how they are printed.

use std::sync::Arc;

use operations::{AdviseError, Answer, Request, World};
use packaging::PackageName;
use report::{Extras, Style};

use crate::{
    RunError,
    advise::{open, request, style, with_world},
    config::Surroundings,
    exit::Exit,
    settings::{ReportFormat, Settings},
    terminal::Terminal,
};

/// Asks, and prints what `text` and `json` make of the answer; `yes` decides the exit code.
///
/// # Errors
/// When nothing could be decided, or the answer cannot be written.
pub(crate) fn answer<T>(
    (settings, around, terminal): (&Settings, &Surroundings, &Terminal),
    ask: impl FnOnce(&Request, &World<'_>) -> Result<Answer<T>, AdviseError>,
    yes: impl FnOnce(&T) -> bool,
    text: impl FnOnce(&Answer<T>, &T, &Style) -> String,
    json: impl FnOnce(&Answer<T>, u8) -> String,
) -> Result<Exit, RunError> {
    let request = request(settings, around)?;
    let knowledge = Arc::new(open(&settings.store.value, terminal).map_err(AdviseError::from)?);
    let answer = with_world(settings, around, terminal, knowledge, |world| ask(&request, world))?;
    let exit = if answer.told.as_ref().is_some_and(yes) { Exit::Done } else { Exit::Unacceptable };
    let style = style(around, terminal, terminal.colour_out);
    match (settings.format.value, &answer.told) {
        (ReportFormat::Json | ReportFormat::ThothJson, _) => crate::say(&json(&answer, exit.code()))?,
        (ReportFormat::Text, Some(told)) => crate::say(&text(&answer, told, &style))?,
        (ReportFormat::Text, None) => {
            let extras = Extras { exit_code: exit.code(), lock: None };
            crate::say(&report::text(&answer.outcome, &extras, &style))?
        }
    };
    Ok(exit)
}

/// The package that an argument names.
pub(crate) fn package(flag: &'static str, text: &str) -> Result<PackageName, RunError> {
    text.trim().parse().map_err(|_| RunError::Argument { flag, why: format!("`{text}` is not the name of a package") })
}
