//! Text and times from outside, made fit to store and to show.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// One line of at most `limit` characters: control and direction-changing characters become blanks, runs of blanks one.
///
/// Advisory texts end up on terminals and in reports, where an escape sequence would act.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() || is_active(character) {
            gap = length > 0;
            continue;
        }
        if length + usize::from(gap) >= limit {
            line.push('…');
            break;
        }
        if gap {
            line.push(' ');
            length += 1;
            gap = false;
        }
        line.push(character);
        length += 1;
    }
    line
}

/// The first line of a longer text that has anything to read in it, without Markdown heading marks.
pub(crate) fn first_line(text: &str, limit: usize) -> String {
    text.lines()
        .map(|line| one_line(line.trim_start_matches(['#', ' ']), limit))
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}

/// An identifier fit to be a key: no blanks, no control characters, of a bounded length, with a prefix and a number.
pub(crate) fn is_identifier(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    text.len() <= 128
        && text.bytes().all(plain)
        && text
            .split_once('-')
            .is_some_and(|(prefix, rest)| !prefix.is_empty() && rest.bytes().any(|byte| byte.is_ascii_alphanumeric()))
}

/// Microseconds since the Unix epoch of an RFC 3339 time, or of a date with or without a time, which then is UTC.
pub(crate) fn microseconds(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_microsecond());
    }
    let zoned = text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_microsecond())
}

fn is_active(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_sequence_does_not_reach_the_terminal() {
        assert_eq!(one_line("a\u{1b}[31mred\r\n  \u{202e}b", 80), "a [31mred b");
        assert_eq!(one_line("0123456789", 5), "01234…");
        assert_eq!(one_line("  ", 5), "");
    }

    #[test]
    fn the_first_line_of_details_stands_for_a_missing_summary() {
        assert_eq!(first_line("\n\n### Impact\nA flaw.", 80), "Impact");
        assert_eq!(first_line("", 80), "");
    }

    #[test]
    fn times_are_read_as_feeds_write_them() {
        assert_eq!(microseconds("1970-01-01T00:00:01Z"), Some(1_000_000));
        assert_eq!(microseconds("1970-01-01T01:00:01+01:00"), Some(1_000_000));
        assert_eq!(microseconds("1970-01-01T00:00:01.5"), Some(1_500_000));
        assert_eq!(microseconds("1970-01-02"), Some(86_400_000_000));
        assert_eq!(microseconds("yesterday"), None);
    }

    #[test]
    fn an_alias_that_names_nothing_joins_nothing() {
        assert!(is_identifier("CVE-2024-1"));
        assert!(is_identifier("GHSA-w596-4wvx-j9j6"));
        for text in ["", "-", "CVE-", "N/A", "CVE 2024 1", "-1", "CVE-2024-1\n"] {
            assert!(!is_identifier(text), "{text:?}");
        }
    }
}
