//! Reads the world that stacks are drawn from, draws them, and makes them locks.

use packaging::{PackageName, Version, lock::Format};
use resolution::{
    Needs, Search,
    predict::{self, Draw, Drawn, Releases, Size, World as Walks},
    rule::Rule,
    sieve::Sieve,
};

use super::Plan;
use crate::{
    advise::{Locksmith, decide::take, experience::drawing, predict::widen, question::Setting},
    error::AdviseError,
    inquiry::Inquiry,
};

/// Stacks that were drawn, with the search that knows their releases.
pub(super) struct Found {
    /// The stack that `advise` would lock.
    pub(super) best: Releases,
    pub(super) drawn: Drawn,
    pub(super) size: Size,
    search: Search,
}

/// Draws stacks; those of `tried` were tried before.
pub(super) async fn draw(plan: &Plan, tried: &[Releases], inquiry: &mut Inquiry<'_, '_>) -> Result<Found, AdviseError> {
    let mut case = inquiry.question.case.clone();
    let mut rules: Vec<Rule> = std::mem::take(&mut case.problem.rules).into();
    rules.extend(drawing(&inquiry.question.case, inquiry.gather, plan.decision.name())?);
    case.problem.rules = rules.into();
    let case = &case;
    let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
    let mut search = Search::new(case.problem.clone());
    let best: Releases =
        inquiry.stack.releases.iter().map(|release| (release.name.clone(), release.version.clone())).collect();
    let needs = Needs {
        packages: best.iter().map(|(name, _)| (name.clone(), Vec::new())).collect(),
        releases: best.iter().cloned().collect(),
    };
    inquiry.gather.restart();
    let limits = inquiry.gather.limits().clone();
    let answers = limits.demand(inquiry.gather.answer(&needs, search.catalogue(), &sieve)).await?;
    take(&mut search, answers);
    widen(&mut search, case, plan.latest_versions, inquiry.gather).await?;
    inquiry.world.progress.say(&format!("drawing stacks ({})", plan.decision));
    let walks = Walks::new(search.problem(), search.catalogue());
    if let Some(unknown) = plan.combined.iter().find(|package| walks.number(package).is_none()) {
        return Err(AdviseError::Usage(format!("--combine: no stack of this project has `{unknown}`")));
    }
    let draw = Draw {
        decision: plan.decision,
        combined: &plan.combined,
        near: &best,
        tried,
        seed: plan.seed,
        count: plan.count,
    };
    let drawn = predict::draw(&walks, &draw, &mut limits.clock());
    let size = walks.size();
    Ok(Found { best, drawn, size, search })
}

impl Found {
    /// The lock of a stack that was drawn.
    pub(super) fn lock(
        &self,
        releases: &[(PackageName, Version)],
        format: Format,
        inquiry: &Inquiry<'_, '_>,
    ) -> Result<String, AdviseError> {
        let case = &inquiry.question.case;
        let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
        let stack = self.search.stack_of(releases);
        let stack = stack.ok_or_else(|| AdviseError::Bug(format!("what was drawn is no stack: {releases:?}")))?;
        let locksmith = Locksmith {
            search: &self.search,
            stack: &stack,
            sieve: &sieve,
            gather: inquiry.gather,
            environment: &case.environment,
            setting: &Setting { format, ..inquiry.question.setting.clone() },
            thoth: inquiry.question.provenance(),
        };
        locksmith.write()
    }
}
