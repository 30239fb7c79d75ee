//! What findings cost: how many there are for the size of the code, compared with well-known packages and with other releases.
//!
//! A finding weighs by its severity and confidence as the original weighed it: 100, 10 and 1 by severity, times 1, 0.5 and 0.1
//! by confidence; here in tenths. The sum for a thousand lines of code is the *density*. Up to [`USUAL`], where most well-known
//! packages are, it is as it should be. Beyond, each doubling over the best of the newest releases of the package is a step: what always was
//! so tells nothing of one release. How that was calibrated is told in `docs/scan-points.md`.

use serde::{Deserialize, Serialize};

use super::Seen;

/// The density from which on a release is compared with others, in tenths of a unit of weight per thousand lines of code.
pub const USUAL: u64 = 160;
/// What each doubling of the density over that of the others loses, in quality points.
pub const STEP: u32 = 10;
/// The most that is lost for findings, in quality points.
pub const MOST: u32 = 50;
/// A smaller release counts as one of so many lines: a single finding, however bad, says little of how code is written, and costs
/// nothing.
pub const LEAST_LINES: u64 = 5_000;

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

/// Whether there are so many that the release is compared with others.
pub fn is_much(seen: &Seen) -> bool {
    seen.unread.is_some() || density(seen) >= USUAL
}

/// What a release loses for its findings where the best of the others has a density of `least`, in quality points: whole steps of
/// [`STEP`]; all of [`MOST`] where its archive could not be read.
pub fn points(seen: &Seen, least: u64) -> u32 {
    if seen.unread.is_some() {
        return MOST;
    }
    let doublings = (density(seen) / least.max(USUAL)).checked_ilog2().unwrap_or_default();
    doublings.saturating_mul(STEP).min(MOST)
}

/// What there is, as a clause behind the release.
pub(super) fn said(seen: &Seen) -> String {
    if let Some(why) = &seen.unread {
        return format!("has an archive that was not read as a whole: {why}");
    }
    let findings: u64 = seen.counts.0.iter().flatten().sum();
    let (density, usual) = (density(seen) / 10, USUAL / 10);
    let code = seen.code;
    let s = if findings == 1 { "" } else { "s" };
    format!("has {findings} finding{s} in {code} lines of Python: {density} per 1,000 by weight, where {usual} is much")
}

/// The same with what it loses against the best of the newest.
pub(super) fn compared(seen: &Seen, least: u64) -> String {
    let best =
        if seen.unread.is_some() { String::new() } else { format!(" and the best of the newest has {}", least / 10) };
    format!("{}{best} (loses {} points)", said(seen), points(seen, least))
}
