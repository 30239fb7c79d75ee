//! `thoth scan`: what is inside releases, archives and folders.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use indicators::{Confidence, Difference, Selection, Severity};
use operations::{
    AdviseError,
    scan::{Breadth, scan},
};
use report::scan::{
    Compared, Scan, Scanned, difference_json, difference_text, scan_json, scan_sarif, scan_text, scan_thoth_json,
};

use crate::{
    RunError,
    advise::{request, style},
    args::{EnvironmentArgs, SourceArgs},
    config::Surroundings,
    exit::Exit,
    settings::{ReportFormat, Settings},
    terminal::Terminal,
    world::in_world,
};

/// Examples of `thoth scan`.
pub(crate) const EXAMPLES: &str = "\
A target is a release (flask==3.0.0; without a version the newest), a wheel, an sdist, a folder, or a lock with all its releases. Of a
release, the file is looked into that a lock would install, after its hashes were compared. Nothing is unpacked to disk, built or
imported. What is found in a file is kept by its hash: the second time costs nothing (--refresh looks again).

Examples:
  thoth scan flask==3.0.0                       The release from the index
  thoth scan pylock.toml --severity high        All releases of a lock; only what is bad if it is right
  thoth scan dist/*.whl                         What is about to be published
  thoth scan src --skip B101 --skip B4          A folder; rules are named by id, name or the beginning of an id
  thoth scan flask==3.0.3 --against flask==3.0.2
                                                What the newer one can do that the older one cannot
  thoth scan flask==3.0.0 --with-source         Its wheel and its source archive, and what only the wheel carries
  thoth scan . --format sarif -o scan.sarif     For the code scanning of a forge

Exit codes:
  0  nothing was found by the rules that were asked for; with --against, nothing new
  1  something was found, or is new (--exit-zero makes this 0)
  2  something could not be looked into, or a usage error";

/// Flags of `thoth scan`.
#[derive(Clone, Debug, Default, Args)]
pub struct ScanArgs {
    /// A release, a wheel, an sdist, a folder or a lock
    #[arg(value_name = "TARGET", required = true)]
    pub targets: Vec<String>,
    /// Tell what is new against this release, wheel, sdist or folder: what it can do, findings, publisher, people and addresses
    #[arg(long, value_name = "PREVIOUS", help_heading = "What to tell")]
    pub against: Option<String>,
    /// Look into the source archive of each release, too, and tell what only its wheel carries
    #[arg(long, conflicts_with = "against", help_heading = "What to tell")]
    pub with_source: bool,
    /// Tell nothing milder: low, medium or high [default: low]
    #[arg(long, value_name = "LEVEL", value_enum, help_heading = "What to tell")]
    pub severity: Option<Grade>,
    /// Tell nothing less sure: low, medium or high [default: low]
    #[arg(long, value_name = "LEVEL", value_enum, help_heading = "What to tell")]
    pub confidence: Option<Grade>,
    /// Tell only findings of this rule; repeatable
    #[arg(long, value_name = "RULE", help_heading = "What to tell")]
    pub rule: Vec<String>,
    /// Tell no findings of this rule; repeatable
    #[arg(long, value_name = "RULE", help_heading = "What to tell")]
    pub skip: Vec<String>,
    /// Succeed whatever is found
    #[arg(long, help_heading = "What to tell")]
    pub exit_zero: bool,
    /// The form of the report
    #[arg(long, alias = "output-format", value_name = "FORMAT", value_enum, help_heading = "What to tell")]
    pub format: Option<ScanFormat>,
    /// Write the report to this file [default: standard output]
    #[arg(short, long, alias = "output-file", value_name = "FILE", help_heading = "What to tell")]
    pub output: Option<PathBuf>,
    /// Where releases come from.
    #[command(flatten)]
    pub sources: SourceArgs,
    /// The environment whose files are looked into.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
}

/// A step of Bandit's scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Grade {
    /// The first
    Low,
    /// The second
    Medium,
    /// The last
    High,
}

/// The form of the report of `thoth scan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanFormat {
    /// For people
    Text,
    /// For programs, with a schema version
    Json,
    /// SARIF 2.1.0, for code hosts
    Sarif,
    /// The aggregated security indicators of the original Thoth
    ThothJson,
}

/// Runs `thoth scan` and prints its answer.
///
/// # Errors
/// When nothing can be looked into, or the answer cannot be written.
pub(crate) fn answer(
    args: &ScanArgs,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let selection = selection(args)?;
    let format = format(args, settings);
    if args.against.is_some() && matches!(format, ScanFormat::Sarif | ScanFormat::ThothJson) {
        return Err(against("a difference is told as text or json: pass `--format text` or `--format json`"));
    }
    if let Some(path) = &args.output {
        operations::files::has_folder(&settings.folder.join(path), &settings.folder)?;
    }
    let request = request(settings, around)?;
    let breadth = match (&args.against, args.with_source) {
        (Some(_), _) => Breadth::WithPublisher,
        (None, true) => Breadth::WithSource,
        (None, false) => Breadth::Installed,
    };
    let targets: Vec<String> = args.targets.iter().chain(&args.against).cloned().collect();
    let found = in_world(settings, around, terminal, |world| scan(&request, &targets, breadth, world))?;
    let style = style(around, terminal, terminal.colour_out && args.output.is_none());
    if args.against.is_some() {
        let compared = compare(found, &selection, settings.exit_zero.value)?;
        let text = match format {
            ScanFormat::Text => difference_text(&compared, &style),
            _ => difference_json(&compared),
        };
        write(args, settings, terminal, format, &text)?;
        return Ok(if compared.exit_code == 0 { Exit::Done } else { Exit::Unacceptable });
    }
    let mut told = told(&found, &selection);
    let exit = match (told.unscanned.is_empty(), told.artifacts.iter().any(|one| !one.report.findings.is_empty())) {
        (false, _) => Exit::Trouble,
        (true, true) if !settings.exit_zero.value => Exit::Unacceptable,
        _ => Exit::Done,
    };
    told.exit_code = exit.code();
    let now = around.now.as_microsecond();
    let text = match format {
        ScanFormat::Text => scan_text(&told, &style),
        ScanFormat::Json => scan_json(&told),
        ScanFormat::Sarif => scan_sarif(&told, env!("CARGO_PKG_VERSION")),
        ScanFormat::ThothJson => scan_thoth_json(&told, now, env!("CARGO_PKG_VERSION")),
    };
    write(args, settings, terminal, format, &text)?;
    Ok(exit)
}

fn format(args: &ScanArgs, settings: &Settings) -> ScanFormat {
    args.format.unwrap_or(match settings.format.value {
        ReportFormat::Text => ScanFormat::Text,
        ReportFormat::Json => ScanFormat::Json,
        ReportFormat::ThothJson => ScanFormat::ThothJson,
    })
}

fn write(
    args: &ScanArgs,
    settings: &Settings,
    terminal: &Terminal,
    format: ScanFormat,
    text: &str,
) -> Result<(), RunError> {
    match &args.output {
        Some(path) => operations::files::write(&settings.folder.join(path), text.as_bytes(), &settings.folder)?,
        None if format == ScanFormat::Text && terminal.verbosity.quiet > 1 => {}
        None => {
            crate::say(text)?;
        }
    }
    Ok(())
}

/// What is new in the first of two against the second. What could not be looked into has no difference that is known.
fn compare(mut found: operations::scan::Scan, selection: &Selection, exit_zero: bool) -> Result<Compared, RunError> {
    if !found.unscanned.is_empty() {
        return Err(found.unscanned.swap_remove(0).error.into());
    }
    let told = told(&found, selection).artifacts;
    let [after, before]: [Scanned; 2] = told.try_into().map_err(|several: Vec<Scanned>| {
        let others = several.len().saturating_sub(1);
        against(&format!("one release, file or folder is compared with another, not with {others}"))
    })?;
    let difference = Difference::between(&before.report, &after.report);
    let exit_code = u8::from(difference.is_notable() && !exit_zero);
    Ok(Compared { before, after, difference, exit_code })
}

fn against(why: &str) -> RunError {
    RunError::Argument { flag: "--against", why: why.to_string() }
}

fn selection(args: &ScanArgs) -> Result<Selection, RunError> {
    let severity = match args.severity {
        None | Some(Grade::Low) => Severity::Low,
        Some(Grade::Medium) => Severity::Medium,
        Some(Grade::High) => Severity::High,
    };
    let confidence = match args.confidence {
        None | Some(Grade::Low) => Confidence::Low,
        Some(Grade::Medium) => Confidence::Medium,
        Some(Grade::High) => Confidence::High,
    };
    Selection::new(severity, confidence, args.rule.clone(), args.skip.clone())
        .map_err(|error| RunError::Argument { flag: "--rule, --skip", why: error.to_string() })
}

/// What is told of what was found.
fn told(found: &operations::scan::Scan, selection: &Selection) -> Scan {
    let artifact = |one: &operations::scan::Artifact| Scanned {
        release: one.release.as_ref().map(|(name, version)| (name.to_string(), version.to_string())),
        file: one.file.clone(),
        index: one.index.clone(),
        sha256: one.sha256.as_ref().map(|digest| digest.hex.clone()),
        report: selection.of(&one.report),
    };
    let why = |error: &AdviseError| match error.remedy() {
        Some(remedy) => format!("{}. {remedy}", error.sentence()),
        None => error.sentence(),
    };
    Scan {
        artifacts: found.artifacts.iter().map(artifact).collect(),
        unscanned: found.unscanned.iter().map(|one| (one.what.clone(), why(&one.error))).collect(),
        notes: found.notes.clone(),
        exit_code: 0,
    }
}
