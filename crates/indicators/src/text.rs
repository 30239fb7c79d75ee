//! A string as rules see it: what it says, and what it is part of.

use ruff_python_ast::ExprStringLiteral;

use crate::view::View;

/// A string literal, or a literal piece of an f-string.
#[derive(Debug)]
pub(crate) struct Text<'s, 'a> {
    /// What it says, escapes resolved, adjacent literals joined.
    pub(crate) value: &'s str,
    /// Whether it is a literal by itself or a piece of an f-string.
    pub(crate) form: Form<'s, 'a>,
    /// The surroundings; the parent of a piece is its f-string.
    pub(crate) view: &'s View<'s, 'a>,
}

/// Where a string stands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form<'s, 'a> {
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
