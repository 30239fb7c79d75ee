//! What an expression is worth to a rule that reads arguments, without running anything.

use ruff_python_ast::{Expr, Number};

/// The value of an argument, seen as Bandit sees it.
///
/// Names, attributes and the constants `True`, `False` and `None` are their own text, so that a rule about
/// `verify=False` needs no types; a string that says `"False"` is the same to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// A string, a name, the last part of a dotted name, or `True`, `False`, `None`.
    Text(&'a str),
    /// A whole number; `None` when it is too large for 64 bits.
    Integer(Option<i64>),
    /// Another constant, or a display such as a list; whether it has nothing in it.
    Other {
        /// Whether Python would take it for false.
        empty: bool,
    },
    /// Anything that would have to be computed.
    Computed,
}

impl<'a> Value<'a> {
    /// The value of an argument.
    pub(crate) fn of(expression: &'a Expr) -> Self {
        match expression {
            Expr::Attribute(attribute) => Self::Text(attribute.attr.as_str()),
            other => Self::element(other),
        }
    }

    /// The value of an element of a list, where attributes count as computed.
    pub(crate) fn element(expression: &'a Expr) -> Self {
        match expression {
            Expr::StringLiteral(string) => Self::Text(string.value.to_str()),
            Expr::Name(name) => Self::Text(name.id.as_str()),
            Expr::BooleanLiteral(boolean) => Self::Text(if boolean.value { "True" } else { "False" }),
            Expr::NoneLiteral(_) => Self::Text("None"),
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(whole) => Self::Integer(whole.as_i64()),
                Number::Float(float) => Self::Other { empty: *float == 0.0 },
                Number::Complex { real, imag } => Self::Other { empty: *real == 0.0 && *imag == 0.0 },
            },
            Expr::BytesLiteral(bytes) => Self::Other { empty: bytes.value.is_empty() },
            Expr::EllipsisLiteral(_) => Self::Other { empty: false },
            Expr::List(list) => Self::Other { empty: list.elts.is_empty() },
            Expr::Tuple(tuple) => Self::Other { empty: tuple.elts.is_empty() },
            Expr::Set(set) => Self::Other { empty: set.elts.is_empty() },
            Expr::Dict(dict) => Self::Other { empty: dict.items.is_empty() },
            _ => Self::Computed,
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value, unless it is computed or Python would take it for false.
    pub(crate) fn or_nothing(self) -> Option<Self> {
        match self {
            Self::Text("") | Self::Integer(Some(0)) | Self::Other { empty: true } | Self::Computed => None,
            value => Some(value),
        }
    }
}

/// The text of a string literal, or nothing: names and constants are none.
pub(crate) fn literal(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(string) => Some(string.value.to_str()),
        _ => None,
    }
}

/// Whether Python's syntax tree would hold it as a constant.
pub(crate) fn is_constant(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
    )
}
