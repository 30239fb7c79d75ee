//! pip's own configuration as a level below uv's: `PIP_*` and `pip.conf`.
//!
//! The order is pip's: variables, then the file `PIP_CONFIG_FILE` names, the virtual environment's, the user's, the machine's;
//! in all of them together `[install]` comes before `[global]`.

use std::path::{Path, PathBuf};

use packaging::Origin;

use super::{
    error::SettingsError,
    keys::{Key, Kind},
    layer::{Item, Layer},
    surroundings::{Platform, Surroundings},
};

/// The options that are understood, as pip names them without dashes.
const OPTIONS: [(&str, Key); 13] = [
    ("index-url", Key::IndexUrl),
    ("pypi-url", Key::IndexUrl),
    ("extra-index-url", Key::ExtraIndexUrl),
    ("find-links", Key::FindLinks),
    ("no-index", Key::NoIndex),
    ("trusted-host", Key::TrustedHost),
    ("cert", Key::Cert),
    ("timeout", Key::HttpTimeout),
    ("default-timeout", Key::HttpTimeout),
    ("pre", Key::Pre),
    ("no-binary", Key::NoBinary),
    ("only-binary", Key::OnlyBinary),
    ("uploaded-prior-to", Key::ExcludeNewer),
];

/// What pip's variables and files say. `files` is false when the user wants no configuration file read.
///
/// # Errors
/// When a file of pip's is there but cannot be read: it may name the index that is meant.
pub(super) fn layer(around: &Surroundings, files: bool, notes: &mut Vec<String>) -> Result<Layer, SettingsError> {
    let mut layer = variables(around);
    if files {
        let (mut install, mut global) = (Layer::default(), Layer::default());
        for path in places(around) {
            let Some(text) = super::read(around, &path)? else { continue };
            let file = parse(&text, &around.shown(&path), notes);
            install.fill_from(file.install, &[]);
            global.fill_from(file.global, &[]);
        }
        layer.fill_from(install, &[]);
        layer.fill_from(global, &[]);
    }
    layer.foreign = true;
    Ok(layer)
}

fn variables(around: &Surroundings) -> Layer {
    let mut layer = Layer::default();
    let mut options: Vec<&str> = OPTIONS.iter().map(|(option, _)| *option).collect();
    options.push("keyring-provider");
    for option in options {
        let name = format!("PIP_{}", option.to_ascii_uppercase().replace('-', "_"));
        if let Some(value) = around.variable(&name) {
            say(&mut layer, option, value, &Origin::file(name));
        }
    }
    layer
}

/// Notes what one option says; later sayings of the same are void.
fn say(layer: &mut Layer, option: &str, value: &str, origin: &Origin) {
    // Of pip's four providers, `import` needs Python and `auto` means "as it comes".
    if option == "keyring-provider" && matches!(value.trim(), "disabled" | "subprocess") {
        layer.said.entry(Key::KeyringProvider).or_insert_with(|| vec![Item::text(value.trim(), origin.clone())]);
    }
    let Some((_, key)) = OPTIONS.iter().find(|(known, _)| *known == option) else { return };
    if layer.said.contains_key(key) {
        return;
    }
    let value = value.trim();
    // An option that is there without a value says nothing, as with pip.
    if !value.is_empty() {
        layer.add_split(*key, value, origin);
    }
}

/// The files pip would read, best first.
fn places(around: &Surroundings) -> Vec<PathBuf> {
    let named = around.variable("PIP_CONFIG_FILE").map(PathBuf::from);
    // pip documents the null device as the way to read no file at all.
    if named
        .as_deref()
        .is_some_and(|path| path == Path::new("/dev/null") || path.as_os_str().eq_ignore_ascii_case("nul"))
    {
        return Vec::new();
    }
    let windows = around.platform == Platform::Windows;
    let file = if windows { "pip.ini" } else { "pip.conf" };
    let site = around.folder_variable("VIRTUAL_ENV").map(|folder| folder.join(file));
    named.into_iter().chain(site).chain(user(around, file)).chain(machine(around, file)).collect()
}

