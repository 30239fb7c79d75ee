//! What trials taught: which releases pass, drawn as a map, and which fail, as prescriptions.

use std::{cmp::Ordering, collections::BTreeMap, fmt::Write as _};

use operations::monkey::{Bisected, Drawn, Monkeyed};
use packaging::{PackageName, Version, VersionSpecifier, VersionSpecifiers};
use prescriptions::{Matcher, Note, Score, Tone, Versions, draft};
use report::plot::{Field, Map};
use resolution::{
    bisect::Found,
    trials::{Release, Suspect, Tally, Tried, suspects, tally},
};

use serde_json::{Value, json};

use super::json::releases;
use crate::terminal::{columns, counted, indented};

/// How many failures of as many tries are a verdict; fewer are a reason to prefer others.
const VERDICT: usize = 2;
/// What a release loses that failed once.
const DOUBT: Score = Score(-500);

/// What trials taught.
pub(super) struct Learned<'m> {
    trials: Vec<Tried<'m>>,
    tallies: BTreeMap<PackageName, BTreeMap<Version, Tally>>,
    suspects: Vec<Suspect>,
}

impl<'m> Learned<'m> {
    pub(super) fn of(monkeyed: &'m Monkeyed) -> Self {
        let passed = |stack: &'m Drawn| Some(stack.attempt.as_ref()?.outcome.is_ok());
        let stacks = monkeyed.stacks.iter();
        let trials: Vec<Tried<'m>> =
            stacks.filter_map(|stack| Some(Tried { releases: &stack.releases, passed: passed(stack)? })).collect();
        let (tallies, suspects) = (tally(&trials), suspects(&trials));
        Self { trials, tallies, suspects }
    }

    /// How often each release passed, and what fails whenever it is there.
    pub(super) fn text(&self) -> String {
        let failed = self.trials.iter().filter(|trial| !trial.passed).count();
        if failed == 0 || self.trials.len() < 2 {
            return String::new();
        }
        let cell = |(version, tally): (&Version, &Tally)| format!("{version}: {}", count(*tally));
        let cells =
            |versions: &BTreeMap<Version, Tally>| versions.iter().rev().map(cell).collect::<Vec<_>>().join(", ");
        let rows = self.tallies.iter().map(|(name, versions)| [name.to_string(), cells(versions)]);
        let mut text = format!("\nPassed of tried, by release:\n{}", indented(&columns(rows)));
        if self.suspects.is_empty() {
            let why = match failed == self.trials.len() {
                true => "nothing passed",
                false => "no release fails always, alone or with one other",
            };
            let _ = writeln!(text, "\nIt cannot be told what is to blame: {why}.");
        } else {
            text.push_str("\nTo blame, as far as these stacks tell:\n");
        }
        for Suspect { releases, failures } in &self.suspects {
            let failed = counted(*failures, "stack");
            let _ = writeln!(text, "  {}: failed in {failed}, passed in none", named(releases));
        }
        text
    }

    /// The same for programs.
    pub(super) fn document(&self) -> Value {
        let tally = |(version, tally): (&Version, &Tally)| {
            (version.to_string(), json!({ "tried": tally.tried, "passed": tally.passed }))
        };
        let package = |(name, versions): (&PackageName, &BTreeMap<Version, Tally>)| {
            (name.to_string(), versions.iter().map(tally).collect::<serde_json::Map<_, _>>().into())
        };
        let suspect =
            |suspect: &Suspect| json!({ "releases": releases(&suspect.releases), "failures": suspect.failures });
        json!({
            "releases": self.tallies.iter().map(package).collect::<serde_json::Map<String, Value>>(),
            "blame": self.suspects.iter().map(suspect).collect::<Vec<_>>(),
        })
    }

