//! Reads values off the levels of the configuration, best first.

use std::{
    cell::RefCell,
    fmt::Display,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::ValueEnum;
use packaging::{Origin, Url};

use super::{
    error::{SettingsError, masked},
    keys::{Key, Kind},
    layer::{Item, Layer, Value},
    surroundings::Surroundings,
};
use crate::settings::{SecretUrl, Setting};

/// All levels, best first.
pub(super) struct Levels<'a> {
    pub(super) layers: Vec<Layer>,
    pub(super) around: &'a Surroundings,
    pub(super) notes: RefCell<Vec<String>>,
}

/// What the best level that says a key says; `rank` is that level's place, 0 the best.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) rank: usize,
    pub(super) items: &'a [Item],
    foreign: bool,
}

impl Levels<'_> {
    /// What each level that says `key` says, best first.
    pub(super) fn all(&self, key: Key) -> impl Iterator<Item = Said<'_>> {
        self.layers.iter().enumerate().filter_map(move |(rank, layer)| {
            layer.said.get(&key).map(|items| Said { rank, items, foreign: layer.foreign })
        })
    }

    /// What the best level says.
    pub(super) fn first(&self, key: Key) -> Option<Said<'_>> {
        self.all(key).next()
    }

    /// The place of the best level that says `key`; past all levels when none does.
    pub(super) fn rank(&self, key: Key) -> usize {
        self.first(key).map_or(usize::MAX, |said| said.rank)
    }

    /// Adds a note; credentials in it are masked.
    pub(super) fn note(&self, note: &str) {
        self.notes.borrow_mut().push(masked(note));
    }

    /// The best value that `parse` understands: what it does not is an error, in another tool's configuration a note.
    pub(super) fn parsed<T>(
        &self,
        key: Key,
        parse: impl Fn(&str, &Item) -> Result<T, String>,
    ) -> Result<Option<Setting<T>>, SettingsError> {
        for said in self.all(key) {
            let Some(item) = said.items.last() else { return Ok(None) };
            match text(item).and_then(|text| parse(text, item).map_err(|why| SettingsError::value(&item.origin, why))) {
                Ok(value) => return Ok(Some(Setting::new(value, item.origin.clone()))),
                Err(problem) if said.foreign => self.note(&format!("{problem}; ignored")),
                Err(problem) => return Err(problem),
            }
        }
        Ok(None)
    }

    /// A text that is not empty.
    pub(super) fn text(&self, key: Key) -> Result<Option<Setting<String>>, SettingsError> {
        self.parsed(key, |text, _| match text.trim() {
            "" => Err("nothing is said; leave it out or give it a value".to_owned()),
            text => Ok(text.to_owned()),
        })
    }

    /// Yes or no; no when nobody says.
    pub(super) fn flag(&self, key: Key) -> Result<Setting<bool>, SettingsError> {
        let flag = self.parsed(key, |text, _| match text.trim().to_ascii_lowercase().as_str() {
            "0" | "n" | "no" | "f" | "false" | "off" => Ok(false),
            text if super::truth(text) => Ok(true),
            _ => Err(format!("`{text}` is neither true nor false")),
        })?;
        Ok(flag.unwrap_or(Setting::unsaid(false)))
    }

    /// One of the words of `T`.
    pub(super) fn choice<T: ValueEnum>(&self, key: Key) -> Result<Option<Setting<T>>, SettingsError> {
        self.parsed(key, |text, _| {
            T::from_str(text.trim(), false).map_err(|_| {
                let words: Vec<String> = T::value_variants().iter().map(crate::settings::word).collect();
                format!("`{text}` is none of {}", words.join(", "))
            })
        })
    }

    /// One of the words of `T`, or else `default`.
    pub(super) fn choice_or<T: ValueEnum>(&self, key: Key, default: T) -> Result<Setting<T>, SettingsError> {
        Ok(self.choice(key)?.unwrap_or(Setting::unsaid(default)))
    }

    /// A path, made relative to the working directory or absolute.
    pub(super) fn path(&self, key: Key) -> Result<Option<Setting<PathBuf>>, SettingsError> {
        self.parsed(key, |text, item| match text.trim() {
            "" => Err("the path is empty".to_owned()),
            _ => Ok(self.located(text, item)),
        })
    }

    /// The values of a list, from its best level; each text split at commas and spaces when the key takes names.
    pub(super) fn list<T>(
        &self,
        key: Key,
        parse: impl Fn(&str, &Item) -> Result<T, String>,
    ) -> Result<Vec<Setting<T>>, SettingsError> {
        self.first(key).map_or_else(|| Ok(Vec::new()), |said| self.values(key, said, parse))
    }

    /// The same from every level, best first.
    pub(super) fn joined<T>(
        &self,
        key: Key,
        parse: impl Fn(&str, &Item) -> Result<T, String>,
    ) -> Result<Vec<Setting<T>>, SettingsError> {
        let mut values = Vec::new();
        for said in self.all(key) {
            values.extend(self.values(key, said, &parse)?);
        }
        Ok(values)
    }

    /// The values of one level.
    fn values<T>(
        &self,
        key: Key,
        said: Said<'_>,
        parse: impl Fn(&str, &Item) -> Result<T, String>,
    ) -> Result<Vec<Setting<T>>, SettingsError> {
        let mut values = Vec::new();
        for item in said.items {
            for word in words(key, text(item)?) {
                match parse(word, item) {
                    Ok(value) => values.push(Setting::new(value, item.origin.clone())),
                    Err(why) if said.foreign => self.note(&format!("{}: {why}; ignored", item.origin)),
                    Err(why) => return Err(SettingsError::value(&item.origin, why)),
                }
            }
        }
        Ok(values)
    }

    /// A path as the working directory sees it.
    pub(super) fn located(&self, text: &str, item: &Item) -> PathBuf {
        let path = match (text.strip_prefix("~/"), &self.around.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(text),
        };
        match &item.base {
            Some(base) if *base != self.around.folder => base.join(path),
            _ => path,
        }
    }

    /// A URL, or a path as a `file` URL.
    pub(super) fn address(&self, text: &str, item: &Item) -> Result<SecretUrl, String> {
        let shown = masked(text);
        if let Some(url) = web(text)? {
            return Ok(SecretUrl::new(url));
        }
        if text.trim().is_empty() {
            return Err("the address is empty".to_owned());
        }
        let path = self.around.folder.join(self.located(text, item));
        Url::from_file_path(plain(&path))
            .map(SecretUrl::new)
            .map_err(|()| format!("`{shown}` is neither a URL nor a path"))
    }
}

