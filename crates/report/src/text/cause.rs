//! Why a vulnerability remains, and what would help.

use resolution::outcome::{Cause, Help, Remedy};

use super::page::{Line, Page, Tone};
use crate::{
    remedy::{clause, difference, effect, incoming},
    sentence::sentence,
    words::{count, listed, release},
};

/// How many remedies are told.
const MOST_REMEDIES: usize = 4;

/// Why vulnerabilities of one release remain, `many` or one.
pub(super) fn cause(page: &mut Page<'_>, cause: &Cause, many: bool) {
    let it = if many { "them" } else { "it" };
    if let Some(trade) = &cause.trade_off {
        let mut line = match difference(trade.without, trade.with) {
            same if same.is_empty() => format!("Without {it} a stack is as exposed, and no better otherwise"),
            difference => format!("Without {it} the best stack is worse: {difference}"),
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
    if let Some((last, before)) = cause.facts.split_last() {
        let lead = match cause.trade_off {
            Some(_) => "No stack is better, because",
            None => "No stack is without it, because",
        };
        let lead =
            if many && cause.trade_off.is_none() { lead.replace("without it", "without them") } else { lead.into() };
        page.put(4, &Line::new().plain(lead));
        for fact in before {
            page.point(6, &Line::new().plain(format!("{},", sentence(fact))));
        }
        let and = if before.is_empty() { "" } else { "and " };
        page.point(6, &Line::new().plain(format!("{and}{}.", sentence(last))));
    }
    let fix = if cause.fixed { "" } else { "No fixed release exists. " };
    if cause.help.remedies.is_empty() {
        page.put(4, &Line::new().plain(format!("{fix}{}", nothing(&cause.help))));
    } else {
        page.put(4, &Line::new().plain(format!("{fix}What would help, as decided with it:")));
        remedies(page, 6, &cause.help.remedies);
    }
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
