//! Where stacks are tried: each in a fresh virtual environment, in which a command is run.
//!
//! This runs code of packages, because the user asks for that. How one command is run is in [`process`](super::process).

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use evidence::observation::{Figure, Outcome, Stage, line::MOST_FIGURES};
use packaging::{Url, requirement::without_credentials};
use tempfile::TempDir;

use super::{
    Exec,
    process::{Order, Ran, run},
    sandbox::Sandbox,
};
use crate::{
    advise::indexes::Routes,
    error::AdviseError,
    request::{IndexRole, Request},
    world::World,
};

/// Variables that a command gets as they are.
const PASSED: [&str; 12] = [
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TERM",
    "USER",
    "LOGNAME",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "COMSPEC",
    "PATHEXT",
    "WINDIR",
];
/// Variables that installing gets besides: how to reach an index.
const PASSED_TO_INSTALL: [&str; 13] = [
    "HOME",
    "USERPROFILE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NETRC",
];

/// What became of one attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// How far it went.
    pub stage: Stage,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took, seconds.
    pub seconds: f64,
    /// How fast it was, as the command says.
    pub figures: Vec<Figure>,
    /// What was printed at that stage; of very much, the beginning and the end.
    pub output: String,
}

/// What installs wheels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Installer {
    /// uv, which is on the search path.
    Uv,
    /// The pip of the interpreter, into an environment without one.
    Pip,
    /// A pip in each environment.
    OwnPip,
}

/// A place to try stacks in.
#[derive(Debug)]
pub(super) struct Lab<'a> {
    exec: &'a Exec,
    /// Where commands work.
    folder: PathBuf,
    interpreter: PathBuf,
    installer: Installer,
    pub(super) sandbox: Sandbox,
    passed: Vec<(OsString, OsString)>,
    to_install: Vec<(OsString, OsString)>,
    path: OsString,
    /// Everything that is made on the way; gone when dropped.
    bench: TempDir,
}

impl<'a> Lab<'a> {
    /// Sets one up with an interpreter.
    pub(super) fn open(
        exec: &'a Exec,
        interpreter: PathBuf,
        request: &Request,
        routes: &Routes,
        world: &World<'_>,
    ) -> Result<Self, AdviseError> {
        let failed = |source| AdviseError::Write { file: "a folder for trials".to_string(), source };
        let bench = tempfile::Builder::new().prefix("thoth-monkey-").tempdir().map_err(failed)?;
        let variable = |name: &&str| Some((OsString::from(*name), (world.variable)(name)?));
        let mut passed: Vec<_> = PASSED.iter().filter_map(variable).collect();
        passed.extend(exec.variables.iter().filter_map(|name| variable(&name.as_str())));
        let path = (world.variable)("PATH").unwrap_or_default();
        let mut to_install: Vec<_> = PASSED_TO_INSTALL.iter().filter_map(variable).collect();
        to_install.extend(index_variables(request, routes, bench.path()));
        Ok(Self {
            exec,
            folder: request.folder.clone(),
            installer: Installer::of(&interpreter, &path),
            sandbox: if exec.network { Sandbox::None } else { Sandbox::best(interpreter.as_os_str()) },
            interpreter,
            passed,
            to_install,
            path,
            bench,
        })
    }

    /// Tries a stack, given as a requirements file with hashes.
    pub(super) async fn attempt(&self, requirements: &str) -> Result<Attempt, AdviseError> {
        let failed = |source| AdviseError::Write { file: "a virtual environment".to_string(), source };
        let room = tempfile::Builder::new().prefix("stack-").tempdir_in(self.bench.path()).map_err(failed)?;
        let lock = room.path().join("requirements.txt");
        let prepared = std::fs::write(&lock, requirements)
            .and_then(|()| std::fs::create_dir(room.path().join("home")))
            .and_then(|()| std::fs::create_dir(room.path().join("tmp")));
        prepared.map_err(failed)?;
        let environment = room.path().join("environment");
        let mut seconds = 0.0;
        for words in [self.environment_words(&environment), self.install_words(&environment, &lock)] {
            let ran = run(&self.order(words, room.path(), Stage::Install)).await;
            seconds += ran.duration.as_secs_f64();
            if !ran.outcome.is_ok() {
                return Ok(attempt(Stage::Install, ran, seconds));
            }
        }
        let ran = run(&self.order(self.command_words(), room.path(), self.exec.stage)).await;
        let seconds = ran.duration.as_secs_f64();
        Ok(attempt(self.exec.stage, ran, seconds))
    }

