//! B609: a shell that turns `*` into names of files, which may look like options.

use std::fmt::Write as _;

use ruff_python_ast::Expr;

use super::{
    rule,
    shell::{is_shell, is_subprocess},
};
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::Value,
};

pub(super) static RULES: &[Rule] = &[rule("B609", "linux_commands_wildcard_injection", 155, Check::Call(wildcard))];

/// Programs with options that run others.
const PROGRAMS: [&str; 4] = ["chown", "chmod", "tar", "rsync"];

fn wildcard(call: &Call<'_, '_>) -> Option<Hit> {
    if !(is_shell(call) || is_subprocess(call) && call.says("shell", "True")) {
        return None;
    }
    let command = command(call.arguments().first()?)?;
    if !command.contains('*') || !PROGRAMS.iter().any(|program| command.contains(program)) {
        return None;
    }
    let message = "The shell puts names of files for `*`, and a name may look like an option";
    Some(Hit::new(Severity::High, Confidence::Medium, message).at_maybe(call.keyword_value("shell")))
}

/// The command, or the words of a list.
fn command(argument: &Expr) -> Option<String> {
    match argument {
        Expr::List(list) => Some(list.elts.iter().fold(String::new(), |mut words, element| {
            let _infallible = match Value::element(element) {
                Value::Text(text) => write!(words, " {text}"),
                _ => Ok(()),
            };
            words
        })),
        other => Value::of(other).text().map(str::to_owned),
    }
}
