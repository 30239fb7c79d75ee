//! From the values of the core to the frozen types.

use evidence::{CvssVersion, Finding, Known, Rating, Severity};
use packaging::{Origin, index::ProjectStatus, lock::scrubbed};
use resolution::{
    Recommendation,
    certificate::{Certificate, Heuristic, ProvedLevel, Stopped},
    outcome::{self, Decision, Explanation, Filter, Outcome, Reason},
    pipeline::remarks::{Remark, Tone},
    why,
};

use super::{
    help::{bought, cause, help},
    v1,
};
use crate::{Extras, scan::contents, sentence::sentence, words::instant};

impl v1::Report {
    /// The document about an outcome.
    pub fn new(outcome: &Outcome, extras: &Extras) -> Self {
        let (verdict, decision, explanation) = match &outcome.verdict {
            outcome::Verdict::Stack(decision) => (v1::Verdict::Stack, decision.clone(), Explanation::default()),
            outcome::Verdict::Impossible(explanation) => {
                (v1::Verdict::Impossible, Decision::default(), explanation.clone())
            }
        };
        Self {
            schema: v1::Schema { name: "thoth-advise", version: 1 },
            exit_code: extras.exit_code,
            recommendation: recommendation(outcome.recommendation),
            environment: outcome.environment.clone(),
            inputs: texts(&outcome.inputs),
            verdict,
            releases: decision.releases.iter().map(release).collect(),
            changes: decision.changes.as_ref().map(|changes| changes.iter().map(change).collect()),
            differences: differences(&decision, extras),
            avoided: decision.avoided.iter().map(avoided).collect(),
            remaining: decision.remaining.iter().map(remaining).collect(),
            ignored: decision.ignored.iter().map(remaining).collect(),
            unused_ignores: decision.unused_ignores.clone(),
            alternatives: outcome.alternatives.as_ref().map(|alternatives| v1::Alternatives {
                points: alternatives.points.iter().map(comparison).collect(),
                found: number(alternatives.found),
                complete: alternatives.complete,
            }),
            next_best: outcome.next_best.iter().map(next_best).collect(),
            certificate: (verdict == v1::Verdict::Stack).then(|| certificate(&decision.certificate)),
            evidence: evidence_used(&outcome.evidence),
            explanation: explanation.facts.iter().map(fact).collect(),
            help: (verdict == v1::Verdict::Impossible).then(|| help(&explanation.help)),
            notes: texts(&outcome.notes),
            unknown: unknown(&outcome.unknown),
            stack_info: outcome.remarks.stack_info.iter().map(remark).collect(),
            justification: outcome.remarks.justification.iter().map(remark).collect(),
            advised_manifest_changes: manifests(&outcome.remarks.manifest_changes),
            effort: effort(&outcome.effort),
            lock: extras.lock.as_ref().map(|lock| v1::Lock {
                path: lock.path.clone(),
                format: lock.format.name(),
                sha256: lock.sha256.clone(),
            }),
        }
    }
}

/// The words of the document are its own: a new word in the core is a decision about the document, too.
pub(super) fn recommendation(recommendation: Recommendation) -> &'static str {
    match recommendation {
        Recommendation::Latest => "latest",
        Recommendation::Stable => "stable",
        Recommendation::Performance => "performance",
        Recommendation::Security => "security",
        Recommendation::Testing => "testing",
    }
}

fn release(one: &outcome::ChosenRelease) -> v1::Release {
    v1::Release {
        name: one.name.to_string(),
        version: one.version.to_string(),
        extras: strings(&one.extras),
        index: one.index.as_deref().map(scrubbed),
        url: one.url.as_deref().map(scrubbed),
        direct: one.direct,
        required_by: strings(&one.parents),
        origins: one.origins.iter().map(origin).collect(),
        newest: one.newest.to_string(),
        behind: number(one.behind),
        status: match one.status {
            ProjectStatus::Active => "active",
            ProjectStatus::Archived => "archived",
            ProjectStatus::Deprecated => "deprecated",
            ProjectStatus::Quarantined => "quarantined",
        },
        yanked: one.yanked.as_ref().map(|reason| v1::Yanked { reason: reason.clone() }),
        recorded_metadata: one.recorded_metadata,
        needs_build: one.needs_build,
        uploaded: one.uploaded.and_then(instant),
    }
}

