//! Units that are written by the rules and can never do anything, and why.
//!
//! Nothing is claimed that is not certain: a unit this says nothing about may still never fire.

use packaging::{Version, VersionSpecifiers};

use crate::{
    collection::Collection,
    matcher::{Index, Matcher, Versions},
    problem::{Problem, Weight},
    unit::{Act, Unit},
    when::{Choice, Demand, Dependency, Runtime, When},
};

/// What can never fire or does nothing, a problem each.
pub fn lint(collection: &Collection) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    let sources = collection.sources.iter().flat_map(|(source, count)| std::iter::repeat_n(source, *count));
    for (unit, source) in collection.units.iter().zip(sources) {
        for what in idle(unit) {
            let (_, name) = unit.name.split_once('.').unwrap_or(("", &unit.name));
            let problem = Problem {
                source: source.clone(),
                place: unit.place.clone(),
                weight: Weight::Warning,
                unit: Some(name.to_string()),
                what,
            };
            // The alternatives of a unit have their conditions in common.
            if problems.last() != Some(&problem) {
                problems.push(problem);
            }
        }
    }
    problems
}

/// Why a unit does nothing.
fn idle(unit: &Unit) -> Vec<String> {
    let mut reasons = Vec::new();
    never_included(&unit.when, &mut reasons);
    if let Some(runtime) = &unit.when.runtime {
        never_here(runtime, &mut reasons);
    }
    never_matched(&unit.act.matchers(), &mut reasons);
    reasons.extend(unit.act.not_honoured().map(|why| format!("it is not used: {why}")));
    let silent = unit.stack_info.is_empty() && unit.log.is_none();
    let idle = match &unit.act {
        Act::Boot { stop, .. } | Act::Stride { stop, .. } => stop.is_none() && silent,
        Act::Step { effect, .. } | Act::Group { effect, .. } => {
            effect.stop.is_none() && effect.score.is_none() && effect.justification.is_empty() && silent
        }
        Act::Wrap { justification, manifest_changes, .. } => {
            justification.is_empty() && manifest_changes.is_empty() && silent
        }
        _ => false,
    };
    if idle {
        reasons.push("it decides nothing and says nothing: `run` is empty".to_string());
    }
    reasons
}

fn never_included(when: &When, reasons: &mut Vec<String>) {
    if !when.enabled {
        reasons.push("it is switched off (`times: 0`)".to_string());
    } else if !when.advise && !when.monkey {
        reasons.push("it takes part in nothing: `adviser_pipeline: true` is missing".to_string());
    }
    let none = |choice: &Option<Choice<String>>, all: &[&str]| match choice {
        None => false,
        Some(Choice::Of(values)) => values.is_empty(),
        Some(Choice::NotOf(values)) => all.iter().all(|one| values.iter().any(|value| value == one)),
    };
    if none(&when.recommendations, &["latest", "performance", "security", "stable", "testing"]) {
        reasons.push("no recommendation type is left for it".to_string());
    }
    if none(&when.decisions, &["all", "random"]) {
        reasons.push("no decision type is left for it".to_string());
    }
    for (library, _) in when.library_usage.iter().filter(|(_, symbols)| symbols.is_empty()) {
        reasons.push(format!("`library_usage` of `{library}` names no symbol, and one has to be used"));
    }
    for Dependency { name, .. } in when.dependencies.iter().filter(|one| is_in_vain(one)) {
        reasons
            .push(format!("it depends on `{name}`, which is not among these prescriptions or cannot take part itself"));
    }
}

/// Whether a dependency, or one of those that it has in turn, is missing or waits for itself.
fn is_in_vain(dependency: &Dependency) -> bool {
    dependency.when.as_ref().is_none_or(|when| when.dependencies.iter().any(is_in_vain))
}

fn never_here(runtime: &Runtime, reasons: &mut Vec<String>) {
    let empty = |what: &str, is_empty: bool, reasons: &mut Vec<String>| {
        if is_empty {
            reasons.push(format!("`{what}` is an empty list: nothing is in it"));
        }
    };
    empty("operating_systems", runtime.operating_systems.as_ref().is_some_and(Vec::is_empty), reasons);
    empty("hardware", runtime.hardware.as_ref().is_some_and(Vec::is_empty), reasons);
    let nothing = |choice: &Option<Choice<Option<String>>>| matches!(choice, Some(Choice::Of(list)) if list.is_empty());
    empty("platforms", nothing(&runtime.platforms), reasons);
    empty("base_images", nothing(&runtime.base_images), reasons);
    for (key, demand) in [
        ("python_version", &runtime.python),
        ("cuda_version", &runtime.cuda),
        ("cudnn_version", &runtime.cudnn),
        ("mkl_version", &runtime.mkl),
        ("openblas_version", &runtime.openblas),
        ("openmpi_version", &runtime.openmpi),
    ] {
        match demand {
            Demand::Within(Versions::Within(specifiers)) if is_empty(specifiers) => {
                reasons.push(format!("no version is within `{key}`: {}", Versions::Within(specifiers.clone())));
            }
            Demand::Absent if key == "python_version" => {
                reasons.push("`python_version: null` is never met: there always is a Python".to_string());
            }
            _ => {}
        }
    }
    let in_image = runtime.abi.is_some() || runtime.rpm_packages.is_some() || runtime.python_packages.is_some();
    if in_image && matches!(&runtime.base_images, Some(Choice::Of(images)) if images.iter().all(Option::is_none)) {
        reasons.push("it asks what is in a base image, and that there is none".to_string());
    }
}

