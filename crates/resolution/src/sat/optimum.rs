//! The cheapest model: core-guided optimisation.
//!
//! Every *soft* literal costs its weight when it is true. All are assumed false; an unsatisfiable core shows that some of
//! its literals must be true, so the lightest weight among them is certainly lost, and the core is relaxed into a count of
//! how many are. What is lost for certain is a lower bound; the first model under all remaining assumptions attains it.
//!
//! The bound and every relaxation follow from the clauses present, so they stay valid when clauses, variables and soft
//! literals are added later: a search that loads its problem bit by bit never starts again.
//!
//! Literature: Andres et al., Unsatisfiability-based optimization in clasp (2012), algorithm OLL.

use rustc_hash::FxHashMap;

use super::{
    Lit, Solver,
    solver::{Guide, Verdict},
    totalizer::Totalizer,
};
use crate::cost::Cost;

/// Give up shrinking a core after this many literals in a row turned out to be needed.
const SHRINK_PATIENCE: usize = 8;
/// A literal counts as needed when the rest of its core does not conflict within this many decisions: most conflicts show
/// at once, and a whole model costs more than a slightly smaller core is worth.
const SHRINK_DECISIONS: u32 = 16;

/// The soft literals over one solver, with the bound proved so far.
#[derive(Debug, Default)]
pub struct Optimum {
    weights: FxHashMap<Lit, Cost>,
    totalizers: Vec<Totalizer>,
    /// Which totalizer and which count an introduced soft literal stands for.
    counts: FxHashMap<Lit, (usize, usize)>,
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
                Verdict::Stopped => return Verdict::Stopped,
                Verdict::Satisfiable => return Verdict::Satisfiable,
                Verdict::Unsatisfiable => {
                    let core = solver.core().to_vec();
                    if core.is_empty() {
                        return Verdict::Unsatisfiable;
                    }
                    let core = self.shrink(core, solver, guide);
                    self.relax(&core, solver);
                }
            }
        }
    }

    /// The assumptions under which a model costs no more than the lower bound, heaviest first.
    pub fn assumptions(&self) -> Vec<Lit> {
        let mut softs: Vec<(Cost, Lit)> = self.weights.iter().map(|(lit, weight)| (*weight, *lit)).collect();
        softs.sort_unstable_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        softs.into_iter().map(|(_, lit)| !lit).collect()
    }

    /// Drops literals that the core does not need, lightest first, so that as much as possible is learned from it.
    fn shrink(&self, mut core: Vec<Lit>, solver: &mut Solver, guide: &mut dyn Guide) -> Vec<Lit> {
        core.sort_unstable_by_key(|lit| (self.weights[&!*lit], *lit));
        let mut needed = 0;
        let mut at = 0;
        while core.len() > 1 && at < core.len() && needed < SHRINK_PATIENCE {
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

    fn relax(&mut self, core: &[Lit], solver: &mut Solver) {
        let Some(least) = core.iter().map(|lit| self.weights[&!*lit]).min() else {
            solver.add(&[]);
            return;
        };
        self.lower += least;
        self.cores += 1;
        let mut counted = Vec::new();
        for lit in core {
            let soft = !*lit;
            let weight = self.weights.get_mut(&soft).expect("a core consists of assumed soft literals");
            *weight -= least;
            if *weight == Cost::ZERO {
                self.weights.remove(&soft);
            }
            if let Some((totalizer, count)) = self.counts.get(&soft) {
                counted.push((*totalizer, count + 1));
            }
        }
        if let [only] = core {
            solver.add(&[!*only]);
        } else {
            let softs: Vec<Lit> = core.iter().map(|lit| !*lit).collect();
            solver.add(&softs);
            self.totalizers.push(Totalizer::new(&softs));
            counted.push((self.totalizers.len() - 1, 2));
        }
        for (totalizer, count) in counted {
            if count > self.totalizers[totalizer].inputs() {
                continue;
            }
            let more = self.totalizers[totalizer].at_least(count, solver);
            self.counts.insert(more, (totalizer, count));
            self.soften(more, least);
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
