//! What was found in files of releases, by their hash: the same bytes need no second look.
//!
//! What a result says is left to the caller, as is the name of the rules it was found with: under other rules it is none.

use packaging::{Algorithm, Digest};
use rusqlite::{OptionalExtension as _, params};

use crate::{KnowledgeBase, KnowledgeError, base::keep_last};

/// How many results are kept, those kept last.
pub const SCANS_KEPT: u32 = 20_000;

impl KnowledgeBase {
    /// Keeps what was found in the file of this SHA-256 with these rules, in place of what was found with others. `at` is in
    /// seconds since the Unix epoch.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_scan(&self, sha256: &Digest, rules: &str, at: i64, body: &[u8]) -> Result<(), KnowledgeError> {
        self.write("keep what was found in a file", |connection| {
            connection.execute(
                "INSERT OR REPLACE INTO scans (sha256, rules, kept_at, body) VALUES (?1, ?2, ?3, ?4)",
                params![sha256.hex, rules, at, body],
            )?;
            keep_last(connection, "scans", SCANS_KEPT)
        })
    }

    /// What was found in the file with one of these hashes, with these rules.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn scan(&self, digests: &[Digest], rules: &str) -> Result<Option<(Digest, Vec<u8>)>, KnowledgeError> {
        let Some(sha256) = digests.iter().find(|digest| digest.algorithm == Algorithm::Sha256) else { return Ok(None) };
        self.read("read what was found in a file", |connection| {
            let query = "SELECT body FROM scans WHERE sha256 = ?1 AND rules = ?2";
            let body = connection.query_row(query, params![sha256.hex, rules], |row| row.get(0)).optional()?;
            Ok(body.map(|body| (sha256.clone(), body)))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Access;

    #[test]
    fn what_was_found_with_the_same_rules_comes_back_and_with_others_does_not() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        let (one, other): (Digest, Digest) = (
            format!("sha256={}", "a".repeat(64)).parse().unwrap(),
            format!("sha256={}", "b".repeat(64)).parse().unwrap(),
        );
        let weak: Digest = format!("md5={}", "a".repeat(32)).parse().unwrap();
        base.keep_scan(&one, "rules 1", 5, b"found").unwrap();
        let known = base.scan(&[weak.clone(), one.clone()], "rules 1").unwrap();
        assert_eq!(known, Some((one.clone(), b"found".to_vec())));
        let same = std::slice::from_ref(&one);
        assert_eq!(base.scan(same, "rules 2").unwrap(), None);
        assert_eq!(base.scan(&[other], "rules 1").unwrap(), None);
        assert_eq!(base.scan(&[weak], "rules 1").unwrap(), None, "only a strong hash tells that a file is the same");
        base.keep_scan(&one, "rules 2", 6, b"more").unwrap();
        assert_eq!(base.scan(same, "rules 1").unwrap(), None);
        assert_eq!(base.scan(same, "rules 2").unwrap(), Some((one.clone(), b"more".to_vec())));
    }
}
