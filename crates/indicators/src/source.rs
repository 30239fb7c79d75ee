//! The text of a Python file: decoding after PEP 263, lines, excerpts.

use std::{borrow::Cow, cell::OnceCell};

use ruff_text_size::TextSize;

/// No more characters of a line go into an excerpt.
const MOST_EXCERPT: usize = 160;

/// No more bytes of a line are looked at for its excerpt, however far it is indented.
const MOST_READ: usize = 4_096;

/// Python source as text.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    text: Cow<'a, str>,
    starts: OnceCell<Vec<u32>>,
}

/// Why bytes are no Python source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    /// It has a zero byte.
    #[error("it has a zero byte")]
    Zero,
    /// It is not UTF-8 and names no other encoding.
    #[error("it is not UTF-8 from byte {0} on and names no other encoding")]
    NotUtf8(usize),
}

impl<'a> Source<'a> {
    /// Decodes source. Without a coding cookie it is UTF-8; with one that is neither UTF-8 nor ASCII, each byte is taken
    /// for a character: right for Latin-1, and for all others right outside of strings and comments.
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        if memchr::memchr(0, bytes).is_some() {
            return Err(DecodeError::Zero);
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(error) => match coding(bytes) {
                Some(name) if !is_utf8(name) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
                _ => return Err(DecodeError::NotUtf8(error.valid_up_to())),
            },
        };
        Ok(Self { text, starts: OnceCell::new() })
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The line in which an offset lies, counted from 1.
    pub(crate) fn line(&self, offset: TextSize) -> u32 {
        let starts = self.starts();
        let line = starts.partition_point(|start| *start <= offset.to_u32());
        u32::try_from(line.max(1)).unwrap_or(u32::MAX)
    }

    /// A line, counted from 1, as it can be shown: trimmed, cut, without control or bidirectional characters.
    pub(crate) fn excerpt(&self, line: u32) -> String {
        let starts = self.starts();
        let Some(start) = (line as usize).checked_sub(1).and_then(|at| starts.get(at)) else { return String::new() };
        let end = starts.get(line as usize).map_or(self.text.len(), |end| *end as usize);
        let end = self.text.floor_char_boundary(end.min(*start as usize + MOST_READ));
        shown(self.text.get(*start as usize..end).unwrap_or_default())
    }

    fn starts(&self) -> &[u32] {
        self.starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
                .filter(|at| bytes.get(*at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n'))
                .filter_map(|at| u32::try_from(at + 1).ok());
            std::iter::once(0).chain(ends).collect()
        })
    }
}

/// A line as it can be shown.
pub(crate) fn shown(line: &str) -> String {
    line.trim().chars().take(MOST_EXCERPT).map(|c| if shows(c) { c } else { '\u{fffd}' }).collect()
}

/// Whether a character in a report changes nothing but itself.
fn shows(c: char) -> bool {
    let reorders =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c == '\t' || !(c.is_control() || reorders)
}

/// The encoding that a comment in the first two lines names.
fn coding(bytes: &[u8]) -> Option<&[u8]> {
    bytes.split(|byte| *byte == b'\n').take(2).find_map(|line| {
        let comment = line.trim_ascii_start().strip_prefix(b"#")?;
        let at = memchr::memmem::find(comment, b"coding")?;
        let rest = comment.get(at + b"coding".len()..)?;
        let rest = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"="))?.trim_ascii_start();
        let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"-_.".contains(byte)));
        rest.get(..end.unwrap_or(rest.len())).filter(|name| !name.is_empty())
    })
}

fn is_utf8(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    [&b"utf-8"[..], b"utf8", b"utf_8", b"utf-8-sig", b"utf_8_sig", b"u8", b"ascii", b"us-ascii"]
        .contains(&name.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_every_way_that_python_knows() {
        let source = Source::decode(b"a\nb\r\nc\rd").unwrap();
        let lines: Vec<u32> = (0..8).map(|at| source.line(TextSize::new(at))).collect();
        assert_eq!(lines, [1, 1, 2, 2, 2, 3, 3, 4]);
        assert_eq!(source.excerpt(2), "b");
        assert_eq!(source.excerpt(4), "d");
        assert_eq!(source.excerpt(5), "");
        assert_eq!(source.excerpt(0), "");
    }

    #[test]
    fn a_cookie_admits_what_is_not_utf8() {
        let latin = b"#!/usr/bin/python\n# -*- coding: latin-1 -*-\ns = '\xe9'\n";
        assert_eq!(Source::decode(latin).unwrap().excerpt(3), "s = '\u{e9}'");
        assert_eq!(Source::decode(b"s = '\xe9'").unwrap_err(), DecodeError::NotUtf8(5));
        assert_eq!(Source::decode(b"# coding: utf-8\n\xe9").unwrap_err(), DecodeError::NotUtf8(16));
        assert_eq!(Source::decode(b"a\0b").unwrap_err(), DecodeError::Zero);
    }

    #[test]
    fn an_excerpt_cannot_move_the_reader_s_eyes() {
        let source = Source::decode("x = 'a\u{202e}b\u{1b}[2J'".as_bytes()).unwrap();
        assert_eq!(source.excerpt(1), "x = 'a\u{fffd}b\u{fffd}[2J'");
        let long = "y".repeat(10_000);
        assert_eq!(Source::decode(long.as_bytes()).unwrap().excerpt(1).len(), MOST_EXCERPT);
    }
}
