//! The files of a folder on disk.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    rc::Rc,
};

use super::{
    Fault,
    account::{Account, Budget},
};

/// Folders that are left out: what version control and tools keep for themselves, as Bandit leaves them out.
const LEFT_OUT: [&str; 10] =
    [".git", ".hg", ".svn", ".bzr", "CVS", "__pycache__", ".tox", ".nox", ".eggs", "node_modules"];

/// Whether folders of this name are left out.
pub(crate) fn is_left_out(name: &OsStr) -> bool {
    LEFT_OUT.iter().any(|known| name == *known)
}

/// Reads a folder.
pub(super) fn read(account: &mut Account<'_>, path: &Path) -> io::Result<()> {
    let root = path.canonicalize()?;
    let names = names_in(path)?;
    Walk { account, root }.entries("", 0, names);
    Ok(())
}

struct Walk<'w, 'a> {
    account: &'w mut Account<'a>,
    /// The folder that links may not lead out of, without links itself.
    root: PathBuf,
}

impl Walk<'_, '_> {
    fn entries(&mut self, prefix: &str, depth: usize, entries: Vec<fs::DirEntry>) {
        for entry in entries {
            if !self.account.count() {
                return;
            }
            let name = entry.file_name();
            let path = format!("{prefix}{}", name.to_string_lossy());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && is_left_out(&name) => {}
                Ok(kind) if kind.is_dir() && depth >= self.account.bounds.depth => {
                    self.account.flaw(Fault::Unread, &path, "is a folder nested too deep to be looked into");
                }
                Ok(kind) if kind.is_dir() => match names_in(&entry.path()) {
                    Ok(entries) => self.entries(&format!("{path}/"), depth + 1, entries),
                    Err(cause) => self.account.flaw(Fault::Unreadable, &path, &format!("cannot be read: {cause}")),
                },
                Ok(kind) if kind.is_symlink() => self.link(&path, &entry.path()),
                Ok(kind) if kind.is_file() => self.file(&path, &entry.path()),
                Ok(_) => self.account.flaw(Fault::Special, &path, "is a device, a pipe or a socket"),
                Err(cause) => self.account.flaw(Fault::Unreadable, &path, &format!("cannot be read: {cause}")),
            }
        }
    }

    fn link(&mut self, path: &str, link: &Path) {
        match link.canonicalize() {
            Ok(target) if !target.starts_with(&self.root) => {
                self.account.flaw(Fault::Link, path, "is a link that leads out of the folder, and was not followed");
            }
            // What it leads to is met where it lies.
            Ok(_) => {}
            Err(_) => self.account.flaw(Fault::Link, path, "is a link that leads nowhere"),
        }
    }

    fn file(&mut self, path: &str, place: &Path) {
        if let Err(cause) = self.open(path, place) {
            self.account.flaw(Fault::Unreadable, path, &format!("cannot be read: {cause}"));
        }
    }

    fn open(&mut self, path: &str, place: &Path) -> io::Result<()> {
        let file = File::open(place)?;
        let size = file.metadata()?.len();
        let share = self.account.share(size);
        let mut bytes = Vec::new();
        (&file).take(share).read_to_end(&mut bytes)?;
        // An archive is looked into by a budget of its own, and whatever its size.
        let outer = self.account.replace_budget(Rc::new(Budget::of(&self.account.bounds, size)));
        let read = self.hand_on(path, file, &bytes, if share == size { bytes.len() as u64 } else { size });
        self.account.replace_budget(outer);
        read
    }

    /// Hands a file on, of which `bytes` were read; an archive that is too large for that is looked into on the disk.
    fn hand_on(&mut self, path: &str, file: File, bytes: &[u8], size: u64) -> io::Result<()> {
        if (bytes.len() as u64) < size && super::Container::of(bytes).is_some() && self.account.enter(path) {
            let read = super::read(self.account, file, path);
            self.account.leave();
            return read;
        }
        self.account.hand_on(path, bytes, size);
        Ok(())
    }
}

/// What is in a folder, in the order of names.
fn names_in(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    entries.sort_by_cached_key(fs::DirEntry::file_name);
    Ok(entries)
}
