//! A value of a document with the way to it, so that what is wrong can be told with its place.

use std::cell::RefCell;

use packaging::{PackageName, VersionSpecifiers, text::one_line, yaml::Step};
use serde_json::{Map, Value};

use crate::{matcher::Versions, problem::Weight, when::Choice, words::nearest};

/// The longest text that is kept.
const MAX_TEXT: usize = 4_000;
/// The longest list.
const MAX_ITEMS: usize = 100_000;

/// Something wrong with the value at the end of a path.
pub(super) struct Fault {
    pub(super) path: Vec<OwnedStep>,
    pub(super) weight: Weight,
    pub(super) what: String,
}

pub(super) enum OwnedStep {
    Key(String),
    Item(usize),
}

impl OwnedStep {
    pub(super) fn step(&self) -> Step<'_> {
        match self {
            Self::Key(key) => Step::Key(key),
            Self::Item(item) => Step::Item(*item),
        }
    }
}

/// A value and the way to it. Whatever is wrong goes to the faults, and reading goes on, so that all of it is told at once.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    value: &'a Value,
    step: Option<Step<'a>>,
    parent: Option<&'a Self>,
    faults: &'a RefCell<Vec<Fault>>,
}

/// A map whose keys are all known.
pub(super) struct Fields<'a> {
    at: &'a At<'a>,
    map: &'a Map<String, Value>,
}

impl<'a> At<'a> {
    pub(super) fn root(value: &'a Value, faults: &'a RefCell<Vec<Fault>>) -> Self {
        Self { value, step: None, parent: None, faults }
    }

