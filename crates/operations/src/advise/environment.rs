//! The runtime environment: stated by the user, described by an interpreter, or both.

use std::path::{Path, PathBuf};

use knowledge::{InterpreterKey, KnowledgeBase};
use packaging::{RuntimeEnvironment, environment::Description};
use sources::interpreter::{self, InterpreterError, Search};

use crate::{error::AdviseError, request::Request, world::World};

/// The environment to choose for, and where it comes from, as a clause.
pub(crate) struct Chosen {
    pub(crate) environment: RuntimeEnvironment,
    pub(crate) why: Option<String>,
    /// What was assumed, as a sentence.
    pub(crate) note: Option<String>,
}

impl Chosen {
    /// The environment and where it comes from, for the reader.
    pub(crate) fn shown(&self) -> String {
        match &self.why {
            Some(why) => format!("{} from {why}", self.environment.identity()),
            None => self.environment.identity(),
        }
    }
}

/// Finds or states the environment. `python` is what the project asks for when the user says nothing.
pub(crate) fn choose(request: &Request, world: &World<'_>, python: Option<&str>) -> Result<Chosen, AdviseError> {
    let version = request.python_version.as_deref();
    if let (Some(version), Some(platform)) = (version, request.platform.as_deref()) {
        let implementation = request.implementation.as_deref().unwrap_or("cpython");
        let environment = RuntimeEnvironment::stated(version, platform, implementation)?;
        return Ok(Chosen { environment, why: None, note: None });
    }
    let mut search = Search::new(&request.folder, |name| (world.variable)(name));
    let wanted = request.python.as_deref().or(if version.is_none() { python } else { None });
    search.request = wanted.map(|text| interpreter::Request::new(text, &request.folder));
    let found = match interpreter::find(&search, |path| describe(&world.knowledge, path, world.seconds())) {
        Ok(found) => found,
        Err(error @ InterpreterError::NotFound { .. }) => {
            // A version is enough to go on where no interpreter was named.
            let assumed = platform_of(std::env::consts::OS, std::env::consts::ARCH);
            let (Some(version), None, Some(platform)) = (version, &request.python, assumed) else {
                return Err(error.into());
            };
            return assume(version, &platform, request.implementation.as_deref());
        }
        Err(error) => return Err(error.into()),
    };
    let why = format!("{}, {}", found.path.display(), found.why);
    if version.is_none() && request.platform.is_none() && request.implementation.is_none() {
        let environment = RuntimeEnvironment::described(&found.description)?;
        return Ok(Chosen { environment, why: Some(why), note: None });
    }
    // What is not stated comes from the interpreter.
    let host = RuntimeEnvironment::described(&found.description)?;
    let version = version.map_or_else(|| host.python.to_string(), str::to_string);
    let platform = request.platform.clone().unwrap_or_else(|| host.platform.clone());
    let implementation =
        request.implementation.clone().unwrap_or_else(|| host.markers.implementation_name().to_string());
    let environment = RuntimeEnvironment::stated(&version, &platform, &implementation)?;
    Ok(Chosen { environment, why: Some(format!("what was stated, the rest from {why}")), note: None })
}

/// The interpreter of an environment, to make virtual environments with.
pub(crate) fn interpreter(
    request: &Request,
    world: &World<'_>,
    environment: &RuntimeEnvironment,
) -> Result<PathBuf, AdviseError> {
    let mut search = Search::new(&request.folder, |name| (world.variable)(name));
    let version = meant(environment);
    let wanted = request.python.as_deref().unwrap_or(&version);
    search.request = Some(interpreter::Request::new(wanted, &request.folder));
    let found = interpreter::find(&search, |path| describe(&world.knowledge, path, world.seconds()))?;
    let here = RuntimeEnvironment::described(&found.description)?;
    if !stands_for(&here, environment) {
        return Err(AdviseError::Usage(format!(
            "stacks for {} cannot be tried with {}, which is {}; choose for the environment of an interpreter of this machine, without --python-version and --python-platform",
            environment.identity(),
            found.path.display(),
            here.identity()
        )));
    }
    Ok(found.path)
}

/// The versions of Python that are meant: who states a bare minor, as `.thoth.yaml` does, means any release of it, and decides
/// for its first.
fn meant(environment: &RuntimeEnvironment) -> String {
    match *environment.python.release() {
        [major, minor] | [major, minor, 0] if !environment.python.any_prerelease() => format!("{major}.{minor}"),
        _ => environment.python.to_string(),
    }
}

