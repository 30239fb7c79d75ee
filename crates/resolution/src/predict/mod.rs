//! Resolution as a Markov decision process, and predictors that learn to walk it.
//!
//! | in the process | here |
//! |---|---|
//! | state | a partly resolved stack with what is left of the packages still open: [`State`] |
//! | action | resolving one open package to one release: [`Action`] |
//! | transition | everything that follows by propagation; [`Transition::Final`] and [`Transition::Invalid`] are told apart |
//! | reward | what the releases that got chosen lose, negative: see [`scale`] |
//! | return | the score of the stack: the sum of rewards, undiscounted |
//!
//! Two things are not as in textbooks. An invalid transition teaches a *nogood*, a few choices that cannot all be made, which
//! holds in all walks; so no dead end is walked twice, and a world without any stack is recognised. And stacks are compared
//! by their cost vectors, like everywhere: the number that a predictor learns from only guides.
//!
//! A world holds the releases that were read. What was not read is not walked: what is found is a stack that can be locked,
//! and no more than that is claimed; how far it may be from the best is told by the bound of the exact search.

mod conflict;
mod draw;
mod nogoods;
pub mod policy;
pub mod predictors;
mod propagation;
pub mod random;
mod reach;
pub mod scale;
mod schedule;
mod state;
mod walk;
mod world;

pub use self::{
    draw::{Decision, Draw, Drawn, Releases, draw},
    nogoods::Action,
    policy::Policy,
    predictors::{Kind, Options},
    random::Random,
    state::{State, Transition},
    walk::{Budget, Chance, Kept, Point, Predictor, Step, Walked, walk},
    world::{MOST_RELEASES, Size, World},
};
