//! The health of projects for programs, in a schema that only grows.

use evidence::{
    Health, Known,
    health::{Cadence, Fact, Located, Rank, Scorecard, Status, Tenths},
};
use serde::Serialize;

use super::{Checkup, day};
use crate::{clean::clean, json::written, words::instant};

/// The JSON Schema (draft 2020-12) of what [`health_json`] writes.
pub const SCHEMA: &str = include_str!("../../schema/health-v1.json");

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    exit_code: u8,
    as_of: Option<String>,
    sources: Vec<String>,
    packages: Vec<Package<'a>>,
    unseen: Vec<Unseen<'a>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Package<'a> {
    package: &'a str,
    version: String,
    status: Told<Said>,
    repository: Told<Repository>,
    archived: Told<bool>,
    scorecard: Told<Card>,
    stars: Told<u64>,
    cadence: Told<Releases>,
    people: Told<Vec<String>>,
    rank: Told<Place>,
}

/// A fact: `present` with its value, source and date; `absent`; or `unknown`, with the reason.
#[derive(Serialize)]
struct Told<T> {
    known: &'static str,
    value: Option<T>,
    source: Option<String>,
    at: Option<String>,
    why: Option<String>,
}

#[derive(Serialize)]
struct Said {
    status: String,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Repository {
    repository: String,
    sure: String,
    from: String,
    others: Vec<String>,
}

#[derive(Serialize)]
struct Card {
    score: Option<f64>,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Check {
    name: String,
    score: Option<f64>,
    reason: String,
}

#[derive(Serialize)]
struct Releases {
    releases: usize,
    first: Option<String>,
    newest: Option<String>,
    gap_days: Option<i64>,
    years_without: u32,
}

#[derive(Serialize)]
struct Place {
    place: u32,
    of: u32,
}

#[derive(Serialize)]
struct Unseen<'a> {
    target: &'a str,
    why: String,
}

/// What is known of each project, indented, ending in a line end.
pub fn health_json(checkup: &Checkup) -> String {
    written(&Document {
        schema: 1,
        exit_code: checkup.exit_code,
        as_of: checkup.now.checked_mul(1_000_000).and_then(instant),
        sources: checkup.sources.iter().map(|source| clean(source)).collect(),
        packages: checkup.healths.iter().map(|health| package(health, checkup.now)).collect(),
        unseen: checkup.unseen.iter().map(|(target, why)| Unseen { target, why: clean(why) }).collect(),
        notes: checkup.notes.iter().map(|note| clean(note)).collect(),
    })
}

fn package(health: &Health, now: i64) -> Package<'_> {
    Package {
        package: health.package.as_ref(),
        version: health.version.to_string(),
        status: told(&health.status, |Status { status, reason }| Said {
            status: status.to_string(),
            reason: reason.as_deref().map(clean),
        }),
        repository: told(&health.repository, |Located { repository, sure, from, others }| Repository {
            repository: repository.to_string(),
            sure: sure.to_string(),
            from: clean(from),
            others: others.iter().map(ToString::to_string).collect(),
        }),
        archived: told(&health.archived, |archived| *archived),
        scorecard: told(&health.scorecard, card),
        stars: told(&health.stars, |stars| *stars),
        cadence: told(&health.cadence, |cadence: &Cadence| Releases {
            releases: cadence.releases,
            first: day(cadence.first),
            newest: day(cadence.newest),
            gap_days: cadence.gap,
            years_without: cadence.years(now),
        }),
        people: told(&health.people, |people| people.iter().map(|name| clean(name)).collect()),
        rank: told(&health.rank, |Rank { place, of }| Place { place: *place, of: *of }),
    }
}

fn told<T, U>(known: &Known<Fact<T>>, tell: impl Fn(&T) -> U) -> Told<U> {
    let nothing = Told { known: "absent", value: None, source: None, at: None, why: None };
    match known {
        Known::Present(fact) => Told {
            known: "present",
            value: Some(tell(&fact.value)),
            source: Some(clean(&fact.source)),
            at: fact.at.and_then(day),
            why: None,
        },
        Known::Absent => nothing,
        Known::Unknown(why) => Told { known: "unknown", why: Some(clean(why)), ..nothing },
    }
}

fn card(card: &Scorecard) -> Card {
    let score = |score: Option<Tenths>| score.map(|Tenths(tenths)| f64::from(tenths) / 10.0);
    let checks = card.checks.iter().map(|check| Check {
        name: clean(&check.name),
        score: score(check.score),
        reason: clean(&check.reason),
    });
    Card { score: score(card.score), checks: checks.collect() }
}
