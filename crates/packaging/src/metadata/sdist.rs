//! Decides from the text members of an sdist what it requires, without building it.
//!
//! PEP 643 says when PKG-INFO speaks for every wheel built from an sdist. Older sdists record what was true where they were
//! made, which is mostly, but not surely, true elsewhere; the two are kept apart.

use toml::{Table, Value};

use super::{CoreMetadata, MetadataError, headers, requires_txt};
use crate::ExtraName;

/// What is known of the metadata of an sdist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SdistMetadata {
    /// It holds for every build (PEP 643, or `[project]` of `pyproject.toml` without `dynamic` requirements).
    Static(CoreMetadata),
    /// It held when the sdist was made; a build elsewhere may say otherwise.
    Recorded(CoreMetadata),
    /// Only a build could tell; why, as clauses about it.
    Unknown(String),
}

/// Decides the metadata of an sdist from `PKG-INFO` and `pyproject.toml` in its top folder, and from `requires.txt` in its
/// `*.egg-info`.
///
/// setuptools writes no `requires.txt` when there is nothing to require: where the egg-info exists without one, hand in
/// `Some(b"")`, which is read as "requires nothing". Metadata with unreadable requirements is never `Static`, and `Recorded`
/// only where nothing better is there; check [`CoreMetadata::broken`].
pub fn from_sdist(pkg_info: Option<&[u8]>, requires_txt: Option<&[u8]>, pyproject: Option<&[u8]>) -> SdistMetadata {
    let mut doubts = Vec::new();
    let recorded = match pkg_info.map(CoreMetadata::parse) {
        None => {
            doubts.push("it has no PKG-INFO".to_string());
            None
        }
        Some(Err(error)) => {
            doubts.push(format!("its PKG-INFO cannot be used ({error})"));
            None
        }
        Some(Ok(metadata)) => match doubt(&metadata) {
            None => return SdistMetadata::Static(certain(metadata)),
            Some(why) => {
                doubts.push(why);
                Some(metadata)
            }
        },
    };
    match pyproject.map(from_pyproject) {
        None => {}
        Some(Ok(mut metadata)) => {
            if let Some(recorded) = &recorded {
                metadata.version = metadata.version.or_else(|| recorded.version.clone());
                metadata.requires_python = metadata.requires_python.or_else(|| recorded.requires_python.clone());
            }
            return SdistMetadata::Static(metadata);
        }
        Some(Err(why)) => doubts.push(why),
    }
    match recorded_requirements(recorded, requires_txt) {
        Ok(metadata) => SdistMetadata::Recorded(metadata),
        Err(why) => {
            doubts.push(why);
            SdistMetadata::Unknown(doubts.join("; "))
        }
    }
}

/// Why PKG-INFO does not speak for every build.
fn doubt(metadata: &CoreMetadata) -> Option<String> {
    let stated = metadata.metadata_version.as_deref().unwrap_or("0");
    if !promises(stated) {
        return Some(format!("its PKG-INFO is of version {stated}, and promises are made from 2.2 on, by PEP 643"));
    }
    if let Some(field) = ["requires-dist", "provides-extra"].into_iter().find(|field| metadata.is_dynamic(field)) {
        return Some(format!("its PKG-INFO declares `{field}` dynamic"));
    }
    metadata.broken().then(|| "its PKG-INFO has requirements that cannot be read".to_string())
}

/// Whether this version of the format makes PEP 643's promise.
fn promises(version: &str) -> bool {
    let mut numbers = version.split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (2, 2),
        _ => false,
    }
}

/// What stays of metadata that is certain: a dynamic `Requires-Python` is not.
fn certain(mut metadata: CoreMetadata) -> CoreMetadata {
    if metadata.is_dynamic("requires-python") && metadata.requires_python.take().is_some() {
        metadata.complaints.push("`Requires-Python` is dynamic and was left out.".to_string());
    }
    metadata
}

fn recorded_requirements(recorded: Option<CoreMetadata>, requires_txt: Option<&[u8]>) -> Result<CoreMetadata, String> {
    let lists = |metadata: &CoreMetadata| !metadata.requires_dist.is_empty() || metadata.broken();
    match (recorded, requires_txt) {
        (Some(metadata), _) if lists(&metadata) => Ok(metadata),
        (recorded, Some(bytes)) => {
            let mut metadata = recorded.unwrap_or_default();
            requires_txt::read_into(&mut metadata, bytes)
                .map_err(|error: MetadataError| format!("its requires.txt cannot be used ({error})"))?;
            Ok(metadata)
        }
        (Some(_), None) => Err("it records no requirements, which may mean that there are none".to_string()),
        (None, None) => Err("it has no requires.txt".to_string()),
    }
}

/// The metadata in `[project]` (PEP 621), if requirements and extras are static; or why not, as a clause.
fn from_pyproject(bytes: &[u8]) -> Result<CoreMetadata, String> {
    if bytes.len() > headers::MAX_BYTES {
        return Err(format!("its pyproject.toml is {} bytes", bytes.len()));
    }
    let text = String::from_utf8_lossy(bytes);
    let document: Table = text
        .parse()
        .map_err(|error: toml::de::Error| format!("its pyproject.toml cannot be read ({})", error.message()))?;
    let project = document
        .get("project")
        .and_then(Value::as_table)
        .ok_or_else(|| "its pyproject.toml has no `[project]`".to_string())?;
    let dynamic = texts(project.get("dynamic"), "dynamic")?;
    if let Some(field) = ["dependencies", "optional-dependencies"].into_iter().find(|field| dynamic.contains(field)) {
        return Err(format!("its pyproject.toml declares `{field}` dynamic"));
    }
    let text = |key: &str| project.get(key).and_then(Value::as_str);
    let mut metadata = CoreMetadata {
        name: Some(
            text("name")
                .and_then(|name| name.parse().ok())
                .ok_or_else(|| "`[project]` in its pyproject.toml has no name".to_string())?,
        ),
        version: text("version").and_then(|version| version.parse().ok()),
        ..CoreMetadata::default()
    };
    if let Some(specifiers) = text("requires-python") {
        metadata.require_python(specifiers);
    }
    let too_many = |error: MetadataError| error.to_string();
    for requirement in texts(project.get("dependencies"), "dependencies")? {
        metadata.require("project.dependencies", requirement, None).map_err(too_many)?;
    }
    let extras = match project.get("optional-dependencies") {
        None => None,
        Some(Value::Table(extras)) => Some(extras),
        Some(_) => return Err("`project.optional-dependencies` in its pyproject.toml is not a table".to_string()),
    };
    for (extra, requirements) in extras.into_iter().flatten() {
        let name: ExtraName =
            extra.parse().map_err(|_| "an extra in its pyproject.toml has no valid name".to_string())?;
        metadata.provide(name.as_ref());
        for requirement in texts(Some(requirements), "optional-dependencies")? {
            let marker = requires_txt::extra_marker(&name);
            metadata.require("project.optional-dependencies", requirement, marker).map_err(too_many)?;
        }
    }
    if metadata.broken() {
        return Err("its pyproject.toml has requirements that cannot be read".to_string());
    }
    Ok(metadata)
}

fn texts<'t>(value: Option<&'t Value>, field: &str) -> Result<Vec<&'t str>, String> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) if items.iter().all(Value::is_str) => {
            Ok(items.iter().filter_map(Value::as_str).collect())
        }
        Some(_) => Err(format!("`{field}` in its pyproject.toml is not a list of texts")),
    }
}
