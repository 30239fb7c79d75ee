//! A folder with a numbered folder for each stack, which appears whole or not at all.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::error::AdviseError;

/// Where stacks are put. What is there already stays.
#[derive(Clone, Debug)]
pub struct Shelf {
    folder: PathBuf,
    first: usize,
}

impl Shelf {
    /// Opens a shelf, which is made where it is missing.
    ///
    /// # Errors
    /// When there can be no such folder, or it cannot be read.
    pub fn open(folder: &Path) -> Result<Self, AdviseError> {
        let failed = |source| failed(folder, source);
        fs::create_dir_all(folder).map_err(failed)?;
        let mut first = 1;
        for entry in fs::read_dir(folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if let Some(number) = name.to_str().and_then(|name| name.parse::<usize>().ok()) {
                first = first.max(number.saturating_add(1));
            }
        }
        Ok(Self { folder: folder.to_path_buf(), first })
    }

    /// The number of the first stack that can be put here.
    pub fn first_free(&self) -> usize {
        self.first
    }

    /// Puts files under a number; the folder they are in.
    pub(super) fn put(&self, number: usize, files: &[(&str, &[u8])]) -> Result<PathBuf, AdviseError> {
        let target = self.folder.join(number.to_string());
        let put = || -> io::Result<()> {
            let made = tempfile::Builder::new().prefix(".thoth-").tempdir_in(&self.folder)?;
            for (name, bytes) in files {
                fs::write(made.path().join(name), bytes)?;
            }
            readable(made.path())?;
            fs::rename(made.path(), &target)?;
            // There is nothing left to remove.
            let _ = made.keep();
            Ok(())
        };
        put().map_err(|source| failed(&target, source))?;
        Ok(target)
    }
}

/// A temporary folder is for its owner alone; a stack is for everybody who may read the project.
#[cfg(unix)]
fn readable(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}

fn failed(path: &Path, source: io::Error) -> AdviseError {
    AdviseError::Write { file: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_put_whole_and_beside_those_that_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a").join("stacks");
        let shelf = Shelf::open(&place).unwrap();
        assert_eq!(shelf.first_free(), 1);
        shelf.put(1, &[("requirements.txt", b"six==1.0\n")]).unwrap();
        shelf.put(12, &[("requirements.txt", b"six==1.1\n")]).unwrap();
        assert_eq!(Shelf::open(&place).unwrap().first_free(), 13);
        assert_eq!(fs::read(place.join("1").join("requirements.txt")).unwrap(), b"six==1.0\n");
        assert!(shelf.put(12, &[("requirements.txt", b"other")]).is_err(), "what is there stays");
        assert_eq!(fs::read(place.join("12").join("requirements.txt")).unwrap(), b"six==1.1\n");
        assert_eq!(fs::read_dir(&place).unwrap().count(), 2, "and nothing is left beside it");
    }
}
