//! `advise`: from what a project declares to the greatest stack, locked and explained.

pub(crate) mod advisories;
mod alternatives;
mod besides;
pub(crate) mod decide;
pub(crate) mod deliberate;
pub(crate) mod environment;
pub(crate) mod experience;
pub(crate) mod fetch;
pub(crate) mod gather;
pub(crate) mod indexes;
mod inputs;
mod locking;
pub(crate) mod look;
mod next_best;
mod observed;
pub mod predict;
pub(crate) mod question;
pub(crate) mod relax;
mod saved;
mod statement;
pub(crate) mod telling;
mod temptation;

use std::{collections::BTreeMap, path::Path, time::Instant};

use indicators::Difference;
use knowledge::Run;
use packaging::{
    PackageName,
    lock::{Format, LockedPackage},
};
use resolution::{
    Recommendation, Stopped,
    outcome::{Outcome, Verdict},
    pipeline::scanned::Scan,
};

pub use self::deliberate::OtherStack;
use self::{
    decide::Decided,
    deliberate::{Deliberation, deliberate},
    gather::Gather,
    look::Look,
    question::{Case, Question, archives, certain, demanded, problem_key},
    saved::Saved,
};
pub(crate) use self::{
    inputs::{bounded, decode, none as no_inputs, read as read_inputs},
    locking::{Locksmith, destination, existing},
};
use crate::{
    db,
    environments::asked_about,
    error::AdviseError,
    files,
    health::Projects,
    request::{Output, Request, Walk},
    scan::stack::{Inside, of_stack},
    world::World,
};

/// How a run ended: the outcome to report, and the lock.
#[derive(Debug)]
pub struct Advice {
    /// What was decided and why.
    pub outcome: Outcome,
    /// The lock; `None` when there is no stack.
    pub lock: Option<WrittenLock>,
    /// The next best stacks, as many as were asked for.
    pub others: Vec<OtherStack>,
    /// What remains vulnerable in `security` is accepted.
    pub exit_zero: bool,
    /// Which limit ended the run before all was done.
    pub stopped: Option<Stopped>,
    /// By package that the lock has in an older release: what is new in the chosen one, or why that is not known.
    pub differences: BTreeMap<PackageName, Result<Difference, String>>,
}

/// A lock that was written, or is to be printed.
#[derive(Debug)]
pub struct WrittenLock {
    /// Its format.
    pub format: Format,
    /// Whether its text goes to standard output.
    pub to_stdout: bool,
    /// The path as the user would write it; `None` when the lock of the run is standard output.
    pub shown: Option<String>,
    /// Its text.
    pub text: String,
    /// The SHA-256 of its text, in hexadecimal digits.
    pub sha256: String,
    /// Whether the file had this very text before.
    pub unchanged: bool,
}

impl Advice {
    /// Whether the run ended as wanted: a stack was found, and in `security` nothing remains in it, or that is accepted.
    pub fn is_acceptable(&self) -> bool {
        match &self.outcome.verdict {
            Verdict::Impossible(_) => false,
            Verdict::Stack(decision) => {
                let clean = self.outcome.recommendation != Recommendation::Security || decision.remaining.is_empty();
                clean || self.exit_zero
            }
        }
    }
}

/// Chooses the greatest stack for what `request` asks, and writes its lock.
///
/// # Errors
/// When the decision cannot be made: usage, input, network or data. Nothing is written then.
pub fn advise(request: &Request, world: &World<'_>) -> Result<Advice, AdviseError> {
    let started = Instant::now();
    in_runtime(|runtime| {
        let Asked { mut question, mut gather, destination, key, locked } = ask(request, world, runtime)?;
        let mut looks: Vec<Box<dyn Look>> = Vec::new();
        if request.scan != Scan::None {
            looks.push(Box::new(Inside::new(request.scan, locked, world)));
        }
        let projects = Projects::of(request, world, &mut question.setting.notes);
        if let Some(projects) = runtime.block_on(world.limits.demand(projects))? {
            looks.push(Box::new(projects));
        }
        let deliberation = runtime.block_on(async {
            if question.contradiction().is_none() {
                world.limits.demand(gather.archives()).await?;
            }
            deliberate(&mut question, &mut looks, &mut gather, world.progress).await
        })?;
        remember(world, key, &deliberation.outcome, deliberation.decided.as_ref());
        let Deliberation { mut outcome, decided, lock, others, stopped, units } = deliberation;
        let differences = differences(&question, decided.as_ref());
        outcome.effort.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Some(path) = &request.save_problem {
            let stack = decided.as_ref().and_then(|decided| decided.end.as_ref().ok());
            question.experience.units = units;
            question.experience.said = stack.map(|stack| experience::said(&gather, stack)).unwrap_or_default();
            let saved = Saved::new(question, &gather, stack, outcome.effort)?;
            files::write(&request.folder.join(path), &saved.to_bytes()?, &request.folder)?;
        }
        let lock = lock.map(|text| finish(&destination, text, request)).transpose()?;
        Ok(Advice { outcome, lock, others, exit_zero: request.exit_zero, stopped, differences })
    })
}