fn user(around: &Surroundings, file: &str) -> Vec<PathBuf> {
    let home = around.home.as_deref();
    let legacy = match around.platform {
        Platform::Windows => home.map(|home| home.join("pip").join(file)),
        _ => home.map(|home| home.join(".pip").join(file)),
    };
    let xdg = around.folder_variable("XDG_CONFIG_HOME").or_else(|| home.map(|home| home.join(".config")));
    let folder = match around.platform {
        Platform::Windows => around.folder_variable("APPDATA"),
        Platform::MacOs => {
            let library = home.map(|home| home.join("Library/Application Support"));
            library.filter(|folder| around.files.exists(&folder.join("pip"))).or(xdg)
        }
        Platform::Unix => xdg,
    };
    folder.map(|folder| folder.join("pip").join(file)).into_iter().chain(legacy).collect()
}

fn machine(around: &Surroundings, file: &str) -> Vec<PathBuf> {
    match around.platform {
        Platform::Windows => {
            around.folder_variable("PROGRAMDATA").map(|folder| folder.join("pip").join(file)).into_iter().collect()
        }
        Platform::MacOs => vec![Path::new("/Library/Application Support/pip").join(file)],
        Platform::Unix => {
            let shared = around.variable("XDG_CONFIG_DIRS").unwrap_or("/etc/xdg");
            let folders = shared.split(':').map(PathBuf::from).filter(|folder| folder.is_absolute());
            std::iter::once(Path::new("/etc").join(file))
                .chain(folders.map(|folder| folder.join("pip").join(file)))
                .collect()
        }
    }
}

/// The two sections of a `pip.conf` that `pip install` reads.
#[derive(Default)]
pub(super) struct PipFile {
    pub(super) global: Layer,
    pub(super) install: Layer,
}

/// Reads a `pip.conf` as Python's `configparser` does: `[section]`, `key = value` or `key: value`, comments on lines of their own
/// after `#` or `;`, and values that go on in lines indented deeper than their key. What is none of these is noted.
pub(super) fn parse(text: &str, name: &str, notes: &mut Vec<String>) -> PipFile {
    let mut file = PipFile::default();
    let mut section = String::new();
    let mut open: Option<Entry> = None;
    for (number, line) in (1_u32..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if let Some(entry) = open.as_mut().filter(|entry| indent > entry.indent) {
            entry.value.push('\n');
            entry.value.push_str(trimmed);
            continue;
        }
        file.close(&section, open.take(), name);
        if let Some(header) = trimmed.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            section = header.0.to_owned();
        } else if let Some((key, value)) = trimmed.split_once(['=', ':']) {
            let option = key.trim().to_ascii_lowercase().replace('_', "-");
            let option = option.strip_prefix("--").unwrap_or(&option).to_owned();
            open = Some(Entry { option, value: value.trim().to_owned(), line: number, indent });
        } else {
            notes.push(format!("{name}:{number}: neither a section nor `key = value`; this line of pip's is ignored"));
        }
    }
    file.close(&section, open, name);
    file
}

/// A key whose value may go on.
struct Entry {
    option: String,
    value: String,
    line: u32,
    indent: usize,
}

impl PipFile {
    fn close(&mut self, section: &str, entry: Option<Entry>, name: &str) {
        let layer = match section {
            "global" => &mut self.global,
            "install" => &mut self.install,
            _ => return,
        };
        let Some(entry) = entry else { return };
        let origin = Origin::line(name, entry.line).part(format!("{section}.{}", entry.option));
        let single = OPTIONS.iter().any(|(option, key)| {
            *option == entry.option && matches!(key.kind(), Kind::Text | Kind::Flag | Kind::Number | Kind::Path)
        });
        let value =
            if single { entry.value.lines().find(|line| !line.is_empty()).unwrap_or_default() } else { &entry.value };
        say(layer, &entry.option, value, &origin);
    }
}
