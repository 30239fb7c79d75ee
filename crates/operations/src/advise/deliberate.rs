//! From a question to everything that is said in answer: the stack, the lock, the reasons.
//!
//! It touches nothing but what is gathered: where answers come from is the matter of [`gather`](super::gather), so that a
//! saved problem is decided by the very same code.

use prescriptions::{Unit, circumstances::platform};
use resolution::{
    Stopped,
    catalogue::Want,
    outcome::{Decision, Effort, Explanation, NextBest, Outcome, Reason, Required, Runtime, Unknown, Verdict},
    pipeline::remarks::Remarks,
    sieve::Sieve,
};

use super::{
    besides::Besides,
    decide::Decided,
    experience::remarks,
    gather::Gather,
    locking::Locksmith,
    look::{Look, settle},
    question::{Case, Question, Setting},
    relax::Relaxer,
    telling::Teller,
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
        return contradicted(question, facts, gather, progress).await;
    }
    let mut decided = settle(question, looks, gather, progress).await?;
    let question = &*question;
    let besides = Besides::search(&mut decided, question, gather, progress).await?;
    let Told { mut verdict, unknown, lock, others } = told(question, &decided, besides.blind.as_ref(), gather)?;
    let mut stopped = besides.stopped;
    let mut notes = notes(question, &decided, &verdict, besides.all_saved);
    if stopped.is_none() && decided.is_proved() {
        stopped = Relaxer::new(question, gather, progress).look_into(&mut verdict, Some(&decided)).await;
    }
    notes.extend(stopped.map(left_out));
    let statistics = decided.search.statistics();
    tracing::debug!("{statistics:?}");
    let (remarks, units) = remarks(question, gather, decided.end.as_ref().ok().map(|stack| (&decided.search, stack)))?;
    let mut outcome = outcome(&question.case, &question.setting, verdict);
    outcome.remarks = remarks;
    outcome.alternatives = besides.fresher;
    if let Ok(chosen) = &decided.end {
        let other = |stack| NextBest::new(&question.case.policy.objective, chosen, stack);
        outcome.next_best = decided.others.iter().map(other).collect();
    }
    outcome.unknown.extend(unknown);
    outcome.notes.extend(notes);
    outcome.effort = Effort {
        packages: decided.search.catalogue().packages().len(),
        releases_read: decided.search.catalogue().releases_read(),
        requests: gather.requests(),
        steps: statistics.steps,
        milliseconds: 0,
    };
    Ok(Deliberation { outcome, decided: Some(decided), lock, others, stopped, units })
}

/// The answer where what is asked contradicts itself, so that there is nothing to search for.
async fn contradicted(
    question: &Question,
    facts: Vec<Reason>,
    gather: &mut Gather<'_>,
    progress: &dyn Progress,
) -> Result<Deliberation, AdviseError> {
    let Question { case, setting, .. } = question;
    let mut verdict = Verdict::Impossible(Explanation { facts, ..Explanation::default() });
    let mut stopped = None;
    if setting.rivals.is_empty() && question.experience.refusals.is_empty() {
        stopped = Relaxer::new(question, gather, progress).look_into(&mut verdict, None).await;
    }
    let mut outcome = outcome(case, setting, verdict);
    outcome.notes.extend(stopped.map(left_out));
    let (remarks, units) = remarks(question, gather, None)?;
    outcome.remarks = remarks;
    Ok(Deliberation { outcome, decided: None, lock: None, others: Vec::new(), stopped, units })
}

/// What is told of the stacks that were found.
struct Told {
    verdict: Verdict,
    unknown: Vec<Unknown>,
    lock: Option<String>,
    others: Vec<OtherStack>,
}

fn told(
    question: &Question,
    decided: &Decided,
    blind: Option<&Decided>,
    gather: &Gather<'_>,
) -> Result<Told, AdviseError> {
    let Question { case, setting, looked, .. } = question;
    let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
    let teller = Teller { search: &decided.search, policy: &case.policy, sieve: &sieve, gather, setting };
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
    let stack = match &decided.end {
        Ok(stack) => stack,
        Err(conflict) => {
            let verdict = Verdict::Impossible(teller.explanation(conflict));
            return Ok(Told { verdict, unknown: Vec::new(), lock: None, others });
        }
    };
    let mut unknown = teller.unknown(stack);
    unknown.extend(looked.unknown(stack));
    let other = blind.and_then(|other| other.end.as_ref().ok().map(|stack| (&other.search, stack)));
    let mut decision = teller.decision(stack, other, setting.existing.as_ref(), decided.certificate(stack, question));
    decision.unused_ignores.retain(|ignore| !looked.uses(ignore, &case.policy));
    let lock = match locksmith(stack).write() {
        // A saved problem has hashes for the releases that were chosen when it was saved, and another search takes others.
        Err(why) if gather.is_saved() => {
            tracing::warn!("nothing is locked: {why}");
            None
        }
        lock => Some(lock?),
    };
    Ok(Told { verdict: Verdict::Stack(decision), unknown, lock, others })
}

/// Notes on how the decision came about, and on what is not told of it.
fn notes(question: &Question, decided: &Decided, verdict: &Verdict, all_saved: bool) -> Vec<String> {
    let setting = &question.setting;
    let mut notes = Vec::new();
    if let (Err(_), Some(why)) = (&decided.end, decided.stopped) {
        notes.push(format!("What rules out a stack may be said with more than it takes: {why}."));
    }
    notes.extend((!all_saved).then(|| NOT_SAVED.to_string()));
    let has_questions = match verdict {
        Verdict::Stack(decision) => !decision.remaining.is_empty() || setting.alternatives > 0,
        Verdict::Impossible(_) => false,
    };
    if !decided.is_proved() && has_questions {
        notes.push(UNPROVED.to_string());
    }
    let combined = setting.walk.iter().flat_map(|walk| &walk.combinations);
    let strange = combined.filter(|name| decided.search.catalogue().package(name).is_none());
    notes.extend(
        strange.map(|name| format!("`{name}` could be in no stack here: `--combination` combines nothing of it.")),
    );
    if let (Some(walk), None, Ok(_)) = (&setting.walk, &decided.heuristic, &decided.end) {
        notes.push(format!("{} found no stack; this is the one of the exact search.", walk.predictor));
    }
    notes
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
