//! Goes through a folder, an archive or a single record, entry by entry.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Seek},
    path::{Path, PathBuf},
};

use flate2::read::MultiGzDecoder;

use super::{ArchiveError, BrokenEntry, Limits, Walked};
use crate::{
    tarball::{self, TarError},
    zipped::{Entries, LocalZip, ZipError},
};

/// The deepest a folder may be nested.
const DEPTH: usize = 64;

/// The most broken entries that are named; further ones are counted in the last.
const BROKEN: usize = 1000;

/// What is under way: the bounds, the receiver and the account.
struct Walk<'a> {
    name: &'a str,
    limits: Limits,
    visit: &'a mut dyn FnMut(&str, &[u8]),
    /// The folder that links may not lead out of, without links itself.
    root: Option<PathBuf>,
    entries: u64,
    left: u64,
    walked: Walked,
}

/// Walks the folder at `path`.
pub(super) fn folder(
    path: &Path,
    name: &str,
    limits: Limits,
    visit: &mut dyn FnMut(&str, &[u8]),
) -> Result<Walked, ArchiveError> {
    let mut walk = Walk::new(name, limits, limits.total, visit);
    walk.root = path.canonicalize().ok();
    walk.folder(path, "", 0)?;
    Ok(walk.walked)
}

/// Walks one file: an archive, told by its first bytes, or a record.
pub(super) fn file(
    mut file: File,
    name: &str,
    limits: Limits,
    visit: &mut dyn FnMut(&str, &[u8]),
) -> Result<Walked, ArchiveError> {
    let read = |cause| ArchiveError::Read { name: name.to_string(), cause };
    let mut first = Vec::new();
    (&mut file).take(512).read_to_end(&mut first).map_err(read)?;
    file.rewind().map_err(read)?;
    let size = file.metadata().map_err(read)?.len();
    let total = limits.total.min(size.saturating_mul(limits.ratio).max(64 << 20));
    let mut walk = Walk::new(name, limits, total, visit);
    if first.starts_with(b"PK") {
        walk.zip(file)?;
    } else if first.starts_with(&[0x1f, 0x8b]) {
        walk.stream(&mut MultiGzDecoder::new(BufReader::new(file)), ".gz")?;
    } else if first.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let decoder = zstd::stream::read::Decoder::new(file).map_err(read)?;
        walk.stream(&mut { decoder }, ".zst")?;
    } else {
        walk.stream(&mut BufReader::new(file), "")?;
    }
    Ok(walk.walked)
}

impl<'a> Walk<'a> {
    fn new(name: &'a str, limits: Limits, total: u64, visit: &'a mut dyn FnMut(&str, &[u8])) -> Self {
        Self { name, limits, visit, root: None, entries: 0, left: total, walked: Walked::default() }
    }

