//! Reads `pylock.toml`, whoever wrote it.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike, Value};

use crate::{
    Digest, Url,
    index::FileKind,
    lock::{Lock, LockedFile, LockedPackage, LockedSource, Note, ReadError, Reading, bounds, credentials, reading},
};

/// Reads a `pylock.toml`; `file` is how messages name it.
///
/// An error means that the file as a whole is not understood. A package that is not (a version control source, a local
/// path, a broken entry) is left out and told in the notes.
pub fn read(text: &str, file: &str) -> Result<Reading, ReadError> {
    let text = bounds::text(text, file)?;
    let lines = reading::Lines::of(text, file);
    let document = Document::parse(text).map_err(|error| ReadError::Syntax {
        origin: lines.origin(error.span().map(|span| span.start)),
        message: bounds::plain(error.message()),
    })?;
    let mut reader = Reader { lines, notes: Vec::new() };
    let root = document.as_table();
    reader.version(root)?;
    let packages = reader.packages(root, file)?;
    let lock = reader.lock(root, packages);
    Ok(Reading { lock, notes: reader.notes })
}

struct Reader<'a> {
    lines: reading::Lines<'a>,
    notes: Vec<Note>,
}

type Span = Option<Range<usize>>;

impl Reader<'_> {
    /// A higher major version may mean anything; a higher minor one only adds (PEP 751, `lock-version`).
    fn version(&mut self, root: &dyn TableLike) -> Result<(), ReadError> {
        let Some(item) = root.get("lock-version") else {
            return Err(ReadError::Shape {
                origin: self.lines.origin(None),
                message: "it has no `lock-version`, so it is no lock of PEP 751; write it again".to_string(),
            });
        };
        let place = item.span();
        let written = item.as_str().unwrap_or_default();
        let version = bounds::version(written).ok();
        match version.as_ref().and_then(|version| version.release().first().copied()) {
            Some(1) => {}
            _ => {
                return Err(ReadError::Version {
                    origin: self.origin(&place),
                    key: "`lock-version`",
                    found: bounds::quoted(item.as_str().unwrap_or("that is no string")),
                    known: "1.x",
                });
            }
        }
        if version.is_some_and(|version| version.release().get(1).is_some_and(|minor| *minor > 0)) {
            self.note(&place, format!("`lock-version` {written} is newer than 1.0: what it adds is not read"));
        }
        Ok(())
    }

    fn packages(&mut self, root: &dyn TableLike, file: &str) -> Result<Vec<LockedPackage>, ReadError> {
        let Some(tables) = root.get("packages").and_then(tables) else {
            return Err(ReadError::Shape {
                origin: self.lines.origin(root.get("packages").and_then(Item::span).map(|span| span.start)),
                message: "it has no array `packages`, so it locks nothing; write it again".to_string(),
            });
        };
        if tables.len() > bounds::PACKAGES {
            return Err(ReadError::TooMany { file: file.to_string(), limit: bounds::PACKAGES });
        }
        let mut packages: Vec<LockedPackage> =
            tables.into_iter().filter_map(|(place, table)| self.package(&place, table)).collect();
        reading::derive_via(&mut packages);
        reading::sort(&mut packages);
        Ok(packages)
    }

    fn lock(&mut self, root: &dyn TableLike, packages: Vec<LockedPackage>) -> Lock {
        let mut environment: Option<crate::MarkerTree> = None;
        for (place, written) in self.strings(root, "environments") {
            match bounds::marker(&written) {
                Ok(marker) => {
                    let marker = marker.unwrap_or_default();
                    environment = Some(environment.map_or(marker, |other| other.or(marker)));
                }
                Err(why) => self.note(&place, format!("one of the `environments` was ignored: {why}")),
            }
        }
        let mut extras = Vec::new();
        for (place, written) in self.strings(root, "extras") {
            match written.parse() {
                Ok(extra) => extras.push(extra),
                Err(_) => self.note(&place, format!("{} is not the name of an extra", bounds::quoted(&written))),
            }
        }
        Lock {
            packages,
            requires_python: self.parsed(root, "requires-python", bounds::specifiers),
            environment: environment.filter(|marker| !marker.is_true()),
            extras,
            groups: self.strings(root, "dependency-groups").into_iter().map(|(_, group)| group).collect(),
            thoth: root
                .get("tool")
                .and_then(Item::as_table_like)
                .and_then(|tool| tool.get("thoth"))
                .and_then(Item::as_table_like)
                .map(plain_table)
                .unwrap_or_default(),
        }
    }

    fn package(&mut self, place: &Span, table: Option<&dyn TableLike>) -> Option<LockedPackage> {
        let Some(table) = table else {
            self.note(place, "a member of `packages` is not a table and was ignored".to_string());
            return None;
        };
        let written = self.string(table, "name").unwrap_or_default();
        let name = match bounds::name(&written) {
            Ok(name) => name,
            Err(why) => return self.leave_out(place, &written, &format!("a package has no usable name: {why}")),
        };
        for (key, what) in [("vcs", "a version control checkout"), ("directory", "a local directory")] {
            if table.contains_key(key) {
                let why = format!("`{name}` is locked to {what}, which has no released files");
                return self.leave_out(place, &written, &why);
            }
        }
        let mut version = match self.string(table, "version").map(|version| bounds::version(&version)) {
            Some(Err(why)) => return self.leave_out(place, &written, &format!("`{name}` was left out: {why}")),
            Some(Ok(version)) => Some(version),
            None => None,
        };
        let (source, files) = match table.get("archive") {
            Some(archive) => match self.archive(place, archive) {
                Ok((url, file)) => (LockedSource::Archive(url), vec![file]),
                Err(why) => return self.leave_out(place, &written, &format!("`{name}` was left out: {why}")),
            },
            None => {
                let index = self.parsed(table, "index", bounds::url);
                let files = self.files(place, table);
                version = version.or_else(|| files.iter().find_map(|file| version_of(file, &name)));
                if version.is_none() {
                    let why = format!("`{name}` was left out: neither it nor its files give a version");
                    return self.leave_out(place, &written, &why);
                }
                (LockedSource::Index(index), files)
            }
        };
        if files.is_empty() {
            self.note(place, format!("`{name}` has no files that were understood"));
        }
        let dependencies = self.dependencies(table);
        Some(LockedPackage {
            name,
            version,
            source,
            files,
            marker: self.parsed(table, "marker", bounds::marker).flatten(),
            requires_python: self.parsed(table, "requires-python", bounds::specifiers),
            dependencies,
            via: Vec::new(),
            extras: Vec::new(),
        })
    }

    fn archive(&mut self, place: &Span, item: &Item) -> Result<(Url, LockedFile), String> {
        let table = item.as_table_like().ok_or("its `archive` is not a table")?;
        if !table.contains_key("url") && table.contains_key("path") {
            return Err("it is locked to a local archive, which Thoth does not read".to_string());
        }
        let mut url = bounds::url(&self.string(table, "url").ok_or("its `archive` has no `url`")?)?;
        url.set_fragment(None);
        let filename = credentials::filename(&url);
        let file = self.file(&item.span().or(place.clone()), table, filename, Some(url.clone()), None);
        if let Some(subdirectory) = self.string(table, "subdirectory") {
            url.set_fragment(Some(&format!("subdirectory={subdirectory}")));
        }
        Ok((url, file))
    }

    fn files(&mut self, place: &Span, package: &dyn TableLike) -> Vec<LockedFile> {
        let mut found: Vec<(Span, Option<&dyn TableLike>, FileKind)> = Vec::new();
        match package.get("wheels").map(|item| (item, tables(item))) {
            None => {}
            Some((item, None)) => {
                self.note(&item.span(), "`wheels` is not an array of tables and was ignored".to_string());
            }
            Some((_, Some(wheels))) => {
                if wheels.len() > bounds::FILES {
                    self.note(place, format!("only the first {} of its wheels were read", bounds::FILES));
                }
                found.extend(
                    wheels.into_iter().take(bounds::FILES).map(|(place, table)| (place, table, FileKind::Wheel)),
                );
            }
        }
        if let Some(sdist) = package.get("sdist") {
            found.push((sdist.span(), sdist.as_table_like(), FileKind::Sdist));
        }
        found.into_iter().filter_map(|(place, table, kind)| self.index_file(&place, table, kind)).collect()
    }

    fn index_file(&mut self, place: &Span, table: Option<&dyn TableLike>, kind: FileKind) -> Option<LockedFile> {
        let Some(table) = table else {
            self.note(place, "a file is not a table and was ignored".to_string());
            return None;
        };
        let url = self.parsed(table, "url", bounds::url).map(|mut url| {
            url.set_fragment(None);
            url
        });
        let path = self.string(table, "path");
        let filename = self
            .string(table, "name")
            .or_else(|| url.as_ref().map(credentials::filename))
            .or_else(|| path.as_deref().and_then(|path| path.rsplit(['/', '\\']).next()).map(str::to_string));
        match filename.filter(|name| !name.is_empty() && name.len() <= 512) {
            Some(filename) => Some(self.file(place, table, filename, url, Some(kind))),
            None => {
                self.note(place, "a file has no usable name, `url` or `path` and was ignored".to_string());
                None
            }
        }
    }

    fn file(
        &mut self,
        place: &Span,
        table: &dyn TableLike,
        filename: String,
        url: Option<Url>,
        kind: Option<FileKind>,
    ) -> LockedFile {
        let size = table.get("size").and_then(Item::as_integer).and_then(|size| u64::try_from(size).ok());
        let upload_time = table.get("upload-time").and_then(Item::as_datetime).and_then(microseconds);
        for (key, missing) in [("size", size.is_none()), ("upload-time", upload_time.is_none())] {
            if missing && let Some(item) = table.get(key) {
                self.note(&item.span(), format!("the `{key}` of {} was not understood", bounds::quoted(&filename)));
            }
        }
        let digests = self.digests(place, table, &filename);
        LockedFile { filename, url, kind, size, upload_time, digests }
    }

    fn digests(&mut self, place: &Span, table: &dyn TableLike, filename: &str) -> Vec<Digest> {
        let mut digests = Vec::new();
        for (algorithm, item) in
            table.get("hashes").and_then(Item::as_table_like).iter().flat_map(|t| t.iter()).take(16)
        {
            let Ok(algorithm) = algorithm.parse() else { continue };
            match Digest::new(algorithm, item.as_str().unwrap_or_default()) {
                Ok(digest) => digests.push(digest),
                Err(error) => {
                    let why = bounds::plain(&error.to_string());
                    self.note(&item.span(), format!("a hash of {} was ignored: {why}", bounds::quoted(filename)));
                }
            }
        }
        if digests.is_empty() {
            self.note(place, format!("{} has no hash that Thoth knows", bounds::quoted(filename)));
        }
        digests.sort();
        digests
    }

    fn dependencies(&mut self, package: &dyn TableLike) -> Vec<crate::PackageName> {
        let Some(item) = package.get("dependencies") else { return Vec::new() };
        let mut names = Vec::new();
        for (place, table) in tables(item).unwrap_or_default().into_iter().take(bounds::FILES) {
            let written = table.and_then(|table| table.get("name")).and_then(Item::as_str).unwrap_or_default();
            match bounds::name(written) {
                Ok(name) => names.push(name),
                Err(why) => self.note(&place, format!("a dependency was ignored: {why}")),
            }
        }
        names
    }

    /// The text at `key`; a note when something else is there.
    fn string(&mut self, table: &dyn TableLike, key: &str) -> Option<String> {
        let item = table.get(key)?;
        if item.as_str().is_none() {
            self.note(&item.span(), format!("`{key}` is not a string and was ignored"));
        }
        item.as_str().map(str::to_string)
    }

    /// The texts in the array at `key`; a note for each that is none.
    fn strings(&mut self, table: &dyn TableLike, key: &str) -> Vec<(Span, String)> {
        let Some(item) = table.get(key) else { return Vec::new() };
        let mut texts = Vec::new();
        match item.as_array() {
            Some(array) => {
                for value in array.iter().take(1_000) {
                    match value.as_str() {
                        Some(text) => texts.push((value.span(), text.to_string())),
                        None => {
                            self.note(&value.span(), format!("a member of `{key}` is not a string and was ignored"));
                        }
                    }
                }
            }
            None => self.note(&item.span(), format!("`{key}` is not an array and was ignored")),
        }
        texts
    }

    /// The value at `key` as `parse` reads it; a note when it does not.
    fn parsed<T>(&mut self, table: &dyn TableLike, key: &str, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        let written = self.string(table, key)?;
        match parse(&written) {
            Ok(value) => Some(value),
            Err(why) => {
                self.note(&table.get(key).and_then(Item::span), format!("`{key}` was ignored: {why}"));
                None
            }
        }
    }

    fn origin(&self, place: &Span) -> crate::Origin {
        self.lines.origin(place.as_ref().map(|span| span.start))
    }

    fn note(&mut self, place: &Span, message: String) {
        self.notes.push(Note { origin: self.origin(place), message, left_out: None });
    }

    fn leave_out(&mut self, place: &Span, package: &str, why: &str) -> Option<LockedPackage> {
        let left_out = if package.is_empty() { "?".to_string() } else { bounds::plain(package) };
        self.notes.push(Note { origin: self.origin(place), message: why.to_string(), left_out: Some(left_out) });
        None
    }
}

