//! `rpmdb.sqlite`, the database of Fedora 33, RHEL 9 and later: a table of headers.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use url::Url;

use super::Packages;

pub(super) fn read(place: &Path, packages: &mut Packages) -> Result<(), String> {
    let told = |error: rusqlite::Error| error.to_string();
    let place = place.canonicalize().map_err(|error| error.to_string())?;
    let mut url = Url::from_file_path(place).map_err(|()| "its path is none of a file".to_string())?;
    // Nothing is written beside it, not even a lock.
    url.set_query(Some("immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(url.as_str(), flags).map_err(told)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF").map_err(told)?;
    if !has_table(&connection).map_err(told)? {
        return Err("it has no table of packages".to_string());
    }
    let mut statement = connection.prepare("SELECT blob FROM Packages").map_err(told)?;
    let mut rows = statement.query([]).map_err(told)?;
    while let Some(row) = rows.next().map_err(told)? {
        packages.add(row.get_ref(0).map_err(told)?.as_blob().map_err(|error| error.to_string())?)?;
    }
    Ok(())
}

/// Whether there is a table that holds headers: a view, or a column that is computed, could be a program.
fn has_table(connection: &Connection) -> rusqlite::Result<bool> {
    let (mut is_table, mut is_held) = (false, false);
    connection.pragma(Some("main"), "table_list", "Packages", |row| {
        is_table |= row.get::<_, String>("type")? == "table";
        Ok(())
    })?;
    connection.pragma(Some("main"), "table_xinfo", "Packages", |row| {
        is_held |= row.get::<_, String>("name")? == "blob" && row.get::<_, u32>("hidden")? == 0;
        Ok(())
    })?;
    Ok(is_table && is_held)
}
