//! Makes texts from outside harmless to show.
//!
//! Summaries of advisories, reasons for yanking, answers of indexes and names of files are written by strangers: an escape
//! sequence in one would act on the terminal, a change of direction would make a line read as another, and a URL in one may
//! carry a password.

use packaging::{lock::scrubbed, text::is_active};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The longest text from outside that is shown, in characters; what is longer ends in `…`.
const MAX_CHARACTERS: usize = 2_000;

/// One line: runs of blanks and line ends are one blank, what would act on a terminal is `�`, credentials are gone.
pub(crate) fn clean(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(MAX_CHARACTERS));
    let mut length = 0;
    let mut gap = false;
    // Credentials go first: in a text cut in the middle of a URL they could no longer be told from the rest.
    for character in scrubbed(text).chars() {
        if character.is_whitespace() {
            gap = length > 0;
            continue;
        }
        if length >= MAX_CHARACTERS {
            line.push('…');
            break;
        }
        if gap {
            line.push(' ');
            gap = false;
        }
        line.push(if is_active(character) { '\u{fffd}' } else { character });
        length += 1;
    }
    line
}

/// How many columns a cleaned text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// A cleaned text cut to `columns`, ending in `ellipsis` when something is missing, after a whole word where possible.
pub(crate) fn fitted(text: &str, columns: usize, ellipsis: &str) -> String {
    if width(text) <= columns {
        return text.to_string();
    }
    let room = columns.saturating_sub(width(ellipsis));
    let mut cut = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > room {
            break;
        }
        cut.push(character);
    }
    // A word may be cut only when leaving it out would cost half of the line.
    let inside = text.get(cut.len()..).is_some_and(|rest| !rest.starts_with(' '));
    if let Some((whole, _)) = cut.rsplit_once(' ')
        && inside
        && width(whole) * 2 >= room
    {
        cut.truncate(whole.len());
    }
    let kept = cut.trim_end_matches([' ', ',', ';', ':', '.']).len();
    cut.truncate(kept);
    cut + ellipsis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_sequence_is_seen_and_does_nothing() {
        assert_eq!(clean("a\u{1b}[2Jb\r\n\tc \u{9b}31m \u{202e}d"), "a\u{fffd}[2Jb c \u{fffd}31m \u{fffd}d");
        assert_eq!(clean("  \n "), "");
    }

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        let line = clean("x @ https://user:secret@index.example/x-1.tar.gz is gone");
        assert_eq!(line, "x @ https://index.example/x-1.tar.gz is gone");
    }

    #[test]
    fn a_text_without_end_is_cut() {
        let line = clean(&"word ".repeat(100_000));
        assert!(line.chars().count() < 3_000 && line.ends_with('…'));
    }

    #[test]
    fn a_summary_is_shortened_after_a_word() {
        assert_eq!(fitted("one two three", 13, "…"), "one two three");
        assert_eq!(fitted("one two three", 12, "…"), "one two…");
        assert_eq!(fitted("one two three", 8, "…"), "one two…");
        assert_eq!(fitted("one, two", 7, "…"), "one…");
        assert_eq!(fitted("incomprehensibilities", 8, "..."), "incom...");
        assert_eq!(fitted("漢字漢字", 5, "…"), "漢字…");
        assert_eq!(fitted("word", 0, "…"), "…");
    }
}
