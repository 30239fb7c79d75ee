//! How the cost of a release becomes one number to learn from.
//!
//! Stacks are always compared by their cost vectors; the number only guides.

use crate::cost::{Cost, LEVELS};

/// How much less the next level counts when everything that can be lost on it is.
const NEXT: f64 = 1.0 / 16.0;

/// The weights of the levels.
///
/// On each level on which the releases of some package differ, the *span* is what could be lost there at most: the sum over
/// the packages of what their dearest release costs. Of packages that every stack has, what their cheapest costs is taken
/// off, as there is no choice. Losing all of the first such level counts 1, of the second 1/16, of the third 1/256 and so on:
/// `loss = Σ 16^-i · amount_i / span_i`. Means and differences of such numbers say something, which those of a number that
/// keeps the order of levels at any price do not: there, the first level would drown all that comes after.
#[derive(Clone, Debug)]
pub struct Scale([f64; LEVELS]);

impl Scale {
    /// The scale of a world, from what the dearest release of each package loses on each level.
    pub(super) fn new(dearest: impl Iterator<Item = Cost>) -> Self {
        let spans: Cost = dearest.sum();
        let mut weights = [0.0; LEVELS];
        let mut next = 1.0;
        for (level, weight) in weights.iter_mut().enumerate() {
            if spans.at(level) > 0 {
                *weight = next / spans.at(level) as f64;
                next *= NEXT;
            }
        }
        Self(weights)
    }

    /// What a cost, or a difference of two, loses.
    pub fn loss(&self, cost: &Cost) -> f64 {
        self.0.iter().enumerate().map(|(level, weight)| weight * cost.at(level) as f64).sum()
    }

    /// The least that two costs can differ by: one on the last level that counts. Infinite when none does.
    pub(super) fn least(&self) -> f64 {
        self.0.iter().copied().filter(|weight| *weight > 0.0).fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_on_which_nothing_differs_takes_no_weight_from_the_next() {
        let scale = Scale::new([Cost::on(3, 4), Cost::on(3, 6)].into_iter());
        assert_eq!(scale.loss(&Cost::on(3, 10)), 1.0);
        assert_eq!(scale.loss(&Cost::on(0, 10)), 0.0);
        assert_eq!(scale.least(), 0.1);
        assert_eq!(scale.loss(&(Cost::on(3, 5) - Cost::on(3, 10))), -0.5);
    }
}
