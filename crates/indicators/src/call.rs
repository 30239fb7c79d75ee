//! A call as rules see it: who is called, with what.

use ruff_python_ast::{Expr, ExprCall, Keyword};

use crate::{value::Value, view::View};

/// A call and its surroundings.
#[derive(Debug)]
pub(crate) struct Call<'s, 'a> {
    /// The call.
    pub(crate) node: &'a ExprCall,
    /// What is called, by the names of the imports: `subprocess.run`; empty when it is no name.
    pub(crate) qualified: &'s str,
    /// The last part of that.
    pub(crate) name: &'s str,
    /// The surroundings.
    pub(crate) view: &'s View<'s, 'a>,
}

impl<'a> Call<'_, 'a> {
    /// The positional arguments.
    pub(crate) fn arguments(&self) -> &'a [Expr] {
        &self.node.arguments.args
    }

    /// The keyword argument of that name.
    pub(crate) fn keyword(&self, name: &str) -> Option<&'a Keyword> {
        self.node.arguments.find_keyword(name)
    }

    /// All keyword arguments.
    pub(crate) fn keywords(&self) -> &'a [Keyword] {
        &self.node.arguments.keywords
    }

    /// What stands behind the keyword argument of that name.
    pub(crate) fn keyword_value(&self, name: &str) -> Option<&'a Expr> {
        self.keyword(name).map(|keyword| &keyword.value)
    }

    /// The value of a keyword argument; [`Value::Computed`] when it is not given.
    pub(crate) fn value(&self, name: &str) -> Value<'a> {
        self.keyword_value(name).map_or(Value::Computed, Value::of)
    }

    /// Whether the keyword argument is given with this text, name or constant.
    pub(crate) fn says(&self, name: &str, text: &str) -> bool {
        self.value(name) == Value::Text(text)
    }

    /// The value of a positional argument; [`Value::Computed`] when it is not given.
    pub(crate) fn argument_value(&self, position: usize) -> Value<'a> {
        self.arguments().get(position).map_or(Value::Computed, Value::of)
    }

    /// Whether a part of the qualified name is exactly this.
    pub(crate) fn has_part(&self, part: &str) -> bool {
        self.qualified.split('.').any(|one| one == part)
    }

    /// The first part of the qualified name.
    pub(crate) fn root(&self) -> &str {
        self.qualified.split('.').next().unwrap_or_default()
    }
}
