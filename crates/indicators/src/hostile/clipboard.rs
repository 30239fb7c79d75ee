//! T160: addresses of wallets, exchanged on the clipboard.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T160", "clipboard_swapped", Some(506), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let flow = module.flow();
    let reads = flow.acts(&[Act::ReadClipboard]).next().is_some();
    if !reads || !flow.said().any(Traits::PAYMENT) {
        return Vec::new();
    }
    let writes = flow.acts(&[Act::WriteClipboard]);
    let message = "What somebody copied is exchanged when it is the address of a wallet";
    writes.map(|event| event.hit(Severity::High, Confidence::High, message)).collect()
}
