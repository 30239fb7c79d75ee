//! Puts a page together, file by file: texts go into one arena, equal ones once.
//!
//! Which files belong to which release is decided by the caller.

use std::collections::HashMap;

use super::{
    FileKind, IndexFile, IndexPage, MetadataHint, ProjectStatus, Yanked,
    page::{FileRow, ProvenanceRow, ReleaseRow, SkippedRow, Span, flag},
};
use crate::PackageName;

/// The most text of one page, in bytes: no real page comes near it, and positions stay 32-bit numbers.
const MAX_TEXT: usize = 1 << 30;

/// A page under construction.
#[derive(Debug)]
pub struct PageBuilder {
    name: PackageName,
    status: ProjectStatus,
    status_reason: Option<Span>,
    text: String,
    /// Texts that come again and again: starts of URLs, Python versions, reasons.
    known: HashMap<Box<str>, Span>,
    digests: Vec<u8>,
    releases: Vec<ReleaseRow>,
    files: Vec<FileRow>,
    provenances: Vec<ProvenanceRow>,
    skipped: Vec<SkippedRow>,
}

/// Why a file was not taken.
enum Refused {
    /// There is no place left for its texts.
    Full,
    /// One of its hashes is none.
    Digest,
}

impl PageBuilder {
    /// An empty page of an active project.
    pub fn new(name: PackageName) -> Self {
        Self {
            name,
            status: ProjectStatus::Active,
            status_reason: None,
            text: String::new(),
            known: HashMap::new(),
            digests: Vec::new(),
            releases: Vec::new(),
            files: Vec::new(),
            provenances: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// States the project's status (PEP 792) and the reason the index gives for it.
    pub fn status(&mut self, status: ProjectStatus, reason: Option<&str>) {
        self.status = status;
        self.status_reason = reason.and_then(|reason| self.add(reason).ok());
    }

    /// Adds a file of the release `version` (in normal form). Files of one release come one after the other, the newest
    /// release first. A file that cannot be kept is [skipped](IndexPage::skipped) with the reason.
    pub fn file(&mut self, version: &str, file: &IndexFile) {
        if let Err(refused) = self.try_file(version, file) {
            self.skip(
                &file.filename,
                match refused {
                    Refused::Full => "its page has more text than Thoth keeps",
                    Refused::Digest => "its hash is unreadable",
                },
            );
        }
    }

    fn try_file(&mut self, version: &str, file: &IndexFile) -> Result<(), Refused> {
        let start = self.digests.len();
        let hint = match &file.core_metadata {
            MetadataHint::Available(Some(digest)) => Some(digest),
            _ => None,
        };
        // More hashes than there are algorithms say nothing new; the strongest are last.
        let hashes = file.digests.get(file.digests.len().saturating_sub(255)..).unwrap_or_default();
        for digest in hashes.iter().chain(hint) {
            if digest.put_into(&mut self.digests).is_none() {
                self.digests.truncate(start);
                return Err(Refused::Digest);
            }
        }
        let (base, path) = split(&file.url);
        let (base, path) = (self.intern(base)?, self.add(path)?);
        let filename = match file.url.ends_with(&file.filename) && path.length as usize >= file.filename.len() {
            // The usual name is the end of the URL.
            true => {
                let length = number(file.filename.len())?;
                Span { start: path.start.saturating_add(path.length.saturating_sub(length)), length }
            }
            false => self.add(&file.filename)?,
        };
        let mut flags = match file.core_metadata {
            MetadataHint::Unsaid => 0,
            MetadataHint::Unavailable => flag::METADATA_UNAVAILABLE,
            MetadataHint::Available(None) => flag::METADATA_AVAILABLE,
            MetadataHint::Available(Some(_)) => flag::METADATA_HASHED,
        };
        let mut set = |condition: bool, flag: u8| flags |= if condition { flag } else { 0 };
        set(file.kind == FileKind::Sdist, flag::SDIST);
        set(file.size.is_some(), flag::SIZE);
        set(file.upload_time.is_some(), flag::UPLOAD_TIME);
        set(file.requires_python.is_some(), flag::REQUIRES_PYTHON);
        set(file.yanked != Yanked::No, flag::YANKED);
        set(matches!(file.yanked, Yanked::Yes(Some(_))), flag::YANK_REASON);
        let row = FileRow {
            filename,
            base,
            path,
            requires_python: self.intern(file.requires_python.as_deref().unwrap_or_default())?,
            yank_reason: match &file.yanked {
                Yanked::Yes(Some(reason)) => self.intern(reason)?,
                _ => Span::default(),
            },
            size: file.size.unwrap_or_default(),
            upload_time: file.upload_time.unwrap_or_default(),
            digests: number(start)?,
            digest_count: u8::try_from(hashes.len()).unwrap_or(u8::MAX),
            flags,
        };
        let position = number(self.files.len())?;
        let end = position.checked_add(1).ok_or(Refused::Full)?;
        let provenance = match &file.provenance {
            Some(url) => Some(self.provenance(position, url, &file.filename)?),
            None => None,
        };
        match self.releases.last_mut() {
            Some(release) if release.version.try_of(&self.text) == Some(version) => release.end = end,
            _ => {
                let version = self.add(version)?;
                self.releases.push(ReleaseRow { version, end });
            }
        }
        self.files.push(row);
        self.provenances.extend(provenance);
        Ok(())
    }

    fn provenance(&mut self, file: u32, url: &str, filename: &str) -> Result<ProvenanceRow, Refused> {
        let parts = url.split_once(filename).filter(|(_, after)| !filename.is_empty() && !after.is_empty());
        let (before, after) = parts.unwrap_or((url, ""));
        Ok(ProvenanceRow { file, before: self.intern(before)?, after: self.intern(after)? })
    }

    /// Reports a file that cannot be used, with the reason as a clause.
    pub fn skip(&mut self, filename: &str, reason: &str) {
        if let (Ok(filename), Ok(reason)) = (self.add(filename), self.intern(reason)) {
            self.skipped.push(SkippedRow { filename, reason });
        }
    }

    /// How many files were skipped so far.
    pub(super) fn skipped(&self) -> usize {
        self.skipped.len()
    }

    /// The page.
    pub fn finish(self) -> IndexPage {
        IndexPage {
            name: self.name,
            status: self.status,
            status_reason: self.status_reason,
            text: self.text.into_boxed_str(),
            digests: self.digests.into_boxed_slice(),
            releases: self.releases.into_boxed_slice(),
            files: self.files.into_boxed_slice(),
            provenances: self.provenances.into_boxed_slice(),
            skipped: self.skipped.into_boxed_slice(),
        }
    }

    fn add(&mut self, text: &str) -> Result<Span, Refused> {
        if self.text.len().saturating_add(text.len()) > MAX_TEXT {
            return Err(Refused::Full);
        }
        let span = Span { start: number(self.text.len())?, length: number(text.len())? };
        self.text.push_str(text);
        Ok(span)
    }

    fn intern(&mut self, text: &str) -> Result<Span, Refused> {
        if text.is_empty() {
            return Ok(Span::default());
        }
        if let Some(span) = self.known.get(text) {
            return Ok(*span);
        }
        let span = self.add(text)?;
        self.known.insert(text.into(), span);
        Ok(span)
    }
}

fn number(value: usize) -> Result<u32, Refused> {
    u32::try_from(value).map_err(|_| Refused::Full)
}

/// Splits a URL after the first segment of its path: what comes before is the same for most files of a host.
fn split(url: &str) -> (&str, &str) {
    let end =
        url.bytes().enumerate().filter(|(_, byte)| *byte == b'/').nth(3).map_or(0, |(at, _)| at.saturating_add(1));
    url.split_at_checked(end).unwrap_or(("", url))
}
