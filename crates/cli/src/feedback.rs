//! `thoth feedback`: telling what happened to a stack, exchanging what was told, and taking it back.
//!
//! What is kept of it is known to `operations`; here it becomes words and JSON.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use clap::{ArgGroup, Args};
use operations::{
    observations::{self, Cause, Feedback, Forgotten, Imported, Outcome, Refused, Stage, Subject, Told},
    request::Input,
};
use serde_json::{Value, json};

use crate::{
    RunError,
    advise::request,
    args::{EnvironmentArgs, FormatArgs},
    config::Surroundings,
    exit::Exit,
    inquiry,
    settings::{ReportFormat, Settings, Store},
    terminal::{Terminal, counted, visible},
    world::in_world,
};

/// The version of the JSON that this command prints.
const SCHEMA: u32 = 1;

/// Examples of `thoth feedback`.
pub(crate) const EXAMPLES: &str = "\
What is told is kept with the kind of environment (Python, platform, system), and counts in later decisions for that kind: a
release that fails there more often than the other releases of its package is avoided, once that is no accident. See
docs/experience.md; --no-experience leaves it out of account.

Examples:
  pip install -r requirements.txt && pytest -q && thoth feedback --ok || thoth feedback --failed --cause 'exit 1'
  thoth feedback --failed --stage import --lock requirements.txt --note 'undefined symbol in numpy'
  thoth feedback --failed --package numpy==1.24.0 --stage build --output build.log
  thoth feedback --export observations.jsonl       One observation a line, for others or a backup
  thoth feedback --import observations.jsonl       What is known already counts once
  thoth feedback --export - | grep '\"source\":\"ci\"' | thoth feedback --forget -
                                                   Take back what somebody told
  python matmul.py | thoth feedback --import - --package torch==2.4.1
                                                   The result of a performance script

Exit codes:
  0  done
  1  some lines of a file cannot be used; the others are kept, or forgotten
  2  usage, input or data error";

/// Flags of `thoth feedback`.
#[derive(Clone, Debug, Default, Args)]
#[command(group = ArgGroup::new("act").required(true).args(["ok", "failed", "import", "export", "forget"]))]
pub struct FeedbackArgs {
    /// It went as wanted
    #[arg(long)]
    pub ok: bool,
    /// It failed
    #[arg(long)]
    pub failed: bool,
    /// Why it failed: 'exit 1', 'signal 9', timeout, memory, or unresolved (there was no such stack)
    #[arg(long, value_name = "CAUSE", requires = "failed")]
    pub cause: Option<String>,
    /// How far it went: install, build, import, test or run [default: test]
    #[arg(long, value_name = "STAGE", conflicts_with_all = ["import", "export", "forget"])]
    pub stage: Option<String>,
    /// The lock whose releases were there [default: the one that `thoth advise` writes]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["package", "export", "forget"])]
    pub lock: Option<PathBuf>,
    /// A release that it is about, instead of a whole lock; of several, all were there together
    #[arg(long, value_name = "PACKAGE==VERSION", conflicts_with_all = ["export", "forget"])]
    pub package: Vec<String>,
    /// What there is to say, in a sentence
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["import", "export", "forget"])]
    pub note: Option<String>,
    /// What was printed; the end of it is kept
    #[arg(long, value_name = "FILE", conflicts_with_all = ["import", "export", "forget"])]
    pub output: Option<PathBuf>,
    /// Keep the observations of this file, one a line, or what a performance script printed; - is standard input
    #[arg(long, value_name = "FILE")]
    pub import: Option<PathBuf>,
    /// Write all observations to this file, one a line; - is standard output
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// Remove the observations of this file, one a line as --export writes them; - is standard input
    #[arg(long, value_name = "FILE")]
    pub forget: Option<PathBuf>,
    /// Where it happened.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
    /// The form of the answer.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Does what `thoth feedback` was asked for.
pub(crate) fn answer(
    args: &FeedbackArgs,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    if settings.store.value == Store::Temporary {
        let why = "observations are kept in the knowledge base, and nothing is kept".to_string();
        return Err(RunError::NoStore(why));
    }
    let request = request(settings, around)?;
    let subject = subject(args)?;
    if let Some(path) = &args.export {
        let to = Some(path.as_path()).filter(|path| *path != Path::new("-"));
        let (count, text) =
            in_world(settings, around, terminal, |world| observations::export(to, &settings.folder, world))?;
        return match to {
            None => crate::say(&text),
            Some(path) => exported(path, count, settings),
        };
    }
    let input = |path: &Path| if path == Path::new("-") { Input::Stdin } else { Input::File(path.to_path_buf()) };
    if let Some(path) = &args.forget {
        let from = input(path);
        let forgotten =
            in_world(settings, around, terminal, |world| observations::forget(&from, &settings.folder, world))?;
        return tell_forgotten(&forgotten, &from, settings);
    }
    if let Some(path) = &args.import {
        let from = input(path);
        let imported =
            in_world(settings, around, terminal, |world| observations::import(&request, &from, &subject, world))?;
        return tell_import(&imported, &from, settings);
    }
    let feedback = Feedback {
        subject,
        stage: args.stage.as_deref().unwrap_or("test").parse().map_err(|why| wrong("--stage", why))?,
        outcome: outcome(args)?,
        output: args.output.clone(),
        note: args.note.clone().unwrap_or_default(),
    };
    let told = in_world(settings, around, terminal, |world| observations::feedback(&request, &feedback, world))?;
    tell(&told, settings)
}

fn wrong(flag: &'static str, why: String) -> RunError {
    RunError::Argument { flag, why }
}

