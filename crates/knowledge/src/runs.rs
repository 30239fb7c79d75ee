//! Earlier runs: what was asked, what came out, and which packages it took.

use packaging::PackageName;
use rusqlite::{OptionalExtension as _, params};

use crate::{KnowledgeBase, KnowledgeError};

/// How many runs are kept, the newest ones.
pub const RUNS_KEPT: u32 = 1000;

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What identifies the problem (a hash of requirements, environment and policy).
    pub key: String,
    /// When it ended, seconds since the Unix epoch.
    pub at: i64,
    /// The recommendation type (`stable`, `security`, …).
    pub recommendation: String,
    /// The outcome in short, as JSON.
    pub summary: String,
    /// The packages whose pages the run used: the next one asks for all of them at once.
    pub packages: Vec<PackageName>,
}

impl KnowledgeBase {
    /// Keeps a run; of all runs the newest [`RUNS_KEPT`] stay.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_run(&self, run: &Run) -> Result<(), KnowledgeError> {
        let packages: Vec<&str> = run.packages.iter().map(AsRef::as_ref).collect();
        self.write("keep the run", |connection| {
            connection.execute(
                "INSERT INTO runs (key, at, recommendation, summary, packages) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![run.key, run.at, run.recommendation, run.summary, packages.join(" ")],
            )?;
            connection.execute(
                "DELETE FROM runs WHERE id IN (SELECT id FROM runs ORDER BY at DESC, id DESC LIMIT -1 OFFSET ?1)",
                [RUNS_KEPT],
            )?;
            Ok(())
        })
    }

    /// When the run that was kept last ended, seconds since the Unix epoch.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn last_run_at(&self) -> Result<Option<i64>, KnowledgeError> {
        self.read("read about the last run", |connection| {
            connection.query_row("SELECT at FROM runs ORDER BY id DESC LIMIT 1", [], |row| row.get(0)).optional()
        })
    }

    /// The newest run of the problem `key`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn last_run(&self, key: &str) -> Result<Option<Run>, KnowledgeError> {
        self.read("read about the last run", |connection| {
            connection
                .query_row(
                    "SELECT at, recommendation, summary, packages FROM runs WHERE key = ?1 ORDER BY at DESC, id DESC LIMIT 1",
                    [key],
                    |row| {
                        let packages: String = row.get(3)?;
                        Ok(Run {
                            key: key.to_string(),
                            at: row.get(0)?,
                            recommendation: row.get(1)?,
                            summary: row.get(2)?,
                            // They only say what to ask for first: an unreadable one is asked for later.
                            packages: packages.split(' ').filter_map(|name| name.parse().ok()).collect(),
                        })
                    },
                )
                .optional()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Access;

    fn run(key: &str, at: i64) -> Run {
        Run {
            key: key.into(),
            at,
            recommendation: "stable".into(),
            summary: format!("{{\"at\":{at}}}"),
            packages: vec!["flask".parse().unwrap(), "zope-interface".parse().unwrap()],
        }
    }

    #[test]
    fn the_newest_run_of_a_problem_is_the_last_one() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        assert_eq!(base.last_run("a").unwrap(), None);
        for (key, at) in [("a", 10), ("a", 30), ("a", 20), ("b", 99)] {
            base.keep_run(&run(key, at)).unwrap();
        }
        assert_eq!(base.last_run("a").unwrap(), Some(run("a", 30)));
    }

    #[test]
    fn the_time_of_the_last_run_is_that_of_the_one_kept_last() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        assert_eq!(base.last_run_at().unwrap(), None);
        // A clock that was set back does not matter for ever.
        for at in [10, 99, 20] {
            base.keep_run(&run("a", at)).unwrap();
        }
        assert_eq!(base.last_run_at().unwrap(), Some(20));
    }

    #[test]
    fn a_run_that_needed_no_package_comes_back_with_none() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        let run = Run { packages: Vec::new(), ..run("a", 1) };
        base.keep_run(&run).unwrap();
        assert_eq!(base.last_run("a").unwrap(), Some(run));
    }

    #[test]
    fn old_runs_make_room() {
        let base = KnowledgeBase::open(Path::new("unused"), Access::Temporary).unwrap();
        for at in 0..=i64::from(RUNS_KEPT) {
            base.keep_run(&run(if at == 0 { "first" } else { "later" }, at)).unwrap();
        }
        assert_eq!(base.last_run("first").unwrap(), None);
        let rows: i64 = base.lock().query_row("SELECT count(*) FROM runs", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, i64::from(RUNS_KEPT));
    }
}
