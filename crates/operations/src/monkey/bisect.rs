//! `monkey --bisect`: which release breaks what worked, found by trying stacks between two locks.
//!
//! First which of the packages that differ is to blame, then with which of its releases that begins. Which stacks are tried is decided in [`resolution::bisect`].

use std::{collections::BTreeMap, path::PathBuf};

use evidence::observation::{Environment, Outcome, Stage};
use packaging::{Version, lock::Format};
use resolution::{
    Stopped,
    bisect::{self, Changes, Found, Part, Trials, Verdict, Wish},
    policy::Prereleases,
};
use tokio::runtime::Runtime;

use super::{
    Attempt, Exec, Lab, Sandbox,
    pair::{Change, Pair, changes},
    stretch::Stretch,
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
    /// What is to blame, by the numbers of the changes; `None` where a limit was reached before that was known.
    pub found: Option<Found>,
    /// With which releases that begins, of the changes to blame that have releases between.
    pub onsets: Vec<Onset>,
    /// Which limit ended it before all was tried that had to be.
    pub stopped: Option<Stopped>,
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
    /// A change that leads to this release here, which is between its two.
    pub at: Option<(usize, Version)>,
    /// What became of it.
    pub verdict: Verdict,
    /// The attempt; where it failed there is another.
    pub attempt: Attempt,
    /// The other attempt: one that passes makes the failure unclear.
    pub again: Option<Attempt>,
}

/// Where between the two releases of a change it begins to fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Onset {
    /// The number of the change.
    pub change: usize,
    /// The last release that works.
    pub works: Version,
    /// The first release that fails.
    pub fails: Version,
    /// Releases between the two of which that could not be told.
    pub unclear: Vec<Version>,
}

