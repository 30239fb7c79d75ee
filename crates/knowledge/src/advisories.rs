//! Advisory snapshots: everything one set of sources said at one time, found by package.
//!
//! What the bytes of a package mean is `evidence`'s matter.

use packaging::PackageName;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;

use crate::{KnowledgeBase, KnowledgeError};

/// How many snapshots are kept, the last checked ones.
pub const SNAPSHOTS_KEPT: u32 = 4;

/// The advisories about packages, each as the bytes it was kept as.
pub type AdvisoryRows = Vec<(PackageName, Vec<u8>)>;

/// What is told about one snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SnapshotInfo {
    /// The identity of its content (a hash over its records).
    pub id: String,
    /// Records in use.
    pub records: u64,
    /// Records withdrawn by their authors.
    pub withdrawn: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// When the newest record was modified, seconds since the Unix epoch.
    pub newest: Option<i64>,
    /// When it was loaded, seconds since the Unix epoch.
    pub loaded_at: i64,
    /// When its sources last confirmed it, seconds since the Unix epoch.
    pub checked_at: i64,
    /// `ETag` of the source, as it wrote it.
    pub etag: Option<String>,
    /// `Last-Modified` of the source, as it wrote it.
    pub last_modified: Option<String>,
    /// Where it came from, for the reader; without credentials.
    pub origin: String,
    /// Whatever the caller wants to find again with it (rejected records and their reasons, sources), in its own form.
    pub details: String,
}

impl KnowledgeBase {
    /// Replaces everything stored under `key` (the name of a source, or of the set of sources that were joined), all at once:
    /// readers see the old snapshot or the new one. Of all keys, the [`SNAPSHOTS_KEPT`] last checked stay.
    ///
    /// # Errors
    /// When the file cannot be written; the old snapshot stays then.
    pub fn replace_snapshot(
        &self,
        key: &str,
        info: &SnapshotInfo,
        packages: impl IntoIterator<Item = (PackageName, Vec<u8>)>,
    ) -> Result<(), KnowledgeError> {
        self.write("keep the advisory snapshot", |connection| {
            let old = snapshot_row(connection, key)?;
            if let Some(old) = old {
                remove(connection, old)?;
            }
            connection.execute(
                "INSERT INTO snapshots (key, identity, records, withdrawn, rejected, newest, loaded_at, checked_at, etag,
                     last_modified, origin, details)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    key,
                    info.id,
                    signed(info.records),
                    signed(info.withdrawn),
                    signed(info.rejected),
                    info.newest,
                    info.loaded_at,
                    info.checked_at,
                    info.etag,
                    info.last_modified,
                    info.origin,
                    info.details,
                ],
            )?;
            let id = connection.last_insert_rowid();
            let mut insert = connection
                .prepare("INSERT OR REPLACE INTO advisories (snapshot_id, package, body) VALUES (?1, ?2, ?3)")?;
            for (package, body) in packages {
                insert.execute(params![id, package.as_ref(), body])?;
            }
            let mut old = connection.prepare(
                "SELECT id FROM snapshots WHERE id <> ?1 ORDER BY checked_at DESC, id DESC LIMIT -1 OFFSET ?2",
            )?;
            let old: Vec<i64> = old
                .query_map(params![id, SNAPSHOTS_KEPT.saturating_sub(1)], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            old.into_iter().try_for_each(|old| remove(connection, old))
        })
    }

    /// What is told about the snapshot stored under `key`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn snapshot(&self, key: &str) -> Result<Option<SnapshotInfo>, KnowledgeError> {
        self.read("read about the advisory snapshot", |connection| {
            let sql = format!("SELECT {COLUMNS} FROM snapshots WHERE key = ?1");
            connection.query_row(&sql, [key], snapshot_info).optional()
        })
    }

    /// Notes that the sources of `key` confirmed their snapshot at `checked_at`, seconds since the Unix epoch.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn touch_snapshot(&self, key: &str, checked_at: i64) -> Result<(), KnowledgeError> {
        self.write("note that the advisories have not changed", |connection| {
            connection.execute("UPDATE snapshots SET checked_at = ?2 WHERE key = ?1", params![key, checked_at])?;
            Ok(())
        })
    }

    /// The advisories of the asked packages in the snapshot `id` under `key`; a package that no advisory is about is not among
    /// the answers.
    ///
    /// None means that this snapshot is not stored (any more: another process may have replaced it), which says nothing about the
    /// packages and never that they are clean.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn advisories(
        &self,
        key: &str,
        id: &str,
        packages: &[PackageName],
    ) -> Result<Option<AdvisoryRows>, KnowledgeError> {
        self.read("read advisories", |connection| {
            let snapshot: Option<i64> = connection
                .query_row("SELECT id FROM snapshots WHERE key = ?1 AND identity = ?2", [key, id], |row| row.get(0))
                .optional()?;
            let Some(snapshot) = snapshot else { return Ok(None) };
            let mut statement =
                connection.prepare("SELECT body FROM advisories WHERE snapshot_id = ?1 AND package = ?2")?;
            let mut found = Vec::new();
            for package in packages {
                let body = statement.query_row(params![snapshot, package.as_ref()], |row| row.get(0)).optional()?;
                found.extend(body.map(|body| (package.clone(), body)));
            }
            Ok(Some(found))
        })
    }
}

