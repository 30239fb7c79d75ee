//! What is known of a value without running anything.

use super::super::traits::Traits;

/// No more characters of a text are followed.
pub(super) const MOST_TEXT: usize = 4_096;

/// What is known of a value.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Worth {
    pub(super) traits: Traits,
    /// Its text, as far as it is known.
    pub(super) text: Option<String>,
    /// The qualified name that it is known by.
    pub(super) means: Option<String>,
    /// What held it first: the name or path that a file was opened by.
    pub(super) origin: Option<String>,
    /// The text of what it is an attribute of.
    pub(super) receiver: Option<String>,
}

impl Worth {
    pub(super) fn of(traits: Traits) -> Self {
        Self { traits, ..Self::default() }
    }

    /// Adds what another value has; texts follow each other.
    pub(super) fn join(&mut self, other: &Self) {
        self.traits |= other.traits;
        if let Some(text) = &other.text {
            append(self.text.get_or_insert_default(), text);
        }
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

/// Appends with a blank between, up to what is followed.
pub(super) fn append(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    extend(text, more);
}

/// Appends up to what is followed.
pub(super) fn extend(text: &mut String, more: &str) {
    let left = MOST_TEXT.saturating_sub(text.len());
    text.push_str(more.get(..more.floor_char_boundary(left)).unwrap_or_default());
}
