//! Prescriptions in a run: what they mean to the decision, and what they tell of its end.
//!
//! What a unit means is in `resolution::pipeline`; how prescriptions are kept, in [`crate::prescriptions`].

use std::collections::{BTreeMap, BTreeSet};

use packaging::{ExtraName, PackageName, Version, environment::Host, metadata::About};
use prescriptions::{Circumstances, Key, Pipeline, Problem, Unit, Wanted, When, circumstances::platform};
use resolution::{
    Search, Stack,
    catalogue::{Candidate, Exclusion, Package},
    outcome::{ObservationsUsed, PrescriptionsUsed, Reason},
    pipeline::{
        Beginning, health, observed,
        prescribed::{Prescribed, Refusal, Start, Unused},
        remarks::{Finished, Member, Remarks, speaks},
    },
    rule::{Rule, Rules},
    search::StackRelease,
};
use serde::{Deserialize, Serialize};

use super::{
    gather::Gather,
    indexes::Routes,
    question::{Case, Question},
};
use crate::{
    error::AdviseError,
    prescriptions::{Prescriptions, load},
    request::Request,
    seen::Seen,
    world::World,
};

/// The namespace of prescriptions that do not name themselves, as those that a user notes down.
const OWN: &str = "local";
/// How many units that cannot be honoured are named.
const MOST_UNUSED: usize = 3;

/// What a question knows of prescriptions besides the rules of its problem.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Experience {
    /// Units that accept no stack here.
    pub(crate) refusals: Vec<Refusal>,
    /// In a saved problem: the units that tell something of its stack.
    pub(crate) units: Vec<Unit>,
    /// In a saved problem: what the releases of its stack say of themselves.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) said: BTreeMap<PackageName, (Version, About)>,
}

/// What was loaded for a run.
#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) experience: Experience,
    pub(crate) prescriptions: Option<Prescriptions>,
    pub(crate) used: Option<PrescriptionsUsed>,
    pub(crate) observations: Option<ObservationsUsed>,
    pub(crate) notes: Vec<String>,
}

/// Loads the prescriptions of a request, and puts what they mean into its case.
pub(crate) async fn experience(
    request: &Request,
    world: &World<'_>,
    case: &mut Case,
    routes: &Routes,
) -> Result<Loaded, AdviseError> {
    let mut notes = Vec::new();
    let Some(prescriptions) = load(&request.prescriptions, &request.folder, world, &mut notes).await? else {
        return Ok(Loaded { notes, ..Loaded::default() });
    };
    case.seen = Seen::look(&prescriptions.facts().asked, request, world, &mut notes).await?;
    let (host, platform) = (named(case), platform_of(case));
    let circumstances = circumstances(case, &host, &platform);
    let units = deciding(case, &prescriptions, &|when| when.applies(&circumstances).is_ok())?;
    let indexes = addresses(routes);
    let direct = direct(case);
    let start = Start { direct: &direct, indexes: &indexes, own: OWN };
    let Prescribed { rules, refusals, unused } = Prescribed::new(&units, &circumstances, &start);
    notes.extend(told(unused));
    let facts = prescriptions.facts();
    let broken =
        |problem: &Problem| format!("Of the prescriptions in {}, this cannot be used: {problem}.", problem.source);
    notes.extend(facts.problems.iter().map(broken));
    let used = PrescriptionsUsed {
        id: prescriptions.id().to_string(),
        sources: facts.sources.clone(),
        releases: facts.releases.clone(),
        units: facts.units.values().sum(),
        rules: rules.len(),
        unusable: facts.errors,
    };
    tracing::info!("prescriptions {}: {} of {} units take part as rules", used.id, used.rules, used.units);
    case.problem.rules = Rules::from(rules);
    let experience = Experience { refusals, ..Experience::default() };
    Ok(Loaded { experience, prescriptions: Some(prescriptions), used: Some(used), notes, observations: None })
}

/// What takes part in the drawing of stacks alone (`dependency_monkey_pipeline`), besides what keeps `advise` from some.
///
/// # Errors
/// When a unit accepts no stack at all, or they cannot be read.
pub(crate) fn drawing(case: &Case, gather: &Gather<'_>, decision: &str) -> Result<Vec<Rule>, AdviseError> {
    let Some(prescriptions) = gather.prescriptions() else { return Ok(Vec::new()) };
    let (host, platform, direct) = (named(case), platform_of(case), direct(case));
    let indexes = addresses(gather.routes());
    let advise = circumstances(case, &host, &platform);
    let units = deciding(case, prescriptions, &|when| when.applies(&advise).is_err())?;
    let monkey = Circumstances { pipeline: Pipeline::Monkey(decision), ..advise };
    let Prescribed { rules, refusals, unused } =
        Prescribed::new(&units, &monkey, &Start { direct: &direct, indexes: &indexes, own: OWN });
    told(unused).iter().for_each(|note| tracing::warn!("{note}"));
    match refusals.first() {
        Some(Refusal { name, origin, why }) => {
            Err(AdviseError::Usage(format!("the prescription {name} ({origin}) lets no stack be drawn here: {why}")))
        }
        None => Ok(rules),
    }
}

