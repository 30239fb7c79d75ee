//! What came of `thoth monkey`, for people.

use std::{collections::BTreeSet, fmt::Write as _};

use operations::monkey::{Drawn, Monkeyed, Plan};
use packaging::{PackageName, Version};
use report::Style;

use crate::terminal::visible;

/// A row of a table.
type Row = Vec<String>;

/// What was drawn, and where it is.
pub(super) fn text(plan: &Plan, monkeyed: &Monkeyed, style: &Style) -> String {
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
    if monkeyed.exhausted {
        let _ = writeln!(text, "\nThere is no other stack of this kind among these releases.");
    }
    if let (Some(folder), Some(first), Some(last)) = (&plan.folder, monkeyed.stacks.first(), monkeyed.stacks.last()) {
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
    let mut rows: Vec<Row> = Vec::new();
    rows.push(std::iter::once("stack".to_string()).chain(differing.iter().map(ToString::to_string)).collect());
    let best = differing.iter().map(|name| shown(version(&monkeyed.best, name)));
    rows.push(std::iter::once("best".to_string()).chain(best).collect());
    for stack in &monkeyed.stacks {
        let versions = differing.iter().map(|name| shown(version(&stack.releases, name)));
        rows.push(std::iter::once(stack.number.to_string()).chain(versions).collect());
    }
    let mut text = aligned(&rows);
    if text.lines().any(|line| line.chars().count() > style.width) {
        text =
            monkeyed.stacks.iter().map(|stack| format!("  {}  {}\n", stack.number, against(stack, monkeyed))).collect();
    }
    let same: Vec<String> = monkeyed
        .best
        .iter()
        .filter(|(name, _)| !differing.contains(&name))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    if !same.is_empty() {
        let _ = writeln!(text, "\nThe same in all: {}.", same.join(", "));
    }
    text
}

/// What a stack has that the best one has not.
fn against(stack: &Drawn, monkeyed: &Monkeyed) -> String {
    let other = stack.releases.iter().filter(|(name, one)| version(&monkeyed.best, name) != Some(one));
    let mut words: Vec<String> = other.map(|(name, version)| format!("{name} {version}")).collect();
    let missing = monkeyed.best.iter().filter(|(name, _)| version(&stack.releases, name).is_none());
    words.extend(missing.map(|(name, _)| format!("no {name}")));
    if words.is_empty() { "as the best".to_string() } else { words.join(", ") }
}

fn version<'a>(releases: &'a [(PackageName, Version)], name: &PackageName) -> Option<&'a Version> {
    releases.iter().find(|(one, _)| one == name).map(|(_, version)| version)
}

/// Rows with their columns under each other.
fn aligned(rows: &[Row]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &Row| {
        let cells: String = row.iter().zip(&widths).map(|(cell, width)| format!("  {cell:width$}")).collect();
        cells.trim_end().to_string() + "\n"
    };
    rows.iter().map(line).collect()
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
