//! A predictor walks for the stack: over what the exact search read, widened by the newest releases of every package in
//! reach, and measured by the bound it proved.

use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};

use resolution::{
    Search,
    catalogue::Catalogue,
    certificate::Heuristic,
    cost::Cost,
    predict::{Budget, Kind, Options, Policy, Walked, World as Walks, walk},
    search::Stack,
    sieve::Sieve,
};
use sha2::{Digest as _, Sha256};

use super::{
    count,
    decide::{Decided, decide, take},
    gather::Gather,
    hex, in_runtime,
    question::Case,
    saved::Saved,
};
use crate::{clock::Clock, error::AdviseError, progress::Progress, request::Walk, world::World};

/// The best stack that a predictor finds, in place of the one decided on. The search knows what was read for it.
pub(crate) async fn predicted(
    case: &Case,
    (setting, count): (&Walk, usize),
    gather: &mut Gather<'_>,
    progress: &dyn Progress,
) -> Result<Decided, AdviseError> {
    let limits = gather.limits().clone();
    // The bound is worth half of the time and no more: what is left is for walking.
    gather.limit(limits.half());
    let decided = decide(case, gather, progress).await;
    gather.limit(limits);
    let mut decided = decided?;
    let Ok(exact) = &decided.end else { return Ok(decided) };
    let exact = exact.clone();
    widen(&mut decided.search, case, setting.latest_versions, gather).await?;
    progress.say(&format!("walking by {}", setting.predictor));
    let world = Walks::around(decided.search.problem(), decided.search.catalogue(), &exact);
    let key = policy_key(case);
    let policy = if setting.keep_policy { gather.policy(&key) } else { Policy::default() };
    let mut predictor = setting.predictor.predictor(&world, &options(setting, policy));
    let begun = Instant::now();
    let budget = Budget { limit: setting.limit, count };
    let walked = walk(&world, predictor.as_mut(), setting.seed, budget, &mut gather.limits().clock());
    let spent = begun.elapsed();
    tracing::info!("{} walked {} stacks in {:.3} s", setting.predictor, walked.stacks, spent.as_secs_f64());
    if setting.keep_policy {
        gather.keep_policy(&key, &predictor.policy(&world));
    }
    let limit = gather.limits().look(0)();
    decided.stopped = limit.filter(|_| walked.stacks < setting.limit && !walked.exhausted);
    if let Some(best) = walked.kept.first() {
        let stack = decided.search.stack_of(&best.releases);
        let stack = stack.ok_or_else(|| AdviseError::Bug(format!("{} found no stack", setting.predictor)))?;
        let others = walked.kept.iter().skip(1).filter_map(|kept| decided.search.stack_of(&kept.releases));
        decided.others = others.collect();
        decided.heuristic = Some(heuristic(setting, &walked, &world, spent, &stack));
        decided.end = Ok(stack);
    }
    Ok(decided)
}

fn options(setting: &Walk, policy: Policy) -> Options {
    let (beam_width, combinations) = (setting.beam_width, setting.combinations.clone());
    Options { beam_width, combinations, policy, ..Options::default() }
}

/// Looks up and reads what there is to walk. From a saved problem that was not widened, everything saved is taken instead.
pub(crate) async fn widen(
    search: &mut Search,
    case: &Case,
    most: usize,
    gather: &mut Gather<'_>,
) -> Result<(), AdviseError> {
    let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
    let limits = gather.limits().clone();
    let needs = |search: &Search| Walks::needs(search.problem(), search.catalogue(), most);
    loop {
        let needs = needs(search);
        if needs.is_empty() {
            return Ok(());
        }
        tracing::info!(
            "to walk: {} to look up, {} to read",
            count(needs.packages.len(), "package"),
            count(needs.releases.len(), "release")
        );
        let answers = match limits.within(gather.answer(&needs, search.catalogue(), &sieve)).await {
            Ok(Err(AdviseError::NotSaved { .. })) => {
                take(search, gather.everything(&sieve)?);
                return Ok(());
            }
            // What was read until a limit is reached can be walked.
            Err(_) => return Ok(()),
            Ok(answers) => answers?,
        };
        take(search, answers);
    }
}

