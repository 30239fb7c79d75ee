//! T170: looks out for those who would find out.

use super::{rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T170", "analysis_evaded", Some(506), Check::Module(check));

/// So many texts about tools of analysts are no accident.
const MANY: usize = 3;

fn check(module: &Module<'_>) -> Vec<Hit> {
    let mentions = &module.flow().mentions;
    let mut about = mentions.iter().filter(|mention| mention.traits.any(Traits::ANALYST));
    let Some(first) = about.next() else { return Vec::new() };
    if about.count() + 1 < MANY {
        return Vec::new();
    }
    vec![
        Hit::new(Severity::Medium, Confidence::Medium, "This looks out for debuggers, sandboxes or virtual machines")
            .at_offset(first.at),
    ]
}
