//! T206: programs and libraries for one machine, in what says that it is source for all.

use super::rule;
use crate::{
    contents::{Contents, Kind},
    finding::{Confidence, Finding, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T206", "binary_among_source", Some(506), Check::Contents(check));

fn check(contents: &Contents, _: &[Finding]) -> Vec<(String, Hit)> {
    let expected = match contents.kind {
        Kind::Wheel => !contents.is_pure(),
        Kind::Sdist => false,
        Kind::Folder => true,
    };
    if expected {
        return Vec::new();
    }
    let found = contents.programs().map(|(path, kind)| {
        let message = format!("A program or library ({kind}) for one kind of machine, where only source is expected");
        (path.to_owned(), Hit::new(Severity::Low, Confidence::High, message).in_line(0))
    });
    found.collect()
}
