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
pub use target::machine;
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

    /// Adds an environment.
    ///
    /// # Errors
    /// When one has its name already, or files of the same names.
    pub fn add(&mut self, entry: Entry) -> Result<(), String> {
        match self.entries.iter().find(|known| known.file_name() == entry.file_name()) {
            Some(known) if known.name == entry.name => {
                Err(format!("there is an environment `{}` already ({})", known.name, known.origin))
            }
            Some(known) => {
                let (name, other, origin) = (&entry.name, &known.name, &known.origin);
                Err(format!("`{name}` would have the files of `{other}` ({origin}): rename one of them"))
            }
            None => {
                self.entries.push(entry);
                Ok(())
            }
        }
    }
}

/// Checks the name of an environment. Thamos called them `rhel:8` once, and many files still do.
///
/// # Errors
/// When it is none, as a sentence.
pub fn check_name(name: &str) -> Result<(), String> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "_-.:".contains(letter);
    if (1..=100).contains(&name.len()) && name.chars().all(is_letter) && !name.starts_with('.') {
        return Ok(());
    }
    Err(format!("`{name}` is not a name for an environment: it takes letters, digits, `_`, `-`, `.` and `:`"))
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
    /// Its name, as [`check_name`] has it: also the name of its folder.
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

impl Entry {
    /// Its name as part of the name of a file, everywhere.
    pub fn file_name(&self) -> String {
        self.name.replace(['.', ':'], "-")
    }
}

/// What is wrong in a file of environments; all of it, each with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(|(origin, what)| format!("{origin}: {what}")).collect::<Vec<_>>().join("\n"))]
pub struct EnvironmentsError(pub Vec<(Origin, String)>);

#[cfg(test)]
mod tests;
