//! `thoth advise`: from settled settings to a request, and from its answer to standard output and an exit code.

use std::{collections::BTreeSet, path::Path};

use crate::{
    RunError, command,
    config::Surroundings,
    exit::Exit,
    plot::Plot,
    settings::{self, ReportFormat, Settings},
    terminal::Terminal,
    world::{in_world, on_nothing},
};
use operations::{
    Advice, AdviseError, Request, advise,
    advise::WrittenLock,
    environments::completed,
    request::{HealthSource, IndexRole, IndexSource, Input, Output, PrescriptionSource, Upgrade},
};
use packaging::{
    lock::Format,
    project::{Selected, Selection},
};
use report::{Extras, LockFile, Style};
use resolution::{Direction, Recommendation, Stopped, pipeline::scanned::Scan, policy::Prereleases};

/// Runs `thoth advise` and prints its answer: the report on standard output, or on standard error when the lock itself goes
/// to standard output.
///
/// # Errors
/// When nothing could be decided, or the answer cannot be written.
pub(crate) fn answer(settings: &Settings, around: &Surroundings, terminal: &Terminal) -> Result<Exit, RunError> {
    let to_stdout = settings.output.value == settings::Output::Stdout;
    if to_stdout && settings.format.value != ReportFormat::Text {
        return Err(RunError::TwoOnStdout);
    }
    let plot = Plot::of_walk(settings)?;
    let advice = run(settings, around, terminal)?;
    plot.iter().try_for_each(|plot| plot.draw(&advice, &settings.folder, terminal))?;
    tell(&advice, settings, around, terminal)
}

/// Decides a saved problem and prints what `advise` printed; the lock goes where `-o` says.
///
/// # Errors
/// When nothing could be decided, or the answer cannot be written.
pub(crate) fn replay(
    file: &Path,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let to_stdout = settings.output.value == settings::Output::Stdout;
    if to_stdout && settings.format.value != ReportFormat::Text {
        return Err(RunError::TwoOnStdout);
    }
    let plot = Plot::wanted(settings)?;
    let output = match &settings.output.value {
        settings::Output::Unsaid => Output::Unsaid,
        settings::Output::Stdout => Output::Stdout,
        settings::Output::File(path) => Output::File(path.clone()),
    };
    let advice = on_nothing(settings, around, terminal, |world| {
        let walk = settings.walk.as_ref().map(|walk| walk.value.as_ref());
        let count = settings.count.as_ref().map(|count| count.value);
        let pipeline = settings.pipeline.as_ref().map(|path| path.value.as_path());
        operations::replay(file, &output, (walk, count), pipeline, &settings.folder, world)
    })?;
    plot.iter().try_for_each(|plot| plot.draw(&advice, &settings.folder, terminal))?;
    tell(&advice, settings, around, terminal)
}

/// Prints an answer and picks the exit code.
fn tell(advice: &Advice, settings: &Settings, around: &Surroundings, terminal: &Terminal) -> Result<Exit, RunError> {
    let exit = ended(advice);
    let printed = advice.lock.as_ref().filter(|lock| lock.to_stdout);
    if let Some(lock) = printed {
        crate::say(&lock.text)?;
    }
    match settings.format.value {
        ReportFormat::Json => {
            crate::say(&report_json(advice))?;
        }
        ReportFormat::ThothJson => {
            crate::say(&thoth_json(advice, around))?;
        }
        ReportFormat::Text if terminal.verbosity.quiet > 1 => {}
        ReportFormat::Text => {
            let on_talk = printed.is_some();
            let colour = if on_talk { terminal.colour_talk } else { terminal.colour_out };
            let text = report_text(advice, around, terminal, colour);
            if on_talk {
                crate::talk(&text);
            } else {
                crate::say(&text)?;
            }
        }
    }
    Ok(exit)
}

/// The document of the original.
fn thoth_json(advice: &Advice, around: &Surroundings) -> String {
    let format = advice.lock.as_ref().map(|lock| lock.format);
    let read = |text: &str| Some(packaging::lock::read(format?, text, "the lock").ok()?.lock);
    let lock = advice.lock.as_ref().and_then(|lock| read(&lock.text));
    let others = advice.others.iter().map(|other| report::Product {
        decision: &other.decision,
        remarks: &other.remarks,
        lock: other.lock.as_deref().and_then(read),
    });
    let others: Vec<_> = others.collect();
    let now = around.now.as_microsecond();
    report::thoth_json(&advice.outcome, lock.as_ref(), &others, now, env!("CARGO_PKG_VERSION"))
}

