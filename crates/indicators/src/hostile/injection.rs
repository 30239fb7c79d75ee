//! T144: code put into the memory of a process.

use super::rule;
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T144", "code_injection", Some(94), Check::Module(check));

/// What it takes on Windows.
static CALLS: [&str; 9] = [
    "VirtualAlloc",
    "RtlMoveMemory",
    "CreateThread",
    "CreateRemoteThread",
    "WriteProcessMemory",
    "VirtualProtect",
    "NtQueueApcThread",
    "NtCreateThreadEx",
    "EnumSystemLocales",
];

fn check(module: &Module<'_>) -> Vec<Hit> {
    let text = module.source.text().as_bytes();
    if memchr::memmem::find(text, b"ctypes").is_none() {
        return Vec::new();
    }
    let used = CALLS.iter().filter(|call| memchr::memmem::find(text, call.as_bytes()).is_some()).count();
    if used < 3 {
        return Vec::new();
    }
    vec![Hit::new(Severity::High, Confidence::Medium, "This writes code into the memory of a process and runs it")]
}
