//! `thoth pipeline`: which units a run would have, and which prescriptions could fire in it.

use std::fmt::Write as _;

use operations::{
    pipeline::{Shown, shown},
    prescriptions::Matched,
};
use resolution::{
    Direction, Objective, Recommendation,
    pipeline::{
        Kind, Part, Settings as Told, UNITS, Unit, document,
        originals::{Fate, ORIGINALS},
    },
};
use serde_json::{Map, Value, json};

use crate::{
    RunError,
    advise::request,
    args::{PipelineCommand, PipelineFormat},
    config::Surroundings,
    exit::Exit,
    settings::{ReportFormat, Settings},
    terminal::{Terminal, visible},
    world::in_world,
};

/// How many prescriptions of a kind are named before `--all`.
const MOST: usize = 8;

/// Prints the pipeline that `thoth advise` with the same flags would have.
///
/// # Errors
/// When it cannot be found out, or written.
pub(crate) fn answer(
    command: &PipelineCommand,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let PipelineCommand::Show(args) = command;
    let request = request(settings, around)?;
    let pipeline = in_world(settings, around, terminal, |world| shown(&request, world))?;
    let usual = match settings.format.value {
        ReportFormat::Text => PipelineFormat::Text,
        ReportFormat::Json | ReportFormat::ThothJson => PipelineFormat::Json,
    };
    match args.format.unwrap_or(usual) {
        PipelineFormat::Text => crate::say(&visible(&text(&pipeline, args.all))),
        PipelineFormat::Json => crate::say(&format!("{:#}\n", as_json(&pipeline))),
        PipelineFormat::Yaml => crate::say(&document::write(&pipeline.pipeline, pipeline.recommendation)),
    }
}

fn levels(recommendation: Recommendation) -> Vec<&'static str> {
    let objective = Objective::new(recommendation, Direction::Highest);
    objective.levels().iter().map(|level| level.name()).collect()
}

/// Why a unit takes no part in a run; `None` when it does.
fn why_not(unit: &Unit, shown: &Shown) -> Option<&'static str> {
    if shown.pipeline.has(unit, shown.recommendation) {
        return None;
    }
    Some(match unit.part {
        Part::OnRequest => "only where `--pipeline` names it",
        Part::Weighing => "only where vulnerabilities decide: stable, performance, security",
        Part::Usual | Part::Always => "`--pipeline` leaves it out",
    })
}

fn text(shown: &Shown, all: bool) -> String {
    let levels = levels(shown.recommendation).join(", ");
    let mut text = format!(
        "Pipeline of `{}` for {}.\nStacks are compared by {levels}.\n",
        shown.recommendation, shown.environment
    );
    let width = UNITS.iter().map(|unit| unit.name.len()).max().unwrap_or_default();
    for kind in Kind::ALL {
        let _ = writeln!(text, "\n{}", kind.section());
        for unit in UNITS.iter().filter(|unit| unit.kind == kind) {
            match why_not(unit, shown) {
                None => {
                    let told = told(&shown.pipeline.settings(unit));
                    let _ = writeln!(text, "  + {:width$}  {}{told}", unit.name, unit.here);
                }
                Some(why) if all => {
                    let _ = writeln!(text, "  - {:width$}  {} [{why}]", unit.name, unit.here);
                }
                Some(_) => {}
            }
        }
    }
    prescriptions(&mut text, shown, all);
    if all {
        originals(&mut text);
    }
    for note in &shown.notes {
        let _ = writeln!(text, "\nnote: {note}");
    }
    let off = UNITS.iter().filter(|unit| why_not(unit, shown).is_some()).count();
    if !all && off > 0 {
        let _ = writeln!(text, "\n{off} units take no part; `--all` shows them, and why.");
    }
    text
}

/// What a unit is told, behind its sentence.
fn told(settings: &Told) -> String {
    let all: Vec<String> = settings.all().iter().map(|(name, number)| format!("{name}: {number}")).collect();
    if all.is_empty() { String::new() } else { format!(" [{}]", all.join(", ")) }
}