/// The exit code of an answer.
pub(crate) fn ended(advice: &Advice) -> Exit {
    match advice.stopped {
        Some(Stopped::Interrupted) => Exit::Interrupted,
        _ if advice.is_acceptable() => Exit::Done,
        _ => Exit::Unacceptable,
    }
}

/// The report for programs.
pub(crate) fn report_json(advice: &Advice) -> String {
    report::json(&advice.outcome, &extras(advice))
}

/// The report for people.
pub(crate) fn report_text(advice: &Advice, around: &Surroundings, terminal: &Terminal, colour: bool) -> String {
    report::text(&advice.outcome, &extras(advice), &style(around, terminal, colour))
}

fn extras(advice: &Advice) -> Extras {
    Extras {
        exit_code: ended(advice).code(),
        lock: advice.lock.as_ref().map(lock_file),
        differences: advice.differences.clone(),
    }
}

fn lock_file(lock: &WrittenLock) -> LockFile {
    LockFile {
        path: lock.shown.clone().unwrap_or_else(|| "-".to_string()),
        format: lock.format,
        sha256: Some(lock.sha256.clone()),
    }
}

/// How a text is to look on this terminal.
pub(crate) fn style(around: &Surroundings, terminal: &Terminal, colour: bool) -> Style {
    Style {
        colour,
        unicode: is_unicode(around),
        width: width(around),
        verbose: terminal.verbosity.verbose > 0,
        home_index: Some(settings::DEFAULT_INDEX.to_string()),
    }
}

/// Whether the terminal shows more than ASCII, by the locale as POSIX orders its variables.
fn is_unicode(around: &Surroundings) -> bool {
    let set = |name: &str| around.variable(name).filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    cfg!(windows) || locale.is_some_and(|locale| locale.to_ascii_uppercase().replace('-', "").contains("UTF8"))
}

/// The columns of the terminal; `COLUMNS` where there is none.
fn width(around: &Surroundings) -> usize {
    let said = around.variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let seen = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    said.or_else(seen).unwrap_or(100)
}

/// The sources of prescriptions in effect.
pub(crate) fn prescription_sources(settings: &Settings) -> Vec<PrescriptionSource> {
    let source = |source: &settings::PrescriptionSource| match source {
        settings::PrescriptionSource::Path(path) => PrescriptionSource::Path(path.clone()),
        settings::PrescriptionSource::Url(url) => PrescriptionSource::Url(url.expose().clone()),
    };
    settings.prescriptions.iter().map(|setting| source(&setting.value)).collect()
}

/// Runs the request that the settings amount to.
///
/// # Errors
/// When nothing could be decided.
pub(crate) fn run(settings: &Settings, around: &Surroundings, terminal: &Terminal) -> Result<Advice, AdviseError> {
    let request = request(settings, around)?;
    in_world(settings, around, terminal, |world| advise(&request, world))
}

/// The core's word for a recommendation type.
pub(crate) fn recommendation(kind: settings::RecommendationType) -> Recommendation {
    match kind {
        settings::RecommendationType::Latest => Recommendation::Latest,
        settings::RecommendationType::Stable => Recommendation::Stable,
        settings::RecommendationType::Security => Recommendation::Security,
        settings::RecommendationType::Performance => Recommendation::Performance,
        settings::RecommendationType::Testing => Recommendation::Testing,
    }
}

