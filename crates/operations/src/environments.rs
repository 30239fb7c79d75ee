//! The runtime environments of a project beside the machine at hand: looking around, comparing, writing `.thoth.yaml`.
//!
//! What a file says is read where settings are; what of it a run is for is part of its [`Request`](crate::Request).

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf};

use packaging::{
    Origin,
    environment::{Description, Fact, Host},
    environments::{Comparison, Entry, compare},
};
use sources::{
    host::{Discovery, Root, discover},
    interpreter::{self, InterpreterError, Search},
};

use crate::{error::AdviseError, request::Request};

/// Where to look around.
#[derive(Clone, Debug)]
pub struct Place {
    /// The working folder: interpreters are looked for from here.
    pub folder: PathBuf,
    /// The interpreter that was asked for, if any.
    pub python: Option<String>,
    /// Another machine's files, an image's for example, instead of this one's; nothing of it is run.
    pub root: Option<PathBuf>,
    /// The variables of this process; they say nothing of another machine.
    pub variables: BTreeMap<String, String>,
}

/// A machine, and what could not be asked about it.
#[derive(Clone, Debug)]
pub struct Machine {
    /// What was found out.
    pub discovery: Discovery,
    /// Sentences about what could not be asked.
    pub notes: Vec<String>,
}

impl Machine {
    /// How an environment fares on it.
    pub fn compare(&self, entry: &Entry) -> Vec<Comparison> {
        let Discovery { host, python_version, platform, .. } = &self.discovery;
        compare(entry, host, python_version.as_deref(), platform.as_deref())
    }

    /// An environment of this machine.
    pub fn entry(&self, name: &str) -> Entry {
        let origin = Origin::file("this machine");
        let said = |text: &Option<String>| text.clone().map(|text| (text, origin.clone()));
        Entry {
            name: name.to_string(),
            host: self.discovery.host.clone(),
            python_version: said(&self.discovery.python_version),
            platform: said(&self.discovery.platform),
            recommendation_type: None,
            labels: BTreeMap::new(),
            origin,
        }
    }

    /// The name an environment of this machine gets when nobody gives one: its operating system, as Thamos names it.
    pub fn name(&self) -> String {
        let system = self.discovery.host.operating_system.present().map(ToString::to_string);
        let system = system.unwrap_or_else(|| "default".to_string());
        system.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
    }
}

/// Looks around on this machine, or on the files of another.
///
/// # Errors
/// When an interpreter was asked for that is not there.
pub fn look_around(place: &Place) -> Result<Machine, AdviseError> {
    let mut notes = Vec::new();
    let root = match &place.root {
        Some(root) => Root { folder: place.folder.join(root), variables: BTreeMap::new() },
        None => Root { folder: PathBuf::from("/"), variables: place.variables.clone() },
    };
    let python = match &place.root {
        Some(_) => None,
        None => match described(place) {
            Ok(description) => Some(description),
            Err(error) if place.python.is_some() => return Err(error.into()),
            Err(error) => {
                notes.push(format!("Python is not known: {}", AdviseError::from(error).story()));
                None
            }
        },
    };
    Ok(Machine { discovery: discover(&root, python.as_ref()), notes })
}

fn described(place: &Place) -> Result<Description, InterpreterError> {
    let variable = |name: &str| place.variables.get(name).map(OsString::from);
    let mut search = Search::new(&place.folder, variable);
    search.request = place.python.as_deref().map(|text| interpreter::Request::new(text, &place.folder));
    Ok(interpreter::find(&search, interpreter::describe)?.description)
}

/// The host of an environment, completed by what the same CPU can do where this machine has it: `.thoth.yaml` has no word for
/// flags.
pub fn completed(host: &Host) -> Host {
    let mut host = host.clone();
    if host.cpu_flags.is_unknown() && host.cpu_family.present().is_some() && host.cpu_model.present().is_some() {
        let root = Root { folder: PathBuf::from("/"), variables: BTreeMap::new() };
        let here = sources::host::cpu(&root);
        if (here.cpu_family, here.cpu_model) == (host.cpu_family.clone(), host.cpu_model.clone()) {
            host.cpu_flags = here.cpu_flags;
        }
    }
    host
}

/// The machine that a run is for, as far as decisions ask for it: what was said of it, or where nothing was and the platform is
/// not stated either, this one at a glance.
pub(crate) fn machine(request: &Request) -> Host {
    if request.host != Host::default() || request.platform.is_some() {
        return request.host.clone();
    }
    sources::host::glance(&Root { folder: PathBuf::from("/"), variables: BTreeMap::new() })
}

/// The machine that prescriptions are asked about: this one where there are any and nobody said; what was assumed, as a note.
pub(crate) fn asked_about(request: &Request) -> (Host, Option<String>) {
    if request.prescriptions.is_empty() || request.host != Host::default() {
        return (request.host.clone(), None);
    }
    let host = machine(request);
    let facts = host.facts().into_iter().filter(|(word, fact)| *word != "cpu_flags" && fact.present().is_some());
    let facts: Vec<String> = facts.map(|(word, fact)| format!("{word} {fact}")).collect();
    let assumed = (!facts.is_empty()).then(|| {
        let facts = facts.join(", ");
        format!(
            "Prescriptions are asked about this machine ({facts}); `thoth config` writes down another, or this one."
        )
    });
    (host, assumed)
}

/// Whether a fact is worth a line: what is neither known nor known not to be is told with the places.
pub fn is_found<T>(fact: &Fact<T>) -> bool {
    !fact.is_unknown()
}
