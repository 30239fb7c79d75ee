//! From prescriptions to rules: what a unit means to a search in which nothing is decided by the order of resolution.
//!
//! What only speaks of a finished stack is in [`remarks`](super::remarks).

use std::collections::BTreeSet;

use packaging::{Origin, PackageName, Version, VersionSpecifier, VersionSpecifiers};
use prescriptions::{Act, Choice, Circumstances, Matcher, Pipeline, Release, State, Stop, Unit, Versions};

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
    let one = |effect: Option<Effect>| Meaning::Rules(effect.into_iter().collect());
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
            let by = release(by, start)?;
            let alias = |(of, by)| Effect::Alias { of, by, same_version: *same_version };
            one(member(of, start)?.zip(by).map(alias))
        }
        Act::Sieve { of } => one(member(of, start)?.map(|of| Effect::Forbid(vec![of]))),
        Act::SkipDependency { package } => one(Some(Effect::Drop { package: package.clone(), from: None })),
        Act::Step { of, state, effect, .. } => {
            let all: Vec<&Matcher> = std::iter::once(of).chain(&state.with).chain(&state.from).collect();
            judged(&all, effect, unit, circumstances, start)?
        }
        Act::Group { members, effect } => {
            judged(&members.iter().collect::<Vec<_>>(), effect, unit, circumstances, start)?
        }
        Act::SkipPackage { of, state } => {
            if !state.with.is_empty() {
                return Err("a package is left out for what requires it, not for what else is in the stack");
            }
            let Some(of) = member(of, start)? else { return Ok(Meaning::Nothing) };
            let from: Vec<Member> = state
                .from
                .iter()
                .map(|one| member(one, start))
                .collect::<Result<Vec<_>, _>>()?
                .into_iter()
                .flatten()
                .collect();
            let from = (!state.from.is_empty()).then_some(from);
            one(Some(Effect::Drop { package: of.package, from }))
        }
        Act::AddPackage { of, state, adds } => {
            if *state != State::default() {
                return Err("a package is added for one release, not for what else is in the stack");
            }
            let Some(added) = release(adds, start)? else {
                return Err("it adds a release of an index that is not asked");
            };
            if added.indexes.is_some_and(|indexes| indexes.len() < start.indexes.len()) {
                return Err("it adds a release of one index, and several are asked");
            }
            let add = |to| Effect::Add { to, package: added.package.clone(), specifiers: added.versions.clone() };
            one(member(of, start)?.map(add))
        }
        Act::Stride { with, stop } => match stop {
            Some(Stop::NotAcceptable(_)) => one(members(&with.iter().collect::<Vec<_>>(), start)?.map(Effect::Forbid)),
            Some(Stop::Eager(_)) => return Err(EAGER),
            None => Meaning::Nothing,
        },
        Act::Wrap { .. } | Act::ReleaseNotes { .. } => Meaning::Nothing,
    })
}

const EAGER: &str = "a proof looks at every stack, so there is none to stop at";

/// What a judgement of releases that are in a stack together means.
fn judged(
    all: &[&Matcher],
    effect: &prescriptions::Effect,
    unit: &Unit,
    circumstances: &Circumstances<'_>,
    start: &Start<'_>,
) -> Result<Meaning, &'static str> {
    if matches!(effect.stop, Some(Stop::Eager(_))) {
        return Err(EAGER);
    }
    if effect.stop.is_none() && effect.score.is_none() {
        return Ok(Meaning::Nothing);
    }
    let Some(members) = members(all, start)? else { return Ok(Meaning::Nothing) };
    let mut effects = Vec::new();
    if effect.stop.is_some() {
        effects.push(Effect::Forbid(members.clone()));
    }
    if let Some(score) = effect.score {
        effects.push(Effect::Points { members, level: level(unit, circumstances), points: -score.0 });
    }
    Ok(Meaning::Rules(effects))
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
fn members(all: &[&Matcher], start: &Start<'_>) -> Result<Option<Vec<Member>>, &'static str> {
    all.iter().map(|one| member(one, start)).collect()
}

fn member(matcher: &Matcher, start: &Start<'_>) -> Result<Option<Member>, &'static str> {
    let Some(package) = &matcher.name else { return Err("it is about releases of any package") };
    if matcher.develop.is_some() {
        return Err("it asks whether a release is for development only, which a lock for all does not say");
    }
    let versions = match &matcher.versions {
        Versions::Any => VersionSpecifiers::empty(),
        Versions::Within(specifiers) => specifiers.clone(),
        Versions::Unreadable(_) => return Ok(None),
    };
    // Without a word on versions, pre-releases are meant as well.
    let prereleases = matcher.prereleases || matcher.versions == Versions::Any;
    let numbers = || (0..).zip(start.indexes).filter(|(_, address)| matcher.index.accepts(address));
    let indexes = match matcher.index {
        prescriptions::Index::Any => None,
        _ => Some(numbers().map(|(number, _)| number).collect::<BTreeSet<usize>>()),
    };
    let means_none = indexes.as_ref().is_some_and(BTreeSet::is_empty);
    Ok((!means_none).then(|| Member { package: package.clone(), versions, prereleases, indexes }))
}

/// The releases that one to add or to take instead may be; `None` when no index asked has any.
fn release(release: &Release, start: &Start<'_>) -> Result<Option<Member>, &'static str> {
    let exactly = |version: &Version| VersionSpecifiers::from(VersionSpecifier::equals_version(version.clone()));
    let numbers = |address: &String| {
        let same = |other: &String| other.trim_end_matches('/') == address.trim_end_matches('/');
        (0..).zip(start.indexes).filter(|(_, other)| same(other)).map(|(number, _)| number).collect::<BTreeSet<usize>>()
    };
    let indexes = release.index.as_ref().map(numbers);
    if indexes.as_ref().is_some_and(BTreeSet::is_empty) {
        return Ok(None);
    }
    let versions = release.version.as_ref().map_or_else(VersionSpecifiers::empty, exactly);
    Ok(Some(Member { package: release.name.clone(), versions, prereleases: true, indexes }))
}
