//! `thoth prescription` and `thoth note`: checking, trying and writing rules of experience.
//!
//! What they say is known to `prescriptions`, where they are to `operations`; here it becomes words and JSON.

mod args;
mod check;
mod matching;
mod writing;

pub use args::{CheckArgs, MatchArgs, NewArgs, NoteArgs, PrescriptionCommand, ToneWord};

pub(crate) use args::NOTE_EXAMPLES;
pub(crate) use writing::note;

use crate::{RunError, config::Surroundings, exit::Exit, settings::Settings, terminal::Terminal};

/// The version of the JSON that these commands print.
const SCHEMA: u32 = 1;

/// Does what `thoth prescription` was asked for.
pub(crate) fn answer(
    command: &PrescriptionCommand,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    match command {
        PrescriptionCommand::Check(args) => check::answer(args, settings, terminal),
        PrescriptionCommand::Match(args) => matching::answer(args, settings, around, terminal),
        PrescriptionCommand::New(args) => writing::begin(args, settings),
    }
}
