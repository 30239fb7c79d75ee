//! `pylock.toml`, the lock format of PEP 751 (version 1.0).
//!
//! Written is what the specification asks of a lock for one environment, laid out so that a change of one release is a change
//! of few lines. Read are the files of other tools too: what has no place in a [`Lock`](super::Lock) is told in notes.

mod read;
mod write;

pub use read::read;
pub use write::write;

#[cfg(test)]
mod tests;
