//! Chooses the stack.
//!
//! A [`catalogue`] of packages as far as they are known, an [`objective`] that orders stacks, an exact [`search`] that asks
//! for what it needs, and the [`outcome`] with its reasons. Pure: pages, metadata, the clock and the wish to stop come in
//! as arguments.

pub mod bisect;
pub mod catalogue;
pub mod certificate;
pub mod cost;
pub mod front;
pub mod graph;
pub mod objective;
pub mod outcome;
pub mod pipeline;
pub mod policy;
pub mod predict;
pub mod relaxation;
pub mod releases;
pub mod rule;
pub mod sat;
pub mod search;
pub mod sieve;
pub mod trials;
pub mod why;

pub use certificate::Stopped;
pub use objective::{Direction, Level, Objective, Recommendation};
pub use search::{Needs, Problem, Search, Stack, Step};
