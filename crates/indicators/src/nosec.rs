//! `# nosec` comments: the lines for which an author has waved findings through.
//!
//! Read as Bandit reads them, down to what it makes of lists: of ids joined by commas without a blank only the last
//! counts, and a comment that names nothing known waves everything through.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::Regex;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;

use crate::{catalogue, source::Source};

/// What the comments of a file wave through, by line.
#[derive(Debug, Default)]
pub(crate) struct Waived {
    lines: BTreeMap<u32, Vec<&'static str>>,
}

impl Waived {
    /// Reads the comments.
    pub(crate) fn read(source: &Source<'_>, tokens: &Tokens) -> Self {
        let mut lines = BTreeMap::new();
        if memchr::memmem::find(source.text().as_bytes(), b"nosec").is_none() {
            return Self { lines };
        }
        for token in tokens.iter().filter(|token| token.kind() == TokenKind::Comment) {
            let range = token.range();
            if let Some(rules) = source.text().get(range.start().to_usize()..range.end().to_usize()).and_then(waives) {
                lines.insert(source.line(range.start()), rules);
            }
        }
        Self { lines }
    }

    /// Whether a finding of `rule` is waved through: by the line that the rule points at, if it points at one of its
    /// own, and by the first comment in the lines of the thing it was shown.
    pub(crate) fn covers(&self, rule: &str, own: Option<u32>, first: u32, last: u32) -> bool {
        if self.lines.is_empty() {
            return false;
        }
        let at_own = own.and_then(|line| self.lines.get(&line));
        let at_node = self.lines.range(first..=last.max(first)).next().map(|(_, rules)| rules);
        if at_own.is_none() && at_node.is_none() {
            return false;
        }
        let named: Vec<&str> = at_own.into_iter().chain(at_node).flatten().copied().collect();
        named.is_empty() || named.contains(&rule)
    }
}

/// The rules that a comment names, or nothing when it is no such comment. No rules means all.
fn waives(comment: &str) -> Option<Vec<&'static str>> {
    static COMMENT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"#\s*nosec:?\s*(?P<tests>[^#]+)?#?").ok());
    static NAMES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)(?:(B\d+|[a-z\d_]+),?)+").ok());
    let found = COMMENT.as_ref()?.captures(comment)?;
    let Some(tests) = found.name("tests") else { return Some(Vec::new()) };
    let names = NAMES.as_ref()?.captures_iter(tests.as_str());
    Some(names.filter_map(|name| catalogue::find(name.get(1)?.as_str()).map(|rule| rule.id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_wave_through_all_or_what_they_name() {
        for (comment, rules) in [
            ("# nosec", Some(vec![])),
            ("#nosec", Some(vec![])),
            ("# type: ignore  # nosec", Some(vec![])),
            ("# nosec: B101", Some(vec!["B101"])),
            ("# nosec B101, B602", Some(vec!["B101", "B602"])),
            ("# nosec B101 B602 # because", Some(vec!["B101", "B602"])),
            ("# nosec assert_used", Some(vec!["B101"])),
            ("# nosec because it is safe", Some(vec![])),
            ("# nosec B101,B602", Some(vec!["B602"])),
            ("# nosecurity", Some(vec![])),
            ("# not sec", None),
            ("# Nosec", None),
        ] {
            assert_eq!(waives(comment), rules, "{comment}");
        }
    }
}