    /// Where faults are collected.
    pub(super) fn faults(&self) -> &'a RefCell<Vec<Fault>> {
        self.faults
    }

    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    fn note(&self, weight: Weight, what: String) {
        self.faults.borrow_mut().push(Fault { path: self.path(), weight, what });
    }

    /// The way here from the document.
    pub(super) fn path(&self) -> Vec<OwnedStep> {
        let mut path = Vec::new();
        let mut here = Some(self);
        while let Some(at) = here {
            path.extend(at.step.map(|step| match step {
                Step::Key(key) => OwnedStep::Key(key.to_string()),
                Step::Item(item) => OwnedStep::Item(item),
            }));
            here = at.parent;
        }
        path.reverse();
        path
    }

    /// Says that the unit cannot be used.
    pub(super) fn error<T>(&self, what: impl Into<String>) -> Option<T> {
        self.note(Weight::Error, what.into());
        None
    }

    /// Says that something in it is not used.
    pub(super) fn warn(&self, what: impl Into<String>) {
        self.note(Weight::Warning, what.into());
    }

    /// The last key on the way here.
    fn key(&self) -> String {
        match (self.step, self.parent) {
            (Some(Step::Key(key)), _) => format!("`{}`", one_line(key, 60)),
            (Some(Step::Item(_)), Some(parent)) => format!("an entry of {}", parent.key()),
            _ => "the document".to_string(),
        }
    }

    fn wrong<T>(&self, wanted: &str) -> Option<T> {
        let found = match self.value {
            Value::Null => "nothing (`null`)".to_string(),
            Value::Bool(value) => format!("the truth value `{value}`"),
            Value::Number(number) => format!("the number `{number}`"),
            Value::String(text) => format!("the text `{}`", one_line(text, 40)),
            Value::Array(_) => "a list".to_string(),
            Value::Object(_) => "a map".to_string(),
        };
        self.error(format!("{} must be {wanted}, and it is {found}", self.key()))
    }

    /// A map with no other keys than these.
    pub(super) fn fields(&'a self, known: &[&str]) -> Option<Fields<'a>> {
        let Value::Object(map) = self.value else { return self.wrong("a map") };
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let here = At { value: self.value, step: Some(Step::Key(key)), parent: Some(self), faults: self.faults };
            let hint = nearest(key, known).map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            let whole = known.join(", ");
            here.error::<()>(format!("unknown key `{}`{hint} (known here: {whole})", one_line(key, 60)));
        }
        Some(Fields { at: self, map })
    }

    /// The entries of a map with any keys.
    pub(super) fn entries(&'a self) -> Option<Vec<(&'a str, Self)>> {
        let Value::Object(map) = self.value else { return self.wrong("a map") };
        let entry = |(key, value): (&'a String, &'a Value)| {
            (key.as_str(), At { value, step: Some(Step::Key(key)), parent: Some(self), faults: self.faults })
        };
        Some(map.iter().map(entry).collect())
    }

    /// The entries of a list.
    pub(super) fn items(&'a self) -> Option<Vec<Self>> {
        let Value::Array(list) = self.value else { return self.wrong("a list") };
        if list.len() > MAX_ITEMS {
            return self.error(format!("{} has more than {MAX_ITEMS} entries", self.key()));
        }
        Some(self.each(list))
    }

    /// The entries of a list that has some.
    pub(super) fn some_items(&'a self) -> Option<Vec<Self>> {
        let items = self.items()?;
        if items.is_empty() { self.error(format!("{} must not be empty", self.key())) } else { Some(items) }
    }

    /// The entries of a list, or the value itself when it is no list.
    pub(super) fn one_or_more(&'a self) -> Option<Vec<Self>> {
        match self.value {
            Value::Array(_) => self.some_items(),
            _ => Some(vec![*self]),
        }
    }

    fn each(&'a self, list: &'a [Value]) -> Vec<Self> {
        let item = |(item, value): (usize, &'a Value)| At {
            value,
            step: Some(Step::Item(item)),
            parent: Some(self),
            faults: self.faults,
        };
        list.iter().enumerate().map(item).collect()
    }

    /// All entries of a list, read alike; `None` when one of them cannot be read.
    pub(super) fn list<T>(&'a self, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        let read: Vec<Option<T>> = self.items()?.iter().map(read).collect();
        read.into_iter().collect()
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        self.value.as_bool().map_or_else(|| self.wrong("`true` or `false`"), Some)
    }

    /// A text as it is written.
    pub(super) fn text(&self) -> Option<&'a str> {
        match self.value {
            Value::String(text) if text.len() > MAX_TEXT => {
                self.error(format!("{} is longer than {MAX_TEXT} bytes", self.key()))
            }
            Value::String(text) => Some(text),
            Value::Number(_) => self.wrong("a text: write it in quotes"),
            _ => self.wrong("a text"),
        }
    }

    /// A text in one line, fit to be shown; never empty.
    pub(super) fn line(&self) -> Option<String> {
        let line = one_line(self.text()?, MAX_TEXT);
        if line.is_empty() { self.error(format!("{} must not be empty", self.key())) } else { Some(line) }
    }

    pub(super) fn number(&self) -> Option<u32> {
        let number = self.value.as_u64().and_then(|number| u32::try_from(number).ok());
        number.map_or_else(|| self.wrong("a whole number"), Some)
    }

    /// The name of a package.
    pub(super) fn package(&self) -> Option<PackageName> {
        let text = self.text()?;
        match text.parse() {
            Ok(name) => Some(name),
            Err(_) => self.error(format!("`{}` is not the name of a package", one_line(text, 60))),
        }
    }

    /// A version specifier; one that PEP 440 does not know is kept as one that means nothing.
    pub(super) fn versions(&self) -> Option<Versions> {
        let text = self.text()?;
        match text.trim().parse::<VersionSpecifiers>() {
            Ok(specifiers) if specifiers.is_empty() => Some(Versions::Any),
            Ok(specifiers) => Some(Versions::Within(specifiers)),
            Err(_) => {
                let shown = one_line(text, 80);
                self.warn(format!("`{shown}` is not a version specifier (PEP 440): it matches nothing"));
                Some(Versions::Unreadable(shown))
            }
        }
    }

    /// A list, or `{not: list}`.
    pub(super) fn choice<T>(&'a self, read: impl Fn(&At<'_>) -> Option<T>) -> Option<Choice<T>> {
        if self.value.is_array() {
            return self.list(read).map(Choice::Of);
        }
        let fields = self.fields(&["not"])?;
        fields.needed("not")?.list(read).map(Choice::NotOf)
    }
}

impl<'a> Fields<'a> {
    /// The value of a key, when it is there.
    pub(super) fn get(&self, key: &'a str) -> Option<At<'a>> {
        let value = self.map.get(key)?;
        Some(At { value, step: Some(Step::Key(key)), parent: Some(self.at), faults: self.at.faults })
    }

    /// The value of a key that has to be there.
    pub(super) fn needed(&self, key: &'a str) -> Option<At<'a>> {
        self.get(key).map_or_else(|| self.at.error(format!("{} needs the key `{key}`", self.at.key())), Some)
    }

    /// What `read` makes of the value of a key: `Some(None)` where the key is not there, `None` where it cannot be read.
    #[expect(clippy::option_option, reason = "absent and unreadable are told apart by `?`")]
    pub(super) fn maybe<T>(&self, key: &'a str, read: impl Fn(&At<'a>) -> Option<T>) -> Option<Option<T>> {
        match self.get(key) {
            None => Some(None),
            Some(at) => read(&at).map(Some),
        }
    }

    /// The map itself, to say what is wrong with the whole of it.
    pub(super) fn at(&self) -> &'a At<'a> {
        self.at
    }
}
