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

/// Assumptions that conflict, as few and as cheap as can be found within bounds; without any one of them, the rest has a
/// model in any case. `None` when even all of them have one.
pub(super) fn smallest(encoding: &mut Encoding, assumptions: &[(Lit, Cost)]) -> Option<Vec<Lit>> {
    let all: Vec<Lit> = assumptions.iter().map(|(lit, _)| *lit).collect();
    let known = minimal(encoding, all.clone())?;
    let mut patience = Patience(MOST_ASKS);
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
        if cheapest.optimise(&mut meeting, &mut patience) != Verdict::Satisfiable || cheapest.lower_bound() >= cost {
            return Some(known);
        }
        let set: Vec<Lit> =
            all.iter().zip(&meets).filter(|(_, meets)| meeting.model(**meets)).map(|(lit, _)| *lit).collect();
        match encoding.solve(&set, &mut || patience.is_over()) {
            Verdict::Unsatisfiable => return Some(set),
            Verdict::Stopped => return Some(known),
            Verdict::Satisfiable => {}
        }
        let Some(correction) = correction(encoding, &all, &set, &mut patience) else { return Some(known) };
        let clause: Vec<Lit> =
            all.iter().zip(&meets).filter(|(lit, _)| correction.contains(lit)).map(|(_, meets)| *meets).collect();
        meeting.add(&clause);
    }
    Some(known)
}

/// Drops literals as long as the rest conflicts, the first ones first. `None` when there is no conflict.
pub(super) fn minimal(encoding: &mut Encoding, literals: Vec<Lit>) -> Option<Vec<Lit>> {
    let mut core = literals;
    if !shrink(encoding, &core.clone(), &mut core) {
        return None;
    }
    let mut at = 0;
    while at < core.len() {
        let mut without = core.clone();
        without.remove(at);
        if !shrink(encoding, &without, &mut core) {
            at += 1;
        }
    }
    Some(core)
}

/// Keeps of `core` what a refutation of `assumptions` needs; returns whether there is one.
fn shrink(encoding: &mut Encoding, assumptions: &[Lit], core: &mut Vec<Lit>) -> bool {
    let refuted = encoding.solve(assumptions, &mut || false) == Verdict::Unsatisfiable;
    if refuted {
        let needed = encoding.solver.core();
        core.retain(|lit| needed.contains(lit));
    }
    refuted
}

/// The fewest literals that have to go, as far as dropping one a conflict finds them, for the rest to have a model. `set`
/// has one and stays. `None` when patience is over.
fn correction(encoding: &mut Encoding, all: &[Lit], set: &[Lit], patience: &mut Patience) -> Option<BTreeSet<Lit>> {
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

/// How often the solvers may still ask whether to stop. A guide without opinions on anything else.
struct Patience(u32);

impl Patience {
    fn is_over(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 == 0
    }
}

impl Guide for Patience {
    fn propose(&mut self, _view: &View<'_>) -> Option<Lit> {
        None
    }

    fn stop(&mut self) -> bool {
        self.is_over()
    }
}
