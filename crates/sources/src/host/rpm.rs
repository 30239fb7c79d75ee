//! The RPM packages of a machine, or of an image: read from its database, which is a table of headers in a file of SQLite.
//!
//! Older databases (Berkeley DB up to RHEL 8, ndb of SUSE) are not read: what they would say is not known. The format of a header
//! is that of RPM V4: <https://rpm-software-management.github.io/rpm/manual/format_header.html>.

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use url::Url;

use super::root::{Look, Root};

/// Where databases are: of Fedora, of RHEL, and before.
const FOLDERS: [&str; 2] = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"];
/// The names of databases that are not read.
const UNREAD: [&str; 2] = ["Packages", "Packages.db"];
/// The most packages of a machine.
const MOST: usize = 50_000;
/// The most bytes of a header.
const LARGEST: usize = 32 << 20;
/// The most entries of a header.
const MOST_ENTRIES: usize = 20_000;
/// Bytes of an entry of the index.
const ENTRY: usize = 16;
const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const EPOCH: u32 = 1003;
const ARCH: u32 = 1022;
const SOURCE: u32 = 1044;

/// An RPM package that is installed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rpm {
    /// Its name.
    pub name: String,
    /// What goes before its version; 0 when it has none.
    pub epoch: u32,
    /// Its version.
    pub version: String,
    /// Its release.
    pub release: String,
    /// The architecture; a key has none.
    pub arch: Option<String>,
    /// Whether it is a source package.
    pub is_source: bool,
}

/// The RPM packages of a machine, sorted.
///
/// # Errors
/// Why they are not known, as a clause.
pub fn rpm_packages(root: &Root) -> Result<Vec<Rpm>, String> {
    let look = Look::new(root);
    for folder in FOLDERS {
        let path = format!("{folder}/rpmdb.sqlite");
        if look.exists(&path) {
            let place = look.path(&path);
            let journal = format!("{path}-wal");
            if std::fs::metadata(look.path(&journal)).is_ok_and(|journal| journal.len() > 0) {
                return Err(format!("{journal} holds what is not in the database yet"));
            }
            let read = read(&place).map_err(|why| format!("{path} cannot be read: {why}"))?;
            // A machine with a database has a package at least: something is wrong.
            return if read.is_empty() { Err(format!("{path} has no package")) } else { Ok(read) };
        }
        if let Some(name) = UNREAD.into_iter().find(|name| look.exists(&format!("{folder}/{name}"))) {
            return Err(format!("{folder}/{name} is a database of an older kind, which is not read"));
        }
    }
    Err(format!("there is no rpmdb.sqlite in {}", FOLDERS.join(" or ")))
}

