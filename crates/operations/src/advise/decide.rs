//! Steps the search to its end, answering what it asks for, or to the best so far when a limit is reached.

use std::time::{Duration, Instant};

use packaging::PackageName;
use resolution::{
    Problem, Search, Step, Stopped,
    certificate::{Certificate, Heuristic, ProvedLevel, Scope},
    search::{Conflict, Stack},
    sieve::Sieve,
};

use super::{
    count,
    gather::{Answers, Gather},
    question::{Case, Question},
};
use crate::{clock::Clock, error::AdviseError, progress::Progress};

/// How often the best so far is told while somebody watches.
const GLANCES: Duration = Duration::from_secs(1);
/// How hard a glance looks for the best so far, in asks of the search, of which each stands for about a millisecond.
const GLANCE: usize = 20;
/// How hard the best so far is looked for once a limit is reached, in the same unit: a limit in work leaves as much on a slow
/// machine as on a fast one.
const LAST_LOOK: usize = 1000;

/// What a search that is stopped has not reached.
const PROOF: &str = "the stack was proved to be the best";

/// How a search ended, with everything it was told.
pub(crate) struct Decided {
    pub(crate) search: Search,
    pub(crate) end: Result<Stack, Conflict>,
    /// Why it ended before its proof, when it did: the stack is then the best so far.
    pub(crate) stopped: Option<Stopped>,
    /// How a predictor found the stack, when one did.
    pub(crate) heuristic: Option<Heuristic>,
    /// The next best stacks, where they were asked for.
    pub(crate) others: Vec<Stack>,
}

impl Decided {
    /// The packages that were looked at.
    pub(crate) fn packages(&self) -> Vec<PackageName> {
        self.search.catalogue().packages().iter().map(|package| package.name.clone()).collect()
    }

    /// Whether the stack is proved to be the best: what a predictor found may be as good as it gets, and then all that is told of a
    /// proved stack is true of it.
    pub(crate) fn is_proved(&self) -> bool {
        self.heuristic.is_none() || self.end.as_ref().is_ok_and(Stack::is_optimal)
    }

    /// What was proved of the stack.
    pub(crate) fn certificate(&self, stack: &Stack, question: &Question) -> Certificate {
        Certificate {
            levels: ProvedLevel::all(&question.case.policy.objective, stack),
            stopped: self.stopped,
            heuristic: self.heuristic.clone(),
            scope: Scope::of(self.search.catalogue()),
            problem: question.identity(),
            statement: question.statement(),
        }
    }

    /// The same, where an answer about anything but the best stack would be about another question.
    pub(crate) fn proved(self) -> Result<Self, AdviseError> {
        match self.stopped {
            Some(why) => Err(stopped(why, PROOF, &self.search)),
            None => Ok(self),
        }
    }
}

/// Decides one case.
pub(crate) async fn decide(
    case: &Case,
    gather: &mut Gather<'_>,
    progress: &dyn Progress,
) -> Result<Decided, AdviseError> {
    decide_as(case, case.problem.clone(), gather, progress).await
}

/// Decides another problem than that of a case, with releases that cost what they cost in the case.
pub(crate) async fn decide_as(
    case: &Case,
    problem: Problem,
    gather: &mut Gather<'_>,
    progress: &dyn Progress,
) -> Result<Decided, AdviseError> {
    gather.restart();
    let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
    let mut search = Search::new(problem);
    match drive(&mut search, &sieve, gather, progress).await {
        Err(AdviseError::Stopped { why, .. }) => best_so_far(why, search, gather, &sieve),
        end => end.map(|(end, stopped)| Decided { search, end, stopped, heuristic: None, others: Vec::new() }),
    }
}

/// Decides one case where nothing but its proved end is of use.
///
/// # Errors
/// [`AdviseError::Stopped`] when a limit is reached before, at once.
pub(crate) async fn prove(
    case: &Case,
    gather: &mut Gather<'_>,
    progress: &dyn Progress,
) -> Result<Decided, AdviseError> {
    gather.restart();
    let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
    let mut search = Search::new(case.problem.clone());
    let (end, stopped) = drive(&mut search, &sieve, gather, progress).await?;
    Decided { search, end, stopped, heuristic: None, others: Vec::new() }.proved()
}

