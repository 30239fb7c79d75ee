//! What trials taught: which releases pass, drawn as a map, and which fail, as prescriptions.

use std::{collections::BTreeMap, fmt::Write as _};

use operations::monkey::{Bisected, Drawn, Monkeyed};
use packaging::{PackageName, Version, VersionSpecifier};
use prescriptions::{Matcher, Note, Score, Tone, Versions, draft};
use report::plot::{Field, Map};
use resolution::{
    bisect::Found,
    trials::{Release, Suspect, Tally, Tried, suspects, tally},
};

use super::text::{Row, aligned, counted};

/// How many failures of as many tries are a verdict; fewer are a reason to prefer others.
const VERDICT: usize = 2;
/// What a release loses that failed once.
const DOUBT: Score = Score(-500);

/// What was tried, as the core sees it.
fn tried(monkeyed: &Monkeyed) -> Vec<Tried<'_>> {
    let tried = |stack: &'_ Drawn| Some(stack.attempt.as_ref()?.outcome.is_ok());
    let stacks = monkeyed.stacks.iter();
    stacks.filter_map(|stack| Some(Tried { releases: &stack.releases, passed: tried(stack)? })).collect()
}

/// How often each release passed, and what fails whenever it is there.
pub(super) fn text(monkeyed: &Monkeyed) -> String {
    let trials = tried(monkeyed);
    let failed = trials.iter().filter(|trial| !trial.passed).count();
    if failed == 0 || trials.len() < 2 {
        return String::new();
    }
    let cell = |(version, tally): (&Version, &Tally)| format!("{version}: {}", count(*tally));
    let rows: Vec<Row> = tally(&trials)
        .iter()
        .map(|(name, versions)| vec![name.to_string(), versions.iter().rev().map(cell).collect::<Vec<_>>().join(", ")])
        .collect();
    let mut text = format!("\nPassed of tried, by release:\n{}", aligned(&rows));
    let found = suspects(&trials);
    if found.is_empty() {
        let why =
            if failed == trials.len() { "nothing passed" } else { "no release fails always, alone or with one other" };
        let _ = writeln!(text, "\nIt cannot be told what is to blame: {why}.");
    } else {
        text.push_str("\nTo blame, as far as these stacks tell:\n");
    }
    for suspect in &found {
        let _ = writeln!(
            text,
            "  {}: failed in {}, passed in none",
            named(&suspect.releases),
            counted(suspect.failures, "stack")
        );
    }
    text
}

fn count(tally: Tally) -> String {
    format!("{} of {}", tally.passed, tally.tried)
}

fn named(releases: &[Release]) -> String {
    let names: Vec<String> = releases.iter().map(|(name, version)| format!("{name} {version}")).collect();
    names.join(" with ")
}

/// The trials as a map: of two packages each pair of releases, else each release of each package.
pub(super) fn map(command: &str, monkeyed: &Monkeyed) -> Map {
    let trials = tried(monkeyed);
    let passed = trials.iter().filter(|trial| trial.passed).count();
    let title = format!("{command}: {passed} of {} passed", counted(trials.len(), "stack"));
    let tallies = tally(&trials);
    let both: Vec<(&PackageName, &BTreeMap<Version, Tally>)> = tallies.iter().collect();
    if let [(across, columns), (down, rows)] = both.as_slice() {
        let at = |version: &Version, other: &Version| {
            let has = |trial: &&Tried<'_>, name: &PackageName, version: &Version| {
                trial.releases.iter().any(|(one, at)| one == name && at == version)
            };
            let here = trials.iter().filter(|trial| has(trial, across, version) && has(trial, down, other));
            let (passed, failed): (Vec<_>, Vec<_>) = here.partition(|trial| trial.passed);
            Field { label: String::new(), tried: passed.len() + failed.len(), passed: passed.len() }
        };
        let row = |other: &Version| {
            let fields = columns.keys().rev().map(|version| Some(at(version, other))).collect();
            (format!("{down} {other}"), fields)
        };
        let columns = columns.keys().rev().map(|version| format!("{across} {version}")).collect();
        return Map { title, columns, rows: rows.keys().rev().map(row).collect() };
    }
    let field = |(version, tally): (&Version, &Tally)| {
        Some(Field { label: version.to_string(), tried: tally.tried, passed: tally.passed })
    };
    let row = |(name, versions): (&PackageName, &BTreeMap<Version, Tally>)| {
        (name.to_string(), versions.iter().rev().map(field).collect())
    };
    Map { title, columns: Vec::new(), rows: tallies.iter().map(row).collect() }
}

/// A file of prescriptions that says what trials taught; `None` where they taught nothing that could be said.
pub(super) fn prescriptions(command: &str, python: &str, monkeyed: &Monkeyed) -> Option<String> {
    let found = suspects(&tried(monkeyed));
    let notes: Vec<Note> = found.iter().map(|suspect| note(command, python, suspect)).collect();
    (!notes.is_empty()).then(|| draft::file("thoth monkey", &notes))
}

/// The same of a release that was found between two locks: each stack that failed was tried twice.
pub(super) fn blamed(command: &str, python: &str, bisected: &Bisected) -> Option<String> {
    let Found::Blame(parts) = &bisected.found else { return None };
    let release = |number: &usize| {
        let change = bisected.changes.get(*number)?;
        Some((change.package.clone(), change.bad.clone()?))
    };
    // That something is not there is nothing a prescription could forbid.
    let releases = parts.keys().map(release).collect::<Option<Vec<Release>>>()?;
    let note = note(command, python, &Suspect { releases, failures: VERDICT });
    Some(draft::file("thoth monkey", &[note]))
}

fn note(command: &str, python: &str, suspect: &Suspect) -> Note {
    let matcher = |(name, version): &Release| {
        let is_it = VersionSpecifier::equals_version(version.clone());
        Matcher { versions: Versions::Within(is_it.into()), ..Matcher::package(name.clone()) }
    };
    let packages = suspect.releases.iter().map(matcher).collect();
    let times = counted(suspect.failures, "stack");
    let text =
        format!("`{command}` failed with {} in {times} and passed in none (Python {python})", named(&suspect.releases));
    let forbid = suspect.failures >= VERDICT;
    let (tone, score) = if forbid { (Tone::Error, None) } else { (Tone::Warning, Some(DOUBT)) };
    let note = Note::new(&text, tone, packages, forbid, score);
    Note { python: format!("=={python}.*").parse().ok(), ..note }
}
