//! The best stack of releases that were read, for a search that has to end before its proof.
//!
//! A search of its own over nothing but those releases, so that the course of the main one is not touched and equal input
//! still gives equal output. What was not read is left out there: a stack found is one that can be locked.

use std::collections::BTreeSet;

use packaging::{PackageName, index::ProjectStatus};

use super::{Search, Stack, Step, stack};
use crate::{
    catalogue::{Candidate, Package},
    cost::Cost,
    sat::{Lit, Verdict},
};

impl Search {
    /// The best stack made of releases that were read, as far as `stop` lets it be found, with the bound proved so far;
    /// `None` when there is none yet.
    ///
    /// First any stack, as the guide goes; then loss by loss, the heaviest first, each is got rid of where what was got rid
    /// of before allows it; then the optimum of what was read. `stop` is asked as in [`Search::step`].
    pub fn best_so_far(&self, stop: &mut dyn FnMut() -> bool) -> Option<Stack> {
        let best = self.of_what_was_read().improved(stop)?;
        Some(Stack { lower_bound: self.lower_bound(), ..best })
    }

    /// The same problem in a world that holds nothing but what was read.
    fn of_what_was_read(&self) -> Self {
        let mut small = Self::new(self.problem.clone());
        let read =
            |number: usize, candidate: usize| matches!(self.catalogue.read.get(&(number, candidate)), Some(Ok(_)));
        for (number, package) in self.catalogue.packages.iter().enumerate() {
            let candidates = package.candidates.iter().enumerate().filter(|(candidate, _)| read(number, *candidate));
            let pages = package.pages.clone();
            small.add_package(Package { pages, ..bare(&package.name, candidates.map(|(_, candidate)| candidate)) });
        }
        let edges = self.catalogue.read.values().flatten().flat_map(|requires| &requires.edges);
        let named: BTreeSet<&PackageName> =
            edges.map(|edge| &edge.package).chain(self.problem.wants.iter().map(|want| &want.package)).collect();
        let stand_ins = named.iter().flat_map(|name| self.problem.rules.stand_ins(name, &[]));
        let named: BTreeSet<&PackageName> = named.iter().copied().chain(stand_ins).collect();
        for name in named {
            // One that is not loaded has no release that could be chosen.
            small.add_package(bare(name, []));
        }
        for ((number, candidate), requires) in &self.catalogue.read {
            if let Ok(requires) = requires {
                let package = &self.catalogue.packages[*number];
                small.add_release(&package.name, &package.candidates[*candidate].version, Ok(requires.clone()));
            }
        }
        small
    }

    /// The best stack of a world that is read as a whole.
    fn improved(mut self, stop: &mut dyn FnMut() -> bool) -> Option<Stack> {
        let mut best: Option<Stack> = None;
        self.meet(&[], stop, &mut best);
        best.as_ref()?;
        let mut held: Vec<Lit> = Vec::new();
        for spared in self.encoding.optimum.assumptions() {
            if stop() {
                return best;
            }
            held.push(spared);
            if self.encoding.solver.model(spared) {
                continue;
            }
            match self.meet(&held, stop, &mut best) {
                Verdict::Satisfiable => {}
                Verdict::Unsatisfiable => drop(held.pop()),
                Verdict::Stopped => return best,
            }
        }
        match self.step(stop) {
            Step::Decided(optimum) => Some(optimum),
            _ => best,
        }
    }

    /// Looks for a stack in which all of `held` hold, and keeps it where it is better than the best.
    fn meet(&mut self, held: &[Lit], stop: &mut dyn FnMut() -> bool, best: &mut Option<Stack>) -> Verdict {
        loop {
            match self.encoding.solve(held, stop) {
                Verdict::Satisfiable => {}
                otherwise => return otherwise,
            }
            // An error is a model that was refuted: nothing in it pins a yanked release that it contains.
            if let Ok(walk) = self.look() {
                let found = stack(&self.problem, &self.catalogue, &walk, Cost::ZERO);
                if best.as_ref().is_none_or(|known| found.cost < known.cost) {
                    *best = Some(found);
                }
                return Verdict::Satisfiable;
            }
        }
    }
}

/// A package with nothing but what is compared.
fn bare<'a>(name: &PackageName, candidates: impl IntoIterator<Item = &'a Candidate>) -> Package {
    let candidates = candidates.into_iter().map(|candidate| Candidate {
        version: candidate.version.clone(),
        cost: candidate.cost,
        yanked: candidate.yanked.clone(),
        vulnerabilities: Vec::new(),
        listed: candidate.listed.clone(),
        url: None,
    });
    Package {
        name: name.clone(),
        candidates: candidates.collect(),
        excluded: Vec::new(),
        pages: Vec::new(),
        status: ProjectStatus::Active,
        advisories: None,
    }
}
