//! Observations in a run: those of its kind of environment become rules of its problem.
//!
//! What they mean is in `resolution::pipeline::observed`; how they come about, in [`crate::observations`].

use evidence::{Observation, observation::Environment};
use resolution::{
    outcome::ObservationsUsed,
    pipeline::observed::{Learned, learned},
    rule::{Rule, Rules},
};

use super::question::Case;
use crate::{environments::machine, error::AdviseError, request::Request, world::World};

/// The most observations of one kind of environment that are looked at, the newest.
const MOST: usize = 10_000;

/// Puts into a case what was observed in its kind of environment. `None` where nothing was observed at all.
pub(super) fn observed(
    request: &Request,
    world: &World<'_>,
    case: &mut Case,
) -> Result<Option<ObservationsUsed>, AdviseError> {
    let kinds = if request.observations { world.knowledge.observed_kinds()? } else { Vec::new() };
    if kinds.is_empty() {
        return Ok(None);
    }
    let here = Environment::of(&case.environment, &machine(request));
    let kind = here.kind();
    let lines = world.knowledge.observations_of(&kind, MOST)?;
    // Dates were judged when they were kept.
    let observations = lines.iter().filter_map(|line| Observation::from_line(line, i64::MAX).ok());
    let pipeline = (&case.policy.pipeline, &case.problem.objective);
    let Learned { rules, mut used } = learned(observations, &here, pipeline, world.seconds());
    let count = |of: &dyn Fn(&str) -> bool| -> usize {
        let counts = kinds.iter().filter(|(other, _)| of(other)).map(|(_, count)| usize::try_from(*count));
        counts.map(|count| count.unwrap_or(usize::MAX)).fold(0, usize::saturating_add)
    };
    used.elsewhere += count(&|other| !other.is_empty() && other != kind);
    used.unknown += count(&str::is_empty);
    tracing::info!("observations of {kind}: {} of {} counted, {} rules", used.counted, lines.len(), used.rules);
    used.kind = kind;
    let mut all: Vec<Rule> = std::mem::take(&mut case.problem.rules).into();
    all.extend(rules);
    case.problem.rules = Rules::from(all);
    Ok(Some(used))
}
