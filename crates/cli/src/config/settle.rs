//! From levels to settings: what each key means.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use jiff::civil::Date;
use operations::request::Walk;
use packaging::{PackageName, Version, project::FormatControl};
use resolution::predict::{Kind, MOST_RELEASES};

use super::{
    cooldown,
    error::SettingsError,
    indexes,
    keys::Key,
    layer::{Item, Value},
    reader::{Levels, named, text, web},
    surroundings::{Platform, Surroundings},
};
use crate::settings::{
    AdvisorySource, Color, DEFAULT_HTTP_TIMEOUT, Depth, EnvironmentStatement, ExcludeNewer, HealthSource, Ignore,
    IndexStrategy, Input, KeyringProvider, LockFormat, Output, Prerelease, PrescriptionSource, ProjectEnvironments,
    RecommendationType, ReportFormat, Resolution, SecretUrl, Selected, Setting, Settings, Store, Upgrade, Verbosity,
};

/// The settings that the levels amount to.
pub(super) fn settle(levels: Levels<'_>, project: Option<PathBuf>) -> Result<Settings, SettingsError> {
    let (indexes, no_index) = indexes::indexes(&levels)?;
    let output = output(&levels)?;
    let (no_binary, only_binary) = formats(&levels)?;
    Ok(Settings {
        requirements: inputs(&levels, Key::Requirements)?,
        constraints: inputs(&levels, Key::Constraints)?,
        overrides: inputs(&levels, Key::Override)?,
        extras: selected(&levels, Key::AllExtras, Key::Extra)?,
        groups: selected(&levels, Key::AllGroups, Key::Group)?,
        recommendation: recommendation(&levels)?,
        indexes,
        no_index,
        pins: pins(&levels)?,
        index_strategy: levels.choice_or(Key::IndexStrategy, IndexStrategy::FirstIndex)?,
        trusted_hosts: levels.joined(Key::TrustedHost, |text, _| host(text))?,
        keyring: levels.choice_or(Key::KeyringProvider, KeyringProvider::Disabled)?,
        cert: levels.path(Key::Cert)?,
        environment: environment(&levels)?,
        environments: ProjectEnvironments::default(),
        labels: labels(&levels)?,
        prerelease: prerelease(&levels)?,
        resolution: levels.choice_or(Key::Resolution, Resolution::Highest)?,
        exclude_newer: exclude_newer(&levels)?,
        no_binary,
        only_binary,
        advisories: advisories(&levels)?,
        prescriptions: prescriptions(&levels)?,
        health: health(&levels)?,
        no_experience: levels.flag(Key::NoExperience)?,
        scan: levels.choice_or(Key::Scan, Depth::None)?,
        ignores: ignores(&levels)?,
        lock_format: lock_format(&levels, &output)?,
        output,
        format: levels.choice_or(Key::Format, ReportFormat::Text)?,
        upgrade: upgrade(&levels)?,
        count: stacks(&levels)?,
        walk: walk(&levels)?,
        image_root: levels.path(Key::ImageRoot)?,
        pipeline: levels.path(Key::Pipeline)?,
        plot: levels.path(Key::Plot)?,
        save_problem: levels.path(Key::SaveProblem)?,
        exit_zero: levels.flag(Key::ExitZero)?,
        alternatives: alternatives(&levels)?,
        offline: levels.flag(Key::Offline)?,
        refresh: refresh(&levels)?,
        store: store(&levels)?,
        http_timeout: seconds(&levels, Key::HttpTimeout)?.unwrap_or(Setting::unsaid(DEFAULT_HTTP_TIMEOUT)),
        timeout: seconds(&levels, Key::Timeout)?,
        memory_limit: levels.parsed(Key::MemoryLimit, |text, _| memory(text))?,
        verbosity: Verbosity { quiet: count(&levels, Key::Quiet)?, verbose: count(&levels, Key::Verbose)? },
        color: color(&levels)?,
        progress: levels.flag(Key::NoProgress)?.map(|no| !no),
        folder: levels.around.folder.clone(),
        project,
        notes: levels.notes.into_inner(),
    })
}

