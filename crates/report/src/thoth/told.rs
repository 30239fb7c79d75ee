//! What is told of a run (`stack_info`) and of a stack (`justification`): type, message, link and package each.

use packaging::{PackageName, lock::scrubbed};
use resolution::{
    outcome::{Avoided, Decision, Outcome, Remaining, Verdict},
    pipeline::remarks::{Remark, Remarks, Tone},
};
use serde_json::{Value, json};

use crate::{
    condition::conditions,
    json::convert,
    proof,
    remedy::{clause, effect},
    sentence::sentence,
    words::{count, day, listed},
};

/// How many vulnerabilities of an avoided release are named.
const MOST_IDS: usize = 8;

/// What is told of a run.
pub(super) fn stack_info(outcome: &Outcome) -> Vec<Value> {
    let mut all: Vec<Value> = outcome.remarks.stack_info.iter().map(remark).collect();
    all.push(message(Tone::Info, &format!("For {} (`{}`)", outcome.environment, outcome.recommendation), ""));
    all.push(advisories(outcome));
    match &outcome.verdict {
        Verdict::Stack(decision) => {
            let tone = if decision.certificate.is_optimal() { Tone::Info } else { Tone::Warning };
            let (proved, what) = proof::sentence(outcome, &decision.certificate);
            all.push(message(tone, &format!("{proved}{what}"), ""));
        }
        Verdict::Impossible(explanation) => {
            all.extend(explanation.facts.iter().map(|fact| message(Tone::Error, &sentence(fact), "")));
            all.extend(explanation.help.remedies.iter().map(|remedy| {
                let effect = effect(remedy, "->").map(|effect| format!(": {effect}")).unwrap_or_default();
                message(Tone::Info, &format!("What would help: {}{effect}", clause(remedy)), "")
            }));
        }
    }
    all.extend(outcome.notes.iter().map(|note| message(Tone::Info, note, "")));
    all.extend(
        outcome.unknown.iter().map(|one| message(Tone::Warning, &format!("Not known: {}: {}", one.about, one.why), "")),
    );
    all
}

/// What the answer knows of vulnerabilities.
fn advisories(outcome: &Outcome) -> Value {
    match &outcome.evidence.advisories {
        Some(used) if used.records > 0 => {
            let newest = used.newest.and_then(day).map(|day| format!(", the newest of {day}")).unwrap_or_default();
            message(Tone::Info, &format!("{}{newest}", count(used.records, "advisory record")), "")
        }
        _ => message(Tone::Warning, proof::UNINFORMED, ""),
    }
}

/// What is told of a stack, by package, then by type.
pub(super) fn justification(outcome: &Outcome, decision: &Decision, remarks: &Remarks) -> Vec<Value> {
    let mut all: Vec<Value> = decision.remaining.iter().chain(&decision.ignored).map(vulnerability).collect();
    all.extend(decision.avoided.iter().filter(|one| !one.findings.is_empty()).map(avoided));
    for one in &decision.releases {
        let told = conditions(one, "...").into_iter().map(|(tone, text)| about(&one.name, message(tone, &text, "")));
        all.extend(told);
    }
    all.extend(remarks.justification.iter().map(remark));
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_string();
    all.sort_by_cached_key(|one| (text(one, "package_name"), text(one, "type"), text(one, "message")));
    if !proof::informed(&outcome.evidence) {
        all.insert(0, message(Tone::Warning, proof::UNINFORMED, ""));
    }
    if all.is_empty() {
        all.push(message(Tone::Info, "No issues spotted for this stack based on what is known", ""));
    }
    all
}

fn vulnerability(remaining: &Remaining) -> Value {
    let Remaining { name, version, finding, .. } = remaining;
    let found = &finding.vulnerability;
    let text = format!("Package {name} {version} has a vulnerability {}", found.id);
    let mut value = about(name, message(Tone::Warning, &text, &found.link));
    value["cve_id"] = json!(found.id);
    if !found.summary.is_empty() {
        value["advisory"] = json!(harmless(&found.summary));
    }
    value
}

fn avoided(avoided: &Avoided) -> Value {
    let ids: Vec<String> = avoided.findings.iter().map(|finding| finding.vulnerability.id.clone()).collect();
    let instead = avoided.chosen.as_ref().map(|chosen| format!("; {chosen} is chosen")).unwrap_or_default();
    let text =
        format!("Package {} {} is avoided for {}{instead}", avoided.name, avoided.version, listed(&ids, MOST_IDS));
    let link = avoided.findings.first().map_or("", |finding| &finding.vulnerability.link);
    about(&avoided.name, message(Tone::Info, &text, link))
}

fn remark(remark: &Remark) -> Value {
    let link = remark.links.first().map_or("", String::as_str);
    let mut value = message(remark.tone, &remark.message, link);
    let texts = [
        ("package_name", remark.package.as_ref().map(ToString::to_string)),
        ("advisory", remark.advisory.as_deref().map(harmless)),
        ("cve_id", remark.cve_id.clone()),
        ("cve_name", remark.cve_name.clone()),
        ("version_range", remark.version_range.clone()),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            value[key] = json!(text);
        }
    }
    value
}

fn about(package: &PackageName, mut value: Value) -> Value {
    value["package_name"] = json!(package.to_string());
    value
}

/// All three are texts always: the clients look into the link of every message.
fn message(tone: Tone, text: &str, link: &str) -> Value {
    json!({ "type": convert::tone(tone), "message": harmless(text), "link": scrubbed(link) })
}

/// A text that the clients print: without credentials, and without what they take for the end of a paint that never began,
/// at which they give up.
fn harmless(text: &str) -> String {
    scrubbed(text).replace('\u{a0}', " ").replace("[/", "[ /")
}
