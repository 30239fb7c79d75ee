//! A string as rules see it: what it says, and what it is part of.

use ruff_python_ast::ExprStringLiteral;
use ruff_text_size::TextSize;

use crate::view::View;

/// A string literal, or a literal piece of an f-string.
#[derive(Debug)]
pub struct Text<'s, 'a> {
    /// What it says, escapes resolved, adjacent literals joined.
    pub value: &'s str,
    /// Where it begins.
    pub start: TextSize,
    /// Whether it is a literal by itself or a piece of an f-string.
    pub form: Form<'s, 'a>,
    /// The surroundings; the parent of a piece is its f-string.
    pub view: &'s View<'s, 'a>,
}

/// Where a string stands.
#[derive(Clone, Copy, Debug)]
pub enum Form<'s, 'a> {
    /// A literal by itself.
    Whole(&'a ExprStringLiteral),
    /// A piece of an f-string.
    Piece {
        /// Whether it is the first literal piece.
        first: bool,
        /// All literal pieces of the f-string, joined.
        joined: &'s str,
    },
}
