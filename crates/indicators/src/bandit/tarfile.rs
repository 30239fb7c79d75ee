//! B202: archives whose members may lead out of the folder that they are unpacked to.

use ruff_python_ast::Expr;

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::literal,
};

pub(super) static RULES: &[Rule] = &[rule("B202", "tarfile_unsafe_members", 22, Check::Call(extract))];

fn extract(call: &Call<'_, '_>) -> Option<Hit> {
    if !call.name.contains("extractall") || !call.view.imports.has("tarfile") {
        return None;
    }
    if call.keyword_value("filter").and_then(literal) == Some("data") {
        return None;
    }
    Some(match call.keyword_value("members") {
        None => {
            Hit::new(Severity::High, Confidence::High, "`extractall` without a filter writes wherever the archive says")
        }
        Some(Expr::Call(chosen)) => {
            // Bandit has no answer for what is not called by a plain name.
            chosen.func.as_name_expr()?;
            Hit::new(
                Severity::Low,
                Confidence::Low,
                "`extractall` writes what a function admits; see that it is strict",
            )
        }
        Some(_) => {
            Hit::new(Severity::Medium, Confidence::Medium, "`extractall` writes members that were chosen elsewhere")
        }
    })
}
