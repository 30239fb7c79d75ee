//! The stack: what changed, what is in it, what its reader should know about its releases.

use std::collections::BTreeMap;

use packaging::Version;
use resolution::{
    catalogue::ExclusionKind,
    outcome::{Avoided, Change, ChosenRelease, Decision, Outcome, Reason, StepBack, Unknown},
};

use super::page::{Line, Page, Tone};
use crate::{
    clean::clean,
    condition::conditions,
    remedy::step_back,
    words::{count, listed, release},
};

/// How many dependents of a release are named.
const MOST_PARENTS: usize = 3;
/// How many identifiers, or releases, are named in a line.
const MOST_NAMES: usize = 8;

/// What differs from the existing lock.
pub(super) fn changes(page: &mut Page<'_>, decision: &Decision) {
    let Some(changes) = &decision.changes else { return };
    if changes.is_empty() {
        page.gap();
        page.put(0, &Line::new().then(Tone::Good, "Nothing changed").plain(" against the existing lock."));
        return;
    }
    page.section(Tone::Strong, format!("{} against the existing lock", count(changes.len(), "change")));
    let rows: Vec<Vec<Line>> = changes.iter().map(|change| row_of_change(page, change)).collect();
    page.table(2, &rows);
    let late: Vec<String> = changes.iter().filter_map(too_late).collect();
    if !late.is_empty() {
        let were = if late.len() == 1 { "was" } else { "were" };
        let most = if page.style.verbose { usize::MAX } else { MOST_NAMES };
        let line = format!("{} {were} not uploaded before the `--exclude-newer` date.", listed(&late, most));
        page.put(2, &Line::new().plain(line));
    }
    for change in changes.iter().filter(|change| too_late(change).is_none()) {
        let (Some(step), Some(before), Some(after)) = (&change.step_back, &change.before, &change.after) else {
            continue;
        };
        // What is avoided is told below.
        let told = |one: &Avoided| (&one.name, &one.version) == (&change.name, before);
        if !decision.avoided.iter().any(told) {
            page.put(2, &Line::new().plain(step_back(&change.name, before, after, step)));
        }
    }
}

/// The release of the existing lock, where it is too young to be in any stack.
fn too_late(change: &Change) -> Option<String> {
    let (Some(StepBack::Impossible(facts)), Some(before)) = (&change.step_back, &change.before) else { return None };
    let is_late = facts.iter().any(|fact| match fact {
        Reason::Excluded { package, kind: ExclusionKind::TooNew, releases, .. } => {
            *package == change.name && releases.versions.contains(before)
        }
        _ => false,
    });
    is_late.then(|| release(&change.name, before))
}

fn row_of_change(page: &Page<'_>, change: &Change) -> Vec<Line> {
    let shown =
        |version: &Option<Version>, absent: &str| version.as_ref().map_or(absent.to_string(), Version::to_string);
    let (before, after) = (shown(&change.before, "new"), shown(&change.after, "removed"));
    let mut why = Line::new();
    if !change.fixes.is_empty() {
        let fixes: Vec<String> = change.fixes.iter().map(|id| clean(id)).collect();
        let most = if page.style.verbose { fixes.len() } else { MOST_NAMES };
        why = why.then(Tone::Good, format!("fixes {}", listed(&fixes, most)));
    } else if let (Some(before), Some(after)) = (&change.before, &change.after) {
        why = match before.cmp(after) {
            std::cmp::Ordering::Less => why,
            std::cmp::Ordering::Equal => why.then(Tone::Faint, "from another place"),
            std::cmp::Ordering::Greater => why.then(Tone::Warning, "older than before"),
        };
    }
    vec![
        Line::new().plain(change.name.to_string()),
        Line::new().then(Tone::Faint, before),
        Line::new().plain(page.arrow()),
        Line::new().then(if change.after.is_some() { Tone::Strong } else { Tone::Faint }, after),
        why,
    ]
}

/// The stack as a list, where no lock tells it already.
pub(super) fn releases(page: &mut Page<'_>, decision: &Decision) {
    if decision.changes.is_some() && !page.style.verbose {
        return;
    }
    page.section(Tone::Strong, format!("The stack: {}", count(decision.releases.len(), "release")));
    let faint = |text: &str| Line::new().then(Tone::Faint, text);
    let old = decision.releases.iter().any(|one| one.behind > 0);
    let mut rows = vec![vec![
        faint("package"),
        faint("version"),
        faint(if old { "behind newest" } else { "" }),
        faint("required by"),
    ]];
    rows.extend(decision.releases.iter().map(|one| row_of_release(page, one)));
    page.table(2, &rows);
}

