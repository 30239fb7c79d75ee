//! `Pipfile`, as pipenv reads it.
//!
//! The hash that pipenv keeps of it is in `hash`.

mod hash;

use std::str::FromStr;

pub use hash::{PipfileHashError, pipfile_hash};
use toml_edit::{Item, TableLike};

use super::{
    Declaration, NamedIndex, Selected, Selection,
    declaration::{self, masked},
    error::{Fault, Problem, excerpt, reason},
    read::{MOST_OPTIONS, Reading},
    toml_file::{TomlFile, shape},
};
use crate::{ExtraName, GroupName, MarkerTree, Origin, PackageName, Requirement, Url, VersionSpecifiers, Wanted};

/// The tables that hold no packages (`plette.pipfiles.PIPFILE_SECTIONS`).
const SECTIONS: [&str; 5] = ["source", "requires", "scripts", "pipfile", "pipenv"];

/// The keys of an entry that are markers: the variables of PEP 508.
const MARKERS: [&str; 11] = [
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
];

/// Reads a `Pipfile` into `reading`.
pub(super) fn read(
    reading: &mut Reading,
    name: &str,
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
    selection: &Selection,
) {
    let parsed = TomlFile::parse(name, text, 0);
    if let Some(file) = reading.good(parsed)
        && let Err(problem) = read_file(reading, &file, variable, selection)
    {
        reading.problem(problem);
    }
}

fn read_file(
    reading: &mut Reading,
    file: &TomlFile,
    variable: &dyn Fn(&str) -> Option<String>,
    selection: &Selection,
) -> Result<(), Problem> {
    let root = file.root();
    let pipenv = file.table(root, "pipenv", "pipenv")?;
    let flag = |key: &str| match pipenv {
        Some(table) => Ok(file.boolean(table, key, &format!("pipenv.{key}"))?.unwrap_or(false)),
        None => Ok(false),
    };
    reading.project.options.pre = flag("allow_prereleases")?;
    read_sources(reading, file, variable, flag("install_search_all_sources")?)?;
    read_requires(reading, file)?;
    for category in categories(reading, root, file, &selection.groups) {
        let Some(table) = file.table(root, &category, &category)? else { continue };
        for (key, item) in table.iter() {
            let part = format!("{category}.{key}");
            let origin = file.origin_of(table, key, &part);
            if reading.is_full(&origin) {
                return Ok(());
            }
            if let Err(fault) = read_entry(reading, file, key, item, &origin) {
                reading.fault(origin, fault);
            }
        }
    }
    Ok(())
}

/// The tables of packages to read: `packages`, and those selected.
fn categories(
    reading: &mut Reading,
    root: &dyn TableLike,
    file: &TomlFile,
    selected: &Selected<GroupName>,
) -> Vec<String> {
    let optional: Vec<String> = root
        .iter()
        .filter(|(key, item)| !SECTIONS.contains(key) && *key != "packages" && item.is_table_like())
        .map(|(key, _)| key.to_string())
        .collect();
    let mut found = vec!["packages".to_string()];
    let names = match selected {
        Selected::All => {
            found.extend(optional);
            return found;
        }
        Selected::Only(names) => names,
    };
    for name in names {
        if matches!(name.as_ref(), "packages" | "default") {
            continue;
        }
        let is_name = |key: &String| {
            GroupName::from_str(key).is_ok_and(|key| key == *name)
                || (key == "dev-packages" && matches!(name.as_ref(), "dev" | "develop"))
        };
        match optional.iter().find(|key| is_name(key)) {
            Some(key) if found.contains(key) => {}
            Some(key) => found.push(key.clone()),
            None => {
                let known = optional.clone();
                reading.fault(Origin::file(file.name()), Fault::UnknownGroup { name: name.to_string(), known });
            }
        }
    }
    found
}

