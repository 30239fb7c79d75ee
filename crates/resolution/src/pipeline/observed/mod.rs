//! From observations to rules: what happened in this kind of environment weighs on what is chosen for it.
//!
//! Failures become quality points lost by releases and pairs of releases ([`blame`]), measured rates become performance
//! points ([`speed`]). Both count in whole steps, so that noise moves nothing. How observations are kept and found is left to
//! others.

pub mod blame;
pub mod speed;
pub mod trials;
pub mod tries;

use std::borrow::Borrow;

use evidence::{
    Observation,
    observation::{Alike, Environment},
};
use packaging::{Origin, PackageName, Version};

use self::{speed::Rates, trials::Trials};
use super::{
    remarks::{self, Finished, Remark, Tone},
    selection::Pipeline,
};
use crate::{
    objective::{Direction, Level, Objective},
    outcome::ObservationsUsed,
    rule::{Effect, Member, Rule},
};

/// The unit whose rules come from failures.
pub const FAILURES: &str = "ObservedFailuresStep";
/// The unit whose rules come from measured rates.
pub const RATES: &str = "MeasuredRatesStep";

/// What observations mean to a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// What the search has to know.
    pub rules: Vec<Rule>,
    /// What was counted, and what was not.
    pub used: ObservationsUsed,
}

/// What observations mean in an environment to a run with this pipeline and objective, at `now` (seconds since the Unix epoch).
/// Their order does not matter.
pub fn learned<O: Borrow<Observation>>(
    observations: impl IntoIterator<Item = O>,
    here: &Environment,
    (pipeline, objective): (&Pipeline, &Objective),
    now: i64,
) -> Learned {
    let mut learned = Learned::default();
    let (mut trials, mut rates) = (Trials::new(now), Rates::default());
    for observation in observations {
        let observation = observation.borrow();
        let alike = here.expects(&observation.environment);
        match alike {
            Alike::Yes => learned.used.counted += 1,
            Alike::No => learned.used.elsewhere += 1,
            Alike::Unknown => learned.used.unknown += 1,
        }
        if alike == Alike::Yes && observation.outcome.is_verdict() {
            learned.used.failed += usize::from(!observation.outcome.is_ok());
            trials.add(observation);
        }
        if here.compares(&observation.environment) == Alike::Yes {
            rates.add(observation);
        }
    }
    let decides = |level, name| objective.levels().contains(&level) && pipeline.takes(name);
    if pipeline.takes(FAILURES) {
        let judged = trials.judge();
        learned.used.unexplained = judged.unexplained;
        // Where quality decides nothing, they are told all the same.
        learned.rules.extend(judged.verdicts.iter().map(blame::Verdict::rule));
    }
    if decides(Level::Performance, RATES) {
        learned.rules.extend(rates.judge().iter().map(speed::Measured::rule));
    }
    let counts =
        |rule: &&Rule| matches!(rule.effect, Effect::Points { level, .. } if objective.levels().contains(&level));
    learned.used.rules = learned.rules.iter().filter(counts).count();
    learned
}

/// What rules of observations have to do with a finished stack: each that is about a release in it, or about a newer one that
/// was passed over for that.
pub fn remarks(rules: &[Rule], finished: &Finished<'_>) -> Vec<Remark> {
    let observed = rules.iter().filter(|rule| [FAILURES, RATES].contains(&rule.name.as_str()));
    observed.filter_map(|rule| remark(rule, finished)).collect()
}

fn remark(rule: &Rule, finished: &Finished<'_>) -> Option<Remark> {
    let Effect::Points { members, level, points } = &rule.effect else { return None };
    let decides = Objective::new(finished.recommendation, Direction::Highest).levels().contains(level);
    let among = |stack: &[remarks::Member<'_>], member: &Member| {
        stack.iter().any(|one| member.is_of(one.name) && member.has_version(one.version))
    };
    let is_in = members.iter().all(|member| among(finished.stack, member));
    let could_be = |member: &Member| among(finished.stack, member) || among(finished.passed_over, member);
    if !members.iter().all(could_be) {
        return None;
    }
    let releases: Vec<String> = members.iter().map(|one| one.to_string().replace("==", " ")).collect();
    let end = match (is_in, decides) {
        (true, true) => "",
        (true, false) => "; not weighed here",
        (false, true) => "; passed over",
        // Something else is why.
        (false, false) => return None,
    };
    // Of what was measured the slower one may lose nothing, and is passed over for what the faster one gains.
    let tone = if *points > 0 || !is_in { Tone::Warning } else { Tone::Info };
    Some(Remark {
        package: members.first().filter(|_| members.len() == 1).and_then(|member| member.package.clone()),
        message: format!("{} {}{end}", releases.join(" and "), rule.reason),
        decides: true,
        ..remarks::wordless(rule.name.clone(), rule.origin.clone(), tone)
    })
}

/// A rule of observations about these releases.
fn rule(name: &str, reason: String, releases: &[(PackageName, Version)], level: Level, points: i32) -> Rule {
    let members = releases.iter().map(|(package, version)| Member::exactly(package.clone(), version.clone())).collect();
    Rule {
        name: name.to_string(),
        origin: Origin::file("observations"),
        own: false,
        reason,
        effect: Effect::Points { members, level, points },
    }
}
