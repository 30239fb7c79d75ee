//! `Pipfile`: a requirement a key.

use std::ops::Range;

use toml_edit::{Array, Document, InlineTable, Item, Value};

use super::{
    Addition, Change, EditError, Edited, Section,
    arrays::{last_line, parse},
    index_name,
    text::{Lines, line_of, number, place, replaced},
};
use crate::{MarkerTree, Origin, PackageName, Url, Wanted, requirement::redacted};

/// The table of a list.
fn table(name: &str, section: &Section) -> Result<String, EditError> {
    match section {
        Section::Main => Ok("packages".to_string()),
        Section::Group(group) if matches!(group.as_ref(), "dev" | "develop" | "dev-packages") => {
            Ok("dev-packages".to_string())
        }
        Section::Group(group) => Ok(group.to_string()),
        Section::Extra(extra) => Err(EditError::new(
            Origin::file(name),
            format!("a Pipfile has no extra `{extra}`: its lists are groups, named with `--group`"),
        )),
    }
}

/// A requirement of a table.
struct Entry<'d> {
    package: PackageName,
    item: &'d Item,
    /// From the key to the end of the value.
    span: Range<usize>,
}

fn entries<'d>(document: &'d Document<String>, table: &str) -> Vec<Entry<'d>> {
    let Some(table) = document.get(table).and_then(Item::as_table) else { return Vec::new() };
    let entry = |key: &str| {
        let (key, item) = table.get_key_value(key)?;
        let package = key.get().split('[').next()?.trim().parse().ok()?;
        Some(Entry { package, item, span: key.span()?.start..item.span()?.end })
    };
    let mut entries: Vec<Entry<'d>> = table.iter().filter_map(|(key, _)| entry(key)).collect();
    entries.sort_by_key(|entry| entry.span.start);
    entries
}

