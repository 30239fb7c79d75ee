//! The form in which pages are kept: the rows and texts of [`IndexPage`] one after the other, so that reading one back is
//! checking and copying.
//!
//! All numbers are little-endian. A header, then the rows of releases, files, their provenances and skipped files, then the name, the hashes and
//! the text.

use super::{
    IndexPage, ProjectStatus,
    page::{FileRow, ProvenanceRow, ReleaseRow, SkippedRow, Span, flag},
};
use crate::Digest;

/// Names the form. Another form gets another mark.
const MARK: [u8; 8] = *b"thothip3";
/// Mark, checksum, seven lengths, the reason of the status, the status with whether there is a reason.
const HEADER: usize = 8 + 8 + 7 * 4 + 8 + 2;
const RELEASE: usize = 8 + 4;
const FILE: usize = 5 * 8 + 8 + 8 + 4 + 2;
const PROVENANCE: usize = 4 + 16;
const SKIPPED: usize = 16;

/// Why bytes are not a stored page: damaged, or written by another version of Thoth. Asking the index again helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredPageError {
    /// They do not begin as a stored page does.
    #[error("read a stored index page: it was written by another version of Thoth, or is none")]
    Mark,
    /// There are more or fewer of them than the header promises.
    #[error("read a stored index page: it is cut off, or longer than it says")]
    Length,
    /// They are not those that were written.
    #[error("read a stored index page: its checksum does not fit")]
    Checksum,
    /// A part points outside of the page, or is not what it must be.
    #[error("read a stored index page: its {0} is damaged")]
    Damaged(&'static str),
}

impl IndexPage {
    /// The page as bytes to be kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let name: &str = self.name.as_ref();
        let lengths = [
            self.releases.len(),
            self.files.len(),
            self.provenances.len(),
            self.skipped.len(),
            name.len(),
            self.digests.len(),
            self.text.len(),
        ];
        let mut bytes = Vec::with_capacity(
            HEADER
                + self.releases.len() * RELEASE
                + self.files.len() * FILE
                + self.provenances.len() * PROVENANCE
                + self.skipped.len() * SKIPPED
                + name.len()
                + self.digests.len()
                + self.text.len(),
        );
        bytes.extend(MARK);
        bytes.extend([0; 8]);
        for length in lengths {
            // The builder counts in 32 bits; were it ever wrong, reading would find the lengths not to fit.
            bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        }
        put(&mut bytes, self.status_reason.unwrap_or_default());
        bytes.extend([status_tag(self.status), u8::from(self.status_reason.is_some())]);
        for row in &self.releases {
            put(&mut bytes, row.version);
            bytes.extend(row.end.to_le_bytes());
        }
        for row in &self.files {
            for span in [row.filename, row.base, row.path, row.requires_python, row.yank_reason] {
                put(&mut bytes, span);
            }
            bytes.extend(row.size.to_le_bytes());
            bytes.extend(row.upload_time.to_le_bytes());
            bytes.extend(row.digests.to_le_bytes());
            bytes.extend([row.digest_count, row.flags]);
        }
        for row in &self.provenances {
            bytes.extend(row.file.to_le_bytes());
            put(&mut bytes, row.before);
            put(&mut bytes, row.after);
        }
        for row in &self.skipped {
            put(&mut bytes, row.filename);
            put(&mut bytes, row.reason);
        }
        bytes.extend(name.as_bytes());
        bytes.extend(&*self.digests);
        bytes.extend(self.text.as_bytes());
        let sum = checksum(bytes.get(16..).unwrap_or_default()).to_le_bytes();
        if let Some(place) = bytes.get_mut(8..16) {
            place.copy_from_slice(&sum);
        }
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote. Every length and position is checked, whoever wrote the bytes.
    ///
    /// # Errors
    /// When the bytes are anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredPageError> {
        let mut rest = Rest(bytes);
        if rest.array().ok() != Some(MARK) {
            return Err(StoredPageError::Mark);
        }
        let sum = u64::from_le_bytes(rest.array()?);
        if sum != checksum(rest.0) {
            return Err(StoredPageError::Checksum);
        }
        let [releases, files, provenances, skipped, name, digests, text] =
            [rest.u32()?, rest.u32()?, rest.u32()?, rest.u32()?, rest.u32()?, rest.u32()?, rest.u32()?];
        let reason = rest.span()?;
        let [status, has_reason] = rest.array()?;
        let releases = rest.rows(releases, RELEASE)?;
        let files = rest.rows(files, FILE)?;
        let provenances = rest.rows(provenances, PROVENANCE)?;
        let skipped = rest.rows(skipped, SKIPPED)?;
        let (name, digests, text) = (rest.rows(name, 1)?, rest.rows(digests, 1)?, rest.rows(text, 1)?);
        if !rest.0.is_empty() {
            return Err(StoredPageError::Length);
        }
        let name = std::str::from_utf8(name).ok().and_then(|name| name.parse().ok());
        let text = std::str::from_utf8(text).map_err(|_| StoredPageError::Damaged("text"))?;
        let status_reason = match has_reason {
            0 => None,
            _ => Some(reason.checked(text)?),
        };
        Ok(Self {
            name: name.ok_or(StoredPageError::Damaged("name"))?,
            status: status_of(status).ok_or(StoredPageError::Damaged("status"))?,
            status_reason,
            releases: read_releases(releases, files.len() / FILE, text)?,
            files: files.chunks_exact(FILE).map(|row| read_file(row, digests, text)).collect::<Result<_, _>>()?,
            provenances: read_provenances(provenances, files.len() / FILE, text)?,
            skipped: skipped.chunks_exact(SKIPPED).map(|row| read_skipped(row, text)).collect::<Result<_, _>>()?,
            digests: digests.into(),
            text: text.into(),
        })
    }
}

