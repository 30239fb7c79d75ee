//! Reads single members of zip archives, given any way to read parts of the archive (APPNOTE 6.3.10, with ZIP64).
//!
//! The steps are functions of bytes, so that the same code reads a file on disk and a wheel over HTTP range requests. Everything
//! in an archive is doubted: offsets are checked against the size of the file, sizes against bounds, the local header against
//! the directory, and the data against its checksum.

mod entry;
mod local;

use entry::Fields;
pub use entry::{Entries, Entry};
pub use local::LocalZip;
pub(crate) use local::is_zip;

/// How much of the end of an archive is read first: always enough for the end record with the longest comment.
pub const TAIL: u64 = 66 << 10;

/// Why an archive, or a member, is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZipError {
    /// There is no end record.
    #[error("it is not a zip archive, or cut short: there is no end of a central directory")]
    NoEnd,
    /// A record has not the shape it must have.
    #[error("it is broken at byte {0}: {1}")]
    Broken(u64, &'static str),
    /// Something is larger than accepted.
    #[error("{what} is larger than the {limit} accepted here")]
    TooLarge {
        /// What it is.
        what: String,
        /// The bound, in bytes or entries.
        limit: u64,
    },
    /// A feature that no distribution uses.
    #[error("its member `{0}` is {1}, which is not supported")]
    Unsupported(String, &'static str),
    /// The data of a member is not what the directory says.
    #[error("its member `{0}` is broken: {1}")]
    Member(String, &'static str),
}

/// A part of an archive, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u64,
    /// Number of bytes.
    pub length: u64,
}

impl Span {
    /// The offset after the last byte.
    pub fn end(self) -> u64 {
        self.start.saturating_add(self.length)
    }

    /// The last `length` bytes of a file of `total` bytes; all of it when it is shorter.
    pub fn tail(total: u64, length: u64) -> Self {
        let length = length.min(total);
        Self { start: total - length, length }
    }
}

/// Where the central directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It is there.
    Directory(Span),
    /// A ZIP64 record that tells is there; read it and give it to [`zip64_directory`].
    Zip64(Span),
}

/// Finds the end record in `tail`, the last bytes of a file of `total` bytes.
pub fn find_end(tail: &[u8], total: u64) -> Result<End, ZipError> {
    let base = total.checked_sub(tail.len() as u64).ok_or(ZipError::NoEnd)?;
    let at = end_at(tail).ok_or(ZipError::NoEnd)?;
    let offset = base + at as u64;
    let end = Fields::at(tail, at, offset);
    let (disk, first_disk) = (end.u16(4)?, end.u16(6)?);
    let (here, count) = (end.u16(8)?, end.u16(10)?);
    let (length, start) = (end.u32(12)?, end.u32(16)?);
    let overflows = [disk, first_disk, here, count].contains(&u16::MAX) || length == u32::MAX || start == u32::MAX;
    if overflows && let Some(record) = zip64_record(tail, at, offset)? {
        return Ok(End::Zip64(record));
    }
    if disk != 0 || first_disk != 0 || here != count {
        return Err(ZipError::Broken(offset, "it is one of several parts"));
    }
    checked(Span { start: start.into(), length: length.into() }, offset).map(End::Directory)
}

/// Where in the last bytes of a file its end record begins.
fn end_at(tail: &[u8]) -> Option<usize> {
    (0..=tail.len().checked_sub(22)?).rev().find(|at| ends_here(tail.get(*at..).unwrap_or_default()))
}

/// Whether these bytes are an end record whose comment reaches exactly to the end of the file.
fn ends_here(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x05\x06")
        && matches!(bytes.get(20..22), Some([low, high]) if 22 + usize::from(u16::from_le_bytes([*low, *high])) == bytes.len())
}

/// The ZIP64 end record that the locator just before the end record at `at` points to.
fn zip64_record(tail: &[u8], at: usize, offset: u64) -> Result<Option<Span>, ZipError> {
    let Some(locator) = at.checked_sub(20) else { return Ok(None) };
    if !tail.get(locator..).is_some_and(|bytes| bytes.starts_with(b"PK\x06\x07")) {
        return Ok(None);
    }
    let start = Fields::at(tail, locator, offset - 20).u64(8)?;
    let record = Span { start, length: 56 };
    if record.end() > offset - 20 {
        return Err(ZipError::Broken(offset - 20, "its ZIP64 end record lies outside of it"));
    }
    Ok(Some(record))
}

/// Reads the ZIP64 end record that lies at `span`.
pub fn zip64_directory(record: &[u8], span: Span) -> Result<Span, ZipError> {
    if !record.starts_with(b"PK\x06\x06") {
        return Err(ZipError::Broken(span.start, "there is no ZIP64 end record"));
    }
    let fields = Fields::at(record, 0, span.start);
    if fields.u32(16)? != 0 || fields.u32(20)? != 0 || fields.u64(24)? != fields.u64(32)? {
        return Err(ZipError::Broken(span.start, "it is one of several parts"));
    }
    checked(Span { start: fields.u64(48)?, length: fields.u64(40)? }, span.start)
}

fn checked(directory: Span, limit: u64) -> Result<Span, ZipError> {
    match directory.start.checked_add(directory.length) {
        Some(end) if end <= limit => Ok(directory),
        _ => Err(ZipError::Broken(limit, "its central directory lies outside of it")),
    }
}

/// Refuses a directory of more than `limit` bytes, before it is read.
pub fn bounded(directory: Span, limit: u64) -> Result<Span, ZipError> {
    if directory.length > limit {
        return Err(ZipError::TooLarge { what: "its central directory".into(), limit });
    }
    Ok(directory)
}