fn row_of_release(page: &Page<'_>, one: &ChosenRelease) -> Vec<Line> {
    let behind = if one.behind > 0 { format!("by {} ({})", one.behind, one.newest) } else { String::new() };
    let mut who: Vec<String> = one.origins.iter().map(|origin| clean(&origin.to_string())).collect();
    who.extend(one.parents.iter().map(ToString::to_string));
    let most = if page.style.verbose { who.len() } else { MOST_PARENTS };
    vec![
        Line::new().then(if one.direct { Tone::Strong } else { Tone::Plain }, name(one)),
        Line::new().plain(one.version.to_string()),
        Line::new().then(Tone::Warning, behind),
        Line::new().then(Tone::Faint, listed(&who, most)),
    ]
}

fn name(one: &ChosenRelease) -> String {
    let extras: Vec<&str> = one.extras.iter().map(AsRef::as_ref).collect();
    if extras.is_empty() { one.name.to_string() } else { format!("{}[{}]", one.name, extras.join(",")) }
}

/// What its reader should know about the releases, and the notes of the run.
pub(super) fn remarks(page: &mut Page<'_>, decision: &Decision, outcome: &Outcome) {
    let lines = about(page, &decision.releases, &outcome.unknown);
    if lines.is_empty() && outcome.notes.is_empty() {
        return;
    }
    page.section(Tone::Strong, "Worth knowing");
    for (tone, line) in lines {
        page.point(2, &Line::new().then(tone, line));
    }
    list(page, &outcome.notes);
}

/// The notes of the run.
pub(super) fn notes(page: &mut Page<'_>, notes: &[String]) {
    if !notes.is_empty() {
        page.section(Tone::Strong, "Worth knowing");
        list(page, notes);
    }
}

fn list(page: &mut Page<'_>, notes: &[String]) {
    for note in notes {
        page.point(2, &Line::new().plain(clean(note)));
    }
}

fn about(page: &Page<'_>, releases: &[ChosenRelease], unknown: &[Unknown]) -> Vec<(Tone, String)> {
    let mut lines = Vec::new();
    for one in releases {
        let told = conditions(one, page.ellipsis());
        lines.extend(told.into_iter().map(|(tone, text)| (tone.into(), text)));
    }
    let most = if page.style.verbose { usize::MAX } else { MOST_NAMES };
    let chosen = |wanted: fn(&ChosenRelease) -> bool| -> Vec<String> {
        releases.iter().filter(|one| wanted(one)).map(|one| release(&one.name, &one.version)).collect()
    };
    let built = chosen(|one| one.needs_build);
    if !built.is_empty() {
        let line =
            format!("No wheel fits for {}: installing runs code of the package to build it.", listed(&built, most));
        lines.push((Tone::Warning, line));
    }
    // What is listed as not known need not be said twice.
    let told = |id: &String| unknown.iter().any(|one| one.about == id.replace('\u{a0}', " "));
    let mut recorded = chosen(|one| one.recorded_metadata);
    recorded.retain(|id| !told(id));
    if !recorded.is_empty() {
        let line = format!(
            "The dependencies of {} are those recorded when the source distribution was made; a build may find others.",
            listed(&recorded, most)
        );
        lines.push((Tone::Plain, line));
    }
    lines.extend(elsewhere(page, releases, most).into_iter().map(|line| (Tone::Plain, line)));
    lines
}

/// Where releases come from, when that is not the place everybody expects.
fn elsewhere(page: &Page<'_>, releases: &[ChosenRelease], most: usize) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in releases {
        let place = one.url.as_deref().or(one.index.as_deref());
        if let Some(place) = place {
            places.entry(place).or_default().push(release(&one.name, &one.version));
        }
    }
    // One index for everything is no news, whichever it is.
    if places.len() == 1 && releases.iter().all(|one| one.url.is_none()) && page.style.home_index.is_none() {
        return Vec::new();
    }
    let home = page.style.home_index.as_deref().map(|home| home.trim_end_matches('/'));
    places
        .into_iter()
        .filter(|(place, _)| Some(place.trim_end_matches('/')) != home)
        .map(|(place, from)| match from.len() {
            1 => format!("{} comes from {}", listed(&from, most), clean(place)),
            all if all == releases.len() => format!("All releases come from {}", clean(place)),
            _ => format!("{} come from {}", listed(&from, most), clean(place)),
        })
        .collect()
}
