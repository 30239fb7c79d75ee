//! Why a run ended without a decision: always exit code 2.

use std::{error::Error, fmt::Write as _, io, path::PathBuf};

use knowledge::KnowledgeError;
use packaging::{environment::EnvironmentError, lock, project::ProjectError};
use resolution::Stopped;
use sources::{
    archive::ArchiveError, distribution::DistributionError, index::IndexError, interpreter::InterpreterError,
    metadata::MetadataError,
};

/// Why a run ended without a decision.
#[derive(Debug, thiserror::Error)]
pub enum AdviseError {
    /// There is nothing to resolve.
    #[error(
        "find what to resolve in {folder}: there is no pyproject.toml, requirements.in, requirements.txt or Pipfile"
    )]
    NothingToResolve {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// A file cannot be read.
    #[error("read {file}")]
    Read {
        /// The file as the user names it.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// A file is read as no kind that is known.
    #[error("read {file}: it is no requirements file, pyproject.toml, Pipfile or script with inline metadata")]
    Kind {
        /// The file as the user names it.
        file: String,
    },
    /// What a project declares is not understood, or cannot be honoured.
    #[error("read what the project requires")]
    Project(#[from] ProjectError),
    /// Something asked for does not fit the rest, with its place.
    #[error("{0}")]
    Usage(String),
    /// There is no interpreter to describe the environment.
    #[error("find the Python to choose for")]
    Interpreter(#[from] InterpreterError),
    /// The environment stated is not understood.
    #[error("understand the environment to choose for")]
    Environment(#[from] EnvironmentError),
    /// No advisories could be had, and the run may not go on without.
    #[error("load advisories, which `--recommendation-type security` needs")]
    Advisories(#[source] Box<Self>),
    /// A source of advisories cannot be used.
    #[error("load advisories from {origin}")]
    AdvisorySource {
        /// The source, without credentials.
        origin: String,
        /// Why not.
        source: ArchiveError,
    },
    /// A source of advisories holds nothing that can be used.
    #[error("load advisories from {origin}: {why}")]
    NoAdvisories {
        /// The source, without credentials.
        origin: String,
        /// What it holds instead.
        why: String,
    },
    /// A source of prescriptions cannot be used.
    #[error("load prescriptions from {origin}")]
    PrescriptionSource {
        /// The source, without credentials.
        origin: String,
        /// Why not.
        source: ArchiveError,
    },
    /// A source of prescriptions holds nothing that can be used.
    #[error("load prescriptions from {origin}: {why}")]
    NoPrescriptions {
        /// The source, without credentials.
        origin: String,
        /// What it holds instead.
        why: String,
    },
    /// A source of health cannot be read.
    #[error("load the health of projects from {origin}")]
    HealthSource {
        /// The source.
        origin: String,
        /// Why not.
        source: ArchiveError,
    },
    /// A source of health gives nothing to use.
    #[error("load the health of projects from {origin}: {why}")]
    NoHealth {
        /// The source.
        origin: String,
        /// Why not.
        why: String,
    },
    /// An index has no answer.
    #[error("ask {index} about `{package}`")]
    Index {
        /// The index, without credentials.
        index: String,
        /// The package.
        package: String,
        /// Why not.
        source: Box<IndexError>,
    },
    /// The metadata of a release cannot be had.
    #[error("learn what `{release}` requires")]
    Metadata {
        /// The release.
        release: String,
        /// Why not.
        source: Box<MetadataError>,
    },
    /// A file of a release cannot be had, or is not what was promised.
    #[error("look into a file")]
    Distribution {
        /// Why not.
        source: Box<DistributionError>,
    },
    /// There is no release to look into.
    #[error("find {release} for {environment}: {why}")]
    NoRelease {
        /// What was asked for.
        release: String,
        /// Why there is none.
        why: String,
        /// The environment.
        environment: String,
    },
    /// Offline, and something is not stored.
    #[error("decide offline: {what} is not stored")]
    NotStored {
        /// What is missing.
        what: String,
    },
    /// A file is no saved problem.
    #[error("read the saved problem {file}: {why}")]
    SavedProblem {
        /// The file as the user names it.
        file: String,
        /// Why not.
        why: String,
    },
    /// A file is no pipeline.
    #[error("read the pipeline {file}:{}", .mistakes.iter().map(|one| format!("\n  {one}")).collect::<String>())]
    Pipeline {
        /// The file as the user names it.
        file: String,
        /// What is wrong with it.
        mistakes: Vec<resolution::pipeline::document::Mistake>,
    },
    /// A saved problem is decided, and something is not in it.
    #[error("decide a saved problem: {what} is not in it")]
    NotSaved {
        /// What is missing.
        what: String,
    },
    /// A limit was reached before there was anything to tell.
    #[error("decide: {why} before {before}{progress}")]
    Stopped {
        /// Which limit.
        why: Stopped,
        /// What was not reached any more, as a clause.
        before: &'static str,
        /// How far the search got, in parentheses after a blank; empty when it had not begun.
        progress: String,
    },
    /// The knowledge base cannot be used.
    #[error("use the knowledge base")]
    Knowledge(#[from] KnowledgeError),
    /// A lock that is there cannot be read.
    #[error("read the existing lock {file}")]
    ReadLock {
        /// The file.
        file: String,
        /// Why not.
        source: Box<lock::ReadError>,
    },
    /// The stack cannot be written in this format.
    #[error("write the lock")]
    WriteLock(#[source] Box<lock::WriteError>),
    /// The folder that a lock is to go to is not one.
    #[error("write {file}: the folder {folder} {}", if *is_file { "is a file" } else { "does not exist" })]
    NoFolder {
        /// The file as the user names it.
        file: String,
        /// The folder.
        folder: String,
        /// Whether something else has its name.
        is_file: bool,
    },
    /// The lock cannot be put in its place.
    #[error("write {file}")]
    Write {
        /// The file.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// A bug.
    #[error("{0} (a bug in Thoth: please report it)")]
    Bug(String),
}

impl From<lock::WriteError> for AdviseError {
    fn from(error: lock::WriteError) -> Self {
        Self::WriteLock(Box::new(error))
    }
}

impl AdviseError {
    /// The whole story in one text: what was attempted, then each cause.
    pub fn story(&self) -> String {
        let mut story = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            let _ = write!(story, "\n  caused by: {}", error.to_string().replace('\n', "\n    "));
            cause = error.source();
        }
        story
    }

    /// The same in one line, to go on with.
    pub fn sentence(&self) -> String {
        self.story().replace("\n  caused by: ", ": ")
    }

    /// What the reader can do about it, as sentences.
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::NothingToResolve { .. } => {
                Some("Name a file with `-r FILE`, or pipe requirements in with `-r -`.".to_string())
            }
            Self::Read { .. } | Self::Write { .. } => Some("Check the path and its permissions.".to_string()),
            Self::NoFolder { is_file, .. } => Some(match is_file {
                true => "Name another file with `-o FILE`.".to_string(),
                false => "Create the folder, or name another file with `-o FILE`.".to_string(),
            }),
            Self::Kind { .. } => Some(
                "Requirements files end in .txt or .in; a script needs a `# /// script` block (PEP 723).".to_string(),
            ),
            // Each problem says what helps beside it.
            Self::Project(_) => None,
            Self::Interpreter(error) => Some(error.remedy().to_string()),
            Self::Environment(_) => None,
            Self::Advisories(inner) => Some(format!(
                "{}Give a source that can be reached with `--advisories PATH-OR-URL`, load one while online with `thoth db update`, or decide without the promise of `security` with `-t stable`.",
                inner.remedy().map(|remedy| format!("{remedy} ")).unwrap_or_default()
            )),
            Self::AdvisorySource { source, .. }
            | Self::PrescriptionSource { source, .. }
            | Self::HealthSource { source, .. } => source.remedy().map(str::to_string),
            Self::NoHealth { .. } => Some(
                "Documents are JSON files of Scorecard or deps.dev, in a folder, an archive or by themselves; services are named `scorecard+https://HOST` and `deps.dev+https://HOST`."
                    .to_string(),
            ),
            Self::NoAdvisories { .. } => Some(
                "Advisories are OSV records (.json) or PyPA records (.yaml), in a folder or an archive.".to_string(),
            ),
            Self::NoPrescriptions { .. } => Some(
                "Prescriptions are YAML files (.yaml) in a folder or an archive; `thoth prescription check` tells what is wrong with them."
                    .to_string(),
            ),
            Self::Index { source, .. } => source.remedy().map(str::to_string),
            Self::Metadata { source, .. } => source.remedy().map(str::to_string),
            Self::Distribution { source } => source.remedy().map(str::to_string),
            Self::NoRelease { .. } => Some(
                "Check its spelling; where only other environments have a file of it, name one with `--python-version` and `--python-platform`."
                    .to_string(),
            ),
            Self::NotStored { .. } => {
                Some("Run once without `--offline`; what is fetched then is kept in the knowledge base.".to_string())
            }
            Self::Pipeline { .. } => {
                Some("`thoth pipeline show --format yaml` prints a pipeline to begin with.".to_string())
            }
            Self::SavedProblem { .. } => Some(
                "Save it anew with `thoth advise --save-problem FILE`, and replay it with the same version."
                    .to_string(),
            ),
            Self::NotSaved { .. } => Some(
                "It was saved by a version of Thoth that asked for less, or stopped early; save it anew.".to_string(),
            ),
            Self::Stopped { why, .. } => Some(format!(
                "{}What was fetched is kept, so that the next run gets further; an existing lock is left as it is.",
                match why {
                    Stopped::Timeout { .. } => "Allow more time with `--timeout SECONDS`. ",
                    Stopped::Memory { .. } => "Allow more with `--memory-limit SIZE`. ",
                    Stopped::Interrupted => "",
                }
            )),
            Self::Knowledge(error) => Some(error.remedy().to_string()),
            Self::ReadLock { .. } => {
                Some("Remove the file to start anew, or name another one with `-o FILE`.".to_string())
            }
            Self::Usage(_) | Self::WriteLock(_) | Self::Bug(_) => None,
        }
    }
}
