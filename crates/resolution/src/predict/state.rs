//! A partly resolved stack, and what choosing one more release does to it.
//!
//! Choosing narrows what is left of other packages, until nothing follows any more, as [`super::propagation`] finds; all of it
//! is undone by going back along a trail. What a dead end teaches is in [`super::conflict`].

use super::{
    nogoods::{Action, Nogoods},
    world::World,
};
use crate::cost::Cost;

pub(super) const NEVER: u32 = u32::MAX;

/// What became of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// Packages are still to be resolved.
    Open,
    /// The stack is complete.
    Final,
    /// No stack has these choices. Why was learned, and the state went back to where that is not so.
    Invalid,
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Fewer releases of a package are left.
    Domain,
    /// A package got into the stack.
    Present,
    /// One release of a package that is in the stack is left.
    Chosen,
    /// An extra is in use; its number is in `before`.
    Active,
}

/// Why it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The project says so.
    Given,
    /// It was chosen.
    Decision,
    /// Nothing else is left.
    Forced,
    /// The chosen release of a package requires it, by one of [`World::requirements`].
    Requirement(u32, u32),
    /// Nothing is left for what these releases require.
    Group(u32),
    /// All other choices of it are made.
    Nogood(u32),
    /// A rule says that these releases must not meet.
    Meeting(u32),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) what: What,
    pub(super) cause: Cause,
    pub(super) package: u32,
    /// The domain before, or the extra.
    pub(super) before: u64,
    /// The change of the same package's domain before this one.
    pub(super) previous: u32,
}

/// A package of which nothing is left, and why the last went.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clash {
    pub(super) package: u32,
    /// What would have gone, and the cause: it is not on the trail.
    pub(super) removed: u64,
    pub(super) cause: Cause,
}

/// What held when a choice was made.
#[derive(Clone, Copy, Debug)]
struct Level {
    trail: u32,
    cursor: u32,
    lost: f64,
    cost: Cost,
}

/// A partly resolved stack: the choices made, and what they leave of the rest.
#[derive(Clone, Debug)]
pub struct State<'w> {
    pub(super) world: &'w World,
    pub(super) domains: Vec<u64>,
    pub(super) present_at: Vec<u32>,
    pub(super) chosen_at: Vec<u32>,
    pub(super) active_at: Vec<u32>,
    /// By package: the last change of its domain.
    pub(super) last: Vec<u32>,
    pub(super) trail: Vec<Entry>,
    levels: Vec<Level>,
    decisions: Vec<Action>,
    /// Packages in the stack, in the order in which they got there; those before the cursor are all chosen.
    joined: Vec<u32>,
    cursor: u32,
    pub(super) head: usize,
    pub(super) lost: f64,
    pub(super) cost: Cost,
    pub(super) nogoods: Nogoods,
    pub(super) marked: Vec<bool>,
    exhausted: bool,
}

impl<'w> State<'w> {
    /// Nothing chosen yet.
    pub fn new(world: &'w World) -> Self {
        let packages = world.packages.len();
        let full = |count: usize| if count >= 64 { u64::MAX } else { (1 << count) - 1 };
        let mut state = Self {
            world,
            domains: world.packages.iter().map(|place| full(place.count) & !place.barred).collect(),
            present_at: vec![NEVER; packages],
            chosen_at: vec![NEVER; packages],
            active_at: vec![NEVER; world.extras.len()],
            last: vec![NEVER; packages],
            trail: Vec::new(),
            levels: Vec::new(),
            decisions: Vec::new(),
            joined: Vec::new(),
            cursor: 0,
            head: 0,
            lost: 0.0,
            cost: Cost::ZERO,
            nogoods: Nogoods::new(world.choices.len()),
            marked: Vec::new(),
            exhausted: false,
        };
        state.exhausted = state.begin().and_then(|()| state.complete()).is_err();
        state
    }

    /// Whether no stack is left: there is none, or all were ruled out.
    pub fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// Whether nothing is left to resolve.
    pub fn is_final(&self) -> bool {
        !self.exhausted && self.next().is_none()
    }

