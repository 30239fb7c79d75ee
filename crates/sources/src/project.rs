//! The Python files of a project's own.
//!
//! A folder that looks as it did when it was listed is not listed again. What is in the files is left to the caller.

use std::{
    collections::HashMap,
    ffi::OsStr,
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use packaging::text::one_line;
use serde::{Deserialize, Serialize};

use crate::members::is_left_out;

/// The most bytes of a path that is told.
const LONGEST: usize = 300;

/// How far a project is looked into.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Entries of all folders together.
    pub entries: usize,
    /// How deep folders may lie in folders.
    pub depth: usize,
}

/// How a file or a folder looks from outside: what changes in it makes it look otherwise, but for a change within the moment in
/// which the clock of the file system stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// When it was last modified, nanoseconds since the Unix epoch.
    modified: u64,
    /// Bytes.
    pub size: u64,
}

impl Look {
    fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        Self { modified: u64::try_from(modified.as_nanos()).unwrap_or(u64::MAX), size: metadata.len() }
    }

    /// Whether it was last modified before `moment`. What was modified later may be modified again, and look the same.
    pub fn is_older_than(&self, moment: SystemTime) -> bool {
        moment.duration_since(UNIX_EPOCH).is_ok_and(|since| u128::from(self.modified) < since.as_nanos())
    }
}

/// A folder that was listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// Where it is in the project.
    pub path: PathBuf,
    /// How it looked.
    pub look: Look,
    /// How many entries it has.
    entries: usize,
    /// The names of the folders in it that are looked into, in their order.
    folders: Vec<PathBuf>,
    /// The names of the Python files in it, in their order.
    files: Vec<PathBuf>,
}

/// What there is.
#[derive(Debug, Default)]
pub struct Project {
    /// The folders that were looked into.
    pub folders: Vec<Folder>,
    /// The Python files, each with how it looked: those of a folder before those of the folders in it.
    pub files: Vec<(PathBuf, Look)>,
    /// How many of the folders had to be listed.
    pub listed: usize,
    /// What was not looked into, each a clause that begins with its path.
    pub unread: Vec<String>,
}

impl Project {
    /// Finds the Python files below `root`. `known` are folders of an earlier time.
    ///
    /// Folders of version control and of tools, hidden ones, virtual environments, `site-packages`, and what links lead to, are
    /// not the project's own.
    ///
    /// # Errors
    /// When the folder itself cannot be read.
    pub fn find(root: &Path, known: &[Folder], bounds: Bounds) -> io::Result<Self> {
        let known = known.iter().map(|folder| (folder.path.as_os_str(), folder)).collect();
        let mut search = Search { root, known, bounds, entries: 0, found: Self::default() };
        search.folder(Path::new(""), 0)?;
        if search.entries > bounds.entries {
            search.found.unread.push(format!("more than {} entries; the rest was not looked at", bounds.entries));
        }
        Ok(search.found)
    }
}

/// A path of a project, fit to be told.
pub fn shown(path: &Path) -> String {
    one_line(&path.to_string_lossy(), LONGEST)
}

struct Search<'a> {
    root: &'a Path,
    known: HashMap<&'a OsStr, &'a Folder>,
    bounds: Bounds,
    entries: usize,
    found: Project,
}

impl Search<'_> {
    fn folder(&mut self, path: &Path, depth: usize) -> io::Result<()> {
        let place = self.root.join(path);
        let look = Look::of(&fs::symlink_metadata(&place)?);
        let folder = match self.known.get(path.as_os_str()).filter(|known| known.look == look) {
            Some(known) => (*known).clone(),
            None => {
                self.found.listed += 1;
                list(&place, path, look)?
            }
        };
        self.entries += folder.entries;
        if self.entries > self.bounds.entries {
            return Ok(());
        }
        for name in &folder.files {
            let file = path.join(name);
            match fs::symlink_metadata(self.root.join(&file)) {
                Ok(metadata) => self.found.files.push((file, Look::of(&metadata))),
                Err(cause) => self.unread(&file, &cause),
            }
        }
        let inner: Vec<PathBuf> = folder.folders.iter().map(|name| path.join(name)).collect();
        self.found.folders.push(folder);
        for path in inner {
            if depth >= self.bounds.depth {
                let why = format!("{} is nested too deep to be looked into", shown(&path));
                self.found.unread.push(why);
            } else if let Err(cause) = self.folder(&path, depth + 1) {
                self.unread(&path, &cause);
            }
        }
        Ok(())
    }

    fn unread(&mut self, path: &Path, cause: &io::Error) {
        self.found.unread.push(format!("{}: cannot be read: {cause}", shown(path)));
    }
}

