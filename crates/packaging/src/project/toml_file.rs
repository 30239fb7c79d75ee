//! A TOML file whose values know their lines.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike, Value};

use super::error::{Fault, Problem};
use crate::Origin;

/// A parsed TOML document and what is needed to say where something stands in it.
pub(super) struct TomlFile {
    document: Document<String>,
    name: String,
    /// The offset of each line's first byte.
    starts: Vec<usize>,
    /// How many lines stand before the document in its file.
    above: u32,
}

impl TomlFile {
    /// Parses `text`, found `above` lines into the file `name`.
    pub(super) fn parse(name: &str, text: &str, above: u32) -> Result<Self, Problem> {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1))
            .collect();
        let document = Document::parse(text.to_string()).map_err(|error| {
            let line = error.span().map(|span| line_of(&starts, span.start, above));
            Problem::new(Origin { file: name.to_string(), line, part: None }, Fault::Toml(error.message().to_string()))
        })?;
        Ok(Self { document, name: name.to_string(), starts, above })
    }

    /// The document's root table.
    pub(super) fn root(&self) -> &dyn TableLike {
        self.document.as_table()
    }

    /// The file's name, as messages give it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The place of something in the document.
    pub(super) fn origin(&self, span: Option<Range<usize>>, part: &str) -> Origin {
        let line = span.map(|span| line_of(&self.starts, span.start, self.above));
        Origin { file: self.name.clone(), line, part: Some(part.to_string()) }
    }

    /// The place of a value of a table: that of its key.
    pub(super) fn origin_of(&self, table: &dyn TableLike, key: &str, part: &str) -> Origin {
        let span = table.get_key_value(key).and_then(|(key, item)| key.span().or_else(|| item.span()));
        self.origin(span, part)
    }

    /// A problem with a value of a table.
    pub(super) fn problem(&self, table: &dyn TableLike, key: &str, part: &str, fault: Fault) -> Problem {
        Problem::new(self.origin_of(table, key, part), fault)
    }

    /// A table in a table; `None` if there is none.
    pub(super) fn table<'a>(
        &self,
        table: &'a dyn TableLike,
        key: &str,
        part: &str,
    ) -> Result<Option<&'a dyn TableLike>, Problem> {
        self.get(table, key, part, "a table", Item::as_table_like)
    }

    /// A string in a table; `None` if there is none.
    pub(super) fn string<'a>(
        &self,
        table: &'a dyn TableLike,
        key: &str,
        part: &str,
    ) -> Result<Option<&'a str>, Problem> {
        self.get(table, key, part, "a string", Item::as_str)
    }

    /// A boolean in a table; `None` if there is none.
    pub(super) fn boolean(&self, table: &dyn TableLike, key: &str, part: &str) -> Result<Option<bool>, Problem> {
        self.get(table, key, part, "true or false", Item::as_bool)
    }

    fn get<'a, T>(
        &self,
        table: &'a dyn TableLike,
        key: &str,
        part: &str,
        expected: &'static str,
        as_type: impl Fn(&'a Item) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(item) = table.get(key).filter(|item| !item.is_none()) else { return Ok(None) };
        match as_type(item) {
            Some(value) => Ok(Some(value)),
            None => Err(self.problem(table, key, part, shape(part, expected, item.type_name()))),
        }
    }

    /// The strings of an array in a table, each with its place.
    pub(super) fn strings<'a>(
        &self,
        table: &'a dyn TableLike,
        key: &str,
        part: &str,
    ) -> Result<Vec<(&'a str, Origin)>, Problem> {
        let Some(item) = table.get(key).filter(|item| !item.is_none()) else { return Ok(Vec::new()) };
        let Some(array) = item.as_array() else {
            return Err(self.problem(table, key, part, shape(part, "an array of strings", item.type_name())));
        };
        array
            .iter()
            .map(|value| {
                let origin = self.origin(value.span(), part);
                match value.as_str() {
                    Some(text) => Ok((text, origin)),
                    None => Err(Problem::new(origin, shape(part, "an array of strings", value.type_name()))),
                }
            })
            .collect()
    }

    /// The tables of an array (`[[…]]` or inline), each with its place.
    pub(super) fn tables<'a>(
        &self,
        table: &'a dyn TableLike,
        key: &str,
        part: &str,
    ) -> Result<Vec<(&'a dyn TableLike, Origin)>, Problem> {
        let Some(item) = table.get(key).filter(|item| !item.is_none()) else { return Ok(Vec::new()) };
        if let Some(tables) = item.as_array_of_tables() {
            return Ok(tables.iter().map(|table| (table as &dyn TableLike, self.origin(table.span(), part))).collect());
        }
        let wrong = |found| shape(part, "an array of tables", found);
        let Some(array) = item.as_array() else {
            return Err(self.problem(table, key, part, wrong(item.type_name())));
        };
        array
            .iter()
            .map(|value| {
                let origin = self.origin(value.span(), part);
                match value {
                    Value::InlineTable(table) => Ok((table as &dyn TableLike, origin)),
                    other => Err(Problem::new(origin, wrong(other.type_name()))),
                }
            })
            .collect()
    }
}

/// A value of the wrong type.
pub(super) fn shape(key: &str, expected: &'static str, found: &'static str) -> Fault {
    let found = match found {
        "array" => "an array",
        "array of tables" => "an array of tables",
        "inline table" | "table" => "a table",
        "integer" => "an integer",
        "boolean" => "true or false",
        "float" => "a number",
        "datetime" => "a date",
        "string" => "a string",
        _ => "something else",
    };
    Fault::Shape { key: key.to_string(), expected, found }
}

/// The line (from 1) of a byte offset.
fn line_of(starts: &[usize], offset: usize, above: u32) -> u32 {
    let line = starts.partition_point(|start| *start <= offset).max(1);
    u32::try_from(line).unwrap_or(u32::MAX).saturating_add(above)
}
