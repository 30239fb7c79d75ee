//! T190: deletes what is not its own.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T190", "destruction", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let events = module.flow().acts(&[Act::Process, Act::Remove]);
    events
        .filter(|event| match event.act {
            Act::Remove => is_everything(&event.text) && event.by_itself(),
            _ => event.traits.any(Traits::DESTRUCTIVE),
        })
        .map(|event| {
            let (severity, confidence) = event.graded((Severity::Medium, Confidence::Low));
            event.hit(severity, confidence, format!("`{}` deletes what belongs to the user", event.name))
        })
        .collect()
}

fn is_everything(text: &str) -> bool {
    matches!(text.trim_end_matches('/'), "~" | "~/Documents" | "~/Desktop" | "/home") || text == "/"
}
