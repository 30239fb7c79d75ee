//! `thoth why` and `thoth why-not`.

use packaging::Requirement;
use resolution::why::{Presence, WhyNotFinding};

use crate::{
    RunError,
    args::{WhyArgs, WhyNotArgs},
    config::Surroundings,
    exit::Exit,
    inquiry,
    settings::Settings,
    terminal::Terminal,
};

/// Runs `thoth why` and prints its answer.
///
/// # Errors
/// When nothing could be decided, or the answer cannot be written.
pub(crate) fn answer(
    args: &WhyArgs,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let package = inquiry::package("PACKAGE", &args.package)?;
    inquiry::answer(
        (settings, around, terminal),
        |request, world| operations::why(&package, request, world),
        |why| matches!(why.presence, Presence::There(_)),
        |_, why, style| report::why(why, style),
        |answer, exit| report::why_json(&answer.outcome, answer.told.as_ref(), exit),
    )
}

/// Runs `thoth why-not` and prints its answer.
///
/// # Errors
/// When nothing could be decided, or the answer cannot be written.
pub(crate) fn answer_not(
    args: &WhyNotArgs,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let requirement: Requirement = args.requirement.trim().parse().map_err(|why| RunError::Argument {
        flag: "REQUIREMENT",
        why: format!("`{}` is no requirement such as 'urllib3==2.2.1': {why}", args.requirement),
    })?;
    inquiry::answer(
        (settings, around, terminal),
        |request, world| operations::why_not(&requirement, request, world),
        |answer| matches!(answer.finding, WhyNotFinding::Chosen),
        |_, answer, style| report::why_not(answer, style),
        |answer, exit| report::why_not_json(&answer.outcome, answer.told.as_ref(), exit),
    )
}
