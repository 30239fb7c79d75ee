//! `Packages.db`, the database of SUSE: slots, each of which says where a blob is that holds a header.
//!
//! All numbers are little-endian. The file begins with `RpmP` and a version, the number of pages of slots is at 12; the first two
//! slots are taken by that. A slot is `Slot`, the number of a package, and the first block of its blob and how many there are; no
//! first block: it is free. A blob is `BlbS`, the number of the package, a generation, a length, the header, padding, a checksum, the
//! length again, and `BlbE`.

use super::{Order, Packages};

/// Bytes of a slot, and of a block.
const BLOCK: usize = 16;
/// Slots of a page.
const PER_PAGE: usize = 256;
/// Bytes behind a header.
const TAIL: usize = 12;

pub(super) fn read(file: &[u8], packages: &mut Packages) -> Result<(), String> {
    if file.get(..4) != Some(b"RpmP") || number(file, 4) != Some(0) {
        return Err("it does not begin as such a database does".to_string());
    }
    let pages = number(file, 12).unwrap_or_default();
    let slots = pages.checked_mul(PER_PAGE * BLOCK).and_then(|end| file.get(2 * BLOCK..end));
    let slots = slots.ok_or_else(|| format!("it is cut short within {pages} pages of slots"))?;
    for (place, slot) in slots.chunks_exact(BLOCK).enumerate() {
        let broken = |what: &str| format!("{what} of slot {} is broken", place + 2);
        let (first, count) = place_of(slot).ok_or_else(|| broken("the mark"))?;
        if first > 0 {
            let header = blob(file, slot, first, count).ok_or_else(|| broken("the blob"))?;
            packages.add(header)?;
        }
    }
    Ok(())
}

/// The first block of a blob, and how many there are.
fn place_of(slot: &[u8]) -> Option<(usize, usize)> {
    (slot.get(..4)? == b"Slot").then_some((number(slot, 8)?, number(slot, 12)?))
}

/// The header in a blob.
fn blob<'a>(file: &'a [u8], slot: &[u8], first: usize, count: usize) -> Option<&'a [u8]> {
    let start = first.checked_mul(BLOCK)?;
    let blob = file.get(start..start.checked_add(count.checked_mul(BLOCK)?)?)?;
    let (head, rest) = blob.split_at_checked(BLOCK)?;
    let (content, tail) = rest.split_at_checked(rest.len().checked_sub(TAIL)?)?;
    let length = number(head, 12)?;
    let is_whole = head.get(..4)? == b"BlbS"
        && head.get(4..8)? == slot.get(4..8)?
        && number(tail, 4)? == length
        && tail.get(8..)? == b"BlbE";
    content.get(..length).filter(|_| is_whole)
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    Order::Little.number(bytes, at)
}