fn inputs(levels: &Levels<'_>, key: Key) -> Result<Vec<Setting<Input>>, SettingsError> {
    let mut inputs: Vec<Setting<Input>> = levels.list(key, |text, item| match text.trim() {
        "" => Err("the name of the file is empty".to_owned()),
        "-" => Ok(Input::Stdin),
        _ => Ok(match web(text).ok().flatten().filter(|url| url.scheme() != "file") {
            Some(url) => Input::Url(SecretUrl::new(url)),
            None => Input::File(levels.located(text, item)),
        }),
    })?;
    let mut seen: Vec<Input> = Vec::new();
    inputs.retain(|input| {
        let new = !seen.contains(&input.value);
        seen.push(input.value.clone());
        new
    });
    Ok(inputs)
}

/// Extras or groups: of "all" and a list the better level's counts, and of one level "all".
fn selected<T: std::str::FromStr<Err: std::fmt::Display>>(
    levels: &Levels<'_>,
    all: Key,
    some: Key,
) -> Result<Selected<T>, SettingsError> {
    let every = levels.flag(all)?;
    if every.value && levels.rank(all) <= levels.rank(some) {
        return Ok(Selected::All(every.origin));
    }
    Ok(Selected::Named(levels.list(some, named)?))
}

fn recommendation(levels: &Levels<'_>) -> Result<Setting<RecommendationType>, SettingsError> {
    levels.choice_or(Key::RecommendationType, RecommendationType::Stable)
}

fn pins(levels: &Levels<'_>) -> Result<BTreeMap<PackageName, Setting<String>>, SettingsError> {
    let said = levels.joined(Key::IndexPin, |text, _| {
        let (package, index) = text.split_once('=').ok_or_else(|| format!("`{text}` is not PACKAGE=NAME"))?;
        let package: PackageName = package.trim().parse().map_err(|why| format!("`{package}`: {why}"))?;
        match index.trim() {
            "" => Err(format!("`{text}` names no index")),
            // A URL has a name first: pins would otherwise repeat its credentials.
            index if index.contains("://") => {
                Err(format!("pin `{package}` by the name of an index: --index NAME=URL gives one"))
            }
            index => Ok((package, index.to_owned())),
        }
    })?;
    let mut pins = BTreeMap::new();
    for pin in said {
        let (package, index) = pin.value;
        pins.entry(package).or_insert(Setting::new(index, pin.origin));
    }
    Ok(pins)
}

fn host(text: &str) -> Result<String, String> {
    // pip and uv take a URL as well and mean its host.
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let bare = bare.split(['/', '?', '#']).next().unwrap_or_default();
    let bare = bare.rsplit_once('@').map_or(bare, |(_, host)| host);
    let valid = |letter: char| letter.is_alphanumeric() || "-._:[]*".contains(letter);
    if bare.is_empty() || bare.len() > 255 || !bare.chars().all(valid) {
        return Err(format!("`{}` is not HOST or HOST:PORT", super::error::masked(text)));
    }
    Ok(bare.to_lowercase())
}

fn environment(levels: &Levels<'_>) -> Result<EnvironmentStatement, SettingsError> {
    let version = levels.parsed(Key::PythonVersion, |text, _| {
        let wrong = || format!("`{text}` is not a Python version such as 3.11 or 3.11.7");
        let version: Version = text.trim().parse().map_err(|_| wrong())?;
        let parts = version.release().len();
        if !(2..=3).contains(&parts) || version.epoch() != 0 || version.is_local() {
            Err(wrong())
        } else {
            Ok(text.trim().to_owned())
        }
    })?;
    Ok(EnvironmentStatement {
        python: levels.text(Key::Python)?,
        python_version: version,
        platform: levels.text(Key::PythonPlatform)?,
        implementation: levels.text(Key::Implementation)?,
    })
}

/// Labels of all levels; of two with one name the better level's counts.
fn labels(levels: &Levels<'_>) -> Result<BTreeMap<String, Setting<String>>, SettingsError> {
    let said =
        levels.joined(Key::Label, |text, _| match text.split_once('=').map(|(name, value)| (name.trim(), value)) {
            Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.trim().to_owned())),
            _ => Err(format!("`{text}` is not NAME=VALUE")),
        })?;
    let mut labels = BTreeMap::new();
    for label in said {
        let (name, value) = label.value;
        labels.entry(name).or_insert(Setting::new(value, label.origin));
    }
    Ok(labels)
}

