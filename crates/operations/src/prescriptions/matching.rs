//! What prescriptions say of given releases in an environment: what fires, and why the rest does not.

use std::collections::BTreeSet;

use prescriptions::{Candidate, Circumstances, Key, Matcher, Pipeline, Unit, Wanted, circumstances};
use resolution::pipeline::{self, Beginning};

use super::load;
use crate::{
    advise::environment, environments::asked_about, error::AdviseError, request::Request, seen::Seen, world::World,
};

/// What is said of some releases.
#[derive(Debug)]
pub struct Matching {
    /// The environment they are looked at in.
    pub environment: String,
    /// Where the prescriptions are from; empty when there are none.
    pub sources: Vec<String>,
    /// The units about any of the releases, about the base image or about any run, by name.
    pub units: Vec<Matched>,
    /// What else the reader should know.
    pub notes: Vec<String>,
}

/// A unit, and whether it fires.
#[derive(Debug)]
pub struct Matched {
    /// The unit.
    pub unit: Unit,
    /// Why it does not fire, as a clause; `None` when it does.
    pub why_not: Option<String>,
}

/// Looks what the prescriptions of `request` say of `releases` in its environment, as if they were a stack. Who requires
/// whom is not known, and left out of account.
///
/// # Errors
/// When there is no environment, or the prescriptions cannot be read.
pub fn matching(request: &Request, releases: &[Candidate], world: &World<'_>) -> Result<Matching, AdviseError> {
    let chosen = environment::choose(request, world, None)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| AdviseError::Read { file: "the clock and the network".to_string(), source })?;
    let (stated, assumed) = asked_about(request);
    // The machine as the boots of a run would name it.
    let host = Beginning::new(&request.labels, stated.clone())
        .run(&pipeline::Pipeline::default(), request.recommendation)
        .host;
    let mut notes: Vec<String> = chosen.note.iter().cloned().chain(assumed).collect();
    let loaded = runtime.block_on(load(&request.prescriptions, &request.folder, world, &mut notes))?;
    let mut matching = Matching { environment: chosen.shown(), sources: Vec::new(), units: Vec::new(), notes };
    let Some(loaded) = loaded else { return Ok(matching) };
    matching.sources.clone_from(&loaded.facts().sources);
    let packages = releases.iter().map(|release| Key::Package(release.name.clone()));
    let image = host.base_image.present().map(|image| Key::image(image));
    let seen = runtime.block_on(Seen::look(&loaded.facts().asked, request, world, &mut matching.notes))?;
    let keys: BTreeSet<Key> = packages.chain([Key::General]).chain(image).collect();
    let mut units = loaded.about(&keys.iter().cloned().collect::<Vec<_>>(), Wanted::ALL)?;
    // A unit about several packages is kept with the first of them, and with all that decides.
    let is_asked = |matcher: &&Matcher| {
        matcher.name.as_ref().is_some_and(|name| releases.iter().any(|release| release.name == *name))
    };
    let is_further = |unit: &Unit| unit.keys().is_disjoint(&keys) && unit.act.matchers().iter().any(is_asked);
    units.extend(loaded.about(&[Key::Deciding], Wanted::ALL)?.into_iter().filter(is_further));
    units.sort_by(|one, two| (&one.name, &one.place).cmp(&(&two.name, &two.place)));
    let platform = circumstances::platform(&chosen.environment);
    let circumstances = Circumstances {
        pipeline: Pipeline::Advise(request.recommendation.name()),
        authenticated: false,
        labels: &request.labels,
        library_usage: seen.usage.as_ref(),
        python: &chosen.environment.python,
        platform: &platform,
        system: &stated.operating_system,
        host: &host,
        image: seen.image.as_ref(),
    };
    matching.units = units
        .into_iter()
        .map(|unit| {
            let fits = unit.act.fits(releases).map_err(|missing| missing.to_string());
            let applies = || unit.when.applies(&circumstances).map_err(|why| why.to_string());
            Matched { why_not: fits.and_then(|()| applies()).err(), unit }
        })
        .collect();
    Ok(matching)
}
