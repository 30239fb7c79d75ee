//! `[project.optional-dependencies]`, and requirements on the project itself (`project[extra]`).

use std::{collections::BTreeMap, str::FromStr};

use toml_edit::TableLike;

use super::OPTIONAL;
use crate::{
    ExtraName, MarkerTree, Origin, PackageName, Wanted,
    project::{
        Declaration, Selected, declaration,
        error::{Fault, Problem},
        read::{MOST_DECLARATIONS, Reading},
        toml_file::TomlFile,
    },
};

/// How often requirements on the project itself may be followed.
const MOST_EXPANSIONS: usize = 10_000;

/// The extras of a project.
#[derive(Default)]
pub(super) struct Extras {
    /// The project's name, by which requirements on itself are known.
    pub(super) name: Option<PackageName>,
    extras: BTreeMap<ExtraName, Vec<Declaration>>,
    /// Where the extras are declared.
    origin: Origin,
}

impl Extras {
    /// Reads all extras.
    pub(super) fn read(reading: &mut Reading, file: &TomlFile, project: &dyn TableLike) -> Result<Self, Problem> {
        let mut found = Self { origin: Origin::file(file.name()).part(OPTIONAL), ..Self::default() };
        let Some(table) = file.table(project, "optional-dependencies", OPTIONAL)? else { return Ok(found) };
        found.origin = file.origin_of(project, "optional-dependencies", OPTIONAL);
        let mut spellings: BTreeMap<ExtraName, String> = BTreeMap::new();
        for (spelling, _) in table.iter() {
            let part = format!("{OPTIONAL}.{spelling}");
            let problem = |fault| file.problem(table, spelling, &part, fault);
            let Ok(name) = ExtraName::from_str(spelling) else {
                let fault = declaration::extra_name(spelling).err();
                reading.problem(problem(fault.unwrap_or(Fault::NoProject)));
                continue;
            };
            if let Some(first) = spellings.insert(name.clone(), spelling.to_string()) {
                reading.problem(problem(Fault::SameName { first, second: spelling.to_string() }));
                continue;
            }
            let mut declared = Vec::new();
            for (text, origin) in file.strings(table, spelling, &part)? {
                super::declare(reading, &mut declared, text, origin);
            }
            found.extras.insert(name, declared);
        }
        Ok(found)
    }

    /// The requirements of the selected extras.
    pub(super) fn selected(&self, reading: &mut Reading, selected: &Selected<ExtraName>) -> Vec<Declaration> {
        match selected {
            Selected::All => self.extras.values().flatten().cloned().collect(),
            Selected::Only(names) => {
                let mut declared = Vec::new();
                for name in names {
                    match self.extras.get(name) {
                        Some(extra) => declared.extend(extra.iter().cloned()),
                        None => reading.fault(self.origin.clone(), self.unknown(name)),
                    }
                }
                declared
            }
        }
    }

    /// Replaces requirements on the project itself by those of the extras they name; those of the `selected` extras are in
    /// the list already.
    ///
    /// Extras may name each other in a circle. What a requirement on itself brings applies where that requirement applies.
    pub(super) fn expand_self(
        &self,
        reading: &mut Reading,
        declared: Vec<Declaration>,
        selected: &Selected<ExtraName>,
    ) -> Vec<Declaration> {
        let mut expanded = Vec::new();
        // For each extra, where its requirements are in the list already.
        let is_selected = |name: &ExtraName| match selected {
            Selected::All => true,
            Selected::Only(names) => names.contains(name),
        };
        let mut covered: BTreeMap<&ExtraName, MarkerTree> =
            self.extras.keys().filter(|name| is_selected(name)).map(|name| (name, MarkerTree::TRUE)).collect();
        let mut waiting: std::collections::VecDeque<(Declaration, MarkerTree)> =
            declared.into_iter().map(|declaration| (declaration, MarkerTree::TRUE)).collect();
        let mut expansions = 0;
        while let Some((mut declaration, condition)) = waiting.pop_front() {
            let requirement = &mut declaration.requirement;
            requirement.marker = requirement.marker.and(condition);
            let marker = requirement.marker;
            if marker.is_false() && condition != MarkerTree::TRUE {
                continue;
            }
            if self.name.as_ref() != Some(&requirement.name) || matches!(requirement.wanted, Wanted::Url(_)) {
                expanded.push(declaration);
                continue;
            }
            for name in &declaration.requirement.extras {
                let Some((name, extra)) = self.extras.get_key_value(name) else {
                    reading.fault(declaration.origin.clone(), self.unknown(name));
                    continue;
                };
                let known = covered.entry(name).or_insert(MarkerTree::FALSE);
                if known.negate().is_disjoint(marker) {
                    continue;
                }
                *known = known.or(marker);
                expansions += 1;
                let declarations = expanded.len() + waiting.len() + extra.len();
                if expansions > MOST_EXPANSIONS || declarations > MOST_DECLARATIONS {
                    let fault = Fault::TooMuch { what: "requirements on the project itself", limit: MOST_EXPANSIONS };
                    reading.fault(declaration.origin.clone(), fault);
                    return expanded;
                }
                waiting.extend(extra.iter().map(|declaration| (declaration.clone(), marker)));
            }
        }
        expanded
    }

    fn unknown(&self, name: &ExtraName) -> Fault {
        Fault::UnknownExtra { name: name.to_string(), known: self.extras.keys().map(ToString::to_string).collect() }
    }
}
