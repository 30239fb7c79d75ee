//! B103: files that others may write or run.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::Value,
};

pub(super) static RULES: &[Rule] = &[rule("B103", "set_bad_file_permissions", 732, Check::Call(chmod))];

/// Others may write.
const OTHERS_WRITE: i64 = 0o002;
/// The group may write or run, others may run.
const LOOSE: i64 = 0o020 | 0o010 | 0o001;

fn chmod(call: &Call<'_, '_>) -> Option<Hit> {
    if !call.name.contains("chmod") || call.arguments().len() != 2 {
        return None;
    }
    let Value::Integer(Some(mode)) = call.argument_value(1) else { return None };
    let severity = match mode {
        _ if mode & OTHERS_WRITE != 0 => Severity::High,
        _ if mode & LOOSE != 0 => Severity::Medium,
        _ => return None,
    };
    let file = call.argument_value(0).text().map_or_else(|| "a file".to_owned(), |name| format!("`{name}`"));
    Some(Hit::new(severity, Confidence::High, format!("Mode {mode:#o} lets more than the owner change or run {file}")))
}
