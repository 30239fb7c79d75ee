//! The saved problems under `tests/problems` are decided again, and what comes out is compared with what is written beside
//! each: the levels of its certificate, the stack, what was avoided and what remains, or why there is no stack.
//!
//! How they are made is told in `tests/problems/README.md`.

use std::{
    collections::BTreeMap,
    ops::RangeBounds,
    panic,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use knowledge::{Access, KnowledgeBase};
use operations::{Advice, AdviseError, World, replay, request::Output};
use packaging::Version;
use resolution::{
    outcome::{Decision, Outcome, Reason, Verdict},
    releases::Releases,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/problems")
}

/// Larger files than that, bytes, are decided in a release build: a whole run of the tests should not take minutes.
const ORDINARY: u64 = 80_000;

/// The saved problems of some sizes, the largest first.
fn problems(sizes: impl RangeBounds<u64>) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the problems are there");
    let mut problems: Vec<(u64, PathBuf)> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "thoth"))
        .map(|path| (path.metadata().expect("a file").len(), path))
        .filter(|(size, _)| sizes.contains(size))
        .collect();
    problems.sort_by(|one, other| other.cmp(one));
    problems.into_iter().map(|(_, path)| path).collect()
}

fn name(problem: &Path) -> String {
    problem.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Decides a saved problem in a world with nothing in it.
fn decided(problem: &Path) -> Result<Advice, AdviseError> {
    let world = World::alone(Arc::new(KnowledgeBase::open(Path::new(""), Access::Temporary)?), 0);
    replay(problem, &Output::Unsaid, (None, None), None, Path::new(""), &world)
}

#[test]
fn every_saved_problem_of_ordinary_size_is_decided_as_it_was() {
    let problems = problems(..=ORDINARY);
    assert!(problems.len() >= 30, "there are {} problems in {}", problems.len(), folder().display());
    decided_as_before(&problems);
}

#[test]
#[ignore = "takes minutes without optimisation: cargo test --release -p thoth-operations --test problems -- --ignored"]
fn every_large_saved_problem_is_decided_as_it_was() {
    decided_as_before(&problems(ORDINARY + 1..));
}

fn decided_as_before(problems: &[PathBuf]) {
    let (next, told) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(problem) = problems.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let advice = decided(problem).unwrap_or_else(|error| panic!("{}: {error}", name(problem)));
                    let text = outcome(&advice.outcome);
                    told.lock().unwrap_or_else(PoisonError::into_inner).insert(name(problem), text);
                }
            });
        }
    });
    let told = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // All are compared before the first that differs ends the test; each difference is printed, where it was found is not.
    panic::set_hook(Box::new(|_| {}));
    let differs = |name: &str, text: &str| panic::catch_unwind(|| insta::assert_snapshot!(name, text)).is_err();
    let otherwise: Vec<&String> =
        settings.bind(|| told.iter().filter(|(name, text)| differs(name, text)).map(|(name, _)| name).collect());
    drop(panic::take_hook());
    assert!(otherwise.is_empty(), "of {} saved problems, these end otherwise: {otherwise:?}", told.len());
}

/// What is compared: all of the decision, nothing of what it took.
fn outcome(outcome: &Outcome) -> String {
    let mut lines = vec![format!("{} for {}", outcome.recommendation.name(), outcome.environment)];
    match &outcome.verdict {
        Verdict::Stack(decision) => stack(decision, &mut lines),
        Verdict::Impossible(explanation) => {
            lines.push("impossible".to_string());
            lines.extend(explanation.facts.iter().map(reason));
        }
    }
    lines.join("\n")
}

fn stack(decision: &Decision, lines: &mut Vec<String>) {
    let proof = &decision.certificate;
    let proved = if proof.is_optimal() { "none better" } else { "not proved" };
    lines.push(format!("{} releases, {proved}", decision.releases.len()));
    lines.extend(proof.levels.iter().map(|one| format!("{:?} {}, at least {}", one.level, one.value, one.bound)));
    for change in decision.changes.iter().flatten() {
        let [before, after] = [&change.before, &change.after].map(|version| shown(version.as_ref()));
        lines.push(format!("changed {} {before} to {after}", change.name));
    }
    for avoided in &decision.avoided {
        let ids: Vec<&str> = avoided.findings.iter().map(|finding| finding.vulnerability.id.as_str()).collect();
        let chosen = shown(avoided.chosen.as_ref());
        lines.push(format!("avoided {} {} for {chosen}: {}", avoided.name, avoided.version, ids.join(" ")));
    }
    for remaining in &decision.remaining {
        lines.push(format!(
            "remaining {} {}: {}",
            remaining.name, remaining.version, remaining.finding.vulnerability.id
        ));
    }
    for release in &decision.releases {
        lines.push(format!("{} {}, {} behind", release.name, release.version, release.behind));
    }
}

fn shown(version: Option<&Version>) -> String {
    version.map_or_else(|| "none".to_string(), ToString::to_string)
}

/// A fact in one line.
fn reason(fact: &Reason) -> String {
    match fact {
        Reason::Want { text, origin } => format!("{origin} wants {text}"),
        Reason::Constraint { text, origin } => format!("{origin} bounds {text}"),
        Reason::Override { text, origin } => format!("{origin} overrides {text}"),
        Reason::Python { supported, environment, .. } => format!("python {environment} is not {supported}"),
        Reason::Requires { package, on, edges } => {
            let edges = edges.iter().map(|(edge, releases)| format!("{} in {}", edge.specifiers, ranges(releases)));
            format!("{package} requires {on}: {}", edges.collect::<Vec<_>>().join("; "))
        }
        Reason::Excluded { package, kind, releases, .. } => format!("{package} {}: {kind:?}", ranges(releases)),
        Reason::Rule { name, members, .. } => format!("{name} keeps {} apart", members.join(" and ")),
        Reason::Missing { package, .. } => format!("{package} is nowhere"),
    }
}

fn ranges(releases: &Releases) -> String {
    let ranges = releases.ranges.iter().map(|(oldest, newest)| match oldest == newest {
        true => oldest.to_string(),
        false => format!("{oldest} to {newest}"),
    });
    format!("{}{}", ranges.collect::<Vec<_>>().join(", "), if releases.all { " (all)" } else { "" })
}
