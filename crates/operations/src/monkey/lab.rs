//! Where stacks are tried: each in a fresh virtual environment, in which a command is run.
//!
//! This runs code of packages, because the user asks for that. How one command is run is in [`process`](super::process).

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use evidence::observation::{
    Figure, Outcome, Stage,
    line::{MOST_FIGURES, tail},
};
use tempfile::TempDir;

use super::{
    Exec,
    installer::{Installer, programs},
    process::{Order, Ran, run},
    sandbox::Sandbox,
};
use crate::{advise::indexes::Routes, error::AdviseError, request::Request, world::World};

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

/// What became of one attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// How far it went.
    pub stage: Stage,
    /// How it ended.
    pub outcome: Outcome,
    /// How long that stage took, seconds.
    pub seconds: f64,
    /// How fast it was, as the command says.
    pub figures: Vec<Figure>,
    /// What was printed at that stage; of very much, the beginning and the end.
    pub output: String,
}

/// A place to try stacks in.
#[derive(Debug)]
pub(super) struct Lab<'a> {
    exec: &'a Exec,
    /// Where commands work.
    folder: PathBuf,
    installer: Installer,
    pub(super) sandbox: Sandbox,
    passed: Vec<(OsString, OsString)>,
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
        let sandbox = Sandbox::best(&interpreter, exec.network);
        if exec.memory.is_some() && !sandbox.runs(&[interpreter.as_os_str(), "-c".as_ref(), "".as_ref()], exec.memory) {
            let why =
                "--memory-each: not even Python starts with that, or this system cannot bound the memory of a process";
            return Err(AdviseError::Usage(why.to_string()));
        }
        Ok(Self {
            exec,
            folder: request.folder.clone(),
            installer: Installer::new(interpreter, exec.builds, (request, routes), bench.path(), world)?,
            sandbox,
            passed,
            path: (world.variable)("PATH").unwrap_or_default(),
            bench,
        })
    }

    /// Tries a stack, given as a requirements file with hashes.
    ///
    /// # Errors
    /// When it cannot be tried, for whatever is not the fault of the stack.
    pub(super) async fn attempt(&self, requirements: &str) -> Result<Attempt, AdviseError> {
        let failed = |source| AdviseError::Write { file: "a virtual environment".to_string(), source };
        let room = tempfile::Builder::new().prefix("stack-").tempdir_in(self.bench.path()).map_err(failed)?;
        let room = room.path();
        let lock = room.join("requirements.txt");
        let prepared = std::fs::write(&lock, requirements)
            .and_then(|()| std::fs::create_dir(room.join("home")))
            .and_then(|()| std::fs::create_dir(room.join("tmp")));
        prepared.map_err(failed)?;
        let environment = room.join("environment");
        let words = self.installer.environment_words(&environment);
        let made = self.run(Sandbox::None, words, room, Stage::Install).await?;
        if let Outcome::Failed(cause) = made.outcome {
            let said = tail(&made.output);
            return Err(AdviseError::Usage(format!(
                "make a virtual environment to try stacks in: {cause}\n{}",
                said.trim_end()
            )));
        }
        // Only what is built runs code of a release.
        let sandbox = if self.exec.builds { self.sandbox.with_network() } else { Sandbox::None };
        let words = self.installer.install_words(&environment, &lock);
        let installed = self.run(sandbox, words, room, Stage::Install).await?;
        if !installed.outcome.is_ok() {
            return Ok(attempt(Stage::Install, installed));
        }
        let ran = self.run(self.sandbox.clone(), self.command_words(), room, self.exec.stage).await?;
        Ok(attempt(self.exec.stage, ran))
    }

    async fn run(&self, sandbox: Sandbox, words: Vec<OsString>, room: &Path, stage: Stage) -> Result<Ran, AdviseError> {
        let is_install = stage == Stage::Install;
        let order = Order {
            words,
            folder: self.folder.clone(),
            variables: self.variables(room, is_install),
            timeout: self.exec.timeout,
            memory: self.exec.memory.filter(|_| !is_install),
            sandbox,
        };
        run(&order).await.map_err(|why| AdviseError::Usage(format!("start a command to try a stack with: {why}")))
    }

    fn variables(&self, room: &Path, is_install: bool) -> Vec<(OsString, OsString)> {
        let programs = programs(&room.join("environment"));
        let paths = std::iter::once(programs.clone()).chain(std::env::split_paths(&self.path));
        let path = std::env::join_paths(paths).unwrap_or_else(|_| programs.into_os_string());
        let mut variables = self.passed.clone();
        let mut set = |name: &str, value: OsString| variables.push((name.into(), value));
        set("PATH", path);
        set("TMPDIR", room.join("tmp").into());
        set("TEMP", room.join("tmp").into());
        if is_install {
            variables.extend(self.installer.variables.iter().cloned());
        } else {
            set("HOME", room.join("home").into());
            set("USERPROFILE", room.join("home").into());
            set("VIRTUAL_ENV", room.join("environment").into());
        }
        variables
    }

    /// The command as the shell of the system reads it.
    fn command_words(&self) -> Vec<OsString> {
        let shell = if cfg!(windows) { ["cmd", "/C"] } else { ["sh", "-c"] };
        shell.into_iter().chain([self.exec.command.as_str()]).map(OsString::from).collect()
    }
}

fn attempt(stage: Stage, ran: Ran) -> Attempt {
    let figures = if ran.outcome.is_ok() && stage != Stage::Install { figures(&ran.output) } else { Vec::new() };
    Attempt { stage, outcome: ran.outcome, seconds: ran.duration.as_secs_f64(), figures, output: ran.output }
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
