//! What is under way: the bounds that are left, where in nested archives it is, who is handed the files, what is wrong so far.

use std::{
    cell::Cell,
    collections::{BTreeMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Read},
    rc::Rc,
};

use super::{Bounds, Fault, Flaw, Member, name};

/// How many flaws of one kind are told one by one.
const TOLD: u64 = 20;

/// What may still be decompressed.
#[derive(Debug)]
pub(super) struct Budget {
    left: Cell<u64>,
    exceeded: Cell<bool>,
}

impl Budget {
    /// The budget of an archive of `size` bytes.
    pub(super) fn of(bounds: &Bounds, size: u64) -> Self {
        let left = bounds.total.min(size.saturating_mul(bounds.ratio).max(bounds.floor));
        Self { left: Cell::new(left), exceeded: Cell::new(false) }
    }

    /// Takes `bytes`; false when that is more than is left, and then nothing may be read any more.
    pub(super) fn spend(&self, bytes: u64) -> bool {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.unwrap_or_default());
        self.exceeded.set(self.exceeded.get() || left.is_none());
        left.is_some()
    }
}

/// A reader whose bytes come out of a budget.
pub(super) struct Meter<'a> {
    budget: Rc<Budget>,
    reader: &'a mut dyn Read,
}

impl<'a> Meter<'a> {
    pub(super) fn new(budget: Rc<Budget>, reader: &'a mut dyn Read) -> Self {
        Self { budget, reader }
    }
}

impl Read for Meter<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        if self.budget.spend(count as u64) { Ok(count) } else { Err(io::ErrorKind::FileTooLarge.into()) }
    }
}

/// The account of one archive or folder.
pub(super) struct Account<'a> {
    pub(super) bounds: Bounds,
    budget: Rc<Budget>,
    entries: u64,
    prefixes: Vec<Level>,
    visit: &'a mut dyn FnMut(Member<'_>),
    flaws: Vec<Flaw>,
    told: BTreeMap<Fault, u64>,
}

/// One archive of those that lie in each other.
#[derive(Default)]
struct Level {
    prefix: String,
    /// The paths so far, as hashes: a path may be a megabyte long.
    paths: HashSet<u64>,
    links: HashSet<String>,
}

