//! The runtime environments that a project names, as a level of the configuration.
//!
//! `.thoth.yaml` is looked for in the working directory and above, as Thamos does; `environments` of `thoth.toml` or `[tool.thoth]`
//! join it. The environment a run is for says Python, platform, recommendation type and labels, and, with overlays or a
//! `requirements_format`, which files are read and written: flags and variables count more, `thoth.toml` less.

use std::path::{Path, PathBuf};

use packaging::{
    Origin,
    environments::{self, Entry, Environments, FILE, RequirementsFormat},
};

use super::{
    error::SettingsError,
    keys::Key,
    layer::{Item, Layer, Value},
    surroundings::Surroundings,
};
use crate::settings::{ProjectEnvironments, Setting};

/// Which environments a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// The one that is said, or else the first.
    Said,
    /// This one, of all: each needs a lock of its own.
    OneOfAll(&'a str),
}

/// What the project names, without the environment in effect.
pub(super) fn read(
    around: &Surroundings,
    files: bool,
    layers: &[Layer],
    notes: &mut Vec<String>,
) -> Result<ProjectEnvironments, SettingsError> {
    let file = if files { find(around) } else { None };
    let mut read = Environments::default();
    if let Some(path) = &file {
        let name = around.shown(path);
        if let Some(text) = super::read(around, path)? {
            read = environments::read(&name, &text).map_err(SettingsError::Environments)?;
            notes.extend(std::mem::take(&mut read.notes));
        }
    }
    let mut folder = file.as_deref().and_then(Path::parent).unwrap_or(&around.folder).to_path_buf();
    for item in said(layers, Key::Environments) {
        let Value::Text(text) = &item.value else { continue };
        let value = serde_json::from_str(text).map_err(|error| {
            SettingsError::value(
                &item.origin,
                format!("takes environments as tables, or as JSON in a variable: {error}"),
            )
        })?;
        let (entry, noted) = environments::entry(&value, &item.origin).map_err(SettingsError::Environments)?;
        notes.extend(noted);
        read.add(entry).map_err(|what| SettingsError::value(&item.origin, what))?;
    }
    if let Some(item) = said(layers, Key::OverlaysDir).first()
        && let Value::Text(text) = &item.value
    {
        if !environments::is_inside(text) {
            let what = format!("`{text}` is not a folder below the project's: write a plain relative path");
            return Err(SettingsError::value(&item.origin, what));
        }
        if let Some(base) = &item.base {
            folder.clone_from(base);
        }
        read.overlays = Some(text.clone());
    }
    Ok(ProjectEnvironments { file, folder, read, chosen: None })
}

/// The items of the best level that says a key.
fn said(layers: &[Layer], key: Key) -> &[Item] {
    layers.iter().find_map(|layer| layer.said.get(&key)).map_or(&[], Vec::as_slice)
}

fn find(around: &Surroundings) -> Option<PathBuf> {
    for folder in around.folder.ancestors() {
        let path = folder.join(FILE);
        if around.files.exists(&path) {
            return Some(path);
        }
        if around.files.exists(&folder.join(".git")) || around.home.as_deref() == Some(folder) {
            return None;
        }
    }
    None
}

/// Puts the environment in effect into `all`, and returns what it says as a level.
pub(super) fn choose(
    all: &mut ProjectEnvironments,
    wanted: Wanted<'_>,
    layers: &[Layer],
    around: &Surroundings,
) -> Result<Layer, SettingsError> {
    let name = said(layers, Key::RuntimeEnvironment).last().and_then(|item| match &item.value {
        Value::Text(text) if !text.trim().is_empty() => {
            Some(Setting::new(text.trim().to_string(), item.origin.clone()))
        }
        _ => None,
    });
    let entries = &all.read.entries;
    let entry = match (wanted, &name) {
        (Wanted::OneOfAll(name), _) => all.read.named(name),
        (Wanted::Said, None) => entries.first(),
        (Wanted::Said, Some(name)) => Some(all.read.named(&name.value).ok_or_else(|| unknown(name, all))?),
    };
    let Some(entry) = entry.cloned() else { return Ok(Layer::default()) };
    let layer = layer(&entry, all, wanted, layers, around)?;
    all.chosen = Some(entry);
    Ok(layer)
}

/// An environment of a name that none has.
pub(crate) fn unknown(name: &Setting<String>, all: &ProjectEnvironments) -> SettingsError {
    let names: Vec<&str> = all.read.entries.iter().map(|entry| entry.name.as_str()).collect();
    let known = match (names.as_slice(), &all.file) {
        ([], None) => format!("the project names none: `thoth config` writes this machine's into {FILE}"),
        ([], Some(_)) => format!("{FILE} names none: `thoth config` adds this machine's"),
        (names, _) => format!("there is {}", names.join(", ")),
    };
    SettingsError::value(&name.origin, format!("there is no environment `{}`; {known}", name.value))
}

