//! B610, B611: SQL that goes past Django's object mapper.

use ruff_python_ast::Expr;

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::literal,
};

pub(super) static RULES: &[Rule] = &[
    rule("B610", "django_extra_used", 89, Check::Call(extra)),
    rule("B611", "django_rawsql_used", 89, Check::Call(raw)),
];

fn hit() -> Hit {
    Hit::new(Severity::Medium, Confidence::Medium, "SQL that is put together here goes to the database as it is")
}

fn extra(call: &Call<'_, '_>) -> Option<Hit> {
    if call.name != "extra" {
        return None;
    }
    let given = |position: usize, name: &str| call.arguments().get(position).or_else(|| call.keyword_value(name));
    let conditions = [given(1, "where"), given(3, "tables")];
    let open = conditions.into_iter().flatten().any(|list| match list {
        Expr::List(list) => !list.elts.iter().all(is_text),
        _ => true,
    });
    let columns = given(0, "select").is_some_and(|select| match select {
        Expr::Dict(dict) => {
            !dict.items.iter().all(|item| item.key.as_ref().is_some_and(is_text) && is_text(&item.value))
        }
        _ => true,
    });
    (open || columns).then(hit)
}

fn raw(call: &Call<'_, '_>) -> Option<Hit> {
    if call.name != "RawSQL" || !call.view.imports.mention("django.db.models") {
        return None;
    }
    let sql = call.arguments().first().or_else(|| call.keyword_value("sql"))?;
    (!is_text(sql)).then(hit)
}

fn is_text(expression: &Expr) -> bool {
    literal(expression).is_some()
}
