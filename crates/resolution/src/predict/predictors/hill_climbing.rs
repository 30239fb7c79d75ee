//! Upwards only, and to another hill from the top.

use super::{
    super::{Action, Chance, Predictor, State, World},
    neighbourhood::Neighbourhood,
};
use crate::cost::Cost;

/// How many neighbours of a stack are looked at in vain, for each of its packages, before it is taken for a top.
const PATIENCE: usize = 20;

/// Goes from a stack to a neighbour that is no worse; begins with the cheapest release of everything. From the top of a hill
/// it leaps: every package is drawn anew once, cheaper releases likelier.
#[derive(Clone, Debug)]
pub struct HillClimbing {
    around: Neighbourhood,
    current: Option<Cost>,
    in_vain: usize,
    leaping: bool,
}

impl HillClimbing {
    /// At no stack yet.
    pub fn new(world: &World) -> Self {
        Self { around: Neighbourhood::new(world), current: None, in_vain: 0, leaping: false }
    }
}

impl Predictor for HillClimbing {
    fn choose(&mut self, state: &State<'_>, chance: &mut Chance) -> Action {
        if !self.leaping {
            return self.around.choose(state, chance);
        }
        let package = state.next().unwrap_or_default();
        let place = chance.random.termial(state.left(package).count_ones() as usize);
        let release = state.preferred(package).nth(place).unwrap_or_default();
        Action { package: package as u32, release: release as u8 }
    }

    fn done(&mut self, state: &State<'_>, _score: f64, chance: &mut Chance) -> Vec<Action> {
        let cost = state.cost();
        if self.leaping || self.current.is_none_or(|current| cost <= current) {
            self.in_vain = if self.current.is_some_and(|current| cost >= current) { self.in_vain + 1 } else { 0 };
            self.current = Some(cost);
            self.around.take(state);
        } else {
            self.in_vain += 1;
        }
        self.leaping = self.in_vain > PATIENCE * state.stack().count();
        if self.leaping {
            (self.in_vain, self.current) = (0, None);
        } else {
            self.around.shake(state, chance);
        }
        Vec::new()
    }
}
