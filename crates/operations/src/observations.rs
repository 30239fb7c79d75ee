//! What happened to a stack after it was decided: told, imported, exported, forgotten.
//!
//! What observations are is known to `evidence`, what they mean to a decision to `resolution`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

pub use evidence::observation::{Cause, Figure, Outcome, Stage, line::tail};
use evidence::{Observation, observation::Environment};
use knowledge::{Kept, StoredObservation};
use packaging::{PackageName, Version, lock::Format};

use crate::{
    advise::{decode, environment},
    environments::machine,
    error::AdviseError,
    files::{self, shown},
    overview::overview,
    request::{Input, Request},
    world::World,
};

/// The most observations of one import.
pub const MOST_IMPORTED: usize = 100_000;
/// The most observations that are kept.
pub const MOST_KEPT: u32 = knowledge::OBSERVATIONS_KEPT;
/// The largest file that is imported, in bytes.
const LARGEST: u64 = 256 << 20;
/// How many lines that cannot be used are told one by one.
const MOST_REFUSED: usize = 20;
/// Who says what `thoth feedback` is told.
const SOURCE: &str = "feedback";

/// Which releases it happened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Those of the lock that `thoth advise` would write.
    Usual,
    /// Those of this lock, relative to the working folder.
    Lock(PathBuf),
    /// These, whatever else was there.
    Releases(BTreeMap<PackageName, Version>),
}

/// What happened, as somebody tells it.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// To what.
    pub subject: Subject,
    /// How far it went.
    pub stage: Stage,
    /// How it ended.
    pub outcome: Outcome,
    /// What was printed, of which the end is kept; relative to the working folder.
    pub output: Option<PathBuf>,
    /// What else there is to say.
    pub note: String,
}

/// What was kept of a feedback.
#[derive(Clone, Debug)]
pub struct Told {
    /// The observation.
    pub observation: Observation,
    /// Where the releases are from, as the user would write it; `None` when they were named.
    pub lock: Option<String>,
    /// What else the reader should know.
    pub notes: Vec<String>,
}

/// What became of an import.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// What was kept.
    pub kept: Kept,
    /// What cannot be used.
    pub refused: Refused,
    /// How many say too little of their environment to be counted anywhere.
    pub uncounted: usize,
    /// What else the reader should know.
    pub notes: Vec<String>,
}

/// Lines that cannot be used.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    /// The first of them: number and reason.
    pub first: Vec<(usize, String)>,
    /// How many there are.
    pub count: usize,
}

impl Refused {
    fn push(&mut self, line: usize, why: String) {
        self.count += 1;
        if self.first.len() < MOST_REFUSED {
            self.first.push((line, why));
        }
    }
}

/// What became of observations that were to be forgotten.
#[derive(Clone, Debug, Default)]
pub struct Forgotten {
    /// How many are gone.
    pub gone: u64,
    /// How many were not there.
    pub unknown: u64,
    /// What cannot be used.
    pub refused: Refused,
}

/// Keeps what somebody tells of a stack in the environment of `request`.
///
/// # Errors
/// When there is no such lock or environment, or it cannot be kept.
pub fn feedback(request: &Request, feedback: &Feedback, world: &World<'_>) -> Result<Told, AdviseError> {
    let Context { stack, environment, lock, notes } = context(request, &feedback.subject, world)?;
    let output = feedback.output.as_ref().map(|path| read(&Input::File(path.clone()), &request.folder, world));
    let observation = Observation {
        stack,
        stage: feedback.stage,
        outcome: feedback.outcome,
        environment,
        at: world.seconds(),
        fraction: world.fraction(),
        source: SOURCE.to_string(),
        figures: Vec::new(),
        output: output.transpose()?.map(|text| evidence::observation::line::tail(&text)).unwrap_or_default(),
        note: packaging::text::one_line(&feedback.note, evidence::observation::line::NOTE),
    };
    let observation = keep_told(observation, world)?;
    Ok(Told { observation, lock, notes })
}

