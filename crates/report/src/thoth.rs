//! The document of the original Thoth's advisers, for services and clients that read it.
//!
//! Its shape is theirs: an envelope of `metadata` and `result`, a report of `products` with `project`, `dependency_graph`,
//! `score` and `justification`, and `stack_info`. What only their cluster knew is null. Vulnerabilities are told as their
//! adviser did, a justification each.
//!
//! The score is what a stack of theirs with the same facts would have: minus 0.2 for each vulnerability of a release, at
//! most 1.0 a release, where vulnerabilities decide; and minus a thousandth for each point lost on the levels of
//! performance and quality.

use std::collections::BTreeMap;

use packaging::{
    PackageName, Requirement, Wanted,
    environment::Fact,
    lock::{Lock, LockedSource, scrubbed},
};
use resolution::{
    Level,
    outcome::{Decision, Outcome, Remaining, Runtime, Verdict},
    pipeline::{
        Kind,
        remarks::{Remark, Remarks},
    },
};
use serde_json::{Map, Value, json};

use crate::{json::convert, json::written, sentence::sentence, words::instant};

/// What a vulnerability costs in the original's score, and the most a release loses: thousandths.
const VULNERABILITY: i64 = 200;
const MOST: i64 = 1000;

/// The report of one run as the original's advise document, indented, ending in a line end. `lock` is the lock of the stack,
/// `others` the next best stacks with theirs, `now` the time of the run in microseconds since the Unix epoch, `version` that of
/// this program.
pub fn thoth_json(
    outcome: &Outcome,
    lock: Option<&Lock>,
    others: &[(&Decision, Option<Lock>)],
    now: i64,
    version: &str,
) -> String {
    let (products, walked, error) = match &outcome.verdict {
        Verdict::Stack(decision) => {
            let best = product(outcome, decision, &outcome.remarks, lock);
            let nothing = Remarks::default();
            let next = others.iter().map(|(other, lock)| product(outcome, other, &nothing, lock.as_ref()));
            (std::iter::once(best).chain(next).collect(), decision.certificate.heuristic.as_ref(), None)
        }
        Verdict::Impossible(explanation) => {
            let facts: Vec<String> = explanation.facts.iter().map(sentence).collect();
            (Vec::new(), None, Some(format!("There is no stack: {}", facts.join(", and ")).replace('\u{a0}', " ")))
        }
    };
    let mut stack_info: Vec<Value> = outcome.remarks.stack_info.iter().map(remark).collect();
    stack_info.extend(outcome.notes.iter().map(|note| message("INFO", &scrubbed(note), None)));
    stack_info.extend(outcome.unknown.iter().map(|unknown| {
        let text = format!("It is not known, of {}, because: {}", scrubbed(&unknown.about), scrubbed(&unknown.why));
        message("WARNING", &text, None)
    }));
    let mut report = json!({
        "pipeline": pipeline(outcome),
        "products": products,
        "stack_info": stack_info,
        "resolver_iterations": outcome.effort.steps,
        "accepted_final_states_count": walked.map_or(products.len() as u64, |walked| walked.stacks),
        "discarded_final_states_count": walked.map_or(0, |walked| walked.rejected),
    });
    if let (Some(error), Some(report)) = (&error, report.as_object_mut()) {
        report.insert("ERROR".to_string(), json!(error));
    }
    let document = json!({
        "metadata": metadata("thoth-adviser", version, now, Some(outcome.effort.milliseconds / 1000)),
        "result": {
            "error": error.is_some(),
            "error_msg": error,
            "parameters": {
                "recommendation_type": outcome.recommendation.name(),
                "labels": outcome.runtime.labels,
                "library_usage": outcome.runtime.usage.as_ref().map(|usage| json!({ "report": usage })),
                "count": products.len().max(1),
                "limit": null,
                "predictor": walked.map_or("exact", |walked| walked.predictor.name()),
                "prescriptions": outcome.evidence.prescriptions.as_ref().map(|used| &used.releases),
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
        "arguments": null,
        "datetime": instant(now),
        "distribution": null,
        "document_id": null,
        "duration": duration,
        "hostname": null,
        "os_release": null,
        "python": null,
        "thoth_deployment_name": null,
        "timestamp": now.div_euclid(1_000_000),
    })
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

fn product(outcome: &Outcome, decision: &Decision, remarks: &Remarks, lock: Option<&Lock>) -> Value {
    let place: BTreeMap<&PackageName, usize> =
        decision.releases.iter().enumerate().map(|(at, one)| (&one.name, at)).collect();
    let edges: Vec<[usize; 2]> = decision
        .releases
        .iter()
        .enumerate()
        .flat_map(|(at, one)| one.parents.iter().filter_map(|parent| place.get(parent)).map(move |from| [*from, at]))
        .collect();
    let nodes: Vec<String> = decision.releases.iter().map(|one| one.name.to_string()).collect();
    let sources = sources(decision);
    let requires = json!({ "python_version": outcome.runtime.python });
    let all: Vec<Value> =
        sources.iter().map(|(url, name)| json!({ "name": name, "url": url, "verify_ssl": true })).collect();
    let requirements = json!({
        "packages": packages(decision),
        "dev-packages": {},
        "source": all,
        "requires": requires,
    });
    let hash = hash(&requirements);
    json!({
        "project": {
            "requirements": requirements,
            "requirements_locked": {
                "_meta": { "sources": all, "requires": requires, "hash": { "sha256": hash }, "pipfile-spec": 6 },
                "default": lock.map(|lock| locked(lock, decision, &sources)).unwrap_or_default(),
                "develop": {},
            },
            "runtime_environment": runtime(&outcome.runtime, outcome),
            "constraints": stated(decision, "constrain "),
        },
        "dependency_graph": { "nodes": nodes, "edges": edges },
        "score": score(outcome, decision),
        "justification": justification(decision, remarks),
        "advised_runtime_environment": null,
        "advised_manifest_changes": convert::manifests(&remarks.manifest_changes),
    })
}

/// The hash by which pipenv knows that a lock is of these requirements: of those in the document, which is all that its reader
/// has. A `Pipfile` on disk may say the same in other words.
fn hash(requirements: &Value) -> Option<String> {
    let pipfile = toml::to_string(requirements).ok()?;
    packaging::project::pipfile_hash(&pipfile, "").ok()
}

/// The indexes with a name each, the first ones first.
fn sources(decision: &Decision) -> Vec<(String, String)> {
    let mut sources: Vec<(String, String)> = Vec::new();
    for url in decision.releases.iter().filter_map(|one| one.index.as_deref()) {
        let url = scrubbed(url);
        if !sources.iter().any(|(known, _)| *known == url) {
            let name = format!("index-{}", sources.len() + 1);
            sources.push((url, name));
        }
    }
    sources
}

/// What the project requires, as the statement of the problem has it.
fn packages(decision: &Decision) -> Map<String, Value> {
    let lines = decision.certificate.statement.iter().filter_map(|line| line.strip_prefix("require "));
    let requirements = lines.filter_map(|line| line.parse::<Requirement>().ok());
    let entry = |requirement: Requirement| {
        let version = match &requirement.wanted {
            Wanted::Versions(specifiers) if specifiers.iter().next().is_none() => "*".to_string(),
            Wanted::Versions(specifiers) => {
                specifiers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",").replace(' ', "")
            }
            Wanted::Url(url) => return (requirement.name.to_string(), json!({ "file": scrubbed(url.as_str()) })),
        };
        let value = match requirement.extras.is_empty() {
            true => json!(version),
            false => json!({ "version": version, "extras": convert::strings(&requirement.extras) }),
        };
        (requirement.name.to_string(), value)
    };
    requirements.map(entry).collect()
}

/// Lines of the statement of one kind, as constraints.
fn stated(decision: &Decision, kind: &str) -> Vec<Value> {
    let lines = decision.certificate.statement.iter().filter_map(|line| line.strip_prefix(kind));
    let requirements = lines.filter_map(|line| line.parse::<Requirement>().ok());
    let constraint = |one: Requirement| match &one.wanted {
        Wanted::Versions(specifiers) => {
            let version: Vec<String> = specifiers.iter().map(ToString::to_string).collect();
            Some(json!({ "name": one.name.to_string(), "version": version.join(","), "markers": null }))
        }
        Wanted::Url(_) => None,
    };
    requirements.filter_map(constraint).collect()
}

fn locked(lock: &Lock, decision: &Decision, sources: &[(String, String)]) -> Map<String, Value> {
    let index = |name: &PackageName| {
        let release = decision.releases.iter().find(|one| one.name == *name)?;
        let url = scrubbed(release.index.as_deref()?);
        sources.iter().find(|(known, _)| *known == url).map(|(_, name)| name.clone())
    };
    let entry = |package: &packaging::lock::LockedPackage| {
        let mut entry = Map::new();
        if let Some(version) = &package.version {
            entry.insert("version".to_string(), json!(format!("=={version}")));
        }
        if let LockedSource::Archive(url) = &package.source {
            entry.insert("file".to_string(), json!(url.as_str()));
        }
        let mut hashes: Vec<String> =
            package.files.iter().flat_map(|file| &file.digests).map(ToString::to_string).collect();
        hashes.sort();
        hashes.dedup();
        entry.insert("hashes".to_string(), json!(hashes));
        if let Some(index) = index(&package.name) {
            entry.insert("index".to_string(), json!(index));
        }
        if !package.extras.is_empty() {
            entry.insert("extras".to_string(), json!(convert::strings(&package.extras)));
        }
        (package.name.to_string(), Value::Object(entry))
    };
    lock.packages.iter().map(entry).collect()
}

fn runtime(runtime: &Runtime, outcome: &Outcome) -> Value {
    let host = &runtime.host;
    let text = |fact: Fact<String>| fact.present().cloned();
    let system = host.operating_system.present();
    json!({
        "name": null,
        "hardware": {
            "cpu_family": host.cpu_family.present(),
            "cpu_model": host.cpu_model.present(),
            "gpu_model": host.gpu_model.present(),
        },
        "operating_system": {
            "name": system.map(|system| &system.name),
            "version": system.and_then(|system| system.version.as_ref()),
        },
        "python_version": runtime.python,
        "cuda_version": text(host.cuda.as_ref().map(ToString::to_string)),
        "cudnn_version": text(host.cudnn.as_ref().map(ToString::to_string)),
        "mkl_version": text(host.mkl.as_ref().map(ToString::to_string)),
        "openblas_version": text(host.openblas.as_ref().map(ToString::to_string)),
        "openmpi_version": text(host.openmpi.as_ref().map(ToString::to_string)),
        "base_image": host.base_image.present(),
        "platform": runtime.platform,
        "labels": runtime.labels,
        "recommendation_type": outcome.recommendation.name(),
    })
}

/// See the head of this file.
fn score(outcome: &Outcome, decision: &Decision) -> f64 {
    let levels = decision.certificate.levels.iter();
    let points: i64 =
        levels.filter(|one| matches!(one.level, Level::Performance | Level::Quality)).map(|one| one.value).sum();
    let mut vulnerabilities: BTreeMap<&PackageName, i64> = BTreeMap::new();
    for remaining in decision.remaining.iter().filter(|_| outcome.recommendation.weighs_vulnerabilities()) {
        *vulnerabilities.entry(&remaining.name).or_default() += VULNERABILITY;
    }
    let lost: i64 = vulnerabilities.values().map(|lost| (*lost).min(MOST)).sum::<i64>() + points;
    // Thousandths of any stack are far below the whole numbers that a double holds.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    let score = -(lost as f64) / 1000.0;
    if lost == 0 { 0.0 } else { score }
}

fn justification(decision: &Decision, remarks: &Remarks) -> Vec<Value> {
    let mut all: Vec<(String, &'static str, String, Value)> = Vec::new();
    for remaining in decision.remaining.iter().chain(&decision.ignored) {
        let value = vulnerability(remaining);
        let text = value["message"].as_str().unwrap_or_default().to_string();
        all.push((remaining.name.to_string(), "WARNING", text, value));
    }
    for one in &remarks.justification {
        let package = one.package.as_ref().map(ToString::to_string).unwrap_or_default();
        all.push((package, convert::tone(one.tone), one.message.clone(), remark(one)));
    }
    all.sort_by(|one, other| (&one.0, one.1, &one.2).cmp(&(&other.0, other.1, &other.2)));
    match all.is_empty() {
        true => vec![message("INFO", "No issues spotted for this stack based on what is known", None)],
        false => all.into_iter().map(|(_, _, _, value)| value).collect(),
    }
}

fn vulnerability(remaining: &Remaining) -> Value {
    let Remaining { name, version, finding, .. } = remaining;
    let id = &finding.vulnerability.id;
    let mut value = message("WARNING", &format!("Package {name} {version} has a vulnerability {id}"), None);
    if let Some(entry) = value.as_object_mut() {
        entry.insert("package_name".to_string(), json!(name.to_string()));
        entry.insert("cve_id".to_string(), json!(id));
    }
    value
}

fn remark(remark: &Remark) -> Value {
    let mut value = message(convert::tone(remark.tone), &scrubbed(&remark.message), remark.links.first());
    if let Some(entry) = value.as_object_mut() {
        let texts = [
            ("package_name", remark.package.as_ref().map(ToString::to_string)),
            ("advisory", remark.advisory.clone()),
            ("cve_id", remark.cve_id.clone()),
            ("cve_name", remark.cve_name.clone()),
            ("version_range", remark.version_range.clone()),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                entry.insert(key.to_string(), json!(text));
            }
        }
    }
    value
}

fn message(kind: &str, text: &str, link: Option<&String>) -> Value {
    json!({ "type": kind, "message": text, "link": link.map(|link| scrubbed(link)) })
}