pub(super) fn origin(origin: &Origin) -> v1::Origin {
    v1::Origin { file: scrubbed(&origin.file), line: origin.line, part: origin.part.clone() }
}

fn change(change: &outcome::Change) -> v1::Change {
    v1::Change {
        name: change.name.to_string(),
        before: change.before.as_ref().map(ToString::to_string),
        after: change.after.as_ref().map(ToString::to_string),
        fixes: change.fixes.clone(),
        step_back: bought(&change.name, (change.before.as_ref(), change.after.as_ref()), change.step_back.as_ref()),
    }
}

pub(super) fn comparison(comparison: &why::Comparison) -> v1::Comparison {
    let level = |(level, chosen, other): &(resolution::Level, i64, i64)| v1::ComparedLevel {
        level: level_name(*level),
        chosen: *chosen,
        other: *other,
    };
    let vulnerable = |one: &why::Vulnerable| v1::Vulnerable {
        name: one.name.to_string(),
        version: one.version.to_string(),
        vulnerabilities: one.findings.iter().map(vulnerability).collect(),
    };
    v1::Comparison {
        levels: comparison.levels.iter().map(level).collect(),
        changes: comparison.changes.iter().map(change).collect(),
        brings: comparison.brings.iter().map(vulnerable).collect(),
    }
}

/// What is new in upgraded releases, by package.
fn differences(decision: &Decision, extras: &Extras) -> Vec<v1::Difference> {
    let changes = decision.changes.iter().flatten();
    let changes = changes.filter_map(|change| Some((change, extras.differences.get(&change.name)?)));
    changes
        .map(|(change, difference)| v1::Difference {
            name: change.name.to_string(),
            before: change.before.as_ref().map(ToString::to_string),
            after: change.after.as_ref().map(ToString::to_string),
            why: difference.as_ref().err().map(|why| scrubbed(why)),
            contents: difference.as_ref().ok().map(contents),
        })
        .collect()
}

fn avoided(avoided: &outcome::Avoided) -> v1::Avoided {
    v1::Avoided {
        name: avoided.name.to_string(),
        version: avoided.version.to_string(),
        chosen: avoided.chosen.as_ref().map(ToString::to_string),
        vulnerabilities: avoided.findings.iter().map(vulnerability).collect(),
        step_back: bought(&avoided.name, (Some(&avoided.version), avoided.chosen.as_ref()), avoided.step_back.as_ref()),
    }
}

fn remaining(remaining: &outcome::Remaining) -> v1::Remaining {
    v1::Remaining {
        name: remaining.name.to_string(),
        version: remaining.version.to_string(),
        vulnerability: vulnerability(&remaining.finding),
        path: strings(&remaining.path),
        origin: remaining.origin.as_ref().map(origin),
        cause: remaining.cause.as_ref().map(cause),
    }
}

pub(super) fn vulnerability(finding: &Finding) -> v1::Vulnerability {
    let one = &finding.vulnerability;
    v1::Vulnerability {
        id: one.id.clone(),
        aliases: one.ids().skip(1).map(String::from).collect(),
        records: one.records.clone(),
        kind: match one.kind {
            evidence::Kind::Flaw => v1::Kind::Flaw,
            evidence::Kind::Malware => v1::Kind::Malware,
        },
        severity: severity(&one.severity),
        exploited: match &one.exploited {
            Known::Present(true) => v1::Exploited { known: v1::Known::Yes, why: None },
            Known::Present(false) | Known::Absent => v1::Exploited { known: v1::Known::No, why: None },
            Known::Unknown(why) => v1::Exploited { known: v1::Known::Unknown, why: Some(scrubbed(why)) },
        },
        summary: one.summary.clone(),
        link: scrubbed(&one.link),
        published: one.published.and_then(instant),
        modified: one.modified.and_then(instant),
        affected: v1::Affected { ranges: strings(&one.affected.ranges), versions: one.affected.versions.clone() },
        fixed_versions: strings(&finding.fixed),
    }
}

