//! A project in a folder, a fixture index, and what every run must keep to.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use scenarios::{Scenario, Server};
use tempfile::TempDir;

/// The password that must never be seen, in every URL of an index and wherever else a story puts it.
pub(crate) const SECRET: &str = "s3cr3t-of-ada";

/// Where the knowledge base is kept.
pub(crate) const STORE: &str = "kept";

/// The lock that runs write.
pub(crate) const LOCK: &str = "locked.txt";

const STORY: &str = r#"
story = "A project wants one package, which wants another one."
[project]
requires = ["alpha"]
[packages.alpha]
"2.0" = { requires = ["beta>=1"] }
"1.0" = { requires = ["beta>=1"] }
[packages.beta]
"1.1" = {}
"1.0" = {}
[expect]
stack = { alpha = "2.0", beta = "1.1" }
"#;

const ADVISORY: &str = r#"{"schema_version": "1.6.0", "id": "PYSEC-2024-1", "modified": "2024-05-06T07:08:09Z",
"summary": "Alpha tells secrets", "affected": [{"package": {"ecosystem": "PyPI", "name": "alpha"},
"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "2.0"}, {"fixed": "3.0"}]}]}]}"#;

pub(crate) struct Stage {
    folder: TempDir,
    pub(crate) server: Server,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) talk: String,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let scenario = Scenario::parse(Path::new("stage.toml"), STORY).expect("the story is one");
        let server = Server::start(&scenario).expect("loopback has a free port");
        let stage = Self { folder: tempfile::tempdir().expect("a temporary folder"), server };
        stage.write("requirements.in", "alpha\n");
        stage.write("advisories/PYSEC-2024-1.json", ADVISORY);
        stage
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a name has a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// The index with a user and the password in its URL.
    pub(crate) fn index(&self) -> String {
        self.server.index_url("default").replace("http://", &format!("http://ada:{SECRET}@"))
    }

    /// The arguments of an ordinary run.
    pub(crate) fn arguments(&self, output: &str) -> Vec<String> {
        let index = self.index();
        let words = ["advise", "-o", output, "--index-url", index.as_str(), "--cache-dir", STORE, "--no-progress"];
        words.map(str::to_string).into()
    }

    /// A command in the folder, without any variable of this machine; variables say what stories may replace by a flag.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env_clear().env("HOME", self.folder.path()).stdin(Stdio::null());
        command.env("THOTH_HTTP_TIMEOUT", "0.5").env("THOTH_PYTHON_VERSION", "3.11");
        command.env("THOTH_PYTHON_PLATFORM", "x86_64-manylinux_2_28");
        command
    }

    pub(crate) fn thoth(&self, arguments: &[String]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_thoth"));
        command.args(arguments);
        command
    }

    /// Runs `advise` on `requirements.in` with the folder of advisories, and `more`.
    pub(crate) fn advise(&self, more: &[&str]) -> Told {
        self.advise_only(&[&["-r", "requirements.in", "--advisories", "advisories"], more].concat())
    }

    /// Runs `advise` with `more` alone.
    pub(crate) fn advise_only(&self, more: &[&str]) -> Told {
        let mut arguments = self.arguments(LOCK);
        arguments.extend(more.iter().map(|word| (*word).to_string()));
        self.told(self.thoth(&arguments).output().expect("the binary was built"))
    }

    /// Checks what every run must keep to.
    pub(crate) fn told(&self, output: Output) -> Told {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        let told = Told { code: output.status.code(), out: text(output.stdout), talk: text(output.stderr) };
        for text in [&told.out, &told.talk] {
            assert!(!text.contains(SECRET), "a password is told: {told:?}");
            assert!(!text.contains("defect") && !text.contains("panicked"), "a panic: {told:?}");
            assert!(!text.contains('\u{1b}'), "an escape sequence: {told:?}");
        }
        self.nobody_kept_the_password();
        told
    }

    /// Runs `run` and checks that it fails with exit code 2, an error with `fragments`, and without touching a file.
    pub(crate) fn fails(&self, fragments: &[&str], run: impl FnOnce(&Self) -> Told) -> Told {
        let before = self.files();
        let told = run(self);
        assert_eq!(told.code, Some(2), "{told:?}");
        assert!(told.talk.contains("error: "), "{told:?}");
        for fragment in fragments {
            assert!(told.talk.contains(fragment), "`{fragment}` is missing: {}", told.talk);
        }
        assert!(told.out.is_empty(), "data of a failed run: {told:?}");
        assert_eq!(before, self.files(), "a failed run changed files: {told:?}");
        told
    }

    /// The same, and that the error says what helps.
    pub(crate) fn fails_with_help(&self, fragments: &[&str], run: impl FnOnce(&Self) -> Told) -> Told {
        let told = self.fails(fragments, run);
        assert!(told.talk.contains("help: "), "no remedy: {}", told.talk);
        told
    }

    /// Runs `run` and checks that it writes a lock of the usual stack.
    pub(crate) fn works(&self, run: impl FnOnce(&Self) -> Told) -> Told {
        let told = run(self);
        assert_eq!(told.code, Some(0), "{told:?}");
        let lock = self.read(LOCK);
        assert!(lock.contains("alpha==") && lock.contains("beta==1.1"), "{lock}");
        assert!(self.leftovers().is_empty(), "{:?}", self.leftovers());
        told
    }

    /// Every file of the folder but those of the knowledge base, with its bytes; folders end in a slash.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(self.folder.path(), &self.path(STORE), &mut files);
        files
    }

    /// Temporary files that a run left beside the lock.
    pub(crate) fn leftovers(&self) -> Vec<PathBuf> {
        let is_ours = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".t"));
        self.files().into_keys().filter(is_ours).collect()
    }

    /// Looks through every file that runs write, the knowledge base first of all.
    fn nobody_kept_the_password(&self) {
        let mut files = BTreeMap::new();
        collect(&self.path(STORE), Path::new(""), &mut files);
        for name in [LOCK, "pylock.toml", "Pipfile.lock"] {
            files.insert(self.path(name), fs::read(self.path(name)).unwrap_or_default());
        }
        for (path, bytes) in files {
            let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
            assert!(!found, "{} keeps a password", path.display());
        }
    }
}

fn collect(folder: &Path, leave_out: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path == leave_out {
            continue;
        }
        if path.is_dir() && !path.is_symlink() {
            files.insert(path.join(""), Vec::new());
            collect(&path, leave_out, files);
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap_or_default());
        }
    }
}
