//! What a project requires and what it has locked, without deciding anything.

use std::collections::BTreeMap;

use packaging::{PackageName, Version, Wanted, lock::Format, project::Declaration, project::Project};

use crate::{
    advise::{destination, existing, in_runtime, read_inputs},
    error::AdviseError,
    files::shown,
    request::Request,
    world::World,
};

/// A project as it is written.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What its files declare.
    pub project: Project,
    /// The lock that is there, where there is one.
    pub lock: Option<Locked>,
    /// Where the lock is or would be, as the user would write it.
    pub place: Option<String>,
    /// The format it has or would have.
    pub format: Format,
}

/// An existing lock.
#[derive(Clone, Debug)]
pub struct Locked {
    /// The version of each package.
    pub versions: BTreeMap<PackageName, Version>,
    /// What could not be read of it, as sentences.
    pub notes: Vec<String>,
}

/// How a requirement fares in the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// A version that fits is locked.
    Locked(&'a Version),
    /// A version is locked that does not fit.
    Stale(&'a Version),
    /// None is locked: for another environment, or not yet.
    Missing,
}

impl Overview {
    /// How a requirement fares.
    pub fn standing(&self, declaration: &Declaration) -> Standing<'_> {
        let requirement = &declaration.requirement;
        let Some(version) = self.lock.as_ref().and_then(|lock| lock.versions.get(&requirement.name)) else {
            return Standing::Missing;
        };
        match &requirement.wanted {
            Wanted::Versions(specifiers) if !specifiers.is_empty() && !specifiers.contains(version) => {
                Standing::Stale(version)
            }
            _ => Standing::Locked(version),
        }
    }
}

/// Reads what `request` would resolve, and the lock it would write.
///
/// # Errors
/// When the files cannot be read or understood.
pub fn overview(request: &Request, world: &World<'_>) -> Result<Overview, AdviseError> {
    in_runtime(|runtime| {
        let inputs = read_inputs(request, world, runtime.handle())?;
        let destination = destination(request, &inputs)?;
        let lock = existing(&destination, &request.folder)?;
        let lock = lock.map(|lock| Locked { versions: lock.versions, notes: lock.notes });
        let place = destination.path.as_ref().map(|path| shown(path, &request.folder));
        Ok(Overview { project: inputs.project, lock, place, format: destination.format })
    })
}
