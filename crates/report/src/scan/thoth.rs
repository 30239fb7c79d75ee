//! The original's aggregated security indicators: its Bandit and cloc reports folded into one flat document a release.
//!
//! Its aggregator mixed up the two axes of the cells; here `SEVERITY.x__CONFIDENCE.y` is what it says. It left out files whose
//! path contains `/test`, and a release without findings had no cells; here all files count, and every cell is there.

use indicators::{Confidence, Counts, Family, Finding, Severity};
use serde_json::{Map, Value, json};

use super::{Scan, Scanned};
use crate::{json::written, thoth::metadata, words::instant};

/// A document for each artifact, indented, ending in a line end: one artifact as itself, several in a list. `now` is the time
/// of the run in microseconds since the Unix epoch, `version` that of this program.
pub fn scan_thoth_json(scan: &Scan, now: i64, version: &str) -> String {
    let mut documents: Vec<Value> =
        scan.artifacts.iter().map(|artifact| document(&result(artifact, now, version), now, version)).collect();
    documents.extend(scan.unscanned.iter().map(|(what, why)| {
        let failed = [("error".to_string(), json!(true)), ("error_messages".to_string(), json!([what, why]))];
        document(&failed.into_iter().collect(), now, version)
    }));
    match documents.as_slice() {
        [one] => written(one),
        several => written(&several),
    }
}

fn document(result: &Map<String, Value>, now: i64, version: &str) -> Value {
    json!({ "metadata": metadata("thoth-si-aggregator", version, now, None), "result": result })
}

fn result(scanned: &Scanned, now: i64, version: &str) -> Map<String, Value> {
    let report = &scanned.report;
    let ours = |finding: &&Finding| finding.family() == Some(Family::Bandit);
    let findings: Vec<&Finding> = report.findings.iter().filter(ours).collect();
    let counts = Counts::of(findings.iter().copied());
    let mut result = Map::new();
    let mut put = |key: &str, value: Value| {
        result.insert(key.to_string(), value);
    };
    put("package_name", json!(scanned.release.as_ref().map(|(name, _)| name)));
    put("package_version", json!(scanned.release.as_ref().map(|(_, version)| version)));
    put("package_index", json!(scanned.index));
    analyser("bandit", now, version, &mut put);
    for severity in Severity::ALL {
        for confidence in Confidence::ALL {
            let key = format!("SEVERITY.{}__CONFIDENCE.{}", loud(&severity), loud(&confidence));
            put(&key, json!(counts.get(severity, confidence)));
        }
        put(&format!("SEVERITY.{}__CONFIDENCE.UNDEFINED", loud(&severity)), json!(0));
    }
    let mut files: Vec<&str> = findings.iter().map(|finding| finding.path.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    put("_total_severity", json!(findings.len() as f64));
    put("number_of_files_with_severities", json!(files.len()));
    put("number_of_analyzed_files", json!(report.analysed));
    put("number_of_filtered_files", json!(report.skipped));
    put("number_of_files_total", json!(report.analysed + report.skipped));
    analyser("cloc", now, version, &mut put);
    put("error", json!(false));
    for (language, lines) in &report.lines.0 {
        put(&format!("{language}.nFiles"), json!(lines.files));
        put(&format!("{language}.blank"), json!(lines.blank));
        put(&format!("{language}.comment"), json!(lines.comment));
        put(&format!("{language}.code"), json!(lines.code));
    }
    let sum = report.lines.sum();
    put("SUM.blank", json!(sum.blank));
    put("SUM.comment", json!(sum.comment));
    put("SUM.code", json!(sum.code));
    put("SUM.nFiles", json!(sum.files));
    put("SUM.n_lines", json!(sum.total()));
    result
}

fn analyser(kind: &str, now: i64, version: &str, put: &mut impl FnMut(&str, Value)) {
    put(&format!("datetime_si_{kind}"), json!(instant(now)));
    put(&format!("analyzer_si_{kind}"), json!("thoth"));
    put(&format!("analyzer_version_si_{kind}"), json!(version));
    put(&format!("document_id_si_{kind}"), Value::Null);
}

fn loud(word: &impl ToString) -> String {
    word.to_string().to_uppercase()
}
