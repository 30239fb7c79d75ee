//! T142: commands that download and run.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T142", "download_command", Some(494), Check::Module(check));

fn check(module: &Module<'_>) -> Vec<Hit> {
    let otherwise = (Severity::Medium, Confidence::Medium);
    module.flow().carrying(&[Act::Process], Traits::DOWNLOAD, otherwise, |_| {
        "A command downloads something and runs it".to_owned()
    })
}
