//! A page of an index in memory: one text, and rows of numbers that point into it.
//!
//! A run looks at tens of thousands of files and takes a few hundred, so a file is an owned value only once it is taken
//! ([`FileRef::to_owned`]). Pages are made in [`super::builder`] and kept in [`super::stored`].

use std::fmt;

use super::{FileKind, IndexFile, MetadataHint, ProjectStatus, Yanked};
use crate::{Digest, PackageName, Version};

/// What an index says about one package, as far as resolution and locking need it. Compact: cloning and dropping one costs
/// a few allocations, however many files it lists.
///
/// Made by the parsers of this module, by [`PageBuilder`](super::PageBuilder), or from [stored bytes](IndexPage::from_bytes).
#[derive(Clone)]
pub struct IndexPage {
    pub(super) name: PackageName,
    pub(super) status: ProjectStatus,
    pub(super) status_reason: Option<Span>,
    /// What every [`Span`] points into.
    pub(super) text: Box<str>,
    /// Hashes as bytes, each behind the tag of its algorithm.
    pub(super) digests: Box<[u8]>,
    /// Newest first.
    pub(super) releases: Box<[ReleaseRow]>,
    /// The files of the first release, then those of the second, …
    pub(super) files: Box<[FileRow]>,
    /// Where the files that have one have their provenance, by position.
    pub(super) provenances: Box<[ProvenanceRow]>,
    pub(super) skipped: Box<[SkippedRow]>,
}

/// A part of a page's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) length: u32,
}

impl Span {
    pub(super) fn try_of(self, text: &str) -> Option<&str> {
        text.get(self.start as usize..(self.start as usize).checked_add(self.length as usize)?)
    }

    /// Builder and reader check every span once, so what is empty here was empty there.
    fn of(self, text: &str) -> &str {
        self.try_of(text).unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ReleaseRow {
    pub(super) version: Span,
    /// The position after its last file.
    pub(super) end: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct FileRow {
    pub(super) filename: Span,
    /// The start of the URL, which the files of a host share.
    pub(super) base: Span,
    /// The rest of the URL.
    pub(super) path: Span,
    pub(super) requires_python: Span,
    pub(super) yank_reason: Span,
    pub(super) size: u64,
    pub(super) upload_time: i64,
    /// Where in [`IndexPage::digests`] its hashes start; the hash of its metadata follows them.
    pub(super) digests: u32,
    pub(super) digest_count: u8,
    pub(super) flags: u8,
}

/// Where a file has its provenance. As a rule its name stands within, and all others of its release or of the page have the rest in
/// common.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProvenanceRow {
    /// The position of the file.
    pub(super) file: u32,
    /// What stands before its name.
    pub(super) before: Span,
    /// What stands behind its name; where this is empty, the name is in none of both.
    pub(super) after: Span,
}

/// The bits of [`FileRow::flags`].
pub(super) mod flag {
    pub(in crate::index) const SDIST: u8 = 1;
    pub(in crate::index) const SIZE: u8 = 1 << 1;
    pub(in crate::index) const UPLOAD_TIME: u8 = 1 << 2;
    pub(in crate::index) const REQUIRES_PYTHON: u8 = 1 << 3;
    pub(in crate::index) const YANKED: u8 = 1 << 4;
    pub(in crate::index) const YANK_REASON: u8 = 1 << 5;
    /// Two bits: what is said of separate metadata.
    pub(in crate::index) const METADATA: u8 = 0b11 << 6;
    pub(in crate::index) const METADATA_UNAVAILABLE: u8 = 0b01 << 6;
    pub(in crate::index) const METADATA_AVAILABLE: u8 = 0b10 << 6;
    pub(in crate::index) const METADATA_HASHED: u8 = 0b11 << 6;
}

#[derive(Clone, Copy, Debug)]
pub(super) struct SkippedRow {
    pub(super) filename: Span,
    pub(super) reason: Span,
}

/// A file of a page that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkippedFile<'a> {
    /// Its name, shortened when it is very long.
    pub filename: &'a str,
    /// Why, as a clause (`its name carries no version`).
    pub reason: &'a str,
}

/// One release on an index page.
#[derive(Clone, Copy)]
pub struct ReleaseRef<'a> {
    page: &'a IndexPage,
    version: &'a str,
    /// The position of the first of its files.
    start: usize,
    files: &'a [FileRow],
}

