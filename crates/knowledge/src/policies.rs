//! What predictors learned, for the next time.

use rusqlite::{OptionalExtension as _, params};

use crate::{KnowledgeBase, KnowledgeError, base::keep_last};

/// How many policies are kept, those kept last.
pub const POLICIES_KEPT: u32 = 100;

impl KnowledgeBase {
    /// Keeps what was learned under a key, in place of what was kept under it before; of all, the [`POLICIES_KEPT`] kept last
    /// stay. `at` is in seconds since the Unix epoch.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_policy(&self, key: &str, at: i64, body: &[u8]) -> Result<(), KnowledgeError> {
        self.write("keep what a predictor learned", |connection| {
            connection.execute(
                "INSERT OR REPLACE INTO policies (key, kept_at, body) VALUES (?1, ?2, ?3)",
                params![key, at, body],
            )?;
            keep_last(connection, "policies", POLICIES_KEPT)
        })
    }

    /// What was kept under a key.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn policy(&self, key: &str) -> Result<Option<Vec<u8>>, KnowledgeError> {
        self.read("read what a predictor learned", |connection| {
            connection.query_row("SELECT body FROM policies WHERE key = ?1", [key], |row| row.get(0)).optional()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Access;

    #[test]
    fn what_is_kept_last_under_a_key_comes_back_and_old_policies_make_room() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        assert_eq!(base.policy("a").unwrap(), None);
        base.keep_policy("a", 1, b"first").unwrap();
        base.keep_policy("a", 2, b"second").unwrap();
        assert_eq!(base.policy("a").unwrap().as_deref(), Some(b"second".as_slice()));
        for number in 0..POLICIES_KEPT {
            base.keep_policy(&format!("b{number}"), 3, b"").unwrap();
        }
        assert_eq!(base.policy("a").unwrap(), None);
        assert!(base.policy("b0").unwrap().is_some());
    }
}
