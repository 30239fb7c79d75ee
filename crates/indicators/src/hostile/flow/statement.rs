//! What statements do to what names hold.

use std::rc::Rc;

use ruff_python_ast::{ElifElseClause, ExceptHandler, Expr, Stmt, StmtClassDef, StmtFunctionDef, StmtIf, StmtTry};
use rustc_hash::FxHashMap;

use super::{
    super::{acts, traits::Traits},
    Engine, Function, MAIN, OUTSIDE, Worth,
};
use crate::moment;

/// Methods that installers and builders call: of commands of setuptools, and of hooks of hatchling.
const COMMANDS: [&str; 6] = ["run", "initialize_options", "finalize_options", "__init__", "initialize", "finalize"];

impl<'a> Engine<'a, '_> {
    pub(super) fn body(&mut self, body: &'a [Stmt]) {
        body.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &'a Stmt) {
        if !self.work.spend(1) {
            return;
        }
        match statement {
            Stmt::Import(import) => self.imports.import(&import.names),
            Stmt::ImportFrom(import) => match &import.module {
                Some(module) => self.imports.import_from(module.as_str(), &import.names),
                None => self.imports.import(&import.names),
            },
            // A text by itself is documentation.
            Stmt::Expr(part) if part.value.is_string_literal_expr() => {}
            Stmt::Expr(part) => drop(self.value(&part.value)),
            Stmt::Assign(part) => self.assign(&part.targets, &part.value),
            Stmt::AugAssign(part) => {
                let mut value = self.value(&part.target);
                let more = self.value(&part.value);
                value.traits |= more.traits;
                if let (Some(text), Some(more)) = (&value.text, &more.text) {
                    let mut text = text.to_string();
                    super::extend(&mut text, more);
                    value.text = Some(text.into());
                }
                self.bind(&part.target, &value);
            }
            Stmt::AnnAssign(part) => {
                if let Some(value) = &part.value {
                    let worth = self.value(value);
                    self.bind(&part.target, &worth);
                }
            }
            Stmt::Return(part) => self.result(part.value.as_deref()),
            Stmt::FunctionDef(function) => self.define(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Global(part) => self.shared.extend(part.names.iter().map(ruff_python_ast::Identifier::as_str)),
            other => self.compound(other),
        }
    }

    fn compound(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::If(part) => self.branch(part),
            Stmt::For(part) => {
                let iterated = self.value(&part.iter);
                self.bind(&part.target, &Worth { text: None, means: None, ..iterated });
                self.perhaps(&[&part.body, &part.orelse]);
            }
            Stmt::While(part) => {
                self.value(&part.test);
                self.perhaps(&[&part.body, &part.orelse]);
            }
            Stmt::With(part) => {
                for item in &part.items {
                    let value = self.value(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.bind(target, &value);
                    }
                }
                self.body(&part.body);
            }
            Stmt::Try(part) => self.attempt(part),
            Stmt::Match(part) => {
                self.value(&part.subject);
                part.cases.iter().for_each(|case| self.perhaps(&[&case.body]));
            }
            Stmt::Raise(part) => {
                for value in part.exc.as_deref().into_iter().chain(part.cause.as_deref()) {
                    self.value(value);
                }
            }
            Stmt::Assert(part) => drop(self.value(&part.test)),
            Stmt::Delete(part) => drop(self.values(&part.targets)),
            _ => {}
        }
    }

    fn perhaps(&mut self, bodies: &[&'a [Stmt]]) {
        self.branches += 1;
        bodies.iter().for_each(|body| self.body(body));
        self.branches -= 1;
    }

    fn attempt(&mut self, part: &'a StmtTry) {
        self.perhaps(&[&part.body]);
        for ExceptHandler::ExceptHandler(handler) in &part.handlers {
            self.perhaps(&[&handler.body]);
        }
        self.perhaps(&[&part.orelse]);
        self.body(&part.finalbody);
    }

    fn branch(&mut self, part: &'a StmtIf) {
        let main = self.scope == OUTSIDE && moment::asks_for_program(part);
        let (scope, guard) = (self.scope, self.guard);
        if main {
            self.scope = MAIN;
        }
        let test = self.tested(&part.test);
        self.guard |= test;
        self.perhaps(&[&part.body]);
        (self.scope, self.guard) = (scope, guard);
        part.elif_else_clauses.iter().for_each(|clause| self.clause(clause));
    }

    fn clause(&mut self, clause: &'a ElifElseClause) {
        let guard = self.guard;
        if let Some(test) = &clause.test {
            let tested = self.tested(test);
            self.guard |= tested;
        }
        self.perhaps(&[&clause.body]);
        self.guard = guard;
    }

    /// The traits of all that a test compares.
    fn tested(&mut self, test: &'a Expr) -> Traits {
        self.compared = Traits::NONE;
        let value = self.value(test);
        self.compared | value.traits
    }

    fn result(&mut self, value: Option<&'a Expr>) {
        let Some(value) = value else { return };
        let worth = self.value(value);
        let function = self.scope.checked_sub(MAIN + 1).and_then(|at| self.functions.get(at));
        if let Some(name) = function.map(|function| function.name.to_owned()) {
            let before = self.returns.remove(&name).unwrap_or_default();
            self.returns.insert(name, before.either(worth));
        }
    }

    fn define(&mut self, function: &'a StmtFunctionDef) {
        for decorator in &function.decorator_list {
            self.value(&decorator.expression);
        }
        let name = function.name.as_str();
        let command = match self.class {
            Some((_, installs)) => installs && COMMANDS.contains(&name),
            None => name.starts_with("pdm_build_"),
        };
        self.known.entry(name).or_default().push(self.functions.len());
        self.functions.push(Function { name, class: self.class.map(|(class, _)| class), node: function, command });
    }

    fn class(&mut self, class: &'a StmtClassDef) {
        let installs = class.arguments.as_deref().is_some_and(|arguments| arguments.args.iter().any(is_command));
        for decorator in &class.decorator_list {
            self.value(&decorator.expression);
        }
        let outer = self.class.replace((class.name.as_str(), installs));
        self.body(&class.body);
        self.class = outer;
    }

    /// Goes through the body of a function that was found before.
    pub(super) fn function(&mut self, at: usize) {
        let Some(Function { name, class, node, .. }) = self.functions.get(at) else { return };
        let (name, class, node) = (*name, *class, *node);
        let mut locals: FxHashMap<Rc<str>, Worth> = FxHashMap::default();
        for (position, parameter) in node.parameters.iter().enumerate() {
            let parameter = parameter.name().as_str();
            let mut worth = self.given.get(&(name.to_owned(), position)).cloned().unwrap_or_default();
            if let Some(named) = self.given.get(&(format!("{name}.{parameter}"), usize::MAX)) {
                worth = worth.either(named.clone());
            }
            if acts::is_key(parameter) {
                worth.traits |= Traits::KEY;
            }
            locals.insert(parameter.into(), Worth { origin: None, ..worth });
        }
        self.shared.clear();
        self.locals = Some(locals);
        self.class = class.map(|class| (class, false));
        (self.scope, self.branches, self.guard) = (at + MAIN + 1, 0, Traits::NONE);
        self.body(&node.body);
        self.class = None;
    }

    /// Lets targets hold a value; element by element where both are spelled out.
    fn assign(&mut self, targets: &'a [Expr], source: &'a Expr) {
        if let ([Expr::Tuple(targets)], Expr::Tuple(sources)) = (targets, source)
            && targets.elts.len() == sources.elts.len()
        {
            for (target, source) in targets.elts.iter().zip(&sources.elts) {
                let worth = self.value(source);
                self.bind(target, &worth);
            }
            return;
        }
        let value = self.value(source);
        targets.iter().for_each(|target| self.bind(target, &value));
    }

    /// Lets a target hold a value.
    pub(super) fn bind(&mut self, target: &'a Expr, value: &Worth) {
        match target {
            Expr::Name(name) => self.hold(name.id.as_str(), value),
            Expr::Attribute(attribute) => {
                if let Some(root) = self.value(&attribute.value).means {
                    let value = self.kept(value);
                    let name = [&*root, ".", attribute.attr.as_str()].concat();
                    hold_in(&mut self.globals, &name, value, true);
                }
            }
            Expr::Tuple(tuple) => self.spread(&tuple.elts, value),
            Expr::List(list) => self.spread(&list.elts, value),
            Expr::Starred(part) => self.bind(&part.value, value),
            // What goes into a container is in the container.
            Expr::Subscript(part) => {
                let index = self.value(&part.slice);
                self.fill(&part.value, value.traits | (index.traits & Traits::SAID));
            }
            _ => {}
        }
    }

    /// Lets a container hold something more.
    pub(super) fn fill(&mut self, container: &'a Expr, traits: Traits) {
        if let Expr::Name(name) = container {
            self.branches += 1;
            self.hold(name.id.as_str(), &Worth::of(traits));
            self.branches -= 1;
        }
    }

    fn spread(&mut self, targets: &'a [Expr], value: &Worth) {
        let each = Worth { text: None, means: None, ..value.clone() };
        targets.iter().for_each(|target| self.bind(target, &each));
    }

    fn hold(&mut self, name: &'a str, value: &Worth) {
        let value = self.kept(value);
        let adds = self.branches > 0;
        match &mut self.locals {
            Some(locals) if !self.shared.contains(name) => hold_in(locals, name, value, adds),
            _ => hold_in(&mut self.globals, name, value, adds),
        }
    }
}

/// Lets a name hold a value, besides what it held before if that may still be so.
fn hold_in(names: &mut FxHashMap<Rc<str>, Worth>, name: &str, value: Worth, adds: bool) {
    match names.get_mut(name) {
        Some(held) if adds => *held = std::mem::take(held).either(value),
        Some(held) => *held = value,
        None => {
            names.insert(name.into(), value);
        }
    }
}

/// Whether a base of a class is a command of an installer.
fn is_command(base: &Expr) -> bool {
    let name = match base {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    let name = name.to_ascii_lowercase();
    ["install", "develop", "egg_info", "build", "sdist", "bdist", "command"].iter().any(|part| name.contains(part))
}
