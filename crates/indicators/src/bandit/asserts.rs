//! B101: `assert`, which optimised bytecode leaves out.

use ruff_python_ast::Stmt;

use super::rule;
use crate::{
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    view::View,
};

pub(super) static RULES: &[Rule] = &[rule("B101", "assert_used", 703, Check::Statement(used))];

fn used(statement: &Stmt, _: &View<'_, '_>) -> Option<Hit> {
    let message = "`assert` is not there when Python runs with `-O`";
    statement.is_assert_stmt().then(|| Hit::new(Severity::Low, Confidence::High, message))
}