/// A distribution file on an index page.
#[derive(Clone, Copy)]
pub struct FileRef<'a> {
    page: &'a IndexPage,
    position: usize,
    row: &'a FileRow,
}

impl IndexPage {
    /// The package, normalised.
    pub fn name(&self) -> &PackageName {
        &self.name
    }

    /// The status of the project (PEP 792).
    pub fn status(&self) -> ProjectStatus {
        self.status
    }

    /// Why the project has that status, in the words of the index.
    pub fn status_reason(&self) -> Option<&str> {
        self.status_reason.map(|span| span.of(&self.text))
    }

    /// The releases with their files, newest version first. A release has at least one file.
    pub fn releases(&self) -> impl ExactSizeIterator<Item = ReleaseRef<'_>> + DoubleEndedIterator {
        (0..self.releases.len()).map(|position| self.at(position))
    }

    /// The release at a position in [`IndexPage::releases`].
    pub fn release(&self, position: usize) -> Option<ReleaseRef<'_>> {
        (position < self.releases.len()).then(|| self.at(position))
    }

    /// All files, those of the newest release first.
    pub fn files(&self) -> impl ExactSizeIterator<Item = FileRef<'_>> + DoubleEndedIterator {
        self.files.iter().enumerate().map(|(position, row)| FileRef { page: self, position, row })
    }

    /// Whether there is no release.
    pub fn is_empty(&self) -> bool {
        self.releases.is_empty()
    }

    /// Whether it names the provenance of any file: only then it says something of those where it names none.
    pub fn tells_provenance(&self) -> bool {
        !self.provenances.is_empty()
    }

    /// Files that could not be used at all (no version can be read from the name, …), in the order of the page.
    pub fn skipped(&self) -> impl ExactSizeIterator<Item = SkippedFile<'_>> + DoubleEndedIterator {
        self.skipped
            .iter()
            .map(|row| SkippedFile { filename: row.filename.of(&self.text), reason: row.reason.of(&self.text) })
    }

    fn at(&self, position: usize) -> ReleaseRef<'_> {
        let before = position.checked_sub(1).and_then(|before| self.releases.get(before));
        let start = before.map_or(0, |release| release.end as usize);
        let row = self.releases.get(position);
        ReleaseRef {
            page: self,
            version: row.map_or("", |row| row.version.of(&self.text)),
            start,
            files: row.and_then(|row| self.files.get(start..row.end as usize)).unwrap_or_default(),
        }
    }
}

impl<'a> ReleaseRef<'a> {
    /// The version in its normal form (PEP 440).
    pub fn version(&self) -> &'a str {
        self.version
    }

    /// The version, if it is one: pages of our own making have no other.
    pub fn parsed_version(&self) -> Option<Version> {
        self.version.parse().ok()
    }

    /// Its files, in the order of the page.
    pub fn files(&self) -> impl ExactSizeIterator<Item = FileRef<'a>> + DoubleEndedIterator + use<'a> {
        let (page, start) = (self.page, self.start);
        self.files.iter().enumerate().map(move |(at, row)| FileRef { page, position: start.saturating_add(at), row })
    }
}