fn outcome(args: &FeedbackArgs) -> Result<Outcome, RunError> {
    if args.ok {
        return Ok(Outcome::Ok);
    }
    let cause = args.cause.as_deref().map(str::parse::<Cause>).transpose().map_err(|why| wrong("--cause", why))?;
    Ok(Outcome::Failed(cause.unwrap_or_default()))
}

fn subject(args: &FeedbackArgs) -> Result<Subject, RunError> {
    if let Some(lock) = &args.lock {
        return Ok(Subject::Lock(lock.clone()));
    }
    let mut releases = BTreeMap::new();
    for text in &args.package {
        let (name, version) = inquiry::release("--package", text)?;
        if releases.insert(name.clone(), version).is_some() {
            return Err(wrong("--package", format!("`{name}` is named twice")));
        }
    }
    Ok(if releases.is_empty() { Subject::Usual } else { Subject::Releases(releases) })
}

fn exported(path: &Path, count: usize, settings: &Settings) -> Result<Exit, RunError> {
    let path = path.display();
    match settings.format.value {
        ReportFormat::Text => crate::say(&format!("Wrote {} to {path}.\n", counted(count, "observation"))),
        _ => crate::say(&format!("{:#}\n", json!({ "schema": SCHEMA, "exported": count }))),
    }
}

fn tell(told: &Told, settings: &Settings) -> Result<Exit, RunError> {
    let observation = &told.observation;
    if settings.format.value != ReportFormat::Text {
        let line: Value = serde_json::from_str(&observation.to_line()).unwrap_or_default();
        let text = json!({ "schema": SCHEMA, "observation": line, "notes": told.notes });
        return crate::say(&format!("{text:#}\n"));
    }
    let mut text = String::new();
    for note in &told.notes {
        let _ = writeln!(text, "note: {note}");
    }
    let subject = match &told.lock {
        Some(lock) => format!("the {} of {lock}", counted(observation.stack.len(), "release")),
        None => {
            let named: Vec<String> =
                observation.stack.iter().map(|(name, version)| format!("{name} {version}")).collect();
            named.join(", ")
        }
    };
    let happened = match observation.outcome {
        Outcome::Ok => format!("{} went well", stage(observation.stage)),
        Outcome::Failed(Cause::Unknown) => format!("{} failed", stage(observation.stage)),
        Outcome::Failed(cause) => format!("{} failed ({cause})", stage(observation.stage)),
    };
    let kind = observation.environment.kind();
    let _ = writeln!(
        text,
        "Noted: {happened} with {subject}, {kind}. Decisions for that kind of environment count it from now on."
    );
    crate::say(&visible(&text))
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Install => "installing",
        Stage::Build => "building",
        Stage::Import => "importing",
        Stage::Test => "testing",
        Stage::Run => "running",
    }
}

fn tell_import(imported: &Imported, from: &Input, settings: &Settings) -> Result<Exit, RunError> {
    let exit = ended(&imported.refused);
    if settings.format.value != ReportFormat::Text {
        let text = json!({
            "schema": SCHEMA,
            "exit_code": exit.code(),
            "new": imported.kept.new,
            "known": imported.kept.known,
            "made_room": imported.kept.gone,
            "without_environment": imported.uncounted,
            "refused": imported.refused.count,
            "problems": problems(&imported.refused),
            "notes": imported.notes,
        });
        return crate::say(&format!("{text:#}\n")).map(|_| exit);
    }
    let mut text = String::new();
    for note in &imported.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text.push_str(&refused(&imported.refused, from));
    let _ = write!(text, "Kept {}", counted(imported.kept.new, "observation"));
    for (count, what) in [
        (imported.kept.known, "known already"),
        (imported.refused.count as u64, "not usable"),
        (imported.uncounted as u64, "without Python or platform, which count nowhere"),
    ] {
        if count > 0 {
            let _ = write!(text, "; {count} {what}");
        }
    }
    text.push_str(".\n");
    if imported.kept.gone > 0 {
        let gone = counted(imported.kept.gone, "observation");
        let _ =
            writeln!(text, "note: more are not kept than {}: the oldest made room, {gone}", observations::MOST_KEPT);
    }
    crate::say(&visible(&text)).map(|_| exit)
}

fn tell_forgotten(forgotten: &Forgotten, from: &Input, settings: &Settings) -> Result<Exit, RunError> {
    let exit = ended(&forgotten.refused);
    if settings.format.value != ReportFormat::Text {
        let text = json!({
            "schema": SCHEMA,
            "exit_code": exit.code(),
            "forgotten": forgotten.gone,
            "unknown": forgotten.unknown,
            "refused": forgotten.refused.count,
            "problems": problems(&forgotten.refused),
        });
        return crate::say(&format!("{text:#}\n")).map(|_| exit);
    }
    let mut text = refused(&forgotten.refused, from);
    let _ = write!(text, "Forgot {}", counted(forgotten.gone, "observation"));
    for (count, what) in [(forgotten.unknown, "not known"), (forgotten.refused.count as u64, "not usable")] {
        if count > 0 {
            let _ = write!(text, "; {count} {what}");
        }
    }
    text.push_str(".\n");
    crate::say(&visible(&text)).map(|_| exit)
}

fn ended(refused: &Refused) -> Exit {
    if refused.count > 0 { Exit::Unacceptable } else { Exit::Done }
}

fn problems(refused: &Refused) -> Vec<Value> {
    refused.first.iter().map(|(line, why)| json!({ "line": line, "why": why })).collect()
}

fn refused(refused: &Refused, from: &Input) -> String {
    let mut text = String::new();
    for (line, why) in &refused.first {
        let _ = writeln!(text, "{from}:{line}: error: {why}");
    }
    let more = refused.count - refused.first.len();
    if more > 0 {
        let _ = writeln!(text, "and {more} more lines that cannot be used");
    }
    text
}
