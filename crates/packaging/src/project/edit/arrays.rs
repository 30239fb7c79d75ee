//! `pyproject.toml`: requirements as texts in arrays.

use std::ops::Range;

use toml_edit::{Array, Document, Item, Table, TableLike, Value};

use super::{
    Addition, Change, EditError, Edited, Section, index_name,
    text::{Lines, line_of, number, place, replaced},
};
use crate::{Origin, PackageName, Requirement, Url, requirement::redacted};

/// Where a list of requirements is: the keys to it.
fn keys(section: &Section) -> Vec<String> {
    match section {
        Section::Main => vec!["project".into(), "dependencies".into()],
        Section::Extra(extra) => vec!["project".into(), "optional-dependencies".into(), extra.to_string()],
        Section::Group(group) => vec!["dependency-groups".into(), group.to_string()],
    }
}

pub(super) fn parse(name: &str, text: &str) -> Result<Document<String>, EditError> {
    Document::parse(text.to_string()).map_err(|error| {
        let line = error.span().map(|span| number(line_of(text, span.start)));
        EditError::new(
            Origin { file: name.to_string(), line, part: None },
            format!("not valid TOML: {}", error.message()),
        )
    })
}

/// The value at the end of keys; names of extras and groups are compared as such.
fn found<'d>(document: &'d Document<String>, keys: &[String]) -> Option<(&'d Item, Option<Range<usize>>)> {
    let mut table: &dyn TableLike = document.as_table();
    let (last, parents) = keys.split_last()?;
    for key in parents {
        table = table.get(key)?.as_table_like()?;
    }
    let same = |key: &str| key == last || key.parse::<PackageName>().ok() == last.parse::<PackageName>().ok();
    let key = table.iter().map(|(key, _)| key).find(|key| same(key))?;
    let (key, item) = table.get_key_value(key)?;
    Some((item, key.span()))
}

/// The requirements of an array, with the place of each in the text.
fn entries(array: &Array) -> Vec<(Requirement, String, Range<usize>)> {
    let entry = |value: &Value| {
        let text = value.as_str()?;
        Some((text.parse().ok()?, text.to_string(), value.span()?))
    };
    array.iter().filter_map(entry).collect()
}

pub(super) fn add(name: &str, text: &str, addition: &Addition, section: &Section) -> Result<Edited, EditError> {
    let document = parse(name, text)?;
    let keys = keys(section);
    let part = keys.join(".");
    let package = addition.package();
    let Some((item, _)) = found(&document, &keys) else {
        let literal = literal(&addition.written, "\"");
        return begin(name, text, &document, (&keys, &literal), addition);
    };
    let Some((array, span)) = item.as_array().zip(item.span()) else {
        let origin = Origin::file(name).part(part);
        return Err(EditError::new(origin, "this is no list of requirements"));
    };
    let entries = entries(array);
    let same: Vec<_> = entries.iter().filter(|(requirement, ..)| requirement.name == *package).collect();
    let old = match same.as_slice() {
        [] => None,
        [one] => Some(*one),
        several => {
            let marker = addition.requirement.marker;
            let same = several.iter().find(|(requirement, ..)| requirement.marker == marker);
            Some(*same.ok_or_else(|| {
                let what = format!(
                    "`{package}` is required {} times: say a marker of one of them, or `thoth remove {package}` first",
                    several.len()
                );
                EditError::new(Origin::line(name, number(line_of(text, span.start))).part(&part), what)
            })?)
        }
    };
    if let Some((requirement, was, span)) = old {
        let is = addition.over(requirement, was);
        if is == *was {
            return Ok(Edited { text: text.to_string(), changes: Vec::new() });
        }
        let origin = Origin::line(name, number(line_of(text, span.start))).part(part);
        let text = replaced(text, span, &literal(&is, text.get(span.clone()).unwrap_or_default()));
        return Ok(Edited { text, changes: vec![Change { origin, was: Some(was.clone()), is: Some(is) }] });
    }
    let names: Vec<&PackageName> = entries.iter().map(|(requirement, ..)| &requirement.name).collect();
    let next = place(&names, package).and_then(|place| entries.get(place)).map(|(.., span)| span.start);
    let last = array.iter().filter_map(Value::span).last();
    let like = last.clone().and_then(|last| text.get(last)).unwrap_or("\"");
    let (text, line) = inserted(text, &span, (next, last), &literal(&addition.written, like));
    let origin = Origin::line(name, number(line)).part(part);
    Ok(Edited { text, changes: vec![Change { origin, was: None, is: Some(addition.written.clone()) }] })
}

/// A text as TOML, in the quotes of another where they can hold it.
fn literal(text: &str, like: &str) -> String {
    if like.starts_with('\'') && !text.contains('\'') && !text.chars().any(char::is_control) {
        return format!("'{text}'");
    }
    Value::from(text).to_string()
}

