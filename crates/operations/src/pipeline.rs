//! The pipeline that a run would have: which units take part, and which prescriptions could fire in it.

use std::collections::BTreeSet;

use packaging::PackageName;
use prescriptions::{Key, Wanted};
use resolution::{Recommendation, pipeline::Pipeline};

use crate::{
    advise::{
        environment, experience, in_runtime, no_inputs,
        question::{Case, demanded},
        read_inputs,
    },
    environments::asked_about,
    error::AdviseError,
    prescriptions::{Matched, load},
    request::Request,
    seen::Seen,
    world::World,
};

/// The pipeline of a run.
#[derive(Debug)]
pub struct Shown {
    /// What is asked for.
    pub recommendation: Recommendation,
    /// The environment it is for, for the reader.
    pub environment: String,
    /// Which units take part.
    pub pipeline: Pipeline,
    /// What the project requires in that environment; `None` where there is no project to read.
    pub direct: Option<BTreeSet<PackageName>>,
    /// Where prescriptions are from.
    pub sources: Vec<String>,
    /// The units of prescriptions that are about no package or about what the project itself requires, and all that decide,
    /// by name. Whether the packages of one will be in the stack is not known before it is chosen.
    pub prescriptions: Vec<Matched>,
    /// What else the reader should know.
    pub notes: Vec<String>,
}

/// Finds out what pipeline `request` would have. No index is asked.
///
/// # Errors
/// When the project, its environment, the pipeline or the prescriptions cannot be read.
pub fn shown(request: &Request, world: &World<'_>) -> Result<Shown, AdviseError> {
    in_runtime(|runtime| {
        let (inputs, is_there) = match read_inputs(request, world, runtime.handle()) {
            Err(AdviseError::NothingToResolve { .. }) => (no_inputs(request)?, false),
            inputs => (inputs?, true),
        };
        let python = inputs.project.python_version.as_ref().map(|(version, _)| version.as_str());
        let chosen = environment::choose(request, world, python)?;
        let hashes = demanded(&inputs.project)?;
        let (mut case, begun) = Case::new(request, &inputs, chosen.environment.clone(), None, None, hashes)?;
        let (host, assumed) = asked_about(request);
        case.host = host;
        let direct = experience::direct(&case);
        let mut shown = Shown {
            recommendation: request.recommendation,
            environment: chosen.shown(),
            pipeline: case.policy.pipeline.clone(),
            direct: is_there.then(|| direct.clone()),
            sources: Vec::new(),
            prescriptions: Vec::new(),
            notes: chosen.note.iter().cloned().chain(begun.notes).chain(assumed).collect(),
        };
        let loading = load(&request.prescriptions, &request.folder, world, &mut shown.notes);
        if let Some(loaded) = runtime.block_on(world.limits.demand(loading))? {
            shown.sources.clone_from(&loaded.facts().sources);
            case.seen = runtime.block_on(Seen::look(&loaded.facts().asked, request, world, &mut shown.notes))?;
            let image = case.host.base_image.present().map(|image| Key::image(image));
            let packages = direct.into_iter().map(Key::Package);
            let keys: Vec<Key> = std::iter::once(Key::General).chain(image).chain(packages).collect();
            let mut units = loaded.about(&[Key::Deciding], Wanted::ALL)?;
            let others = loaded.about(&keys, Wanted::ALL)?;
            units.extend(others.into_iter().filter(|unit| !unit.keys().contains(&Key::Deciding)));
            shown.prescriptions = judged(&case, units);
        }
        Ok(shown)
    })
}

/// Units with whether they take part in a run of this case, by name.
fn judged(case: &Case, mut units: Vec<prescriptions::Unit>) -> Vec<Matched> {
    units.sort_by(|one, two| (&one.name, &one.place).cmp(&(&two.name, &two.place)));
    let (host, platform) = (experience::named(case), experience::platform_of(case));
    let circumstances = experience::circumstances(case, &host, &platform);
    let judged = |unit: prescriptions::Unit| {
        let kind = unit.act.kind();
        let why_not = match case.policy.pipeline.admits(kind) {
            true => unit.when.applies(&circumstances).err().map(|why| why.to_string()),
            false => Some(format!("the pipeline has no `prescription.{}`", kind.name())),
        };
        Matched { unit, why_not }
    };
    units.into_iter().map(judged).collect()
}
