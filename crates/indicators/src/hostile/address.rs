//! T115: addresses and commands that stand encoded in the source.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T115", "hidden_address", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let acts = [Act::Fetch, Act::Send, Act::Connect, Act::Process];
    module.flow().carrying(&acts, Traits::UNPACKED, (Severity::Medium, Confidence::Medium), |event| {
        let what = if event.act == Act::Process { "command" } else { "address" };
        format!("The {what} for `{}` stands encoded in the source", event.name)
    })
}
