//! Reads `Pipfile.lock`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Categories;
use crate::{
    Digest, Origin, Url, VersionSpecifiers,
    lock::{
        Lock, LockedPackage, LockedSource, Note, ReadError, Reading, bounds, credentials, reading,
        requirements_txt::nameless,
    },
};

/// What a `Pipfile.lock` says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PipfileLock {
    /// The packages of all categories as one lock, with the notes.
    pub reading: Reading,
    /// Which packages are in which category.
    pub categories: Categories,
    /// The SHA-256 of the `Pipfile` it was made from.
    pub hash: Option<String>,
}

/// Reads a `Pipfile.lock`; `file` is how messages name it.
///
/// `groups` of the lock are the categories beside `default` that lock something. A package that is in several categories at
/// one version is one package of the lock.
pub fn read(text: &str, file: &str) -> Result<PipfileLock, ReadError> {
    let text = bounds::text(text, file)?;
    let whole: Value = serde_json::from_str(text).map_err(|error| ReadError::Syntax {
        origin: Origin::line(file, u32::try_from(error.line()).unwrap_or(u32::MAX)),
        message: bounds::plain(&error.to_string()),
    })?;
    let no_lock = |message: &str| ReadError::Shape { origin: Origin::file(file), message: message.to_string() };
    let Value::Object(whole) = whole else {
        return Err(no_lock("it is not a JSON object, so it is no `Pipfile.lock`; write it again"));
    };
    let Some(meta) = whole.get("_meta").and_then(Value::as_object) else {
        return Err(no_lock("it has no `_meta`, so it is no `Pipfile.lock`; write it again"));
    };
    check_version(meta, file)?;
    let entries: usize = whole.values().filter_map(Value::as_object).map(Map::len).sum();
    if entries > bounds::PACKAGES {
        return Err(ReadError::TooMany { file: file.to_string(), limit: bounds::PACKAGES });
    }
    let mut reader = Reader { file, indexes: BTreeMap::new(), notes: Vec::new() };
    reader.indexes = reader.sources(meta);
    let requires_python = reader.requires_python(meta);
    let (packages, categories) = reader.categories(&whole);
    let groups = categories
        .iter()
        .filter(|(name, members)| *name != "default" && !members.is_empty())
        .map(|(name, _)| name.clone());
    let lock = Lock { packages, requires_python, groups: groups.collect(), ..Lock::default() };
    let hash = meta.get("hash").and_then(|hash| hash.get("sha256")).and_then(Value::as_str).map(bounds::plain);
    Ok(PipfileLock { reading: Reading { lock, notes: reader.notes }, categories, hash })
}

fn check_version(meta: &Map<String, Value>, file: &str) -> Result<(), ReadError> {
    match meta.get("pipfile-spec") {
        None => Ok(()),
        Some(version) if version.as_u64().is_some_and(|version| version <= 6) => Ok(()),
        Some(version) => Err(ReadError::Version {
            origin: Origin::file(file).part("_meta.pipfile-spec"),
            key: "`pipfile-spec`",
            found: bounds::quoted(&version.to_string()),
            known: "6",
        }),
    }
}

struct Reader<'a> {
    file: &'a str,
    indexes: BTreeMap<String, Url>,
    notes: Vec<Note>,
}

