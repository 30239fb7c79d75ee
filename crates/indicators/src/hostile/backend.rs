//! T104: a build backend or hook that comes with the release itself, so that building runs its code.

use super::rule;
use crate::{
    finding::{Confidence, Severity},
    member::Member,
    moment,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T104", "backend_in_tree", Some(506), Check::Member(check));

fn check(member: &Member<'_>) -> Vec<Hit> {
    if member.extension() != Some("toml") {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(member.bytes);
    let message = "Building this runs code of its own, not only a backend from an index";
    let hit = |line| Hit::new(Severity::Low, Confidence::High, message).in_line(line);
    moment::own_backend(member, &text).map(|(line, _)| hit(line)).into_iter().collect()
}
