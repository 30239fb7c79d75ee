//! What a project requires, as a `Pipfile` in JSON: the original's clients write their files anew from it.
//!
//! So a `Pipfile` that says what is required is repeated as it is, with what does not apply here and what is for development;
//! anything else is told by the requirements that apply. Names and tables are spelt as the clients spell them, or they would
//! compute another hash than the one in the lock.

use packaging::{Origin, PackageName, Requirement, Wanted, environment::Fact, lock::scrubbed};
use resolution::outcome::{Decision, Outcome, Runtime};
use serde_json::{Map, Value, json};

use crate::json::convert;

/// The sections of a `Pipfile` that the original knows.
const SECTIONS: [&str; 6] = ["packages", "dev-packages", "source", "requires", "pipenv", "thoth"];

/// Whether a requirement is for development.
pub(super) fn is_dev(origin: &Origin) -> bool {
    origin.part.as_deref().is_some_and(|part| part.split('.').next() == Some("dev-packages"))
}

/// A project with the indexes that a stack comes from.
pub(super) struct Project {
    requirements: Map<String, Value>,
}

impl Project {
    pub(super) fn new(outcome: &Outcome, decision: Option<&Decision>) -> Self {
        let written =
            outcome.required.pipfile.as_ref().and_then(|text| toml::from_str::<Map<String, Value>>(text).ok());
        let mut requirements = written.unwrap_or_else(|| {
            let packages =
                outcome.required.requirements.iter().filter_map(|text| text.parse().ok()).map(|one| package(&one));
            Map::from_iter([("packages".to_string(), Value::Object(packages.collect()))])
        });
        requirements.retain(|section, _| SECTIONS.contains(&section.as_str()));
        for section in ["packages", "dev-packages"] {
            let packages = requirements.remove(section).unwrap_or_default();
            requirements.insert(section.to_string(), as_spelt(packages));
        }
        requirements.entry("requires").or_insert_with(|| json!({ "python_version": outcome.runtime.python }));
        requirements.entry("source").or_insert_with(|| json!([]));
        requirements.values_mut().for_each(scrub);
        let mut project = Self { requirements };
        for source in project.sources_mut() {
            if let Some(url) = source["url"].as_str().map(|url| json!(bare(url))) {
                source["url"] = url;
            }
        }
        let urls = decision.iter().flat_map(|decision| &decision.releases).filter_map(|one| one.index.as_deref());
        urls.for_each(|url| project.add_source(url));
        project
    }

    /// The part of a document about the project, with a lock where there is one.
    pub(super) fn document(&self, outcome: &Outcome, locked: Option<&Value>) -> Value {
        let constraints = outcome.required.constraints.iter().filter_map(|text| text.parse::<Requirement>().ok());
        json!({
            "requirements": self.requirements,
            "requirements_locked": locked,
            "runtime_environment": runtime(&outcome.runtime, outcome),
            "constraints": constraints.filter_map(|one| constraint(&one)).collect::<Vec<Value>>(),
        })
    }

    /// What a lock says of what it was made of. The hash is that of the requirements in the document, by which pipenv and the
    /// original's clients know that a lock is of them; a `Pipfile` on disk may say the same in other words.
    pub(super) fn lock_meta(&self) -> Value {
        let hashed = |section: &&String| ["packages", "dev-packages", "source", "requires"].contains(&section.as_str());
        let hashed: Map<String, Value> = self
            .requirements
            .iter()
            .filter(|(section, _)| hashed(section))
            .map(|(section, value)| (section.clone(), value.clone()))
            .collect();
        let hash =
            toml::to_string(&hashed).ok().and_then(|pipfile| packaging::project::pipfile_hash(&pipfile, "").ok());
        json!({
            "sources": self.requirements["source"],
            "requires": self.requirements["requires"],
            "hash": { "sha256": hash },
            "pipfile-spec": 6,
        })
    }