/// The request that the settings amount to.
pub(crate) fn request(settings: &Settings, around: &Surroundings) -> Result<Request, AdviseError> {
    let recommendation = recommendation(settings.recommendation.value);
    let inputs = |files: &[settings::Setting<settings::Input>]| files.iter().map(|file| input(&file.value)).collect();
    let prereleases = match settings.prerelease.value {
        settings::Prerelease::Allow => Prereleases::Allow,
        settings::Prerelease::Disallow => Prereleases::Disallow,
        settings::Prerelease::IfNecessary => Prereleases::IfNecessary,
        settings::Prerelease::Explicit => Prereleases::Explicit,
        settings::Prerelease::IfNecessaryOrExplicit => Prereleases::IfNecessaryOrExplicit,
    };
    let today = around.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let environment = &settings.environment;
    let value = |stated: &Option<settings::Setting<String>>| stated.as_ref().map(|stated| stated.value.clone());
    Ok(Request {
        folder: settings.folder.clone(),
        requirements: inputs(&settings.requirements),
        constraints: inputs(&settings.constraints),
        overrides: inputs(&settings.overrides),
        selection: Selection { extras: selected(&settings.extras), groups: selected(&settings.groups) },
        indexes: settings.indexes.iter().map(index).collect(),
        no_index: settings.no_index.value,
        pins: settings
            .pins
            .iter()
            .map(|(package, name)| (package.clone(), (name.value.clone(), name.origin.clone())))
            .collect(),
        best_match: settings.index_strategy.value == settings::IndexStrategy::UnsafeBestMatch,
        python: value(&environment.python),
        python_version: value(&environment.python_version),
        platform: value(&environment.platform),
        implementation: value(&environment.implementation),
        environment: settings.environments.chosen.as_ref().map(|entry| entry.name.clone()),
        host: settings.environments.chosen.as_ref().map(|entry| completed(&entry.host)).unwrap_or_default(),
        labels: settings.labels.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect(),
        recommendation,
        direction: match settings.resolution.value {
            settings::Resolution::Highest => Direction::Highest,
            settings::Resolution::Lowest => Direction::Lowest,
            settings::Resolution::LowestDirect => Direction::LowestDirect,
        },
        prereleases: (settings.prerelease.origin.file != "default").then_some(prereleases),
        exclude_newer: settings
            .exclude_newer
            .as_ref()
            .map(|newer| (newer.value.before.as_microsecond(), newer.origin.clone())),
        no_binary: settings.no_binary.clone(),
        only_binary: settings.only_binary.clone(),
        advisories: crate::db::advisory_sources(settings),
        prescriptions: prescription_sources(settings),
        health: settings.health.iter().map(|source| health_source(&source.value)).collect(),
        observations: !settings.no_experience.value,
        scan: match settings.scan.value {
            settings::Depth::None => Scan::None,
            settings::Depth::Chosen => Scan::Chosen,
            settings::Depth::Candidates => Scan::Candidates,
        },
        ignores: settings
            .ignores
            .iter()
            .filter(|ignore| ignore.until.is_none_or(|until| until >= today))
            .map(|ignore| ignore.id.clone())
            .collect(),
        image_root: settings.image_root.as_ref().map(|path| path.value.clone()),
        pipeline: settings.pipeline.as_ref().map(|path| path.value.clone()),
        output: match &settings.output.value {
            settings::Output::Unsaid => Output::Unsaid,
            settings::Output::Stdout => Output::Stdout,
            settings::Output::File(path) => Output::File(path.clone()),
        },
        lock_format: settings.lock_format.as_ref().map(|format| match format.value {
            settings::LockFormat::Pylock => Format::Pylock,
            settings::LockFormat::Requirements => Format::Requirements,
            settings::LockFormat::Pipfile => Format::PipfileLock,
        }),
        upgrade: match &settings.upgrade {
            settings::Upgrade::Keep => Upgrade::Keep,
            settings::Upgrade::All(_) => Upgrade::All,
            settings::Upgrade::Packages(packages) => {
                Upgrade::Packages(packages.iter().map(|package| package.value.clone()).collect::<BTreeSet<_>>())
            }
        },
        exit_zero: settings.exit_zero.value,
        alternatives: settings.alternatives.value,
        count: settings.count.as_ref().map_or(1, |count| count.value),
        walk: settings.walk.as_ref().and_then(|walk| walk.value.clone()),
        save_problem: settings.save_problem.as_ref().map(|path| path.value.clone()),
        command: command::again(settings),
    })
}

fn health_source(source: &settings::HealthSource) -> HealthSource {
    match source {
        settings::HealthSource::Index => HealthSource::Index,
        settings::HealthSource::Path(path) => HealthSource::Path(path.clone()),
        settings::HealthSource::Url(url) => HealthSource::Url(url.expose().clone()),
        settings::HealthSource::DepsDev(url) => HealthSource::DepsDev(url.expose().clone()),
        settings::HealthSource::Scorecard(url) => HealthSource::Scorecard(url.expose().clone()),
    }
}

fn input(input: &settings::Input) -> Input {
    match input {
        settings::Input::Stdin => Input::Stdin,
        settings::Input::File(path) => Input::File(path.clone()),
        settings::Input::Url(url) => Input::Url(url.expose().clone()),
    }
}

fn selected<Name: Clone>(selected: &settings::Selected<Name>) -> Selected<Name> {
    match selected {
        settings::Selected::All(_) => Selected::All,
        settings::Selected::Named(names) => Selected::Only(names.iter().map(|name| name.value.clone()).collect()),
    }
}

fn index(index: &settings::IndexSetting) -> IndexSource {
    IndexSource {
        name: index.name.clone(),
        url: index.url.expose().clone(),
        role: match index.role {
            settings::IndexRole::Default => IndexRole::Default,
            settings::IndexRole::Extra | settings::IndexRole::Named { explicit: false } => IndexRole::Extra,
            settings::IndexRole::Named { explicit: true } => IndexRole::Explicit,
            settings::IndexRole::FindLinks => IndexRole::FindLinks,
        },
    }
}
