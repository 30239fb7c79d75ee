//! Looks at one file: lines, rules about any file, and for Python the walk through its syntax.
//!
//! Everything is bounded: what is too large, nests too deeply or costs too much becomes a finding, never an error.

use std::cell::OnceCell;

use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

use crate::{
    artifact, capability, catalogue,
    contents::Contents,
    finding::{Confidence, Finding, Severity},
    found::{Collected, Found},
    hostile,
    inventory::Inventory,
    lines,
    member::Member,
    module::Module,
    nesting::{measure, sheltered},
    nosec::Waived,
    report::{Depth, Examined},
    rule::{CallCheck, Check, HandlerCheck, Hit, Names, Rule, StatementCheck, TextCheck},
    source::Source,
    syntax,
    walk::Walk,
};

/// How much of a file is looked at. Beyond each of these, a finding says so.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of source.
    pub bytes: usize,
    /// Tokens of source; each takes about a hundred bytes of memory while the file is looked at.
    pub tokens: usize,
    /// Levels of syntax, by the bound that tokens give, which real levels stay far below. Bandit gives up at about a
    /// thousand real ones, where Python's own recursion ends.
    pub depth: usize,
    /// Findings that are kept of a file.
    pub findings: usize,
    /// Nodes that rules may look at beyond those they are shown.
    pub work: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 << 20, tokens: 1_000_000, depth: 4_000, findings: 2_000, work: 2_000_000 }
    }
}

