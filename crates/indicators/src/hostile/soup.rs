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

fn check(module: &Module<'_>) -> Vec<Hit> {
    let text = module.source.text();
    if let Some(mark) = MARKS.iter().find(|mark| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some()) {
        let message = format!("An obfuscator left its mark here (`{mark}`): what this does cannot be read");
        return vec![Hit::new(Severity::Medium, Confidence::Medium, message)];
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

fn tells_nothing(word: &str) -> bool {
    let made = |rest: &str| rest.len() >= 4 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = word.as_bytes();
    let alike = |byte: &u8| matches!(byte, b'I' | b'l' | b'1' | b'O' | b'0' | b'_');
    word.strip_prefix("_0x").is_some_and(made)
        || (bytes.len() >= 8
            && bytes.iter().all(alike)
            && bytes.iter().any(u8::is_ascii_alphabetic)
            && bytes.first() != Some(&b'0')
            && bytes.first() != Some(&b'1'))
}
