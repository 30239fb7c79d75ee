//! What is wrong with a prescription, with its place.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::unit::Place;

/// Something wrong in a file of prescriptions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// The source, as [`Builder::source`](crate::Builder::source) named it.
    pub source: String,
    /// Where.
    pub place: Place,
    /// What it costs.
    pub weight: Weight,
    /// The unit, where it has a name; without its namespace.
    pub unit: Option<String>,
    /// What is wrong and what would be right.
    pub what: String,
}

/// What a problem costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// The unit is not used, or where it names no unit, what of the file it is about.
    Error,
    /// It is used, but not all of it, or never.
    Warning,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if let Some(unit) = &self.unit {
            write!(f, "`{unit}`: ")?;
        }
        f.write_str(&self.what)
    }
}
