//! B613: characters that show source in another order than Python reads it.

use ruff_text_size::TextSize;

use super::rule;
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULES: &[Rule] = &[rule("B613", "trojansource", 838, Check::Module(reordered))];

/// Tells the first of them.
fn reordered(module: &Module<'_>) -> Vec<Hit> {
    let text = module.source.text();
    // All of them begin with this byte in UTF-8.
    let mut found = memchr::memchr_iter(0xe2, text.as_bytes())
        .filter_map(|at| text.get(at..)?.chars().next().filter(|c| reorders(*c)).map(|c| (at, c)));
    let Some((at, character)) = found.next() else { return Vec::new() };
    let message =
        format!("The character U+{:04X} shows source in another order than it is run in", u32::from(character));
    let at = TextSize::try_from(at).unwrap_or_default();
    vec![Hit::new(Severity::High, Confidence::Medium, message).at_offset(at)]
}

fn reorders(c: char) -> bool {
    matches!(c, '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
