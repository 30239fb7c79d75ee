//! Answers about a stack: documents of version 1 that share what they say of the run. Frozen, as [`v1`](super::v1) is.

use resolution::outcome::{Outcome, Verdict};
use serde::Serialize;

use super::{convert, v1};

/// An answer with the run it is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Document<T> {
    /// Which document this is.
    pub(super) schema: v1::Schema,
    /// The exit code of the run.
    pub(super) exit_code: u8,
    /// The recommendation type: `latest`, `stable` or `security`.
    pub(super) recommendation: &'static str,
    /// The runtime environment, for people.
    pub(super) environment: String,
    /// The files that say what the project requires.
    pub(super) inputs: Vec<String>,
    /// Whether there is a stack.
    pub(super) verdict: v1::Verdict,
    /// The answer; `null` when there is no stack.
    pub(super) answer: Option<T>,
    /// The facts that conflict, none of which can be left out; empty when there is a stack.
    pub(super) explanation: Vec<v1::Fact>,
    /// What the decision rests on.
    pub(super) evidence: v1::Evidence,
    /// Things the reader should know that are no error, as sentences.
    pub(super) notes: Vec<String>,
    /// What could not be found out. Never to be taken for clean.
    pub(super) unknown: Vec<v1::Unknown>,
}

impl<T> Document<T> {
    pub(super) fn new(name: &'static str, exit_code: u8, outcome: &Outcome, answer: Option<T>) -> Self {
        let (verdict, explanation) = match &outcome.verdict {
            Verdict::Stack(_) => (v1::Verdict::Stack, Vec::new()),
            Verdict::Impossible(explanation) => {
                (v1::Verdict::Impossible, explanation.facts.iter().map(convert::fact).collect())
            }
        };
        Self {
            schema: v1::Schema { name, version: 1 },
            exit_code,
            recommendation: convert::recommendation(outcome.recommendation),
            environment: outcome.environment.clone(),
            inputs: convert::texts(&outcome.inputs),
            verdict,
            answer,
            explanation,
            evidence: convert::evidence_used(&outcome.evidence),
            notes: convert::texts(&outcome.notes),
            unknown: convert::unknown(&outcome.unknown),
        }
    }
}
