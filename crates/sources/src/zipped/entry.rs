//! One member of a zip archive: its line in the directory, its header, its data.

use std::io::{Read, Write};

use flate2::{Crc, read::DeflateDecoder};

use super::{Span, ZipError};

const CANNOT: &str = "its data cannot be decompressed";

/// Integers of a record, with the place of the record for errors.
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    offset: u64,
}

impl<'a> Fields<'a> {
    /// The record at `at` of `bytes`, which is at `offset` of the archive.
    pub(super) fn at(bytes: &'a [u8], at: usize, offset: u64) -> Self {
        Self { bytes: bytes.get(at..).unwrap_or_default(), offset }
    }

    fn array<const N: usize>(&self, at: usize) -> Result<[u8; N], ZipError> {
        let bytes = self.bytes.get(at..).and_then(|bytes| bytes.first_chunk());
        bytes.copied().ok_or(ZipError::Broken(self.offset, "a record is cut short"))
    }

    pub(super) fn u16(&self, at: usize) -> Result<u16, ZipError> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(super) fn u32(&self, at: usize) -> Result<u32, ZipError> {
        self.array(at).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&self, at: usize) -> Result<u64, ZipError> {
        self.array(at).map(u64::from_le_bytes)
    }

    fn slice(&self, at: usize, length: usize) -> Result<&'a [u8], ZipError> {
        let end = at.checked_add(length);
        let bytes = end.and_then(|end| self.bytes.get(at..end));
        bytes.ok_or(ZipError::Broken(self.offset, "a record is cut short"))
    }
}

/// One member, as the central directory describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name with its path, as written; bytes that are not UTF-8 are replaced.
    pub name: String,
    /// Bytes of the data, decompressed, as claimed.
    pub size: u64,
    compressed: u64,
    raw_name: Vec<u8>,
    flags: u16,
    method: u16,
    crc: u32,
    header: u64,
    /// The system whose attributes the next are, and what else it is.
    made_by: u16,
    attributes: u32,
}

/// The members that a central directory lists, in its order. Ends after the first broken line.
pub struct Entries<'a> {
    directory: &'a [u8],
    at: usize,
    start: u64,
}

impl<'a> Entries<'a> {
    /// Reads `directory`, which lies at `span`.
    pub fn new(directory: &'a [u8], span: Span) -> Self {
        Self { directory, at: 0, start: span.start }
    }

    fn read(&mut self) -> Result<Entry, ZipError> {
        let offset = self.start + self.at as u64;
        let fields = Fields::at(self.directory, self.at, offset);
        if fields.u32(0)? != 0x0201_4b50 {
            return Err(ZipError::Broken(offset, "its central directory has a line that is none"));
        }
        let (name, extra, comment) = (fields.u16(28)?.into(), fields.u16(30)?.into(), usize::from(fields.u16(32)?));
        let raw_name = fields.slice(46, name)?.to_vec();
        let mut entry = Entry {
            name: String::from_utf8_lossy(&raw_name).into_owned(),
            size: fields.u32(24)?.into(),
            compressed: fields.u32(20)?.into(),
            raw_name,
            flags: fields.u16(8)?,
            method: fields.u16(10)?,
            crc: fields.u32(16)?,
            header: fields.u32(42)?.into(),
            made_by: fields.u16(4)?,
            attributes: fields.u32(38)?,
        };
        entry.widen(fields.slice(46 + name, extra)?, offset)?;
        fields.slice(46 + name + extra, comment)?;
        self.at += 46 + name + extra + comment;
        // What lies before the directory is all that members may consist of.
        if entry.header.checked_add(entry.compressed).is_none_or(|end| end > self.start) {
            return Err(ZipError::Broken(offset, "a member lies outside of it"));
        }
        Ok(entry)
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, ZipError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.directory.len() {
            return None;
        }
        let entry = self.read();
        if entry.is_err() {
            self.at = self.directory.len();
        }
        Some(entry)
    }
}

impl Entry {
    /// Takes the 64-bit values from the ZIP64 extra field, which holds those that did not fit, in this order.
    fn widen(&mut self, mut extra: &[u8], offset: u64) -> Result<(), ZipError> {
        while extra.len() >= 4 {
            let fields = Fields::at(extra, 0, offset);
            let (kind, length) = (fields.u16(0)?, fields.u16(2)?.into());
            let data = fields.slice(4, length)?;
            if kind == 1 {
                let data = Fields::at(data, 0, offset);
                let mut at = 0;
                for value in [&mut self.size, &mut self.compressed, &mut self.header] {
                    if *value == u64::from(u32::MAX) {
                        *value = data.u64(at)?;
                        at += 8;
                    }
                }
            }
            extra = extra.get(4 + length..).unwrap_or_default();
        }
        Ok(())
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }

    /// Whether it is a symbolic link, whose data is the path it leads to.
    pub(crate) fn is_link(&self) -> bool {
        const UNIX: u16 = 3;
        self.made_by >> 8 == UNIX && (self.attributes >> 16) & 0o170_000 == 0o120_000
    }

