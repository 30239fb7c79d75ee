//! `monkey --bisect`: which release breaks what worked, found by trying stacks between two locks.
//!
//! Which stacks are tried is decided in [`resolution::bisect`].

use std::path::PathBuf;

use evidence::observation::{Environment, Outcome, Stage};
use packaging::lock::Format;
use resolution::{
    bisect::{self, Changes, Found, Trials, Verdict, Wish},
    policy::Prereleases,
};
use tokio::runtime::Runtime;

use super::{
    Attempt, Exec, Lab, Sandbox,
    pair::{Change, Pair, changes},
    trials::{keep, observation},
};
use crate::{
    advise::{Asked, ask, environment, gather::Gather, in_runtime, question::Question},
    environments::machine,
    error::AdviseError,
    observations::locked,
    request::{Input, Output, Request, Upgrade},
    world::World,
};

/// What `monkey --bisect` is asked for.
#[derive(Clone, Debug)]
pub struct BisectPlan {
    /// The lock that works, relative to the working folder.
    pub good: PathBuf,
    /// The lock that fails.
    pub bad: PathBuf,
    /// How stacks are tried.
    pub exec: Exec,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Bisected {
    /// What differs between the two locks, by package.
    pub changes: Vec<Change>,
    /// What is to blame, by the numbers of the changes.
    pub found: Found,
    /// The stacks that were tried, in order.
    pub trials: Vec<Trial>,
    /// What the command was kept in.
    pub sandbox: Sandbox,
    /// The environment.
    pub environment: String,
    /// The minor version of its Python (`3.11`).
    pub python: String,
    /// What of the locks was left out.
    pub notes: Vec<String>,
}

/// A stack that was tried.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The changes it makes.
    pub made: Changes,
    /// What became of it.
    pub verdict: Verdict,
    /// The attempt; where it failed there is another.
    pub attempt: Attempt,
    /// The other attempt: one that passes makes the failure unclear.
    pub again: Option<Attempt>,
}

/// Finds the release, or the fewest releases, that make a command fail which works with another lock.
///
/// # Errors
/// When the locks cannot be read, or their releases cannot be had, or a limit is reached before the end.
pub fn bisect(plan: &BisectPlan, request: &Request, world: &World<'_>) -> Result<Bisected, AdviseError> {
    let lock = |path: &PathBuf| locked(&request.folder.join(path), &request.folder);
    let ((good, mut notes), (bad, more)) = (lock(&plan.good)?, lock(&plan.bad)?);
    notes.extend(more);
    if changes(&good, &bad).is_empty() {
        let (good, bad) = (plan.good.display(), plan.bad.display());
        return Err(AdviseError::Usage(format!("{good} and {bad} have the same releases: there is nothing to bisect")));
    }
    let names: String = good.keys().chain(bad.keys()).map(|name| format!("{name}\n")).collect();
    let stdin = || Ok(names.clone().into_bytes());
    let world = &World {
        http: world.http.clone(),
        knowledge: world.knowledge.clone(),
        stdin: &stdin,
        limits: world.limits.clone(),
        ..*world
    };
    let request = &between(request);
    in_runtime(|runtime| {
        let Asked { question, mut gather, .. } = ask(request, world, runtime)?;
        let pair = runtime.block_on(Pair::read(&good, &bad, &question.case, &mut gather))?;
        let interpreter = environment::interpreter(request, world, &question.case.environment)?;
        let lab = Lab::open(&plan.exec, interpreter, request, gather.routes(), world)?;
        let kind = Environment::of(&question.case.environment, &machine(request));
        let mut ground = Ground {
            pair: &pair,
            lab: &lab,
            question: &question,
            gather: &gather,
            kind,
            runtime,
            world,
            failing: None,
            trials: Vec::new(),
        };
        let found = bisect::bisect(pair.changes.len(), &mut ground)?;
        let trials = ground.trials;
        let environment = question.setting.environment.clone();
        let python = question.case.environment.markers.python_version().to_string();
        Ok(Bisected {
            python,
            changes: pair.changes.clone(),
            found,
            trials,
            sandbox: lab.sandbox.clone(),
            environment,
            notes,
        })
    })
}

/// A request for nothing but the releases that two locks name: what was yanked or is a pre-release counts, too.
fn between(request: &Request) -> Request {
    Request {
        requirements: vec![Input::Stdin],
        constraints: Vec::new(),
        overrides: Vec::new(),
        selection: Default::default(),
        prereleases: Some(Prereleases::Allow),
        exclude_newer: None,
        prescriptions: Vec::new(),
        output: Output::Stdout,
        lock_format: Some(Format::Requirements),
        upgrade: Upgrade::All,
        ..request.clone()
    }
}

/// Where stacks between two locks are found and tried.
struct Ground<'a> {
    pair: &'a Pair,
    lab: &'a Lab<'a>,
    question: &'a Question,
    gather: &'a Gather<'a>,
    kind: Environment,
    runtime: &'a Runtime,
    world: &'a World<'a>,
    /// How far the stack with all changes got.
    failing: Option<Stage>,
    trials: Vec<Trial>,
}

impl Ground<'_> {
    fn attempt(&self, lock: &str, made: &Changes) -> Result<Attempt, AdviseError> {
        let limits = self.gather.limits();
        let attempt = self.runtime.block_on(limits.within(self.lab.attempt(lock)));
        let attempt = attempt.map_err(|why| {
            let progress = format!(" ({} stacks tried)", self.trials.len());
            AdviseError::Stopped { why, before: "the release that breaks was found", progress }
        })??;
        let observed = observation(&self.pair.releases(made), &attempt, &self.kind, self.world);
        keep(observed, self.world);
        Ok(attempt)
    }
}

impl Trials for Ground<'_> {
    type Error = AdviseError;

    fn stack(&mut self, wish: &Wish) -> Result<Option<Changes>, AdviseError> {
        self.pair.stack(wish)
    }

    fn verdict(&mut self, made: &Changes) -> Result<Verdict, AdviseError> {
        let (number, all) = (self.trials.len() + 1, self.pair.changes.len());
        self.world.progress.say(&format!("trying stack {number}, with {} of {all} changes", made.len()));
        let lock = self.pair.lock(made, self.question, self.gather)?;
        let attempt = self.attempt(&lock, made)?;
        let again = if attempt.outcome.is_ok() { None } else { Some(self.attempt(&lock, made)?) };
        let is_all = made.len() == all;
        if is_all {
            self.failing = Some(attempt.stage);
        }
        let verdict = match (&attempt.outcome, &again) {
            (Outcome::Ok, _) => Verdict::Works,
            (_, Some(again)) if again.outcome.is_ok() => Verdict::Unclear,
            // Another failure than the one that is looked for.
            _ if self.failing.is_some_and(|stage| stage != attempt.stage) => Verdict::Unclear,
            _ => Verdict::Fails,
        };
        self.trials.push(Trial { made: made.clone(), verdict, attempt, again });
        Ok(verdict)
    }
}
