//! A stack as the original tells it: what is locked, what requires what, what it scores and why.
//!
//! The score is what a stack of theirs with the same facts would have: minus 0.2 for each vulnerability of a release, at
//! most 1.0 a release, where vulnerabilities decide; and minus a thousandth for each point lost on the levels of
//! performance and quality.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{
    PackageName,
    lock::{Lock, LockedPackage, LockedSource},
};
use resolution::{
    Level,
    outcome::{ChosenRelease, Decision, Outcome},
    pipeline::remarks::Remarks,
};
use serde_json::{Map, Value, json};

use super::{
    project::{Project, is_dev},
    told::justification,
};
use crate::json::convert;

/// What a vulnerability costs in the original's score, and the most a release loses: thousandths.
const VULNERABILITY: i64 = 200;
const MOST: i64 = 1000;

/// A stack with its lock and what is told of it.
pub(super) fn product(outcome: &Outcome, decision: &Decision, remarks: &Remarks, lock: Option<&Lock>) -> Value {
    let project = Project::new(outcome, Some(decision));
    let place: BTreeMap<&PackageName, usize> =
        decision.releases.iter().enumerate().map(|(at, one)| (&one.name, at)).collect();
    let edges: Vec<[usize; 2]> = decision
        .releases
        .iter()
        .enumerate()
        .flat_map(|(at, one)| one.parents.iter().filter_map(|parent| place.get(parent)).map(move |from| [*from, at]))
        .collect();
    let mut nodes: Vec<String> = decision.releases.iter().map(|one| one.name.to_string()).collect();
    // What is required elsewhere alone is no part of the stack, and clients draw all that is required.
    let elsewhere: Vec<String> = project.names().filter(|name| !nodes.contains(name)).cloned().collect();
    nodes.extend(elsewhere);
    json!({
        "project": project.document(outcome, Some(&locked(lock, decision, &project))),
        "dependency_graph": { "nodes": nodes, "edges": edges },
        "score": score(outcome, decision),
        "justification": justification(outcome, decision, remarks),
        "advised_runtime_environment": null,
        "advised_manifest_changes": convert::manifests(&remarks.manifest_changes),
    })
}

/// A `Pipfile.lock`: what only the development packages reach is in `develop`.
fn locked(lock: Option<&Lock>, decision: &Decision, project: &Project) -> Value {
    let reached_by = |dev: bool| reached(&decision.releases, &|one| one.origins.iter().any(|at| is_dev(at) == dev));
    let (develop, reached) = (reached_by(true), reached_by(false));
    let (mut default, mut only_develop) = (Map::new(), Map::new());
    for package in lock.iter().flat_map(|lock| &lock.packages) {
        let release = decision.releases.iter().find(|one| one.name == package.name);
        let entry = entry(package, release, project);
        match develop.contains(&package.name) && !reached.contains(&package.name) {
            true => only_develop.insert(package.name.to_string(), entry),
            false => default.insert(package.name.to_string(), entry),
        };
    }
    json!({ "_meta": project.lock_meta(), "default": default, "develop": only_develop })
}

/// The packages of the releases that are roots, and of all that these require.
fn reached<'d>(releases: &'d [ChosenRelease], is_root: &dyn Fn(&ChosenRelease) -> bool) -> BTreeSet<&'d PackageName> {
    let mut reached = BTreeSet::new();
    loop {
        let before = reached.len();
        for one in releases {
            if is_root(one) || one.parents.iter().any(|parent| reached.contains(parent)) {
                reached.insert(&one.name);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

fn entry(package: &LockedPackage, release: Option<&ChosenRelease>, project: &Project) -> Value {
    let mut entry = Map::new();
    if let Some(version) = &package.version {
        entry.insert("version".to_string(), json!(format!("=={version}")));
    }
    if let LockedSource::Archive(url) = &package.source {
        entry.insert("file".to_string(), json!(url.as_str()));
    }
    let mut hashes: Vec<String> =
        package.files.iter().flat_map(|file| &file.digests).map(ToString::to_string).collect();
    hashes.sort();
    hashes.dedup();
    entry.insert("hashes".to_string(), json!(hashes));
    if let Some(index) = release.and_then(|one| project.source(one.index.as_deref()?)) {
        entry.insert("index".to_string(), json!(index));
    }
    if !package.extras.is_empty() {
        entry.insert("extras".to_string(), json!(convert::strings(&package.extras)));
    }
    Value::Object(entry)
}

/// See the head of this file.
fn score(outcome: &Outcome, decision: &Decision) -> f64 {
    let levels = decision.certificate.levels.iter();
    let points: i64 =
        levels.filter(|one| matches!(one.level, Level::Performance | Level::Quality)).map(|one| one.value).sum();
    let mut vulnerabilities: BTreeMap<&PackageName, i64> = BTreeMap::new();
    for remaining in decision.remaining.iter().filter(|_| outcome.recommendation.weighs_vulnerabilities()) {
        *vulnerabilities.entry(&remaining.name).or_default() += VULNERABILITY;
    }
    let lost: i64 = vulnerabilities.values().map(|lost| (*lost).min(MOST)).sum::<i64>() + points;
    // Thousandths of any stack are far below the whole numbers that a double holds.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    let score = -(lost as f64) / 1000.0;
    if lost == 0 { 0.0 } else { score }
}
