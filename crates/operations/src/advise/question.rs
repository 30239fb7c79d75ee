//! What is asked of a run, settled: everything its decision depends on besides what indexes say.
//!
//! How the files were read and the environment found is known elsewhere; how it is decided, in
//! [`deliberate`](super::deliberate).

use std::collections::{BTreeMap, BTreeSet};

use evidence::Ignores;
use packaging::{
    Digest, Origin, PackageName, Requirement, RuntimeEnvironment, Url, Version, VersionSpecifiers, Wanted,
    environment::Host,
    lock::Format,
    project::{Declaration, IndexOptions, Project},
};
use resolution::{
    Objective, Problem,
    catalogue::Want,
    outcome::{EvidenceUsed, Reason, Unknown},
    pipeline::Beginning,
    policy::{Policy, Prereleases},
    rule::Rules,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    advisories::Loaded,
    environment,
    experience::{self, Experience},
    hex,
    indexes::Routes,
    inputs::Inputs,
    locking::Existing,
    look::Looked,
};
use crate::{
    error::AdviseError,
    request::{Request, Upgrade, Walk},
    seen::Seen,
};

/// What is decided. A changed case is another question about the same world.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) problem: Problem,
    pub(crate) policy: Policy,
    pub(crate) environment: RuntimeEnvironment,
    /// The machine it is for: what prescriptions ask about.
    #[serde(default)]
    pub(crate) host: Host,
    /// What the user says of the run, for prescriptions and units that ask for it.
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
    /// What prescriptions ask that takes a look.
    #[serde(default)]
    pub(crate) seen: Seen,
}

impl Case {
    /// What `request` asks of the project, markers judged for the environment.
    pub(crate) fn new(
        request: &Request,
        inputs: &Inputs,
        environment: RuntimeEnvironment,
        existing: Option<&Existing>,
        pipfile_is_locked: Option<bool>,
        hashes: BTreeMap<PackageName, BTreeSet<Digest>>,
    ) -> Result<(Self, Begun), AdviseError> {
        let problem = problem(request, inputs, &environment)?;
        let policy = policy(request, inputs, existing, &problem, hashes).with_pipeline(inputs.pipeline.clone());
        let beginning = Beginning {
            wants: &problem.wants,
            pipfile_is_locked,
            ignores: request.ignores.clone(),
            ..Beginning::new(&request.labels, request.host.clone())
        };
        let Beginning { ignores, notes, .. } = beginning.run(&policy.pipeline, request.recommendation);
        let policy = Policy { ignores: Ignores::new(ignores.clone()), ..policy };
        let (host, labels) = (request.host.clone(), request.labels.clone());
        Ok((Self { problem, policy, environment, host, labels, seen: Seen::default() }, Begun { ignores, notes }))
    }
}

/// What the boots of a pipeline made of a run, besides the case.
pub(crate) struct Begun {
    /// Identifiers of vulnerabilities that do not count, as they were written.
    ignores: Vec<String>,
    pub(crate) notes: Vec<String>,
}

/// What the report and the lock say besides the decision. Nothing in it bears on what is chosen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Setting {
    /// The environment and where it comes from, for the reader.
    pub(crate) environment: String,
    /// Its name, where the project names it.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// The files that say what is required.
    pub(crate) files: Vec<String>,
    pub(crate) evidence: EvidenceUsed,
    /// What the evidence leaves open.
    pub(crate) unknown: Vec<Unknown>,
    pub(crate) notes: Vec<String>,
    /// Two requirements that name different archives of one package: they rule out every stack.
    pub(crate) rivals: Vec<(String, Origin)>,
    /// The versions of the existing lock.
    pub(crate) existing: Option<BTreeMap<PackageName, Version>>,
    /// The name of the project.
    pub(crate) project: Option<PackageName>,
    /// The Python versions the project supports, and where it says so.
    pub(crate) requires_python: Option<(VersionSpecifiers, Origin)>,
    /// The format of the lock.
    pub(crate) format: Format,
    /// The path of the lock as the user would write it; `None` for standard output.
    pub(crate) lock: Option<String>,
    /// The command, for the header of a requirements file.
    pub(crate) command: String,
    /// The text of the `Pipfile`, when one was read: its hash goes into the lock.
    pub(crate) pipfile: Option<String>,
    /// What remains vulnerable in `security` is accepted.
    pub(crate) exit_zero: bool,
    /// How many stacks are told besides the chosen one.
    #[serde(default)]
    pub(crate) alternatives: usize,
    /// How many of the best stacks are told, the chosen one included.
    #[serde(default)]
    pub(crate) count: usize,
    /// How a predictor walks, when one is asked for.
    #[serde(default)]
    pub(crate) walk: Option<Walk>,
    /// Who set the cooldown, when there is one.
    pub(crate) cooldown: Option<Origin>,
    /// Identifiers that were to be ignored, as the user wrote them.
    pub(crate) ignores: Vec<String>,
}