/// `prerelease`, or `pre` of a better level.
fn prerelease(levels: &Levels<'_>) -> Result<Setting<Prerelease>, SettingsError> {
    let pre = levels.flag(Key::Pre)?;
    if pre.value && levels.rank(Key::Pre) < levels.rank(Key::Prerelease) {
        return Ok(pre.map(|_| Prerelease::Allow));
    }
    levels.choice_or(Key::Prerelease, Prerelease::IfNecessaryOrExplicit)
}

fn exclude_newer(levels: &Levels<'_>) -> Result<Option<Setting<ExcludeNewer>>, SettingsError> {
    let said = levels.parsed(Key::ExcludeNewer, |text, _| match text.trim() {
        "false" => Ok(None),
        text => cooldown::exclude_newer(text, levels.around.now).map(Some),
    })?;
    Ok(said.and_then(|said| said.value.map(|value| Setting::new(value, said.origin))))
}

/// `--no-binary` and `--only-binary`, with pip's `:all:` and `:none:`, which takes back what was said before it.
///
/// The better level wins where both cover the same; on one level that is an error, since no file could be used.
fn formats(levels: &Levels<'_>) -> Result<(FormatControl, FormatControl), SettingsError> {
    let mut no = format_control(levels, Key::NoBinary)?;
    let mut only = format_control(levels, Key::OnlyBinary)?;
    let both: Vec<PackageName> = no.packages.iter().filter(|name| only.packages.contains(name)).cloned().collect();
    let all = no.all && only.all;
    if both.is_empty() && !all {
        return Ok((no, only));
    }
    let (weaker, place) = match levels.rank(Key::NoBinary).cmp(&levels.rank(Key::OnlyBinary)) {
        std::cmp::Ordering::Less => (&mut only, Key::OnlyBinary),
        std::cmp::Ordering::Greater => (&mut no, Key::NoBinary),
        std::cmp::Ordering::Equal => {
            let origin = super::reader::place(levels.first(Key::OnlyBinary)).cloned().unwrap_or_default();
            let what = both.first().map_or_else(|| "every package".to_owned(), |name| format!("`{name}`"));
            return Err(SettingsError::value(
                &origin,
                format!("with no-binary as well, no file of {what} can be used"),
            ));
        }
    };
    weaker.packages.retain(|name| !both.contains(name));
    weaker.all &= !all;
    let origin = super::reader::place(levels.first(place)).cloned().unwrap_or_default();
    let stronger = if place == Key::NoBinary { Key::OnlyBinary } else { Key::NoBinary };
    levels.note(&format!("{origin}: gives way to {} where both speak of the same packages", stronger.word()));
    Ok((no, only))
}

fn format_control(levels: &Levels<'_>, key: Key) -> Result<FormatControl, SettingsError> {
    enum Word {
        All,
        None,
        Package(PackageName),
    }
    let words = levels.list(key, |text, item| match text {
        ":all:" => Ok(Word::All),
        ":none:" => Ok(Word::None),
        _ => named(text, item).map(Word::Package),
    })?;
    let mut control = FormatControl::default();
    for word in words {
        match word.value {
            Word::All => control = FormatControl { all: true, packages: Vec::new() },
            Word::None => control = FormatControl::default(),
            Word::Package(name) if control.packages.contains(&name) => {}
            Word::Package(name) => control.packages.push(name),
        }
    }
    Ok(control)
}

fn advisories(levels: &Levels<'_>) -> Result<Vec<Setting<AdvisorySource>>, SettingsError> {
    let mut sources = levels.list(Key::Advisories, |text, item| match text.trim() {
        "" => Err("the source is empty".to_owned()),
        "osv" => Ok(AdvisorySource::Osv),
        _ => Ok(match web(text)?.filter(|url| url.scheme() != "file") {
            Some(url) => AdvisorySource::Url(SecretUrl::new(url)),
            None => AdvisorySource::Path(levels.located(text.trim().strip_prefix("file://").unwrap_or(text), item)),
        }),
    })?;
    if sources.is_empty() {
        sources.push(Setting::unsaid(AdvisorySource::Osv));
    }
    Ok(sources)
}

