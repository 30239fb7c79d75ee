//! A whole Python file as rules see it.

use std::cell::OnceCell;

use ruff_python_ast::ModModule;

use crate::{hostile::Flow, imports::Imports, source::Source, work::Work};

/// The syntax of a file, after the walk.
#[derive(Debug)]
pub struct Module<'a> {
    /// The file's path.
    pub path: &'a str,
    /// Its text and lines.
    pub source: &'a Source<'a>,
    /// Its syntax.
    pub syntax: &'a ModModule,
    /// Everything that it imports anywhere.
    pub imports: &'a Imports<'a>,
    /// What is left of the work allowed for this file.
    pub work: &'a Work,
    pub(crate) flow: OnceCell<Flow>,
}

impl Module<'_> {
    /// What the calls in it are given, and when they run.
    pub(crate) fn flow(&self) -> &Flow {
        self.flow.get_or_init(|| Flow::of(self))
    }
}
