//! What a rule found: where, what, how bad, and how sure it is.
//!
//! What a finding costs in a decision is left to others.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use crate::{catalogue, rule::Family};

/// How bad it is if the finding is right. Bandit's scale, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// Worth a look.
    Low,
    /// A weakness under some circumstances.
    Medium,
    /// A weakness.
    High,
}

/// How sure the rule is that it means what it says. Bandit's scale, least sure first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Confidence {
    /// Often wrong.
    Low,
    /// Sometimes wrong.
    Medium,
    /// The source says so.
    High,
}

impl Severity {
    /// All of them, mildest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];
}

impl Confidence {
    /// All of them, least sure first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

/// One place in one file for which a rule speaks up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// The file, as its archive or folder names it.
    pub path: String,
    /// The line the rule points at, counted from 1; 0 where the finding is about the file as a whole.
    pub line: u32,
    /// The last line of what the rule looked at, never before `line`.
    pub end_line: u32,
    /// The id of the rule, such as `B602`.
    pub rule: Cow<'static, str>,
    /// Its name, such as `subprocess_popen_with_shell_equals_true`.
    pub name: Cow<'static, str>,
    /// The kind of weakness in the Common Weakness Enumeration, where there is one.
    pub cwe: Option<u16>,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What was found, in a sentence.
    pub message: Cow<'static, str>,
    /// The source at `line`, cut to what fits a report, without control characters.
    pub excerpt: String,
}

impl Finding {
    /// The family of its rule; `None` where no rule of now has its id.
    pub fn family(&self) -> Option<Family> {
        catalogue::find(&self.rule).map(|rule| rule.family)
    }
}
