//! `thoth config`, `thoth check` and `thoth environments`: the runtime environments of a project, and this machine beside them.
//!
//! How a machine is looked at and compared is known to `operations`; here it becomes words, JSON and an exit code.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use operations::{
    AdviseError,
    environments::{Machine, Place, look_around},
    files,
};
use packaging::{
    environment::Fact,
    environments::{self, Agreement, Change, Comparison, Entry, FILE, RequirementsFormat},
};
use serde_json::{Value, json};

use crate::{
    RunError,
    args::{CheckArgs, DiscoverArgs, MachineArgs},
    config::{SettingsError, Surroundings, environments::unknown, read},
    exit::Exit,
    settings::{ReportFormat, Setting, Settings},
    terminal::{columns, indented, visible},
};

/// The version of the JSON that these commands print.
const SCHEMA: u32 = 1;
/// The places that a text names where something was not found.
const MOST_PLACES: usize = 3;

/// Discovers this machine and writes it down as an environment.
pub(crate) fn discover(args: &DiscoverArgs, settings: &Settings, around: &Surroundings) -> Result<Exit, RunError> {
    let machine = look(&args.machine, settings, around)?;
    let all = &settings.environments;
    let path = all.file.clone().unwrap_or_else(|| settings.folder.join(FILE));
    let name = args.environment.clone().unwrap_or_else(|| machine.name());
    let origin = packaging::Origin::file(if args.environment.is_some() { "--environment" } else { "this machine" });
    environments::check_name(&name).map_err(|what| SettingsError::value(&origin, what))?;
    let entry = machine.entry(&name);
    let before = read(around, &path)?;
    let after = match (&args.template, before.as_deref()) {
        (Some(_), Some(_)) => {
            return Err(RunError::Argument {
                flag: "--template",
                why: format!("{} is there already: leave the template out to change it", around.shown(&path)),
            });
        }
        (Some(template), None) => filled(template, &machine, &name, settings, around)?,
        (None, Some(text)) => environments::write(text, &entry).map_err(|why| uneditable(&path, around, &why))?,
        (None, None) => environments::begin(&entry).map_err(|why| uneditable(&path, around, &why))?,
    };
    // What was written is read with the production reader before it replaces anything.
    let written = environments::read(&around.shown(&path), &after).map_err(SettingsError::Environments)?;
    let old = all.read.named(&name).filter(|_| args.template.is_none());
    let changes = written.named(&name).map(|new| environments::changes(old, new)).unwrap_or_default();
    let is_changed = before.as_deref() != Some(after.as_str());
    if is_changed && !args.dry_run {
        files::write(&path, after.as_bytes(), &settings.folder).map_err(RunError::from)?;
    }
    let told = Written {
        shown: around.shown(&path),
        name: &name,
        is_new: old.is_none(),
        is_changed,
        is_dry: args.dry_run,
        changes: &changes,
    };
    match settings.format.value {
        ReportFormat::Json | ReportFormat::ThothJson => {
            let value = json!({
                "schema": SCHEMA,
                "facts": facts_json(&machine),
                "notes": machine.notes,
                "file": told.shown,
                "environment": name,
                "changes": changes.iter().map(change_json).collect::<Vec<_>>(),
                "written": is_changed && !args.dry_run,
            });
            crate::say(&format!("{value:#}\n"))
        }
        ReportFormat::Text => {
            let mut text = machine_text(&machine);
            text.push_str(&told.text());
            if args.dry_run {
                let _ = write!(text, "\n{}", indented(&after));
            }
            crate::say(&visible(&text))
        }
    }
}

fn look(args: &MachineArgs, settings: &Settings, around: &Surroundings) -> Result<Machine, RunError> {
    let place = Place {
        folder: settings.folder.clone(),
        python: args.python.clone(),
        root: args.root.clone(),
        variables: around.variables.clone(),
    };
    if let Some(root) = &args.root
        && !settings.folder.join(root).is_dir()
    {
        return Err(RunError::Argument { flag: "--root", why: format!("{} is no folder", root.display()) });
    }
    Ok(look_around(&place)?)
}

