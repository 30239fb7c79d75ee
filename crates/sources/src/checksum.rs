//! Computes and compares the hashes of files.

use std::io::{self, Read};

use packaging::{Algorithm, Digest};
use sha2::Digest as _;

/// Why a file is not the one that was promised.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its hash is {found}, but {expected} was promised")]
pub struct Mismatch {
    /// What was promised.
    pub expected: Digest,
    /// What was computed.
    pub found: Digest,
}

/// Hashes a file with several algorithms in one pass.
pub struct Checksum {
    running: Vec<(Algorithm, Running)>,
    bytes: u64,
}

enum Running {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Checksum {
    /// Computes what `expected` can be compared with, and SHA-256 in any case.
    pub fn new(expected: &[Digest]) -> Self {
        let mut algorithms: Vec<Algorithm> = expected.iter().map(|digest| digest.algorithm).collect();
        algorithms.push(Algorithm::Sha256);
        algorithms.sort_unstable();
        algorithms.dedup();
        Self {
            running: algorithms.into_iter().map(|algorithm| (algorithm, Running::new(algorithm))).collect(),
            bytes: 0,
        }
    }

    /// Takes the next part of the file.
    pub fn update(&mut self, part: &[u8]) {
        self.bytes += part.len() as u64;
        for (_, running) in &mut self.running {
            running.update(part);
        }
    }

    /// Takes everything a reader has.
    pub fn read(&mut self, reader: &mut dyn Read) -> io::Result<()> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => self.update(buffer.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The hashes of everything taken.
    pub fn finish(self) -> Checked {
        let digests =
            self.running.into_iter().map(|(algorithm, running)| Digest { algorithm, hex: running.finish() }).collect();
        Checked { digests, bytes: self.bytes }
    }
}

/// The hashes of a whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    digests: Vec<Digest>,
    /// Bytes of the file.
    pub bytes: u64,
}

impl Checked {
    /// Compares with every hash that was promised: a file that fits one and not another is not the file.
    pub fn compare(&self, expected: &[Digest]) -> Result<(), Mismatch> {
        for expected in expected {
            if let Some(found) = self.digests.iter().find(|digest| digest.algorithm == expected.algorithm)
                && found.hex != expected.hex
            {
                return Err(Mismatch { expected: expected.clone(), found: found.clone() });
            }
        }
        Ok(())
    }

    /// The SHA-256 hash.
    pub fn sha256(&self) -> Option<&Digest> {
        self.digests.iter().find(|digest| digest.algorithm == Algorithm::Sha256)
    }
}

/// The SHA-256 hash of bytes in memory.
pub fn sha256(bytes: &[u8]) -> Digest {
    Digest { algorithm: Algorithm::Sha256, hex: hex(&sha2::Sha256::digest(bytes)) }
}

/// Compares bytes in memory with every hash that was promised.
pub fn compare(bytes: &[u8], expected: &[Digest]) -> Result<(), Mismatch> {
    let mut checksum = Checksum::new(expected);
    checksum.update(bytes);
    checksum.finish().compare(expected)
}

impl Running {
    fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Md5 => Self::Md5(md5::Md5::new()),
            Algorithm::Sha1 => Self::Sha1(sha1::Sha1::new()),
            Algorithm::Sha224 => Self::Sha224(sha2::Sha224::new()),
            Algorithm::Sha256 => Self::Sha256(sha2::Sha256::new()),
            Algorithm::Sha384 => Self::Sha384(sha2::Sha384::new()),
            Algorithm::Sha512 => Self::Sha512(sha2::Sha512::new()),
        }
    }

    fn update(&mut self, part: &[u8]) {
        match self {
            Self::Md5(running) => running.update(part),
            Self::Sha1(running) => running.update(part),
            Self::Sha224(running) => running.update(part),
            Self::Sha256(running) => running.update(part),
            Self::Sha384(running) => running.update(part),
            Self::Sha512(running) => running.update(part),
        }
    }

    fn finish(self) -> String {
        match self {
            Self::Md5(running) => hex(&running.finalize()),
            Self::Sha1(running) => hex(&running.finalize()),
            Self::Sha224(running) => hex(&running.finalize()),
            Self::Sha256(running) => hex(&running.finalize()),
            Self::Sha384(running) => hex(&running.finalize()),
            Self::Sha512(running) => hex(&running.finalize()),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_must_fit_every_hash_that_was_promised() {
        let right: Digest = "md5:900150983cd24fb0d6963f7d28e17f72".parse().unwrap();
        let also: Digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".parse().unwrap();
        let wrong = Digest::new(Algorithm::Sha1, &"0".repeat(40)).unwrap();
        assert_eq!(compare(b"abc", &[right.clone(), also.clone()]), Ok(()));
        assert_eq!(sha256(b"abc"), also);
        let error = compare(b"abc", &[right, wrong]).unwrap_err();
        assert!(error.to_string().contains("sha1:a9993e36"), "{error}");
    }
}
