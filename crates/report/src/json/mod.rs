//! The report for machines: a versioned JSON document.
//!
//! Each version has a module with frozen types of its own; a change of what is said is a new version beside the old one.

pub(crate) mod convert;
mod help;
mod inquiry;
mod tree;
pub mod v1;
mod why;

use packaging::text::is_active;
use resolution::outcome::Outcome;
use serde::Serialize;

pub use self::{
    tree::tree_json,
    why::{why_json, why_not_json},
};
use crate::Extras;

/// The JSON Schema (draft 2020-12) of what [`json`] writes.
pub const SCHEMA: &str = include_str!("../../schema/advise-v1.json");

/// The JSON Schema (draft 2020-12) of the answers of the other verbs; it refers to [`SCHEMA`] as `advise-v1.json`.
pub const INQUIRIES: &str = include_str!("../../schema/inquiries-v1.json");

/// The report of one run as a JSON document of version 1, indented, ending in a line end.
///
/// Characters that would act on a terminal are written as `\u` escapes: the values are whole, and `cat` is harmless.
pub fn json(outcome: &Outcome, extras: &Extras) -> String {
    written(&v1::Report::new(outcome, extras))
}

/// A document as text.
pub(crate) fn written(document: &impl Serialize) -> String {
    // Structs of texts, numbers and lists always have a JSON form.
    let plain = serde_json::to_string_pretty(document).expect("the types of the report have a JSON form");
    let mut text = String::with_capacity(plain.len() + 1);
    let mut units = [0; 2];
    for character in plain.chars() {
        // Outside of texts the document is ASCII and knows no control character but the line end.
        if character != '\n' && is_active(character) {
            for unit in character.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
    }
    text.push('\n');
    text
}