fn uneditable(path: &Path, around: &Surroundings, why: &packaging::yaml::Uneditable) -> RunError {
    let line = match why {
        packaging::yaml::Uneditable::Broken(broken) => broken.line,
        packaging::yaml::Uneditable::Style { line, .. } => *line,
    };
    let origin = packaging::Origin { file: around.shown(path), line, part: None };
    SettingsError::value(&origin, why.to_string()).into()
}

/// Which files the project's requirements are in, for a template.
fn format_of(settings: &Settings, around: &Surroundings) -> RequirementsFormat {
    let has = |name: &str| around.files.exists(&settings.folder.join(name));
    if has("Pipfile") && !has("requirements.in") { RequirementsFormat::Pipenv } else { RequirementsFormat::Pip }
}

/// A template with what was found in it.
fn filled(
    template: &Path,
    machine: &Machine,
    name: &str,
    settings: &Settings,
    around: &Surroundings,
) -> Result<String, RunError> {
    let path = settings.folder.join(template);
    let text = read(around, &path)?
        .ok_or_else(|| SettingsError::Missing { said: "--template".to_string(), path: path.clone() })?;
    let discovery = &machine.discovery;
    let host = &discovery.host;
    let system = host.operating_system.present();
    let said = |text: Option<&String>| text.map_or(Value::Null, |text| json!(text));
    let version =
        |fact: &Fact<packaging::Version>| fact.present().map_or(Value::Null, |version| json!(version.to_string()));
    let number = |fact: &Fact<u32>| fact.present().map_or(Value::Null, |number| json!(number));
    let format = match format_of(settings, around) {
        RequirementsFormat::Pipenv => "pipenv",
        RequirementsFormat::Pip => "pip",
    };
    let values: BTreeMap<String, Value> = [
        ("runtime_environment_name", json!(name)),
        ("os_name", said(system.map(|system| &system.name))),
        ("os_version", said(system.and_then(|system| system.version.as_ref()))),
        ("cpu_family", number(&host.cpu_family)),
        ("cpu_model", number(&host.cpu_model)),
        ("cpu_model_name", said(discovery.cpu_name.as_ref())),
        ("gpu_model", said(host.gpu_model.present())),
        ("python_version", said(discovery.python_version.as_ref())),
        ("cuda_version", version(&host.cuda)),
        ("cudnn_version", version(&host.cudnn)),
        ("mkl_version", version(&host.mkl)),
        ("openmpi_version", version(&host.openmpi)),
        ("openblas_version", version(&host.openblas)),
        ("platform", said(discovery.platform.as_ref())),
        ("base_image", said(host.base_image.present())),
        ("requirements_format", json!(format)),
    ]
    .map(|(name, value)| (name.to_string(), value))
    .into();
    environments::filled(&text, &values)
        .map_err(|why| SettingsError::value(&packaging::Origin::file(around.shown(&path)), why.to_string()).into())
}

/// What became of the file.
struct Written<'a> {
    shown: String,
    name: &'a str,
    is_new: bool,
    is_changed: bool,
    is_dry: bool,
    changes: &'a [Change],
}

impl Written<'_> {
    fn text(&self) -> String {
        let Self { shown, name, .. } = self;
        let verb = match (self.is_dry, self.is_new) {
            _ if !self.is_changed => return format!("\n{shown} says so already of `{name}`.\n"),
            (true, true) => ("Would add", "to"),
            (true, false) => ("Would change", "in"),
            (false, true) => ("Added", "to"),
            (false, false) => ("Changed", "in"),
        };
        let mut text = format!("\n{} the environment `{name}` {} {shown}\n", verb.0, verb.1);
        if !self.is_new {
            let width = self.changes.iter().map(|change| change.key.len()).max().unwrap_or_default();
            for Change { key, from, to } in self.changes {
                let _ = writeln!(text, "  {key:width$}  {} → {to}", from.as_deref().unwrap_or("(not said)"));
            }
        }
        text
    }
}

