//! What can go wrong with the knowledge base, told apart by what a caller can do about it.

use std::{io, path::PathBuf};

use rusqlite::{ErrorCode, ffi};

/// The cause as the store tells it.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the knowledge base could not be opened, read or written.
///
/// Displays what was attempted on which file; the cause is the error's source, the advice is [`KnowledgeError::remedy`]. Keys carry
/// no credentials, so neither do these messages.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The file or its folder cannot be created or looked at.
    #[error("{attempt} {}", path.display())]
    Files {
        /// What was attempted (`create the folder of the knowledge base`).
        attempt: &'static str,
        /// The folder or file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file is damaged, or no database at all.
    #[error("{attempt}: the knowledge base {} is damaged or not a database", path.display())]
    Corrupt {
        /// What was attempted.
        attempt: &'static str,
        /// The file.
        path: PathBuf,
        /// What the store says.
        source: Cause,
    },
    /// The file is a database of another program: it is left alone.
    #[error("{attempt}: {} is a database, but not one of Thoth", path.display())]
    Foreign {
        /// What was attempted.
        attempt: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// A newer Thoth wrote the file.
    #[error("{attempt}: the knowledge base {} has schema {found}, this Thoth knows up to {known}", path.display())]
    Newer {
        /// What was attempted.
        attempt: &'static str,
        /// The file.
        path: PathBuf,
        /// The schema in the file.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// Other processes held the file for longer than the time-out (10 s).
    #[error("{attempt}: other processes keep the knowledge base {} locked", path.display())]
    Busy {
        /// What was attempted.
        attempt: &'static str,
        /// The file.
        path: PathBuf,
        /// What the store says.
        source: Cause,
    },
    /// The disk, the quota or the allowed size of a file is used up. What was stored before is still there.
    #[error("{attempt}: there is no room to write the knowledge base {}", path.display())]
    Full {
        /// What was attempted.
        attempt: &'static str,
        /// The file.
        path: PathBuf,
        /// What the store says.
        source: Cause,
    },
    /// The file or its folder may not be written.
    #[error("{attempt}: the knowledge base {} may not be written", path.display())]
    ReadOnly {
        /// What was attempted.
        attempt: &'static str,
        /// The file.
        path: PathBuf,
        /// What the store says.
        source: Cause,
    },
    /// Anything else: a failing disk, a lock that the file system does not support.
    #[error("{attempt}: the knowledge base {} failed", path.display())]
    Failed {
        /// What was attempted.
        attempt: &'static str,
        /// The file.
        path: PathBuf,
        /// What the store says.
        source: Cause,
    },
}

impl KnowledgeError {
    /// Sorts what the store says into what a caller can act on.
    pub(crate) fn new(attempt: &'static str, path: PathBuf, cause: rusqlite::Error) -> Self {
        let (code, extended) = match &cause {
            rusqlite::Error::SqliteFailure(error, _) => (error.code, error.extended_code),
            // A column of another type than the schema says: somebody else wrote into the file.
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..) => (ErrorCode::DatabaseCorrupt, 0),
            _ => (ErrorCode::Unknown, 0),
        };
        let source = Box::new(cause);
        match code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt { attempt, path, source },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
                Self::Busy { attempt, path, source }
            }
            ErrorCode::DiskFull => Self::Full { attempt, path, source },
            // A used-up quota (EDQUOT) and a limit on the size of files (EFBIG) arrive as failed writes.
            ErrorCode::SystemIoFailure
                if matches!(
                    extended,
                    ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_TRUNCATE
                ) =>
            {
                Self::Full { attempt, path, source }
            }
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => {
                Self::ReadOnly { attempt, path, source }
            }
            _ => Self::Failed { attempt, path, source },
        }
    }

    /// What the user can do about it, as a sentence.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Files { .. } | Self::ReadOnly { .. } => {
                "check the owner and the permissions of that folder, choose another one with `--cache-dir`, or keep nothing with `--no-cache`"
            }
            Self::Corrupt { .. } => "`thoth db clear` removes it; everything in it can be fetched again",
            Self::Foreign { .. } => "choose another folder with `--cache-dir`",
            Self::Newer { .. } => {
                "use the newer Thoth, choose another folder with `--cache-dir`, or start anew with `thoth db clear`"
            }
            Self::Busy { .. } => "wait for the other Thoth to end, or choose another folder with `--cache-dir`",
            Self::Full { .. } => {
                "make room on that disk, choose a folder elsewhere with `--cache-dir`, or start anew with `thoth db clear`"
            }
            Self::Failed { .. } => {
                "choose a folder on a local disk with `--cache-dir`, or start anew with `thoth db clear`"
            }
        }
    }

    /// Whether a run may go on without storing when a *write* failed with this error: what was read before stays right.
    ///
    /// A damaged file is not among them: what it answered may be wrong too.
    pub fn may_carry_on(&self) -> bool {
        matches!(
            self,
            Self::Files { .. } | Self::Busy { .. } | Self::Full { .. } | Self::ReadOnly { .. } | Self::Failed { .. }
        )
    }
}
