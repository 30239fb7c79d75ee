//! What was found inside files: for a terminal, as JSON, as SARIF, and in the shape of the original's aggregated indicators.

mod difference;
mod json;
mod sarif;
mod text;
mod thoth;

pub use difference::{Compared, difference_json, difference_text};
pub(crate) use difference::{contents, when};
pub use json::scan_json;
pub use sarif::scan_sarif;
pub use text::scan_text;
pub use thoth::scan_thoth_json;

/// What is to be told of one run.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// What was looked into.
    pub artifacts: Vec<Scanned>,
    /// What was not: its name, and why not.
    pub unscanned: Vec<(String, String)>,
    /// What was not understood on the way, as sentences.
    pub notes: Vec<String>,
    /// The exit code of the run: 0 nothing found; 1 something found; 2 something was not looked into.
    pub exit_code: u8,
}

/// A file or folder that was looked into.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// Name and version of the release, where they are known.
    pub release: Option<(String, String)>,
    /// The name of the file, or the path as the user wrote it.
    pub file: String,
    /// The index that lists it, without credentials.
    pub index: Option<String>,
    /// Its SHA-256 in hexadecimal; a folder has none.
    pub sha256: Option<String>,
    /// What was found, as far as it is wanted.
    pub report: indicators::Report,
}