    /// The package to resolve next: that which got into the stack first of those that are open. Whatever else could be
    /// resolved first leads to the same stacks.
    pub fn next(&self) -> Option<usize> {
        let open = |package: &&u32| self.chosen_at[**package as usize] == NEVER;
        self.joined[self.cursor as usize..].iter().find(open).map(|package| *package as usize)
    }

    /// All packages that are to be resolved.
    pub fn open(&self) -> impl Iterator<Item = usize> {
        let joined = self.joined[self.cursor as usize..].iter().map(|package| *package as usize);
        joined.filter(|package| self.chosen_at[*package] == NEVER)
    }

    /// The releases of a package that may still be chosen, a bit each.
    pub fn left(&self, package: usize) -> u64 {
        self.domains[package]
    }

    /// The releases of a package that may still be chosen, the cheapest first; of equally cheap ones the preferred first.
    pub fn preferred(&self, package: usize) -> impl Iterator<Item = usize> {
        let left = self.domains[package];
        let ranked = self.world.packages[package].ranked.iter().map(|release| usize::from(*release));
        ranked.filter(move |release| left >> release & 1 == 1)
    }

    /// The release of a package that is in the stack for certain.
    pub fn chosen(&self, package: usize) -> Option<usize> {
        (self.chosen_at[package] != NEVER).then(|| self.domains[package].trailing_zeros() as usize)
    }

    /// The packages in the stack with the releases that are chosen, in the order in which they got in.
    pub fn stack(&self) -> impl Iterator<Item = Action> {
        let joined = self.joined.iter().map(|package| (*package, self.chosen(*package as usize)));
        joined.filter_map(|(package, release)| Some(Action { package, release: release? as u8 }))
    }

    /// The choices made so far, those that followed by themselves left out.
    pub fn decisions(&self) -> &[Action] {
        &self.decisions
    }

    /// The extras of packages in the stack that are in use.
    pub(super) fn active(&self) -> impl Iterator<Item = usize> {
        (0..self.active_at.len()).filter(|extra| self.active_at[*extra] != NEVER)
    }

    /// What the chosen releases cost.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// What the chosen releases lose (see [`Scale`](super::scale::Scale)), together: what the reward of a choice takes away.
    pub fn lost(&self) -> f64 {
        self.lost
    }

    /// Whether a choice is open and left.
    pub fn may(&self, Action { package, release }: Action) -> bool {
        let at = package as usize;
        let is_open = self.present_at.get(at).is_some_and(|at| *at != NEVER) && self.chosen_at[at] == NEVER;
        is_open && release < 64 && self.domains[at] >> release & 1 == 1
    }

