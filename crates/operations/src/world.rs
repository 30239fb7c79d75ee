//! What a run acts on: the network, the knowledge base, the clock.

use std::{ffi::OsString, fmt, sync::Arc};

use knowledge::KnowledgeBase;
use sources::http::{Http, HttpOptions};

use crate::{
    limits::Limits,
    progress::{Progress, Silent},
};

/// Everything outside of the program that a run may touch. Tests hand in their own.
pub struct World<'a> {
    /// The network.
    pub http: Http,
    /// What is known from earlier runs.
    pub knowledge: Arc<KnowledgeBase>,
    /// The time of the run: microseconds since the Unix epoch.
    pub now: i64,
    /// Ask again for everything that is stored.
    pub refresh: bool,
    /// Environment variables, for `${NAME}` in requirements files, index credentials and interpreters.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// Standard input, read when a requirement file is `-`.
    pub stdin: &'a dyn Fn() -> std::io::Result<Vec<u8>>,
    /// When the run must end with the best it has.
    pub limits: Limits,
    /// Who shows what goes on.
    pub progress: &'a dyn Progress,
}

impl World<'static> {
    /// A world with nothing in it but `knowledge`: no network, no variables, no standard input, nobody who looks on.
    pub fn alone(knowledge: Arc<KnowledgeBase>, now: i64) -> Self {
        World {
            http: Http::new(HttpOptions { offline: true, ..HttpOptions::default() }),
            knowledge,
            now,
            refresh: false,
            variable: &|_| None,
            stdin: &|| Ok(Vec::new()),
            limits: Limits::default(),
            progress: &Silent,
        }
    }
}

impl World<'_> {
    /// The time of the run: seconds since the Unix epoch.
    pub fn seconds(&self) -> i64 {
        self.now.div_euclid(1_000_000)
    }

    /// How far the run is into that second, in microseconds.
    pub(crate) fn fraction(&self) -> u32 {
        u32::try_from(self.now.rem_euclid(1_000_000)).unwrap_or_default()
    }

    /// An environment variable as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        (self.variable)(name).and_then(|value| value.into_string().ok())
    }
}

impl fmt::Debug for World<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("now", &self.now).field("refresh", &self.refresh).finish_non_exhaustive()
    }
}
