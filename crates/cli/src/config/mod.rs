//! From flags, variables and files to [`Settings`].
//!
//! # Precedence
//!
//! For each setting, the first of these levels that says it counts:
//!
//! 1. **flags**;
//! 2. **`THOTH_*` variables**, one for each flag (`--index-url` is `THOTH_INDEX_URL`); an empty one counts as unset;
//! 3. **the project**: `thoth.toml`, or else `[tool.thoth]` of `pyproject.toml`, in the nearest folder at or above the working
//!    directory that has one of them or a `uv.toml`; the search ends at a folder with `.git` and at the home folder. When both say
//!    something, `thoth.toml` counts, whole, and a note says so;
//! 4. **the user**: `thoth/thoth.toml` in `$XDG_CONFIG_HOME`, `~/.config` or `%APPDATA%`;
//! 5. **uv's** configuration: `UV_*`, project, user, system;
//! 6. **pip's**: `PIP_*`, `$PIP_CONFIG_FILE`, virtual environment, user, machine;
//! 7. `SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE`, for the certificates;
//! 8. **the default**.
//!
//! Between 2 and 3 stands the runtime environment in effect (see [`environments`]).
//!
//! `--config-file` takes the place of 3 and 4. `--no-config` leaves out every file, of all tools; variables still count.
//!
//! A list replaces the lists of lower levels, save for five that are joined, higher levels first: `index` (of two with one name the
//! higher counts), `index-pin` (the same for a package), `label` (the same for a name), `ignore` and `trusted-host`. `pre` and `prerelease`, `no-color` and `color`,
//! `extra` and `all-extras`, `group` and `all-groups`, `upgrade` and `upgrade-package` are each one setting with two words.
//!
//! Where uv's configuration names an index or links, save explicit indexes, what pip's says about them does not count, and a note
//! says so: the two describe the same indexes in two ways. `UV_INDEX_<NAME>_USERNAME` and `_PASSWORD` (or `THOTH_INDEX_…`) belong to the index of
//! that name, wherever it was said.
//!
//! What cannot be used is an error that names its place; in another tool's configuration it is a note, save for what concerns the
//! address of an index and for a file that cannot be read at all: a stack from another index than the one meant is worse than none.

mod cooldown;
mod document;
pub(crate) mod environments;
mod error;
mod flags;
mod indexes;
mod keys;
mod layer;
mod pip;
mod reader;
mod settle;
mod show;
mod surroundings;
#[cfg(test)]
pub(crate) mod tests;
mod uv;
pub(crate) mod variables;

use std::path::{Path, PathBuf};

pub(crate) use self::settle::memory;
pub use self::{
    cooldown::exclude_newer,
    environments::Wanted,
    error::SettingsError,
    show::{Row, rows},
    surroundings::{Disk, Files, Platform, Surroundings},
};
use self::{document::Document, keys::Key, layer::Layer, reader::Levels};
use crate::{
    args::Cli,
    settings::{ProjectEnvironments, Settings},
};

/// The settings in effect for a command line in its surroundings.
///
/// # Errors
/// When a flag, a variable, a file of Thoth's or the address of an index cannot be used.
pub fn settle(cli: &Cli, around: &Surroundings) -> Result<Settings, SettingsError> {
    settle_for(cli, around, Wanted::Said)
}

/// The same for one of several environments.
///
/// # Errors
/// As [`settle`].
pub fn settle_for(cli: &Cli, around: &Surroundings, wanted: Wanted<'_>) -> Result<Settings, SettingsError> {
    let unusable = around.not_unicode.iter().map(|name| format!("{name}: is not Unicode; ignored"));
    let mut notes: Vec<String> = unusable.collect();
    let project = project_folder(around);
    let files = !(cli.common.no_config || around.variable(variables::NO_CONFIG).is_some_and(truth));
    let mut layers = vec![flags::layer(cli), variables::layer(around, &mut notes)];
    match named_file(cli, around) {
        Some((said, path)) if files => layers.push(own_file(around, &path, Some(said), &mut notes)?),
        _ if files => {
            if let Some(project) = &project {
                layers.push(project_layer(around, project, &mut notes)?);
            }
            if let Some(folder) = user_folder(around) {
                layers.push(own_file(around, &folder.join("thoth").join("thoth.toml"), None, &mut notes)?);
            }
        }
        _ => {}
    }
    let mut environments = ProjectEnvironments::default();
    if cli.command.asks_for_environments() {
        environments = environments::read(around, files, &layers, &mut notes)?;
        if cli.command.is_for_an_environment() {
            let environment = environments::choose(&mut environments, wanted, &layers, around)?;
            layers.insert(2, environment);
        }
    }
    let uv = uv::layer(around, project.as_deref(), files, &mut notes)?;
    let mut pip = pip::layer(around, files, &mut notes)?;
    prefer_uv(&uv, &mut pip, &mut notes);
    layers.extend([uv, pip, variables::shared(around)]);
    Ok(Settings { environments, ..settle::settle(Levels { layers, around, notes: notes.into() }, project)? })
}

