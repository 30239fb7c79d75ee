//! The health of projects, for a terminal.

use evidence::{
    Health, Known,
    health::{Cadence, DAY, Fact, Located, Scorecard, Status, Sure, Tenths, YEAR},
};
use packaging::index::ProjectStatus;

use super::{Checkup, day};
use crate::{
    clean::clean,
    text::{
        Style,
        page::{Line, Page, Tone},
    },
    words::{ago, count, grouped, listed},
};

/// How many checks of a scorecard are named, the worst.
const MOST_CHECKS: usize = 4;
/// Checks with a lower score are named.
const GOOD: Tenths = Tenths(50);
/// How many people are named.
const MOST_PEOPLE: usize = 4;
/// A scorecard from here on is shown as good, below as bad where it is under [`GOOD`] by more than half.
const BAD: Tenths = Tenths(30);

/// What is known of each project, what is not known included; ends in a line end.
pub fn health_text(checkup: &Checkup, style: &Style) -> String {
    let mut page = Page::new(style);
    for health in &checkup.healths {
        page.section(Tone::Strong, format!("{} {}", health.package, health.version));
        page.table(2, &rows(health, checkup.now));
    }
    for (what, why) in &checkup.unseen {
        page.section(Tone::Bad, format!("{} was not looked at", clean(what)));
        page.put(2, &Line::new().plain(clean(why)));
    }
    if !checkup.notes.is_empty() {
        page.section(Tone::Strong, "Notes");
        checkup.notes.iter().for_each(|note| page.point(2, &Line::new().plain(clean(note))));
    }
    if checkup.sources.is_empty() {
        page.gap();
        let line =
            "The index alone was asked; `--health` names other sources, as `thoth\u{a0}health\u{a0}--help` tells.";
        page.put(0, &Line::new().then(Tone::Faint, line));
    }
    page.finish()
}

fn rows(health: &Health, now: i64) -> Vec<Vec<Line>> {
    let row = |word: &str, line: Line| vec![Line::new().then(Tone::Faint, word), line];
    vec![
        row("status", told(&health.status, "it has none", status)),
        row("source", told(&health.repository, "no link leads to a repository", located)),
        row(
            "archived",
            told(&health.archived, "no", |archived| match archived {
                true => Line::new().then(Tone::Bad, "yes"),
                false => Line::new().plain("no"),
            }),
        ),
        row("Scorecard", told(&health.scorecard, "there is none", scorecard)),
        row(
            "stars",
            told(&health.stars, "none", |stars| {
                Line::new().plain(grouped(usize::try_from(*stars).unwrap_or(usize::MAX)))
            }),
        ),
        row("releases", told(&health.cadence, "none", |cadence| releases(cadence, now))),
        row(
            "people",
            told(&health.people, "nobody is named", |people| {
                let people: Vec<String> = people.iter().map(|name| clean(name)).collect();
                Line::new().plain(listed(&people, MOST_PEOPLE))
            }),
        ),
        row(
            "downloads",
            told(&health.rank, "not among the most downloaded", |rank| {
                let number = |number: u32| grouped(usize::try_from(number).unwrap_or(usize::MAX));
                Line::new().plain(format!("number {} of the {} most downloaded", number(rank.place), number(rank.of)))
            }),
        ),
    ]
}

/// A fact with its source and date, or why it is not known.
fn told<T>(known: &Known<Fact<T>>, absent: &str, tell: impl Fn(&T) -> Line) -> Line {
    match known {
        Known::Present(fact) => {
            let when = fact.at.and_then(day).map(|day| format!(", {day}")).unwrap_or_default();
            tell(&fact.value).then(Tone::Faint, format!(" ({}{when})", clean(&fact.source)))
        }
        Known::Absent => Line::new().plain(absent),
        Known::Unknown(why) => Line::new().then(Tone::Faint, format!("not known: {}", clean(why))),
    }
}

fn status(status: &Status) -> Line {
    let tone = match status.status {
        ProjectStatus::Active => Tone::Plain,
        ProjectStatus::Archived | ProjectStatus::Deprecated => Tone::Warning,
        ProjectStatus::Quarantined => Tone::Bad,
    };
    let reason = status.reason.as_ref().map(|reason| format!(": {}", clean(reason))).unwrap_or_default();
    Line::new().then(tone, status.status.to_string()).plain(reason)
}

fn located(located: &Located) -> Line {
    let how = match located.sure {
        Sure::Attested => "proved by",
        Sure::Labelled => "said by",
        Sure::Homepage => "as its home, said by",
        Sure::Guess => "a guess from",
    };
    let line = Line::new().plain(format!("{}, {how} {}", located.repository, clean(&located.from)));
    match located.others.is_empty() {
        true => line,
        false => {
            let others: Vec<String> = located.others.iter().map(ToString::to_string).collect();
            line.then(Tone::Warning, format!("; ambiguous, it may be {}", listed(&others, MOST_PEOPLE)))
        }
    }
}

fn scorecard(card: &Scorecard) -> Line {
    let line = match card.score {
        None => Line::new().plain("without a score"),
        Some(score) => {
            let tone = match score {
                score if score < BAD => Tone::Bad,
                score if score < GOOD => Tone::Warning,
                _ => Tone::Good,
            };
            Line::new().then(tone, format!("{score} of 10"))
        }
    };
    let worst: Vec<String> =
        card.worst(GOOD).filter_map(|check| Some(format!("{}\u{a0}{}", clean(&check.name), check.score?))).collect();
    match worst.is_empty() {
        true => line,
        false => line.plain(format!("; worst are {}", listed(&worst, MOST_CHECKS))),
    }
}

fn releases(cadence: &Cadence, now: i64) -> Line {
    let since = day(cadence.first).map(|day| format!(" since {day}")).unwrap_or_default();
    let gap = match cadence.gap {
        Some(gap @ 2..) => format!(", every {gap} days of late"),
        Some(_) => ", daily of late".to_string(),
        None => String::new(),
    };
    let tone = if now.saturating_sub(cadence.newest) > 2 * YEAR * DAY { Tone::Warning } else { Tone::Plain };
    Line::new()
        .plain(format!("{}{since}{gap}, the newest ", count(cadence.releases, "release")))
        .then(tone, ago(now.saturating_sub(cadence.newest)))
}
