//! uv's own configuration as a level below Thoth's: `UV_*`, `uv.toml`, `[tool.uv]`.
//!
//! Among uv's own levels (variables, project, user, system) the indexes and find-links of all are joined, as uv joins them; of
//! everything else the first that says it counts. `[tool.uv.pip]` comes before `[tool.uv]`.

use std::path::{Path, PathBuf};

use packaging::Origin;
use toml::de::DeTable;

use super::{
    document::{self, Document},
    error::SettingsError,
    keys::Key,
    layer::{Item, Layer},
    surroundings::{Platform, Surroundings},
};

/// Lists which uv joins over its levels.
const JOINED: [Key; 3] = [Key::Index, Key::ExtraIndexUrl, Key::FindLinks];

/// The keys of uv's files that are understood; they are the same words.
const KEYS: [(&str, Key); 12] = [
    ("index", Key::Index),
    ("index-url", Key::IndexUrl),
    ("extra-index-url", Key::ExtraIndexUrl),
    ("find-links", Key::FindLinks),
    ("no-index", Key::NoIndex),
    ("index-strategy", Key::IndexStrategy),
    ("exclude-newer", Key::ExcludeNewer),
    ("prerelease", Key::Prerelease),
    ("resolution", Key::Resolution),
    ("keyring-provider", Key::KeyringProvider),
    ("allow-insecure-host", Key::TrustedHost),
    ("offline", Key::Offline),
];

/// The variables that are understood, best first.
const VARIABLES: [(&str, Key); 15] = [
    ("UV_DEFAULT_INDEX", Key::IndexUrl),
    ("UV_INDEX_URL", Key::IndexUrl),
    ("UV_INDEX", Key::Index),
    ("UV_EXTRA_INDEX_URL", Key::ExtraIndexUrl),
    ("UV_FIND_LINKS", Key::FindLinks),
    ("UV_NO_INDEX", Key::NoIndex),
    ("UV_INDEX_STRATEGY", Key::IndexStrategy),
    ("UV_KEYRING_PROVIDER", Key::KeyringProvider),
    ("UV_INSECURE_HOST", Key::TrustedHost),
    ("UV_EXCLUDE_NEWER", Key::ExcludeNewer),
    ("UV_PRERELEASE", Key::Prerelease),
    ("UV_RESOLUTION", Key::Resolution),
    ("UV_OFFLINE", Key::Offline),
    ("UV_HTTP_TIMEOUT", Key::HttpTimeout),
    ("UV_NO_PROGRESS", Key::NoProgress),
];

/// What uv's variables and files say. `files` is false when the user wants no configuration file read.
///
/// # Errors
/// When a file of uv's is broken, or what it says about indexes: a stack from another index than the one meant is worse than none.
pub(super) fn layer(
    around: &Surroundings,
    project: Option<&Path>,
    files: bool,
    notes: &mut Vec<String>,
) -> Result<Layer, SettingsError> {
    let mut layer = variables(around);
    let own = around.variable("UV_CONFIG_FILE").map(PathBuf::from);
    if files && !around.variable("UV_NO_CONFIG").is_some_and(super::truth) {
        let places = match own {
            Some(path) => vec![path],
            None => project_file(around, project).into_iter().chain(beyond_project(around)).collect(),
        };
        for path in places {
            layer.fill_from(file(around, &path, notes)?, &JOINED);
        }
    }
    layer.foreign = true;
    Ok(layer)
}

fn variables(around: &Surroundings) -> Layer {
    let mut layer = Layer::default();
    for (name, key) in VARIABLES {
        if layer.said.contains_key(&key) {
            continue;
        }
        if let Some(value) = around.variable(name) {
            // uv separates find-links by commas, which Thoth's own variable does not.
            let value = if key == Key::FindLinks { value.replace(',', " ") } else { value.to_owned() };
            layer.add_split(key, &value, &Origin::file(name));
        }
    }
    layer
}

/// `uv.toml` of the project, or else its `pyproject.toml`.
fn project_file(around: &Surroundings, project: Option<&Path>) -> Option<PathBuf> {
    let project = project?;
    let own = project.join("uv.toml");
    Some(if around.files.exists(&own) { own } else { project.join("pyproject.toml") })
}

fn beyond_project(around: &Surroundings) -> Vec<PathBuf> {
    let user = match around.platform {
        Platform::Windows => around.folder_variable("APPDATA"),
        _ => {
            around.folder_variable("XDG_CONFIG_HOME").or_else(|| around.home.as_ref().map(|home| home.join(".config")))
        }
    };
    let system = match around.platform {
        Platform::Windows => around.folder_variable("PROGRAMDATA").map(|folder| folder.join("uv").join("uv.toml")),
        _ => {
            let shared = around.variable("XDG_CONFIG_DIRS").unwrap_or("/etc/xdg");
            let candidates = shared.split(':').map(PathBuf::from).filter(|folder| folder.is_absolute());
            let found = candidates.map(|folder| folder.join("uv/uv.toml")).find(|path| around.files.exists(path));
            Some(found.unwrap_or_else(|| PathBuf::from("/etc/uv/uv.toml")))
        }
    };
    user.map(|folder| folder.join("uv").join("uv.toml")).into_iter().chain(system).collect()
}

fn file(around: &Surroundings, path: &Path, notes: &mut Vec<String>) -> Result<Layer, SettingsError> {
    let Some(text) = super::read(around, path)? else { return Ok(Layer::default()) };
    let name = around.shown(path);
    let document = Document { text: &text, name: &name };
    let tables = document.parse()?;
    let in_project = path.file_name().is_some_and(|name| name == "pyproject.toml");
    let (at, prefix): (&[&str], _) = if in_project { (&["tool", "uv"], "tool.uv.") } else { (&[], "") };
    let Some(main) = document::table_at(&tables, at) else { return Ok(Layer::default()) };
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut layer = Layer::default();
    if let Some(pip) = document::table_at(main, &["pip"]) {
        layer.fill_from(table(&document, pip, &format!("{prefix}pip."), folder, notes)?, &[]);
    }
    layer.fill_from(table(&document, main, prefix, folder, notes)?, &[]);
    Ok(layer)
}

/// The understood keys of one of uv's tables. What has another type than expected is noted, save about indexes; unknown keys are uv's business.
fn table(
    document: &Document<'_>,
    table: &DeTable<'_>,
    prefix: &str,
    folder: &Path,
    notes: &mut Vec<String>,
) -> Result<Layer, SettingsError> {
    let mut layer = Layer::default();
    for (name, value) in table.iter() {
        let word = name.get_ref().as_ref();
        let Some((_, key)) = KEYS.iter().find(|(known, _)| *known == word) else { continue };
        let origin = document.origin(&name.span()).part(format!("{prefix}{word}"));
        // Unknown members of uv's tables (`publish-url`) are uv's business as well.
        match document::items(document, key.kind(), value, &origin, &mut Vec::new()) {
            Ok(items) => {
                let items = items.into_iter().map(|item| Item { base: Some(folder.to_owned()), ..item });
                layer.said.insert(*key, items.collect());
            }
            Err(problem) if super::ABOUT_INDEXES.contains(key) => return Err(problem),
            Err(problem) => notes.push(format!("{problem}; ignored")),
        }
    }
    Ok(layer)
}