/// What is said, and the project's own folder where there is one; `none` leaves out what is said before it and that folder.
fn prescriptions(levels: &Levels<'_>) -> Result<Vec<Setting<PrescriptionSource>>, SettingsError> {
    let said = levels.list(Key::Prescriptions, |text, item| match text.trim() {
        "" => Err("the source is empty".to_owned()),
        "none" => Ok(None),
        _ => Ok(Some(match web(text)?.filter(|url| url.scheme() != "file") {
            Some(url) => PrescriptionSource::Url(SecretUrl::new(url)),
            None => PrescriptionSource::Path(levels.located(text.trim().strip_prefix("file://").unwrap_or(text), item)),
        })),
    })?;
    let after = said.iter().rposition(|source| source.value.is_none()).map(|at| at + 1);
    let local = PathBuf::from(operations::prescriptions::LOCAL_FOLDER);
    let is_there = levels.around.files.exists(&levels.around.folder.join(&local));
    let local = (after.is_none() && is_there).then(|| Setting::unsaid(PrescriptionSource::Path(local)));
    let said = said.into_iter().skip(after.unwrap_or_default());
    let mut sources: Vec<_> =
        said.filter_map(|source| Some(Setting::new(source.value?, source.origin))).chain(local).collect();
    let mut seen: Vec<PrescriptionSource> = Vec::new();
    sources.retain(|source| {
        let new = !seen.contains(&source.value);
        seen.push(source.value.clone());
        new
    });
    Ok(sources)
}

/// What is said; `none` leaves out what is said before it.
fn health(levels: &Levels<'_>) -> Result<Vec<Setting<HealthSource>>, SettingsError> {
    let service = |text: &str| match web(text)?.filter(|url| url.scheme() != "file") {
        Some(url) => Ok(SecretUrl::new(url)),
        None => Err("a service is named by its URL, as in scorecard+https://HOST".to_owned()),
    };
    let said = levels.list(Key::Health, |text, item| match text.trim() {
        "" => Err("the source is empty".to_owned()),
        "none" => Ok(None),
        "index" => Ok(Some(HealthSource::Index)),
        text => Ok(Some(match (text.strip_prefix("scorecard+"), text.strip_prefix("deps.dev+")) {
            (Some(text), _) => HealthSource::Scorecard(service(text)?),
            (_, Some(text)) => HealthSource::DepsDev(service(text)?),
            _ => match web(text)?.filter(|url| url.scheme() != "file") {
                Some(url) => HealthSource::Url(SecretUrl::new(url)),
                None => HealthSource::Path(levels.located(text.strip_prefix("file://").unwrap_or(text), item)),
            },
        })),
    })?;
    let after = said.iter().rposition(|source| source.value.is_none()).map_or(0, |at| at + 1);
    let said = said.into_iter().skip(after);
    Ok(said.filter_map(|source| Some(Setting::new(source.value?, source.origin))).collect())
}

fn ignores(levels: &Levels<'_>) -> Result<Vec<Ignore>, SettingsError> {
    let mut ignores: Vec<Ignore> = Vec::new();
    for item in levels.all(Key::Ignore).flat_map(|said| said.items) {
        let ignore = ignore(item)?;
        if !ignores.iter().any(|known| known.id.eq_ignore_ascii_case(&ignore.id)) {
            ignores.push(ignore);
        }
    }
    Ok(ignores)
}

fn ignore(item: &Item) -> Result<Ignore, SettingsError> {
    let (id, reason, until) = match &item.value {
        Value::Text(_) => (text(item)?, None, None),
        Value::Table(table) => {
            let id = table.get("id").map(|(id, _)| id.as_str());
            let id = id.ok_or_else(|| SettingsError::value(&item.origin, "an ignored vulnerability needs an `id`"))?;
            (id, table.get("reason").map(|(reason, _)| reason.clone()), table.get("until"))
        }
    };
    let id = id.trim();
    if id.is_empty() || id.len() > 128 || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SettingsError::value(
            &item.origin,
            format!("`{id}` is not the id of a vulnerability (CVE-2024-1234)"),
        ));
    }
    let until = until.map(|(until, origin)| {
        let wrong = |_| SettingsError::value(origin, format!("`{until}` is not a date (2025-12-31)"));
        until.parse::<Date>().map_err(wrong)
    });
    Ok(Ignore { id: id.to_owned(), reason, until: until.transpose()?, origin: item.origin.clone() })
}

fn output(levels: &Levels<'_>) -> Result<Setting<Output>, SettingsError> {
    let path = levels.path(Key::Output)?;
    Ok(path.map_or(Setting::unsaid(Output::Unsaid), |path| {
        path.map(|path| if path.ends_with("-") { Output::Stdout } else { Output::File(path) })
    }))
}

