//! What came of `thoth monkey`, for programs.

use std::path::Path;

use operations::{
    monkey::{Attempt, Monkeyed, Plan},
    observations::{Figure, Outcome, tail},
};
use packaging::{PackageName, Version};
use resolution::outcome;
use serde_json::{Map, Value, json};

use super::learned::Learned;
use crate::exit::Exit;

/// The version of the document.
pub(super) const SCHEMA: u32 = 1;

/// The document; without stacks where there is none.
pub(super) fn document(
    plan: &Plan,
    outcome: &outcome::Outcome,
    told: Option<&(&Monkeyed, Learned<'_>)>,
    exit: Exit,
) -> String {
    let monkeyed = told.map(|(monkeyed, _)| *monkeyed);
    let shown = |folder: &Path| folder.display().to_string();
    let stacks = monkeyed.map(|monkeyed| {
        let stacks = monkeyed.stacks.iter().map(|stack| {
            json!({
                "number": stack.number,
                "releases": releases(&stack.releases),
                "folder": stack.folder.as_deref().map(shown),
                "attempt": stack.attempt.as_ref().map(attempt),
            })
        });
        stacks.collect::<Vec<_>>()
    });
    let document = json!({
        "schema": SCHEMA,
        "exit_code": exit.code(),
        "environment": outcome.environment,
        "decision": plan.decision.name(),
        "seed": plan.seed,
        "drawn_from": monkeyed.map(|one| json!({ "packages": one.world.packages, "releases": one.world.releases })),
        "best": monkeyed.map(|one| releases(&one.best)),
        "exhausted": monkeyed.map(|one| one.exhausted),
        "sandbox": monkeyed.and_then(|one| one.sandbox.as_ref()).map(ToString::to_string),
        "stopped": monkeyed.and_then(|one| one.stopped).map(|why| why.to_string()),
        "stacks": stacks,
        "learned": told.filter(|_| plan.exec.is_some()).map(|(_, learned)| learned.document()),
    });
    format!("{document:#}\n")
}

/// What became of a stack.
pub(super) fn attempt(attempt: &Attempt) -> Value {
    let (outcome, cause) = match attempt.outcome {
        Outcome::Ok => ("ok", None),
        Outcome::Failed(cause) => ("failed", Some(cause.to_string())),
    };
    let figure = |figure: &Figure| json!({ "name": figure.name, "rate": figure.rate, "unit": figure.unit });
    json!({
        "stage": attempt.stage.name(),
        "outcome": outcome,
        "cause": cause,
        "seconds": attempt.seconds,
        "figures": attempt.figures.iter().map(figure).collect::<Vec<_>>(),
        "output": tail(&attempt.output),
    })
}

pub(super) fn releases(releases: &[(PackageName, Version)]) -> Value {
    let release = |(name, version): &(PackageName, Version)| (name.to_string(), Value::from(version.to_string()));
    Value::Object(releases.iter().map(release).collect::<Map<_, _>>())
}
