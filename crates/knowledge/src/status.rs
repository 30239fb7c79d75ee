//! What the knowledge base holds, and making room in it.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf, absolute},
};

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;

use crate::{
    Access, KnowledgeBase, KnowledgeError, SnapshotInfo,
    advisories::{COLUMNS, snapshot_info},
    schema::{SCHEMA, TABLES},
};

/// What is stored, for `thoth db status`. Times are seconds since the Unix epoch; ages are the caller's to compute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The file; none when everything is in memory.
    pub path: Option<PathBuf>,
    /// Bytes on disk, the write-ahead journal included.
    pub bytes: u64,
    /// The schema of the file.
    pub schema: i64,
    /// What is counted (`index pages`, `runs`, …) and how many rows there are of it.
    pub counts: Vec<(&'static str, u64)>,
    /// The indexes pages are stored of, by name, with how many.
    pub indexes: Vec<(String, u64)>,
    /// The advisory snapshots, the last checked one first.
    pub snapshots: Vec<SnapshotStatus>,
    /// When the page that was asked for longest ago was fetched or confirmed.
    pub oldest_page: Option<i64>,
    /// When a page was last fetched or confirmed.
    pub newest_page: Option<i64>,
}

/// One stored advisory snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotStatus {
    /// The key it is stored under.
    pub key: String,
    /// What is told about it.
    pub info: SnapshotInfo,
    /// How many packages it has advisories about.
    pub packages: u64,
}

/// What to keep when pruning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Pages and metadata fetched longer ago are removed; seconds.
    pub max_age: Option<i64>,
    /// Pages and metadata are removed, oldest first, until what is in use has at most this many bytes.
    pub max_bytes: Option<u64>,
}

/// What pruning removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// Index pages.
    pub pages: u64,
    /// Metadata of files.
    pub metadata: u64,
}

