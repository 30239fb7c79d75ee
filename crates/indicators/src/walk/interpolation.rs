//! F-strings: the literal pieces between what is interpolated, put together as Python puts them together.

use ruff_python_ast::{
    AnyNodeRef, ExprFString, ExprTString, FStringPart, InterpolatedElement, InterpolatedStringElement,
};
use ruff_text_size::{Ranged, TextRange};

use super::Walk;
use crate::text::Form;

/// A part of an f-string in Python's tree: adjacent literals, also of strings joined to it, are one.
enum Part<'a> {
    Literal(String, TextRange),
    Interpolated(&'a InterpolatedElement),
}

/// Parts in order.
#[derive(Default)]
struct Parts<'a>(Vec<Part<'a>>);

impl<'a> Parts<'a> {
    fn literal(&mut self, text: &str, range: TextRange) {
        match self.0.last_mut() {
            Some(Part::Literal(before, place)) => {
                before.push_str(text);
                *place = place.cover(range);
            }
            _ if text.is_empty() => {}
            _ => self.0.push(Part::Literal(text.to_owned(), range)),
        }
    }

    fn elements(&mut self, elements: impl IntoIterator<Item = &'a InterpolatedStringElement>) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => self.literal(&literal.value, literal.range()),
                InterpolatedStringElement::Interpolation(interpolated) => {
                    if let Some(debug) = &interpolated.debug_text {
                        self.literal(debug.as_str(), interpolated.expression.range());
                    }
                    self.0.push(Part::Interpolated(interpolated));
                }
            }
        }
    }
}

impl<'a> Walk<'_, '_, '_, 'a> {
    pub(super) fn format_string(&mut self, string: &'a ExprFString) {
        let mut parts = Parts::default();
        for part in &string.value {
            match part {
                FStringPart::Literal(literal) => parts.literal(literal.as_str(), literal.range()),
                FStringPart::FString(format) => parts.elements(&format.elements),
            }
        }
        self.parts_of_string(&parts);
    }

    pub(super) fn template(&mut self, string: &'a ExprTString) {
        let mut parts = Parts::default();
        parts.elements(string.value.elements());
        self.parts_of_string(&parts);
    }

    fn parts_of_string(&mut self, parts: &Parts<'a>) {
        let joined: String = parts
            .0
            .iter()
            .filter_map(|part| match part {
                Part::Literal(text, _) => Some(text.as_str()),
                Part::Interpolated(_) => None,
            })
            .collect();
        let mut first = true;
        for part in &parts.0 {
            match part {
                Part::Literal(text, range) => {
                    self.on_text(text, *range, Form::Piece { first, joined: &joined });
                    first = false;
                }
                Part::Interpolated(interpolated) => self.interpolated(interpolated),
            }
        }
    }

    fn interpolated(&mut self, interpolated: &'a InterpolatedElement) {
        self.inside(AnyNodeRef::from(interpolated), |walk| {
            walk.expression(&interpolated.expression);
            if let Some(format) = interpolated.format_spec.as_deref() {
                walk.inside(AnyNodeRef::from(format), |walk| {
                    let mut parts = Parts::default();
                    parts.elements(&format.elements);
                    walk.parts_of_string(&parts);
                });
            }
        });
    }
}
