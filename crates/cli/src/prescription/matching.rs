//! `thoth prescription match`: what fires for given releases, and why the rest is silent.

use std::fmt::Write as _;

use operations::prescriptions::{Matched, Matching, matching};
use packaging::requirement::redacted;
use prescriptions::{Act, Candidate, Message, Unit};
use serde_json::{Value, json};

use super::{MatchArgs, SCHEMA};
use crate::{
    RunError,
    advise::request,
    config::Surroundings,
    exit::Exit,
    inquiry,
    settings::{DEFAULT_INDEX, IndexRole, ReportFormat, Settings},
    terminal::{Terminal, counted, visible},
    world::in_world,
};

/// Tells what the prescriptions in effect say of the releases.
pub(super) fn answer(
    args: &MatchArgs,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let asked_last = settings.indexes.iter().find(|index| index.role == IndexRole::Default);
    let asked_last = asked_last.map_or_else(|| DEFAULT_INDEX.to_string(), |index| redacted(index.url.expose()));
    let index = args.from.clone().unwrap_or(asked_last);
    let releases = args.releases.iter().map(|text| candidate(text, &index)).collect::<Result<Vec<_>, _>>()?;
    let request = request(settings, around)?;
    let matching = in_world(settings, around, terminal, |world| matching(&request, &releases, world))?;
    let exit = if matching.units.iter().any(|one| one.why_not.is_none()) { Exit::Done } else { Exit::Unacceptable };
    match settings.format.value {
        ReportFormat::Json | ReportFormat::ThothJson => crate::say(&format!("{:#}\n", as_json(&matching, exit)))?,
        ReportFormat::Text => crate::say(&visible(&as_text(&matching, terminal)))?,
    };
    Ok(exit)
}

fn candidate(text: &str, index: &str) -> Result<Candidate, RunError> {
    let (name, version) = inquiry::release("PACKAGE==VERSION", text)?;
    Ok(Candidate { name, version, index: index.to_string() })
}

fn as_text(matching: &Matching, terminal: &Terminal) -> String {
    let mut text = String::new();
    for note in &matching.notes {
        let _ = writeln!(text, "note: {note}");
    }
    if matching.sources.is_empty() {
        text.push_str("There are no prescriptions: name some with --prescriptions, or write one with `thoth note`.\n");
        return text;
    }
    let (fires, silent): (Vec<&Matched>, Vec<&Matched>) = matching.units.iter().partition(|one| one.why_not.is_none());
    for Matched { unit, .. } in &fires {
        let _ = writeln!(text, "{} ({}, {}) {}", unit.name, unit.act.kind().name(), unit.place, unit.act);
        for message in said(unit) {
            let _ = write!(text, "    {}: {}", message.tone.name(), message.text);
            let links = message.link.as_ref().map(prescriptions::Link::addresses).unwrap_or_default();
            text.extend(links.iter().map(|link| format!(" {link}")));
            text.push('\n');
        }
    }
    if terminal.verbosity.verbose > 0 {
        for Matched { unit, why_not } in &silent {
            let why = why_not.as_deref().unwrap_or_default();
            let _ = writeln!(text, "{} ({}, {}) is silent: {why}", unit.name, unit.act.kind().name(), unit.place);
        }
    }
    if terminal.verbosity.quiet == 0 {
        let more = if silent.is_empty() || terminal.verbosity.verbose > 0 { "" } else { "; -v tells why" };
        let _ = writeln!(
            text,
            "{} of {} for {}{more}.",
            match fires.len() {
                0 => "None fires".to_string(),
                1 => "1 fires".to_string(),
                count => format!("{count} fire"),
            },
            counted(matching.units.len(), "unit"),
            matching.environment
        );
    }
    text
}

/// What a unit tells of the releases.
fn said(unit: &Unit) -> impl Iterator<Item = &Message> {
    let justification: &[Message] = match &unit.act {
        Act::Step { effect, .. } | Act::Group { effect, .. } => &effect.justification,
        Act::Wrap { justification, .. } => justification,
        _ => &[],
    };
    unit.stack_info.iter().chain(justification)
}

fn as_json(matching: &Matching, exit: Exit) -> Value {
    json!({
        "schema": SCHEMA,
        "exit_code": exit.code(),
        "environment": matching.environment,
        "sources": matching.sources,
        "notes": matching.notes,
        "units": matching.units.iter().map(|one| json!({
            "name": one.unit.name,
            "kind": one.unit.act.kind().name(),
            "file": one.unit.place.file,
            "line": one.unit.place.line,
            "fires": one.why_not.is_none(),
            "why_not": one.why_not,
            "does": one.unit.act.to_string(),
            "says": said(&one.unit).map(|message| json!({
                "type": message.tone.name(),
                "message": message.text,
                "links": message.link.as_ref().map(prescriptions::Link::addresses).unwrap_or_default(),
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}
