//! What forces what remains, what a step back bought, and what would help: cases that differ a little from the question's,
//! decided on the same world.
//!
//! Nothing is offered that was not decided with the change made. Which changes a conflict suggests, and which to try
//! together, is the matter of [`resolution::relaxation`].

mod figures;
mod remaining;
mod step_back;
#[cfg(test)]
mod tests;
mod trial;

use std::collections::{BTreeMap, BTreeSet};

use packaging::PackageName;
use resolution::{
    Stopped,
    outcome::{Decision, Explanation, Help, Remedy, Standing, Verdict},
    relaxation::{
        Relaxation,
        options::{Obstacle, Subject},
        tree::{Node, Tree, covers},
    },
};

use self::{figures::Figures, trial::Trial};
use super::{
    decide::{Decided, prove},
    gather::Gather,
    question::{Case, Question},
    saved::PYTHONS,
};
use crate::{error::AdviseError, progress::Progress};

/// How many changed cases are decided in a run to find out why something is and what would help.
const MOST_DECISIONS: usize = 24;
/// How many of them for vulnerabilities that hang together.
const MOST_A_GROUP: usize = 12;
/// How many more cases are decided to tell what steps back bought.
const MOST_STEPS_BACK: usize = 8;

/// Vulnerabilities that may not be in the stack, by package.
type Avoid = BTreeMap<PackageName, BTreeSet<String>>;

/// Decides changed cases.
pub(crate) struct Relaxer<'r, 'g> {
    question: &'r Question,
    gather: &'r mut Gather<'g>,
    progress: &'r dyn Progress,
    /// The chosen stack; nothing while there is none.
    chosen: Figures,
    /// How many cases were decided.
    decided: usize,
    /// How many may be.
    most: usize,
    /// Whether something that a case needs could not be had.
    broken: bool,
    /// Which limit ended it.
    stopped: Option<Stopped>,
    /// What is the best there is with some relaxations, where that is better than the chosen stack.
    optima: BTreeMap<Node, Optimum>,
}

/// The best stack with some relaxations.
#[derive(Clone, Debug)]
struct Optimum {
    /// The relaxations that it makes use of, with what they have to admit.
    relaxations: Vec<Relaxation>,
    figures: Figures,
}

impl<'r, 'g> Relaxer<'r, 'g> {
    pub(crate) fn new(question: &'r Question, gather: &'r mut Gather<'g>, progress: &'r dyn Progress) -> Self {
        Self {
            question,
            gather,
            progress,
            chosen: Figures::default(),
            decided: 0,
            most: MOST_DECISIONS,
            broken: false,
            stopped: None,
            optima: BTreeMap::new(),
        }
    }

    /// Looks into what a verdict leaves open. `decided` is how the question was decided; nothing where it contradicts itself.
    /// Returns which limit ended it, if one did.
    pub(crate) async fn look_into(mut self, verdict: &mut Verdict, decided: Option<&Decided>) -> Option<Stopped> {
        match verdict {
            Verdict::Impossible(explanation) => self.impossible(explanation, decided).await,
            Verdict::Stack(decision) => {
                let (decided, stack) = decided.and_then(|decided| Some((decided, decided.end.as_ref().ok()?)))?;
                self.chosen = Figures::of(&self.question.case, &decided.search, stack);
                self.decision(decision, decided).await;
            }
        }
        self.stopped
    }

    async fn decision(&mut self, decision: &mut Decision, decided: &Decided) {
        if self.question.case.problem.objective.recommendation.weighs_vulnerabilities() {
            self.remaining(&mut decision.remaining, &decided.search).await;
            self.most = self.decided + MOST_STEPS_BACK;
            self.steps_back(decision, decided).await;
        }
        tracing::info!("{} changed cases decided", self.decided);
    }

    /// What would make an impossible question possible.
    async fn impossible(&mut self, explanation: &mut Explanation, decided: Option<&Decided>) {
        let obstacle = match decided {
            Some(Decided { search, end: Err(conflict), .. }) => {
                self.obstacle(&self.question.case, search, conflict).await
            }
            Some(_) => return,
            // A project for another Python: any that it supports may do.
            None => Obstacle { subjects: vec![Subject::World(BTreeSet::new())], options: self.supported_pythons() },
        };
        let mut tree = Tree::default();
        if let Some(root) = tree.next_node() {
            tree.blocked(&root, obstacle);
        }
        explanation.help = self.grow(tree, &Avoid::new(), MOST_DECISIONS, &mut |_| {}).await;
    }