/// Finds the release, or the fewest releases, that make a command fail which works with another lock.
///
/// # Errors
/// When the locks cannot be read, or their releases cannot be had, or tried.
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
    let request = &plan.exec.installable(&between(request));
    in_runtime(|runtime| {
        let Asked { question, mut gather, .. } = ask(request, world, runtime)?;
        let (pair, stretch) = runtime.block_on(Pair::read(&good, &bad, &question.case, &mut gather))?;
        let interpreter = environment::interpreter(request, world, &question.case.environment)?;
        let lab = Lab::open(&plan.exec, interpreter, request, gather.routes(), world)?;
        let kind = Environment::of(&question.case.environment, &machine(request));
        let mut ground =
            Ground { lab: &lab, question: &question, kind, runtime, world, failing: None, trials: Vec::new() };
        let mut course = Course { ground: &mut ground, pair: &pair, gather: &gather };
        let (found, mut stopped) = match bisect::bisect(pair.changes.len(), &mut course) {
            Err(AdviseError::Stopped { why, .. }) => (None, Some(why)),
            found => (Some(found?), None),
        };
        let mut begun = Vec::new();
        if let Some(Found::Blame(parts)) = &found {
            (begun, stopped) = onsets(parts, &pair, &stretch, &mut ground, &mut gather)?;
        }
        let trials = ground.trials;
        let environment = question.setting.environment.clone();
        let python = question.case.environment.markers.python_version().to_string();
        Ok(Bisected {
            python,
            changes: pair.changes,
            found,
            onsets: begun,
            stopped,
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

/// Finds with which releases it begins, for each change that is needed for the failure. A limit that is reached leaves the rest
/// unclear.
fn onsets(
    parts: &BTreeMap<usize, Part>,
    pair: &Pair,
    stretch: &Stretch,
    ground: &mut Ground<'_>,
    gather: &mut Gather<'_>,
) -> Result<(Vec<Onset>, Option<Stopped>), AdviseError> {
    let is_needed = |(_, part): &(&usize, &Part)| parts.len() == 1 || **part == Part::Needed;
    let needed: Changes = parts.iter().filter(is_needed).map(|(number, _)| *number).collect();
    let without = (0..pair.changes.len()).filter(|number| !parts.contains_key(number)).collect();
    let wish = Wish { with: needed.clone(), without, most: true };
    let (mut onsets, mut stopped) = (Vec::new(), None);
    for change in needed {
        let Some(Change { package, good: Some(good), bad: Some(bad) }) = pair.changes.get(change) else { continue };
        let versions = stretch.versions(package, good, bad);
        let (works, fails) = bisect::onset(versions.len(), |at| {
            let Some(version) = versions.get(at).filter(|_| stopped.is_none()) else { return Ok(Verdict::Unclear) };
            match ground.between(pair, stretch, &wish, (change, version), gather) {
                Err(AdviseError::Stopped { why, .. }) => {
                    stopped = Some(why);
                    Ok(Verdict::Unclear)
                }
                told => told,
            }
        })?;
        let unclear = works.map_or(0, |at| at + 1)..fails.unwrap_or(versions.len());
        if !versions.is_empty() {
            onsets.push(Onset {
                change,
                works: works.and_then(|at| versions.get(at)).unwrap_or(good).clone(),
                fails: fails.and_then(|at| versions.get(at)).unwrap_or(bad).clone(),
                unclear: versions.get(unclear).unwrap_or_default().to_vec(),
            });
        }
    }
    Ok((onsets, stopped))
}

/// Where stacks between two locks are tried.
struct Ground<'a> {
    lab: &'a Lab<'a>,
    question: &'a Question,
    kind: Environment,
    runtime: &'a Runtime,
    world: &'a World<'a>,
    /// How far the stack with all changes got.
    failing: Option<Stage>,
    trials: Vec<Trial>,
}

impl Ground<'_> {
    /// What becomes of the stack that meets a wish with a release between those of a change; unclear where there is none.
    fn between(
        &mut self,
        pair: &Pair,
        stretch: &Stretch,
        wish: &Wish,
        (change, version): (usize, &Version),
        gather: &mut Gather<'_>,
    ) -> Result<Verdict, AdviseError> {
        let case = &self.question.case;
        let pair = self.runtime.block_on(stretch.pair(pair, (change, version), case, gather))?;
        let Some(pair) = pair else { return Ok(Verdict::Unclear) };
        match pair.stack(wish)? {
            None => Ok(Verdict::Unclear),
            Some(made) => self.verdict(&pair, &made, Some((change, version.clone())), gather),
        }
    }

    fn verdict(
        &mut self,
        pair: &Pair,
        made: &Changes,
        at: Option<(usize, Version)>,
        gather: &Gather<'_>,
    ) -> Result<Verdict, AdviseError> {
        let (number, all) = (self.trials.len() + 1, pair.changes.len());
        self.world.progress.say(&format!("trying stack {number}, with {} of {all} changes", made.len()));
        let attempt = self.attempt(pair, made, gather)?;
        let again = if attempt.outcome.is_ok() { None } else { Some(self.attempt(pair, made, gather)?) };
        if made.len() == all && at.is_none() {
            self.failing = Some(attempt.stage);
        }
        let verdict = match (&attempt.outcome, &again) {
            (Outcome::Ok, _) => Verdict::Works,
            (_, Some(again)) if again.outcome.is_ok() => Verdict::Unclear,
            // Another failure than the one that is looked for.
            _ if self.failing.is_some_and(|stage| stage != attempt.stage) => Verdict::Unclear,
            _ => Verdict::Fails,
        };
        self.trials.push(Trial { made: made.clone(), at, verdict, attempt, again });
        Ok(verdict)
    }

    fn attempt(&self, pair: &Pair, made: &Changes, gather: &Gather<'_>) -> Result<Attempt, AdviseError> {
        let lock = pair.lock(made, self.question, gather)?;
        let attempt = self.runtime.block_on(gather.limits().within(self.lab.attempt(&lock)));
        let attempt = attempt.map_err(|why| {
            let progress = format!(" ({} stacks tried)", self.trials.len());
            AdviseError::Stopped { why, before: "the release that breaks was found", progress }
        })??;
        let observed = observation(&pair.releases(made), &attempt, &self.kind, self.world);
        keep(observed, self.world);
        Ok(attempt)
    }
}

/// The trials of stacks between two locks.
struct Course<'c, 'a> {
    ground: &'c mut Ground<'a>,
    pair: &'c Pair,
    gather: &'c Gather<'a>,
}

impl Trials for Course<'_, '_> {
    type Error = AdviseError;

    fn stack(&mut self, wish: &Wish) -> Result<Option<Changes>, AdviseError> {
        self.pair.stack(wish)
    }

    fn verdict(&mut self, made: &Changes) -> Result<Verdict, AdviseError> {
        self.ground.verdict(self.pair, made, None, self.gather)
    }
}
