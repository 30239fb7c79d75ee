//! Text and times from outside, made fit to store and to show.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use packaging::text::one_line;

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

#[cfg(test)]
mod tests {
    use super::*;

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
