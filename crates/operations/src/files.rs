//! Files as they are written: whole, or not at all.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::error::AdviseError;

/// Writes a file whole or not at all: a temporary file beside it, synced, then renamed over it. Problems name it as seen from
/// `folder`.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, bytes: &[u8], folder: &Path) -> Result<(), AdviseError> {
    let failed = |source| AdviseError::Write { file: shown(path, folder), source };
    let target = behind_links(path).map_err(failed)?;
    has_folder(path, folder)?;
    let parent = folder_of(&target);
    // The name of the temporary file says nothing to the reader.
    let refused = |error: io::Error| {
        let why = format!("no file can be made in {}: {}", parent.display(), error.kind());
        failed(io::Error::new(error.kind(), why))
    };
    let mut file = tempfile::Builder::new().prefix(".thoth-").tempfile_in(parent).map_err(refused)?;
    file.write_all(bytes).map_err(failed)?;
    match fs::metadata(&target) {
        Ok(metadata) => file.as_file().set_permissions(metadata.permissions()).map_err(failed)?,
        Err(_) => ordinary_permissions(file.as_file()).map_err(failed)?,
    }
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    // The rename itself is only safe on disk when the folder is; not every file system lets a folder be synced.
    if let Ok(folder) = fs::File::open(parent) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Checks that there is a folder for the file that `path` leads to; what is wrong with it otherwise is told when it is written.
///
/// # Errors
/// When there is none.
pub fn has_folder(path: &Path, folder: &Path) -> Result<(), AdviseError> {
    let Ok(target) = behind_links(path) else { return Ok(()) };
    let parent = folder_of(&target);
    // What cannot be looked at for another reason is told when the file is written.
    let is_file = match fs::metadata(parent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => true,
        Ok(metadata) if !metadata.is_dir() => true,
        _ => return Ok(()),
    };
    Err(AdviseError::NoFolder { file: shown(path, folder), folder: shown(parent, folder), is_file })
}

/// A path as the user would write it.
pub(crate) fn shown(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file that is replaced: a link is followed, also to a file that is not there yet, and stays a link.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    /// As many as Linux follows.
    const MOST_LINKS: usize = 40;
    let mut target = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&target) {
            Ok(next) => target = target.parent().map(|folder| folder.join(&next)).unwrap_or(next),
            // No link, or nothing there.
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("its links lead in a circle"))
}

/// Temporary files are for their owner alone; a lock is for everybody who may read the project.
#[cfg(unix)]
fn ordinary_permissions(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn ordinary_permissions(_file: &fs::File) -> io::Result<()> {
    Ok(())
}
