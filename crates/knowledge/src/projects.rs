//! What was found in the code of projects, so that only what changed is read again.

use std::path::Path;

use rusqlite::{OptionalExtension as _, params};

use crate::{KnowledgeBase, KnowledgeError, base::keep_last};

/// Of how many folders is kept what was found, those kept last.
pub const PROJECTS_KEPT: u32 = 64;

impl KnowledgeBase {
    /// Keeps what was found in a folder, in place of what was kept of it before; of all, the [`PROJECTS_KEPT`] kept last stay.
    /// `at` is in seconds since the Unix epoch.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_project(&self, folder: &Path, at: i64, body: &[u8]) -> Result<(), KnowledgeError> {
        self.write("keep what was found in a project", |connection| {
            connection.execute(
                "INSERT OR REPLACE INTO projects (folder, kept_at, body) VALUES (?1, ?2, ?3)",
                params![folder.as_os_str().as_encoded_bytes(), at, body],
            )?;
            keep_last(connection, "projects", PROJECTS_KEPT)
        })
    }

    /// What was kept of a folder.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn project(&self, folder: &Path) -> Result<Option<Vec<u8>>, KnowledgeError> {
        self.read("read what was found in a project", |connection| {
            let key = params![folder.as_os_str().as_encoded_bytes()];
            connection.query_row("SELECT body FROM projects WHERE folder = ?1", key, |row| row.get(0)).optional()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Access;

    #[test]
    fn what_is_kept_last_of_a_folder_comes_back_and_old_folders_make_room() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        let folder = Path::new("a");
        assert_eq!(base.project(folder).unwrap(), None);
        base.keep_project(folder, 1, b"first").unwrap();
        base.keep_project(folder, 2, b"second").unwrap();
        assert_eq!(base.project(folder).unwrap().as_deref(), Some(b"second".as_slice()));
        for number in 0..PROJECTS_KEPT {
            base.keep_project(Path::new(&format!("b{number}")), 3, b"").unwrap();
        }
        assert_eq!(base.project(folder).unwrap(), None);
        assert!(base.project(Path::new("b0")).unwrap().is_some());
    }
}
