//! Stories as data for tests, and the toy ecosystems they happen in.
//!
//! A story is one TOML file: packages, advisories, what a project asks for, and the stack that must come out. The same story is
//! told to the core ([`Universe::page`], [`Universe::metadata`]: values, no I/O) and to the binary ([`Server`]: a fixture index
//! on loopback that can also lie, stall and truncate). Running them is left to the crates that own the core and the binary.
//! This crate is for tests only: nothing that is shipped depends on it.

pub mod advisory;
pub mod project;
pub mod scenario;
pub mod server;
pub mod universe;

pub use advisory::Advisory;
pub use project::Written;
pub use scenario::{Outcome, Scenario, ScenarioError, load_all};
pub use server::{Behaviour, Request, Server};
pub use universe::Universe;
