//! T203-T205: what a wheel carries, against what its RECORD says that it carries.

use super::rule;
use crate::{
    contents::{Contents, Kind},
    finding::{Confidence, Finding, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static UNRECORDED: Rule = rule("T203", "file_not_recorded", Some(353), Check::Contents(unrecorded));
pub(super) static DIFFERENT: Rule = rule("T204", "recorded_hash_differs", Some(354), Check::Contents(different));
pub(super) static MISSING: Rule = rule("T205", "recorded_file_missing", Some(353), Check::Contents(missing));

fn hit(severity: Severity, confidence: Confidence, message: &'static str) -> Hit {
    Hit::new(severity, confidence, message).in_line(0)
}

fn unrecorded(contents: &Contents, _: &[Finding]) -> Vec<(String, Hit)> {
    if contents.kind != Kind::Wheel {
        return Vec::new();
    }
    let Some(record) = contents.record() else {
        let message = "The wheel has no RECORD: nobody can tell what belongs to it";
        return vec![(String::new(), hit(Severity::Medium, Confidence::Medium, message))];
    };
    let exempt = |path: &str| {
        path.ends_with('/')
            || path
                .rsplit_once('/')
                .is_some_and(|(folder, name)| folder.ends_with(".dist-info") && name.starts_with("RECORD"))
    };
    let message = "The wheel carries this file, and its RECORD does not know it";
    let unknown = contents.paths().filter(|path| !record.contains_key(*path) && !exempt(path));
    unknown.map(|path| (path.to_owned(), hit(Severity::Medium, Confidence::High, message))).collect()
}

fn different(contents: &Contents, _: &[Finding]) -> Vec<(String, Hit)> {
    let record = contents.record().into_iter().flatten();
    let message = "This is not the file that the wheel's RECORD describes";
    let differs = record.filter(|(path, hash)| contents.differs_from(path, hash));
    differs.map(|(path, _)| (path.clone(), hit(Severity::High, Confidence::Medium, message))).collect()
}

fn missing(contents: &Contents, _: &[Finding]) -> Vec<(String, Hit)> {
    let record = contents.record().into_iter().flatten();
    let message = "The wheel's RECORD describes this file, and the wheel does not carry it";
    let absent = record.filter(|(path, _)| !contents.has(path));
    absent.map(|(path, _)| (path.clone(), hit(Severity::Low, Confidence::High, message))).collect()
}
