//! The verbs: gather what is needed, decide, write, keep.
//!
//! This crate alone knows the order of things: it reads the project, finds the environment, loads the evidence, steps the
//! search and fetches what it asks for, writes the lock and remembers the run. How a report looks and what a flag is called
//! is not known here.

pub mod advise;
mod clock;
pub mod db;
pub mod edit;
pub mod environments;
pub mod error;
pub mod files;
mod fingerprint;
pub mod health;
pub mod inquiry;
pub mod limits;
pub mod monkey;
pub mod observations;
pub mod overview;
pub mod pipeline;
pub mod prescriptions;
pub mod progress;
mod records;
pub mod request;
pub mod scan;
mod seen;
mod suppose;
pub mod tree;
pub mod why;
pub mod world;

pub use advise::{Advice, advise, replay};
pub use error::AdviseError;
pub use inquiry::Answer;
pub use limits::{Interruption, Limits};
pub use monkey::monkey;
pub use progress::{Progress, Silent};
pub use request::Request;
pub use tree::tree;
pub use why::{why, why_not};
pub use world::World;
