//! The cheapest model: core-guided optimisation.
//!
//! Every *soft* literal costs its weight when it is true. All are assumed false; an unsatisfiable core shows that some of
//! its literals must be true, so the lightest weight among them is certainly lost, and the core is relaxed into a count of
//! how many are. What is lost for certain is a lower bound; the first model under all remaining assumptions attains it.
//!
//! Cores are relaxed only when no more are found, so that they are looked for in the smaller problem, and each finds what is
//! assumed below it still propagated. Nearly all time goes into propagating the assumptions anew, so what helps is less to
//! propagate and fewer attempts. Splitting the assumptions into strata by weight was tried: a few cores less, and a
//! model more for each stratum, in all a quarter slower; assuming heavy literals first gives nearly the same cores.
//!
//! The bound and every relaxation follow from the clauses present, so they stay valid when clauses, variables and soft
//! literals are added later. But cores that were found when little was known are larger than they have to be, and what is
//! counted over them weighs on all that follows. So once as many cores came later as the first look had found, the counting
//! is dropped and the bound is found afresh, over all that was learned meanwhile. Without that, universes of 300 packages
//! that are read bit by bit take more than ten times as long as when all is known at once.
//!
//! Literature: Andres et al., Unsatisfiability-based optimization in clasp (2012), algorithm OLL; Berg and Järvisalo,
//! Weight-Aware Core Extraction in SAT-Based MaxSAT Solving (2017).

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::{
    Lit, Solver,
    solver::{Guide, Verdict},
    totalizer::Totalizer,
};
use crate::cost::Cost;

/// A core of so many literals is not shrunk: that one of them alone is impossible is found soon enough.
const SMALL: usize = 2;
/// Give up shrinking a core after this many literals in a row turned out to be needed.
const SHRINK_PATIENCE: usize = 8;
/// A literal counts as needed when the rest of its core does not conflict within this many decisions: most conflicts show
/// at once, and a whole model costs more than a slightly smaller core is worth.
const SHRINK_DECISIONS: u32 = 4;
/// So many cores may always come later than the first look, before the bound is found afresh.
const LATE_CORES: usize = 100;

/// The soft literals over one solver, with the bound proved so far.
#[derive(Debug, Default)]
pub struct Optimum {
    /// What literals cost, as the caller said.
    costs: FxHashMap<Lit, Cost>,
    /// What they cost beyond the bound, and what counts over them do.
    weights: FxHashMap<Lit, Cost>,
    totalizers: Vec<Totalizer>,
    /// Which totalizer and which count an introduced soft literal stands for.
    counts: FxHashMap<Lit, (usize, usize)>,
    /// Cores that the bound counts already and that are not relaxed yet, each with the weight it costs.
    paid: Vec<(Vec<Lit>, Cost)>,
    lower: Cost,
    /// The bound when it was found afresh last.
    proved: Cost,
    cores: usize,
    /// Cores found since then until there was a model, and those found after that, when more was known.
    early: usize,
    late: usize,
    has_model: bool,
}

impl Optimum {
    /// Makes `lit` cost `weight` (above zero) when it is true, in addition to what it costs already.
    pub fn soften(&mut self, lit: Lit, weight: Cost) {
        debug_assert!(weight > Cost::ZERO);
        *self.costs.entry(lit).or_default() += weight;
        *self.weights.entry(lit).or_default() += weight;
    }

    /// No model costs less than this.
    pub fn lower_bound(&self) -> Cost {
        self.lower.max(self.proved)
    }

    /// How many cores were relaxed.
    pub fn cores(&self) -> usize {
        self.cores
    }

    /// Looks for a model of cost [`lower_bound`](Self::lower_bound), raising the bound as often as it must.
    ///
    /// `Unsatisfiable` means that the clauses have no model at all.
    pub fn optimise(&mut self, solver: &mut Solver, guide: &mut dyn Guide) -> Verdict {
        if self.late > self.early.max(LATE_CORES) {
            self.start_afresh(solver);
        }
        loop {
            match solver.solve(&self.assumptions(), guide) {
                Verdict::Unsatisfiable => {
                    let core = self.shrink(solver.core().to_vec(), solver, guide);
                    if core.is_empty() {
                        return Verdict::Unsatisfiable;
                    }
                    self.pay(core);
                }
                Verdict::Satisfiable if !self.paid.is_empty() => self.relax(solver),
                verdict => {
                    self.relax(solver);
                    self.has_model |= verdict == Verdict::Satisfiable;
                    return verdict;
                }
            }
        }
    }

    /// Forgets how the bound was found, and keeps all that follows from the clauses.
    fn start_afresh(&mut self, solver: &mut Solver) {
        self.proved = self.lower_bound();
        self.lower = Cost::ZERO;
        self.weights.clone_from(&self.costs);
        self.counts.clear();
        for totalizer in self.totalizers.drain(..) {
            totalizer.retire(solver);
        }
        solver.simplify();
        (self.early, self.late, self.has_model) = (0, 0, false);
    }

