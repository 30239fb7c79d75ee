//! T121: places where credentials are kept.

use super::{rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T121", "credential_stores", Some(522), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let flow = module.flow();
    let Some(first) = flow.mention(Traits::STORES) else { return Vec::new() };
    let kinds = flow.said() & Traits::STORES;
    let (severity, confidence, message) = match kinds.count() {
        0 | 1 if !kinds.any(Traits::BROWSER | Traits::WALLET) => return Vec::new(),
        0 | 1 => (Severity::Low, Confidence::Low, "This names a place where credentials are kept"),
        2 if !kinds.all(Traits::BROWSER | Traits::WALLET) => {
            (Severity::Low, Confidence::Medium, "This names places of two kinds where credentials are kept")
        }
        _ => (Severity::Medium, Confidence::Medium, "This names places of several kinds where credentials are kept"),
    };
    vec![Hit::new(severity, confidence, message).at_offset(first.at)]
}
