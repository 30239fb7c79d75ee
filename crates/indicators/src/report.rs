//! What was found in one file, and over all files of an artifact.

use serde::{Deserialize, Serialize};

use crate::{
    capability::Capabilities,
    finding::{Confidence, Finding, Severity},
    inventory::Inventory,
    lines::{Lines, LinesByLanguage},
};

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// What was found, in the order of lines and rules.
    pub findings: Vec<Finding>,
    /// How many findings its author had waved through with `# nosec`.
    pub waived: u32,
    /// What it can do.
    pub capabilities: Capabilities,
    /// Its language and lines, where the language is known.
    pub lines: Option<(&'static str, Lines)>,
    /// Whether rules looked at its syntax.
    pub depth: Depth,
}

/// How far the analysis of a file got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// It is no Python source.
    NotPython,
    /// It is Python source, and a finding says why its syntax could not be looked at.
    Skipped,
    /// Every rule looked at it.
    Whole,
}

/// What was found in an artifact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What was found, in the order of paths, lines and rules once [`sorted`](Self::sorted).
    pub findings: Vec<Finding>,
    /// How many findings authors had waved through with `# nosec`.
    pub waived: u64,
    /// What it can do.
    pub capabilities: Capabilities,
    /// Its files and what it says of itself, without what lies in archives in it.
    pub inventory: Inventory,
    /// All files.
    pub files: u64,
    /// Python files whose syntax was looked at.
    pub analysed: u64,
    /// Python files whose syntax could not be looked at; each has a finding that says why.
    pub skipped: u64,
    /// Lines by language.
    pub lines: LinesByLanguage,
}

impl Report {
    /// Adds what became of one file.
    pub fn add(&mut self, examined: Examined) {
        self.findings.extend(examined.findings);
        self.waived += u64::from(examined.waived);
        examined.capabilities.into_iter().for_each(|evidence| self.capabilities.add(evidence));
        self.files += 1;
        self.analysed += u64::from(examined.depth == Depth::Whole);
        self.skipped += u64::from(examined.depth == Depth::Skipped);
        if let Some((language, lines)) = examined.lines {
            self.lines.add(language, &lines);
        }
    }

    /// The same in an order that does not depend on who examined what first.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.findings.sort();
        self
    }

    /// How many findings there are of each severity and confidence.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.findings)
    }
}

/// Findings by severity and confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts([[u64; 3]; 3]);

impl Counts {
    /// Counts findings.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            *counts.cell(finding.severity, finding.confidence) += 1;
        }
        counts
    }

    /// How many there are of this severity and confidence.
    pub fn get(mut self, severity: Severity, confidence: Confidence) -> u64 {
        *self.cell(severity, confidence)
    }

    /// How many there are of this severity.
    pub fn of_severity(self, severity: Severity) -> u64 {
        Confidence::ALL.into_iter().map(|confidence| self.get(severity, confidence)).sum()
    }

    fn cell(&mut self, severity: Severity, confidence: Confidence) -> &mut u64 {
        &mut self.0[severity as usize][confidence as usize]
    }
}
