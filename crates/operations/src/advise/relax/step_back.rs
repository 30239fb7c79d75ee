//! What it bought to have an older release than one could.

use packaging::{PackageName, Version};
use resolution::{
    outcome::{Decision, Reason, StepBack},
    relaxation::at_least,
};

use super::{super::decide::Decided, Figures, Relaxer};

impl Relaxer<'_, '_> {
    /// Tells of each release that is older than what a blind resolver or the existing lock has, and with which nothing is
    /// wrong, what the step back bought.
    pub(super) async fn steps_back(&mut self, decision: &mut Decision, decided: &Decided) {
        let mut known: Vec<(PackageName, Version, StepBack)> = Vec::new();
        for one in &mut decision.avoided {
            let older = one.chosen.as_ref().is_some_and(|chosen| *chosen < one.version);
            if older && one.findings.is_empty() {
                one.step_back = self.step_back(&one.name, &one.version, decided).await;
                known.extend(one.step_back.clone().map(|step| (one.name.clone(), one.version.clone(), step)));
            }
        }
        for one in decision.changes.iter_mut().flatten() {
            let (Some(before), Some(after)) = (&one.before, &one.after) else { continue };
            if after >= before || !one.fixes.is_empty() {
                continue;
            }
            let told = known.iter().find(|(name, version, _)| (name, version) == (&one.name, before));
            one.step_back = match told {
                Some((.., step)) => Some(step.clone()),
                None => self.step_back(&one.name, before, decided).await,
            };
        }
    }

    /// What it bought not to have a release or a newer one; nothing where that was not found out.
    async fn step_back(&mut self, package: &PackageName, newer: &Version, decided: &Decided) -> Option<StepBack> {
        // Asking for a pre-release by name would admit pre-releases, which is another question.
        let chosen = decided.end.as_ref().ok().filter(|_| !newer.any_prerelease())?;
        let mut case = self.question.case.clone();
        let wanted = at_least(package, newer);
        case.problem.constraints.push(wanted.clone());
        let other = self.decide(&case, self.most).await?;
        let stack = match &other.end {
            Ok(stack) => stack,
            Err(conflict) => {
                let mut facts = self.facts(&case, &other.search, conflict);
                facts.retain(|fact| !matches!(fact, Reason::Constraint { text, origin } if (text, origin) == (&wanted.text, &wanted.origin)));
                return Some(StepBack::Impossible(facts));
            }
        };
        let objective = &case.problem.objective;
        let mut levels = objective.amounts(&stack.cost).into_iter().zip(objective.amounts(&chosen.cost));
        let ((level, with), (_, without)) = levels.find(|((_, with), (_, without))| with != without)?;
        let incoming = Figures::of(&case, &other.search, stack).beyond(&self.chosen);
        Some(StepBack::Worse { level, with, without, incoming })
    }
}
