//! Costs: vectors of whole numbers compared level by level.

use std::ops::{Add, AddAssign, Sub, SubAssign};

/// How many levels an objective may have.
pub const LEVELS: usize = 9;

/// A cost with one number a level, the most important level first; the first difference decides.
///
/// Costs of releases are never negative, so the cost of a partial stack bounds that of every stack containing it. A
/// *difference* of two costs may be negative in a lower level and is still positive as a whole: such vectors form an
/// ordered group, which is all that core-guided optimisation needs of its weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cost([i64; LEVELS]);

impl Cost {
    /// Nothing lost on any level.
    pub const ZERO: Self = Self([0; LEVELS]);

    /// `amount` on one level (0 is the most important), nothing elsewhere.
    pub fn on(level: usize, amount: u32) -> Self {
        let mut cost = Self::ZERO;
        cost.0[level] = i64::from(amount);
        cost
    }

    /// The order of magnitude of a cost of zero or more: its first level above zero, and the logarithm of the amount there.
    /// A larger cost has no smaller one; zero has the least.
    pub fn magnitude(&self) -> u32 {
        let first = self.0.iter().zip((1..=LEVELS as u32).rev()).find(|(amount, _)| **amount > 0);
        first.map_or(0, |(amount, weight)| weight * i64::BITS + amount.ilog2())
    }

    /// On each level, the smaller amount of two costs.
    pub(crate) fn least(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|level| self.0[level].min(other.0[level])))
    }

    /// On each level, the larger amount of two costs.
    pub(crate) fn most(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|level| self.0[level].max(other.0[level])))
    }

    /// The amount on one level.
    pub fn at(&self, level: usize) -> i64 {
        self.0[level]
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }
}

impl Sub for Cost {
    type Output = Self;

    fn sub(mut self, other: Self) -> Self {
        self -= other;
        self
    }
}

impl SubAssign for Cost {
    fn sub_assign(&mut self, other: Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine -= theirs;
        }
    }
}

impl std::iter::Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_decides() {
        assert!(Cost::on(0, 1) > Cost::on(1, 1_000_000));
        assert!(Cost::on(0, 1) - Cost::on(1, 1_000_000) > Cost::ZERO);
        assert!(Cost::on(0, 1).magnitude() > Cost::on(1, u32::MAX).magnitude());
        assert!(Cost::on(1, 4).magnitude() > (Cost::on(1, 3) + Cost::on(2, 9)).magnitude());
        assert_eq!(Cost::on(1, 4).magnitude(), (Cost::on(1, 7) - Cost::on(2, 9)).magnitude());
        assert!(Cost::on(LEVELS - 1, 1).magnitude() > Cost::ZERO.magnitude());
        assert_eq!(Cost::on(2, 3) + Cost::on(2, 4), Cost::on(2, 7));
    }
}
