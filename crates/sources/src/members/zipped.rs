//! The files of a zip archive, its directory compared with what lies in it.

use std::io::{Read, Seek};

use super::{Fault, account::Account};
use crate::zipped::{Entries, Entry, LocalZip, Span, ZipError};

/// The most bytes of a central directory.
const DIRECTORY: u64 = 32 << 20;

/// Reads a zip archive.
pub(super) fn read(account: &mut Account<'_>, source: impl Read + Seek) {
    let mut zip = match LocalZip::open(source, DIRECTORY) {
        Ok(zip) => zip,
        Err(error) => return account.flaw(Fault::Unreadable, "", &clause(&error)),
    };
    if let Some(why) = zip.oddity() {
        account.flaw(Fault::Lying, "", why);
    }
    let (directory, span) = zip.take_directory();
    let mut places = Vec::new();
    for entry in Entries::new(&directory, span) {
        if !account.count() {
            return;
        }
        match entry {
            Ok(entry) => places.push(take(account, &mut zip, &entry)),
            Err(error) => account.flaw(Fault::Unreadable, "", &clause(&error)),
        }
        if account.is_spent() {
            return account.stopped("");
        }
    }
    compare(account, &mut zip, places, span.start);
}

/// Reads one member; returns where its header and data lie.
fn take(account: &mut Account<'_>, zip: &mut LocalZip<impl Read + Seek>, entry: &Entry) -> Span {
    if entry.is_folder() && entry.size == 0 {
        // Two entries for one folder do no harm.
        if let Some(why) = super::name::fault(&entry.name) {
            account.flaw(Fault::Path, &entry.name, why);
        }
    } else {
        account.meet(&entry.name);
    }
    let local = match zip.local(entry) {
        Ok(local) => local,
        Err(error) => {
            account.flaw(Fault::Lying, &entry.name, &clause(&error));
            return entry.least_span();
        }
    };
    if let Some(why) = local.difference {
        account.flaw(Fault::Lying, &entry.name, why);
    }
    if !entry.is_folder() {
        content(account, zip, entry, local.data);
    }
    let start = entry.least_span().start;
    Span { start, length: local.data.end().saturating_sub(start) }
}

fn content(account: &mut Account<'_>, zip: &mut LocalZip<impl Read + Seek>, entry: &Entry, data: Span) {
    if entry.is_encrypted() {
        return account.flaw(Fault::Encrypted, &entry.name, "is encrypted and was not looked at");
    }
    let share = account.share(entry.size);
    if !account.budget().spend(share) {
        return;
    }
    let read =
        if share == entry.size { zip.extract(entry, account.bounds.member) } else { zip.begin(entry, data, share) };
    match read {
        Ok(bytes) if entry.is_link() => {
            account.link(&entry.name, &String::from_utf8_lossy(bytes.get(..4096).unwrap_or(&bytes)), false);
        }
        Ok(bytes) => account.hand_on(&entry.name, &bytes, entry.size),
        Err(error) => account.flaw(Fault::Damaged, &entry.name, &format!("{} and was not looked at", clause(&error))),
    }
}

/// Finds what members share, and what lies between them that the directory does not list.
fn compare(account: &mut Account<'_>, zip: &mut LocalZip<impl Read + Seek>, mut places: Vec<Span>, end: u64) {
    places.sort_unstable_by_key(|place| (place.start, place.length));
    let mut at = 0;
    let mut shared = 0_u64;
    let mut hidden = false;
    for place in places.iter().copied().chain([Span { start: end, length: 0 }]) {
        shared += u64::from(place.start < at);
        if place.start > at {
            let first = at == 0;
            let gap = Span { start: at, length: place.start - at };
            hidden |= if first { true } else { zip.is_member(gap) };
        }
        at = at.max(place.end());
    }
    if shared > 0 {
        account.flaw(Fault::Bomb, "", &format!("has {shared} members whose data lies in that of others"));
    }
    if hidden {
        account.flaw(Fault::Lying, "", "has data that its directory does not list");
    }
}

/// An error as a clause whose subject is the archive or the member.
fn clause(error: &ZipError) -> String {
    match error {
        ZipError::Member(_, why) => (*why).replacen("its ", "has ", 1).replacen("it ", "", 1),
        ZipError::Unsupported(_, what) => format!("is {what}"),
        other => other.to_string().replacen("it ", "", 1),
    }
}