/// The format said, or the one the output's name implies.
fn lock_format(levels: &Levels<'_>, output: &Setting<Output>) -> Result<Option<Setting<LockFormat>>, SettingsError> {
    let said = levels.choice(Key::LockFormat)?;
    let Output::File(path) = &output.value else { return Ok(said) };
    if said.is_some() {
        return Ok(said);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let format = LockFormat::of_name(&name).ok_or_else(|| {
        let message = format!(
            "the name `{name}` implies no format (as pylock.toml, pylock.NAME.toml, *.txt and Pipfile.lock do); \
             say it with --lock-format"
        );
        SettingsError::value(&output.origin, message)
    })?;
    Ok(Some(Setting::new(format, output.origin.clone())))
}

impl LockFormat {
    /// The format that the name of a file implies.
    pub fn of_name(name: &str) -> Option<Self> {
        let middle = name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix(".toml"));
        match name {
            "pylock.toml" => Some(Self::Pylock),
            "Pipfile.lock" => Some(Self::Pipfile),
            _ if middle.is_some_and(|middle| !middle.is_empty() && !middle.contains('.')) => Some(Self::Pylock),
            _ if name.ends_with(".txt") => Some(Self::Requirements),
            _ => None,
        }
    }
}

/// `-U`, or packages; of the two the better level's counts, and of one level "all".
fn upgrade(levels: &Levels<'_>) -> Result<Upgrade, SettingsError> {
    let all = levels.flag(Key::Upgrade)?;
    let (rank, packages_rank) = (levels.rank(Key::Upgrade), levels.rank(Key::UpgradePackage));
    if all.value && rank <= packages_rank {
        return Ok(Upgrade::All(all.origin));
    }
    // `--no-upgrade` takes back what lower levels say of single packages.
    let packages = if rank < packages_rank { Vec::new() } else { levels.list(Key::UpgradePackage, named)? };
    Ok(if packages.is_empty() { Upgrade::Keep } else { Upgrade::Packages(packages) })
}

/// `--refresh`; a contradiction with `--offline` on one level is an error, else the better level counts.
fn refresh(levels: &Levels<'_>) -> Result<Setting<bool>, SettingsError> {
    let refresh = levels.flag(Key::Refresh)?;
    if !(refresh.value && levels.flag(Key::Offline)?.value) {
        return Ok(refresh);
    }
    if levels.rank(Key::Refresh) == levels.rank(Key::Offline) {
        return Err(SettingsError::value(
            &refresh.origin,
            "nothing can be refreshed with offline; leave one of them out",
        ));
    }
    levels.note(&format!("{}: nothing is refreshed while offline", refresh.origin));
    Ok(refresh.map(|_| false))
}

fn store(levels: &Levels<'_>) -> Result<Setting<Store>, SettingsError> {
    let none = levels.flag(Key::NoCache)?;
    let folder = levels.path(Key::CacheDir)?;
    if none.value && levels.rank(Key::NoCache) <= levels.rank(Key::CacheDir) {
        return Ok(none.map(|_| Store::Temporary));
    }
    Ok(match (folder, data_folder(levels.around)) {
        (Some(folder), _) => folder.map(Store::Folder),
        (None, Some(folder)) => Setting::unsaid(Store::Folder(folder)),
        (None, None) => {
            levels.note("nothing is kept: there is no home folder to keep it in; --cache-dir names another");
            Setting::unsaid(Store::Temporary)
        }
    })
}

/// Where the platform wants an application's data.
fn data_folder(around: &Surroundings) -> Option<PathBuf> {
    let home = around.home.as_ref();
    let folder = around.folder_variable("XDG_DATA_HOME").or_else(|| match around.platform {
        Platform::Unix => home.map(|home| home.join(".local").join("share")),
        Platform::MacOs => home.map(|home| home.join("Library").join("Application Support")),
        Platform::Windows => {
            around.folder_variable("LOCALAPPDATA").or_else(|| home.map(|home| home.join("AppData").join("Local")))
        }
    })?;
    Some(folder.join("thoth"))
}

fn seconds(levels: &Levels<'_>, key: Key) -> Result<Option<Setting<Duration>>, SettingsError> {
    levels.parsed(key, |text, _| {
        let seconds = text.trim().parse::<f64>().ok().filter(|seconds| (0.001..=86_400.0).contains(seconds));
        seconds
            .map(Duration::from_secs_f64)
            .ok_or_else(|| format!("`{text}` is not a number of seconds, from 0.001 up to a day"))
    })
}

