//! A zip archive that can be read and searched like a file.

use std::io::{self, Read, Seek, SeekFrom};

use super::{End, Entries, Entry, Span, TAIL, ZipError, bounded, end_at, find_end, zip64_directory};

/// A zip archive in a file, or in anything like one.
pub struct LocalZip<R> {
    file: R,
    directory: Vec<u8>,
    span: Span,
    oddity: Option<&'static str>,
}

/// What lies where the directory says that a member does.
pub(crate) struct Local {
    /// Its data, as compressed.
    pub(crate) data: Span,
    /// In what its header differs from the directory, as a clause about the member.
    pub(crate) difference: Option<&'static str>,
}

/// Whether a file ends as a zip archive does; that is how most readers tell one.
pub(crate) fn is_zip(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let total = file.seek(SeekFrom::End(0))?;
    let tail = read(file, Span::tail(total, TAIL)).unwrap_or_default();
    file.rewind()?;
    Ok(find_end(&tail, total).is_ok())
}

impl<R: Read + Seek> LocalZip<R> {
    /// Reads the central directory, of at most `limit` bytes.
    pub fn open(mut file: R, limit: u64) -> Result<Self, ZipError> {
        let total = file.seek(SeekFrom::End(0)).map_err(|_| ZipError::Broken(0, "its size cannot be told"))?;
        let tail = read(&mut file, Span::tail(total, TAIL))?;
        let end = end_at(&tail).unwrap_or_default();
        let (span, follows) = match find_end(&tail, total)? {
            End::Directory(span) => (span, total - tail.len() as u64 + end as u64),
            End::Zip64(record) => (zip64_directory(&read(&mut file, record)?, record)?, record.start),
        };
        let directory = read(&mut file, bounded(span, limit)?)?;
        let other_end = tail.get(end + 1..).is_some_and(|rest| rest.windows(4).any(|four| four == b"PK\x05\x06"));
        let oddity = match (other_end, span.end() == follows) {
            (true, _) => Some("has what looks like another end record in its comment"),
            (_, false) => Some("has a directory that does not lie where some readers look for it"),
            _ => None,
        };
        Ok(Self { file, directory, span, oddity })
    }

    /// What may make others read another directory than this one, as a clause.
    pub(crate) fn oddity(&self) -> Option<&'static str> {
        self.oddity
    }

    /// Looks at the header of a member, where it lies.
    pub(crate) fn local(&mut self, entry: &Entry) -> Result<Local, ZipError> {
        let header = read(&mut self.file, entry.header_span())?;
        let data = entry.data(&header)?;
        if data.end() > self.span.start {
            return Err(ZipError::Member(entry.name.clone(), "it lies outside of the archive"));
        }
        Ok(Local { data, difference: entry.difference(&header)? })
    }

    /// The first `limit` bytes of a member whose data lies at `data`; they are compared with nothing.
    pub(crate) fn begin(&mut self, entry: &Entry, data: Span, limit: u64) -> Result<Vec<u8>, ZipError> {
        let compressed = Span { length: data.length.min(limit.saturating_mul(2)), ..data };
        entry.begin(&read(&mut self.file, compressed)?, limit)
    }

    /// Whether a member begins at the beginning of this part.
    pub(crate) fn is_member(&mut self, part: Span) -> bool {
        let magic = Span { length: part.length.min(4), ..part };
        read(&mut self.file, magic).is_ok_and(|bytes| bytes == b"PK\x03\x04")
    }

    /// The members, in the order of the directory.
    pub fn entries(&self) -> Entries<'_> {
        Entries::new(&self.directory, self.span)
    }

    /// Takes the directory out, to walk it while members are extracted.
    pub(crate) fn take_directory(&mut self) -> (Vec<u8>, Span) {
        (std::mem::take(&mut self.directory), self.span)
    }

    /// The data of a member, of at most `limit` bytes.
    pub fn extract(&mut self, entry: &Entry, limit: u64) -> Result<Vec<u8>, ZipError> {
        let too_large = || ZipError::TooLarge { what: format!("its member `{}`", entry.name), limit };
        // Stored data may be as long as the member, compressed data hardly longer.
        let span = entry.span(self.span.start);
        if entry.size > limit || span.length > limit.saturating_add(1 << 20) {
            return Err(too_large());
        }
        let bytes = read(&mut self.file, span)?;
        let data = entry.data(&bytes)?;
        let held = usize::try_from(data.start - span.start)
            .ok()
            .and_then(|start| bytes.get(start..start.checked_add(usize::try_from(data.length).ok()?)?));
        match held {
            Some(held) => entry.extract(held, limit),
            None if data.end() <= self.span.start => entry.extract(&read(&mut self.file, data)?, limit),
            None => Err(ZipError::Member(entry.name.clone(), "it lies outside of the archive")),
        }
    }
}

/// Reads a part of the file whose bounds were checked.
fn read(file: &mut (impl Read + Seek), span: Span) -> Result<Vec<u8>, ZipError> {
    let mut attempt = || -> io::Result<Vec<u8>> {
        file.seek(SeekFrom::Start(span.start))?;
        let mut bytes = Vec::new();
        file.take(span.length).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = attempt().map_err(|_| ZipError::Broken(span.start, "it cannot be read there"))?;
    if bytes.len() as u64 == span.length { Ok(bytes) } else { Err(ZipError::Broken(span.start, "it is cut short")) }
}