    /// The nearest Pythons on either side that the project supports.
    fn supported_pythons(&self) -> BTreeSet<Relaxation> {
        let Some((supported, _)) = &self.question.setting.requires_python else { return BTreeSet::new() };
        let environment = &self.question.case.environment;
        let admits = |python: &str| environment.with_python(python).is_ok_and(|other| other.supports(supported));
        let pythons = nearest_pythons(&self.question.case, &admits);
        pythons.into_iter().map(|version| Relaxation::Python { version }).collect()
    }

    /// Tries what a tree suggests until it ends or `most` cases were decided. `first` is told how each trial ended.
    async fn grow(&mut self, mut tree: Tree, avoid: &Avoid, most: usize, first: &mut dyn FnMut(&Trial)) -> Help {
        let start = self.decided;
        let most = self.most.min(start + most);
        let mut help = Help::default();
        while let Some(node) = tree.next_node() {
            let trial = self.try_out(&node, avoid, most).await;
            first(&trial);
            match trial {
                Trial::Helps(optimum) => {
                    match optimum.figures.standing == Standing::default() {
                        true => tree.settled(node),
                        false => tree.helped(node),
                    }
                    help.remedies.push(self.remedy(optimum));
                }
                Trial::Blocked { obstacle, beside: false, .. } => tree.blocked(&node, obstacle),
                Trial::Blocked { obstacle, .. } => tree.branch(&node, &obstacle.options),
                Trial::Worse(options) => tree.branch(&node, &options),
                Trial::Cut => {
                    help.cut = true;
                    break;
                }
            }
        }
        help.tried = self.decided - start;
        rank(&mut help.remedies);
        help
    }

    fn remedy(&self, optimum: Optimum) -> Remedy {
        let Optimum { relaxations, figures } = optimum;
        let python = relaxations.iter().find_map(|one| match one {
            Relaxation::Python { version } => self.question.case.environment.with_python(version).ok(),
            _ => None,
        });
        let supported = self.question.setting.requires_python.clone();
        Remedy {
            requires_python: supported
                .filter(|(supported, _)| python.is_some_and(|environment| !environment.supports(supported))),
            before: (!self.chosen.releases.is_empty()).then_some(self.chosen.standing),
            after: figures.standing,
            gone: self.chosen.ids_beyond(&figures),
            relaxations,
        }
    }

    /// Decides a case; nothing when that cannot be done, or no more are to be decided.
    async fn decide(&mut self, case: &Case, most: usize) -> Option<Decided> {
        if self.decided >= most || self.broken {
            return None;
        }
        self.decided += 1;
        match prove(case, self.gather, self.progress).await {
            Ok(decided) => Some(decided),
            Err(error) => {
                if let AdviseError::Stopped { why, .. } = &error {
                    self.stopped = Some(*why);
                }
                tracing::warn!("what would help is not looked for any further: {error}");
                self.broken = true;
                None
            }
        }
    }
}

/// The best first: the least exposure, then the fewest changes, then the mildest.
fn rank(remedies: &mut Vec<Remedy>) {
    remedies.sort_by_cached_key(|one| {
        let weights: u32 = one.relaxations.iter().map(|relaxation| u32::from(relaxation.weight())).sum();
        (one.after, one.relaxations.len(), weights, one.relaxations.clone())
    });
    let all = remedies.clone();
    let mut place = 0;
    // A larger change that helps no better, and the same again, are none.
    remedies.retain(|one| {
        let before = all.iter().take(place);
        place += 1;
        !before.into_iter().any(|better| covers(&one.relaxations, &better.relaxations))
    });
}

/// The nearest Python above that of a case and the nearest below for which something holds.
fn nearest_pythons(case: &Case, holds: &dyn Fn(&str) -> bool) -> Vec<String> {
    let minor = |text: &str| text.split('.').nth(1).and_then(|minor| minor.parse::<u64>().ok());
    let Some(at) = case.environment.python.release().get(1).copied() else { return Vec::new() };
    let above = PYTHONS.into_iter().filter(|python| minor(python) > Some(at)).find(|python| holds(python));
    let below = PYTHONS.into_iter().rev().filter(|python| minor(python) < Some(at)).find(|python| holds(python));
    above.into_iter().chain(below).map(str::to_string).collect()
}
