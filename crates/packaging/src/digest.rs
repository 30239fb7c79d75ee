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
