//! T101: what happens while a release is built or installed.

use super::{acts::Act, rule};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    moment::Moment,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T101", "install_time_action", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let events = module.flow().acts(&[Act::Process, Act::Fetch, Act::Send, Act::Connect]);
    events
        .filter(|event| event.moment == Moment::Install)
        .map(|event| match event.act {
            Act::Process => {
                event.low(Confidence::Medium, format!("Installing this starts a program, with `{}`", event.name))
            }
            _ => event.hit(
                Severity::Medium,
                Confidence::Medium,
                format!("Installing this speaks to the network, with `{}`", event.name),
            ),
        })
        .collect()
}
