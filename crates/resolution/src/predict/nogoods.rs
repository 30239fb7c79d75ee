//! What was learned from dead ends: choices that cannot all be made together.
//!
//! Each is watched at two of its choices, as clauses are (Moskewicz and others, Chaff, 2001): as long as neither of the two is
//! made, it cannot bear on anything. How one is found is in [`super::conflict`].

/// The most that are kept; beyond it the longest half is forgotten between two walks.
const MOST: usize = 20_000;

/// A choice: a package at one of its releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action {
    /// The number of the package.
    pub package: u32,
    /// The number of the release, the newest being 0.
    pub release: u8,
}

/// All that was learned.
#[derive(Clone, Debug, Default)]
pub(super) struct Nogoods {
    /// The two that are watched come first.
    pub(super) all: Vec<Vec<Action>>,
    /// By choice: the nogoods that watch it.
    watching: Vec<Vec<u32>>,
    learned: usize,
}

impl Nogoods {
    pub(super) fn new(choices: usize) -> Self {
        Self { all: Vec::new(), watching: vec![Vec::new(); choices], learned: 0 }
    }

    /// How many were ever learned.
    pub(super) fn learned(&self) -> usize {
        self.learned
    }

    /// Whether it is time to forget.
    pub(super) fn is_full(&self) -> bool {
        self.all.len() > MOST
    }

    /// Adds one of two or more choices; the first two will be watched. Returns its number.
    pub(super) fn add(&mut self, nogood: Vec<Action>, place: impl Fn(Action) -> usize) -> u32 {
        let number = self.all.len() as u32;
        self.learned += 1;
        for watched in nogood.iter().take(2) {
            self.watching[place(*watched)].push(number);
        }
        self.all.push(nogood);
        number
    }

    /// Takes out the watchers of a choice that is made, to be put back by [`Self::keep`] or [`Self::watch`].
    pub(super) fn take(&mut self, place: usize) -> Vec<u32> {
        std::mem::take(&mut self.watching[place])
    }

    pub(super) fn keep(&mut self, place: usize, watchers: Vec<u32>) {
        self.watching[place] = watchers;
    }

    pub(super) fn watch(&mut self, place: usize, nogood: u32) {
        self.watching[place].push(nogood);
    }

    /// Forgets the longest half. Nothing may be made of them at the time.
    pub(super) fn forget(&mut self, place: impl Fn(Action) -> usize) {
        self.watching.iter_mut().for_each(Vec::clear);
        let mut kept = std::mem::take(&mut self.all);
        kept.sort_by_key(Vec::len);
        kept.truncate(MOST / 2);
        for (number, nogood) in kept.iter().enumerate() {
            for watched in nogood.iter().take(2) {
                self.watching[place(*watched)].push(number as u32);
            }
        }
        self.all = kept;
    }
}
