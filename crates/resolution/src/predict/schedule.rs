//! How much is risked for what may be learned: the temperature.
//!
//! It falls from how far the scores seen lie apart to where the least difference there can be is hardly ever risked, as the
//! budget is used. So a run of a second and one of an hour both explore at first and exploit at last, whatever the scores are
//! worth, and neither spends its time where nothing is left to freeze.

/// The temperature when all of the budget is used, in the least by which two scores can differ: to lose that is then accepted
/// with a likelihood of exp(-10).
const COLD: f64 = 0.1;

/// How many scores it takes until what was expected of their spread counts half as much.
const TRUST: f64 = 10.0;

/// Scores seen so far, for how far they lie apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    expected: f64,
    least: f64,
    count: f64,
    mean: f64,
    /// The sum of squared distances from the mean (Welford, 1962).
    squares: f64,
}

impl Schedule {
    /// Nothing seen, and this spread expected: without it, nobody would try anything. `least` is the least by which two scores
    /// can differ.
    pub(super) fn new(expected: f64, least: f64) -> Self {
        Self { expected, least, count: 0.0, mean: 0.0, squares: 0.0 }
    }

    pub(super) fn see(&mut self, score: f64) {
        self.count += 1.0;
        let off = score - self.mean;
        self.mean += off / self.count;
        self.squares += off * (score - self.mean);
    }

    /// The standard deviation of the scores, or what is still expected of it if that is more.
    pub(super) fn spread(&self) -> f64 {
        let seen = if self.count < 1.0 { 0.0 } else { (self.squares / self.count).sqrt() };
        seen.max(self.expected * TRUST / (TRUST + self.count))
    }

    /// The temperature once this share of the budget is used: `spread · (COLD · least / spread)^share`.
    pub(super) fn temperature(&self, share: f64) -> f64 {
        let hot = self.spread();
        let cold = hot.min(self.least * COLD);
        // Where all scores are one, there is nothing to risk.
        if hot > 0.0 { hot * (cold / hot).powf(share.clamp(0.0, 1.0)) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_spread_is_twice_the_temperature_and_the_budget_cools() {
        let (mut narrow, mut wide) = (Schedule::new(1.0, 0.01), Schedule::new(2.0, 0.02));
        assert_eq!(narrow.temperature(0.0), 1.0);
        for score in [1.0, 2.0, 3.0, 6.0] {
            narrow.see(score);
            wide.see(-2.0 * score);
        }
        assert!((narrow.spread() - 3.5_f64.sqrt()).abs() < 1e-12);
        assert!((wide.temperature(0.5) / narrow.temperature(0.5) - 2.0).abs() < 1e-12);
        assert!((narrow.temperature(1.0) - 0.01 * COLD).abs() < 1e-12, "whatever the spread");
        assert!(narrow.temperature(0.3) > narrow.temperature(0.4));
    }

    #[test]
    fn where_scores_do_not_differ_it_is_cold() {
        assert_eq!(Schedule::new(0.0, f64::INFINITY).temperature(0.5), 0.0);
        assert_eq!(Schedule::new(0.01, 1.0).temperature(1.0), 0.01, "and never grows warmer");
    }
}