    /// Packages of which a release requires this one, and packages that a release of it requires.
    pub fn neighbours(&self, package: usize) -> &'w [u32] {
        &self.world.packages[package].neighbours
    }

    /// The place of a release among all of the world.
    pub(super) fn place(&self, package: usize, release: usize) -> usize {
        self.world.packages[package].first + release
    }

    /// What choosing a release loses by itself.
    pub fn loss(&self, package: usize, release: usize) -> f64 {
        self.world.choice(package, release).loss
    }

    /// How many dead ends were learned from.
    pub fn learned(&self) -> usize {
        self.nogoods.learned()
    }

    /// Back to where nothing was chosen. What was learned stays.
    pub fn restart(&mut self) {
        self.back(0);
        if self.nogoods.is_full() {
            let world = self.world;
            self.nogoods.forget(|action| place(world, action));
        }
    }

    /// Chooses a release of an open package.
    ///
    /// What is not open or not left is no choice: the state stays as it is, and it is invalid.
    pub fn resolve(&mut self, action: Action) -> Transition {
        let Action { package, release } = action;
        if self.exhausted || !self.may(action) {
            return Transition::Invalid;
        }
        let Self { cursor, lost, cost, .. } = *self;
        self.levels.push(Level { trail: self.trail.len() as u32, cursor, lost, cost });
        self.decisions.push(action);
        self.change(package, 1 << release, Cause::Decision);
        self.choose(package, Cause::Decision);
        match self.propagate().and_then(|()| self.complete()) {
            Ok(()) => {
                while self.joined.get(self.cursor as usize).is_some_and(|one| self.chosen_at[*one as usize] != NEVER) {
                    self.cursor += 1;
                }
                if self.cursor as usize == self.joined.len() { Transition::Final } else { Transition::Open }
            }
            Err(clash) => {
                self.retreat(clash);
                Transition::Invalid
            }
        }
    }

    /// Rules out that these choices are ever made together again; for choices that are made now, and all of whose packages
    /// are in the stack. The state goes back to where that is so.
    pub fn forbid(&mut self, together: &[Action]) {
        let made = |action: &&Action| self.chosen(action.package as usize) == Some(usize::from(action.release));
        let literals: Vec<Action> = together.iter().filter(made).copied().collect();
        if literals.len() == together.len() {
            self.learn(literals);
        }
    }

    /// Which choice a place on the trail belongs to; 0 before the first.
    pub(super) fn level_of(&self, at: u32) -> usize {
        self.levels.partition_point(|level| level.trail <= at)
    }

    /// Undoes all choices but the first `depth`.
    pub(super) fn back(&mut self, depth: usize) {
        let Some(Level { trail, cursor, lost, cost }) = self.levels.get(depth).copied() else { return };
        while self.trail.len() > trail as usize {
            let Some(entry) = self.trail.pop() else { break };
            let package = entry.package as usize;
            match entry.what {
                What::Domain => (self.domains[package], self.last[package]) = (entry.before, entry.previous),
                What::Chosen => self.chosen_at[package] = NEVER,
                What::Active => self.active_at[entry.before as usize] = NEVER,
                What::Present => {
                    self.present_at[package] = NEVER;
                    self.joined.pop();
                }
            }
        }
        self.levels.truncate(depth);
        self.decisions.truncate(depth);
        (self.cursor, self.head, self.lost, self.cost) = (cursor, self.trail.len(), lost, cost);
    }

    pub(super) fn stop(&mut self) {
        self.exhausted = true;
    }

    pub(super) fn join(&mut self, package: u32, cause: Cause) -> Result<(), Clash> {
        let at = package as usize;
        if self.present_at[at] != NEVER {
            return Ok(());
        }
        if self.domains[at] == 0 {
            return Err(Clash { package, removed: 0, cause });
        }
        self.present_at[at] = self.trail.len() as u32;
        self.joined.push(package);
        self.push(What::Present, cause, package, 0);
        Ok(())
    }

    pub(super) fn choose(&mut self, package: u32, cause: Cause) {
        let at = package as usize;
        self.chosen_at[at] = self.trail.len() as u32;
        let choice = self.world.choice(at, self.domains[at].trailing_zeros() as usize);
        self.lost += choice.loss;
        self.cost += choice.cost;
        self.push(What::Chosen, cause, package, 0);
    }

    pub(super) fn activate(&mut self, extra: u32, cause: Cause) {
        if self.active_at[extra as usize] == NEVER {
            self.active_at[extra as usize] = self.trail.len() as u32;
            let package = self.world.extras[extra as usize].0;
            self.push(What::Active, cause, package, u64::from(extra));
        }
    }

    /// Takes releases of a package away.
    pub(super) fn remove(&mut self, package: u32, releases: u64, cause: Cause) -> Result<(), Clash> {
        let before = self.domains[package as usize];
        let left = before & !releases;
        if left == before {
            return Ok(());
        }
        if left == 0 && self.present_at[package as usize] != NEVER {
            return Err(Clash { package, removed: releases, cause });
        }
        self.change(package, left, cause);
        Ok(())
    }

    fn change(&mut self, package: u32, left: u64, cause: Cause) {
        let at = package as usize;
        let entry = Entry { what: What::Domain, cause, package, before: self.domains[at], previous: self.last[at] };
        self.last[at] = self.trail.len() as u32;
        self.domains[at] = left;
        self.trail.push(entry);
    }

    fn push(&mut self, what: What, cause: Cause, package: u32, before: u64) {
        self.trail.push(Entry { what, cause, package, before, previous: NEVER });
    }
}

/// The place of a choice among all of the world.
pub(super) fn place(world: &World, action: Action) -> usize {
    world.packages[action.package as usize].first + usize::from(action.release)
}
