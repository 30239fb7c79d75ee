//! A whole Python file as rules see it.

use std::cell::OnceCell;

use ruff_python_ast::ModModule;

use crate::{hostile::Flow, source::Source, work::Work};

/// The syntax of a file, after the walk.
#[derive(Debug)]
pub(crate) struct Module<'a> {
    /// The file's path.
    pub(crate) path: &'a str,
    /// Its text and lines.
    pub(crate) source: &'a Source<'a>,
    /// Its syntax.
    pub(crate) syntax: &'a ModModule,
    /// What is left of the work allowed for this file.
    pub(crate) work: &'a Work,
    pub(crate) flow: OnceCell<Flow>,
}

impl Module<'_> {
    /// What the calls in it are given, and when they run.
    pub(crate) fn flow(&self) -> &Flow {
        self.flow.get_or_init(|| Flow::of(self))
    }
}
