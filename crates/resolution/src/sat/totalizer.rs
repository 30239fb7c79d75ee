//! Counting literals: a totalizer whose outputs are built only as far as they are asked for.
//!
//! Bailleux and Boufkhad, Efficient CNF Encoding of Boolean Cardinality Constraints (2003); built on demand as in Martins
//! et al., Incremental Cardinality Constraints for MaxSAT (2014).

use super::{Lit, Solver};

/// Counts how many of its inputs are true, in one direction: when at least `k` inputs are true, output `k` is.
#[derive(Debug)]
pub struct Totalizer {
    root: Node,
}

#[derive(Debug)]
struct Node {
    leaves: usize,
    /// `outputs[k]` is "at least k + 1 of the leaves are true".
    outputs: Vec<Lit>,
    children: Option<Box<(Self, Self)>>,
}

impl Totalizer {
    /// A totalizer over `inputs`, without any clause yet. `inputs` must not be empty.
    pub fn new(inputs: &[Lit]) -> Self {
        Self { root: Node::new(inputs) }
    }

    /// How many inputs there are.
    pub fn inputs(&self) -> usize {
        self.root.leaves
    }

    /// The literal that is true when at least `count` (1..=inputs) inputs are.
    pub fn at_least(&mut self, count: usize, solver: &mut Solver) -> Lit {
        self.root.build(count, solver);
        self.root.outputs[count - 1]
    }

    /// Makes every output true, which the clauses allow whatever the inputs are, so that none of them matters any more. What
    /// was learned from them stays valid, and loses the outputs.
    pub fn retire(self, solver: &mut Solver) {
        self.root.retire(solver);
    }
}

impl Node {
    fn new(inputs: &[Lit]) -> Self {
        if let [input] = inputs {
            return Self { leaves: 1, outputs: vec![*input], children: None };
        }
        let (left, right) = inputs.split_at(inputs.len() / 2);
        Self {
            leaves: inputs.len(),
            outputs: Vec::new(),
            children: Some(Box::new((Self::new(left), Self::new(right)))),
        }
    }

    fn retire(self, solver: &mut Solver) {
        let Some(children) = self.children else { return };
        for output in self.outputs {
            solver.add(&[output]);
        }
        let (left, right) = *children;
        left.retire(solver);
        right.retire(solver);
    }

    /// Makes outputs up to `count` exist, with the clauses that force them.
    fn build(&mut self, count: usize, solver: &mut Solver) {
        let count = count.min(self.leaves);
        let Some(children) = &mut self.children else { return };
        let built = self.outputs.len();
        if built >= count {
            return;
        }
        let (left, right) = &mut **children;
        left.build(count, solver);
        right.build(count, solver);
        for sum in built + 1..=count {
            let output = solver.new_lit();
            for from_left in 0..=sum.min(left.leaves) {
                let from_right = sum - from_left;
                if from_right > right.leaves {
                    continue;
                }
                let mut clause = vec![output];
                if from_left > 0 {
                    clause.push(!left.outputs[from_left - 1]);
                }
                if from_right > 0 {
                    clause.push(!right.outputs[from_right - 1]);
                }
                solver.add(&clause);
            }
            // Counting more implies counting less; saves the solver from finding out.
            if sum > 1 {
                solver.add(&[!output, self.outputs[sum - 2]]);
            }
            self.outputs.push(output);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sat::{Verdict, solver::NoGuide};

    #[test]
    fn a_retired_totalizer_asks_nothing_of_its_inputs() {
        for truths in 0u32..1 << 5 {
            let mut solver = Solver::new();
            let lits: Vec<Lit> = (0..5).map(|_| solver.new_lit()).collect();
            let mut totalizer = Totalizer::new(&lits);
            let most = totalizer.at_least(2, &mut solver);
            assert_eq!(solver.solve(&[lits[0], lits[1], lits[2], !most], &mut NoGuide), Verdict::Unsatisfiable);
            totalizer.retire(&mut solver);
            solver.simplify();
            assert_eq!(solver.clauses(), 0);
            let assumed: Vec<Lit> =
                lits.iter().enumerate().map(|(i, lit)| if truths >> i & 1 == 1 { *lit } else { !*lit }).collect();
            assert_eq!(solver.solve(&assumed, &mut NoGuide), Verdict::Satisfiable);
        }
    }

    #[test]
    fn at_least_k_true_inputs_force_output_k_and_only_then() {
        for inputs in 1..=6usize {
            for truths in 0u32..1 << inputs {
                let mut solver = Solver::new();
                let lits: Vec<Lit> = (0..inputs).map(|_| solver.new_lit()).collect();
                let mut totalizer = Totalizer::new(&lits);
                let outputs: Vec<Lit> = (1..=inputs).map(|count| totalizer.at_least(count, &mut solver)).collect();
                let assumed: Vec<Lit> =
                    lits.iter().enumerate().map(|(i, lit)| if truths >> i & 1 == 1 { *lit } else { !*lit }).collect();
                for (index, output) in outputs.iter().enumerate() {
                    let mut with = assumed.clone();
                    with.push(!*output);
                    let forced = solver.solve(&with, &mut NoGuide) == Verdict::Unsatisfiable;
                    assert_eq!(forced, truths.count_ones() as usize > index);
                }
            }
        }
    }
}
