//! The walk through the syntax of one file: every node once, in the order in which Python's own tree holds its parts.
//!
//! The order matters for what is imported when a rule looks. Which node is whose parent follows Python's tree, too, where
//! the parser's differs, because rules ask for parents.

mod expression;
mod interpolation;
mod statement;

use ruff_python_ast::{Alias, AnyNodeRef, ExceptHandlerExceptHandler, Expr, ExprCall, ModModule, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::{
    analysis::Analyser,
    call::Call,
    capability::{self, Capability},
    found::Found,
    imports::{self, Imports},
    moment::{self, Moment},
    rule::{Family, Names},
    source::Source,
    text::{Form, Text},
    value::{Value, literal},
    view::View,
    work::Work,
};

/// The surroundings of the node at hand. A macro, because a method would borrow the findings with the rest.
macro_rules! view {
    ($walk:ident) => {
        View { source: $walk.source, imports: &$walk.imports, ancestors: &$walk.ancestors, work: &$walk.work }
    };
}

/// A walk under way.
pub(crate) struct Walk<'w, 'c, 's, 'a> {
    analyser: &'w Analyser,
    source: &'w Source<'w>,
    imports: Imports<'a>,
    ancestors: Vec<AnyNodeRef<'a>>,
    work: Work,
    moment: Moment,
    found: &'w mut Found<'c, 's>,
}

impl<'w, 'c, 's, 'a> Walk<'w, 'c, 's, 'a> {
    pub(crate) fn new(
        analyser: &'w Analyser,
        path: &'w str,
        source: &'w Source<'w>,
        found: &'w mut Found<'c, 's>,
    ) -> Self {
        let work = Work::new(analyser.limits.work);
        let moment = moment::of_path(path);
        Self { analyser, source, imports: Imports::default(), ancestors: Vec::new(), work, moment, found }
    }

    /// Walks through a file.
    pub(crate) fn module(&mut self, module: &'a ModModule) {
        self.inside(AnyNodeRef::from(module), |walk| walk.body(&module.body));
    }

    /// What is left of the work.
    pub(crate) fn finish(self) -> Work {
        self.work
    }

    fn inside(&mut self, parent: AnyNodeRef<'a>, walk: impl FnOnce(&mut Self)) {
        self.ancestors.push(parent);
        walk(self);
        self.ancestors.pop();
    }

    fn on_call(&mut self, node: &'a ExprCall) {
        let qualified = self.imports.qualify(&node.func);
        let name = imports::last(&qualified);
        let view = view!(self);
        let call = Call { node, qualified: &qualified, name, view: &view };
        let range = node.range();
        if let Some(capability) = capability::called(&qualified, node, &self.imports) {
            self.found.can(capability, capability::moment(self.moment, &self.ancestors, range.start()), range);
        }
        if let Some(target) = called(&call)
            && let Some(rows) = self.analyser.called.get(target)
        {
            rows.iter().for_each(|(rule, names)| self.found.push(rule, names.hit(target), range, range));
        }
        for (rule, check) in &self.analyser.on_call {
            if let Some(hit) = check(&call) {
                self.found.push(rule, hit, range, range);
            }
        }
    }

    /// Shows a string to the rules; docstrings are none.
    fn on_text(&mut self, value: &str, range: TextRange, form: Form<'_, 'a>) {
        let parent = self.ancestors.last();
        if matches!(parent, Some(AnyNodeRef::StmtExpr(_))) {
            return;
        }
        let lines = parent.map_or(range, Ranged::range);
        let view = view!(self);
        let text = Text { value, form, view: &view };
        for (rule, check) in &self.analyser.on_text {
            if let Some(hit) = check(&text) {
                self.found.push(rule, hit, range, lines);
            }
        }
    }

    fn on_statement(&mut self, statement: &'a Stmt) {
        let range = match statement {
            // Decorators stand before the line in which Python has a function begin.
            Stmt::FunctionDef(function) => TextRange::new(function.name.start(), function.end()),
            other => other.range(),
        };
        let view = view!(self);
        for (rule, check) in &self.analyser.on_statement {
            if let Some(hit) = check(statement, &view) {
                self.found.push(rule, hit, range, range);
            }
        }
    }

    fn on_handler(&mut self, handler: &'a ExceptHandlerExceptHandler) {
        let range = handler.range();
        for (rule, check) in &self.analyser.on_handler {
            if let Some(hit) = check(handler) {
                self.found.push(rule, hit, range, range);
            }
        }
    }

    /// Takes in what imported names are for. To import them is not yet to use them.
    fn on_imported(&mut self, module: Option<&str>, names: &[Alias], range: TextRange) {
        for alias in names {
            let name = module.map_or_else(|| alias.name.to_string(), |module| format!("{module}.{}", alias.name));
            if let Some(capability) = capability::imported(&name) {
                self.found.can(capability, Moment::Later, range);
            }
        }
    }

    /// Takes in that the environment is read.
    fn on_attribute(&mut self, expression: &'a Expr) {
        if capability::is_environment(&self.imports, expression) {
            let range = expression.range();
            let moment = capability::moment(self.moment, &self.ancestors, range.start());
            self.found.can(Capability::Environment, moment, range);
        }
    }

    /// Shows an import to the tables. Of each family the first row that knows any of the names speaks, once.
    fn on_import(&mut self, prefix: &str, names: &[Alias], range: TextRange) {
        let mut spoken: Option<Family> = None;
        for (rule, row) in &self.analyser.on_import {
            if spoken != Some(rule.family)
                && let Some(name) = imported(row, prefix, names)
            {
                spoken = Some(rule.family);
                self.found.push(rule, row.hit(name), range, range);
            }
        }
    }
}

/// The first of the imported names that a row knows.
fn imported<'n>(row: &Names, prefix: &str, names: &'n [Alias]) -> Option<&'n str> {
    names.iter().map(|alias| alias.name.as_str()).find(|name| {
        let known = |known: &&str| match known.strip_prefix(prefix) {
            Some(rest) => name.starts_with(rest),
            None => prefix.starts_with(*known),
        };
        row.names.iter().any(known)
    })
}

/// What a call is looked up as: a function's qualified name, or the module that it imports.
fn called<'q>(call: &Call<'q, 'q>) -> Option<&'q str> {
    if matches!(&*call.node.func, Expr::Name(name) if name.id.as_str() == "__import__") {
        return call.arguments().first().and_then(literal);
    }
    if !matches!(call.qualified, "importlib.import_module" | "importlib.__import__") {
        return Some(call.qualified);
    }
    match call.arguments().first() {
        Some(first) => Value::of(first).text(),
        None => call.value("name").text(),
    }
}