fn prescriptions(text: &mut String, shown: &Shown, all: bool) {
    if shown.sources.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nprescriptions of {}", shown.sources.join(", "));
    let (on, off): (Vec<&Matched>, Vec<&Matched>) = shown.prescriptions.iter().partition(|one| one.why_not.is_none());
    for kind in prescriptions::Kind::ALL {
        let of_kind: Vec<&&Matched> = on.iter().filter(|one| one.unit.act.kind() == kind).collect();
        let most = if all { of_kind.len() } else { MOST };
        for Matched { unit, .. } in of_kind.iter().take(most) {
            let _ = writeln!(text, "  + {} ({}, {}) {}", unit.name, kind.name(), unit.place, unit.act);
        }
        if let Some(more) = of_kind.len().checked_sub(most).filter(|more| *more > 0) {
            let _ = writeln!(text, "  + {more} more of kind `{}`, which `--all` shows", kind.name());
        }
    }
    for Matched { unit, why_not } in off.iter().filter(|_| all) {
        let why = why_not.as_deref().unwrap_or_default();
        let _ = writeln!(text, "  - {} ({}, {}): {why}", unit.name, unit.act.kind().name(), unit.place);
    }
    let about = if shown.direct.is_some() { "or about what the project requires" } else { "" };
    let _ = writeln!(
        text,
        "  {} could fire and {} could not, of those that decide, or are about any run {about}",
        on.len(),
        off.len()
    );
}

fn originals(text: &mut String) {
    text.push_str("\nunits of the original\n");
    let width = ORIGINALS.iter().map(|original| original.name.len()).max().unwrap_or_default();
    for original in ORIGINALS {
        let fate = match original.fate {
            Fate::Unit(name) => format!("is {name}."),
            Fate::Instead(why) => why.to_string(),
        };
        let _ = writeln!(text, "    {:width$}  {fate}", original.name);
    }
}

/// A document of the original's shape, lists of units by kind, in what this program says of it.
fn as_json(shown: &Shown) -> Value {
    let mut lists = Map::new();
    for kind in Kind::ALL {
        let units = shown.pipeline.units(shown.recommendation).filter(|(unit, _)| unit.kind == kind);
        let units: Vec<Value> = units
            .map(|(unit, told)| {
                let told: Map<String, Value> =
                    told.all().iter().map(|(name, number)| ((*name).to_string(), json!(number))).collect();
                json!({ "name": unit.name, "configuration": told })
            })
            .collect();
        lists.insert(kind.section().to_string(), json!(units));
    }
    let prescription = |one: &Matched| {
        json!({
            "name": one.unit.name,
            "type": one.unit.act.kind().name(),
            "place": one.unit.place.to_string(),
            "takes_part": one.why_not.is_none(),
            "why_not": one.why_not,
        })
    };
    json!({
        "schema": 1,
        "recommendation": shown.recommendation.name(),
        "levels": levels(shown.recommendation),
        "pipeline": lists,
        "prescriptions": shown.prescriptions.iter().map(prescription).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use resolution::pipeline::Pipeline;

    use super::*;

    fn of(recommendation: Recommendation, pipeline: Pipeline) -> Shown {
        Shown {
            recommendation,
            environment: "CPython 3.12".to_string(),
            pipeline,
            direct: None,
            sources: Vec::new(),
            prescriptions: Vec::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_pipeline_is_told_by_kind() {
        let text = |recommendation, all| super::text(&of(recommendation, Pipeline::default()), all);
        let latest = text(Recommendation::Latest, false);
        assert!(latest.contains("Stacks are compared by last resort, change,"), "{latest}");
        assert!(latest.contains("\nsieves\n") && latest.contains("  + MalwareSieve "), "{latest}");
        assert!(!latest.contains("CvePenalizationStep") && !latest.contains("DropoutStep"), "{latest}");
        assert!(text(Recommendation::Security, false).contains("  + CvePenalizationStep "));
        let all = text(Recommendation::Latest, true);
        assert!(all.contains("  - CvePenalizationStep ") && all.contains("    DropoutStep "), "{all}");
    }

    #[test]
    fn the_document_has_the_lists_of_the_original_and_can_be_read_again() {
        let written = document::read(b"sieves: [{name: CveSieve, configuration: {minimum: 70}}]").unwrap();
        let document = as_json(&of(Recommendation::Performance, written.clone()));
        assert_eq!(document["pipeline"].as_object().map(Map::len), Some(6));
        assert_eq!(document["levels"][2], "performance");
        assert_eq!(document::read(document.to_string().as_bytes()), Ok(written));
    }
}
