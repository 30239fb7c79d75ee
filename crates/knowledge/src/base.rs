//! The file itself: opening, locking, transactions.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf, absolute},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::{
    KnowledgeError,
    schema::{self, Shape},
};

/// How long one process waits for another one's write.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether what is learned stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read and write the file, creating it when it is missing.
    ReadWrite,
    /// Keep everything in memory and forget it at the end (`--no-cache`); the path is not touched.
    Temporary,
}

/// The knowledge base: what is known of indexes, files, advisories, interpreters and earlier runs.
///
/// It may be shared between threads; one call at a time uses the file. Every call is one transaction: it sees and leaves a
/// consistent state, whatever other processes do.
pub struct KnowledgeBase {
    connection: Mutex<Connection>,
    path: Option<PathBuf>,
}

impl KnowledgeBase {
    /// Opens the knowledge base, creating the file and its folders (readable by their owner only) when they are missing.
    ///
    /// # Errors
    /// [`KnowledgeError::Corrupt`], [`KnowledgeError::Foreign`] and [`KnowledgeError::Newer`] when the file is there but cannot be
    /// used; the others when the file system does not let us.
    pub fn open(path: &Path, access: Access) -> Result<Self, KnowledgeError> {
        match access {
            Access::ReadWrite => Self::open_file(path),
            Access::Temporary => {
                let connection = Connection::open_in_memory();
                let mut connection = connection.map_err(|cause| KnowledgeError::new(OPEN, in_memory(), cause))?;
                schema::migrate(&mut connection).map_err(|cause| KnowledgeError::new(OPEN, in_memory(), cause))?;
                Ok(Self { connection: Mutex::new(connection), path: None })
            }
        }
    }

    fn open_file(path: &Path) -> Result<Self, KnowledgeError> {
        // Absolute, so that a file called `file:x` or `:memory:` is a file.
        let path = absolute(path).map_err(|source| KnowledgeError::Files {
            attempt: "find the knowledge base",
            path: path.to_path_buf(),
            source,
        })?;
        create_private(&path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(&path, flags).and_then(|mut connection| {
            let shape = prepare(&mut connection)?;
            Ok((connection, shape))
        });
        match opened {
            Ok((connection, Shape::Ours(_))) => Ok(Self { connection: Mutex::new(connection), path: Some(path) }),
            Ok((_, Shape::Newer(found))) => {
                Err(KnowledgeError::Newer { attempt: OPEN, path, found, known: schema::SCHEMA })
            }
            Ok((_, Shape::Foreign)) => Err(KnowledgeError::Foreign { attempt: OPEN, path }),
            Err(cause) => Err(KnowledgeError::new(OPEN, path, cause)),
        }
    }

    /// The file, absolute; none when everything is in memory.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Runs `work` on one consistent state of the file.
    pub(crate) fn read<T>(
        &self,
        attempt: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, KnowledgeError> {
        let mut connection = self.lock();
        connection.transaction().and_then(|transaction| work(&transaction)).map_err(|cause| self.error(attempt, cause))
    }

    /// Runs `work` in one transaction, which is kept whole or not at all.
    pub(crate) fn write<T>(
        &self,
        attempt: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, KnowledgeError> {
        let mut connection = self.lock();
        connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                let value = work(&transaction)?;
                transaction.commit()?;
                Ok(value)
            })
            .map_err(|cause| self.error(attempt, cause))
    }

    /// The connection outside of any transaction, for what cannot run in one (`VACUUM`).
    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere leaves the connection usable: an open transaction was rolled back while unwinding.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn error(&self, attempt: &'static str, cause: rusqlite::Error) -> KnowledgeError {
        KnowledgeError::new(attempt, self.path.clone().unwrap_or_else(in_memory), cause)
    }
}

impl fmt::Debug for KnowledgeBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnowledgeBase").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Removes all rows of a table with a time `kept_at` but the `most` that were kept last.
pub(crate) fn keep_last(connection: &Connection, table: &str, most: u32) -> rusqlite::Result<()> {
    let old = format!("SELECT rowid FROM {table} ORDER BY kept_at DESC, rowid DESC LIMIT -1 OFFSET ?1");
    connection.execute(&format!("DELETE FROM {table} WHERE rowid IN ({old})"), [most])?;
    Ok(())
}

pub(crate) const OPEN: &str = "open the knowledge base";

fn in_memory() -> PathBuf {
    PathBuf::from("(in memory)")
}

/// Creates the folders (mode 0700) and the file (0600): what somebody resolves is nobody else's business. Folders and files that
/// exist keep their permissions.
fn create_private(path: &Path) -> Result<(), KnowledgeError> {
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(|source| KnowledgeError::Files {
            attempt: "create the folder of the knowledge base",
            path: folder.to_path_buf(),
            source,
        })?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => {
            Err(KnowledgeError::Files { attempt: "create the knowledge base", path: path.to_path_buf(), source })
        }
    }
}

/// Makes a fresh connection ready: the journal in write-ahead mode, the schema up to date. A warm file costs three small reads.
fn prepare(connection: &mut Connection) -> rusqlite::Result<Shape> {
    connection.busy_timeout(PATIENCE)?;
    // A hostile file must not bring functions of its own along; write-ahead with NORMAL survives every crash of the program, and
    // a crash of the machine loses at most the last transactions. The size of pages counts when the file is created: index pages are
    // long, and are written a fifth faster than with the usual 4096.
    connection.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 33554432; PRAGMA page_size = 8192;",
    )?;
    // One transaction, so one state: between two reads another process may turn an empty file into one of ours.
    let transaction = connection.transaction()?;
    let shape = schema::shape(&transaction)?;
    drop(transaction);
    if !matches!(shape, Shape::Ours(_)) {
        return Ok(shape);
    }
    let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if !journal.eq_ignore_ascii_case("wal") {
        write_ahead(connection)?;
    }
    if shape == Shape::Ours(schema::SCHEMA) { Ok(shape) } else { schema::migrate(connection) }
}

/// Switches the journal. Two processes that do so at the same moment would each wait for the other, so the store refuses one of them at
/// once: that one asks again until its patience ends. A file system without shared memory stays with the older journal.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    const PAUSE: Duration = Duration::from_millis(10);
    let mut waited = Duration::ZERO;
    loop {
        let switched = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        match switched {
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) && waited < PATIENCE => {
                std::thread::sleep(PAUSE);
                waited += PAUSE;
            }
            other => return other.map(drop),
        }
    }
}
