//! What the answer rests on, and what is not known.

use resolution::outcome::{
    AdvisoriesUsed, EvidenceUsed, HealthUsed, ObservationsUsed, Outcome, PrescriptionsUsed, ScansUsed,
};

use super::page::{Line, Page, Tone};
use crate::{
    clean::{clean, fitted},
    proof::UNINFORMED,
    words::{ago, count, day, grouped, instant, listed},
};

/// How many broken records are named.
const MOST_REJECTED: usize = 3;
/// How many reasons for not knowing are told.
const MOST_UNKNOWN: usize = 10;
/// How many things that are not known for one reason are named.
const MOST_ALIKE: usize = 4;
/// How many sources are named.
const MOST_SOURCES: usize = 6;
/// From this age on, in seconds, advisories are called old: a month.
const OLD: i64 = 30 * 86_400;

/// The advisories and the as-of date.
pub(super) fn used(page: &mut Page<'_>, evidence: &EvidenceUsed) {
    page.section(Tone::Strong, "Evidence");
    match &evidence.advisories {
        Some(advisories) => snapshot(page, advisories),
        None => {
            let why = evidence.missing.as_ref().map(|why| clean(why)).filter(|why| !why.is_empty());
            let why = why.map(|why| format!(": {}", why.trim_end_matches('.'))).unwrap_or_default();
            let line = format!("No advisories were loaded{why}. {UNINFORMED}.");
            page.put(2, &Line::new().then(Tone::Bad, line));
            let help = "Name a source with `--advisories PATH-OR-URL`, or load one while online with `thoth\u{a0}db\u{a0}update`.";
            page.put(2, &Line::new().then(Tone::Warning, help));
        }
    }
    if let Some(limit) = evidence.exclude_newer {
        let limit = instant(limit).unwrap_or_else(|| "a time beyond the calendar".to_string());
        page.put(2, &Line::new().plain(format!("Only files uploaded up to {limit} were considered.")));
    }
    if let Some(used) = &evidence.prescriptions {
        prescriptions(page, used);
    }
    if let Some(used) = &evidence.observations {
        observations(page, used);
    }
    if let Some(used) = &evidence.scans {
        scans(page, used);
    }
    if let Some(used) = &evidence.health {
        health(page, used);
    }
}

/// How many rules decide: `1 rule takes part in the decision`.
fn taking_part(rules: usize) -> String {
    format!("{} {} part in the decision", grouped(rules), if rules == 1 { "rule takes" } else { "rules take" })
}

fn scans(page: &mut Page<'_>, used: &ScansUsed) {
    let line = format!(
        "Looked into {} ({} known from earlier runs), {}",
        count(used.looked, "file"),
        grouped(used.known),
        taking_part(used.rules)
    );
    page.put(2, &Line::new().plain(line));
    if used.failed > 0 {
        let line = format!("{} could not be looked into", count(used.failed, "file"));
        page.put(2, &Line::new().then(Tone::Warning, line));
    }
}

fn health(page: &mut Page<'_>, used: &HealthUsed) {
    let looked = count(used.looked, "project");
    let line = format!("The health of {looked}, {}", taking_part(used.rules));
    page.put(2, &Line::new().plain(line));
    let sources: Vec<String> = used.sources.iter().map(|source| clean(source)).collect();
    let unscored = match used.unscored {
        0 => String::new(),
        some => format!("; of {}, no Scorecard is known", grouped(some)),
    };
    page.put(2, &Line::new().then(Tone::Faint, format!("from {}{unscored}", listed(&sources, MOST_SOURCES))));
}

fn observations(page: &mut Page<'_>, used: &ObservationsUsed) {
    let failed = if used.failed > 0 { format!(" ({})", count(used.failed, "failure")) } else { String::new() };
    let line = format!(
        "{} with {}{failed}, {}",
        count(used.counted, "observation"),
        clean(&used.kind),
        taking_part(used.rules)
    );
    if used.counted > 0 {
        page.put(2, &Line::new().plain(line));
    }
    let besides = [
        (
            used.unexplained,
            "failure speaks against no release in particular",
            "failures speak against no release in particular",
        ),
        (
            used.elsewhere,
            "observation of another kind of environment is not counted",
            "observations of other kinds of environments are not counted",
        ),
        (
            used.unknown,
            "observation that does not say where is not counted",
            "observations that do not say where are not counted",
        ),
    ];
    let besides = besides.iter().filter(|(count, ..)| *count > 0);
    let said = |(count, one, many): &(usize, &str, &str)| {
        format!("{} {}", grouped(*count), if *count == 1 { one } else { many })
    };
    let besides: Vec<String> = besides.map(said).collect();
    if !besides.is_empty() {
        page.put(2, &Line::new().then(Tone::Faint, besides.join("; ")));
    }
}

