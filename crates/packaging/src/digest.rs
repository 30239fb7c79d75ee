//! Hashes of files, as indexes and lock files write them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A hash algorithm that an index or a lock may use, strongest last.
///
/// The set is that of `hashlib.algorithms_guaranteed` without the variable-length ones, which is what the simple repository
/// API allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Algorithm {
    /// MD5: only ever a check against accidents.
    Md5,
    /// SHA-1: only ever a check against accidents.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256, what every index gives today.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// Whether pip's hash-checking mode accepts it (`pip._internal.utils.hashes.STRONG_HASHES`).
    pub fn is_strong(self) -> bool {
        matches!(self, Self::Sha256 | Self::Sha384 | Self::Sha512)
    }

    /// The name as `hashlib` writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The number that stands for it in stored bytes.
    pub(crate) fn tag(self) -> u8 {
        match self {
            Self::Md5 => 1,
            Self::Sha1 => 2,
            Self::Sha224 => 3,
            Self::Sha256 => 4,
            Self::Sha384 => 5,
            Self::Sha512 => 6,
        }
    }

    fn of_tag(tag: u8) -> Option<Self> {
        [Self::Md5, Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512]
            .get(usize::from(tag).checked_sub(1)?)
            .copied()
    }

    /// How many hexadecimal digits a value has.
    pub fn digits(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha224 => 56,
            Self::Sha256 => 64,
            Self::Sha384 => 96,
            Self::Sha512 => 128,
        }
    }
}

impl FromStr for Algorithm {
    type Err = DigestError;

    fn from_str(name: &str) -> Result<Self, DigestError> {
        [Self::Md5, Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512]
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| DigestError::Algorithm(name.to_string()))
    }
}

/// One hash of one file; displays as `sha256:…`, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Digest {
    /// How it was computed.
    pub algorithm: Algorithm,
    /// Lower-case hexadecimal digits, of the algorithm's length.
    pub hex: String,
}

/// Why a text is not a digest.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DigestError {
    /// The algorithm has no name we know.
    #[error("`{0}` is not a hash algorithm Thoth knows (sha256, sha384 or sha512 is expected)")]
    Algorithm(String),
    /// The digits are not hexadecimal, or not as many as the algorithm gives.
    #[error("`{0}` is not a {1} value: {2} hexadecimal digits are expected")]
    Value(String, &'static str, usize),
    /// There is no separator between algorithm and value.
    #[error("`{0}` is not a hash: `algorithm:value` is expected")]
    Shape(String),
}

impl Digest {
    /// Checks the digits and lower-cases them.
    pub fn new(algorithm: Algorithm, hex: &str) -> Result<Self, DigestError> {
        if hex.len() == algorithm.digits() && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self { algorithm, hex: hex.to_ascii_lowercase() })
        } else {
            Err(DigestError::Value(hex.chars().take(140).collect(), algorithm.name(), algorithm.digits()))
        }
    }

    /// Appends the tag of the algorithm and the value; none when the digits are not those of a value, with nothing appended.
    pub(crate) fn put_into(&self, bytes: &mut Vec<u8>) -> Option<()> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (pairs, _) = self.hex.as_bytes().as_chunks::<2>();
        let start = bytes.len();
        bytes.push(self.algorithm.tag());
        bytes.extend(pairs.iter().map_while(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)));
        let is_whole = self.hex.len() == self.algorithm.digits() && bytes.len() - start == 1 + self.hex.len() / 2;
        if !is_whole {
            bytes.truncate(start);
        }
        is_whole.then_some(())
    }

    /// Reads what [`put_into`](Self::put_into) appended, and what follows it.
    pub(crate) fn take_from(bytes: &[u8]) -> Option<(Self, &[u8])> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let (tag, rest) = bytes.split_first()?;
        let algorithm = Algorithm::of_tag(*tag)?;
        let (value, rest) = rest.split_at_checked(algorithm.digits() / 2)?;
        let mut hex = String::with_capacity(algorithm.digits());
        for byte in value {
            hex.extend([byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)])));
        }
        Some((Self { algorithm, hex }, rest))
    }

    /// What follows the first of the digests in `bytes`.
    pub(crate) fn skip(bytes: &[u8]) -> Option<&[u8]> {
        let (tag, rest) = bytes.split_first()?;
        rest.get(Algorithm::of_tag(*tag)?.digits() / 2..)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    /// Reads `algorithm:value` (requirements files) and `algorithm=value` (URL fragments).
    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (algorithm, hex) =
            text.split_once([':', '=']).ok_or_else(|| DigestError::Shape(text.chars().take(140).collect()))?;
        Self::new(algorithm.trim().parse()?, hex.trim())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_survives_the_round_trip_in_lower_case() {
        let text = format!("SHA256:{}", "AB".repeat(32));
        let digest: Digest = text.parse().unwrap();
        assert_eq!(digest.to_string(), text.to_ascii_lowercase());
    }

    #[test]
    fn a_digest_of_the_wrong_length_or_alphabet_is_refused() {
        assert!("sha256:abc".parse::<Digest>().is_err());
        assert!(format!("sha256:{}", "zz".repeat(32)).parse::<Digest>().is_err());
        assert!("crc32:00000000".parse::<Digest>().is_err());
        assert!("deadbeef".parse::<Digest>().is_err());
    }
}
