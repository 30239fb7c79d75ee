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
//! literals are added later: a search that loads its problem bit by bit never starts again.
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

/// The soft literals over one solver, with the bound proved so far.
#[derive(Debug, Default)]
pub struct Optimum {
    weights: FxHashMap<Lit, Cost>,
    totalizers: Vec<Totalizer>,
    /// Which totalizer and which count an introduced soft literal stands for.
    counts: FxHashMap<Lit, (usize, usize)>,
    /// Cores that the bound counts already and that are not relaxed yet, each with the weight it costs.
    paid: Vec<(Vec<Lit>, Cost)>,
    lower: Cost,
    cores: usize,
}

impl Optimum {
    /// Makes `lit` cost `weight` (above zero) when it is true, in addition to what it costs already.
    pub fn soften(&mut self, lit: Lit, weight: Cost) {
        debug_assert!(weight > Cost::ZERO);
        *self.weights.entry(lit).or_default() += weight;
    }

    /// No model costs less than this.
    pub fn lower_bound(&self) -> Cost {
        self.lower
    }

    /// How many cores were relaxed.
    pub fn cores(&self) -> usize {
        self.cores
    }

    /// Looks for a model of cost [`lower_bound`](Self::lower_bound), raising the bound as often as it must.
    ///
    /// `Unsatisfiable` means that the clauses have no model at all.
    pub fn optimise(&mut self, solver: &mut Solver, guide: &mut dyn Guide) -> Verdict {
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
                    return verdict;
                }
            }
        }
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
        let mut needed = 0;
        let mut at = 0;
        while core.len() > SMALL && at < core.len() && needed < SHRINK_PATIENCE {
            let mut without = core.clone();
            without.remove(at);
            if solver.solve_within(&without, guide, SHRINK_DECISIONS) == Verdict::Unsatisfiable {
                let smaller = solver.core();
                if smaller.is_empty() {
                    return Vec::new();
                }
                core.retain(|lit| smaller.contains(lit));
                at = at.min(core.len());
                needed = 0;
            } else {
                needed += 1;
                at += 1;
            }
        }
        core
    }

    /// Takes what a core certainly loses from the weights of its literals, and adds it to the bound.
    fn pay(&mut self, core: Vec<Lit>) {
        let least = core.iter().map(|lit| self.weights[&!*lit]).min().unwrap_or_default();
        self.lower += least;
        self.cores += 1;
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
                    self.soften(more, least);
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
