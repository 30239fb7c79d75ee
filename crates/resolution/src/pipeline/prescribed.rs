//! From prescriptions to rules: what a unit means to a search in which nothing is decided by the order of resolution.
//!
//! What only speaks of a finished stack is in [`remarks`](super::remarks).

use std::collections::BTreeSet;

use packaging::{Origin, PackageName, Version, VersionSpecifier, VersionSpecifiers};
use prescriptions::{Act, Choice, Circumstances, Index, Matcher, Pipeline, Release, Stop, Unit, Versions};

use serde::{Deserialize, Serialize};

use crate::{
    objective::Level,
    rule::{Effect, Member, Rule},
};

/// What is known of a run before it begins.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// The packages that the project itself requires.
    pub direct: &'a BTreeSet<PackageName>,
    /// The addresses of the indexes, at their numbers.
    pub indexes: &'a [String],
    /// The namespace of the user's own prescriptions.
    pub own: &'a str,
}

/// What prescriptions mean to a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prescribed {
    /// What the search has to know.
    pub rules: Vec<Rule>,
    /// Units that refuse the run as a whole.
    pub refusals: Vec<Refusal>,
    /// Units that take part and cannot be honoured here.
    pub unused: Vec<Unused>,
}

/// A unit that accepts no stack at all in the environment at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The unit.
    pub name: String,
    /// Where it is written.
    pub origin: Origin,
    /// Why.
    pub why: String,
}

/// A unit that cannot be honoured.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unused {
    /// The unit.
    pub name: String,
    /// Where it is written.
    pub origin: Origin,
    /// Why not, as a clause.
    pub why: &'static str,
}

impl Prescribed {
    /// What the units that take part under these circumstances mean.
    pub fn new(units: &[Unit], circumstances: &Circumstances<'_>, start: &Start<'_>) -> Self {
        let mut prescribed = Self::default();
        for unit in units.iter().filter(|unit| unit.when.applies(circumstances).is_ok()) {
            let origin = origin(unit);
            match effect(unit, circumstances, start) {
                Ok(Meaning::Nothing) => {}
                Ok(Meaning::Refusal(why)) => {
                    prescribed.refusals.push(Refusal { name: unit.name.clone(), origin, why });
                }
                Ok(Meaning::Rules(effects)) => {
                    let own = unit.name.strip_prefix(start.own).is_some_and(|rest| rest.starts_with('.'));
                    let rule = |effect| Rule {
                        name: unit.name.clone(),
                        origin: origin.clone(),
                        own,
                        reason: reason(unit),
                        effect,
                    };
                    prescribed.rules.extend(effects.into_iter().map(rule));
                }
                Err(why) => prescribed.unused.push(Unused { name: unit.name.clone(), origin, why }),
            }
        }
        prescribed
    }
}

/// What a unit means.
enum Meaning {
    Nothing,
    Refusal(String),
    Rules(Vec<Effect>),
}

/// Where a unit is written.
pub(super) fn origin(unit: &Unit) -> Origin {
    Origin { file: unit.place.file.clone(), line: unit.place.line, part: None }
}

/// Why a unit does what it does, as far as it says.
fn reason(unit: &Unit) -> String {
    let stop = match &unit.act {
        Act::Boot { stop, .. } | Act::Stride { stop, .. } => stop.as_ref(),
        Act::Step { effect, .. } | Act::Group { effect, .. } => effect.stop.as_ref(),
        _ => None,
    };
    match stop {
        Some(Stop::NotAcceptable(why) | Stop::Eager(why)) => why.clone(),
        None => unit.stack_info.first().map(|message| message.text.clone()).unwrap_or_default(),
    }
}

