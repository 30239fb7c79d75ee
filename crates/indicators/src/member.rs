//! One file of an archive or folder, as it is handed in.
//!
//! Reading archives, and what is wrong with an archive itself, is left to the caller.

/// A file to look at: its path inside the archive, with `/` between folders, and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The path as the archive names it; findings repeat it.
    pub path: &'a str,
    /// The whole content.
    pub bytes: &'a [u8],
}

impl<'a> Member<'a> {
    /// The name of the file without its folders.
    pub fn file_name(&self) -> &'a str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// The ending after the last dot of the file's name, without the dot.
    pub fn extension(&self) -> Option<&'a str> {
        self.file_name().rsplit_once('.').map(|(_, extension)| extension)
    }

    /// Whether Python would import it as source.
    pub fn is_python(&self) -> bool {
        matches!(self.extension(), Some("py" | "pyw"))
    }
}
