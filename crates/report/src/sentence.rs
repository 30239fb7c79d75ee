//! The facts of an explanation as sentences, and what its reader could try that was not decided.

use std::collections::BTreeSet;

use packaging::{PackageName, Requirement};
use resolution::{
    catalogue::{Edge, ExclusionKind},
    outcome::{Explanation, Filter, Reason},
    releases::Releases,
    why::SUPPOSED,
};

use crate::{
    clean::clean,
    words::{grouped, instant, listed, place, release, requirement},
};

/// How many different requirements of one package on another are told apart.
const MOST_EDGES: usize = 4;
/// How many ranges of versions are named.
const MOST_RANGES: usize = 3;
/// How many different details of one kind of exclusion are told.
const MOST_DETAILS: usize = 3;
/// How many hints are given.
const MOST_HINTS: usize = 6;

/// A fact as a clause.
pub(crate) fn sentence(reason: &Reason) -> String {
    match reason {
        Reason::Want { text, origin } | Reason::Constraint { text, origin } if origin.file == SUPPOSED => {
            format!("you ask for `{}`", clean(text))
        }
        Reason::Want { text, origin } => {
            format!("your project requires `{}` ({})", clean(text), place(origin))
        }
        Reason::Python { supported, origin, environment } => format!(
            "your project supports Python {} only ({}), and the environment has Python {}",
            clean(&supported.to_string()),
            place(origin),
            clean(&environment.to_string())
        ),
        Reason::Constraint { text, origin } => {
            format!("your constraints demand `{}` ({})", clean(text), place(origin))
        }
        Reason::Override { text, origin } => {
            format!("your overrides replace other requirements by `{}` ({})", clean(text), place(origin))
        }
        Reason::Requires { package, on, edges } => requires(package, on, edges),
        Reason::Excluded { package, kind, releases, details, filter } => {
            let (who, several) = subject(package, releases, "release");
            format!("{who} {}", predicate(*kind, several, details, filter.as_ref()))
        }
        Reason::Rule { name, origin, why, members } => {
            let members: Vec<String> = members.iter().map(|one| format!("`{}`", clean(one))).collect();
            let why = if why.is_empty() { String::new() } else { format!(": {}", clean(why)) };
            if members.is_empty() {
                let origin = clean(&origin.to_string());
                return format!(
                    "the prescription {} ({origin}) accepts no stack in this environment{why}",
                    clean(name)
                );
            }
            format!(
                "the prescription {} ({}) does not admit {} together{why}",
                clean(name),
                clean(&origin.to_string()),
                members.join(" and ")
            )
        }
        Reason::Missing { package, answers } => {
            let told: Vec<String> =
                answers.iter().map(|(index, answer)| format!("{}: {}", clean(index), clean(answer))).collect();
            match told.is_empty() {
                true => format!("no index has a package `{package}`"),
                false => format!("no index has a package `{package}` ({})", told.join("; ")),
            }
        }
    }
}

/// What releases of a package require of another. Of many different requirements, those of the newest and of the oldest
/// release are told.
fn requires(package: &PackageName, on: &PackageName, edges: &[(Edge, Releases)]) -> String {
    let bound = |edge: &Edge| requirement(on, &edge.extras, &edge.specifiers);
    if edges.is_empty() {
        return format!("{package} requires `{on}`");
    }
    if edges.len() > MOST_EDGES {
        let versions =
            || edges.iter().flat_map(|(edge, releases)| releases.versions.iter().map(move |one| (one, edge)));
        if let Some((newest, oldest)) =
            versions().max_by_key(|(version, _)| *version).zip(versions().min_by_key(|(version, _)| *version))
        {
            let count = edges.iter().map(|(_, releases)| releases.versions.len()).sum();
            return format!(
                "{} releases of {package} have {} different bounds on `{on}`, from {} of {} to {} of {}",
                grouped(count),
                grouped(edges.len()),
                bound(oldest.1),
                release(package, oldest.0),
                bound(newest.1),
                release(package, newest.0),
            );
        }
    }
    let told = edges.iter().map(|(edge, releases)| {
        let (who, several) = subject(package, releases, "usable release");
        let verb = if several { "require" } else { "requires" };
        let extras: Vec<String> = edge.when.iter().map(|extra| format!("`{extra}`")).collect();
        let when = match extras.is_empty() {
            true => String::new(),
            false => format!(" with the extra {}", listed(&extras, usize::MAX)),
        };
        format!("{who}{when} {verb} {}", bound(edge))
    });
    told.collect::<Vec<_>>().join("; ")
}

