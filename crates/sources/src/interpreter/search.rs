//! Where interpreters may be, best first. Nothing is started here.

use std::{
    env::split_paths,
    ffi::OsString,
    fs,
    path::{MAIN_SEPARATOR, Path, PathBuf},
};

use packaging::{Version, VersionSpecifiers, environment::Description};

use super::{InterpreterError, Why};

/// How many interpreters are tried in vain before the search ends.
pub(super) const MOST_REFUSED: usize = 32;

/// What decides which interpreter is meant; every value is the caller's, nothing is read from the environment here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// What the user asks for (`--python`).
    pub request: Option<Request>,
    /// The working folder, absolute.
    pub folder: PathBuf,
    /// `VIRTUAL_ENV`.
    pub virtual_env: Option<PathBuf>,
    /// `CONDA_PREFIX`.
    pub conda_prefix: Option<PathBuf>,
    /// `CONDA_DEFAULT_ENV`: the base environment of conda is a last resort, not somebody's choice.
    pub conda_environment: Option<String>,
    /// `PATH`. Empty and relative parts are not searched: they would lead into the project.
    pub path: Option<OsString>,
}

/// What the user asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// This file, or the interpreter of this environment.
    Path(PathBuf),
    /// The first interpreter of this name on the search path (`python3.12`, `pypy3`).
    Name(String),
    /// Any interpreter of such a version.
    Version(VersionSpecifiers),
}

impl Request {
    /// Reads what `--python` takes: a path (anything with a separator, or that exists in `folder`), a version (`3.12`, `3.12.1`,
    /// `>=3.11,<3.13`, also as `python3.12`), or else a name on the search path.
    pub fn new(text: &str, folder: &Path) -> Self {
        let text = text.trim();
        let is_path = text.contains(['/', MAIN_SEPARATOR]) || (!text.is_empty() && folder.join(text).exists());
        if is_path {
            return Self::Path(text.into());
        }
        let version = text.strip_prefix("python").unwrap_or(text);
        match version_request(version) {
            Some(specifiers) => Self::Version(specifiers),
            None => Self::Name(text.to_string()),
        }
    }
}

/// `3.12` asks for every 3.12, as uv reads it; `3.12.1` for just that.
fn version_request(text: &str) -> Option<VersionSpecifiers> {
    let Ok(version) = text.parse::<Version>() else {
        return text.parse().ok().filter(|specifiers: &VersionSpecifiers| !specifiers.is_empty());
    };
    let wildcard = if version.release().len() < 3 && !version.any_prerelease() { ".*" } else { "" };
    format!("=={version}{wildcard}").parse().ok()
}

/// A file that may be the interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    pub(super) why: Why,
}

impl Search {
    /// The search from `folder` (absolute) with the values of environment variables that `variable` gives.
    pub fn new(folder: &Path, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        Self {
            request: None,
            folder: folder.to_path_buf(),
            virtual_env: set("VIRTUAL_ENV").map(Into::into),
            conda_prefix: set("CONDA_PREFIX").map(Into::into),
            conda_environment: set("CONDA_DEFAULT_ENV").and_then(|name| name.into_string().ok()),
            path: set("PATH"),
        }
    }