fn change_json(change: &Change) -> Value {
    json!({ "key": change.key, "from": change.from, "to": change.to })
}

fn machine_text(machine: &Machine) -> String {
    let findings = &machine.discovery.findings;
    let width = findings.iter().map(|finding| finding.word.len()).max().unwrap_or_default();
    let value = |finding: &sources::host::Finding| match (&finding.value, finding.word) {
        // A hundred words say less than their number; they are in the JSON.
        (Fact::Present(flags), "cpu_flags") => format!("{} flags", flags.split(' ').count()),
        (value, _) => value.to_string(),
    };
    let values: Vec<String> = findings.iter().map(value).collect();
    let wide = values.iter().map(|value| value.chars().count()).max().unwrap_or_default().min(40);
    let mut text = "This machine\n".to_string();
    for (finding, value) in findings.iter().zip(&values) {
        if let Some(source) = &finding.source {
            let _ = writeln!(text, "  {:width$}  {value:wide$}  {source}", finding.word);
        }
    }
    let mut missing = findings.iter().filter(|finding| finding.source.is_none()).peekable();
    if missing.peek().is_some() {
        text.push_str("\nNot found\n");
    }
    for finding in missing {
        let some: Vec<&str> = finding.looked.iter().take(MOST_PLACES).map(String::as_str).collect();
        let more = match finding.looked.len().saturating_sub(some.len()) {
            0 => String::new(),
            more => format!(" and {more} more places"),
        };
        let _ = writeln!(text, "  {:width$}  looked at {}{more}", finding.word, some.join(", "));
    }
    for note in &machine.notes {
        let _ = writeln!(text, "\nnote: {note}");
    }
    text
}

fn facts_json(machine: &Machine) -> Vec<Value> {
    let fact = |finding: &sources::host::Finding| {
        json!({
            "key": finding.word,
            "state": state(&finding.value),
            "value": finding.value.present(),
            "source": finding.source,
            "looked": finding.looked,
        })
    };
    machine.discovery.findings.iter().map(fact).collect()
}

fn state(fact: &Fact<String>) -> &'static str {
    match fact {
        Fact::Present(_) => "present",
        Fact::Absent => "absent",
        Fact::Unknown => "unknown",
    }
}

/// Compares the environments of the project with this machine.
pub(crate) fn check(args: &CheckArgs, settings: &Settings, around: &Surroundings) -> Result<Exit, RunError> {
    let all = &settings.environments;
    let named =
        args.environment.as_ref().map(|name| Setting::new(name.clone(), packaging::Origin::file("--environment")));
    let entries: Vec<&Entry> = match &named {
        Some(name) => vec![all.read.named(&name.value).ok_or_else(|| unknown(name, all))?],
        None => all.read.entries.iter().collect(),
    };
    if entries.is_empty() {
        let why = format!("there is no {FILE} with an environment to check; `thoth config` writes one");
        return Err(AdviseError::Usage(why).into());
    }
    let machine = look(&args.machine, settings, around)?;
    let compared: Vec<(&Entry, Vec<Comparison>)> =
        entries.into_iter().map(|entry| (entry, machine.compare(entry))).collect();
    // A machine is one environment; of several, the one that fits best is what it is.
    let best = compared.iter().map(|(_, comparisons)| Agreement::of(comparisons)).min().unwrap_or(Agreement::Agrees);
    let exit = match best {
        Agreement::Agrees => Exit::Done,
        Agreement::Differs => Exit::Unacceptable,
        Agreement::Unknown => Exit::Trouble,
    };
    match settings.format.value {
        ReportFormat::Json | ReportFormat::ThothJson => {
            let environment = |(entry, comparisons): &(&Entry, Vec<Comparison>)| {
                let facts = comparisons.iter().map(|one| {
                    json!({
                        "key": one.word,
                        "agreement": one.agreement.word(),
                        "stated": one.stated.present(),
                        "found": one.found.present(),
                        "found_state": state(&one.found),
                    })
                });
                json!({
                    "name": entry.name,
                    "origin": entry.origin.to_string(),
                    "agreement": Agreement::of(comparisons).word(),
                    "facts": facts.collect::<Vec<_>>(),
                })
            };
            let value = json!({
                "schema": SCHEMA,
                "exit_code": exit.code(),
                "environments": compared.iter().map(environment).collect::<Vec<_>>(),
                "notes": machine.notes,
            });
            crate::say(&format!("{value:#}\n"))?
        }
        ReportFormat::Text => crate::say(&visible(&checked_text(&compared, &machine)))?,
    };
    Ok(exit)
}

