//! New prescriptions, written to files: whole or not at all, and never over one that is there.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use prescriptions::{Builder, Note, lint::lint};

use crate::error::AdviseError;

/// Writes a note into `folder`, which is made where it is missing; the file it is in, and whether it was there already.
///
/// # Errors
/// When the file cannot be written, would not be read back, or could never do anything.
pub fn note(note: &Note, folder: &Path) -> Result<(PathBuf, bool), AdviseError> {
    let path = folder.join(format!("{}.yaml", note.name));
    let text = note.yaml();
    if fs::read_to_string(&path).is_ok_and(|there| there == text) {
        return Ok((path, true));
    }
    write(&path, &text)?;
    Ok((path, false))
}

/// Writes a file of prescriptions that is not there yet, into a folder that is made where it is missing.
///
/// # Errors
/// When it is there, cannot be written, would not be read back, or could never do anything.
pub fn write(path: &Path, text: &str) -> Result<(), AdviseError> {
    let mut builder = Builder::new();
    builder.add(&path.display().to_string(), text.as_bytes());
    let collection = builder.finish();
    if let Some(problem) = collection.problems.first().or(lint(&collection).first()) {
        return Err(AdviseError::Usage(problem.to_string()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    let mut file =
        tempfile::Builder::new().prefix(".thoth-").tempfile_in(folder).map_err(|source| failed(path, source))?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(|source| failed(path, source))?;
    readable(file.path()).map_err(|source| failed(path, source))?;
    file.persist_noclobber(path).map_err(|error| failed(path, error.error))?;
    Ok(())
}

/// A temporary file is for its owner only; a file of a project is for all who may read the project.
#[cfg(unix)]
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}

fn failed(path: &Path, source: io::Error) -> AdviseError {
    AdviseError::Write { file: path.display().to_string(), source }
}
