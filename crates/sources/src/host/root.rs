//! The machine as a folder and a map of variables: files are read within bounds, and every place that was looked at is kept.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    ffi::OsString,
    fs::File,
    io::Read as _,
    path::{Component, Path, PathBuf},
};

/// The most bytes of one file; a C library has two million.
const LARGEST: u64 = 8 << 20;
/// The most names of one folder.
const MOST_NAMES: usize = 20_000;
/// The most links on the way to a file, as on Linux.
const MOST_LINKS: usize = 40;

/// A machine to look at.
#[derive(Clone, Debug)]
pub struct Root {
    /// The folder that its `/` is.
    pub folder: PathBuf,
    /// Its environment variables.
    pub variables: BTreeMap<String, String>,
}

/// A look around for one thing; remembers where it looked.
pub(super) struct Look<'a> {
    root: &'a Root,
    looked: RefCell<Vec<String>>,
}

impl<'a> Look<'a> {
    pub(super) fn new(root: &'a Root) -> Self {
        Self { root, looked: RefCell::default() }
    }

    /// The places looked at, in order, each once.
    pub(super) fn places(self) -> Vec<String> {
        self.looked.into_inner()
    }

    pub(super) fn note(&self, place: &str) {
        let mut looked = self.looked.borrow_mut();
        if !looked.iter().any(|known| known == place) {
            looked.push(place.to_string());
        }
    }

    /// Where a file is for the one that reads it: links lead to where they would lead on the machine, never out of its folder.
    /// An empty path, at which nothing is, when they lead around in circles.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        let mut inside = PathBuf::new();
        let mut parts = parts(Path::new(path));
        let mut links = 0;
        while let Some(part) = parts.pop() {
            match Path::new(&part).components().next() {
                Some(Component::RootDir) => inside.clear(),
                Some(Component::ParentDir) => drop(inside.pop()),
                Some(Component::Normal(name)) => {
                    inside.push(name);
                    let Ok(target) = std::fs::read_link(self.root.folder.join(&inside)) else { continue };
                    links += 1;
                    if links > MOST_LINKS {
                        return PathBuf::new();
                    }
                    inside.pop();
                    parts.extend(self::parts(&target));
                }
                _ => {}
            }
        }
        self.root.folder.join(inside)
    }

    /// The text of a file; what is not UTF-8 in it is replaced.
    pub(super) fn read(&self, path: &str) -> Option<String> {
        self.bytes(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The bytes of a file, the first eight million of them.
    pub(super) fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        self.note(path);
        let path = self.path(path);
        // A pipe or a device might never end.
        let is_file = std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file());
        let mut bytes = Vec::new();
        let file = is_file.then(|| File::open(&path).ok()).flatten()?;
        file.take(LARGEST).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    pub(super) fn exists(&self, path: &str) -> bool {
        self.note(path);
        self.path(path).exists()
    }

    /// The names in a folder, sorted.
    pub(super) fn names(&self, folder: &str) -> Vec<String> {
        self.note(folder);
        names(&self.path(folder))
    }

    /// The name of the file that a link leads to.
    pub(super) fn target(&self, path: &str) -> Option<String> {
        let target = self.path(path);
        target.file_name().filter(|_| target.exists()).map(|name| name.to_string_lossy().into_owned())
    }

    /// A variable that is not empty.
    pub(super) fn variable(&self, name: &str) -> Option<&'a str> {
        self.note(&format!("${name}"));
        self.root.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// The parts of a path, the last first.
fn parts(path: &Path) -> Vec<OsString> {
    path.components().rev().map(|part| part.as_os_str().to_os_string()).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().take(MOST_NAMES).filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
