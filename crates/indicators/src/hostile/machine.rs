//! T132: machines without a name.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T132", "address_without_name", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let events = module.flow().acts(&[Act::Fetch, Act::Send, Act::Connect, Act::Process]);
    events
        .filter(|event| event.traits.any(Traits::ADDRESS))
        .map(|event| {
            let severity = if event.by_itself() { Severity::High } else { Severity::Medium };
            let message = format!("`{}` speaks to a machine that has no name", event.name);
            event.hit(severity, Confidence::Medium, message)
        })
        .collect()
}
