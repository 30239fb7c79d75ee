//! The bound on what rules do in one file, counted in nodes looked at, so that a slow machine finds the same.

use std::cell::Cell;

/// How much work is left.
#[derive(Debug)]
pub(crate) struct Work {
    left: Cell<u64>,
    short: Cell<bool>,
}

impl Work {
    pub(crate) fn new(most: u64) -> Self {
        Self { left: Cell::new(most), short: Cell::new(false) }
    }

    /// Takes `steps` from what is left; false when that is not enough, and then the rule has to give up.
    #[must_use]
    pub(crate) fn spend(&self, steps: u64) -> bool {
        match self.left.get().checked_sub(steps) {
            Some(left) => {
                self.left.set(left);
                true
            }
            None => {
                self.short.set(true);
                false
            }
        }
    }

    /// Whether a rule had to give up.
    pub(crate) fn ran_short(&self) -> bool {
        self.short.get()
    }
}
