//! How often a project releases: from the days on which its releases were uploaded.

/// A day in seconds.
pub const DAY: i64 = 86_400;
/// A year in days, as far as anybody cares here.
pub const YEAR: i64 = 365;
/// The gap is that between so many releases, the newest.
const RECENT: usize = 20;

/// When a project released. Times are in seconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// How many releases there are of which the time is known.
    pub releases: usize,
    /// The first.
    pub first: i64,
    /// The newest.
    pub newest: i64,
    /// Days between two of the newest twenty releases: the median, the shorter of two in the middle; `None` for one release.
    pub gap: Option<i64>,
}

impl Cadence {
    /// From the times of all releases until `now`, in any order; `None` where no time is known. All in seconds since the Unix epoch.
    pub fn of(times: impl IntoIterator<Item = i64>, now: i64) -> Option<Self> {
        let mut times: Vec<i64> = times.into_iter().filter(|at| *at <= now).collect();
        times.sort_unstable();
        let (first, newest) = (*times.first()?, *times.last()?);
        let recent = times.get(times.len().saturating_sub(RECENT)..).unwrap_or_default();
        let mut gaps: Vec<i64> =
            recent.iter().zip(recent.iter().skip(1)).map(|(one, next)| next.saturating_sub(*one) / DAY).collect();
        gaps.sort_unstable();
        let gap = gaps.get(gaps.len().saturating_sub(1) / 2).copied();
        Some(Self { releases: times.len(), first, newest, gap })
    }

    /// Whole years without a release at `now`, in seconds since the Unix epoch.
    pub fn years(&self, now: i64) -> u32 {
        let years = now.saturating_sub(self.newest).max(0) / DAY / YEAR;
        u32::try_from(years).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_is_the_median_and_what_comes_later_is_not_known_yet() {
        let days = |days: &[i64]| Cadence::of(days.iter().map(|day| day * DAY), 1000 * DAY);
        let cadence = days(&[100, 0, 10, 40, 2000]).unwrap();
        assert_eq!((cadence.releases, cadence.first, cadence.newest, cadence.gap), (4, 0, 100 * DAY, Some(30)));
        assert_eq!(days(&[5]).unwrap().gap, None);
        assert_eq!(days(&[2000]), None);
        assert_eq!(days(&[0, 0]).unwrap().gap, Some(0));
    }

    #[test]
    fn years_are_whole_and_only_the_newest_releases_make_the_gap() {
        let often =
            Cadence::of((0..100).map(|number| if number < 70 { number } else { number * DAY }), i64::MAX).unwrap();
        assert_eq!(often.gap, Some(1));
        assert_eq!([364, 365, 5 * 365].map(|days| often.years(often.newest + days * DAY)), [0, 1, 5]);
        assert_eq!(often.years(0), 0);
        assert_eq!(Cadence::of([i64::MIN], i64::MAX).unwrap().years(i64::MAX), u32::MAX);
    }
}
