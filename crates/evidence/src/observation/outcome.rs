//! How far an attempt went, and how it ended.

use std::{fmt, str::FromStr};

/// How far an attempt went: the step that ended it, or the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The releases were installed.
    Install,
    /// The application was built, or one of the releases.
    Build,
    /// The packages were imported.
    Import,
    /// Tests were run.
    Test,
    /// The application was run.
    Run,
}

impl Stage {
    /// All of them, in the order in which they come.
    pub const ALL: [Self; 5] = [Self::Install, Self::Build, Self::Import, Self::Test, Self::Run];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Build => "build",
            Self::Import => "import",
            Self::Test => "test",
            Self::Run => "run",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Stage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|stage| stage.name() == text);
        found.ok_or_else(|| format!("`{}` is no stage: one of {}", packaging::text::one_line(text, 40), all()))
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As wanted.
    Ok,
    /// Not as wanted.
    Failed(Cause),
}

impl Outcome {
    /// Whether it ended as wanted.
    pub fn is_ok(self) -> bool {
        self == Self::Ok
    }

    /// Whether it tells something of the releases that were tried: a stack that does not exist was never tried.
    pub fn is_verdict(self) -> bool {
        self != Self::Failed(Cause::Unresolved)
    }
}

/// As `ok` or `failed`, with the cause.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Failed(Cause::Unknown) => f.write_str("failed"),
            Self::Failed(cause) => write!(f, "failed ({cause})"),
        }
    }
}

/// Why an attempt failed, as far as a process can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Nobody said.
    #[default]
    Unknown,
    /// The process ended with this code, which is not zero.
    Exit(i32),
    /// A signal ended the process.
    Signal(i32),
    /// It took longer than it was given.
    Timeout,
    /// It wanted more memory than it was given.
    Memory,
    /// There is no such stack: its requirements conflict, or a release is not to be had.
    Unresolved,
}

/// As in a line: `exit 1`, `signal 9`, `timeout`, `memory`, `unresolved`, `unknown`.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Exit(code) => write!(f, "exit {code}"),
            Self::Signal(number) => write!(f, "signal {number}"),
            Self::Timeout => f.write_str("timeout"),
            Self::Memory => f.write_str("memory"),
            Self::Unresolved => f.write_str("unresolved"),
        }
    }
}

impl FromStr for Cause {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || {
            let shown = packaging::text::one_line(text, 40);
            format!("`{shown}` is no cause: `exit N`, `signal N`, `timeout`, `memory`, `unresolved` or `unknown`")
        };
        let number = |text: &str| text.parse::<i32>().ok().filter(|number| *number != 0).ok_or_else(refused);
        match text.split_once(' ') {
            Some(("exit", code)) => number(code).map(Self::Exit),
            Some(("signal", signal)) => number(signal).map(Self::Signal),
            _ => match text {
                "unknown" => Ok(Self::Unknown),
                "timeout" => Ok(Self::Timeout),
                "memory" => Ok(Self::Memory),
                "unresolved" => Ok(Self::Unresolved),
                _ => Err(refused()),
            },
        }
    }
}
