//! From the health of a project to a rule: what speaks against relying on it, whatever the release.
//!
//! A project is one: all its releases lose the same points, so health tells a stack with the project from one without it, and never one
//! release from another. What is not known loses nothing. How health is found out is left to others.

use evidence::{
    Health,
    health::{Status, Tenths},
};
use packaging::{Origin, VersionSpecifiers, index::ProjectStatus};

use super::{
    remarks::{Finished, Remark, Tone, wordless},
    selection::Pipeline,
    unit::Settings,
    units::health,
};
use crate::{
    objective::{Level, Objective},
    rule::{Effect, Member, Rule},
};

/// The unit whose rules come from the health of projects.
pub const HEALTH: &str = "HealthStep";
/// What a begun point of a Scorecard below the limit, and a year without a release beyond the limit, lose: a step of quality.
const STEP: u32 = 10;
/// The most that years without a release lose.
const MOST_FOR_AGE: u32 = 50;

/// The rule that the health of a project makes in a run with this pipeline and objective; `now` is in seconds since the Unix epoch. `None`
/// where nothing is known to speak against it, or quality does not decide.
pub fn rule(health: &Health, (pipeline, objective): (&Pipeline, &Objective), now: i64) -> Option<Rule> {
    if !objective.levels().contains(&Level::Quality) || !pipeline.takes(HEALTH) {
        return None;
    }
    let settings = pipeline.settings(&health::UNIT);
    let signs = [given_up(health, &settings), scored(health, &settings), aged(health, &settings, now)];
    let (points, reasons): (Vec<u32>, Vec<String>) =
        signs.into_iter().flatten().filter(|(points, _)| *points > 0).unzip();
    let points = i32::try_from(points.iter().sum::<u32>()).ok().filter(|points| *points > 0)?;
    Some(Rule {
        name: HEALTH.to_string(),
        origin: Origin::file("health"),
        own: false,
        reason: format!("loses {points} points for the health of its project: {}", reasons.join("; ")),
        effect: Effect::Points {
            members: vec![Member::new(health.package.clone(), VersionSpecifiers::empty())],
            level: Level::Quality,
            points,
        },
    })
}

/// What rules of health have to do with a finished stack. Each is about a project that some stack had: this one has it, or does without.
pub fn remarks(rules: &[Rule], finished: &Finished<'_>) -> Vec<Remark> {
    let of_health = rules.iter().filter(|rule| rule.name == HEALTH);
    let told = of_health.filter_map(|rule| Some((rule, rule.members().first()?.package.as_ref()?)));
    told.map(|(rule, package)| {
        let is_in = finished.has_package(package);
        let end = if is_in { "" } else { "; the stack does without it" };
        Remark {
            package: Some(package.clone()),
            message: format!("{}{end}", rule.reason),
            ..wordless(rule.name.clone(), rule.origin.clone(), Tone::Warning)
        }
    })
    .collect()
}

/// Whether those who look after it gave it up: the gravest word counts.
fn given_up(health: &Health, settings: &Settings) -> Option<(u32, String)> {
    let (archived, deprecated) = (settings.number(health::ARCHIVED), settings.number(health::DEPRECATED));
    let because = |status: &Status| status.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let by_index = health.status.present().and_then(|fact| match fact.value.status {
        ProjectStatus::Archived => Some((archived, format!("its index calls it archived{}", because(&fact.value)))),
        // A quarantined project has no release to choose.
        ProjectStatus::Deprecated | ProjectStatus::Quarantined => {
            Some((deprecated, format!("its index calls it deprecated{}", because(&fact.value))))
        }
        ProjectStatus::Active => None,
    });
    let by_host = || {
        let repository = &health.repository.present()?.value.repository;
        let is_archived = health.archived.present()?.value;
        is_archived.then(|| (archived, format!("{repository} is archived")))
    };
    by_index.or_else(by_host)
}

fn scored(health: &Health, settings: &Settings) -> Option<(u32, String)> {
    let fact = health.scorecard.present()?;
    let Tenths(score) = fact.value.score?;
    let missing = settings.number(health::SCORECARD).saturating_sub(u32::from(score));
    let worst: Vec<String> = fact
        .value
        .worst(Tenths(10))
        .take(3)
        .filter_map(|check| Some(format!("{} {}", check.name, check.score?)))
        .collect();
    let worst = if worst.is_empty() { String::new() } else { format!(" ({})", worst.join(", ")) };
    Some((missing.div_ceil(10) * STEP, format!("its Scorecard is {} of 10{worst}", Tenths(score))))
}

fn aged(health: &Health, settings: &Settings, now: i64) -> Option<(u32, String)> {
    let (limit, years) = (settings.number(health::YEARS), health.cadence.present()?.value.years(now));
    let beyond = (years.checked_sub(limit)?).saturating_add(1).saturating_mul(STEP);
    Some((beyond.min(MOST_FOR_AGE), format!("no release for {years} years")))
}
