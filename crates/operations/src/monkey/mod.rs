//! `monkey`: stacks worth testing, as locks, or tried by a command.
//!
//! Which stacks are drawn is decided in [`resolution::predict`]; here the world is read that they are drawn from, and they are
//! written down and tried.

mod bisect;
mod draw;
mod installer;
mod lab;
mod pair;
mod process;
mod sandbox;
mod shelf;
mod stretch;
mod trials;

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use evidence::observation::{Environment, Stage};
use packaging::{PackageName, Version, lock::Format, project::FormatControl};
use resolution::{
    Stopped,
    predict::{Decision, MOST_RELEASES, Size},
};

pub use self::{
    bisect::{BisectPlan, Bisected, Onset, Trial, bisect},
    lab::{Attempt, USUAL_TIMEOUT},
    pair::Change,
    process::end_all,
    sandbox::Sandbox,
    shelf::Shelf,
};
use self::{
    draw::{Found, draw},
    lab::Lab,
    trials::{keep, observation, tried, try_all},
};
use crate::{
    advise::environment,
    environments::machine,
    error::AdviseError,
    inquiry::{Answer, Inquiry, inquire},
    request::Request,
    world::World,
};

/// The most stacks of a run.
pub const MOST_STACKS: usize = 10_000;

/// What `monkey` is asked for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which stacks are drawn.
    pub decision: Decision,
    /// The packages whose releases are combined.
    pub combined: BTreeSet<PackageName>,
    /// The most stacks, up to [`MOST_STACKS`].
    pub count: usize,
    /// Where all chance comes from.
    pub seed: u64,
    /// How many releases of each package are drawn from at least, the newest, up to [`MOST_RELEASES`].
    pub latest_versions: usize,
    /// The format of the locks.
    pub format: Format,
    /// The folder they are written to, relative to the working folder.
    pub folder: Option<PathBuf>,
    /// How each is tried.
    pub exec: Option<Exec>,
}

/// How a stack is tried.
#[derive(Clone, Debug)]
pub struct Exec {
    /// The command, as the shell of the system reads it.
    pub command: String,
    /// What it does.
    pub stage: Stage,
    /// How many stacks are tried at once.
    pub jobs: usize,
    /// How long making the environment, installing and the command may take, each.
    pub timeout: Duration,
    /// How much memory each process of the command may take, bytes.
    pub memory: Option<u64>,
    /// The command may use the network.
    pub network: bool,
    /// Source distributions may be built, which runs their code with the network.
    pub builds: bool,
    /// Variables that the command gets besides the usual ones.
    pub variables: Vec<String>,
}

impl Exec {
    /// The request whose stacks can be installed: where nothing may be built, what has no wheel is in none. That it cannot be
    /// installed is no fault of the release.
    fn installable(&self, request: &Request) -> Request {
        let mut request = request.clone();
        if !self.builds {
            request.no_binary = FormatControl::default();
            request.only_binary = FormatControl { all: true, ..FormatControl::default() };
        }
        request
    }
}

/// What `monkey` found.
#[derive(Clone, Debug)]
pub struct Monkeyed {
    /// The stack that `advise` would lock.
    pub best: Vec<(PackageName, Version)>,
    /// The stacks, in the order in which they were drawn.
    pub stacks: Vec<Drawn>,
    /// Whether there is no other stack of this kind among the releases that were read.
    pub exhausted: bool,
    /// How much there was to draw from.
    pub world: Size,
    /// What the commands were kept in, where any were run.
    pub sandbox: Option<Sandbox>,
    /// Which limit ended it before all were tried.
    pub stopped: Option<Stopped>,
}

/// A stack that was drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Its number, also that of its folder.
    pub number: usize,
    /// Its releases, sorted by name.
    pub releases: Vec<(PackageName, Version)>,
    /// The folder it was written to.
    pub folder: Option<PathBuf>,
    /// What became of it when it was tried.
    pub attempt: Option<Attempt>,
}

/// Draws stacks of what `request` asks for, and writes them where `plan` says.
///
/// # Errors
/// When the plan cannot be, the decision cannot be made, or a lock cannot be written.
pub fn monkey(plan: &Plan, request: &Request, world: &World<'_>) -> Result<Answer<Monkeyed>, AdviseError> {
    plan.check()?;
    let request = &plan.exec.as_ref().map_or_else(|| request.clone(), |exec| exec.installable(request));
    let shelf = plan.folder.as_ref().map(|folder| Shelf::open(&request.folder.join(folder))).transpose()?;
    inquire(request, world, async |mut inquiry| monkeyed(plan, shelf.as_ref(), request, &mut inquiry).await)
}