    fn order(&self, words: Vec<OsString>, room: &Path, stage: Stage) -> Order {
        let programs = programs(&room.join("environment"));
        let paths = std::iter::once(programs.clone()).chain(std::env::split_paths(&self.path));
        let path = std::env::join_paths(paths).unwrap_or_else(|_| programs.into_os_string());
        let mut variables = self.passed.clone();
        let mut set = |name: &str, value: OsString| variables.push((name.into(), value));
        set("PATH", path);
        set("TMPDIR", room.join("tmp").into());
        set("TEMP", room.join("tmp").into());
        let is_install = stage == Stage::Install;
        if is_install {
            variables.extend(self.to_install.iter().cloned());
        } else {
            set("HOME", room.join("home").into());
            set("USERPROFILE", room.join("home").into());
            set("VIRTUAL_ENV", room.join("environment").into());
        }
        Order {
            words,
            folder: self.folder.clone(),
            variables,
            timeout: self.exec.timeout,
            memory: self.exec.memory.filter(|_| !is_install),
            sandbox: if is_install { Sandbox::None } else { self.sandbox.clone() },
        }
    }

    fn environment_words(&self, environment: &Path) -> Vec<OsString> {
        let interpreter = &self.interpreter;
        match self.installer {
            Installer::Uv => words(&[&"uv", &"venv", &"--quiet", &"--python", interpreter, &environment]),
            Installer::Pip => words(&[interpreter, &"-m", &"venv", &"--without-pip", &environment]),
            Installer::OwnPip => words(&[interpreter, &"-m", &"venv", &environment]),
        }
    }

    fn install_words(&self, environment: &Path, lock: &Path) -> Vec<OsString> {
        let python = programs(environment).join(if cfg!(windows) { "python.exe" } else { "python" });
        let mut all = match self.installer {
            Installer::Uv => words(&[&"uv", &"pip", &"install", &"--python", &python]),
            Installer::Pip => words(&[&self.interpreter, &"-m", &"pip", &"--python", &python, &"install"]),
            Installer::OwnPip => words(&[&python, &"-m", &"pip", &"install"]),
        };
        if self.installer != Installer::Uv {
            all.extend(words(&[&"--disable-pip-version-check", &"--no-input"]));
        }
        if !self.exec.builds {
            all.extend(words(&[&"--only-binary", &":all:"]));
        }
        all.extend(words(&[&"--no-deps", &"--require-hashes", &"-r", &lock]));
        all
    }

    /// The command as the shell of the system reads it.
    fn command_words(&self) -> Vec<OsString> {
        let shell = if cfg!(windows) { ["cmd", "/C"] } else { ["sh", "-c"] };
        shell.into_iter().chain([self.exec.command.as_str()]).map(OsString::from).collect()
    }
}

impl Installer {
    fn of(interpreter: &Path, path: &OsStr) -> Self {
        let name = if cfg!(windows) { "uv.exe" } else { "uv" };
        if std::env::split_paths(path).any(|folder| folder.join(name).is_file()) {
            return Self::Uv;
        }
        let mut asked = std::process::Command::new(interpreter);
        asked.args(["-m", "pip", "--version"]).env("PATH", path).stdin(Stdio::null());
        let said = asked.output().map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
        // `pip 24.0 from …`; since 22.3 pip installs into other environments than its own.
        let version = said.split_whitespace().nth(1).and_then(|version| version.parse::<packaging::Version>().ok());
        let is_new = version.is_some_and(|version| version >= packaging::Version::new([22, 3]));
        if is_new { Self::Pip } else { Self::OwnPip }
    }
}

/// Words of a command.
fn words(all: &[&dyn AsRef<OsStr>]) -> Vec<OsString> {
    all.iter().map(|word| word.as_ref().to_os_string()).collect()
}

