//! The RPM packages of a machine, or of an image: read from its database of headers, in whichever of three forms RPM keeps it.
//!
//! Each form has a file of its own that finds the headers; what a header says is in [`header`].

mod berkeley;
mod header;
mod ndb;
mod sqlite;
#[cfg(test)]
mod tests;

use std::{fs::File, io::Read as _, path::Path};

use self::header::header;
use super::root::{Look, Root};

/// Where databases are: of Fedora and SUSE, of systems that are updated as a whole, and of RHEL.
const FOLDERS: [&str; 3] = ["/usr/lib/sysimage/rpm", "/usr/share/rpm", "/var/lib/rpm"];
/// What other installers keep: dpkg, dpkg in images without a shell, and apk.
const OTHERS: [&str; 4] =
    ["/var/lib/dpkg/status", "/var/lib/dpkg/status.d", "/lib/apk/db/installed", "/usr/lib/apk/db/installed"];
/// The most packages of a machine.
const MOST: usize = 50_000;
/// The most bytes of a database that is read at once; that of a full RHEL 8 has some two hundred million.
const LARGEST: u64 = 1 << 30;

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

/// The RPM packages of a machine, sorted. A machine of another installer (dpkg, apk) has none where it has no database of them.
///
/// # Errors
/// Why they are not known, as a clause.
pub fn rpm_packages(root: &Root) -> Result<Vec<Rpm>, String> {
    let look = Look::new(root);
    let Some((path, kind)) = database(&look) else {
        let names = KINDS.map(|(name, _)| name).join(", ");
        let why = || format!("there is none of {names} in {}", FOLDERS.join(", "));
        return if is_of_another(&look) { Ok(Vec::new()) } else { Err(why()) };
    };
    let packages = kind.read(&look, &path).map_err(|why| format!("{path} cannot be read: {why}"))?;
    // What RPM itself installed has a package at least: something is wrong.
    if packages.is_empty() && !is_of_another(&look) { Err(format!("{path} has no package")) } else { Ok(packages) }
}

/// Whether another installer keeps something.
fn is_of_another(look: &Look<'_>) -> bool {
    OTHERS.iter().any(|path| look.bytes(path).is_some_and(|bytes| !bytes.is_empty()) || !look.names(path).is_empty())
}

/// A form that databases have.
#[derive(Clone, Copy)]
enum Kind {
    Sqlite,
    Ndb,
    Berkeley,
}

/// The names of databases, the newest form first.
const KINDS: [(&str, Kind); 3] =
    [("rpmdb.sqlite", Kind::Sqlite), ("Packages.db", Kind::Ndb), ("Packages", Kind::Berkeley)];

/// The database that a machine has.
fn database(look: &Look<'_>) -> Option<(String, Kind)> {
    let paths = FOLDERS.iter().flat_map(|folder| KINDS.map(|(name, kind)| (format!("{folder}/{name}"), kind)));
    paths.into_iter().find(|(path, _)| look.exists(path))
}

impl Kind {
    fn read(self, look: &Look<'_>, path: &str) -> Result<Vec<Rpm>, String> {
        let place = look.path(path);
        let metadata = std::fs::metadata(&place).map_err(|error| error.to_string())?;
        // A pipe might never end.
        if !metadata.is_file() {
            return Err("it is no file".to_string());
        }
        let mut packages = Packages { found: Vec::new(), left: metadata.len() };
        match self {
            Self::Sqlite => {
                let journal = format!("{path}-wal");
                if std::fs::metadata(look.path(&journal)).is_ok_and(|journal| journal.len() > 0) {
                    return Err(format!("{journal} holds what is not in it yet"));
                }
                sqlite::read(&place, &mut packages)?;
            }
            Self::Ndb => ndb::read(&whole(&place, metadata.len())?, &mut packages)?,
            Self::Berkeley => berkeley::read(&whole(&place, metadata.len())?, &mut packages)?,
        }
        packages.found.sort();
        Ok(packages.found)
    }
}

/// The bytes of a file, `length` of them.
fn whole(place: &Path, length: u64) -> Result<Vec<u8>, String> {
    if length > LARGEST {
        return Err(format!("it has {length} bytes, and more than {LARGEST} are not read"));
    }
    let mut bytes = Vec::new();
    let file = File::open(place).map_err(|error| error.to_string())?;
    file.take(length).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// The packages of a database, while it is read.
struct Packages {
    found: Vec<Rpm>,
    /// The bytes that headers may still have: all of them are in the file, each once.
    left: u64,
}

impl Packages {
    /// Takes the header of a package.
    fn add(&mut self, blob: &[u8]) -> Result<(), String> {
        let number = self.found.len() + 1;
        if number > MOST {
            return Err(format!("it has more than {MOST} packages"));
        }
        self.left = self.left.checked_sub(blob.len() as u64).ok_or("its headers have more bytes than it has itself")?;
        self.found.push(header(blob).ok_or_else(|| format!("the header of package {number} is broken"))?);
        Ok(())
    }
}

/// Which byte of a number comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Big,
    Little,
}

impl Order {
    /// The number of four bytes at a place.
    fn number(self, bytes: &[u8], at: usize) -> Option<usize> {
        let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let number = match self {
            Self::Big => u32::from_be_bytes(four),
            Self::Little => u32::from_le_bytes(four),
        };
        usize::try_from(number).ok()
    }

    /// The number of two bytes at a place.
    fn short(self, bytes: &[u8], at: usize) -> Option<usize> {
        let two = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(usize::from(match self {
            Self::Big => u16::from_be_bytes(two),
            Self::Little => u16::from_le_bytes(two),
        }))
    }
}
