//! What the solver tries next: the guide through the dependency graph.

use std::ops::Range;

use super::domain::Domain;
use crate::sat::{Guide, Lit, Var, solver::View};

/// Owner of a variable that belongs to no package.
pub(super) const NOBODY: u32 = u32::MAX;

/// How much each package took part in recent conflicts.
#[derive(Debug)]
pub(super) struct Activity {
    pub(super) scores: Vec<f64>,
    step: f64,
}

impl Default for Activity {
    fn default() -> Self {
        Self { scores: Vec::new(), step: 1.0 }
    }
}

impl Activity {
    fn bump(&mut self, package: usize) {
        self.scores[package] += self.step;
        self.step *= 1.001;
        if self.step > 1e100 {
            self.scores.iter_mut().for_each(|score| *score *= 1e-100);
            self.step *= 1e-100;
        }
    }
}

/// Proposes the best candidate of a package that must be in the stack and is not decided: the package that conflicts were
/// about most, and among equals the one that got into the stack first.
pub(super) struct Chooser<'a> {
    packages: &'a [Domain],
    owners: &'a [u32],
    activity: &'a mut Activity,
    stop: &'a mut dyn FnMut() -> bool,
    /// Packages that are in the stack, with the place on the trail where they got there.
    present: Vec<(usize, usize)>,
    /// Packages seen to be decided, with the length of the trail at that time, and which those are.
    decided: Vec<(usize, usize)>,
    is_decided: Vec<bool>,
    /// How much of the trail was looked at.
    looked: usize,
    /// Whether all present packages are known to be decided.
    complete: bool,
}

impl<'a> Chooser<'a> {
    pub(super) fn new(
        packages: &'a [Domain],
        owners: &'a [u32],
        activity: &'a mut Activity,
        stop: &'a mut dyn FnMut() -> bool,
    ) -> Self {
        Self {
            packages,
            owners,
            activity,
            stop,
            present: Vec::new(),
            decided: Vec::new(),
            is_decided: vec![false; packages.len()],
            looked: 0,
            complete: false,
        }
    }

    /// Notes packages that got into the stack since the last look.
    fn look(&mut self, view: &View<'_>) {
        for (place, lit) in view.trail().iter().enumerate().skip(self.looked) {
            let owner = self.owners.get(lit.var().0 as usize).copied().unwrap_or(NOBODY);
            if let Some(domain) = self.packages.get(owner as usize)
                && domain.present() == *lit
            {
                self.present.push((owner as usize, place));
                self.complete = false;
            }
        }
        self.looked = view.trail().len();
    }
}

impl Guide for Chooser<'_> {
    fn propose(&mut self, view: &View<'_>) -> Option<Lit> {
        self.look(view);
        if self.complete {
            return None;
        }
        let mut best: Option<(usize, Range<usize>)> = None;
        for (number, _) in &self.present {
            let score = |number: usize| self.activity.scores[number];
            let worse = best.as_ref().is_some_and(|(other, _)| score(*number) <= score(*other));
            if worse || self.is_decided[*number] {
                continue;
            }
            match self.packages[*number].open(view) {
                None => {
                    self.is_decided[*number] = true;
                    self.decided.push((*number, self.looked));
                }
                Some(open) => best = Some((*number, open)),
            }
        }
        let Some((number, open)) = best else {
            self.complete = true;
            return None;
        };
        self.packages[number].proposal(&open, view)
    }

    fn taken_back(&mut self, length: usize) {
        self.looked = self.looked.min(length);
        while self.present.last().is_some_and(|(_, place)| *place >= length) {
            self.present.pop();
        }
        while let Some((number, _)) = self.decided.pop_if(|(_, seen)| *seen > length) {
            self.is_decided[number] = false;
        }
        self.complete = false;
    }

    fn blame(&mut self, var: Var) {
        if let Some(owner) = self.owners.get(var.0 as usize)
            && *owner != NOBODY
        {
            self.activity.bump(*owner as usize);
        }
    }

    fn stop(&mut self) -> bool {
        (self.stop)()
    }
}
