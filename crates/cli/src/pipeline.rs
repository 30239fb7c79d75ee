//! `thoth pipeline`: which units take part in a run, and what each of them is here.

use resolution::{
    Direction, Objective, Recommendation,
    pipeline::units::{Kind, Part, UNITS, Unit},
};
use serde_json::{Map, Value, json};

use crate::{
    RunError, advise,
    args::PipelineCommand,
    exit::Exit,
    settings::{ReportFormat, Settings},
    terminal::visible,
};

/// Prints the pipeline of a recommendation type.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn answer(command: &PipelineCommand, settings: &Settings) -> Result<Exit, RunError> {
    let PipelineCommand::Show(args) = command;
    let recommendation = advise::recommendation(args.recommendation_type.unwrap_or(settings.recommendation.value));
    match settings.format.value {
        ReportFormat::Text => crate::say(&visible(&text(recommendation, args.all))),
        ReportFormat::Json | ReportFormat::ThothJson => crate::say(&format!("{:#}\n", document(recommendation))),
    }
}

fn levels(recommendation: Recommendation) -> Vec<&'static str> {
    let objective = Objective::new(recommendation, Direction::Highest);
    objective.levels().iter().map(|level| level.name()).collect()
}

/// Whether a unit takes part, with the prescriptions that may be loaded.
fn is_shown(unit: &Unit, recommendation: Recommendation) -> bool {
    unit.takes_part(recommendation) || unit.part == Part::Prescribed
}

fn text(recommendation: Recommendation, all: bool) -> String {
    let mut text =
        format!("Pipeline of `{recommendation}`. Stacks are compared by {}.\n", levels(recommendation).join(", "));
    let width = UNITS.iter().map(|unit| unit.name.len()).max().unwrap_or_default();
    for kind in Kind::ALL {
        text.push_str(&format!("\n{}\n", kind.section()));
        for unit in UNITS.iter().filter(|unit| unit.kind == kind) {
            let mark = match (unit.takes_part(recommendation), unit.part) {
                (true, _) => "+",
                (false, Part::Prescribed) => "?",
                _ => "-",
            };
            if all || is_shown(unit, recommendation) {
                text.push_str(&format!("  {mark} {:width$}  {}\n", unit.name, unit.here));
            }
        }
    }
    text.push_str("\n+ takes part; ? takes part where prescriptions say so");
    text.push_str(if all { "; - does not\n" } else { "; `--all` shows the rest of the original's units\n" });
    text
}

/// A document of the original's shape: lists of units by kind, each with name and configuration.
fn document(recommendation: Recommendation) -> Value {
    let mut lists = Map::new();
    for kind in Kind::ALL {
        let units = UNITS.iter().filter(|unit| unit.kind == kind && unit.takes_part(recommendation));
        let units: Vec<Value> = units.map(|unit| json!({ "name": unit.name, "configuration": {} })).collect();
        lists.insert(kind.section().to_string(), json!(units));
    }
    json!({ "schema": 1, "recommendation": recommendation.name(), "levels": levels(recommendation), "pipeline": lists })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_is_told_by_kind() {
        let text = text(Recommendation::Latest, false);
        assert!(text.starts_with("Pipeline of `latest`. Stacks are compared by last resort, change,"), "{text}");
        assert!(text.contains("\nsieves\n") && text.contains("  + ConstraintsSieve "), "{text}");
        assert!(!text.contains("CvePenalizationStep") && !text.contains("DropoutStep"), "{text}");
        assert!(super::text(Recommendation::Security, false).contains("  + CvePenalizationStep "));
        assert!(super::text(Recommendation::Latest, true).contains("  - DropoutStep "));
    }

    #[test]
    fn the_document_has_the_lists_of_the_original() {
        let document = document(Recommendation::Performance);
        let lists: Vec<&String> =
            document["pipeline"].as_object().map(|lists| lists.keys().collect()).unwrap_or_default();
        assert_eq!(lists.len(), 6);
        assert_eq!(document["levels"][2], "performance");
        let steps = document["pipeline"]["steps"].as_array().cloned().unwrap_or_default();
        assert!(steps.iter().any(|unit| unit["name"] == "CvePenalizationStep"), "{document}");
    }
}
