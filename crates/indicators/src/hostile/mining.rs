//! T180: mining at the cost of others.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Place, Rule},
};

pub(super) static RULE: Rule = rule("T180", "mining", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let flow = module.flow();
    let events = flow.acts(&[Act::Process, Act::Fetch, Act::Write, Act::Connect]);
    let hits: Vec<Hit> = events
        .filter(|event| event.traits.any(Traits::MINING))
        .map(|event| {
            let (severity, confidence) = event.graded((Severity::Medium, Confidence::Medium));
            event.hit(severity, confidence, format!("`{}` gets or starts a program that mines", event.name))
        })
        .collect();
    if !hits.is_empty() {
        return hits;
    }
    let Some(mention) = flow.mention(Traits::MINING) else { return Vec::new() };
    let mut hit = Hit::new(Severity::Low, Confidence::Low, "This speaks of mining");
    hit.place = Place::Offset(mention.at);
    vec![hit]
}
