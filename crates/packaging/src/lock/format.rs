//! The lock formats by name.

use std::{fmt, str::FromStr};

/// A format a lock can be written in; displays as `--lock-format` takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Format {
    /// `pylock.toml` (PEP 751).
    Pylock,
    /// A requirements file with hashes.
    Requirements,
    /// pipenv's `Pipfile.lock`.
    PipfileLock,
}

/// Why a text names no lock format.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a lock format: `pylock`, `requirements` or `pipfile` is expected")]
pub struct FormatError(String);

impl Format {
    /// All of them, the preferred one first.
    pub const ALL: [Self; 3] = [Self::Pylock, Self::Requirements, Self::PipfileLock];

    /// The name `--lock-format` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pylock => "pylock",
            Self::Requirements => "requirements",
            Self::PipfileLock => "pipfile",
        }
    }

    /// The file a lock of this format is written to when the user names none.
    pub fn filename(self) -> &'static str {
        match self {
            Self::Pylock => "pylock.toml",
            Self::Requirements => "requirements.txt",
            Self::PipfileLock => "Pipfile.lock",
        }
    }

    /// The format that a path stands for: `pylock.toml` and `pylock.<name>.toml` (PEP 751), `*.txt` and `*.in`, `Pipfile.lock`.
    pub fn of_path(path: &str) -> Option<Self> {
        let filename = path.rsplit(['/', '\\']).next()?;
        if filename == "Pipfile.lock" {
            return Some(Self::PipfileLock);
        }
        if filename == "pylock.toml" || is_named_pylock(filename) {
            return Some(Self::Pylock);
        }
        let (stem, extension) = filename.rsplit_once('.')?;
        let requirements = ["txt", "in"].iter().any(|known| extension.eq_ignore_ascii_case(known));
        (requirements && !stem.is_empty()).then_some(Self::Requirements)
    }
}

/// PEP 751 matches `^pylock\.([^.]+)\.toml$`.
fn is_named_pylock(filename: &str) -> bool {
    filename
        .strip_prefix("pylock.")
        .and_then(|rest| rest.strip_suffix(".toml"))
        .is_some_and(|name| !name.is_empty() && !name.contains('.'))
}

impl FromStr for Format {
    type Err = FormatError;

    /// Reads the name of a format, or of its usual file (`pylock.toml`, as `uv export --format` has it).
    fn from_str(text: &str) -> Result<Self, FormatError> {
        Self::ALL
            .into_iter()
            .find(|format| text == format.name() || text == format.filename())
            .ok_or_else(|| FormatError(text.chars().take(80).collect()))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_follows_the_name_of_the_file() {
        for path in ["pylock.toml", "a/b/pylock.dev.toml", r"a\pylock.toml"] {
            assert_eq!(Format::of_path(path), Some(Format::Pylock), "{path}");
        }
        for path in ["requirements.txt", "a/dev.in", "LOCK.TXT"] {
            assert_eq!(Format::of_path(path), Some(Format::Requirements), "{path}");
        }
        assert_eq!(Format::of_path("x/Pipfile.lock"), Some(Format::PipfileLock));
        for path in ["", "/", ".txt", "pylock.a.b.toml", "pylock..toml", "Pipfile", "pyproject.toml", "uv.lock"] {
            assert_eq!(Format::of_path(path), None, "{path}");
        }
    }

    #[test]
    fn a_format_survives_the_round_trip() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
            assert_eq!(Format::of_path(format.filename()), Some(format));
        }
        assert_eq!(
            "poetry".parse::<Format>().unwrap_err().to_string(),
            "`poetry` is not a lock format: `pylock`, `requirements` or `pipfile` is expected"
        );
    }
}
