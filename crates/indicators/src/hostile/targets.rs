//! T171: acts on certain machines only.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T171", "targets_machines", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let events = module.flow().acts(&[Act::Run, Act::Process, Act::Fetch, Act::Send]);
    events
        .filter(|event| event.by_itself() && event.guard.any(Traits::MACHINE | Traits::ANALYST))
        .map(|event| {
            let message = format!("`{}` is called on certain machines or for certain users only", event.name);
            event.hit(Severity::Medium, Confidence::Medium, message)
        })
        .collect()
}
