//! How an environment is made and releases get into it: by uv, or by venv and pip.
//!
//! Neither runs code of the project, nor of a release unless it has to be built. What is done in the environment is left to the
//! [`lab`](super::lab).

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::Stdio,
};

use packaging::{Url, requirement::without_credentials};

use crate::{
    advise::indexes::{Place, Routes},
    error::AdviseError,
    request::{IndexRole, Request},
    world::World,
};

/// Variables that say how to reach an index.
const PASSED: [&str; 13] = [
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

/// What makes environments and installs into them.
#[derive(Debug)]
pub(super) struct Installer {
    interpreter: PathBuf,
    tool: Tool,
    /// What it is told besides what it is asked to do.
    pub(super) variables: Vec<(OsString, OsString)>,
    builds: bool,
}

/// What installs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tool {
    /// uv, which is on the search path.
    Uv,
    /// The pip of the interpreter, into an environment without one.
    Pip,
    /// A pip in each environment.
    OwnPip,
}

impl Installer {
    /// The one for an interpreter, which asks the indexes of a run. `bench` is a folder that goes away with all trials.
    ///
    /// # Errors
    /// When the run is offline, and what it would install is not.
    pub(super) fn new(
        interpreter: PathBuf,
        builds: bool,
        (request, routes): (&Request, &Routes),
        bench: &Path,
        world: &World<'_>,
    ) -> Result<Self, AdviseError> {
        let is_far = |place: &Place| place.index.url().scheme() != "file";
        if world.http.is_offline() && routes.places.iter().any(is_far) {
            let why = "`--exec` installs what it tries from the index, and this run is offline; `--no-index --find-links FOLDER` \
                       installs from a folder";
            return Err(AdviseError::Usage(why.to_string()));
        }
        let variable = |name: &&str| Some((OsString::from(*name), (world.variable)(name)?));
        let mut variables: Vec<_> = PASSED.iter().filter_map(variable).collect();
        variables.extend(index_variables(request, routes));
        variables.extend(trust_variables(world));
        variables.push(("PIP_CACHE_DIR".into(), bench.join("cache").into()));
        let path = (world.variable)("PATH").unwrap_or_default();
        Ok(Self { tool: Tool::of(&interpreter, &path), interpreter, variables, builds })
    }

    /// The words that make an environment in a folder.
    pub(super) fn environment_words(&self, environment: &Path) -> Vec<OsString> {
        let interpreter = &self.interpreter;
        match self.tool {
            Tool::Uv => words(&[&"uv", &"venv", &"--quiet", &"--python", interpreter, &environment]),
            Tool::Pip => words(&[interpreter, &"-I", &"-m", &"venv", &"--without-pip", &environment]),
            Tool::OwnPip => words(&[interpreter, &"-I", &"-m", &"venv", &environment]),
        }
    }

    /// The words that install a requirements file with hashes into an environment.
    pub(super) fn install_words(&self, environment: &Path, lock: &Path) -> Vec<OsString> {
        let python = programs(environment).join(if cfg!(windows) { "python.exe" } else { "python" });
        let mut all = match self.tool {
            Tool::Uv => words(&[&"uv", &"pip", &"install", &"--python", &python]),
            Tool::Pip => words(&[&self.interpreter, &"-I", &"-m", &"pip", &"--python", &python, &"install"]),
            Tool::OwnPip => words(&[&python, &"-I", &"-m", &"pip", &"install"]),
        };
        if self.tool != Tool::Uv {
            all.extend(words(&[&"--disable-pip-version-check", &"--no-input"]));
        }
        if !self.builds {
            all.extend(words(&[&"--only-binary", &":all:"]));
        }
        all.extend(words(&[&"--no-deps", &"--require-hashes", &"-r", &lock]));
        all
    }
}

impl Tool {
    fn of(interpreter: &Path, path: &OsStr) -> Self {
        let name = if cfg!(windows) { "uv.exe" } else { "uv" };
        if std::env::split_paths(path).any(|folder| folder.join(name).is_file()) {
            return Self::Uv;
        }
        let mut asked = std::process::Command::new(interpreter);
        asked.args(["-I", "-m", "pip", "--version"]).env("PATH", path).stdin(Stdio::null());
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
pub(super) fn programs(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

/// Tells pip and uv where packages come from, and nothing of their own configuration. Credentials are in variables, which others
/// cannot read, rather than in arguments.
fn index_variables(request: &Request, routes: &Routes) -> Vec<(OsString, OsString)> {
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

/// Tells them whom to trust, as the run does.
fn trust_variables(world: &World<'_>) -> Vec<(OsString, OsString)> {
    let mut variables: Vec<(OsString, OsString)> = Vec::new();
    if let Some(file) = world.http.options().ca_files.first() {
        variables.extend(["PIP_CERT", "SSL_CERT_FILE"].map(|name| (name.into(), file.clone().into())));
    }
    let hosts = world.http.options().trusted_hosts.join(" ");
    if !hosts.is_empty() {
        variables.extend(["PIP_TRUSTED_HOST", "UV_INSECURE_HOST"].map(|name| (name.into(), hosts.clone().into())));
    }
    variables
}
