//! Steps the search to its end, answering what it asks for.

use packaging::PackageName;
use resolution::{
    Problem, Search, Step,
    search::{Conflict, Stack},
    sieve::Sieve,
};

use super::{count, gather::Gather, question::Case};
use crate::{error::AdviseError, progress::Progress};

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
    progress.say("choosing releases");
    loop {
        match search.step(&mut || false) {
            Step::Needs(needs) => {
                tracing::info!(
                    "step {}: {} to look up, {} to read",
                    search.statistics().steps,
                    count(needs.packages.len(), "package"),
                    count(needs.releases.len(), "release")
                );
                tracing::debug!("{:?}", search.statistics());
                gather.answer(&needs, &mut search, &sieve).await?;
            }
            Step::Decided(stack) => {
                let (steps, releases) = (search.statistics().steps, count(stack.releases.len(), "release"));
                tracing::info!("step {steps}: decided on a stack of {releases}");
                return Ok(Decided { search, end: Ok(stack) });
            }
            Step::Impossible(conflict) => {
                tracing::info!("step {}: there is no stack", search.statistics().steps);
                return Ok(Decided { search, end: Err(conflict) });
            }
            Step::Stopped => return Err(AdviseError::Bug("the search stopped by itself".to_string())),
        }
    }
}
