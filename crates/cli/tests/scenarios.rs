//! Every story under `tests/scenarios`, told to the binary over a fixture index on loopback: the lock, the exit code, and what
//! is said.

mod stage;

use std::collections::{BTreeMap, BTreeSet};

use packaging::{PackageName, Version};
use scenarios::{Outcome, Scenario};
use serde_json::Value;
use stage::{Stage, each, stories};

#[test]
fn every_story_ends_as_it_is_told() {
    let stories = stories();
    let wrong = each(&stories, |(name, scenario)| {
        let problems = told(scenario);
        (!problems.is_empty()).then(|| format!("{name}: {}\n  {}", scenario.story, problems.join("\n  ")))
    });
    assert!(wrong.is_empty(), "{} of {} stories:\n{}", wrong.len(), stories.len(), wrong.join("\n"));
}

/// Tells a story; what did not come out as expected.
fn told(scenario: &Scenario) -> Vec<String> {
    let stage = Stage::set(scenario);
    let before = stage.lock();
    let ended = stage.advise(&[]);
    let mut problems = Vec::new();
    if ended.exit != Some(scenario.exit()) {
        let last = stage.filtered(&ended.stderr);
        problems.push(format!("ends with {:?} instead of {}: {last}", ended.exit, scenario.exit()));
    }
    match scenario.outcome() {
        Outcome::Stack(expected) => problems.extend(difference(&expected, &stage.pins())),
        Outcome::Impossible | Outcome::Error(_) => {
            if stage.lock() != before {
                problems.push(format!("a lock was written: {:?}", stage.pins()));
            }
        }
    }
    let said = stage.filtered(&ended.said());
    let fragments = scenario.expect.message.iter().chain(&scenario.expect.error);
    let missing: Vec<&String> = fragments.filter(|fragment| !said.contains(fragment.as_str())).collect();
    if !missing.is_empty() {
        let start: String = said.trim().chars().take(1500).collect();
        problems.push(format!("{missing:?} is not said:\n{start}"));
    }
    if let Some(expected) = &scenario.expect.remedies {
        problems.extend(remedies(&stage, before.clone(), expected));
    }
    if !(scenario.advisories.is_empty() && scenario.advisory_files.is_empty())
        && matches!(scenario.outcome(), Outcome::Stack(_))
    {
        problems.extend(vulnerabilities(scenario, &stage, before));
    } else if said.contains("Avoided:") {
        problems.push(format!("something is avoided without an advisory:\n{said}"));
    }
    problems
}

/// Tells the story once more from the start, with a report for machines: the same lock again, and what it says of
/// vulnerabilities.
fn vulnerabilities(scenario: &Scenario, stage: &Stage, before: Option<String>) -> Vec<String> {
    let mut problems = Vec::new();
    let locked = stage.restore(before);
    let ended = stage.advise(&["--format", "json"]);
    if stage.lock() != locked {
        problems.push(format!("the same again is another lock: {:?}", stage.pins()));
    }
    let report: Value = match serde_json::from_str(&ended.stdout) {
        Ok(report) => report,
        Err(error) => return vec![format!("the report is not JSON: {error}\n{}", ended.said())],
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let of = |key: &str| report.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let release = |one: &Value| format!("{} {}", text(&one["name"]), text(&one["version"]));
    let avoided: BTreeSet<String> = of("avoided").iter().map(release).collect();
    let expected: BTreeSet<String> = scenario.expect.avoided.iter().cloned().collect();
    if avoided != expected {
        problems.push(format!("avoids {avoided:?} instead of {expected:?}"));
    }
    let ids = |one: &Value| -> Vec<String> {
        let vulnerability = &one["vulnerability"];
        let others = ["aliases", "records"].into_iter().filter_map(|key| vulnerability[key].as_array()).flatten();
        std::iter::once(&vulnerability["id"]).chain(others).map(text).collect()
    };
    let remaining: Vec<Vec<String>> = of("remaining").iter().map(ids).collect();
    let expected = &scenario.expect.remaining;
    let unexpected = remaining.iter().any(|ids| !expected.iter().any(|id| ids.contains(id)));
    if unexpected || expected.iter().any(|id| !remaining.iter().any(|ids| ids.contains(id))) {
        problems.push(format!("{remaining:?} remain instead of {expected:?}"));
    }
    problems
}

/// Tells the story once more with a report for machines: what would help.
fn remedies(stage: &Stage, before: Option<String>, expected: &[String]) -> Option<String> {
    let locked = stage.restore(before);
    let ended = stage.advise(&["--format", "json"]);
    stage.restore(locked);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap_or_default();
    let whys = report["remaining"].as_array().into_iter().flatten().map(|one| &one["cause"]["help"]);
    let mut found: Vec<String> = Vec::new();
    for help in whys.chain([&report["help"]]) {
        for remedy in help["remedies"].as_array().into_iter().flatten() {
            let exposure = |standing: &str| remedy[standing]["exposure"].as_i64();
            let effect = match (exposure("before"), exposure("after")) {
                (Some(before), Some(after)) => format!(": exposure {before} -> {after}"),
                (None, Some(after)) if after > 0 => format!(": exposure {after}"),
                _ => String::new(),
            };
            let told = format!("{}{effect}", remedy["sentence"].as_str().unwrap_or_default());
            if !found.contains(&told) {
                found.push(told);
            }
        }
    }
    (found != expected).then(|| format!("helps {found:#?} instead of {expected:#?}"))
}

/// What differs between the stack expected and the one locked.
fn difference(expected: &BTreeMap<PackageName, Version>, locked: &BTreeMap<PackageName, Version>) -> Option<String> {
    let show = |stack: &BTreeMap<PackageName, Version>| -> String {
        let releases = stack.iter().map(|(name, version)| format!("{name} {version}"));
        releases.collect::<Vec<_>>().join(", ")
    };
    (expected != locked).then(|| format!("locked [{}] instead of [{}]", show(locked), show(expected)))
}
