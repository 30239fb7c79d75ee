//! A call as rules see it: who is called, with what.

use ruff_python_ast::{Expr, ExprCall, Keyword};

use crate::{value::Value, view::View};

/// A call and its surroundings.
#[derive(Debug)]
pub struct Call<'s, 'a> {
    /// The call.
    pub node: &'a ExprCall,
    /// What is called, by the names of the imports: `subprocess.run`; empty when it is no name.
    pub qualified: &'s str,
    /// The last part of that.
    pub name: &'s str,
    /// The surroundings.
    pub view: &'s View<'s, 'a>,
}

impl<'a> Call<'_, 'a> {
    /// The positional arguments.
    pub fn arguments(&self) -> &'a [Expr] {
        &self.node.arguments.args
    }

    /// The keyword argument of that name.
    pub fn keyword(&self, name: &str) -> Option<&'a Keyword> {
        self.keywords().iter().find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name))
    }

    /// All keyword arguments.
    pub fn keywords(&self) -> &'a [Keyword] {
        &self.node.arguments.keywords
    }

    /// What stands behind the keyword argument of that name.
    pub fn keyword_value(&self, name: &str) -> Option<&'a Expr> {
        self.keyword(name).map(|keyword| &keyword.value)
    }

    /// The value of a keyword argument; [`Value::Computed`] when it is not given.
    pub fn value(&self, name: &str) -> Value<'a> {
        self.keyword_value(name).map_or(Value::Computed, Value::of)
    }

    /// Whether the keyword argument is given with this text, name or constant.
    pub fn says(&self, name: &str, text: &str) -> bool {
        self.value(name) == Value::Text(text)
    }

    /// The value of a positional argument; [`Value::Computed`] when it is not given.
    pub fn argument_value(&self, position: usize) -> Value<'a> {
        self.arguments().get(position).map_or(Value::Computed, Value::of)
    }

    /// Whether a part of the qualified name is exactly this.
    pub fn has_part(&self, part: &str) -> bool {
        self.qualified.split('.').any(|one| one == part)
    }

    /// The first part of the qualified name.
    pub fn root(&self) -> &str {
        self.qualified.split('.').next().unwrap_or_default()
    }
}
