//! Decide, look at what was chosen, decide again: for what is known of a release only by looking at it.
//!
//! Who looks takes what it sees into the question, and the question turns it into rules of its problem. Another round decides
//! on the same world with more rules, until those that looked have nothing new to say of a stack. So what a saved problem holds is
//! decided without looking, and a search knows nothing of who looks.

use std::collections::BTreeMap;

use futures::future::LocalBoxFuture;
use packaging::{PackageName, Version};
use resolution::{
    Search, Stack,
    outcome::Unknown,
    pipeline::{
        remarks::{Finished, Remark},
        scanned::Scans,
    },
    policy::Policy,
    rule::{Rule, Rules},
};
use serde::{Deserialize, Serialize};

use super::{
    decide::{Decided, decide},
    gather::Gather,
    predict::predicted,
    question::{Case, Question},
};
use crate::{error::AdviseError, progress::Progress, scan::stack::Differences};

/// How often is decided again. What is not known of a stack then is told as such.
const MOST_ROUNDS: usize = 40;

/// Somebody who looks at releases of a stack.
pub(crate) trait Look {
    /// Looks at what it has not looked at yet, and takes what it sees into `question.looked`. What it cannot find out is taken
    /// in, too: it fails nothing. It may stop early when a limit of the run is reached.
    fn look<'l>(
        &'l mut self,
        chosen: Chosen<'l>,
        question: &'l mut Question,
        gather: &'l Gather<'_>,
    ) -> LocalBoxFuture<'l, Result<(), AdviseError>>;
}

/// A stack that a search chose, with what it was chosen from.
#[derive(Clone, Copy)]
pub(crate) struct Chosen<'l> {
    pub(crate) search: &'l Search,
    pub(crate) stack: &'l Stack,
}

/// What is known of releases by looking at them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Looked {
    /// What is in them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scans: Option<Scans>,
    /// What is in those that would replace a release of the existing lock, and is not in that one.
    #[serde(default, skip_serializing_if = "Differences::is_empty")]
    pub(crate) differences: Differences,
    /// The projects whose health was looked at, each with the rule that follows; `None` where nobody was to look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) projects: Option<BTreeMap<PackageName, Option<Rule>>>,
}

impl Looked {
    /// Whether nobody looked at anything.
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What the search has to know of it.
    fn rules(&self, policy: &Policy) -> Vec<Rule> {
        let projects = self.projects.iter().flat_map(BTreeMap::values).flatten().cloned();
        self.scans.iter().flat_map(|scans| scans.rules(policy)).chain(projects).collect()
    }

    /// What is told of it at the end of a run.
    pub(crate) fn remarks(&self, case: &Case, finished: &Finished<'_>) -> Vec<Remark> {
        self.scans.iter().flat_map(|scans| scans.remarks(&case.policy.ignores, finished)).collect()
    }

    /// What is not known of the releases of a stack, although somebody was to look.
    pub(crate) fn unknown(&self, stack: &Stack) -> Vec<Unknown> {
        let mut unknown: Vec<Unknown> = self.scans.iter().flat_map(|scans| scans.unknown(releases(stack))).collect();
        if let Some(projects) = &self.projects {
            let unseen = releases(stack).filter(|(name, _)| !projects.contains_key(*name));
            let why = "the health of its project was not looked at in time";
            unknown.extend(unseen.map(|(name, _)| Unknown { about: name.to_string(), why: why.to_string() }));
        }
        unknown
    }

    /// Whether an identifier that was to be ignored accepted something that was seen, or might have, had anybody looked.
    pub(crate) fn uses(&self, ignore: &str, policy: &Policy) -> bool {
        match &self.scans {
            Some(scans) => scans.accepted(&policy.ignores).contains(ignore),
            None => ignore.contains(':'),
        }
    }
}

/// Decides a question; once more whenever those who look at what was chosen have something to say of it.
pub(crate) async fn settle(
    question: &mut Question,
    looks: &mut [Box<dyn Look + '_>],
    gather: &mut Gather<'_>,
    progress: &dyn Progress,
) -> Result<Decided, AdviseError> {
    let own: Vec<Rule> = question.case.problem.rules.all().to_vec();
    let mut rounds = 0;
    loop {
        let decided = match &question.setting.walk {
            Some(walk) => predicted(&question.case, (walk, question.setting.count), gather, progress).await?,
            None => decide(&question.case, gather, progress).await?,
        };
        let Ok(stack) = &decided.end else { return Ok(decided) };
        if looks.is_empty() || decided.stopped.is_some() || rounds == MOST_ROUNDS {
            return Ok(decided);
        }
        rounds += 1;
        for look in &mut *looks {
            look.look(Chosen { search: &decided.search, stack }, question, gather).await?;
        }
        let mut rules = own.clone();
        rules.extend(question.looked.rules(&question.case.policy));
        if rules == question.case.problem.rules.all() {
            return Ok(decided);
        }
        tracing::info!("deciding again, by {} rules of what was looked at", rules.len() - own.len());
        question.case.problem.rules = Rules::from(rules);
    }
}

/// The releases of a stack.
pub(crate) fn releases(stack: &Stack) -> impl Iterator<Item = (&PackageName, &Version)> {
    stack.releases.iter().map(|one| (&one.name, &one.version))
}
