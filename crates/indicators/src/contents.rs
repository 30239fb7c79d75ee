//! A whole release: what all of its files together tell, for rules that one file is not enough for.
//!
//! The files are shown one after the other; only their paths, hashes and kinds are kept.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    inventory::{self, Inventory, Statement},
    member::Member,
};

/// A RECORD is read up to here, in bytes.
const MOST_RECORD: usize = 64 << 20;

/// What a release comes as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A wheel: what is in it is installed as it is.
    Wheel,
    /// A source archive: it is built first.
    Sdist,
    /// A folder that is no release.
    Folder,
}

#[derive(Debug)]
struct Entry {
    hash: [u8; 32],
    program: Option<&'static str>,
}

/// What is kept of the files of a release.
#[derive(Debug)]
pub struct Contents {
    /// The name of the package; empty where it is not known.
    pub name: String,
    /// The version; empty where it is not known.
    pub version: String,
    /// What it comes as.
    pub kind: Kind,
    entries: BTreeMap<String, Entry>,
    record: Option<BTreeMap<String, [u8; 32]>>,
    pure: bool,
    said: BTreeSet<(Statement, String)>,
}

impl Contents {
    /// A release of which nothing was shown yet.
    pub fn new(name: &str, version: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            kind,
            entries: BTreeMap::new(),
            record: None,
            pure: false,
            said: BTreeSet::new(),
        }
    }

    /// Takes in a file; its path is from the root of the archive.
    pub fn see(&mut self, member: &Member<'_>) {
        let in_root = |name: &str| {
            let parts = member.path.split_once('/');
            parts.is_some_and(|(folder, file)| folder.ends_with(".dist-info") && file == name)
        };
        if in_root("RECORD") && member.bytes.len() <= MOST_RECORD {
            self.record = Some(record(&String::from_utf8_lossy(member.bytes)));
        }
        if in_root("WHEEL") {
            let text = String::from_utf8_lossy(member.bytes);
            self.pure = text.lines().any(|line| line.trim().eq_ignore_ascii_case("Root-Is-Purelib: true"));
        }
        if let Some(said) = inventory::said(self.kind, member) {
            let room = inventory::MOST_STATEMENTS.saturating_sub(self.said.len());
            self.said.extend(said.into_iter().take(room));
        }
        let entry = Entry { hash: Sha256::digest(member.bytes).into(), program: program(member.bytes) };
        self.entries.insert(member.path.to_owned(), entry);
    }

    /// The paths of all files, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// What is kept for a comparison with another release.
    pub fn inventory(&self) -> Inventory {
        let hash =
            |entry: &Entry| entry.hash.iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        let files = self.entries.iter().map(|(path, entry)| (path.clone(), hash(entry))).collect();
        Inventory { kind: Some(self.kind), files, said: self.said.clone(), ..Inventory::default() }
    }

    /// Whether there is a file of that path.
    pub fn has(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// Whether a wheel says that it is the same for all machines.
    pub fn is_pure(&self) -> bool {
        self.pure
    }

    /// The SHA-256 hashes that a wheel's RECORD gives its files; all zero where it gives none.
    pub(crate) fn record(&self) -> Option<&BTreeMap<String, [u8; 32]>> {
        self.record.as_ref()
    }

    /// Whether a file is another than the one of that hash.
    pub(crate) fn differs_from(&self, path: &str, hash: &[u8; 32]) -> bool {
        *hash != [0; 32] && self.entries.get(path).is_some_and(|entry| entry.hash != *hash)
    }

    /// Programs and libraries, by what they begin with, with their SHA-256.
    pub(crate) fn programs(&self) -> impl Iterator<Item = (&str, &'static str, &[u8; 32])> {
        self.entries.iter().filter_map(|(path, entry)| Some((path.as_str(), entry.program?, &entry.hash)))
    }
}

/// What kind of program or library a file is, by its first bytes.
pub(crate) fn program(bytes: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if at(0, b"\x7fELF") {
        return Some("ELF");
    }
    if at(0, b"MZ") {
        let header = bytes.get(60..64).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
        let is_program = header.and_then(|at| usize::try_from(at).ok()).is_some_and(|offset| at(offset, b"PE\0\0"));
        return is_program.then_some("PE");
    }
    let apple: [&[u8]; 4] = [b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"];
    apple.iter().any(|magic| at(0, magic)).then_some("Mach-O")
}

/// Reads a RECORD: path, hash and size a line, separated by commas.
fn record(text: &str) -> BTreeMap<String, [u8; 32]> {
    let row = |line: &str| {
        let mut cells = line.trim_end().rsplitn(3, ',');
        let (_size, hash, path) = (cells.next()?, cells.next()?, cells.next()?);
        let path = path.trim_matches('"').replace("\"\"", "\"");
        let hash = hash.strip_prefix("sha256=").and_then(|hash| {
            let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(hash.trim_end_matches('=')).ok()?;
            <[u8; 32]>::try_from(bytes).ok()
        });
        Some((path, hash.unwrap_or_default()))
    };
    text.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_with_commas_in_paths_and_without_hashes() {
        let rows = record("a.py,sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE,3\r\n\"b,c.py\",,\nnothing\n");
        assert_eq!(rows.keys().map(String::as_str).collect::<Vec<_>>(), ["a.py", "b,c.py"]);
        assert_eq!(rows["a.py"][31], 1);
        assert_eq!(rows["b,c.py"], [0; 32]);
    }

    #[test]
    fn programs_are_told_by_their_first_bytes() {
        assert_eq!(program(b"\x7fELF\x02"), Some("ELF"));
        assert_eq!(program(b"MZ is a text"), None);
        let mut windows = b"MZ".to_vec();
        windows.resize(64, 0);
        windows[60] = 64;
        windows.extend(b"PE\0\0");
        assert_eq!(program(&windows), Some("PE"));
        assert_eq!(program(b""), None);
    }
}
