//! T120: the whole environment, with all the credentials in it, kept somewhere.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::Confidence,
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T120", "environment_kept", Some(526), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let writes = module.flow().acts(&[Act::Write]);
    let whole = writes.filter(|event| event.traits.any(Traits::ENVIRONMENT) && event.by_itself());
    whole.map(|event| event.low(Confidence::Medium, "The whole environment is written to a file")).collect()
}
