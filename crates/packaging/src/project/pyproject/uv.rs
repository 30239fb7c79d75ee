//! `[tool.uv]`: indexes, sources, bounds and preferences, as far as they decide which releases may be chosen.

use toml_edit::{Item, TableLike, Value};

use crate::{
    MarkerTree, Origin, PackageName, Wanted,
    project::{
        Declaration, NamedIndex, declaration,
        error::{Fault, Problem, excerpt, reason},
        read::{MOST_OPTIONS, Reading},
        toml_file::{TomlFile, shape},
    },
};

/// Keys that decide which releases are chosen, and are not honoured.
const NOT_HONOURED: [&str; 9] = [
    "exclude-dependencies",
    "dependency-metadata",
    "conflicts",
    "environments",
    "required-environments",
    "fork-strategy",
    "exclude-newer-package",
    "build-constraint-dependencies",
    "extra-build-dependencies",
];

/// Reads the table into `reading`, and the sources into `requirements`.
pub(in crate::project) fn read(
    reading: &mut Reading,
    file: &TomlFile,
    uv: &dyn TableLike,
    requirements: &mut Vec<Declaration>,
) {
    if let Some(bounds) = requirements_of(reading, file, uv, "constraint-dependencies") {
        reading.project.constraints.extend(bounds);
    }
    if let Some(overrides) = requirements_of(reading, file, uv, "override-dependencies") {
        reading.project.overrides.extend(overrides);
    }
    for result in
        [read_indexes(reading, file, uv), read_switches(reading, file, uv), read_preferences(reading, file, uv)]
    {
        if let Err(problem) = result {
            reading.problem(problem);
        }
    }
    if let Err(problem) = read_sources(reading, file, uv, requirements) {
        reading.problem(problem);
    }
    for key in NOT_HONOURED {
        if uv.contains_key(key) {
            let origin = file.origin_of(uv, key, &format!("tool.uv.{key}"));
            reading.note(&origin, "is not honoured");
        }
    }
}

fn requirements_of(reading: &mut Reading, file: &TomlFile, uv: &dyn TableLike, key: &str) -> Option<Vec<Declaration>> {
    let strings = file.strings(uv, key, &format!("tool.uv.{key}"));
    let mut declared = Vec::new();
    for (text, origin) in reading.good(strings)? {
        match declaration::named(text, origin.clone()) {
            Ok(declaration) => declared.push(declaration),
            Err(fault) => reading.fault(origin, fault),
        }
    }
    Some(declared)
}

fn read_indexes(reading: &mut Reading, file: &TomlFile, uv: &dyn TableLike) -> Result<(), Problem> {
    const PART: &str = "tool.uv.index";
    let tables = file.tables(uv, "index", PART)?;
    if tables.len() > MOST_OPTIONS {
        let fault = Fault::TooMuch { what: "indexes", limit: MOST_OPTIONS };
        return Err(file.problem(uv, "index", PART, fault));
    }
    for (table, origin) in tables {
        let text = |key: &str| file.string(table, key, &format!("{PART}.{key}"));
        let Some(url) = text("url")? else {
            return Err(Problem::new(origin, Fault::Missing("tool.uv.index.url")));
        };
        if text("format")? == Some("flat") {
            reading.project.options.find_links.push((url.to_string(), origin));
            continue;
        }
        reading.project.options.named.push(NamedIndex {
            name: text("name")?.unwrap_or(url).to_string(),
            url: url.to_string(),
            explicit: file.boolean(table, "explicit", PART)?.unwrap_or(false),
            default: file.boolean(table, "default", PART)?.unwrap_or(false),
            origin,
        });
    }
    let options = &mut reading.project.options;
    if let Some(url) = file.string(uv, "index-url", "tool.uv.index-url")? {
        options.index_url = Some((url.to_string(), file.origin_of(uv, "index-url", "tool.uv.index-url")));
    }
    for (key, list) in [("extra-index-url", &mut options.extra_index_urls), ("find-links", &mut options.find_links)] {
        let part = format!("tool.uv.{key}");
        list.extend(file.strings(uv, key, &part)?.into_iter().map(|(url, origin)| (url.to_string(), origin)));
    }
    Ok(())
}