/// What is told of the walks.
fn heuristic(setting: &Walk, walked: &Walked, world: &Walks, spent: Duration, stack: &Stack) -> Heuristic {
    let score = walked.kept.first().map_or(0.0, |best| best.score);
    Heuristic {
        predictor: setting.predictor,
        seed: setting.seed,
        stacks: walked.stacks,
        iterations: walked.iterations,
        rejected: walked.rejected,
        learned: walked.learned as u64,
        first: walked.first,
        exhausted: walked.exhausted,
        milliseconds: u64::try_from(spent.as_millis()).unwrap_or(u64::MAX),
        world: world.size(),
        score,
        bound: score + world.scale().loss(&(stack.cost - stack.lower_bound)),
        history: walked.history.clone(),
    }
}

/// Names what a policy is learned for: the packages that the project requires, and what makes a stack great.
fn policy_key(case: &Case) -> String {
    let names: BTreeSet<&str> = case.problem.wants.iter().map(|want| want.package.as_ref()).collect();
    let mut hash = Sha256::new();
    hash.update(format!("{:?}", case.problem.objective));
    for name in names {
        hash.update(name);
        hash.update("\n");
    }
    hex(&hash.finalize())
}

/// A saved problem to be walked by one predictor after the other, for measuring them.
#[derive(Debug)]
pub struct Ground {
    world: Walks,
    optimum: Cost,
}

/// What a predictor reached on a ground.
#[derive(Debug)]
pub struct Reached {
    /// What it found.
    pub walked: Walked,
    /// Time spent: seconds.
    pub seconds: f64,
    /// The score of the exact optimum.
    pub optimum: f64,
    /// Whether the best stack found costs as much as the exact optimum.
    pub is_optimal: bool,
}

impl Ground {
    /// Reads a saved problem, decides it exactly, and takes everything in it that can be walked.
    ///
    /// # Errors
    /// When the file is no saved problem, or there is no stack.
    pub fn of(file: &Path, world: &World<'_>) -> Result<Self, AdviseError> {
        let Saved { question, facts, .. } = Saved::read(file)?;
        in_runtime(|runtime| {
            let mut gather = Gather::recalled(world, facts)?;
            let case = &question.case;
            let mut decided = runtime.block_on(decide(case, &mut gather, world.progress))?;
            let Ok(exact) = &decided.end else {
                return Err(AdviseError::Usage(format!("{}: there is no stack to walk to", file.display())));
            };
            let exact = exact.clone();
            let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
            take(&mut decided.search, gather.everything(&sieve)?);
            let catalogue: &Catalogue = decided.search.catalogue();
            let world = Walks::around(decided.search.problem(), catalogue, &exact);
            Ok(Self { world, optimum: exact.cost })
        })
    }

    /// What there is to walk.
    pub fn world(&self) -> &Walks {
        &self.world
    }

    /// Walks for some time that the processor spends on it, seconds.
    pub fn walk(&self, predictor: Kind, seed: u64, seconds: f64) -> Reached {
        let packages = 0..self.world.size().packages;
        let combinations = packages.filter(|package| self.world.releases(*package) > 1).take(5);
        let combinations = combinations.map(|package| self.world.name(package).clone()).collect();
        let mut walker = predictor.predictor(&self.world, &Options { combinations, ..Options::default() });
        let clock = Clock::start();
        let budget = Budget { limit: u64::MAX, count: 1 };
        let walked = walk(&self.world, walker.as_mut(), seed, budget, &mut || clock.elapsed().as_secs_f64() / seconds);
        let seconds = clock.elapsed().as_secs_f64();
        let best = walked.kept.first();
        let optimum = best.map_or(f64::NAN, |best| best.score + self.world.scale().loss(&(best.cost - self.optimum)));
        let is_optimal = best.is_some_and(|best| best.cost == self.optimum);
        Reached { walked, seconds, optimum, is_optimal }
    }
}
