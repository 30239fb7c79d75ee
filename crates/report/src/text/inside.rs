//! What was seen inside releases: what looks hostile, and what upgrades bring that the releases of the lock did not have.

use indicators::{Difference, inventory::Statement};
use resolution::{
    outcome::Decision,
    pipeline::{
        remarks::{Remark, Remarks, Tone as Kind},
        scanned,
    },
};

use super::page::{Line, Page, Tone};
use crate::{
    Extras,
    clean::{clean, fitted},
    words::{at, count, listed},
};

/// How many things of one upgrade are named.
const MOST: usize = 3;

/// Whether a remark is told at the top: something in the stack looks hostile.
pub(super) fn is_first(remark: &Remark) -> bool {
    remark.unit == scanned::HOSTILE && remark.tone == Kind::Error
}

/// What is in the stack and looks hostile.
pub(super) fn hostile(page: &mut Page<'_>, remarks: &Remarks) {
    let mut first = remarks.justification.iter().filter(|remark| is_first(remark)).peekable();
    if first.peek().is_none() {
        return;
    }
    page.section(Tone::Bad, "Do not install this before somebody has looked");
    first.for_each(|remark| page.point(2, &Line::new().then(Tone::Bad, clean(&remark.message))));
}

/// What upgrades bring, one or two lines each; those that bring nothing new together.
pub(super) fn differences(page: &mut Page<'_>, decision: &Decision, extras: &Extras) {
    if extras.differences.is_empty() {
        return;
    }
    page.section(Tone::Strong, "Inside the upgrades");
    let mut nothing = Vec::new();
    for change in decision.changes.iter().flatten() {
        let (Some(difference), Some(after)) = (extras.differences.get(&change.name), &change.after) else { continue };
        let release = format!("{} {after}", change.name);
        match difference {
            Ok(difference) if difference.is_notable() || difference.publishers_unknown.is_some() => {
                upgrade(page, &release, difference);
            }
            Ok(_) => nothing.push(release),
            Err(why) => page.point(
                2,
                &Line::new().then(Tone::Warning, format!("{release}: what is new is not known: {}", clean(why))),
            ),
        }
    }
    if !nothing.is_empty() {
        let most = if page.style.verbose { usize::MAX } else { MOST };
        let line = format!("nothing new to look at in {}", listed(&nothing, most));
        page.point(2, &Line::new().then(Tone::Faint, line));
    }
}

fn upgrade(page: &mut Page<'_>, release: &str, difference: &Difference) {
    let most = if page.style.verbose { usize::MAX } else { MOST };
    let mut line = Line::new().plain(format!("{release}: "));
    let able: Vec<String> = difference.gained.iter().map(|one| ability(one.known, &one.evidence)).collect();
    let is_new = difference.gained.iter().any(|one| !one.known);
    if !able.is_empty() {
        line = line.then(if is_new { Tone::Warning } else { Tone::Plain }, listed(&able, most));
    }
    let lost = difference.lost_publisher().map(|publisher| {
        format!("no longer published by {}", fitted(&clean(publisher), page.width(), page.ellipsis()))
    });
    if let Some(lost) = &lost {
        line = line.then(Tone::Warning, format!("{}{lost}", if able.is_empty() { "" } else { "; " }));
    }
    let mut rest = Vec::new();
    let said: Vec<String> = difference.said.iter().map(|(about, value)| said(*about, value, page)).collect();
    if !said.is_empty() {
        rest.push(format!("new {}", listed(&said, most)));
    }
    if !difference.findings.is_empty() {
        rest.push(count(difference.findings.len(), "new finding"));
    }
    if let Some(why) = &difference.publishers_unknown {
        rest.push(format!("whether its publisher is the same is not known: {}", clean(why)));
    }
    let gap = if able.is_empty() && lost.is_none() || rest.is_empty() { "" } else { "; " };
    page.point(2, &line.plain(format!("{gap}{}", rest.join("; "))));
}

fn ability(known: bool, evidence: &indicators::Evidence) -> String {
    let place = at(&evidence.path, evidence.line);
    let moment = crate::scan::when(evidence.moment);
    let known = if known { format!(", now {moment}") } else { String::new() };
    format!("{}{known} ({place})", evidence.capability)
}

fn said(about: Statement, value: &str, page: &Page<'_>) -> String {
    format!("{about} {}", fitted(&clean(value), page.width(), page.ellipsis()))
}
