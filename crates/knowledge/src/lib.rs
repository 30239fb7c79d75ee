//! The knowledge base: index pages, metadata, advisories, prescriptions, observations and runs, in one embedded file.
//!
//! It keeps what was learned and hands it back; whether something is fresh enough, fetching it again and what it means are left to
//! `operations`, `sources` and `evidence`. The clock is an argument: every time is in seconds since the Unix epoch, UTC.
//!
//! One file in SQLite's write-ahead mode: any number of processes read while one writes, a transaction is kept whole or not at
//! all, also after `kill -9`. All but observations can be fetched again, so a caller may answer a failed write with carrying on
//! without keeping ([`KnowledgeError::may_carry_on`]).
//!
//! The values in and out are plain (strings, bytes, numbers, the words of `packaging`): nothing of the store shows, so that
//! another store can stand behind the same functions.

mod advisories;
mod answers;
mod base;
mod error;
mod interpreters;
mod key;
mod metadata;
mod observations;
mod pages;
mod policies;
mod prescriptions;
mod projects;
mod runs;
mod scans;
mod schema;
mod status;

pub use advisories::{AdvisoryRows, SNAPSHOTS_KEPT, SnapshotInfo};
pub use answers::{ANSWERS_KEPT, Answer};
pub use base::{Access, KnowledgeBase};
pub use error::KnowledgeError;
pub use interpreters::{INTERPRETERS_KEPT, InterpreterKey};
pub use key::{FileKey, IndexKey};
pub use metadata::StoredMetadata;
pub use observations::{Kept, OBSERVATIONS_KEPT, StoredObservation};
pub use pages::{Freshness, StoredPage};
pub use policies::POLICIES_KEPT;
pub use prescriptions::{COLLECTIONS_KEPT, CollectionInfo};
pub use projects::PROJECTS_KEPT;
pub use runs::{RUNS_KEPT, Run};
pub use scans::SCANS_KEPT;
pub use status::{Limits, Pruned, SnapshotStatus, Status};
