//! T134: keys to somebody's money, sent away.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T134", "private_key_sent", Some(200), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let otherwise = (Severity::Medium, Confidence::Medium);
    module.flow().carrying(&[Act::Fetch, Act::Send], Traits::KEY, otherwise, |event| {
        format!("`{}` sends a private key", event.name)
    })
}
