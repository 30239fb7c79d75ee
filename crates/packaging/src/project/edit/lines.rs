//! Requirements files: a requirement a line, or several with backslashes.

use super::{
    Addition, Change, EditError, Edited, Section,
    text::{Lines, number, place},
};
use crate::{Origin, PackageName, Requirement, Url};

/// A requirement of the file.
struct Entry {
    /// Its first line.
    start: usize,
    /// The line behind its last.
    end: usize,
    requirement: Requirement,
    /// As written, without options and comment.
    written: String,
    /// The comment behind it, with the space before.
    comment: String,
}

pub(super) fn only_main(name: &str, section: &Section) -> Result<(), EditError> {
    let what = match section {
        Section::Main => return Ok(()),
        Section::Group(group) => format!("group `{group}`"),
        Section::Extra(extra) => format!("extra `{extra}`"),
    };
    let why = format!(
        "a requirements file has no {what}: name another file with `-r FILE`, or declare it in a pyproject.toml"
    );
    Err(EditError::new(Origin::file(name), why))
}

fn entries(lines: &Lines) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut start = 0;
    while start < lines.0.len() {
        let mut end = start;
        let mut whole = String::new();
        // A backslash before the end of a line joins the next to it.
        while let Some(line) = lines.0.get(end) {
            end += 1;
            let bare = line.trim_end_matches(['\n', '\r']);
            match bare.strip_suffix('\\') {
                Some(part) => whole.push_str(part),
                None => {
                    whole.push_str(bare);
                    break;
                }
            }
        }
        entries.extend(entry(&whole, start, end));
        start = end;
    }
    entries
}

fn entry(whole: &str, start: usize, end: usize) -> Option<Entry> {
    let trimmed = whole.trim_start();
    if trimmed.is_empty() || trimmed.starts_with(['#', '-']) {
        return None;
    }
    let comment_at = whole.find(" #").or_else(|| whole.find("\t#")).unwrap_or(whole.len());
    let (said, _) = whole.split_at_checked(comment_at)?;
    let comment = whole.get(said.trim_end().len()..)?;
    let comment = if comment.trim().is_empty() { "" } else { comment };
    let written = said.split(" --").next()?.trim();
    let requirement = written.parse().ok()?;
    Some(Entry { start, end, requirement, written: written.to_string(), comment: comment.to_string() })
}

pub(super) fn add(name: &str, text: &str, addition: &Addition) -> Result<Edited, EditError> {
    let mut lines = Lines::new(text);
    let entries = entries(&lines);
    let package = addition.package();
    let same: Vec<&Entry> = entries.iter().filter(|entry| entry.requirement.name == *package).collect();
    let marker = addition.requirement.marker;
    // Of several, the one for the same machines is meant.
    let old = match same.as_slice() {
        [] => None,
        [one] => Some(*one),
        several => Some(*several.iter().find(|entry| entry.requirement.marker == marker).ok_or_else(|| {
            let places: Vec<String> = several.iter().map(|entry| number(entry.start).to_string()).collect();
            let what = format!(
                "`{package}` is required in the lines {}: say a marker of one of them, or `thoth remove {package}` first",
                places.join(", ")
            );
            EditError::new(Origin::file(name), what)
        })?),
    };
    let Some(old) = old else {
        let names: Vec<&PackageName> = entries.iter().map(|entry| &entry.requirement.name).collect();
        let before = place(&names, package).and_then(|place| entries.get(place)).map(|entry| entry.start);
        let end = entries.last().map_or(lines.0.len(), |entry| entry.end);
        let mut at = before.unwrap_or(end);
        if before.is_none()
            && at
                .checked_sub(1)
                .and_then(|last| lines.0.get(last))
                .is_some_and(|line| line.trim_end_matches(['\n', '\r']).ends_with('\\'))
        {
            // It would go on with what is added.
            lines.insert(at, "");
            at += 1;
        }
        lines.insert(at, &addition.written);
        let origin = Origin::line(name, number(at));
        let changes = vec![Change { origin, was: None, is: Some(addition.written.clone()) }];
        return Ok(Edited { text: lines.text(), changes });
    };
    let is = addition.over(&old.requirement, &old.written);
    let mut changes = Vec::new();
    if is != old.written {
        let ending =
            if lines.0.get(old.end - 1).is_some_and(|line| line.ends_with('\n')) { lines.ending() } else { "" };
        let line = format!("{is}{}{ending}", old.comment);
        lines.0.splice(old.start..old.end, [line]);
        let origin = Origin::line(name, number(old.start));
        changes.push(Change { origin, was: Some(old.written.clone()), is: Some(is) });
    }
    Ok(Edited { text: lines.text(), changes })
}

pub(super) fn remove(name: &str, text: &str, package: &PackageName) -> Edited {
    let mut lines = Lines::new(text);
    let mut gone: Vec<Entry> = entries(&lines).into_iter().filter(|entry| entry.requirement.name == *package).collect();
    for entry in gone.iter().rev() {
        lines.0.drain(entry.start..entry.end);
    }
    let change =
        |entry: Entry| Change { origin: Origin::line(name, number(entry.start)), was: Some(entry.written), is: None };
    Edited { text: lines.text(), changes: gone.drain(..).map(change).collect() }
}

/// `--extra-index-url` behind the comments at the top, unless the file names the index already.
pub(super) fn add_index(name: &str, text: &str, url: &Url) -> Edited {
    let mut lines = Lines::new(text);
    let is_url = |word: &str| Url::parse(word).is_ok_and(|known| known == *url);
    let is_there = lines
        .0
        .iter()
        .any(|line| line.trim_start().starts_with('-') && line.split([' ', '=', '\t']).map(str::trim).any(is_url));
    if is_there {
        return Edited { text: lines.text(), changes: Vec::new() };
    }
    let at = lines.0.iter().take_while(|line| line.trim_start().starts_with('#')).count();
    let line = format!("--extra-index-url {url}");
    lines.insert(at, &line);
    let shown = format!("--extra-index-url {}", crate::requirement::redacted(url));
    let changes = vec![Change { origin: Origin::line(name, number(at)), was: None, is: Some(shown) }];
    Edited { text: lines.text(), changes }
}
