//! What one level of the configuration says, before its meaning is settled.

use std::{collections::BTreeMap, path::PathBuf};

use packaging::Origin;

use super::keys::{Key, Kind};

/// One thing said: a value with its place.
///
/// It has no `Debug`: values may hold credentials.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) value: Value,
    pub(crate) origin: Origin,
    /// The folder that relative paths in it refer to; `None` is the working directory.
    pub(crate) base: Option<PathBuf>,
}

/// A value as written.
#[derive(Clone)]
pub(crate) enum Value {
    Text(String),
    /// The members of a table, each a text, with their places.
    Table(BTreeMap<String, (String, Origin)>),
}

impl Item {
    pub(crate) fn text(text: impl Into<String>, origin: Origin) -> Self {
        Self { value: Value::Text(text.into()), origin, base: None }
    }

    /// Whether it is an index that is asked only for packages pinned to it.
    pub(crate) fn is_explicit(&self) -> bool {
        match &self.value {
            Value::Text(_) => false,
            Value::Table(table) => table.get("explicit").is_some_and(|(explicit, _)| explicit == "true"),
        }
    }
}

/// What one level says. A key that is present with nothing in it says "none".
#[derive(Clone, Default)]
pub(crate) struct Layer {
    pub(crate) said: BTreeMap<Key, Vec<Item>>,
    /// It is another tool's: a value Thoth does not know is noted and passed over.
    pub(crate) foreign: bool,
}

impl Layer {
    /// Adds to what is said of `key`.
    pub(crate) fn add(&mut self, key: Key, item: Item) {
        self.said.entry(key).or_default().push(item);
    }

    /// Adds the words of one text, split as `key` splits a variable.
    pub(crate) fn add_split(&mut self, key: Key, text: &str, origin: &Origin) {
        let items = self.said.entry(key).or_default();
        match key.kind() {
            Kind::Flag | Kind::Text | Kind::Path | Kind::Number | Kind::Environments => {
                items.push(Item::text(text, origin.clone()));
            }
            Kind::Names | Kind::Ignores | Kind::Pins => {
                let words = text.split(|letter: char| letter == ',' || letter.is_whitespace());
                items.extend(words.filter(|word| !word.is_empty()).map(|word| Item::text(word, origin.clone())));
            }
            Kind::Labels => {
                let words = text.split(';').filter(|word| !word.trim().is_empty());
                items.extend(words.map(|word| Item::text(word.trim(), origin.clone())));
            }
            Kind::Places | Kind::Indexes => {
                items.extend(text.split_whitespace().map(|word| Item::text(word, origin.clone())));
            }
        }
    }

    /// Takes from `lower` what is not said here; of `joined` keys, takes all of it, after what is said here.
    pub(crate) fn fill_from(&mut self, lower: Self, joined: &[Key]) {
        for (key, items) in lower.said {
            if joined.contains(&key) {
                self.said.entry(key).or_default().extend(items);
            } else {
                self.said.entry(key).or_insert(items);
            }
        }
    }
}
