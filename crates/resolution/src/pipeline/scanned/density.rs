//! What findings cost: how many there are for the size of the code, compared with well-known packages.
//!
//! A finding weighs by its severity and confidence as the original weighed it: 100, 10 and 1 by severity, times 1, 0.5 and 0.1
//! by confidence; here in tenths. The sum for a thousand lines of code is the *density*. The original squared that for one line and
//! divided by a thousand, which is nothing whatever the package; here each doubling from [`USUAL`] on, which most well-known
//! packages stay below, is a step. How it was calibrated is told in `docs/scan-points.md`.

use serde::{Deserialize, Serialize};

use super::Seen;

/// The density from which on a release loses points, in tenths of a unit of weight per thousand lines of code.
pub const USUAL: u64 = 160;
/// What each doubling of the density loses, in quality points.
pub const STEP: u32 = 10;
/// The most that is lost for findings, in quality points.
pub const MOST: u32 = 50;
/// A smaller release counts as one of so many lines: a finding in ten lines says little of how code is written.
pub const LEAST_LINES: u64 = 1_000;

/// Tenths of a unit of weight, by severity and confidence, mildest and least sure first.
const WEIGHTS: [[u64; 3]; 3] = [[1, 5, 10], [10, 50, 100], [100, 500, 1_000]];

/// Findings by severity and confidence, mildest and least sure first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts(pub [[u64; 3]; 3]);

impl Counts {
    /// What they weigh together, in tenths.
    pub fn weight(&self) -> u64 {
        let cells = self.0.iter().flatten().zip(WEIGHTS.iter().flatten());
        cells.fold(0, |sum, (count, weight)| sum.saturating_add(count.saturating_mul(*weight)))
    }
}

/// The density of findings, in tenths per thousand lines of code.
pub fn density(seen: &Seen) -> u64 {
    seen.counts.weight().saturating_mul(1_000) / seen.code.max(LEAST_LINES)
}

/// What a release loses for its findings, in quality points: whole steps of [`STEP`]; all where its archive could not be read.
pub fn points(seen: &Seen) -> u32 {
    if seen.unread.is_some() {
        return MOST;
    }
    let doublings = (density(seen) / USUAL).checked_ilog2().map_or(0, |doublings| doublings + 1);
    doublings.saturating_mul(STEP).min(MOST)
}

/// Why it loses them, as a clause behind the release.
pub(super) fn said(seen: &Seen) -> String {
    if let Some(why) = &seen.unread {
        return format!("has an archive that was not read as a whole: {why} (loses {MOST} points)");
    }
    let findings: u64 = seen.counts.0.iter().flatten().sum();
    let (density, usual) = (density(seen) / 10, USUAL / 10);
    format!(
        "has {findings} findings in {} lines of Python, weighing {density} per 1,000 lines where {usual} is much (loses {} points)",
        seen.code,
        points(seen)
    )
}
