//! T180: mining at the cost of others.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T180", "mining", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let flow = module.flow();
    let acts = [Act::Process, Act::Fetch, Act::Write, Act::Connect];
    let hits = flow.carrying(&acts, Traits::MINING, (Severity::Medium, Confidence::Medium), |event| {
        format!("`{}` gets or starts a program that mines", event.name)
    });
    if !hits.is_empty() {
        return hits;
    }
    let Some(mention) = flow.mention(Traits::MINING) else { return Vec::new() };
    vec![Hit::new(Severity::Low, Confidence::Low, "This speaks of mining").at_offset(mention.at)]
}