fn prescriptions(page: &mut Page<'_>, used: &PrescriptionsUsed) {
    let units = if used.units == 1 { "unit" } else { "units" };
    let line = format!("{} {units} of prescriptions, {}", grouped(used.units), taking_part(used.rules));
    page.put(2, &Line::new().plain(line));
    let named = used.releases.iter().map(|(name, release)| match release {
        Some(release) => format!("{} {}", clean(name), clean(release)),
        None => clean(name),
    });
    let sources: Vec<String> = used.sources.iter().map(|source| clean(source)).collect();
    let named: Vec<String> = named.collect();
    let short: String = clean(&used.id).chars().take(12).collect();
    let mut parts = named;
    parts.push(format!("from {}", listed(&sources, MOST_SOURCES)));
    parts.push(format!("identity\u{a0}{short}"));
    page.put(2, &Line::new().then(Tone::Faint, parts.join(", ")));
    if used.unusable > 0 {
        let line = format!(
            "{} could not be used; `thoth\u{a0}prescription check` tells why.",
            count(used.unusable, "file or unit")
        );
        page.put(2, &Line::new().then(Tone::Warning, line));
    }
}

fn snapshot(page: &mut Page<'_>, advisories: &AdvisoriesUsed) {
    let short: String = clean(&advisories.id).chars().take(12).collect();
    if advisories.records == 0 {
        let line = format!("The advisories hold no record about PyPI. {UNINFORMED}.");
        page.put(2, &Line::new().then(Tone::Bad, line));
    }
    let records = format!(
        "{} advisory {}",
        grouped(advisories.records),
        match advisories.records {
            1 => "record",
            _ => "records",
        }
    );
    let newest = advisories.newest.and_then(day).map(|day| format!(", the newest of {day}")).unwrap_or_default();
    let lag = lag(advisories).filter(|lag| *lag >= 2 * OLD);
    let old = advisories.age.is_some_and(|age| age >= OLD);
    let checked =
        advisories.age.map_or(", checked at an unknown time".to_string(), |age| format!(", checked {}", ago(age)));
    page.put(
        2,
        &Line::new()
            .plain(format!("{records}{newest}"))
            .then(Tone::Warning, lag.map(|lag| format!(" ({})", ago(lag))).unwrap_or_default())
            .then(if old { Tone::Warning } else { Tone::Plain }, checked),
    );
    if old {
        let line = "These advisories are old: what was published since is not known. `thoth\u{a0}db\u{a0}update` asks their sources again.";
        page.put(2, &Line::new().then(Tone::Warning, line));
    }
    let sources: Vec<String> = advisories.sources.iter().map(|source| clean(source)).collect();
    let from = match sources.is_empty() {
        true => String::new(),
        false => format!("from {}, ", listed(&sources, MOST_SOURCES)),
    };
    page.put(2, &Line::new().then(Tone::Faint, format!("{from}snapshot\u{a0}{short}")));
    rejected(page, advisories);
}

/// How much older than the run the newest record is, in seconds: a source may be checked daily and stand still for years.
fn lag(advisories: &AdvisoriesUsed) -> Option<i64> {
    let since = advisories.checked?.checked_sub(advisories.newest?)?.checked_div(1_000_000)?;
    since.checked_add(advisories.age.unwrap_or(0))
}

fn rejected(page: &mut Page<'_>, advisories: &AdvisoriesUsed) {
    let total = advisories.rejected_count.max(advisories.rejected.len());
    if total == 0 {
        return;
    }
    let most = if page.style.verbose { advisories.rejected.len() } else { MOST_REJECTED };
    let what = if total == 1 { "it says" } else { "they say" };
    let line = format!("{} could not be used, so what {what} is not known:", count(total, "record"));
    page.put(2, &Line::new().then(Tone::Warning, line));
    for one in advisories.rejected.iter().take(most) {
        let room = page.width() * 2 - 8;
        page.point(4, &Line::new().plain(fitted(&clean(one), room, page.ellipsis())));
    }
    let more = total - advisories.rejected.len().min(most);
    if more > 0 && most > 0 && !advisories.rejected.is_empty() {
        page.point(4, &Line::new().then(Tone::Faint, format!("and {} more", grouped(more))));
    }
}

/// What could not be found out, things that are not known for the same reason together.
pub(super) fn unknown(page: &mut Page<'_>, outcome: &Outcome) {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for one in &outcome.unknown {
        // The section above says it already, and louder.
        if outcome.evidence.advisories.is_none() && outcome.evidence.missing.as_ref() == Some(&one.why) {
            continue;
        }
        match reasons.iter_mut().find(|(why, _)| *why == one.why) {
            Some((_, about)) => about.push(clean(&one.about)),
            None => reasons.push((&one.why, vec![clean(&one.about)])),
        }
    }
    if reasons.is_empty() {
        return;
    }
    page.section(Tone::Strong, "Not known");
    let most = if page.style.verbose { usize::MAX } else { MOST_UNKNOWN };
    for (why, about) in reasons.iter().take(most) {
        let each = if about.len() > 1 { "each of " } else { "" };
        let about = listed(about, if page.style.verbose { usize::MAX } else { MOST_ALIKE });
        page.point(2, &Line::new().plain(format!("{each}{about}: {}", clean(why))));
    }
    let more: usize = reasons.iter().skip(most).map(|(_, about)| about.len()).sum();
    if more > 0 {
        page.point(2, &Line::new().then(Tone::Faint, format!("and {} more, which `-v` tells", grouped(more))));
    }
}
