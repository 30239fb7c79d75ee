//! What a rule sees besides the thing it looks at: the file, what is imported, what the thing stands in.

use ruff_python_ast::AnyNodeRef;

use crate::{imports::Imports, source::Source, work::Work};

/// The surroundings of a node during the walk.
#[derive(Debug)]
pub(crate) struct View<'s, 'a> {
    /// Its text and lines.
    pub(crate) source: &'s Source<'s>,
    /// What was imported so far.
    pub(crate) imports: &'s Imports<'a>,
    /// The nodes around this one, outermost first, as in Python's own tree: arguments stand in their call, the
    /// clauses of an `if` in the `if`.
    pub(crate) ancestors: &'s [AnyNodeRef<'a>],
    /// What is left of the work allowed for this file; rules that look further than their node draw on it.
    pub(crate) work: &'s Work,
}

impl<'a> View<'_, 'a> {
    /// The node that is `up` levels above; 0 is the parent.
    pub(crate) fn above(&self, up: usize) -> Option<AnyNodeRef<'a>> {
        self.ancestors.len().checked_sub(up + 1).and_then(|at| self.ancestors.get(at)).copied()
    }
}