/// The tables of `[[key]]` or of an array of inline tables; `None` for a member that is no table.
fn tables(item: &Item) -> Option<Vec<(Span, Option<&dyn TableLike>)>> {
    match item {
        Item::ArrayOfTables(tables) => {
            Some(tables.iter().map(|table| (table.span(), Some(table as &dyn TableLike))).collect())
        }
        Item::Value(Value::Array(values)) => Some(
            values
                .iter()
                .map(|value| (value.span(), value.as_inline_table().map(|table| table as &dyn TableLike)))
                .collect(),
        ),
        _ => None,
    }
}

/// A date-time without an offset is read as UTC, which PEP 751 demands anyway.
fn microseconds(written: &toml_edit::Datetime) -> Option<i64> {
    written.date?;
    let offset = if written.offset.is_none() { "Z" } else { "" };
    format!("{written}{offset}").parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond)
}

/// The version that the name of a file of `package` gives.
fn version_of(file: &LockedFile, package: &crate::PackageName) -> Option<crate::Version> {
    match reading::kind(file) {
        FileKind::Wheel => reading::version_of_wheel(&file.filename, package),
        FileKind::Sdist => crate::SourceDistFilename::parsed_normalized_filename(&file.filename)
            .ok()
            .filter(|sdist| sdist.name == *package)
            .map(|sdist| sdist.version),
    }
}

