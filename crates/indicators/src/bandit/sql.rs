//! B608: SQL that is put together from text.

use std::sync::LazyLock;

use regex::Regex;
use ruff_python_ast::{AnyNodeRef, Expr, ExprBinOp, ExprStringLiteral};

use super::{mentions, rule};
use crate::{
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    text::{Form, Text},
    work::Work,
};

pub(super) static RULES: &[Rule] = &[rule("B608", "hardcoded_sql_expressions", 89, Check::Text(built))];

fn built(text: &Text<'_, '_>) -> Option<Hit> {
    let query = Query::of(text)?;
    if !is_sql(&query.statement) {
        return None;
    }
    let runs = matches!(query.around, Some(AnyNodeRef::ExprCall(call)) if match &*call.func {
        Expr::Attribute(attribute) => is_execute(attribute.attr.as_str()),
        Expr::Name(name) => is_execute(name.id.as_str()),
        _ => false,
    });
    let confidence = if runs && !query.replaced { Confidence::Medium } else { Confidence::Low };
    let message = "SQL is put together from text; parameters keep values apart from it";
    Some(Hit::new(Severity::Medium, confidence, message))
}

fn is_execute(name: &str) -> bool {
    matches!(name, "execute" | "executemany")
}

fn is_sql(statement: &str) -> bool {
    static SQL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let pattern = r"(?is)(select\s.*from\s|delete\s+from\s|insert\s+into\s.*values[\s(]|update\s.*set\s)";
        Regex::new(pattern).ok()
    });
    mentions(statement, &["select", "delete", "insert", "update"])
        && SQL.as_ref().is_some_and(|sql| sql.is_match(statement))
}

/// A text that may be SQL, and what it is handed to.
struct Query<'a> {
    statement: String,
    around: Option<AnyNodeRef<'a>>,
    /// Whether parts of it are replaced.
    replaced: bool,
}

impl<'a> Query<'a> {
    /// The query a string is part of, when it is put together by an operator, a method or an f-string.
    fn of(text: &Text<'_, 'a>) -> Option<Self> {
        match (text.form, text.view.above(0)?) {
            (Form::Whole(node), AnyNodeRef::ExprBinOp(parent)) => Self::of_operators(text, node, parent),
            (Form::Whole(_), AnyNodeRef::ExprAttribute(attribute)) => {
                let method = attribute.attr.as_str();
                matches!(method, "format" | "replace").then(|| Self {
                    statement: text.value.to_owned(),
                    around: text.view.above(2),
                    replaced: method == "replace",
                })
            }
            (Form::Piece { first: true, joined }, _) => {
                Some(Self { statement: joined.to_owned(), around: text.view.above(1), replaced: false })
            }
            _ => None,
        }
    }

    /// Joins the strings of a whole tree of operators. As in Bandit, the string at hand comes first, and what stands
    /// beside it under the same operator is left out.
    fn of_operators(text: &Text<'_, 'a>, node: &'a ExprStringLiteral, parent: &'a ExprBinOp) -> Option<Self> {
        let mut up = 0;
        let mut root = parent;
        while let Some(AnyNodeRef::ExprBinOp(operator)) = text.view.above(up) {
            root = operator;
            up += 1;
        }
        let mut strings = vec![node.value.to_str()];
        gather(root, parent, &mut strings, text.view.work)?;
        Some(Self { statement: strings.join(" "), around: text.view.above(up), replaced: false })
    }
}

/// Adds the strings under `operator`, but not those under `stop`; nothing when that costs too much.
fn gather<'a>(operator: &'a ExprBinOp, stop: &'a ExprBinOp, strings: &mut Vec<&'a str>, work: &Work) -> Option<()> {
    if std::ptr::eq(operator, stop) {
        return Some(());
    }
    for side in [&*operator.left, &*operator.right] {
        match side {
            Expr::BinOp(inner) => gather(inner, stop, strings, work)?,
            Expr::StringLiteral(string) => strings.push(string.value.to_str()),
            _ => {}
        }
    }
    work.spend(1).then_some(())
}
