//! Expressions.

use ruff_python_ast::{AnyNodeRef, Comprehension, Expr};
use ruff_text_size::Ranged;

use super::Walk;
use crate::text::Form;

impl<'a> Walk<'_, '_, '_, 'a> {
    pub(super) fn expressions(&mut self, expressions: &'a [Expr]) {
        expressions.iter().for_each(|expression| self.expression(expression));
    }

    pub(super) fn maybe(&mut self, expression: Option<&'a Expr>) {
        if let Some(expression) = expression {
            self.expression(expression);
        }
    }

    pub(super) fn expression(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::IpyEscapeCommand(_) => return,
            Expr::StringLiteral(string) => {
                self.on_text(string.value.to_str(), string.range(), Form::Whole(string));
                return;
            }
            Expr::Call(call) => self.on_call(call),
            Expr::Attribute(_) => self.on_attribute(expression),
            _ => {}
        }
        self.inside(AnyNodeRef::from(expression), |walk| walk.operands(expression));
    }

    fn operands(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(part) => {
                self.expression(&part.func);
                self.arguments(&part.arguments);
            }
            Expr::Attribute(part) => self.expression(&part.value),
            Expr::Subscript(part) => {
                self.expression(&part.value);
                self.expression(&part.slice);
            }
            Expr::BinOp(part) => {
                self.expression(&part.left);
                self.expression(&part.right);
            }
            Expr::BoolOp(part) => self.expressions(&part.values),
            Expr::Compare(part) => {
                self.expression(&part.left);
                self.expressions(&part.comparators);
            }
            Expr::UnaryOp(part) => self.expression(&part.operand),
            Expr::Dict(part) => {
                part.items.iter().for_each(|item| self.maybe(item.key.as_ref()));
                part.items.iter().for_each(|item| self.expression(&item.value));
            }
            Expr::List(part) => self.expressions(&part.elts),
            Expr::Tuple(part) => self.expressions(&part.elts),
            Expr::Set(part) => self.expressions(&part.elts),
            Expr::FString(part) => self.format_string(part),
            Expr::TString(part) => self.template(part),
            other => self.rarer_operands(other),
        }
    }

    fn rarer_operands(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Named(part) => {
                self.expression(&part.target);
                self.expression(&part.value);
            }
            Expr::Lambda(part) => {
                part.parameters.as_deref().into_iter().for_each(|parameters| self.parameters(parameters));
                self.expression(&part.body);
            }
            Expr::If(part) => {
                self.expression(&part.test);
                self.expression(&part.body);
                self.expression(&part.orelse);
            }
            Expr::ListComp(part) => self.comprehension(&part.elt, &part.generators),
            Expr::SetComp(part) => self.comprehension(&part.elt, &part.generators),
            Expr::Generator(part) => self.comprehension(&part.elt, &part.generators),
            Expr::DictComp(part) => {
                self.maybe(part.key.as_deref());
                self.comprehension(&part.value, &part.generators);
            }
            Expr::Await(part) => self.expression(&part.value),
            Expr::Yield(part) => self.maybe(part.value.as_deref()),
            Expr::YieldFrom(part) => self.expression(&part.value),
            Expr::Starred(part) => self.expression(&part.value),
            Expr::Slice(part) => {
                self.maybe(part.lower.as_deref());
                self.maybe(part.upper.as_deref());
                self.maybe(part.step.as_deref());
            }
            _ => {}
        }
    }

    fn comprehension(&mut self, element: &'a Expr, generators: &'a [Comprehension]) {
        self.expression(element);
        for generator in generators {
            self.inside(AnyNodeRef::from(generator), |walk| {
                walk.expression(&generator.target);
                walk.expression(&generator.iter);
                walk.expressions(&generator.ifs);
            });
        }
    }
}
