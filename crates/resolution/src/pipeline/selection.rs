//! Which units take part in a run, and what they are told.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    registry::UNITS,
    unit::{Part, Run, Settings, Unit},
    units::exposure,
};
use crate::objective::Recommendation;

/// The units of a run, as what is different from the usual ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Pipeline {
    /// Usual units that are left out.
    without: BTreeSet<&'static str>,
    /// Units that are there on request, and what units are told.
    with: BTreeMap<&'static str, BTreeMap<&'static str, u32>>,
}

/// The same by names that anybody may have written.
#[derive(Serialize, Deserialize)]
struct Stored {
    without: BTreeSet<String>,
    with: BTreeMap<String, BTreeMap<String, u32>>,
}

/// One unit of a pipeline that is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub unit: &'static str,
    /// What it is told; what is not said is as usual.
    pub configuration: BTreeMap<&'static str, u32>,
}

impl Pipeline {
    /// The pipeline of exactly these units, besides those that nothing can be chosen without.
    pub fn of(choices: &[Choice]) -> Self {
        let named = |unit: &Unit| choices.iter().any(|choice| choice.unit == unit.name);
        let left_out = UNITS.iter().filter(|unit| unit.part == Part::Usual && !named(unit));
        let mut pipeline = Self { without: left_out.map(|unit| unit.name).collect(), with: BTreeMap::new() };
        for choice in choices {
            let Some(unit) = unit(choice.unit) else { continue };
            let mut told = choice.configuration.clone();
            told.retain(|name, number| unit.parameters.iter().any(|one| one.name == *name && one.usual != *number));
            if unit.part == Part::OnRequest || !told.is_empty() {
                pipeline.with.insert(unit.name, told);
            }
        }
        pipeline
    }

    /// Whether it is that of every run without a word on it.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a unit takes part in a run of this type.
    pub fn has(&self, unit: &Unit, recommendation: Recommendation) -> bool {
        match unit.part {
            Part::OnRequest => self.with.contains_key(unit.name),
            Part::Usual => !self.without.contains(unit.name),
            Part::Always | Part::Weighing => unit.is_usual(recommendation),
        }
    }

    /// The units of a run of this type with what they are told, in their order.
    pub fn units(&self, recommendation: Recommendation) -> impl Iterator<Item = (&'static Unit, Settings)> {
        UNITS.iter().filter(move |unit| self.has(unit, recommendation)).map(|unit| (unit, self.settings(unit)))
    }

    /// What a unit is told.
    pub fn settings(&self, unit: &Unit) -> Settings {
        let told = self.with.get(unit.name);
        let value = |name: &str| told.and_then(|told| told.get(name)).copied();
        Settings(unit.parameters.iter().map(|one| (one.name, value(one.name).unwrap_or(one.usual))).collect())
    }

    /// Whether prescriptions of a kind take part.
    pub fn admits(&self, kind: prescriptions::Kind) -> bool {
        self.takes_part(|unit| matches!(unit.run, Run::Prescriptions(of) if of == kind))
    }

    /// Whether rules of this name take part.
    pub fn takes(&self, name: &str) -> bool {
        self.takes_part(|unit| unit.name == name)
    }

    /// Whether the first such unit was not left out.
    fn takes_part(&self, is_it: impl Fn(&Unit) -> bool) -> bool {
        UNITS.iter().find(|unit| is_it(unit)).is_some_and(|unit| !self.without.contains(unit.name))
    }

    /// What a vulnerability counts that nobody scored: CVSS base score x 10.
    pub(crate) fn unscored(&self) -> u32 {
        self.settings(&exposure::UNIT).number(exposure::UNSCORED)
    }

    /// What is different from the usual pipeline, a line each.
    pub fn statement(&self) -> Vec<String> {
        let with = self.with.iter().map(|(name, told)| {
            let told: Vec<String> = told.iter().map(|(key, number)| format!(" {key}={number}")).collect();
            format!("unit {name}{}", told.concat())
        });
        with.chain(self.without.iter().map(|name| format!("without {name}"))).collect()
    }
}

/// The unit of a name.
pub(super) fn unit(name: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.name == name)
}

impl From<Pipeline> for Stored {
    fn from(pipeline: Pipeline) -> Self {
        let told =
            |told: BTreeMap<&str, u32>| told.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        Self {
            without: pipeline.without.into_iter().map(str::to_string).collect(),
            with: pipeline.with.into_iter().map(|(name, all)| (name.to_string(), told(all))).collect(),
        }
    }
}

impl TryFrom<Stored> for Pipeline {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        let known = |name: &String| unit(name).ok_or_else(|| unknown(name));
        let mut pipeline = Self::default();
        for name in &stored.without {
            pipeline.without.insert(known(name)?.name);
        }
        for (name, told) in &stored.with {
            let unit = known(name)?;
            let told = told.iter().map(|(name, number)| {
                let parameter = unit.parameters.iter().find(|one| one.name == name);
                let parameter = parameter.ok_or_else(|| unknown(&format!("{}.{name}", unit.name)))?;
                Ok::<_, String>((parameter.name, (*number).min(parameter.most)))
            });
            pipeline.with.insert(unit.name, told.collect::<Result<_, _>>()?);
        }
        Ok(pipeline)
    }
}

fn unknown(name: &str) -> String {
    format!("there is no unit `{name}` in this version of Thoth")
}