/// Everything the project declares, whether it applies in the environment or not: what is required for another Python.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Declared {
    requirements: Vec<Want>,
    constraints: Vec<Want>,
    overrides: Vec<Want>,
}

impl Declared {
    /// Of wants whose markers are not judged yet.
    #[cfg(test)]
    pub(crate) fn of(requirements: Vec<Want>, constraints: Vec<Want>) -> Self {
        Self { requirements, constraints, overrides: Vec::new() }
    }

    fn new(project: &Project) -> Self {
        let all = |declarations: &[Declaration]| declarations.iter().map(want).collect();
        Self {
            requirements: all(&project.requirements),
            constraints: all(&project.constraints),
            overrides: all(&project.overrides),
        }
    }

    /// Takes a requirement in that nobody wrote; where overrides take the place of requirements, as a constraint too.
    pub(crate) fn suppose(&mut self, want: Want) {
        if self.overrides.iter().any(|one| one.package == want.package) {
            self.constraints.push(want.clone());
        }
        self.requirements.push(want);
    }

    /// What the project requires of a package in other environments than this one.
    pub(crate) fn elsewhere<'a>(
        &'a self,
        package: &'a PackageName,
        environment: &'a RuntimeEnvironment,
    ) -> impl Iterator<Item = &'a Want> {
        let applies = |want: &Want| {
            let requirement = want.text.parse::<Requirement>();
            requirement.is_ok_and(|requirement| requirement.applies(&environment.markers, &[]))
        };
        self.requirements.iter().filter(move |want| want.package == *package && !applies(want))
    }

    /// What the project wants in an environment. A text that cannot be read again counts as applying.
    pub(crate) fn problem(&self, environment: &RuntimeEnvironment, objective: &Objective) -> Problem {
        let applies = |want: &&Want| {
            let requirement = want.text.parse::<Requirement>();
            requirement.map_or(true, |requirement| requirement.applies(&environment.markers, &[]))
        };
        let applying = |wants: &[Want]| wants.iter().filter(applies).cloned().collect();
        let replaced = self.overrides.iter().map(|want| want.package.clone()).collect();
        together(
            applying(&self.requirements),
            applying(&self.constraints),
            replaced,
            applying(&self.overrides),
            objective.clone(),
        )
    }
}

/// A problem of what applies. An override whose marker does not apply drops the requirement, as in uv.
fn together(
    mut wants: Vec<Want>,
    constraints: Vec<Want>,
    replaced: BTreeSet<PackageName>,
    replacements: Vec<Want>,
    objective: Objective,
) -> Problem {
    let mut overrides: BTreeMap<PackageName, Vec<Want>> =
        replaced.into_iter().map(|package| (package, Vec::new())).collect();
    for replacement in replacements {
        overrides.entry(replacement.package.clone()).or_default().push(replacement);
    }
    wants.retain(|want| overrides.get(&want.package).is_none_or(|overriding| !overriding.is_empty()));
    Problem { wants, constraints, overrides, objective, rules: Rules::default() }
}

/// A case with its setting.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Question {
    pub(crate) case: Case,
    /// What was saved before another Python was asked for lacks it.
    #[serde(default)]
    pub(crate) declared: Option<Declared>,
    /// What was saved before there were prescriptions lacks it.
    #[serde(default)]
    pub(crate) experience: Experience,
    /// What is known of releases by looking at them.
    #[serde(default, skip_serializing_if = "Looked::is_nothing")]
    pub(crate) looked: Looked,
    pub(crate) setting: Setting,
}

