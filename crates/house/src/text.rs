//! The text files of the project, without what version control ignores.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What holds nothing of the project, where there is no version control to ask.
const NOT_OURS: [&str; 3] = [".git", "target", "__pycache__"];

/// A text file of the project.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// Its path from the root of the project, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// All text files of the project at `root`, sorted by path: what git tracks or would; everything in a source archive
/// without git. Files that are not UTF-8 are no text.
pub fn all(root: &Path) -> Vec<TextFile> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .ok()
        .filter(|output| output.status.success() && !output.stdout.is_empty());
    let Some(listed) = listed else { return below(root, root) };
    let paths = String::from_utf8_lossy(&listed.stdout);
    let mut found: Vec<TextFile> = paths
        .split_terminator('\0')
        .filter_map(|path| Some(TextFile { path: path.to_owned(), text: fs::read_to_string(root.join(path)).ok()? }))
        .collect();
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// All text files in `folder` and below, sorted by path from `root`.
///
/// # Panics
///
/// When a folder cannot be read: a rule must not pass because nothing was looked at.
pub fn below(root: &Path, folder: &Path) -> Vec<TextFile> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("read {}: {error}", folder.display()));
        for entry in entries {
            let entry = entry.unwrap_or_else(|error| panic!("read {}: {error}", folder.display()));
            let (path, name) = (entry.path(), entry.file_name());
            if NOT_OURS.iter().any(|not| name == *not) {
                continue;
            }
            let kind = entry.file_type().unwrap_or_else(|error| panic!("look at {}: {error}", path.display()));
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file()
                && let Ok(text) = fs::read_to_string(&path)
            {
                let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                found.push(TextFile { path, text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}