/// The value of an entry, with what an old one says besides and the new one does not.
fn value(addition: &Addition, old: Option<&Item>) -> Value {
    let new = &addition.requirement;
    let old = old.and_then(Item::as_inline_table);
    let (key, wanted) = match &new.wanted {
        Wanted::Versions(specifiers) if specifiers.is_empty() => ("version", "*".to_string()),
        Wanted::Versions(specifiers) => {
            ("version", specifiers.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
        }
        Wanted::Url(url) => ("file", url.to_string()),
    };
    if key == "version" && new.extras.is_empty() && new.marker == MarkerTree::TRUE && old.is_none() {
        return wanted.into();
    }
    let mut table = old.cloned().unwrap_or_else(InlineTable::new);
    for gone in ["version", "file", "url"].into_iter().filter(|other| *other != key) {
        table.remove(gone);
    }
    table.insert(key, wanted.into());
    if !new.extras.is_empty() {
        table.insert("extras", Value::Array(new.extras.iter().map(ToString::to_string).collect::<Array>()));
    }
    if let Some(marker) = new.marker.try_to_string() {
        table.insert("markers", marker.into());
    }
    table.fmt();
    Value::InlineTable(table)
}

pub(super) fn add(name: &str, text: &str, addition: &Addition, section: &Section) -> Result<Edited, EditError> {
    let document = parse(name, text)?;
    let table = table(name, section)?;
    let entries = entries(&document, &table);
    let package = addition.package();
    if let Some(old) = entries.iter().find(|entry| entry.package == *package) {
        let span = old.item.span().unwrap_or(old.span.clone());
        let was = text.get(span.clone()).unwrap_or_default().to_string();
        let is = value(addition, Some(old.item)).to_string().trim().to_string();
        let origin = Origin::line(name, number(line_of(text, span.start))).part(table);
        if old.item.as_table_like().is_some() && old.item.as_inline_table().is_none() {
            let what = format!("`{package}` is a table of its own: change its version by hand");
            return Err(EditError::new(origin, what));
        }
        let changes = if was == is { Vec::new() } else { vec![change(origin, package, Some(&was), Some(&is))] };
        let text = if was == is { text.to_string() } else { replaced(text, &span, &is) };
        return Ok(Edited { text, changes });
    }
    let is = value(addition, None).to_string();
    let line = format!("{package} = {is}");
    let mut lines = Lines::new(text);
    let header = format!("[{table}]");
    let header = lines.0.iter().position(|line| line.split('#').next().unwrap_or_default().trim() == header);
    let names: Vec<&PackageName> = entries.iter().map(|entry| &entry.package).collect();
    let before =
        place(&names, package).and_then(|place| entries.get(place)).map(|entry| line_of(text, entry.span.start));
    let at = match (before, header) {
        (Some(before), _) => before,
        (None, Some(header)) => {
            last_line(text, &document, &[table.as_str()]).map_or(header, |line| line.max(header)) + 1
        }
        (None, None) => {
            if lines.0.last().is_some_and(|line| !line.trim().is_empty()) {
                lines.insert(lines.0.len(), "");
            }
            lines.insert(lines.0.len(), &format!("[{table}]"));
            lines.0.len()
        }
    };
    lines.insert(at, &line);
    let origin = Origin::line(name, number(at)).part(table);
    Ok(Edited { text: lines.text(), changes: vec![change(origin, package, None, Some(&is))] })
}

fn change(origin: Origin, package: &PackageName, was: Option<&str>, is: Option<&str>) -> Change {
    let shown = |value: &str| format!("{package} = {value}");
    Change { origin, was: was.map(shown), is: is.map(shown) }
}

pub(super) fn remove(
    name: &str,
    text: &str,
    package: &PackageName,
    section: Option<&Section>,
) -> Result<Edited, EditError> {
    const OTHER: [&str; 5] = ["source", "requires", "scripts", "pipfile", "pipenv"];
    let document = parse(name, text)?;
    let tables: Vec<String> = match section {
        Some(section) => vec![table(name, section)?],
        None => document.iter().map(|(key, _)| key.to_string()).filter(|key| !OTHER.contains(&key.as_str())).collect(),
    };
    let mut lines = Lines::new(text);
    let mut gone: Vec<(Range<usize>, Change)> = Vec::new();
    for table in tables {
        for entry in entries(&document, &table).into_iter().filter(|entry| entry.package == *package) {
            let (first, last) = (line_of(text, entry.span.start), line_of(text, entry.span.end));
            let was = text.get(entry.item.span().unwrap_or_default()).unwrap_or_default();
            let origin = Origin::line(name, number(first)).part(&table);
            gone.push((first..last + 1, change(origin, package, Some(was), None)));
        }
    }
    gone.sort_by_key(|(range, _)| range.start);
    for (range, _) in gone.iter().rev() {
        lines.0.drain(range.start..range.end.min(lines.0.len()));
    }
    Ok(Edited { text: lines.text(), changes: gone.into_iter().map(|(_, change)| change).collect() })
}

/// A `[[source]]`, and the package's entry that names it.
pub(super) fn add_index(
    name: &str,
    text: &str,
    package: &PackageName,
    (url, home): (&Url, &Url),
) -> Result<Edited, EditError> {
    let document = parse(name, text)?;
    let sources = document.get("source").and_then(Item::as_array_of_tables);
    let said = |table: &toml_edit::Table, key: &str| table.get(key).and_then(Item::as_str).map(str::to_string);
    let is_it =
        |table: &&toml_edit::Table| said(table, "url").and_then(|said| Url::parse(&said).ok()).as_ref() == Some(url);
    let known = sources.and_then(|tables| tables.iter().find(is_it));
    let mut changes = Vec::new();
    let mut text = text.to_string();
    let index = match known.and_then(|table| said(table, "name")) {
        Some(index) => index,
        None => {
            let index = index_name(url);
            let mut lines = Lines::new(&text);
            let is_header = |line: &String| {
                let line = line.trim_start();
                line.starts_with('[') && !line.starts_with("[[source]]")
            };
            let at = lines.0.iter().position(is_header).unwrap_or(lines.0.len());
            let home =
                Some(("home".to_string(), home)).filter(|_| sources.is_none_or(toml_edit::ArrayOfTables::is_empty));
            let new: Vec<(String, &Url)> = home.into_iter().chain([(index.clone(), url)]).collect();
            for (index, url) in new.iter().rev() {
                let (name, url) = (Value::from(index.as_str()), Value::from(url.as_str()));
                let block = format!("[[source]]\nname = {name}\nurl = {url}\nverify_ssl = true\n\n");
                block.lines().rev().for_each(|line| lines.insert(at, line));
            }
            text = lines.text();
            let origin = Origin::line(name, number(at)).part("source");
            changes.extend(new.iter().map(|(index, url)| Change {
                origin: origin.clone(),
                was: None,
                is: Some(format!("source {index} = {}", redacted(url))),
            }));
            index
        }
    };
    let document = parse(name, &text)?;
    let tables: Vec<String> = document.iter().map(|(key, _)| key.to_string()).collect();
    let entry = tables.iter().flat_map(|table| entries(&document, table)).find(|entry| entry.package == *package);
    let Some((entry, span)) = entry.and_then(|entry| entry.item.span().map(|span| (entry, span))) else {
        return Ok(Edited { text, changes });
    };
    let mut table = match entry.item {
        Item::Value(Value::InlineTable(table)) => table.clone(),
        item => InlineTable::from_iter([("version", item.as_str().unwrap_or("*"))]),
    };
    if table.get("index").and_then(Value::as_str) != Some(index.as_str()) {
        table.insert("index", index.as_str().into());
        table.fmt();
        let is = Value::InlineTable(table).to_string().trim().to_string();
        let was = text.get(span.clone()).unwrap_or_default().to_string();
        let origin = Origin::line(name, number(line_of(&text, span.start)));
        changes.push(change(origin, package, Some(&was), Some(&is)));
        text = replaced(&text, &span, &is);
    }
    Ok(Edited { text, changes })
}
