//! `advise`: from what a project declares to the greatest stack, locked and explained.

pub(crate) mod advisories;
mod decide;
mod environment;
mod fetch;
mod gather;
mod indexes;
mod inputs;
mod locking;
mod telling;
mod temptation;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Instant,
};

use evidence::Ignores;
use knowledge::Run;
use packaging::{
    Digest, PackageName, RuntimeEnvironment, Url, VersionSpecifiers, Wanted,
    lock::Format,
    project::{Declaration, IndexOptions, Project},
};
use resolution::{
    Objective, Problem, Recommendation,
    catalogue::Want,
    outcome::{Effort, EvidenceUsed, Explanation, Outcome, Reason, Unknown, Verdict},
    policy::{Policy, Prereleases},
    sieve::Sieve,
};
use sha2::{Digest as _, Sha256};

use self::{
    decide::{Decided, decide},
    gather::Gather,
    inputs::Inputs,
    locking::{Existing, Locksmith},
    telling::Teller,
};
use crate::{
    db,
    error::AdviseError,
    request::{Request, Upgrade},
    world::World,
};

/// How a run ended: the outcome to report, and the lock.
#[derive(Debug)]
pub struct Advice {
    /// What was decided and why.
    pub outcome: Outcome,
    /// The lock; `None` when there is no stack.
    pub lock: Option<WrittenLock>,
}

/// A lock that was written, or is to be printed.
#[derive(Debug)]
pub struct WrittenLock {
    /// Its format.
    pub format: Format,
    /// Where it is; `None` when its text goes to standard output.
    pub path: Option<PathBuf>,
    /// The path as the user would write it.
    pub shown: Option<String>,
    /// Its text.
    pub text: String,
    /// The SHA-256 of its text, in hexadecimal digits.
    pub sha256: String,
    /// Whether the file had this very text before.
    pub unchanged: bool,
}

impl Advice {
    /// Whether the run ended as wanted: a stack was found, and in `security` nothing remains in it.
    pub fn is_acceptable(&self) -> bool {
        match &self.outcome.verdict {
            Verdict::Impossible(_) => false,
            Verdict::Stack(decision) => {
                self.outcome.recommendation != Recommendation::Security || decision.remaining.is_empty()
            }
        }
    }
}

/// Chooses the greatest stack for what `request` asks, and writes its lock.
///
/// # Errors
/// When the decision cannot be made: usage, input, network or data. Nothing is written then.
pub fn advise(request: &Request, world: &World<'_>) -> Result<Advice, AdviseError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|source| AdviseError::Read { file: "the clock and the network".to_string(), source })?;
    let started = Instant::now();
    let inputs = inputs::read(request, world, runtime.handle())?;
    tracing::info!(
        "read {}: {}",
        inputs.project.files.join(", "),
        count(inputs.project.requirements.len(), "requirement")
    );
    let destination = locking::destination(request, &inputs)?;
    let existing = locking::existing(&destination, &request.folder)?;
    let python = inputs.project.python_version.as_ref().map(|(version, _)| version.as_str());
    let chosen = environment::choose(request, world, python)?;
    tracing::info!("environment: {}", chosen.shown());
    let mut advice = runtime.block_on(run(request, world, &inputs, &destination, existing, chosen))?;
    advice.outcome.effort.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    // Requests made ahead that nobody waits for any more end with the runtime.
    runtime.shutdown_background();
    Ok(advice)
}

