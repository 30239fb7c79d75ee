//! The header of an RPM package: an index of tags, and the data they point into.
//!
//! Format: that of RPM V4, <https://rpm-software-management.github.io/rpm/manual/format_header.html>, without the magic number.

use super::{Order, Rpm};

/// The most bytes of a header.
pub(super) const LARGEST: usize = 32 << 20;
/// The most entries of its index.
const MOST_ENTRIES: usize = 20_000;
/// Bytes of an entry of the index.
const ENTRY: usize = 16;
const NAME: usize = 1000;
const VERSION: usize = 1001;
const RELEASE: usize = 1002;
const EPOCH: usize = 1003;
const ARCH: usize = 1022;
const SOURCE: usize = 1044;

/// Reads a header: the number of entries, the length of what they point into, both, and then the data. `None` when it is broken.
pub(super) fn header(blob: &[u8]) -> Option<Rpm> {
    let number = |bytes: &[u8], at| Order::Big.number(bytes, at);
    let (entries, length) = (number(blob, 0)?, number(blob, 4)?);
    if blob.len() > LARGEST || entries > MOST_ENTRIES {
        return None;
    }
    let index = blob.get(8..8 + entries * ENTRY)?;
    let data = blob.get(8 + entries * ENTRY..)?.get(..length)?;
    let find = |tag: usize| index.chunks_exact(ENTRY).find(|entry| number(entry, 0) == Some(tag));
    let offset = |tag: usize| number(find(tag)?, 8);
    let text = |tag: usize| {
        let bytes = data.get(offset(tag)?..)?;
        let end = bytes.iter().position(|byte| *byte == 0)?;
        String::from_utf8(bytes.get(..end)?.to_vec()).ok()
    };
    Some(Rpm {
        name: text(NAME)?,
        epoch: offset(EPOCH).map_or(Some(0), |at| number(data, at)?.try_into().ok())?,
        version: text(VERSION)?,
        release: text(RELEASE)?,
        arch: text(ARCH),
        is_source: find(SOURCE).is_none() && find(ARCH).is_some(),
    })
}
