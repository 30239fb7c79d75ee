//! Requirements files that are locks: one pin a release, with hashes, in the manner of `pip-compile` and `uv pip compile`.
//!
//! Requirements files as a project's input, with includes and ranges, are read in [`project`](crate::project).

mod read;
mod write;

pub(super) use read::nameless;
pub use read::read;
pub(super) use write::hashes;
pub use write::{Layout, write};

#[cfg(test)]
mod tests;
