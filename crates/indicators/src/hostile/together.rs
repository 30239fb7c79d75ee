//! T200: several signs of different kinds, of which each may have a reason, and all together hardly.

use std::collections::BTreeMap;

use super::rule;
use crate::{
    contents::Contents,
    finding::{Confidence, Finding, Severity},
    rule::{Check, Family, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T200", "several_signs", Some(506), Check::Contents(check));

/// So many kinds of serious signs in one file.
const MANY: usize = 3;

/// Whether a finding may be among those that are weighed.
pub(crate) fn weighs(finding: &Finding) -> bool {
    finding.family() == Some(Family::Hostile)
}

fn check(contents: &Contents, findings: &[Finding]) -> Vec<(String, Hit)> {
    let poses = findings.iter().any(|finding| matches!(&*finding.rule, "T201" | "T202"));
    let mut by_path: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity > Severity::Low) {
        let rules = by_path.entry(&finding.path).or_default();
        if !rules.contains(&&*finding.rule) {
            rules.push(&finding.rule);
        }
    }
    let enough = if poses { 1 } else { MANY };
    let hits =
        by_path.into_iter().filter(|(path, rules)| !path.is_empty() && rules.len() >= enough).map(|(path, rules)| {
            let message = match poses {
                true => format!(
                    "`{} {}` is named or counted to be taken for something else, and does this: {}",
                    contents.name,
                    contents.version,
                    rules.join(", ")
                ),
                false => format!("Several signs come together in this file: {}", rules.join(", ")),
            };
            let confidence = if poses { Confidence::High } else { Confidence::Medium };
            (path.to_owned(), Hit::new(Severity::High, confidence, message).in_line(0))
        });
    hits.collect()
}
