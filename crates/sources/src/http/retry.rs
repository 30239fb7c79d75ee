//! When a failed request is worth another try, and after how long.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{FetchError, HttpOptions};

/// Whether a server that answers so may answer otherwise in a moment.
pub(super) fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// Whether the same request may yet succeed.
pub(super) fn is_worth_another(error: &FetchError) -> bool {
    match error {
        FetchError::Status { status, .. } => is_passing(*status),
        FetchError::Connect { .. }
        | FetchError::Dns { .. }
        | FetchError::TimedOut { .. }
        | FetchError::Interrupted { .. } => true,
        _ => false,
    }
}

/// The wait before repetition `attempt` (from 0). No jitter: a run is the same every time, and the bound on requests at once
/// already spreads them.
pub(super) fn wait(options: &HttpOptions, attempt: u32, asked: Option<Duration>) -> Duration {
    let own = options.backoff.saturating_mul(1_u32.checked_shl(attempt).unwrap_or(u32::MAX));
    asked.unwrap_or(own).min(options.longest_wait)
}

/// Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or an HTTP date.
pub(super) fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let now = now.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(Duration::from_secs(http_date(text)?.saturating_sub(now)))
}

/// Seconds since the epoch of an IMF-fixdate (`Sun, 06 Nov 1994 08:49:37 GMT`); the two obsolete forms are not worth reading
/// for a wait.
fn http_date(text: &str) -> Option<u64> {
    let mut words = text.split_ascii_whitespace();
    words.next()?.strip_suffix(',')?;
    let day: u64 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|name| *name == month)? as u64 + 1;
    let year: u64 = words.next()?.parse().ok()?;
    let mut clock = words.next()?.splitn(3, ':').map(|part| part.parse::<u64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    if words.next()? != "GMT" || !(1970..10_000).contains(&year) || !(1..=31).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Days since the epoch, with the year starting in March so that the leap day comes last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = (365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day).checked_sub(719_469)?;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_http_date_is_read() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(http_date("Thu, 29 Feb 2024 12:00:00 GMT"), Some(1_709_208_000));
        for broken in
            ["", "Sun", "Sun, 06 Nov", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "now"]
        {
            assert_eq!(http_date(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_server_may_ask_for_patience_within_reason() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_770);
        assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("soon", now), None);
        let options = HttpOptions::default();
        assert_eq!(wait(&options, 0, Some(Duration::from_secs(86_400))), options.longest_wait);
        assert_eq!(wait(&options, 1, None), Duration::from_millis(500));
        assert_eq!(wait(&options, 40, None), options.longest_wait);
    }
}
