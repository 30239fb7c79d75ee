//! Core metadata of distribution files. A file never changes, so what is known of it never grows old.

use rusqlite::{OptionalExtension as _, params};

use crate::{
    FileKey, KnowledgeBase, KnowledgeError,
    pages::{find_index, intern_index},
};

/// The metadata of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMetadata {
    /// The metadata as the caller wrote it down.
    pub body: Vec<u8>,
    /// How it was obtained (`sidecar`, `range`, `archive`, …), in the caller's words.
    pub how: String,
}

impl KnowledgeBase {
    /// What is stored of each file, in the order of `files`.
    ///
    /// # Errors
    /// When the file of the knowledge base cannot be read.
    pub fn metadata(&self, files: &[FileKey]) -> Result<Vec<Option<StoredMetadata>>, KnowledgeError> {
        self.read("read metadata", |connection| {
            let mut statement =
                connection.prepare("SELECT body, how FROM metadata WHERE index_id = ?1 AND file = ?2")?;
            let mut last = None;
            let mut found = Vec::with_capacity(files.len());
            for key in files {
                let index = match last {
                    Some((last, index)) if last == &key.index => index,
                    _ => find_index(connection, &key.index)?,
                };
                last = Some((&key.index, index));
                let stored = statement.query_row(params![index, key.file], |row| {
                    Ok(StoredMetadata { body: row.get(0)?, how: row.get(1)? })
                });
                found.push(stored.optional()?);
            }
            Ok(found)
        })
    }

    /// Keeps the metadata of files, in place of what was kept before; `now` in seconds since the Unix epoch.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is kept then.
    pub fn keep_metadata<'a>(
        &self,
        now: i64,
        files: impl IntoIterator<Item = (&'a FileKey, &'a StoredMetadata)>,
    ) -> Result<(), KnowledgeError> {
        let mut files = files.into_iter().peekable();
        if files.peek().is_none() {
            return Ok(());
        }
        self.write("keep metadata", |connection| {
            let mut replace = connection.prepare(
                "INSERT OR REPLACE INTO metadata (index_id, file, how, kept_at, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            let mut last = None;
            for (key, stored) in files {
                let index = match last {
                    Some((last, index)) if last == &key.index => index,
                    _ => intern_index(connection, &key.index)?,
                };
                last = Some((&key.index, index));
                replace.execute(params![index, key.file, stored.how, now, stored.body])?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{Access, IndexKey};

    fn stored(text: &str) -> StoredMetadata {
        StoredMetadata { body: text.into(), how: "sidecar".into() }
    }

    #[test]
    fn metadata_comes_back_in_the_order_it_was_asked_for() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        let index = IndexKey::new(&"https://index.example/simple/".parse().unwrap());
        let sha = format!("sha256:{}", "ab".repeat(32)).parse().unwrap();
        let hashed = FileKey::new(&index, &[sha], "https://files.example/a-1.0-py3-none-any.whl");
        let plain = FileKey::new(&index, &[], "https://files.example/b-1.0-py3-none-any.whl");
        let unknown = FileKey::new(&index, &[], "https://files.example/c-1.0-py3-none-any.whl");
        assert_eq!(base.metadata(std::slice::from_ref(&hashed)).unwrap(), [None]);

        base.keep_metadata(10, [(&hashed, &stored("a")), (&plain, &stored("b"))]).unwrap();
        base.keep_metadata(20, [(&plain, &stored("better"))]).unwrap();
        assert_eq!(
            base.metadata(&[plain, unknown, hashed]).unwrap(),
            [Some(stored("better")), None, Some(stored("a"))]
        );
    }

    #[test]
    fn an_index_cannot_speak_for_the_files_of_another() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        let honest = IndexKey::new(&"https://index.example/simple/".parse().unwrap());
        let liar = IndexKey::new(&"https://liar.example/simple/".parse().unwrap());
        let sha = [format!("sha256:{}", "ab".repeat(32)).parse().unwrap()];
        let url = "https://files.example/a-1.0-py3-none-any.whl";
        base.keep_metadata(10, [(&FileKey::new(&liar, &sha, url), &stored("Requires-Dist: evil"))]).unwrap();
        assert_eq!(base.metadata(&[FileKey::new(&honest, &sha, url)]).unwrap(), [None]);
    }
}