/// Reads the `[[source]]` tables: the first is the default index; as for pipenv, the others are asked only for packages
/// pinned to them, unless `install_search_all_sources` is set.
fn read_sources(
    reading: &mut Reading,
    file: &TomlFile,
    variable: &dyn Fn(&str) -> Option<String>,
    search_all: bool,
) -> Result<(), Problem> {
    let tables = file.tables(file.root(), "source", "source")?;
    if tables.len() > MOST_OPTIONS {
        let fault = Fault::TooMuch { what: "sources", limit: MOST_OPTIONS };
        return Err(file.problem(file.root(), "source", "source", fault));
    }
    for (index, (table, origin)) in tables.into_iter().enumerate() {
        let Some(url) = file.string(table, "url", "source.url")? else {
            return Err(Problem::new(origin, Fault::Missing("source.url")));
        };
        let (url, unset) = expanded(url, variable);
        for name in unset {
            reading.note(&origin, format!("`${{{name}}}` is not set and stays as it is"));
        }
        if file.boolean(table, "verify_ssl", "source.verify_ssl")? == Some(false)
            && let Some(host) = Url::parse(&url).ok().and_then(|url| trusted_host(&url))
            && !reading.project.options.trusted_hosts.contains(&host)
        {
            reading.project.options.trusted_hosts.push(host);
        }
        let name = file.string(table, "name", "source.name")?.map_or_else(|| masked(&url), ToString::to_string);
        let is_first = index == 0;
        let source = NamedIndex { name, url, explicit: !is_first && !search_all, default: is_first, origin };
        reading.project.options.named.push(source);
    }
    Ok(())
}

fn trusted_host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_string(), |port| format!("{host}:{port}")))
}

/// Expands as Python's `os.path.expandvars` does: `$NAME` and `${NAME}`; what is not set stays.
fn expanded(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> (String, Vec<String>) {
    let (mut done, mut unset) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        done.push_str(before);
        let braced = after.strip_prefix('{').and_then(|after| after.split_once('}'));
        let (name, tail) = braced.unwrap_or_else(|| {
            let end =
                after.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(after.len());
            after.split_at_checked(end).unwrap_or(("", after))
        });
        let value = Some(name).filter(|name| !name.is_empty()).and_then(variable);
        match value {
            Some(value) => {
                done.push_str(&value);
                rest = tail;
            }
            None => {
                done.push('$');
                if !name.is_empty() {
                    unset.push(excerpt(name));
                }
                rest = after;
            }
        }
    }
    done.push_str(rest);
    (done, unset)
}

fn read_requires(reading: &mut Reading, file: &TomlFile) -> Result<(), Problem> {
    let Some(requires) = file.table(file.root(), "requires", "requires")? else { return Ok(()) };
    for key in ["python_version", "python_full_version"] {
        let part = format!("requires.{key}");
        let Some(text) = file.string(requires, key, &part)? else { continue };
        let origin = file.origin_of(requires, key, &part);
        if text == "*" {
            continue;
        }
        if let Err(error) = crate::Version::from_str(text) {
            let (text, reason) = (excerpt(text), reason(&error));
            reading.fault(origin, Fault::Value { text, expected: "a Python version", reason });
            continue;
        }
        reading.project.python_version = Some((text.to_string(), origin));
    }
    Ok(())
}

/// Reads `name = "specifiers"` or `name = {…}`.
fn read_entry(reading: &mut Reading, file: &TomlFile, key: &str, item: &Item, origin: &Origin) -> Result<(), Fault> {
    // pipenv allows `"name[extra]"` as a key.
    let (key, key_extras) = match key.strip_suffix(']').and_then(|key| key.split_once('[')) {
        Some((name, extras)) => (name, extras.split(',').collect()),
        None => (key, Vec::new()),
    };
    let name = declaration::package_name(key.trim())?;
    let mut extras: Vec<ExtraName> =
        key_extras.into_iter().map(|name| declaration::extra_name(name.trim())).collect::<Result<_, _>>()?;
    if let Some(text) = item.as_str() {
        let wanted = Wanted::Versions(specifiers(text)?);
        let requirement = Requirement { name, extras, wanted, marker: MarkerTree::TRUE };
        keep(reading, Declaration { requirement, hashes: Vec::new(), origin: origin.clone() });
        return Ok(());
    }
    let Some(entry) = item.as_table_like() else {
        return Err(shape(key, "a string or a table", item.type_name()));
    };
    refuse(entry, &name)?;
    let fault = |problem: Problem| *problem.fault;
    for (extra, _) in file.strings(entry, "extras", "extras").map_err(fault)? {
        extras.push(declaration::extra_name(extra)?);
    }
    let marker = read_marker(file, entry)?;
    if let Some(index) = file.string(entry, "index", "index").map_err(fault)? {
        pin(reading, &name, index, origin)?;
    }
    let url = match file.string(entry, "file", "file").map_err(fault)? {
        Some(url) => Some(url),
        None => file.string(entry, "url", "url").map_err(fault)?,
    };
    note_unknown(reading, entry, origin);
    let mut declared = match url {
        Some(url) if !url.contains("://") => return Err(Fault::LocalPath(masked(url))),
        Some(url) => declaration::archive(name, extras, url, marker, origin.clone())?,
        None => {
            let version = file.string(entry, "version", "version").map_err(fault)?.unwrap_or("*");
            let wanted = Wanted::Versions(specifiers(version)?);
            let requirement = Requirement { name, extras, wanted, marker };
            Declaration { requirement, hashes: Vec::new(), origin: origin.clone() }
        }
    };
    for (hash, _) in file.strings(entry, "hashes", "hashes").map_err(fault)? {
        declared.hashes.push(hash.trim_start_matches("--hash=").parse()?);
    }
    keep(reading, declared);
    Ok(())
}

