//! B602-B607: programs that are started, with a shell and without.

use ruff_python_ast::{Expr, Number};

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::literal,
};

pub(super) static RULES: &[Rule] = &[
    rule("B602", "subprocess_popen_with_shell_equals_true", 78, Check::Call(with_shell)),
    rule("B603", "subprocess_without_shell_equals_true", 78, Check::Call(without_shell)),
    rule("B604", "any_other_function_with_shell_equals_true", 78, Check::Call(other_with_shell)),
    rule("B605", "start_process_with_a_shell", 78, Check::Call(by_shell)),
    rule("B606", "start_process_with_no_shell", 78, Check::Call(by_no_shell)),
    rule("B607", "start_process_with_partial_path", 78, Check::Call(partial_path)),
];

/// Functions that start a program, through a shell if asked to.
pub(super) fn is_subprocess(call: &Call<'_, '_>) -> bool {
    let function = call.qualified.strip_prefix("subprocess.");
    matches!(function, Some("Popen" | "call" | "check_call" | "check_output" | "run"))
}

/// Functions that hand a text to a shell.
pub(super) fn is_shell(call: &Call<'_, '_>) -> bool {
    matches!(
        call.qualified,
        "os.system"
            | "os.popen"
            | "os.popen2"
            | "os.popen3"
            | "os.popen4"
            | "popen2.popen2"
            | "popen2.popen3"
            | "popen2.popen4"
            | "popen2.Popen3"
            | "popen2.Popen4"
            | "commands.getoutput"
            | "commands.getstatusoutput"
            | "subprocess.getoutput"
            | "subprocess.getstatusoutput"
    )
}

/// Functions that become, or start, a program without a shell.
fn is_exec(call: &Call<'_, '_>) -> bool {
    let Some(function) = call.qualified.strip_prefix("os.") else { return false };
    let ending = function.strip_prefix("exec").or_else(|| function.strip_prefix("spawn"));
    function == "startfile" || matches!(ending, Some("l" | "le" | "lp" | "lpe" | "v" | "ve" | "vp" | "vpe"))
}

/// Whether `shell=` asks for one, as far as it can be read; what is computed does.
fn has_shell(call: &Call<'_, '_>) -> bool {
    match call.keyword_value("shell") {
        None | Some(Expr::NoneLiteral(_)) => false,
        Some(Expr::BooleanLiteral(value)) => value.value,
        Some(Expr::StringLiteral(value)) => !value.value.is_empty(),
        Some(Expr::BytesLiteral(value)) => !value.value.is_empty(),
        Some(Expr::List(value)) => !value.elts.is_empty(),
        Some(Expr::Dict(value)) => !value.items.is_empty(),
        Some(Expr::NumberLiteral(value)) => match &value.value {
            Number::Int(whole) => whole.as_i64() != Some(0),
            Number::Float(float) => *float != 0.0,
            Number::Complex { real, imag } => *real != 0.0 || *imag != 0.0,
        },
        Some(_) => true,
    }
}

/// A fixed text can hold nothing that somebody else put in.
fn how_bad(call: &Call<'_, '_>) -> Option<Severity> {
    Some(if literal(call.arguments().first()?).is_some() { Severity::Low } else { Severity::High })
}

fn with_shell(call: &Call<'_, '_>) -> Option<Hit> {
    if !is_subprocess(call) || !has_shell(call) {
        return None;
    }
    let severity = how_bad(call)?;
    let message = match severity {
        Severity::High => "A shell runs a text that is put together here",
        _ => "A shell runs a fixed text; it can do without the shell",
    };
    Some(Hit::new(severity, Confidence::High, message).at_maybe(call.keyword_value("shell")))
}

fn without_shell(call: &Call<'_, '_>) -> Option<Hit> {
    if !is_subprocess(call) || has_shell(call) {
        return None;
    }
    let message = "A program is started; see that nobody else chooses it or its arguments";
    Some(Hit::new(Severity::Low, Confidence::High, message).at_maybe(call.keyword_value("shell")))
}

fn other_with_shell(call: &Call<'_, '_>) -> Option<Hit> {
    if is_subprocess(call) || !has_shell(call) {
        return None;
    }
    let message = "A function is asked to use a shell";
    Some(Hit::new(Severity::Medium, Confidence::Low, message).at_maybe(call.keyword_value("shell")))
}

fn by_shell(call: &Call<'_, '_>) -> Option<Hit> {
    if !is_shell(call) {
        return None;
    }
    let severity = how_bad(call)?;
    let message = match severity {
        Severity::High => "A shell runs a text that is put together here",
        _ => "A shell runs a fixed text; `subprocess` can do without the shell",
    };
    Some(Hit::new(severity, Confidence::High, message))
}

fn by_no_shell(call: &Call<'_, '_>) -> Option<Hit> {
    is_exec(call).then(|| Hit::new(Severity::Low, Confidence::Medium, "A program is started"))
}

fn partial_path(call: &Call<'_, '_>) -> Option<Hit> {
    let first = call.arguments().first()?;
    if !(is_subprocess(call) || is_shell(call) || is_exec(call)) {
        return None;
    }
    let program = match first {
        Expr::List(list) => list.elts.first()?,
        other => other,
    };
    let message = "Which program this is depends on `PATH`";
    (!is_full_path(literal(program)?)).then(|| Hit::new(Severity::Low, Confidence::High, message))
}

/// A path from a root, a drive, or the current folder.
fn is_full_path(path: &str) -> bool {
    match path.as_bytes() {
        [b'/' | b'\\' | b'.', ..] => true,
        [drive, b':', ..] => drive.is_ascii_alphabetic(),
        _ => false,
    }
}
