//! B104, B108: strings that mean something wherever they stand.

use super::rule;
use crate::{
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    text::Text,
};

pub(super) static RULES: &[Rule] = &[
    rule("B104", "hardcoded_bind_all_interfaces", 605, Check::Text(all_interfaces)),
    rule("B108", "hardcoded_tmp_directory", 377, Check::Text(shared_folder)),
];

fn all_interfaces(text: &Text<'_, '_>) -> Option<Hit> {
    (text.value == "0.0.0.0")
        .then(|| Hit::new(Severity::Medium, Confidence::Medium, "A server at this address listens to every network"))
}

/// Folders in which everybody may create files.
const SHARED: [&str; 3] = ["/tmp", "/var/tmp", "/dev/shm"];

fn shared_folder(text: &Text<'_, '_>) -> Option<Hit> {
    let message = "Others may have put a file or link at this place before; `tempfile` finds a new one";
    SHARED
        .iter()
        .any(|folder| text.value.starts_with(folder))
        .then(|| Hit::new(Severity::Medium, Confidence::Medium, message))
}
