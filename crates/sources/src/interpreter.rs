//! The host's Python interpreter: which one is meant, and what it says about itself.
//!
//! It is found in the order uv uses: what is asked for by name, the active virtual or conda environment, a `.venv` in the working
//! folder or above it, the search path. What the answer means for markers and wheel tags is in [`packaging::environment`]; keeping it
//! for the next run is the caller's business.
//!
//! This starts the *user's own* interpreter, as any Python tool in that folder would, with a fixed script, isolated (`-I`: no
//! `PYTHON*` variables, no current folder on the module path) and without `site` (`-S`: no `.pth` file, no `sitecustomize`), so that
//! nothing installed in it runs. It never runs code of a package under analysis. A `.venv` beside a project counts as the user's own;
//! who analyses a project they do not trust states the environment (`--python-version`), and no interpreter is started at all.

mod search;
#[cfg(test)]
mod tests;

use std::{
    fmt, fs, io,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use packaging::environment::Description;

pub use search::{Request, Search};

/// How long an interpreter may take to describe itself; a cold start from a slow disk takes about one second.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much it may say, bytes; a description has about 800.
const ANSWER_BOUND: u64 = 64 * 1024;
/// What it is asked.
const SCRIPT: &str = include_str!("interpreter/describe.py");

/// An interpreter that was found and described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file to start it by, absolute.
    pub path: PathBuf,
    /// Why it is this one.
    pub why: Why,
    /// What it says about itself.
    pub description: Description,
}

/// Why an interpreter is the one; displays as a clause for the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The user asked for it.
    Asked(String),
    /// `VIRTUAL_ENV` names this environment.
    VirtualEnvironment(PathBuf),
    /// `CONDA_PREFIX` names this environment.
    CondaEnvironment(PathBuf),
    /// This environment is in the working folder or above it.
    Beside(PathBuf),
    /// It is the first one on the search path that works.
    SearchPath,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked(request) => write!(f, "asked for as `{request}`"),
            Self::VirtualEnvironment(folder) => write!(f, "the active virtual environment {}", folder.display()),
            Self::CondaEnvironment(folder) => write!(f, "the active conda environment {}", folder.display()),
            Self::Beside(folder) => write!(f, "the virtual environment {}", folder.display()),
            Self::SearchPath => f.write_str("the first on the search path"),
        }
    }
}

/// Why there is no interpreter to describe the environment.
#[derive(Debug, thiserror::Error)]
pub enum InterpreterError {
    /// Nothing fits.
    #[error(
        "find a Python interpreter: {wanted} is neither an active environment, nor in a `.venv`, nor on the search path{}",
        among(refused)
    )]
    NotFound {
        /// What was looked for (`an interpreter`, `Python ==3.12.*`, `python9`).
        wanted: String,
        /// The interpreters that were passed over, and why.
        refused: Vec<String>,
    },
    /// An environment that was named holds no interpreter.
    #[error("find a Python interpreter: {why} has none{}", if *missing { " (the folder does not exist)" } else { "" })]
    Empty {
        /// How the environment was named.
        why: Why,
        /// Whether not even the folder is there.
        missing: bool,
    },
    /// It cannot be started.
    #[error("start the interpreter {}", path.display())]
    Start {
        /// The interpreter.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// It did not answer in time.
    #[error("ask the interpreter {} about itself: no answer within {} s", path.display(), limit.as_secs_f32())]
    Silent {
        /// The interpreter.
        path: PathBuf,
        /// How long it was given.
        limit: Duration,
    },
    /// It ended with an error.
    #[error("ask the interpreter {} about itself: it ended with {status}: {said}", path.display())]
    Failed {
        /// The interpreter.
        path: PathBuf,
        /// Its exit status.
        status: ExitStatus,
        /// The last line of what it said on stderr.
        said: String,
    },
    /// What it answered is not a description.
    #[error("ask the interpreter {} about itself: its answer is not a description of a Python 3: {reason}", path.display())]
    Answer {
        /// The interpreter.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl InterpreterError {
    /// What the user can do about it, as a sentence.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => {
                "install Python 3, name an interpreter with `--python`, or state the environment with `--python-version`"
            }
            Self::Empty { .. } => {
                "deactivate or create that environment anew, name an interpreter with `--python`, or state the environment with `--python-version`"
            }
            Self::Start { .. } | Self::Silent { .. } | Self::Failed { .. } | Self::Answer { .. } => {
                "name another interpreter with `--python`, or state the environment with `--python-version`"
            }
        }
    }
}

/// How many of the interpreters that were passed over are told.
const MOST_TOLD: usize = 3;

fn among(refused: &[String]) -> String {
    let told = refused.iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join("; ");
    match refused.len() {
        0 => String::new(),
        all if all <= MOST_TOLD => format!(" (passed over: {told})"),
        all => format!(" (passed over: {told}; and {} more)", all - MOST_TOLD),
    }
}

