//! What is known of a value without running anything.

use std::rc::Rc;

use super::super::traits::Traits;

/// No more characters of a text are followed.
pub(super) const MOST_TEXT: usize = 4_096;

/// What is known of a value. Texts are shared, because values are copied far more often than they are made.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Worth {
    pub(super) traits: Traits,
    /// Its text, as far as it is known.
    pub(super) text: Option<Rc<str>>,
    /// The qualified name that it is known by.
    pub(super) means: Option<Rc<str>>,
    /// What held it first: the name or path that a file was opened by.
    pub(super) origin: Option<Rc<str>>,
    /// The text of what it is an attribute of.
    pub(super) receiver: Option<Rc<str>>,
}

impl Worth {
    pub(super) fn of(traits: Traits) -> Self {
        Self { traits, ..Self::default() }
    }

    /// A value that may be either.
    pub(super) fn either(self, other: Self) -> Self {
        Self {
            traits: self.traits | other.traits,
            text: other.text.or(self.text),
            means: other.means.or(self.means),
            origin: other.origin.or(self.origin),
            receiver: None,
        }
    }
}

/// Several values together: their texts follow each other.
#[derive(Debug, Default)]
pub(super) struct Sum {
    pub(super) traits: Traits,
    text: Option<String>,
}

impl Sum {
    pub(super) fn add(&mut self, worth: &Worth) {
        self.traits |= worth.traits;
        if let Some(text) = &worth.text {
            append(self.text.get_or_insert_default(), text);
        }
    }

    pub(super) fn text(self) -> Option<Rc<str>> {
        self.text.map(Rc::from)
    }

    pub(super) fn worth(self) -> Worth {
        Worth { traits: self.traits, text: self.text(), ..Worth::default() }
    }
}

/// Appends with a blank between, up to what is followed.
pub(super) fn append(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    extend(text, more);
}

/// Appends up to what is followed.
pub(super) fn extend(text: &mut String, more: &str) {
    text.push_str(cut(more, MOST_TEXT.saturating_sub(text.len())));
}

/// The beginning of a text, in bytes.
pub(super) fn cut(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}