/// Keeps the observations of a file: one a line, or what a performance script printed about `subject`. What cannot be used is
/// told, the rest is kept.
///
/// # Errors
/// When the file cannot be read, there is nothing that a result could be about, or nothing can be kept.
pub fn import(request: &Request, from: &Input, subject: &Subject, world: &World<'_>) -> Result<Imported, AdviseError> {
    let text = read(from, &request.folder, world)?;
    let mut imported = Imported::default();
    let mut about: Option<Context> = None;
    let mut observations = Vec::new();
    for (number, record) in records(&text) {
        if observations.len() + imported.refused.count >= MOST_IMPORTED {
            imported.notes.push(format!("Only the first {MOST_IMPORTED} observations of {from} were read."));
            break;
        }
        let read = match Figure::from_script(record) {
            Ok(None) => Observation::from_line(record, world.seconds()),
            Err(why) => Err(why),
            Ok(Some(figure)) => {
                let context = match about.take() {
                    Some(context) => context,
                    None => context(request, subject, world)?,
                };
                Ok(measured(about.insert(context), figure, world))
            }
        };
        match read {
            Ok(observation) => observations.push(observation),
            Err(why) => imported.refused.push(number, why),
        }
    }
    imported.notes.extend(about.into_iter().flat_map(|context| context.notes));
    imported.uncounted = observations.iter().filter(|one| one.environment.kind().is_empty()).count();
    imported.kept = keep(&observations, world)?;
    Ok(imported)
}

/// Forgets the observations of a file, one a line, as [`export`] writes them.
///
/// # Errors
/// When the file cannot be read, or nothing can be forgotten.
pub fn forget(from: &Input, folder: &Path, world: &World<'_>) -> Result<Forgotten, AdviseError> {
    let text = read(from, folder, world)?;
    let (mut forgotten, mut identities) = (Forgotten::default(), BTreeSet::new());
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        match Observation::from_line(line, world.seconds()) {
            Ok(observation) => drop(identities.insert(observation.identity())),
            Err(why) => forgotten.refused.push(number, why),
        }
    }
    let asked = identities.len() as u64;
    forgotten.gone = world.knowledge.forget_observations(identities)?;
    forgotten.unknown = asked.saturating_sub(forgotten.gone);
    Ok(forgotten)
}

/// Writes all observations, one a line, to a file, or hands their text back where `to` is `None`; how many there are.
///
/// # Errors
/// When they cannot be read or written.
pub fn export(to: Option<&Path>, folder: &Path, world: &World<'_>) -> Result<(usize, String), AdviseError> {
    let (mut text, mut count) = (String::new(), 0);
    world.knowledge.each_observation(|line| {
        text.push_str(line);
        text.push('\n');
        count += 1;
    })?;
    if let Some(path) = to {
        files::write(&folder.join(path), text.as_bytes(), folder)?;
        text.clear();
    }
    Ok((count, text))
}

/// Keeps what was just observed, as it was kept: what happens twice in one instant happened a microsecond later, and counts again.
///
/// # Errors
/// When it cannot be kept.
pub(crate) fn keep_told(mut observation: Observation, world: &World<'_>) -> Result<Observation, AdviseError> {
    while keep([&observation], world)?.new == 0 {
        observation = observation.later();
    }
    Ok(observation)
}

/// Keeps observations; what is known already counts once.
fn keep<'o>(observations: impl IntoIterator<Item = &'o Observation>, world: &World<'_>) -> Result<Kept, AdviseError> {
    let stored = |one: &Observation| StoredObservation {
        identity: one.identity(),
        at: one.at,
        kind: one.environment.kind(),
        line: one.to_line(),
    };
    Ok(world.knowledge.keep_observations(observations.into_iter().map(stored))?)
}

/// The releases that something is told of, and where they are.
struct Context {
    stack: BTreeMap<PackageName, Version>,
    environment: Environment,
    lock: Option<String>,
    notes: Vec<String>,
}

