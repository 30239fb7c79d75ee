//! T133: data sent as names of hosts, past every wall that lets names be looked up.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T133", "data_in_host_names", Some(200), Check::Module(check));

/// Whether a text has a dot in it that is not that of the network at hand.
fn names_other_host(text: &str) -> bool {
    text.replace(".local", "").contains('.')
}

fn check(module: &Module<'_>) -> Vec<Hit> {
    let data = Traits::MACHINE | Traits::PRIVATE_DATA | Traits::OUTPUT | Traits::ENCODED;
    let looks = module.flow().acts(&[Act::Resolve, Act::Fetch]);
    looks
        .filter(|event| event.act == Act::Resolve || event.name.starts_with("dns."))
        .filter(|event| event.traits.any(data) && event.traits.any(Traits::LITERAL) && names_other_host(&event.text))
        .map(|event| {
            let (severity, confidence) = event.graded((Severity::Medium, Confidence::Medium));
            event.hit(severity, confidence, format!("`{}` sends data in the name that it looks up", event.name))
        })
        .collect()
}
