//! `add` and `remove`: changes of what a project requires, in the file that says it.
//!
//! How a text is changed is known to [`packaging::project::edit`]; here it is read, read again when changed, and written whole or
//! not at all.

use std::{
    io,
    path::{Path, PathBuf},
};

use packaging::{
    PackageName, Url,
    project::{
        self, Files, Kind, Selected, Selection,
        edit::{self, Addition, Change, EditError, Section},
    },
};

use crate::{
    advise::{bounded, decode},
    error::AdviseError,
    files::{self, shown},
};

/// What Windows editors mark UTF-8 with.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What is to become of one file.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The working folder; messages name files relative to it.
    pub folder: PathBuf,
    /// The file, absolute.
    pub file: PathBuf,
    /// The text to begin with where there is no such file; `None` when it has to be there.
    pub begin: Option<String>,
    /// Which list of the file; for removals, `None` means all of them.
    pub section: Option<Section>,
    /// What is added.
    pub additions: Vec<Addition>,
    /// What is removed.
    pub removals: Vec<PackageName>,
    /// The index that what is added comes from, and the one of everything else.
    pub index: Option<(Url, Url)>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Done {
    /// The file as the user would write it.
    pub file: String,
    /// Whether it was not there before.
    pub is_new: bool,
    /// What changed, in order; nothing where all was so already.
    pub changes: Vec<Change>,
}

/// Changes a file.
///
/// # Errors
/// When it cannot be read, changed or written, or would not be understood any more. It is as it was then.
pub fn apply(edit: &Edit, variable: &dyn Fn(&str) -> Option<String>) -> Result<Done, AdviseError> {
    let file = shown(&edit.file, &edit.folder);
    let failed = |source| AdviseError::Read { file: file.clone(), source };
    let not_text = || io::Error::new(io::ErrorKind::InvalidData, "it is not text in UTF-8; save it as UTF-8");
    let (before, mark, is_new) = match bounded(&edit.file) {
        Ok(bytes) => {
            let mark = if bytes.starts_with(MARK) { MARK } else { &[] };
            let text = bytes.get(mark.len()..).and_then(|bytes| std::str::from_utf8(bytes).ok());
            (text.ok_or_else(not_text).map_err(failed)?.to_string(), mark, false)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => match &edit.begin {
            Some(text) => (text.clone(), &[][..], true),
            None => return Err(failed(error)),
        },
        Err(error) => return Err(failed(error)),
    };
    let kind = Kind::of(&file, &before).ok_or_else(|| AdviseError::Kind { file: file.clone() })?;
    let refused = |error: EditError| AdviseError::Usage(error.to_string());
    let mut text = before.clone();
    let mut changes = Vec::new();
    for package in &edit.removals {
        let edited = edit::remove(kind, &file, &text, package, edit.section.as_ref()).map_err(refused)?;
        text = edited.text;
        changes.extend(edited.changes);
    }
    let main = Section::Main;
    for addition in &edit.additions {
        let section = edit.section.as_ref().unwrap_or(&main);
        let edited = edit::add(kind, &file, &text, addition, section).map_err(refused)?;
        text = edited.text;
        changes.extend(edited.changes);
        if let Some((url, home)) = &edit.index {
            let edited = edit::add_index(kind, &file, &text, addition.package(), (url, home)).map_err(refused)?;
            text = edited.text;
            changes.extend(edited.changes);
        }
    }
    if changes.is_empty() {
        return Ok(Done { file, is_new: false, changes });
    }
    // Whatever else is wrong in the file was so before.
    let folder = Folder(edit.file.parent().unwrap_or(&edit.folder));
    let all = Selection { extras: Selected::All, groups: Selected::All };
    let reads = |text: &str| project::read(kind, &file, text, &folder, variable, &all);
    if let Err(error) = reads(&text)
        && (is_new || reads(&before).is_ok())
    {
        return Err(AdviseError::Project(error));
    }
    if let Some(parent) = edit.file.parent().filter(|_| is_new) {
        std::fs::create_dir_all(parent)
            .map_err(|source| AdviseError::Write { file: shown(parent, &edit.folder), source })?;
    }
    files::write(&edit.file, &[mark, text.as_bytes()].concat(), &edit.folder)?;
    Ok(Done { file, is_new, changes })
}

/// The other files that a file names, as far as they are on this machine.
struct Folder<'a>(&'a Path);

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        // What is on a server is not fetched to change a line here.
        if path.contains("://") {
            return Ok(String::new());
        }
        let bytes = bounded(&self.0.join(path)).map_err(|error| error.to_string())?;
        decode(&bytes)
    }
}