fn severity(severity: &Severity) -> v1::Severity {
    let score = match severity {
        Severity::Scored(score) => Some(score),
        Severity::Label(..) | Severity::Unscored => None,
    };
    v1::Severity {
        rating: severity.rating().map(|rating| match rating {
            Rating::None => "none".to_string(),
            Rating::Low => "low".to_string(),
            Rating::Medium => "medium".to_string(),
            Rating::High => "high".to_string(),
            Rating::Critical => "critical".to_string(),
        }),
        score: score.map(|score| f64::from(score.tenths) / 10.0),
        cvss: score.map(|score| match score.version {
            CvssVersion::V20 => "2.0".to_string(),
            CvssVersion::V30 => "3.0".to_string(),
            CvssVersion::V31 => "3.1".to_string(),
            CvssVersion::V40 => "4.0".to_string(),
        }),
        vector: severity.vector().map(String::from),
        source: severity.source().map(String::from),
    }
}

fn certificate(certificate: &Certificate) -> v1::Certificate {
    let level = |proved: &ProvedLevel| v1::Level {
        level: level_name(proved.level),
        value: proved.value,
        bound: proved.bound,
        proof: if proved.is_optimal { "optimal" } else { "bound" },
    };
    let stopped = |why: Stopped| v1::Stopped {
        limit: match why {
            Stopped::Timeout { .. } => "timeout",
            Stopped::Memory { .. } => "memory",
            Stopped::Interrupted => "interrupt",
        },
        why: why.to_string(),
    };
    v1::Certificate {
        optimal: certificate.is_optimal(),
        levels: certificate.levels.iter().map(level).collect(),
        stopped: certificate.stopped.map(stopped),
        heuristic: certificate.heuristic.as_ref().map(heuristic),
        scope: v1::Scope {
            packages: number(certificate.scope.packages),
            releases: number(certificate.scope.releases),
            read: number(certificate.scope.read),
        },
        problem: certificate.problem.clone(),
        statement: texts(&certificate.statement),
    }
}

fn next_best(stack: &outcome::NextBest) -> v1::NextBest {
    let level = |(level, value): &(_, i64)| v1::OtherLevel { level: level_name(*level), value: *value };
    v1::NextBest {
        levels: stack.levels.iter().map(level).collect(),
        differs: stack.differs.iter().map(|(name, version)| format!("{name}=={version}")).collect(),
        without: strings(&stack.without),
    }
}

fn heuristic(walked: &Heuristic) -> v1::Heuristic {
    v1::Heuristic {
        predictor: walked.predictor.name(),
        seed: walked.seed,
        stacks: walked.stacks,
        stacks_per_second: walked.pace().map(|pace| pace.round() as u64),
        iterations: walked.iterations,
        rejected: walked.rejected,
        learned: walked.learned,
        first: walked.first,
        exhausted: walked.exhausted,
        packages: number(walked.world.packages),
        releases: number(walked.world.releases),
        score: walked.score,
        bound: walked.bound,
    }
}

pub(super) fn level_name(level: resolution::Level) -> &'static str {
    match level {
        resolution::Level::LastResort => "last_resort",
        resolution::Level::Exploited => "exploited",
        resolution::Level::Exposure => "exposure",
        resolution::Level::Performance => "performance",
        resolution::Level::Quality => "quality",
        resolution::Level::Change => "change",
        resolution::Level::DirectFreshness => "direct_freshness",
        resolution::Level::Freshness => "freshness",
    }
}

pub(super) fn evidence_used(used: &outcome::EvidenceUsed) -> v1::Evidence {
    v1::Evidence {
        advisories: used.advisories.as_ref().map(|advisories| v1::Advisories {
            id: advisories.id.clone(),
            sources: texts(&advisories.sources),
            records: number(advisories.records),
            newest: advisories.newest.and_then(instant),
            checked: advisories.checked.and_then(instant),
            age_seconds: advisories.age,
            rejected: texts(&advisories.rejected),
            rejected_count: number(advisories.rejected_count.max(advisories.rejected.len())),
        }),
        missing: used.missing.as_deref().map(scrubbed),
        exclude_newer: used.exclude_newer.and_then(instant),
        prescriptions: used.prescriptions.as_ref().map(|used| v1::Prescriptions {
            id: used.id.clone(),
            sources: texts(&used.sources),
            releases: used.releases.clone(),
            units: number(used.units),
            rules: number(used.rules),
            unusable: number(used.unusable),
        }),
        observations: used.observations.as_ref().map(|used| v1::Observations {
            kind: used.kind.clone(),
            counted: number(used.counted),
            failed: number(used.failed),
            unexplained: number(used.unexplained),
            elsewhere: number(used.elsewhere),
            unknown: number(used.unknown),
            rules: number(used.rules),
        }),
        scans: used.scans.as_ref().map(|used| v1::Scans {
            scan: used.scan.name(),
            analysis: used.analysis.clone(),
            looked: number(used.looked),
            known: number(used.known),
            failed: number(used.failed),
            rules: number(used.rules),
        }),
        health: used.health.as_ref().map(|used| v1::Health {
            sources: texts(&used.sources),
            looked: number(used.looked),
            unscored: number(used.unscored),
            rules: number(used.rules),
        }),
    }
}