/// Decides a saved problem once more, from nothing but its file, as `walk` says: by a predictor, by the exact search, or, where
/// it says nothing, as it was saved; and with other units, where the file `pipeline` says so: boots have done their part, and
/// rules of prescriptions stay. The lock goes where `output` says. Paths are relative to `folder`; nothing is written when
/// `output` says nothing.
///
/// # Errors
/// When the file is no saved problem, or the decision needs what was not saved.
pub fn replay(
    file: &Path,
    output: &Output,
    (walk, count): (Option<Option<&Walk>>, Option<usize>),
    pipeline: Option<&Path>,
    folder: &Path,
    world: &World<'_>,
) -> Result<Advice, AdviseError> {
    let Saved { mut question, facts, effort } = Saved::read(file)?;
    if let Some(path) = pipeline {
        question.case.policy = question.case.policy.with_pipeline(inputs::pipeline(path, folder)?);
    }
    if let Some(walk) = walk {
        question.setting.walk = walk.cloned();
    }
    question.setting.count = count.unwrap_or(question.setting.count);
    in_runtime(|runtime| {
        let mut gather = Gather::recalled(world, facts)?;
        gather.remembered(question.experience.units.clone());
        let Deliberation { mut outcome, decided, lock, others, stopped, .. } =
            runtime.block_on(deliberate(&mut question, &mut [], &mut gather, world.progress))?;
        let differences = differences(&question, decided.as_ref());
        // What it took to find all that out is part of what was saved.
        (outcome.effort.requests, outcome.effort.milliseconds) = (effort.requests, effort.milliseconds);
        if let (Some(text), Output::File(path)) = (&lock, output) {
            files::write(&folder.join(path), text.as_bytes(), folder)?;
        }
        let lock = lock.map(|text| WrittenLock {
            format: question.setting.format,
            to_stdout: *output == Output::Stdout,
            shown: question.setting.lock.clone(),
            sha256: locking::sha256(&text).hex,
            text,
            unchanged: false,
        });
        Ok(Advice { outcome, lock, others, exit_zero: question.setting.exit_zero, stopped, differences })
    })
}

/// What is new in the stack that was decided on.
fn differences(question: &Question, decided: Option<&Decided>) -> BTreeMap<PackageName, Result<Difference, String>> {
    let stack = decided.and_then(|decided| decided.end.as_ref().ok());
    stack.map(|stack| of_stack(&question.looked.differences, stack)).unwrap_or_default()
}

/// Runs something that waits for answers.
pub(crate) fn in_runtime<T>(
    run: impl FnOnce(&tokio::runtime::Runtime) -> Result<T, AdviseError>,
) -> Result<T, AdviseError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|source| AdviseError::Read { file: "the clock and the network".to_string(), source })?;
    let done = run(&runtime);
    // Requests made ahead that nobody waits for any more end with the runtime.
    runtime.shutdown_background();
    done
}

/// A question with what answers it.
pub(crate) struct Asked<'a> {
    pub(crate) question: Question,
    pub(crate) gather: Gather<'a>,
    destination: locking::Destination,
    /// The releases of the existing lock.
    locked: Vec<LockedPackage>,
    /// Under which the run is remembered.
    pub(crate) key: String,
}

