//! One way in for every kind of project file.
//!
//! Opening files and finding them in a folder is the caller's; here a text becomes a [`Project`].

use super::{
    Project, ProjectError,
    error::{Fault, Problem},
    pipfile, pyproject, requirements_txt, script,
};
use crate::{ExtraName, GroupName, Origin};

/// The largest text of one file, in bytes.
pub(super) const LARGEST_TEXT: usize = 8 * 1024 * 1024;

/// The most declarations of one project.
pub(super) const MOST_DECLARATIONS: usize = 100_000;

/// The most indexes, folders of files, hosts and sources of one project, each.
pub(super) const MOST_OPTIONS: usize = 2_000;

/// How files that refer to others reach them.
///
/// The implementor bounds sizes and times, decodes the bytes (UTF-8 with or without a byte order mark, and what else it
/// wishes), and decides whether a URL may be fetched.
pub trait Files {
    /// Returns the text behind `path`: a path as resolved against the file that refers to it, or an `http`, `https` or
    /// `file` URL. The error is the reason, as it follows "cannot read `path`: ".
    fn read(&self, path: &str) -> Result<String, String>;
}

/// No file can be read: for texts that must stand alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _path: &str) -> Result<String, String> {
        Err("other files cannot be read from here".to_string())
    }
}

impl Files for std::collections::BTreeMap<String, String> {
    /// Texts by their path.
    fn read(&self, path: &str) -> Result<String, String> {
        self.get(path).cloned().ok_or_else(|| "there is no such file".to_string())
    }
}

/// The optional parts of a project that are wanted.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Extras of `[project.optional-dependencies]`.
    pub extras: Selected<ExtraName>,
    /// Groups of `[dependency-groups]`; for a `Pipfile`, its categories (`dev` and `dev-packages` are the same).
    pub groups: Selected<GroupName>,
}

/// Some names, or all there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected<T> {
    /// Every one the project has.
    All,
    /// These; one that the project does not have is an error.
    Only(Vec<T>),
}

impl<T> Default for Selected<T> {
    /// None.
    fn default() -> Self {
        Self::Only(Vec::new())
    }
}

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A requirements file of pip.
    Requirements,
    /// The same, as bounds (`-c`).
    Constraints,
    /// The same, as replacements (`--override`).
    Overrides,
    /// A `pyproject.toml`.
    Pyproject,
    /// A `Pipfile`.
    Pipfile,
    /// A Python script with inline metadata (PEP 723).
    Script,
}

impl Kind {
    /// What a file is by its name, and where that does not tell, by the start of its text; `None` for a file that declares
    /// nothing as far as one can see.
    ///
    /// `-` (standard input) and every `.txt` and `.in` are requirements files.
    pub fn of(name: &str, start: &str) -> Option<Self> {
        let path = name.split(['?', '#']).next().unwrap_or_default();
        let base = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let extension = base.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let has_line = |wanted: &str| start.lines().any(|line| line.trim_end() == wanted);
        match (base, extension.as_deref()) {
            ("-", _) => Some(Self::Requirements),
            ("pyproject.toml", _) => Some(Self::Pyproject),
            ("Pipfile", _) => Some(Self::Pipfile),
            (_, Some("py" | "pyw")) => Some(Self::Script),
            (_, Some("txt" | "in")) => Some(Self::Requirements),
            (_, Some("toml")) if has_line("[project]") || has_line("[dependency-groups]") => Some(Self::Pyproject),
            (_, Some("toml" | "lock" | "json" | "yaml" | "yml" | "cfg" | "ini")) => None,
            _ if has_line("# /// script") => Some(Self::Script),
            _ if has_line("[packages]") || has_line("[dev-packages]") => Some(Self::Pipfile),
            _ if base.starts_with("requirements") => Some(Self::Requirements),
            _ => None,
        }
    }

    /// Whether such files can have extras to select.
    pub fn offers_extras(self) -> bool {
        self == Self::Pyproject
    }

    /// Whether such files can have groups to select.
    pub fn offers_groups(self) -> bool {
        matches!(self, Self::Pyproject | Self::Pipfile)
    }
}

