//! What happened when a stack was built, tested or run.
//!
//! An [`Observation`] is one line of JSON, in which form it is stored and exchanged; that form, its limits and reading it
//! are in [`line`](self::line). What performance scripts print is read by [`indicator`]. What observations mean to a decision is
//! left to `resolution`.

mod environment;
pub mod indicator;
pub mod line;
mod outcome;

use std::collections::BTreeMap;

use packaging::{PackageName, Version};

pub use environment::{Alike, Environment};
pub use outcome::{Cause, Outcome, Stage};

/// What happened when a stack was built, tested or run.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The releases that were tried together; of a single one, nothing is said of what it was tried with.
    pub stack: BTreeMap<PackageName, Version>,
    /// How far the attempt went.
    pub stage: Stage,
    /// How it ended.
    pub outcome: Outcome,
    /// Where.
    pub environment: Environment,
    /// When, in seconds since the Unix epoch.
    pub at: i64,
    /// How far into that second, in microseconds, where that is known: what happened twice in one second, happened twice.
    pub fraction: u32,
    /// Who observed it, as a word or two: `feedback`, `monkey`, the name of a machine.
    pub source: String,
    /// How fast it was, one figure an indicator.
    pub figures: Vec<Figure>,
    /// The end of what was printed.
    pub output: String,
    /// What somebody remarked, in one line.
    pub note: String,
}

/// A measured rate: the more, the better.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What was measured, with everything that makes two measurements comparable: `PiMatmul device=cpu dtype=float32`.
    pub name: String,
    /// The package whose speed that is; `None` means any of the stack may be why.
    pub package: Option<PackageName>,
    /// The rate; finite and above zero.
    pub rate: f64,
    /// The unit of the rate (`GFLOPS`, `1/s`); may be empty.
    pub unit: String,
}

impl Observation {
    /// The same a microsecond later.
    #[must_use]
    pub fn later(self) -> Self {
        match self.fraction + 1 {
            1_000_000.. => Self { at: self.at + 1, fraction: 0, ..self },
            fraction => Self { fraction, ..self },
        }
    }

    /// The day it was made on, in UTC (`2026-01-31`).
    pub fn day(at: i64) -> String {
        jiff::Timestamp::from_second(at).map_or_else(|_| format!("{at} s"), |at| at.strftime("%F").to_string())
    }

    /// The SHA-256 of its line, in hexadecimal: two that say the same are one.
    pub fn identity(&self) -> String {
        use sha2::{Digest as _, Sha256};
        use std::fmt::Write as _;

        Sha256::digest(self.to_line()).iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}
