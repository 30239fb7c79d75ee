//! `[dependency-groups]` (PEP 735), flattened.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use toml_edit::{TableLike, Value};

use crate::{
    GroupName, Origin,
    project::{
        Declaration, Selected, declaration,
        error::{Fault, Problem, excerpt, reason},
        read::Reading,
        toml_file::{TomlFile, shape},
    },
};

const PART: &str = "dependency-groups";
const LEGACY: &str = "tool.uv.dev-dependencies";
/// How many groups may include one another in a chain.
const DEEPEST: usize = 64;

/// The groups of a file, unflattened.
#[derive(Default)]
pub(super) struct Groups {
    groups: BTreeMap<GroupName, Vec<Entry>>,
}

struct Entry {
    origin: Origin,
    content: Content,
}

enum Content {
    Requirement(String),
    Include(GroupName),
    /// Neither: a fault once the group is selected.
    Fault(Fault),
}

impl Groups {
    /// Reads the names and entries of all groups, and uv's older `dev-dependencies` as entries of `dev`.
    pub(super) fn read(file: &TomlFile, root: &dyn TableLike, uv: Option<&dyn TableLike>) -> Result<Self, Problem> {
        let mut found = Self::default();
        let mut spellings: BTreeMap<GroupName, String> = BTreeMap::new();
        if let Some(table) = file.table(root, PART, PART)? {
            for (spelling, item) in table.iter() {
                let part = format!("{PART}.{spelling}");
                let problem = |fault| file.problem(table, spelling, &part, fault);
                let name = group_name(spelling).map_err(problem)?;
                if let Some(first) = spellings.insert(name.clone(), spelling.to_string()) {
                    return Err(problem(Fault::SameName { first, second: spelling.to_string() }));
                }
                let Some(array) = item.as_array() else {
                    return Err(problem(shape(&part, "an array", item.type_name())));
                };
                let entries = array
                    .iter()
                    .map(|value| Entry { origin: file.origin(value.span(), &part), content: content(value, &part) });
                found.groups.insert(name, entries.collect());
            }
        }
        if let Some(uv) = uv
            && let Ok(dev) = GroupName::from_str("dev")
        {
            let legacy = file.strings(uv, "dev-dependencies", LEGACY)?;
            if uv.contains_key("dev-dependencies") {
                let entries = legacy
                    .into_iter()
                    .map(|(text, origin)| Entry { origin, content: Content::Requirement(text.to_string()) });
                found.groups.entry(dev).or_default().extend(entries);
            }
        }
        Ok(found)
    }

    /// The requirements of the selected groups, included ones too, each group once.
    pub(super) fn selected(
        &self,
        reading: &mut Reading,
        file: &TomlFile,
        selected: &Selected<GroupName>,
    ) -> Vec<Declaration> {
        let mut walk = Walk { groups: self, declared: Vec::new(), chain: Vec::new(), done: BTreeSet::new() };
        let names: Vec<&GroupName> = match selected {
            Selected::All => self.groups.keys().collect(),
            Selected::Only(names) => names.iter().collect(),
        };
        for name in names {
            let origin = Origin::file(file.name()).part(PART);
            walk.enter(reading, name, &origin);
        }
        walk.declared
    }

    fn unknown(&self, name: &GroupName) -> Fault {
        Fault::UnknownGroup { name: name.to_string(), known: self.groups.keys().map(ToString::to_string).collect() }
    }
}

struct Walk<'a> {
    groups: &'a Groups,
    declared: Vec<Declaration>,
    chain: Vec<GroupName>,
    done: BTreeSet<GroupName>,
}

impl Walk<'_> {
    fn enter(&mut self, reading: &mut Reading, name: &GroupName, origin: &Origin) {
        if let Some(start) = self.chain.iter().position(|link| link == name) {
            let cycle = self.chain.iter().skip(start).chain([name]).map(ToString::to_string).collect();
            return reading.fault(origin.clone(), Fault::GroupCycle(cycle));
        }
        if self.done.contains(name) {
            return;
        }
        if self.chain.len() >= DEEPEST {
            let fault = Fault::TooMuch { what: "dependency groups that include one another", limit: DEEPEST };
            return reading.fault(origin.clone(), fault);
        }
        let Some(entries) = self.groups.groups.get(name) else {
            return reading.fault(origin.clone(), self.groups.unknown(name));
        };
        self.chain.push(name.clone());
        for entry in entries {
            match &entry.content {
                Content::Requirement(text) => match declaration::named(text, entry.origin.clone()) {
                    Ok(declaration) => self.declared.push(declaration),
                    Err(fault) => reading.fault(entry.origin.clone(), fault),
                },
                Content::Include(included) => self.enter(reading, included, &entry.origin),
                Content::Fault(fault) => reading.fault(entry.origin.clone(), restated(fault)),
            }
        }
        self.chain.pop();
        self.done.insert(name.clone());
    }
}

fn content(value: &Value, part: &str) -> Content {
    let expected = "a requirement or `{include-group = \"…\"}`";
    let wrong = |found| Content::Fault(shape(part, expected, found));
    match value {
        Value::String(text) => Content::Requirement(text.value().clone()),
        Value::InlineTable(table) => {
            let include = table.get("include-group").filter(|_| table.len() == 1).and_then(Value::as_str);
            match include.map(group_name) {
                Some(Ok(name)) => Content::Include(name),
                Some(Err(fault)) => Content::Fault(fault),
                None => wrong("table"),
            }
        }
        other => wrong(other.type_name()),
    }
}

/// The same fault again: faults hold errors that cannot be cloned, but those of a group's entry do not.
fn restated(fault: &Fault) -> Fault {
    match fault {
        Fault::Shape { key, expected, found } => Fault::Shape { key: key.clone(), expected, found },
        Fault::Value { text, expected, reason } => {
            Fault::Value { text: text.clone(), expected, reason: reason.clone() }
        }
        other => Fault::Value { text: String::new(), expected: "an entry of a group", reason: other.to_string() },
    }
}

/// Reads the name of a group.
fn group_name(text: &str) -> Result<GroupName, Fault> {
    GroupName::from_str(text).map_err(|error| Fault::Value {
        text: excerpt(text),
        expected: "the name of a dependency group",
        reason: reason(&error),
    })
}