/// The text with a literal in an array, and its line: before the item that starts at `next`, else behind the last.
fn inserted(
    text: &str,
    array: &Range<usize>,
    (next, last): (Option<usize>, Option<Range<usize>>),
    literal: &str,
) -> (String, usize) {
    let is_alone = |at: usize| {
        let line = text.get(..at).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        line.trim().is_empty().then(|| line.to_string())
    };
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    match (next, last) {
        (Some(next), _) => match is_alone(next) {
            Some(indent) => {
                (replaced(text, &(next..next), &format!("{literal},{ending}{indent}")), line_of(text, next))
            }
            None => (replaced(text, &(next..next), &format!("{literal}, ")), line_of(text, next)),
        },
        (None, None) => (replaced(text, array, &format!("[{literal}]")), line_of(text, array.start)),
        (None, Some(last)) => {
            let after = text.get(last.end..array.end).unwrap_or_default();
            let has_comma = after.trim_start().starts_with(',');
            let Some(indent) = is_alone(last.start).filter(|_| after.contains('\n')) else {
                return (replaced(text, &(last.end..last.end), &format!(", {literal}")), line_of(text, last.end));
            };
            // Behind the comment of the last item, which stays on its line.
            let line_end = last.end + after.find('\n').map_or(0, |at| at + 1);
            let with = replaced(text, &(line_end..line_end), &format!("{indent}{literal},{ending}"));
            let with = if has_comma { with } else { replaced(&with, &(last.end..last.end), ",") };
            (with, line_of(text, line_end))
        }
    }
}

/// A list that is not there yet.
fn begin(
    name: &str,
    text: &str,
    document: &Document<String>,
    (keys, literal): (&[String], &str),
    addition: &Addition,
) -> Result<Edited, EditError> {
    let project = document.get("project").and_then(Item::as_table_like);
    let (table, key) = match keys {
        [table, key] => (table.clone(), key.clone()),
        [first, second, key] => (format!("{first}.{second}"), key.clone()),
        _ => return Err(EditError::new(Origin::file(name), "there is no such list")),
    };
    if keys.first().is_some_and(|key| key == "project") {
        let Some(project) = project else {
            let what =
                "there is no [project] table to require anything for: give the project a `name` and a `version` there";
            return Err(EditError::new(Origin::file(name), what));
        };
        let dynamic = project.get("dynamic").and_then(Item::as_array);
        let field = keys.get(1).map(String::as_str);
        if dynamic.is_some_and(|names| names.iter().any(|one| one.as_str() == field)) {
            let what = format!(
                "`{}` is dynamic: its build backend says it, and it is changed where that reads it",
                keys.join(".")
            );
            return Err(EditError::new(Origin::file(name).part("project.dynamic"), what));
        }
    }
    let line = format!("{key} = [{literal}]");
    let mut lines = Lines::new(text);
    let header = format!("[{table}]");
    let header = lines.0.iter().position(|line| line.split('#').next().unwrap_or_default().trim() == header);
    let at = match header {
        Some(header) => {
            let path: Vec<&str> = table.split('.').collect();
            last_line(text, document, &path).map_or(header + 1, |line| line.max(header) + 1)
        }
        None => {
            let is_elsewhere = found(document, keys.get(..keys.len() - 1).unwrap_or_default()).is_some();
            if is_elsewhere {
                let what = format!("`{table}` is not written as a table of its own: add `{line}` by hand");
                return Err(EditError::new(Origin::file(name), what));
            }
            if lines.0.last().is_some_and(|line| !line.trim().is_empty()) {
                lines.insert(lines.0.len(), "");
            }
            lines.insert(lines.0.len(), &format!("[{table}]"));
            lines.0.len()
        }
    };
    lines.insert(at, &line);
    let origin = Origin::line(name, number(at)).part(keys.join("."));
    Ok(Edited { text: lines.text(), changes: vec![Change { origin, was: None, is: Some(addition.written.clone()) }] })
}

/// The last line of the keys and values that stand directly in a table.
pub(super) fn last_line(text: &str, document: &Document<String>, path: &[&str]) -> Option<usize> {
    let table = path.iter().try_fold(document.as_table(), |table: &Table, key| table.get(key)?.as_table())?;
    let ends = table.iter().filter(|(_, item)| item.is_value()).filter_map(|(_, item)| item.span());
    ends.map(|span| line_of(text, span.end)).max()
}

pub(super) fn remove(
    name: &str,
    text: &str,
    package: &PackageName,
    section: Option<&Section>,
) -> Result<Edited, EditError> {
    let mut edited = Edited { text: text.to_string(), changes: Vec::new() };
    // Each removal moves what is behind it, so the text is read again.
    while let Some((origin, was, without)) = first(name, &edited.text, package, section)? {
        edited.changes.push(Change { origin, was: Some(was), is: None });
        edited.text = without;
    }
    Ok(edited)
}