/// Finds the interpreter that is meant and has `ask` describe it: [`describe`], or a look at what is stored and then [`describe`].
///
/// An environment that is active or beside the project is meant: when it does not work, that is the error. Interpreters on the search
/// path that do not work (Python 2, a shim that leads nowhere) are passed over, and so are those of another version than asked for.
///
/// # Errors
/// When nothing fits, or what is meant does not work.
pub fn find(
    search: &Search,
    mut ask: impl FnMut(&Path) -> Result<Description, InterpreterError>,
) -> Result<Found, InterpreterError> {
    let mut refused = Vec::new();
    for candidate in search.candidates() {
        let search::Candidate { path, why } = candidate?;
        match ask(&path) {
            Ok(description) => match search.refuses(&description) {
                None => return Ok(Found { path, why, description }),
                Some(reason) => refused.push(format!("{} {reason}", path.display())),
            },
            Err(error) if why == Why::SearchPath || search.is_open() => refused.push(error.to_string()),
            Err(error) => return Err(error),
        }
        if refused.len() >= search::MOST_REFUSED {
            break;
        }
    }
    Err(InterpreterError::NotFound { wanted: search.wanted(), refused })
}

/// Whether the file is a script (a shim of pyenv or asdf) rather than an interpreter: it may lead to another interpreter tomorrow, so
/// its description is not worth keeping under its path.
pub fn is_script(path: &Path) -> bool {
    let mut start = [0; 2];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && &start == b"#!"
}

/// Asks the interpreter at `path` about itself; see the module for how it is isolated.
///
/// # Errors
/// When it cannot be started, does not answer within 5 seconds, fails, or is not a Python 3.
pub fn describe(path: &Path) -> Result<Description, InterpreterError> {
    describe_within(path, PATIENCE)
}

fn describe_within(path: &Path, limit: Duration) -> Result<Description, InterpreterError> {
    let path = path.to_path_buf();
    let started = Instant::now();
    let mut child = match command(&path).spawn() {
        Ok(child) => child,
        Err(source) => return Err(InterpreterError::Start { path, source }),
    };
    let answer = child.stdout.take().map(collect);
    let talk = child.stderr.take().map(collect);
    let left = || limit.saturating_sub(started.elapsed());
    // Whatever is said: nothing more is read after the bound, and the process ends with this function.
    let answer = answer.map_or(Err(RecvTimeoutError::Disconnected), |answer| answer.recv_timeout(left()));
    let status = match &answer {
        Ok(answer) if answer.len() as u64 <= ANSWER_BOUND => wait(&mut child, left),
        _ => None,
    };
    let Some(status) = status else {
        // Both fail only for a process that has ended by itself.
        let _ = child.kill();
        let _ = child.wait();
        return Err(match answer {
            Ok(answer) if answer.len() as u64 > ANSWER_BOUND => {
                InterpreterError::Answer { path, reason: format!("it is longer than {ANSWER_BOUND} bytes") }
            }
            _ => InterpreterError::Silent { path, limit },
        });
    };
    if !status.success() {
        let talk = talk.and_then(|talk| talk.recv_timeout(left()).ok()).unwrap_or_default();
        return Err(InterpreterError::Failed { path, status, said: last_line(&talk) });
    }
    read(&answer.unwrap_or_default()).map_err(|reason| InterpreterError::Answer { path, reason })
}

fn command(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.args(["-I", "-S", "-B", "-c", SCRIPT]);
    // macOS tells programs built for older systems that it is 10.16, unless asked not to; the launcher variable would make a
    // framework build take itself for the environment Thoth was started from.
    command.env("SYSTEM_VERSION_COMPAT", "0").env_remove("__PYVENV_LAUNCHER__");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Reads a stream on a thread of its own, to its end or just beyond the bound. The thread is left alone when nobody waits for it any
/// more: it ends with the stream.
fn collect(stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    // Without a thread (a limit on processes) the receiver finds the other end closed, as if nothing had been said.
    let _ = thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is what there is.
        let _ = stream.take(ANSWER_BOUND + 1).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// Waits for a process that has closed its output, which ends at once unless it is up to something.
fn wait(child: &mut Child, left: impl Fn() -> Duration) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if !left().is_zero() => thread::sleep(Duration::from_millis(1)),
            _ => return None,
        }
    }
}

/// Reads the description, which is the last line: a shim may have said something before.
fn read(answer: &[u8]) -> Result<Description, String> {
    let text = std::str::from_utf8(answer).map_err(|_| "it is not UTF-8".to_string())?;
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).ok_or("it is empty")?;
    serde_json::from_str(line).map_err(|error| error.to_string())
}

fn last_line(talk: &[u8]) -> String {
    let text = String::from_utf8_lossy(talk);
    let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing");
    line.chars().filter(|sign| !sign.is_control()).take(300).collect()
}
