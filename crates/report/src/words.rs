//! Numbers, times, lists and severities as people say them.

use evidence::{Kind, Rating, Severity, Vulnerability};
use jiff::Timestamp;
use packaging::{ExtraName, Origin, PackageName, Version, VersionSpecifiers};

use crate::clean::clean;

/// `1 release`, `2 releases`, `12,345 releases`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let word = match (number, noun.strip_suffix("ty")) {
        (1, _) => noun.to_string(),
        (_, Some(stem)) => format!("{stem}ties"),
        (_, None) => format!("{noun}s"),
    };
    format!("{} {word}", grouped(number))
}

/// A number with a comma before every three digits.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `a, b and c`; of more than `most`, `a, b and 7 more`.
pub(crate) fn listed(items: &[String], most: usize) -> String {
    let (shown, more) = items.split_at(items.len().min(most));
    match (shown, more.len()) {
        ([], 0) => String::new(),
        ([], more) => more.to_string(),
        ([one], 0) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (shown, more) => format!("{} and {} more", shown.join(", "), grouped(more)),
    }
}

/// How long ago something was, as a phrase; negative seconds are in the future.
pub fn ago(seconds: i64) -> String {
    // Clocks of two machines rarely agree to the second.
    const SKEW: i64 = -300;
    let (number, unit) = match seconds {
        ..SKEW => return "at a time still to come (is the clock right?)".to_string(),
        SKEW..60 => return "just now".to_string(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..5_184_000 => (seconds / 86_400, "day"),
        5_184_000..63_072_000 => (seconds / 2_592_000, "month"),
        _ => (seconds / 31_536_000, "year"),
    };
    format!("{} ago", count(usize::try_from(number).unwrap_or(usize::MAX), unit))
}

/// An instant in microseconds since the Unix epoch as RFC 3339; `None` beyond the years of the standard.
pub(crate) fn instant(microseconds: i64) -> Option<String> {
    Timestamp::from_microsecond(microseconds).ok().map(|instant| instant.to_string())
}

/// The day of an instant, in UTC.
pub(crate) fn day(microseconds: i64) -> Option<String> {
    instant(microseconds).and_then(|text| text.split_once('T').map(|(day, _)| day.to_string()))
}

/// `flask 3.0.0`, with a blank that no line ends at.
pub(crate) fn release(name: &PackageName, version: &Version) -> String {
    format!("{name}\u{a0}{version}")
}

/// Where something is written, fit to stand in parentheses: `pyproject.toml:7, project.dependencies`.
pub(crate) fn place(origin: &Origin) -> String {
    let line = origin.line.map(|line| format!(":{line}")).unwrap_or_default();
    let part = origin.part.as_ref().map(|part| format!(", {}", clean(part))).unwrap_or_default();
    format!("{}{line}{part}", clean(&origin.file))
}

/// A requirement in PEP 508, between backticks.
pub(crate) fn requirement(name: &PackageName, extras: &[ExtraName], specifiers: &VersionSpecifiers) -> String {
    let extras: Vec<String> = extras.iter().map(ToString::to_string).collect();
    let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
    let parts: Vec<String> = specifiers.iter().map(ToString::to_string).collect();
    format!("`{name}{extras}{}`", parts.join(","))
}

/// `high 7.5`, `high`, `not scored`, `malware`.
pub(crate) fn severity(vulnerability: &Vulnerability) -> String {
    match (&vulnerability.kind, &vulnerability.severity) {
        (Kind::Malware, _) => "malware".to_string(),
        (Kind::Flaw, Severity::Scored(score)) => {
            format!("{}\u{a0}{}.{}", Rating::of(score.tenths), score.tenths / 10, score.tenths % 10)
        }
        (Kind::Flaw, Severity::Label(rating, _)) => rating.to_string(),
        (Kind::Flaw, Severity::Unscored) => "not\u{a0}scored".to_string(),
    }
}

/// How many of each severity, the worst first: `1 critical, 2 high, 1 not scored`.
pub(crate) fn severities<'a>(vulnerabilities: impl Iterator<Item = &'a Vulnerability>) -> String {
    const WORDS: [&str; 7] = ["malware", "critical", "high", "medium", "low", "none", "not scored"];
    let mut counts = [0_usize; WORDS.len()];
    for vulnerability in vulnerabilities {
        let place = match (vulnerability.kind, vulnerability.severity.rating()) {
            (Kind::Malware, _) => 0,
            (Kind::Flaw, Some(Rating::Critical)) => 1,
            (Kind::Flaw, Some(Rating::High)) => 2,
            (Kind::Flaw, Some(Rating::Medium)) => 3,
            (Kind::Flaw, Some(Rating::Low)) => 4,
            (Kind::Flaw, Some(Rating::None)) => 5,
            (Kind::Flaw, None) => 6,
        };
        counts[place] += 1;
    }
    let named = WORDS.iter().zip(counts).filter(|(_, number)| *number > 0);
    named.map(|(word, number)| format!("{} {word}", grouped(number))).collect::<Vec<_>>().join(", ")
}

/// A place in a file, with blanks at which no line ends; line 0 is the file as a whole.
pub(crate) fn at(path: &str, line: u32) -> String {
    let path = clean(path).replace(' ', "\u{a0}");
    if line == 0 { path } else { format!("{path}:{line}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_nouns_agree() {
        assert_eq!(count(1, "vulnerability"), "1 vulnerability");
        assert_eq!(count(0, "vulnerability"), "0 vulnerabilities");
        assert_eq!(count(140_847, "release"), "140,847 releases");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }

    #[test]
    fn a_list_ends_in_and() {
        let items = ["a", "b", "c"].map(String::from);
        assert_eq!(listed(&items, 3), "a, b and c");
        assert_eq!(listed(&items, 2), "a, b and 1 more");
        assert_eq!(listed(&items[..1], 2), "a");
        assert_eq!(listed(&[], 2), "");
    }

    #[test]
    fn ages_are_said_in_the_unit_a_person_would_use() {
        for (seconds, phrase) in [
            (-10, "just now"),
            (-1_000, "at a time still to come (is the clock right?)"),
            (59, "just now"),
            (60, "1 minute ago"),
            (7_200, "2 hours ago"),
            (86_400 * 45, "45 days ago"),
            (86_400 * 400, "13 months ago"),
            (86_400 * 800, "2 years ago"),
        ] {
            assert_eq!(ago(seconds), phrase);
        }
        assert_eq!(ago(i64::MIN), "at a time still to come (is the clock right?)");
        assert!(ago(i64::MAX).ends_with("years ago"));
    }

    #[test]
    fn an_instant_beyond_the_calendar_is_none() {
        assert_eq!(instant(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(day(1_704_067_200_000_000).as_deref(), Some("2024-01-01"));
        assert_eq!(instant(i64::MAX), None);
    }
}