/// The folder of an environment's programs.
fn programs(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

/// Tells pip and uv where packages come from, and nothing of their own configuration. Credentials are in variables, which others
/// cannot read, rather than in arguments.
fn index_variables(request: &Request, routes: &Routes, bench: &Path) -> Vec<(OsString, OsString)> {
    let with_credentials = |bare: &Url| {
        let same = request.indexes.iter().find(|source| without_credentials(&source.url) == *bare);
        same.map_or_else(|| bare.to_string(), |source| source.url.to_string())
    };
    let of = |role: fn(IndexRole) -> bool| {
        let places = routes.places.iter().filter(|place| role(place.role));
        places.map(|place| with_credentials(place.index.url())).collect::<Vec<String>>()
    };
    let links = of(|role| role == IndexRole::FindLinks);
    // The default comes last; whatever is installed is what the lock has the hash of.
    let mut indexes = of(|role| role != IndexRole::FindLinks);
    let mut variables: Vec<(OsString, OsString)> = vec![
        ("PIP_CONFIG_FILE".into(), if cfg!(windows) { "nul".into() } else { "/dev/null".into() }),
        ("UV_NO_CONFIG".into(), "1".into()),
        ("UV_INDEX_STRATEGY".into(), "unsafe-best-match".into()),
        ("PIP_CACHE_DIR".into(), bench.join("cache").into()),
    ];
    match indexes.pop() {
        None => {
            variables.push(("PIP_NO_INDEX".into(), "1".into()));
            variables.push(("UV_NO_INDEX".into(), "1".into()));
        }
        Some(default) => {
            variables.push(("PIP_INDEX_URL".into(), default.clone().into()));
            variables.push(("UV_DEFAULT_INDEX".into(), default.into()));
            variables.push(("PIP_EXTRA_INDEX_URL".into(), indexes.join(" ").into()));
            variables.push(("UV_INDEX".into(), indexes.join(" ").into()));
        }
    }
    variables.push(("PIP_FIND_LINKS".into(), links.join(" ").into()));
    variables.push(("UV_FIND_LINKS".into(), links.join(" ").into()));
    variables.retain(|(_, value)| !value.is_empty());
    variables
}

fn attempt(stage: Stage, ran: Ran, seconds: f64) -> Attempt {
    let figures = if ran.outcome.is_ok() && stage != Stage::Install { figures(&ran.output) } else { Vec::new() };
    Attempt { stage, outcome: ran.outcome, seconds, figures, output: ran.output }
}

/// The figures in what a command printed: an object of JSON a line, or one over the last lines.
fn figures(output: &str) -> Vec<Figure> {
    let lines = output.lines().map(str::trim).filter(|line| line.starts_with('{') && line.ends_with('}'));
    let mut figures: Vec<Figure> = lines.filter_map(|line| Figure::from_script(line).ok().flatten()).collect();
    let last = output.match_indices("{\n").filter(|(at, _)| *at == 0 || output[..*at].ends_with('\n')).last();
    if let Some((at, _)) = last {
        figures.extend(output.get(at..).and_then(|text| Figure::from_script(text).ok().flatten()));
    }
    figures.truncate(MOST_FIGURES);
    figures
}

/// The usual time of one step of an attempt.
pub const USUAL_TIMEOUT: Duration = Duration::from_secs(600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_lines_and_from_the_end() {
        let told = |output: &str| -> Vec<(String, f64)> {
            figures(output).into_iter().map(|figure| (figure.name, figure.rate)).collect()
        };
        assert_eq!(told("begin\n{\"name\": \"a\", \"rate\": 2.5}\n{\"rate\": 1}\n{oh}\nend"), [("a".to_string(), 2.5)]);
        let script =
            "log\n{\n  \"name\": \"PiMatmul\",\n  \"@parameters\": {\"reps\": 3},\n  \"@result\": {\"rate\": 9.8}\n}\n";
        assert_eq!(told(script), [("PiMatmul reps=3".to_string(), 9.8)]);
        assert_eq!(told("{\n{\n"), []);
        assert_eq!(told(&"{\"name\": \"a\", \"rate\": 1}\n".repeat(1000)).len(), MOST_FIGURES);
    }
}