impl KnowledgeBase {
    /// What is stored.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn status(&self) -> Result<Status, KnowledgeError> {
        let mut status = self.read("read the status", |connection| {
            let mut counts = Vec::with_capacity(TABLES.len());
            for (table, word) in TABLES {
                let sql = format!("SELECT count(*) FROM {table}");
                counts.push((word, connection.query_row(&sql, [], |row| unsigned(row.get(0)?))?));
            }
            let indexes = connection
                .prepare(
                    "SELECT url, count(pages.id) AS pages FROM indexes JOIN pages ON index_id = indexes.id
                     GROUP BY indexes.id ORDER BY url",
                )?
                .query_map([], |row| Ok((row.get(0)?, unsigned(row.get(1)?)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let snapshots = connection
                .prepare(&format!(
                    "SELECT key, (SELECT count(*) FROM advisories WHERE snapshot_id = snapshots.id) AS packages, {COLUMNS}
                     FROM snapshots ORDER BY checked_at DESC, id DESC"
                ))?
                .query_map([], |row| {
                    let packages = unsigned(row.get("packages")?)?;
                    Ok(SnapshotStatus { key: row.get("key")?, info: snapshot_info(row)?, packages })
                })?
                .collect::<rusqlite::Result<_>>()?;
            let (oldest_page, newest_page) =
                connection.query_row("SELECT min(fetched_at), max(fetched_at) FROM pages", [], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            let bytes = pragma(connection, "page_count")?.saturating_mul(pragma(connection, "page_size")?);
            Ok(Status { path: None, bytes, schema: SCHEMA, counts, indexes, snapshots, oldest_page, newest_page })
        })?;
        if let Some(path) = self.path() {
            status.bytes = files(path).iter().filter_map(|file| fs::metadata(file).ok()).map(|file| file.len()).sum();
            status.path = Some(path.to_path_buf());
        }
        Ok(status)
    }

    /// Removes what is older or more than `limits` allow; advisories, runs and interpreters are bounded by themselves and stay.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is removed then.
    pub fn prune(&self, limits: &Limits, now: i64) -> Result<Pruned, KnowledgeError> {
        let attempt = "prune the knowledge base";
        let pruned = self.write(attempt, |connection| {
            let mut pruned = Pruned::default();
            if let Some(age) = limits.max_age {
                let before = now.saturating_sub(age);
                pruned.pages += remove(connection, "pages", "fetched_at < ?1", before)?;
                pruned.metadata += remove(connection, "metadata", "kept_at < ?1", before)?;
            }
            if let Some(bytes) = limits.max_bytes {
                while used(connection)? > bytes {
                    let (pages, metadata) = remove_oldest(connection)?;
                    if pages + metadata == 0 {
                        break;
                    }
                    pruned.pages += pages;
                    pruned.metadata += metadata;
                }
            }
            connection.execute("DELETE FROM page_bodies WHERE page_id NOT IN (SELECT id FROM pages)", [])?;
            Ok(pruned)
        })?;
        // Giving the room back needs a moment without other processes and some free disk; without them it is used for new rows.
        let _ = shrink(&self.lock());
        Ok(pruned)
    }

    /// Empties the knowledge base at `path` and returns how many bytes that freed.
    ///
    /// A file that cannot be emptied (damaged, written by a newer Thoth, no room left) is removed with its journals. Other processes
    /// that have it open carry on with an empty one.
    ///
    /// # Errors
    /// [`KnowledgeError::Foreign`] when it is a database of another program, [`KnowledgeError::Busy`] when another process is
    /// writing for long, [`KnowledgeError::Files`] when it cannot be removed.
    pub fn clear(path: &Path) -> Result<u64, KnowledgeError> {
        let attempt = "clear the knowledge base";
        let path = absolute(path).map_err(|source| KnowledgeError::Files {
            attempt: "find the knowledge base",
            path: path.to_path_buf(),
            source,
        })?;
        let size = || files(&path).iter().filter_map(|file| fs::metadata(file).ok()).map(|file| file.len()).sum();
        let before: u64 = size();
        if path.exists() {
            let emptied = Self::open(&path, Access::ReadWrite).and_then(|base| {
                base.write(attempt, empty)?;
                shrink(&base.lock()).map_err(|cause| base.error(attempt, cause))
            });
            match emptied {
                Ok(()) => return Ok(before.saturating_sub(size())),
                Err(error @ (KnowledgeError::Foreign { .. } | KnowledgeError::Busy { .. })) => return Err(error),
                Err(_) => {}
            }
        }
        // The database first: a journal without its database is ignored, a database without its journal may lack a part.
        for file in files(&path) {
            match fs::remove_file(&file) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(KnowledgeError::Files { attempt: "remove", path: file, source }),
            }
        }
        Ok(before)
    }
}

/// The database and the journals SQLite may keep beside it.
fn files(path: &Path) -> [PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|suffix| {
        let mut file = OsString::from(path);
        file.push(suffix);
        file.into()
    })
}

fn empty(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("DELETE FROM page_bodies; DELETE FROM indexes;")?;
    TABLES.iter().try_for_each(|(table, _)| connection.execute_batch(&format!("DELETE FROM {table};")))
}

/// Gives unused room back to the disk when it is a quarter of the file or more, and empties the journal.
fn shrink(connection: &Connection) -> rusqlite::Result<()> {
    if pragma(connection, "freelist_count")?.saturating_mul(4) >= pragma(connection, "page_count")? {
        connection.execute_batch("VACUUM")?;
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// Bytes in use, without what is free inside of the file.
fn used(connection: &Connection) -> rusqlite::Result<u64> {
    let pages = pragma(connection, "page_count")?.saturating_sub(pragma(connection, "freelist_count")?);
    Ok(pages.saturating_mul(pragma(connection, "page_size")?))
}

fn remove(connection: &Connection, table: &str, condition: &str, value: i64) -> rusqlite::Result<u64> {
    let removed = connection.execute(&format!("DELETE FROM {table} WHERE {condition}"), [value])?;
    Ok(u64::try_from(removed).unwrap_or_default())
}

/// Removes some of the oldest pages, or of the oldest metadata when that is older; how many of each.
fn remove_oldest(connection: &Connection) -> rusqlite::Result<(u64, u64)> {
    const BATCH: i64 = 32;
    let oldest = |table: &str, time: &str| -> rusqlite::Result<Option<i64>> {
        connection.query_row(&format!("SELECT min({time}) FROM {table}"), [], |row| row.get(0))
    };
    match (oldest("pages", "fetched_at")?, oldest("metadata", "kept_at")?) {
        (Some(page), metadata) if metadata.is_none_or(|metadata| page <= metadata) => {
            let chosen = "id IN (SELECT id FROM pages ORDER BY fetched_at LIMIT ?1)";
            let bodies = "page_id IN (SELECT id FROM pages ORDER BY fetched_at LIMIT ?1)";
            connection.execute(&format!("DELETE FROM page_bodies WHERE {bodies}"), params![BATCH])?;
            Ok((remove(connection, "pages", chosen, BATCH)?, 0))
        }
        (_, Some(_)) => {
            let chosen = "id IN (SELECT id FROM metadata ORDER BY kept_at LIMIT ?1)";
            Ok((0, remove(connection, "metadata", chosen, BATCH)?))
        }
        (_, None) => Ok((0, 0)),
    }
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<u64> {
    let value: Option<i64> = connection.pragma_query_value(None, name, |row| row.get(0)).optional()?;
    unsigned(value.unwrap_or_default())
}

fn unsigned(value: i64) -> rusqlite::Result<u64> {
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, value))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use packaging::{
        PackageName,
        index::{PageBuilder, ProjectStatus},
    };

    use super::*;
    use crate::{FileKey, Freshness, IndexKey, StoredMetadata, StoredPage};

    fn index() -> IndexKey {
        IndexKey::new(&"https://user:hunter2@index.example/simple/".parse().unwrap())
    }

    fn fill(base: &KnowledgeBase, pages: i64, bytes: usize) {
        for at in 0..pages {
            let name: PackageName = format!("package-{at}").parse().unwrap();
            let mut page = PageBuilder::new(name.clone());
            page.status(ProjectStatus::Active, Some(&"x".repeat(bytes)));
            let freshness = Freshness { fetched_at: at * 10, fresh_until: at * 10, ..Freshness::default() };
            let stored = StoredPage { page: Some(Arc::new(page.finish())), digest: None, freshness };
            base.keep_pages(&index(), [(&name, &stored)]).unwrap();
            let file = FileKey::new(&index(), &[], &format!("https://files.example/{at}.whl"));
            let metadata = StoredMetadata { body: vec![0; bytes], how: "sidecar".into() };
            base.keep_metadata(at * 10 + 5, [(&file, &metadata)]).unwrap();
        }
    }

    #[test]
    fn the_status_tells_what_is_stored_and_no_credentials() {
        let folder = tempfile::tempdir().unwrap();
        let base = KnowledgeBase::open(&folder.path().join("a.db"), Access::ReadWrite).unwrap();
        fill(&base, 3, 10);
        let info = SnapshotInfo { id: "abc".into(), checked_at: 7, ..SnapshotInfo::default() };
        base.replace_snapshot("osv", &info, [("flask".parse().unwrap(), vec![1])]).unwrap();
        let status = base.status().unwrap();
        assert_eq!(
            status.counts,
            [
                ("index pages", 3),
                ("metadata of files", 3),
                ("advisory snapshots", 1),
                ("packages with advisories", 1),
                ("prescription collections", 0),
                ("subjects of prescriptions", 0),
                ("observations", 0),
                ("runs", 0),
                ("interpreters", 0),
                ("policies of predictors", 0),
                ("scanned files", 0),
                ("answers about projects", 0),
                ("folders of code", 0)
            ]
        );
        assert_eq!(status.indexes, [("https://index.example/simple/".to_string(), 3)]);
        assert_eq!(status.snapshots, [SnapshotStatus { key: "osv".into(), info, packages: 1 }]);
        assert_eq!((status.oldest_page, status.newest_page), (Some(0), Some(20)));
        assert!(status.bytes > 0 && status.path.as_deref() == base.path());
        assert!(!format!("{status:?} {base:?}").contains("hunter2"));
    }

    #[test]
    fn what_is_too_old_is_pruned() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        fill(&base, 10, 10);
        let pruned = base.prune(&Limits { max_age: Some(50), max_bytes: None }, 100).unwrap();
        assert_eq!(pruned, Pruned { pages: 5, metadata: 5 });
        assert_eq!(base.status().unwrap().oldest_page, Some(50));
        let bodies: i64 = base.lock().query_row("SELECT count(*) FROM page_bodies", [], |row| row.get(0)).unwrap();
        assert_eq!(bodies, 5);
    }

    #[test]
    fn the_oldest_make_room_and_the_room_is_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let base = KnowledgeBase::open(&folder.path().join("a.db"), Access::ReadWrite).unwrap();
        fill(&base, 200, 20_000);
        let before = base.status().unwrap();
        let limit = 2_000_000;
        let pruned = base.prune(&Limits { max_age: None, max_bytes: Some(limit) }, 0).unwrap();
        assert!(pruned.pages > 100 && pruned.metadata > 100, "{pruned:?}");
        let after = base.status().unwrap();
        assert!(after.bytes <= limit + 200_000 && after.bytes > 500_000, "{} of {}", after.bytes, before.bytes);
        assert_eq!(after.newest_page, before.newest_page);

        let all = base.prune(&Limits { max_age: None, max_bytes: Some(0) }, 0).unwrap();
        assert_eq!((pruned.pages + all.pages, pruned.metadata + all.metadata), (200, 200));
    }
}