/// What a unit that takes part means; why it cannot be honoured, as a clause.
fn effect(unit: &Unit, circumstances: &Circumstances<'_>, start: &Start<'_>) -> Result<Meaning, &'static str> {
    if let Some(why) = unit.act.not_honoured() {
        return Err(why);
    }
    let one = |effect: Option<Effect>| Meaning::Rules(effect.into_iter().collect());
    let judged = |all: &[&Matcher], effect| judged(all, effect, level(unit, circumstances), start);
    Ok(match &unit.act {
        Act::Boot { package, stop } => match stop {
            Some(Stop::NotAcceptable(why) | Stop::Eager(why))
                if package.as_ref().is_none_or(|package| start.direct.contains(package)) =>
            {
                Meaning::Refusal(why.clone())
            }
            _ => Meaning::Nothing,
        },
        Act::Pseudonym { of, by, same_version } => {
            let alias = |(of, by)| Effect::Alias { of, by, same_version: *same_version };
            one(member(of, start).zip(release(by, start)).map(alias))
        }
        Act::Sieve { of } => one(member(of, start).map(|of| Effect::Forbid(vec![of]))),
        Act::SkipDependency { package } => one(Some(Effect::Drop { package: package.clone(), from: None })),
        Act::Step { effect, .. } | Act::Group { effect, .. } => judged(&unit.act.matchers(), effect),
        Act::SkipPackage { of, state } => {
            let from: Vec<Member> = state.from.iter().filter_map(|one| member(one, start)).collect();
            let from = (!state.from.is_empty()).then_some(from);
            one(of.name.clone().map(|package| Effect::Drop { package, from }))
        }
        Act::AddPackage { of, adds, .. } => {
            let Some(added) = release(adds, start) else {
                return Err("it adds a release of an index that is not asked");
            };
            if added.indexes.is_some_and(|indexes| indexes.len() < start.indexes.len()) {
                return Err("it adds a release of one index, and several are asked");
            }
            let add = |to| Effect::Add { to, package: adds.name.clone(), specifiers: added.versions };
            one(member(of, start).map(add))
        }
        Act::Stride { with, stop: Some(_) } => {
            one(members(&with.iter().collect::<Vec<_>>(), start).map(Effect::Forbid))
        }
        Act::Stride { stop: None, .. } | Act::Wrap { .. } | Act::ReleaseNotes { .. } => Meaning::Nothing,
    })
}

/// What a judgement of releases that are in a stack together means.
fn judged(all: &[&Matcher], effect: &prescriptions::Effect, level: Level, start: &Start<'_>) -> Meaning {
    let Some(members) = members(all, start) else { return Meaning::Nothing };
    let mut effects = Vec::new();
    if effect.stop.is_some() {
        effects.push(Effect::Forbid(members.clone()));
    }
    if let Some(score) = effect.score {
        effects.push(Effect::Points { members, level, points: -score.0 });
    }
    Meaning::Rules(effects)
}

/// The level on which a unit's score counts: that of performance for units that name the type `performance` in a run of that
/// type, and of quality for all others.
fn level(unit: &Unit, circumstances: &Circumstances<'_>) -> Level {
    let named =
        |choice: &Choice<String>| matches!(choice, Choice::Of(types) if types.iter().any(|one| one == "performance"));
    let is_named = unit.when.recommendations.as_ref().is_some_and(named);
    match circumstances.pipeline {
        Pipeline::Advise("performance") if is_named => Level::Performance,
        _ => Level::Quality,
    }
}

/// The releases that matchers mean; `None` when one of them means none here.
fn members(all: &[&Matcher], start: &Start<'_>) -> Option<Vec<Member>> {
    all.iter().map(|one| member(one, start)).collect()
}

fn member(matcher: &Matcher, start: &Start<'_>) -> Option<Member> {
    let versions = match &matcher.versions {
        Versions::Any => VersionSpecifiers::empty(),
        Versions::Within(specifiers) => specifiers.clone(),
        Versions::Unreadable(_) => return None,
    };
    // Without a word on versions, pre-releases are meant as well.
    let prereleases = matcher.prereleases || matcher.versions == Versions::Any;
    let indexes = asked(&matcher.index, start)?;
    Some(Member { package: matcher.name.clone(), versions, prereleases, indexes })
}

/// The releases that one to add or to take instead may be; `None` when no index asked has any.
fn release(release: &Release, start: &Start<'_>) -> Option<Member> {
    let exactly = |version: &Version| VersionSpecifiers::from(VersionSpecifier::equals_version(version.clone()));
    let versions = release.version.as_ref().map_or_else(VersionSpecifiers::empty, exactly);
    let indexes = asked(&release.index.clone().map_or(Index::Any, Index::Is), start)?;
    Some(Member { package: Some(release.name.clone()), versions, prereleases: true, indexes })
}

/// The numbers of the indexes that are meant, none for any; `None` when none of them is asked.
#[expect(clippy::option_option, reason = "any index and no index are told apart by `?`")]
fn asked(index: &Index, start: &Start<'_>) -> Option<Option<BTreeSet<usize>>> {
    if *index == Index::Any {
        return Some(None);
    }
    let meant = (0..).zip(start.indexes).filter(|(_, address)| index.accepts(address));
    let numbers: BTreeSet<usize> = meant.map(|(number, _)| number).collect();
    (!numbers.is_empty()).then_some(Some(numbers))
}
