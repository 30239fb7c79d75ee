//! T134: keys to somebody's money, sent away.

use super::{rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T134", "private_key_sent", Some(200), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let sends = module.flow().events.iter().filter(|event| event.is_network() && event.traits.any(Traits::KEY));
    sends
        .map(|event| {
            let (severity, confidence) = event.graded((Severity::Medium, Confidence::Medium));
            event.hit(severity, confidence, format!("`{}` sends a private key", event.name))
        })
        .collect()
}
