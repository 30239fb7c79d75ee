//! What a project declares: requirements files, `pyproject.toml`, `Pipfile`, scripts.
//!
//! [`read`] makes a [`Project`] of a file's text. It opens nothing: other files come through [`Files`], variables through a
//! closure, and which extras and groups count through a [`Selection`].

mod declaration;
pub mod edit;
mod error;
mod options;
mod pipfile;
mod pyproject;
mod read;
mod requirements_txt;
mod script;
mod toml_file;

pub use error::{Fault, Problem, ProjectError};
pub use options::{FormatControl, Formats, IndexOptions, NamedIndex};
pub use pipfile::{PipfileHashError, pipfile_hash};
pub use read::{Files, Kind, NoFiles, Selected, Selection, read};

use crate::{Digest, Origin, PackageName, Requirement, VersionSpecifiers};

/// A requirement with where it was written and the hashes demanded for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// What is required.
    pub requirement: Requirement,
    /// `--hash` options (requirements files) and the hash in a URL's fragment: at least one must match each file that is
    /// locked.
    pub hashes: Vec<Digest>,
    /// Where it was written.
    pub origin: Origin,
}

/// All that the files of a project declare, joined in the order in which they were read.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The project's own name, where a file gives one.
    pub name: Option<PackageName>,
    /// Every file read, included ones too, as named in messages.
    pub files: Vec<String>,
    /// What must be in the stack.
    pub requirements: Vec<Declaration>,
    /// Bounds on releases that are in the stack for other reasons (`-c`).
    pub constraints: Vec<Declaration>,
    /// Requirements that replace every other on the same package (`--override`).
    pub overrides: Vec<Declaration>,
    /// The Python versions the project supports.
    pub requires_python: Option<(VersionSpecifiers, Origin)>,
    /// The one Python version a `Pipfile` asks for (`3.11`).
    pub python_version: Option<(String, Origin)>,
    /// Options about indexes and files.
    pub options: IndexOptions,
    /// Wishes about the choice of releases.
    pub preferences: Preferences,
    /// The `[tool.thoth]` table, if there is one.
    pub thoth: Option<toml::Table>,
    /// Things the reader should know that are no error (an unknown key, an ignored option), as sentences with their place.
    pub notes: Vec<String>,
}

/// Wishes of `[tool.uv]` about the choice of releases, as written there; what a flag says goes before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// `prerelease`: `allow`, `disallow`, `if-necessary`, `explicit` or `if-necessary-or-explicit`.
    pub prerelease: Option<(String, Origin)>,
    /// `exclude-newer`: a date, a time (RFC 3339) or an age; not checked here.
    pub exclude_newer: Option<(String, Origin)>,
    /// `resolution`: `highest`, `lowest` or `lowest-direct`.
    pub resolution: Option<(String, Origin)>,
    /// `index-strategy`: `first-index`, `unsafe-first-match` or `unsafe-best-match`.
    pub index_strategy: Option<(String, Origin)>,
}

impl Project {
    /// Adds what a later file declares.
    ///
    /// Requirements and bounds add up, and so do two statements about `requires-python`. Of what there can be only one,
    /// the first stays and a note says so; options about indexes follow [`IndexOptions::join`].
    pub fn join(&mut self, later: Self) {
        for file in later.files {
            if !self.files.contains(&file) {
                self.files.push(file);
            }
        }
        self.requirements.extend(later.requirements);
        self.constraints.extend(later.constraints);
        self.overrides.extend(later.overrides);
        self.notes.extend(later.notes);
        self.options.join(later.options);
        self.preferences.join(later.preferences, &mut self.notes);
        self.name = self.name.take().or(later.name);
        self.requires_python = match (self.requires_python.take(), later.requires_python) {
            (Some((one, origin)), Some((other, _))) => {
                Some((one.iter().chain(other.iter()).cloned().collect(), origin))
            }
            (one, other) => one.or(other),
        };
        first(&mut self.python_version, later.python_version, "the Python version", &mut self.notes);
        if let Some(thoth) = later.thoth {
            let known = self.thoth.get_or_insert_default();
            for (key, value) in thoth {
                known.entry(key).or_insert(value);
            }
        }
    }
}

impl Preferences {
    fn join(&mut self, later: Self, notes: &mut Vec<String>) {
        first(&mut self.prerelease, later.prerelease, "prerelease", notes);
        first(&mut self.exclude_newer, later.exclude_newer, "exclude-newer", notes);
        first(&mut self.resolution, later.resolution, "resolution", notes);
        first(&mut self.index_strategy, later.index_strategy, "index-strategy", notes);
    }
}

/// Keeps the first of two statements, and notes the second where it differs.
fn first(kept: &mut Option<(String, Origin)>, later: Option<(String, Origin)>, subject: &str, notes: &mut Vec<String>) {
    match (&*kept, later) {
        (Some((value, place)), Some((other, origin))) if *value != other => {
            notes.push(format!("{origin}: {subject} `{other}` is not used: {place} says `{value}`"));
        }
        (None, later) => *kept = later,
        _ => {}
    }
}

#[cfg(test)]
mod tests;