/// Whether what is chosen for an environment can be tried in that of an interpreter.
fn stands_for(here: &RuntimeEnvironment, environment: &RuntimeEnvironment) -> bool {
    let (own, meant) = (here.python.to_string(), meant(environment));
    let is_of_it = own == meant || own.strip_prefix(&meant).is_some_and(|rest| rest.starts_with('.'));
    let named = environment.identity().replacen(&environment.python.to_string(), &own, 1);
    is_of_it && named == here.identity()
}

/// The environment of a version that was stated, on a machine without an interpreter to ask about the rest.
fn assume(version: &str, platform: &str, implementation: Option<&str>) -> Result<Chosen, AdviseError> {
    let environment = RuntimeEnvironment::stated(version, platform, implementation.unwrap_or("cpython"))?;
    let note = format!(
        "No Python interpreter was found, so the platform is assumed to be this machine's, {}; `--python-platform` states another.",
        environment.platform
    );
    let why = "what was stated, the platform assumed to be this machine's".to_string();
    Ok(Chosen { environment, why: Some(why), note: Some(note) })
}

/// The platform of a machine as uv spells it, with the C library that uv assumes; `None` where nothing can be assumed.
fn platform_of(os: &str, arch: &str) -> Option<String> {
    let machine = packaging::environments::machine(arch)?;
    match os {
        "linux" => Some(format!("{machine}-unknown-linux-gnu")),
        "macos" => Some(format!("{machine}-apple-darwin")),
        "windows" => Some(format!("{machine}-pc-windows-msvc")),
        _ => None,
    }
}

/// Asks an interpreter about itself, unless it was asked before and has not changed since.
fn describe(knowledge: &KnowledgeBase, path: &Path, now: i64) -> Result<Description, InterpreterError> {
    let key = std::fs::metadata(path)
        .ok()
        .filter(|_| !interpreter::is_script(path))
        .map(|metadata| InterpreterKey::new(path, &metadata));
    if let Some(key) = &key
        && let Ok(Some(stored)) = knowledge.interpreter(key)
        && let Ok(description) = serde_json::from_str(&stored)
    {
        return Ok(description);
    }
    let description = interpreter::describe(path)?;
    if let (Some(key), Ok(text)) = (&key, serde_json::to_string(&description))
        && let Err(error) = knowledge.keep_interpreter(key, &text, now)
    {
        tracing::debug!("the description of {} is not kept: {error}", path.display());
    }
    Ok(description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_minor_means_any_release_of_it() {
        let stated = |version: &str, platform: &str| RuntimeEnvironment::stated(version, platform, "cpython").unwrap();
        let linux = |version: &str| stated(version, "x86_64-manylinux_2_36");
        for (here, environment, stands) in [
            ("3.11.7", "3.11", true),
            ("3.11.7", "3.11.7", true),
            ("3.11.7", "3.11.4", false),
            ("3.11.7", "3.1", false),
            ("3.12.1", "3.11", false),
            ("3.13.1", "3.13t", false),
            ("3.14.0", "3.14.0rc1", false),
        ] {
            assert_eq!(stands_for(&linux(here), &linux(environment)), stands, "{here} for {environment}");
        }
        assert!(!stands_for(&linux("3.11.7"), &stated("3.11", "aarch64-manylinux_2_36")));
        assert_eq!(
            ["3.11", "3.11.0", "3.11.4", "3.14.0rc1"].map(|one| meant(&linux(one))),
            ["3.11", "3.11", "3.11.4", "3.14.0rc1"]
        );
    }

    #[test]
    fn every_platform_that_is_assumed_can_be_stated() {
        for (os, arch) in [
            ("linux", "x86_64"),
            ("linux", "x86"),
            ("linux", "aarch64"),
            ("linux", "s390x"),
            ("linux", "riscv64"),
            ("linux", "loongarch64"),
            ("macos", "aarch64"),
            ("macos", "x86_64"),
            ("windows", "x86_64"),
            ("windows", "x86"),
            ("windows", "aarch64"),
        ] {
            let platform = platform_of(os, arch).unwrap();
            let chosen = assume("3.12", &platform, None).unwrap();
            let note = chosen.note.unwrap();
            assert!(note.contains(&chosen.environment.platform) && note.contains("--python-platform"), "{note}");
        }
        assert_eq!(platform_of("linux", "powerpc64"), None);
        assert_eq!(platform_of("haiku", "x86_64"), None);
    }
}
