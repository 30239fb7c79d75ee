//! What is searched for besides a decision, to tell more of it: the next best stacks, what a resolver blind to advisories would
//! choose, stacks that are fresher or less exposed.

use resolution::{Objective, Recommendation, Stopped, front::Alternatives, policy::Policy};

use super::{
    alternatives::alternatives,
    decide::{Decided, prove},
    gather::Gather,
    next_best::next_best,
    question::{Case, Question},
    temptation,
};
use crate::{error::AdviseError, progress::Progress};

/// What was found besides a decision, as far as it was asked for and could be searched for.
pub(super) struct Besides {
    /// What a resolver blind to advisories would choose.
    pub(super) blind: Option<Decided>,
    /// Stacks that are fresher or less exposed.
    pub(super) fresher: Option<Alternatives>,
    /// Whether a saved problem has what all the next best stacks, which are with the decision, ask for.
    pub(super) all_saved: bool,
    /// Which limit ended the run before all was done.
    pub(super) stopped: Option<Stopped>,
}

impl Besides {
    /// Searches, until a limit is reached.
    pub(super) async fn search(
        decided: &mut Decided,
        question: &Question,
        gather: &mut Gather<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, AdviseError> {
        let Question { case, setting, .. } = question;
        let is_exact = decided.heuristic.is_none();
        let mut besides = Self { blind: None, fresher: None, all_saved: true, stopped: decided.stopped };
        let stopped = &mut besides.stopped;
        if is_exact && stopped.is_none() {
            let found = next_best(decided, setting.count, case, gather, progress).await;
            besides.all_saved = unless_stopped(unless_not_saved(found), stopped)?.is_none_or(|found| found.is_some());
        }
        let Ok(stack) = &decided.end else { return Ok(besides) };
        if stopped.is_none() && temptation::could_be_avoided(&decided.search, stack, &case.policy) {
            tracing::info!("deciding once more without advisories, to tell what they changed");
            let other = prove(&blind(case), gather, progress).await;
            let other = if is_exact { other.map(Some) } else { unless_not_saved(other) };
            besides.blind = unless_stopped(other, stopped)?.flatten();
        }
        if stopped.is_none() && decided.is_proved() && setting.alternatives > 0 {
            tracing::info!("looking for stacks that are fresher or less exposed");
            let found = alternatives(question, (decided, stack), setting.alternatives, gather, progress).await;
            let found = if is_exact { found.map(Some) } else { unless_not_saved(found) };
            besides.fresher = unless_stopped(found, stopped)?.flatten();
        }
        Ok(besides)
    }
}

/// The same case for a resolver blind to advisories.
fn blind(case: &Case) -> Case {
    let mut blind = case.clone();
    let objective = Objective::new(Recommendation::Latest, case.problem.objective.direction);
    blind.problem.objective = objective.clone();
    blind.policy = Policy { objective, admit_malware: true, ..blind.policy };
    blind
}

/// What is told besides the decision; nothing where a limit was reached, which is no error then.
fn unless_stopped<T>(told: Result<T, AdviseError>, stopped: &mut Option<Stopped>) -> Result<Option<T>, AdviseError> {
    match told {
        Err(AdviseError::Stopped { why, .. }) => {
            *stopped = Some(why);
            Ok(None)
        }
        told => told.map(Some),
    }
}

/// The same where a saved problem has what its own stack asked for, and that of a predictor asks for more.
fn unless_not_saved<T>(told: Result<T, AdviseError>) -> Result<Option<T>, AdviseError> {
    match told {
        Err(AdviseError::NotSaved { what }) => {
            tracing::info!("not told: {what} was not saved");
            Ok(None)
        }
        told => told.map(Some),
    }
}