fn context(request: &Request, subject: &Subject, world: &World<'_>) -> Result<Context, AdviseError> {
    let (mut notes, mut python) = (Vec::new(), None);
    let (stack, lock) = match subject {
        Subject::Releases(releases) => (releases.clone(), None),
        Subject::Lock(path) => {
            let (stack, left_out) = locked(&request.folder.join(path), &request.folder)?;
            notes.extend(left_out);
            (stack, Some(path.display().to_string()))
        }
        Subject::Usual => {
            let overview = overview(request, world)?;
            python = overview.project.python_version.clone();
            let Some(lock) = overview.lock else {
                let place = overview.place.unwrap_or_else(|| overview.format.filename().to_string());
                let why = format!(
                    "find the lock that was built: there is no {place}; `--lock FILE` names one, `--package NAME==VERSION` releases"
                );
                return Err(AdviseError::Usage(why));
            };
            notes.extend(lock.notes);
            (lock.versions, overview.place)
        }
    };
    if stack.is_empty() {
        return Err(AdviseError::Usage("the lock pins no release".to_string()));
    }
    let python = python.as_ref().map(|(version, _)| version.as_str());
    let chosen = environment::choose(request, world, python)?;
    notes.extend(chosen.note);
    let environment = Environment::of(&chosen.environment, &machine(request));
    Ok(Context { stack, environment, lock, notes })
}

/// The releases of a lock, and what of it could not be read.
pub(crate) fn locked(path: &Path, folder: &Path) -> Result<(BTreeMap<PackageName, Version>, Vec<String>), AdviseError> {
    let file = shown(path, folder);
    let text = text(path, &file)?;
    let format = Format::of_path(&path.to_string_lossy()).unwrap_or(Format::Requirements);
    let reading = packaging::lock::read(format, &text, &file)
        .map_err(|source| AdviseError::ReadLock { file, source: Box::new(source) })?;
    let notes = reading.notes.iter().filter(|note| note.left_out.is_some()).map(ToString::to_string).collect();
    let releases = reading.lock.packages.into_iter().filter_map(|package| Some((package.name, package.version?)));
    Ok((releases.collect(), notes))
}

fn measured(about: &Context, figure: Figure, world: &World<'_>) -> Observation {
    Observation {
        stack: about.stack.clone(),
        stage: Stage::Run,
        outcome: Outcome::Ok,
        environment: about.environment.clone(),
        at: world.seconds(),
        fraction: world.fraction(),
        source: SOURCE.to_string(),
        figures: vec![figure],
        output: String::new(),
        note: String::new(),
    }
}

/// The records of a text with the numbers of their lines: one that is a whole, as scripts print it over several lines, or
/// one a line.
fn records(text: &str) -> Vec<(usize, &str)> {
    let is_one = text.trim().lines().count() > 1 && serde_json::from_str::<serde_json::Value>(text).is_ok();
    if is_one {
        return vec![(1, text)];
    }
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).collect()
}

fn read(from: &Input, folder: &Path, world: &World<'_>) -> Result<String, AdviseError> {
    let invalid = |source| AdviseError::Read { file: from.to_string(), source };
    match from {
        Input::Stdin => {
            let bytes = (world.stdin)().map_err(invalid)?;
            decode(&bytes).map_err(|why| invalid(io::Error::new(io::ErrorKind::InvalidData, why)))
        }
        Input::File(path) => text(&folder.join(path), &path.display().to_string()),
        Input::Url(_) => {
            Err(AdviseError::Usage(format!("{from} is on a server; fetch it first, and pipe it in with `-`")))
        }
    }
}

fn text(path: &Path, file: &str) -> Result<String, AdviseError> {
    let unread = |source| AdviseError::Read { file: file.to_string(), source };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(unread)?;
    if bytes.len() as u64 > LARGEST {
        return Err(unread(io::Error::new(io::ErrorKind::InvalidData, "it is larger than 256 MiB")));
    }
    decode(&bytes).map_err(|why| unread(io::Error::new(io::ErrorKind::InvalidData, why)))
}
