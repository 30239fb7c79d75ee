//! The report for a terminal.
//!
//! What was read, what changed, what was avoided and why, what remains and who pulls it in, what the answer rests on and
//! what is not known, what was proved, and what to do next; in that order, each only when there is something to say.

mod alternatives;
mod cause;
mod closing;
mod comparison;
mod evidence;
mod impossible;
mod inside;
pub(crate) mod page;
mod remarks;
mod stack;
mod tree;
mod vulnerabilities;
mod why;

use resolution::outcome::{Outcome, Verdict};

use self::page::{Line, Page, Tone};
pub use self::{
    tree::{TreeView, tree},
    why::{why, why_not},
};
use crate::{
    Extras,
    clean::clean,
    words::{count, listed},
};

/// How a text is to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to paint with ANSI sequences.
    pub colour: bool,
    /// Whether the terminal shows characters beyond ASCII. Concerns the report's own, not those of texts it quotes.
    pub unicode: bool,
    /// Columns; 40 to 120 are used.
    pub width: usize,
    /// Whether to tell everything: the whole stack, all of every list, the levels of the proof, the effort.
    pub verbose: bool,
    /// The index that need not be named, because everybody expects it; without credentials.
    pub home_index: Option<String>,
}

impl Default for Style {
    /// 80 columns in black and white.
    fn default() -> Self {
        Self { colour: false, unicode: true, width: 80, verbose: false, home_index: None }
    }
}

/// The report of one run for a person, ending in a line end.
pub fn text(outcome: &Outcome, extras: &Extras, style: &Style) -> String {
    let mut page = Page::new(style);
    read(&mut page, outcome);
    inside::hostile(&mut page, &outcome.remarks);
    match &outcome.verdict {
        Verdict::Stack(decision) => {
            stack::changes(&mut page, decision);
            inside::differences(&mut page, decision, extras);
            stack::releases(&mut page, decision);
            vulnerabilities::avoided(&mut page, decision);
            vulnerabilities::remaining(&mut page, decision, outcome.recommendation);
            alternatives::alternatives(&mut page, outcome, &decision.certificate);
            vulnerabilities::ignored(&mut page, decision, outcome.evidence.advisories.is_some());
            stack::remarks(&mut page, decision, outcome);
        }
        Verdict::Impossible(explanation) => {
            impossible::facts(&mut page, explanation);
            cause::help(&mut page, &explanation.help);
            impossible::hints(&mut page, explanation);
            stack::notes(&mut page, &outcome.notes);
        }
    }
    remarks::remarks(&mut page, &outcome.remarks);
    evidence::used(&mut page, &outcome.evidence);
    evidence::unknown(&mut page, outcome);
    page.gap();
    match &outcome.verdict {
        Verdict::Stack(decision) => closing::stack(&mut page, outcome, decision, extras),
        Verdict::Impossible(_) => closing::impossible(&mut page, extras),
    }
    if style.verbose {
        closing::effort(&mut page, &outcome.effort);
    }
    page.finish()
}

/// What was read, and for which environment.
fn read(page: &mut Page<'_>, outcome: &Outcome) {
    const MOST: usize = 6;
    let inputs: Vec<String> = outcome.inputs.iter().map(|input| clean(input)).collect();
    let most = if page.style.verbose { inputs.len() } else { MOST };
    let what = match inputs.len() {
        0 => "no file".to_string(),
        number if number > most => format!("{}: {}", count(number, "file"), listed(&inputs, most)),
        _ => listed(&inputs, most),
    };
    page.put(
        0,
        &Line::new()
            .plain("Read ")
            .then(Tone::Strong, what)
            .plain(" for ")
            .then(Tone::Strong, clean(&outcome.environment))
            .plain(format!(" (`{}`).", outcome.recommendation)),
    );
}
