//! What a rule is: an id, what it is about, and a check of one kind of thing in a file.
//!
//! Rules are data with a function; which there are is in [`catalogue`](crate::catalogue), who calls them in the walk.

use std::borrow::Cow;

use ruff_python_ast::{ExceptHandlerExceptHandler, Stmt};
use ruff_text_size::{Ranged, TextSize};

use crate::{
    call::Call,
    contents::Contents,
    finding::{Confidence, Finding, Severity},
    hostile,
    inventory::Inventory,
    member::Member,
    module::Module,
    text::Text,
    view::View,
};

/// A rule of the catalogue.
#[derive(Debug)]
pub struct Rule {
    /// What findings, selections and `# nosec` call it; unique.
    pub id: &'static str,
    /// A name that says what it looks for; unique, accepted wherever the id is.
    pub name: &'static str,
    /// Whose rule it is.
    pub family: Family,
    /// The kind of weakness in the Common Weakness Enumeration, where there is one.
    pub cwe: Option<u16>,
    /// What it looks at.
    pub(crate) check: Check,
}

impl Rule {
    /// Whether it fires on so many well-known releases that it only speaks to who asks for it.
    pub fn is_pedantic(&self) -> bool {
        hostile::PEDANTIC.contains(&self.id)
    }
}

/// Whose rule it is, and so what a finding of it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// A weakness that an author may have left in, after Bandit.
    Bandit,
    /// What an attacker adds.
    Hostile,
    /// The file or archive itself could not be looked at as it should.
    Artifact,
}

/// What a rule looks at. Each function is called for every such thing in a file and says at most one thing about it.
pub(crate) enum Check {
    /// Calls of exactly these qualified names; `{name}` in the message is the one called.
    Calls(Names),
    /// Imports whose qualified name begins with one of these, and calls that import exactly one of these.
    Imports(Names),
    /// Every call.
    Call(CallCheck),
    /// Every string, and every literal piece of an f-string, but no docstring.
    Text(TextCheck),
    /// Every statement.
    Statement(StatementCheck),
    /// Every `except` clause.
    Handler(HandlerCheck),
    /// The syntax of a whole Python file, once, after everything in it.
    Module(fn(&Module<'_>) -> Vec<Hit>),
    /// Every file of whatever language, before anything is known of it.
    Member(fn(&Member<'_>) -> Vec<Hit>),
    /// All files of a release together, with what was found in them so far; each hit is about the file of that path, or
    /// about the release.
    Contents(ContentsCheck),
    /// A wheel beside the source archive of the same release.
    Source(SourceCheck),
    /// Nothing: the analysis itself says this.
    Engine,
}

/// A check of a release as a whole: what it says of which file, or of the release where the path is empty.
pub(crate) type ContentsCheck = fn(&Contents, &[Finding]) -> Vec<(String, Hit)>;
/// A check of a wheel beside its source archive: what it says of which file of the wheel.
pub(crate) type SourceCheck = fn(&Inventory, &Inventory) -> Vec<(String, Hit)>;
/// A check of calls.
pub(crate) type CallCheck = fn(&Call<'_, '_>) -> Option<Hit>;
/// A check of strings.
pub(crate) type TextCheck = fn(&Text<'_, '_>) -> Option<Hit>;
/// A check of statements.
pub(crate) type StatementCheck = fn(&Stmt, &View<'_, '_>) -> Option<Hit>;
/// A check of `except` clauses.
pub(crate) type HandlerCheck = fn(&ExceptHandlerExceptHandler) -> Option<Hit>;

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Calls(_) => "Calls",
            Self::Imports(_) => "Imports",
            Self::Call(_) => "Call",
            Self::Text(_) => "Text",
            Self::Statement(_) => "Statement",
            Self::Handler(_) => "Handler",
            Self::Module(_) => "Module",
            Self::Member(_) => "Member",
            Self::Contents(_) => "Contents",
            Self::Source(_) => "Source",
            Self::Engine => "Engine",
        })
    }
}

/// A row of a table of names that are worth a finding by themselves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    /// The qualified names.
    pub(crate) names: &'static [&'static str],
    /// How bad it is; such rows are always sure.
    pub(crate) severity: Severity,
    /// What is said, with `{name}` where the name goes.
    pub(crate) message: &'static str,
}

impl Names {
    /// What is said of `name`.
    pub(crate) fn hit(&self, name: &str) -> Hit {
        let message = if self.message.contains("{name}") {
            Cow::Owned(self.message.replace("{name}", name))
        } else {
            Cow::Borrowed(self.message)
        };
        Hit { severity: self.severity, confidence: Confidence::High, message, place: Place::Node }
    }
}

/// What a check says about the thing it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// How bad it is.
    pub(crate) severity: Severity,
    /// How sure the rule is.
    pub(crate) confidence: Confidence,
    /// What was found.
    pub(crate) message: Cow<'static, str>,
    /// Where.
    pub(crate) place: Place,
}

/// Where in the file a hit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Where the thing that the check was shown begins.
    Node,
    /// At this offset in the text.
    Offset(TextSize),
    /// In this line, counted from 1; 0 for the file as a whole.
    Line(u32),
}

impl Hit {
    /// A hit at the thing that the check was shown.
    pub(crate) fn new(severity: Severity, confidence: Confidence, message: impl Into<Cow<'static, str>>) -> Self {
        Self { severity, confidence, message: message.into(), place: Place::Node }
    }

    /// The same at another node.
    #[must_use]
    pub(crate) fn at(self, node: &impl Ranged) -> Self {
        self.at_offset(node.start())
    }

    /// The same at an offset in the text.
    #[must_use]
    pub(crate) fn at_offset(mut self, offset: TextSize) -> Self {
        self.place = Place::Offset(offset);
        self
    }

    /// The same at another node, where there is one.
    #[must_use]
    pub(crate) fn at_maybe(self, node: Option<&impl Ranged>) -> Self {
        match node {
            Some(node) => self.at(node),
            None => self,
        }
    }

    /// The same in a line, counted from 1; 0 for the file as a whole.
    #[must_use]
    pub(crate) fn in_line(mut self, line: u32) -> Self {
        self.place = Place::Line(line);
        self
    }
}
