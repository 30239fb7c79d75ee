//! What prescriptions, observations and what was seen inside tell of the stack: what is wrong and what to look at, alike remarks together; the rest is counted.

use std::collections::{BTreeSet, HashMap};

use resolution::pipeline::{
    health, observed,
    remarks::{Remark, Remarks, Tone as Kind},
    scanned,
};

use super::{
    inside,
    page::{Line, Page, Tone},
};
use crate::{
    clean::{clean, fitted},
    words::{count, grouped, listed},
};

/// How many groups of remarks are told.
const MOST: usize = 8;
/// How many packages of alike remarks are named.
const MOST_ALIKE: usize = 4;

/// Remarks that say the same.
struct Alike<'r> {
    remark: &'r Remark,
    packages: BTreeSet<String>,
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
    page.section(Tone::Strong, title);
    let mut groups: Vec<Alike<'_>> = Vec::new();
    let mut places: HashMap<(Kind, &str), usize> = HashMap::new();
    for kind in [Kind::Error, Kind::Warning, Kind::Info] {
        if kind == Kind::Info && !page.style.verbose {
            continue;
        }
        for remark in all().filter(|one| one.tone == kind) {
            let package = remark.package.as_ref().map(ToString::to_string);
            let place = *places.entry((kind, &remark.message)).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.packages.extend(package),
                None => groups.push(Alike { remark, packages: package.into_iter().collect() }),
            }
        }
    }
    let most = if page.style.verbose { usize::MAX } else { MOST };
    for group in groups.iter().take(most) {
        alike(page, group);
    }
    let more = groups.len().saturating_sub(most);
    if more > 0 {
        page.point(2, &Line::new().then(Tone::Faint, format!("and {} more, which `-v` tells", grouped(more))));
    }
    if !remarks.manifest_changes.is_empty() {
        let changes = count(remarks.manifest_changes.iter().map(Vec::len).sum(), "change");
        page.point(2, &Line::new().plain(format!("{changes} of manifests advised; `--format json` has them")));
    }
    let notes = remarks.count(Kind::Info);
    if notes > 0 && !page.style.verbose {
        page.put(2, &Line::new().then(Tone::Faint, format!("{} besides, which `-v` tells", count(notes, "note"))));
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn alike(page: &mut Page<'_>, group: &Alike<'_>) {
    let tone = match group.remark.tone {
        Kind::Error => Tone::Bad,
        Kind::Warning => Tone::Warning,
        Kind::Info => Tone::Plain,
    };
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
    page.point(2, &Line::new().then(tone, format!("{about}{text}")).then(Tone::Faint, link));
}