fn never_matched(matchers: &[&Matcher], reasons: &mut Vec<String>) {
    for matcher in matchers {
        match &matcher.versions {
            Versions::Within(specifiers) if is_empty(specifiers) => {
                reasons.push(format!("no version is within {matcher}"));
                return;
            }
            _ => {}
        }
    }
    // A stack has one release of a package.
    for (at, one) in matchers.iter().enumerate() {
        for other in matchers.iter().skip(at + 1).filter(|other| one.name.is_some() && one.name == other.name) {
            let both = match (&one.versions, &other.versions) {
                (Versions::Within(one), Versions::Within(other)) => {
                    is_empty(&one.iter().chain(other.iter()).cloned().collect())
                }
                _ => false,
            };
            if both || apart(&one.index, &other.index) {
                reasons.push(format!("no release is both {one} and {other}, and a stack has one of a package"));
                return;
            }
        }
    }
}

fn apart(one: &Index, other: &Index) -> bool {
    match (one, other) {
        (Index::Is(one), other) | (other, Index::Is(one)) => !other.accepts(one),
        _ => false,
    }
}

/// Whether no version is within all of these.
///
/// What they admit is made of stretches that begin at a bound, after it, at the end of its wildcard, or with the first version
/// of all: where none of those is within, nothing is.
fn is_empty(specifiers: &VersionSpecifiers) -> bool {
    let within = |version: &Version| specifiers.contains(version);
    let beginnings = |version: &Version| {
        let release: Vec<u64> = version.release().to_vec();
        let epoch = version.epoch();
        let after: Vec<u64> = release.iter().copied().chain([0, 0, 0, 0, 0, 0, 0, 1]).collect();
        let mut next = release.clone();
        if let Some(last) = next.last_mut() {
            *last = last.saturating_add(1);
        }
        // The end of a compatible release (`~=1.4.2` ends at 1.5).
        let mut end = release;
        end.pop();
        if let Some(last) = end.last_mut() {
            *last = last.saturating_add(1);
        }
        let made = [after, next, end].into_iter().filter(|numbers| !numbers.is_empty());
        let made = made.filter_map(move |numbers| {
            let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
            format!("{epoch}!{}", numbers.join(".")).parse::<Version>().ok()
        });
        made.chain([version.clone()]).collect::<Vec<_>>()
    };
    let first = [Version::new([0]), Version::new([0, 0, 0, 0, 0, 0, 1])];
    !first.iter().any(within) && !specifiers.iter().flat_map(|one| beginnings(one.version())).any(|one| within(&one))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bounds_that_exclude_each_other_are_seen() {
        for text in ["<1.0,>1.4", ">=2,<2", "==1.0,==1.1", "~=1.4.2,>=1.5", "==1.*,>=2", ">1.0,<=1.0", ">=1,<2,!=1.*"] {
            assert!(is_empty(&text.parse().unwrap()), "{text}");
        }
        for text in
            [">1.0,<1.0.1", "!=1.5.*,>=1.5", "==1.5.*", "~=1.4", ">=1!2,<1!3", "<0.1", ">=1.0rc1,<1.0rc3", "!=0,!=1"]
        {
            assert!(!is_empty(&text.parse().unwrap()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_called_empty_holds_no_version(
            parts in prop::collection::vec((0..7_usize, 0..4_u64, 0..4_u64), 1..5),
            tried in prop::collection::vec((0..5_u64, 0..5_u64, 0..3_u64), 40),
        ) {
            let operator = |at: usize| ["<", "<=", ">", ">=", "==", "!=", "~="][at];
            let text: Vec<String> = parts.iter().map(|(at, major, minor)| format!("{}{major}.{minor}", operator(*at))).collect();
            let specifiers: VersionSpecifiers = text.join(",").parse().unwrap();
            if is_empty(&specifiers) {
                for (major, minor, micro) in tried {
                    prop_assert!(!specifiers.contains(&Version::new([major, minor, micro])), "{specifiers}");
                }
            }
        }
    }
}