impl<'a> FileRef<'a> {
    /// The file's name as the index writes it.
    pub fn filename(&self) -> &'a str {
        self.row.filename.of(&self.page.text)
    }

    /// Absolute URL, without a hash fragment.
    pub fn url(&self) -> String {
        [self.row.base.of(&self.page.text), self.row.path.of(&self.page.text)].concat()
    }

    /// Wheel or sdist.
    pub fn kind(&self) -> FileKind {
        if self.has(flag::SDIST) { FileKind::Sdist } else { FileKind::Wheel }
    }

    /// The hashes the index gives, strongest last; may be none.
    pub fn digests(&self) -> impl Iterator<Item = Digest> + use<'a> {
        let mut rest = self.hashes();
        (0..self.row.digest_count).map_while(move |_| {
            let (digest, after) = Digest::take_from(rest)?;
            rest = after;
            Some(digest)
        })
    }

    /// `Requires-Python` as written; may be invalid.
    pub fn requires_python(&self) -> Option<&'a str> {
        self.has(flag::REQUIRES_PYTHON).then(|| self.row.requires_python.of(&self.page.text))
    }

    /// Bytes.
    pub fn size(&self) -> Option<u64> {
        self.has(flag::SIZE).then_some(self.row.size)
    }

    /// Microseconds since the Unix epoch (PEP 700).
    pub fn upload_time(&self) -> Option<i64> {
        self.has(flag::UPLOAD_TIME).then_some(self.row.upload_time)
    }

    /// Whether it was yanked (PEP 592).
    pub fn is_yanked(&self) -> bool {
        self.has(flag::YANKED)
    }

    /// The publisher's reason for yanking it, if there is one.
    pub fn yank_reason(&self) -> Option<&'a str> {
        self.has(flag::YANK_REASON).then(|| self.row.yank_reason.of(&self.page.text))
    }

    /// PEP 658/714: whether the index serves the metadata beside the file.
    pub fn core_metadata(&self) -> MetadataHint {
        match self.row.flags & flag::METADATA {
            flag::METADATA_UNAVAILABLE => MetadataHint::Unavailable,
            flag::METADATA_AVAILABLE => MetadataHint::Available(None),
            flag::METADATA_HASHED => {
                let mut rest = self.hashes();
                for _ in 0..self.row.digest_count {
                    rest = Digest::skip(rest).unwrap_or_default();
                }
                MetadataHint::Available(Digest::take_from(rest).map(|(digest, _)| digest))
            }
            _ => MetadataHint::Unsaid,
        }
    }

    /// PEP 740: where the index tells who published it, as a URL; `None` where the index says that of no one.
    pub fn provenance(&self) -> Option<String> {
        let rows = &self.page.provenances;
        let row =
            rows.binary_search_by_key(&self.position, |row| row.file as usize).ok().and_then(|at| rows.get(at))?;
        let (before, after) = (row.before.of(&self.page.text), row.after.of(&self.page.text));
        Some(if after.is_empty() { before.to_string() } else { [before, self.filename(), after].concat() })
    }

    /// The file as a value of its own.
    pub fn to_owned(&self) -> IndexFile {
        IndexFile {
            filename: self.filename().to_string(),
            url: self.url(),
            kind: self.kind(),
            digests: self.digests().collect(),
            requires_python: self.requires_python().map(str::to_string),
            size: self.size(),
            upload_time: self.upload_time(),
            yanked: if self.is_yanked() { Yanked::Yes(self.yank_reason().map(str::to_string)) } else { Yanked::No },
            core_metadata: self.core_metadata(),
            provenance: self.provenance(),
        }
    }

    fn has(&self, flag: u8) -> bool {
        self.row.flags & flag != 0
    }

    fn hashes(&self) -> &'a [u8] {
        self.page.digests.get(self.row.digests as usize..).unwrap_or_default()
    }
}

/// Pages are equal when they say the same, however their texts are laid out.
impl PartialEq for IndexPage {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.status == other.status
            && self.status_reason() == other.status_reason()
            && self.releases().eq(other.releases())
            && self.skipped().eq(other.skipped())
    }
}

impl Eq for IndexPage {}

impl PartialEq for ReleaseRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && self.files().eq(other.files())
    }
}

impl Eq for ReleaseRef<'_> {}

impl PartialEq for FileRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.to_owned() == other.to_owned()
    }
}

impl Eq for FileRef<'_> {}

impl fmt::Debug for IndexPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexPage")
            .field("name", &self.name)
            .field("status", &self.status)
            .field("status_reason", &self.status_reason())
            .field("releases", &self.releases().collect::<Vec<_>>())
            .field("skipped", &self.skipped().collect::<Vec<_>>())
            .finish()
    }
}

impl fmt::Debug for ReleaseRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: Vec<_> = self.files().collect();
        f.debug_struct("ReleaseRef").field("version", &self.version).field("files", &files).finish()
    }
}

impl fmt::Debug for FileRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_owned().fmt(f)
    }
}