fn checked_text(compared: &[(&Entry, Vec<Comparison>)], machine: &Machine) -> String {
    let mut text = String::new();
    for (place, (entry, comparisons)) in compared.iter().enumerate() {
        let gap = if place == 0 { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{}: {}", entry.name, sentence(comparisons));
        let width = comparisons.iter().map(|one| one.word.len()).max().unwrap_or_default();
        for one in comparisons.iter().filter(|one| one.agreement != Agreement::Agrees) {
            let found = match one.agreement {
                Agreement::Unknown => "not found here".to_string(),
                _ => format!("{} here", one.found),
            };
            let _ = writeln!(text, "  {:8} {:width$}  {} stated, {found}", one.agreement.word(), one.word, one.stated);
        }
    }
    for note in &machine.notes {
        let _ = writeln!(text, "\nnote: {note}");
    }
    text
}

fn sentence(comparisons: &[Comparison]) -> String {
    let count = |agreement| comparisons.iter().filter(|one| one.agreement == agreement).count();
    let (agree, unknown, differ) = (count(Agreement::Agrees), count(Agreement::Unknown), count(Agreement::Differs));
    match Agreement::of(comparisons) {
        Agreement::Agrees => format!("this machine is it ({agree} of {agree} statements agree)"),
        Agreement::Unknown => format!("this machine may be it ({agree} agree, {unknown} cannot be told)"),
        Agreement::Differs => {
            format!("this machine is another ({differ} differ, {agree} agree, {unknown} cannot be told)")
        }
    }
}

/// Names the environments of the project.
pub(crate) fn list(settings: &Settings) -> Result<Exit, RunError> {
    let all = &settings.environments;
    let entries = &all.read.entries;
    if settings.format.value != ReportFormat::Text {
        let one = |entry: &Entry| {
            let facts: BTreeMap<&str, Value> = entry
                .host
                .facts()
                .into_iter()
                .filter(|(_, fact)| !fact.is_unknown())
                .map(|(word, fact)| (word, json!(fact.present())))
                .collect();
            json!({
                "name": entry.name,
                "origin": entry.origin.to_string(),
                "python_version": entry.python_version.as_ref().map(|(version, _)| version),
                "platform": entry.platform.as_ref().map(|(platform, _)| platform),
                "recommendation_type": entry.recommendation_type.as_ref().or(all.read.recommendation_type.as_ref()).map(|(word, _)| word),
                "labels": entry.labels,
                "facts": facts,
                "folder": folder(entry, settings),
            })
        };
        let value = json!({ "schema": SCHEMA, "environments": entries.iter().map(one).collect::<Vec<_>>() });
        return crate::say(&format!("{value:#}\n"));
    }
    if entries.is_empty() {
        return crate::say("There is none; `thoth config` begins with this machine.\n");
    }
    let cells = |entry: &Entry| {
        let said = |said: &Option<(String, packaging::Origin)>| said.as_ref().map_or("-", |(text, _)| text).to_string();
        [
            entry.name.clone(),
            format!("Python {}", said(&entry.python_version)),
            entry.host.operating_system.to_string(),
            said(&entry.platform),
            said(if entry.recommendation_type.is_some() {
                &entry.recommendation_type
            } else {
                &all.read.recommendation_type
            }),
        ]
    };
    crate::say(&visible(&columns(entries.iter().map(cells))))
}

fn folder(entry: &Entry, settings: &Settings) -> Option<PathBuf> {
    crate::config::environments::overlay(entry, &settings.environments)
}
