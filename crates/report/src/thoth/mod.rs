//! The document of the original Thoth's advisers, for services and clients that read it.
//!
//! Its shape is theirs: an envelope of `metadata` and `result`, a report of `products` with `project`, `dependency_graph`,
//! `score` and `justification`, and `stack_info`. What only their cluster knew is null, or empty where their client takes no
//! null.

mod product;
mod project;
mod told;

use packaging::lock::Lock;
use resolution::{
    outcome::{Decision, Outcome, Verdict},
    pipeline::{Kind, remarks::Remarks},
};
use serde_json::{Map, Value, json};

use self::{product::product, project::Project};
use crate::{json::written, sentence::sentence, words::instant};

/// A stack beside the chosen one.
#[derive(Debug)]
pub struct Product<'a> {
    /// What it is.
    pub decision: &'a Decision,
    /// What prescriptions tell of it.
    pub remarks: &'a Remarks,
    /// Its lock; `None` where there is none.
    pub lock: Option<Lock>,
}

/// The report of one run as the original's advise document, indented, ending in a line end. `lock` is the lock of the stack,
/// `others` are the next best stacks, `now` the time of the run in microseconds since the Unix epoch, `version` that of
/// this program.
pub fn thoth_json(outcome: &Outcome, lock: Option<&Lock>, others: &[Product<'_>], now: i64, version: &str) -> String {
    let (products, decision, error) = match &outcome.verdict {
        Verdict::Stack(decision) => {
            let best = product(outcome, decision, &outcome.remarks, lock);
            let next = others.iter().map(|other| product(outcome, other.decision, other.remarks, other.lock.as_ref()));
            (std::iter::once(best).chain(next).collect(), Some(decision), None)
        }
        Verdict::Impossible(explanation) => {
            let facts: Vec<String> = explanation.facts.iter().map(sentence).collect();
            (Vec::new(), None, Some(format!("There is no stack: {}", facts.join(", and ")).replace('\u{a0}', " ")))
        }
    };
    let walked = decision.and_then(|decision| decision.certificate.heuristic.as_ref());
    let mut report = json!({
        "pipeline": pipeline(outcome),
        "products": products,
        "stack_info": told::stack_info(outcome),
        "resolver_iterations": outcome.effort.steps,
        "accepted_final_states_count": walked.map_or(products.len() as u64, |walked| walked.stacks),
        "discarded_final_states_count": walked.map_or(0, |walked| walked.rejected),
    });
    if let (Some(error), Some(report)) = (&error, report.as_object_mut()) {
        report.insert("ERROR".to_string(), json!(error));
    }
    let project = Project::new(outcome, decision);
    let document = json!({
        "metadata": metadata("thoth-adviser", version, now, Some(outcome.effort.milliseconds / 1000)),
        "result": {
            "error": error.is_some(),
            "error_msg": error,
            "parameters": {
                "recommendation_type": outcome.recommendation.name().to_uppercase(),
                "labels": outcome.runtime.labels,
                "library_usage": outcome.runtime.usage.as_ref().map(|usage| json!({ "report": usage })),
                "count": products.len().max(1),
                "limit": null,
                "seed": walked.map(|walked| walked.seed),
                "predictor": walked.map_or("exact", |walked| walked.predictor.name()),
                "prescriptions": outcome.evidence.prescriptions.as_ref().map(|used| &used.releases),
                "dev": project.requires_dev(),
                "requirements_format": "pipenv",
                "project": project.document(outcome, None),
            },
            "report": report,
        },
    });
    written(&document)
}

/// What the original says of the making of a document. `now` in microseconds since the Unix epoch, `duration` in seconds.
pub(crate) fn metadata(analyzer: &str, version: &str, now: i64, duration: Option<u64>) -> Value {
    json!({
        "analyzer": analyzer,
        "analyzer_version": version,
        "arguments": {},
        "datetime": instant(now),
        "distribution": {
            "id": "", "like": "", "codename": "", "version": "",
            "version_parts": { "major": "", "minor": "", "build_number": "" },
        },
        "document_id": identity(analyzer, now),
        "duration": duration,
        "hostname": "",
        "os_release": {},
        "python": {
            "major": 0, "minor": 0, "micro": 0, "releaselevel": "", "serial": 0, "api_version": 0, "implementation_name": "",
        },
        "thoth_deployment_name": "",
        "timestamp": now.div_euclid(1_000_000),
    })
}

/// The identifier of a document as the original's services give them: the analyser, the time to the second in digits, and
/// 64 bits, which are the time to the microsecond here.
fn identity(analyzer: &str, now: i64) -> String {
    let digits: String = instant(now).unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    let analyzer = analyzer.trim_start_matches("thoth-");
    format!("{analyzer}-{}-{now:016x}", digits.get(2..14).unwrap_or("000000000000"))
}

/// The units that took part, by kind.
fn pipeline(outcome: &Outcome) -> Value {
    let of = |kind: Kind| {
        let units = outcome.pipeline.units(outcome.recommendation).filter(|(unit, _)| unit.kind == kind);
        let units = units.map(|(unit, settings)| {
            let configuration: Map<String, Value> =
                settings.all().iter().map(|(name, number)| ((*name).to_string(), json!(number))).collect();
            json!({ "name": unit.name, "configuration": configuration, "unit_run": true })
        });
        units.collect::<Value>()
    };
    Value::Object(Kind::ALL.into_iter().map(|kind| (kind.section().to_string(), of(kind))).collect())
}
