//! Vulnerabilities: avoided, remaining, ignored.

use evidence::{Finding, Kind, Rating, Vulnerability};
use resolution::{
    Recommendation,
    outcome::{Avoided, Cause, Decision, Remaining},
};

use super::{
    cause,
    page::{Line, Page, Tone},
};
use crate::{
    clean::{clean, fitted},
    remedy::step_back,
    words::{count, listed, place, release, severities, severity},
};

/// How many vulnerabilities of one avoided release are told in full.
const MOST_FINDINGS: usize = 3;
/// How many other identifiers of a vulnerability are named.
const MOST_ALIASES: usize = 4;
/// How many identifiers are named where there is no room for more about them.
const MOST_IDS: usize = 8;
/// How many releases are named that go with others.
const MOST_RELEASES: usize = 8;
/// How many fixed versions are named.
const MOST_FIXES: usize = 5;

/// Releases that a resolver blind to advisories would have picked.
pub(super) fn avoided(page: &mut Page<'_>, decision: &Decision) {
    if decision.avoided.is_empty() {
        return;
    }
    let title =
        format!("Avoided: {} that a resolver blind to advisories would pick", count(decision.avoided.len(), "release"));
    page.section(Tone::Strong, title);
    let has_reason = |one: &&Avoided| !one.findings.is_empty() || one.step_back.is_some() && one.chosen.is_some();
    let (told, rest): (Vec<&Avoided>, Vec<&Avoided>) = decision.avoided.iter().partition(has_reason);
    told.iter().for_each(|one| avoided_release(page, one));
    if rest.is_empty() {
        return;
    }
    let most = if page.style.verbose { usize::MAX } else { MOST_RELEASES };
    let rest: Vec<String> = rest.iter().map(|one| gone(page, one)).collect();
    let what =
        if rest.len() == 1 { "no advisory is about it, but it goes" } else { "no advisory is about them, but they go" };
    page.put(2, &Line::new().plain(format!("{}: {what} with others that are avoided", listed(&rest, most))));
}

/// What becomes of a release: `idna 3.10 → 3.9`, `certifi 2024.8.30 → none`.
fn gone(page: &Page<'_>, avoided: &Avoided) -> String {
    let chosen = avoided.chosen.as_ref().map_or("none".to_string(), ToString::to_string);
    format!("{}\u{a0}{}\u{a0}{chosen}", release(&avoided.name, &avoided.version), page.arrow())
}

fn avoided_release(page: &mut Page<'_>, avoided: &Avoided) {
    let line = Line::new().then(Tone::Strong, release(&avoided.name, &avoided.version));
    let line = match &avoided.chosen {
        Some(chosen) => line.plain(format!(" {} ", page.arrow())).then(Tone::Good, chosen.to_string()),
        None => line.plain("; the stack does without ").plain(avoided.name.to_string()),
    };
    page.put(2, &line);
    if let (true, Some(step), Some(chosen)) = (avoided.findings.is_empty(), &avoided.step_back, &avoided.chosen) {
        page.put(4, &Line::new().plain(step_back(&avoided.name, &avoided.version, chosen, step)));
    }
    let most = if page.style.verbose { avoided.findings.len() } else { MOST_FINDINGS };
    for finding in avoided.findings.iter().take(most) {
        told(page, finding);
    }
    let rest: Vec<String> =
        avoided.findings.iter().skip(most).map(|finding| clean(&finding.vulnerability.id)).collect();
    if !rest.is_empty() {
        page.put(4, &Line::new().then(Tone::Faint, format!("and {} more: {}", rest.len(), listed(&rest, MOST_IDS))));
    }
}

