//! B110, B112: errors that nobody hears of.

use ruff_python_ast::{ExceptHandlerExceptHandler, Expr, Stmt};

use super::rule;
use crate::{
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULES: &[Rule] = &[
    rule("B110", "try_except_pass", 703, Check::Handler(pass)),
    rule("B112", "try_except_continue", 703, Check::Handler(go_on)),
];

fn pass(handler: &ExceptHandlerExceptHandler) -> Option<Hit> {
    let message = "Every error is passed over here";
    only_statement(handler)?.is_pass_stmt().then(|| Hit::new(Severity::Low, Confidence::High, message))
}

fn go_on(handler: &ExceptHandlerExceptHandler) -> Option<Hit> {
    let message = "After any error the loop goes on as if nothing had been";
    only_statement(handler)?.is_continue_stmt().then(|| Hit::new(Severity::Low, Confidence::High, message))
}

/// What a handler of every error does, when that is a single thing.
fn only_statement(handler: &ExceptHandlerExceptHandler) -> Option<&Stmt> {
    let every = match handler.type_.as_deref() {
        None => true,
        Some(Expr::Name(name)) => name.id.as_str() == "Exception",
        Some(_) => false,
    };
    match handler.body.as_slice() {
        [only] if every => Some(only),
        _ => None,
    }
}
