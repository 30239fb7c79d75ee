//! Steps the search to its end, answering what it asks for.

use std::time::Duration;

use packaging::PackageName;
use resolution::{
    Problem, Search, Step,
    search::{Conflict, Stack},
    sieve::Sieve,
};

use super::{count, gather::Gather, question::Case};
use crate::{clock::Clock, error::AdviseError, progress::Progress};

/// How a search ended, with everything it was told.
pub(crate) struct Decided {
    pub(crate) search: Search,
    pub(crate) end: Result<Stack, Conflict>,
}

impl Decided {
    /// The packages that were looked at.
    pub(crate) fn packages(&self) -> Vec<PackageName> {
        self.search.catalogue().packages().iter().map(|package| package.name.clone()).collect()
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
    let end = drive(&mut search, &sieve, gather, progress).await?;
    Ok(Decided { search, end })
}

/// Steps a search until it has decided.
pub(crate) async fn drive(
    search: &mut Search,
    sieve: &Sieve<'_>,
    gather: &mut Gather<'_>,
    progress: &dyn Progress,
) -> Result<Result<Stack, Conflict>, AdviseError> {
    let mut computed = Duration::ZERO;
    progress.say("choosing releases");
    loop {
        let clock = Clock::start();
        let step = search.step(&mut || false);
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
                let answers = gather.answer(&needs, search.catalogue(), sieve).await?;
                let clock = Clock::start();
                answers.packages.into_iter().for_each(|package| search.add_package(package));
                for ((package, version), requires) in answers.releases {
                    search.add_release(&package, &version, requires);
                }
                computed += clock.elapsed();
            }
            Step::Decided(stack) => {
                let (steps, releases) = (search.statistics().steps, count(stack.releases.len(), "release"));
                tracing::info!("step {steps}: decided on a stack of {releases}");
                tell(search, computed);
                return Ok(Ok(stack));
            }
            Step::Impossible(conflict) => {
                tracing::info!("step {}: there is no stack", search.statistics().steps);
                tell(search, computed);
                return Ok(Err(conflict));
            }
            Step::Stopped => return Err(AdviseError::Bug("the search stopped by itself".to_string())),
        }
    }
}

/// Traces what a search took, without the waiting for what it asked. `benches/search.py` reads this line.
fn tell(search: &Search, computed: Duration) {
    let (statistics, catalogue) = (search.statistics(), search.catalogue());
    let candidates: usize = catalogue.packages().iter().map(|package| package.candidates.len()).sum();
    tracing::info!(
        "searched {:.1} ms in {}: {}, {}, {}, {}",
        computed.as_secs_f64() * 1000.0,
        count(statistics.steps, "step"),
        count(catalogue.packages().len(), "package"),
        count(candidates, "candidate"),
        count(catalogue.releases_read(), "read"),
        count(statistics.cores, "core")
    );
}