async fn run(
    request: &Request,
    world: &World<'_>,
    inputs: &Inputs,
    destination: &locking::Destination,
    existing: Option<Existing>,
    chosen: environment::Chosen,
) -> Result<Advice, AdviseError> {
    let environment = &chosen.environment;
    let mut notes = inputs.project.notes.clone();
    notes.extend(chosen.note.clone());
    notes.extend(existing.iter().flat_map(|existing| existing.notes.iter().cloned()));
    let loaded = advisories::load(request, world).await?;
    notes.extend(loaded.notes.iter().cloned());
    tell_advisories(&loaded);
    let routes = indexes::Routes::new(request, &inputs.project.options, world)?;
    let shown: Vec<String> = (0..routes.places.len()).map(|place| routes.shown(place)).collect();
    tracing::info!("indexes, in the order they are asked: {}", shown.join(", "));
    let problem = problem(request, inputs, environment)?;
    let policy = policy(request, inputs, existing.as_ref(), &problem)?;
    let mut gather = Gather::new(world, routes, loaded.advisories.clone());
    let key = problem_key(&problem, environment, gather.routes());
    if let Ok(Some(last)) = world.knowledge.last_run(&key) {
        gather.expect(&last.packages);
    }

    let decided = match contradiction(&inputs.project, environment) {
        Some(facts) => {
            let verdict = Verdict::Impossible(Explanation { facts });
            let outcome = outcome(request, inputs, &chosen, &loaded, verdict, notes);
            return Ok(Advice { outcome, lock: None });
        }
        None => {
            gather.archives(&archives(&inputs.project.requirements, environment)).await?;
            decide(&problem, &policy, environment, &mut gather, world.progress).await?
        }
    };
    let identity = identity(&problem, environment, &policy, loaded.advisories.as_ref().map(|one| one.used.id.as_str()));
    let blind = match &decided.end {
        Ok(stack) if temptation::could_be_avoided(&decided.search, stack, &policy) => {
            Some(blind(&problem, &policy, environment, &mut gather, world).await?)
        }
        _ => None,
    };
    let sieve = Sieve::new(environment, &policy, &problem);
    let teller = Teller { search: &decided.search, policy: &policy, sieve: &sieve, gather: &gather };
    let mut unknown = unknown_evidence(&loaded);
    let mut lock = None;
    let verdict = match &decided.end {
        Err(conflict) => Verdict::Impossible(teller.explanation(conflict)),
        Ok(stack) => {
            unknown.extend(teller.unknown(stack));
            let other = blind.as_ref().and_then(|other| other.end.as_ref().ok().map(|stack| (&other.search, stack)));
            let decision = teller.decision(stack, other, existing.as_ref(), identity.clone());
            let locksmith = Locksmith {
                search: &decided.search,
                stack,
                sieve: &sieve,
                gather: &gather,
                environment,
                request,
                inputs,
                thoth: provenance(request, &loaded, &identity, &policy),
            };
            let text = locksmith.write(destination.format, &locksmith.lock()?)?;
            lock = Some(finish(destination, text, request)?);
            Verdict::Stack(decision)
        }
    };
    let statistics = decided.search.statistics();
    tracing::debug!("{statistics:?}");
    let mut outcome = outcome(request, inputs, &chosen, &loaded, verdict, notes);
    outcome.unknown = unknown;
    outcome.effort = Effort {
        packages: decided.search.catalogue().packages().len(),
        releases_read: decided.search.catalogue().releases_read(),
        requests: gather.requests(),
        steps: statistics.steps,
        milliseconds: 0,
    };
    remember(world, key, &outcome, &decided);
    Ok(Advice { outcome, lock })
}

/// Traces which advisories the run decides by.
fn tell_advisories(loaded: &advisories::Loaded) {
    match &loaded.advisories {
        Some(advisories) => {
            let used = &advisories.used;
            let (id, age) = (used.id.get(..12).unwrap_or(&used.id), used.age.unwrap_or_default());
            let records = count(used.records, "record");
            tracing::info!("advisories {id} of {}: {records}, checked {age} s ago", used.sources.join(", "));
        }
        None => tracing::info!("no advisories: {}", loaded.missing.as_deref().unwrap_or("there are none")),
    }
}

/// A number with what is counted.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The outcome as far as it does not depend on the search.
fn outcome(
    request: &Request,
    inputs: &Inputs,
    chosen: &environment::Chosen,
    loaded: &advisories::Loaded,
    verdict: Verdict,
    notes: Vec<String>,
) -> Outcome {
    Outcome {
        recommendation: request.recommendation,
        environment: chosen.shown(),
        inputs: inputs.project.files.clone(),
        evidence: EvidenceUsed {
            advisories: loaded.advisories.as_ref().map(|advisories| advisories.used.clone()),
            missing: loaded.missing.clone(),
            exclude_newer: request.exclude_newer,
        },
        verdict,
        notes,
        unknown: unknown_evidence(loaded),
        effort: Effort::default(),
    }
}

/// What rules out every stack before any release is looked at: a Python that the project does not support, or two archives
/// for one package.
fn contradiction(project: &Project, environment: &RuntimeEnvironment) -> Option<Vec<Reason>> {
    if let Some((supported, origin)) = &project.requires_python
        && !environment.supports(supported)
    {
        return Some(vec![Reason::Python {
            supported: supported.clone(),
            origin: origin.clone(),
            environment: environment.python.clone(),
        }]);
    }
    let mut archives: BTreeMap<&PackageName, (&Url, &Declaration)> = BTreeMap::new();
    for declaration in &project.requirements {
        let requirement = &declaration.requirement;
        let Wanted::Url(url) = &requirement.wanted else { continue };
        if !requirement.applies(&environment.markers, &[]) {
            continue;
        }
        let (first, other) = *archives.entry(&requirement.name).or_insert((url, declaration));
        if first != url {
            let reason = |declaration: &Declaration| Reason::Want {
                text: declaration.requirement.to_string(),
                origin: declaration.origin.clone(),
            };
            return Some(vec![reason(other), reason(declaration)]);
        }
    }
    None
}

