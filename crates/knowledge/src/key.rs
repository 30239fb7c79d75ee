//! What rows are found by: indexes and files, never with credentials.

use std::fmt;

use packaging::{Algorithm, Digest, Url};

/// A package index or a find-links place, without user name and password.
///
/// What stands behind a `?` may be a token: only a fingerprint of it is kept, so that two such indexes stay apart.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IndexKey(String);

impl IndexKey {
    /// The key of the index at `url`; with and without a slash at the end it is the same.
    pub fn new(url: &Url) -> Self {
        let mut text = bare(url);
        if url.query().is_none() && !text.ends_with('/') {
            text.push('/');
        }
        Self(text)
    }

    /// The key as it is stored: a URL without credentials.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IndexKey({})", self.0)
    }
}

/// A distribution file of an index, by its SHA-256 where the index gives one and else by its URL.
///
/// The index is part of the key: metadata is mostly read beside the file, so an index could otherwise give another index's file
/// the requirements it likes by naming its hash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileKey {
    pub(crate) index: IndexKey,
    pub(crate) file: Vec<u8>,
}

impl FileKey {
    /// The key of the file at `url`, with the hashes the index gives for it.
    pub fn new(index: &IndexKey, digests: &[Digest], url: &str) -> Self {
        let hash = digests
            .iter()
            .find(|digest| digest.algorithm == Algorithm::Sha256)
            .and_then(|digest| bytes_of(&digest.hex));
        let file = hash.unwrap_or_else(|| {
            let plain =
                Url::parse(url).map_or_else(|_| format!("unreadable:{:016x}", fingerprint(url)), |url| bare(&url));
            plain.into_bytes()
        });
        Self { index: index.clone(), file }
    }
}

/// The URL without user-info and fragment, and with a fingerprint in place of the query.
fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    // These fail for URLs that cannot carry credentials (`file:`), which then have none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if let Some(query) = url.query().map(fingerprint) {
        url.set_query(Some(&format!("{query:016x}")));
    }
    url.into()
}

/// 64-bit FNV-1a: stable between releases, which is all that is asked of it.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() == Algorithm::Sha256.digits())?;
    let (pairs, _) = digits.as_chunks::<2>();
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(url: &str) -> IndexKey {
        IndexKey::new(&url.parse().unwrap())
    }

    #[test]
    fn credentials_never_reach_a_key() {
        let with = key("https://user:hunter2@index.example/simple#x");
        assert_eq!(with, key("https://index.example/simple/"));
        assert!(!format!("{with} {with:?}").contains("hunter2"));

        let token = key("https://index.example/simple/?token=hunter2");
        assert!(!format!("{token} {token:?}").contains("hunter2"));
        assert_ne!(token, key("https://index.example/simple/?token=other"));
        assert_ne!(token, key("https://index.example/simple/"));

        let file = FileKey::new(&with, &[], "https://user:hunter2@index.example/a.whl?sig=hunter2");
        assert!(!String::from_utf8_lossy(&file.file).contains("hunter2"));
        let odd = FileKey::new(&with, &[], "hunter2 is no URL");
        assert!(!String::from_utf8_lossy(&odd.file).contains("hunter2"));
    }

    #[test]
    fn a_file_is_known_by_its_sha256_wherever_the_index_puts_it() {
        let index = key("https://index.example/simple/");
        let sha: Digest = format!("sha256:{}", "0f".repeat(32)).parse().unwrap();
        let md5: Digest = format!("md5:{}", "0f".repeat(16)).parse().unwrap();
        let here = FileKey::new(&index, &[md5.clone(), sha.clone()], "https://a.example/x.whl");
        assert_eq!(here.file, vec![0x0f; 32]);
        assert_eq!(here, FileKey::new(&index, &[sha], "https://b.example/x.whl"));
        assert_ne!(FileKey::new(&index, &[md5], "https://a.example/x.whl"), here);
    }
}
