//! What came of `thoth monkey`, for people.

use std::{collections::BTreeSet, fmt::Write as _};

use operations::{
    monkey::{Attempt, Drawn, Monkeyed, Plan, Sandbox},
    observations::{Outcome, Stage},
};
use packaging::{PackageName, Version};
use report::Style;

use super::learned::Learned;
use crate::terminal::{columns, counted, indented, lines_of, visible};

/// How many lines of what a failure printed are shown.
const LINES_SHOWN: usize = 6;
/// How many characters of each.
const LONGEST_SHOWN: usize = 400;

/// A row of a table.
pub(super) type Row = Vec<String>;

/// What was drawn, and where it is.
pub(super) fn text(plan: &Plan, monkeyed: &Monkeyed, learned: &Learned<'_>, style: &Style) -> String {
    let mut text = String::new();
    let stacks = counted(monkeyed.stacks.len(), "stack");
    let seed = if plan.seed == 0 { String::new() } else { format!(", seed {}", plan.seed) };
    let _ = writeln!(
        text,
        "{stacks} (`{}`{seed}), drawn from {} of {}.\n",
        plan.decision,
        counted(monkeyed.world.releases, "release"),
        counted(monkeyed.world.packages, "package")
    );
    text.push_str(&table(monkeyed, style));
    if let Some(sandbox) = &monkeyed.sandbox {
        text.push_str(&tried(plan, monkeyed, sandbox));
        text.push_str(&learned.text());
    }
    if monkeyed.exhausted {
        let _ = writeln!(text, "\nThere is no other stack of this kind among these releases.");
    }
    let mut written = monkeyed.stacks.iter().filter(|stack| stack.folder.is_some());
    if let (Some(folder), Some(first)) = (&plan.folder, written.next()) {
        let last = written.next_back().unwrap_or(first);
        let folder = folder.display();
        let range = match (first.number, last.number) {
            (first, last) if first == last => format!("{folder}/{first}"),
            (first, last) => format!("{folder}/{first} to {folder}/{last}"),
        };
        let _ = writeln!(text, "\nWritten to {range}, each as {}.", plan.format.filename());
    }
    visible(&text)
}

/// The stacks: a column for each package that differs where they fit, else what differs from the best stack.
fn table(monkeyed: &Monkeyed, style: &Style) -> String {
    let names: BTreeSet<&PackageName> =
        monkeyed.stacks.iter().flat_map(|stack| &stack.releases).chain(&monkeyed.best).map(|(name, _)| name).collect();
    let differs = |name: &&&PackageName| {
        monkeyed.stacks.iter().any(|stack| version(&stack.releases, name) != version(&monkeyed.best, name))
    };
    let differing: Vec<&PackageName> = names.iter().filter(differs).copied().collect();
    let shown = |version: Option<&Version>| version.map_or_else(|| "-".to_string(), ToString::to_string);
    let is_tried = monkeyed.sandbox.is_some();
    let row = |first: String, releases: &[(PackageName, Version)], result: String| -> Row {
        let versions = differing.iter().map(|name| shown(version(releases, name)));
        std::iter::once(first).chain(versions).chain(is_tried.then_some(result)).collect()
    };
    let names = differing.iter().map(ToString::to_string);
    let result = is_tried.then(|| "result".to_string());
    let mut rows: Vec<Row> = vec![std::iter::once("stack".to_string()).chain(names).chain(result).collect()];
    rows.extend((!differing.is_empty()).then(|| row("best".to_string(), &monkeyed.best, String::new())));
    rows.extend(monkeyed.stacks.iter().map(|stack| row(stack.number.to_string(), &stack.releases, result_of(stack))));
    let mut text = indented(&columns(&rows));
    if text.lines().any(|line| line.chars().count() > style.width) {
        text = indented(&columns(differences(monkeyed, is_tried, style.width)));
    }
    let same: Vec<String> = monkeyed
        .best
        .iter()
        .filter(|(name, _)| !differing.contains(&name))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    if !same.is_empty() {
        let lines = lines_of(&same, style.width.saturating_sub("The same in all: .".len()));
        let _ = writeln!(text, "\nThe same in all: {}.", lines.join("\n  "));
    }
    text
}

