//! Propositional search: clauses in, a model or a core out.
//!
//! Knows nothing of packages. [`solver`] decides satisfiability under assumptions, [`totalizer`] counts literals, and
//! [`optimum`] finds the cheapest model by relaxing unsatisfiable cores.

pub mod literal;
pub mod optimum;
pub mod solver;
pub mod totalizer;

pub use literal::{Lit, Var};
pub use solver::{Guide, Solver, Verdict};
