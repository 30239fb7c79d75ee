//! What the user allows and how much things count: everything that turns evidence into candidates and costs.

use std::collections::{BTreeMap, BTreeSet};

use evidence::{Ignores, Severity, Vulnerability};
use packaging::{Digest, PackageName, Version, project::IndexOptions};
use serde::{Deserialize, Serialize};

use crate::{objective::Objective, pipeline::Pipeline};

/// When pre-releases may be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Prereleases {
    /// Never.
    Disallow,
    /// Like any other release.
    Allow,
    /// Only where no stack does without.
    IfNecessary,
    /// Only of packages for which the project's own requirement names one.
    Explicit,
    /// Freely for packages whose requirement in the project names one, of others only where no stack does without.
    #[default]
    IfNecessaryOrExplicit,
}

/// The rules of one run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// How stacks are compared.
    pub objective: Objective,
    /// When pre-releases may be chosen.
    pub prereleases: Prereleases,
    /// Only files uploaded before this are considered: microseconds since the Unix epoch. A file without an upload time is
    /// not considered either: the cooldown fails closed.
    pub exclude_newer: Option<i64>,
    /// Which kinds of files may be used of which package; only the format controls are looked at.
    pub formats: IndexOptions,
    /// Hashes demanded for files, by package.
    pub hashes: BTreeMap<PackageName, BTreeSet<Digest>>,
    /// Vulnerabilities that do not count.
    pub ignores: Ignores,
    /// Vulnerabilities by their shown ids, by package: releases affected by one may not be chosen. Only for finding out what
    /// doing without them would take.
    #[serde(default)]
    pub avoid: BTreeMap<PackageName, BTreeSet<String>>,
    /// Packages that are taken from one index alone: the caller's number of it. Only for finding out what another index than the
    /// one that comes first would bring.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub places: BTreeMap<PackageName, usize>,
    /// Releases reported as malware compete like others: only for finding out what a resolver blind to reports would choose,
    /// never for a lock.
    pub admit_malware: bool,
    /// What a vulnerability that nobody scored counts: CVSS base score x 10.
    pub unscored: u32,
    /// The versions of the existing lock that are to be kept where nothing speaks against them.
    pub locked: BTreeMap<PackageName, Version>,
    /// Which units take part. What was saved before they could be chosen has the usual ones.
    #[serde(default, skip_serializing_if = "Pipeline::is_usual")]
    pub pipeline: Pipeline,
}

/// What an unscored vulnerability counts unless the user says otherwise: the middle of the scale.
pub const UNSCORED: u32 = 50;

impl Policy {
    /// The rules without any wish of the user.
    pub fn new(objective: Objective) -> Self {
        Self {
            objective,
            prereleases: Prereleases::default(),
            exclude_newer: None,
            formats: IndexOptions::default(),
            hashes: BTreeMap::new(),
            ignores: Ignores::default(),
            avoid: BTreeMap::new(),
            places: BTreeMap::new(),
            admit_malware: false,
            unscored: UNSCORED,
            locked: BTreeMap::new(),
            pipeline: Pipeline::default(),
        }
    }

    /// With the units of a pipeline, and what they are told of the policy.
    #[must_use]
    pub fn with_pipeline(mut self, pipeline: Pipeline) -> Self {
        self.unscored = pipeline.unscored();
        self.pipeline = pipeline;
        self
    }

    /// What a vulnerability counts: its CVSS base score x 10, else the value for the unscored.
    pub fn score(&self, vulnerability: &Vulnerability) -> u32 {
        match &vulnerability.severity {
            Severity::Scored(score) => score.tenths,
            Severity::Label(..) | Severity::Unscored => self.unscored,
        }
    }
}
