//! Reads upload times (PEP 700: RFC 3339, as a rule `2024-01-31T12:00:00.123456Z`).

/// Microseconds since the Unix epoch; `None` for text that is no time.
pub(super) fn upload_time(text: &str) -> Option<i64> {
    if let Some(micros) = usual(text.as_bytes()) {
        return Some(micros);
    }
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond)
}

/// The one shape PyPI writes, without the generality of a time library: a page holds thousands.
fn usual(text: &[u8]) -> Option<i64> {
    let (date, fraction) = text.strip_suffix(b"Z")?.split_at_checked(19)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2] = date else {
        return None;
    };
    let year = number(&[*y1, *y2, *y3, *y4])?;
    let month = number(&[*m1, *m2]).filter(|month| (1..=12).contains(month))?;
    let day = number(&[*d1, *d2]).filter(|day| (1..=days_in(year, month)).contains(day))?;
    let hour = number(&[*h1, *h2]).filter(|hour| *hour < 24)?;
    let minute = number(&[*n1, *n2]).filter(|minute| *minute < 60)?;
    let second = number(&[*s1, *s2]).filter(|second| *second < 60)?;
    let micros = match fraction {
        [] => 0,
        [b'.', digits @ ..] if digits.len() == 6 => number(digits)?,
        _ => return None,
    };
    let seconds = ((days_since_epoch(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1_000_000 + micros)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |value: i64, digit| digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0')))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The proleptic Gregorian calendar, with years that start in March so that the leap day is the last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month > 2 { year } else { year - 1 };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_usual_shape_is_read_without_a_library_and_the_others_with_one() {
        assert_eq!(upload_time("1970-01-01T00:00:00.000001Z"), Some(1));
        assert_eq!(upload_time("2024-02-29T23:59:59Z"), Some(1_709_251_199_000_000));
        assert_eq!(upload_time("2024-01-01T01:00:00+01:00"), Some(1_704_067_200_000_000));
        assert_eq!(upload_time("2024-01-01T00:00:00.5Z"), Some(1_704_067_200_500_000));
        for broken in ["", "yesterday", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00.000000"] {
            assert_eq!(upload_time(broken), None, "{broken}");
        }
    }

    proptest! {
        #[test]
        fn both_ways_agree(micros in -2_208_988_800_000_000_i64..253_402_300_799_000_000) {
            let text = jiff::Timestamp::from_microsecond(micros).unwrap().to_string();
            prop_assert_eq!(upload_time(&text), Some(micros));
            let long = format!("{}Z", jiff::Timestamp::from_microsecond(micros).unwrap().strftime("%Y-%m-%dT%H:%M:%S.%6f"));
            prop_assert_eq!(usual(long.as_bytes()), Some(micros));
        }
    }
}
