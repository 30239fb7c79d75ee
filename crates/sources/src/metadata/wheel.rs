//! The METADATA of a wheel (PEP 427).

use std::io::{Read, Seek};

use packaging::{PackageName, Version};

use super::{MetadataError, TEXT, Target};
use crate::zipped::{Entries, Entry, LocalZip};

/// The most bytes of a wheel's directory.
pub(super) const DIRECTORY: u64 = 16 << 20;

/// The text of METADATA in a wheel that is at hand.
pub(super) fn text(target: &Target<'_>, source: impl Read + Seek) -> Result<Vec<u8>, MetadataError> {
    let mut zip = LocalZip::open(source, DIRECTORY).map_err(|error| target.broken(&error))?;
    let entry = choose(target, zip.entries())?;
    zip.extract(&entry, TEXT).map_err(|error| target.broken(&error))
}

/// The one `NAME-VERSION.dist-info/METADATA` that is the wheel's own.
///
/// A wheel may hold the `.dist-info` of something it vendors; that is never taken for its own. Two that claim to be its own are
/// refused: installers might see different ones.
pub(super) fn choose(target: &Target<'_>, entries: Entries<'_>) -> Result<Entry, MetadataError> {
    let mut exact: Option<Entry> = None;
    let mut similar: Option<Entry> = None;
    let mut foreign = 0_usize;
    for entry in entries {
        let entry = entry.map_err(|error| target.broken(&error))?;
        let Some(stem) = entry.name.strip_suffix(".dist-info/METADATA").filter(|stem| !stem.contains(['/', '\\']))
        else {
            continue;
        };
        let place = match fit(stem, target.package, target.version) {
            Fit::Exact => &mut exact,
            Fit::Name => &mut similar,
            Fit::Not => {
                foreign += 1;
                continue;
            }
        };
        if place.is_some() {
            return Err(target.broken(&"it has more than one METADATA of its own"));
        }
        *place = Some(entry);
    }
    exact.or(similar).ok_or_else(|| match foreign {
        0 => target.broken(&"it has no METADATA"),
        _ => target.broken(&"its METADATA is that of another package"),
    })
}

enum Fit {
    Exact,
    Name,
    Not,
}

/// How the name of a `.dist-info` folder fits: escaping has changed over the years, so every dash may separate.
fn fit(stem: &str, package: &PackageName, version: &Version) -> Fit {
    let mut found = Fit::Not;
    for (at, _) in stem.match_indices('-').take(20) {
        let (name, rest) = stem.split_at(at);
        if name.parse::<PackageName>().is_ok_and(|name| name == *package) {
            let rest = rest.trim_start_matches('-').replace('_', "-");
            let same = |text: &str| text.parse::<Version>().is_ok_and(|other| other == *version);
            if same(&rest) || same(&rest.replace('-', "+")) {
                return Fit::Exact;
            }
            found = Fit::Name;
        }
    }
    found
}
