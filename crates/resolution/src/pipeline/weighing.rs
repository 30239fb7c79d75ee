//! What sieves and steps are shown, and those of a run in the order in which they are asked.

use evidence::Vulnerability;
use packaging::{PackageName, Version};

use super::{
    selection::Pipeline,
    unit::{FileSift, PackageSift, ProjectSift, ReleaseSift, Run, Settings, Sift, Step},
    units::prereleases,
};
use crate::{
    catalogue::{Candidate, Package},
    objective::Recommendation,
    policy::Policy,
    search::Problem,
};

/// A release that can be installed.
#[derive(Clone, Copy, Debug)]
pub struct Release<'r> {
    /// The package.
    pub package: &'r PackageName,
    /// The version.
    pub version: &'r Version,
    /// The vulnerabilities and reports of malware that affect it.
    pub affecting: &'r [&'r Vulnerability],
    /// What the user wants.
    pub policy: &'r Policy,
}

/// A package whose candidates are weighed.
#[derive(Clone, Debug)]
pub struct Weighing<'w> {
    /// What the user wants.
    pub policy: &'w Policy,
    /// What the project wants.
    pub problem: &'w Problem,
    /// The package, nothing of it weighed yet.
    pub package: &'w Package,
    /// Whether the project itself requires it.
    pub is_direct: bool,
    /// By candidate: whether it is only there for want of another, as a pre-release that nobody asked for.
    pub last_resort: Vec<bool>,
}

impl<'w> Weighing<'w> {
    pub(crate) fn new(policy: &'w Policy, problem: &'w Problem, package: &'w Package) -> Self {
        let free = prereleases::are_free(policy, problem, package);
        let is_last =
            |one: &Candidate| (!free && !prereleases::is_final(one)) || problem.must_be_pinned(&package.name, one);
        Self {
            policy,
            problem,
            package,
            is_direct: problem.is_direct(&package.name),
            last_resort: package.candidates.iter().map(is_last).collect(),
        }
    }
}

/// The sieves and steps of a run, by what they look at.
#[derive(Debug)]
pub struct Units {
    pub(crate) projects: Vec<ProjectSift>,
    pub(crate) files: Vec<FileSift>,
    pub(crate) releases: Vec<(ReleaseSift, Settings)>,
    pub(crate) packages: Vec<PackageSift>,
    pub(crate) steps: Vec<Step>,
}

impl Units {
    /// Those of a pipeline in a run of this type.
    pub fn new(pipeline: &Pipeline, recommendation: Recommendation) -> Self {
        let mut units = Self {
            projects: Vec::new(),
            files: Vec::new(),
            releases: Vec::new(),
            packages: Vec::new(),
            steps: Vec::new(),
        };
        for (unit, settings) in pipeline.units(recommendation) {
            match unit.run {
                Run::Sieve(Sift::Project(sift)) => units.projects.push(sift),
                Run::Sieve(Sift::File(sift)) => units.files.push(sift),
                Run::Sieve(Sift::Release(sift)) => units.releases.push((sift, settings)),
                Run::Sieve(Sift::Package(sift)) => units.packages.push(sift),
                Run::Step(step) => units.steps.push(step),
                Run::Boot(_) | Run::Wrap(_) | Run::Prescriptions(_) | Run::Rules => {}
            }
        }
        units
    }
}
