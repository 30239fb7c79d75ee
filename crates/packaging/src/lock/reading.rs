//! What reading a lock gives: the lock, and what was not understood.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{Format, Lock, LockedFile, LockedPackage, ReadError, pipfile_lock, pylock, requirements_txt};
use crate::{Origin, PackageName, Version, WheelFilename, index::FileKind};

/// A lock that was read, with what was left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// What was understood.
    pub lock: Lock,
    /// What was not, in the order of the file. A caller that audits the lock must show those with `left_out`.
    pub notes: Vec<Note>,
}

/// Something in a lock that was not understood or that Thoth has no use for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where it is.
    pub origin: Origin,
    /// What it is, as a sentence without its place.
    pub message: String,
    /// The package (as written; or the included file) that is therefore not in the [`Lock`].
    pub left_out: Option<String>,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

/// Reads `text` as a lock of `format`; `file` is how messages name it.
pub fn read(format: Format, text: &str, file: &str) -> Result<Reading, ReadError> {
    match format {
        Format::Pylock => pylock::read(text, file),
        Format::Requirements => requirements_txt::read(text, file),
        Format::PipfileLock => pipfile_lock::read(text, file).map(|pipfile| pipfile.reading),
    }
}

/// The lines of a text, to tell the line of a byte.
pub(super) struct Lines<'a> {
    file: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &str, file: &'a str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset + 1);
        Self { file, starts: std::iter::once(0).chain(newlines).collect() }
    }

    /// The place of a byte, or the file alone when the place is not known.
    pub(super) fn origin(&self, offset: Option<usize>) -> Origin {
        match offset.map(|offset| self.starts.partition_point(|start| *start <= offset)) {
            Some(line) => Origin::line(self.file, u32::try_from(line).unwrap_or(u32::MAX)),
            None => Origin::file(self.file),
        }
    }
}

/// Puts packages and their files into the order [`Lock`] promises.
pub(super) fn sort(packages: &mut [LockedPackage]) {
    for package in packages.iter_mut() {
        package.files.sort_by(|left, right| place(left).cmp(&place(right)));
        package.dependencies.sort();
        package.dependencies.dedup();
        package.via.sort();
        package.via.dedup();
        package.extras.sort();
        package.extras.dedup();
    }
    packages.sort_by(|left, right| (&left.name, &left.version).cmp(&(&right.name, &right.version)));
}

/// What files are sorted by: wheels before the sdist, then by name, then by hash.
pub(super) fn place(file: &LockedFile) -> (bool, &str, &[crate::Digest]) {
    (kind(file) == FileKind::Sdist, &file.filename, &file.digests)
}

/// The kind of a file, from its name where it is not said.
pub(super) fn kind(file: &LockedFile) -> FileKind {
    file.kind.unwrap_or_else(|| kind_of_name(&file.filename))
}

/// The kind of a file by its name.
pub(super) fn kind_of_name(filename: &str) -> FileKind {
    if filename.ends_with(".whl") { FileKind::Wheel } else { FileKind::Sdist }
}

/// The version that the name of a wheel of `package` gives.
pub(super) fn version_of_wheel(filename: &str, package: &PackageName) -> Option<Version> {
    let wheel: WheelFilename = filename.parse().ok()?;
    (wheel.name == *package).then_some(wheel.version)
}

/// Fills in `via` from `dependencies`, for formats that keep only these.
pub(super) fn derive_via(packages: &mut [LockedPackage]) {
    let mut parents: BTreeMap<PackageName, BTreeSet<String>> = BTreeMap::new();
    for package in packages.iter() {
        for dependency in &package.dependencies {
            parents.entry(dependency.clone()).or_default().insert(package.name.to_string());
        }
    }
    for package in packages {
        package.via.extend(parents.get(&package.name).into_iter().flatten().cloned());
    }
}

/// Fills in `dependencies` from `via`, for formats that keep only these.
pub(super) fn derive_dependencies(packages: &mut [LockedPackage]) {
    let mut children: BTreeMap<String, BTreeSet<PackageName>> = BTreeMap::new();
    for package in packages.iter() {
        for parent in &package.via {
            children.entry(parent.clone()).or_default().insert(package.name.clone());
        }
    }
    for package in packages {
        package.dependencies.extend(children.get(package.name.as_ref()).into_iter().flatten().cloned());
    }
}
