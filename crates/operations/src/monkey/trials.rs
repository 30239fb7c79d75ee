//! Tries stacks, several at once, until all were tried or a limit is reached.

use evidence::{
    Observation,
    observation::{Environment, line::tail},
};
use futures::stream::{self, StreamExt as _};
use packaging::{PackageName, Version};
use resolution::{Stopped, predict::Releases};

use super::lab::{Attempt, Lab};
use crate::{error::AdviseError, limits::Limits, observations, world::World};

/// Who observes it.
const SOURCE: &str = "monkey";

/// Tries stacks, each with its number and its requirements, and hands both on with what became of each as soon as it is known. Why
/// it ended before all were tried, if it did: what is under way then is ended, too.
pub(super) async fn try_all(
    lab: &Lab<'_>,
    stacks: Vec<(usize, String)>,
    jobs: usize,
    (limits, world): (&Limits, &World<'_>),
    mut take: impl FnMut(usize, &str, Attempt) -> Result<(), AdviseError>,
) -> Result<Option<Stopped>, AdviseError> {
    let (total, mut done, mut failed) = (stacks.len() as u64, 0, 0_usize);
    let attempts = stacks.iter().map(|(number, lock)| async move { (*number, lock, lab.attempt(lock).await) });
    let mut attempts = Box::pin(stream::iter(attempts).buffer_unordered(jobs.max(1)));
    let say = |done, failed| {
        let failures = if failed == 0 { String::new() } else { format!(", {failed} failed") };
        world.progress.say(&format!("trying stacks{failures}"));
        world.progress.count(done, Some(total));
    };
    say(done, failed);
    loop {
        match limits.within(attempts.next()).await {
            Err(why) => return Ok(Some(why)),
            Ok(None) => return Ok(None),
            Ok(Some((number, lock, attempt))) => {
                let attempt = attempt?;
                done += 1;
                failed += usize::from(!attempt.outcome.is_ok());
                say(done, failed);
                take(number, lock, attempt)?;
            }
        }
    }
}

/// What was observed of a stack in an attempt.
pub(super) fn observation(
    releases: &[(PackageName, Version)],
    attempt: &Attempt,
    environment: &Environment,
    world: &World<'_>,
) -> Observation {
    Observation {
        stack: releases.iter().cloned().collect(),
        stage: attempt.stage,
        outcome: attempt.outcome,
        environment: environment.clone(),
        at: world.seconds(),
        fraction: world.fraction(),
        source: SOURCE.to_string(),
        figures: attempt.figures.clone(),
        output: if attempt.outcome.is_ok() { String::new() } else { tail(&attempt.output) },
        note: String::new(),
    }
}

/// Keeps an observation, and gives it back as it was kept. That it cannot be kept is told and does not end the run.
pub(super) fn keep(observation: Observation, world: &World<'_>) -> Observation {
    observations::keep_told(observation.clone(), world).unwrap_or_else(|error| {
        tracing::warn!("what was observed is not kept: {error}");
        observation
    })
}

/// The stacks that were tried before in this kind of environment, as far as it is known.
pub(super) fn tried(environment: &Environment, world: &World<'_>) -> Result<Vec<Releases>, AdviseError> {
    let mut tried = Vec::new();
    world.knowledge.each_observation(|line| {
        if let Ok(observation) = Observation::from_line(line, world.seconds())
            && observation.outcome.is_verdict()
            && environment.expects(&observation.environment) != evidence::observation::Alike::No
        {
            tried.push(observation.stack.into_iter().collect());
        }
    })?;
    Ok(tried)
}
