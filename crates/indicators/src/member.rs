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

    /// Whether Python runs it as source: by its ending, or because its first line asks for Python, as that of a script does.
    pub fn is_python(&self) -> bool {
        matches!(self.extension(), Some("py" | "pyw")) || self.asks_for_python()
    }

    fn asks_for_python(&self) -> bool {
        let start = self.bytes.get(..LONGEST_FIRST_LINE).unwrap_or(self.bytes);
        let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        line.strip_prefix(b"#!").is_some_and(|line| memchr::memmem::find(line, b"python").is_some())
    }
}

/// A first line that names an interpreter is no longer, by what kernels read of it.
const LONGEST_FIRST_LINE: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_is_known_by_its_ending_or_by_its_first_line() {
        let is_python = |path, bytes| Member { path, bytes }.is_python();
        assert!(is_python("a/b.py", b""));
        assert!(is_python("a-1.data/scripts/tool", b"#!python\nimport os\n"));
        assert!(is_python("bin/tool", b"#!/usr/bin/env python3.13 -E\n"));
        assert!(!is_python("bin/tool", b"#!/bin/sh\npython\n"));
        assert!(is_python("bin/tool-1.2", b"#!python\n"));
        assert!(!is_python("a/b.pyc", b"\xcb\x0d\x0d\x0a"));
        assert!(!is_python("python", b""));
    }
}