/// Whether a text means yes, to pip, uv and Thoth alike.
fn truth(text: &str) -> bool {
    matches!(text.trim().to_ascii_lowercase().as_str(), "1" | "y" | "yes" | "t" | "true" | "on")
}

/// The text of a configuration file; `None` when there is none.
pub(crate) fn read(around: &Surroundings, path: &Path) -> Result<Option<String>, SettingsError> {
    let path = around.folder.join(path);
    let error = |source| SettingsError::Read { path: path.clone(), source };
    let Some(bytes) = around.files.read(&path).map_err(error)? else { return Ok(None) };
    let text = String::from_utf8(bytes)
        .map_err(|_| error(std::io::Error::new(std::io::ErrorKind::InvalidData, "not UTF-8; save it as UTF-8")))?;
    // Windows editors mark UTF-8 files with a character that TOML does not know.
    Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
}

fn project_folder(around: &Surroundings) -> Option<PathBuf> {
    let has = |folder: &Path, name: &str| around.files.exists(&folder.join(name));
    for folder in around.folder.ancestors() {
        if ["thoth.toml", "pyproject.toml", "uv.toml"].iter().any(|name| has(folder, name)) {
            return Some(folder.to_owned());
        }
        if has(folder, ".git") || around.home.as_deref() == Some(folder) {
            return None;
        }
    }
    None
}

fn user_folder(around: &Surroundings) -> Option<PathBuf> {
    match around.platform {
        Platform::Windows => around.folder_variable("APPDATA"),
        _ => {
            around.folder_variable("XDG_CONFIG_HOME").or_else(|| around.home.as_ref().map(|home| home.join(".config")))
        }
    }
}

/// The file that takes the place of the project's and the user's, and who names it.
fn named_file(cli: &Cli, around: &Surroundings) -> Option<(&'static str, PathBuf)> {
    let flag = cli.common.config_file.clone().map(|path| ("--config-file", path));
    flag.or_else(|| around.variable(variables::CONFIG_FILE).map(|path| (variables::CONFIG_FILE, PathBuf::from(path))))
}

/// What a `thoth.toml` says; nothing when it is not there, unless `said` names it.
fn own_file(
    around: &Surroundings,
    path: &Path,
    said: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<Layer, SettingsError> {
    let path = around.folder.join(path);
    match (read(around, &path)?, said) {
        (Some(text), _) => {
            let document = Document { text: &text, name: &around.shown(&path) };
            document::layer(&document, &document.parse()?, "", path.parent().unwrap_or(&around.folder), notes)
        }
        (None, Some(said)) => Err(SettingsError::Missing { said: said.to_owned(), path }),
        (None, None) => Ok(Layer::default()),
    }
}

/// `thoth.toml`, or else `[tool.thoth]` of `pyproject.toml`.
fn project_layer(around: &Surroundings, project: &Path, notes: &mut Vec<String>) -> Result<Layer, SettingsError> {
    let own = project.join("thoth.toml");
    let alone = around.files.exists(&own).then_some(own);
    let pyproject = project.join("pyproject.toml");
    let Some(text) = read(around, &pyproject)?.filter(|text| text.contains("thoth")) else {
        return alone.map_or_else(|| Ok(Layer::default()), |own| own_file(around, &own, None, notes));
    };
    let document = Document { text: &text, name: &around.shown(&pyproject) };
    let tables = document.parse()?;
    match (document::table_at(&tables, &["tool", "thoth"]), alone) {
        (table, Some(own)) => {
            if table.is_some_and(|table| !table.is_empty()) {
                notes.push(format!("[tool.thoth] of {} is ignored: {} says it all", document.name, around.shown(&own)));
            }
            own_file(around, &own, None, notes)
        }
        (Some(table), None) => document::layer(&document, table, "tool.thoth.", project, notes),
        (None, None) => Ok(Layer::default()),
    }
}

/// What is said about indexes in one breath.
const ABOUT_INDEXES: [Key; 5] = [Key::IndexUrl, Key::ExtraIndexUrl, Key::Index, Key::FindLinks, Key::NoIndex];

/// Takes pip's indexes back where uv has some. An explicit one does not count: it is asked only for what is pinned to it, and says
/// nothing about where everything else comes from.
fn prefer_uv(uv: &Layer, pip: &mut Layer, notes: &mut Vec<String>) {
    let first = |layer: &Layer| {
        let items = ABOUT_INDEXES.iter().filter_map(|key| layer.said.get(key)).flatten();
        items.filter(|item| !item.is_explicit()).map(|item| item.origin.clone()).next()
    };
    if let (Some(kept), Some(void)) = (first(uv), first(pip)) {
        pip.said.retain(|key, _| !ABOUT_INDEXES.contains(key));
        notes.push(format!("indexes are those of uv's configuration ({kept}); those of pip's ({void}) do not count"));
    }
}
