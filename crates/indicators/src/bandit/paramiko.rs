//! B507, B601: SSH through Paramiko.

use ruff_python_ast::Expr;

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULES: &[Rule] = &[
    rule("B507", "ssh_no_host_key_verification", 295, Check::Call(host_key)),
    rule("B601", "paramiko_calls", 78, Check::Call(command)),
];

fn host_key(call: &Call<'_, '_>) -> Option<Hit> {
    if call.name != "set_missing_host_key_policy" || !call.view.imports.mention("paramiko") {
        return None;
    }
    let policy = match call.arguments().first()? {
        Expr::Call(made) => &made.func,
        other => other,
    };
    let policy = match policy {
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Name(name) => name.id.as_str(),
        _ => return None,
    };
    let message = "Whoever answers is taken for the host that was meant";
    ["AutoAddPolicy", "WarningPolicy"].contains(&policy).then(|| Hit::new(Severity::High, Confidence::Medium, message))
}

fn command(call: &Call<'_, '_>) -> Option<Hit> {
    let message = "A shell on the other side runs this text; see that nobody else can add to it";
    (call.name == "exec_command" && call.view.imports.mention("paramiko"))
        .then(|| Hit::new(Severity::Medium, Confidence::Medium, message))
}
