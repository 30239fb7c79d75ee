//! The second, patient reading of a record whose types are not those of the schema: what is broken is left out and
//! complained about, the rest is kept.
//!
//! What could only be kept by guessing which versions are meant is marked as lost, and counts as the wider reading later.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    range::EventKind,
    raw::{RawAffected, RawEvent, RawPackage, RawRange, RawRecord, RawSpecific},
};

/// Reads what can be read of a record; `None` when it is not an object or its `affected` is not a list of objects, because
/// then nobody can say which package it is about.
pub(crate) fn record(value: &Value, complaints: &mut Vec<String>) -> Option<RawRecord> {
    let mut say = |what: String| complaints.push(what);
    let object = value.as_object()?;
    let mut affected = Vec::new();
    match object.get("affected") {
        None | Some(Value::Null) => {}
        Some(Value::Array(entries)) => {
            for (at, entry) in entries.iter().enumerate() {
                if !entry.is_object() {
                    return None;
                }
                affected.push(one_affected(entry, &format!("affected[{at}]"), &mut say));
            }
        }
        Some(_) => return None,
    }
    Some(RawRecord {
        id: text(object.get("id"), "id", &mut say),
        modified: text(object.get("modified"), "modified", &mut say),
        published: text(object.get("published"), "published", &mut say),
        withdrawn: text(object.get("withdrawn"), "withdrawn", &mut say),
        aliases: Some(list(object.get("aliases"), "aliases", &mut say)),
        summary: text(object.get("summary"), "summary", &mut say),
        details: text(object.get("details"), "details", &mut say),
        severity: Some(list(object.get("severity"), "severity", &mut say)),
        affected: Some(affected),
        references: Some(list(object.get("references"), "references", &mut say)),
        database_specific: typed(object.get("database_specific"), "database_specific", &mut say),
    })
}

fn one_affected(value: &Value, place: &str, say: &mut dyn FnMut(String)) -> RawAffected {
    let mut lost = false;
    let mut ranges = Vec::new();
    match value.get("ranges") {
        None | Some(Value::Null) => {}
        Some(Value::Array(entries)) => {
            for (at, entry) in entries.iter().enumerate() {
                match one_range(entry, &format!("{place}.ranges[{at}]"), say) {
                    Some(range) => ranges.push(range),
                    None => lost = true,
                }
            }
        }
        Some(_) => {
            say(format!("{place}.ranges is not a list"));
            lost = true;
        }
    }
    let mut versions = Vec::new();
    match value.get("versions") {
        None | Some(Value::Null) => {}
        Some(Value::Array(entries)) => {
            for (at, entry) in entries.iter().enumerate() {
                match entry {
                    Value::Null => {}
                    Value::String(version) => versions.push(Some(version.clone())),
                    Value::Number(number) => {
                        say(format!("{place}.versions[{at}] is a number: a zero at its end may be lost"));
                        versions.push(Some(number.to_string()));
                    }
                    _ => {
                        say(format!("{place}.versions[{at}] is not a text"));
                        lost = true;
                    }
                }
            }
        }
        Some(_) => {
            say(format!("{place}.versions is not a list"));
            lost = true;
        }
    }
    RawAffected {
        package: package(value.get("package"), &format!("{place}.package"), say),
        severity: Some(list(value.get("severity"), &format!("{place}.severity"), say)),
        ranges: Some(ranges),
        versions: Some(versions),
        database_specific: specific(value, place, say),
        lost,
    }
}

fn package(value: Option<&Value>, place: &str, say: &mut dyn FnMut(String)) -> Option<RawPackage> {
    let value = value.filter(|value| !value.is_null())?;
    Some(RawPackage {
        ecosystem: text(value.get("ecosystem"), &format!("{place}.ecosystem"), say),
        name: text(value.get("name"), &format!("{place}.name"), say),
        purl: text(value.get("purl"), &format!("{place}.purl"), say),
    })
}

fn one_range(value: &Value, place: &str, say: &mut dyn FnMut(String)) -> Option<RawRange> {
    if !value.is_object() {
        say(format!("{place} is not a range"));
        return None;
    }
    let events = match value.get("events") {
        None | Some(Value::Null) => None,
        Some(Value::Array(entries)) => Some(
            entries
                .iter()
                .enumerate()
                .map(|(at, entry)| one_event(entry, &format!("{place}.events[{at}]"), say))
                .collect(),
        ),
        Some(_) => {
            say(format!("{place}.events is not a list"));
            return None;
        }
    };
    Some(RawRange {
        kind: text(value.get("type"), &format!("{place}.type"), say),
        repo: text(value.get("repo"), &format!("{place}.repo"), say),
        events,
        database_specific: specific(value, place, say),
    })
}

fn one_event(value: &Value, place: &str, say: &mut dyn FnMut(String)) -> RawEvent {
    let mut event = RawEvent::default();
    for (key, kind) in [
        ("introduced", EventKind::Introduced),
        ("fixed", EventKind::Fixed),
        ("last_affected", EventKind::LastAffected),
        ("limit", EventKind::Limit),
    ] {
        let read = match value.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(version)) => Some(version.clone()),
            Some(Value::Number(number)) if number.is_u64() => Some(number.to_string()),
            Some(_) => {
                say(format!("{place}.{key} is not a text"));
                event.lost.push(kind);
                None
            }
        };
        match kind {
            EventKind::Introduced => event.introduced = read,
            EventKind::Fixed => event.fixed = read,
            EventKind::LastAffected => event.last_affected = read,
            EventKind::Limit => event.limit = read,
        }
    }
    event
}

fn specific(value: &Value, place: &str, say: &mut dyn FnMut(String)) -> Option<RawSpecific> {
    let inner = value.get("database_specific")?.get("last_known_affected_version_range");
    let place = format!("{place}.database_specific.last_known_affected_version_range");
    Some(RawSpecific { last_known_affected_version_range: text(inner, &place, say) })
}

fn text(value: Option<&Value>, place: &str, say: &mut dyn FnMut(String)) -> Option<String> {
    match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(_) => {
            say(format!("{place} is not a text"));
            None
        }
    }
}

fn typed<T: DeserializeOwned>(value: Option<&Value>, place: &str, say: &mut dyn FnMut(String)) -> Option<T> {
    let value = value.filter(|value| !value.is_null())?;
    T::deserialize(value).map_err(|error| say(format!("{place} cannot be read: {error}"))).ok()
}

fn list<T: DeserializeOwned>(value: Option<&Value>, place: &str, say: &mut dyn FnMut(String)) -> Vec<T> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(entries)) => entries
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| {
                T::deserialize(entry).map_err(|error| say(format!("{place}[{at}] cannot be read: {error}"))).ok()
            })
            .collect(),
        Some(_) => {
            say(format!("{place} is not a list"));
            Vec::new()
        }
    }
}
