//! T210: what a wheel carries and its source archive does not.

use super::rule;
use crate::{
    contents::Contents,
    finding::{Confidence, Finding, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T210", "file_not_in_source", Some(506), Check::Contents(check));

/// What builds write.
static WRITTEN: [&str; 5] = ["_version.py", "version.py", "__version__.py", "_version_info.py", "_build_info.py"];

fn check(contents: &Contents, _: &[Finding]) -> Vec<(String, Hit)> {
    let foreign = contents.unsourced().filter(|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        path.ends_with(".py") && !WRITTEN.contains(&name)
    });
    let message = "The wheel carries this code, and the source archive of the same release does not";
    foreign.map(|path| (path.to_owned(), Hit::new(Severity::Medium, Confidence::Low, message).in_line(0))).collect()
}
