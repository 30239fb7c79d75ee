//! The command line of Thoth: flags, configuration, terminal, exit codes.
//!
//! What is done with settled settings is the business of `operations`; this crate only asks for it and prints the answer.

pub mod advise;
pub mod args;
mod command;
pub mod config;
pub mod db;
mod environments;
mod every;
pub mod exit;
pub mod feedback;
pub mod health;
mod inquiry;
mod interrupt;
pub mod monkey;
mod pipeline;
mod plot;
pub mod prescription;
mod project;
pub mod scan;
pub mod settings;
pub mod terminal;
mod tree;
mod why;
mod world;

use std::{ffi::OsString, io, path::Path};

use clap::Parser;
use operations::AdviseError;
use resolution::Stopped;

use crate::{
    args::{Cli, Command, ConfigCommand, DbCommand},
    config::Surroundings,
    exit::Exit,
    settings::{ReportFormat, Settings},
    terminal::{Terminal, label, print, visible},
};

/// Why a run ended with exit code 2; each says what was attempted on what.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error("work in the folder {}: {source}", path.display())]
    Folder { path: std::path::PathBuf, source: io::Error },
    #[error("find the working directory: {0}")]
    Surroundings(io::Error),
    #[error(transparent)]
    Settings(#[from] config::SettingsError),
    #[error("write to standard output: {0}")]
    Output(io::Error),
    #[error("{}", error.story())]
    Advise {
        #[from]
        error: operations::AdviseError,
    },
    #[error("print a JSON report and the lock on standard output: only one of them can go there")]
    TwoOnStdout,
    #[error("{flag}: {why}")]
    Argument { flag: &'static str, why: String },
    #[error("find the knowledge base: {0}")]
    NoStore(String),
}

impl RunError {
    /// The exit code.
    fn exit(&self) -> Exit {
        match self {
            Self::Advise { error: AdviseError::Stopped { why: Stopped::Interrupted, .. } } => Exit::Interrupted,
            _ => Exit::Trouble,
        }
    }

    /// What the reader can do about it.
    fn remedy(&self) -> Option<String> {
        match self {
            Self::Advise { error } => error.remedy(),
            Self::NoStore(_) => Some("Name a folder with `--cache-dir FOLDER`.".to_string()),
            Self::TwoOnStdout => Some("Name a file for the lock with `-o FILE`.".to_string()),
            _ => None,
        }
    }
}

/// Runs `thoth` with the arguments of this process.
pub fn run_process(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    exit::install_panic_hook(std::env::var_os("RUST_BACKTRACE").is_some_and(|value| !value.is_empty() && value != "0"));
    exit::guarded(|| {
        let cli = match Cli::try_parse_from(arguments) {
            Ok(cli) => cli,
            Err(answer) => {
                // Help and version are answers, on standard output; a reader that went away is no matter.
                let _ = answer.print();
                return if answer.use_stderr() { Exit::Trouble } else { Exit::Done };
            }
        };
        start(&cli).unwrap_or_else(|error| {
            let coloured = Surroundings::of_process().is_ok_and(|around| {
                let choice = cli.common.color.unwrap_or(settings::Color::Auto);
                !cli.common.no_color && terminal::coloured(choice, &around, around.stderr_is_terminal)
            });
            complain(&label("error", coloured), &error.to_string());
            if let Some(remedy) = error.remedy() {
                complain(&label("help", coloured), &remedy);
            }
            error.exit()
        })
    })
}

/// The most notes that are printed.
const MOST_NOTES: usize = 50;

fn start(cli: &Cli) -> Result<Exit, RunError> {
    let variable = std::env::var_os(config::variables::DIRECTORY).filter(|folder| !folder.is_empty());
    if let Some(folder) = cli.common.directory.as_deref().or(variable.as_deref().map(Path::new)) {
        std::env::set_current_dir(folder).map_err(|source| RunError::Folder { path: folder.to_owned(), source })?;
    }
    let around = Surroundings::of_process().map_err(RunError::Surroundings)?;
    let settings = config::settle(cli, &around)?;
    let terminal = Terminal::new(&settings, &around);
    terminal::trace(&terminal, around.variable("RUST_LOG"));
    // Where the knowledge base is does not depend on what the notes are about.
    if terminal.verbosity.quiet < 2 && !matches!(cli.command, Command::Db(DbCommand::Path)) {
        for note in settings.notes.iter().take(MOST_NOTES) {
            complain(&label("note", terminal.colour_talk), note);
        }
        if let Some(more) = settings.notes.len().checked_sub(MOST_NOTES).filter(|more| *more > 0) {
            complain(&label("note", terminal.colour_talk), &format!("and {more} more of this kind"));
        }
    }
    run(cli, &settings, &around, &terminal)
}

/// Does what the command asks for.
fn run(cli: &Cli, settings: &Settings, around: &Surroundings, terminal: &Terminal) -> Result<Exit, RunError> {
    match &cli.command {
        Command::Config(config) => match &config.command {
            Some(ConfigCommand::Show(_)) => show(settings),
            None => environments::discover(&config.discover, settings, around),
        },
        Command::Check(args) => environments::check(args, settings, around),
        Command::Environments(_) => environments::list(settings),
        Command::Add(args) => project::add(args, settings, around),
        Command::Remove(args) => project::remove(args, settings, around),
        Command::List(_) => project::list(settings, around, terminal),
        Command::Show(_) => project::show(settings, around, terminal),
        Command::Advise(args) if args.all_environments => every::answer(cli, settings, around, terminal),
        Command::Pipeline(command) => pipeline::answer(command, settings, around, terminal),
        Command::Advise(_) => advise::answer(settings, around, terminal),
        Command::Replay(args) => advise::replay(&args.file, settings, around, terminal),
        Command::Tree(args) => tree::answer(args, settings, around, terminal),
        Command::Why(args) => why::answer(args, settings, around, terminal),
        Command::WhyNot(args) => why::answer_not(args, settings, around, terminal),
        Command::Monkey(args) => monkey::answer(args, settings, around, terminal),
        Command::Scan(args) => scan::answer(args, settings, around, terminal),
        Command::Health(args) => health::answer(args, settings, around, terminal),
        Command::Prescription(command) => prescription::answer(command, settings, around, terminal),
        Command::Note(args) => prescription::note(args, settings),
        Command::Feedback(args) => feedback::answer(args, settings, around, terminal),
        Command::Db(command) => db::answer(command, settings, around, terminal),
    }
}

/// Prints the settings in effect.
fn show(settings: &Settings) -> Result<Exit, RunError> {
    let rows = config::rows(settings);
    if settings.format.value != ReportFormat::Text {
        let text = serde_json::json!({ "schema": 1, "settings": rows, "notes": settings.notes });
        return say(&format!("{text:#}\n"));
    }
    let width = rows.iter().map(|row| row.key.len()).max().unwrap_or_default();
    let lines = rows.iter().map(|row| {
        let origin = if row.origin.is_empty() { String::new() } else { format!("  # {}", row.origin) };
        visible(&format!("{:width$} = {}{origin}", row.key, row.value)) + "\n"
    });
    say(&lines.collect::<String>())
}

fn say(text: &str) -> Result<Exit, RunError> {
    print(io::stdout().lock(), text).map(|_| Exit::Done).map_err(RunError::Output)
}

/// A text on standard error; when nobody listens there, nothing can be done.
fn talk(text: &str) {
    let _ = print(io::stderr().lock(), text);
}

/// A sentence on standard error; when nobody listens there, nothing can be done.
fn complain(label: &str, message: &str) {
    let _ = print(io::stderr().lock(), &format!("{label}: {}\n", visible(message)));
}
