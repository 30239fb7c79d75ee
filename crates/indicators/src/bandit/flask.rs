//! B201: a Flask application that runs with its debugger.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULES: &[Rule] = &[rule("B201", "flask_debug_true", 94, Check::Call(debug))];

fn debug(call: &Call<'_, '_>) -> Option<Hit> {
    if !call.qualified.ends_with(".run") || !call.says("debug", "True") || !call.view.imports.mention("flask") {
        return None;
    }
    let message = "Flask's debugger runs whatever code its page is sent";
    Some(Hit::new(Severity::High, Confidence::Medium, message).at_maybe(call.keyword_value("debug")))
}
