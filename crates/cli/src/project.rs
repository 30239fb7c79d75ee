//! `thoth add`, `remove`, `list` and `show`: what a project requires, changed and shown.

use std::{fmt::Write as _, path::PathBuf};

use operations::{
    AdviseError,
    edit::{Done, Edit, apply},
    overview::{Overview, Standing, overview},
};
use packaging::{
    PackageName, Url,
    environments::{Entry, RequirementsFormat},
    project::{
        Declaration,
        edit::{Addition, Change, Section},
    },
    requirement::redacted,
};
use serde_json::{Value, json};

use crate::{
    RunError,
    advise::request,
    args::{AddArgs, RemoveArgs, WhereArgs},
    command::locking,
    config::{
        Surroundings,
        environments::{overlay, unknown, usual},
    },
    exit::Exit,
    settings::{DEFAULT_INDEX, IndexRole, ReportFormat, Setting, Settings},
    terminal::{Terminal, columns, visible},
    world::on_nothing,
};

/// The version of the JSON that these commands print.
const SCHEMA: u32 = 1;

/// Adds requirements.
pub(crate) fn add(args: &AddArgs, settings: &Settings, around: &Surroundings) -> Result<Exit, RunError> {
    let usage = |error: packaging::project::edit::EditError| RunError::from(AdviseError::Usage(error.to_string()));
    let additions: Vec<Addition> =
        args.packages.iter().map(|text| Addition::new(text).map_err(usage)).collect::<Result<_, _>>()?;
    let index = args.index_url.as_ref().map(|text| {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        url.ok_or_else(|| RunError::Argument {
            flag: "--index-url",
            why: "it must be an http or https URL".to_string(),
        })
    });
    let home = settings.indexes.iter().find(|index| index.role == IndexRole::Default);
    let home = home.map(|index| index.url.expose().clone()).or_else(|| Url::parse(DEFAULT_INDEX).ok());
    let section = section(&args.place)?;
    let (file, begin) = file(&args.place, settings, around, true)?;
    let edit = Edit {
        folder: settings.folder.clone(),
        file,
        begin,
        section: Some(section.unwrap_or(Section::Main)),
        additions,
        removals: Vec::new(),
        index: index.transpose()?.zip(home),
    };
    run(&edit, &args.place, settings, around)
}

/// Removes requirements.
pub(crate) fn remove(args: &RemoveArgs, settings: &Settings, around: &Surroundings) -> Result<Exit, RunError> {
    let package = |text: &String| -> Result<PackageName, RunError> { crate::inquiry::package("PACKAGE", text) };
    let (file, _) = file(&args.place, settings, around, false)?;
    let edit = Edit {
        folder: settings.folder.clone(),
        file,
        begin: None,
        section: section(&args.place)?,
        additions: Vec::new(),
        removals: args.packages.iter().map(package).collect::<Result<_, _>>()?,
        index: None,
    };
    run(&edit, &args.place, settings, around)
}

fn run(edit: &Edit, place: &WhereArgs, settings: &Settings, around: &Surroundings) -> Result<Exit, RunError> {
    let done = apply(edit, &|name| around.variable(name).map(str::to_string))?;
    if settings.format.value != ReportFormat::Text {
        let change = |change: &Change| {
            let shown = |text: &Option<String>| text.as_deref().map(masked);
            json!({ "origin": change.origin.to_string(), "was": shown(&change.was), "is": shown(&change.is) })
        };
        let value = json!({
            "schema": SCHEMA,
            "file": done.file,
            "begun": done.is_new,
            "changes": done.changes.iter().map(change).collect::<Vec<_>>(),
        });
        return crate::say(&format!("{value:#}\n"));
    }
    crate::say(&visible(&told(&done, place)))
}

fn told(done: &Done, place: &WhereArgs) -> String {
    if done.changes.is_empty() {
        return format!("{} says so already.\n", done.file);
    }
    let mut text = format!("{} {}\n", if done.is_new { "Began" } else { "Changed" }, done.file);
    let line = |change: &Change| {
        let place = change.origin.part.as_ref().map(|part| format!("  ({part})")).unwrap_or_default();
        match (&change.was, &change.is) {
            (Some(was), Some(is)) => format!("  ~ {} → {}{place}\n", masked(was), masked(is)),
            (None, Some(is)) => format!("  + {}{place}\n", masked(is)),
            (Some(was), None) => format!("  - {}{place}\n", masked(was)),
            (None, None) => String::new(),
        }
    };
    text.extend(done.changes.iter().map(line));
    let _ = writeln!(text, "Lock it with\n  {}", locking(place));
    text
}