/// Names releases of a package in few words, and whether they are several. `noun` is what they are when there are no
/// others.
fn subject(package: &PackageName, releases: &Releases, noun: &str) -> (String, bool) {
    let count = releases.versions.len();
    let ranges: Vec<String> = releases
        .ranges
        .iter()
        .rev()
        .map(|(oldest, newest)| if oldest == newest { oldest.to_string() } else { format!("{oldest} to {newest}") })
        .collect();
    match ranges.as_slice() {
        [] => (package.to_string(), false),
        [range] if count > 1 && releases.all => (format!("every {noun} of {package} ({range})"), false),
        [_, ..] if ranges.len() <= MOST_RANGES => {
            (format!("{package}\u{a0}{}", listed(&ranges, MOST_RANGES)), count > 1)
        }
        _ => {
            let ends = releases.versions.last().zip(releases.versions.first());
            let span = ends.map(|(oldest, newest)| format!(" from {oldest} to {newest}")).unwrap_or_default();
            (format!("{} releases of {package}{span}", grouped(count)), true)
        }
    }
}

/// What a filter says of releases that it leaves out.
fn predicate(kind: ExclusionKind, several: bool, details: &BTreeSet<String>, filter: Option<&Filter>) -> String {
    let verb = |one: &'static str, many: &'static str| if several { many } else { one };
    // A detail may be a sentence of its own, and becomes a part of this one.
    let details: Vec<String> = details.iter().map(|detail| clean(detail).trim_end_matches('.').to_string()).collect();
    let told = match details.is_empty() {
        true => String::new(),
        false => format!(" ({})", listed(&details, MOST_DETAILS)),
    };
    let has = verb("has", "have");
    let limit = match filter {
        Some(Filter::Uploaded { before, origin }) => {
            let instant = instant(*before).unwrap_or_else(|| before.to_string());
            // The sentence names the flag already.
            let elsewhere = origin.as_ref().filter(|origin| !origin.file.starts_with("--"));
            let origin = elsewhere.map(|origin| format!(", {}", place(origin))).unwrap_or_default();
            format!(" ({instant}{origin})")
        }
        _ => String::new(),
    };
    match kind {
        ExclusionKind::Python => {
            let environment = match filter {
                Some(Filter::Python(version)) => {
                    format!(", and the environment has Python {}", clean(&version.to_string()))
                }
                _ => String::new(),
            };
            let more = if details.len() > MOST_DETAILS { " or others" } else { "" };
            let supported = match details.get(..MOST_DETAILS).unwrap_or(&details) {
                [] => "another Python version".to_string(),
                some => format!("Python {}{more}", some.join(" or ")),
            };
            format!("{} {supported}{environment}", verb("requires", "require"))
        }
        ExclusionKind::Platform => match filter {
            Some(Filter::Environment(environment)) => format!("{has} no file for {}", clean(environment)),
            _ => format!("{has} no file for this platform"),
        },
        ExclusionKind::Format => format!("{has} no file in an allowed format (`--only-binary`, `--no-binary`)"),
        ExclusionKind::TooNew => {
            format!("{} not uploaded before the `--exclude-newer` date{limit}", verb("was", "were"))
        }
        ExclusionKind::NoUploadTime => format!("{has} no upload time, which `--exclude-newer`{limit} needs"),
        ExclusionKind::Prerelease => {
            format!("{}, and `--prerelease` does not admit any", verb("is a pre-release", "are pre-releases"))
        }
        ExclusionKind::Yanked => {
            format!("{} yanked{told} and {} not pinned with `==`", verb("was", "were"), verb("is", "are"))
        }
        ExclusionKind::Malware => format!("{} reported as malware{told}", verb("is", "are")),
        ExclusionKind::Avoided => format!(
            "{} affected by {}",
            verb("is", "are"),
            match details.is_empty() {
                true => "it".to_string(),
                false => listed(&details, MOST_DETAILS),
            }
        ),
        ExclusionKind::Prescribed => format!("{} excluded by a prescription{told}", verb("is", "are")),
        ExclusionKind::Hostile => format!("{} hostile{told}", verb("looks", "look")),
        ExclusionKind::Quarantined => format!("{} quarantined by {} index", verb("is", "are"), verb("its", "their")),
        ExclusionKind::Hashes => format!("{has} no file with a demanded hash"),
        ExclusionKind::UnknownMetadata => format!("{has} dependencies that only a build could tell{told}"),
        ExclusionKind::BrokenMetadata => format!("{has} broken metadata{told}"),
        ExclusionKind::UrlDependency => {
            format!("{} on a URL that the project does not name itself{told}", verb("depends", "depend"))
        }
    }
}

