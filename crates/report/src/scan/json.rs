//! All of it for programs, in a schema that only grows.

use indicators::{Confidence, Counts, Finding, Lines, Severity, catalogue, lines::LinesByLanguage};
use serde::Serialize;

use super::{Scan, Scanned};
use crate::{clean::clean, json::written};

/// The version of the schema: goes up when something in it changes its meaning or goes away.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    rules: &'a str,
    exit_code: u8,
    findings_by_severity: BySeverity,
    artifacts: Vec<Artifact<'a>>,
    unscanned: Vec<Unscanned<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct BySeverity {
    high: u64,
    medium: u64,
    low: u64,
}

#[derive(Serialize)]
struct Artifact<'a> {
    #[serde(flatten)]
    named: Named<'a>,
    /// All files in it; those of Python that were looked at, and those that could not be.
    files: u64,
    python_files: u64,
    python_files_skipped: u64,
    waived: u64,
    lines: Lines,
    lines_by_language: &'a LinesByLanguage,
    counts: Vec<Count>,
    findings: Vec<Told<'a>>,
}

/// What was looked into.
#[derive(Serialize)]
pub(super) struct Named<'a> {
    package: Option<&'a str>,
    version: Option<&'a str>,
    file: String,
    index: Option<&'a str>,
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct Count {
    severity: Severity,
    confidence: Confidence,
    count: u64,
}

#[derive(Serialize)]
pub(super) struct Told<'a> {
    rule: &'a str,
    name: &'a str,
    cwe: Option<u16>,
    severity: Severity,
    confidence: Confidence,
    path: String,
    line: u32,
    end_line: u32,
    message: String,
    excerpt: String,
}

#[derive(Serialize)]
struct Unscanned<'a> {
    target: &'a str,
    why: &'a str,
}

/// What was found, indented, ending in a line end.
pub fn scan_json(scan: &Scan) -> String {
    let counts = Counts::of(scan.artifacts.iter().flat_map(|artifact| &artifact.report.findings));
    written(&Document {
        schema: SCHEMA,
        rules: catalogue::version(),
        exit_code: scan.exit_code,
        findings_by_severity: BySeverity {
            high: counts.of_severity(Severity::High),
            medium: counts.of_severity(Severity::Medium),
            low: counts.of_severity(Severity::Low),
        },
        artifacts: scan.artifacts.iter().map(artifact).collect(),
        unscanned: scan.unscanned.iter().map(|(target, why)| Unscanned { target, why }).collect(),
        notes: &scan.notes,
    })
}

fn artifact(scanned: &Scanned) -> Artifact<'_> {
    let (report, counts) = (&scanned.report, scanned.report.counts());
    let cells = Severity::ALL.into_iter().rev().flat_map(|severity| {
        Confidence::ALL
            .into_iter()
            .rev()
            .map(move |confidence| (severity, confidence, counts.get(severity, confidence)))
    });
    let cells = cells.filter(|(.., count)| *count > 0);
    Artifact {
        named: named(scanned),
        files: report.files,
        python_files: report.analysed,
        python_files_skipped: report.skipped,
        waived: report.waived,
        lines: report.lines.sum(),
        lines_by_language: &report.lines,
        counts: cells.map(|(severity, confidence, count)| Count { severity, confidence, count }).collect(),
        findings: report.findings.iter().map(told).collect(),
    }
}

pub(super) fn named(scanned: &Scanned) -> Named<'_> {
    Named {
        package: scanned.release.as_ref().map(|(name, _)| name.as_str()),
        version: scanned.release.as_ref().map(|(_, version)| version.as_str()),
        file: clean(&scanned.file),
        index: scanned.index.as_deref(),
        sha256: scanned.sha256.as_deref(),
    }
}

pub(super) fn told(finding: &Finding) -> Told<'_> {
    Told {
        rule: &finding.rule,
        name: &finding.name,
        cwe: finding.cwe,
        severity: finding.severity,
        confidence: finding.confidence,
        path: clean(&finding.path),
        line: finding.line,
        end_line: finding.end_line,
        message: clean(&finding.message),
        excerpt: clean(&finding.excerpt),
    }
}
