//! A stage for one story: its fixture index on loopback, its project in a folder of its own, and the binary in an empty
//! environment.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use packaging::{PackageName, Version, lock::Format};
use scenarios::{Scenario, Server, Universe, Written, load_all};
use tempfile::TempDir;

/// A story ready to be told.
pub(crate) struct Stage {
    pub(crate) server: Server,
    pub(crate) folder: TempDir,
    pub(crate) written: Written,
}

/// What one run of the binary ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Stage {
    /// Starts the index of a story and writes its project.
    pub(crate) fn set(scenario: &Scenario) -> Self {
        let server = Server::start(scenario).expect("a fixture index starts on loopback");
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("home")).expect("a home");
        let project = folder.path().join("project");
        fs::create_dir(&project).expect("a folder for the project");
        let written = scenario.write_project(&project, server.universe()).expect("the project is written");
        Self { server, folder, written }
    }

    /// The folder of the project, where the binary works.
    pub(crate) fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Runs the command of the story with further arguments.
    pub(crate) fn advise(&self, more: &[&str]) -> Ended {
        let told = self.written.arguments.iter().map(String::as_str);
        self.thoth(&told.chain(more.iter().copied()).collect::<Vec<_>>())
    }

    /// Runs another verb than `advise` on the story.
    pub(crate) fn ask(&self, verb: &[&str], more: &[&str]) -> Ended {
        let told = self.written.arguments.iter().skip(1).map(String::as_str);
        self.thoth(&verb.iter().copied().chain(told).chain(more.iter().copied()).collect::<Vec<_>>())
    }

    /// Runs the binary in the project's folder: nothing of the machine's environment, everything it keeps under the stage.
    pub(crate) fn thoth(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).output().expect("the binary was built"))
    }

    /// The same, not started yet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let home = self.folder.path().join("home");
        let mut command = Command::new(env!("CARGO_BIN_EXE_thoth"));
        command.args(arguments).current_dir(self.project()).env_clear();
        // A library that is found by a variable on some machines is none of a story's business.
        command.env("HOME", &home).env("USERPROFILE", &home).env("TMPDIR", self.folder.path());
        for (variable, folder) in
            [("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_CACHE_HOME", "cache")]
        {
            command.env(variable, home.join(folder));
        }
        command.env("NO_COLOR", "1").envs(&self.written.variables);
        command.arg("--cache-dir").arg(self.folder.path().join("kept"));
        command
    }

    /// The text of the lock, if there is one.
    pub(crate) fn lock(&self) -> Option<String> {
        fs::read_to_string(&self.written.lock).ok()
    }

    /// Puts the lock of before back; returns the one of now.
    pub(crate) fn restore(&self, before: Option<String>) -> Option<String> {
        let now = self.lock();
        match before {
            Some(text) => fs::write(&self.written.lock, text).expect("the lock is written"),
            None if now.is_some() => fs::remove_file(&self.written.lock).expect("the lock is removed"),
            None => {}
        }
        now
    }

    /// The releases that the lock pins.
    pub(crate) fn pins(&self) -> BTreeMap<PackageName, Version> {
        self.lock().map(|text| pins(Format::Requirements, &text, self.server.universe())).unwrap_or_default()
    }

    /// What is printed, without what differs from run to run: the port of the index and the folders.
    pub(crate) fn filtered(&self, text: &str) -> String {
        let folder = self.folder.path().display().to_string();
        text.replace(&self.server.url(), "http://INDEX").replace(&folder, "STAGE")
    }
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        Self { exit: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Everything said, for a search in it.
    pub(crate) fn said(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }
}

/// The releases that a lock pins; the version of an archive named by URL is that of the file in the universe.
pub(crate) fn pins(format: Format, text: &str, universe: &Universe) -> BTreeMap<PackageName, Version> {
    let reading = packaging::lock::read(format, text, "the lock").expect("the lock can be read");
    let packages = reading.lock.packages.into_iter().map(|package| {
        let of_file = || {
            let files = package.files.iter().filter_map(|file| universe.file(file.url.as_ref()?.as_str()));
            files.filter_map(|file| file.version.parse().ok()).next()
        };
        let version = package.version.clone().or_else(of_file).expect("a locked release has a version");
        (package.name, version)
    });
    packages.collect()
}

/// The folder of all stories.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios")
}

/// All stories, named by theme and file.
pub(crate) fn stories() -> Vec<(String, Scenario)> {
    let folder = folder();
    let name = |path: &Path| path.strip_prefix(&folder).unwrap_or(path).with_extension("").display().to_string();
    let stories = load_all(&folder).expect("every story parses");
    stories.into_iter().map(|(path, scenario)| (name(&path), scenario)).collect()
}

/// One story by its name (`advisories/avoided`).
pub(crate) fn story(name: &str) -> Scenario {
    Scenario::load(&folder().join(name).with_extension("toml")).expect("the story is there and parses")
}

/// Does the same for every item, on a few threads; what `tell` returns is collected in the order of the items.
pub(crate) fn each<Item: Sync, Found: Send>(
    items: &[Item],
    tell: impl Fn(&Item) -> Option<Found> + Sync,
) -> Vec<Found> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let threads = thread::available_parallelism().map_or(2, usize::from).clamp(2, 8) * 2;
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    if let Some(one) = tell(item) {
                        found.lock().unwrap_or_else(PoisonError::into_inner).insert(at, one);
                    }
                }
            });
        }
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}