/// A requirement as it may be shown: without the credentials of a URL.
fn masked(text: &str) -> String {
    let word = |word: &str| match Url::parse(word.trim_matches(['"', '\'', ','])) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => redacted(&url),
        _ => word.to_string(),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn section(place: &WhereArgs) -> Result<Option<Section>, RunError> {
    let name =
        |flag: &'static str, text: &str| RunError::Argument { flag, why: format!("`{text}` is not a valid name") };
    match (&place.group, &place.extra) {
        _ if place.dev => Ok("dev".parse().ok().map(Section::Group)),
        (Some(group), _) => Ok(Some(Section::Group(group.parse().map_err(|_| name("--group", group))?))),
        (None, Some(extra)) => Ok(Some(Section::Extra(extra.parse().map_err(|_| name("--extra", extra))?))),
        (None, None) => Ok(None),
    }
}

/// The file that is changed, and what a new one begins with.
fn file(
    place: &WhereArgs,
    settings: &Settings,
    around: &Surroundings,
    may_begin: bool,
) -> Result<(PathBuf, Option<String>), RunError> {
    if let Some(file) = &place.requirements {
        let begins = may_begin && (file.ends_with(".in") || file.ends_with(".txt"));
        return Ok((settings.folder.join(file), begins.then(String::new)));
    }
    let all = &settings.environments;
    let named =
        place.environment.as_ref().map(|name| Setting::new(name.clone(), packaging::Origin::file("--environment")));
    let entry: Option<&Entry> = match &named {
        Some(name) => Some(all.read.named(&name.value).ok_or_else(|| unknown(name, all))?),
        None => all.read.entries.first(),
    };
    let format = all.read.requirements_format;
    let overlay = entry.and_then(|entry| overlay(entry, all));
    let folder = overlay.clone().unwrap_or_else(|| settings.folder.clone());
    let names = usual(format);
    if let Some(path) = names.iter().map(|name| folder.join(name)).find(|path| around.files.exists(path)) {
        return Ok((path, None));
    }
    if !may_begin {
        return Err(AdviseError::NothingToResolve { folder }.into());
    }
    let begin = match format {
        Some(RequirementsFormat::Pipenv) => {
            let python = entry.and_then(|entry| entry.python_version.as_ref());
            let requires = python.map(|(version, _)| format!("\n[requires]\npython_version = \"{version}\"\n"));
            ("Pipfile", format!("[packages]\n{}", requires.unwrap_or_default()))
        }
        _ => ("requirements.in", String::new()),
    };
    Ok((folder.join(begin.0), Some(begin.1)))
}

fn look(settings: &Settings, around: &Surroundings, terminal: &Terminal) -> Result<Overview, RunError> {
    let request = request(settings, around)?;
    // Nothing is looked up, and nothing is to be remembered.
    Ok(on_nothing(settings, around, terminal, |world| overview(&request, world))?)
}

/// Lists what the project requires, and what is locked of it.
pub(crate) fn list(settings: &Settings, around: &Surroundings, terminal: &Terminal) -> Result<Exit, RunError> {
    let overview = look(settings, around, terminal)?;
    let declarations = &overview.project.requirements;
    let others = others(&overview);
    if settings.format.value != ReportFormat::Text {
        let requirement = |one: &Declaration| {
            let (state, version) = standing(&overview, one);
            json!({
                "package": one.requirement.name,
                "requirement": one.requirement.to_string(),
                "origin": one.origin.to_string(),
                "state": state,
                "locked": version,
            })
        };
        let value = json!({
            "schema": SCHEMA,
            "lock": overview.lock.as_ref().and(overview.place.as_ref()),
            "requirements": declarations.iter().map(requirement).collect::<Vec<_>>(),
            "others": others.iter().map(|(name, version)| json!({ "package": name, "locked": version.to_string() })).collect::<Vec<_>>(),
        });
        return crate::say(&format!("{value:#}\n"));
    }
    let row = |one: &Declaration| {
        let (state, version) = standing(&overview, one);
        let locked = match (state, version) {
            ("stale", Some(version)) => format!("{version} (does not fit)"),
            (_, Some(version)) => version,
            (_, None) => "not locked".to_string(),
        };
        [one.requirement.to_string(), locked, one.origin.to_string()]
    };
    let mut text = columns(declarations.iter().map(row));
    if !others.is_empty() {
        let _ = writeln!(text, "and {} more in {}", others.len(), overview.place.as_deref().unwrap_or("the lock"));
    }
    crate::say(&visible(&text))
}

/// What is locked besides what the project itself requires.
fn others(overview: &Overview) -> Vec<(&PackageName, &packaging::Version)> {
    let is_direct = |name: &PackageName| overview.project.requirements.iter().any(|one| one.requirement.name == *name);
    let locked = overview.lock.iter().flat_map(|lock| &lock.versions);
    locked.filter(|(name, _)| !is_direct(name)).collect()
}

fn standing(overview: &Overview, one: &Declaration) -> (&'static str, Option<String>) {
    match overview.standing(one) {
        Standing::Locked(version) => ("locked", Some(version.to_string())),
        Standing::Stale(version) => ("stale", Some(version.to_string())),
        Standing::Missing => ("missing", None),
    }
}

/// Shows the project, its environments and its lock.
pub(crate) fn show(settings: &Settings, around: &Surroundings, terminal: &Terminal) -> Result<Exit, RunError> {
    let overview = look(settings, around, terminal)?;
    let project = &overview.project;
    let all = &settings.environments;
    let count = |wanted: &str| project.requirements.iter().filter(|one| standing(&overview, one).0 == wanted).count();
    let (locked, stale, missing) = (count("locked"), count("stale"), count("missing"));
    if settings.format.value != ReportFormat::Text {
        let value: Value = json!({
            "schema": SCHEMA,
            "project": project.name,
            "requires_python": project.requires_python.as_ref().map(|(specifiers, _)| specifiers.to_string()),
            "files": project.files,
            "requirements": { "locked": locked, "stale": stale, "missing": missing },
            "environments": all.read.entries.iter().map(|entry| &entry.name).collect::<Vec<_>>(),
            "environment": all.chosen.as_ref().map(|entry| &entry.name),
            "lock": overview.place,
            "lock_format": overview.format.filename(),
            "releases": overview.lock.as_ref().map(|lock| lock.versions.len()),
        });
        return crate::say(&format!("{value:#}\n"));
    }
    let mut rows: Vec<[String; 2]> = Vec::new();
    let mut row = |word: &str, value: String| rows.push([word.to_string(), value]);
    if let Some(name) = &project.name {
        row("Project", name.to_string());
    }
    row("Requirements", format!("{} in {}", project.requirements.len(), project.files.join(", ")));
    if let Some((specifiers, origin)) = &project.requires_python {
        row("Python", format!("{specifiers} ({origin})"));
    }
    let chosen = all.chosen.as_ref().map(|entry| entry.name.as_str());
    if !all.read.entries.is_empty() {
        let name = |entry: &Entry| match Some(entry.name.as_str()) == chosen {
            true => format!("{} (chosen)", entry.name),
            false => entry.name.clone(),
        };
        row("Environments", all.read.entries.iter().map(name).collect::<Vec<_>>().join(", "));
    }
    let first = all.read.entries.first().map(|entry| entry.name.as_str());
    let advise = match chosen.filter(|chosen| first != Some(*chosen)) {
        Some(name) => format!("thoth advise -e {name}"),
        None => "thoth advise".to_string(),
    };
    let place = overview.place.clone().unwrap_or_else(|| "standard output".to_string());
    row(
        "Lock",
        match &overview.lock {
            Some(lock) => format!("{place}, {} releases", lock.versions.len()),
            None => format!("none yet; `{advise}` writes {place}"),
        },
    );
    if overview.lock.is_some() && stale + missing > 0 {
        row(
            "Out of date",
            format!("{stale} locked otherwise than required, {missing} not locked; `{advise}` locks anew"),
        );
    }
    let mut text = columns(rows);
    for note in overview.lock.iter().flat_map(|lock| &lock.notes) {
        let _ = writeln!(text, "note: {note}");
    }
    crate::say(&visible(&text))
}