impl<'a> Account<'a> {
    pub(super) fn new(bounds: Bounds, budget: Rc<Budget>, visit: &'a mut dyn FnMut(Member<'_>)) -> Self {
        Self {
            bounds,
            budget,
            entries: bounds.entries,
            prefixes: vec![Level::default()],
            visit,
            flaws: Vec::new(),
            told: BTreeMap::new(),
        }
    }

    pub(super) fn budget(&self) -> Rc<Budget> {
        Rc::clone(&self.budget)
    }

    /// Goes on with another budget; returns the one of before.
    pub(super) fn replace_budget(&mut self, budget: Rc<Budget>) -> Rc<Budget> {
        std::mem::replace(&mut self.budget, budget)
    }

    /// Counts an entry; false when there are too many, which is told.
    pub(super) fn count(&mut self) -> bool {
        match self.entries.checked_sub(1) {
            Some(left) => {
                self.entries = left;
                true
            }
            None => {
                let detail = format!("has more than {} entries; the rest was not looked at", self.bounds.entries);
                self.flaw(Fault::Unread, "", &detail);
                false
            }
        }
    }

    /// Whether what is read lies in another archive.
    pub(super) fn is_nested(&self) -> bool {
        self.prefixes.len() > 1
    }

    /// Goes into the archive at `path`; false when that is too deep.
    pub(super) fn enter(&mut self, path: &str) -> bool {
        if self.prefixes.len() > self.bounds.nesting as usize {
            return false;
        }
        let prefix = format!("{}!/", self.shown(path));
        self.prefixes.push(Level { prefix, ..Level::default() });
        true
    }

    /// Comes back out of it.
    pub(super) fn leave(&mut self) {
        self.prefixes.pop();
    }

    /// Looks at the path of a member before its content: whether it leads out, is there twice or lies behind a link.
    pub(super) fn meet(&mut self, path: &str) {
        if let Some(why) = name::fault(path) {
            self.flaw(Fault::Path, path, why);
        }
        let plain = name::plain(path);
        if plain.matches('/').count() > self.bounds.depth {
            self.flaw(Fault::Path, path, "lies deeper in folders than any package needs");
        }
        let Some(level) = self.prefixes.last_mut() else { return };
        let mut hasher = DefaultHasher::new();
        plain.hash(&mut hasher);
        let new = level.paths.insert(hasher.finish());
        let behind = !level.links.is_empty() && name::folders(plain).any(|folder| level.links.contains(folder));
        if !new {
            self.flaw(Fault::Twice, path, "is there more than once; which one counts depends on who unpacks it");
        }
        if behind {
            self.flaw(Fault::Link, path, "lies behind a link of the same archive");
        }
    }

    /// Looks at where a link leads that was met.
    pub(super) fn link(&mut self, path: &str, target: &str, hard: bool) {
        let from = if hard { "" } else { path };
        if name::leads_out(from, target) {
            let detail = format!("is a link that leads out, to {}", name::shown(target));
            self.flaw(Fault::Link, path, &detail);
        }
        let plain = name::plain(path);
        if let Some(level) = self.prefixes.last_mut()
            && plain.len() <= name::LONGEST
        {
            level.links.insert(plain.to_string());
        }
    }

    /// Hands a file on.
    pub(super) fn visit(&mut self, path: &str, bytes: &[u8], size: u64) {
        let shown = self.shown(path);
        (self.visit)(Member { path: &shown, bytes, size });
    }

    /// Hands a file on, and looks into it where it is an archive. `bytes` is its beginning where it is larger than that.
    pub(super) fn hand_on(&mut self, path: &str, bytes: &[u8], size: u64) {
        self.visit(path, bytes, size);
        if bytes.len() as u64 == size {
            super::nested(self, path, bytes);
        } else if self.is_archive(path, bytes) {
            let detail = format!("is an archive of {size} bytes, which was not looked into");
            self.flaw(Fault::Unread, path, &detail);
        }
    }

    fn is_archive(&self, path: &str, bytes: &[u8]) -> bool {
        let named = [".whl", ".zip", ".egg", ".tar.gz", ".tgz", ".tar"].iter().any(|ending| path.ends_with(ending));
        named && super::Container::of(bytes.get(..512).unwrap_or(bytes)).is_some()
    }

    /// How much of a member of `size` bytes is read.
    pub(super) fn share(&self, size: u64) -> u64 {
        if size > self.bounds.member { self.bounds.head } else { size }
    }

    /// Notes what is wrong with the member at `path`; with all of the archive when that is empty.
    pub(super) fn flaw(&mut self, fault: Fault, path: &str, detail: &str) {
        let told = self.told.entry(fault).or_default();
        *told += 1;
        if *told <= TOLD {
            let path =
                if path.is_empty() { self.prefix().trim_end_matches("!/").to_string() } else { self.shown(path) };
            self.flaws.push(Flaw { fault, path, detail: detail.to_string() });
        }
    }

    /// Notes that the rest of an archive is not read, because of a bound or as `detail` says.
    pub(super) fn stopped(&mut self, detail: &str) {
        if self.budget.exceeded.get() {
            let detail = "decompresses to far more than its size warrants; the rest was not looked at";
            self.flaw(Fault::Bomb, "", detail);
        } else {
            self.flaw(Fault::Unreadable, "", detail);
        }
    }

    /// Whether nothing may be decompressed any more.
    pub(super) fn is_spent(&self) -> bool {
        self.budget.exceeded.get()
    }

    /// What is wrong, in the order of kinds and paths.
    pub(super) fn finish(mut self) -> Vec<Flaw> {
        for (fault, count) in std::mem::take(&mut self.told) {
            if let Some(more) = count.checked_sub(TOLD).filter(|more| *more > 0) {
                let detail = format!("has {more} more flaws of this kind");
                self.flaws.push(Flaw { fault, path: String::new(), detail });
            }
        }
        self.flaws.sort();
        self.flaws.dedup();
        self.flaws
    }

    fn prefix(&self) -> &str {
        self.prefixes.last().map(|level| level.prefix.as_str()).unwrap_or_default()
    }

    fn shown(&self, path: &str) -> String {
        format!("{}{}", self.prefix(), name::shown(path))
    }
}
