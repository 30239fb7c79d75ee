//! Collections of prescriptions: everything one set of sources said at one time, found by what it is about.
//!
//! What the bytes of a subject mean is left to the caller.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{KnowledgeBase, KnowledgeError};

/// How many collections are kept, the last checked ones.
pub const COLLECTIONS_KEPT: u32 = 4;

/// What is told about one collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CollectionInfo {
    /// The identity of its content (a hash over its files).
    pub id: String,
    /// When its sources were read, or confirmed it; seconds since the Unix epoch.
    pub checked_at: i64,
    /// Whatever the caller wants to find again with it, in its own form.
    pub details: String,
}

impl KnowledgeBase {
    /// Replaces everything stored under `key` (the name of a set of sources), all at once: readers see the old collection or
    /// the new one. Each row is a subject with its bytes. Of all keys, the [`COLLECTIONS_KEPT`] last checked stay.
    ///
    /// # Errors
    /// When the file cannot be written; the old collection stays then.
    pub fn replace_collection(
        &self,
        key: &str,
        info: &CollectionInfo,
        rows: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Result<(), KnowledgeError> {
        self.write("keep the prescriptions", |connection| {
            if let Some((old, _)) = stored(connection, key)? {
                remove(connection, old)?;
            }
            connection.execute(
                "INSERT INTO collections (key, identity, checked_at, details) VALUES (?1, ?2, ?3, ?4)",
                params![key, info.id, info.checked_at, info.details],
            )?;
            let id = connection.last_insert_rowid();
            let mut insert = connection
                .prepare("INSERT OR REPLACE INTO prescriptions (collection_id, subject, body) VALUES (?1, ?2, ?3)")?;
            for (subject, body) in rows {
                insert.execute(params![id, subject, body])?;
            }
            let mut old = connection.prepare(
                "SELECT id FROM collections WHERE id <> ?1 ORDER BY checked_at DESC, id DESC LIMIT -1 OFFSET ?2",
            )?;
            let old: Vec<i64> = old
                .query_map(params![id, COLLECTIONS_KEPT.saturating_sub(1)], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            old.into_iter().try_for_each(|old| remove(connection, old))
        })
    }

    /// What is told about the collection stored under `key`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn collection(&self, key: &str) -> Result<Option<CollectionInfo>, KnowledgeError> {
        self.read("read about the prescriptions", |connection| Ok(stored(connection, key)?.map(|(_, info)| info)))
    }

    /// Notes that the sources of `key` confirmed their collection at `checked_at`, seconds since the Unix epoch.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn touch_collection(&self, key: &str, checked_at: i64) -> Result<(), KnowledgeError> {
        self.write("note that the prescriptions have not changed", |connection| {
            connection.execute("UPDATE collections SET checked_at = ?2 WHERE key = ?1", params![key, checked_at])?;
            Ok(())
        })
    }

    /// The bytes of the asked subjects in the collection `id` under `key`; a subject that nothing is about is not among them.
    ///
    /// None means that this collection is not stored (any more: another process may have replaced it).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn prescriptions(
        &self,
        key: &str,
        id: &str,
        subjects: &[String],
    ) -> Result<Option<Vec<Vec<u8>>>, KnowledgeError> {
        self.read("read prescriptions", |connection| {
            let sql = "SELECT id FROM collections WHERE key = ?1 AND identity = ?2";
            let row: Option<i64> = connection.prepare(sql)?.query_row([key, id], |row| row.get(0)).optional()?;
            let Some(row) = row else { return Ok(None) };
            let sql = "SELECT body FROM prescriptions WHERE collection_id = ?1 AND subject = ?2";
            let mut statement = connection.prepare(sql)?;
            let mut found = Vec::new();
            for subject in subjects {
                found.extend(statement.query_row(params![row, subject], |row| row.get(0)).optional()?);
            }
            Ok(Some(found))
        })
    }
}

fn stored(connection: &Connection, key: &str) -> rusqlite::Result<Option<(i64, CollectionInfo)>> {
    let sql = "SELECT id, identity, checked_at, details FROM collections WHERE key = ?1";
    let mut statement = connection.prepare(sql)?;
    let row = statement.query_row([key], |row| {
        let info = CollectionInfo { id: row.get(1)?, checked_at: row.get(2)?, details: row.get(3)? };
        Ok((row.get(0)?, info))
    });
    row.optional()
}

fn remove(connection: &Connection, collection: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM prescriptions WHERE collection_id = ?1", [collection])?;
    connection.execute("DELETE FROM collections WHERE id = ?1", [collection])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Access;

    fn base() -> KnowledgeBase {
        KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap()
    }

    fn info(id: &str, checked_at: i64) -> CollectionInfo {
        CollectionInfo { id: id.to_string(), checked_at, details: "{}".to_string() }
    }

    fn asked(base: &KnowledgeBase, id: &str, subjects: &[&str]) -> Option<Vec<Vec<u8>>> {
        let subjects: Vec<String> = subjects.iter().map(ToString::to_string).collect();
        base.prescriptions("one", id, &subjects).unwrap()
    }

    #[test]
    fn a_collection_is_replaced_whole() {
        let base = base();
        let row = |subject: &str, body: &[u8]| (subject.to_string(), body.to_vec());
        base.replace_collection("one", &info("a", 1), [row("package flask", b"1"), row("general", b"2")]).unwrap();
        assert_eq!(asked(&base, "a", &["general", "package flask", "package jinja2"]).unwrap(), [b"2", b"1"]);
        base.replace_collection("one", &info("b", 2), [row("package flask", b"3")]).unwrap();
        assert_eq!(asked(&base, "a", &["general"]), None, "what another run replaced says nothing");
        assert_eq!(asked(&base, "b", &["general", "package flask"]).unwrap(), [b"3"]);
        base.touch_collection("one", 9).unwrap();
        assert_eq!(base.collection("one").unwrap(), Some(info("b", 9)));
    }

    #[test]
    fn only_the_last_checked_collections_stay() {
        let base = base();
        for age in 0..7 {
            let row = ("general".to_string(), vec![0]);
            base.replace_collection(&format!("key {age}"), &info("a", age), [row]).unwrap();
        }
        let kept: Vec<i64> = (0..7).filter(|age| base.collection(&format!("key {age}")).unwrap().is_some()).collect();
        assert_eq!(kept, [3, 4, 5, 6]);
    }
}
