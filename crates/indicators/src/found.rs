//! Collects what rules say about one file: where it is, whether its author waved it through, and not too much of it.

use std::borrow::Cow;

use ruff_text_size::TextRange;

use crate::{
    analysis::Analyser,
    artifact,
    capability::{Capabilities, Capability, Evidence},
    finding::{Confidence, Finding, Severity},
    moment::Moment,
    nosec::Waived,
    rule::{Family, Hit, Place, Rule},
    source::Source,
};

/// No message has more bytes than this, and a mark that it was cut.
const LONGEST_MESSAGE: usize = 400;

/// The findings in a file so far.
pub(crate) struct Collected<'s> {
    analyser: &'s Analyser,
    path: &'s str,
    findings: Vec<Finding>,
    beyond: usize,
    waived: u32,
    pub(crate) capabilities: Capabilities,
}

impl<'s> Collected<'s> {
    pub(crate) fn new(analyser: &'s Analyser, path: &'s str) -> Self {
        Self { analyser, path, findings: Vec::new(), beyond: 0, waived: 0, capabilities: Capabilities::default() }
    }

    /// Takes a hit in a file that is not, or not yet, known to be source.
    pub(crate) fn push_plain(&mut self, rule: &'static Rule, hit: Hit) {
        let line = match hit.place {
            Place::Line(line) => line,
            Place::Node | Place::Offset(_) => 0,
        };
        self.push(rule, hit, line, line, String::new);
    }

    /// What was found, in the order of lines and rules, and how much was waved through.
    pub(crate) fn finish(mut self) -> (Vec<Finding>, u32) {
        if self.beyond > 0 {
            let message = format!("{} more findings in this file are not shown", self.beyond);
            let hit = Hit::new(Severity::Medium, Confidence::High, message).in_line(0);
            self.keep(&artifact::MANY, hit, 0, 0, String::new);
        }
        self.findings.sort();
        (self.findings, self.waived)
    }

    fn push(&mut self, rule: &'static Rule, hit: Hit, line: u32, end_line: u32, excerpt: impl FnOnce() -> String) {
        if self.findings.len() < self.analyser.limits.findings {
            self.keep(rule, hit, line, end_line, excerpt);
        } else {
            self.beyond += 1;
        }
    }

    fn keep(&mut self, rule: &'static Rule, hit: Hit, line: u32, end_line: u32, excerpt: impl FnOnce() -> String) {
        if !self.analyser.has(rule) {
            return;
        }
        self.findings.push(Finding {
            path: self.path.to_owned(),
            line,
            end_line: end_line.max(line),
            rule: Cow::Borrowed(rule.id),
            name: Cow::Borrowed(rule.name),
            cwe: rule.cwe,
            severity: hit.severity,
            confidence: hit.confidence,
            message: bounded(hit.message),
            excerpt: excerpt(),
        });
    }
}

/// Names in a message are as long as an attacker likes.
fn bounded(message: Cow<'static, str>) -> Cow<'static, str> {
    match message.get(..message.floor_char_boundary(LONGEST_MESSAGE)) {
        Some(start) if start.len() < message.len() => Cow::Owned(format!("{start}\u{2026}")),
        _ => message,
    }
}

/// Findings in a file whose text is known: offsets are lines, and comments wave through.
pub(crate) struct Found<'c, 's> {
    into: &'c mut Collected<'s>,
    source: &'c Source<'c>,
    waived: &'c Waived,
}

impl<'c, 's> Found<'c, 's> {
    pub(crate) fn new(into: &'c mut Collected<'s>, source: &'c Source<'c>, waived: &'c Waived) -> Self {
        Self { into, source, waived }
    }

    /// Takes in what code can do, unless code before it can.
    pub(crate) fn can(&mut self, capability: Capability, moment: Moment, node: TextRange) {
        if !self.into.capabilities.has(capability, moment) {
            let (path, line) = (self.into.path.to_owned(), self.source.line(node.start()));
            let excerpt = self.source.excerpt(line);
            self.into.capabilities.add(Evidence { capability, moment, path, line, excerpt });
        }
    }

    /// Takes a hit. `node` is where the thing begins that the rule was shown, `lines` what a comment has to stand in to
    /// wave it through.
    pub(crate) fn push(&mut self, rule: &'static Rule, hit: Hit, node: TextRange, lines: TextRange) {
        let own = match hit.place {
            Place::Node => None,
            Place::Offset(offset) => Some(self.source.line(offset)),
            Place::Line(line) => Some(line),
        };
        let first = self.source.line(lines.start());
        let last = self.source.line(lines.end());
        if rule.family != Family::Hostile && self.waived.covers(rule.id, own, first, last) {
            self.into.waived += 1;
            return;
        }
        let line = own.unwrap_or_else(|| self.source.line(node.start()));
        self.into.push(rule, hit, line, self.source.line(node.end()), || self.source.excerpt(line));
    }
}