/// The units that may bear on what is chosen, or on any run, or on the base image, with these conditions.
fn deciding(
    case: &Case,
    prescriptions: &Prescriptions,
    when: &dyn Fn(&When) -> bool,
) -> Result<Vec<Unit>, AdviseError> {
    let keys: Vec<Key> = std::iter::once(Key::Deciding).chain(of_any_run(case)).collect();
    // What only tells something of releases has nothing to tell yet.
    let mut units = prescriptions.about(&keys, Wanted { when, has: &|_| false })?;
    units.retain(|unit| case.policy.pipeline.admits(unit.act.kind()));
    Ok(units)
}

impl Experience {
    /// Why there is no stack at all, where a unit says so.
    pub(crate) fn refusal(&self) -> Option<Vec<Reason>> {
        let reason = |refusal: &Refusal| Reason::Rule {
            name: refusal.name.clone(),
            origin: refusal.origin.clone(),
            why: refusal.why.clone(),
            members: Vec::new(),
        };
        (!self.refusals.is_empty()).then(|| self.refusals.iter().map(reason).collect())
    }
}

/// What prescriptions tell of the end of a run, with the units that do.
pub(crate) fn remarks(
    question: &Question,
    gather: &Gather<'_>,
    decided: Option<(&Search, &Stack)>,
) -> Result<(Remarks, Vec<Unit>), AdviseError> {
    let case = &question.case;
    let before = |name: &PackageName| question.setting.existing.as_ref().and_then(|existing| existing.get(name));
    let about = |release: &StackRelease| {
        let kept = || question.experience.said.get(&release.name).filter(|(version, _)| *version == release.version);
        let learned = gather.learned.get(&(release.name.clone(), release.version.clone()));
        let read = learned.and_then(|learned| learned.about.as_ref());
        read.or_else(|| kept().map(|(_, about)| about))
    };
    let required = required(case, gather, decided.map(|(_, stack)| stack));
    let addresses = addresses(gather.routes());
    let index = |name: &PackageName| -> Option<&str> {
        let (search, stack) = decided?;
        let package = search.catalogue().package(name)?;
        let candidate = package.candidates.get(package.position(stack.version(name)?)?)?;
        address(&addresses, package, candidate)
    };
    let stack: Vec<Member<'_>> = decided
        .iter()
        .flat_map(|(_, stack)| &stack.releases)
        .map(|one| Member {
            name: &one.name,
            version: &one.version,
            index: index(&one.name).unwrap_or_default(),
            about: about(one),
            before: before(&one.name),
        })
        .collect();
    let passed_over: Vec<Member<'_>> = decided
        .iter()
        .flat_map(|(search, stack)| {
            stack.releases.iter().filter_map(|one| Some((one, search.catalogue().package(&one.name)?)))
        })
        .flat_map(|(one, package)| {
            let newer = package.candidates.iter().take_while(|candidate| candidate.version > one.version);
            newer.map(|candidate| Member {
                name: &package.name,
                version: &candidate.version,
                index: address(&addresses, package, candidate).unwrap_or_default(),
                about: None,
                before: None,
            })
        })
        .collect();
    let packages = decided.iter().flat_map(|(search, _)| search.catalogue().packages());
    let excluding: BTreeSet<String> = packages
        .flat_map(|package| &package.excluded)
        .filter_map(|one| match &one.why {
            Exclusion::Prescribed { name, .. } => Some(name.clone()),
            _ => None,
        })
        .collect();
    let direct = direct(case);
    let platform = platform_of(case);
    let host = named(case);
    let finished = Finished {
        stack: &stack,
        direct: &direct,
        required: &required,
        passed_over: &passed_over,
        excluding: &excluding,
        recommendation: case.problem.objective.recommendation,
        python: &case.environment.python,
        cuda: host.cuda.as_ref(),
    };
    let circumstances = circumstances(case, &host, &platform);
    // What is left out or stood in for is not in the stack.
    let names: BTreeSet<&PackageName> = stack.iter().map(|member| member.name).chain(&required).collect();
    let packages = names.into_iter().cloned().map(Key::Package);
    let applies = |when: &When| when.applies(&circumstances).is_ok();
    let wanted = Wanted { when: &applies, has: &|matcher| finished.has(matcher) };
    let mut units = gather.units(&of_any_run(case).chain(packages).collect::<Vec<_>>(), wanted)?;
    let admits = |unit: &Unit| case.policy.pipeline.admits(unit.act.kind());
    units.retain(|unit| admits(unit) && speaks(unit, &finished));
    for (unit, log) in units.iter().filter_map(|unit| Some((unit, unit.log.as_ref()?))) {
        tracing::info!("prescription {}: {}: {}", unit.name, log.tone.name(), log.text);
    }
    let mut remarks = Remarks::new(&case.policy.pipeline, &units, &finished);
    remarks.justification.extend(observed::remarks(case.problem.rules.all(), &finished));
    remarks.justification.extend(health::remarks(case.problem.rules.all(), &finished));
    remarks.justification.extend(question.looked.remarks(case, &finished));
    remarks.justification.sort_unstable();
    Ok((remarks, units))
}