/// The releases share out the files: each has one at least, and none is left.
fn read_releases(rows: &[u8], files: usize, text: &str) -> Result<Box<[ReleaseRow]>, StoredPageError> {
    let mut before = 0;
    let read = |row| {
        let mut rest = Rest(row);
        let release = ReleaseRow { version: rest.span()?.checked(text)?, end: rest.u32()? };
        if release.end <= before {
            return Err(StoredPageError::Damaged("list of releases"));
        }
        before = release.end;
        Ok(release)
    };
    let releases: Box<[ReleaseRow]> = rows.chunks_exact(RELEASE).map(read).collect::<Result<_, _>>()?;
    if before as usize == files { Ok(releases) } else { Err(StoredPageError::Damaged("list of releases")) }
}

fn read_file(row: &[u8], digests: &[u8], text: &str) -> Result<FileRow, StoredPageError> {
    let mut rest = Rest(row);
    let mut span = || rest.span()?.checked(text);
    let (filename, base, path, requires_python, yank_reason) = (span()?, span()?, span()?, span()?, span()?);
    let row = FileRow {
        filename,
        base,
        path,
        requires_python,
        yank_reason,
        size: u64::from_le_bytes(rest.array()?),
        upload_time: i64::from_le_bytes(rest.array()?),
        digests: rest.u32()?,
        digest_count: rest.array::<1>()?[0],
        flags: rest.array::<1>()?[0],
    };
    let mut hashes = digests.get(row.digests as usize..).ok_or(StoredPageError::Damaged("list of hashes"))?;
    for _ in 0..row.digest_count {
        hashes = Digest::skip(hashes).ok_or(StoredPageError::Damaged("list of hashes"))?;
    }
    if row.flags & flag::METADATA == flag::METADATA_HASHED {
        Digest::skip(hashes).ok_or(StoredPageError::Damaged("list of hashes"))?;
    }
    Ok(row)
}

/// Each is of a file of the page, in the order of these.
fn read_provenances(rows: &[u8], files: usize, text: &str) -> Result<Box<[ProvenanceRow]>, StoredPageError> {
    let mut next = 0;
    let read = |row| {
        let mut rest = Rest(row);
        let row = ProvenanceRow {
            file: rest.u32()?,
            before: rest.span()?.checked(text)?,
            after: rest.span()?.checked(text)?,
        };
        let file = row.file as usize;
        if file < next || file >= files {
            return Err(StoredPageError::Damaged("list of provenances"));
        }
        next = file.saturating_add(1);
        Ok(row)
    };
    rows.chunks_exact(PROVENANCE).map(read).collect()
}

fn read_skipped(row: &[u8], text: &str) -> Result<SkippedRow, StoredPageError> {
    let mut rest = Rest(row);
    Ok(SkippedRow { filename: rest.span()?.checked(text)?, reason: rest.span()?.checked(text)? })
}

fn put(bytes: &mut Vec<u8>, span: Span) {
    bytes.extend(span.start.to_le_bytes());
    bytes.extend(span.length.to_le_bytes());
}

impl Span {
    fn checked(self, text: &str) -> Result<Self, StoredPageError> {
        self.try_of(text).map(|_| self).ok_or(StoredPageError::Damaged("list of texts"))
    }
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], StoredPageError> {
        let (array, rest) = self.0.split_first_chunk().ok_or(StoredPageError::Length)?;
        self.0 = rest;
        Ok(*array)
    }

    fn u32(&mut self) -> Result<u32, StoredPageError> {
        self.array().map(u32::from_le_bytes)
    }

    fn span(&mut self) -> Result<Span, StoredPageError> {
        Ok(Span { start: self.u32()?, length: self.u32()? })
    }

    fn rows(&mut self, count: u32, size: usize) -> Result<&'a [u8], StoredPageError> {
        let length = (count as usize).checked_mul(size).ok_or(StoredPageError::Length)?;
        let (rows, rest) = self.0.split_at_checked(length).ok_or(StoredPageError::Length)?;
        self.0 = rest;
        Ok(rows)
    }
}

fn status_tag(status: ProjectStatus) -> u8 {
    match status {
        ProjectStatus::Active => 0,
        ProjectStatus::Archived => 1,
        ProjectStatus::Deprecated => 2,
        ProjectStatus::Quarantined => 3,
    }
}

fn status_of(tag: u8) -> Option<ProjectStatus> {
    [ProjectStatus::Active, ProjectStatus::Archived, ProjectStatus::Deprecated, ProjectStatus::Quarantined]
        .get(usize::from(tag))
        .copied()
}

/// Four lanes of 64-bit FNV-1a over words: against accidents only, at a speed near that of copying.
fn checksum(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(PRIME).rotate_left(29);
    let mut lanes = [0xcbf2_9ce4_8422_2325_u64; 4];
    let (blocks, rest) = bytes.as_chunks::<32>();
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = step(*lane, u64::from_le_bytes(*word));
        }
    }
    let sum = lanes.into_iter().fold(bytes.len() as u64, step);
    rest.iter().fold(sum, |sum, byte| step(sum, u64::from(*byte)))
}

#[cfg(test)]
mod tests;
