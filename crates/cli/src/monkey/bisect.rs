//! `thoth monkey --bisect`: which release breaks, in words and JSON.

use std::fmt::Write as _;

use operations::monkey::{BisectPlan, Bisected, Change, Onset, Trial};
use resolution::{
    Stopped,
    bisect::{Changes, Found, Part, Verdict},
};
use serde_json::{Value, json};

use super::{
    json::{SCHEMA, attempt},
    text::{Row, end, outcome},
};
use crate::{
    exit::Exit,
    terminal::{columns, counted, indented, visible},
};

/// The most changes of a stack that are named in a table.
const CHANGES_SHOWN: usize = 3;

/// The exit code: whether it is known what is to blame.
pub(super) fn ended(bisected: &Bisected) -> Exit {
    match (bisected.stopped, &bisected.found) {
        (Some(Stopped::Interrupted), _) => Exit::Interrupted,
        (_, Some(Found::Blame(_))) => Exit::Done,
        (_, Some(Found::NeverWorked(_) | Found::NeverFailed(_)) | None) => Exit::Unacceptable,
    }
}

/// What was tried and what came of it.
pub(super) fn text(plan: &BisectPlan, bisected: &Bisected) -> String {
    let (good, bad) = (plan.good.display(), plan.bad.display());
    let changes = counted(bisected.changes.len(), "change");
    let mut text =
        format!("{changes} from {good} to {bad}, tried with `{}` {}.\n\n", plan.exec.command, bisected.sandbox);
    let mut rows: Vec<Row> = vec![["trial", "changes made", "result"].map(str::to_string).to_vec()];
    for (number, trial) in (1..).zip(&bisected.trials) {
        rows.push(vec![format!("{number}"), made(plan, bisected, trial), result(trial)]);
    }
    text.push_str(&indented(&columns(&rows)));
    text.push('\n');
    match &bisected.found {
        Some(Found::Blame(parts)) => {
            let needed: Vec<(usize, Part)> = parts.iter().map(|(change, part)| (*change, *part)).collect();
            text.push_str(&blame(bisected, &needed));
            bisected.onsets.iter().for_each(|one| text.push_str(&onset(bisected, one)));
            text.push_str(&said(bisected, &parts.keys().copied().collect()));
        }
        Some(Found::NeverWorked(verdict)) => {
            let _ = writeln!(text, "Nothing to bisect: {good} itself {}.", told(*verdict));
            text.push_str(&said(bisected, &Changes::new()));
        }
        Some(Found::NeverFailed(verdict)) => {
            let _ = writeln!(text, "Nothing to bisect: {bad} {}.", told(*verdict));
        }
        None => text.push_str("It is not known yet what is to blame.\n"),
    }
    if let Some(why) = bisected.stopped {
        let _ = writeln!(text, "Not all was tried: {why}.");
    }
    for note in &bisected.notes {
        let _ = writeln!(text, "{note}");
    }
    visible(&text)
}

fn told(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Works => "works",
        Verdict::Fails => "fails",
        Verdict::Unclear => "fails at times and works at others, or otherwise than it should",
    }
}

/// What is to blame and how it hangs together.
fn blame(bisected: &Bisected, parts: &[(usize, Part)]) -> String {
    let of = |part: Part| -> Vec<String> {
        let changes = parts.iter().filter(|(_, one)| *one == part);
        changes.filter_map(|(number, _)| bisected.changes.get(*number)).map(change).collect()
    };
    let (needed, inseparable, unclear) = (of(Part::Needed), of(Part::Inseparable), of(Part::Unclear));
    let mut text = String::new();
    let _ = match (needed.as_slice(), inseparable.as_slice()) {
        ([], one) => writeln!(text, "To blame: {}.", [one, &unclear].concat().join(" with ")),
        (needed, _) => writeln!(text, "To blame: {}.", needed.join(" together with ")),
    };
    if needed.len() > 1 {
        text.push_str("  Without any one of them, the others work.\n");
    }
    if !needed.is_empty() && !inseparable.is_empty() {
        let _ = writeln!(text, "  It comes with {}: there is no stack without that.", inseparable.join(", "));
    } else if inseparable.len() > 1 {
        text.push_str("  They cannot be told apart: there is no stack with one of them and without the others.\n");
    }
    if !needed.is_empty() && !unclear.is_empty() {
        let _ = writeln!(text, "  Perhaps with {}: without that it is unclear whether it works.", unclear.join(", "));
    }
    let others = bisected.changes.len() - parts.len();
    if others > 0 {
        let _ = writeln!(
            text,
            "  The other {} not needed for it to fail.",
            match others {
                1 => "change is".to_string(),
                many => format!("{many} changes are"),
            }
        );
    }
    let flaky = bisected.trials.iter().filter(|trial| trial.verdict == Verdict::Unclear).count();
    if flaky > 0 {
        let _ = writeln!(
            text,
            "  {} unclear and counted as no failure.",
            match flaky {
                1 => "1 trial was".to_string(),
                many => format!("{many} trials were"),
            }
        );
    }
    text
}

