//! What follows from choices: what chosen releases require, what releases could not have because nothing is left for them, and
//! what was learned from dead ends.

use super::{
    nogoods::Action,
    state::{Cause, Clash, NEVER, State, What, place},
    world::{Meets, Requirement},
};

impl State<'_> {
    /// What the project requires, before any choice.
    pub(super) fn begin(&mut self) -> Result<(), Clash> {
        let world = self.world;
        for (package, extras) in &world.wants {
            self.join(*package, Cause::Given)?;
            for extra in extras {
                self.activate(*extra, Cause::Given);
            }
        }
        for group in 0..world.groups.len() as u32 {
            self.check(group)?;
        }
        self.propagate()
    }

    /// Draws all conclusions.
    pub(super) fn propagate(&mut self) -> Result<(), Clash> {
        let world = self.world;
        while let Some(entry) = self.trail.get(self.head).copied() {
            let at = self.head as u32;
            self.head += 1;
            let package = entry.package as usize;
            match entry.what {
                What::Domain => {
                    if self.last[package] != at {
                        continue;
                    }
                    for group in world.packages[package].groups.clone() {
                        self.check(group as u32)?;
                    }
                    self.settle(entry.package);
                }
                What::Present => self.settle(entry.package),
                What::Chosen => self.follow(entry.package, None)?,
                What::Active => {
                    let extra = entry.before as u32;
                    if self.chosen_at[package] != NEVER {
                        self.follow(entry.package, Some(extra))?;
                    } else {
                        for group in &world.conditional[extra as usize] {
                            self.check(*group)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes the last release of a package in the stack.
    fn settle(&mut self, package: u32) {
        let at = package as usize;
        if self.domains[at].is_power_of_two() && self.present_at[at] != NEVER && self.chosen_at[at] == NEVER {
            self.choose(package, Cause::Forced);
        }
    }

    /// What the chosen release of a package requires; when an extra got in use, only what it adds.
    fn follow(&mut self, package: u32, extra: Option<u32>) -> Result<(), Clash> {
        let world = self.world;
        let release = self.domains[package as usize].trailing_zeros() as usize;
        let place = world.packages[package as usize].first + release;
        for number in world.choices[place].requirements.clone() {
            let requirement = &world.requirements[number];
            let when = world.list(requirement.when);
            let is_due = when.iter().all(|extra| self.active_at[*extra as usize] != NEVER);
            if is_due && extra.is_none_or(|extra| when.contains(&extra)) {
                self.require(requirement, Cause::Requirement(package, number as u32))?;
            }
        }
        if extra.is_none() { self.recall(package, release as u8, place) } else { Ok(()) }
    }

    fn require(&mut self, requirement: &Requirement, cause: Cause) -> Result<(), Clash> {
        let target = requirement.target;
        self.remove(target, !requirement.mask, cause)?;
        self.join(target, cause)?;
        let world = self.world;
        for extra in world.list(requirement.asks) {
            self.activate(*extra, cause);
        }
        Ok(())
    }

    /// Whether a group of releases can still have what it requires.
    fn check(&mut self, number: u32) -> Result<(), Clash> {
        let group = &self.world.groups[number as usize];
        if self.domains[group.target as usize] & group.mask != 0
            || self.domains[group.package as usize] & group.releases == 0
        {
            return Ok(());
        }
        let when = self.world.list(group.when);
        if when.iter().any(|extra| self.active_at[*extra as usize] == NEVER) {
            return Ok(());
        }
        self.remove(group.package, group.releases, Cause::Group(number))
    }

    /// What was learned of a choice that is made.
    fn recall(&mut self, package: u32, release: u8, at: usize) -> Result<(), Clash> {
        let mut watchers = self.nogoods.take(at);
        if watchers.is_empty() {
            return Ok(());
        }
        let this = Action { package, release };
        let (mut kept, mut ended) = (0, Ok(()));
        for index in 0..watchers.len() {
            let number = watchers[index];
            if ended.is_ok() {
                match self.moved(number, this) {
                    Some(next) => {
                        let to = place(self.world, next);
                        self.nogoods.watch(to, number);
                        continue;
                    }
                    None => {
                        // The other watched choice is the last that is not made.
                        let last = self.nogoods.all[number as usize][0];
                        ended = self.remove(last.package, 1 << last.release, Cause::Nogood(number));
                    }
                }
            }
            watchers[kept] = number;
            kept += 1;
        }
        watchers.truncate(kept);
        self.nogoods.keep(at, watchers);
        ended
    }

    /// Another choice of a nogood to watch instead of `this`, put in its place; none when all but the first are made.
    fn moved(&mut self, number: u32, this: Action) -> Option<Action> {
        let nogood = &mut self.nogoods.all[number as usize];
        if nogood[0] == this {
            nogood.swap(0, 1);
        }
        let (domains, chosen_at) = (&self.domains, &self.chosen_at);
        let is_made = |action: &Action| {
            let package = action.package as usize;
            chosen_at[package] != NEVER && domains[package] == 1 << action.release
        };
        let next = (2..nogood.len()).find(|place| !is_made(&nogood[*place]))?;
        nogood.swap(1, next);
        Some(nogood[1])
    }

    /// What can only be said of a complete stack: that every release which must be pinned is, that none met that must not,
    /// and what their meeting costs.
    pub(super) fn complete(&mut self) -> Result<(), Clash> {
        if self.next().is_some() {
            return Ok(());
        }
        let world = self.world;
        for (number, meeting) in world.meetings.iter().enumerate() {
            let domain =
                |package: u32| (self.chosen_at[package as usize] != NEVER).then(|| self.domains[package as usize]);
            let chosen = meeting.members.iter().map(|(package, mask)| Some(domain(*package)? & mask != 0));
            let Some(met) = chosen.collect::<Option<Vec<bool>>>() else { continue };
            let together = met.into_iter().all(|met| met);
            match &meeting.effect {
                Meets::Never if together => {
                    return Err(Clash { package: NEVER, removed: 0, cause: Cause::Meeting(number as u32) });
                }
                Meets::Costs(cost, loss, when) if together == *when => {
                    self.cost += *cost;
                    self.lost += loss;
                }
                _ => {}
            }
        }
        for action in self.stack() {
            let choice = self.world.choice(action.package as usize, usize::from(action.release));
            if choice.needs_pin && !self.is_pinned(action) {
                return Err(Clash { package: NEVER, removed: 0, cause: Cause::Given });
            }
        }
        Ok(())
    }

    fn is_pinned(&self, pinned: Action) -> bool {
        let world = self.world;
        let is_due = |requirement: &Requirement| {
            world.list(requirement.when).iter().all(|extra| self.active_at[*extra as usize] != NEVER)
        };
        self.stack().any(|action| {
            let choice = world.choice(action.package as usize, usize::from(action.release));
            let mut requirements = world.requirements[choice.requirements.clone()].iter();
            requirements.any(|one| one.target == pinned.package && one.pins >> pinned.release & 1 == 1 && is_due(one))
        })
    }
}
