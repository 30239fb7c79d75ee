//! What the questions about a stack have in common: the run they are about, and how they are printed.

use operations::{AdviseError, Answer, Request, World};
use packaging::{Operator, PackageName, Requirement, Version};
use report::{Extras, Style};

use crate::{
    RunError,
    advise::{request, style},
    config::Surroundings,
    exit::Exit,
    settings::{ReportFormat, Settings},
    terminal::Terminal,
    world::in_world,
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
    let answer = in_world(settings, around, terminal, |world| ask(&request, world))?;
    let exit = if answer.told.as_ref().is_some_and(yes) { Exit::Done } else { Exit::Unacceptable };
    let style = style(around, terminal, terminal.colour_out);
    match (settings.format.value, &answer.told) {
        (ReportFormat::Json | ReportFormat::ThothJson, _) => crate::say(&json(&answer, exit.code()))?,
        (ReportFormat::Text, Some(told)) => crate::say(&text(&answer, told, &style))?,
        (ReportFormat::Text, None) => {
            let extras = Extras { exit_code: exit.code(), ..Extras::default() };
            crate::say(&report::text(&answer.outcome, &extras, &style))?
        }
    };
    Ok(exit)
}

/// The release that an argument names: `numpy==1.24.3`.
pub(crate) fn release(flag: &'static str, text: &str) -> Result<(PackageName, Version), RunError> {
    let exact = || {
        let requirement: Requirement = text.parse().ok()?;
        let specifiers: Vec<_> = requirement.specifiers().into_iter().flat_map(|all| all.iter()).collect();
        match specifiers.as_slice() {
            [one] if *one.operator() == Operator::Equal => Some((requirement.name.clone(), one.version().clone())),
            _ => None,
        }
    };
    let wrong = || format!("`{text}` is not one release, such as numpy==1.24.3");
    exact().ok_or_else(|| RunError::Argument { flag, why: wrong() })
}

/// The package that an argument names.
pub(crate) fn package(flag: &'static str, text: &str) -> Result<PackageName, RunError> {
    text.trim().parse().map_err(|_| RunError::Argument { flag, why: format!("`{text}` is not the name of a package") })
}
