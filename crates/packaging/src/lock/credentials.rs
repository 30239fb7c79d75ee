//! Keeps credentials out of what is written, and reads file names out of URLs.

use crate::{Url, requirement::without_credentials};

/// A URL as a lock may carry it: without user name and password, without signatures and tokens in its query, and without a
/// fragment other than `subdirectory=…`.
pub(super) fn bare(url: &Url) -> Url {
    let mut bare = without_credentials(url);
    if let Some(query) = bare.query().map(str::to_string) {
        let kept = public_query(&query, |_| false);
        bare.set_query(kept.as_deref());
    }
    let subdirectory = bare
        .fragment()
        .and_then(|fragment| fragment.split('&').find(|part| part.starts_with("subdirectory=")))
        .map(str::to_string);
    bare.set_fragment(subdirectory.as_deref());
    bare
}

/// A text as it may be written to a file or shown: every URL in it loses its user name, password and tokens.
///
/// For a command line, an option, a note: texts in which a URL may stand anywhere.
pub fn scrubbed(text: &str) -> String {
    scrubbed_but(text, |_| false)
}

/// The same, except that credentials which stand for variables are kept.
pub(super) fn scrubbed_keeping_variables(text: &str) -> String {
    scrubbed_but(text, is_variable)
}

fn scrubbed_but(text: &str, allowed: fn(&str) -> bool) -> String {
    let mut scrubbed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        let scheme = before.rfind(|c: char| !is_scheme(c)).map_or(0, |last| last + char_length(before, last));
        let (lead, scheme) = before.split_at(scheme);
        let end =
            after.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`')).unwrap_or(after.len());
        let (address, remainder) = after.split_at(end);
        scrubbed.push_str(lead);
        scrubbed.push_str(scheme);
        scrubbed.push_str("://");
        scrubbed.push_str(&public_address(address, allowed));
        rest = remainder;
    }
    scrubbed.push_str(rest);
    scrubbed
}

/// The URL of a source as a file may carry it: literal credentials are dropped, those that stand for variables
/// (`https://${USER}:${PASSWORD}@…`) are kept, with the user name before a password that is a variable.
pub(super) fn source_url(text: &str) -> String {
    match text.split_once("://") {
        Some((scheme, address)) => format!("{scheme}://{}", public_address(address, is_variable)),
        None => text.to_string(),
    }
}

fn is_scheme(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

fn char_length(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

/// What follows `://`, without the credentials that `allowed` does not let through.
fn public_address(address: &str, allowed: fn(&str) -> bool) -> String {
    let end = address.find(['/', '?', '#', '\\']).unwrap_or(address.len());
    let (authority, path) = address.split_at(end);
    let host_and_path = match authority.rsplit_once('@') {
        Some((user, host)) if user_allowed(user, allowed) => format!("{user}@{host}{path}"),
        Some((_, host)) => format!("{host}{path}"),
        // `https://user:pass/word@host` is no URL, but a password all the same.
        None if !is_host(authority) => address.rsplit_once('@').map_or(address, |(_, host)| host).to_string(),
        None => address.to_string(),
    };
    let Some((place, query)) = host_and_path.split_once('?') else { return host_and_path };
    let (query, fragment) = match query.split_once('#') {
        Some((query, fragment)) => (query, format!("#{fragment}")),
        None => (query, String::new()),
    };
    match public_query(query, allowed) {
        Some(query) => format!("{place}?{query}{fragment}"),
        None => format!("{place}{fragment}"),
    }
}

fn user_allowed(user: &str, allowed: fn(&str) -> bool) -> bool {
    match user.split_once(':') {
        Some((_, password)) => allowed(password),
        None => allowed(user),
    }
}

/// Whether an authority without `@` can be a host with a port.
fn is_host(authority: &str) -> bool {
    match authority.rsplit_once(':') {
        Some((_, port)) => port.bytes().all(|byte| byte.is_ascii_digit()) || port.ends_with(']') || is_variable(port),
        None => true,
    }
}

/// Whether a text is nothing but variables: `${NAME}` or `$NAME`, which pipenv and pip expand.
fn is_variable(text: &str) -> bool {
    let mut rest = text;
    while let Some(after) = rest.strip_prefix('$') {
        let (name, remainder) = match after.strip_prefix('{') {
            Some(braced) => match braced.split_once('}') {
                Some(parts) => parts,
                None => return false,
            },
            None => after.split_at(after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len())),
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return false;
        }
        rest = remainder;
    }
    rest.is_empty() && !text.is_empty()
}

/// A query without the parts whose names say they are secret; `None` when nothing is left.
fn public_query(query: &str, allowed: fn(&str) -> bool) -> Option<String> {
    let kept: Vec<&str> = query
        .split('&')
        .filter(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            allowed(value) || !is_secret(&percent_decoded(name))
        })
        .collect();
    let kept = kept.join("&");
    (!kept.is_empty()).then_some(kept)
}

/// Whether a parameter of this name gives access: signed URLs of object stores, tokens of code hosts and mirrors.
fn is_secret(name: &str) -> bool {
    const WHOLE: [&str; 6] = ["auth", "authorization", "jwt", "key", "pwd", "sig"];
    const PART: [&str; 9] =
        ["token", "secret", "password", "passwd", "signature", "credential", "apikey", "api_key", "api-key"];
    let name = name.to_ascii_lowercase();
    WHOLE.contains(&name.as_str()) || PART.iter().any(|part| name.contains(part))
}

/// The name of the file a URL leads to: the last segment of its path, decoded.
pub(super) fn filename(url: &Url) -> String {
    percent_decoded(url.path().rsplit('/').next().unwrap_or_default())
}

/// A text with `%41` read as `A`; what is no escape stays.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_in_a_lock_carries_no_credentials() {
        for (given, kept) in [
            ("https://user:secret@index.example/simple/", "https://index.example/simple/"),
            ("https://secret@index.example/simple/", "https://index.example/simple/"),
            ("https://index.example/a.whl?X-Amz-Signature=secret&v=1#sha256=00", "https://index.example/a.whl?v=1"),
            ("https://index.example/a.whl?sig=secret", "https://index.example/a.whl"),
            (
                "https://index.example/a.zip?to%6ben=secret#egg=a&subdirectory=b",
                "https://index.example/a.zip#subdirectory=b",
            ),
            ("https://index.example/a.whl?rev=a%20b&c", "https://index.example/a.whl?rev=a%20b&c"),
        ] {
            assert_eq!(bare(&Url::parse(given).unwrap()).as_str(), kept);
        }
    }

    #[test]
    fn a_text_is_scrubbed_wherever_the_url_stands() {
        for (given, kept) in [
            ("thoth lock -i https://u:secret@h.example/s -r a.in", "thoth lock -i https://h.example/s -r a.in"),
            (
                "--index-url=https://secret@h.example 'https://u:se@cret@b.example/'",
                "--index-url=https://h.example 'https://b.example/'",
            ),
            ("-ihttps://u:secret@h.example", "-ihttps://h.example"),
            ("https://u:sec/ret@h.example/simple", "https://h.example/simple"),
            ("é://a:secret@b c://?token=secret", "é://b c://"),
            (
                "https://h.example:8080/a@1 and git+ssh://git@h.example/x",
                "https://h.example:8080/a@1 and git+ssh://h.example/x",
            ),
            ("no url: a@b.example ://", "no url: a@b.example ://"),
        ] {
            assert_eq!(scrubbed(given), kept);
        }
    }

    #[test]
    fn variables_of_a_source_are_kept_and_literals_dropped() {
        for (given, kept) in [
            ("https://${USER}:${PASS}@h.example/simple", "https://${USER}:${PASS}@h.example/simple"),
            ("https://__token__:$TOKEN@h.example/simple", "https://__token__:$TOKEN@h.example/simple"),
            ("https://${TOKEN}@h.example/simple", "https://${TOKEN}@h.example/simple"),
            ("https://${USER}:secret@h.example/simple", "https://h.example/simple"),
            ("https://u:secret@h.example/simple?token=secret", "https://h.example/simple"),
            ("https://secret@${HOST}:${PORT}/simple", "https://${HOST}:${PORT}/simple"),
            ("https://u:${A}secret@h.example/?token=${T}", "https://h.example/?token=${T}"),
            ("https://h.example:${PORT}/a@b", "https://h.example:${PORT}/a@b"),
        ] {
            assert_eq!(source_url(given), kept);
        }
    }

    #[test]
    fn a_file_name_is_decoded() {
        let url = Url::parse("https://h.example/x/torch-2.0%2Bcpu-cp311-cp311-linux_x86_64.whl?a#b").unwrap();
        assert_eq!(filename(&url), "torch-2.0+cpu-cp311-cp311-linux_x86_64.whl");
        assert_eq!(percent_decoded("%zz%4"), "%zz%4");
    }
}