/// What is not about packages: any run, and the base image of this one.
fn of_any_run(case: &Case) -> impl Iterator<Item = Key> {
    std::iter::once(Key::General).chain(case.host.base_image.present().map(|image| Key::image(image)))
}

/// The packages that the project and the releases of a stack require, before rules change that.
fn required(case: &Case, gather: &Gather<'_>, stack: Option<&Stack>) -> BTreeSet<PackageName> {
    let mut required = direct(case);
    for release in stack.iter().flat_map(|stack| &stack.releases) {
        let learned = gather.learned.get(&(release.name.clone(), release.version.clone()));
        let Some(Ok(metadata)) = learned.map(|learned| &learned.metadata) else { continue };
        let extras: Vec<ExtraName> = release.extras.iter().cloned().collect();
        let applying = metadata.requires_dist.iter().filter(|one| one.applies(&case.environment.markers, &extras));
        required.extend(applying.map(|requirement| requirement.name.clone()));
    }
    required
}

/// What the releases of a stack say of themselves, for a saved problem.
pub(crate) fn said(gather: &Gather<'_>, stack: &Stack) -> BTreeMap<PackageName, (Version, About)> {
    let said = stack.releases.iter().filter_map(|release| {
        let learned = gather.learned.get(&(release.name.clone(), release.version.clone()))?;
        let about = About { contacts: None, ..learned.about.clone()? };
        let about = Some(about).filter(|about| *about != About::default())?;
        Some((release.name.clone(), (release.version.clone(), about)))
    });
    said.collect()
}

/// The index that a candidate comes from.
fn address<'a>(addresses: &'a [String], package: &Package, candidate: &Candidate) -> Option<&'a str> {
    let (number, _) = package.files(candidate).next()?;
    addresses.get(number).map(String::as_str)
}

pub(crate) fn direct(case: &Case) -> BTreeSet<PackageName> {
    case.problem.wants.iter().map(|want| want.package.clone()).collect()
}

/// The machine as prescriptions know it.
pub(crate) fn named(case: &Case) -> Host {
    let recommendation = case.problem.objective.recommendation;
    Beginning::new(&case.labels, case.host.clone()).run(&case.policy.pipeline, recommendation).host
}

pub(crate) fn platform_of(case: &Case) -> String {
    platform(&case.environment)
}

/// What the conditions of units are judged against: what is not known here, nobody looked at.
pub(crate) fn circumstances<'a>(case: &'a Case, host: &'a Host, platform: &'a str) -> Circumstances<'a> {
    Circumstances {
        pipeline: Pipeline::Advise(case.problem.objective.recommendation.name()),
        authenticated: false,
        labels: &case.labels,
        library_usage: case.seen.usage.as_ref(),
        python: &case.environment.python,
        platform,
        system: &case.host.operating_system,
        host,
        image: case.seen.image.as_ref(),
    }
}

/// The indexes at their numbers, without credentials.
fn addresses(routes: &Routes) -> Vec<String> {
    (0..routes.places.len()).map(|place| routes.shown(place)).collect()
}

/// Notes on units that cannot be honoured.
fn told(mut unused: Vec<Unused>) -> Vec<String> {
    unused.sort();
    unused.dedup();
    let more = unused.len().saturating_sub(MOST_UNUSED);
    let line = |one: &Unused| format!("The prescription {} ({}) is not used: {}.", one.name, one.origin, one.why);
    let mut lines: Vec<String> = unused.iter().take(MOST_UNUSED).map(line).collect();
    if more > 0 {
        lines.push(format!("{more} more prescriptions are not used for reasons of that kind."));
    }
    lines
}
