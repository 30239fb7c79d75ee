//! What units are tried on: one package on one page, with advisories.

use std::{collections::BTreeMap, sync::Arc};

use evidence::{PackageAdvisories, SnapshotBuilder};
use packaging::{Origin, PackageName, RuntimeEnvironment, Url, Version, index::parse_json};
use resolution::{
    Direction, Level, Objective, Problem, Recommendation,
    catalogue::{Package, Want},
    pipeline::{Choice, Pipeline, UNITS},
    policy::Policy,
    rule::Rules,
    sieve::Sieve,
};

/// What a unit is tried on: a project that requires `demo`, and what its index has of it.
pub(crate) struct Bench {
    pub(crate) problem: Problem,
    pub(crate) policy: Policy,
    pub(crate) status: &'static str,
    files: Vec<String>,
    advisories: Option<Arc<PackageAdvisories>>,
}

impl Bench {
    /// With a wheel that fits anywhere of each version.
    pub(crate) fn of(versions: &[&str]) -> Self {
        let objective = Objective::new(Recommendation::Stable, Direction::Highest);
        let problem = Problem {
            wants: vec![want("demo")],
            constraints: Vec::new(),
            overrides: BTreeMap::new(),
            objective: objective.clone(),
            rules: Rules::default(),
        };
        let mut bench =
            Self { problem, policy: Policy::new(objective), status: "active", files: Vec::new(), advisories: None };
        versions.iter().for_each(|version| bench.file(&format!("demo-{version}-py3-none-any.whl"), ""));
        bench
    }

    /// Another file, with further members of its entry (`"requires-python": ">=3.9"`).
    pub(crate) fn file(&mut self, name: &str, more: &str) {
        let more = if more.is_empty() { String::new() } else { format!(",{more}") };
        self.files.push(format!(r#"{{"filename":"{name}","url":"x"{more}}}"#));
    }

    /// What advisories say: an id, the version that fixes it, further members of the record.
    pub(crate) fn advisories(mut self, records: &[(&str, &str, &str)]) -> Self {
        let mut snapshot = SnapshotBuilder::new();
        for (id, fixed, more) in records {
            let more = if more.is_empty() { String::new() } else { format!(",{more}") };
            let record = format!(
                r#"{{"id":"{id}","affected":[{{"package":{{"ecosystem":"PyPI","name":"demo"}},
                "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]{more}}}"#
            );
            snapshot.add(&format!("{id}.json"), record.as_bytes());
        }
        self.advisories = snapshot.finish().packages.remove(&name("demo")).map(Arc::new);
        self
    }

    /// With what this pipeline changes.
    pub(crate) fn with(mut self, unit: &str, configuration: &[(&'static str, u32)]) -> Self {
        let choice = |unit: &'static str| Choice { unit, configuration: BTreeMap::new() };
        let mut choices: Vec<Choice> = Pipeline::default()
            .units(self.policy.objective.recommendation)
            .map(|(unit, _)| choice(unit.name))
            .filter(|choice| choice.unit != unit)
            .collect();
        let unit = UNITS.iter().find(|one| one.name == unit).unwrap().name;
        choices.push(Choice { unit, configuration: configuration.iter().copied().collect() });
        self.policy = self.policy.with_pipeline(Pipeline::of(&choices));
        self
    }

    /// Without a unit that usually takes part.
    pub(crate) fn without(mut self, unit: &str) -> Self {
        let all = Pipeline::default();
        let kept = all.units(self.policy.objective.recommendation).filter(|(one, _)| one.name != unit);
        let choices: Vec<Choice> =
            kept.map(|(one, _)| Choice { unit: one.name, configuration: BTreeMap::new() }).collect();
        self.policy = self.policy.with_pipeline(Pipeline::of(&choices));
        self
    }

    /// What becomes of it.
    pub(crate) fn package(&self) -> Package {
        let environment = RuntimeEnvironment::stated("3.12", "x86_64-manylinux_2_28", "cpython").unwrap();
        let text = format!(r#"{{"project-status":{{"status":"{}"}},"files":[{}]}}"#, self.status, self.files.join(","));
        let address = Url::parse("https://index.example/simple/demo/").unwrap();
        let page = parse_json(&name("demo"), &address, text.as_bytes()).unwrap();
        let sieve = Sieve::new(&environment, &self.policy, &self.problem);
        sieve.package(&name("demo"), vec![(0, Arc::new(page))], self.advisories.clone())
    }

    /// The versions that may be chosen.
    pub(crate) fn chosen(&self) -> Vec<String> {
        self.package().candidates.iter().map(|one| one.version.to_string()).collect()
    }

    /// Why a version may not be chosen.
    pub(crate) fn why_not(&self, version: &str) -> Option<String> {
        let version: Version = version.parse().unwrap();
        self.package().excluded.iter().find(|one| one.version == version).map(|one| one.why.to_string())
    }

    /// What the candidates cost on a level, newest first.
    pub(crate) fn costs(&self, level: Level) -> Vec<i64> {
        let of = |cost| self.policy.objective.amounts(cost).into_iter().find(|(one, _)| *one == level).unwrap().1;
        self.package().candidates.iter().map(|one| of(&one.cost)).collect()
    }
}

pub(crate) fn name(text: &str) -> PackageName {
    text.parse().unwrap()
}

/// A requirement of the project (`demo>=1`).
pub(crate) fn want(text: &str) -> Want {
    let requirement: packaging::Requirement = text.parse().unwrap();
    Want {
        package: requirement.name.clone(),
        extras: Vec::new(),
        specifiers: requirement.specifiers().cloned().unwrap_or_else(packaging::VersionSpecifiers::empty),
        origin: Origin::file("requirements.in"),
        text: text.to_string(),
        archive: false,
    }
}
