//! What was found, for a terminal.

use indicators::{Confidence, Counts, Family, Finding, Report, Severity};

use super::{Scan, Scanned};
use crate::{
    clean::clean,
    text::{
        Style,
        page::{Line, Page, Tone},
    },
    words::{at, count, grouped, listed},
};

/// How many findings of a file are told unless all are asked for, and how many of each where there are several.
const MOST: usize = 30;
const MOST_OF_SEVERAL: usize = 5;

/// What was found, by release, the worst first; ends in a line end.
pub fn scan_text(scan: &Scan, style: &Style) -> String {
    let mut page = Page::new(style);
    for artifact in &scan.artifacts {
        tell(&mut page, artifact, scan.artifacts.len() == 1);
    }
    for (what, why) in &scan.unscanned {
        page.section(Tone::Bad, format!("{} was not looked into", clean(what)));
        page.put(2, &Line::new().plain(clean(why)));
    }
    if !scan.notes.is_empty() {
        page.section(Tone::Strong, "Not understood");
        scan.notes.iter().for_each(|note| page.point(2, &Line::new().plain(clean(note))));
    }
    if scan.artifacts.len() > 1 {
        summary(&mut page, &scan.artifacts);
    }
    page.gap();
    page.put(0, &closing(scan));
    page.finish()
}

/// A row for each file with a finding; those without are counted.
fn summary(page: &mut Page<'_>, artifacts: &[Scanned]) {
    let (told, clean): (Vec<&Scanned>, Vec<&Scanned>) =
        artifacts.iter().partition(|one| !one.report.findings.is_empty() || one.report.skipped > 0);
    if told.is_empty() {
        return;
    }
    let mut table = vec![HEADINGS.map(|word| Line::new().then(Tone::Faint, word)).to_vec()];
    table.extend(told.iter().map(|one| cells(one)));
    page.section(Tone::Strong, "By file");
    page.table(2, &table);
    if !clean.is_empty() {
        let line = format!("and {} in which nothing was found", grouped(clean.len()));
        page.put(2, &Line::new().then(Tone::Faint, line));
    }
}

const HEADINGS: [&str; 7] = ["", "code lines", "high", "medium", "low", "hostile", ""];

fn cells(scanned: &Scanned) -> Vec<Line> {
    let (report, counts) = (&scanned.report, scanned.report.counts());
    let right = |number: u64, tone: Tone, heading: &str| {
        let text = if number == 0 { "-".to_string() } else { grouped(self::number(number)) };
        Line::new().then(if number == 0 { Tone::Faint } else { tone }, format!("{text:>0$}", heading.len()))
    };
    let name = match &scanned.release {
        Some((name, version)) => format!("{name} {version}"),
        None => clean(&scanned.file),
    };
    let [_, code, high, medium, low, hostile, _] = HEADINGS;
    let of_severity = |severity, heading| right(counts.of_severity(severity), tone(severity), heading);
    let hostile_ones = report.findings.iter().filter(|finding| is_hostile(finding)).count();
    let skipped = match report.skipped {
        0 => String::new(),
        skipped => format!("{} not looked at", count(number(skipped), "file")),
    };
    vec![
        Line::new().plain(name.replace(' ', "\u{a0}")),
        right(report.lines.sum().code, Tone::Plain, code),
        of_severity(Severity::High, high),
        of_severity(Severity::Medium, medium),
        of_severity(Severity::Low, low),
        right(u64::try_from(hostile_ones).unwrap_or(u64::MAX), Tone::Bad, hostile),
        Line::new().then(Tone::Warning, skipped),
    ]
}

/// Whether it is of a rule for what attackers add.
fn is_hostile(finding: &Finding) -> bool {
    finding.family() == Some(Family::Hostile)
}