    fn folder(&mut self, path: &Path, prefix: &str, depth: usize) -> Result<(), ArchiveError> {
        let read = |cause| ArchiveError::Read { name: path.display().to_string(), cause };
        let mut entries = Vec::new();
        for entry in fs::read_dir(path).map_err(read)? {
            self.count()?;
            entries.push(entry.map_err(read)?);
        }
        entries.sort_unstable_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let file_name = entry.file_name();
            let file_name = file_name.to_string_lossy();
            let name = if prefix.is_empty() { file_name.to_string() } else { format!("{prefix}/{file_name}") };
            match entry.file_type().map_err(read)? {
                kind if kind.is_dir() && file_name.starts_with('.') => self.walked.skipped += 1,
                kind if kind.is_dir() && depth < DEPTH => self.folder(&entry.path(), &name, depth + 1)?,
                kind if kind.is_dir() => self.broken(&name, "it is nested too deep".into()),
                _ if !is_record(&name) => self.walked.skipped += 1,
                _ if entry.path().is_dir() => self.walked.skipped += 1,
                kind if kind.is_symlink() && self.leads_out(&entry.path()) => {
                    self.broken(&name, "it is a link that leads out of the folder".into());
                }
                _ => match File::open(entry.path()) {
                    Ok(mut file) => self.record(&name, &mut file)?,
                    Err(cause) => self.broken(&name, cause.to_string()),
                },
            }
        }
        Ok(())
    }

    fn leads_out(&self, link: &Path) -> bool {
        let (Some(root), Ok(target)) = (&self.root, link.canonicalize()) else { return true };
        !target.starts_with(root)
    }

    fn zip(&mut self, file: File) -> Result<(), ArchiveError> {
        let mut zip = LocalZip::open(file, 512 << 20).map_err(|error| self.unreadable(&error))?;
        let (directory, span) = zip.take_directory();
        for entry in Entries::new(&directory, span) {
            self.count()?;
            let entry = entry.map_err(|error| self.unreadable(&error))?;
            if entry.is_folder() || !is_record(&entry.name) {
                self.walked.skipped += u64::from(!entry.is_folder());
                continue;
            }
            match zip.extract(&entry, self.limits.record) {
                Ok(bytes) => self.hand_on(&entry.name, &bytes)?,
                Err(error) => self.broken(&entry.name, error.to_string()),
            }
        }
        Ok(())
    }

    /// A tar archive or a single record, decompressed.
    fn stream(&mut self, reader: &mut dyn Read, compression: &str) -> Result<(), ArchiveError> {
        let mut first = Vec::new();
        reader.take(512).read_to_end(&mut first).map_err(|cause| self.cut_short(&cause))?;
        if tarball::begins(&first) {
            return self.tar(&mut first.as_slice().chain(reader));
        }
        let inner = self.name.strip_suffix(compression).unwrap_or(self.name).to_string();
        let looks_like_json =
            first.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| b"{[".contains(byte));
        if !is_record(&inner) && !looks_like_json {
            return Err(ArchiveError::Broken {
                name: self.name.to_string(),
                why: "it is neither an archive nor a record (by its first bytes and its name)".into(),
            });
        }
        self.count()?;
        let inner = inner.rsplit(['/', '\\']).next().unwrap_or_default().to_string();
        self.record(&inner, &mut first.as_slice().chain(reader))
    }

    fn tar(&mut self, reader: &mut dyn Read) -> Result<(), ArchiveError> {
        let limits = tarball::Limits { entries: self.limits.entries, total: self.left };
        // An error of the walk itself has to pass through the reader of the archive.
        let mut stopped = None;
        let result = tarball::each_file(reader, limits, &mut |name, size, data| {
            if !is_record(name) {
                self.walked.skipped += 1;
                return Ok(true);
            }
            if size > self.limits.record {
                self.broken(name, format!("it is larger than {} bytes", self.limits.record));
                return Ok(true);
            }
            let mut bytes = Vec::new();
            data.read_to_end(&mut bytes)?;
            if bytes.len() as u64 != size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            stopped = self.hand_on(name, &bytes).err();
            Ok(stopped.is_none())
        });
        if let Some(error) = stopped {
            return Err(error);
        }
        result.map_err(|error| match error {
            TarError::Entries(count) => self.too_large(format!("{count} entries")),
            TarError::Total(bytes) => self.too_large(format!("{bytes} bytes, decompressed")),
            other => ArchiveError::Broken { name: self.name.to_string(), why: other.to_string() },
        })
    }

    fn record(&mut self, name: &str, reader: &mut dyn Read) -> Result<(), ArchiveError> {
        let mut bytes = Vec::new();
        match reader.take(self.limits.record + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > self.limits.record => {
                self.broken(name, format!("it is larger than {} bytes", self.limits.record));
                Ok(())
            }
            Ok(_) => self.hand_on(name, &bytes),
            Err(cause) => {
                self.broken(name, cause.to_string());
                Ok(())
            }
        }
    }

    fn hand_on(&mut self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.left = self
            .left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| self.too_large("the bytes accepted of all records together".into()))?;
        self.walked.records += 1;
        (self.visit)(name, bytes);
        Ok(())
    }

    fn count(&mut self) -> Result<(), ArchiveError> {
        self.entries += 1;
        if self.entries > self.limits.entries {
            return Err(self.too_large(format!("{} entries", self.limits.entries)));
        }
        Ok(())
    }

    fn broken(&mut self, name: &str, reason: String) {
        if self.walked.broken.len() < BROKEN {
            self.walked.broken.push(BrokenEntry { name: name.chars().take(300).collect(), reason });
        } else if let Some(last) = self.walked.broken.last_mut() {
            last.reason = "it and further ones could not be read".into();
        }
    }

    fn too_large(&self, limit: String) -> ArchiveError {
        ArchiveError::TooLarge { name: self.name.to_string(), limit }
    }

    fn unreadable(&self, error: &ZipError) -> ArchiveError {
        ArchiveError::Broken { name: self.name.to_string(), why: error.to_string() }
    }

    fn cut_short(&self, cause: &io::Error) -> ArchiveError {
        ArchiveError::Broken { name: self.name.to_string(), why: format!("it is broken or cut short: {cause}") }
    }
}

fn is_record(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|kind| ["json", "yaml", "yml"].iter().any(|known| kind.eq_ignore_ascii_case(known)))
}
