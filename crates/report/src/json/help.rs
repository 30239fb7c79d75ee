//! What would help and why something remains, as frozen types.

use packaging::lock::scrubbed;
use resolution::{
    outcome::{self, StepBack},
    relaxation::{Part, Relaxation, Written},
};

use super::{
    convert::{fact, level_name, number, origin, strings},
    v1,
};
use crate::{
    remedy::{clause, step_back},
    words::instant,
};

impl From<outcome::Standing> for v1::Standing {
    fn from(standing: outcome::Standing) -> Self {
        let outcome::Standing { last_resorts, exploited, exposure } = standing;
        Self { last_resorts, exploited, exposure }
    }
}

pub(super) fn cause(cause: &outcome::Cause) -> v1::Cause {
    v1::Cause {
        forced_by: cause.facts.iter().map(fact).collect(),
        trade_off: cause.trade_off.as_ref().map(|trade| v1::TradeOff {
            with: trade.with.into(),
            without: trade.without.into(),
            slower: trade.slower,
            incoming: trade.incoming.iter().map(incoming).collect(),
        }),
        fixed: cause.fixed,
        help: help(&cause.help),
    }
}

pub(super) fn help(help: &outcome::Help) -> v1::Help {
    v1::Help { remedies: help.remedies.iter().map(remedy).collect(), tried: number(help.tried), cut: help.cut }
}

fn remedy(remedy: &outcome::Remedy) -> v1::Remedy {
    v1::Remedy {
        relaxations: remedy.relaxations.iter().map(|one| relaxation(one, remedy)).collect(),
        before: remedy.before.map(v1::Standing::from),
        after: remedy.after.into(),
        gone: remedy.gone.clone(),
        sentence: plain(&clause(remedy)),
    }
}

fn relaxation(relaxation: &Relaxation, remedy: &outcome::Remedy) -> v1::Relaxation {
    match relaxation {
        Relaxation::Bound { written: one, admit } => {
            v1::Relaxation::Bound { written: written(one), admit: admit.as_ref().map(ToString::to_string) }
        }
        Relaxation::Newer { before } => v1::Relaxation::ExcludeNewer { until: before.and_then(instant) },
        Relaxation::Formats { package } => {
            v1::Relaxation::Formats { package: package.as_ref().map(ToString::to_string) }
        }
        Relaxation::Extra { written: one, extra } => {
            v1::Relaxation::Extra { written: written(one), extra: extra.to_string() }
        }
        Relaxation::Prereleases => v1::Relaxation::Prereleases,
        Relaxation::Python { version } => v1::Relaxation::Python {
            version: version.clone(),
            requires_python: remedy.requires_python.as_ref().map(|(supported, _)| supported.to_string()),
            origin: remedy.requires_python.as_ref().map(|(_, place)| origin(place)),
        },
        Relaxation::Index { package, index } => {
            v1::Relaxation::Index { package: package.to_string(), index: index.name.clone(), url: index.url.clone() }
        }
        Relaxation::Yanked { package, version } => {
            v1::Relaxation::Yanked { package: package.to_string(), version: version.to_string() }
        }
        Relaxation::Hashes { package } => v1::Relaxation::Hashes { package: package.to_string() },
        Relaxation::Prescription { name, origin: place } => {
            v1::Relaxation::Prescription { name: name.clone(), origin: origin(place) }
        }
        Relaxation::Dropped { written: one } => v1::Relaxation::Dropped { written: written(one) },
    }
}

fn written(written: &Written) -> v1::Written {
    v1::Written {
        part: match written.part {
            Part::Requirement => "requirement",
            Part::Constraint => "constraint",
            Part::Override => "override",
        },
        requirement: scrubbed(&written.text),
        origin: origin(&written.origin),
    }
}

fn incoming(incoming: &outcome::Incoming) -> v1::Incoming {
    v1::Incoming {
        name: incoming.name.to_string(),
        version: incoming.version.to_string(),
        vulnerabilities: strings(&incoming.ids),
    }
}

pub(super) fn bought(
    name: &packaging::PackageName,
    (newer, chosen): (Option<&packaging::Version>, Option<&packaging::Version>),
    step: Option<&StepBack>,
) -> Option<v1::StepBack> {
    let (step, newer, chosen) = (step?, newer?, chosen?);
    let sentence = plain(&step_back(name, newer, chosen, step));
    Some(match step {
        StepBack::Worse { level, with, without, incoming: brought } => v1::StepBack {
            level: Some(level_name(*level)),
            with: Some(*with),
            without: Some(*without),
            incoming: brought.iter().map(incoming).collect(),
            because: Vec::new(),
            sentence,
        },
        StepBack::Impossible(facts) => v1::StepBack {
            level: None,
            with: None,
            without: None,
            incoming: Vec::new(),
            because: facts.iter().map(fact).collect(),
            sentence,
        },
    })
}

fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}
