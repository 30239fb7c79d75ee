//! B701, B702: templates that put text into pages as it is.

use ruff_python_ast::{
    Expr, Keyword,
    visitor::{Visitor, walk_expr, walk_keyword},
};

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    work::Work,
};

pub(super) static RULES: &[Rule] = &[
    rule("B701", "jinja2_autoescape_false", 94, Check::Call(jinja)),
    rule("B702", "use_of_mako_templates", 80, Check::Call(mako)),
];

fn jinja(call: &Call<'_, '_>) -> Option<Hit> {
    if call.name != "Environment" || !call.has_part("jinja2") {
        return None;
    }
    let confidence = match autoescape(call)? {
        None => Confidence::High,
        Some(Expr::BooleanLiteral(value)) if value.value => return None,
        Some(Expr::BooleanLiteral(_)) => Confidence::High,
        Some(Expr::Call(chosen)) if is_select(&chosen.func) => return None,
        Some(_) => Confidence::Medium,
    };
    let message = "Jinja puts text into pages as it is unless `autoescape` is on";
    Some(Hit::new(Severity::High, confidence, message))
}

fn is_select(function: &Expr) -> bool {
    match function {
        Expr::Attribute(attribute) => attribute.attr.as_str() == "select_autoescape",
        Expr::Name(name) => name.id.as_str() == "select_autoescape",
        _ => false,
    }
}

/// What is said of `autoescape`, here or, as Bandit looks, anywhere in the arguments; the outer `None` when looking costs
/// too much.
fn autoescape<'a>(call: &Call<'_, 'a>) -> Option<Option<&'a Expr>> {
    if let Some(value) = call.keyword_value("autoescape") {
        return Some(Some(value));
    }
    let mut search = Search { work: call.view.work, found: None, enough: true };
    search.visit_expr(&call.node.func);
    search.visit_arguments(&call.node.arguments);
    search.enough.then_some(search.found)
}

/// Looks for the first `autoescape=` below a call.
struct Search<'s, 'a> {
    work: &'s Work,
    found: Option<&'a Expr>,
    enough: bool,
}

impl<'a> Visitor<'a> for Search<'_, 'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        self.enough = self.enough && self.work.spend(1);
        if self.enough && self.found.is_none() {
            walk_expr(self, expression);
        }
    }

    fn visit_keyword(&mut self, keyword: &'a Keyword) {
        if self.found.is_none() && keyword.arg.as_ref().is_some_and(|name| name.as_str() == "autoescape") {
            self.found = Some(&keyword.value);
        }
        walk_keyword(self, keyword);
    }
}

fn mako(call: &Call<'_, '_>) -> Option<Hit> {
    let message = "Mako puts text into pages as it is unless each place filters it";
    (call.name == "Template" && call.has_part("mako")).then(|| Hit::new(Severity::Medium, Confidence::High, message))
}
