//! The health of projects: who looks after them, how well, and since when nobody does.
//!
//! [`Document`]s from outside are put together in [`Records`]; what they and an index say of one release is its [`Health`], in
//! which each fact has its source and date, or is not known, with the reason. What health means to a decision is left to
//! `resolution`; where documents come from, to `operations`.

mod cadence;
mod deps_dev;
mod document;
mod many;
mod provenance;
mod publisher;
mod records;
mod repository;
mod scorecard;
#[cfg(test)]
mod tests;

use std::fmt;

use packaging::{PackageName, Version, index::ProjectStatus};

pub use cadence::{Cadence, DAY, YEAR};
pub use document::{Document, DocumentError};
pub use publisher::publishers;
pub use records::{Listed, Records, Subject};
pub use repository::{Claim, Located, Repository, Sure};
pub use scorecard::{Check, Scorecard};

use crate::Known;

/// Something that a source says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<T> {
    /// What it says.
    pub value: T,
    /// Who says it, for the reader.
    pub source: String,
    /// When it was found out, where the source says so: seconds since the Unix epoch.
    pub at: Option<i64>,
}

/// What is known of the health of the project that a release is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The package.
    pub package: PackageName,
    /// The release whose links and people are told.
    pub version: Version,
    /// What its index says of the project (PEP 792).
    pub status: Known<Fact<Status>>,
    /// Where its source is.
    pub repository: Known<Fact<Located>>,
    /// Whether that is closed for changes.
    pub archived: Known<Fact<bool>>,
    /// How that is looked after.
    pub scorecard: Known<Fact<Scorecard>>,
    /// How many people marked it on its host.
    pub stars: Known<Fact<u64>>,
    /// When the project released.
    pub cadence: Known<Fact<Cadence>>,
    /// Its authors and maintainers, as the release names them.
    pub people: Known<Fact<Vec<String>>>,
    /// How often it is downloaded.
    pub rank: Known<Fact<Rank>>,
}

/// The status of a project on its index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Which.
    pub status: ProjectStatus,
    /// Why, as the index says it.
    pub reason: Option<String>,
}

/// A place in a list of packages by how often they are downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank {
    /// The place, from 1.
    pub place: u32,
    /// How many packages the list has.
    pub of: u32,
}

/// A score between 0 and 10, in tenths. Displays as `6.7`, or `7`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenths(pub u16);

impl Tenths {
    /// Of a score as it is written; `None` for one below zero, which means that there was no result, and for what is none.
    pub fn of(score: f64) -> Option<Self> {
        // Between 0 and 100: exact.
        (0.0..=10.0).contains(&score).then(|| Self((score * 10.0).round() as u16))
    }
}

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", f64::from(self.0) / 10.0)
    }
}