impl KnowledgeBase {
    /// Shows `visit` everything the snapshot `id` under `key` says, package by package; false when it is not stored.
    ///
    /// # Errors
    /// When the file cannot be read. A package whose name cannot be read is left out.
    pub fn each_advisory(
        &self,
        key: &str,
        id: &str,
        mut visit: impl FnMut(PackageName, &[u8]),
    ) -> Result<bool, KnowledgeError> {
        self.read("read advisories", |connection| {
            let sql = "SELECT id FROM snapshots WHERE key = ?1 AND identity = ?2";
            let snapshot: Option<i64> = connection.query_row(sql, [key, id], |row| row.get(0)).optional()?;
            let Some(snapshot) = snapshot else { return Ok(false) };
            let mut statement = connection.prepare("SELECT package, body FROM advisories WHERE snapshot_id = ?1")?;
            let mut rows = statement.query([snapshot])?;
            while let Some(row) = rows.next()? {
                let package: String = row.get(0)?;
                if let Ok(package) = package.parse() {
                    visit(package, row.get_ref(1)?.as_bytes()?);
                }
            }
            Ok(true)
        })
    }
}

pub(crate) const COLUMNS: &str =
    "identity, records, withdrawn, rejected, newest, loaded_at, checked_at, etag, last_modified, origin, details";

pub(crate) fn snapshot_info(row: &Row<'_>) -> rusqlite::Result<SnapshotInfo> {
    let count = |column: &str| row.get(column).map(|count: i64| u64::try_from(count).unwrap_or_default());
    Ok(SnapshotInfo {
        id: row.get("identity")?,
        records: count("records")?,
        withdrawn: count("withdrawn")?,
        rejected: count("rejected")?,
        newest: row.get("newest")?,
        loaded_at: row.get("loaded_at")?,
        checked_at: row.get("checked_at")?,
        etag: row.get("etag")?,
        last_modified: row.get("last_modified")?,
        origin: row.get("origin")?,
        details: row.get("details")?,
    })
}

fn snapshot_row(connection: &Connection, key: &str) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT id FROM snapshots WHERE key = ?1", [key], |row| row.get(0)).optional()
}

fn remove(connection: &Connection, snapshot: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM advisories WHERE snapshot_id = ?1", [snapshot])?;
    connection.execute("DELETE FROM snapshots WHERE id = ?1", [snapshot])?;
    Ok(())
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Access;

    fn base() -> KnowledgeBase {
        KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap()
    }

    fn name(text: &str) -> PackageName {
        text.parse().unwrap()
    }

    fn info(id: &str, at: i64) -> SnapshotInfo {
        SnapshotInfo {
            id: id.into(),
            records: 3,
            withdrawn: 1,
            newest: Some(-5),
            loaded_at: at,
            checked_at: at,
            origin: "advisories".into(),
            ..SnapshotInfo::default()
        }
    }

    #[test]
    fn a_run_reads_only_the_packages_it_asks_for() {
        let base = base();
        let packages = [(name("flask"), b"one".to_vec()), (name("django"), b"two".to_vec())];
        base.replace_snapshot("osv", &info("a", 1), packages).unwrap();
        assert_eq!(base.snapshot("osv").unwrap(), Some(info("a", 1)));
        let found = base.advisories("osv", "a", &[name("django"), name("click")]).unwrap();
        assert_eq!(found, Some(vec![(name("django"), b"two".to_vec())]));
    }

    #[test]
    fn a_replaced_snapshot_never_reads_as_clean() {
        let base = base();
        base.replace_snapshot("osv", &info("a", 1), [(name("flask"), b"one".to_vec())]).unwrap();
        base.replace_snapshot("osv", &info("b", 2), [(name("flask"), b"new".to_vec())]).unwrap();
        assert_eq!(base.advisories("osv", "a", &[name("flask")]).unwrap(), None);
        assert_eq!(base.advisories("else", "b", &[name("flask")]).unwrap(), None);
        let found = base.advisories("osv", "b", &[name("flask")]).unwrap();
        assert_eq!(found, Some(vec![(name("flask"), b"new".to_vec())]));
        let rows: i64 = base.lock().query_row("SELECT count(*) FROM advisories", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 1);
    }

    #[test]
    fn the_snapshots_checked_last_are_kept_and_the_new_one_always() {
        let base = base();
        for (at, key) in [(10, "a"), (20, "b"), (30, "c"), (40, "d")] {
            base.replace_snapshot(key, &info(key, at), [(name("flask"), vec![1])]).unwrap();
        }
        base.touch_snapshot("a", 50).unwrap();
        base.replace_snapshot("e", &info("e", 0), [(name("flask"), vec![1])]).unwrap();
        let kept: Vec<bool> =
            ["a", "b", "c", "d", "e"].iter().map(|key| base.snapshot(key).unwrap().is_some()).collect();
        assert_eq!(kept, [true, false, true, true, true]);
        assert_eq!(base.snapshot("a").unwrap().unwrap().checked_at, 50);
        let rows: i64 = base.lock().query_row("SELECT count(*) FROM advisories", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 4);
    }
}