/// What the project wants, markers judged for the environment.
fn problem(request: &Request, inputs: &Inputs, environment: &RuntimeEnvironment) -> Result<Problem, AdviseError> {
    let applying = |declarations: &[Declaration]| -> Vec<Want> {
        declarations
            .iter()
            .filter(|declaration| declaration.requirement.applies(&environment.markers, &[]))
            .map(want)
            .collect()
    };
    // An override whose marker does not apply here drops the requirement, as in uv.
    let mut overrides: BTreeMap<PackageName, Vec<Want>> =
        inputs.project.overrides.iter().map(|one| (one.requirement.name.clone(), Vec::new())).collect();
    for replacement in applying(&inputs.project.overrides) {
        overrides.entry(replacement.package.clone()).or_default().push(replacement);
    }
    let constraints = applying(&inputs.project.constraints);
    if let Some(archive) = constraints.iter().chain(overrides.values().flatten()).find(|want| want.archive) {
        return Err(AdviseError::Usage(format!(
            "{}: `{}` names an archive; constraints and overrides bound versions (name the archive as a requirement)",
            archive.origin, archive.text
        )));
    }
    let mut wants = applying(&inputs.project.requirements);
    wants.retain(|want| overrides.get(&want.package).is_none_or(|overriding| !overriding.is_empty()));
    Ok(Problem { wants, constraints, overrides, objective: Objective::new(request.recommendation, request.direction) })
}

fn want(declaration: &Declaration) -> Want {
    let requirement = &declaration.requirement;
    let (specifiers, archive) = match &requirement.wanted {
        Wanted::Versions(specifiers) => (specifiers.clone(), false),
        Wanted::Url(_) => (VersionSpecifiers::empty(), true),
    };
    Want {
        package: requirement.name.clone(),
        extras: requirement.extras.clone(),
        specifiers,
        origin: declaration.origin.clone(),
        text: requirement.to_string(),
        archive,
    }
}

/// The archives that the project names by URL, each package once.
fn archives(declarations: &[Declaration], environment: &RuntimeEnvironment) -> Vec<(PackageName, Url, Vec<Digest>)> {
    let mut archives: Vec<(PackageName, Url, Vec<Digest>)> = Vec::new();
    for declaration in declarations {
        let requirement = &declaration.requirement;
        if let Wanted::Url(url) = &requirement.wanted
            && requirement.applies(&environment.markers, &[])
            && !archives.iter().any(|(package, ..)| *package == requirement.name)
        {
            archives.push((requirement.name.clone(), url.clone(), declaration.hashes.clone()));
        }
    }
    archives
}

fn policy(
    request: &Request,
    inputs: &Inputs,
    existing: Option<&Existing>,
    problem: &Problem,
) -> Result<Policy, AdviseError> {
    let options = &inputs.project.options;
    let mut policy = Policy::new(problem.objective.clone());
    policy.prereleases = match request.prereleases {
        Some(prereleases) => prereleases,
        None if options.pre => Prereleases::Allow,
        None => Prereleases::default(),
    };
    policy.exclude_newer = request.exclude_newer;
    policy.formats = formats(request, options);
    policy.ignores = Ignores::new(&request.ignores);
    for declaration in &inputs.project.requirements {
        if !declaration.hashes.is_empty() {
            let demanded: &mut BTreeSet<Digest> =
                policy.hashes.entry(declaration.requirement.name.clone()).or_default();
            demanded.extend(declaration.hashes.iter().cloned());
        } else if options.require_hashes {
            return Err(AdviseError::Usage(format!(
                "{}: `{}` has no hash, and --require-hashes is in force",
                declaration.origin, declaration.requirement
            )));
        }
    }
    if let Some(existing) = existing {
        policy.locked = match &request.upgrade {
            Upgrade::Keep => existing.versions.clone(),
            Upgrade::All => BTreeMap::new(),
            Upgrade::Packages(given_up) => existing
                .versions
                .iter()
                .filter(|(name, _)| !given_up.contains(*name))
                .map(|(name, version)| (name.clone(), version.clone()))
                .collect(),
        };
    }
    Ok(policy)
}

/// What the user says of formats goes before what files say.
fn formats(request: &Request, options: &IndexOptions) -> IndexOptions {
    let said = request.no_binary.all
        || request.only_binary.all
        || !request.no_binary.packages.is_empty()
        || !request.only_binary.packages.is_empty();
    let (no_binary, only_binary) = if said {
        (request.no_binary.clone(), request.only_binary.clone())
    } else {
        (options.no_binary.clone(), options.only_binary.clone())
    };
    IndexOptions { no_binary, only_binary, ..IndexOptions::default() }
}