fn keep(reading: &mut Reading, declared: Declaration) {
    reading.project.requirements.push(declared);
}

/// Refuses what would have to be built or is only on this machine.
fn refuse(entry: &dyn TableLike, name: &PackageName) -> Result<(), Fault> {
    let shown = |key: &str| {
        let value = entry.get(key).and_then(Item::as_str).map(masked).unwrap_or_default();
        format!("{name} = {{{key} = \"{value}\"}}")
    };
    for key in ["git", "hg", "svn", "bzr"] {
        if entry.contains_key(key) {
            return Err(Fault::VersionControl(shown(key)));
        }
    }
    if entry.get("editable").and_then(Item::as_bool) == Some(true) {
        return Err(Fault::Editable(name.to_string()));
    }
    if entry.contains_key("path") {
        return Err(Fault::LocalPath(shown("path")));
    }
    if entry.contains_key("subdirectory") {
        return Err(Fault::Subdirectory(name.to_string()));
    }
    Ok(())
}

/// Reads the specifiers of a version: `*` and nothing at all mean any.
fn specifiers(text: &str) -> Result<VersionSpecifiers, Fault> {
    if matches!(text.trim(), "*" | "") {
        return Ok(VersionSpecifiers::empty());
    }
    VersionSpecifiers::from_str(text).map_err(|error| {
        let expected = "`*` or a set of version specifiers";
        Fault::Value { text: excerpt(text), expected, reason: reason(&error) }
    })
}

/// Reads `markers` and the keys that are markers themselves (`sys_platform = "== 'win32'"`); all must hold.
fn read_marker(file: &TomlFile, entry: &dyn TableLike) -> Result<MarkerTree, Fault> {
    let text = |key: &str| file.string(entry, key, key).map_err(|problem| *problem.fault);
    let mut all = MarkerTree::TRUE;
    if let Some(markers) = text("markers")? {
        all = all.and(declaration::marker(markers)?);
    }
    for key in MARKERS {
        if let Some(comparison) = text(key)? {
            all = all.and(declaration::marker(&format!("{key} {comparison}"))?);
        }
    }
    Ok(all)
}

fn pin(reading: &mut Reading, name: &PackageName, index: &str, origin: &Origin) -> Result<(), Fault> {
    let options = &mut reading.project.options;
    if !options.named.iter().any(|known| known.name == index) {
        let known = options.named.iter().map(|index| index.name.clone()).collect();
        return Err(Fault::UnknownIndex { package: name.to_string(), index: excerpt(index), known });
    }
    options.pins.insert(name.clone(), (index.to_string(), origin.clone()));
    Ok(())
}

fn note_unknown(reading: &mut Reading, entry: &dyn TableLike, origin: &Origin) {
    const KNOWN: [&str; 8] = ["version", "extras", "markers", "index", "file", "url", "hashes", "editable"];
    for (key, _) in entry.iter() {
        if !KNOWN.contains(&key) && !MARKERS.contains(&key) {
            reading.note(origin, format!("`{}` is not honoured", excerpt(key)));
        }
    }
}

#[cfg(test)]
mod tests;
