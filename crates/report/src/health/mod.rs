//! The health of projects: for a terminal, and as JSON.

mod json;
#[cfg(test)]
mod tests;
mod text;

use evidence::Health;

pub use json::{SCHEMA, health_json};
pub use text::health_text;

/// What is to be told of one run.
#[derive(Clone, Debug, Default)]
pub struct Checkup {
    /// By package.
    pub healths: Vec<Health>,
    /// What could not be looked at: its name, and why not.
    pub unseen: Vec<(String, String)>,
    /// The sources, without credentials.
    pub sources: Vec<String>,
    /// What the reader should know, as sentences.
    pub notes: Vec<String>,
    /// The time that counts as now, in seconds since the Unix epoch.
    pub now: i64,
    /// The exit code of the run: 0 told; 2 something could not be looked at.
    pub exit_code: u8,
}

/// The day of an instant in seconds since the Unix epoch, in UTC.
fn day(seconds: i64) -> Option<String> {
    crate::words::day(seconds.checked_mul(1_000_000)?)
}
