//! T150: what makes code start again by itself.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T150", "persistence", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let otherwise = (Severity::Medium, Confidence::Low);
    module.flow().carrying(
        &[Act::Write, Act::Copy, Act::Process, Act::Registry],
        Traits::PERSISTENT,
        otherwise,
        |event| format!("`{}` makes something start by itself from now on", event.name),
    )
}
