//! Whether files on this machine changed since they were read: by their names, sizes and times, without reading them.

use std::{
    ffi::OsStr,
    fs, io,
    num::NonZero,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::UNIX_EPOCH,
};

use sha2::{Digest as _, Sha256};

use crate::advise::hex;

/// How many entries of a folder are looked at to see whether it changed.
const MOST_ENTRIES: usize = 200_000;
/// The most threads that look.
const LOOKERS: usize = 4;
/// Fewer folders than that are not shared among threads: what is in them is looked at first.
const WORTH_SHARING: usize = 16;

/// A hash over what the files at `paths` look like, folders with all that is in them.
///
/// # Errors
/// With the path that cannot be looked at.
pub(crate) fn fingerprint(paths: impl Iterator<Item = PathBuf>) -> Result<String, (PathBuf, io::Error)> {
    let mut hash = Sha256::new();
    for path in paths {
        let look = whole(&path).map_err(|error| (path.clone(), error))?;
        hash.update(path.as_os_str().as_encoded_bytes());
        hash.update(look);
    }
    Ok(hex(&hash.finalize()))
}

fn whole(path: &Path) -> io::Result<Vec<u8>> {
    let entries = AtomicUsize::new(0);
    let mut looks = Vec::new();
    let metadata = fs::metadata(path)?;
    if !metadata.is_dir() {
        look(path.as_os_str(), &metadata, &mut looks);
        return Ok(looks);
    }
    let mut folders = files(path, &mut looks, &entries)?;
    while !folders.is_empty() && folders.len() < WORTH_SHARING {
        let outer = std::mem::take(&mut folders);
        for folder in outer {
            folders.extend(files(&folder, &mut looks, &entries)?);
        }
    }
    // A folder at a time: each one's look is a digest of its own, put together in their order.
    let next = AtomicUsize::new(0);
    let digests: Mutex<Vec<(usize, io::Result<Vec<u8>>)>> = Mutex::default();
    let lookers = thread::available_parallelism().map_or(1, NonZero::get).min(LOOKERS).min(folders.len());
    thread::scope(|scope| {
        for _ in 0..lookers {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(folder) = folders.get(at) else { break };
                    let mut looks = Vec::new();
                    let result = deep(folder, &mut looks, &entries).map(|()| Sha256::digest(&looks).to_vec());
                    digests.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
                }
            });
        }
    });
    let mut digests = digests.into_inner().unwrap_or_else(PoisonError::into_inner);
    digests.sort_by_key(|(at, _)| *at);
    for (_, digest) in digests {
        looks.extend(digest?);
    }
    Ok(looks)
}

fn deep(folder: &Path, looks: &mut Vec<u8>, entries: &AtomicUsize) -> io::Result<()> {
    for inner in files(folder, looks, entries)? {
        deep(&inner, looks, entries)?;
    }
    Ok(())
}

/// Looks at the files of a folder; the folders in it, by name. Links to folders are not followed, as when records are read.
fn files(folder: &Path, looks: &mut Vec<u8>, entries: &AtomicUsize) -> io::Result<Vec<PathBuf>> {
    looks.extend(folder.as_os_str().as_encoded_bytes());
    looks.push(0);
    let named = |entry: io::Result<fs::DirEntry>| entry.map(|entry| (entry.file_name(), entry));
    let mut inner: Vec<_> = fs::read_dir(folder)?.map(named).collect::<io::Result<_>>()?;
    inner.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut folders = Vec::new();
    for (name, entry) in inner {
        if entries.fetch_add(1, Ordering::Relaxed) >= MOST_ENTRIES {
            return Err(io::Error::other(format!("more than {MOST_ENTRIES} entries")));
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            folders.push(entry.path());
        } else if kind.is_symlink() {
            // What a broken link or one to a folder leads to does not matter: it is not read.
            if let Some(metadata) = fs::metadata(entry.path()).ok().filter(|metadata| !metadata.is_dir()) {
                look(&name, &metadata, looks);
            }
        } else {
            look(&name, &entry.metadata()?, looks);
        }
    }
    Ok(folders)
}

fn look(name: &OsStr, metadata: &fs::Metadata, looks: &mut Vec<u8>) {
    let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    looks.extend(name.as_encoded_bytes());
    looks.push(0);
    looks.extend(metadata.len().to_le_bytes());
    looks.extend(modified.as_nanos().to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(folder: &Path) -> String {
        fingerprint(std::iter::once(folder.to_path_buf())).unwrap()
    }

    #[test]
    fn a_change_anywhere_in_a_folder_is_seen() {
        for (above, folders) in [("", 2), ("", 40), ("one/", 40)] {
            let root = tempfile::tempdir().unwrap();
            let folder = |number: usize| root.path().join(format!("{above}f{number}/deep"));
            for number in 0..folders {
                fs::create_dir_all(folder(number)).unwrap();
                fs::write(folder(number).join("a.yaml"), "one").unwrap();
            }
            let before = seen(root.path());
            assert_eq!(before, seen(root.path()));
            fs::write(folder(1).join("a.yaml"), "longer").unwrap();
            let longer = seen(root.path());
            assert_ne!(before, longer);
            fs::rename(folder(1).join("a.yaml"), folder(1).join("b.yaml")).unwrap();
            assert_ne!(longer, seen(root.path()));
        }
    }

    #[test]
    fn a_path_that_is_not_there_is_named() {
        let root = tempfile::tempdir().unwrap();
        let missing = root.path().join("missing");
        let (path, _) = fingerprint(std::iter::once(missing.clone())).unwrap_err();
        assert_eq!(path, missing);
    }
}