    /// The packages that it names.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        ["packages", "dev-packages"]
            .into_iter()
            .filter_map(|section| self.requirements[section].as_object())
            .flat_map(Map::keys)
    }

    /// Whether something is required for development.
    pub(super) fn requires_dev(&self) -> bool {
        self.requirements["dev-packages"].as_object().is_some_and(|packages| !packages.is_empty())
    }

    /// The name of an index.
    pub(super) fn source(&self, url: &str) -> Option<&str> {
        let url = bare(url);
        self.sources().iter().find(|source| source["url"] == url.as_str())?["name"].as_str()
    }

    fn sources(&self) -> &[Value] {
        self.requirements["source"].as_array().map_or(&[], Vec::as_slice)
    }

    fn sources_mut(&mut self) -> &mut [Value] {
        self.requirements.get_mut("source").and_then(Value::as_array_mut).map_or(&mut [], Vec::as_mut_slice)
    }

    /// Adds an index that is not there yet, named after its address as the original names them.
    fn add_source(&mut self, url: &str) {
        if self.source(url).is_some() {
            return;
        }
        let url = bare(url);
        let address = url.split_once("://").map_or(url.as_str(), |(_, address)| address);
        let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
        let mut name: String = address.trim_start_matches('/').chars().map(plain).collect();
        while self.sources().iter().any(|source| source["name"] == name.as_str()) {
            name.push('-');
        }
        if let Some(sources) = self.requirements.get_mut("source").and_then(Value::as_array_mut) {
            sources.push(json!({ "name": name, "url": url, "verify_ssl": true }));
        }
    }
}

/// An address without credentials and without a slash at its end.
fn bare(url: &str) -> String {
    scrubbed(url).trim_end_matches('/').to_string()
}

/// Takes credentials out of every text.
fn scrub(value: &mut Value) {
    match value {
        Value::String(text) => *text = scrubbed(text),
        Value::Array(values) => values.iter_mut().for_each(scrub),
        Value::Object(values) => values.values_mut().for_each(scrub),
        _ => {}
    }
}

/// A section of packages with normal names; a table that holds nothing but a version is that version.
fn as_spelt(packages: Value) -> Value {
    let Value::Object(packages) = packages else { return json!({}) };
    let spelt = packages.into_iter().map(|(name, wanted)| {
        let name = name.parse::<PackageName>().map_or(name, |name| name.to_string());
        let version = wanted.as_object().filter(|table| table.len() == 1).and_then(|table| table.get("version"));
        (name, version.cloned().unwrap_or(wanted))
    });
    Value::Object(spelt.collect())
}

/// A requirement as an entry of a `Pipfile`.
fn package(requirement: &Requirement) -> (String, Value) {
    let mut table = Map::new();
    match &requirement.wanted {
        Wanted::Versions(_) => table.insert("version".to_string(), json!(versions(requirement))),
        Wanted::Url(url) => table.insert("file".to_string(), json!(url.as_str())),
    };
    if !requirement.extras.is_empty() {
        table.insert("extras".to_string(), json!(convert::strings(&requirement.extras)));
    }
    let markers = markers(requirement);
    if !markers.is_empty() {
        table.insert("markers".to_string(), json!(markers));
    }
    (requirement.name.to_string(), Value::Object(table))
}

/// `>=1,<2`; `*` for any version.
fn versions(requirement: &Requirement) -> String {
    let all = requirement.specifiers().into_iter().flat_map(|specifiers| specifiers.iter()).map(ToString::to_string);
    let all: Vec<String> = all.collect();
    if all.is_empty() { "*".to_string() } else { all.join(",").replace(' ', "") }
}

fn markers(requirement: &Requirement) -> String {
    requirement.marker.contents().map(|marker| marker.to_string()).unwrap_or_default()
}

fn constraint(one: &Requirement) -> Option<Value> {
    let name = one.name.to_string();
    one.specifiers().map(|_| json!({ "name": name, "version": versions(one), "markers": markers(one) }))
}

fn runtime(runtime: &Runtime, outcome: &Outcome) -> Value {
    let host = &runtime.host;
    let text = |fact: Fact<String>| fact.present().cloned();
    let system = host.operating_system.present();
    json!({
        "name": runtime.name,
        "hardware": {
            "cpu_family": host.cpu_family.present(),
            "cpu_model": host.cpu_model.present(),
            "gpu_model": host.gpu_model.present(),
        },
        "operating_system": {
            "name": system.map(|system| &system.name),
            "version": system.and_then(|system| system.version.as_ref()),
        },
        "python_version": runtime.python,
        "cuda_version": text(host.cuda.as_ref().map(ToString::to_string)),
        "cudnn_version": text(host.cudnn.as_ref().map(ToString::to_string)),
        "mkl_version": text(host.mkl.as_ref().map(ToString::to_string)),
        "openblas_version": text(host.openblas.as_ref().map(ToString::to_string)),
        "openmpi_version": text(host.openmpi.as_ref().map(ToString::to_string)),
        "base_image": host.base_image.present(),
        "platform": runtime.platform,
        "labels": runtime.labels,
        "recommendation_type": outcome.recommendation.name(),
    })
}
