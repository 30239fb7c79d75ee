//! `Pipfile.lock`, the lock of pipenv (`pipfile-spec` 6), byte for byte as pipenv lays it out.
//!
//! The hash in it is that of the `Pipfile`, which the caller computes: this module does not read a `Pipfile`.

mod markers;
mod read;
mod write;

pub use read::{PipfileLock, read};
pub use write::{Categories, Meta, Source, write};

#[cfg(test)]
mod tests;
