//! What is made of a run's setting before anything is looked at.

use std::collections::BTreeMap;

use packaging::environment::Host;

use super::{selection::Pipeline, unit::Run};
use crate::{catalogue::Want, objective::Recommendation};

/// What boots look at, and what they change of it.
#[derive(Clone, Debug)]
pub struct Beginning<'b> {
    /// What the user says of the run.
    pub labels: &'b BTreeMap<String, String>,
    /// What the project requires.
    pub wants: &'b [Want],
    /// Whether its `Pipfile` says what its lock was made of; `None` where there is none, or no lock, or nobody can tell.
    pub pipfile_is_locked: Option<bool>,
    /// The machine, as prescriptions will know it.
    pub host: Host,
    /// Identifiers of vulnerabilities that do not count.
    pub ignores: Vec<String>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

impl<'b> Beginning<'b> {
    /// What a run begins with, as the user says it.
    pub fn new(labels: &'b BTreeMap<String, String>, host: Host) -> Self {
        Self { labels, wants: &[], pipfile_is_locked: None, host, ignores: Vec::new(), notes: Vec::new() }
    }

    /// Lets the boots of a pipeline run.
    #[must_use]
    pub fn run(mut self, pipeline: &Pipeline, recommendation: Recommendation) -> Self {
        for (unit, _) in pipeline.units(recommendation) {
            if let Run::Boot(boot) = unit.run {
                boot(&mut self);
            }
        }
        self
    }
}