impl Question {
    /// Puts together what was read and found.
    pub(crate) fn new(
        (case, begun): (Case, Begun),
        request: &Request,
        inputs: &Inputs,
        chosen: &environment::Chosen,
        (loaded, prescribed): (&Loaded, experience::Loaded),
        existing: Option<Existing>,
        (format, lock): (Format, Option<String>),
    ) -> Self {
        let mut notes = inputs.project.notes.clone();
        notes.extend(begun.notes);
        notes.extend(chosen.note.clone());
        notes.extend(existing.iter().flat_map(|existing| existing.notes.iter().cloned()));
        notes.extend(loaded.notes.iter().cloned());
        notes.extend(prescribed.notes);
        let setting = Setting {
            environment: chosen.shown(),
            name: request.environment.clone(),
            files: inputs.project.files.clone(),
            evidence: EvidenceUsed {
                advisories: loaded.advisories.as_ref().map(|advisories| advisories.used.clone()),
                missing: loaded.missing.clone(),
                exclude_newer: request.exclude_newer.as_ref().map(|(before, _)| *before),
                prescriptions: prescribed.used,
                observations: prescribed.observations,
                scans: None,
                health: None,
            },
            unknown: unknown_evidence(loaded),
            notes,
            rivals: rivals(&inputs.project, &case.environment),
            existing: existing.map(|existing| existing.versions),
            project: inputs.project.name.clone(),
            requires_python: inputs.project.requires_python.clone(),
            format,
            lock,
            command: request.command.clone(),
            pipfile: inputs.pipfile.clone(),
            exit_zero: request.exit_zero,
            alternatives: request.alternatives,
            count: request.count,
            walk: request.walk.clone(),
            cooldown: request.exclude_newer.as_ref().map(|(_, origin)| origin.clone()),
            ignores: begun.ignores,
        };
        let declared = Some(Declared::new(&inputs.project));
        Self { case, declared, experience: prescribed.experience, looked: Looked::default(), setting }
    }

    /// What rules out every stack before any release is looked at: a Python that the project does not support, or two
    /// archives for one package.
    pub(crate) fn contradiction(&self) -> Option<Vec<Reason>> {
        let environment = &self.case.environment;
        if let Some((supported, origin)) = &self.setting.requires_python
            && !environment.supports(supported)
        {
            return Some(vec![Reason::Python {
                supported: supported.clone(),
                origin: origin.clone(),
                environment: environment.python.clone(),
            }]);
        }
        if let Some(facts) = self.experience.refusal() {
            return Some(facts);
        }
        let want = |(text, origin): &(String, Origin)| Reason::Want { text: text.clone(), origin: origin.clone() };
        (!self.setting.rivals.is_empty()).then(|| self.setting.rivals.iter().map(want).collect())
    }

    /// What a lock says of how it came about.
    pub(crate) fn provenance(&self) -> toml::Table {
        let mut table = toml::Table::new();
        table.insert("recommendation-type".into(), self.case.problem.objective.recommendation.name().into());
        table.insert("problem".into(), self.identity().into());
        if let Some(advisories) = &self.setting.evidence.advisories {
            table.insert("advisories".into(), advisories.id.as_str().into());
        }
        if !self.setting.ignores.is_empty() {
            table.insert("ignored".into(), self.setting.ignores.clone().into());
        }
        let limit = self.case.policy.exclude_newer;
        if let Some(time) = limit.and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok()) {
            table.insert("exclude-newer".into(), time.to_string().into());
        }
        table
    }
}