    /// Whether its data is encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Where its header and data lie at least: without extra fields, of which only the header tells.
    pub(crate) fn least_span(&self) -> Span {
        let Span { start, length } = self.header_span();
        Span { start, length: length.saturating_add(self.compressed) }
    }

    /// Where its header lies, without the extra fields.
    pub(super) fn header_span(&self) -> Span {
        Span { start: self.header, length: 30 + self.raw_name.len() as u64 }
    }

    /// In what its header differs from the directory, as a clause. Zero stands for what is said behind the data.
    pub(super) fn difference(&self, header: &[u8]) -> Result<Option<&'static str>, ZipError> {
        let fields = Fields::at(header, 0, self.header);
        let (flags, method) = (fields.u16(6)?, fields.u16(8)?);
        let later = flags & 8 != 0;
        let differs = |said: u32, listed: u64| {
            u64::from(said) != listed && !(later && said == 0) && said != u32::MAX && listed < u64::from(u32::MAX)
        };
        Ok(if (flags ^ self.flags) & 1 != 0 {
            Some("is encrypted by its header or by the directory, not by both")
        } else if method != self.method {
            Some("is compressed in another way by its header than by the directory")
        } else if differs(fields.u32(22)?, self.size) || differs(fields.u32(18)?, self.compressed) {
            Some("has another size by its header than by the directory")
        } else if differs(fields.u32(14)?, self.crc.into()) {
            Some("has another checksum by its header than by the directory")
        } else {
            None
        })
    }

    /// Where its header and data lie, with room for a longer header than the directory's: an archive whose directory starts
    /// at `limit` has nothing of it beyond.
    pub fn span(&self, limit: u64) -> Span {
        let length = 30 + self.raw_name.len() as u64 + 4096 + self.compressed;
        Span { start: self.header, length: length.min(limit.saturating_sub(self.header)) }
    }

    /// Where exactly its data ends, told by the bytes of its header; to be read when [`span`](Self::span) was too little.
    pub fn data(&self, header: &[u8]) -> Result<Span, ZipError> {
        let fields = Fields::at(header, 0, self.header);
        if fields.u32(0)? != 0x0403_4b50 {
            return Err(ZipError::Broken(self.header, "there is no header of a member"));
        }
        let (name, extra) = (usize::from(fields.u16(26)?), u64::from(fields.u16(28)?));
        if fields.slice(30, name)? != self.raw_name.as_slice() {
            return Err(ZipError::Member(self.name.clone(), "its header and the directory name it differently"));
        }
        Ok(Span { start: self.header + 30 + name as u64 + extra, length: self.compressed })
    }

    /// Decompresses its data, to at most `limit` bytes.
    pub fn extract(&self, data: &[u8], limit: u64) -> Result<Vec<u8>, ZipError> {
        let mut out = Vec::new();
        self.extract_into(&mut &*data, &mut out, limit)?;
        Ok(out)
    }

    /// Decompresses the first `limit` bytes of its data, of which as much is given.
    pub(super) fn begin(&self, data: &[u8], limit: u64) -> Result<Vec<u8>, ZipError> {
        let mut out = Vec::new();
        let read = self.decoder(data)?.take(limit).read_to_end(&mut out);
        match read {
            Ok(_) => Ok(out),
            Err(_) => Err(ZipError::Member(self.name.clone(), CANNOT)),
        }
    }

    fn decoder<'d>(&self, data: impl Read + 'd) -> Result<Box<dyn Read + 'd>, ZipError> {
        match self.method {
            0 => Ok(Box::new(data)),
            8 => Ok(Box::new(DeflateDecoder::new(data))),
            _ => Err(ZipError::Unsupported(self.name.clone(), "compressed in an uncommon way")),
        }
    }

    fn extract_into(&self, data: &mut dyn Read, out: &mut Vec<u8>, limit: u64) -> Result<(), ZipError> {
        if self.flags & 1 != 0 {
            return Err(ZipError::Unsupported(self.name.clone(), "encrypted"));
        }
        if self.size > limit {
            return Err(ZipError::TooLarge { what: format!("its member `{}`", self.name), limit });
        }
        let data = self.decoder(data)?;
        let broken = |why| ZipError::Member(self.name.clone(), why);
        let mut bounded = data.take(self.size.saturating_add(1));
        let mut crc = Crc::new();
        let mut part = vec![0; 16 << 10];
        loop {
            let count = bounded.read(&mut part).map_err(|_| broken(CANNOT))?;
            let bytes = part.get(..count).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            crc.update(bytes);
            let _ = out.write_all(bytes);
        }
        if out.len() as u64 != self.size {
            return Err(broken("its data is longer or shorter than the directory says"));
        }
        if crc.sum() != self.crc {
            return Err(broken("its data does not fit its checksum"));
        }
        Ok(())
    }
}
