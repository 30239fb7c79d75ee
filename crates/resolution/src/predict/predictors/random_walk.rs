//! Walks at random, as a yardstick: what learns must do better.

use super::super::{Action, Chance, Predictor, State, random::nth};

/// Draws each release anew.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomWalk {
    /// Whether newer releases are likelier, falling linearly to the oldest; else all are alike.
    pub termial: bool,
}

impl Predictor for RandomWalk {
    fn choose(&mut self, state: &State<'_>, chance: &mut Chance) -> Action {
        let package = state.next().unwrap_or_default();
        let left = state.left(package);
        let many = left.count_ones() as usize;
        let drawn = if self.termial { chance.random.termial(many) } else { chance.random.below(many) };
        Action { package: package as u32, release: nth(left, drawn) as u8 }
    }
}
