//! Walks a world with a predictor until a budget is spent.

use packaging::{ExtraName, PackageName, Version};

use super::{
    nogoods::Action,
    policy::Policy,
    random::Random,
    schedule::Schedule,
    state::{State, Transition},
    world::World,
};
use crate::cost::Cost;

/// How often the clock is looked at, in choices.
const LOOK: u64 = 64;
/// The most points kept of a run; when there are more, every other is dropped.
const MOST_POINTS: usize = 2048;

/// Decides which way to walk, and learns from where it led.
///
/// What is chosen must be open and left: see [`State::open`] and [`State::left`].
pub trait Predictor: std::fmt::Debug {
    /// The next choice in a state that is not final.
    fn choose(&mut self, state: &State<'_>, chance: &mut Chance) -> Action;

    /// Takes in what became of a choice.
    fn learn(&mut self, _step: &Step<'_, '_>) {}

    /// Takes in a complete stack, its score known. Choices that are returned are never made together again.
    fn done(&mut self, _state: &State<'_>, _score: f64, _chance: &mut Chance) -> Vec<Action> {
        Vec::new()
    }

    /// What was learned, for the next time; nothing by those that learn nothing that lasts.
    fn policy(&self, _world: &World) -> Policy {
        Policy::default()
    }
}

/// What may be drawn, and how much may be risked.
#[derive(Clone, Debug)]
pub struct Chance {
    /// Where all chance comes from.
    pub random: Random,
    /// How much worse a stack may be to be still worth a walk, in the unit of scores. It falls as the budget is used.
    pub temperature: f64,
    /// How much of the budget is used: 0 to 1.
    pub share: f64,
}

/// One step of a walk.
#[derive(Clone, Copy, Debug)]
pub struct Step<'s, 'w> {
    /// Where it led; after an invalid one, where the state went back to.
    pub state: &'s State<'w>,
    /// What was chosen.
    pub action: Action,
    /// What became of it.
    pub transition: Transition,
    /// What the releases that got chosen by it lose, negative; 0 for an invalid step.
    pub reward: f64,
}

/// When a run ends, and what it keeps.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// The most stacks.
    pub limit: u64,
    /// How many of the best are kept.
    pub count: usize,
}

/// A stack that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// What it costs.
    pub cost: Cost,
    /// What it loses, negative: see [`super::scale`].
    pub score: f64,
    /// The releases, each package once.
    pub releases: Vec<(PackageName, Version)>,
    /// The extras in use.
    pub extras: Vec<(PackageName, ExtraName)>,
    actions: Vec<Action>,
}

impl Kept {
    /// The mean number of the releases, the newest of a package being 0.
    pub fn mean_release(&self) -> f64 {
        let sum: f64 = self.actions.iter().map(|action| f64::from(action.release)).sum();
        sum / self.actions.len().max(1) as f64
    }
}

/// One moment of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Choices made until then.
    pub iteration: u64,
    /// The score of the stack found then.
    pub score: f64,
    /// The score of the best stack until then.
    pub best: f64,
    /// The temperature.
    pub temperature: f64,
    /// How much of the budget was used: 0 to 1.
    pub share: f64,
}

/// What a run found.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    /// The best stacks, different ones, the best first; of equal ones the one found first.
    pub kept: Vec<Kept>,
    /// Complete stacks scored.
    pub stacks: u64,
    /// Choices made.
    pub iterations: u64,
    /// Choices that turned out invalid.
    pub rejected: u64,
    /// Dead ends learned from.
    pub learned: usize,
    /// Choices made until the first stack was complete.
    pub first: Option<u64>,
    /// Whether there is no other stack in the world, or none at all.
    pub exhausted: bool,
    /// The course of the run.
    pub history: Vec<Point>,
}