/// One file. Where there are several, those without findings are only counted, unless all is asked for.
fn tell(page: &mut Page<'_>, scanned: &Scanned, alone: bool) {
    let report = &scanned.report;
    if report.findings.is_empty() && !alone && !page.style.verbose {
        return;
    }
    let name = match &scanned.release {
        Some((name, version)) => Line::new().then(Tone::Strong, format!("{name} {version}")).plain(" "),
        None => Line::new(),
    };
    page.gap();
    page.put(0, &name.then(if scanned.release.is_some() { Tone::Faint } else { Tone::Strong }, clean(&scanned.file)));
    page.put(2, &Line::new().then(Tone::Faint, size(report)));
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    // Stable: within one severity and confidence by path and line, as they came.
    findings.sort_by_key(|finding| std::cmp::Reverse((finding.severity, is_hostile(finding), finding.confidence)));
    let most = match (page.style.verbose, alone) {
        (true, _) => usize::MAX,
        (false, true) => MOST,
        (false, false) => MOST_OF_SEVERAL,
    };
    let rows: Vec<Vec<Line>> = findings.iter().take(most).flat_map(|finding| rows(finding)).collect();
    page.table(2, &rows);
    if let Some(more) = findings.len().checked_sub(most).filter(|more| *more > 0) {
        page.put(2, &Line::new().then(Tone::Faint, format!("and {} more; -v shows all", grouped(more))));
    }
}

/// A finding: its place and what it says, and below it the source.
pub(super) fn rows(finding: &Finding) -> Vec<Vec<Line>> {
    let tone = tone(finding.severity);
    let place = at(&finding.path, finding.line);
    let gap = if place.is_empty() { "" } else { " " };
    let sure = match finding.confidence {
        Confidence::High => String::new(),
        other => format!(" ({other} confidence)"),
    };
    let said = Line::new()
        .then(Tone::Strong, place)
        .plain(format!("{gap}{}", clean(&finding.message)))
        .then(Tone::Faint, sure);
    let lead = [finding.severity.to_string(), finding.rule.to_string()].map(|word| Line::new().then(tone, word));
    let [severity, rule] = lead;
    let mut rows = vec![vec![severity, rule, said]];
    if !finding.excerpt.is_empty() {
        rows.push(vec![Line::new(), Line::new(), Line::new().then(Tone::Faint, clean(&finding.excerpt))]);
    }
    rows
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::High => Tone::Bad,
        Severity::Medium => Tone::Warning,
        Severity::Low => Tone::Plain,
    }
}

/// How much there is in a file, as a line.
fn size(report: &Report) -> String {
    let mut languages: Vec<(&String, u64)> = report.lines.0.iter().map(|(name, lines)| (name, lines.code)).collect();
    languages.sort_by_key(|(name, code)| (std::cmp::Reverse(*code), *name));
    let languages: Vec<String> = languages
        .iter()
        .filter(|(_, code)| *code > 0)
        .map(|(name, code)| format!("{} {name}", grouped(number(*code))))
        .collect();
    let mut text = count(number(report.files), "file");
    if !languages.is_empty() {
        text.push_str(&format!(", lines of code: {}", listed(&languages, 4)));
    }
    if report.skipped > 0 {
        text.push_str(&format!("; {} of Python could not be looked at", count(number(report.skipped), "file")));
    }
    if report.waived > 0 {
        text.push_str(&format!("; {} waved through by `# nosec`", count(number(report.waived), "finding")));
    }
    text
}

fn closing(scan: &Scan) -> Line {
    let counts = Counts::of(scan.artifacts.iter().flat_map(|artifact| &artifact.report.findings));
    let total: u64 = Severity::ALL.into_iter().map(|severity| counts.of_severity(severity)).sum();
    let looked = match scan.artifacts.as_slice() {
        [one] => clean(&one.file),
        all => count(all.len(), "file or folder").replace("file or folders", "files and folders"),
    };
    let mut line = Line::new().plain(format!("Looked into {looked}: "));
    if total == 0 {
        line = line.then(Tone::Good, "nothing was found by these rules");
    }
    let found = Severity::ALL.into_iter().rev().map(|severity| (severity, counts.of_severity(severity)));
    for (place, (severity, number_of)) in found.filter(|(_, number_of)| *number_of > 0).enumerate() {
        line = line.plain(if place > 0 { ", " } else { "" });
        line = line.then(tone(severity), format!("{} {severity}", grouped(number(number_of))));
    }
    if total > 0 {
        line = line.plain(if total == 1 { " finding" } else { " findings" });
    }
    if !scan.unscanned.is_empty() {
        line = line.plain("; ").then(Tone::Bad, format!("{} not looked into", scan.unscanned.len()));
    }
    line.plain(".")
}

fn number(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
