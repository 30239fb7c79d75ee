//! What would help, why something remains and what a step back bought, in words.

use packaging::{PackageName, Version};
use resolution::{
    Level,
    outcome::{Incoming, Remedy, Standing, StepBack},
    relaxation::{OtherIndex, Part, Relaxation, Written},
};

use crate::{
    clean::clean,
    sentence::sentence,
    words::{instant, listed, place, release},
};

/// How many identifiers of the vulnerabilities of one release are named.
const MOST_IDS: usize = 3;
/// How many releases are named.
const MOST_RELEASES: usize = 3;

/// What to do, as a clause in the imperative: ``let `urllib3<2` (requirements.in:3) admit 2.8.0``.
pub(crate) fn clause(remedy: &Remedy) -> String {
    let steps: Vec<String> = remedy.relaxations.iter().map(|one| step(one, remedy)).collect();
    match steps.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{}, and {last}", before.join(", ")),
        _ => steps.concat(),
    }
}

fn step(relaxation: &Relaxation, remedy: &Remedy) -> String {
    match relaxation {
        Relaxation::Bound { written, admit: Some(version) } => format!("let {} admit {version}", named(written)),
        Relaxation::Bound { written, admit: None } => format!("drop the bound of {}", named(written)),
        Relaxation::Newer { before: Some(before) } => {
            let before = instant(*before).unwrap_or_else(|| before.to_string());
            format!("set `--exclude-newer {before}`")
        }
        Relaxation::Newer { before: None } => "do without `--exclude-newer`".to_string(),
        Relaxation::Formats { package: Some(package) } => {
            format!("admit every format of `{package}` (see `--no-binary`, `--only-binary`)")
        }
        Relaxation::Formats { package: None } => "do without `--no-binary` and `--only-binary`".to_string(),
        Relaxation::Extra { written, extra } => format!("do without the extra `{extra}` of {}", named(written)),
        Relaxation::Prereleases => "admit pre-releases with `--prerelease allow`".to_string(),
        Relaxation::Python { version } => {
            let widen = remedy.requires_python.as_ref().map(|(supported, origin)| {
                format!(", and let `requires-python` {} ({}) admit it", clean(&supported.to_string()), place(origin))
            });
            format!("choose for Python {version} (`--python-version {version}`){}", widen.unwrap_or_default())
        }
        Relaxation::Index { package, index } => other_index(package, index),
        Relaxation::Yanked { package, version } => format!("pin `{package}=={version}`, although it was yanked"),
        Relaxation::Hashes { package } => {
            format!("check the hashes that are demanded for `{package}`, and demand those of the release you trust")
        }
        Relaxation::Prescription { name, origin } => {
            format!("do without your own prescription `{}` ({})", clean(name), place(origin))
        }
        Relaxation::Dropped { written } => format!("drop {}", named(written)),
    }
}

/// A pin to another index, how to write it, and what it gives up: the first index that has a package hides what anybody
/// uploads under its name elsewhere.
fn other_index(package: &PackageName, index: &OtherIndex) -> String {
    let url = clean(&index.url);
    let (from, how) = match &index.name {
        Some(name) => {
            let name = clean(name);
            (format!("the index `{name}`"), format!("`--index-pin {package}={name}`"))
        }
        None => {
            let how = format!("name it in an `[[index]]` with `explicit = true`, then `--index-pin {package}=NAME`");
            (url, how)
        }
    };
    format!("take `{package}` from {from}, trusting whoever uploads it there ({how})")
}

fn named(written: &Written) -> String {
    let kind = match written.part {
        Part::Constraint => "the constraint ",
        Part::Requirement => "",
        Part::Override => "the override ",
    };
    format!("{kind}`{}` ({})", clean(&written.text), place(&written.origin))
}

/// What a remedy does: `exposure 389 -> 0`. Nothing when there is nothing to compare and nothing left.
pub(crate) fn effect(remedy: &Remedy, arrow: &str) -> Option<String> {
    let after = remedy.after;
    let Some(before) = remedy.before else {
        return (after != Standing::default()).then(|| standing(after));
    };
    let mut parts = Vec::new();
    if before.exploited != after.exploited {
        parts.push(format!("exploited {} {arrow} {}", before.exploited, after.exploited));
    }
    if before.exposure != after.exposure || parts.is_empty() {
        parts.push(format!("exposure {} {arrow} {}", exposure(before), exposure(after)));
    }
    Some(parts.join(", "))
}

/// `exploited 2, exposure 19.6`.
fn standing(standing: Standing) -> String {
    let mut parts = Vec::new();
    if standing.last_resorts > 0 {
        parts.push(format!("last resorts {}", standing.last_resorts));
    }
    if standing.exploited > 0 {
        parts.push(format!("exploited {}", standing.exploited));
    }
    parts.push(format!("exposure {}", exposure(standing)));
    parts.join(", ")
}

fn exposure(standing: Standing) -> String {
    figure(Level::Exposure, standing.exposure)
}

/// An amount on a level; none is none in every unit.
fn figure(level: Level, value: i64) -> String {
    if value == 0 { "0".to_string() } else { level.amount(value) }
}

/// In what one standing differs from another: `exposure 19.6 instead of 22.3`.
pub(crate) fn difference(one: Standing, other: Standing) -> String {
    let mut parts = Vec::new();
    if one.last_resorts != other.last_resorts {
        parts.push(format!("last resorts {} instead of {}", one.last_resorts, other.last_resorts));
    }
    if one.exploited != other.exploited {
        parts.push(format!("exploited {} instead of {}", one.exploited, other.exploited));
    }
    if one.exposure != other.exposure {
        parts.push(format!("exposure {} instead of {}", exposure(one), exposure(other)));
    }
    parts.join(", ")
}

/// `urllib3 2.3.0: CVE-2025-1, CVE-2025-2 and 3 more`.
pub(crate) fn incoming(incoming: &[Incoming]) -> String {
    let one = |one: &Incoming| {
        let ids: Vec<String> = one.ids.iter().map(|id| clean(id)).collect();
        format!("{}: {}", release(&one.name, &one.version), listed(&ids, MOST_IDS))
    };
    let told: Vec<String> = incoming.iter().take(MOST_RELEASES).map(one).collect();
    let more = incoming.len().saturating_sub(MOST_RELEASES);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("{}{more}", told.join("; "))
}

/// What a step back bought, as a sentence.
pub(crate) fn step_back(name: &PackageName, newer: &Version, chosen: &Version, step: &StepBack) -> String {
    let newer = release(name, newer);
    match step {
        StepBack::Worse { level, with, without, incoming: brought } => {
            let brought = match brought.is_empty() {
                true => String::new(),
                false => format!(" ({})", incoming(brought)),
            };
            let what = match level {
                Level::Exposure => "the least exposure is",
                Level::Exploited => "the least number of vulnerabilities known to be exploited is",
                Level::LastResort => "the least number of last resorts is",
                Level::Performance => "the fewest performance points lost are",
                Level::Quality => "the fewest quality points lost are",
                Level::Change => "the fewest changes against the lock are",
                Level::DirectFreshness => "direct dependencies are behind by at least",
                Level::Freshness => "transitive dependencies are behind by at least",
            };
            let (with, without) = (figure(*level, *with), figure(*level, *without));
            format!("With {newer} or newer {what} {with}{brought}; with {chosen}, {without}.")
        }
        StepBack::Impossible(facts) => {
            let told: Vec<String> = facts.iter().map(sentence).collect();
            match told.is_empty() {
                true => format!("No stack has {newer} or newer."),
                false => format!("No stack has {newer} or newer: {}.", told.join(", and ")),
            }
        }
    }
}
