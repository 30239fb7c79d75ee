//! `thoth monkey`: stacks worth testing.
//!
//! What is drawn is known to `operations`; here flags become a plan, and what came of it words and JSON.

mod args;
mod bisect;
mod json;
mod learned;
mod text;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use operations::{
    Request, files,
    monkey::{BisectPlan, Exec, Monkeyed, Plan, USUAL_TIMEOUT},
    observations::Stage,
    request::{Output, Upgrade},
};
use packaging::lock::Format;
use report::Extras;
use resolution::{Stopped, predict::Decision};

pub use args::{BisectArgs, DecisionWord, MonkeyArgs, StacksArgs, StageWord, TrialArgs};

pub(crate) use args::EXAMPLES;

use self::learned::Learned;
use crate::{
    RunError, advise, command,
    config::{Surroundings, memory},
    exit::Exit,
    inquiry,
    plot::Plot,
    settings::{ReportFormat, Settings},
    terminal::{Terminal, label},
    world::in_world,
};

/// Where what was tried is put when nobody says.
const RESULTS: &str = ".thoth/monkey";
/// How many stacks are drawn at most when nobody says.
const USUAL_COUNT: usize = 10;
/// How many releases of each package they are drawn from when nobody says.
const USUAL_VERSIONS: usize = 8;
/// The most stacks that are tried at once.
const MOST_JOBS: usize = 256;

/// Runs `thoth monkey` and prints what came of it.
///
/// # Errors
/// When nothing could be decided or written.
pub(crate) fn answer(
    args: &MonkeyArgs,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let request = advise::request(settings, around)?;
    let exec = exec(&args.trials)?;
    let rules = args.trials.write_prescriptions.as_deref();
    let rules = rules.map(|path| Rules::new(path, settings)).transpose()?;
    if let (BisectArgs { good: Some(good), bad: Some(bad), .. }, Some(exec)) = (&args.bisect, &exec) {
        let plan = BisectPlan { good: good.clone(), bad: bad.clone(), exec: exec.clone() };
        return between(&plan, &request, rules.as_ref(), (settings, around, terminal));
    }
    let plan = plan(&args.stacks, exec, &request)?;
    let plot = if args.trials.plot.is_some() { Plot::wanted(settings)? } else { None };
    // What is locked already is one stack of many here.
    let command = command::again_as(&again(&plan, settings), settings);
    let request = Request { output: Output::Stdout, upgrade: Upgrade::All, command, ..request };
    let answer = in_world(settings, around, terminal, |world| operations::monkey(&plan, &request, world))?;
    let exit = answer.told.as_ref().map_or(Exit::Unacceptable, ended);
    let told = answer.told.as_ref().map(|monkeyed| (monkeyed, Learned::of(monkeyed)));
    let mut wrote = None;
    if let (Some((_, learned)), Some(exec)) = (&told, &plan.exec) {
        if let Some(plot) = &plot {
            plot.put(&report::plot::trials(&learned.map(&exec.command)), &settings.folder)?;
        }
        let python = &answer.outcome.runtime.python;
        let said = |rules: &Rules| rules.put(learned.prescriptions(&exec.command, python));
        wrote = rules.as_ref().map(said).transpose()?;
    }
    let style = advise::style(around, terminal, terminal.colour_out);
    match (settings.format.value, &told) {
        (ReportFormat::Json | ReportFormat::ThothJson, _) => {
            crate::say(&json::document(&plan, &answer.outcome, told.as_ref(), exit))
        }
        (ReportFormat::Text, Some((monkeyed, learned))) => crate::say(&text::text(&plan, monkeyed, learned, &style)),
        (ReportFormat::Text, None) => {
            let extras = Extras { exit_code: exit.code(), ..Extras::default() };
            crate::say(&report::text(&answer.outcome, &extras, &style))
        }
    }?;
    if told.is_none() && plan.exec.as_ref().is_some_and(|exec| !exec.builds) {
        wrote = Some("what `--exec` tries is installed from wheels; `--allow-builds` builds what has none".to_string());
    }
    tell(wrote, terminal);
    Ok(exit)
}

/// Finds the release that breaks, and prints it.
fn between(
    plan: &BisectPlan,
    request: &Request,
    rules: Option<&Rules>,
    (settings, around, terminal): (&Settings, &Surroundings, &Terminal),
) -> Result<Exit, RunError> {
    let bisected = in_world(settings, around, terminal, |world| operations::monkey::bisect(plan, request, world))?;
    let exit = bisect::ended(&bisected);
    let said = |rules: &Rules| rules.put(learned::blamed(&plan.exec.command, &bisected.python, &bisected));
    let wrote = rules.map(said).transpose()?;
    crate::say(&match settings.format.value {
        ReportFormat::Json | ReportFormat::ThothJson => bisect::document(plan, &bisected, exit),
        ReportFormat::Text => bisect::text(plan, &bisected),
    })?;
    tell(wrote, terminal);
    Ok(exit)
}

/// A file for prescriptions that is not there yet.
struct Rules {
    path: PathBuf,
    shown: String,
}

