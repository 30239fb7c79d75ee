//! T112: source that does not show what it says.

use ruff_text_size::TextSize;

use super::rule;
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T112", "hidden_source", Some(451), Check::Module(check));

/// Blanks from which on the rest of a line stands outside of any window.
const OUTSIDE: usize = 120;
/// Characters without width in a row that carry data.
const CARRIER: usize = 16;

fn check(module: &Module<'_>) -> Vec<Hit> {
    let text = module.source.text();
    let mut found = Vec::new();
    if let Some(at) = behind_blanks(text) {
        found.push(hit(at, Confidence::High, "Code stands behind so many blanks that no window shows it"));
    }
    if text.is_ascii() {
        return found;
    }
    if let Some(at) = carries_data(text) {
        found.push(hit(at, Confidence::High, "Characters that nobody sees carry data here"));
    } else if let Some(at) = text.char_indices().find(|(at, c)| *at > 0 && invisible(*c) && in_word(text, *at)) {
        found.push(hit(at.0, Confidence::Medium, "A name or text has characters in it that nobody sees"));
    }
    found
}

fn hit(at: usize, confidence: Confidence, message: &'static str) -> Hit {
    let severity = if confidence == Confidence::High { Severity::High } else { Severity::Medium };
    Hit::new(severity, confidence, message).at_offset(TextSize::try_from(at).unwrap_or_default())
}

/// Where code goes on behind `;` and many blanks.
fn behind_blanks(text: &str) -> Option<usize> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let blanks = |at: usize| text.as_bytes().get(at + 1..at + 1 + OUTSIDE);
    if !memchr::memchr_iter(b';', text.as_bytes()).any(|at| blanks(at).is_some_and(|rest| rest.iter().all(is_blank))) {
        return None;
    }
    let mut start = 0;
    for line in text.split('\n') {
        let at = start;
        start += line.len() + 1;
        if line.len() < OUTSIDE {
            continue;
        }
        let Some((before, rest)) = line.split_once(';') else { continue };
        let code = rest.trim_start_matches([' ', '\t']);
        if rest.len() - code.len() >= OUTSIDE
            && !code.trim().is_empty()
            && !code.starts_with('#')
            && !before.contains('#')
        {
            return Some(at);
        }
    }
    None
}

/// Where so many characters that nobody sees stand in a row that they carry data. In UTF-8 all of them begin with one of a few
/// bytes, so that others are passed over.
fn carries_data(text: &str) -> Option<usize> {
    let begins = |byte: u8| matches!(byte, 0xe1..=0xe3 | 0xef | 0xf3);
    let carries = |c: char| {
        invisible(c) || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{e0000}'..='\u{e007f}')
    };
    let (mut row, mut end) = (0, 0);
    for (at, _) in text.as_bytes().iter().enumerate().filter(|(_, byte)| begins(**byte)) {
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| carries(*c)) else { continue };
        row = if at == end { row + 1 } else { 1 };
        end = at + c.len_utf8();
        if row >= CARRIER {
            return Some(at);
        }
    }
    None
}

fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{3164}' | '\u{115f}' | '\u{1160}' | '\u{ffa0}')
}

/// Whether letters of ASCII stand on both sides: there, no script needs a joiner.
fn in_word(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    let after = text.get(at..).and_then(|rest| rest.chars().nth(1));
    [before, after].into_iter().all(|c| c.is_some_and(|c| c.is_ascii_alphanumeric()))
}
