//! `Packages`, the database up to RHEL 8 and Fedora 32: a hash table of Berkeley DB, from a number to a header.
//!
//! Its pages are read one after another, not as the table leads to them: every record is on one of them, and so nothing leads around
//! in circles. Numbers are in the order of the machine that wrote them. A page begins with its number at 8, the next page of the same
//! record at 16, the count of its items at 20, the bytes of a record that it holds at 22, and its kind at 25; where each item begins
//! follows, and the items themselves fill it from its end: a key, its value, the next key.

use super::{Order, Packages, header::LARGEST};

/// The mark of a hash table, at 12.
const MAGIC: usize = 0x0006_1561;
/// The versions of its format that RPM ever wrote to: of Berkeley DB 4 and 5.
const VERSIONS: std::ops::RangeInclusive<usize> = 8..=10;
/// Bytes at the beginning of a page.
const HEAD: usize = 26;
/// Kinds of pages: items in any order, items in order, and a part of a value that is on pages of its own.
const UNSORTED: u8 = 2;
const SORTED: u8 = 13;
const OVERFLOW: u8 = 7;
/// Kinds of items: it is here, or on pages of its own.
const HERE: u8 = 1;
const ELSEWHERE: u8 = 3;

pub(super) fn read(file: &[u8], packages: &mut Packages) -> Result<(), String> {
    let (database, last) = Database::open(file)?;
    for (number, page) in (1..=last).filter_map(|number| Some((number, database.page(number)?))) {
        if matches!(kind(page), Some(UNSORTED | SORTED)) {
            database.records(number, page, packages)?;
        }
    }
    Ok(())
}

struct Database<'a> {
    file: &'a [u8],
    order: Order,
    /// Bytes of a page.
    size: usize,
}

impl<'a> Database<'a> {
    /// A database and its last page.
    fn open(file: &'a [u8]) -> Result<(Self, usize), String> {
        let order = [Order::Little, Order::Big].into_iter().find(|order| order.number(file, 12) == Some(MAGIC));
        let order = order.ok_or("it is no hash table of Berkeley DB")?;
        let number = |at| order.number(file, at).unwrap_or_default();
        let (version, size, last) = (number(16), number(20), number(32));
        if !VERSIONS.contains(&version) {
            return Err(format!("its format has version {version}, which is not known"));
        }
        if !size.is_power_of_two() || !(512..=65_536).contains(&size) {
            return Err(format!("its pages cannot have {size} bytes"));
        }
        // Encrypted, or with checksums: neither is a habit of RPM, and each moves what is on a page.
        if file.get(24) != Some(&0) || file.get(26).is_none_or(|flags| flags & 1 == 1) {
            return Err("it is encrypted, or has checksums".to_string());
        }
        let database = Self { file, order, size };
        match database.page(last) {
            Some(_) => Ok((database, last)),
            None => Err(format!("it is cut short: {last} pages should follow the first")),
        }
    }

    fn page(&self, number: usize) -> Option<&'a [u8]> {
        let start = number.checked_mul(self.size)?;
        self.file.get(start..start.checked_add(self.size)?)
    }

    /// Takes the records that begin on a page.
    fn records(&self, number: usize, page: &'a [u8], packages: &mut Packages) -> Result<(), String> {
        let broken = || format!("page {number} is broken");
        let items = self.items(number, page).ok_or_else(broken)?;
        for record in items.chunks(2) {
            let [key, value] = record else { return Err(broken()) };
            // No package but the highest number that one was given.
            if *key == [HERE, 0, 0, 0, 0] {
                continue;
            }
            match value.split_first() {
                Some((&HERE, header)) => packages.add(header)?,
                Some((&ELSEWHERE, _)) => packages.add(&self.collected(value).ok_or_else(broken)?)?,
                _ => return Err(broken()),
            }
        }
        Ok(())
    }

    /// The items of a page, from its end.
    fn items(&self, number: usize, page: &'a [u8]) -> Option<Vec<&'a [u8]>> {
        let count = self.order.short(page, 20)?;
        let mut end = page.len();
        let item = |place| {
            let start = self.order.short(page, HEAD + 2 * place)?;
            let item = page.get(start..end)?;
            end = start;
            Some(item)
        };
        (self.order.number(page, 8)? == number).then(|| (0..count).map(item).collect())?
    }

    /// The value that an item says is on other pages: the first of them is at 4, its length at 8.
    fn collected(&self, item: &[u8]) -> Option<Vec<u8>> {
        let (mut next, length) = (self.order.number(item, 4)?, self.order.number(item, 8)?);
        let mut value = Vec::new();
        while value.len() < length.min(LARGEST + 1) {
            let page = self.page(next).filter(|page| kind(page) == Some(OVERFLOW))?;
            let part = page.get(HEAD..HEAD + self.order.short(page, 22)?)?;
            // An empty part that leads to itself would never end.
            if part.is_empty() || self.order.number(page, 8)? != next {
                return None;
            }
            value.extend_from_slice(part);
            next = self.order.number(page, 16)?;
        }
        (value.len() == length).then_some(value)
    }
}

fn kind(page: &[u8]) -> Option<u8> {
    page.get(25).copied()
}
