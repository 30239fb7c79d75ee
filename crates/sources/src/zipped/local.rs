//! A zip archive that can be read and searched like a file.

use std::io::{self, Read, Seek, SeekFrom};

use super::{End, Entries, Entry, Span, TAIL, ZipError, bounded, find_end, zip64_directory};

/// A zip archive in a file, or in anything like one.
pub struct LocalZip<R> {
    file: R,
    directory: Vec<u8>,
    span: Span,
}

impl<R: Read + Seek> LocalZip<R> {
    /// Reads the central directory, of at most `limit` bytes.
    pub fn open(mut file: R, limit: u64) -> Result<Self, ZipError> {
        let total = file.seek(SeekFrom::End(0)).map_err(|_| ZipError::Broken(0, "its size cannot be told"))?;
        let tail = read(&mut file, Span::tail(total, TAIL))?;
        let span = match find_end(&tail, total)? {
            End::Directory(span) => span,
            End::Zip64(record) => zip64_directory(&read(&mut file, record)?, record)?,
        };
        let directory = read(&mut file, bounded(span, limit)?)?;
        Ok(Self { file, directory, span })
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
