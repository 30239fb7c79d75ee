//! Why a vulnerability remains, and what would help.

use resolution::outcome::{Cause, Help, Reason, Remedy, TradeOff};

use super::page::{Line, Page, Tone};
use crate::{
    remedy::{clause, difference, effect, incoming},
    sentence::sentence,
    words::{count, listed, release},
};

/// How many remedies are told.
const MOST_REMEDIES: usize = 4;

/// Two lines and what they refer to are no shorter than three.
const LEAST_SHARED: usize = 3;

/// Why vulnerabilities of one release remain, `many` or one. What was told of others `before` is only referred to.
pub(super) fn cause(page: &mut Page<'_>, cause: &Cause, many: bool, before: &[(String, &Cause)]) {
    let it = if many { "them" } else { "it" };
    if let Some(trade) = &cause.trade_off {
        let mut line = match (difference(trade.without, trade.with), is_slower(trade)) {
            (same, false) if same.is_empty() => format!("Without {it} a stack is as exposed, and no better otherwise"),
            (difference, false) => format!("Without {it} the best stack is worse: {difference}"),
            (difference, true) => {
                let points = count(usize::try_from(trade.slower).unwrap_or(usize::MAX), "performance point");
                let lost = if trade.slower > 0 { format!(" by {points}") } else { String::new() };
                format!("Without {it} the best stack is slower{lost}, for {difference}")
            }
        };
        if !trade.incoming.is_empty() {
            line += &format!(" ({})", incoming(&trade.incoming));
        }
        if trade.without.last_resorts > trade.with.last_resorts {
            let releases: Vec<String> =
                trade.last_resorts.iter().map(|(name, version)| release(name, version)).collect();
            line += &format!("; it takes {}, which you did not ask for", listed(&releases, MOST_REMEDIES));
        }
        page.put(4, &Line::new().plain(line + "."));
    }
    if let Some((last, others)) = cause.facts.split_last() {
        let lead = match cause.trade_off {
            Some(_) => "No stack is better, because",
            None => "No stack is without it, because",
        };
        let lead =
            if many && cause.trade_off.is_none() { lead.replace("without it", "without them") } else { lead.into() };
        page.put(4, &Line::new().plain(lead));
        let shared = before.iter().map(|(whose, earlier)| (shared(&earlier.facts, others), whose));
        let (told, lead) = match shared.rev().max_by_key(|(number, _)| *number) {
            Some((number, whose)) if number >= LEAST_SHARED => (number - 1, format!("as for {whose} above, ")),
            _ => (0, String::new()),
        };
        for (place, fact) in others.iter().enumerate().skip(told) {
            let lead = if place == told { lead.as_str() } else { "" };
            page.point(6, &Line::new().plain(format!("{lead}{},", sentence(fact))));
        }
        let and = if others.is_empty() { "" } else { "and " };
        page.point(6, &Line::new().plain(format!("{and}{}.", sentence(last))));
    }
    let fix = if cause.fixed { "" } else { "No fixed release exists. " };
    let same = |earlier: &Cause| earlier.help.remedies == cause.help.remedies && !cause.help.remedies.is_empty();
    if let Some((whose, _)) = before.iter().find(|(_, earlier)| same(earlier)) {
        page.put(4, &Line::new().plain(format!("{fix}The same would help as for {whose}.")));
    } else if cause.trade_off.as_ref().is_some_and(is_slower) {
        page.put(4, &Line::new().plain("`-t\u{a0}stable` puts exposure before performance."));
    } else if cause.help.remedies.is_empty() {
        page.put(4, &Line::new().plain(format!("{fix}{}", nothing(&cause.help))));
    } else {
        page.put(4, &Line::new().plain(format!("{fix}What would help, as decided with it:")));
        remedies(page, 6, &cause.help.remedies);
    }
}

/// Whether a stack was passed over for its performance: otherwise a lesser exposure would have decided.
fn is_slower(trade: &TradeOff) -> bool {
    trade.slower > 0 || trade.without < trade.with
}

/// How many facts two causes begin with alike.
fn shared(one: &[Reason], other: &[Reason]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// What would make an impossible question possible.
pub(super) fn help(page: &mut Page<'_>, help: &Help) {
    if help.remedies.is_empty() {
        if help.tried > 0 {
            page.gap();
            page.put(0, &Line::new().plain(nothing(help)));
        }
        return;
    }
    page.section(Tone::Strong, "What would help (decided with each of these)");
    remedies(page, 2, &help.remedies);
}

fn remedies(page: &mut Page<'_>, indent: usize, remedies: &[Remedy]) {
    let most = if page.style.verbose { remedies.len() } else { MOST_REMEDIES };
    for remedy in remedies.iter().take(most) {
        let line = Line::new().plain(clause(remedy));
        let line = match effect(remedy, page.arrow()) {
            Some(effect) => line.plain(": ").then(Tone::Good, effect),
            None => line,
        };
        page.point(indent, &line);
    }
    if remedies.len() > most {
        let more = count(remedies.len() - most, "other way");
        page.put(indent, &Line::new().then(Tone::Faint, format!("and {more} (see `--verbose`)")));
    }
}

/// That nothing was found, and how far was looked.
fn nothing(help: &Help) -> String {
    match (help.tried, help.cut) {
        (0, true) => "What would help was not looked for any further.".to_string(),
        (0, false) => "There is nothing of yours that could give.".to_string(),
        (tried, true) => {
            format!("Nothing was found that helps before the search was ended: {}.", count(tried, "decided case"))
        }
        (tried, false) => {
            format!("Nothing of yours that could give helps, alone or with others: {}.", count(tried, "decided case"))
        }
    }
}
