//! T110: code that is decoded first and run then.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T110", "decoded_code_run", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let runs = module.flow().acts(&[Act::Run]);
    runs.filter(|event| event.traits.any(Traits::DECODED) && !event.traits.any(Traits::NETWORK))
        .map(|event| {
            let spelled = event.traits.any(Traits::UNPACKED);
            let message =
                if spelled { "What the source holds encoded is decoded and run" } else { "What was decoded is run" };
            let (severity, confidence) = match (spelled, event.by_itself()) {
                (true, _) => (Severity::High, Confidence::High),
                (false, true) => (Severity::Medium, Confidence::Medium),
                (false, false) => (Severity::Medium, Confidence::Low),
            };
            event.hit(severity, confidence, message)
        })
        .collect()
}