    /// Every file that may be meant, best first, looked up as it is asked for.
    pub(super) fn candidates(&self) -> Box<dyn Iterator<Item = Result<Candidate, InterpreterError>> + '_> {
        match &self.request {
            Some(Request::Path(path)) => {
                let why = Why::Asked(path.display().to_string());
                let path = self.folder.join(path);
                let found = if path.is_dir() {
                    within(&path, why)
                } else {
                    // Whatever it is: starting it tells better what is wrong with it.
                    Ok(Candidate { path, why })
                };
                Box::new(std::iter::once(found))
            }
            Some(Request::Name(name)) => {
                let why = Why::Asked(name.clone());
                let file = if cfg!(windows) && !name.ends_with(".exe") { format!("{name}.exe") } else { name.clone() };
                let found = self.path_folders().map(move |folder| folder.join(&file)).find(|file| is_program(file));
                Box::new(found.map(|path| Ok(Candidate { path, why })).into_iter())
            }
            None | Some(Request::Version(_)) => Box::new(
                self.environments().into_iter().filter(|found| !self.is_open() || found.is_ok()).chain(
                    self.path_folders()
                        .flat_map(names_in)
                        .filter(|file| is_program(file))
                        .map(|path| Ok(Candidate { path, why: Why::SearchPath })),
                ),
            ),
        }
    }

    /// Whether any interpreter will do that fits, so that a broken environment is passed over.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.request, Some(Request::Version(_)))
    }

    /// What is looked for, for the reader.
    pub(super) fn wanted(&self) -> String {
        match &self.request {
            Some(Request::Path(path)) => path.display().to_string(),
            Some(Request::Name(name)) => format!("`{name}`"),
            Some(Request::Version(specifiers)) => format!("a Python {specifiers}"),
            None => "a Python 3".to_string(),
        }
    }

    /// Why an interpreter that works is not the one asked for, as a clause.
    pub(super) fn refuses(&self, description: &Description) -> Option<String> {
        let Some(Request::Version(specifiers)) = &self.request else { return None };
        let text = &description.markers.python_full_version;
        let fits = text.parse().is_ok_and(|version: Version| specifiers.contains(&version));
        (!fits).then(|| format!("is Python {}", text.chars().take(40).collect::<String>()))
    }

    /// The environments that are active or beside the project.
    fn environments(&self) -> Vec<Result<Candidate, InterpreterError>> {
        let mut found = Vec::new();
        if let Some(folder) = &self.virtual_env {
            let folder = self.folder.join(folder);
            found.push(within(&folder, Why::VirtualEnvironment(folder.clone())));
        }
        let conda = self.conda_prefix.as_ref().map(|folder| {
            let folder = self.folder.join(folder);
            within(&folder, Why::CondaEnvironment(folder.clone()))
        });
        let is_base = matches!(self.conda_environment.as_deref(), Some("base" | "root"));
        let beside = self.folder.ancestors().find_map(|folder| {
            // The working folder may be inside of an environment; a `.venv` without this file is something else.
            [folder.to_path_buf(), folder.join(".venv")].into_iter().find(|folder| folder.join("pyvenv.cfg").is_file())
        });
        let beside = beside.map(|folder| within(&folder, Why::Beside(folder.clone())));
        let (first, last) = if is_base { (beside, conda) } else { (conda, beside) };
        found.extend(first.into_iter().chain(last));
        found
    }

    fn path_folders(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.path.iter().flat_map(|path| split_paths(path)).filter(|folder| folder.is_absolute())
    }
}

/// The interpreter of an environment, in the layout of the platform.
fn within(folder: &Path, why: Why) -> Result<Candidate, InterpreterError> {
    let names: &[&str] = if cfg!(windows) {
        &["Scripts/python.exe", "bin/python.exe", "python.exe"]
    } else {
        &["bin/python", "bin/python3"]
    };
    match names.iter().map(|name| folder.join(name)).find(|file| is_program(file)) {
        Some(path) => Ok(Candidate { path, why }),
        None => Err(InterpreterError::Empty { why, missing: !folder.exists() }),
    }
}

/// The names an interpreter may have in a folder of the search path: the general ones, then the newest version first.
fn names_in(folder: PathBuf) -> impl Iterator<Item = PathBuf> {
    const NEWEST: u8 = 30;
    const OLDEST: u8 = 6;
    let general = ["python3".to_string(), "python".to_string()].into_iter();
    let numbered = (OLDEST..=NEWEST).rev().map(|minor| format!("python3.{minor}"));
    let ending = if cfg!(windows) { ".exe" } else { "" };
    general.chain(numbered).map(move |name| folder.join(name + ending))
}

/// Whether the file can be started. Windows puts empty files in place of a Python that could be bought from its store.
fn is_program(file: &Path) -> bool {
    let Ok(metadata) = fs::metadata(file) else { return false };
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    metadata.is_file() && metadata.len() > 0 && may_run
}