/// An amount of memory, bytes: a number with a unit of 1,000 or 1,024.
pub(crate) fn memory(text: &str) -> Result<u64, String> {
    let trimmed = text.trim();
    let end = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(end);
    let unit: Option<f64> = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1.0),
        "k" | "kb" => Some(1e3),
        "m" | "mb" => Some(1e6),
        "g" | "gb" => Some(1e9),
        "kib" => Some(1024.0),
        "mib" => Some(1024.0 * 1024.0),
        "gib" => Some(1024.0 * 1024.0 * 1024.0),
        _ => None,
    };
    let bytes = number.parse::<f64>().ok().zip(unit).map(|(number, unit)| number * unit);
    // Beyond this no machine goes, and a float still counts every byte.
    let bytes = bytes.filter(|bytes| (1.0..=1e15).contains(bytes)).map(|bytes| bytes as u64);
    bytes.ok_or_else(|| format!("`{text}` is not an amount of memory such as 500MB or 2GiB"))
}

fn alternatives(levels: &Levels<'_>) -> Result<Setting<usize>, SettingsError> {
    const MOST: usize = 64;
    let said = levels.parsed(Key::Alternatives, |text, _| {
        let number = text.trim().parse::<usize>().ok().filter(|number| *number <= MOST);
        number.ok_or_else(|| format!("`{text}` is not a number from 0 to {MOST}"))
    })?;
    Ok(said.unwrap_or(Setting::unsaid(0)))
}

/// How many of the best stacks are told.
fn stacks(levels: &Levels<'_>) -> Result<Option<Setting<usize>>, SettingsError> {
    const MOST: usize = 1000;
    levels.parsed(Key::Count, |text, _| {
        let number = text.trim().parse::<usize>().ok().filter(|number| (1..=MOST).contains(number));
        number.ok_or_else(|| format!("`{text}` is not a number from 1 to {MOST}"))
    })
}

/// How a predictor walks; `exact` is none.
fn walk(levels: &Levels<'_>) -> Result<Option<Setting<Option<Walk>>>, SettingsError> {
    let predictor = levels.parsed(Key::Predictor, |text, _| match text.trim() {
        "exact" => Ok(None),
        word => word.parse::<Kind>().map(Some).map_err(|why| format!("{why}, or exact")),
    })?;
    let number = |key: Key, least: u64, most: u64, usual: u64| {
        let said = levels.parsed(key, |text, _| {
            let number = text.trim().parse::<u64>().ok().filter(|number| (least..=most).contains(number));
            number.ok_or_else(|| format!("`{text}` is not a number from {least} to {most}"))
        })?;
        Ok::<u64, SettingsError>(said.map_or(usual, |said| said.value))
    };
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let usual = Walk::new(Kind::RandomWalk);
    let walk = Walk {
        predictor: usual.predictor,
        seed: number(Key::Seed, 0, u64::MAX, usual.seed)?,
        limit: number(Key::Limit, 1, u64::MAX, usual.limit)?,
        beam_width: size(number(Key::BeamWidth, 1, 10_000_000, usual.beam_width as u64)?),
        latest_versions: size(number(Key::LimitLatestVersions, 1, MOST_RELEASES as u64, usual.latest_versions as u64)?),
        keep_policy: levels.flag(Key::KeepPolicy)?.value,
        combinations: levels.list(Key::Combination, named)?.into_iter().map(|package| package.value).collect(),
    };
    Ok(predictor.map(|said| {
        let value = said.value.map(|predictor| Walk { predictor, ..walk });
        Setting { value, origin: said.origin }
    }))
}

fn count(levels: &Levels<'_>, key: Key) -> Result<u8, SettingsError> {
    let said = levels.parsed(key, |text, _| match text.trim() {
        "true" => Ok(1),
        "false" => Ok(0),
        text => text.parse().map_err(|_| format!("`{text}` is not a small number")),
    })?;
    Ok(said.map_or(0, |said| said.value))
}

/// `color`, or `no-color` of a better level.
fn color(levels: &Levels<'_>) -> Result<Setting<Color>, SettingsError> {
    let none = levels.flag(Key::NoColor)?;
    if none.value && levels.rank(Key::NoColor) < levels.rank(Key::Color) {
        return Ok(none.map(|_| Color::Never));
    }
    levels.choice_or(Key::Color, Color::Auto)
}
