//! Starts anew from anywhere.

use super::super::{Action, Chance, Predictor, State};

/// How likely a walk starts from nothing all the same.
const ANEW: f64 = 0.2;

/// Draws one of the partial stacks held, all alike, and goes on from there at random; of every walk, the beginning up to a
/// place that is drawn may be held as well. When there is no room, it takes the place of another if that lost more.
#[derive(Clone, Debug)]
pub struct Sampling {
    width: usize,
    beam: Vec<(f64, Vec<Action>)>,
    /// What is still to be chosen again to get where the walk starts, the last first.
    ahead: Vec<Action>,
}

impl Sampling {
    /// Holds so many partial stacks at most.
    pub fn new(width: usize) -> Self {
        Self { width: width.max(1), beam: Vec::new(), ahead: Vec::new() }
    }

    fn hold(&mut self, lost: f64, beginning: Vec<Action>, chance: &mut Chance) {
        if self.beam.len() < self.width {
            self.beam.push((lost, beginning));
            return;
        }
        let slot = chance.random.below(self.beam.len());
        if let Some(held) = self.beam.get_mut(slot).filter(|(other, _)| lost < *other) {
            *held = (lost, beginning);
        }
    }
}

impl Predictor for Sampling {
    fn choose(&mut self, state: &State<'_>, chance: &mut Chance) -> Action {
        while let Some(action) = self.ahead.pop() {
            // What was learned since may have chosen it, or ruled it out.
            if state.may(action) {
                return action;
            }
        }
        let open: Vec<usize> = state.open().collect();
        let package = open.get(chance.random.below(open.len())).copied().unwrap_or_default();
        let release = chance.random.bit(state.left(package));
        Action { package: package as u32, release: release as u8 }
    }

    fn done(&mut self, state: &State<'_>, _score: f64, chance: &mut Chance) -> Vec<Action> {
        let decisions = state.decisions();
        let beginning = decisions[..chance.random.below(decisions.len())].to_vec();
        let lost = beginning.iter().map(|action| state.loss(action.package as usize, usize::from(action.release)));
        self.hold(lost.sum(), beginning, chance);
        self.ahead.clear();
        if chance.random.unit() >= ANEW {
            let start = chance.random.below(self.beam.len());
            self.ahead.extend(self.beam.get(start).into_iter().flat_map(|(_, start)| start.iter().rev()));
        }
        Vec::new()
    }
}
