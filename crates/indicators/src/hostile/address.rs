//! T115: addresses and commands that stand encoded in the source.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T115", "hidden_address", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let events = module.flow().acts(&[Act::Fetch, Act::Send, Act::Connect, Act::Process]);
    events
        .filter(|event| event.traits.any(Traits::UNPACKED))
        .map(|event| {
            let what = if event.act == Act::Process { "command" } else { "address" };
            let message = format!("The {what} for `{}` stands encoded in the source", event.name);
            let (severity, confidence) = event.graded((Severity::Medium, Confidence::Medium));
            event.hit(severity, confidence, message)
        })
        .collect()
}
