//! Credentials: what they are, where they are looked up, and which server may see them.
//!
//! The way of a request: what the URL or the index was given with is sent at once; otherwise the request goes without, and only
//! when the server asks are netrc and then, if enabled, the `keyring` program looked up. What worked is remembered for the
//! origin. A secret is shown by no `Debug`, error or log.

mod keyring;

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use base64::Engine;
use packaging::Url;

pub use keyring::Keyring;

use crate::netrc::Netrc;

/// A user name with or without a password. `Debug` masks both.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    username: String,
    password: Option<String>,
}

impl Credentials {
    /// As given by a person, a variable or a file; not percent-encoded.
    pub fn new(username: impl Into<String>, password: Option<String>) -> Self {
        Self { username: username.into(), password }
    }

    /// The user information of a URL, decoded; none when it has none.
    pub fn of_url(url: &Url) -> Option<Self> {
        if url.username().is_empty() && url.password().is_none() {
            return None;
        }
        Some(Self { username: decoded(url.username()), password: url.password().map(decoded) })
    }

    /// `UV_INDEX_<NAME>_USERNAME` and `UV_INDEX_<NAME>_PASSWORD`, through `variable`, for the index called `name`.
    pub fn of_variables(name: &str, variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let name: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
        let username = variable(&format!("UV_INDEX_{name}_USERNAME"));
        let password = variable(&format!("UV_INDEX_{name}_PASSWORD"));
        (username.is_some() || password.is_some()).then(|| Self { username: username.unwrap_or_default(), password })
    }

    /// The user name.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Whether they can be sent as they are. A user name alone may be a token, but is more often half of a pair whose password
    /// is in a keyring; it is completed first and sent alone only when nothing completes it.
    pub fn is_complete(&self) -> bool {
        self.password.is_some()
    }

    /// The value of the `Authorization` header (RFC 7617).
    pub(crate) fn authorization(&self) -> String {
        let pair = format!("{}:{}", self.username, self.password.as_deref().unwrap_or_default());
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(****)")
    }
}

/// Decodes `%41` and leaves everything else.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        match (first, tail) {
            (b'%', [high, low, after @ ..]) if digit(high).is_some() && digit(low).is_some() => {
                let value = digit(high).unwrap_or_default() * 16 + digit(low).unwrap_or_default();
                bytes.push(u8::try_from(value).unwrap_or_default());
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What credentials are valid for: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Realm(String);

impl Realm {
    /// The realm a URL is in.
    pub fn of(url: &Url) -> Self {
        Self(format!(
            "{}://{}:{}",
            url.scheme(),
            url.host_str().unwrap_or_default(),
            url.port_or_known_default().unwrap_or_default()
        ))
    }
}

/// Where credentials are looked up, and what was learnt by it.
#[derive(Debug, Default)]
pub struct CredentialStore {
    netrc: Netrc,
    keyring: Option<Keyring>,
    learnt: Mutex<HashMap<Realm, Credentials>>,
}

impl CredentialStore {
    /// Looks in `netrc` and then in `keyring`, each only when a server asks.
    pub fn new(netrc: Netrc, keyring: Option<Keyring>) -> Self {
        Self { netrc, keyring, learnt: Mutex::default() }
    }

    /// What worked for this origin earlier in the run.
    pub(crate) fn learnt(&self, url: &Url) -> Option<Credentials> {
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner).get(&Realm::of(url)).cloned()
    }

    /// Remembers what worked for this origin.
    pub(crate) fn learn(&self, url: &Url, credentials: &Credentials) {
        let mut learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        learnt.insert(Realm::of(url), credentials.clone());
    }

    /// Looks for credentials after the server answered with `status`.
    ///
    /// Some servers hide what they protect behind a 404; for that only an entry that names the host counts. The `default` entry of
    /// a netrc file is for hosts the user chose: a redirect (`at_home` false) does not get it, nor does it reach a keyring.
    pub(crate) async fn look_up(
        &self,
        url: &Url,
        status: u16,
        username: Option<&str>,
        at_home: bool,
    ) -> Option<Credentials> {
        let matching = |found: &&Credentials| username.is_none_or(|name| name.is_empty() || found.username == name);
        let host = url.host_str()?;
        if let Some(found) = self.netrc.machine(host).filter(matching) {
            return Some(found.clone());
        }
        if status == 404 || !at_home {
            return None;
        }
        if let Some(found) = self.netrc.fallback().filter(matching) {
            return Some(found.clone());
        }
        let asked = match &self.keyring {
            Some(keyring) => keyring.ask(url, username.filter(|name| !name.is_empty())).await,
            None => None,
        };
        // A token is given as a user name alone.
        asked.or_else(|| username.filter(|name| !name.is_empty()).map(|name| Credentials::new(name, None)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_never_shown() {
        let url = Url::parse("https://user:s3cret@index.example/simple/").unwrap();
        let credentials = Credentials::of_url(&url).unwrap();
        assert_eq!(format!("{credentials:?}"), "Credentials(****)");
        assert_eq!(credentials.authorization(), "Basic dXNlcjpzM2NyZXQ=");
        let store = CredentialStore::default();
        store.learn(&url, &credentials);
        assert!(!format!("{store:?}").contains("s3cret"));
    }

    #[test]
    fn the_user_information_of_a_url_is_decoded() {
        let url = Url::parse("https://a%40b:p%2Fq%zz@index.example/").unwrap();
        assert_eq!(Credentials::of_url(&url), Some(Credentials::new("a@b", Some("p/q%zz".into()))));
        assert_eq!(Credentials::of_url(&Url::parse("https://index.example/").unwrap()), None);
    }

    #[test]
    fn variables_name_the_index_in_capitals() {
        let variables = HashMap::from([("UV_INDEX_MY_INDEX_USERNAME", "me"), ("UV_INDEX_MY_INDEX_PASSWORD", "s3cret")]);
        let found = Credentials::of_variables("my-index", |name| variables.get(name).map(ToString::to_string));
        assert_eq!(found, Some(Credentials::new("me", Some("s3cret".into()))));
        assert_eq!(Credentials::of_variables("other", |_| None), None);
    }

    #[test]
    fn a_realm_is_scheme_host_and_port() {
        let realm = |text: &str| Realm::of(&Url::parse(text).unwrap());
        assert_eq!(realm("https://index.example/a"), realm("https://user@INDEX.example:443/b"));
        assert_ne!(realm("https://index.example/"), realm("http://index.example/"));
        assert_ne!(realm("https://index.example/"), realm("https://index.example:8443/"));
    }
}
