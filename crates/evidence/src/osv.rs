//! Reads OSV records (schema 1.0 to 1.7) from JSON, and from YAML as the PyPA advisory database keeps them.
//!
//! Files are split into records here and every problem gets its place; what a record says is read in [`crate::record`],
//! which records are one vulnerability is decided in [`crate::join`].

use std::fmt;

use packaging::text::one_line;
use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    raw::RawRecord,
    record::{Record, finish},
    salvage, yaml,
};

/// The most bytes a file of records may have.
const MAX_FILE: usize = 64 << 20;
/// The most bytes one record may have; the longest known are below 200 KiB.
const MAX_RECORD: usize = 4 << 20;
/// The most records in one file.
const MAX_RECORDS: usize = 1_000_000;

/// What a file of records gave.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The records that could be used.
    pub records: Vec<Record>,
    /// The records that could not, each with its place and reason.
    pub rejected: Vec<RecordError>,
}

/// Why a file or a record in it cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("read the advisory {file}{}: {reason}", .place.map(|place| format!(":{place}")).unwrap_or_default())]
pub struct RecordError {
    /// The file, as the caller names it.
    pub file: String,
    /// Where in the file.
    pub place: Option<Place>,
    /// What is wrong there.
    pub reason: String,
}

/// A place in a text file, both numbers from 1. Displays as `line:column`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in bytes.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Reads the records of one file: one in YAML (by the file's name), or in JSON one, a list of them, or an answer of
/// OSV's API (`{"vulns": […]}`).
pub fn parse(name: &str, bytes: &[u8]) -> Result<Parsed, RecordError> {
    let file = File { name };
    if bytes.len() > MAX_FILE {
        return Err(file.error(None, &format!("it has {} bytes; at most {MAX_FILE} are read", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        file.error(Some(place_after(before)), "it is not UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lower = name.to_ascii_lowercase();
    let is_yaml = lower.ends_with(".yaml") || lower.ends_with(".yml");
    if is_yaml || (!lower.ends_with(".json") && !text.trim_start().starts_with(['{', '['])) {
        file.yaml(text)
    } else {
        file.json(text)
    }
}

/// The file being read; what its errors name.
struct File<'a> {
    name: &'a str,
}

/// What JSON may hold around records.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    vulns: Option<Pieces<'a>>,
}

/// The unread members of a list.
struct Pieces<'a>(Vec<&'a RawValue>);

impl File<'_> {
    fn error(&self, place: Option<Place>, reason: &str) -> RecordError {
        RecordError { file: one_line(self.name, 400), place, reason: one_line(reason, 400) }
    }

    fn yaml(&self, text: &str) -> Result<Parsed, RecordError> {
        if text.len() > MAX_RECORD {
            return Err(self.error(None, &format!("it has {} bytes; a record has at most {MAX_RECORD}", text.len())));
        }
        let wrong = |error: &serde_yaml_ng::Error| {
            let place = error.location().map(|place| Place { line: place.line(), column: place.column() });
            self.error(place, &error.to_string())
        };
        if let Some(offset) = packaging::yaml::too_deep(text, yaml::MAX_BRACKETS) {
            let place = place_after(text.as_bytes().get(..offset).unwrap_or_default());
            return Err(self.error(Some(place), "it is nested too deeply"));
        }
        yaml::check_expansion(text).map_err(|error| wrong(&error))?;
        let mut complaints = Vec::new();
        let raw = match serde_yaml_ng::from_str::<RawRecord>(text) {
            Ok(raw) => raw,
            Err(error) => {
                let value: serde_json::Value = serde_yaml_ng::from_str(text).map_err(|_| wrong(&error))?;
                let raw = salvage::record(&value, &mut complaints).ok_or_else(|| wrong(&error))?;
                complaints.push(format!("it does not follow the OSV schema: {error}"));
                raw
            }
        };
        let record = finish(raw, complaints).map_err(|reason| self.error(None, &reason))?;
        Ok(Parsed { records: vec![record], rejected: Vec::new() })
    }

    fn json(&self, text: &str) -> Result<Parsed, RecordError> {
        let wrong = |error: &serde_json::Error| {
            let place = Some(Place { line: error.line(), column: error.column() }).filter(|place| place.line > 0);
            self.error(place, &sentence(error))
        };
        let pieces = if text.trim_start().starts_with('[') {
            serde_json::from_str::<Pieces<'_>>(text).map_err(|error| wrong(&error))?.0
        } else if text.contains("\"vulns\"") || text.trim_end().len() <= 2 {
            let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| wrong(&error))?;
            match envelope.vulns {
                Some(pieces) => pieces.0,
                None if text.trim_end().len() <= 2 => Vec::new(),
                None => vec![serde_json::from_str(text).map_err(|error| wrong(&error))?],
            }
        } else {
            vec![serde_json::from_str(text).map_err(|error| wrong(&error))?]
        };
        let mut parsed = Parsed::default();
        for piece in pieces {
            let offset = (piece.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            let start = || place_after(text.as_bytes().get(..offset).unwrap_or_default());
            match one_json(piece.get()) {
                Ok(record) => parsed.records.push(record),
                Err((within, reason)) => parsed.rejected.push(self.error(Some(start().then(within)), &reason)),
            }
        }
        Ok(parsed)
    }
}

fn one_json(text: &str) -> Result<Record, (Option<Place>, String)> {
    if text.len() > MAX_RECORD {
        return Err((None, format!("it has {} bytes; a record has at most {MAX_RECORD}", text.len())));
    }
    let mut complaints = Vec::new();
    let raw = match serde_json::from_str::<RawRecord>(text) {
        Ok(raw) => raw,
        Err(error) => {
            let wrong = || (Some(Place { line: error.line(), column: error.column() }), sentence(&error));
            let value: serde_json::Value = serde_json::from_str(text).map_err(|_| wrong())?;
            let raw = salvage::record(&value, &mut complaints).ok_or_else(wrong)?;
            complaints.push(format!("it does not follow the OSV schema: {}", sentence(&error)));
            raw
        }
    };
    finish(raw, complaints).map_err(|reason| (None, reason))
}

/// What is wrong, without the place, which is told for the whole file elsewhere.
pub(crate) fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(sentence, _)| sentence).to_string()
}

impl Place {
    /// The place of something found `within` a text that starts here.
    fn then(self, within: Option<Self>) -> Self {
        match within {
            None => self,
            Some(within) if within.line <= 1 => {
                Self { line: self.line, column: self.column + within.column.saturating_sub(1) }
            }
            Some(within) => Self { line: self.line + within.line - 1, column: within.column },
        }
    }
}

fn place_after(before: &[u8]) -> Place {
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
    Place { line, column }
}

impl<'de: 'a, 'a> Deserialize<'de> for Pieces<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bounded;
        impl<'de> Visitor<'de> for Bounded {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of records")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut pieces = Vec::new();
                while let Some(piece) = list.next_element()? {
                    if pieces.len() >= MAX_RECORDS {
                        return Err(A::Error::custom(format!("more than {MAX_RECORDS} records in one file")));
                    }
                    pieces.push(piece);
                }
                Ok(pieces)
            }
        }
        deserializer.deserialize_seq(Bounded).map(Self)
    }
}
