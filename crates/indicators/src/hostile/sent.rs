//! T130: what belongs to the user, sent away.

use super::{flow::Event, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T130", "private_data_sent", Some(200), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    module.flow().events.iter().filter(|event| event.is_network()).filter_map(judge).collect()
}

fn judge(event: &Event) -> Option<Hit> {
    let traits = event.traits;
    let private = traits & Traits::PRIVATE_DATA.without(Traits::KEY);
    let (what, otherwise) = if !private.is_none() {
        (kind(private), (Severity::Medium, Confidence::Low))
    } else if traits.any(Traits::MACHINE) {
        ("what tells machine and user", (Severity::Low, Confidence::Low))
    } else if traits.all(Traits::VARIABLE | Traits::TOKEN_NAME) && event.by_itself() {
        ("a token from the environment", (Severity::Medium, Confidence::Medium))
    } else if traits.any(Traits::OUTPUT) && (event.by_itself() || event.is_to_stranger()) {
        ("what programs print", (Severity::Medium, Confidence::Medium))
    } else {
        return None;
    };
    let (severity, confidence) = event.graded(otherwise);
    Some(event.hit(severity, confidence, format!("`{}` sends {what}", event.name)))
}

fn kind(private: Traits) -> &'static str {
    if private.any(Traits::ENVIRONMENT) {
        "the whole environment"
    } else if private.any(Traits::WATCHED) {
        "what somebody types, copies or shows"
    } else {
        "stored credentials"
    }
}
