//! The terminal: colour, progress, traces, and output whose reader may go away.
//!
//! Data goes to standard output, talk to standard error. What is said is decided elsewhere; here is only how.

use std::{
    fmt,
    io::{self, Write},
    sync::OnceLock,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tracing_subscriber::{EnvFilter, fmt::time::uptime};

use crate::{
    config::Surroundings,
    settings::{Color, Settings, Verbosity},
};

/// How to talk to this terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Colour what goes to standard output.
    pub colour_out: bool,
    /// Colour what goes to standard error.
    pub colour_talk: bool,
    /// Show progress on standard error.
    pub progress: bool,
    /// How much to say.
    pub verbosity: Verbosity,
}

impl Terminal {
    /// What the user, the variables and the two streams amount to.
    pub fn new(settings: &Settings, around: &Surroundings) -> Self {
        let quiet = settings.verbosity.quiet > 0;
        // A trace and a moving line would overwrite each other.
        let traced = settings.verbosity.verbose > 0 || around.variable("RUST_LOG").is_some();
        let alone = around.stderr_is_terminal && !is_dumb(around) && !is_ci(around);
        Self {
            colour_out: coloured(settings.color.value, around, around.stdout_is_terminal),
            colour_talk: coloured(settings.color.value, around, around.stderr_is_terminal),
            progress: settings.progress.value && alone && !quiet && !traced,
            verbosity: settings.verbosity,
        }
    }
}

/// Whether a stream is coloured.
///
/// The user's word comes first, then `NO_COLOR` (<https://no-color.org>), `FORCE_COLOR`, `CLICOLOR_FORCE` and `CLICOLOR`
/// (<https://bixense.com/clicolors>), then whether it is a terminal that can.
pub fn coloured(choice: Color, around: &Surroundings, is_terminal: bool) -> bool {
    let forced = |name| around.variable(name).is_some_and(|value| value != "0" && value != "false");
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if around.variable("NO_COLOR").is_some() => false,
        Color::Auto if forced("FORCE_COLOR") || forced("CLICOLOR_FORCE") => true,
        Color::Auto if around.variable("CLICOLOR") == Some("0") => false,
        Color::Auto => is_terminal && !is_dumb(around),
    }
}

fn is_dumb(around: &Surroundings) -> bool {
    around.variable("TERM") == Some("dumb")
}

fn is_ci(around: &Surroundings) -> bool {
    around.variable("CI").is_some_and(|value| value != "false" && value != "0")
}

/// A line on standard error that tells what goes on: a spinner, a sentence and a count. Gone when dropped.
///
/// Cheap to clone; all clones are the same line. May be used from any thread.
#[derive(Clone, Debug)]
pub struct Progress {
    line: Option<ProgressBar>,
}

impl Progress {
    /// Starts the line, if this terminal shows progress. It appears after a moment, so that a short run shows nothing.
    pub fn start(terminal: &Terminal) -> Self {
        let line = terminal.progress.then(|| {
            let line = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            let style =
                if terminal.colour_talk { "{spinner:.cyan} {msg}{prefix:.dim}" } else { "{spinner} {msg}{prefix}" };
            if let Ok(style) = ProgressStyle::with_template(style) {
                line.set_style(style);
            }
            line.enable_steady_tick(Duration::from_millis(120));
            line
        });
        Self { line }
    }

    /// Says what goes on now (`reading index pages`).
    pub fn say(&self, message: &str) {
        if let Some(line) = &self.line {
            line.set_prefix("");
            line.set_message(visible(message));
        }
    }

    /// Says how far it is, beside the message.
    pub fn count(&self, done: u64, total: Option<u64>) {
        if let Some(line) = &self.line {
            line.set_prefix(counter(done, total));
        }
    }

    /// Whether there is a line at all.
    pub fn is_shown(&self) -> bool {
        self.line.is_some()
    }

    /// Runs `talk` while the line is out of the way.
    pub fn aside<T>(&self, talk: impl FnOnce() -> T) -> T {
        match &self.line {
            Some(line) => line.suspend(talk),
            None => talk(),
        }
    }

    /// Takes the line away.
    pub fn finish(&self) {
        if let Some(line) = &self.line {
            line.finish_and_clear();
        }
    }
}

fn counter(done: u64, total: Option<u64>) -> String {
    total.map_or_else(|| format!(" {done}"), |total| format!(" {done}/{total}"))
}

/// A text from outside without the control characters by which it could write over a terminal.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() && letter != '\n' && letter != '\t' { '\u{fffd}' } else { letter })
        .collect()
}

/// Starts traces to standard error, if `-v` or `RUST_LOG` asks for them; otherwise costs nothing.
pub fn trace(terminal: &Terminal, rust_log: Option<&str>) {
    static STARTED: OnceLock<()> = OnceLock::new();
    let Some(filter) = filter(terminal.verbosity, rust_log) else { return };
    STARTED.get_or_init(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::builder().parse_lossy(filter))
            .with_writer(io::stderr)
            .with_ansi(terminal.colour_talk)
            .with_timer(uptime())
            .finish();
        // Another subscriber is there only in a test that installed its own.
        let _ = tracing::subscriber::set_global_default(subscriber);
    });
}

/// What to trace: `RUST_LOG`'s word, or our own crates at the level `-v` asks for.
fn filter(verbosity: Verbosity, rust_log: Option<&str>) -> Option<String> {
    if let Some(filter) = rust_log {
        return Some(filter.to_owned());
    }
    let level = match verbosity.verbose {
        0 => return None,
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let crates = ["cli", "operations", "knowledge", "sources", "report", "resolution", "evidence", "packaging"];
    let ours: Vec<String> = crates.iter().map(|name| format!("{name}={level}")).collect();
    Some(format!("warn,{}", ours.join(",")))
}

/// Whether text reached its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    /// All of it.
    Whole,
    /// The reader went away (`thoth advise | head`): no error, there is just nobody to talk to.
    Unread,
}