/// A selection of rules, ready to look at files.
#[derive(Debug)]
pub struct Analyser {
    pub(crate) limits: Limits,
    pub(crate) called: FxHashMap<&'static str, Vec<(&'static Rule, &'static Names)>>,
    pub(crate) on_import: Vec<(&'static Rule, &'static Names)>,
    pub(crate) on_call: Vec<(&'static Rule, CallCheck)>,
    pub(crate) on_text: Vec<(&'static Rule, TextCheck)>,
    pub(crate) on_statement: Vec<(&'static Rule, StatementCheck)>,
    pub(crate) on_handler: Vec<(&'static Rule, HandlerCheck)>,
    rules: Vec<&'static Rule>,
}

impl Default for Analyser {
    fn default() -> Self {
        Self::new(|rule| !rule.is_pedantic())
    }
}

impl Analyser {
    /// An analyser with the rules that are wanted.
    pub fn new(wanted: impl Fn(&Rule) -> bool) -> Self {
        let mut analyser = Self {
            limits: Limits::default(),
            called: FxHashMap::default(),
            on_import: Vec::new(),
            on_call: Vec::new(),
            on_text: Vec::new(),
            on_statement: Vec::new(),
            on_handler: Vec::new(),
            rules: catalogue::rules().iter().copied().filter(|rule| wanted(rule)).collect(),
        };
        for rule in &analyser.rules {
            match &rule.check {
                Check::Calls(row) | Check::Imports(row) => {
                    row.names.iter().for_each(|name| analyser.called.entry(name).or_default().push((rule, row)));
                    if matches!(rule.check, Check::Imports(_)) {
                        analyser.on_import.push((rule, row));
                    }
                }
                Check::Call(check) => analyser.on_call.push((rule, *check)),
                Check::Text(check) => analyser.on_text.push((rule, *check)),
                Check::Statement(check) => analyser.on_statement.push((rule, *check)),
                Check::Handler(check) => analyser.on_handler.push((rule, *check)),
                Check::Module(_) | Check::Member(_) | Check::Contents(_) | Check::Source(_) | Check::Engine => {}
            }
        }
        analyser
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether a rule is among those that were wanted.
    pub fn has(&self, rule: &Rule) -> bool {
        self.rules.iter().any(|one| one.id == rule.id)
    }

    /// Looks at a file.
    pub fn examine(&self, member: &Member<'_>) -> Examined {
        let mut found = Collected::new(self, member.path);
        for rule in &self.rules {
            if let Check::Member(check) = rule.check {
                check(member).into_iter().for_each(|hit| found.push_plain(rule, hit));
            }
        }
        let depth = if member.is_python() { self.examine_python(member, &mut found) } else { Depth::NotPython };
        let mut capabilities = std::mem::take(&mut found.capabilities);
        capability::of_file(member).into_iter().for_each(|evidence| capabilities.add(evidence));
        let (findings, waived) = found.finish();
        let lines = lines::count(member);
        Examined { findings, waived, capabilities, lines, depth }
    }

    /// Looks at a release as a whole, once each of its files was examined; `findings` is what was found in them.
    pub fn conclude<'f>(&self, contents: &Contents, findings: impl IntoIterator<Item = &'f Finding>) -> Vec<Finding> {
        let mut ours: Vec<Finding> = findings.into_iter().filter(|one| hostile::weighs(one)).cloned().collect();
        let files = ours.len();
        for rule in &self.rules {
            if let Check::Contents(check) = rule.check {
                let hits = check(contents, &ours);
                ours.extend(self.told(rule, hits));
            }
        }
        ours.split_off(files)
    }

    /// Compares a wheel with the source archive of the same release: finds what only the wheel carries.
    pub fn compare(&self, wheel: &Inventory, source: &Inventory) -> Vec<Finding> {
        let checks = self.rules.iter().filter_map(|rule| match rule.check {
            Check::Source(check) => Some((*rule, check)),
            _ => None,
        });
        checks.flat_map(|(rule, check)| self.told(rule, check(wheel, source))).collect()
    }

    /// Hits about files of a release, or about all of it where the path is empty, as findings.
    fn told(&self, rule: &'static Rule, hits: Vec<(String, Hit)>) -> Vec<Finding> {
        let told = |(path, hit): (String, Hit)| {
            let mut found = Collected::new(self, &path);
            found.push_plain(rule, hit);
            found.finish().0
        };
        hits.into_iter().flat_map(told).collect()
    }

    fn examine_python(&self, member: &Member<'_>, found: &mut Collected<'_>) -> Depth {
        if member.bytes.len() > self.limits.bytes {
            let message = format!("{} bytes of source are more than {}", member.bytes.len(), self.limits.bytes);
            return skip(found, &artifact::LARGE, Severity::Medium, message, 0);
        }
        let source = match Source::decode(member.bytes) {
            Ok(source) => source,
            Err(error) => {
                let message = format!("This is not Python source: {error}");
                return skip(found, &artifact::UNPARSABLE, Severity::Low, message, 0);
            }
        };
        let size = measure(source.text(), self.limits.tokens, self.limits.depth);
        if size.tokens > self.limits.tokens {
            let message = format!("Source with more than {} tokens", self.limits.tokens);
            return skip(found, &artifact::LARGE, Severity::Medium, message, 0);
        }
        if size.broken && size.depth > self.limits.depth {
            let message = "This is not Python 3: brackets, blocks or lambdas do not end".to_owned();
            return skip(found, &artifact::UNPARSABLE, Severity::Low, message, 0);
        }
        if size.depth > self.limits.depth {
            let message = format!("Source may nest more than {} levels deep", self.limits.depth);
            return skip(found, &artifact::DEEP, Severity::Medium, message, 0);
        }
        sheltered(size.depth, || self.walk(member.path, &source, found)).unwrap_or_else(|| {
            let message = "The parser failed on this source".to_owned();
            skip(found, &artifact::UNPARSABLE, Severity::Medium, message, 0)
        })
    }

    fn walk(&self, path: &str, source: &Source<'_>, found: &mut Collected<'_>) -> Depth {
        let parsed = match syntax::parse(source) {
            Ok(parsed) => parsed,
            Err(error) => return skip(found, &artifact::UNPARSABLE, Severity::Low, error.to_string(), error.line),
        };
        let waived = Waived::read(source, parsed.tokens());
        let mut found = Found::new(found, source, &waived);
        let mut walk = Walk::new(self, path, source, &mut found);
        walk.module(parsed.syntax());
        let work = walk.finish();
        let module = Module { path, source, syntax: parsed.syntax(), work: &work, flow: OnceCell::new() };
        let start = TextRange::default();
        for rule in &self.rules {
            if let Check::Module(check) = rule.check {
                check(&module).into_iter().for_each(|hit| found.push(rule, hit, start, start));
            }
        }
        if work.ran_short() {
            let message = "A rule gave up on source that is made to be expensive";
            let hit = Hit::new(Severity::Medium, Confidence::High, message).in_line(0);
            found.push(&artifact::COSTLY, hit, start, start);
        }
        Depth::Whole
    }
}

fn skip(found: &mut Collected<'_>, rule: &'static Rule, severity: Severity, message: String, line: u32) -> Depth {
    found.push_plain(rule, Hit::new(severity, Confidence::High, message).in_line(line));
    Depth::Skipped
}