pub(super) fn fact(reason: &Reason) -> v1::Fact {
    let sentence = sentence(reason).replace('\u{a0}', " ");
    match reason {
        Reason::Want { text, origin: place } => {
            v1::Fact::Want { requirement: scrubbed(text), origin: origin(place), sentence }
        }
        Reason::Python { supported, origin: place, .. } => {
            v1::Fact::Python { requirement: supported.to_string(), origin: origin(place), sentence }
        }
        Reason::Constraint { text, origin: place } => {
            v1::Fact::Constraint { requirement: scrubbed(text), origin: origin(place), sentence }
        }
        Reason::Override { text, origin: place } => {
            v1::Fact::Override { requirement: scrubbed(text), origin: origin(place), sentence }
        }
        Reason::Requires { package, on, edges } => v1::Fact::Requires {
            package: package.to_string(),
            on: on.to_string(),
            edges: edges
                .iter()
                .map(|(edge, releases)| v1::Edge {
                    when: strings(&edge.when),
                    extras: strings(&edge.extras),
                    specifiers: strings(edge.specifiers.iter()).join(","),
                    versions: strings(&releases.versions),
                })
                .collect(),
            sentence,
        },
        Reason::Excluded { package, kind, releases, details, filter } => v1::Fact::Excluded {
            package: package.to_string(),
            why: kind.to_string(),
            details: details.iter().map(|detail| scrubbed(detail)).collect(),
            origin: match filter {
                Some(Filter::Uploaded { origin: Some(place), .. }) => Some(origin(place)),
                _ => None,
            },
            versions: strings(&releases.versions),
            sentence,
        },
        Reason::Rule { name, origin: place, why, members } => v1::Fact::Rule {
            name: name.clone(),
            origin: origin(place),
            why: scrubbed(why),
            members: members.clone(),
            sentence,
        },
        Reason::Missing { package, answers } => v1::Fact::Missing {
            package: package.to_string(),
            answers: answers
                .iter()
                .map(|(index, answer)| v1::Answer { index: scrubbed(index), answer: scrubbed(answer) })
                .collect(),
            sentence,
        },
    }
}

fn effort(effort: &outcome::Effort) -> v1::Effort {
    v1::Effort {
        packages: number(effort.packages),
        releases_read: number(effort.releases_read),
        requests: number(effort.requests),
        steps: number(effort.steps),
        milliseconds: effort.milliseconds,
    }
}

fn remark(remark: &Remark) -> v1::Remark {
    v1::Remark {
        kind: tone(remark.tone),
        message: scrubbed(&remark.message),
        links: texts(&remark.links),
        package: remark.package.as_ref().map(ToString::to_string),
        unit: remark.unit.clone(),
        origin: origin(&remark.origin),
    }
}

/// The original's word for how serious a remark is.
pub(crate) fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Info => "INFO",
        Tone::Warning => "WARNING",
        Tone::Error => "ERROR",
    }
}

/// The JSON values of changes of manifests; what is none is left out.
pub(crate) fn manifests(changes: &[Vec<String>]) -> Vec<Vec<serde_json::Value>> {
    let values = |list: &Vec<String>| list.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    changes.iter().map(values).collect()
}

pub(super) fn number(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

pub(crate) fn strings<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

pub(super) fn unknown(unknown: &[outcome::Unknown]) -> Vec<v1::Unknown> {
    unknown.iter().map(|one| v1::Unknown { about: scrubbed(&one.about), why: scrubbed(&one.why) }).collect()
}

/// Texts in which a URL may stand.
pub(super) fn texts(items: &[String]) -> Vec<String> {
    items.iter().map(|item| scrubbed(item)).collect()
}
