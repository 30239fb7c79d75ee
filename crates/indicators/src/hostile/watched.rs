//! T123: what somebody types, copies or shows, and what a store of credentials gives away.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::Confidence,
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T123", "user_watched", Some(359), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let tells = module.flow().acts(&[Act::Tell, Act::ReadClipboard]);
    tells
        .map(|event| {
            let what = if event.traits.any(Traits::SECRET) { "gives away credentials" } else { "watches the user" };
            event.low(Confidence::Medium, format!("`{}` {what}", event.name))
        })
        .collect()
}
