//! T111: long texts without the structure of language.

use super::{rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T111", "packed_text", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let Some(mention) = module.flow().mention(Traits::PACKED) else { return Vec::new() };
    vec![
        Hit::new(Severity::Low, Confidence::Low, "A long text here has no structure: it may be packed code")
            .at_offset(mention.at),
    ]
}
