//! T141: what was downloaded is run.

use super::{acts::Act, flow::Event, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T141", "downloaded_code_run", Some(494), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let flow = module.flow();
    let receives = flow.acts(&[Act::Fetch]).any(|event| event.name.contains(".recv"));
    let tells = receives || flow.acts(&[Act::Fetch, Act::Connect]).any(tells);
    flow.acts(&[Act::Run, Act::Process, Act::Load])
        .filter(|event| event.traits.any(Traits::NETWORK))
        .map(|event| judge(event, receives, tells))
        .collect()
}

/// Whether it says from where, or hides it: who loads what his caller names has nobody in mind.
fn tells(event: &Event) -> bool {
    event.text.contains("//") || event.traits.any(Traits::ADDRESS | Traits::DECODED | Traits::CHANNEL)
}

fn judge(event: &Event, receives: bool, tells: bool) -> Hit {
    let message = match event.act {
        Act::Run => "What comes from the network is run as Python",
        Act::Load => "What comes from the network is loaded as native code",
        _ if event.traits.any(Traits::DROPPED) => "What was downloaded is started",
        _ => "What comes from the network is run as a command",
    };
    let (severity, confidence) = match event.act {
        Act::Run if event.name != "eval" && tells => (Severity::High, Confidence::High),
        Act::Run => event.graded((Severity::High, Confidence::Medium)),
        // Who takes commands from a socket does as he is told.
        Act::Process if receives && !event.traits.any(Traits::DROPPED) => {
            event.graded((Severity::High, Confidence::Medium))
        }
        _ => event.graded((Severity::Medium, Confidence::Low)),
    };
    event.hit(severity, confidence, message)
}
