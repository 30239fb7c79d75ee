//! Writes a lock as a requirements file.

use std::{collections::BTreeSet, fmt::Write as _};

use crate::lock::{Lock, LockedPackage, LockedSource, WriteError, credentials};

/// What a requirements file says besides its pins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout<'a> {
    /// The command that wrote it, for the header; credentials in it are dropped. Empty: the header names none.
    pub command: &'a str,
    /// The indexes for `--index-url` (the first) and `--extra-index-url` lines; literal credentials in them are dropped,
    /// variables (`${TOKEN}`) kept. Empty: no such lines.
    pub indexes: &'a [String],
}

/// Writes a lock as a requirements file that `pip install --require-hashes` accepts; the same lock gives the same bytes.
///
/// A pin names the extras in use, although what they bring in is pinned on its own: without them pip (seen with 23.2) looks
/// for `name[extra]` among all versions and gives up at one without a hash.
pub fn write(lock: &Lock, layout: Layout<'_>) -> Result<String, WriteError> {
    let mut text = String::from("# This file was written by thoth");
    if layout.command.is_empty() {
        text.push_str(".\n");
    } else {
        let _ = writeln!(text, " with the following command:\n#    {}", line(layout.command));
    }
    for (position, index) in layout.indexes.iter().enumerate() {
        let option = if position == 0 { "--index-url" } else { "--extra-index-url" };
        let _ = writeln!(text, "{option} {}", line(&credentials::source_url(index)));
    }
    if !layout.indexes.is_empty() {
        text.push('\n');
    }
    let mut packages: Vec<&LockedPackage> = lock.packages.iter().collect();
    packages.sort_by(|left, right| (&left.name, &left.version).cmp(&(&right.name, &right.version)));
    for package in packages {
        write_package(&mut text, package)?;
    }
    Ok(text)
}

fn write_package(text: &mut String, package: &LockedPackage) -> Result<(), WriteError> {
    let mut name = package.name.to_string();
    if !package.extras.is_empty() {
        let extras: Vec<&str> = package.extras.iter().map(AsRef::as_ref).collect();
        let _ = write!(name, "[{}]", extras.join(","));
    }
    match (&package.source, &package.version) {
        (LockedSource::Archive(url), _) => {
            let _ = write!(text, "{name} @ {}", credentials::bare(url));
        }
        (LockedSource::Index(_), Some(version)) => {
            let _ = write!(text, "{name}=={version}");
        }
        (LockedSource::Index(_), None) => return Err(WriteError::NoVersion { package: package.name.clone() }),
    }
    if let Some(marker) = package.marker.and_then(crate::MarkerTree::try_to_string) {
        let _ = write!(text, " ; {marker}");
    }
    for hash in hashes(package)? {
        let _ = write!(text, " \\\n    --hash={hash}");
    }
    text.push('\n');
    let via: BTreeSet<String> = package.via.iter().map(|via| line(via)).collect();
    match via.len() {
        0 => {}
        1 => via.iter().for_each(|via| {
            let _ = writeln!(text, "    # via {via}");
        }),
        _ => {
            text.push_str("    # via\n");
            for via in via {
                let _ = writeln!(text, "    #   {via}");
            }
        }
    }
    Ok(())
}

/// The strong hashes of all its files, sorted; every file must have one, or an installer could pick one that has none.
pub(in crate::lock) fn hashes(package: &LockedPackage) -> Result<BTreeSet<String>, WriteError> {
    if package.files.is_empty() {
        return Err(WriteError::NoFiles { package: package.name.clone() });
    }
    let mut hashes = BTreeSet::new();
    for file in &package.files {
        let mut strong = file.digests.iter().filter(|digest| digest.algorithm.is_strong()).peekable();
        if strong.peek().is_none() {
            return Err(WriteError::NoStrongHash { package: package.name.clone(), file: file.filename.clone() });
        }
        hashes.extend(strong.map(ToString::to_string));
    }
    Ok(hashes)
}

/// A text as it may stand on one line: a line break in a comment would begin a requirement.
fn line(text: &str) -> String {
    credentials::scrubbed_keeping_variables(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
