//! How often something was tried and failed, and what that says at least.

use std::ops::AddAssign;

/// What one try of today weighs.
pub const FRESH: u64 = 1 << 10;
/// After so many days a try weighs half.
pub const HALF_LIFE: i64 = 180;
/// How sure a verdict is: the quantile of the normal distribution for 95 % on one side.
const SURE: f64 = 1.645;
const DAY: i64 = 86_400;

/// What a try of `at` weighs at `now` (seconds since the Unix epoch), in [`FRESH`]: half after each [`HALF_LIFE`], and between on
/// a straight line, in whole numbers, so that it is the same on every machine. A try of the future weighs as one of today.
pub fn weight(at: i64, now: i64) -> u64 {
    let days = now.saturating_sub(at).max(0) / DAY;
    let halvings = days / HALF_LIFE;
    if halvings >= 10 {
        return 0;
    }
    let full = FRESH >> halvings;
    full - full * u64::try_from(days % HALF_LIFE).unwrap_or_default() / (2 * HALF_LIFE.unsigned_abs())
}

/// Tries by number and by weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many there were.
    pub all: u32,
    /// How many of them failed.
    pub failed: u32,
    all_weight: u64,
    failed_weight: u64,
}

impl Tries {
    /// Some tries that ended alike, with what they weigh together.
    pub fn of(count: u32, weight: u64, failed: bool) -> Self {
        let (failed, failed_weight) = if failed { (count, weight) } else { (0, 0) };
        Self { all: count, failed, all_weight: weight, failed_weight }
    }

    /// The share that failed, by weight; none when nothing was tried.
    pub fn rate(&self) -> f64 {
        if self.all_weight == 0 { 0.0 } else { self.failed_weight as f64 / self.all_weight as f64 }
    }

    /// The share that fails at least, of which one can be 95 % sure: the lower end of Wilson's score interval (E. B. Wilson,
    /// JASA 22, 1927) for so many tries as their weights add up to. Unlike quantiles of a beta distribution, which it is
    /// close to, it takes a square root only, which all machines round alike.
    pub fn at_least(&self) -> f64 {
        let tries = self.all_weight as f64 / FRESH as f64;
        if tries <= 0.0 {
            return 0.0;
        }
        let (share, doubt) = (self.rate(), SURE * SURE / tries);
        let spread = SURE * ((share * (1.0 - share) + doubt / 4.0) / tries).sqrt();
        ((share + doubt / 2.0 - spread) / (1.0 + doubt)).max(0.0)
    }
}

impl AddAssign for Tries {
    fn add_assign(&mut self, other: Self) {
        self.all += other.all;
        self.failed += other.failed;
        self.all_weight += other.all_weight;
        self.failed_weight += other.failed_weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(failed: u32, all: u32) -> Tries {
        let mut tries = Tries::of(failed, u64::from(failed) * FRESH, true);
        tries += Tries::of(all - failed, u64::from(all - failed) * FRESH, false);
        tries
    }

    #[test]
    fn few_failures_of_many_tries_say_little() {
        let hundredths = |failed, all| (tries(failed, all).at_least() * 100.0).round();
        assert_eq!([hundredths(8, 8), hundredths(3, 3), hundredths(1, 1)], [75.0, 53.0, 27.0]);
        assert_eq!([hundredths(1, 50), hundredths(5, 10), hundredths(0, 9), hundredths(0, 0)], [0.0, 27.0, 0.0, 0.0]);
    }

    #[test]
    fn more_of_the_same_says_more_and_every_failure_says_more() {
        for all in 1..40 {
            for failed in 0..=all {
                let once = tries(failed, all).at_least();
                assert!(tries(failed * 10, all * 10).at_least() >= once);
                assert!(tries(failed + 1, all + 1).at_least() >= once);
                assert!(tries(failed, all + 1).at_least() <= once);
                assert!((0.0..=tries(failed, all).rate()).contains(&once));
            }
        }
    }

    #[test]
    fn age_halves_what_a_try_weighs() {
        let weighs = |days: i64| weight(0, days * DAY);
        assert_eq!([0, 90, 180, 270, 360, 720, 1800, 100_000].map(weighs), [1024, 768, 512, 384, 256, 64, 0, 0]);
        assert_eq!(weight(10 * DAY, 0), FRESH, "of the future");
        assert!((0..1799).all(|day| weighs(day + 1) <= weighs(day)));
    }
}
