//! How a run tells what it is doing, to whoever shows it.

/// Somebody who shows progress. Called from one thread.
pub trait Progress {
    /// What goes on now (`reading index pages`).
    fn say(&self, message: &str);

    /// How far it is: done, and out of how many where that is known.
    fn count(&self, done: u64, total: Option<u64>);

    /// Whether anybody sees it: what takes work to tell is told only then.
    fn is_shown(&self) -> bool {
        true
    }
}

/// Shows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn say(&self, _message: &str) {}

    fn count(&self, _done: u64, _total: Option<u64>) {}

    fn is_shown(&self) -> bool {
        false
    }
}
