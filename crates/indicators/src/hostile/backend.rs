//! T104: a build backend that comes with the release itself, so that building runs its code.

use super::rule;
use crate::{
    finding::{Confidence, Severity},
    member::Member,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T104", "backend_in_tree", Some(506), Check::Member(check));

fn check(member: &Member<'_>) -> Vec<Hit> {
    if member.file_name() != "pyproject.toml" || member.path.matches('/').count() > 1 {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(member.bytes);
    let found = (1..).zip(text.lines()).find(|(_, line)| line.trim_start().starts_with("backend-path"));
    let message = "Building this runs a backend of its own, not one from an index";
    found.map(|(line, _)| Hit::new(Severity::Low, Confidence::High, message).in_line(line)).into_iter().collect()
}
