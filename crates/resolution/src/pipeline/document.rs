//! A pipeline that is written down: lists of units by kind, each with a name and a configuration, as YAML or JSON.
//!
//! ```yaml
//! sieves:
//!   - name: CveSieve
//!     configuration:
//!       minimum: 70
//! ```
//!
//! What a pipeline leaves out does not take part, unless nothing can be chosen without it.

use std::{collections::BTreeMap, fmt};

use packaging::{
    text::one_line,
    yaml::{self, Step},
};
use prescriptions::words::nearest;
use serde_json::{Map, Value};

use super::{
    originals::{Fate, ORIGINALS},
    registry::UNITS,
    selection::{Choice, Pipeline, unit},
    unit::{Kind, Unit},
};
use crate::objective::Recommendation;

/// The keys around the lists in what `thoth pipeline show --format json` prints.
const AROUND: [&str; 5] = ["schema", "recommendation", "levels", "pipeline", "prescriptions"];
/// How much of a wrong word is shown.
const SHOWN: usize = 60;

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, counted from one, where it is known.
    pub line: Option<u32>,
    /// A sentence with what would be right.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// Reads a document.
///
/// # Errors
/// All that is wrong with it, in the order of the text.
pub fn read(bytes: &[u8]) -> Result<Pipeline, Vec<Mistake>> {
    let document = yaml::read(bytes).map_err(|broken| {
        vec![Mistake { line: broken.line, what: format!("it is neither YAML nor JSON: {}", broken.what) }]
    })?;
    let mut reader = Reader { bytes, mistakes: Vec::new() };
    let choices = reader.document(&document);
    reader.mistakes.sort_by_key(|mistake| mistake.line);
    if reader.mistakes.is_empty() { Ok(Pipeline::of(&choices)) } else { Err(reader.mistakes) }
}

/// The document of the units of a run of this type: read again, it gives the same pipeline.
pub fn write(pipeline: &Pipeline, recommendation: Recommendation) -> String {
    let mut text = String::new();
    for kind in Kind::ALL {
        let units: Vec<_> = pipeline.units(recommendation).filter(|(unit, _)| unit.kind == kind).collect();
        text.push_str(&format!("{}:{}\n", kind.section(), if units.is_empty() { " []" } else { "" }));
        for (unit, settings) in units {
            text.push_str(&format!("  - name: {}\n", unit.name));
            if !unit.parameters.is_empty() {
                text.push_str("    configuration:\n");
            }
            for (parameter, (name, number)) in unit.parameters.iter().zip(settings.all()) {
                text.push_str(&format!("      {name}: {number}  # {}, 0 to {}\n", parameter.what, parameter.most));
            }
        }
    }
    text
}

