//! T207: programs that are named as something else.

use super::rule;
use crate::{
    contents::program,
    finding::{Confidence, Severity},
    member::Member,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T207", "program_in_disguise", Some(506), Check::Member(check));

/// Endings under which nobody expects a program.
static HARMLESS: [&str; 24] = [
    "png", "jpg", "jpeg", "gif", "bmp", "svg", "ico", "txt", "md", "rst", "json", "yaml", "yml", "toml", "cfg", "ini",
    "csv", "html", "css", "js", "py", "pyi", "pdf", "ttf",
];

fn check(member: &Member<'_>) -> Vec<Hit> {
    let Some(kind) = program(member.bytes) else { return Vec::new() };
    let harmless = member.extension().is_some_and(|ending| HARMLESS.contains(&ending.to_ascii_lowercase().as_str()));
    if !harmless {
        return Vec::new();
    }
    let message = format!("This is a program ({kind}), and named as if it were none");
    vec![Hit::new(Severity::High, Confidence::High, message).in_line(0)]
}
