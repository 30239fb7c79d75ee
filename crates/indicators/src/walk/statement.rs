//! Statements, clauses and patterns.

use ruff_python_ast::{
    AnyNodeRef, Arguments, Decorator, ElifElseClause, ExceptHandler, MatchCase, Parameters, Pattern, Stmt,
    StmtClassDef, StmtFunctionDef, StmtIf, StmtImportFrom, StmtTry, TypeParam, TypeParams, WithItem,
};
use ruff_text_size::Ranged;

use super::Walk;

impl<'a> Walk<'_, '_, '_, 'a> {
    pub(super) fn body(&mut self, body: &'a [Stmt]) {
        body.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                self.imports.import(&import.names);
                self.on_import("", &import.names, import.range());
                self.on_imported(None, &import.names, import.range());
            }
            Stmt::ImportFrom(import) => self.import_from(import),
            _ => {}
        }
        self.on_statement(statement);
        self.inside(AnyNodeRef::from(statement), |walk| walk.parts(statement));
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) {
        match &import.module {
            Some(module) => {
                self.imports.import_from(module.as_str(), &import.names);
                self.on_import(&format!("{}.", module.as_str()), &import.names, import.range());
                if import.level == 0 {
                    self.on_imported(Some(module.as_str()), &import.names, import.range());
                }
            }
            None => {
                self.imports.import(&import.names);
                self.on_import("", &import.names, import.range());
            }
        }
    }

    fn parts(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Return(part) => self.maybe(part.value.as_deref()),
            Stmt::Delete(part) => self.expressions(&part.targets),
            Stmt::TypeAlias(part) => {
                self.expression(&part.name);
                self.type_parameters(part.type_params.as_deref());
                self.expression(&part.value);
            }
            Stmt::Assign(part) => {
                self.expressions(&part.targets);
                self.expression(&part.value);
            }
            Stmt::AugAssign(part) => {
                self.expression(&part.target);
                self.expression(&part.value);
            }
            Stmt::AnnAssign(part) => {
                self.expression(&part.target);
                self.expression(&part.annotation);
                self.maybe(part.value.as_deref());
            }
            Stmt::For(part) => {
                self.expression(&part.target);
                self.expression(&part.iter);
                self.body(&part.body);
                self.body(&part.orelse);
            }
            Stmt::While(part) => {
                self.expression(&part.test);
                self.body(&part.body);
                self.body(&part.orelse);
            }
            Stmt::If(part) => self.branches(part),
            Stmt::With(part) => {
                part.items.iter().for_each(|item| self.with_item(item));
                self.body(&part.body);
            }
            Stmt::Match(part) => {
                self.expression(&part.subject);
                part.cases.iter().for_each(|case| self.case(case));
            }
            Stmt::Raise(part) => {
                self.maybe(part.exc.as_deref());
                self.maybe(part.cause.as_deref());
            }
            Stmt::Try(part) => self.attempt(part),
            Stmt::Assert(part) => {
                self.expression(&part.test);
                self.maybe(part.msg.as_deref());
            }
            Stmt::Expr(part) => self.expression(&part.value),
            Stmt::Import(_)
            | Stmt::ImportFrom(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn function(&mut self, function: &'a StmtFunctionDef) {
        self.parameters(&function.parameters);
        self.body(&function.body);
        self.decorators(&function.decorator_list);
        self.maybe(function.returns.as_deref());
        self.type_parameters(function.type_params.as_deref());
    }

    fn class(&mut self, class: &'a StmtClassDef) {
        if let Some(arguments) = class.arguments.as_deref() {
            self.arguments(arguments);
        }
        self.body(&class.body);
        self.decorators(&class.decorator_list);
        self.type_parameters(class.type_params.as_deref());
    }

    fn decorators(&mut self, decorators: &'a [Decorator]) {
        decorators.iter().for_each(|decorator| self.expression(&decorator.expression));
    }

    pub(super) fn arguments(&mut self, arguments: &'a Arguments) {
        self.expressions(&arguments.args);
        for keyword in &arguments.keywords {
            self.inside(AnyNodeRef::from(keyword), |walk| walk.expression(&keyword.value));
        }
    }

    pub(super) fn parameters(&mut self, parameters: &'a Parameters) {
        self.inside(AnyNodeRef::from(parameters), |walk| {
            let plain = || parameters.posonlyargs.iter().chain(&parameters.args);
            plain().for_each(|one| walk.annotation(&one.parameter));
            parameters.vararg.as_deref().into_iter().for_each(|one| walk.annotation(one));
            parameters.kwonlyargs.iter().for_each(|one| walk.annotation(&one.parameter));
            parameters.kwonlyargs.iter().for_each(|one| walk.maybe(one.default.as_deref()));
            parameters.kwarg.as_deref().into_iter().for_each(|one| walk.annotation(one));
            plain().for_each(|one| walk.maybe(one.default.as_deref()));
        });
    }

    fn annotation(&mut self, parameter: &'a ruff_python_ast::Parameter) {
        if let Some(annotation) = parameter.annotation.as_deref() {
            self.inside(AnyNodeRef::from(parameter), |walk| walk.expression(annotation));
        }
    }

    fn type_parameters(&mut self, parameters: Option<&'a TypeParams>) {
        for parameter in parameters.into_iter().flat_map(|parameters| &parameters.type_params) {
            let (bound, default) = match parameter {
                TypeParam::TypeVar(variable) => (variable.bound.as_deref(), variable.default.as_deref()),
                TypeParam::TypeVarTuple(tuple) => (None, tuple.default.as_deref()),
                TypeParam::ParamSpec(specification) => (None, specification.default.as_deref()),
            };
            self.inside(AnyNodeRef::from(parameter), |walk| {
                walk.maybe(bound);
                walk.maybe(default);
            });
        }
    }

    fn branches(&mut self, branches: &'a StmtIf) {
        self.expression(&branches.test);
        self.body(&branches.body);
        branches.elif_else_clauses.iter().for_each(|clause| self.clause(clause));
    }

    /// An `elif` is a statement of its own in Python's tree, an `else` is none.
    fn clause(&mut self, clause: &'a ElifElseClause) {
        match &clause.test {
            Some(test) => self.inside(AnyNodeRef::from(clause), |walk| {
                walk.expression(test);
                walk.body(&clause.body);
            }),
            None => self.body(&clause.body),
        }
    }

    fn with_item(&mut self, item: &'a WithItem) {
        self.inside(AnyNodeRef::from(item), |walk| {
            walk.expression(&item.context_expr);
            walk.maybe(item.optional_vars.as_deref());
        });
    }

    fn attempt(&mut self, attempt: &'a StmtTry) {
        self.body(&attempt.body);
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            self.on_handler(handler);
            self.inside(AnyNodeRef::from(handler), |walk| {
                walk.maybe(handler.type_.as_deref());
                walk.body(&handler.body);
            });
        }
        self.body(&attempt.orelse);
        self.body(&attempt.finalbody);
    }

    fn case(&mut self, case: &'a MatchCase) {
        self.inside(AnyNodeRef::from(case), |walk| {
            walk.pattern(&case.pattern);
            walk.maybe(case.guard.as_deref());
            walk.body(&case.body);
        });
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        self.inside(AnyNodeRef::from(pattern), |walk| match pattern {
            Pattern::MatchValue(part) => walk.expression(&part.value),
            Pattern::MatchSequence(part) => part.patterns.iter().for_each(|one| walk.pattern(one)),
            Pattern::MatchMapping(part) => {
                walk.expressions(&part.keys);
                part.patterns.iter().for_each(|one| walk.pattern(one));
            }
            Pattern::MatchClass(part) => {
                walk.expression(&part.cls);
                part.arguments.patterns.iter().for_each(|one| walk.pattern(one));
                part.arguments.keywords.iter().for_each(|one| walk.pattern(&one.pattern));
            }
            Pattern::MatchAs(part) => part.pattern.as_deref().into_iter().for_each(|one| walk.pattern(one)),
            Pattern::MatchOr(part) => part.patterns.iter().for_each(|one| walk.pattern(one)),
            Pattern::MatchSingleton(_) | Pattern::MatchStar(_) => {}
        });
    }
}
