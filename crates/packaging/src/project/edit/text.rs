//! A text as lines, each with its ending, and where in them something goes.

use std::ops::Range;

use crate::PackageName;

pub(super) struct Lines(pub(super) Vec<String>);

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        Self(text.split_inclusive('\n').map(str::to_string).collect())
    }

    pub(super) fn text(self) -> String {
        self.0.concat()
    }

    /// How lines end in this text.
    pub(super) fn ending(&self) -> &'static str {
        if self.0.first().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" }
    }

    /// Puts a line before line `at`.
    pub(super) fn insert(&mut self, at: usize, line: &str) {
        let ending = self.ending();
        let at = at.min(self.0.len());
        if let Some(last) = at.checked_sub(1).and_then(|last| self.0.get_mut(last))
            && !last.ends_with('\n')
        {
            last.push_str(ending);
        }
        self.0.insert(at, format!("{line}{ending}"));
    }
}

/// The line, counted from zero, of a byte of a text.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    text.as_bytes().get(..byte).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count()
}

/// A line, counted from zero, as places count them.
pub(super) fn number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1)
}

/// Which of the packages that are there a new one comes before: where they are in alphabetical order, the first behind it; else
/// none.
pub(super) fn place(there: &[&PackageName], new: &PackageName) -> Option<usize> {
    let is_sorted = there.len() > 1 && there.is_sorted();
    is_sorted.then(|| there.iter().position(|name| *name > new)).flatten()
}

/// A text with a part of it replaced.
pub(super) fn replaced(text: &str, part: &Range<usize>, by: &str) -> String {
    let (before, after) = (text.get(..part.start).unwrap_or_default(), text.get(part.end..).unwrap_or_default());
    format!("{before}{by}{after}")
}
