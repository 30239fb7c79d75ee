//! What prescriptions, observations and what was seen inside tell of the stack: what is wrong and what to look at, alike remarks together; the rest is counted.

use std::collections::{BTreeSet, HashMap};

use resolution::pipeline::{
    health, observed,
    remarks::{Remark, Remarks, Tone as Kind},
    scanned,
};

use serde_json::Value;

use super::{
    inside,
    page::{Line, Page, Tone},
};
use crate::{
    clean::{clean, fitted},
    json::convert,
    words::{count, grouped, listed},
};

/// How many groups of remarks are told.
const MOST: usize = 8;
/// How many packages of alike remarks are named.
const MOST_ALIKE: usize = 4;

/// How many advised changes of manifests are told.
const MOST_CHANGES: usize = 4;

/// Remarks that say the same.
struct Alike<'r> {
    remark: &'r Remark,
    packages: BTreeSet<String>,
    /// How many they are.
    number: usize,
}

/// The remarks, the most serious first.
pub(super) fn remarks(page: &mut Page<'_>, remarks: &Remarks) {
    let all = || remarks.stack_info.iter().chain(&remarks.justification).filter(|remark| !inside::is_first(remark));
    if all().next().is_none() && remarks.manifest_changes.is_empty() {
        return;
    }
    let is_observed = |one: &Remark| [observed::FAILURES, observed::RATES].contains(&one.unit.as_str());
    let is_seen = |one: &Remark| [scanned::HOSTILE, scanned::FINDINGS, scanned::CHANGES].contains(&one.unit.as_str());
    let is_health = |one: &Remark| one.unit == health::HEALTH;
    let is_own = |one: &Remark| one.is_built_in() || is_observed(one) || is_seen(one) || is_health(one);
    let is_prescribed = |one: &Remark| !is_own(one);
    let kinds = [
        (all().any(is_prescribed) || !remarks.manifest_changes.is_empty(), "prescriptions"),
        (all().any(is_observed), "observations"),
        (all().any(is_seen), "what was seen inside"),
        (all().any(is_health), "the health of projects"),
    ];
    let kinds: Vec<String> = kinds.iter().filter(|(any, _)| *any).map(|(_, kind)| kind.to_string()).collect();
    let title = match kinds.is_empty() {
        true => "What the releases say of themselves".to_string(),
        false => capital(&listed(&kinds, kinds.len())),
    };
    let groups = grouped_alike(all(), page.style.verbose);
    let told: usize = groups.iter().map(|group| group.number).sum();
    let notes = all().count() - told;
    let notes = (notes > 0).then(|| format!("{}, which `-v` tells", count(notes, "note")));
    if groups.is_empty() && remarks.manifest_changes.is_empty() {
        page.gap();
        let title = Line::new().then(Tone::Strong, title);
        return page.put(0, &title.then(Tone::Faint, format!(": {}", notes.unwrap_or_default())));
    }
    page.section(Tone::Strong, title);
    let most = if page.style.verbose { usize::MAX } else { MOST };
    for group in groups.iter().take(most) {
        alike(page, group);
    }
    let more = groups.len().saturating_sub(most);
    if more > 0 {
        page.point(2, &Line::new().then(Tone::Faint, format!("and {} more, which `-v` tells", grouped(more))));
    }
    manifests(page, remarks);
    if let Some(notes) = notes {
        page.put(2, &Line::new().then(Tone::Faint, notes));
    }
}

/// Remarks that say the same together: what is wrong, what was decided with, what to look at, then the notes if all are told.
fn grouped_alike<'r>(all: impl Iterator<Item = &'r Remark>, verbose: bool) -> Vec<Alike<'r>> {
    let rank = |one: &Remark| match one.tone {
        Kind::Error => Some(0),
        _ if one.decides => Some(1),
        Kind::Warning => Some(2),
        Kind::Info => verbose.then_some(3),
    };
    let mut told: Vec<(i32, &Remark)> = all.filter_map(|one| Some((rank(one)?, one))).collect();
    told.sort_by_key(|(rank, _)| *rank);
    let mut groups: Vec<Alike<'_>> = Vec::new();
    let mut places: HashMap<(i32, &str), usize> = HashMap::new();
    for (rank, remark) in told {
        let package = remark.package.as_ref().map(ToString::to_string);
        let place = *places.entry((rank, &remark.message)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => {
                group.packages.extend(package);
                group.number += 1;
            }
            None => groups.push(Alike { remark, packages: package.into_iter().collect(), number: 1 }),
        }
    }
    groups
}

/// The changes of manifests that are advised, as far as they are JSON patches.
fn manifests(page: &mut Page<'_>, remarks: &Remarks) {
    let all = convert::manifests(&remarks.manifest_changes);
    let all: Vec<&Value> = all.iter().flatten().collect();
    let most = if page.style.verbose { all.len() } else { MOST_CHANGES };
    for change in all.iter().take(most) {
        let text = |value: &Value| clean(value.as_str().unwrap_or_default());
        let (kind, patch) = (text(&change["kind"]), &change["patch"]);
        let line = match (text(&patch["op"]), text(&patch["path"]), &patch["value"]) {
            (does, at, _) if does.is_empty() || at.is_empty() => {
                format!("a change of a {kind} is advised; `--format json` has it")
            }
            (does, at, Value::Null) => format!("advised for a {kind}: {does} {at}"),
            (does, at, value) => format!("advised for a {kind}: {does} {} at {at}", clean(&value.to_string())),
        };
        page.point(2, &Line::new().plain(fitted(&line, page.width() * 2, page.ellipsis())));
    }
    let more = all.len().saturating_sub(most);
    if more > 0 {
        let line = format!("and {} of manifests, which `-v` tells", count(more, "more change"));
        page.point(2, &Line::new().then(Tone::Faint, line));
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn alike(page: &mut Page<'_>, group: &Alike<'_>) {
    let packages: Vec<String> = group.packages.iter().cloned().collect();
    let about = match packages.is_empty() {
        true => String::new(),
        false => format!("{}: ", listed(&packages, if page.style.verbose { usize::MAX } else { MOST_ALIKE })),
    };
    let room = if page.style.verbose { usize::MAX } else { page.width() * 2 };
    let text = fitted(&clean(&group.remark.message), room, page.ellipsis());
    let link = match group.remark.links.first().filter(|_| group.packages.len() < 2) {
        Some(link) => format!(" ({})", clean(link)),
        None => String::new(),
    };
    page.point(2, &Line::new().then(group.remark.tone.into(), format!("{about}{text}")).then(Tone::Faint, link));
}
