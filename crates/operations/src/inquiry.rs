//! Questions about the stack that `advise` would choose. No lock is written.
//!
//! What is asked about the stack is the matter of the verbs; here it is decided as `advise` decides it, the existing lock
//! counted.

use resolution::{
    Stack,
    outcome::{Effort, Explanation, Outcome, Verdict},
    sieve::Sieve,
};

use crate::{
    advise::{
        Asked, ask,
        decide::Decided,
        deliberate::outcome,
        gather::Gather,
        in_runtime,
        look::{Look, settle},
        question::Question,
        remember,
        telling::Teller,
    },
    error::AdviseError,
    health::Projects,
    request::Request,
    world::World,
};

/// What was found out about a stack.
#[derive(Debug)]
pub struct Answer<T> {
    /// How the run ended, without what takes a second search to tell.
    pub outcome: Outcome,
    /// The answer; `None` when there is no stack.
    pub told: Option<T>,
}

/// A decided stack with everything that was gathered on the way.
pub(crate) struct Inquiry<'a, 'w> {
    pub(crate) question: &'a Question,
    pub(crate) decided: &'a Decided,
    pub(crate) stack: &'a Stack,
    pub(crate) gather: &'a mut Gather<'w>,
    pub(crate) world: &'a World<'w>,
}

/// Decides what `request` asks for, and tells something about the stack.
pub(crate) fn inquire<T>(
    request: &Request,
    world: &World<'_>,
    tell: impl AsyncFnOnce(Inquiry<'_, '_>) -> Result<T, AdviseError>,
) -> Result<Answer<T>, AdviseError> {
    in_runtime(|runtime| {
        let Asked { mut question, mut gather, key, .. } = ask(request, world, runtime)?;
        // Only a proved stack can be asked about.
        question.setting.walk = None;
        if let Some(facts) = question.contradiction() {
            let verdict = Verdict::Impossible(Explanation { facts, ..Explanation::default() });
            return Ok(Answer { outcome: outcome(&question.case, &question.setting, verdict), told: None });
        }
        runtime.block_on(async {
            world.limits.demand(gather.archives()).await?;
            let projects = Projects::of(request, world, &mut question.setting.notes);
            let projects = world.limits.demand(projects).await?;
            let mut looks: Vec<Box<dyn Look>> =
                projects.into_iter().map(|one| Box::new(one) as Box<dyn Look>).collect();
            let decided = settle(&mut question, &mut looks, &mut gather, world.progress).await?.proved()?;
            let (case, setting) = (&question.case, &question.setting);
            let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
            let teller =
                Teller { search: &decided.search, policy: &case.policy, sieve: &sieve, gather: &gather, setting };
            let (verdict, unknown) = match &decided.end {
                Err(conflict) => (Verdict::Impossible(teller.explanation(conflict)), Vec::new()),
                Ok(stack) => {
                    let decision =
                        teller.decision(stack, None, setting.existing.as_ref(), decided.certificate(stack, &question));
                    (Verdict::Stack(decision), teller.unknown(stack))
                }
            };
            let mut outcome = outcome(case, setting, verdict);
            outcome.unknown.extend(unknown);
            outcome.effort = Effort {
                packages: decided.search.catalogue().packages().len(),
                releases_read: decided.search.catalogue().releases_read(),
                requests: gather.requests(),
                steps: decided.search.statistics().steps,
                milliseconds: 0,
            };
            remember(world, key, &outcome, Some(&decided));
            let told = match &decided.end {
                Err(_) => None,
                Ok(stack) => {
                    let (question, decided) = (&question, &decided);
                    Some(tell(Inquiry { question, decided, stack, gather: &mut gather, world }).await?)
                }
            };
            Ok(Answer { outcome, told })
        })
    })
}
