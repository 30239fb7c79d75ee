//! Files of prescriptions, read by the schema: bytes in, units and problems out.
//!
//! What is wrong with one unit takes that unit away and nothing else; what is wrong with the file takes the file away. The
//! conditions are read in [`conditions`], what units do in [`acts`].

mod acts;
mod at;
mod conditions;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

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

/// How many bytes of a file are read again to find out where something is; the parser keeps no places.
const READ_AGAIN: usize = 4 << 20;
/// How many times the length of a file may be written out for units that match one of several things: each has conditions and
/// messages of its own.
const COPIES: usize = 16;
/// The most that is told of one unit.
const MOST_FAULTS: usize = 100;

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
    let reading = Reading {
        name,
        bytes,
        lines: unit_lines(bytes),
        again: Cell::new(READ_AGAIN),
        copies: Cell::new(bytes.len().saturating_mul(COPIES).saturating_add(100_000)),
    };
    let mut file = File::default();
    let faults = RefCell::new(Vec::new());
    reading.document(&At::root(&document, &faults), &mut file);
    reading.tell(&faults, (None, None), &mut file.problems);
    file
}

/// The file at hand.
struct Reading<'a> {
    name: &'a str,
    bytes: &'a [u8],
    /// Where the names of units may be said; nothing for a name that is said several times.
    lines: HashMap<&'a str, Option<u32>>,
    /// How many more bytes may be read again.
    again: Cell<usize>,
    /// How many more bytes may be written out for units that match one of several things.
    copies: Cell<usize>,
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
            for at in list.items().unwrap_or_default() {
                self.entry(section, &at, file);
            }
        }
        Some(())
    }

    /// Reads one unit; whatever is wrong with it goes into the problems with its name.
    fn entry(&self, section: &str, at: &At<'_>, file: &mut File) {
        // What was found before is wrong with the file.
        self.tell(at.faults(), (None, None), &mut file.problems);
        let named = at.value().get("name").and_then(Value::as_str);
        let line = named.and_then(|name| self.lines.get(name).copied().flatten()).or_else(|| {
            let path: Vec<OwnedStep> = at.path().into_iter().chain([OwnedStep::Key("name".to_string())]).collect();
            self.line(&path)
        });
        let named = named.map(|name| one_line(name, 200));
        let before = file.problems.len();
        let entry = acts::entry(section, at, &self.copies);
        self.tell(at.faults(), (named.as_deref(), line), &mut file.problems);
        let broken = file.problems.get(before..).unwrap_or_default().iter().any(|one| one.weight == Weight::Error);
        let Some(mut entry) = entry.filter(|_| !broken) else { return };
        for unit in &mut entry.units {
            unit.place = Place { file: self.name.to_string(), line };
        }
        file.units.push(entry);
    }

    /// Tells what is wrong with a unit of this name and line, or with the file; errors first where it is too much for all.
    fn tell(
        &self,
        faults: &RefCell<Vec<Fault>>,
        (unit, unit_line): (Option<&str>, Option<u32>),
        problems: &mut Vec<Problem>,
    ) {
        let first = problems.len();
        let mut faults = std::mem::take(&mut *faults.borrow_mut());
        if faults.len() > MOST_FAULTS {
            faults.sort_by_key(|fault| fault.weight);
            faults.truncate(MOST_FAULTS);
        }
        for fault in faults {
            let place = Place { file: self.name.to_string(), line: self.line(&fault.path).or(unit_line) };
            let unit = unit.map(str::to_string);
            let problem = Problem { source: String::new(), place, weight: fault.weight, unit, what: fault.what };
            // Some values are looked at twice, once for all kinds and once for the kind at hand.
            if !problems.get(first..).unwrap_or_default().contains(&problem) {
                problems.push(problem);
            }
        }
    }

    /// The line that a path leads to, as long as not too much was read again for that.
    fn line(&self, path: &[OwnedStep]) -> Option<u32> {
        self.again.set(self.again.get().checked_sub(self.bytes.len())?);
        let path: Vec<Step<'_>> = path.iter().map(OwnedStep::step).collect();
        yaml::line_of(self.bytes, &path)
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

/// About how many bytes a value takes.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => 24 + text.len(),
        Value::Array(list) => 24 + list.iter().map(size).sum::<usize>(),
        Value::Object(map) => 24 + map.iter().map(|(key, value)| 24 + key.len() + size(value)).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 24,
    }
}

/// Where names of units may be said: what follows `name:`, with the line where it is said once.
fn unit_lines(bytes: &[u8]) -> HashMap<&str, Option<u32>> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let mut found = HashMap::new();
    for (number, line) in (1_u32..).zip(text.lines()) {
        let bare = line.trim_start_matches([' ', '-', '{']);
        let Some(rest) = bare.strip_prefix("name:") else { continue };
        let name = rest.trim().split([' ', ',']).next().unwrap_or_default();
        found.entry(name.trim_matches(['"', '\''])).and_modify(|line| *line = None).or_insert(Some(number));
    }
    found
}
