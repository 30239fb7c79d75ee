//! Yanked releases that only an exact pin of a chosen release admits (PEP 592).
//!
//! They cost a last resort, so hardly any search ever meets a stack with one. What a stack that has one must have besides
//! is said then.

use std::collections::{BTreeMap, BTreeSet};

use packaging::ExtraName;

use super::{Encoding, Group};
use crate::{
    catalogue::{Catalogue, Edge, ExclusionKind},
    sat::Lit,
    search::Problem,
};

impl Encoding {
    /// Leaves out the yanked releases of a package unless something that was read pins them.
    pub(super) fn leave_out_unpinned(&mut self, problem: &Problem, catalogue: &Catalogue, number: usize) {
        let package = &catalogue.packages[number];
        for (place, release) in package.candidates.iter().enumerate() {
            if problem.must_be_pinned(&package.name, release) {
                let pinning = |parent: usize, edge: &Edge| {
                    parent != number && edge.package == package.name && problem.pins(edge, release)
                };
                let mut clause = self.reasons(catalogue, &pinning);
                clause.push(!self.choice(number, place));
                self.add(Group::Exclusion(number, place, ExclusionKind::Yanked), clause);
            }
        }
    }

    /// Literals of which one holds when a requirement of interest applies, among all that were read; a requirement is
    /// shown with the number of the package that has it.
    fn reasons(&mut self, catalogue: &Catalogue, interesting: &dyn Fn(usize, &Edge) -> bool) -> Vec<Lit> {
        let mut reasons = Vec::new();
        for (&(parent, chosen), read) in &catalogue.read {
            let Ok(requires) = read else { continue };
            for edge in requires.edges.iter().filter(|edge| interesting(parent, edge)) {
                reasons.push(self.applies((parent, chosen), edge));
            }
        }
        reasons
    }

    /// A literal that holds only when a requirement of a release applies.
    pub(super) fn applies(&mut self, (number, candidate): (usize, usize), edge: &Edge) -> Lit {
        let choice = self.choice(number, candidate);
        if edge.when.is_empty() {
            return choice;
        }
        let key = (number, candidate, edge.when.clone());
        if let Some(applies) = self.applying.get(&key) {
            return *applies;
        }
        let applies = self.owned(number);
        self.applying.insert(key, applies);
        self.solver.add(&[!applies, choice]);
        for extra in &edge.when {
            let active = self.extra(number, extra);
            self.solver.add(&[!applies, active]);
        }
        applies
    }

    /// Literals of which one holds when a release that was not read is chosen, or a requirement on a package that is not
    /// loaded applies: what may still pin anything. The packages and extras in `idle` do not count.
    fn unknowns(&mut self, catalogue: &Catalogue, idle: &Idle) -> Vec<Lit> {
        let mut unknowns = Vec::new();
        for number in (0..self.packages.len()).filter(|number| !idle.packages.contains(number)) {
            for segment in self.unread(number, |candidate| catalogue.read.contains_key(&(number, candidate))) {
                unknowns.push(self.segment(number, segment));
            }
        }
        let mut waiting: Vec<(usize, usize, usize)> = self.waiting.values().flatten().copied().collect();
        waiting.sort_unstable();
        for (parent, candidate, position) in waiting {
            if let Some(Ok(requires)) = catalogue.read.get(&(parent, candidate)) {
                let edge = &requires.edges[position];
                if idle.founds(parent, edge) {
                    unknowns.push(self.applies((parent, candidate), edge));
                }
            }
        }
        unknowns
    }

    /// Says what could pin a yanked release that the last model chooses and that nothing in its stack pins. `reached` is
    /// that stack: packages with extras in use.
    ///
    /// The model may also choose releases and use extras that nothing requires, only to have them pin it. Such an unfounded
    /// set needs a requirement from outside of itself (Lin and Zhao, ASSAT: Computing Answer Sets of a Logic Program by SAT
    /// Solvers, 2004: loop formulas), which is said as well.
    pub(in crate::search) fn justify(
        &mut self,
        problem: &Problem,
        catalogue: &Catalogue,
        (number, candidate): (usize, usize),
        reached: &BTreeMap<usize, BTreeSet<ExtraName>>,
    ) {
        let idle = Idle {
            packages: (0..self.packages.len())
                .filter(|package| {
                    !reached.contains_key(package) && self.solver.model(self.packages[*package].present())
                })
                .collect(),
            extras: self
                .extras
                .iter()
                .filter(|((package, extra), lit)| {
                    self.solver.model(**lit) && !reached.get(package).is_some_and(|active| active.contains(extra))
                })
                .map(|(place, _)| place.clone())
                .collect(),
        };

        let package = &catalogue.packages[number];
        let release = &package.candidates[candidate];
        let pinning = |parent: usize, edge: &Edge| {
            parent != number && edge.package == package.name && problem.pins(edge, release)
        };
        let mut clause = self.reasons(catalogue, &pinning);
        if !problem.overrides.contains_key(&package.name) {
            clause.extend(self.unknowns(catalogue, &Idle::default()));
        }
        clause.push(!self.choice(number, candidate));
        self.solver.add(&clause);

        let mut outside = self.reasons(catalogue, &|parent, edge| {
            idle.founds(parent, edge)
                && problem.rules.stand_ins(&edge.package, &edge.extras).is_empty()
                && catalogue.number(&edge.package).is_some_and(|target| idle.is_required_by(edge, target))
        });
        outside
            .extend(self.met_by_choice(problem, catalogue, &idle.packages, &|parent, edge| idle.founds(parent, edge)));
        outside.extend(self.unknowns(catalogue, &idle));
        let mut unfounded: Vec<Lit> = idle.packages.iter().map(|package| self.packages[*package].present()).collect();
        for (package, extra) in &idle.extras {
            unfounded.push(self.extra(*package, extra));
        }
        for unfounded in unfounded {
            let mut clause = outside.clone();
            clause.push(!unfounded);
            self.solver.add(&clause);
        }
    }
}

/// Packages and extras that a model has in the stack although nothing requires them.
#[derive(Default)]
struct Idle {
    packages: BTreeSet<usize>,
    extras: BTreeSet<(usize, ExtraName)>,
}

impl Idle {
    /// Whether a requirement comes from outside of the set.
    fn founds(&self, parent: usize, edge: &Edge) -> bool {
        !self.packages.contains(&parent)
            && !edge.when.iter().any(|extra| self.extras.contains(&(parent, extra.clone())))
    }

    /// Whether a requirement on a package is on the set.
    fn is_required_by(&self, edge: &Edge, target: usize) -> bool {
        self.packages.contains(&target)
            || edge.extras.iter().any(|extra| self.extras.contains(&(target, extra.clone())))
    }
}
