//! What interpreters said about themselves, so that a run need not start one again.

use std::{
    fs::Metadata,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use rusqlite::{OptionalExtension as _, params};

use crate::{KnowledgeBase, KnowledgeError, base::keep_last};

/// How many interpreters are kept, the last described ones.
pub const INTERPRETERS_KEPT: u32 = 64;

/// An interpreter's file; a change of it makes another key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InterpreterKey {
    /// The path as it is started: a virtual environment's link is another interpreter than what it leads to.
    pub path: PathBuf,
    /// When the file was last modified, nanoseconds since the Unix epoch.
    pub modified: i64,
    /// Bytes.
    pub size: u64,
}

impl InterpreterKey {
    /// The key of the interpreter at `path`, whose file has this `metadata`.
    pub fn new(path: &Path, metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let modified = modified.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default();
        Self { path: path.to_path_buf(), modified, size: metadata.len() }
    }
}

impl KnowledgeBase {
    /// The stored description (JSON) of an interpreter, unless its file changed since.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn interpreter(&self, key: &InterpreterKey) -> Result<Option<String>, KnowledgeError> {
        self.read("read about the interpreter", |connection| {
            connection
                .query_row(
                    "SELECT description FROM interpreters WHERE path = ?1 AND modified = ?2 AND size = ?3",
                    params![path_bytes(&key.path), key.modified, i64::try_from(key.size).unwrap_or(i64::MAX)],
                    |row| row.get(0),
                )
                .optional()
        })
    }

    /// Keeps the description (JSON) of an interpreter; `now` in seconds since the Unix epoch.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_interpreter(&self, key: &InterpreterKey, description: &str, now: i64) -> Result<(), KnowledgeError> {
        self.write("keep the interpreter's description", |connection| {
            connection.execute(
                "INSERT OR REPLACE INTO interpreters (path, modified, size, kept_at, description)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    path_bytes(&key.path),
                    key.modified,
                    i64::try_from(key.size).unwrap_or(i64::MAX),
                    now,
                    description
                ],
            )?;
            keep_last(connection, "interpreters", INTERPRETERS_KEPT)
        })
    }
}

/// Paths need not be text.
fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Access;

    #[test]
    fn a_changed_interpreter_is_asked_again() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        let key = InterpreterKey { path: "/usr/bin/python3".into(), modified: 7, size: 42 };
        assert_eq!(base.interpreter(&key).unwrap(), None);
        base.keep_interpreter(&key, "{\"old\":1}", 1).unwrap();
        assert_eq!(base.interpreter(&key).unwrap().as_deref(), Some("{\"old\":1}"));

        let upgraded = InterpreterKey { modified: 8, ..key.clone() };
        assert_eq!(base.interpreter(&upgraded).unwrap(), None);
        base.keep_interpreter(&upgraded, "{\"new\":1}", 2).unwrap();
        assert_eq!(base.interpreter(&key).unwrap(), None);
        assert_eq!(base.interpreter(&upgraded).unwrap().as_deref(), Some("{\"new\":1}"));
    }

    #[test]
    fn interpreters_of_long_gone_environments_make_room() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        let key = |at: i64| InterpreterKey { path: format!("/{at}/bin/python").into(), modified: 1, size: 1 };
        let last = i64::from(INTERPRETERS_KEPT);
        (0..=last).for_each(|at| base.keep_interpreter(&key(at), "{}", at).unwrap());
        assert_eq!(base.interpreter(&key(0)).unwrap(), None);
        assert!(base.interpreter(&key(1)).unwrap().is_some());
        assert!(base.interpreter(&key(last)).unwrap().is_some());
    }
}
