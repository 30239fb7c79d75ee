//! The fewest literals that conflict.
//!
//! A set of assumptions conflicts when it meets every *correction set*: assumptions without which the rest has a model. So
//! the cheapest set that meets all correction sets known so far bounds the cheapest conflict from below; it either conflicts
//! itself, and is the answer, or has a model, from which one more correction set follows (Ignatiev, Previti, Liffiton and
//! Marques-Silva, Smallest MUS extraction with minimal hitting set dualization, 2015).

use std::collections::BTreeSet;

use super::super::encoding::Encoding;
use crate::{
    cost::Cost,
    sat::{Guide, Lit, Solver, Verdict, optimum::Optimum, solver::View},
};

/// How many correction sets are looked at before the conflict at hand has to do.
const MOST_ROUNDS: usize = 200;
/// How often the solvers may ask whether to stop: in all, they ask at least every few hundred steps.
const MOST_ASKS: u32 = 20_000;

/// Assumptions that conflict, as few and as cheap as can be found within bounds, and until `stop` says so; without any one
/// of them, the rest has a model, unless it said so before. `known` conflicts.
pub(super) fn smallest(
    encoding: &mut Encoding,
    assumptions: &[(Lit, Cost)],
    known: &[Lit],
    stop: &mut dyn FnMut() -> bool,
) -> Vec<Lit> {
    let all: Vec<Lit> = assumptions.iter().map(|(lit, _)| *lit).collect();
    // What is dropped first is what comes first.
    let known = minimal(encoding, all.iter().filter(|lit| known.contains(lit)).copied().collect(), stop);
    let mut patience = Patience { asks: MOST_ASKS, stop };
    let mut meeting = Solver::new();
    let mut cheapest = Optimum::default();
    let meets: Vec<Lit> = assumptions
        .iter()
        .map(|(_, cost)| {
            let lit = meeting.new_lit();
            cheapest.soften(lit, *cost);
            lit
        })
        .collect();
    let cost_of = |some: &[Lit]| -> Cost {
        assumptions.iter().filter(|(lit, _)| some.contains(lit)).map(|(_, cost)| *cost).sum()
    };
    let cost = cost_of(&known);
    for _ in 0..MOST_ROUNDS {
        if patience.is_over() {
            return known;
        }
        if cheapest.optimise(&mut meeting, &mut patience) != Verdict::Satisfiable || cheapest.lower_bound() >= cost {
            return known;
        }
        let set: Vec<Lit> =
            all.iter().zip(&meets).filter(|(_, meets)| meeting.model(**meets)).map(|(lit, _)| *lit).collect();
        match encoding.solve(&set, &mut || patience.is_over()) {
            Verdict::Unsatisfiable => return set,
            Verdict::Stopped => return known,
            Verdict::Satisfiable => {}
        }
        let Some(correction) = correction(encoding, &all, &set, &mut patience) else { return known };
        let clause: Vec<Lit> =
            all.iter().zip(&meets).filter(|(lit, _)| correction.contains(lit)).map(|(_, meets)| *meets).collect();
        meeting.add(&clause);
    }
    known
}

/// Drops literals of a conflict as long as the rest conflicts, the first ones first, until `stop` says so.
pub(super) fn minimal(encoding: &mut Encoding, conflict: Vec<Lit>, stop: &mut dyn FnMut() -> bool) -> Vec<Lit> {
    let mut core = conflict;
    // The first look drops all that the refutation does not need.
    shrink(encoding, &core.clone(), &mut core, stop);
    let mut at = 0;
    while at < core.len() && !stop() {
        let mut without = core.clone();
        without.remove(at);
        if !shrink(encoding, &without, &mut core, stop) {
            at += 1;
        }
    }
    core
}

/// Keeps of `core` what a refutation of `assumptions` needs; returns whether there is one.
fn shrink(encoding: &mut Encoding, assumptions: &[Lit], core: &mut Vec<Lit>, stop: &mut dyn FnMut() -> bool) -> bool {
    let refuted = encoding.solve(assumptions, stop) == Verdict::Unsatisfiable;
    if refuted {
        let needed = encoding.solver.core();
        core.retain(|lit| needed.contains(lit));
    }
    refuted
}

/// The fewest literals that have to go, as far as dropping one a conflict finds them, for the rest to have a model. `set`
/// has one and stays. `None` when patience is over.
fn correction(encoding: &mut Encoding, all: &[Lit], set: &[Lit], patience: &mut Patience<'_>) -> Option<BTreeSet<Lit>> {
    let mut kept: Vec<Lit> = set.to_vec();
    kept.extend(all.iter().filter(|lit| !set.contains(lit)));
    let mut gone = Vec::new();
    loop {
        match encoding.solve(&kept, &mut || patience.is_over()) {
            Verdict::Stopped => return None,
            Verdict::Satisfiable => break,
            Verdict::Unsatisfiable => {
                let core = encoding.solver.core();
                // The set has a model, so a conflict takes something else.
                let at = kept.iter().rposition(|lit| core.contains(lit)).filter(|at| *at >= set.len())?;
                gone.push(kept.remove(at));
            }
        }
    }
    let mut correction = BTreeSet::new();
    for lit in gone {
        kept.push(lit);
        match encoding.solve(&kept, &mut || patience.is_over()) {
            Verdict::Stopped => return None,
            Verdict::Satisfiable => {}
            Verdict::Unsatisfiable => {
                kept.pop();
                correction.insert(lit);
            }
        }
    }
    Some(correction)
}

/// How often the solvers may still ask whether to stop, and whether the caller wants them to. A guide without opinions on
/// anything else.
struct Patience<'s> {
    asks: u32,
    stop: &'s mut dyn FnMut() -> bool,
}

impl Patience<'_> {
    fn is_over(&mut self) -> bool {
        self.asks = self.asks.saturating_sub(1);
        self.asks == 0 || (self.stop)()
    }
}

impl Guide for Patience<'_> {
    fn propose(&mut self, _view: &View<'_>) -> Option<Lit> {
        None
    }

    fn stop(&mut self) -> bool {
        self.is_over()
    }
}
