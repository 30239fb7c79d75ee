//! The tables, as a list of migrations.
//!
//! A migration is never changed once it is released; the next one expands (adds tables and columns), and only a later release
//! contracts (removes what nothing reads any more), so that two neighbouring releases can share one file.

use rusqlite::{Connection, TransactionBehavior};

/// Marks the file as ours (`PRAGMA application_id`): "Thot".
pub(crate) const APPLICATION: i64 = 0x5468_6f74;

/// The migrations; the schema of a file is how many of them were applied (`PRAGMA user_version`).
const MIGRATIONS: [&str; 7] = [FIRST, PRESCRIPTIONS, POLICIES, OBSERVATIONS, SCANS, ANSWERS, PROJECTS];

/// The schema this program writes.
pub(crate) const SCHEMA: i64 = MIGRATIONS.len() as i64;

/// The tables that hold what was learned, with the word that `thoth db status` uses for a row.
pub(crate) const TABLES: [(&str, &str); 13] = [
    ("pages", "index pages"),
    ("metadata", "metadata of files"),
    ("snapshots", "advisory snapshots"),
    ("advisories", "packages with advisories"),
    ("collections", "prescription collections"),
    ("prescriptions", "subjects of prescriptions"),
    ("observations", "observations"),
    ("runs", "runs"),
    ("interpreters", "interpreters"),
    ("policies", "policies of predictors"),
    ("scans", "scanned files"),
    ("answers", "answers about projects"),
    ("projects", "folders of code"),
];

// The body of a page lives apart from its validators: a 304 updates a small row and never rewrites a megabyte.
const FIRST: &str = "
CREATE TABLE indexes (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE
);
CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    index_id INTEGER NOT NULL,
    package TEXT NOT NULL,
    present INTEGER NOT NULL,
    etag TEXT,
    last_modified TEXT,
    fetched_at INTEGER NOT NULL,
    fresh_until INTEGER NOT NULL,
    digest TEXT,
    UNIQUE (index_id, package)
);
CREATE INDEX pages_by_age ON pages (fetched_at);
CREATE TABLE page_bodies (
    page_id INTEGER PRIMARY KEY,
    format INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE metadata (
    id INTEGER PRIMARY KEY,
    index_id INTEGER NOT NULL,
    file BLOB NOT NULL,
    how TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (index_id, file)
);
CREATE INDEX metadata_by_age ON metadata (kept_at);
CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    identity TEXT NOT NULL,
    records INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    newest INTEGER,
    loaded_at INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,
    etag TEXT,
    last_modified TEXT,
    origin TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE TABLE advisories (
    id INTEGER PRIMARY KEY,
    snapshot_id INTEGER NOT NULL,
    package TEXT NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (snapshot_id, package)
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    recommendation TEXT NOT NULL,
    summary TEXT NOT NULL,
    packages TEXT NOT NULL
);
CREATE INDEX runs_by_key ON runs (key, at);
CREATE INDEX runs_by_age ON runs (at);
CREATE TABLE interpreters (
    path BLOB PRIMARY KEY,
    modified INTEGER NOT NULL,
    size INTEGER NOT NULL,
    kept_at INTEGER NOT NULL,
    description TEXT NOT NULL
);
";

const PRESCRIPTIONS: &str = "
CREATE TABLE collections (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    identity TEXT NOT NULL,
    checked_at INTEGER NOT NULL,
    details TEXT NOT NULL
);
CREATE TABLE prescriptions (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL,
    subject TEXT NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (collection_id, subject)
);
";

const POLICIES: &str = "
CREATE TABLE policies (
    key TEXT PRIMARY KEY,
    kept_at INTEGER NOT NULL,
    body BLOB NOT NULL
);
";

const OBSERVATIONS: &str = "
CREATE TABLE observations (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    line TEXT NOT NULL
);
CREATE INDEX observations_by_age ON observations (at, identity);
CREATE INDEX observations_by_kind ON observations (kind, at, identity);
";

const SCANS: &str = "
CREATE TABLE scans (
    sha256 TEXT PRIMARY KEY,
    rules TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX scans_by_age ON scans (kept_at);
";

const ANSWERS: &str = "
CREATE TABLE answers (
    address TEXT PRIMARY KEY,
    checked_at INTEGER NOT NULL,
    etag TEXT,
    last_modified TEXT,
    body BLOB
);
CREATE INDEX answers_by_age ON answers (checked_at);
";

const PROJECTS: &str = "
CREATE TABLE projects (
    folder BLOB PRIMARY KEY,
    kept_at INTEGER NOT NULL,
    body BLOB NOT NULL
);
";

/// What a file is, before it is used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Ours, of this schema or an older one that can be brought up to date; zero means empty.
    Ours(i64),
    /// Ours, from a newer program.
    Newer(i64),
    /// A database of another program.
    Foreign,
}

/// Looks at the header of the file, without reading more. The three reads are of one state only inside a transaction.
pub(crate) fn shape(connection: &Connection) -> rusqlite::Result<Shape> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    Ok(match (application, version) {
        (APPLICATION, version) if (0..=SCHEMA).contains(&version) => Shape::Ours(version),
        (APPLICATION, version) => Shape::Newer(version),
        (0, 0) if is_empty(connection)? => Shape::Ours(0),
        _ => Shape::Foreign,
    })
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

/// Brings an empty or older file to [`SCHEMA`], all or nothing; several processes may try at once.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<Shape> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been first while this one waited for the lock.
    let found = shape(&transaction)?;
    if let Shape::Ours(version) = found {
        let applied = usize::try_from(version).unwrap_or_default();
        for migration in MIGRATIONS.iter().skip(applied) {
            transaction.execute_batch(migration)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", SCHEMA)?;
        transaction.commit()?;
        return Ok(Shape::Ours(SCHEMA));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_database_becomes_one_of_ours_and_stays_as_it_is() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert_eq!(shape(&connection).unwrap(), Shape::Ours(0));
        assert_eq!(migrate(&mut connection).unwrap(), Shape::Ours(SCHEMA));
        assert_eq!(migrate(&mut connection).unwrap(), Shape::Ours(SCHEMA));
        for (table, _) in TABLES {
            let rows: i64 =
                connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
            assert_eq!(rows, 0, "{table}");
        }
    }

    #[test]
    fn a_database_of_another_program_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE theirs (id INTEGER)").unwrap();
        assert_eq!(migrate(&mut connection).unwrap(), Shape::Foreign);
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 1);
    }
}
