//! TOML tables as levels of the configuration: `thoth.toml` and `[tool.thoth]`.

use std::{collections::BTreeMap, ops::Range, path::Path};

use packaging::Origin;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    error::SettingsError,
    keys::{self, Key, Kind},
    layer::{Item, Layer, Value},
};

/// A TOML file: its text, and its name in messages.
pub(super) struct Document<'a> {
    pub(super) text: &'a str,
    pub(super) name: &'a str,
}

impl<'a> Document<'a> {
    /// The tables of the file.
    pub(super) fn parse(&self) -> Result<DeTable<'a>, SettingsError> {
        let parsed = DeTable::parse(self.text).map_err(|error| SettingsError::Syntax {
            origin: self.origin(&error.span().unwrap_or_default()),
            message: error.message().to_owned(),
        })?;
        Ok(parsed.into_inner())
    }

    /// The line of a place in the text.
    pub(super) fn origin(&self, span: &Range<usize>) -> Origin {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count();
        Origin::line(self.name, u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1))
    }
}

/// The table at the end of `path`, if it is there.
pub(super) fn table_at<'t, 'a>(table: &'t DeTable<'a>, path: &[&str]) -> Option<&'t DeTable<'a>> {
    path.iter().try_fold(table, |table, name| table.get(*name)?.get_ref().as_table())
}

/// What a table of Thoth's settings says. Unknown keys are noted, wrong types are errors; relative paths refer to `folder`.
pub(super) fn layer(
    document: &Document<'_>,
    table: &DeTable<'_>,
    prefix: &str,
    folder: &Path,
    notes: &mut Vec<String>,
) -> Result<Layer, SettingsError> {
    if table.len() > MOST_KEYS {
        let origin = Origin::file(document.name).part(prefix.trim_end_matches('.'));
        return Err(SettingsError::value(
            &origin,
            format!("holds more than {MOST_KEYS} keys; this is no configuration"),
        ));
    }
    let mut layer = Layer::default();
    for (name, value) in table.iter() {
        let word = name.get_ref().as_ref();
        let origin = document.origin(&name.span()).part(format!("{prefix}{word}"));
        let Some(key) = Key::named(word) else {
            let near = keys::nearest(word, keys::words());
            let advice = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
            notes.push(format!("{origin}: there is no such setting{advice}; ignored"));
            continue;
        };
        if layer.said.contains_key(&key) {
            return Err(SettingsError::value(&origin, format!("`{}` is said twice under two names", key.word())));
        }
        let mut items = items(document, key.kind(), value, &origin, notes)?;
        for item in &mut items {
            item.base = Some(folder.to_owned());
        }
        layer.said.insert(key, items);
    }
    Ok(layer)
}

/// The items of one value, checked against what its key takes.
pub(super) fn items(
    document: &Document<'_>,
    kind: Kind,
    value: &Spanned<DeValue<'_>>,
    origin: &Origin,
    notes: &mut Vec<String>,
) -> Result<Vec<Item>, SettingsError> {
    let one = |expected| {
        Ok(vec![Item::text(
            scalar(kind, value.get_ref()).ok_or_else(|| wrong(value, origin, expected))?,
            origin.clone(),
        )])
    };
    match kind {
        Kind::Flag => one("true or false"),
        Kind::Number => one("a number that is not negative"),
        Kind::Text | Kind::Path => one("a text"),
        Kind::Names | Kind::Places => list(document, kind, value, origin, None, notes),
        Kind::Indexes => list(document, kind, value, origin, Some(&INDEX_MEMBERS), notes),
        Kind::Ignores => list(document, kind, value, origin, Some(&IGNORE_MEMBERS), notes),
        Kind::Environments => environments(document, value, origin),
        Kind::Pins | Kind::Labels => match value.get_ref() {
            DeValue::Table(pairs) if pairs.len() > MOST_ITEMS => {
                Err(SettingsError::value(origin, format!("holds more than {MOST_ITEMS} entries")))
            }
            DeValue::Table(pairs) => {
                pairs.iter().map(|(name, value)| pair(document, kind, name, value, origin)).collect()
            }
            _ => list(document, kind, value, origin, None, notes),
        },
    }
}

/// The most keys the table of settings may have, a table in a list, and the most items of a list: more is an attack or a mistake, and would be slow to check.
const MOST_KEYS: usize = 1_000;
const MOST_MEMBERS: usize = 100;
const MOST_ITEMS: usize = 10_000;

/// The members of a table that describes an index. `format` is uv's: `flat` is a page of links.
const INDEX_MEMBERS: [&str; 5] = ["name", "url", "explicit", "default", "format"];
const IGNORE_MEMBERS: [&str; 3] = ["id", "reason", "until"];

