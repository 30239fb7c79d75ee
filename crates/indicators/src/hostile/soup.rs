//! T114: source that a program made unreadable.

use std::collections::BTreeSet;

use super::rule;
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T114", "machine_obfuscated", Some(506), Check::Module(check));

/// Marks that obfuscators leave.
static MARKS: [&str; 6] = ["__pyarmor__", "pyarmor_runtime", "pytransform", "BlankOBF", "__Hyperion__", "pyobfuscate"];
/// So many different names that tell nothing are no accident.
const MANY: usize = 4;
/// So many letters that look alike make a name that tells nothing.
const ROW: usize = 8;

fn check(module: &Module<'_>) -> Vec<Hit> {
    let text = module.source.text();
    if let Some(mark) = MARKS.iter().find(|mark| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some()) {
        let message = format!("An obfuscator left its mark here (`{mark}`): what this does cannot be read");
        return vec![Hit::new(Severity::Medium, Confidence::Medium, message)];
    }
    if !may_tell_nothing(text.as_bytes()) {
        return Vec::new();
    }
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for word in text.split(|c: char| !(c == '_' || c.is_ascii_alphanumeric())) {
        if tells_nothing(word) {
            names.insert(word);
        }
        if names.len() >= MANY {
            let message = format!("Names such as `{word}` tell nothing: a program made this unreadable");
            return vec![Hit::new(Severity::Medium, Confidence::Medium, message)];
        }
    }
    Vec::new()
}

/// Whether any word may be one that tells nothing: a quick look, since hardly any source has one.
///
/// Letters that look alike in a row of [`ROW`] cover one place in every `ROW` places, so only those are looked at.
fn may_tell_nothing(text: &[u8]) -> bool {
    let is_row = |at: usize| {
        let before = text.get(..at).unwrap_or_default().iter().rev().take(ROW).take_while(|byte| alike(byte));
        let after = text.get(at..).unwrap_or_default().iter().take(ROW).take_while(|byte| alike(byte));
        before.count() + after.count() >= ROW
    };
    memchr::memmem::find(text, b"_0x").is_some()
        || text.iter().enumerate().step_by(ROW).any(|(at, byte)| alike(byte) && is_row(at))
}

/// Whether it is among the letters and digits that look alike.
fn alike(byte: &u8) -> bool {
    matches!(byte, b'I' | b'l' | b'1' | b'O' | b'0' | b'_')
}

fn tells_nothing(word: &str) -> bool {
    let made = |rest: &str| rest.len() >= 4 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = word.as_bytes();
    word.strip_prefix("_0x").is_some_and(made)
        || (bytes.len() >= ROW
            && bytes.iter().all(alike)
            && bytes.iter().any(u8::is_ascii_alphabetic)
            && bytes.first() != Some(&b'0')
            && bytes.first() != Some(&b'1'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_quick_look_misses_no_name_that_tells_nothing(
            before in "[a-z (=]{0,20}", name in "([IlO1_][IlO10_]{7,30}|_0x[0-9a-f]{4,8})", after in "[ =a-z]{0,20}"
        ) {
            let text = format!("{before} {name} {after}");
            prop_assert!(!tells_nothing(&name) || may_tell_nothing(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn the_quick_look_passes_over_what_people_write() {
        assert!(!may_tell_nothing(b"all_lists = [10, 100, 1000]  # illegal_level\nself.__all__ = None\n"));
    }
}
