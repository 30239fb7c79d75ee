//! Temporal difference learning of what a choice leads to.

use super::super::{
    Action, Chance, Predictor, State, Step, World,
    policy::{Policy, Value},
};
use crate::cost::Cost;

/// Below this share of what is new a value never learns more slowly.
const SLOWEST: f64 = 0.02;
/// How much what a walk came to counts, against what was expected a step ahead: λ.
const TRACE: f64 = 0.9;
/// About how often a walk draws a release whatever it is worth: scores of small levels are soon lost in those of large ones.
const DETOURS: f64 = 1.0;

/// Learns, for each release, what is gained from choosing it to the end of the stack, by temporal difference (Sutton and
/// Barto, Reinforcement Learning, 2018, chapters 6, 7 and 12): `Q(a_t) += α (G_t - Q(a_t))`. With a trace, `G_t` is Watkins's
/// λ-return, `r_t + (1 - λ) max Q + λ G_(t+1)`; without, it is that of n steps, `r_t + … + r_(t+n-1) + max Q`. Both end at a
/// choice that was not the best known, so that trying something says nothing bad of what came before it. A value is that of a
/// release, whatever else is chosen: the packages are resolved in an order that does not change much, and a table of states
/// would never be filled.
///
/// Where something was learned before, the first walk is that of the best stack found then, as far as it is still there, and
/// the second takes the best of all that was learned.
/// Releases are drawn in proportion to `exp(Q / temperature)`. One that was never tried is worth what it loses by itself,
/// which is hopeful, so it is tried.
#[derive(Clone, Debug)]
pub struct TemporalDifference {
    steps: usize,
    trace: bool,
    values: Vec<Value>,
    /// The choices of this walk.
    path: Vec<Chosen>,
    /// How many choices the last walk took.
    depth: usize,
    weights: Vec<(usize, f64)>,
    /// By package: its release in the best stack known before, with which the first walk begins.
    before: Vec<Option<usize>>,
    /// How many walks are still to be the best known, before anything is left to chance.
    sober: usize,
    /// The best stack found, and what it costs.
    best: Option<(Cost, Vec<Action>)>,
}

/// A choice with what was known when it was made.
#[derive(Clone, Copy, Debug)]
struct Chosen {
    /// The place of the release.
    place: usize,
    /// What the stack lost before.
    lost: f64,
    /// What the best release known was worth.
    best: f64,
    /// Whether it was that.
    is_best: bool,
}

impl TemporalDifference {
    /// Without a trace, learns after so many steps; `policy` is what was learned before.
    pub fn new(world: &World, steps: usize, trace: bool, policy: &Policy) -> Self {
        Self {
            steps: steps.max(1),
            trace,
            values: policy.values(world),
            path: Vec::new(),
            depth: 1,
            weights: Vec::new(),
            before: policy.releases(world),
            sober: if policy.stack.is_empty() { 1 } else { 2 },
            best: None,
        }
    }

    /// Draws among the weights.
    fn drawn(&self, best: f64, chance: &mut Chance) -> usize {
        let weight = |worth: f64| ((worth - best) / chance.temperature).exp();
        let total: f64 = self.weights.iter().map(|(_, worth)| weight(*worth)).sum();
        let mut left = chance.random.unit() * total;
        for (place, (_, worth)) in self.weights.iter().enumerate() {
            left -= weight(*worth);
            if left < 0.0 {
                return place;
            }
        }
        self.weights.len().saturating_sub(1)
    }

    fn correct(&mut self, place: usize, target: f64) {
        let value = &mut self.values[place];
        value.count = value.count.saturating_add(1);
        value.mean += (target - value.mean) * (1.0 / f64::from(value.count)).max(SLOWEST);
    }

    /// What the choice at a place of the path came to in so many steps, and was expected to come to from there.
    fn after_steps(&self, at: usize, lost: f64) -> f64 {
        let ends = |place: &usize| *place == at + self.steps || !self.path[*place].is_best;
        match (at + 1..self.path.len()).find(ends).map(|end| self.path[end]) {
            Some(end) => self.path[at].lost - end.lost + end.best,
            None => self.path[at].lost - lost,
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
        let heaviest =
            |best: usize, place: usize| if self.weights[place].1 > self.weights[best].1 { place } else { best };
        let best = (0..self.weights.len()).reduce(heaviest).unwrap_or_default();
        let highest = self.weights[best].1;
        let before = self.before[package].and_then(|known| self.weights.iter().position(|(one, _)| *one == known));
        let chosen = if let Some(before) = before {
            before
        } else if self.sober > 0 {
            best
        } else if chance.random.unit() < (DETOURS / self.depth as f64).min(0.5) {
            chance.random.below(self.weights.len())
        } else if chance.temperature > 0.0 {
            self.drawn(highest, chance)
        } else {
            best
        };
        let (release, worth) = self.weights[chosen];
        let place = state.place(package, release);
        self.path.push(Chosen { place, lost: state.lost(), best: highest, is_best: worth >= highest });
        Action { package: package as u32, release: release as u8 }
    }

    fn learn(&mut self, step: &Step<'_, '_>) {
        // Dead ends are ruled out for good; there is nothing to be learned of their worth.
        self.path.truncate(step.state.decisions().len());
    }

    fn done(&mut self, state: &State<'_>, _score: f64, _chance: &mut Chance) -> Vec<Action> {
        let (mut lost, mut ahead) = (state.lost(), 0.0);
        for at in (0..self.path.len()).rev() {
            let chosen = self.path[at];
            let came_to = chosen.lost - lost + ahead;
            self.correct(chosen.place, if self.trace { came_to } else { self.after_steps(at, state.lost()) });
            ahead = if chosen.is_best { chosen.best + TRACE * (came_to - chosen.best) } else { chosen.best };
            lost = chosen.lost;
        }
        let cost = state.cost();
        if self.best.as_ref().is_none_or(|(best, _)| cost < *best) {
            self.best = Some((cost, state.stack().collect()));
        }
        self.before.fill(None);
        self.sober = self.sober.saturating_sub(1);
        self.depth = self.path.len().max(1);
        self.path.clear();
        Vec::new()
    }

    fn policy(&self, world: &World) -> Policy {
        Policy::of(world, &self.values, self.best.as_ref().map_or(&[], |(_, stack)| stack))
    }
}