impl Reader<'_> {
    /// The URLs of the sources by name; one with variables in it is not known before they are expanded.
    fn sources(&mut self, meta: &Map<String, Value>) -> BTreeMap<String, Url> {
        let mut indexes = BTreeMap::new();
        for source in meta.get("sources").and_then(Value::as_array).into_iter().flatten().take(1_000) {
            let text = |key| source.get(key).and_then(Value::as_str);
            let (Some(name), Some(url)) = (text("name"), text("url")) else {
                self.note("_meta.sources", "a source has no `name` or no `url` and was ignored".to_string());
                continue;
            };
            match bounds::url(url) {
                Ok(_) if url.contains('$') => {}
                Ok(url) => {
                    indexes.insert(name.to_string(), url);
                }
                Err(why) => self.note("_meta.sources", format!("source {} was ignored: {why}", bounds::quoted(name))),
            }
        }
        indexes
    }

    fn requires_python(&mut self, meta: &Map<String, Value>) -> Option<VersionSpecifiers> {
        let requires = meta.get("requires")?;
        let text = |key| requires.get(key).and_then(Value::as_str);
        let range = match (text("python_full_version"), text("python_version")) {
            (Some(full), _) => format!("=={full}"),
            (None, Some("*") | None) => return None,
            (None, Some(minor)) => format!("=={minor}.*"),
        };
        match bounds::specifiers(&range) {
            Ok(range) => Some(range),
            Err(why) => {
                self.note("_meta.requires", format!("the version of Python was ignored: {why}"));
                None
            }
        }
    }

    fn categories(&mut self, whole: &Map<String, Value>) -> (Vec<LockedPackage>, Categories) {
        let mut packages: Vec<LockedPackage> = Vec::new();
        let mut known: BTreeMap<(crate::PackageName, Option<crate::Version>), usize> = BTreeMap::new();
        let mut categories = Categories::new();
        for (category, entries) in whole.iter().filter(|(category, _)| *category != "_meta") {
            let Some(entries) = entries.as_object() else {
                self.note(category, "it is not an object and was ignored".to_string());
                continue;
            };
            let members = categories.entry(category.clone()).or_default();
            for (written, entry) in entries {
                let place = format!("{category}.{written}");
                let package = match self.package(&place, written, entry) {
                    Ok(package) => package,
                    Err(why) => {
                        let left_out = bounds::plain(written);
                        self.leave_out(&place, format!("`{left_out}` was left out: {why}"), left_out);
                        continue;
                    }
                };
                members.push(package.name.clone());
                let key = (package.name.clone(), package.version.clone());
                match known.get(&key).and_then(|position| packages.get_mut(*position)) {
                    Some(first) if first.source == package.source => join(first, package),
                    _ => {
                        known.insert(key, packages.len());
                        packages.push(package);
                    }
                }
            }
        }
        reading::sort(&mut packages);
        for members in categories.values_mut() {
            members.sort();
        }
        (packages, categories)
    }

    fn package(&mut self, place: &str, written: &str, entry: &Value) -> Result<LockedPackage, String> {
        let name = bounds::name(written)?;
        // Old locks have the bare pin.
        let pin: Map<String, Value>;
        let entry = match entry {
            Value::Object(entry) => entry,
            Value::String(version) => {
                pin = Map::from_iter([("version".to_string(), Value::String(version.clone()))]);
                &pin
            }
            _ => return Err("its entry is neither an object nor a version".to_string()),
        };
        for (key, what) in [
            ("git", "a git checkout"),
            ("hg", "a Mercurial checkout"),
            ("svn", "a Subversion checkout"),
            ("bzr", "a Bazaar checkout"),
            ("path", "a local path"),
            ("editable", "an editable project"),
        ] {
            if entry.get(key).is_some_and(|value| *value != Value::Bool(false)) {
                return Err(format!("it is locked to {what}, which has no released files"));
            }
        }
        let text = |key: &str| entry.get(key).and_then(Value::as_str);
        let mut version = match text("version") {
            Some(pin) => Some(
                bounds::version(pin.trim_start_matches('=').trim())
                    .map_err(|why| format!("only `==` with a version is a pin; {why}"))?,
            ),
            None => None,
        };
        let digests = self.digests(place, entry);
        let (source, files) = match text("file").or_else(|| text("url")) {
            Some(url) => {
                let mut url = bounds::url(url).map_err(|why| format!("{why}, and a local file is no release"))?;
                let filename = credentials::filename(&url);
                let kind = Some(reading::kind_of_name(&filename));
                version = version.or_else(|| reading::version_of_wheel(&filename, &name));
                let mut bare = url.clone();
                bare.set_fragment(None);
                let file = crate::lock::LockedFile { filename, url: Some(bare), kind, ..nameless(digests) };
                if let Some(subdirectory) = text("subdirectory") {
                    url.set_fragment(Some(&format!("subdirectory={subdirectory}")));
                }
                (LockedSource::Archive(url), vec![file])
            }
            None if version.is_none() => return Err("it has neither a version nor a file".to_string()),
            None => {
                let index = text("index").and_then(|index| self.indexes.get(index)).cloned();
                (LockedSource::Index(index), digests.into_iter().map(|digest| nameless(vec![digest])).collect())
            }
        };
        let marker = match text("markers").map(bounds::marker) {
            Some(Ok(marker)) => marker,
            Some(Err(why)) => {
                self.note(place, format!("its `markers` were ignored: {why}"));
                None
            }
            None => None,
        };
        let extras = entry.get("extras").and_then(Value::as_array).into_iter().flatten().take(1_000);
        let extras = extras.filter_map(|extra| extra.as_str()?.parse().ok()).collect();
        Ok(LockedPackage {
            name,
            version,
            source,
            files,
            marker,
            requires_python: None,
            dependencies: Vec::new(),
            via: Vec::new(),
            extras,
        })
    }

    fn digests(&mut self, place: &str, entry: &Map<String, Value>) -> Vec<Digest> {
        let mut digests: Vec<Digest> = Vec::new();
        for hash in entry.get("hashes").and_then(Value::as_array).into_iter().flatten().take(bounds::FILES) {
            match bounds::digest(hash.as_str().unwrap_or_default()) {
                Ok(digest) => digests.push(digest),
                Err(why) => self.note(place, format!("a hash was ignored: {why}")),
            }
        }
        digests.sort();
        digests.dedup();
        digests
    }

    fn note(&mut self, place: &str, message: String) {
        let origin = Origin::file(self.file).part(bounds::plain(place));
        self.notes.push(Note { origin, message, left_out: None });
    }

    fn leave_out(&mut self, place: &str, message: String, package: String) {
        let origin = Origin::file(self.file).part(bounds::plain(place));
        self.notes.push(Note { origin, message, left_out: Some(package) });
    }
}

/// Joins the entries of one release in two categories: it is installed where either says so.
fn join(first: &mut LockedPackage, other: LockedPackage) {
    first.marker = match (first.marker, other.marker) {
        (Some(one), Some(other)) => Some(one.or(other)).filter(|marker| !marker.is_true()),
        _ => None,
    };
    first.extras.extend(other.extras);
    for file in other.files {
        if !first.files.contains(&file) {
            first.files.push(file);
        }
    }
}