/// Writes `text` to `out` and flushes.
///
/// # Errors
/// When writing fails for another reason than a reader that went away.
pub fn print(mut out: impl Write, text: &str) -> io::Result<Printed> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(Printed::Whole),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Printed::Unread),
        Err(error) => Err(error),
    }
}

/// A number with what is counted.
pub fn counted<Number: Copy + fmt::Display + PartialEq + From<u8>>(number: Number, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1.into() { "" } else { "s" })
}

/// Rows with their cells one below the other.
pub fn columns<Row: AsRef<[String]>>(rows: impl IntoIterator<Item = Row>) -> String {
    let rows: Vec<Row> = rows.into_iter().collect();
    let mut widths: Vec<usize> = Vec::new();
    for (place, cell) in rows.iter().flat_map(|row| row.as_ref().iter().enumerate()) {
        let wide = cell.chars().count();
        match widths.get_mut(place) {
            Some(width) => *width = wide.max(*width),
            None => widths.push(wide),
        }
    }
    let line = |row: &Row| {
        let cells = row.as_ref().iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_string() + "\n"
    };
    rows.iter().map(line).collect()
}

/// Words with commas between them, in lines of at most `width` characters as far as the words allow that.
pub fn lines_of(words: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (number, word) in (1..).zip(words) {
        let word = if number == words.len() { word.clone() } else { format!("{word},") };
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= width) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word),
        }
    }
    lines
}

/// Lines, each two columns further in.
pub fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

/// Paints the first word of a message on standard error (`error`, `warning`, `note`).
pub fn label(word: &str, coloured: bool) -> String {
    let colour = match word {
        "error" => anstyle::AnsiColor::Red,
        "warning" => anstyle::AnsiColor::Yellow,
        _ => anstyle::AnsiColor::Cyan,
    };
    let style = anstyle::Style::new().bold().fg_color(Some(colour.into()));
    if coloured { format!("{style}{word}{style:#}") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, path::Path};

    use super::*;
    use crate::config::{Files, Platform};

    struct Nothing;

    impl Files for Nothing {
        fn read(&self, _: &Path) -> io::Result<Option<Vec<u8>>> {
            Ok(None)
        }

        fn exists(&self, _: &Path) -> bool {
            false
        }
    }

    fn around(variables: &[(&str, &str)]) -> Surroundings {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Surroundings {
            variables: variables.collect::<BTreeMap<_, _>>(),
            not_unicode: Vec::new(),
            folder: "/".into(),
            home: None,
            platform: Platform::Unix,
            now: jiff::Timestamp::UNIX_EPOCH,
            stdout_is_terminal: false,
            stderr_is_terminal: true,
            files: Box::new(Nothing),
        }
    }

    #[test]
    fn colour_follows_the_user_then_the_variables_then_the_terminal() {
        for (choice, variables, is_terminal, colour) in [
            (Color::Auto, &[][..], true, true),
            (Color::Auto, &[], false, false),
            (Color::Auto, &[("NO_COLOR", "1")], true, false),
            (Color::Auto, &[("NO_COLOR", "")], true, true),
            (Color::Auto, &[("FORCE_COLOR", "1")], false, true),
            (Color::Auto, &[("FORCE_COLOR", "0")], false, false),
            (Color::Auto, &[("CLICOLOR_FORCE", "1")], false, true),
            (Color::Auto, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], true, false),
            (Color::Auto, &[("CLICOLOR", "0")], true, false),
            (Color::Auto, &[("TERM", "dumb")], true, false),
            (Color::Always, &[("NO_COLOR", "1")], false, true),
            (Color::Never, &[("FORCE_COLOR", "1")], true, false),
        ] {
            assert_eq!(coloured(choice, &around(variables), is_terminal), colour, "{choice:?} {variables:?}");
        }
    }

    #[test]
    fn progress_is_for_people_who_watch() {
        use clap::Parser;
        for (flags, variables, progress) in [
            ("", &[][..], true),
            ("-q", &[], false),
            ("-v", &[], false),
            ("--no-progress", &[], false),
            ("", &[("CI", "true")], false),
            ("", &[("CI", "false")], true),
            ("", &[("TERM", "dumb")], false),
            ("", &[("THOTH_NO_PROGRESS", "1")], false),
            ("", &[("RUST_LOG", "debug")], false),
        ] {
            let around = around(variables);
            let flags = ["thoth", "advise"].into_iter().chain(flags.split_whitespace());
            let settings = crate::config::settle(&crate::args::Cli::parse_from(flags), &around).unwrap();
            assert_eq!(Terminal::new(&settings, &around).progress, progress, "{variables:?}");
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_error() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert_eq!(print(Gone, "text").unwrap(), Printed::Unread);
        assert_eq!(print(Vec::new(), "text").unwrap(), Printed::Whole);
    }

    #[test]
    fn traces_are_asked_for() {
        let verbose = |verbose| Verbosity { quiet: 0, verbose };
        assert_eq!(filter(verbose(0), None), None);
        assert_eq!(filter(verbose(0), Some("sources=trace")).as_deref(), Some("sources=trace"));
        assert!(filter(verbose(2), None).unwrap().contains("sources=debug"));
    }

    #[test]
    fn a_text_from_outside_cannot_write_over_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\rc\nd"), "a\u{fffd}[2Jb\u{fffd}c\nd");
    }
}