/// Vulnerabilities that are in the stack.
pub(super) fn remaining(page: &mut Page<'_>, decision: &Decision, recommendation: Recommendation) {
    let all = &decision.remaining;
    if all.is_empty() {
        return;
    }
    let found = severities(all.iter().map(|one| &one.finding.vulnerability));
    page.section(Tone::Bad, format!("Remaining: {} ({found})", count(all.len(), "vulnerability")));
    let mut groups: Vec<Vec<&Remaining>> = Vec::new();
    for one in all {
        let same = |other: &&Remaining| {
            (&other.name, &other.version, &other.path, &other.origin)
                == (&one.name, &one.version, &one.path, &one.origin)
        };
        match groups.iter_mut().find(|group| group.first().is_some_and(same)) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    let mut explained: Vec<(String, &Cause)> = Vec::new();
    for group in groups {
        let Some(first) = group.first() else { continue };
        page.put(2, &Line::new().then(Tone::Strong, release(&first.name, &first.version)).plain(way(page, first)));
        let mut alike: Vec<Vec<&Remaining>> = Vec::new();
        for &one in &group {
            match alike.iter_mut().find(|some| some.first().is_some_and(|first| first.cause == one.cause)) {
                Some(some) => some.push(one),
                None => alike.push(vec![one]),
            }
        }
        for some in &alike {
            some.iter().for_each(|one| told(page, &one.finding));
            if let Some(cause) = some.first().and_then(|first| first.cause.as_ref()) {
                cause::cause(page, cause, some.len() > 1, &explained);
            }
        }
        let causes = alike.iter().filter_map(|some| some.first()?.cause.as_ref());
        explained.extend(causes.map(|cause| (release(&first.name, &first.version), cause)));
    }
    page.put(2, &Line::new().plain(way_out(all, recommendation)));
}

/// What can be done about what remains, whatever it is.
fn way_out(remaining: &[Remaining], recommendation: Recommendation) -> String {
    if !recommendation.weighs_vulnerabilities() {
        return format!(
            "`{recommendation}` does not avoid vulnerabilities; `-t\u{a0}stable` does, where any stack can."
        );
    }
    let open: Vec<String> =
        remaining.iter().filter(|one| one.cause.is_none()).map(|one| clean(&one.finding.vulnerability.id)).collect();
    let (it, any) = if remaining.len() == 1 { ("it", "it") } else { ("them", "any") };
    let accept = match recommendation {
        Recommendation::Security => format!("You can accept {any} with `--ignore ID`."),
        _ => format!(
            "`{recommendation}` locks {it} all the same; `-t\u{a0}security` fails, unless `--ignore ID` accepts {it}."
        ),
    };
    match open.is_empty() {
        true => accept,
        false => format!("What forces {} was not looked into. {accept}", listed(&open, MOST_IDS)),
    }
}

/// Who pulls a release in: `, pulled in by flask (requirements.txt:3) → werkzeug`.
fn way(page: &Page<'_>, remaining: &Remaining) -> String {
    let origin = remaining.origin.as_ref().map(place);
    let at = origin.as_ref().map(|origin| format!(" ({origin})")).unwrap_or_default();
    match remaining.path.as_slice() {
        [] => origin.map(|origin| format!(", required in {origin}")).unwrap_or_default(),
        [_] => format!(", which the project itself requires{at}"),
        [first, rest @ ..] => {
            let arrow = format!(" {} ", page.arrow());
            let mut steps: Vec<String> = rest.iter().map(ToString::to_string).collect();
            if steps.len() > 8 && !page.style.verbose {
                steps.splice(2..steps.len() - 4, [page.ellipsis().to_string()]);
            }
            format!(", pulled in by {first}{at}{arrow}{}", steps.join(&arrow))
        }
    }
}

/// A vulnerability: how bad, what, since when fixed, where to read on.
fn told(page: &mut Page<'_>, finding: &Finding) {
    let vulnerability = &finding.vulnerability;
    let mut line = Line::new()
        .then(tone(vulnerability), severity(vulnerability))
        .plain("\u{a0} ")
        .then(Tone::Strong, clean(&vulnerability.id));
    let aliases: Vec<String> = vulnerability.ids().skip(1).map(clean).collect();
    if !aliases.is_empty() {
        let most = if page.style.verbose { aliases.len() } else { MOST_ALIASES };
        line = line.then(Tone::Faint, format!(" (also {})", listed(&aliases, most)));
    }
    if vulnerability.is_exploited() {
        line = line.then(Tone::Bad, " known to be exploited");
    }
    page.put(4, &line);
    let summary = clean(&vulnerability.summary);
    if !summary.is_empty() {
        // Two lines: many advisories begin with the versions they are about.
        let room = page.width().saturating_sub(12) * 2;
        page.put(6, &Line::new().plain(fitted(&summary, room, page.ellipsis())));
    }
    if page.style.verbose {
        verbose(page, vulnerability);
    }
    page.put(6, &Line::new().plain(fixed(finding)).then(Tone::Faint, link(vulnerability)));
}

fn link(vulnerability: &Vulnerability) -> String {
    let link = clean(&vulnerability.link);
    if link.is_empty() { link } else { format!(", see {link}") }
}

fn verbose(page: &mut Page<'_>, vulnerability: &Vulnerability) {
    if let (Some(vector), Some(source)) = (vulnerability.severity.vector(), vulnerability.severity.source()) {
        page.put(6, &Line::new().then(Tone::Faint, format!("{} by {}", clean(vector), clean(source))));
    }
}

fn fixed(finding: &Finding) -> String {
    let versions: Vec<String> = finding.fixed.iter().map(ToString::to_string).collect();
    match (versions.is_empty(), finding.vulnerability.kind) {
        (false, _) => format!("fixed in {}", listed(&versions, MOST_FIXES)),
        (true, Kind::Flaw) => "no fixed release is known".to_string(),
        (true, Kind::Malware) => "malicious software".to_string(),
    }
}

fn tone(vulnerability: &Vulnerability) -> Tone {
    match (vulnerability.kind, vulnerability.severity.rating()) {
        (Kind::Malware, _) | (Kind::Flaw, Some(Rating::Critical | Rating::High)) => Tone::Bad,
        // Not scored is not harmless.
        (Kind::Flaw, Some(Rating::Medium) | None) => Tone::Warning,
        (Kind::Flaw, Some(Rating::Low | Rating::None)) => Tone::Plain,
    }
}

/// Vulnerabilities that the user chose not to count, and choices that meet nothing.
pub(super) fn ignored(page: &mut Page<'_>, decision: &Decision, advisories: bool) {
    let most = if page.style.verbose { usize::MAX } else { MOST_IDS };
    if !decision.ignored.is_empty() {
        let found: Vec<String> = decision
            .ignored
            .iter()
            .map(|one| format!("{} in {}", clean(&one.finding.vulnerability.id), release(&one.name, &one.version)))
            .collect();
        page.section(Tone::Strong, format!("Ignored: {}", count(found.len(), "vulnerability")));
        page.put(2, &Line::new().plain(listed(&found, most)));
        if page.style.verbose {
            decision.ignored.iter().for_each(|one| told(page, &one.finding));
        }
    }
    if !decision.unused_ignores.is_empty() {
        let ids: Vec<String> = decision.unused_ignores.iter().map(|id| clean(id)).collect();
        let why = match advisories {
            true => "matched nothing: drop it, or check how it is written.",
            false => "matched nothing, for want of advisories.",
        };
        page.gap();
        let line = format!(" `--ignore {}` {why}", listed(&ids, most));
        page.put(0, &Line::new().then(Tone::Warning, "Warning:").plain(line));
    }
}
