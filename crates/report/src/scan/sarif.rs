//! SARIF 2.1.0 (OASIS), as code hosts show it beside the code.

use std::collections::BTreeMap;

use indicators::{Finding, Severity, catalogue};
use serde_json::{Value, json};

use super::{Scan, Scanned};
use crate::{clean::clean, json::written};

/// What was found as a SARIF log, indented, ending in a line end. `version` is that of this program.
///
/// Files of releases are named by the file of the release and the path in it.
pub fn scan_sarif(scan: &Scan, version: &str) -> String {
    let findings = || scan.artifacts.iter().flat_map(|artifact| &artifact.report.findings);
    let mut used: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in findings() {
        let worst = used.entry(&finding.rule).or_insert(finding);
        if finding.severity > worst.severity {
            *worst = finding;
        }
    }
    let places: BTreeMap<&str, usize> = used.keys().enumerate().map(|(place, id)| (*id, place)).collect();
    let results = scan.artifacts.iter().flat_map(|artifact| {
        let places = &places;
        artifact.report.findings.iter().map(move |finding| result(artifact, finding, places))
    });
    let notifications: Vec<Value> = scan
        .unscanned
        .iter()
        .map(|(what, why)| {
            let text = format!("{} was not looked into: {}", clean(what), clean(why));
            json!({ "level": "error", "message": { "text": text } })
        })
        .collect();
    written(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "thoth",
                    "semanticVersion": version,
                    "properties": { "rules": catalogue::version() },
                    "rules": used.values().map(|worst| rule(worst)).collect::<Vec<_>>(),
                },
            },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": scan.unscanned.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results.collect::<Vec<_>>(),
        }],
    }))
}

/// A rule, by the worst that it found.
fn rule(worst: &Finding) -> Value {
    let mut tags = vec!["security".to_string()];
    tags.extend(worst.cwe.map(|cwe| format!("external/cwe/cwe-{cwe:03}")));
    let mut rule = json!({
        "id": worst.rule,
        "name": worst.name,
        "shortDescription": { "text": worst.name.replace('_', " ") },
        "defaultConfiguration": { "level": level(worst.severity) },
        "properties": { "tags": tags, "security-severity": score(worst.severity) },
    });
    if let (Some(cwe), Some(rule)) = (worst.cwe, rule.as_object_mut()) {
        rule.insert("helpUri".to_string(), json!(format!("https://cwe.mitre.org/data/definitions/{cwe}.html")));
    }
    rule
}

fn result(scanned: &Scanned, finding: &Finding, places: &BTreeMap<&str, usize>) -> Value {
    let mut place = json!({ "artifactLocation": { "uri": uri(scanned, &finding.path) } });
    if let Some(place) = place.as_object_mut().filter(|_| finding.line > 0) {
        let snippet = json!({ "text": clean(&finding.excerpt) });
        place.insert(
            "region".to_string(),
            json!({ "startLine": finding.line, "endLine": finding.end_line, "snippet": snippet }),
        );
    }
    json!({
        "ruleId": finding.rule,
        "ruleIndex": places.get(&*finding.rule),
        "level": level(finding.severity),
        "message": { "text": clean(&finding.message) },
        "locations": [{ "physicalLocation": place }],
        "properties": {
            "severity": finding.severity,
            "confidence": finding.confidence,
            "release": scanned.release.as_ref().map(|(name, version)| format!("{name} {version}")),
            "sha256": scanned.sha256,
        },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// What code hosts sort by, on the scale of CVSS: the middle of what they call high, medium and low.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

/// A relative reference (RFC 3986): the file, then the path in it.
fn uri(scanned: &Scanned, path: &str) -> String {
    let file = scanned.file.trim_start_matches("./").trim_end_matches('/');
    let whole = match (file, path) {
        ("." | "", path) => path.to_string(),
        (file, "") => file.to_string(),
        (file, path) => format!("{file}/{path}"),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!@+=,".contains(&byte);
    whole.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_relative_reference_whatever_the_file_is_called() {
        let scanned = |file: &str| Scanned {
            release: None,
            file: file.to_string(),
            index: None,
            sha256: None,
            report: indicators::Report::default(),
        };
        assert_eq!(uri(&scanned("."), "a b.py"), "a%20b.py");
        assert_eq!(uri(&scanned("./src/"), "pkg/ä.py"), "src/pkg/%C3%A4.py");
        assert_eq!(uri(&scanned("toy-1.whl"), "toy/a:b.py"), "toy-1.whl/toy/a%3Ab.py");
        assert_eq!(uri(&scanned("toy-1.whl"), ""), "toy-1.whl");
    }
}