/// An array of texts (and of tables with these `members`, if given), or one of them alone.
fn list(
    document: &Document<'_>,
    kind: Kind,
    value: &Spanned<DeValue<'_>>,
    origin: &Origin,
    members: Option<&[&str]>,
    notes: &mut Vec<String>,
) -> Result<Vec<Item>, SettingsError> {
    let expected = if members.is_some() { "texts or tables" } else { "a list of texts" };
    let mut item = |value: &Spanned<DeValue<'_>>| {
        let mut place = document.origin(&value.span());
        place.part.clone_from(&origin.part);
        match (value.get_ref(), members) {
            (DeValue::Table(table), Some(members)) => {
                let members = self::members(document, table, members, &place, notes)?;
                Ok(Item { value: Value::Table(members), origin: place, base: None })
            }
            (single, _) => {
                let text = scalar(kind, single).ok_or_else(|| wrong(value, &place, expected))?;
                Ok(Item::text(text, place))
            }
        }
    };
    match value.get_ref() {
        DeValue::Array(values) if values.len() > MOST_ITEMS => {
            Err(SettingsError::value(origin, format!("holds more than {MOST_ITEMS} items")))
        }
        DeValue::Array(values) => values.iter().map(item).collect(),
        _ => Ok(vec![item(value)?]),
    }
}

/// The members of a table, as texts; unknown ones are noted.
fn members(
    document: &Document<'_>,
    table: &DeTable<'_>,
    known: &[&str],
    origin: &Origin,
    notes: &mut Vec<String>,
) -> Result<BTreeMap<String, (String, Origin)>, SettingsError> {
    if table.len() > MOST_MEMBERS {
        return Err(SettingsError::value(origin, format!("holds more than {MOST_MEMBERS} members")));
    }
    let mut members = BTreeMap::new();
    for (name, value) in table.iter() {
        let word = name.get_ref().as_ref();
        let part = format!("{}.{word}", origin.part.as_deref().unwrap_or_default());
        let place = document.origin(&name.span()).part(part);
        if !known.contains(&word) {
            let near = keys::nearest(word, known.iter().copied());
            let advice = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
            notes.push(format!("{place}: there is no such member{advice}; ignored"));
            continue;
        }
        let flag = matches!(word, "explicit" | "default");
        let text = scalar(if flag { Kind::Flag } else { Kind::Text }, value.get_ref());
        let text = text.ok_or_else(|| wrong(value, &place, if flag { "true or false" } else { "a text" }))?;
        members.insert(word.to_owned(), (text, place));
    }
    Ok(members)
}

/// Each environment as JSON, which is what they are read from; the keys are checked there.
fn environments(
    document: &Document<'_>,
    value: &Spanned<DeValue<'_>>,
    origin: &Origin,
) -> Result<Vec<Item>, SettingsError> {
    let DeValue::Array(tables) = value.get_ref() else { return Err(wrong(value, origin, "a list of tables")) };
    if tables.len() > MOST_ITEMS {
        return Err(SettingsError::value(origin, format!("holds more than {MOST_ITEMS} environments")));
    }
    let one = |table: &Spanned<DeValue<'_>>| {
        let place = document.origin(&table.span()).part(origin.part.clone().unwrap_or_default());
        match table.get_ref() {
            DeValue::Table(_) => Ok(Item::text(json(table.get_ref()).to_string(), place)),
            _ => Err(wrong(table, &place, "a table")),
        }
    };
    tables.iter().map(one).collect()
}

fn json(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(number) => number.as_str().parse::<i64>().map_or_else(|_| number.as_str().into(), Into::into),
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or_else(|_| number.as_str().into(), Into::into),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Datetime(instant) => instant.to_string().into(),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => serde_json::Value::Object(
            table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref()))).collect(),
        ),
    }
}

/// A member of a table as the text `NAME=VALUE`.
fn pair(
    document: &Document<'_>,
    kind: Kind,
    name: &Spanned<std::borrow::Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
    origin: &Origin,
) -> Result<Item, SettingsError> {
    let part = format!("{}.{}", origin.part.as_deref().unwrap_or_default(), name.get_ref());
    let place = document.origin(&name.span()).part(part);
    match value.get_ref() {
        DeValue::String(value) => Ok(Item::text(format!("{}={value}", name.get_ref()), place)),
        _ => Err(wrong(value, &place, if kind == Kind::Pins { "the name of an index" } else { "a text" })),
    }
}

/// A value that is not a list or table, as the text a variable would hold; `None` when `kind` does not take it.
fn scalar(kind: Kind, value: &DeValue<'_>) -> Option<String> {
    match (kind, value) {
        (Kind::Flag, DeValue::Boolean(flag)) => Some(flag.to_string()),
        (Kind::Flag, _) => None,
        (Kind::Number, DeValue::Integer(number)) if number.radix() == 10 => Some(number.as_str().to_owned()),
        (Kind::Number, DeValue::Float(number)) => Some(number.as_str().to_owned()),
        // `exclude-newer = 2025-06-30` is a date to TOML, and `= false` lifts a limit.
        (Kind::Text, DeValue::Datetime(instant)) => Some(instant.to_string()),
        (Kind::Text, DeValue::Boolean(false)) => Some("false".to_owned()),
        (_, DeValue::String(text)) => Some(text.to_string()),
        _ => None,
    }
}

fn wrong(value: &Spanned<DeValue<'_>>, origin: &Origin, expected: &'static str) -> SettingsError {
    let found = match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    SettingsError::Type { origin: origin.clone(), expected, found: found.to_owned() }
}