/// Reads one file of a project, and the files it refers to.
///
/// `name` is the file as messages shall name it, and what the paths in it are relative to; `variable` looks up what
/// `${NAME}` stands for. A selection is not looked at by kinds that do not offer any ([`Kind::offers_extras`]): whether
/// somebody could honour it is known only to the caller who reads all files.
///
/// # Errors
/// Every problem found, each with its place: nothing that is written is left out in silence.
pub fn read(
    kind: Kind,
    name: &str,
    text: &str,
    files: &dyn Files,
    variable: &dyn Fn(&str) -> Option<String>,
    selection: &Selection,
) -> Result<Project, ProjectError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reading = Reading::new(name);
    if let Some(fault) = too_large(text) {
        return Err(Problem::new(Origin::file(name), fault).into());
    }
    match kind {
        Kind::Requirements | Kind::Constraints | Kind::Overrides => {
            requirements_txt::read(&mut reading, kind, name, text, files, variable);
        }
        Kind::Pyproject => pyproject::read(&mut reading, name, text, selection),
        Kind::Pipfile => pipfile::read(&mut reading, name, text, variable, selection),
        Kind::Script => script::read(&mut reading, name, text),
    }
    reading.finish()
}

pub(super) fn too_large(text: &str) -> Option<Fault> {
    (text.len() > LARGEST_TEXT).then_some(Fault::TooMuch { what: "bytes in one file", limit: LARGEST_TEXT })
}

/// A project as it is being read: the good so far, and the bad.
pub(super) struct Reading {
    pub(super) project: Project,
    problems: Vec<Problem>,
}

impl Reading {
    fn new(name: &str) -> Self {
        Self { project: Project { files: vec![name.to_string()], ..Project::default() }, problems: Vec::new() }
    }

    /// Keeps a problem; reading goes on.
    pub(super) fn problem(&mut self, problem: Problem) {
        if self.problems.len() < ProjectError::MOST {
            self.problems.push(problem);
        }
    }

    /// Keeps a fault at a place.
    pub(super) fn fault(&mut self, origin: Origin, fault: Fault) {
        self.problem(Problem::new(origin, fault));
    }

    /// The value of a result, its problem kept.
    pub(super) fn good<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.problem(problem)).ok()
    }

    /// Adds a sentence on a place for the reader.
    pub(super) fn note(&mut self, origin: &Origin, sentence: impl AsRef<str>) {
        const MOST_NOTES: usize = 1000;
        if self.project.notes.len() < MOST_NOTES {
            self.project.notes.push(format!("{origin}: {}", sentence.as_ref()));
        }
    }

    /// Whether so much is wrong or declared that reading on makes no sense.
    pub(super) fn is_full(&mut self, origin: &Origin) -> bool {
        let project = &self.project;
        let declared = project.requirements.len() + project.constraints.len() + project.overrides.len();
        let options = &project.options;
        let lists = [
            options.extra_index_urls.len(),
            options.find_links.len(),
            options.named.len(),
            options.trusted_hosts.len(),
            options.no_binary.packages.len(),
            options.only_binary.packages.len(),
        ];
        let excess = if declared > MOST_DECLARATIONS {
            Some(Fault::TooMuch { what: "requirements in one project", limit: MOST_DECLARATIONS })
        } else if lists.into_iter().any(|length| length > MOST_OPTIONS) {
            Some(Fault::TooMuch { what: "indexes, hosts or packages in options", limit: MOST_OPTIONS })
        } else {
            None
        };
        if let Some(fault) = excess {
            self.problems.truncate(ProjectError::MOST - 1);
            self.problems.push(Problem::new(origin.clone(), fault));
            return true;
        }
        self.problems.len() >= ProjectError::MOST
    }

    fn finish(self) -> Result<Project, ProjectError> {
        if self.problems.is_empty() { Ok(self.project) } else { Err(ProjectError { problems: self.problems }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_name_or_its_start() {
        for (name, start, kind) in [
            ("requirements.txt", "", Some(Kind::Requirements)),
            ("deps/requirements-dev.in", "", Some(Kind::Requirements)),
            ("https://files.example/a/reqs.txt?raw=1#x", "", Some(Kind::Requirements)),
            ("-", "[packages]\n", Some(Kind::Requirements)),
            ("requirements", "", Some(Kind::Requirements)),
            ("a/pyproject.toml", "", Some(Kind::Pyproject)),
            ("other.toml", "[project]\nname = 'a'", Some(Kind::Pyproject)),
            ("pylock.toml", "lock-version = '1.0'", None),
            ("Pipfile", "", Some(Kind::Pipfile)),
            ("Pipfile.lock", "{}", None),
            ("tool.py", "", Some(Kind::Script)),
            ("bin/tool", "#!/usr/bin/env python\n# /// script\n# ///\n", Some(Kind::Script)),
            ("README.md", "# Hello", None),
        ] {
            assert_eq!(Kind::of(name, start), kind, "{name}");
        }
    }
}
