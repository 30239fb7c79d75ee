//! `pyproject.toml`: what the project declares by PEP 621 and PEP 735, and what `[tool.uv]` adds.
//!
//! Groups and extras are flattened in `groups` and `extras`, uv's table is read in `uv`. Poetry's own tables are not read:
//! they need Poetry's own rules.

mod extras;
mod groups;
pub(super) mod uv;

use std::str::FromStr;

use extras::Extras;
use groups::Groups;
use toml_edit::TableLike;

use super::{
    Declaration, Selected, Selection, declaration,
    error::{Fault, Problem, excerpt, reason},
    read::Reading,
    toml_file::TomlFile,
};
use crate::{Origin, PackageName, VersionSpecifiers};

const DEPENDENCIES: &str = "project.dependencies";
const OPTIONAL: &str = "project.optional-dependencies";

/// Reads a `pyproject.toml` into `reading`.
pub(super) fn read(reading: &mut Reading, name: &str, text: &str, selection: &Selection) {
    let parsed = TomlFile::parse(name, text, 0);
    if let Some(file) = reading.good(parsed)
        && let Err(problem) = read_file(reading, &file, text, selection)
    {
        reading.problem(problem);
    }
}

fn read_file(reading: &mut Reading, file: &TomlFile, text: &str, selection: &Selection) -> Result<(), Problem> {
    let root = file.root();
    let tool = file.table(root, "tool", "tool")?;
    let project = file.table(root, "project", "project")?;
    let has_groups = root.get("dependency-groups").is_some();
    let in_tool = |name: &str| tool.and_then(|tool| tool.get(name)).and_then(toml_edit::Item::as_table_like);
    if project.is_none() && in_tool("poetry").is_some() {
        let origin = tool.map(|tool| file.origin_of(tool, "poetry", "tool.poetry"));
        return Err(Problem::new(origin.unwrap_or_default(), Fault::Poetry));
    }
    let uv = in_tool("uv");
    if project.is_none() && !has_groups && uv.is_none() {
        return Err(Problem::new(Origin::file(file.name()), Fault::NoProject));
    }
    let mut declared: Vec<Declaration> = Vec::new();
    let mut extras = Extras::default();
    if let Some(project) = project {
        declared = read_project(reading, file, project, selection)?;
        extras = Extras::read(reading, file, project)?;
    }
    extras.name.clone_from(&reading.project.name);
    let groups = Groups::read(file, root, uv)?;
    declared.extend(groups.selected(reading, file, &selection.groups));
    declared.extend(extras.selected(reading, &selection.extras));
    let mut requirements = extras.expand_self(reading, declared, &selection.extras);
    if let Some(uv) = uv {
        uv::read(reading, file, uv, &mut requirements);
    }
    reading.project.requirements.append(&mut requirements);
    reading.is_full(&Origin::file(file.name()));
    read_own_table(reading, text);
    note_unread(reading, file, tool);
    Ok(())
}

/// Reads the table `[project]`, its extras aside.
fn read_project(
    reading: &mut Reading,
    file: &TomlFile,
    project: &dyn TableLike,
    selection: &Selection,
) -> Result<Vec<Declaration>, Problem> {
    if let Some(name) = file.string(project, "name", "project.name")? {
        match PackageName::from_str(name) {
            Ok(name) => reading.project.name = Some(name),
            Err(_) => {
                let fault = declaration::package_name(name).err();
                reading.problem(file.problem(project, "name", "project.name", fault.unwrap_or(Fault::NoProject)));
            }
        }
    }
    let dynamic = file.strings(project, "dynamic", "project.dynamic")?;
    let wants_extras = selection.extras != Selected::Only(Vec::new());
    for (field, origin) in &dynamic {
        match *field {
            "dependencies" => reading.fault(origin.clone(), Fault::Dynamic(DEPENDENCIES)),
            "optional-dependencies" if wants_extras => reading.fault(origin.clone(), Fault::Dynamic(OPTIONAL)),
            "requires-python" => reading.note(origin, "`requires-python` is dynamic: not known without building"),
            _ => {}
        }
    }
    let python = requires_python(file, project, "project.requires-python");
    if let Some(python) = reading.good(python).flatten() {
        reading.project.requires_python = Some(python);
    }
    let mut declared = Vec::new();
    for (text, origin) in file.strings(project, "dependencies", DEPENDENCIES)? {
        declare(reading, &mut declared, text, origin);
    }
    Ok(declared)
}

/// Reads a requirement, keeping its fault.
fn declare(reading: &mut Reading, declared: &mut Vec<Declaration>, text: &str, origin: Origin) {
    match declaration::named(text, origin.clone()) {
        Ok(declaration) => declared.push(declaration),
        Err(fault) => reading.fault(origin, fault),
    }
}

/// Reads the key `requires-python` of `[project]` or of a script.
pub(super) fn requires_python(
    file: &TomlFile,
    table: &dyn TableLike,
    part: &str,
) -> Result<Option<(VersionSpecifiers, Origin)>, Problem> {
    let Some(text) = file.string(table, "requires-python", part)? else { return Ok(None) };
    let origin = file.origin_of(table, "requires-python", part);
    match VersionSpecifiers::from_str(text) {
        Ok(specifiers) => Ok(Some((specifiers, origin))),
        Err(error) => {
            let reason = reason(&error);
            let fault = Fault::Value { text: excerpt(text), expected: "a set of version specifiers", reason };
            Err(Problem::new(origin, fault))
        }
    }
}

/// Reads `[tool.thoth]`; what is in it is the business of whoever configures.
pub(super) fn read_own_table(reading: &mut Reading, text: &str) {
    let Ok(mut root) = text.parse::<toml::Table>() else { return };
    if let Some(toml::Value::Table(mut tool)) = root.remove("tool")
        && let Some(toml::Value::Table(thoth)) = tool.remove("thoth")
    {
        reading.project.thoth = Some(thoth);
    }
}

/// Tables of other tools that declare dependencies, too.
fn note_unread(reading: &mut Reading, file: &TomlFile, tool: Option<&dyn TableLike>) {
    let Some(tool) = tool else { return };
    for (name, keys) in [
        ("poetry", ["dependencies", "group", "dev-dependencies", "source"].as_slice()),
        ("pdm", ["dev-dependencies", "source"].as_slice()),
    ] {
        let Some(table) = tool.get(name).and_then(toml_edit::Item::as_table_like) else { continue };
        for key in keys {
            if table.contains_key(key) {
                let part = format!("tool.{name}.{key}");
                let origin = file.origin_of(table, key, &part);
                reading.note(&origin, "is not read; the standard tables `[project]` and `[dependency-groups]` are");
            }
        }
    }
}

#[cfg(test)]
mod tests;
