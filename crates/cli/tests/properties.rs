//! What holds for every story, whatever it tells: the order of what is written does not matter, what is stored answers as the
//! index did, a second run changes nothing, both lock formats hold the same, and more known is never less risk.

mod stage;

use std::{collections::BTreeMap, fs};

use packaging::lock::Format;
use scenarios::{Advisory, Outcome, Scenario};
use serde_json::Value;
use stage::{Stage, each, pins, stories};

/// Every so-manieth story is told: each runs the binary several times.
const SAMPLE: usize = 5;

/// What a vulnerability without a score counts: in the middle of the scale.
const UNSCORED: f64 = 5.0;

/// The stories with a stack that `fits`, one in [`SAMPLE`] of them.
fn sample(fits: impl Fn(&Scenario) -> bool) -> Vec<(String, Scenario)> {
    let all = stories().into_iter().filter(|(_, one)| matches!(one.outcome(), Outcome::Stack(_)) && fits(one));
    all.step_by(SAMPLE).collect()
}

/// Fails with what is wrong with which story.
fn holds(stories: &[(String, Scenario)], wrong: impl Fn(&Scenario) -> Option<String> + Sync) {
    assert!(stories.len() >= 8, "only {} stories", stories.len());
    let wrong = each(stories, |(name, scenario)| wrong(scenario).map(|what| format!("{name}: {what}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_second_run_and_an_offline_run_change_nothing() {
    // An archive that the project names by URL is not kept: `--offline` says that it is missing.
    let kept = |scenario: &Scenario| {
        let texts = scenario.project.requires.iter().chain(scenario.project.files.values());
        texts.chain(scenario.project.variables.values()).all(|text| !text.contains("/files/"))
    };
    holds(&sample(kept), |scenario| {
        let stage = Stage::set(scenario);
        let before = stage.lock();
        let first = stage.advise(&[]);
        let locked = stage.restore(before);
        let offline = stage.advise(&["--offline"]);
        if (&offline.stdout, offline.exit) != (&first.stdout, first.exit) || stage.lock() != locked {
            return Some(format!("offline:\n{}\ninstead of\n{}", offline.said(), first.said()));
        }
        let again = stage.advise(&[]);
        if again.exit != first.exit || stage.lock() != locked {
            return Some(format!("again: {:?} instead of {locked:?}\n{}", stage.lock(), again.said()));
        }
        let report = json(&stage);
        let changes = report["changes"].as_array().map(Vec::len);
        (changes != Some(0)).then(|| format!("again: {}", report["changes"]))
    });
}

#[test]
fn both_formats_lock_the_same_releases() {
    holds(&sample(|scenario| scenario.lock.is_empty()), |scenario| {
        let stage = Stage::set(scenario);
        let first = stage.advise(&[]);
        let (exit, text) = pylock(&stage, &[], &[]);
        let Some(text) = text else { return Some("no pylock.toml".to_string()) };
        let other = pins(Format::Pylock, &text, stage.server.universe());
        ((exit, &other) != (first.exit, &stage.pins())).then(|| format!("{:?} and {other:?}", stage.pins()))
    });
}

#[test]
fn the_order_of_requirements_does_not_matter() {
    holds(&sample(|scenario| scenario.project.requires.len() > 1), |scenario| {
        let stage = Stage::set(scenario);
        let before = stage.lock();
        stage.advise(&[]);
        let locked = stage.restore(before);
        let file = stage.project().join("requirements.in");
        let text = fs::read_to_string(&file).expect("the requirements are there");
        let backwards: Vec<&str> = text.lines().rev().collect();
        fs::write(&file, backwards.join("\n")).expect("the requirements are written");
        stage.advise(&[]);
        (locked.is_none() || stage.lock() != locked).then(|| format!("{:?} instead of {locked:?}", stage.lock()))
    });
}

#[test]
fn the_order_of_files_does_not_matter() {
    holds(&sample(|scenario| scenario.project.requires.len() > 1), |scenario| {
        let stage = Stage::set(scenario);
        let file = stage.project().join("requirements.in");
        let text = fs::read_to_string(&file).expect("the requirements are there");
        let (first, rest) = text.split_once('\n').expect("there are several requirements");
        fs::write(&file, first).expect("the requirements are written");
        fs::write(stage.project().join("more.in"), rest).expect("the requirements are written");
        let after = pylock(&stage, &[], &["-r", "more.in"]).1;
        fs::remove_file(stage.project().join("pylock.toml")).expect("a lock was written");
        let before = pylock(&stage, &["-r", "more.in"], &[]).1;
        (after.is_none() || before != after).then(|| format!("{before:?} instead of {after:?}"))
    });
}

#[test]
fn an_added_advisory_never_lowers_the_risk_of_a_stack() {
    let of_index = |scenario: &Scenario| {
        scenario.project.files.is_empty() && scenario.indexes.is_empty() && !scenario.project.requires.is_empty()
    };
    let all = sample(|scenario| of_index(scenario) && scenario.advisories.iter().any(|one| one.cvss.is_empty()));
    let more = sample(|scenario| of_index(scenario) && !scenario.expect.remaining.is_empty());
    let stories: Vec<_> = all.into_iter().chain(more).collect();
    holds(&stories, |scenario| {
        let Outcome::Stack(stack) = scenario.outcome() else { return None };
        let mut fixed = scenario.clone();
        fixed.project.requires.extend(stack.iter().map(|(name, version)| format!("{name}=={version}")));
        fixed.lock = BTreeMap::new();
        let mut known = risk(&fixed);
        let package = stack.keys().next()?.to_string();
        let new = Advisory {
            id: "PYSEC-2099-1".to_string(),
            package: Some(package),
            introduced: Some("0".to_string()),
            cvss: vec!["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N".to_string()],
            ..Advisory::default()
        };
        // One that was not known, then one that says less of a known one.
        let less = scenario.advisories.first().map(|known| Advisory {
            id: "GHSA-0000-0000-0000".to_string(),
            aliases: vec![known.id.clone()],
            package: known.package.clone(),
            versions: vec!["0.0.0.1".to_string()],
            ..Advisory::default()
        });
        for added in less.into_iter().chain([new]) {
            let id = added.id.clone();
            fixed.advisories.push(added);
            let now = risk(&fixed);
            if now + 1e-9 < known {
                return Some(format!("{known} fell to {now} by {id}"));
            }
            known = now;
        }
        None
    });
}

/// The sum of the scores of what is reported to remain in the one stack there is.
fn risk(scenario: &Scenario) -> f64 {
    let report = json(&Stage::set(scenario));
    let remaining = report["remaining"].as_array().expect("a report says what remains");
    remaining.iter().map(|one| one["vulnerability"]["severity"]["score"].as_f64().unwrap_or(UNSCORED)).sum()
}

/// The report for machines.
fn json(stage: &Stage) -> Value {
    let ended = stage.advise(&["--format", "json"]);
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.said()))
}

/// Tells the story with a lock of the other format, and further arguments before and after its own.
fn pylock(stage: &Stage, before: &[&str], after: &[&str]) -> (Option<i32>, Option<String>) {
    let told = stage.written.arguments.iter().map(String::as_str);
    let mut told: Vec<&str> = told.map(|word| if word == "locked.txt" { "pylock.toml" } else { word }).collect();
    told.splice(1..1, before.iter().copied());
    told.extend(after);
    let ended = stage.thoth(&told);
    (ended.exit, fs::read_to_string(stage.project().join("pylock.toml")).ok())
}
