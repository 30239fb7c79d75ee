//! The runtime environments that a project names: `.thoth.yaml`, as Thamos writes it, and `environments` of `[tool.thoth]`.
//!
//! Reading is in `read`, changing the text of a file in `write`. Where the files are, and which environment a run is for, is
//! known elsewhere.

mod compare;
mod read;
mod target;
mod write;

use std::collections::BTreeMap;

pub use compare::{Agreement, Comparison, compare};
pub use read::{RECOMMENDATION_TYPES, entry, is_inside, read};
pub use write::{Change, TemplateError, begin, changes, filled, write};

use crate::{Origin, environment::Host};

/// The name of the file.
pub const FILE: &str = ".thoth.yaml";

/// What a `.thoth.yaml` says that Thoth acts on; the rest of it stays in the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Environments {
    /// The folder in which each environment has a folder of its own, with requirements and lock; relative to the file.
    pub overlays: Option<String>,
    /// What "greatest" means where an environment does not say.
    pub recommendation_type: Option<(String, Origin)>,
    /// Which files say what is required, where the file says it.
    pub requirements_format: Option<RequirementsFormat>,
    /// The environments, in the order written; the first is the default.
    pub entries: Vec<Entry>,
    /// Things the reader should know that are no error, as sentences with their place.
    pub notes: Vec<String>,
}

impl Environments {
    /// The environment of a name.
    pub fn named(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

/// Whether a text may name an environment: one to a hundred letters, digits, `_` and `-`.
pub fn is_name(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    (1..=100).contains(&text.len()) && text.chars().all(is_letter)
}

/// Which files of a project say what is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequirementsFormat {
    /// `Pipfile`, locked in `Pipfile.lock`.
    Pipenv,
    /// `requirements.in` (or `requirements.txt` alone), locked in `requirements.txt`.
    Pip,
}

/// One runtime environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its name, of letters, digits, `_` and `-`: also the name of its folder.
    pub name: String,
    /// Where it is written.
    pub origin: Origin,
    /// The machine and image, as far as the file says.
    pub host: Host,
    /// The Python version (`3.11`).
    pub python_version: Option<(String, Origin)>,
    /// The platform, as Python's `sysconfig.get_platform()` spells it (`linux-x86_64`), or `--python-platform`.
    pub platform: Option<(String, Origin)>,
    /// What "greatest" means in it.
    pub recommendation_type: Option<(String, Origin)>,
    /// What prescriptions and units may ask for.
    pub labels: BTreeMap<String, String>,
}

/// What is wrong in a file of environments; all of it, each with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(|(origin, what)| format!("{origin}: {what}")).collect::<Vec<_>>().join("\n"))]
pub struct EnvironmentsError(pub Vec<(Origin, String)>);

#[cfg(test)]
mod tests;
