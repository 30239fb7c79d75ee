//! T131: places where strangers leave what they took.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T131", "exfiltration_channel", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let flow = module.flow();
    let sends = flow
        .events
        .iter()
        .filter(|event| (event.is_network() || event.act == Act::Login) && event.traits.any(Traits::CHANNEL));
    let hits: Vec<Hit> = sends
        .map(|event| {
            let (severity, confidence) = match (event.by_itself(), event.traits.any(Traits::CHANNEL_TOKEN)) {
                (true, _) => (Severity::High, Confidence::High),
                (false, true) => (Severity::High, Confidence::Medium),
                (false, false) => (Severity::Low, Confidence::Medium),
            };
            let what = match event.act {
                Act::Login => "opens an account of mail whose password stands here",
                _ => "speaks to a place where anybody may leave data",
            };
            event.hit(severity, confidence, format!("`{}` {what}", event.name))
        })
        .collect();
    if !hits.is_empty() {
        return hits;
    }
    let message = "This holds what is needed to write to a channel of somebody";
    let token = flow.mention(Traits::CHANNEL_TOKEN);
    let hit = |at| Hit::new(Severity::Medium, Confidence::Low, message).at_offset(at);
    token.map(|mention| hit(mention.at)).into_iter().collect()
}