/// Walks until the budget is spent. `clock` tells which share of the time is used; from 1 on the run ends.
pub fn walk(
    world: &World,
    predictor: &mut dyn Predictor,
    seed: u64,
    budget: Budget,
    clock: &mut dyn FnMut() -> f64,
) -> Walked {
    let mut state = State::new(world);
    let mut chance = Chance { random: Random::new(seed), temperature: 0.0, share: 0.0 };
    let schedule = Schedule::new(world.typical_loss(), world.scale().least());
    let mut run = Run { budget, walked: Walked::default(), schedule, stride: 1 };
    let mut time = 0.0_f64;
    while !state.is_exhausted() && run.walked.stacks < budget.limit {
        if run.walked.iterations.is_multiple_of(LOOK) {
            time = clock();
            if time >= 1.0 {
                break;
            }
        }
        if !state.is_final() {
            run.walked.iterations += 1;
            let action = predictor.choose(&state, &mut chance);
            let before = state.lost();
            let transition = state.resolve(action);
            let invalid = transition == Transition::Invalid;
            run.walked.rejected += u64::from(invalid);
            let reward = if invalid { 0.0 } else { before - state.lost() };
            predictor.learn(&Step { state: &state, action, transition, reward });
            if !state.is_final() {
                continue;
            }
        }
        chance.share = time.max(run.walked.stacks as f64 / budget.limit as f64);
        run.take(&state, world, &mut chance);
        let ruled_out = predictor.done(&state, 0.0 - state.lost(), &mut chance);
        if state.decisions().is_empty() {
            // Nothing was left to choose: there is but one stack.
            run.walked.exhausted = true;
            break;
        }
        if !ruled_out.is_empty() {
            state.forbid(&ruled_out);
        }
        state.restart();
    }
    run.walked.learned = state.learned();
    run.walked.exhausted |= state.is_exhausted();
    run.walked
}

/// A run under way.
struct Run {
    budget: Budget,
    walked: Walked,
    schedule: Schedule,
    /// How many stacks there are to a point of the history.
    stride: u64,
}

impl Run {
    /// Takes in a complete stack.
    fn take(&mut self, state: &State<'_>, world: &World, chance: &mut Chance) {
        // Not negated: nothing lost is no negative zero.
        let score = 0.0 - state.lost();
        self.schedule.see(score);
        chance.temperature = self.schedule.temperature(chance.share);
        let walked = &mut self.walked;
        walked.first.get_or_insert(walked.iterations);
        walked.stacks += 1;
        let cost = state.cost();
        let is_full = walked.kept.len() >= self.budget.count.max(1);
        let improves = walked.kept.first().is_none_or(|best| cost < best.cost);
        if !is_full || walked.kept.last().is_some_and(|worst| cost < worst.cost) {
            self.keep(state, world, cost, score);
        }
        let walked = &mut self.walked;
        if improves || walked.stacks.is_multiple_of(self.stride) {
            let best = walked.kept.first().map_or(score, |best| best.score);
            let Chance { temperature, share, .. } = *chance;
            walked.history.push(Point { iteration: walked.iterations, score, best, temperature, share });
            if walked.history.len() >= MOST_POINTS {
                let mut place = 0;
                walked.history.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
                self.stride *= 2;
            }
        }
    }

    fn keep(&mut self, state: &State<'_>, world: &World, cost: Cost, score: f64) {
        let mut actions: Vec<Action> = state.stack().collect();
        actions.sort_unstable();
        let kept = &mut self.walked.kept;
        if kept.iter().any(|one| one.cost == cost && one.actions == actions) {
            return;
        }
        let release = |action: &Action| {
            let package = action.package as usize;
            (world.name(package).clone(), world.version(package, usize::from(action.release)).clone())
        };
        let extra = |extra: usize| {
            let (package, name) = &world.extras[extra];
            (world.name(*package as usize).clone(), name.clone())
        };
        let (releases, extras) = (actions.iter().map(release).collect(), state.active().map(extra).collect());
        let place = kept.partition_point(|one| one.cost <= cost);
        kept.insert(place, Kept { cost, score, releases, extras, actions });
        kept.truncate(self.budget.count.max(1));
    }
}
