//! `--exclude-newer`: an instant, a day or an age.

use jiff::{Span, Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::settings::ExcludeNewer;

/// Longest text looked at.
const LIMIT: usize = 64;

/// The instant after which files do not exist: `text` is one of
///
/// - a timestamp of RFC 3339 (`2025-06-30T12:00:00Z`);
/// - a date: the whole day counts, so the instant is the midnight at its end. As with uv, except that the day is one of UTC and
///   not of this machine's zone: the same command gives the same lock everywhere;
/// - an age before `now`: `7d`, `2 weeks`, `P7D`, `36 hours`. A day has 24 hours. As with uv, months and years are refused, because
///   they differ in length.
///
/// # Errors
/// A sentence that says what was expected.
pub fn exclude_newer(text: &str, now: Timestamp) -> Result<ExcludeNewer, String> {
    let written = text.trim();
    if written.len() > LIMIT {
        return Err(format!("longer than {LIMIT} characters; {EXPECTED}"));
    }
    let shown = || format!("`{written}`");
    if let Ok(before) = written.parse::<Timestamp>() {
        return Ok(ExcludeNewer { before, written: written.to_owned() });
    }
    let date_like = written
        .bytes()
        .take(5)
        .enumerate()
        .all(|(at, byte)| if at == 4 { byte == b'-' } else { byte.is_ascii_digit() });
    if date_like && written.len() > 5 {
        let before = end_of_day(written).map_err(|why| format!("{} {why}", shown()))?;
        return Ok(ExcludeNewer { before, written: written.to_owned() });
    }
    let age: Span = written.parse().map_err(|_| format!("{} is no age or date; {EXPECTED}", shown()))?;
    if age.get_years() != 0 || age.get_months() != 0 {
        return Err(format!("{} is in months or years, which differ in length; say it in days or weeks", shown()));
    }
    let before = now.to_zoned(TimeZone::UTC).checked_sub(age.abs());
    let before = before.map_err(|_| format!("{} is longer ago than time reaches back", shown()))?.timestamp();
    Ok(ExcludeNewer { before, written: written.to_owned() })
}

const EXPECTED: &str =
    "expected a timestamp (2025-06-30T12:00:00Z), a date (2025-06-30) or an age (7d, \"2 weeks\", P7D)";

fn end_of_day(text: &str) -> Result<Timestamp, String> {
    // A time without an offset parses as a date, and the user would not learn that the time is lost.
    if text.len() > "2025-06-30".len() {
        return Err(format!("is neither a date nor a timestamp with its offset (append Z for UTC); {EXPECTED}"));
    }
    let date: Date = text.parse().map_err(|error| format!("is no date: {error}"))?;
    let next = date.checked_add(1.day()).and_then(|next| next.to_zoned(TimeZone::UTC));
    Ok(next.map_err(|error| format!("is out of range: {error}"))?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(text: &str) -> String {
        let now = "2025-07-15T12:30:00Z".parse().unwrap();
        exclude_newer(text, now).map_or_else(|why| format!("error: {why}"), |found| found.before.to_string())
    }

    #[test]
    fn instants_days_and_ages_are_understood() {
        for (text, instant) in [
            ("2025-06-30T12:00:00Z", "2025-06-30T12:00:00Z"),
            ("2025-06-30T12:00:00+02:00", "2025-06-30T10:00:00Z"),
            (" 2025-06-30 ", "2025-07-01T00:00:00Z"),
            ("2024-12-31", "2025-01-01T00:00:00Z"),
            ("7d", "2025-07-08T12:30:00Z"),
            ("7 days", "2025-07-08T12:30:00Z"),
            ("7 days ago", "2025-07-08T12:30:00Z"),
            ("2 weeks", "2025-07-01T12:30:00Z"),
            ("P7D", "2025-07-08T12:30:00Z"),
            ("PT36H", "2025-07-14T00:30:00Z"),
        ] {
            assert_eq!(before(text), instant, "{text}");
        }
    }

    #[test]
    fn what_is_none_of_these_is_refused_with_the_reason() {
        insta::assert_snapshot!(
            ["soon", "", "7", "2025-02-30", "2025-06-30T12:00:00", "1 month", "900000 weeks", &"9".repeat(99)].map(before).join("\n"),
            @r#"
        error: `soon` is no age or date; expected a timestamp (2025-06-30T12:00:00Z), a date (2025-06-30) or an age (7d, "2 weeks", P7D)
        error: `` is no age or date; expected a timestamp (2025-06-30T12:00:00Z), a date (2025-06-30) or an age (7d, "2 weeks", P7D)
        error: `7` is no age or date; expected a timestamp (2025-06-30T12:00:00Z), a date (2025-06-30) or an age (7d, "2 weeks", P7D)
        error: `2025-02-30` is no date: parsed date is not valid: parameter 'day' for `2025-02` is invalid, must be in range `1..=28`
        error: `2025-06-30T12:00:00` is neither a date nor a timestamp with its offset (append Z for UTC); expected a timestamp (2025-06-30T12:00:00Z), a date (2025-06-30) or an age (7d, "2 weeks", P7D)
        error: `1 month` is in months or years, which differ in length; say it in days or weeks
        error: `900000 weeks` is longer ago than time reaches back
        error: longer than 64 characters; expected a timestamp (2025-06-30T12:00:00Z), a date (2025-06-30) or an age (7d, "2 weeks", P7D)
        "#
        );
    }
}