impl Plan {
    fn check(&self) -> Result<(), AdviseError> {
        let wrong = |why: String| Err(AdviseError::Usage(why));
        match (self.decision, self.combined.is_empty()) {
            (Decision::Combinations, true) => {
                return wrong("`--decision combinations` combines the releases of packages that are named with `--combine PACKAGE`".to_string());
            }
            (Decision::Combinations, false) | (_, true) => {}
            (_, false) => {
                return wrong(format!(
                    "`--combine` names packages for `--decision combinations`, not for `{}`",
                    self.decision
                ));
            }
        }
        if !(1..=MOST_STACKS).contains(&self.count) {
            return wrong(format!("--count: {} is not a number of stacks from 1 to {MOST_STACKS}", self.count));
        }
        if !(1..=MOST_RELEASES).contains(&self.latest_versions) {
            return wrong(format!(
                "--limit-latest-versions: {} is not a number from 1 to {MOST_RELEASES}",
                self.latest_versions
            ));
        }
        Ok(())
    }
}

async fn monkeyed(
    plan: &Plan,
    shelf: Option<&Shelf>,
    request: &Request,
    inquiry: &mut Inquiry<'_, '_>,
) -> Result<Monkeyed, AdviseError> {
    let kind = Environment::of(&inquiry.question.case.environment, &machine(request));
    let before = if plan.decision == Decision::Learn { tried(&kind, inquiry.world)? } else { Vec::new() };
    let found = draw(plan, &before, inquiry).await?;
    let first = shelf.map_or(1, Shelf::first_free);
    let drawn = |(number, releases): (usize, &Vec<_>)| Drawn {
        number,
        releases: releases.clone(),
        folder: None,
        attempt: None,
    };
    let mut monkeyed = Monkeyed {
        best: found.best.clone(),
        stacks: (first..).zip(&found.drawn.stacks).map(drawn).collect(),
        exhausted: found.drawn.exhausted,
        world: found.size,
        sandbox: None,
        stopped: None,
    };
    match (&plan.exec, shelf) {
        (Some(exec), _) => try_drawn(plan, exec, (shelf, request, &kind), &found, &mut monkeyed, inquiry).await?,
        (None, Some(shelf)) => {
            for stack in &mut monkeyed.stacks {
                let lock = found.lock(&stack.releases, plan.format, inquiry)?;
                stack.folder = Some(shelf.put(stack.number, &[(plan.format.filename(), lock.as_bytes())])?);
            }
        }
        (None, None) => {}
    }
    Ok(monkeyed)
}

/// Tries the stacks that were drawn; each is written with what was printed as soon as it was tried.
async fn try_drawn(
    plan: &Plan,
    exec: &Exec,
    (shelf, request, kind): (Option<&Shelf>, &Request, &Environment),
    found: &Found,
    monkeyed: &mut Monkeyed,
    inquiry: &Inquiry<'_, '_>,
) -> Result<(), AdviseError> {
    let world = inquiry.world;
    let interpreter = environment::interpreter(request, world, &inquiry.question.case.environment)?;
    let lab = Lab::open(exec, interpreter, request, inquiry.gather.routes(), world)?;
    let locks = monkeyed.stacks.iter().enumerate().map(|(at, stack)| {
        let lock = found.lock(&stack.releases, Format::Requirements, inquiry)?;
        Ok((at, lock))
    });
    let locks = locks.collect::<Result<Vec<_>, AdviseError>>()?;
    monkeyed.sandbox = Some(lab.sandbox.clone());
    let limits = inquiry.gather.limits();
    let stacks = &mut monkeyed.stacks;
    let stopped = try_all(&lab, locks, exec.jobs, (limits, world), |at, lock, attempt| {
        let Some(stack) = stacks.get_mut(at) else { return Ok(()) };
        let observed = keep(observation(&stack.releases, &attempt, kind, world), world);
        if let Some(shelf) = shelf {
            let lock = match plan.format {
                Format::Requirements => lock.to_string(),
                other => found.lock(&stack.releases, other, inquiry)?,
            };
            let line = observed.to_line() + "\n";
            let files = [
                (plan.format.filename(), lock.as_bytes()),
                ("output.txt", attempt.output.as_bytes()),
                ("observation.json", line.as_bytes()),
            ];
            stack.folder = Some(shelf.put(stack.number, &files)?);
        }
        stack.attempt = Some(attempt);
        Ok(())
    });
    monkeyed.stopped = stopped.await?;
    Ok(())
}
