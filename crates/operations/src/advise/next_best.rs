//! The next best stacks after the one that the exact search decided on, each proved to be that: `--count`.

use resolution::sieve::Sieve;

use super::{
    decide::{Decided, drive},
    gather::Gather,
    question::Case,
};
use crate::{error::AdviseError, progress::Progress};

/// Goes on with the search that decided, each stack found ruled out, until `count` are known, the first included, or there
/// are no more. What was found until a limit is reached stays.
pub(super) async fn next_best(
    decided: &mut Decided,
    count: usize,
    case: &Case,
    gather: &mut Gather<'_>,
    progress: &dyn Progress,
) -> Result<(), AdviseError> {
    let Ok(best) = &decided.end else { return Ok(()) };
    let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
    while decided.others.len() + 1 < count {
        decided.search.rule_out(decided.others.last().unwrap_or(best));
        let Ok(next) = drive(&mut decided.search, &sieve, gather, progress).await?.0 else { break };
        decided.others.push(next);
    }
    Ok(())
}