fn layer(
    entry: &Entry,
    all: &ProjectEnvironments,
    wanted: Wanted<'_>,
    layers: &[Layer],
    around: &Surroundings,
) -> Result<Layer, SettingsError> {
    let mut layer = Layer::default();
    // Flags and variables; the project's own file counts less than its environment.
    let is_said_better = |key: Key| layers.iter().take(2).any(|layer| layer.said.contains_key(&key));
    let mut add = |key: Key, text: String, origin: &Origin| layer.add(key, Item::text(text, origin.clone()));
    if !is_said_better(Key::Python) {
        if let Some((version, origin)) = &entry.python_version {
            add(Key::PythonVersion, version.clone(), origin);
        }
        if let Some(target) = entry.target(environments::machine(std::env::consts::ARCH)) {
            let origin = entry.platform.as_ref().map_or(&entry.origin, |(_, origin)| origin);
            add(Key::PythonPlatform, target, origin);
        }
    }
    if let Some((word, origin)) = entry.recommendation_type.as_ref().or(all.read.recommendation_type.as_ref()) {
        add(Key::RecommendationType, word.clone(), origin);
    }
    for (name, value) in &entry.labels {
        add(Key::Label, format!("{name}={value}"), &entry.origin);
    }
    let is_said = |key: Key| layers.iter().any(|layer| layer.said.contains_key(&key));
    let requirements = if is_said(Key::Requirements) { None } else { requirements(entry, all, around)? };
    if let Some(path) = &requirements {
        add(Key::Requirements, around.shown(path), &entry.origin);
    }
    if !is_said(Key::Output) || wanted != Wanted::Said {
        let format = said(layers, Key::LockFormat).last().and_then(|item| match &item.value {
            Value::Text(text) => Some(text.as_str()),
            Value::Table(_) => None,
        });
        let requirements = requirements.as_deref();
        let is_own = all.read.overlays.is_some();
        if let Some(name) = lock(requirements, format, (is_own, wanted), all.read.requirements_format, entry)? {
            let folder = match requirements.and_then(Path::parent) {
                Some(folder) => folder.to_path_buf(),
                None => around.folder.clone(),
            };
            add(Key::Output, around.shown(&folder.join(name)), &entry.origin);
        }
    }
    Ok(layer)
}

/// The folder of an environment's own files; `None` where all share one.
pub(crate) fn overlay(entry: &Entry, all: &ProjectEnvironments) -> Option<PathBuf> {
    let overlays = all.read.overlays.as_ref()?;
    // Windows takes what is before a colon for a drive.
    let name = if cfg!(windows) { entry.file_name() } else { entry.name.clone() };
    Some(all.folder.join(overlays).join(name))
}

/// The names under which requirements are looked for, the first of them preferred.
pub(crate) fn usual(format: Option<RequirementsFormat>) -> &'static [&'static str] {
    match format {
        Some(RequirementsFormat::Pipenv) => &["Pipfile"],
        Some(RequirementsFormat::Pip) => &["requirements.in", "requirements.txt"],
        None => &["pyproject.toml", "requirements.in", "requirements.txt", "Pipfile"],
    }
}

/// The file that says what an environment requires, where `.thoth.yaml` tells which it is.
fn requirements(
    entry: &Entry,
    all: &ProjectEnvironments,
    around: &Surroundings,
) -> Result<Option<PathBuf>, SettingsError> {
    let names = usual(all.read.requirements_format);
    let first = |folder: &Path| names.iter().map(|name| folder.join(name)).find(|path| around.files.exists(path));
    match overlay(entry, all) {
        Some(folder) => match first(&folder) {
            Some(path) => Ok(Some(path)),
            None => Err(SettingsError::value(
                &entry.origin,
                format!(
                    "the environment `{}` has no {} in {}; `thoth add --runtime-environment {} PACKAGE` begins one",
                    entry.name,
                    names.join(", "),
                    around.shown(&folder),
                    entry.name
                ),
            )),
        },
        None if all.read.requirements_format.is_some() => Ok(first(&all.folder)),
        None => Ok(None),
    }
}

/// The name of the lock, where the environment tells it.
fn lock(
    requirements: Option<&Path>,
    format: Option<&str>,
    (has_own_folder, wanted): (bool, Wanted<'_>),
    kept: Option<RequirementsFormat>,
    entry: &Entry,
) -> Result<Option<String>, SettingsError> {
    let name = requirements.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let format = match (format, kept, name.as_deref()) {
        (Some(format), ..) => Some(format),
        (None, _, Some("Pipfile")) => Some("pipfile"),
        (None, Some(RequirementsFormat::Pip), Some("requirements.in")) => Some("requirements"),
        _ => None,
    };
    let usual = match format {
        Some("pipfile") => "Pipfile.lock",
        Some("requirements") => "requirements.txt",
        _ => "pylock.toml",
    };
    if has_own_folder {
        return Ok(Some(usual.to_string()));
    }
    match (wanted, format) {
        (Wanted::Said, None) => Ok(None),
        (Wanted::Said, Some(_)) => Ok(requirements.map(|_| usual.to_string())),
        (Wanted::OneOfAll(_), Some("requirements")) => Ok(Some(format!("requirements-{}.txt", entry.file_name()))),
        (Wanted::OneOfAll(name), Some("pipfile")) => Err(SettingsError::value(
            &entry.origin,
            format!("a Pipfile.lock has one name, so `{name}` needs a folder of its own: set `overlays_dir` in {FILE}"),
        )),
        (Wanted::OneOfAll(_), _) => Ok(Some(format!("pylock.{}.toml", entry.file_name()))),
    }
}
