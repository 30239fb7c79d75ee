//! B703: text that Django is told to put into pages as it is, unless every part of it stands in the source.
//!
//! What a name holds is what was assigned to it in the lines before, in the function or the module around. As in Bandit,
//! a function that is `async` is not one, and where that search would fail in Python, nothing is said.

use ruff_python_ast::{AnyNodeRef, ExceptHandler, Expr, ExprCall, Operator, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::literal,
    view::View,
};

pub(super) static RULES: &[Rule] = &[rule("B703", "django_mark_safe", 80, Check::Call(marked))];

const MARKS: [&str; 5] = ["mark_safe", "SafeText", "SafeUnicode", "SafeString", "SafeBytes"];

/// Assignments are followed no further back than this; Python's own recursion ends near it.
const MOST_STEPS: usize = 300;

fn marked(call: &Call<'_, '_>) -> Option<Hit> {
    if !MARKS.contains(&call.name) || !call.view.imports.mention("django.utils.safestring") {
        return None;
    }
    let text = call.arguments().first()?;
    if literal(text).is_some() || Scope::around(call.view)?.is_fixed_argument(text, call.node)? {
        return None;
    }
    Some(Hit::new(Severity::Medium, Confidence::High, "Django puts this text into pages as it is"))
}

/// The function or module in which names are looked up.
struct Scope<'s, 'a> {
    function: Option<&'a StmtFunctionDef>,
    body: &'a [Stmt],
    view: &'s View<'s, 'a>,
}

/// What an assignment gives to a name: an expression, or something that cannot be followed.
type Assigned<'a> = Option<&'a Expr>;

