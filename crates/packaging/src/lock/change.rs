//! What differs between two locks.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use super::{Lock, LockedPackage, LockedSource};
use crate::{PackageName, Version};

/// What became of one package from an older lock to a newer one. A version is `None` where the lock gives none (a direct URL).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the newer lock has it.
    Added {
        /// The package.
        name: PackageName,
        /// Its version in the newer lock.
        new: Option<Version>,
    },
    /// Only the older lock has it.
    Removed {
        /// The package.
        name: PackageName,
        /// Its version in the older lock.
        old: Option<Version>,
    },
    /// It went to a greater version.
    Upgraded {
        /// The package.
        name: PackageName,
        /// Its version in the older lock.
        old: Version,
        /// Its version in the newer lock.
        new: Version,
    },
    /// It went to a lesser version.
    Downgraded {
        /// The package.
        name: PackageName,
        /// Its version in the older lock.
        old: Version,
        /// Its version in the newer lock.
        new: Version,
    },
    /// It comes from another place (another URL, an index instead of a URL), or one of the versions is not known.
    Replaced {
        /// The package.
        name: PackageName,
        /// Its version in the older lock.
        old: Option<Version>,
        /// Its version in the newer lock.
        new: Option<Version>,
    },
    /// Same version, same place as far as both locks say.
    Kept {
        /// The package.
        name: PackageName,
        /// Its version in both.
        version: Option<Version>,
    },
}

impl Change {
    /// The package it is about.
    pub fn name(&self) -> &PackageName {
        match self {
            Self::Added { name, .. }
            | Self::Removed { name, .. }
            | Self::Upgraded { name, .. }
            | Self::Downgraded { name, .. }
            | Self::Replaced { name, .. }
            | Self::Kept { name, .. } => name,
        }
    }

    /// Whether the package is the same in both locks.
    pub fn is_kept(&self) -> bool {
        matches!(self, Self::Kept { .. })
    }
}

/// What became of every package of either lock, sorted by name.
///
/// A lock of another tool may have several versions of a package under different markers: equal versions are kept, the rest
/// is paired in order of version.
pub fn diff(old: &Lock, new: &Lock) -> Vec<Change> {
    let (old, new) = (by_name(old), by_name(new));
    let names: BTreeSet<&PackageName> = old.keys().chain(new.keys()).copied().collect();
    let none = Vec::new();
    names
        .into_iter()
        .flat_map(|name| of_package(old.get(name).unwrap_or(&none), new.get(name).unwrap_or(&none)))
        .collect()
}

fn by_name(lock: &Lock) -> BTreeMap<&PackageName, Vec<&LockedPackage>> {
    let mut packages: BTreeMap<&PackageName, Vec<&LockedPackage>> = BTreeMap::new();
    for package in &lock.packages {
        packages.entry(&package.name).or_default().push(package);
    }
    for releases in packages.values_mut() {
        releases.sort_by(|left, right| left.version.cmp(&right.version));
    }
    packages
}

fn of_package(old: &[&LockedPackage], new: &[&LockedPackage]) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut left: Vec<&LockedPackage> = old.to_vec();
    let mut right: Vec<&LockedPackage> = Vec::new();
    for package in new {
        match left.iter().position(|candidate| candidate.version == package.version) {
            Some(position) => changes.push(between(left.remove(position), package)),
            None => right.push(package),
        }
    }
    let paired = left.len().min(right.len());
    changes.extend(left.iter().zip(&right).map(|(old, new)| between(old, new)));
    changes.extend(
        left.iter()
            .skip(paired)
            .map(|package| Change::Removed { name: package.name.clone(), old: package.version.clone() }),
    );
    changes.extend(
        right
            .iter()
            .skip(paired)
            .map(|package| Change::Added { name: package.name.clone(), new: package.version.clone() }),
    );
    changes
}

fn between(old: &LockedPackage, new: &LockedPackage) -> Change {
    let name = new.name.clone();
    match (&old.version, &new.version) {
        (Some(before), Some(after)) if before != after => {
            let (old, new) = (before.clone(), after.clone());
            match before.cmp(after) {
                Ordering::Greater => Change::Downgraded { name, old, new },
                _ => Change::Upgraded { name, old, new },
            }
        }
        (before, after) if before != after || moved(&old.source, &new.source) => {
            Change::Replaced { name, old: before.clone(), new: after.clone() }
        }
        (before, _) => Change::Kept { name, version: before.clone() },
    }
}

/// Whether both say where the release comes from, and say it differently.
fn moved(old: &LockedSource, new: &LockedSource) -> bool {
    match (old, new) {
        (LockedSource::Index(Some(old)), LockedSource::Index(Some(new))) => {
            old.as_str().trim_end_matches('/') != new.as_str().trim_end_matches('/')
        }
        (LockedSource::Index(_), LockedSource::Index(_)) => false,
        (old, new) => old != new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::requirements_txt;

    fn lock(text: &str) -> Lock {
        requirements_txt::read(text, "requirements.txt").unwrap().lock
    }

    #[test]
    fn every_package_of_either_lock_is_accounted_for() {
        let old = lock("flask==2.0\njinja2==3.1\nsix==1.16\nclick==8.1\n");
        let new = lock("flask==3.0\njinja2==3.0\nclick==8.1.0\nblinker==1.9\n");
        let told: Vec<String> = diff(&old, &new)
            .iter()
            .map(|change| match change {
                Change::Added { name, new } => format!("+ {name} {}", new.as_ref().unwrap()),
                Change::Removed { name, old } => format!("- {name} {}", old.as_ref().unwrap()),
                Change::Upgraded { name, old, new } => format!("^ {name} {old} -> {new}"),
                Change::Downgraded { name, old, new } => format!("v {name} {old} -> {new}"),
                Change::Replaced { name, .. } => format!("~ {name}"),
                Change::Kept { name, version } => format!("= {name} {}", version.as_ref().unwrap()),
            })
            .collect();
        assert_eq!(told, ["+ blinker 1.9", "= click 8.1", "^ flask 2.0 -> 3.0", "v jinja2 3.1 -> 3.0", "- six 1.16"]);
    }

    #[test]
    fn another_url_is_another_release() {
        let old = lock("a @ https://files.example/a-1-py3-none-any.whl\n");
        let new = lock("a @ https://mirror.example/a-1-py3-none-any.whl\n");
        assert!(diff(&old, &old)[0].is_kept());
        assert!(matches!(&diff(&old, &new)[..], [Change::Replaced { .. }]));
    }

    #[test]
    fn several_versions_under_markers_are_paired() {
        let old = lock("a==1 ; python_version < '3.9'\na==2 ; python_version >= '3.9'\n");
        let new = lock("a==2 ; python_version < '3.9'\na==3 ; python_version >= '3.9'\n");
        let changes = diff(&old, &new);
        assert!(matches!(&changes[..], [Change::Kept { .. }, Change::Upgraded { .. }]), "{changes:?}");
    }
}
