//! T122: the address at which a cloud hands its machines credentials.

use super::{rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T122", "cloud_metadata_asked", Some(522), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let asks = module.flow().events.iter().filter(|event| event.is_network() && event.traits.any(Traits::METADATA));
    asks.map(|event| {
        let severity = if event.by_itself() { Severity::High } else { Severity::Low };
        event.hit(severity, Confidence::Medium, "The cloud is asked for the credentials of the machine")
    })
    .collect()
}
