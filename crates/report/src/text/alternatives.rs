//! Fresher stacks than the chosen one, and what they cost in exposure.

use resolution::{Level, certificate::Certificate, front::Alternatives, outcome::Outcome, why::Comparison};

use super::{
    comparison,
    page::{Line, Page, Tone},
};
use crate::words::count;

/// The alternatives of a decision, where they were asked for.
pub(super) fn alternatives(page: &mut Page<'_>, outcome: &Outcome, certificate: &Certificate) {
    let Some(alternatives) = &outcome.alternatives else { return };
    let Some(first) = alternatives.points.first() else { return none(page, alternatives, certificate) };
    let title = format!("Alternatives: {} between exposure and freshness", count(alternatives.points.len(), "stack"));
    page.section(Tone::Strong, title);
    let faint = |text: &str| Line::new().then(Tone::Faint, text);
    let mut rows = vec![vec![
        faint(""),
        faint("exploited"),
        faint("exposure"),
        faint("own behind"),
        faint("others behind"),
        faint("differs in"),
    ]];
    let chosen = first.levels.iter().map(|(level, chosen, _)| (*level, *chosen));
    rows.push(row(Line::new().then(Tone::Strong, "chosen"), chosen, Line::new()));
    for (place, point) in alternatives.points.iter().enumerate() {
        let values = point.levels.iter().map(|(level, _, other)| (*level, *other));
        let differs = Line::new().plain(count(point.changes.len(), "release"));
        rows.push(row(Line::new().then(Tone::Strong, (place + 1).to_string()), values, differs));
    }
    page.table(2, &rows);
    for (place, point) in alternatives.points.iter().enumerate() {
        page.put(2, &Line::new().then(Tone::Strong, format!("{}", place + 1)).plain(said(point)));
        comparison::changes(page, 4, point);
    }
    closing(page, alternatives);
}

fn row(name: Line, values: impl Iterator<Item = (Level, i64)>, differs: Line) -> Vec<Line> {
    let value = |(level, value): (Level, i64)| Line::new().plain(level.amount(value));
    std::iter::once(name).chain(values.map(value)).chain([differs]).collect()
}

/// What a point is, in words.
fn said(point: &Comparison) -> String {
    let of = |wanted: &[Level]| -> std::cmp::Ordering {
        let levels = point.levels.iter().filter(|(level, ..)| wanted.contains(level));
        levels
            .map(|(_, chosen, other)| other.cmp(chosen))
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    };
    let exposure = match of(&[Level::Exploited, Level::Exposure]) {
        std::cmp::Ordering::Less => "less exposed",
        std::cmp::Ordering::Equal => "as exposed",
        std::cmp::Ordering::Greater => "more exposed",
    };
    let freshness = match of(&[Level::DirectFreshness, Level::Freshness]) {
        std::cmp::Ordering::Less => "fresher",
        std::cmp::Ordering::Equal => "as fresh",
        std::cmp::Ordering::Greater => "less fresh",
    };
    format!(" is {freshness} and {exposure}:")
}

fn none(page: &mut Page<'_>, alternatives: &Alternatives, certificate: &Certificate) {
    page.section(Tone::Strong, "Alternatives");
    let line = match alternatives.complete && certificate.is_optimal() {
        true => "There are none: no other stack is fresher, or less exposed.",
        false => "None was found before the search for them ended.",
    };
    page.put(2, &Line::new().plain(line));
}

fn closing(page: &mut Page<'_>, alternatives: &Alternatives) {
    let shown = alternatives.points.len();
    if shown < alternatives.found {
        let line =
            format!("{shown} of {} are told; `--alternatives {}` tells all.", alternatives.found, alternatives.found);
        page.put(2, &Line::new().plain(line));
    }
    let line = match alternatives.complete {
        true => "Proved: each is the freshest stack of its exposure, and no stack is better than these on both.",
        false => "The search for them ended early: each is the freshest of its exposure, and there may be more.",
    };
    page.put(2, &Line::new().plain(line));
}
