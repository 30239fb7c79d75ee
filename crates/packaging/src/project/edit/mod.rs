//! Adds requirements to project files and takes them out: one line of text changes, every other byte stays.
//!
//! Texts of requirements are checked here; whether the whole file is still what its readers understand, its writer checks by
//! reading it again before it replaces anything.

mod arrays;
mod lines;
mod pipfile;
mod text;

use super::{Kind, error::excerpt};
use crate::{ExtraName, GroupName, MarkerTree, Origin, PackageName, Requirement, Url, Wanted};

/// Which of a file's lists of requirements is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Section {
    /// What the project itself requires.
    Main,
    /// A dependency group (PEP 735) or a category of a `Pipfile`, where `dev` is `dev-packages`.
    Group(GroupName),
    /// An extra of the project.
    Extra(ExtraName),
}

/// What became of one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where: file, line as it was, list.
    pub origin: Origin,
    /// What stood there.
    pub was: Option<String>,
    /// What stands there now.
    pub is: Option<String>,
}

/// A text with what changed in it, in order; nothing where all was so already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The whole text.
    pub text: String,
    /// The changes.
    pub changes: Vec<Change>,
}

/// Why a file is not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {what}")]
pub struct EditError {
    /// File, line and list.
    pub origin: Origin,
    /// What is in the way, and what helps.
    pub what: String,
}

impl EditError {
    fn new(origin: Origin, what: impl Into<String>) -> Self {
        Self { origin, what: what.into() }
    }
}

/// A requirement to add, as its user writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    requirement: Requirement,
    written: String,
}

impl Addition {
    /// Reads PEP 508 text.
    ///
    /// # Errors
    /// When it is no requirement.
    pub fn new(text: &str) -> Result<Self, EditError> {
        let written = text.trim().to_string();
        let requirement: Requirement = written.parse().map_err(|error| {
            EditError::new(Origin::file(excerpt(&written)), format!("this is not a requirement: {error}"))
        })?;
        Ok(Self { requirement, written })
    }

    /// The package.
    pub fn package(&self) -> &PackageName {
        &self.requirement.name
    }

    /// As text, with the extras and the marker of what it replaces where it has none itself.
    fn over(&self, old: &Requirement, written: &str) -> String {
        let new = &self.requirement;
        let keeps_extras = new.extras.is_empty() && !old.extras.is_empty();
        let keeps_marker = new.marker == MarkerTree::TRUE && old.marker != MarkerTree::TRUE;
        if !keeps_extras && !keeps_marker {
            return self.written.clone();
        }
        // Not `Display`, which masks credentials that have to be written and prints markers in a form of its own.
        let extras = if keeps_extras { &old.extras } else { &new.extras };
        let extras: Vec<&str> = extras.iter().map(AsRef::as_ref).collect();
        let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
        let wanted = match &new.wanted {
            Wanted::Versions(specifiers) => specifiers.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
            Wanted::Url(url) => format!(" @ {url}"),
        };
        let (from, before) = if keeps_marker { (written, &old.wanted) } else { (self.written.as_str(), &new.wanted) };
        // A URL may have a semicolon in it, and a space ends it.
        let behind = match before {
            Wanted::Versions(_) => from.split_once(';'),
            Wanted::Url(_) => from.split_once(" ;"),
        };
        let marker = behind.map(|(_, marker)| format!(" ; {}", marker.trim())).unwrap_or_default();
        format!("{}{extras}{wanted}{marker}", new.name)
    }
}

/// Adds a requirement to a list of a file, or changes the one on the same package that is there. A list that is kept in
/// alphabetical order stays in it.
///
/// # Errors
/// When the file cannot have such a list, or the package is required more than once in it.
pub fn add(kind: Kind, name: &str, text: &str, addition: &Addition, section: &Section) -> Result<Edited, EditError> {
    match kind {
        Kind::Requirements | Kind::Constraints | Kind::Overrides => {
            lines::only_main(name, section)?;
            lines::add(name, text, addition)
        }
        Kind::Pyproject => arrays::add(name, text, addition, section),
        Kind::Pipfile => pipfile::add(name, text, addition, section),
        Kind::Script => Err(script(name)),
    }
}

/// Takes a package out of a list of a file, or out of all of them.
///
/// # Errors
/// When it is in none of them.
pub fn remove(
    kind: Kind,
    name: &str,
    text: &str,
    package: &PackageName,
    section: Option<&Section>,
) -> Result<Edited, EditError> {
    let edited = match kind {
        Kind::Requirements | Kind::Constraints | Kind::Overrides => {
            section.map_or(Ok(()), |section| lines::only_main(name, section))?;
            lines::remove(name, text, package)
        }
        Kind::Pyproject => arrays::remove(name, text, package, section)?,
        Kind::Pipfile => pipfile::remove(name, text, package, section)?,
        Kind::Script => return Err(script(name)),
    };
    if edited.changes.is_empty() {
        return Err(EditError::new(Origin::file(name), format!("`{package}` is not required here")));
    }
    Ok(edited)
}

/// Names an index to ask: another one for all packages of a requirements file, one for `package` alone in a `Pipfile` and, by
/// `[tool.thoth]`, in a `pyproject.toml`.
///
/// The first source of a `Pipfile` is the index of all packages: where there is none, `home` becomes it.
///
/// # Errors
/// When the file is no TOML, or a script.
pub fn add_index(
    kind: Kind,
    name: &str,
    text: &str,
    package: &PackageName,
    (url, home): (&Url, &Url),
) -> Result<Edited, EditError> {
    match kind {
        Kind::Requirements | Kind::Constraints | Kind::Overrides => Ok(lines::add_index(name, text, url)),
        Kind::Pyproject => arrays::add_index(name, text, package, url),
        Kind::Pipfile => pipfile::add_index(name, text, package, (url, home)),
        Kind::Script => Err(script(name)),
    }
}

fn script(name: &str) -> EditError {
    EditError::new(Origin::file(name), "scripts are edited by hand: their requirements stand in a comment")
}

/// A name for an index: its host.
fn index_name(url: &Url) -> String {
    let host = url.host_str().unwrap_or("index");
    host.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' }).collect()
}

#[cfg(test)]
mod tests;