/// The text of an item.
pub(super) fn text(item: &Item) -> Result<&str, SettingsError> {
    match &item.value {
        Value::Text(text) => Ok(text),
        Value::Table(_) => {
            Err(SettingsError::Type { origin: item.origin.clone(), expected: "a text", found: "a table".to_owned() })
        }
    }
}

/// One text as the words its key takes.
fn words(key: Key, text: &str) -> Vec<&str> {
    match key.kind() {
        Kind::Names | Kind::Pins => {
            text.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|word| !word.is_empty()).collect()
        }
        Kind::Labels => text.split(';').map(str::trim).filter(|word| !word.is_empty()).collect(),
        _ => vec![text],
    }
}

/// A URL of the web or of a file; `None` when the text is a path.
pub(super) fn web(text: &str) -> Result<Option<Url>, String> {
    let text = text.trim();
    let scheme = text.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
        // A scheme of one letter is a drive.
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    });
    let Some(scheme) = scheme else { return Ok(None) };
    let shown = masked(text);
    if !["http", "https", "file"].contains(&scheme.to_ascii_lowercase().as_str()) {
        return Err(format!("`{shown}` has the scheme `{}`; it must be http, https or file", masked(scheme)));
    }
    let url = Url::parse(text).map_err(|why| format!("`{shown}` is no URL: {why}"))?;
    if url.scheme() != "file" && url.host_str().is_none_or(str::is_empty) {
        return Err(format!("`{shown}` names no host"));
    }
    Ok(Some(url))
}

/// A path without `.` and with `..` taken back, as text alone can tell.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// Parses a name, with the text in the message.
pub(super) fn named<T: FromStr<Err: Display>>(text: &str, _: &Item) -> Result<T, String> {
    text.parse().map_err(|why: T::Err| format!("`{text}` is not a valid name: {why}"))
}

/// The place of the first item, if any.
pub(super) fn place(said: Option<Said<'_>>) -> Option<&Origin> {
    said.and_then(|said| said.items.first()).map(|item| &item.origin)
}