/// What a resolver blind to advisories would choose of the same world.
async fn blind(
    problem: &Problem,
    policy: &Policy,
    environment: &RuntimeEnvironment,
    gather: &mut Gather<'_>,
    world: &World<'_>,
) -> Result<Decided, AdviseError> {
    tracing::info!("deciding once more without advisories, to tell what they changed");
    let objective = Objective::new(Recommendation::Latest, problem.objective.direction);
    let problem = Problem { objective: objective.clone(), ..problem.clone() };
    let policy = Policy { objective, admit_malware: true, ..policy.clone() };
    decide(&problem, &policy, environment, gather, world.progress).await
}

fn unknown_evidence(loaded: &advisories::Loaded) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    if let Some(why) = &loaded.missing {
        unknown.push(Unknown { about: "vulnerabilities of every release".to_string(), why: why.clone() });
    } else if !loaded.exploited {
        unknown.push(Unknown {
            about: "which vulnerabilities are exploited".to_string(),
            why: "no catalogue of exploited vulnerabilities is among the advisory sources".to_string(),
        });
    }
    unknown
}

/// What a lock says of how it came about.
fn provenance(request: &Request, loaded: &advisories::Loaded, problem: &str, policy: &Policy) -> toml::Table {
    let mut table = toml::Table::new();
    table.insert("recommendation-type".into(), request.recommendation.name().into());
    table.insert("problem".into(), problem.into());
    if let Some(advisories) = &loaded.advisories {
        table.insert("advisories".into(), advisories.used.id.as_str().into());
    }
    if !request.ignores.is_empty() {
        table.insert("ignored".into(), request.ignores.clone().into());
    }
    if let Some(time) = policy.exclude_newer.and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok()) {
        table.insert("exclude-newer".into(), time.to_string().into());
    }
    table
}

/// Puts the lock in its place.
fn finish(destination: &locking::Destination, text: String, request: &Request) -> Result<WrittenLock, AdviseError> {
    let mut unchanged = false;
    if let Some(path) = &destination.path {
        unchanged = inputs::bounded(path).is_ok_and(|bytes| bytes == text.as_bytes());
        if !unchanged {
            locking::put(path, &text, &request.folder)?;
        }
        let how = if unchanged { "is as it was" } else { "is written" };
        tracing::info!("the lock {} {how}", locking::shown(path, &request.folder));
    }
    Ok(WrittenLock {
        format: destination.format,
        shown: destination.path.as_ref().map(|path| locking::shown(path, &request.folder)),
        path: destination.path.clone(),
        sha256: locking::sha256(&text).hex,
        text,
        unchanged,
    })
}

/// Keeps the run: the next one of the same problem knows what it will need.
fn remember(world: &World<'_>, key: String, outcome: &Outcome, decided: &Decided) {
    let packages: Vec<PackageName> =
        decided.search.catalogue().packages().iter().map(|package| package.name.clone()).collect();
    let summary = match &outcome.verdict {
        Verdict::Stack(decision) => serde_json::json!({
            "releases": decision.releases.len(),
            "avoided": decision.avoided.len(),
            "remaining": decision.remaining.len(),
        }),
        Verdict::Impossible(_) => serde_json::json!({ "impossible": true }),
    };
    let run = Run {
        key,
        at: world.seconds(),
        recommendation: outcome.recommendation.name().to_string(),
        summary: summary.to_string(),
        packages,
    };
    let due = db::is_tidying_due(world);
    if let Err(error) = world.knowledge.keep_run(&run) {
        tracing::warn!("the run is not kept: {error}");
    }
    if due {
        db::tidy(world);
    }
}

/// What the pages of a problem depend on: its requirements, environment and indexes.
fn problem_key(problem: &Problem, environment: &RuntimeEnvironment, routes: &indexes::Routes) -> String {
    let mut hash = Sha256::new();
    describe(problem, &mut hash);
    hash.update(environment.identity());
    for place in &routes.places {
        hash.update(place.key.as_str());
    }
    hex(&hash.finalize())
}

/// What a decision depends on besides the state of the indexes: what anybody needs to check it again.
fn identity(problem: &Problem, environment: &RuntimeEnvironment, policy: &Policy, advisories: Option<&str>) -> String {
    let mut hash = Sha256::new();
    describe(problem, &mut hash);
    hash.update(environment.identity());
    hash.update(advisories.unwrap_or("no advisories"));
    hash.update(format!("{policy:?}"));
    hex(&hash.finalize())
}

fn describe(problem: &Problem, hash: &mut Sha256) {
    let mut lines = Vec::new();
    let mut add = |what: &str, wants: &[Want]| {
        for want in wants {
            lines.push(format!("{what} {}\n", want.text));
        }
    };
    add("require", &problem.wants);
    add("constrain", &problem.constraints);
    for wants in problem.overrides.values() {
        add("override", wants);
    }
    lines.sort();
    for line in lines {
        hash.update(line);
    }
    hash.update(format!("{:?}", problem.objective));
}

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