fn list(place: &Path, path: &Path, look: Look) -> io::Result<Folder> {
    let mut folder = Folder { path: path.to_path_buf(), look, entries: 0, folders: Vec::new(), files: Vec::new() };
    let mut is_made = false;
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        folder.entries += 1;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        let bytes = name.as_encoded_bytes();
        is_made |= is_mark(bytes);
        if kind.is_dir() && !bytes.starts_with(b".") && name != "site-packages" && !is_left_out(&name) {
            folder.folders.push(name.into());
        } else if kind.is_file() && [b".py".as_slice(), b".pyw"].iter().any(|ending| bytes.ends_with(ending)) {
            folder.files.push(name.into());
        }
    }
    if is_made && path != Path::new("") {
        (folder.folders, folder.files) = (Vec::new(), Vec::new());
    }
    folder.folders.sort();
    folder.files.sort();
    Ok(folder)
}

/// Whether a folder with a file of this name was made by a tool: a virtual environment, or what a tool keeps and marks as such
/// (<https://bford.info/cachedir/>).
fn is_mark(name: &[u8]) -> bool {
    name == b"pyvenv.cfg" || name == b"CACHEDIR.TAG"
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const BOUNDS: Bounds = Bounds { entries: 100, depth: 4 };

    fn project(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        files.iter().for_each(|file| write(root.path(), file, "1"));
        root
    }

    fn write(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn names(project: &Project) -> Vec<String> {
        project.files.iter().map(|(path, _)| shown(path)).collect()
    }

    #[test]
    fn the_files_of_a_project_are_its_own_python_files() {
        let root = project(&[
            "b.pyw",
            "app/a.py",
            "notes.txt",
            ".hidden/c.py",
            ".git/c.py",
            "node_modules/x/c.py",
            "lib/site-packages/d.py",
            "env/pyvenv.cfg",
            "env/e.py",
            "env/lib/e.py",
            "kept/CACHEDIR.TAG",
            "kept/f.py",
        ]);
        let found = Project::find(root.path(), &[], BOUNDS).unwrap();
        assert_eq!(names(&found), ["b.pyw", "app/a.py"]);
        assert_eq!(found.unread, [] as [&str; 0]);
        let environment = Project::find(&root.path().join("env"), &[], BOUNDS).unwrap();
        assert_eq!(
            names(&environment),
            ["e.py", "lib/e.py"],
            "the folder that is asked for is a project, whatever is in it"
        );
        assert!(Project::find(&root.path().join("gone"), &[], BOUNDS).is_err());
    }

    #[test]
    #[cfg(unix)]
    fn links_are_not_followed() {
        let root = project(&["app/a.py"]);
        std::os::unix::fs::symlink(root.path().join("app"), root.path().join("again")).unwrap();
        std::os::unix::fs::symlink("app/a.py", root.path().join("b.py")).unwrap();
        assert_eq!(names(&Project::find(root.path(), &[], BOUNDS).unwrap()), ["app/a.py"]);
    }

    #[test]
    fn what_lies_beyond_the_bounds_is_told() {
        let root = project(&["a/b/c/d/e/f.py", "a/a.py"]);
        let found = Project::find(root.path(), &[], BOUNDS).unwrap();
        assert_eq!((names(&found).len(), found.unread.len()), (1, 1), "{found:?}");
        assert!(found.unread[0].starts_with("a/b/c/d/e is nested too deep"), "{found:?}");
        let found = Project::find(root.path(), &[], Bounds { entries: 2, ..BOUNDS }).unwrap();
        assert_eq!(found.unread, ["more than 2 entries; the rest was not looked at"]);
    }

    #[test]
    fn only_what_changed_is_listed_again() {
        let root = project(&["a.py", "app/b.py", "app/deep/c.py", "lib/d.py"]);
        let first = Project::find(root.path(), &[], BOUNDS).unwrap();
        assert_eq!(first.listed, 4);
        let again = |known: &[Folder]| Project::find(root.path(), known, BOUNDS).unwrap();
        let second = again(&first.folders);
        assert_eq!((second.listed, &second.folders, &second.files), (0, &first.folders, &first.files));
        write(root.path(), "app/deep/c.py", "longer");
        let third = again(&first.folders);
        assert_eq!((third.listed, names(&third)), (0, names(&first)));
        assert_ne!(third.files, first.files, "the file looks otherwise");
        let folder = fs::File::open(root.path().join("lib")).unwrap();
        fs::rename(root.path().join("app/b.py"), root.path().join("lib/e.py")).unwrap();
        folder.set_modified(SystemTime::now() + Duration::from_secs(9)).unwrap();
        fs::remove_dir_all(root.path().join("app/deep")).unwrap();
        fs::File::open(root.path().join("app")).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let fourth = again(&first.folders);
        assert_eq!((fourth.listed, names(&fourth)), (2, ["a.py", "lib/d.py", "lib/e.py"].map(String::from).to_vec()));
    }

    #[test]
    fn what_was_modified_just_now_may_change_unseen() {
        let root = project(&["a.py"]);
        let (_, look) = Project::find(root.path(), &[], BOUNDS).unwrap().files[0].clone();
        assert!(look.is_older_than(SystemTime::now() + Duration::from_secs(60)));
        assert!(!look.is_older_than(SystemTime::now() - Duration::from_secs(60)));
        assert!(!look.is_older_than(SystemTime::UNIX_EPOCH));
    }
}
