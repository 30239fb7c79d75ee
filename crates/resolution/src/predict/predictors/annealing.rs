//! Adaptive simulated annealing: downhill as well, as long as it is warm.

use super::{
    super::{Action, Chance, Predictor, State, World},
    neighbourhood::Neighbourhood,
};
use crate::cost::Cost;

/// Goes from a stack to a neighbour that is no worse, and to one that is worse with a likelihood of
/// `exp((score of the neighbour - score) / temperature)` (Kirkpatrick and others, 1983). It adapts in that the temperature is
/// scaled by how far the scores seen lie apart and by what is left of the budget.
#[derive(Clone, Debug)]
pub struct Annealing {
    around: Neighbourhood,
    current: Option<(Cost, f64)>,
}

impl Annealing {
    /// At no stack yet.
    pub fn new(world: &World) -> Self {
        Self { around: Neighbourhood::new(world), current: None }
    }
}

impl Predictor for Annealing {
    fn choose(&mut self, state: &State<'_>, chance: &mut Chance) -> Action {
        self.around.choose(state, chance)
    }

    fn done(&mut self, state: &State<'_>, score: f64, chance: &mut Chance) -> Vec<Action> {
        let cost = state.cost();
        let accepted = self.current.is_none_or(|(current, at)| {
            cost <= current || chance.random.unit() < ((score - at) / chance.temperature).exp()
        });
        if accepted {
            self.current = Some((cost, score));
            self.around.take(state);
        }
        self.around.shake(state, chance);
        Vec::new()
    }
}
