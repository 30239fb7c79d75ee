//! T140: a shell for somebody else.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T140", "reverse_shell", Some(506), Check::Module(check));

/// Whether a file is standard input, output or errors by its number.
fn is_standard(number: &str) -> bool {
    number.ends_with(['0', '1', '2'])
}

fn check(module: &Module<'_>) -> Vec<Hit> {
    let flow = module.flow();
    let connects = flow.acts(&[Act::Connect]).next().is_some();
    let gives = flow.events.iter().filter(|event| match event.act {
        Act::Duplicate => {
            connects && event.traits.any(Traits::SOCKET) && (event.by_itself() || is_standard(&event.text))
        }
        Act::Terminal => connects,
        Act::Process => event.traits.any(Traits::SHELL) || connects && event.traits.any(Traits::SOCKET),
        _ => false,
    });
    let hits: Vec<Hit> = gives
        .map(|event| event.hit(Severity::High, Confidence::High, "This hands a shell to whoever it connects to"))
        .collect();
    if !hits.is_empty() {
        return hits;
    }
    let Some(mention) = flow.mention(Traits::SHELL) else { return Vec::new() };
    vec![
        Hit::new(Severity::Medium, Confidence::Low, "This names a command that hands a shell to somebody else")
            .at_offset(mention.at),
    ]
}