fn plain_table(table: &dyn TableLike) -> toml::Table {
    table.iter().filter_map(|(key, item)| plain_item(item).map(|value| (key.to_string(), value))).collect()
}

fn plain_item(item: &Item) -> Option<toml::Value> {
    match item {
        Item::None => None,
        Item::Value(value) => plain_value(value),
        Item::Table(table) => Some(toml::Value::Table(plain_table(table))),
        Item::ArrayOfTables(tables) => {
            Some(toml::Value::Array(tables.iter().map(|table| toml::Value::Table(plain_table(table))).collect()))
        }
    }
}

fn plain_value(value: &Value) -> Option<toml::Value> {
    Some(match value {
        Value::String(text) => toml::Value::String(text.value().clone()),
        Value::Integer(number) => toml::Value::Integer(*number.value()),
        Value::Float(number) => toml::Value::Float(*number.value()),
        Value::Boolean(truth) => toml::Value::Boolean(*truth.value()),
        // The two crates share one date type in practice, yet not by promise.
        Value::Datetime(date) => toml::Value::Datetime(date.value().to_string().parse().ok()?),
        Value::Array(values) => toml::Value::Array(values.iter().filter_map(plain_value).collect()),
        Value::InlineTable(table) => toml::Value::Table(plain_table(table)),
    })
}
