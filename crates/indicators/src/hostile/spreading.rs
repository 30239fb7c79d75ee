//! T151: code that changes or publishes other people's code.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T151", "spreads", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let otherwise = (Severity::Low, Confidence::Medium);
    module.flow().carrying(&[Act::Write, Act::Copy, Act::Process, Act::Send], Traits::SPREADING, otherwise, |event| {
        format!("`{}` plants or publishes code elsewhere", event.name)
    })
}