/// Steps a search until it has decided. A limit that is reached while a conflict is explained comes with it: it may not be
/// the smallest then.
///
/// # Errors
/// [`AdviseError::Stopped`] when a limit is reached before, and whatever is in the way of an answer.
pub(crate) async fn drive(
    search: &mut Search,
    sieve: &Sieve<'_>,
    gather: &mut Gather<'_>,
    progress: &dyn Progress,
) -> Result<(Result<Stack, Conflict>, Option<Stopped>), AdviseError> {
    let limits = gather.limits().clone();
    let (mut computed, mut told) = (Duration::ZERO, Instant::now());
    progress.say("choosing releases");
    loop {
        let clock = Clock::start();
        let mut look = limits.look(search.bytes() as u64);
        let mut reached = None;
        let step = search.step(&mut || {
            reached = look();
            reached.is_some()
        });
        computed += clock.elapsed();
        match step {
            Step::Needs(needs) => {
                tracing::info!(
                    "step {}: {} to look up, {} to read",
                    search.statistics().steps,
                    count(needs.packages.len(), "package"),
                    count(needs.releases.len(), "release")
                );
                tracing::debug!("{:?}", search.statistics());
                if progress.is_shown() && told.elapsed() >= GLANCES {
                    progress.say(&glance(search));
                    told = Instant::now();
                }
                match limits.within(gather.answer(&needs, search.catalogue(), sieve)).await {
                    Ok(answers) => computed += take(search, answers?),
                    Err(why) => return Err(stopped(why, PROOF, search)),
                }
            }
            Step::Decided(stack) => {
                let (steps, releases) = (search.statistics().steps, count(stack.releases.len(), "release"));
                tracing::info!("step {steps}: decided on a stack of {releases}");
                tell(search, computed);
                return Ok((Ok(stack), None));
            }
            Step::Impossible(conflict) => {
                tracing::info!("step {}: there is no stack", search.statistics().steps);
                tell(search, computed);
                let cut = reached.filter(|_| conflict.is_cut);
                return Ok((Err(conflict), cut));
            }
            Step::Stopped => {
                let why = reached.ok_or_else(|| AdviseError::Bug("the search stopped by itself".to_string()))?;
                tell(search, computed);
                return Err(stopped(why, PROOF, search));
            }
        }
    }
}

/// Traces what a search took, without the waiting for what it asked. `benches/search.py` reads this line.
fn tell(search: &Search, computed: Duration) {
    let (statistics, catalogue) = (search.statistics(), search.catalogue());
    let candidates: usize = catalogue.packages().iter().map(|package| package.candidates.len()).sum();
    tracing::info!(
        "searched {:.1} ms in {}: {}, {}, {}, {}, {} visits",
        computed.as_secs_f64() * 1000.0,
        count(statistics.steps, "step"),
        count(catalogue.packages().len(), "package"),
        count(candidates, "candidate"),
        count(catalogue.releases_read(), "read"),
        count(statistics.cores, "core"),
        statistics.visits
    );
}

/// Tells a search what it asked for; returns how long that took.
pub(crate) fn take(search: &mut Search, answers: Answers) -> Duration {
    let clock = Clock::start();
    answers.packages.into_iter().for_each(|package| search.add_package(package));
    for ((package, version), requires) in answers.releases {
        search.add_release(&package, &version, requires);
    }
    clock.elapsed()
}

/// Ends with the best stack of everything that was fetched, asked for or not.
fn best_so_far(
    why: Stopped,
    mut search: Search,
    gather: &mut Gather<'_>,
    sieve: &Sieve<'_>,
) -> Result<Decided, AdviseError> {
    take(&mut search, gather.everything(sieve)?);
    tracing::info!("{why}; {} were read", count(search.catalogue().releases_read(), "release"));
    match search.best_so_far(&mut patience(LAST_LOOK)) {
        Some(stack) => Ok(Decided { search, end: Ok(stack), stopped: Some(why), heuristic: None, others: Vec::new() }),
        None => Err(stopped(why, "any stack was complete", &search)),
    }
}

fn stopped(why: Stopped, before: &'static str, search: &Search) -> AdviseError {
    let (packages, read) = (search.catalogue().packages().len(), search.catalogue().releases_read());
    let progress = format!(" ({} looked at, {} read)", count(packages, "package"), count(read, "release"));
    AdviseError::Stopped { why, before, progress }
}

/// Says to stop after being asked so often.
fn patience(asks: usize) -> impl FnMut() -> bool {
    let mut left = asks;
    move || {
        left = left.saturating_sub(1);
        left == 0
    }
}

/// How far a search is, in words.
fn glance(search: &Search) -> String {
    let read = count(search.catalogue().releases_read(), "release");
    let Some(stack) = search.best_so_far(&mut patience(GLANCE)) else {
        return format!("choosing releases: no stack yet; {read} read");
    };
    let levels = ProvedLevel::all(&search.problem().objective, &stack);
    let found = levels.iter().find(|level| !level.is_optimal).map(|open| {
        let (value, bound) = (open.level.amount(open.value), open.level.amount(open.bound));
        format!(": {} {value}, at least {bound} possible", open.level.name())
    });
    format!("stack found{}; {read} read", found.unwrap_or_default())
}
