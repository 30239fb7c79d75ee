//! `# nosec` comments: the lines for which an author has waved findings through.
//!
//! Read as Bandit reads them, down to what it makes of lists: of ids joined by commas without a blank only the last
//! counts, and a comment that names nothing known waves everything through.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;

use crate::{catalogue, source::Source};

/// Bandit's id for its tables of names; no finding has it, so whoever names it alone waves nothing through.
const ALL_TABLES: &str = "B001";

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
    let mut starts = comment.match_indices('#').filter_map(|(at, _)| comment.get(at + 1..));
    let rest = starts.find_map(|rest| rest.trim_start().strip_prefix("nosec"))?;
    let named = rest.strip_prefix(':').unwrap_or(rest).split('#').next().unwrap_or_default();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let lists = named.split(|c| !is_word(c) && c != ',').flat_map(|words| words.split(",,"));
    let last = lists.filter_map(|list| list.split(',').rfind(|word| !word.is_empty()));
    let rules: BTreeSet<_> = last.filter_map(|word| known(tail(word))).collect();
    Some(rules.into_iter().collect())
}

/// The id of the rule that a word names.
fn known(word: &str) -> Option<&'static str> {
    let table = (word == ALL_TABLES).then_some(ALL_TABLES);
    table.or_else(|| catalogue::find(word).map(|rule| rule.id))
}

/// What is left of a word when ids that something follows at once are taken off its front: `B101B602` is `B602`.
fn tail(mut word: &str) -> &str {
    while let Some(digits) = word.strip_prefix(['B', 'b']) {
        let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == digits.len() || rest.is_empty() {
            break;
        }
        word = rest;
    }
    word
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
            ("# nosec B101,B602,,B110,", Some(vec!["B110", "B602"])),
            ("# nosec B101B602", Some(vec!["B602"])),
            ("# nosec B101x", Some(vec![])),
            ("#!#  nosec:B101#B602", Some(vec!["B101"])),
            ("# nosec b101", Some(vec![])),
            ("# nosec B001", Some(vec!["B001"])),
            ("# nosecurity", Some(vec![])),
            ("# not sec", None),
            ("# Nosec", None),
        ] {
            assert_eq!(waives(comment), rules, "{comment}");
        }
    }
}