impl Rules {
    fn new(path: &Path, settings: &Settings) -> Result<Self, RunError> {
        let (path, shown) = (settings.folder.join(path), path.display().to_string());
        if path.exists() {
            let why = format!("{shown} is there already; name a new file");
            return Err(RunError::Argument { flag: "--write-prescriptions", why });
        }
        files::has_folder(&path, &settings.folder)?;
        Ok(Self { path, shown })
    }

    /// Writes the text of a file, if there is anything to say; what became of it, as a sentence.
    fn put(&self, text: Option<String>) -> Result<String, RunError> {
        let Some(text) = text else {
            return Ok("no prescriptions are written: nothing is to blame for certain".to_string());
        };
        operations::prescriptions::write(&self.path, &text)?;
        Ok(format!("wrote {}; `thoth advise --prescriptions {}` keeps to it", self.shown, self.shown))
    }
}

/// Says what was written, beside the answer.
fn tell(wrote: Option<String>, terminal: &Terminal) {
    if let Some(wrote) = wrote.filter(|_| terminal.verbosity.quiet < 2) {
        crate::complain(&label("note", terminal.colour_talk), &wrote);
    }
}

/// The plan that the flags amount to.
fn plan(args: &StacksArgs, exec: Option<Exec>, request: &Request) -> Result<Plan, RunError> {
    let combined =
        args.combine.iter().map(|text| inquiry::package("--combine", text)).collect::<Result<BTreeSet<_>, _>>()?;
    let decision = match args.how {
        None if !combined.is_empty() => Decision::Combinations,
        None | Some(DecisionWord::All) => Decision::All,
        Some(DecisionWord::Random) => Decision::Random,
        Some(DecisionWord::Combinations) => Decision::Combinations,
        Some(DecisionWord::Learn) => Decision::Learn,
    };
    Ok(Plan {
        decision,
        combined,
        count: args.count.unwrap_or(USUAL_COUNT),
        seed: args.seed.unwrap_or(0),
        latest_versions: args.limit_latest_versions.unwrap_or(USUAL_VERSIONS),
        format: request.lock_format.unwrap_or(Format::Requirements),
        folder: args.output.clone().or_else(|| exec.as_ref().map(|_| PathBuf::from(RESULTS))),
        exec,
    })
}

/// The words that draw the same stacks again, for the header of their locks.
fn again(plan: &Plan, settings: &Settings) -> String {
    let mut words = format!("monkey --decision {}", plan.decision);
    plan.combined.iter().for_each(|package| words.push_str(&format!(" --combine {package}")));
    for (flag, said, usual) in [
        ("--count", plan.count as u64, USUAL_COUNT as u64),
        ("--seed", plan.seed, 0),
        ("--limit-latest-versions", plan.latest_versions as u64, USUAL_VERSIONS as u64),
    ] {
        if said != usual {
            words.push_str(&format!(" {flag} {said}"));
        }
    }
    if plan.exec.as_ref().is_some_and(|exec| !exec.builds) && !settings.only_binary.all {
        words.push_str(" --only-binary :all:");
    }
    words
}

/// How the stacks are tried, where the flags ask for it.
fn exec(args: &TrialArgs) -> Result<Option<Exec>, RunError> {
    let wrong = |flag, why: String| RunError::Argument { flag, why };
    let Some(command) = &args.exec else { return Ok(None) };
    if command.trim().is_empty() {
        return Err(wrong("--exec", "the command is empty".to_string()));
    }
    let jobs = args.jobs.unwrap_or(1);
    if !(1..=MOST_JOBS).contains(&jobs) {
        return Err(wrong("--jobs", format!("{jobs} is not a number from 1 to {MOST_JOBS}")));
    }
    let timeout = match args.timeout_each {
        None => USUAL_TIMEOUT,
        Some(seconds) if (0.001..=604_800.0).contains(&seconds) => Duration::from_secs_f64(seconds),
        Some(seconds) => {
            return Err(wrong(
                "--timeout-each",
                format!("{seconds} is not a number of seconds, from 0.001 up to a week"),
            ));
        }
    };
    let memory = args.memory_each.as_deref().map(memory).transpose().map_err(|why| wrong("--memory-each", why))?;
    if let Some(name) = args.variables.iter().find(|name| name.is_empty() || name.contains(['=', '\0'])) {
        return Err(wrong("--env", format!("`{name}` is not the name of a variable")));
    }
    Ok(Some(Exec {
        command: command.clone(),
        stage: match args.stage {
            Some(StageWord::Build) => Stage::Build,
            Some(StageWord::Import) => Stage::Import,
            None | Some(StageWord::Test) => Stage::Test,
            Some(StageWord::Run) => Stage::Run,
        },
        jobs,
        timeout,
        memory,
        network: args.allow_network,
        builds: args.allow_builds,
        variables: args.variables.clone(),
    }))
}

/// The exit code of a run.
fn ended(monkeyed: &Monkeyed) -> Exit {
    let mut attempts = monkeyed.stacks.iter().filter_map(|stack| stack.attempt.as_ref());
    match monkeyed.stopped {
        Some(Stopped::Interrupted) => Exit::Interrupted,
        _ if attempts.any(|attempt| !attempt.outcome.is_ok()) => Exit::Unacceptable,
        _ => Exit::Done,
    }
}
