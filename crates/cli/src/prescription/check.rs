//! `thoth prescription check`: what is wrong, where, and what each unit would do.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use operations::prescriptions::read_paths;
use prescriptions::{Collection, Problem, Weight, lint};
use serde_json::{Value, json};

use super::{CheckArgs, SCHEMA};
use crate::{
    RunError,
    exit::Exit,
    settings::{ReportFormat, Settings},
    terminal::{Terminal, counted, label, visible},
};

/// Reads the paths and tells what is wrong with them.
pub(super) fn answer(args: &CheckArgs, settings: &Settings, terminal: &Terminal) -> Result<Exit, RunError> {
    let mut notes = Vec::new();
    let read = read_paths(&args.paths, &mut notes)?;
    let mut problems = read.problems.clone();
    problems.extend(lint::lint(&read));
    problems.sort_by(|one, two| (&one.source, &one.place, one.weight).cmp(&(&two.source, &two.place, two.weight)));
    // What cannot be read at all keeps prescriptions from being used, too.
    let exit = if read.errors > 0 || !notes.is_empty() { Exit::Unacceptable } else { Exit::Done };
    match settings.format.value {
        ReportFormat::Json | ReportFormat::ThothJson => {
            crate::say(&format!("{:#}\n", as_json(&read, &problems, &notes, exit)))?
        }
        ReportFormat::Text => crate::say(&visible_lines(&as_text(&read, &problems, &notes, terminal)))?,
    };
    Ok(exit)
}

fn as_text(read: &Collection, problems: &[Problem], notes: &[String], terminal: &Terminal) -> String {
    let mut text = String::new();
    for problem in problems {
        let word = label(word(problem.weight), terminal.colour_out);
        let unit = problem.unit.as_ref().map(|unit| format!("`{unit}`: ")).unwrap_or_default();
        let _ = writeln!(text, "{}: {word}: {unit}{}", place(problem), problem.what);
    }
    for note in notes {
        let _ = writeln!(text, "{}: {note}", label("error", terminal.colour_out));
    }
    if terminal.verbosity.verbose > 0 {
        for unit in &read.units {
            let _ = writeln!(text, "{}: {} ({}) {}", unit.place, unit.name, unit.act.kind().name(), unit.act);
        }
    }
    if terminal.verbosity.quiet == 0 {
        let kinds: Vec<String> = read.counts.iter().map(|(kind, count)| format!("{count} {}", kind.name())).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        let _ = writeln!(
            text,
            "{}, {}{kinds}: {}, {}.",
            counted(read.files, "file"),
            counted(read.counts.values().sum::<usize>(), "unit"),
            counted(read.errors + notes.len(), "error"),
            counted(problems.iter().filter(|problem| problem.weight == Weight::Warning).count(), "warning"),
        );
    }
    text
}

/// Paint may pass: it is our own, and what comes from outside was made fit to be shown when it was read.
fn visible_lines(text: &str) -> String {
    let plain = |letter: char| {
        if letter == '\u{1b}' { letter } else { visible(&letter.to_string()).chars().next().unwrap_or(' ') }
    };
    text.chars().map(plain).collect()
}

fn as_json(read: &Collection, problems: &[Problem], notes: &[String], exit: Exit) -> Value {
    let counts: BTreeMap<&str, usize> = read.counts.iter().map(|(kind, count)| (kind.name(), *count)).collect();
    json!({
        "schema": SCHEMA,
        "exit_code": exit.code(),
        "files": read.files,
        "units": counts,
        "releases": read.releases,
        "errors": read.errors + notes.len(),
        "problems": problems.iter().map(|problem| json!({
            "source": problem.source,
            "file": problem.place.file,
            "line": problem.place.line,
            "weight": word(problem.weight),
            "unit": problem.unit,
            "what": problem.what,
        })).collect::<Vec<_>>(),
        "unreadable": notes,
        "would_match": read.units.iter().map(|unit| json!({
            "name": unit.name,
            "kind": unit.act.kind().name(),
            "file": unit.place.file,
            "line": unit.place.line,
            "does": unit.act.to_string(),
        })).collect::<Vec<_>>(),
    })
}

fn word(weight: Weight) -> &'static str {
    match weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
    }
}

/// Where a problem is, as an editor opens it: the path of the file, or its place in an archive.
fn place(problem: &Problem) -> String {
    let source = Path::new(&problem.source);
    if problem.source.is_empty() {
        problem.place.to_string()
    } else if source.is_dir() {
        format!("{}/{}", problem.source.trim_end_matches('/'), problem.place)
    } else if source.file_name().is_some_and(|name| name.to_string_lossy() == problem.place.file) {
        let line = problem.place.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{line}", problem.source)
    } else {
        format!("{}: {}", problem.source, problem.place)
    }
}