fn read(path: &std::path::Path) -> Result<Vec<Rpm>, String> {
    let told = |error: rusqlite::Error| error.to_string();
    let path = path.canonicalize().map_err(|error| error.to_string())?;
    let mut url = Url::from_file_path(path).map_err(|()| "its path is none of a file".to_string())?;
    // Nothing is written beside it, not even a lock.
    url.set_query(Some("immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(url.as_str(), flags).map_err(told)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF").map_err(told)?;
    // A view of that name could be a program.
    let kind = "SELECT type FROM sqlite_schema WHERE name = 'Packages' COLLATE NOCASE";
    let kind: Option<String> = connection.query_row(kind, [], |row| row.get(0)).optional().map_err(told)?;
    if kind.as_deref() != Some("table") {
        return Err("it has no table of packages".to_string());
    }
    let mut statement = connection.prepare("SELECT blob FROM Packages").map_err(told)?;
    let mut rows = statement.query([]).map_err(told)?;
    let mut packages = Vec::new();
    while let Some(row) = rows.next().map_err(told)? {
        let blob = row.get_ref(0).map_err(told)?.as_blob().map_err(|error| error.to_string())?;
        packages.push(header(blob).ok_or_else(|| format!("the header of package {} is broken", packages.len() + 1))?);
        if packages.len() > MOST {
            return Err(format!("it has more than {MOST} packages"));
        }
    }
    packages.sort();
    Ok(packages)
}

/// Reads a header: the number of entries, the length of what they point into, both, and then the data.
fn header(blob: &[u8]) -> Option<Rpm> {
    let (entries, length) = (number(blob, 0)? as usize, number(blob, 4)? as usize);
    if blob.len() > LARGEST || entries > MOST_ENTRIES {
        return None;
    }
    let index = blob.get(8..8 + entries * ENTRY)?;
    let data = blob.get(8 + entries * ENTRY..)?.get(..length)?;
    let find = |tag: u32| index.chunks_exact(ENTRY).find(|entry| number(entry, 0) == Some(tag));
    let offset = |tag: u32| Some(number(find(tag)?, 8)? as usize);
    let text = |tag: u32| {
        let bytes = data.get(offset(tag)?..)?;
        let end = bytes.iter().position(|byte| *byte == 0)?;
        String::from_utf8(bytes.get(..end)?.to_vec()).ok()
    };
    Some(Rpm {
        name: text(NAME)?,
        epoch: offset(EPOCH).map_or(Some(0), |at| number(data, at))?,
        version: text(VERSION)?,
        release: text(RELEASE)?,
        arch: text(ARCH),
        is_source: find(SOURCE).is_none() && find(ARCH).is_some(),
    })
}

/// The big-endian number at a place.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    /// A header with these texts, and an epoch.
    fn made(texts: &[(u32, &str)], epoch: Option<u32>) -> Vec<u8> {
        let (mut index, mut data) = (Vec::new(), Vec::new());
        let mut entry = |tag: u32, kind: u32, offset: usize| {
            [tag, kind, offset as u32, 1].into_iter().for_each(|number| index.extend(number.to_be_bytes()));
        };
        if let Some(epoch) = epoch {
            entry(EPOCH, 4, data.len());
            data.extend(epoch.to_be_bytes());
        }
        for (tag, text) in texts {
            entry(*tag, 6, data.len());
            data.extend(text.bytes().chain([0]));
        }
        let entries = (index.len() / ENTRY) as u32;
        [&entries.to_be_bytes()[..], &(data.len() as u32).to_be_bytes()[..], &index, &data].concat()
    }

    fn git() -> Vec<u8> {
        let texts = [(NAME, "git"), (VERSION, "2.43.0"), (RELEASE, "1.el9"), (ARCH, "x86_64"), (SOURCE, "git.src.rpm")];
        made(&texts, Some(1))
    }

    /// A machine with a database that holds these headers.
    fn machine(schema: &str, headers: &[Vec<u8>]) -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("var/lib/rpm");
        std::fs::create_dir_all(&place).unwrap();
        let base = Connection::open(place.join("rpmdb.sqlite")).unwrap();
        base.execute_batch(schema).unwrap();
        for header in headers {
            base.execute("INSERT INTO Packages (blob) VALUES (?1)", [header]).unwrap();
        }
        let root = Root { folder: folder.path().to_path_buf(), variables: Default::default() };
        (folder, root)
    }

    const TABLE: &str = "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)";

    #[test]
    fn the_packages_of_a_database_are_read_with_all_that_names_them() {
        let key = made(&[(NAME, "gpg-pubkey"), (VERSION, "1"), (RELEASE, "2")], None);
        let (folder, root) = machine(TABLE, &[key, git()]);
        let read = rpm_packages(&root).unwrap();
        assert_eq!(read[0].name, "git");
        assert_eq!((read[0].epoch, read[0].version.as_str(), read[0].release.as_str()), (1, "2.43.0", "1.el9"));
        assert_eq!((read[0].arch.as_deref(), read[0].is_source), (Some("x86_64"), false));
        assert_eq!((read[1].name.as_str(), read[1].epoch, &read[1].arch), ("gpg-pubkey", 0, &None));
        let beside = std::fs::read_dir(folder.path().join("var/lib/rpm")).unwrap().count();
        assert_eq!(beside, 1, "nothing is written beside it");
    }

    #[test]
    fn what_cannot_be_read_says_why_and_is_not_taken_for_nothing() {
        let why = |schema: &str, headers: &[Vec<u8>]| rpm_packages(&machine(schema, headers).1).unwrap_err();
        assert_eq!(why(TABLE, &[]), "/var/lib/rpm/rpmdb.sqlite has no package");
        assert!(why(TABLE, &[git(), b"broken".to_vec()]).ends_with("the header of package 2 is broken"));
        assert!(
            why("CREATE VIEW Packages AS SELECT zeroblob(9) AS blob", &[]).ends_with("it has no table of packages")
        );
        let (folder, root) = machine(TABLE, &[git()]);
        let journal = folder.path().join("var/lib/rpm/rpmdb.sqlite-wal");
        std::fs::write(&journal, "").unwrap();
        assert_eq!(rpm_packages(&root).map(|found| found.len()), Ok(1));
        std::fs::write(&journal, "more").unwrap();
        assert!(rpm_packages(&root).unwrap_err().contains("rpmdb.sqlite-wal holds what is not in the database yet"));
        let empty = tempfile::tempdir().unwrap();
        let root = Root { folder: empty.path().to_path_buf(), variables: Default::default() };
        assert!(rpm_packages(&root).unwrap_err().starts_with("there is no rpmdb.sqlite"));
        std::fs::create_dir_all(empty.path().join("var/lib/rpm")).unwrap();
        std::fs::write(empty.path().join("var/lib/rpm/Packages"), "").unwrap();
        assert!(rpm_packages(&root).unwrap_err().contains("an older kind"));
        std::fs::write(empty.path().join("var/lib/rpm/rpmdb.sqlite"), "no database").unwrap();
        assert!(rpm_packages(&root).unwrap_err().contains("cannot be read"));
        assert!(read(Path::new("/nowhere")).is_err());
    }

    proptest! {
        #[test]
        fn a_broken_header_is_none(mut bytes in Just(git()), at in 0..200_usize, byte in any::<u8>(), cut in 0..200_usize) {
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            bytes.truncate(cut.max(1));
            let _ = header(&bytes);
        }
    }
}