fn read_switches(reading: &mut Reading, file: &TomlFile, uv: &dyn TableLike) -> Result<(), Problem> {
    let is_set = |key: &str| Ok(file.boolean(uv, key, &format!("tool.uv.{key}"))?.unwrap_or(false));
    let options = &mut reading.project.options;
    options.no_index |= is_set("no-index")?;
    let controls = [
        ("no-binary", "no-binary-package", IndexControl::NoBinary),
        ("no-build", "no-build-package", IndexControl::OnlyBinary),
    ];
    for (all, named, control) in controls {
        let mut values: Vec<(String, Origin)> = Vec::new();
        if is_set(all)? {
            values.push((":all:".to_string(), file.origin_of(uv, all, &format!("tool.uv.{all}"))));
        }
        let names = file.strings(uv, named, &format!("tool.uv.{named}"))?;
        if names.len() > MOST_OPTIONS {
            let fault = Fault::TooMuch { what: "packages in one option", limit: MOST_OPTIONS };
            return Err(file.problem(uv, named, "tool.uv", fault));
        }
        for (name, origin) in names {
            let name = declaration::package_name(name).map_err(|fault| Problem::new(origin.clone(), fault))?;
            values.push((name.to_string(), origin));
        }
        for (value, origin) in values {
            let applied = match control {
                IndexControl::NoBinary => options.apply_no_binary(&value),
                IndexControl::OnlyBinary => options.apply_only_binary(&value),
            };
            applied.map_err(|error| {
                let (text, reason) = (excerpt(&value), reason(&error));
                Problem::new(origin, Fault::Value { text, expected: "a package name", reason })
            })?;
        }
    }
    for (host, _) in file.strings(uv, "allow-insecure-host", "tool.uv.allow-insecure-host")? {
        options.trusted_hosts.push(host.to_string());
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum IndexControl {
    NoBinary,
    OnlyBinary,
}

fn read_preferences(reading: &mut Reading, file: &TomlFile, uv: &dyn TableLike) -> Result<(), Problem> {
    const PRERELEASE: [&str; 5] = ["allow", "disallow", "if-necessary", "explicit", "if-necessary-or-explicit"];
    const RESOLUTION: [&str; 3] = ["highest", "lowest", "lowest-direct"];
    const STRATEGY: [&str; 3] = ["first-index", "unsafe-first-match", "unsafe-best-match"];
    let one_of = |key: &str, values: &[&str], expected: &'static str| -> Result<Option<(String, Origin)>, Problem> {
        let part = format!("tool.uv.{key}");
        let Some(text) = file.string(uv, key, &part)? else { return Ok(None) };
        if values.contains(&text) {
            return Ok(Some((text.to_string(), file.origin_of(uv, key, &part))));
        }
        let fault =
            Fault::Value { text: excerpt(text), expected, reason: format!("one of {} is expected", values.join(", ")) };
        Err(file.problem(uv, key, &part, fault))
    };
    let preferences = &mut reading.project.preferences;
    preferences.prerelease = one_of("prerelease", &PRERELEASE, "a way to treat pre-releases")?;
    preferences.resolution = one_of("resolution", &RESOLUTION, "a way to resolve")?;
    preferences.index_strategy = one_of("index-strategy", &STRATEGY, "an index strategy")?;
    if let Some(item) = uv.get("exclude-newer") {
        let origin = file.origin_of(uv, "exclude-newer", "tool.uv.exclude-newer");
        let text = match item {
            Item::Value(Value::String(text)) => text.value().clone(),
            Item::Value(Value::Datetime(date)) => date.value().to_string(),
            other => {
                let fault = shape("tool.uv.exclude-newer", "a date, a time or an age", other.type_name());
                return Err(Problem::new(origin, fault));
            }
        };
        preferences.exclude_newer = Some((text, origin));
    }
    Ok(())
}

/// One entry of `[tool.uv.sources]`.
struct Source {
    origin: Origin,
    marker: MarkerTree,
    kind: SourceKind,
}

enum SourceKind {
    Index(String),
    Url(String),
    /// Nothing that can be locked; a fault once the package is required.
    Refused(Refused),
}

#[derive(Clone, Copy)]
enum Refused {
    Git,
    Path,
    Workspace,
    Subdirectory,
    Conditional,
    Unknown,
}

fn read_sources(
    reading: &mut Reading,
    file: &TomlFile,
    uv: &dyn TableLike,
    requirements: &mut Vec<Declaration>,
) -> Result<(), Problem> {
    const PART: &str = "tool.uv.sources";
    let Some(table) = file.table(uv, "sources", PART)? else { return Ok(()) };
    if table.len() > MOST_OPTIONS {
        let fault = Fault::TooMuch { what: "sources", limit: MOST_OPTIONS };
        return Err(file.problem(uv, "sources", PART, fault));
    }
    for (key, item) in table.iter() {
        let part = format!("{PART}.{key}");
        let package = declaration::package_name(key).map_err(|fault| file.problem(table, key, &part, fault))?;
        let entries: Vec<(&dyn TableLike, Origin)> = match item.as_table_like() {
            Some(entry) => vec![(entry, file.origin_of(table, key, &part))],
            None => file.tables(table, key, &part)?,
        };
        let mut sources = Vec::new();
        for (entry, origin) in entries {
            sources.push(source(file, entry, origin, &part)?);
        }
        apply(reading, &package, &sources, requirements);
    }
    Ok(())
}

fn source(file: &TomlFile, entry: &dyn TableLike, origin: Origin, part: &str) -> Result<Source, Problem> {
    let text = |key: &str| file.string(entry, key, &format!("{part}.{key}"));
    let marker = match text("marker")? {
        Some(text) => declaration::marker(text).map_err(|fault| file.problem(entry, "marker", part, fault))?,
        None => MarkerTree::TRUE,
    };
    let kind = if entry.contains_key("extra") || entry.contains_key("group") {
        SourceKind::Refused(Refused::Conditional)
    } else if entry.contains_key("git") {
        SourceKind::Refused(Refused::Git)
    } else if entry.contains_key("path") {
        SourceKind::Refused(Refused::Path)
    } else if entry.contains_key("workspace") {
        SourceKind::Refused(Refused::Workspace)
    } else if entry.contains_key("subdirectory") {
        SourceKind::Refused(Refused::Subdirectory)
    } else if let Some(index) = text("index")? {
        SourceKind::Index(index.to_string())
    } else if let Some(url) = text("url")? {
        SourceKind::Url(url.to_string())
    } else {
        SourceKind::Refused(Refused::Unknown)
    };
    Ok(Source { origin, marker, kind })
}

/// Applies the sources of one package to the requirements on it.
fn apply(reading: &mut Reading, package: &PackageName, sources: &[Source], requirements: &mut Vec<Declaration>) {
    let is_required = |declared: &Declaration| {
        declared.requirement.name == *package && matches!(declared.requirement.wanted, Wanted::Versions(_))
    };
    let required = requirements.iter().any(is_required);
    for source in sources {
        match &source.kind {
            SourceKind::Index(index) if source.marker.is_true() && sources.len() == 1 => {
                let names: Vec<String> = reading.project.options.named.iter().map(|index| index.name.clone()).collect();
                if names.contains(index) {
                    let pin = (index.clone(), source.origin.clone());
                    reading.project.options.pins.insert(package.clone(), pin);
                } else {
                    let fault =
                        Fault::UnknownIndex { package: package.to_string(), index: index.clone(), known: names };
                    reading.fault(source.origin.clone(), fault);
                }
            }
            SourceKind::Index(_) if required => {
                let reason = "an index for some environments only".to_string();
                reading.fault(source.origin.clone(), Fault::Source { package: package.to_string(), reason });
            }
            SourceKind::Refused(refused) if required => {
                reading.fault(source.origin.clone(), refused_fault(*refused, package));
            }
            SourceKind::Index(_) | SourceKind::Refused(_) => {}
            SourceKind::Url(url) => take_from_url(reading, package, source, url, requirements, &is_required),
        }
    }
}

/// Splits each requirement on the package: where the source applies, it is the URL; elsewhere it stays.
fn take_from_url(
    reading: &mut Reading,
    package: &PackageName,
    source: &Source,
    url: &str,
    requirements: &mut Vec<Declaration>,
    is_required: &dyn Fn(&Declaration) -> bool,
) {
    let mut changed: Vec<Declaration> = Vec::with_capacity(requirements.len());
    for mut declared in std::mem::take(requirements) {
        let here = declared.requirement.marker.and(source.marker);
        if !is_required(&declared) || here.is_false() {
            changed.push(declared);
            continue;
        }
        let extras = declared.requirement.extras.clone();
        match declaration::archive(package.clone(), extras, url, here, source.origin.clone()) {
            Ok(mut archive) => {
                archive.hashes.extend(declared.hashes.iter().cloned());
                changed.push(archive);
            }
            Err(fault) => {
                reading.fault(source.origin.clone(), fault);
                changed.push(declared);
                continue;
            }
        }
        let elsewhere = declared.requirement.marker.and(source.marker.negate());
        if !elsewhere.is_false() {
            declared.requirement.marker = elsewhere;
            changed.push(declared);
        }
    }
    *requirements = changed;
}

fn refused_fault(refused: Refused, package: &PackageName) -> Fault {
    let reason = match refused {
        Refused::Git => return Fault::VersionControl(package.to_string()),
        Refused::Path => return Fault::LocalPath(package.to_string()),
        Refused::Workspace => return Fault::Workspace(package.to_string()),
        Refused::Subdirectory => return Fault::Subdirectory(package.to_string()),
        Refused::Conditional => "it depends on an extra or a group",
        Refused::Unknown => "none of index, url, git, path and workspace is given",
    };
    Fault::Source { package: package.to_string(), reason: reason.to_string() }
}
