//! Writes `Pipfile.lock`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use serde::Serialize as _;
use serde_json::{Value, json};

use super::markers;
use crate::{
    PackageName,
    lock::{Lock, LockedPackage, LockedSource, WriteError, credentials, requirements_txt::hashes},
};

/// Which packages belong to which category (`default`, `develop`, or a category's own name); a package may be in several.
pub type Categories = BTreeMap<String, Vec<PackageName>>;

/// The `_meta` table of a `Pipfile.lock`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// The SHA-256 of the `Pipfile` as pipenv computes it, 64 hexadecimal digits.
    pub hash: String,
    /// The `[requires]` table of the `Pipfile`: `python_version`, `python_full_version`.
    pub requires: BTreeMap<String, String>,
    /// The `[[source]]` tables of the `Pipfile`, in order.
    pub sources: Vec<Source>,
}

/// One `[[source]]` of a `Pipfile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name, which packages refer to as `index`.
    pub name: String,
    /// Its URL, as the `Pipfile` has it; literal credentials in it are not written, variables (`${TOKEN}`) are.
    pub url: String,
    /// Whether its certificate is checked.
    pub verify_ssl: bool,
}

/// Writes a lock as `Pipfile.lock`; the same arguments give the same bytes, in pipenv's layout.
///
/// The `Requires-Python` of a release and its marker are both written as `markers`, as pipenv does.
pub fn write(lock: &Lock, meta: &Meta, categories: &Categories) -> Result<String, WriteError> {
    let packages: BTreeMap<&PackageName, &LockedPackage> =
        lock.packages.iter().map(|package| (&package.name, package)).collect();
    let placed: BTreeSet<&PackageName> = categories.values().flatten().collect();
    if let Some(name) = packages.keys().find(|name| !placed.contains(*name)) {
        return Err(WriteError::NoCategory { package: (*name).clone() });
    }
    let mut tables: BTreeMap<String, Value> = BTreeMap::new();
    tables.insert("default".to_string(), json!({}));
    tables.insert("develop".to_string(), json!({}));
    for (category, names) in categories {
        if category == "_meta" {
            return Err(WriteError::Meta(
                "`_meta` cannot be the name of a category; rename it in the Pipfile".to_string(),
            ));
        }
        let mut entries: BTreeMap<&str, Value> = BTreeMap::new();
        for name in names {
            let package = packages
                .get(name)
                .ok_or_else(|| WriteError::NotLocked { category: category.clone(), package: name.clone() })?;
            entries.insert(name.as_ref(), entry(package, &packages, &meta.sources)?);
        }
        tables.insert(category.clone(), json!(entries));
    }
    tables.insert("_meta".to_string(), meta_table(meta)?);
    layout(&tables)
}

fn meta_table(meta: &Meta) -> Result<Value, WriteError> {
    if meta.hash.len() != 64 || !meta.hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(WriteError::Meta("the hash of the Pipfile is not a SHA-256 of 64 hexadecimal digits".to_string()));
    }
    let sources: Vec<Value> = meta
        .sources
        .iter()
        .map(|source| {
            let url = credentials::source_url(&source.url);
            json!({ "name": source.name, "url": url, "verify_ssl": source.verify_ssl })
        })
        .collect();
    Ok(json!({
        "hash": { "sha256": meta.hash.to_ascii_lowercase() },
        "pipfile-spec": 6,
        "requires": meta.requires,
        "sources": sources,
    }))
}

fn entry(
    package: &LockedPackage,
    packages: &BTreeMap<&PackageName, &LockedPackage>,
    sources: &[Source],
) -> Result<Value, WriteError> {
    let mut fields: BTreeMap<&str, Value> = BTreeMap::new();
    if !package.extras.is_empty() {
        let extras: BTreeSet<&str> = package.extras.iter().map(AsRef::as_ref).collect();
        fields.insert("extras", json!(extras));
    }
    fields.insert("hashes", json!(hashes(package)?));
    fields.extend(marker(package).map(|marker| ("markers", json!(marker))));
    match (&package.source, &package.version) {
        (LockedSource::Archive(url), _) => {
            // The subdirectory stays in the fragment: pipenv hands the whole to pip and looks for no key beside it.
            fields.insert("file", json!(credentials::bare(url).as_str()));
        }
        (LockedSource::Index(_), None) => return Err(WriteError::NoVersion { package: package.name.clone() }),
        (LockedSource::Index(index), Some(_)) => {
            let named = index.as_ref().and_then(|index| source_of(index, sources));
            // pipenv names the index of what the Pipfile asks for. With several indexes Thoth names it for all, so that no
            // index can slip in a package of the same name.
            if sources.len() > 1 || is_direct(package, packages) {
                fields.extend(named.map(|name| ("index", json!(name))));
            }
        }
    }
    fields.extend(package.version.as_ref().map(|version| ("version", json!(format!("=={version}")))));
    Ok(json!(fields))
}

/// Whether something other than a locked package asks for it.
fn is_direct(package: &LockedPackage, packages: &BTreeMap<&PackageName, &LockedPackage>) -> bool {
    package.via.is_empty()
        || package.via.iter().any(|via| via.parse().map_or(true, |name: PackageName| !packages.contains_key(&name)))
}

fn source_of<'a>(index: &crate::Url, sources: &'a [Source]) -> Option<&'a str> {
    let wanted = comparable(credentials::bare(index).as_str());
    sources
        .iter()
        .find(|source| {
            let (scheme, address) = source.url.split_once("://").unwrap_or(("", &source.url));
            let end = address.find(['/', '?', '#', '\\']).unwrap_or(address.len());
            let (authority, path) = address.split_at(end);
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            // Parsed, so that case and a default port make no difference.
            let bare = format!("{scheme}://{host}{path}");
            let bare = crate::Url::parse(&bare).map_or(bare, |url| credentials::bare(&url).to_string());
            comparable(&bare) == wanted
        })
        .map(|source| source.name.as_str())
}

fn comparable(url: &str) -> String {
    url.trim_end_matches('/').to_string()
}

fn marker(package: &LockedPackage) -> Option<String> {
    let python = package.requires_python.as_ref().and_then(markers::of);
    let marker = package.marker.and_then(crate::MarkerTree::try_to_string).map(|marker| markers::shortened(&marker));
    match (python, marker) {
        (Some(python), Some(marker)) if marker.contains(" or ") => Some(format!("{python} and ({marker})")),
        (Some(python), Some(marker)) => Some(format!("{python} and {marker}")),
        (python, marker) => python.or(marker),
    }
}

/// Four spaces, keys in order, nothing but ASCII, a newline at the end: `json.dumps(indent=4, sort_keys=True)`.
fn layout(tables: &BTreeMap<String, Value>) -> Result<String, WriteError> {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    tables.serialize(&mut serializer).map_err(|error| WriteError::Meta(error.to_string()))?;
    let written = String::from_utf8(bytes).map_err(|error| WriteError::Meta(error.to_string()))?;
    let mut text = String::with_capacity(written.len() + 1);
    for c in written.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text.push('\n');
    Ok(text)
}
