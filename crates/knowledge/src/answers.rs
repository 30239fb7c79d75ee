//! What servers answered to questions about single projects, with what to ask again with.
//!
//! What a question is, and what an answer means, is left to the caller.

use rusqlite::{OptionalExtension as _, params};

use crate::{KnowledgeBase, KnowledgeError};

/// How many answers are kept, those confirmed last.
pub const ANSWERS_KEPT: u32 = 50_000;

/// What was answered under an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// When it was asked for last, in seconds since the Unix epoch.
    pub checked_at: i64,
    /// `ETag`, as sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub last_modified: Option<String>,
    /// What came, as the caller wrote it down; `None` when there is no such thing.
    pub body: Option<Vec<u8>>,
}

impl KnowledgeBase {
    /// Keeps an answer in place of what was kept under its address before; of all, the [`ANSWERS_KEPT`] confirmed last stay.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_answers<'a>(
        &self,
        answers: impl IntoIterator<Item = (&'a str, &'a Answer)>,
    ) -> Result<(), KnowledgeError> {
        self.write("keep what was answered", |connection| {
            let mut replace = connection.prepare(
                "INSERT OR REPLACE INTO answers (address, checked_at, etag, last_modified, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for (address, answer) in answers {
                replace.execute(params![
                    address,
                    answer.checked_at,
                    answer.etag,
                    answer.last_modified,
                    answer.body
                ])?;
            }
            connection.execute(
                "DELETE FROM answers WHERE rowid IN
                     (SELECT rowid FROM answers ORDER BY checked_at DESC, rowid DESC LIMIT -1 OFFSET ?1)",
                [ANSWERS_KEPT],
            )?;
            Ok(())
        })
    }

    /// What was answered under an address.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn answer(&self, address: &str) -> Result<Option<Answer>, KnowledgeError> {
        self.read("read what was answered", |connection| {
            let query = "SELECT checked_at, etag, last_modified, body FROM answers WHERE address = ?1";
            let read = |row: &rusqlite::Row<'_>| {
                Ok(Answer { checked_at: row.get(0)?, etag: row.get(1)?, last_modified: row.get(2)?, body: row.get(3)? })
            };
            connection.query_row(query, [address], read).optional()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Access;

    #[test]
    fn the_last_answer_under_an_address_comes_back_and_none_is_told_from_nothing() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        let found =
            Answer { checked_at: 1, etag: Some("a".to_string()), last_modified: None, body: Some(b"yes".to_vec()) };
        let none = Answer { checked_at: 2, ..Answer::default() };
        base.keep_answers([("one", &found), ("other", &none)]).unwrap();
        assert_eq!(base.answer("one").unwrap(), Some(found));
        assert_eq!(base.answer("other").unwrap(), Some(none.clone()));
        assert_eq!(base.answer("third").unwrap(), None);
        base.keep_answers([("one", &none)]).unwrap();
        assert_eq!(base.answer("one").unwrap(), Some(none));
    }

    #[test]
    fn old_answers_make_room() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        base.keep_answers([("old", &Answer::default())]).unwrap();
        let names: Vec<String> = (0..ANSWERS_KEPT).map(|number| number.to_string()).collect();
        let new = Answer { checked_at: 1, ..Answer::default() };
        base.keep_answers(names.iter().map(|name| (name.as_str(), &new))).unwrap();
        assert_eq!(base.answer("old").unwrap(), None);
        assert_eq!(base.answer("0").unwrap(), Some(new));
    }
}