    /// The assumptions under which a model costs no more than the lower bound, heaviest first. Only orders of magnitude are
    /// told apart, so that the order changes little from core to core.
    pub fn assumptions(&self) -> Vec<Lit> {
        let weights = self.weights.iter();
        let mut softs: Vec<(u32, Lit)> = weights.map(|(lit, weight)| (u32::MAX - weight.magnitude(), *lit)).collect();
        softs.sort_unstable();
        softs.into_iter().map(|(_, lit)| !lit).collect()
    }

    /// Drops literals that the core does not need, lightest first, so that as much as possible is learned from it.
    fn shrink(&self, mut core: Vec<Lit>, solver: &mut Solver, guide: &mut dyn Guide) -> Vec<Lit> {
        core.sort_unstable_by_key(|lit| (self.weights[&!*lit], *lit));
        core.reverse();
        // These come first, so that they stay assumed from attempt to attempt.
        let mut needed: Vec<Lit> = Vec::new();
        let mut patience = SHRINK_PATIENCE;
        while patience > 0
            && needed.len() + core.len() > SMALL
            && let Some(lightest) = core.pop()
        {
            let without: Vec<Lit> = needed.iter().chain(&core).copied().collect();
            if solver.solve_within(&without, guide, SHRINK_DECISIONS) == Verdict::Unsatisfiable {
                let smaller = solver.core();
                if smaller.is_empty() {
                    return Vec::new();
                }
                needed.retain(|lit| smaller.contains(lit));
                core.retain(|lit| smaller.contains(lit));
                patience = SHRINK_PATIENCE;
            } else {
                needed.push(lightest);
                patience -= 1;
            }
        }
        needed.append(&mut core);
        needed
    }

    /// Takes what a core certainly loses from the weights of its literals, and adds it to the bound.
    fn pay(&mut self, core: Vec<Lit>) {
        let least = core.iter().map(|lit| self.weights[&!*lit]).min().unwrap_or_default();
        self.lower += least;
        self.cores += 1;
        *(if self.has_model { &mut self.late } else { &mut self.early }) += 1;
        for lit in &core {
            if let Entry::Occupied(mut weight) = self.weights.entry(!*lit) {
                *weight.get_mut() -= least;
                if *weight.get() == Cost::ZERO {
                    weight.remove();
                }
            }
        }
        self.paid.push((core, least));
    }

    /// Says of the cores paid for that at least one literal of each is true, and lets each further one cost as much again.
    fn relax(&mut self, solver: &mut Solver) {
        for (core, least) in std::mem::take(&mut self.paid) {
            let softs: Vec<Lit> = core.iter().map(|lit| !*lit).collect();
            solver.add(&softs);
            let mut counted: Vec<(usize, usize)> = softs
                .iter()
                .filter_map(|soft| self.counts.get(soft))
                .map(|(counter, count)| (*counter, count + 1))
                .collect();
            if softs.len() > 1 {
                self.totalizers.push(Totalizer::new(&softs));
                counted.push((self.totalizers.len() - 1, 2));
            }
            for (totalizer, count) in counted {
                if count <= self.totalizers[totalizer].inputs() {
                    let more = self.totalizers[totalizer].at_least(count, solver);
                    self.counts.insert(more, (totalizer, count));
                    *self.weights.entry(more).or_default() += least;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sat::solver::NoGuide;

    proptest! {
        #[test]
        fn the_bound_is_the_cheapest_model_also_when_clauses_come_later(
            clauses in prop::collection::vec(prop::collection::vec((0usize..7, any::<bool>()), 1..4), 0..24),
            weights in prop::collection::vec((0usize..3, 0u32..4), 7),
            afresh in any::<bool>(),
        ) {
            let mut solver = Solver::new();
            let mut optimum = Optimum::default();
            let vars: Vec<Lit> = (0..7).map(|_| solver.new_lit()).collect();
            for (var, (level, amount)) in vars.iter().zip(&weights) {
                if *amount > 0 {
                    optimum.soften(*var, Cost::on(*level, *amount));
                }
            }
            for upto in [clauses.len() / 2, clauses.len()] {
                let from = if upto == clauses.len() { clauses.len() / 2 } else { 0 };
                for clause in &clauses[from..upto] {
                    solver.add(&clause.iter().map(|(v, p)| if *p { vars[*v] } else { !vars[*v] }).collect::<Vec<_>>());
                }
                let cost = |bits: u32| -> Cost {
                    (0..7).filter(|v| bits >> v & 1 == 1).map(|v| Cost::on(weights[v].0, weights[v].1)).sum()
                };
                let best = (0u32..1 << 7)
                    .filter(|bits| clauses[..upto].iter().all(|c| c.iter().any(|(v, p)| (bits >> v & 1 == 1) == *p)))
                    .map(cost)
                    .min();
                let bound = optimum.lower_bound();
                if afresh {
                    optimum.start_afresh(&mut solver);
                    prop_assert_eq!(optimum.lower_bound(), bound);
                }
                let verdict = optimum.optimise(&mut solver, &mut NoGuide);
                prop_assert_eq!(verdict == Verdict::Satisfiable, best.is_some());
                if let Some(best) = best {
                    prop_assert_eq!(optimum.lower_bound(), best);
                    let bits = vars.iter().enumerate().filter(|(_, l)| solver.model(**l)).map(|(v, _)| 1u32 << v).sum();
                    prop_assert_eq!(cost(bits), best);
                }
            }
        }
    }
}
