//! What a dead end teaches: a few choices that cannot all be made, and how far to go back.
//!
//! The reasons are followed back along the trail to the first choice of the current level that all of them lead through, as
//! in satisfiability solving (Marques-Silva and Sakallah, GRASP, 1999). It holds in every walk, so no dead end is walked
//! twice.

use super::{
    nogoods::Action,
    state::{Cause, Clash, NEVER, State, What, place},
};

impl State<'_> {
    /// Learns from a clash and goes back to where what was learned leaves something, drawing all conclusions there.
    pub(super) fn retreat(&mut self, clash: Clash) {
        let literals = self.reasons(clash);
        self.learn(literals);
    }

    /// Learns that choices that are made now cannot be made together, and goes back to where that is so.
    pub(super) fn learn(&mut self, mut literals: Vec<Action>) {
        loop {
            let level = |state: &Self, one: &Action| state.level_of(state.chosen_at[one.package as usize]);
            literals.sort_by_cached_key(|one| (std::cmp::Reverse(level(self, one)), *one));
            let Some(last) = literals.first().copied() else { return self.stop() };
            let depth = literals.get(1).map_or(0, |one| level(self, one));
            if depth == level(self, &last) {
                // All of the last level: one more choice has to go before anything can be said of the others. What they follow
                // from may be ruled out by them, but does not say that they are.
                if literals.len() > 1 {
                    let world = self.world;
                    self.nogoods.add(literals.clone(), |action| place(world, action));
                }
                literals = self.narrowed(&literals, depth);
                if literals.is_empty() {
                    return self.stop();
                }
                continue;
            }
            let cause = if literals.len() < 2 {
                Cause::Given
            } else {
                let world = self.world;
                Cause::Nogood(self.nogoods.add(literals, |action| place(world, action)))
            };
            self.back(depth);
            let drawn = self.remove(last.package, 1 << last.release, cause);
            match drawn.and_then(|()| self.propagate()).and_then(|()| self.complete()) {
                Ok(()) => return,
                Err(clash) => literals = self.reasons(clash),
            }
        }
    }

    /// The same with one literal of the level at most: those that followed are replaced by what they follow from.
    fn narrowed(&mut self, literals: &[Action], depth: usize) -> Vec<Action> {
        if depth == 0 {
            return Vec::new();
        }
        let marked = literals.iter().map(|one| self.chosen_at[one.package as usize]).collect();
        self.followed(marked, depth)
    }

    /// The choices that a clash follows from, with one of the last level at most; none when it follows from nothing.
    fn reasons(&mut self, clash: Clash) -> Vec<Action> {
        if let Cause::Meeting(number) = clash.cause {
            let members = self.world.meetings[number as usize].members.iter();
            let chosen = members.filter_map(|(package, _)| {
                Some(Action { package: *package, release: self.chosen(*package as usize)? as u8 })
            });
            return chosen.collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        }
        if clash.package == NEVER {
            return self.decisions().to_vec();
        }
        let now = self.trail.len() as u32;
        let mut marked = Vec::new();
        self.removal(clash.package, !clash.removed, now, &mut marked);
        let package = clash.package as usize;
        if self.present_at[package] != NEVER && self.chosen_at[package] == NEVER {
            marked.push(self.present_at[package]);
        }
        self.antecedents(clash.cause, clash.package, clash.removed, now, &mut marked);
        let depth = marked.iter().map(|at| self.level_of(*at)).max().unwrap_or(0);
        self.followed(marked, depth)
    }

    /// Follows marks back until only choices are left, with one of the level `depth`.
    fn followed(&mut self, marks: Vec<u32>, depth: usize) -> Vec<Action> {
        if depth == 0 {
            return Vec::new();
        }
        let mut marked = std::mem::take(&mut self.marked);
        marked.clear();
        marked.resize(self.trail.len(), false);
        // Marks of the level, and marks before it that are no choices.
        let (mut here, mut loose) = (0_usize, 0_usize);
        let mut new = marks;
        let mut literals = Vec::new();
        let mut at = self.trail.len() as u32;
        loop {
            for mark in new.drain(..) {
                let known = &mut marked[mark as usize];
                if *known {
                    continue;
                }
                let level = self.level_of(mark);
                if level == 0 {
                    continue;
                }
                *known = true;
                if level >= depth {
                    here += 1;
                } else if self.trail[mark as usize].what != What::Chosen {
                    loose += 1;
                }
            }
            // The next mark down the trail.
            let Some(next) = (0..at).rev().find(|one| marked[*one as usize]) else { break };
            at = next;
            let entry = self.trail[at as usize];
            let is_here = self.level_of(at) >= depth;
            let stays = entry.what == What::Chosen && (!is_here || here == 1 || entry.cause == Cause::Decision);
            if is_here {
                here -= 1;
            } else if entry.what != What::Chosen {
                loose -= 1;
            }
            if stays {
                let release = self.domains[entry.package as usize].trailing_zeros() as u8;
                literals.push(Action { package: entry.package, release });
                if here == 0 && loose == 0 {
                    // Nothing but choices of earlier levels is left.
                    let rest = (0..at).rev().filter(|one| marked[*one as usize]);
                    literals.extend(rest.map(|one| {
                        let package = self.trail[one as usize].package;
                        Action { package, release: self.domains[package as usize].trailing_zeros() as u8 }
                    }));
                    break;
                }
                continue;
            }
            match entry.what {
                What::Chosen => {
                    let package = entry.package as usize;
                    self.removal(entry.package, !self.domains[package], at, &mut new);
                    new.push(self.present_at[package]);
                }
                What::Domain => {
                    let after = self.after(at);
                    self.antecedents(entry.cause, entry.package, entry.before & !after, at, &mut new);
                }
                What::Present | What::Active => self.antecedents(entry.cause, entry.package, 0, at, &mut new),
            }
        }
        self.marked = marked;
        literals
    }

    /// The domain that a change left.
    fn after(&self, at: u32) -> u64 {
        let package = self.trail[at as usize].package as usize;
        let mut later = self.last[package];
        let mut after = self.domains[package];
        while later != at {
            let entry = self.trail[later as usize];
            (after, later) = (entry.before, entry.previous);
        }
        after
    }

    /// Why these releases of a package are gone before a place on the trail.
    fn removal(&self, package: u32, releases: u64, before: u32, marks: &mut Vec<u32>) {
        let at = package as usize;
        let chosen = self.chosen_at[at];
        // Where one was chosen, that alone says why the others are gone.
        let covered = chosen != NEVER && chosen < before;
        if covered {
            marks.push(chosen);
        }
        let (mut change, mut after) = (self.last[at], self.domains[at]);
        while change != NEVER {
            let entry = self.trail[change as usize];
            if covered && change < chosen {
                break;
            }
            if change < before && entry.before & !after & releases != 0 {
                marks.push(change);
            }
            (after, change) = (entry.before, entry.previous);
        }
    }

    /// What a change of a package follows from.
    fn antecedents(&self, cause: Cause, package: u32, removed: u64, before: u32, marks: &mut Vec<u32>) {
        match cause {
            // That releases met is known of complete stacks only: it never changes a domain.
            Cause::Given | Cause::Meeting(_) => {}
            // A domain of which a decision left one: the decision itself is the next on the trail.
            Cause::Decision => marks.push(self.chosen_at[package as usize]),
            Cause::Forced => {
                self.removal(package, !self.domains[package as usize], before, marks);
            }
            Cause::Requirement(from, number) => {
                marks.push(self.chosen_at[from as usize]);
                let requirement = &self.world.requirements[number as usize];
                marks.extend(self.world.list(requirement.when).iter().map(|extra| self.active_at[*extra as usize]));
            }
            Cause::Group(number) => {
                let group = &self.world.groups[number as usize];
                self.removal(group.target, group.mask, before, marks);
                marks.extend(self.world.list(group.when).iter().map(|extra| self.active_at[*extra as usize]));
            }
            Cause::Nogood(number) => {
                let others = self.nogoods.all[number as usize]
                    .iter()
                    .filter(|one| one.package != package || removed >> one.release & 1 == 0);
                marks.extend(others.map(|one| self.chosen_at[one.package as usize]));
            }
        }
    }
}
