//! From a question to everything that is said in answer: the stack, the lock, the reasons.
//!
//! It touches nothing but what is gathered: where answers come from is the matter of [`gather`](super::gather), so that a
//! saved problem is decided by the very same code.

use prescriptions::{Unit, circumstances::platform};
use resolution::{
    Objective, Recommendation, Stopped,
    catalogue::Want,
    outcome::{Decision, Effort, Explanation, NextBest, Outcome, Required, Runtime, Verdict},
    pipeline::remarks::Remarks,
    policy::Policy,
    search::Stack,
    sieve::Sieve,
};

use super::{
    alternatives::alternatives,
    decide::{Decided, prove},
    experience::remarks,
    gather::Gather,
    locking::Locksmith,
    look::{Look, settle},
    next_best::next_best,
    question::{Case, Question, Setting},
    relax::Relaxer,
    telling::Teller,
    temptation,
};
use crate::{error::AdviseError, progress::Progress};

/// What is not told of a stack that may not be the best.
const UNPROVED: &str = "What would help against what remains, and other stacks that are fresher or less exposed, are only told \
                        of a stack that is proved to be the best: leave out `--predictor` for that.";

/// Where a saved problem has less than what the next best stacks ask for.
const NOT_SAVED: &str = "There may be more of the next best stacks: what they ask for was not saved. `--count`, said when a problem \
                         is saved, has it saved.";

/// What was decided and what is said of it.
pub(crate) struct Deliberation {
    pub(crate) outcome: Outcome,
    /// How the search ended; `None` where none was needed.
    pub(crate) decided: Option<Decided>,
    /// The text of the lock; `None` when there is no stack.
    pub(crate) lock: Option<String>,
    /// The next best stacks, as many as were asked for.
    pub(crate) others: Vec<OtherStack>,
    /// Which limit ended the run before all was done.
    pub(crate) stopped: Option<Stopped>,
    /// The units of prescriptions that tell something of it.
    pub(crate) units: Vec<Unit>,
}

/// Another stack than the chosen one.
#[derive(Clone, Debug)]
pub struct OtherStack {
    /// What it is.
    pub decision: Decision,
    /// What prescriptions tell of it.
    pub remarks: Remarks,
    /// The text of its lock; `None` where that cannot be written, for want of what a saved problem has of it.
    pub lock: Option<String>,
}

