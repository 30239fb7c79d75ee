//! Files of prescriptions, read by the schema: bytes in, units and problems out.
//!
//! What is wrong with one unit takes that unit away and nothing else; what is wrong with the file takes the file away. The
//! conditions are read in [`conditions`], what units do in [`acts`].

mod acts;
mod at;
mod conditions;

use std::cell::RefCell;

use packaging::{
    text::one_line,
    yaml::{self, Step},
};
use serde_json::Value;

use crate::{
    problem::{Problem, Weight},
    unit::{Kind, Place, Unit},
};
use at::{At, Fault, OwnedStep};

/// What one file says.
#[derive(Debug, Default)]
pub(crate) struct File {
    /// Name and release of the prescription it belongs to, where the file tells them.
    pub(crate) header: Option<Header>,
    /// The units; those that come of one entry follow each other.
    pub(crate) units: Vec<Entry>,
    /// What is wrong; the source is left open.
    pub(crate) problems: Vec<Problem>,
}

/// One entry of a list of units.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    /// One, or one for each alternative it matches; their names have no namespace yet.
    pub(crate) units: Vec<Unit>,
}

/// What `prescription` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) release: Option<String>,
}

const SECTIONS: [&str; 6] = ["boots", "pseudonyms", "sieves", "steps", "strides", "wraps"];

/// Reads one file.
pub(crate) fn read(name: &str, bytes: &[u8]) -> File {
    let document = match yaml::read(bytes) {
        Ok(document) => document,
        Err(broken) => {
            let place = Place { file: name.to_string(), line: broken.line };
            let problem = Problem {
                source: String::new(),
                place,
                weight: Weight::Error,
                unit: None,
                what: one_line(&broken.what, 300),
            };
            return File { problems: vec![problem], ..File::default() };
        }
    };
    let reading = Reading { name, bytes, lines: unit_lines(bytes) };
    let mut file = File::default();
    let faults = RefCell::new(Vec::new());
    reading.document(&At::root(&document, &faults), &mut file);
    reading.tell(&faults, None, &mut file.problems);
    file
}

/// The file at hand.
struct Reading<'a> {
    name: &'a str,
    bytes: &'a [u8],
    /// Names with the lines that say them.
    lines: Vec<(&'a str, u32)>,
}

impl Reading<'_> {
    fn document(&self, at: &At<'_>, file: &mut File) -> Option<()> {
        let fields = at.fields(&["prescription", "units", "metadata"])?;
        if let Some(at) = fields.get("prescription") {
            file.header = header(&at);
        }
        let Some(units) = fields.get("units") else {
            if file.header.is_none() {
                at.error::<()>("there are no `units` in it");
            }
            return None;
        };
        let units = units.fields(&SECTIONS)?;
        for section in SECTIONS {
            let Some(list) = units.get(section) else { continue };
            for at in list.items()? {
                self.entry(section, &at, file);
            }
        }
        Some(())
    }

    /// Reads one unit; whatever is wrong with it goes into the problems with its name.
    fn entry(&self, section: &str, at: &At<'_>, file: &mut File) {
        let named = at.value().get("name").and_then(Value::as_str).map(|name| one_line(name, 200));
        let before = file.problems.len();
        let entry = acts::entry(section, at);
        self.tell(at.faults(), named.as_deref(), &mut file.problems);
        let broken = file.problems.get(before..).unwrap_or_default().iter().any(|one| one.weight == Weight::Error);
        let Some(mut entry) = entry.filter(|_| !broken) else { return };
        for unit in &mut entry.units {
            let line = self.lines.iter().find(|(name, _)| *name == unit.name).map(|(_, line)| *line);
            unit.place = Place { file: self.name.to_string(), line };
        }
        file.units.push(entry);
    }

    fn tell(&self, faults: &RefCell<Vec<Fault>>, unit: Option<&str>, problems: &mut Vec<Problem>) {
        let first = problems.len();
        for fault in faults.borrow_mut().drain(..) {
            let path: Vec<Step<'_>> = fault
                .path
                .iter()
                .map(|step| match step {
                    OwnedStep::Key(key) => Step::Key(key),
                    OwnedStep::Item(item) => Step::Item(*item),
                })
                .collect();
            let place = Place { file: self.name.to_string(), line: yaml::line_of(self.bytes, &path) };
            let unit = unit.map(str::to_string);
            let problem = Problem { source: String::new(), place, weight: fault.weight, unit, what: fault.what };
            // Some values are looked at twice, once for all kinds and once for the kind at hand.
            if !problems.get(first..).unwrap_or_default().contains(&problem) {
                problems.push(problem);
            }
        }
    }
}

fn header(at: &At<'_>) -> Option<Header> {
    let fields = at.fields(&["name", "release"])?;
    let name = fields.needed("name")?.line()?;
    let plain = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_');
    if !name.chars().all(plain) || name.len() > 100 {
        return fields.at().error("the `name` of a prescription is of letters, digits, `-` and `_`");
    }
    Some(Header { name, release: fields.maybe("release", At::line)? })
}

/// Where names of units may be said: what follows `name:`, with the line.
fn unit_lines(bytes: &[u8]) -> Vec<(&str, u32)> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let mut found = Vec::new();
    for (number, line) in (1_u32..).zip(text.lines()) {
        let bare = line.trim_start_matches([' ', '-', '{']);
        let Some(rest) = bare.strip_prefix("name:") else { continue };
        let name = rest.trim().split([' ', ',']).next().unwrap_or_default();
        found.push((name.trim_matches(['"', '\'']), number));
    }
    found
}
