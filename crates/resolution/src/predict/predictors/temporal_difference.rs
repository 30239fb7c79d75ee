//! Temporal difference learning of what a choice leads to.

use super::super::{
    Action, Chance, Predictor, State, Step, Transition, World,
    policy::{Policy, Value},
};

/// Below this share of what is new a value never learns more slowly.
const SLOWEST: f64 = 0.02;
/// How much of an error is passed on to the choice before, with a trace.
const TRACE: f64 = 0.8;

/// About how often a walk draws a release whatever it is worth: scores of small levels are soon lost in those of large ones.
const DETOURS: f64 = 0.5;

/// Learns, for each release, what is gained from choosing it to the end of the stack, by n-step temporal difference (Sutton
/// and Barto, Reinforcement Learning, 2018, chapters 7 and 12): `Q(a_t) += α (r_t + … + r_(t+n-1) + Q(a_(t+n)) - Q(a_t))`, with
/// a trace passed on to the choices before. A value is that of a release, whatever else is chosen: the packages are resolved
/// in an order that does not change much, and a table of states would never be filled.
///
/// Releases are drawn in proportion to `exp(Q / temperature)`. One that was never tried is worth what it loses by itself,
/// which is hopeful, so it is tried.
#[derive(Clone, Debug)]
pub struct TemporalDifference {
    steps: usize,
    trace: bool,
    values: Vec<Value>,
    /// The choices of this walk with their rewards.
    path: Vec<(usize, f64)>,
    /// How many of them have learned.
    learned: usize,
    /// How many choices the last walk took.
    depth: usize,
    weights: Vec<(usize, f64)>,
}

impl TemporalDifference {
    /// Learns after so many steps; `policy` is what was learned before.
    pub fn new(world: &World, steps: usize, trace: bool, policy: &Policy) -> Self {
        Self {
            steps: steps.max(1),
            trace,
            values: policy.values(world),
            path: Vec::new(),
            learned: 0,
            depth: 1,
            weights: Vec::new(),
        }
    }

    /// Moves the value of the choice at a place of the path towards a target, and those before it by what that was off.
    fn correct(&mut self, at: usize, target: f64) {
        let value = &mut self.values[self.path[at].0];
        let off = target - value.mean;
        value.count += 1;
        value.mean += off * (1.0 / value.count as f64).max(SLOWEST);
        if !self.trace {
            return;
        }
        let mut share = TRACE;
        for (place, _) in self.path[..at].iter().rev() {
            let value = &mut self.values[*place];
            if value.count == 0 || share < SLOWEST {
                break;
            }
            value.mean += share * off * (1.0 / value.count as f64).max(SLOWEST);
            share *= TRACE;
        }
    }
}

impl Predictor for TemporalDifference {
    fn choose(&mut self, state: &State<'_>, chance: &mut Chance) -> Action {
        let package = state.next().unwrap_or_default();
        let worth = |release: usize| {
            let value = self.values[state.place(package, release)];
            if value.count == 0 { -state.loss(package, release) } else { value.mean }
        };
        self.weights.clear();
        self.weights.extend(state.preferred(package).map(|release| (release, worth(release))));
        let best =
            self.weights.iter().fold((0, f64::NEG_INFINITY), |best, one| if one.1 > best.1 { *one } else { best });
        let mut release = best.0;
        let detour = chance.random.unit() < (DETOURS / self.depth as f64).min(0.5);
        if detour {
            release = chance.random.bit(state.left(package));
        } else if chance.temperature > 0.0 {
            let weight = |worth: f64| ((worth - best.1) / chance.temperature).exp();
            let total: f64 = self.weights.iter().map(|(_, worth)| weight(*worth)).sum();
            let mut drawn = chance.random.unit() * total;
            for (one, worth) in &self.weights {
                release = *one;
                drawn -= weight(*worth);
                if drawn < 0.0 {
                    break;
                }
            }
        }
        Action { package: package as u32, release: release as u8 }
    }

    fn learn(&mut self, step: &Step<'_, '_>) {
        let depth = step.state.decisions().len();
        if step.transition == Transition::Invalid {
            // Dead ends are ruled out for good; there is nothing to be learned of their worth.
            self.path.truncate(depth);
            self.learned = self.learned.min(depth);
            return;
        }
        let Action { package, release } = step.action;
        self.path.push((step.state.place(package as usize, usize::from(release)), step.reward));
        let last = self.path.len() - 1;
        if let Some(at) = last.checked_sub(self.steps)
            && at >= self.learned
        {
            let rewards: f64 = self.path[at..last].iter().map(|(_, reward)| reward).sum();
            let ahead = self.values[self.path[last].0];
            let expected = if ahead.count == 0 { step.reward } else { ahead.mean };
            self.correct(at, rewards + expected);
            self.learned = at + 1;
        }
    }

    fn done(&mut self, _state: &State<'_>, _score: f64, _chance: &mut Chance) -> Vec<Action> {
        for at in self.learned..self.path.len() {
            let rewards: f64 = self.path[at..].iter().map(|(_, reward)| reward).sum();
            self.correct(at, rewards);
        }
        self.depth = self.path.len().max(1);
        self.path.clear();
        self.learned = 0;
        Vec::new()
    }

    fn policy(&self, world: &World) -> Policy {
        Policy::of(world, &self.values)
    }
}