/// The first requirement on a package, with the text without it.
fn first(
    name: &str,
    text: &str,
    package: &PackageName,
    section: Option<&Section>,
) -> Result<Option<(Origin, String, String)>, EditError> {
    let document = parse(name, text)?;
    for keys in section.map_or_else(|| lists(&document), |section| vec![keys(section)]) {
        let Some(array) = found(&document, &keys).and_then(|(item, _)| item.as_array()) else { continue };
        let entry = entries(array).into_iter().find(|(requirement, ..)| requirement.name == *package);
        if let Some((_, was, span)) = entry {
            let origin = Origin::line(name, number(line_of(text, span.start))).part(keys.join("."));
            return Ok(Some((origin, was, without(text, &span))));
        }
    }
    Ok(None)
}

/// The keys to every list.
fn lists(document: &Document<String>) -> Vec<Vec<String>> {
    let mut lists = vec![keys(&Section::Main)];
    for path in [vec!["project", "optional-dependencies"], vec!["dependency-groups"]] {
        let table =
            path.iter().try_fold(document.as_table() as &dyn TableLike, |table, key| table.get(key)?.as_table_like());
        for (key, _) in table.into_iter().flat_map(TableLike::iter) {
            lists.push(path.iter().map(ToString::to_string).chain([key.to_string()]).collect());
        }
    }
    lists
}

/// The text without an item of an array: without its line and the comment there, where it has one for itself.
fn without(text: &str, item: &Range<usize>) -> String {
    let before = text.get(..item.start).unwrap_or_default();
    let after = text.get(item.end..).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let rest_of_line = after.split_inclusive('\n').next().unwrap_or_default();
    let behind = rest_of_line.trim_start_matches([' ', '\t', ',']).trim_end();
    let is_alone = before.get(line_start..).is_some_and(|space| space.trim().is_empty())
        && (behind.is_empty() || behind.starts_with('#'));
    if is_alone && rest_of_line.ends_with('\n') {
        return replaced(text, &(line_start..item.end + rest_of_line.len()), "");
    }
    let comma = after.len() - after.trim_start_matches([' ', '\t']).len();
    if after.get(comma..).is_some_and(|rest| rest.starts_with(',')) {
        let rest = after.get(comma + 1..).unwrap_or_default();
        let space = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        return replaced(text, &(item.start..item.end + comma + 1 + space), "");
    }
    // The last item: the comma before it goes.
    let bare = before.trim_end();
    let start = bare.strip_suffix(',').map_or(item.start, str::len);
    replaced(text, &(start..item.end), "")
}

/// An explicit index in `[tool.thoth]`, and a pin of the package to it.
pub(super) fn add_index(name: &str, text: &str, package: &PackageName, url: &Url) -> Result<Edited, EditError> {
    let mut document: toml_edit::DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        EditError::new(Origin::file(name), format!("not valid TOML: {}", error.message()))
    })?;
    let index = index_name(url);
    let shape = || {
        EditError::new(Origin::file(name).part("tool.thoth"), "this is not written as tables: name the index by hand")
    };
    let tool = document.entry("tool").or_insert_with(implicit).as_table_mut().ok_or_else(shape)?;
    let thoth = tool.entry("thoth").or_insert_with(implicit).as_table_mut().ok_or_else(shape)?;
    let tables = thoth.entry("index").or_insert_with(|| Item::ArrayOfTables(toml_edit::ArrayOfTables::new()));
    let tables = tables.as_array_of_tables_mut().ok_or_else(shape)?;
    let mut changes = Vec::new();
    if !tables.iter().any(|table| table.get("name").and_then(Item::as_str) == Some(index.as_str())) {
        let mut table = Table::new();
        table.insert("name", toml_edit::value(index.as_str()));
        table.insert("url", toml_edit::value(url.as_str()));
        table.insert("explicit", toml_edit::value(true));
        tables.push(table);
        let is = format!("index {index} = {}", redacted(url));
        changes.push(Change { origin: Origin::file(name).part("tool.thoth.index"), was: None, is: Some(is) });
    }
    let pins = thoth.entry("index-pin").or_insert_with(|| Item::Table(Table::new()));
    let pins = pins.as_table_like_mut().ok_or_else(shape)?;
    let was = pins.get(package.as_ref()).and_then(Item::as_str).map(str::to_string);
    if was.as_deref() != Some(index.as_str()) {
        pins.insert(package.as_ref(), toml_edit::value(index.as_str()));
        let origin = Origin::file(name).part("tool.thoth.index-pin");
        changes.push(Change { origin, was, is: Some(format!("{package} from {index}")) });
    }
    Ok(Edited { text: document.to_string(), changes })
}

fn implicit() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}
