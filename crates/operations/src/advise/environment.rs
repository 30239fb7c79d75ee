//! The runtime environment: stated by the user, described by an interpreter, or both.

use std::path::Path;

use knowledge::{InterpreterKey, KnowledgeBase};
use packaging::{RuntimeEnvironment, environment::Description};
use sources::interpreter::{self, InterpreterError, Search};

use crate::{error::AdviseError, request::Request, world::World};

/// The environment to choose for, and where it comes from, as a clause.
pub(crate) struct Chosen {
    pub(crate) environment: RuntimeEnvironment,
    pub(crate) why: Option<String>,
}

/// Finds or states the environment. `python` is what the project asks for when the user says nothing.
pub(crate) fn choose(request: &Request, world: &World<'_>, python: Option<&str>) -> Result<Chosen, AdviseError> {
    let version = request.python_version.as_deref();
    if let (Some(version), Some(platform)) = (version, request.platform.as_deref()) {
        let implementation = request.implementation.as_deref().unwrap_or("cpython");
        let environment = RuntimeEnvironment::stated(version, platform, implementation)?;
        return Ok(Chosen { environment, why: None });
    }
    let mut search = Search::new(&request.folder, |name| (world.variable)(name));
    let wanted = request.python.as_deref().or(if version.is_none() { python } else { None });
    search.request = wanted.map(|text| interpreter::Request::new(text, &request.folder));
    let found = interpreter::find(&search, |path| describe(&world.knowledge, path, world.seconds()))?;
    let why = format!("{} ({})", found.path.display(), found.why);
    if version.is_none() && request.platform.is_none() && request.implementation.is_none() {
        return Ok(Chosen { environment: RuntimeEnvironment::described(&found.description)?, why: Some(why) });
    }
    // What is not stated comes from the interpreter.
    let host = RuntimeEnvironment::described(&found.description)?;
    let version = version.map_or_else(|| host.python.to_string(), str::to_string);
    let platform = request.platform.clone().unwrap_or_else(|| host.platform.clone());
    let implementation =
        request.implementation.clone().unwrap_or_else(|| host.markers.implementation_name().to_string());
    let environment = RuntimeEnvironment::stated(&version, &platform, &implementation)?;
    Ok(Chosen { environment, why: Some(format!("stated, the rest from {why}")) })
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
