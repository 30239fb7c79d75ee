//! What was proved of a stack, in a sentence.

use resolution::{
    certificate::Certificate,
    outcome::{EvidenceUsed, Outcome},
};

/// What is said where there are no advisories.
pub(crate) const UNINFORMED: &str = "Nothing is known about vulnerabilities";

/// Whether anything is known about vulnerabilities.
pub(crate) fn informed(evidence: &EvidenceUsed) -> bool {
    evidence.advisories.as_ref().is_some_and(|advisories| advisories.records > 0)
}

/// The verdict and the rest of its sentence: `Proved:`, ` no stack that satisfies these requirements is better.`
pub(crate) fn sentence(outcome: &Outcome, certificate: &Certificate) -> (&'static str, String) {
    let aside = aside(outcome);
    if certificate.is_optimal() {
        return ("Proved:", format!(" no stack that satisfies these requirements is better{aside}."));
    }
    let found = certificate.heuristic.as_ref().map(|walked| format!("{} found none better", walked.predictor));
    let why = match (certificate.stopped, found) {
        (None, Some(found)) => found,
        (Some(why), Some(found)) => format!("{found} until {why}"),
        (stopped, None) => stopped.map_or_else(|| "the search ended early".to_string(), |why| why.to_string()),
    };
    ("Best found,", format!(" not proved to be the best{aside}: {why}."))
}

/// What "better" leaves out.
fn aside(outcome: &Outcome) -> &'static str {
    match outcome.recommendation {
        one if !one.weighs_vulnerabilities() => ", vulnerabilities not counted",
        _ if informed(&outcome.evidence) => "",
        _ => ", vulnerabilities not being known",
    }
}
