//! Observations: what happened when stacks were built, tested or run, found by the kind of environment it happened in.
//!
//! What a line says is left to the caller. Nothing else can fetch them again, so they go only to make room for newer ones.

use rusqlite::{Connection, params};

use crate::{KnowledgeBase, KnowledgeError};

/// How many observations are kept, the newest ones.
pub const OBSERVATIONS_KEPT: u32 = 50_000;

/// One observation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObservation {
    /// The identity of its content: two of the same are one.
    pub identity: String,
    /// When it was made, seconds since the Unix epoch.
    pub at: i64,
    /// The kind of environment it was made in, in the caller's words; empty when it does not say.
    pub kind: String,
    /// What was observed, in one line.
    pub line: String,
}

/// What became of observations that were to be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// They were not known before.
    pub new: u64,
    /// They were.
    pub known: u64,
    /// So many, the oldest of all, made room.
    pub gone: u64,
}

impl KnowledgeBase {
    /// Keeps observations, all or none; of all, the newest [`OBSERVATIONS_KEPT`] stay.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_observations(
        &self,
        observations: impl IntoIterator<Item = StoredObservation>,
    ) -> Result<Kept, KnowledgeError> {
        self.write("keep observations", |connection| {
            let mut kept = Kept::default();
            let mut insert = connection
                .prepare("INSERT OR IGNORE INTO observations (identity, at, kind, line) VALUES (?1, ?2, ?3, ?4)")?;
            for one in observations {
                match insert.execute(params![one.identity, one.at, one.kind, one.line])? {
                    0 => kept.known += 1,
                    _ => kept.new += 1,
                }
            }
            kept.gone = make_room(connection)?;
            Ok(kept)
        })
    }

    /// Removes observations, all or none; how many of these identities there were.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget_observations(&self, identities: impl IntoIterator<Item = String>) -> Result<u64, KnowledgeError> {
        self.write("forget observations", |connection| {
            let mut remove = connection.prepare("DELETE FROM observations WHERE identity = ?1")?;
            let removed = identities.into_iter().map(|identity| remove.execute([identity]));
            removed.map(|count| Ok(count? as u64)).sum()
        })
    }

    /// The lines of the newest observations that were made in a kind of environment, newest first; at most `most` of them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn observations_of(&self, kind: &str, most: usize) -> Result<Vec<String>, KnowledgeError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.read("read observations", |connection| {
            let newest = "SELECT line FROM observations WHERE kind = ?1 ORDER BY at DESC, identity DESC LIMIT ?2";
            connection.prepare(newest)?.query_map(params![kind, most], |row| row.get(0))?.collect()
        })
    }

    /// Every kind of environment that something was observed in, with how many observations there are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn observed_kinds(&self) -> Result<Vec<(String, u64)>, KnowledgeError> {
        self.read("count observations", |connection| {
            let mut statement =
                connection.prepare("SELECT kind, count(*) FROM observations GROUP BY kind ORDER BY kind")?;
            let count = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, unsigned(row.get(1)?)));
            statement.query_map([], count)?.collect()
        })
    }

    /// Hands the line of every observation to `take`, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn each_observation(&self, mut take: impl FnMut(&str)) -> Result<(), KnowledgeError> {
        self.read("read observations", |connection| {
            // The identity makes the order that of the content, whatever was kept first.
            let mut statement = connection.prepare("SELECT line FROM observations ORDER BY at, identity")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                take(row.get_ref(0)?.as_str()?);
            }
            Ok(())
        })
    }
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

fn make_room(connection: &Connection) -> rusqlite::Result<u64> {
    let old = "SELECT id FROM observations ORDER BY at DESC, identity DESC LIMIT -1 OFFSET ?1";
    let gone = connection.execute(&format!("DELETE FROM observations WHERE id IN ({old})"), [OBSERVATIONS_KEPT])?;
    Ok(gone as u64)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Access;

    fn base() -> KnowledgeBase {
        KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap()
    }

    fn observed(identity: &str, at: i64) -> StoredObservation {
        StoredObservation {
            identity: identity.to_string(),
            at,
            kind: if at % 2 == 0 { "even" } else { "odd" }.to_string(),
            line: format!("line {identity}"),
        }
    }

    fn lines(base: &KnowledgeBase) -> Vec<String> {
        let mut lines = Vec::new();
        base.each_observation(|line| lines.push(line.to_string())).unwrap();
        lines
    }

    #[test]
    fn what_is_imported_twice_counts_once() {
        let base = base();
        assert_eq!(
            base.keep_observations([observed("b", 3), observed("a", 1)]).unwrap(),
            Kept { new: 2, ..Kept::default() }
        );
        let again = base.keep_observations([observed("a", 1), observed("c", 1)]);
        assert_eq!(again.unwrap(), Kept { new: 1, known: 1, gone: 0 });
        assert_eq!(base.observed_kinds().unwrap(), [("odd".to_string(), 3)]);
        assert_eq!(lines(&base), ["line a", "line c", "line b"]);
    }

    #[test]
    fn the_newest_of_a_kind_come_first() {
        let base = base();
        base.keep_observations((0..9).map(|at| observed(&format!("{at}"), at))).unwrap();
        assert_eq!(base.observations_of("even", 3).unwrap(), ["line 8", "line 6", "line 4"]);
        assert_eq!(base.observations_of("prime", 3).unwrap(), Vec::<String>::new());
        assert_eq!(base.observed_kinds().unwrap(), [("even".to_string(), 5), ("odd".to_string(), 4)]);
    }

    #[test]
    fn what_is_forgotten_is_gone_and_may_come_again() {
        let base = base();
        base.keep_observations([observed("a", 1), observed("b", 3)]).unwrap();
        assert_eq!(base.forget_observations(["a", "c", "a"].map(str::to_string)).unwrap(), 1);
        assert_eq!(lines(&base), ["line b"]);
        assert_eq!(base.keep_observations([observed("a", 1)]).unwrap(), Kept { new: 1, ..Kept::default() });
    }

    #[test]
    fn the_oldest_observations_make_room() {
        let base = base();
        let most = i64::from(OBSERVATIONS_KEPT);
        let kept = base.keep_observations((0..most + 3).map(|at| observed(&format!("{at:06}"), at))).unwrap();
        assert_eq!((kept.new, kept.gone), (u64::from(OBSERVATIONS_KEPT) + 3, 3));
        let kinds = base.observed_kinds().unwrap();
        assert_eq!(kinds.iter().map(|(_, count)| count).sum::<u64>(), u64::from(OBSERVATIONS_KEPT));
        assert_eq!(lines(&base)[0], "line 000003");
    }
}