/// What statements give to a name.
enum Given<'a> {
    One(Assigned<'a>),
    Some(Vec<Assigned<'a>>),
}

impl<'s, 'a> Scope<'s, 'a> {
    fn around(view: &'s View<'s, 'a>) -> Option<Self> {
        view.ancestors.iter().rev().find_map(|node| match node {
            AnyNodeRef::StmtFunctionDef(function) if !function.is_async => {
                Some(Scope { function: Some(function), body: &function.body, view })
            }
            AnyNodeRef::ModModule(module) => Some(Scope { function: None, body: &module.body, view }),
            _ => None,
        })
    }

    fn is_fixed_argument(&self, text: &'a Expr, call: &'a ExprCall) -> Option<bool> {
        match text {
            Expr::Name(name) => self.is_fixed_name(name.id.as_str(), self.view.source.line(call.start()), MOST_STEPS),
            Expr::Call(format) => self.is_fixed_format(format, MOST_STEPS),
            Expr::BinOp(operator) if operator.op == Operator::Mod && literal(&operator.left).is_some() => {
                let values = match &*operator.right {
                    Expr::Tuple(tuple) => tuple.elts.iter().collect(),
                    other => vec![other],
                };
                self.are_fixed(values, self.view.source.line(operator.start()), MOST_STEPS)
            }
            _ => Some(false),
        }
    }

    /// Whether everything that is assigned to a name before a line stands in the source.
    fn is_fixed_name(&self, name: &str, until: u32, steps: usize) -> Option<bool> {
        let steps = steps.checked_sub(1)?;
        let parameters = self.function.into_iter().flat_map(|function| &function.parameters.args);
        if parameters.into_iter().any(|parameter| parameter.parameter.name.as_str() == name) {
            return Some(false);
        }
        let mut fixed = false;
        for statement in self.body {
            let line = self.line(statement);
            if line >= until {
                break;
            }
            match self.given(name, statement)? {
                Given::One(Some(value)) if literal(value).is_some() => fixed = true,
                Given::One(Some(Expr::Name(other))) => {
                    fixed = self.is_fixed_name(other.id.as_str(), self.view.source.line(other.start()), steps)?;
                }
                Given::One(Some(Expr::Call(call))) => fixed = self.is_fixed_format(call, steps)?,
                Given::One(_) => return Some(false),
                Given::Some(values) if values.is_empty() => {}
                Given::Some(values) => {
                    for value in values {
                        if !self.is_fixed_value(value, line, steps)? {
                            return Some(false);
                        }
                    }
                    fixed = true;
                }
            }
        }
        Some(fixed)
    }

    fn is_fixed_value(&self, value: Assigned<'a>, line: u32, steps: usize) -> Option<bool> {
        match value {
            Some(Expr::Name(name)) => self.is_fixed_name(name.id.as_str(), line, steps),
            Some(value) => Some(literal(value).is_some()),
            None => Some(false),
        }
    }

    /// Whether a call formats a constant with what stands in the source.
    fn is_fixed_format(&self, call: &'a ExprCall, steps: usize) -> Option<bool> {
        let steps = steps.checked_sub(1)?;
        let formats = matches!(&*call.func, Expr::Attribute(function)
            if function.attr.as_str() == "format" && crate::value::is_constant(&function.value));
        if !formats || !call.arguments.keywords.is_empty() {
            return Some(false);
        }
        self.are_fixed(call.arguments.args.iter().collect(), self.view.source.line(call.start()), steps)
    }

    fn are_fixed(&self, mut values: Vec<&'a Expr>, line: u32, steps: usize) -> Option<bool> {
        let mut at = 0;
        while let Some(value) = values.get(at).copied() {
            let fixed = match value {
                Expr::Name(name) => self.is_fixed_name(name.id.as_str(), line, steps)?,
                Expr::Call(call) => self.is_fixed_format(call, steps)?,
                Expr::Starred(starred) => match &*starred.value {
                    Expr::List(list) => {
                        values.extend(&list.elts);
                        true
                    }
                    Expr::Tuple(tuple) => {
                        values.extend(&tuple.elts);
                        true
                    }
                    _ => false,
                },
                other => literal(other).is_some(),
            };
            if !fixed {
                return Some(false);
            }
            at += 1;
        }
        Some(true)
    }

    /// What a statement, or any in it, assigns to a name; nothing when Python's search would fail or cost too much.
    fn given(&self, name: &str, statement: &'a Stmt) -> Option<Given<'a>> {
        if !self.view.work.spend(1) {
            return None;
        }
        match statement {
            Stmt::FunctionDef(function) if !function.is_async => self.all_given(name, &[&function.body]),
            Stmt::With(with) if !with.is_async => {
                let last = with.items.last().and_then(|item| item.optional_vars.as_deref());
                match last {
                    Some(Expr::Name(bound)) if bound.id.as_str() == name => Some(Given::One(None)),
                    _ => self.all_given(name, &[&with.body]),
                }
            }
            Stmt::Try(attempt) => {
                let handlers = attempt.handlers.iter().map(|ExceptHandler::ExceptHandler(handler)| &*handler.body);
                let mut bodies = vec![&*attempt.body];
                bodies.extend(handlers);
                bodies.extend([&*attempt.orelse, &*attempt.finalbody]);
                self.all_given(name, &bodies)
            }
            Stmt::If(branches) => {
                let clauses = branches.elif_else_clauses.iter().map(|clause| &*clause.body);
                let bodies: Vec<&[Stmt]> = std::iter::once(&*branches.body).chain(clauses).collect();
                self.all_given(name, &bodies)
            }
            Stmt::For(part) if !part.is_async => self.all_given(name, &[&part.body, &part.orelse]),
            Stmt::While(part) => self.all_given(name, &[&part.body, &part.orelse]),
            Stmt::AugAssign(assign) => Some(match &*assign.target {
                Expr::Name(target) if target.id.as_str() == name => Given::One(Some(&assign.value)),
                _ => Given::Some(Vec::new()),
            }),
            Stmt::Assign(assign) => match assign.targets.first()? {
                Expr::Name(target) if target.id.as_str() == name => Some(Given::One(Some(&assign.value))),
                Expr::Tuple(targets) => unpacked(name, &targets.elts, &assign.value),
                _ => Some(Given::Some(Vec::new())),
            },
            _ => Some(Given::Some(Vec::new())),
        }
    }

    fn all_given(&self, name: &str, bodies: &[&'a [Stmt]]) -> Option<Given<'a>> {
        let mut all = Vec::new();
        for statement in bodies.iter().copied().flatten() {
            match self.given(name, statement)? {
                Given::One(value) => all.push(value),
                Given::Some(values) => all.extend(values),
            }
        }
        Some(Given::Some(all))
    }

    /// The line in which Python has a statement begin, decorators apart.
    fn line(&self, statement: &Stmt) -> u32 {
        self.view.source.line(match statement {
            Stmt::FunctionDef(function) => function.name.start(),
            Stmt::ClassDef(class) => class.name.start(),
            other => other.start(),
        })
    }
}

/// What a name gets of a tuple that is assigned to a tuple; nothing where a target before it is no name.
fn unpacked<'a>(name: &str, targets: &'a [Expr], value: &'a Expr) -> Option<Given<'a>> {
    let Expr::Tuple(values) = value else { return Some(Given::Some(Vec::new())) };
    for (at, target) in targets.iter().enumerate() {
        if target.as_name_expr()?.id.as_str() == name {
            return values.elts.get(at).map(|value| Given::One(Some(value)));
        }
    }
    Some(Given::Some(Vec::new()))
}
