//! Outcomes for people and machines: terminal text and versioned JSON.
//!
//! [`text`] says it in as few lines as a developer needs, [`json`] says all of it in a frozen schema. Pure: what becomes of
//! the texts, the width of the terminal and the exit code are the caller's. Every text from outside is made harmless on its
//! way: control characters, characters that change the direction of writing, credentials in URLs.

mod clean;
mod condition;
pub mod health;
mod json;
pub mod plot;
mod proof;
mod remedy;
pub mod scan;
mod sentence;
mod text;
mod thoth;
mod words;

use std::collections::BTreeMap;

use indicators::Difference;
use packaging::{PackageName, lock::Format};

pub use json::{INQUIRIES, SCHEMA, json, tree_json, v1, why_json, why_not_json};
pub use text::{Style, TreeView, text, tree, why, why_not};
pub use thoth::{Product, thoth_json};
pub use words::ago;

/// What became of an outcome, which the outcome itself does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// The exit code of the run: 0 done; 1 no acceptable stack, or vulnerabilities that fail the run.
    pub exit_code: u8,
    /// The lock that holds the stack; `None` when none was written.
    pub lock: Option<LockFile>,
    /// By package that the existing lock has in an older release: what is new in the chosen one, or why that is not known.
    pub differences: BTreeMap<PackageName, Result<Difference, String>>,
}

/// A lock that was written, or found to say the same already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockFile {
    /// Its path as the user would write it; `-` for standard output.
    pub path: String,
    /// Its format.
    pub format: Format,
    /// SHA-256 over its bytes, in hexadecimal.
    pub sha256: Option<String>,
}