/// Decides a question and tells why. Those who look at what is chosen add to the question what they see.
pub(crate) async fn deliberate(
    question: &mut Question,
    looks: &mut [Box<dyn Look + '_>],
    gather: &mut Gather<'_>,
    progress: &dyn Progress,
) -> Result<Deliberation, AdviseError> {
    if let Some(facts) = question.contradiction() {
        let Question { case, setting, .. } = &*question;
        let mut verdict = Verdict::Impossible(Explanation { facts, ..Explanation::default() });
        let mut stopped = None;
        if setting.rivals.is_empty() && question.experience.refusals.is_empty() {
            stopped = Relaxer::new(question, gather, progress).look_into(&mut verdict, None).await;
        }
        let mut outcome = outcome(case, setting, verdict);
        outcome.notes.extend(stopped.map(left_out));
        let (remarks, units) = remarks(question, gather, None)?;
        outcome.remarks = remarks;
        return Ok(Deliberation { outcome, decided: None, lock: None, others: Vec::new(), stopped, units });
    }
    let mut decided = settle(question, looks, gather, progress).await?;
    let question = &*question;
    let Question { case, setting, looked, .. } = question;
    let mut stopped = decided.stopped;
    let is_exact = decided.heuristic.is_none();
    // What a predictor found may be as good as it gets: then all that is told of a proved stack is true of it.
    let is_proved = is_exact || decided.end.as_ref().is_ok_and(Stack::is_optimal);
    let mut all_saved = true;
    if is_exact && stopped.is_none() {
        let found = next_best(&mut decided, setting.count, case, gather, progress).await;
        all_saved = unless_stopped(unless_not_saved(found), &mut stopped)?.is_none_or(|found| found.is_some());
    }
    let blind = match &decided.end {
        Ok(stack) if stopped.is_none() && temptation::could_be_avoided(&decided.search, stack, &case.policy) => {
            tracing::info!("deciding once more without advisories, to tell what they changed");
            let other = prove(&blind(case), gather, progress).await;
            unless_stopped(if is_exact { other.map(Some) } else { unless_not_saved(other) }, &mut stopped)?.flatten()
        }
        _ => None,
    };
    let fresher = match &decided.end {
        Ok(stack) if stopped.is_none() && is_proved && setting.alternatives > 0 => {
            tracing::info!("looking for stacks that are fresher or less exposed");
            let found = alternatives(question, (&decided, stack), setting.alternatives, gather, progress).await;
            unless_stopped(if is_exact { found.map(Some) } else { unless_not_saved(found) }, &mut stopped)?.flatten()
        }
        _ => None,
    };
    let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
    let teller = Teller { search: &decided.search, policy: &case.policy, sieve: &sieve, gather, setting };
    let mut unknown = Vec::new();
    let mut lock = None;
    let locksmith = |stack| Locksmith {
        search: &decided.search,
        stack,
        sieve: &sieve,
        gather,
        environment: &case.environment,
        setting,
        thoth: question.provenance(),
    };
    let mut others = Vec::new();
    for stack in &decided.others {
        others.push(OtherStack {
            decision: teller.decision(stack, None, None, decided.certificate(stack, question)),
            remarks: remarks(question, gather, Some((&decided.search, stack)))?.0,
            lock: locksmith(stack).write().ok(),
        });
    }
    let mut verdict = match &decided.end {
        Err(conflict) => Verdict::Impossible(teller.explanation(conflict)),
        Ok(stack) => {
            unknown = teller.unknown(stack);
            unknown.extend(looked.unknown(stack));
            let other = blind.as_ref().and_then(|other| other.end.as_ref().ok().map(|stack| (&other.search, stack)));
            let mut decision =
                teller.decision(stack, other, setting.existing.as_ref(), decided.certificate(stack, question));
            decision.unused_ignores.retain(|ignore| !looked.uses(ignore, &case.policy));
            lock = match locksmith(stack).write() {
                // A saved problem has hashes for the releases that were chosen when it was saved, and another search takes others.
                Err(why) if gather.is_saved() => {
                    tracing::warn!("nothing is locked: {why}");
                    None
                }
                lock => Some(lock?),
            };
            Verdict::Stack(decision)
        }
    };
    let has_questions = match &verdict {
        Verdict::Stack(decision) => !decision.remaining.is_empty() || setting.alternatives > 0,
        Verdict::Impossible(_) => false,
    };
    if stopped.is_none() && is_proved {
        stopped = Relaxer::new(question, gather, progress).look_into(&mut verdict, Some(&decided)).await;
    }
    let statistics = decided.search.statistics();
    tracing::debug!("{statistics:?}");
    let (remarks, units) = remarks(question, gather, decided.end.as_ref().ok().map(|stack| (&decided.search, stack)))?;
    let mut outcome = outcome(case, setting, verdict);
    outcome.remarks = remarks;
    outcome.alternatives = fresher;
    if let Ok(chosen) = &decided.end {
        let other = |stack| NextBest::new(&case.policy.objective, chosen, stack);
        outcome.next_best = decided.others.iter().map(other).collect();
    }
    outcome.unknown.extend(unknown);
    if let (Err(_), Some(why)) = (&decided.end, decided.stopped) {
        outcome.notes.push(format!("What rules out a stack may be said with more than it takes: {why}."));
    }
    outcome.notes.extend(stopped.map(left_out));
    outcome.notes.extend((!all_saved).then(|| NOT_SAVED.to_string()));
    if !is_proved && has_questions {
        outcome.notes.push(UNPROVED.to_string());
    }
    let combined = setting.walk.iter().flat_map(|walk| &walk.combinations);
    let strange = combined.filter(|name| decided.search.catalogue().package(name).is_none());
    outcome.notes.extend(
        strange.map(|name| format!("`{name}` could be in no stack here: `--combination` combines nothing of it.")),
    );
    if let (Some(walk), None, Ok(_)) = (&setting.walk, &decided.heuristic, &decided.end) {
        outcome.notes.push(format!("{} found no stack; this is the one of the exact search.", walk.predictor));
    }
    outcome.effort = Effort {
        packages: decided.search.catalogue().packages().len(),
        releases_read: decided.search.catalogue().releases_read(),
        requests: gather.requests(),
        steps: statistics.steps,
        milliseconds: 0,
    };
    Ok(Deliberation { outcome, decided: Some(decided), lock, others, stopped, units })
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

/// What is not told for want of time, memory or patience.
fn left_out(why: Stopped) -> String {
    format!("What else there would be to tell (what was avoided, what would help, alternatives) was cut short: {why}.")
}

/// The outcome as far as it does not depend on the search.
pub(crate) fn outcome(case: &Case, setting: &Setting, verdict: Verdict) -> Outcome {
    let texts = |wants: &[Want]| wants.iter().map(|want| want.text.clone()).collect();
    Outcome {
        recommendation: case.problem.objective.recommendation,
        environment: setting.environment.clone(),
        inputs: setting.files.clone(),
        evidence: setting.evidence.clone(),
        verdict,
        alternatives: None,
        next_best: Vec::new(),
        notes: setting.notes.clone(),
        unknown: setting.unknown.clone(),
        remarks: Remarks::default(),
        pipeline: case.policy.pipeline.clone(),
        runtime: Runtime {
            name: setting.name.clone(),
            python: case
                .environment
                .python
                .release()
                .iter()
                .take(2)
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("."),
            platform: platform(&case.environment),
            host: case.host.clone(),
            labels: case.labels.clone(),
            usage: case.seen.usage.clone(),
        },
        required: Required {
            pipfile: setting.pipfile.clone(),
            requirements: texts(&case.problem.wants),
            constraints: texts(&case.problem.constraints),
        },
        effort: Effort::default(),
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