/// With which of the releases between it begins.
fn onset(bisected: &Bisected, onset: &Onset) -> String {
    let Some(Change { package, .. }) = bisected.changes.get(onset.change) else { return String::new() };
    let Onset { works, fails, .. } = onset;
    match onset.unclear.as_slice() {
        [] => format!("  It begins with {package} {fails}; {works} works.\n"),
        [one] => format!("  {package} {works} works and {fails} fails; {one} between them is unclear.\n"),
        [first, .., last] => {
            format!("  {package} {works} works and {fails} fails; {first} to {last} between them are unclear.\n")
        }
    }
}

/// The end of what a stack printed that failed.
fn said(bisected: &Bisected, made: &Changes) -> String {
    let trial = bisected.trials.iter().find(|trial| trial.made == *made && trial.verdict == Verdict::Fails);
    trial.map(|trial| end("it", &trial.attempt.output)).unwrap_or_default()
}

/// `jinja2 3.0.3 → 3.1.0`, `jinja2 added at 3.1.0`.
fn change(change: &Change) -> String {
    let name = &change.package;
    match (&change.good, &change.bad) {
        (Some(good), Some(bad)) => format!("{name} {good} → {bad}"),
        (None, Some(bad)) => format!("{name} added at {bad}"),
        (Some(good), None) => format!("{name} {good} removed"),
        (None, None) => name.to_string(),
    }
}

fn made(plan: &BisectPlan, bisected: &Bisected, Trial { made, at, .. }: &Trial) -> String {
    if made.is_empty() {
        return format!("none ({})", plan.good.display());
    }
    if made.len() == bisected.changes.len() && at.is_none() {
        return format!("all {} ({})", made.len(), plan.bad.display());
    }
    let to = |number: &usize| {
        let one = bisected.changes.get(*number)?;
        let here = at.as_ref().filter(|(there, _)| there == number).map(|(_, version)| version.clone());
        Some(change(&Change { bad: here.or_else(|| one.bad.clone()), ..one.clone() }))
    };
    let mut shown: Vec<String> = made.iter().filter_map(to).take(CHANGES_SHOWN).collect();
    if made.len() > shown.len() {
        shown.push(format!("{} more", made.len() - shown.len()));
    }
    shown.join(", ")
}

fn result(trial: &Trial) -> String {
    let first = outcome(&trial.attempt);
    match (&trial.again, trial.verdict) {
        (Some(again), Verdict::Unclear) => format!("unclear: {first}; again: {}", outcome(again)),
        _ => first,
    }
}

/// The document for programs.
pub(super) fn document(plan: &BisectPlan, bisected: &Bisected, exit: Exit) -> String {
    let version = |version: &Option<packaging::Version>| version.as_ref().map(ToString::to_string);
    let named = |change: &Change| json!({ "package": change.package.to_string(), "good": version(&change.good), "bad": version(&change.bad) });
    let made = |made: &Changes| {
        let changes = made.iter().filter_map(|number| bisected.changes.get(*number));
        changes.map(|change| change.package.to_string()).collect::<Vec<_>>()
    };
    let trial = |trial: &Trial| {
        json!({
            "made": made(&trial.made),
            "at": trial.at.as_ref().map(|(_, version)| version.to_string()),
            "verdict": word(trial.verdict),
            "attempt": attempt(&trial.attempt),
            "again": trial.again.as_ref().map(attempt),
        })
    };
    let (found, blame): (Value, Vec<Value>) = match &bisected.found {
        None => (Value::Null, Vec::new()),
        Some(Found::NeverWorked(verdict)) => (json!({ "good": word(*verdict) }), Vec::new()),
        Some(Found::NeverFailed(verdict)) => (json!({ "bad": word(*verdict) }), Vec::new()),
        Some(Found::Blame(parts)) => {
            let part = |(number, part): (&usize, &Part)| {
                let change = bisected.changes.get(*number)?;
                let part = match part {
                    Part::Needed => "needed",
                    Part::Inseparable => "inseparable",
                    Part::Unclear => "unclear",
                };
                let onset = bisected.onsets.iter().find(|onset| onset.change == *number).map(began);
                Some(json!({ "change": named(change), "part": part, "begins": onset }))
            };
            (Value::Null, parts.iter().filter_map(part).collect())
        }
    };
    let document = json!({
        "schema": SCHEMA,
        "exit_code": exit.code(),
        "environment": bisected.environment,
        "command": plan.exec.command,
        "sandbox": bisected.sandbox.to_string(),
        "changes": bisected.changes.iter().map(named).collect::<Vec<_>>(),
        "blame": blame,
        "nothing_to_bisect": found,
        "stopped": bisected.stopped.map(|why| why.to_string()),
        "trials": bisected.trials.iter().map(trial).collect::<Vec<_>>(),
        "notes": bisected.notes,
    });
    format!("{document:#}\n")
}

fn began(onset: &Onset) -> Value {
    json!({
        "works": onset.works.to_string(),
        "fails": onset.fails.to_string(),
        "unclear": onset.unclear.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Works => "works",
        Verdict::Fails => "fails",
        Verdict::Unclear => "unclear",
    }
}
