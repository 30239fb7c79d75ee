//! T143: files that are written, and run at once.

use super::{acts::Act, flow::Event, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    moment::Moment,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T143", "dropped_code_run", Some(506), Check::Module(check));

fn is_disguised(event: &Event) -> bool {
    event.traits.any(Traits::UNPACKED | Traits::DECODED) || event.text.contains("pythonw")
}

fn check(module: &Module<'_>) -> Vec<Hit> {
    let runs = module.flow().acts(&[Act::Process, Act::Load]);
    runs.filter(|event| {
        event.traits.any(Traits::DROPPED)
            && !event.traits.any(Traits::NETWORK)
            && (event.by_itself() || is_disguised(event))
    })
    .map(|event| {
        let (severity, confidence) = match is_disguised(event) {
            true => event.graded((Severity::Medium, Confidence::Medium)),
            false if event.moment == Moment::Install => (Severity::Medium, Confidence::Medium),
            false => (Severity::Low, Confidence::Medium),
        };
        event.hit(severity, confidence, "A file is written and started")
    })
    .collect()
}
