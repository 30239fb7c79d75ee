//! What a process stands in: variables, folders, files, clock, terminal. The one door of the configuration to the machine.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, IsTerminal, Read},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

/// The most a configuration file may hold.
const LIMIT: u64 = 8 << 20;

/// Everything outside of the command line that settings depend on.
pub struct Surroundings {
    /// The environment variables that are Unicode.
    pub variables: BTreeMap<String, String>,
    /// The names of the variables of Thoth, uv and pip that are not Unicode: they cannot be used, and are noted.
    pub not_unicode: Vec<String>,
    /// The working directory.
    pub folder: PathBuf,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// Whose folders are used.
    pub platform: Platform,
    /// The present; what `--exclude-newer 7d` counts from.
    pub now: Timestamp,
    /// Whether standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// How files are read.
    pub files: Box<dyn Files>,
}

/// A family of platforms that agree on where things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Linux and other systems that follow the XDG base directories.
    Unix,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

/// Reads files.
pub trait Files {
    /// The content of a file; `None` when there is none of that name.
    ///
    /// # Errors
    /// When it is there but cannot be read, is no file, or is larger than a configuration file can be.
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>>;

    /// Whether something is at `path`.
    fn exists(&self, path: &Path) -> bool;
}

impl Surroundings {
    /// Those of this process.
    ///
    /// # Errors
    /// When there is no working directory (it was removed).
    pub fn of_process() -> io::Result<Self> {
        let mut variables = BTreeMap::new();
        let mut not_unicode = Vec::new();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) if value.is_empty() => {}
                Ok(value) => {
                    variables.insert(name, value);
                }
                Err(_) if ["THOTH_", "UV_", "PIP_"].iter().any(|tool| name.starts_with(tool)) => not_unicode.push(name),
                Err(_) => {}
            }
        }
        Ok(Self {
            variables,
            not_unicode,
            folder: std::env::current_dir()?,
            home: std::env::home_dir().filter(|home| home.is_absolute()),
            platform: if cfg!(windows) {
                Platform::Windows
            } else if cfg!(target_os = "macos") {
                Platform::MacOs
            } else {
                Platform::Unix
            },
            now: Timestamp::now(),
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
            files: Box::new(Disk),
        })
    }

    /// A variable; an empty one counts as unset, as with pip.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A folder that a variable names; a relative one is void, as the XDG specification wants it.
    pub(crate) fn folder_variable(&self, name: &str) -> Option<PathBuf> {
        self.variable(name).map(PathBuf::from).filter(|path| path.is_absolute())
    }

    /// A path as a message names it: relative to the working directory where it lies below it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let short = path.strip_prefix(&self.folder).unwrap_or(path);
        short.display().to_string()
    }
}

/// The file system.
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        let absent = |error: &io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
        let kind = match std::fs::metadata(path) {
            Err(error) if absent(&error) => return Ok(None),
            metadata => metadata?.file_type(),
        };
        if path == Path::new("/dev/null") || path.as_os_str().eq_ignore_ascii_case("nul") {
            return Ok(Some(Vec::new()));
        }
        // A directory cannot be read, and a pipe or device might never end.
        if !kind.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let mut content = Vec::new();
        File::open(path)?.take(LIMIT + 1).read_to_end(&mut content)?;
        if content.len() as u64 > LIMIT {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "larger than 8 MiB"));
        }
        Ok(Some(content))
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }
}