struct Reader<'b> {
    bytes: &'b [u8],
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn wrong(&mut self, path: &[Step<'_>], what: String) {
        let line = yaml::line_of(self.bytes, path);
        self.mistakes.push(Mistake { line, what });
    }

    fn document(&mut self, document: &Value) -> Vec<Choice> {
        let (lists, path) = match document.get("pipeline") {
            Some(lists) => (lists, vec![Step::Key("pipeline")]),
            None => (document, Vec::new()),
        };
        let Some(lists) = lists.as_object() else {
            self.wrong(&path, format!("a map of lists is expected: {}", sections().join(", ")));
            return Vec::new();
        };
        if let Some(around) = document.as_object().filter(|_| !path.is_empty()) {
            self.keys(around, &[], &AROUND);
        }
        self.keys(lists, &path, &sections());
        let mut choices: Vec<Choice> = Vec::new();
        for kind in Kind::ALL {
            let Some(list) = lists.get(kind.section()) else { continue };
            let path: Vec<Step<'_>> = path.iter().copied().chain([Step::Key(kind.section())]).collect();
            let Some(list) = list.as_array() else {
                self.wrong(&path, format!("`{}` is a list of units, each with a `name`", kind.section()));
                continue;
            };
            for (at, entry) in list.iter().enumerate() {
                let path: Vec<Step<'_>> = path.iter().copied().chain([Step::Item(at)]).collect();
                let Some(choice) = self.entry(kind, entry, &path) else { continue };
                if choices.iter().any(|other| other.unit == choice.unit) {
                    self.wrong(&path, format!("`{}` is named twice", choice.unit));
                } else {
                    choices.push(choice);
                }
            }
        }
        choices
    }

    fn entry(&mut self, kind: Kind, entry: &Value, path: &[Step<'_>]) -> Option<Choice> {
        let Some(fields) = entry.as_object() else {
            self.wrong(path, "a unit is a map with a `name`, and a `configuration` where it has one".to_string());
            return None;
        };
        self.keys(fields, path, &["name", "configuration"]);
        let Some(name) = fields.get("name").and_then(Value::as_str) else {
            self.wrong(path, "a unit has a `name`".to_string());
            return None;
        };
        let unit = match named(name) {
            Ok(unit) if unit.kind == kind => unit,
            Ok(unit) => {
                self.wrong(path, format!("`{}` belongs into the list `{}`", unit.name, unit.kind.section()));
                return None;
            }
            Err(what) => {
                self.wrong(path, what);
                return None;
            }
        };
        let configuration = match fields.get("configuration") {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(Value::Object(fields)) => self.configuration(unit, fields, path),
            Some(_) => {
                self.wrong(path, format!("the `configuration` of `{}` is a map", unit.name));
                return None;
            }
        };
        Some(Choice { unit: unit.name, configuration })
    }

    fn configuration(
        &mut self,
        unit: &Unit,
        fields: &Map<String, Value>,
        path: &[Step<'_>],
    ) -> BTreeMap<&'static str, u32> {
        let known: Vec<&str> = unit.parameters.iter().map(|parameter| parameter.name).collect();
        let path: Vec<Step<'_>> = path.iter().copied().chain([Step::Key("configuration")]).collect();
        self.keys(fields, &path, &known);
        let mut configuration = BTreeMap::new();
        for parameter in unit.parameters {
            let Some(value) = fields.get(parameter.name) else { continue };
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
            match number.filter(|number| *number <= parameter.most) {
                Some(number) => drop(configuration.insert(parameter.name, number)),
                None => {
                    let path: Vec<Step<'_>> = path.iter().copied().chain([Step::Key(parameter.name)]).collect();
                    let (name, what, most) = (parameter.name, parameter.what, parameter.most);
                    self.wrong(&path, format!("`{name}` ({what}) is a whole number from 0 to {most}"));
                }
            }
        }
        configuration
    }

    /// Tells of keys that are not known.
    fn keys(&mut self, fields: &Map<String, Value>, path: &[Step<'_>], known: &[&str]) {
        for key in fields.keys().filter(|key| !known.contains(&key.as_str())) {
            let hint = match (nearest(key, known), known) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, []) => "it has none".to_string(),
                (None, known) => format!("it has {}", known.join(", ")),
            };
            let path: Vec<Step<'_>> = path.iter().copied().chain([Step::Key(key)]).collect();
            self.wrong(&path, format!("there is no key `{}` here: {hint}", one_line(key, SHOWN)));
        }
    }
}

/// The unit that a name means here, which may be the original's; else why there is none.
fn named(name: &str) -> Result<&'static Unit, String> {
    let original = ORIGINALS.iter().find(|original| original.name == name).map(|original| original.fate);
    match (unit(name), original) {
        (Some(unit), _) => Ok(unit),
        (None, Some(Fate::Unit(here))) => unit(here).ok_or_else(|| format!("`{name}` is no unit here")),
        (None, Some(Fate::Instead(why))) => Err(format!("`{name}` is no unit here, leave it out: {why}")),
        (None, None) => {
            let names: Vec<&str> = UNITS.iter().map(|unit| unit.name).collect();
            let hint = match nearest(name, &names) {
                Some(near) => format!("did you mean `{near}`?"),
                None if name.contains('.') => {
                    "units of prescriptions take part by kind (`prescription.step`), and `--prescriptions` says which"
                        .to_string()
                }
                None => "`thoth pipeline show --all` lists them".to_string(),
            };
            Err(format!("there is no unit `{}`: {hint}", one_line(name, SHOWN)))
        }
    }
}

fn sections() -> Vec<&'static str> {
    Kind::ALL.into_iter().map(Kind::section).collect()
}