    /// The trials as a map: of two packages each pair of releases, else each release of each package.
    pub(super) fn map(&self, command: &str) -> Map {
        let passed = self.trials.iter().filter(|trial| trial.passed).count();
        let title = format!("{command}: {passed} of {} passed", counted(self.trials.len(), "stack"));
        let both: Vec<(&PackageName, &BTreeMap<Version, Tally>)> = self.tallies.iter().collect();
        if let [(across, columns), (down, rows)] = both.as_slice() {
            let row = |other: &Version| {
                let fields = columns.keys().rev().map(|version| Some(self.pair((across, version), (down, other))));
                (format!("{down} {other}"), fields.collect())
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
        Map { title, columns: Vec::new(), rows: self.tallies.iter().map(row).collect() }
    }

    /// How two releases fared together.
    fn pair(&self, one: (&PackageName, &Version), other: (&PackageName, &Version)) -> Field {
        let has = |trial: &&Tried<'_>, (name, version): (&PackageName, &Version)| {
            trial.releases.iter().any(|(there, at)| there == name && at == version)
        };
        let here = self.trials.iter().filter(|trial| has(trial, one) && has(trial, other));
        let (passed, failed): (Vec<_>, Vec<_>) = here.partition(|trial| trial.passed);
        Field { label: String::new(), tried: passed.len() + failed.len(), passed: passed.len() }
    }

    /// A file of prescriptions that says what trials taught; `None` where they taught nothing that could be said.
    pub(super) fn prescriptions(&self, command: &str, python: &str) -> Option<String> {
        let said = |Suspect { releases, failures }: &Suspect| {
            let times = counted(*failures, "stack");
            let text = format!("`{command}` failed with {} in {times} and passed in none", named(releases));
            let packages = releases.iter().map(|(name, version)| within(name, version, version)).collect();
            note(&text, python, packages, *failures >= VERDICT)
        };
        let notes: Vec<Note> = self.suspects.iter().map(said).collect();
        (!notes.is_empty()).then(|| draft::file("thoth monkey", &notes))
    }
}

fn count(tally: Tally) -> String {
    format!("{} of {}", tally.passed, tally.tried)
}

fn named(releases: &[Release]) -> String {
    let names: Vec<String> = releases.iter().map(|(name, version)| format!("{name} {version}")).collect();
    names.join(" with ")
}

/// A file of prescriptions about what was found between two locks.
pub(super) fn blamed(command: &str, python: &str, bisected: &Bisected) -> Option<String> {
    let Some(Found::Blame(parts)) = &bisected.found else { return None };
    let blame = |number: &usize| {
        let change = bisected.changes.get(*number)?;
        let bad = change.bad.as_ref()?;
        let onset = bisected.onsets.iter().find(|onset| onset.change == *number);
        let first = onset.map_or(bad, |onset| &onset.fails);
        let works = onset.map(|onset| &onset.works).or(change.good.as_ref());
        let named = if first == bad { bad.to_string() } else { format!("{first} to {bad}") };
        Some((within(&change.package, first, bad), format!("{} {named}", change.package), works))
    };
    // That something is not there is nothing a prescription could forbid.
    let blame = parts.keys().map(blame).collect::<Option<Vec<_>>>()?;
    let works = match blame.as_slice() {
        [(.., Some(works))] => format!(" and works with {works}"),
        _ => String::new(),
    };
    let named: Vec<&str> = blame.iter().map(|(_, named, _)| named.as_str()).collect();
    let text = format!("`{command}` fails with {}{works}", named.join(" together with "));
    let note = note(&text, python, blame.into_iter().map(|(matcher, ..)| matcher).collect(), true);
    Some(draft::file("thoth monkey", &[note]))
}

/// The releases of a package from one to another.
fn within(package: &PackageName, one: &Version, other: &Version) -> Matcher {
    let versions: VersionSpecifiers = match one.cmp(other) {
        Ordering::Equal => VersionSpecifier::equals_version(one.clone()).into(),
        _ => {
            let (low, high) = (one.min(other).clone(), one.max(other).clone());
            let low = VersionSpecifier::greater_than_equal_version(low);
            [low, VersionSpecifier::less_than_equal_version(high)].into_iter().collect()
        }
    };
    Matcher { versions: Versions::Within(versions), ..Matcher::package(package.clone()) }
}

/// A note for a Python; what is no verdict only costs points.
fn note(text: &str, python: &str, packages: Vec<Matcher>, forbid: bool) -> Note {
    let (tone, score) = if forbid { (Tone::Error, None) } else { (Tone::Warning, Some(DOUBT)) };
    let note = Note::new(&format!("{text} (Python {python})"), tone, packages, forbid, score);
    Note { python: format!("=={python}.*").parse().ok(), ..note }
}