/// Reads the project, finds the environment and loads the evidence.
pub(crate) fn ask<'a>(
    request: &Request,
    world: &'a World<'a>,
    runtime: &tokio::runtime::Runtime,
) -> Result<Asked<'a>, AdviseError> {
    let inputs = inputs::read(request, world, runtime.handle())?;
    tracing::info!(
        "read {}: {}",
        inputs.project.files.join(", "),
        count(inputs.project.requirements.len(), "requirement")
    );
    let destination = locking::destination(request, &inputs)?;
    let existing = locking::existing(&destination, &request.folder)?;
    let hashes = demanded(&inputs.project)?;
    let routes = indexes::Routes::new(request, &inputs.project.options, world)?;
    let shown: Vec<String> = (0..routes.places.len()).map(|place| routes.shown(place)).collect();
    tracing::info!("indexes, in the order they are asked: {}", shown.join(", "));
    // Asking needs the runtime: what has to wait for somebody is spawned there.
    let _entered = runtime.enter();
    let mut gather = Gather::new(world, routes);
    // An interpreter takes its time to describe itself, and so do advisories: pages are on their way meanwhile.
    gather.expect(&certain(&inputs.project));
    let python = inputs.project.python_version.as_ref().map(|(version, _)| version.as_str());
    let chosen = environment::choose(request, world, python)?;
    tracing::info!("environment: {}", chosen.shown());
    let pipfile = existing.as_ref().zip(inputs.pipfile.as_ref());
    let is_locked = pipfile.and_then(|(existing, text)| existing.is_of(text, gather.routes()));
    let environment = chosen.environment.clone();
    let (mut case, begun) = Case::new(request, &inputs, environment, existing.as_ref(), is_locked, hashes)?;
    gather.named(archives(&inputs.project.requirements, &case.environment));
    let key = problem_key(&case, gather.routes());
    if let Ok(Some(last)) = world.knowledge.last_run(&key) {
        gather.expect(&last.packages);
    }
    let (host, assumed) = asked_about(request);
    case.host = host;
    let prescribed = experience::experience(request, world, &mut case, gather.routes());
    let mut prescribed = runtime.block_on(world.limits.demand(prescribed))?;
    prescribed.notes.extend(assumed);
    prescribed.observations = observed::observed(request, world, &mut case)?;
    gather.prescribed(prescribed.prescriptions.clone());
    let loaded = runtime.block_on(world.limits.demand(gather.evidence(&case, advisories::load(request, world))))?;
    tell_advisories(&loaded);
    let lock = (destination.format, destination.path.as_ref().map(|path| files::shown(path, &request.folder)));
    let locked = existing.as_ref().map(|existing| existing.packages.clone()).unwrap_or_default();
    let question = Question::new((case, begun), request, &inputs, &chosen, (&loaded, prescribed), existing, lock);
    Ok(Asked { question, gather, destination, locked, key })
}

/// Traces which advisories the run decides by.
fn tell_advisories(loaded: &advisories::Loaded) {
    match &loaded.advisories {
        Some(advisories) => {
            let used = &advisories.used;
            let (id, age) = (used.id.get(..12).unwrap_or(&used.id), used.age.unwrap_or_default());
            let records = count(used.records, "record");
            tracing::info!("advisories {id} of {}: {records}, checked {age} s ago", used.sources.join(", "));
        }
        None => tracing::info!("no advisories: {}", loaded.missing.as_deref().unwrap_or("there are none")),
    }
}

/// A number with what is counted.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Puts the lock in its place.
fn finish(destination: &locking::Destination, text: String, request: &Request) -> Result<WrittenLock, AdviseError> {
    let mut unchanged = false;
    if let Some(path) = &destination.path {
        unchanged = inputs::bounded(path).is_ok_and(|bytes| bytes == text.as_bytes());
        if !unchanged {
            files::write(path, text.as_bytes(), &request.folder)?;
        }
        let how = if unchanged { "is as it was" } else { "is written" };
        tracing::info!("the lock {} {how}", files::shown(path, &request.folder));
    }
    Ok(WrittenLock {
        format: destination.format,
        shown: destination.path.as_ref().map(|path| files::shown(path, &request.folder)),
        to_stdout: destination.path.is_none(),
        sha256: locking::sha256(&text).hex,
        text,
        unchanged,
    })
}

/// Keeps the run: the next one of the same problem knows what it will need.
pub(crate) fn remember(world: &World<'_>, key: String, outcome: &Outcome, decided: Option<&Decided>) {
    let summary = match &outcome.verdict {
        Verdict::Stack(decision) => serde_json::json!({
            "releases": decision.releases.len(),
            "avoided": decision.avoided.len(),
            "remaining": decision.remaining.len(),
        }),
        Verdict::Impossible(_) => serde_json::json!({ "impossible": true }),
    };
    let run = Run {
        key,
        at: world.seconds(),
        recommendation: outcome.recommendation.name().to_string(),
        summary: summary.to_string(),
        packages: decided.map(Decided::packages).unwrap_or_default(),
    };
    let due = db::is_tidying_due(world);
    if let Err(error) = world.knowledge.keep_run(&run) {
        tracing::warn!("the run is not kept: {error}");
    }
    if due {
        db::tidy(world);
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
