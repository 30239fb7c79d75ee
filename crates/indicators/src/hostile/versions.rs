//! T202: versions that are meant to be greater than any other.

use super::rule;
use crate::{
    contents::Contents,
    finding::{Confidence, Finding, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T202", "version_beats_all", Some(427), Check::Contents(check));

fn check(contents: &Contents, _: &[Finding]) -> Vec<(String, Hit)> {
    let parts: Vec<&str> = contents.version.split('.').collect();
    let Some((first, rest)) = parts.split_first() else { return Vec::new() };
    let nines = |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte == b'9');
    let high = |part: &str| {
        part.len() >= 3 && !part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit()) && !is_year(part)
    };
    let beats = nines(first) || high(first) && rest.iter().all(|part| *part == "0" || nines(part) || high(part));
    if !beats {
        return Vec::new();
    }
    let message = format!(
        "Version {} is greater than what anybody releases: a package of that name on a private index would lose to it",
        contents.version
    );
    vec![(String::new(), Hit::new(Severity::Low, Confidence::Medium, message).in_line(0))]
}

/// Years, alone or followed by month and day, are how many count releases.
fn is_year(part: &str) -> bool {
    (part.starts_with("19") || part.starts_with("20")) && matches!(part.len(), 4 | 6 | 8)
}