/// The package of which the facts leave no release, where they all come together in one.
pub(crate) fn left_without(explanation: &Explanation) -> Option<PackageName> {
    let mut requiring = BTreeSet::new();
    let mut required = BTreeSet::new();
    let mut named = BTreeSet::new();
    for fact in &explanation.facts {
        match fact {
            Reason::Requires { package, on, .. } => {
                requiring.insert(package.clone());
                required.insert(on.clone());
            }
            Reason::Want { text, .. } | Reason::Constraint { text, .. } | Reason::Override { text, .. } => {
                named.insert(text.parse::<Requirement>().ok()?.name);
            }
            Reason::Excluded { package, .. } => {
                named.insert(package.clone());
            }
            Reason::Missing { .. } | Reason::Python { .. } | Reason::Rule { .. } => return None,
        }
    }
    let mut ends = named.union(&required).filter(|package| !requiring.contains(*package));
    match (ends.next(), ends.next()) {
        (Some(package), None) => Some(package.clone()),
        _ => None,
    }
}

/// What could be tried beside what was decided, the most promising first. None of it is proven to be enough.
pub(crate) fn hints(explanation: &Explanation) -> Vec<String> {
    let facts = &explanation.facts;
    let ranked = [
        facts.iter().filter_map(missing).collect::<Vec<_>>(),
        facts.iter().filter_map(excluded).collect(),
        dependents(facts),
    ];
    let mut hints: Vec<String> = Vec::new();
    for hint in ranked.into_iter().flatten() {
        if !hints.contains(&hint) && hints.len() < MOST_HINTS {
            hints.push(hint);
        }
    }
    hints
}

fn missing(reason: &Reason) -> Option<String> {
    let Reason::Missing { package, .. } = reason else { return None };
    Some(format!(
        "check the spelling of `{package}`; if another index has it, name that index with `--index-url` or `--extra-index-url`"
    ))
}

/// What is said of filters that nobody lifts by deciding anew.
fn excluded(reason: &Reason) -> Option<String> {
    let Reason::Excluded { package, kind, .. } = reason else { return None };
    match kind {
        ExclusionKind::Platform => {
            Some(format!("choose for another platform with `--python-platform`, if `{package}` is for one"))
        }
        ExclusionKind::Malware | ExclusionKind::Quarantined => {
            Some(format!("do without the unsafe releases of `{package}`; Thoth does not choose them"))
        }
        ExclusionKind::Hostile => Some(format!(
            "do without the hostile releases of `{package}`; what you looked at yourself, `--ignore {package}:RULE` accepts"
        )),
        ExclusionKind::UnknownMetadata => Some(format!(
            "ask for a version of `{package}` that comes as a wheel; Thoth builds nothing to learn its dependencies"
        )),
        ExclusionKind::UrlDependency => {
            Some(format!("name the URL that `{package}` depends on among your own requirements"))
        }
        ExclusionKind::Python
        | ExclusionKind::Format
        | ExclusionKind::TooNew
        | ExclusionKind::NoUploadTime
        | ExclusionKind::Prerelease
        | ExclusionKind::Yanked
        | ExclusionKind::Avoided
        | ExclusionKind::Prescribed
        | ExclusionKind::Hashes
        | ExclusionKind::BrokenMetadata => None,
    }
}

/// Overriding what dependents require, which only their user can judge.
fn dependents(facts: &[Reason]) -> Vec<String> {
    let mut pairs: Vec<String> = facts
        .iter()
        .filter_map(|fact| match fact {
            Reason::Requires { package, on, .. } => Some(format!("what {package} requires of `{on}`")),
            _ => None,
        })
        .collect();
    pairs.dedup();
    match pairs.is_empty() {
        true => Vec::new(),
        false => vec![format!("if you know better, replace {} with `--override`", listed(&pairs, 2))],
    }
}