/// Of each stack what differs from the best one, over as many lines as that takes.
fn differences(monkeyed: &Monkeyed, is_tried: bool, width: usize) -> Vec<Row> {
    let result = |stack: &Drawn| if is_tried { result_of(stack) } else { String::new() };
    let heads = monkeyed.stacks.iter().map(|stack| (stack.number.to_string(), result(stack)));
    let heads: Vec<(String, String)> = heads.collect();
    let longest = |of: fn(&(String, String)) -> &String| heads.iter().map(|head| of(head).chars().count()).max();
    let before = longest(|head| &head.0).unwrap_or_default() + longest(|head| &head.1).unwrap_or_default();
    // Two before each of the three.
    let width = width.saturating_sub(before + 6);
    let mut rows: Vec<Row> = Vec::new();
    for ((number, result), stack) in heads.into_iter().zip(&monkeyed.stacks) {
        let mut head = vec![number, result];
        for line in lines_of(&against(stack, monkeyed), width) {
            head.push(line);
            rows.push(std::mem::replace(&mut head, vec![String::new(); 2]));
        }
    }
    rows
}

/// What became of a stack, in a few words.
fn result_of(stack: &Drawn) -> String {
    stack.attempt.as_ref().map_or_else(|| "not tried".to_string(), outcome)
}

/// What became of an attempt, in a few words.
pub(super) fn outcome(attempt: &Attempt) -> String {
    let seconds = format!("{:.1} s", attempt.seconds);
    match attempt.outcome {
        Outcome::Ok => format!("passed, {seconds}"),
        Outcome::Failed(cause) if attempt.stage == Stage::Install => format!("not installed: {cause}, {seconds}"),
        Outcome::Failed(cause) => format!("failed: {cause}, {seconds}"),
    }
}

/// The last lines of what somebody printed, with words before.
pub(super) fn end(who: &str, output: &str) -> String {
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.is_empty() {
        return format!("\nWhat {who} printed: nothing.\n");
    }
    let shown = |line: &&str| match line.char_indices().nth(LONGEST_SHOWN) {
        Some((at, _)) => format!("  | {}…\n", line.get(..at).unwrap_or_default()),
        None => format!("  | {line}\n"),
    };
    let last = lines.len().saturating_sub(LINES_SHOWN);
    let lines: String = lines.iter().skip(last).map(shown).collect();
    format!("\nThe end of what {who} printed:\n{lines}")
}

/// What was tried and how, and the end of what the first failure printed.
fn tried(plan: &Plan, monkeyed: &Monkeyed, sandbox: &Sandbox) -> String {
    let attempts: Vec<(&Drawn, &Attempt)> =
        monkeyed.stacks.iter().filter_map(|stack| Some((stack, stack.attempt.as_ref()?))).collect();
    let failed = attempts.iter().filter(|(_, attempt)| !attempt.outcome.is_ok());
    let command = plan.exec.as_ref().map(|exec| exec.command.as_str()).unwrap_or_default();
    let mut text = format!(
        "\n`{command}` ran in a fresh virtual environment, {sandbox}: {} tried, {} failed.\n",
        counted(attempts.len(), "stack"),
        failed.clone().count()
    );
    if let Some(why) = &monkeyed.stopped {
        let _ = writeln!(text, "Not all were tried: {why}.");
    }
    if let Some((stack, attempt)) = failed.clone().next() {
        text.push_str(&end(&format!("stack {}", stack.number), &attempt.output));
    }
    text
}

/// What a stack has that the best one has not.
fn against(stack: &Drawn, monkeyed: &Monkeyed) -> Vec<String> {
    let other = stack.releases.iter().filter(|(name, one)| version(&monkeyed.best, name) != Some(one));
    let mut words: Vec<String> = other.map(|(name, version)| format!("{name} {version}")).collect();
    let missing = monkeyed.best.iter().filter(|(name, _)| version(&stack.releases, name).is_none());
    words.extend(missing.map(|(name, _)| format!("no {name}")));
    if words.is_empty() { vec!["as the best".to_string()] } else { words }
}

fn version<'a>(releases: &'a [(PackageName, Version)], name: &PackageName) -> Option<&'a Version> {
    releases.iter().find(|(one, _)| one == name).map(|(_, version)| version)
}
