//! `thoth advise --all-environments`: every environment of the project decided, locked and told, and what differs between them.

use std::collections::BTreeMap;

use operations::Advice;
use packaging::{PackageName, Version};
use resolution::outcome::Verdict;
use serde_json::{Value, json};

use crate::{
    RunError,
    advise::{ended, report_json, report_text, run},
    args::Cli,
    config::{self, Surroundings, Wanted},
    exit::Exit,
    settings::{ReportFormat, Settings},
    terminal::{Terminal, columns, counted, indented, label, visible},
};

/// The version of the JSON that is printed.
const SCHEMA: u32 = 1;

/// One environment with what was decided for it.
struct Decided {
    name: String,
    settings: Settings,
    end: Result<Advice, RunError>,
}

impl Decided {
    fn exit(&self) -> Exit {
        match &self.end {
            Ok(advice) => ended(advice),
            Err(error) => error.exit(),
        }
    }

    /// The version of each package of its stack; nothing where there is none.
    fn versions(&self) -> BTreeMap<&PackageName, &Version> {
        match self.end.as_ref().map(|advice| &advice.outcome.verdict) {
            Ok(Verdict::Stack(decision)) => {
                decision.releases.iter().map(|release| (&release.name, &release.version)).collect()
            }
            _ => BTreeMap::new(),
        }
    }
}

/// Decides for one environment after the other. One that cannot be decided does not keep the others from it; the exit code is
/// that of the worst.
pub(crate) fn answer(
    cli: &Cli,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let names: Vec<&String> = settings.environments.read.entries.iter().map(|entry| &entry.name).collect();
    if names.is_empty() {
        let why = "the project names no environments: `thoth config` writes this machine's into .thoth.yaml";
        return Err(RunError::Argument { flag: "--all-environments", why: why.to_string() });
    }
    if settings.format.value == ReportFormat::ThothJson {
        let why = "a document of the original is about one environment: name it with `--runtime-environment`";
        return Err(RunError::Argument { flag: "--all-environments", why: why.to_string() });
    }
    let mut all: Vec<Decided> = Vec::new();
    for name in names {
        // All are settled before any is decided: a mistake in the last costs no search.
        let settings = config::settle_for(cli, around, Wanted::OneOfAll(name))?;
        let end = Err(RunError::Argument { flag: "--all-environments", why: "it was not begun".to_string() });
        all.push(Decided { name: name.clone(), settings, end });
    }
    let is_text = settings.format.value == ReportFormat::Text;
    for one in &mut all {
        one.end = run(&one.settings, around, terminal).map_err(RunError::from);
        if is_text && terminal.verbosity.quiet < 2 {
            crate::say(&visible(&format!("Environment `{}`\n", one.name)))?;
        }
        match &one.end {
            Ok(advice) if is_text && terminal.verbosity.quiet < 2 => {
                crate::say(&format!("{}\n", report_text(advice, around, terminal, terminal.colour_out)))?;
            }
            Ok(_) => {}
            Err(error) => {
                crate::complain(
                    &label("error", terminal.colour_talk),
                    &format!("for the environment `{}`: {error}", one.name),
                );
                if let Some(remedy) = error.remedy() {
                    crate::complain(&label("help", terminal.colour_talk), &remedy);
                }
            }
        }
        if one.exit() == Exit::Interrupted {
            break;
        }
    }
    let exit = all.iter().map(Decided::exit).max_by_key(|exit| exit.code()).unwrap_or(Exit::Done);
    let differing = differing(&all);
    if is_text {
        if terminal.verbosity.quiet < 2 {
            crate::say(&visible(&told(&all, &differing)))?;
        }
        return Ok(exit);
    }
    let environment = |one: &Decided| {
        let report = one.end.as_ref().ok().and_then(|advice| serde_json::from_str::<Value>(&report_json(advice)).ok());
        let error = one.end.as_ref().err().map(ToString::to_string);
        json!({ "name": one.name, "exit_code": one.exit().code(), "report": report, "error": error })
    };
    let difference = |(package, versions): &(&PackageName, Vec<Option<&Version>>)| {
        let versions: BTreeMap<&str, Option<String>> = all
            .iter()
            .zip(versions)
            .map(|(one, version)| (one.name.as_str(), version.map(ToString::to_string)))
            .collect();
        json!({ "package": package, "versions": versions })
    };
    let value = json!({
        "schema": SCHEMA,
        "exit_code": exit.code(),
        "environments": all.iter().map(environment).collect::<Vec<_>>(),
        "differences": differing.iter().map(difference).collect::<Vec<_>>(),
    });
    crate::say(&visible(&format!("{value:#}\n")))?;
    Ok(exit)
}

/// The packages that are not at one version in every stack, with the version in each environment.
fn differing(all: &[Decided]) -> Vec<(&PackageName, Vec<Option<&Version>>)> {
    let stacks: Vec<BTreeMap<&PackageName, &Version>> = all.iter().map(Decided::versions).collect();
    let mut packages: Vec<&PackageName> = stacks.iter().flat_map(BTreeMap::keys).copied().collect();
    packages.sort();
    packages.dedup();
    let versions = |package: &PackageName| stacks.iter().map(|stack| stack.get(package).copied()).collect::<Vec<_>>();
    let all = packages.into_iter().map(|package| (package, versions(package)));
    all.filter(|(_, versions)| versions.windows(2).any(|pair| pair.first() != pair.last())).collect()
}

fn told(all: &[Decided], differing: &[(&PackageName, Vec<Option<&Version>>)]) -> String {
    let decided: Vec<bool> = all.iter().map(|one| !one.versions().is_empty()).collect();
    let number = decided.iter().filter(|is_decided| **is_decided).count();
    if number < 2 {
        return format!("{number} of {} environments has a stack; there is nothing to compare.\n", all.len());
    }
    if differing.is_empty() {
        return format!("All {number} stacks are the same.\n");
    }
    let mut text = format!("What differs between the environments ({})\n", counted(differing.len(), "package"));
    let mut head = vec!["package".to_string()];
    head.extend(all.iter().map(|one| one.name.clone()));
    let mut rows = vec![head];
    for (package, versions) in differing {
        let cell = |(version, is_decided): (&Option<&Version>, &bool)| match (version, is_decided) {
            (Some(version), _) => version.to_string(),
            (None, true) => "-".to_string(),
            (None, false) => "?".to_string(),
        };
        rows.push(std::iter::once(package.to_string()).chain(versions.iter().zip(&decided).map(cell)).collect());
    }
    text.push_str(&indented(&columns(rows)));
    text
}
