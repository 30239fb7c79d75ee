//! T131: places where strangers leave what they took.

use super::{rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T131", "exfiltration_channel", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let flow = module.flow();
    let sends = flow.events.iter().filter(|event| event.is_network() && event.traits.any(Traits::CHANNEL));
    let hits: Vec<Hit> = sends
        .map(|event| {
            let (severity, confidence) = match (event.by_itself(), event.traits.any(Traits::CHANNEL_TOKEN)) {
                (true, _) => (Severity::High, Confidence::High),
                (false, true) => (Severity::High, Confidence::Medium),
                (false, false) => (Severity::Low, Confidence::Medium),
            };
            event.hit(severity, confidence, format!("`{}` speaks to a place where anybody may leave data", event.name))
        })
        .collect();
    if !hits.is_empty() {
        return hits;
    }
    let token = flow
        .mention(Traits::CHANNEL_TOKEN)
        .map(|one| (one, Severity::Medium, "This holds what is needed to write to a channel of somebody"));
    let named = || {
        flow.mention(Traits::CHANNEL).map(|one| (one, Severity::Low, "This names a place where anybody may leave data"))
    };
    let Some((mention, severity, message)) = token.or_else(named) else { return Vec::new() };
    vec![Hit::new(severity, Confidence::Low, message).at_offset(mention.at)]
}
