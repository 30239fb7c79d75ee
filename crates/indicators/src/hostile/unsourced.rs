//! T210: code that a wheel carries and its source archive does not.

use rustc_hash::FxHashSet;

use super::rule;
use crate::{
    contents::Kind,
    finding::{Confidence, Severity},
    inventory::Inventory,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T210", "file_not_in_source", Some(506), Check::Source(check));

/// What builds write.
static WRITTEN: [&str; 5] = ["_version.py", "version.py", "__version__.py", "_version_info.py", "_build_info.py"];
/// What Python runs.
static RUN: [&str; 3] = [".py", ".pyw", ".pth"];
/// No path of a package has more folders.
const DEEPEST: usize = 64;

fn check(wheel: &Inventory, source: &Inventory) -> Vec<(String, Hit)> {
    if (wheel.kind, source.kind) != (Some(Kind::Wheel), Some(Kind::Sdist)) {
        return Vec::new();
    }
    let contents: FxHashSet<u64> = source.files.values().copied().collect();
    let places: FxHashSet<&str> = source.files.keys().flat_map(|path| endings(path)).collect();
    let foreign = wheel.files.iter().filter(|(path, hash)| {
        let name = path.rsplit('/').next().unwrap_or(path);
        RUN.iter().any(|ending| name.ends_with(ending))
            && !WRITTEN.contains(&name)
            && !contents.contains(hash)
            && !places.contains(installed(path))
    });
    let message = "The wheel carries this code, and the source archive of the same release does not";
    foreign.map(|(path, _)| (path.clone(), Hit::new(Severity::Medium, Confidence::Low, message).in_line(0))).collect()
}

/// `p-1.0/src/p/a.py`, `src/p/a.py`, `p/a.py`, `a.py`.
fn endings(path: &str) -> impl Iterator<Item = &str> {
    let behind = path.rmatch_indices('/').take(DEEPEST).filter_map(|(at, _)| path.get(at + 1..));
    std::iter::once(path).chain(behind)
}

/// Where a file of a wheel ends up: `p-1.0.data/purelib/p/a.py` is `p/a.py`.
fn installed(path: &str) -> &str {
    let inside = path.split_once('/').filter(|(folder, _)| folder.ends_with(".data")).map(|(_, rest)| rest);
    inside.and_then(|rest| rest.split_once('/')).map_or(path, |(_, rest)| rest)
}
