//! T209: scripts for other interpreters that download, hide or dig for credentials.

use super::{rule, signs, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    member::Member,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T209", "foreign_script", Some(506), Check::Member(check));

static SCRIPTS: [&str; 14] =
    ["sh", "bash", "zsh", "ps1", "psm1", "bat", "cmd", "vbs", "vbe", "hta", "wsf", "js", "cjs", "mjs"];
/// Names such as `_0x3f2a` from which on a program wrote them.
const MANY: usize = 30;

fn check(member: &Member<'_>) -> Vec<Hit> {
    let is_script = member.extension().is_some_and(|ending| SCRIPTS.contains(&ending.to_ascii_lowercase().as_str()));
    if !is_script {
        return Vec::new();
    }
    let is_page_script = matches!(member.extension(), Some("js" | "cjs" | "mjs"));
    let said = signs::of_lines(member.bytes);
    let alike = said
        & (Traits::STORES
            | Traits::SPREADING
            | Traits::MINING
            | Traits::SHELL
            | Traits::CHANNEL_TOKEN
            | Traits::TOKEN_NAME);
    let (severity, confidence, message) = if memchr::memmem::find_iter(member.bytes, b"_0x").take(MANY).count() == MANY
    {
        (Severity::High, Confidence::Medium, "A script that a program made unreadable")
    } else if said.any(Traits::SHELL | Traits::CHANNEL_TOKEN) && !is_page_script {
        (Severity::High, Confidence::Medium, "A script that hands out a shell, or writes to a channel of somebody")
    } else if alike.count() >= 3 {
        (Severity::Medium, Confidence::Low, "A script that speaks of credentials and of publishing")
    } else if said.any(Traits::DOWNLOAD) && !is_page_script {
        (Severity::Low, Confidence::Medium, "A script that downloads something and runs it")
    } else {
        return Vec::new();
    };
    vec![Hit::new(severity, confidence, message).in_line(0)]
}