/// What the pages of a problem depend on: its requirements, environment and indexes.
pub(crate) fn problem_key(case: &Case, routes: &Routes) -> String {
    let mut hash = Sha256::new();
    describe(&case.problem, &mut hash);
    hash.update(case.environment.identity());
    for place in &routes.places {
        hash.update(place.key.as_str());
    }
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

/// Two requirements that name different archives of one package, if there are any.
fn rivals(project: &Project, environment: &RuntimeEnvironment) -> Vec<(String, Origin)> {
    let mut archives: BTreeMap<&PackageName, (&Url, &Declaration)> = BTreeMap::new();
    for declaration in &project.requirements {
        let requirement = &declaration.requirement;
        let Wanted::Url(url) = &requirement.wanted else { continue };
        if !requirement.applies(&environment.markers, &[]) {
            continue;
        }
        let (first, other) = *archives.entry(&requirement.name).or_insert((url, declaration));
        if first != url {
            let rival = |declaration: &Declaration| (declaration.requirement.to_string(), declaration.origin.clone());
            return vec![rival(other), rival(declaration)];
        }
    }
    Vec::new()
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
    let problem = together(
        applying(&inputs.project.requirements),
        applying(&inputs.project.constraints),
        inputs.project.overrides.iter().map(|one| one.requirement.name.clone()).collect(),
        applying(&inputs.project.overrides),
        Objective::new(request.recommendation, request.direction),
    );
    let bounds = problem.constraints.iter().chain(problem.overrides.values().flatten());
    if let Some(archive) = bounds.into_iter().find(|want| want.archive) {
        return Err(AdviseError::Usage(format!(
            "{}: `{}` names an archive; constraints and overrides bound versions (name the archive as a requirement)",
            archive.origin, archive.text
        )));
    }
    Ok(problem)
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

/// The packages that are required in every environment, from an index.
pub(crate) fn certain(project: &Project) -> Vec<PackageName> {
    let is_settled_elsewhere = |name: &PackageName| {
        let archive =
            |one: &Declaration| one.requirement.name == *name && matches!(one.requirement.wanted, Wanted::Url(_));
        project.requirements.iter().any(archive) || project.overrides.iter().any(|one| one.requirement.name == *name)
    };
    let requirements = project.requirements.iter().map(|declaration| &declaration.requirement);
    let certain = requirements.filter(|one| one.marker.is_true() && !is_settled_elsewhere(&one.name));
    certain.map(|requirement| requirement.name.clone()).collect()
}

/// The archives that the project names by URL, each package once.
pub(crate) fn archives(
    declarations: &[Declaration],
    environment: &RuntimeEnvironment,
) -> Vec<(PackageName, Url, Vec<Digest>)> {
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

/// The hashes that the project demands of files, by package; an error where it demands them of all and one has none.
pub(crate) fn demanded(project: &Project) -> Result<BTreeMap<PackageName, BTreeSet<Digest>>, AdviseError> {
    let mut hashes: BTreeMap<PackageName, BTreeSet<Digest>> = BTreeMap::new();
    for declaration in &project.requirements {
        if !declaration.hashes.is_empty() {
            let demanded = hashes.entry(declaration.requirement.name.clone()).or_default();
            demanded.extend(declaration.hashes.iter().cloned());
        } else if project.options.require_hashes {
            return Err(AdviseError::Usage(format!(
                "{}: `{}` has no hash, and --require-hashes is in force",
                declaration.origin, declaration.requirement
            )));
        }
    }
    Ok(hashes)
}

fn policy(
    request: &Request,
    inputs: &Inputs,
    existing: Option<&Existing>,
    problem: &Problem,
    hashes: BTreeMap<PackageName, BTreeSet<Digest>>,
) -> Policy {
    let options = &inputs.project.options;
    let mut policy = Policy::new(problem.objective.clone());
    policy.prereleases = match request.prereleases {
        Some(prereleases) => prereleases,
        None if options.pre => Prereleases::Allow,
        None => Prereleases::default(),
    };
    policy.exclude_newer = request.exclude_newer.as_ref().map(|(before, _)| *before);
    policy.formats = formats(request, options);
    policy.hashes = hashes;
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
    policy
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

fn unknown_evidence(loaded: &Loaded) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    if let Some(why) = &loaded.missing {
        unknown.push(Unknown { about: "vulnerabilities of every release".to_string(), why: why.clone() });
    } else if !loaded.exploited {
        unknown.push(Unknown {
            about: "which vulnerabilities are exploited".to_string(),
            why: "no catalogue of them, such as CISA's, is among the advisory sources (`--advisories`)".to_string(),
        });
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(lines: &[&str]) -> Vec<Declaration> {
        let declare = |line: &&str| Declaration {
            requirement: line.parse().unwrap(),
            hashes: Vec::new(),
            origin: Origin::file("requirements.in"),
        };
        lines.iter().map(declare).collect()
    }

    #[test]
    fn only_what_no_environment_can_do_without_is_asked_for_before_it_is_known() {
        let project = Project {
            requirements: declared(&[
                "flask>=2",
                "colorama; sys_platform == 'win32'",
                "ours @ https://files.example/ours-1.0-py3-none-any.whl",
                "ours; python_version >= '3'",
                "replaced>1",
                "dropped",
            ]),
            overrides: declared(&["replaced==1", "dropped; python_version < '3'"]),
            ..Project::default()
        };
        let names: Vec<String> = certain(&project).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["flask"]);
    }
}
