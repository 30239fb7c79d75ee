//! Where something was written, for messages.

use std::fmt;

/// The place a requirement, bound or option was written: what an error or an explanation points at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Origin {
    /// The file as its reader names it (`requirements.txt`, `-` for standard input, `--requirement` for a flag).
    pub file: String,
    /// The line, counted from 1, where the format has lines.
    pub line: Option<u32>,
    /// The part of the file (`project.dependencies`, `dependency-groups.dev`), where lines say too little.
    pub part: Option<String>,
}

impl Origin {
    /// A place known by its file alone.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, part: None }
    }

    /// A line (from 1) of a file.
    pub fn line(file: impl Into<String>, line: u32) -> Self {
        Self { file: file.into(), line: Some(line), part: None }
    }

    /// The same place, said more exactly.
    #[must_use]
    pub fn part(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(part) = &self.part {
            write!(f, " ({part})")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_reads_like_a_compiler_message() {
        assert_eq!(Origin::line("requirements.txt", 3).to_string(), "requirements.txt:3");
        assert_eq!(
            Origin::line("pyproject.toml", 7).part("project.dependencies").to_string(),
            "pyproject.toml:7 (project.dependencies)"
        );
    }
}
