//! T142: commands that download and run.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T142", "download_command", Some(494), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let runs = module.flow().acts(&[Act::Process]);
    runs.filter(|event| event.traits.any(Traits::DOWNLOAD))
        .map(|event| {
            let (severity, confidence) = event.graded((Severity::Medium, Confidence::Medium));
            event.hit(severity, confidence, "A command downloads something and runs it")
        })
        .collect()
}
