//! What can be wrong in a project's files: each problem with its place and its remedy.
//!
//! A reader goes on after a problem, so that one run names all of them; a project with any problem is not used.

use std::fmt;

use crate::{Digest, Origin, digest::DigestError, marker::Excess, requirement::RequirementError};

/// The problems found in a project's files, in reading order; never empty.
#[derive(Debug)]
pub struct ProjectError {
    /// The problems, at most [`Self::MOST`] of them.
    pub problems: Vec<Problem>,
}

impl ProjectError {
    /// How many problems are kept; a file with more is no project file.
    pub const MOST: usize = 100;

    /// Whether all that is wrong is that the file declares no dependencies in a place known here: a reader that looks
    /// through a folder may then go on to the next file.
    pub fn declares_nothing(&self) -> bool {
        self.problems.iter().all(|problem| matches!(*problem.fault, Fault::NoProject | Fault::NoScript))
    }
}

impl From<Problem> for ProjectError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for ProjectError {
    /// A line or more for each problem; the same remedy is given once.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told: Vec<String> = Vec::new();
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            match problem.fault.remedy().filter(|remedy| !told.contains(remedy)) {
                Some(remedy) => {
                    write!(f, "{problem}")?;
                    told.push(remedy);
                }
                None => write!(f, "{}: {}", problem.origin, problem.fault)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for ProjectError {}

/// One thing that is wrong, and where.
#[derive(Debug)]
pub struct Problem {
    /// The file, line and part.
    pub origin: Origin,
    /// What is wrong there.
    pub fault: Box<Fault>,
}

impl Problem {
    pub(super) fn new(origin: Origin, fault: Fault) -> Self {
        Self { origin, fault: Box::new(fault) }
    }
}

impl fmt::Display for Problem {
    /// `file:line: what is wrong`, then a line `help: …` where there is a remedy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.fault)?;
        match self.fault.remedy() {
            Some(remedy) => write!(f, "\n  help: {remedy}"),
            None => Ok(()),
        }
    }
}

/// What can be wrong in a project's file.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A requirement that PEP 508 does not allow; the parser's sentence marks the place.
    #[error("this is not a requirement: {0}")]
    Requirement(#[from] RequirementError),
    /// Something other than a requirement that does not parse: a version specifier, a name, a marker.
    #[error("`{text}` is not {expected}: {reason}")]
    Value {
        /// What was written.
        text: String,
        /// What is expected there, with its article.
        expected: &'static str,
        /// The parser's sentence.
        reason: String,
    },
    /// `-e`, `editable = true`.
    #[error("`{0}` is an editable requirement")]
    Editable(String),
    /// `git+…`, `hg+…` and other checkouts.
    #[error("`{0}` is a checkout of a version control system")]
    VersionControl(String),
    /// A folder or file of this machine.
    #[error("`{0}` is a local path")]
    LocalPath(String),
    /// A URL that is neither `http` nor `https`.
    #[error("`{0}` is not an http or https URL")]
    Scheme(String),
    /// A URL without a package name.
    #[error("the file name of `{0}` does not tell the package's name and version")]
    Nameless(String),
    /// A URL whose file belongs to another package.
    #[error("`{name}` is required, but the file is one of `{file}`")]
    OtherPackage {
        /// The package required.
        name: String,
        /// The package the file name tells.
        file: String,
    },
    /// A URL to a folder inside an archive.
    #[error("`{0}` points to a folder inside an archive")]
    Subdirectory(String),
    /// A package that must come from a member of the workspace.
    #[error("`{0}` is a member of the workspace")]
    Workspace(String),
    /// A way to state a source that cannot be honoured.
    #[error("the source of `{package}` cannot be honoured: {reason}")]
    Source {
        /// The package.
        package: String,
        /// What is not supported.
        reason: String,
    },
    /// An option that pip does not allow in requirements files.
    #[error("`{0}` is not an option of requirements files")]
    UnknownOption(String),
    /// The start of several options.
    #[error("`{option}` may be {}", .candidates.join(" or "))]
    AmbiguousOption {
        /// What was written.
        option: String,
        /// What it may mean.
        candidates: Vec<&'static str>,
    },
    /// An option without its value, or a switch with one.
    #[error("`{option}` {reason}")]
    Option {
        /// The option.
        option: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Words after options, which pip would drop without a word.
    #[error("`{0}` stands after an option, where pip ignores it")]
    AfterOption(String),
    /// Quotes or escapes that do not end.
    #[error("the options `{options}` cannot be split into words: {reason}")]
    Quotes {
        /// The text.
        options: String,
        /// What does not end.
        reason: &'static str,
    },
    /// A hash that is none.
    #[error("{0}")]
    Hash(#[from] DigestError),
    /// A `--hash` by an algorithm that does not protect.
    #[error("`{}` is too weak for `--hash`", .0.algorithm.name())]
    WeakHash(Digest),
    /// A file that another file refers to.
    #[error("cannot read `{path}`: {reason}")]
    Include {
        /// The path or URL, as resolved.
        path: String,
        /// The caller's sentence.
        reason: String,
    },
    /// Files that include each other.
    #[error("the files include each other: {}", .0.join(" -> "))]
    IncludeCycle(Vec<String>),
    /// A file from the network that refers to a file of this machine.
    #[error("a file from the network refers to the local file `{0}`")]
    IncludeLocal(String),
    /// More of something than a project has.
    #[error("{what}: more than {limit}")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: usize,
    },
    /// Text that is not TOML; the parser's sentence.
    #[error("this is not TOML: {0}")]
    Toml(String),
    /// A TOML key with a value of the wrong type.
    #[error("`{key}` must be {expected}, not {found}")]
    Shape {
        /// The key.
        key: String,
        /// What it must be, with its article.
        expected: &'static str,
        /// What it is, with its article.
        found: &'static str,
    },
    /// A TOML key that must be there.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A field that only a build of the project could tell.
    #[error("`{0}` is dynamic: it cannot be known without building the project")]
    Dynamic(&'static str),
    /// A `pyproject.toml` without dependencies in a standard place.
    #[error("the file declares no dependencies: it has neither `[project]` nor `[dependency-groups]`")]
    NoProject,
    /// A `pyproject.toml` in Poetry's own format.
    #[error("the dependencies are declared in Poetry's own tables, not in `[project]`")]
    Poetry,
    /// An extra that the project does not have.
    #[error("the project has no extra `{name}`; {}", choices(.known, "extra"))]
    UnknownExtra {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A group that the project does not have.
    #[error("the project has no dependency group `{name}`; {}", choices(.known, "dependency group"))]
    UnknownGroup {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// Two names that are the same once normalised.
    #[error("`{first}` and `{second}` are the same name")]
    SameName {
        /// The first spelling.
        first: String,
        /// The second spelling.
        second: String,
    },
    /// Groups that include each other.
    #[error("the dependency groups include each other: {}", .0.join(" -> "))]
    GroupCycle(Vec<String>),
    /// A package pinned to an index that is not declared.
    #[error("`{package}` is pinned to the index `{index}`, which is not declared; {}", choices(.known, "index"))]
    UnknownIndex {
        /// The package.
        package: String,
        /// The name of the index.
        index: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A script without inline metadata.
    #[error("the script declares nothing: it has no `# /// script` block")]
    NoScript,
    /// A script with inline metadata twice.
    #[error("a second `# /// script` block; the first is in line {0}")]
    SecondScript(u32),
}

impl From<Excess> for Fault {
    fn from(Excess { what, limit }: Excess) -> Self {
        Self::TooMuch { what, limit }
    }
}

impl Fault {
    /// What the reader can do about it, as a sentence without its full stop.
    pub fn remedy(&self) -> Option<String> {
        let remedy = match self {
            Self::Editable(_) => {
                "Thoth locks releases; install the project itself after the lock, and list its dependencies here"
            }
            Self::VersionControl(_) => {
                "nothing is built here; require a release, or a wheel by its URL (`name @ https://…/name-1.0-py3-none-any.whl`)"
            }
            Self::LocalPath(_) => {
                "a lock must work on other machines; require a release, or serve the file and require it by its URL, or give a folder of files by `--find-links`"
            }
            Self::Scheme(_) => "only archives behind http and https URLs can be locked",
            Self::Nameless(_) => "write `name @ URL`",
            Self::OtherPackage { .. } => "correct the name or the URL",
            Self::Subdirectory(_) => "such a project would have to be built; require a release or a wheel",
            Self::Workspace(_) => "members are built, not locked; list the dependencies of the member instead",
            Self::UnknownOption(_) => {
                "give options that are not about indexes, files or hashes on the command line of the installer"
            }
            Self::AmbiguousOption { .. } => "write the option in full",
            Self::AfterOption(_) => "put it on its own line",
            Self::WeakHash(_) => "pip accepts sha256, sha384 and sha512 only",
            Self::Hash(_) => "write it as `--hash=sha256:…`",
            Self::IncludeLocal(_) => "copy the file here and read it from here",
            Self::Dynamic("project.dependencies") => {
                "list the dependencies in `[project]`, or export them to a requirements file and read that with `-r`"
            }
            Self::Dynamic(_) => "list them in `[project]`",
            Self::NoProject => {
                "add `[project]` with `dependencies`, or name the file that lists the dependencies with `-r`"
            }
            Self::Poetry => {
                "move them to `[project]` (PEP 621, Poetry 2), or run `poetry export -o requirements.txt` and read that with `-r`"
            }
            Self::NoScript => {
                "add comment lines to the top of the script: `# /// script`, `# dependencies = [\"requests\"]`, `# ///` (PEP 723)"
            }
            Self::SecondScript(_) => "join the two blocks (PEP 723)",
            _ => return None,
        };
        Some(remedy.to_string())
    }
}

fn choices(names: &[String], noun: &str) -> String {
    const SHOWN: usize = 20;
    match names {
        [] => format!("there is no {noun}"),
        names if names.len() <= SHOWN => format!("known: {}", names.join(", ")),
        names => {
            let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
            format!("known: {} and {} more", shown.join(", "), names.len() - SHOWN)
        }
    }
}

/// A text from outside, cut to a length that fits into a message.
pub(super) fn excerpt(text: &str) -> String {
    const LENGTH: usize = 200;
    let mut shown: String = text.chars().take(LENGTH).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// A parser's sentence without blank lines at its end.
pub(super) fn reason(error: &impl fmt::Display) -> String {
    error.to_string().trim_end().to_string()
}
