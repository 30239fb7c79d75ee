//! Why there is no stack, and what could be tried beside what was decided.

use resolution::outcome::Explanation;

use super::page::{Line, Page, Tone};
use crate::sentence::{self, sentence};

/// The facts that conflict.
pub(super) fn facts(page: &mut Page<'_>, explanation: &Explanation) {
    let (last, before) = match explanation.facts.split_last() {
        Some(split) => split,
        None => return page.section(Tone::Bad, "There is no stack that satisfies your requirements."),
    };
    page.section(Tone::Bad, "There is no stack that satisfies your requirements, because");
    for fact in before {
        page.point(2, &Line::new().plain(format!("{},", sentence(fact))));
    }
    let lead = if before.is_empty() { "" } else { "and " };
    page.point(2, &Line::new().plain(format!("{lead}{}.", sentence(last))));
    if let Some(package) = sentence::left_without(explanation) {
        page.put(2, &Line::new().plain(format!("That leaves no release of `{package}`.")));
    }
}

/// What could be tried.
pub(super) fn hints(page: &mut Page<'_>, explanation: &Explanation) {
    let hints = sentence::hints(explanation);
    if hints.is_empty() {
        return;
    }
    page.section(Tone::Strong, "Hints (not decided with)");
    for hint in hints {
        page.point(2, &Line::new().plain(hint));
    }
}
