//! Reads tar archives in one bounded pass; nothing is ever unpacked.
//!
//! Long names (GNU and PAX) are read here with a bound: a name is a few bytes, whatever its header claims.

use std::io::{self, Read};

use tar::{EntryType, Header};

/// What is accepted of a tar archive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Members, folders included.
    pub(crate) entries: u64,
    /// Bytes of the whole archive, decompressed.
    pub(crate) total: u64,
}

/// Why a tar archive is not read further.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TarError {
    /// It has too many members.
    #[error("it has more than the {0} entries accepted here")]
    Entries(u64),
    /// It decompresses to too much.
    #[error("it decompresses to more than the {0} bytes accepted here")]
    Total(u64),
    /// It is broken.
    #[error("it is broken or cut short: {0}")]
    Broken(io::Error),
    /// Two readers may see it differently.
    #[error("its entry `{0}` {1}")]
    Ambiguous(String, &'static str),
}

/// A member of a tar archive.
pub(crate) enum Member<'a> {
    /// A file: its size and its data.
    File(u64, &'a mut dyn Read),
    /// A link to this target.
    Link {
        /// What it names.
        target: &'a str,
        /// Whether the target is a member, named from the top of the archive, rather than a path from the link's folder.
        hard: bool,
    },
    /// A folder.
    Folder,
    /// A device, a sparse file or whatever else this type stands for.
    Other(u8),
}

/// The most bytes of a long name or of PAX records.
const NAME: u64 = 1 << 20;

/// Whether these first bytes are a tar header: its magic, or for the oldest archives its checksum.
pub(crate) fn begins(first: &[u8]) -> bool {
    let Some(header) = first.first_chunk::<512>() else { return false };
    let header = Header::from_byte_slice(header);
    let sum = header
        .as_bytes()
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
        .sum::<u32>();
    header.cksum().is_ok_and(|claimed| claimed == sum) && sum > 256
}

/// Calls `visit` with the name, size and data of every file in the archive, until it answers `false`.
pub(crate) fn each_file(
    reader: &mut dyn Read,
    limits: Limits,
    visit: &mut dyn FnMut(&str, u64, &mut dyn Read) -> io::Result<bool>,
) -> Result<(), TarError> {
    each_member(reader, limits, &mut |name, member| match member {
        Member::File(size, data) => visit(name, size, data),
        Member::Link { .. } | Member::Folder | Member::Other(_) => Ok(true),
    })
}

/// Calls `visit` with the name of every member of the archive and what it is, until it answers `false`.
pub(crate) fn each_member(
    reader: &mut dyn Read,
    limits: Limits,
    visit: &mut dyn FnMut(&str, Member<'_>) -> io::Result<bool>,
) -> Result<(), TarError> {
    let mut metered = Metered { reader, left: limits.total, exceeded: false };
    let result = walk(&mut metered, limits.entries, visit);
    if metered.exceeded { Err(TarError::Total(limits.total)) } else { result }
}

fn walk(
    reader: &mut dyn Read,
    most: u64,
    visit: &mut dyn FnMut(&str, Member<'_>) -> io::Result<bool>,
) -> Result<(), TarError> {
    let mut archive = tar::Archive::new(reader);
    let entries = archive.entries().map_err(TarError::Broken)?.raw(true);
    let mut long = Long::default();
    for (count, entry) in (0_u64..).zip(entries) {
        if count >= most {
            return Err(TarError::Entries(most));
        }
        let mut entry = entry.map_err(TarError::Broken)?;
        let size = entry.header().entry_size().map_err(TarError::Broken)?;
        let kind = entry.header().entry_type();
        match kind {
            EntryType::GNULongName => long.name = Some(name_in(&mut entry, size)?),
            EntryType::GNULongLink => long.target = Some(name_in(&mut entry, size)?),
            EntryType::XHeader => long.pax = Pax::parse(&bytes_of(&mut entry, size)?),
            EntryType::XGlobalHeader if Pax::parse(&bytes_of(&mut entry, size)?).says_something() => {
                let why = "names or sizes all that follow, which only some readers heed";
                return Err(TarError::Ambiguous("pax_global_header".into(), why));
            }
            EntryType::XGlobalHeader => {}
            _ => {
                let Long { name, target, pax } = std::mem::take(&mut long);
                let header = entry.header();
                let name = pax.path.clone().or(name).unwrap_or_else(|| lossy(&header.path_bytes()));
                pax.check(&name, size)?;
                let target = pax.target.or(target).unwrap_or_else(|| target_of(header));
                let member = match kind {
                    EntryType::Regular | EntryType::Continuous => Member::File(size, &mut entry),
                    EntryType::Link | EntryType::Symlink => {
                        Member::Link { target: &target, hard: kind == EntryType::Link }
                    }
                    EntryType::Directory => Member::Folder,
                    other => Member::Other(other.as_byte()),
                };
                if !visit(&name, member).map_err(TarError::Broken)? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// What records before a member say about it.
#[derive(Default)]
struct Long {
    name: Option<String>,
    target: Option<String>,
    pax: Pax,
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn target_of(header: &Header) -> String {
    header.link_name_bytes().map(|bytes| lossy(&bytes)).unwrap_or_default()
}

fn name_in(entry: &mut dyn Read, size: u64) -> Result<String, TarError> {
    bytes_of(entry, size).map(|bytes| lossy(&bytes).trim_end_matches('\0').to_string())
}

fn bytes_of(entry: &mut dyn Read, size: u64) -> Result<Vec<u8>, TarError> {
    if size > NAME {
        return Err(TarError::Broken(io::Error::other("a name in it is longer than a megabyte")));
    }
    let mut bytes = Vec::new();
    entry.take(NAME).read_to_end(&mut bytes).map_err(TarError::Broken)?;
    Ok(bytes)
}

/// The records of a PAX header that matter: `length key=value\n`, the length counting all of the record.
#[derive(Default)]
struct Pax {
    path: Option<String>,
    target: Option<String>,
    size: Option<u64>,
    sparse: bool,
}

impl Pax {
    fn parse(mut bytes: &[u8]) -> Self {
        let mut pax = Self::default();
        while let Some((record, rest)) = first_record(bytes) {
            bytes = rest;
            let Some(at) = record.iter().position(|byte| *byte == b'=') else { continue };
            let (key, value) = record.split_at(at);
            let value = value.get(1..).unwrap_or_default();
            match key {
                b"path" => pax.path = Some(lossy(value)),
                b"linkpath" => pax.target = Some(lossy(value)),
                b"size" => pax.size = lossy(value).parse().ok(),
                _ => pax.sparse |= key.starts_with(b"GNU.sparse."),
            }
        }
        pax
    }

    fn says_something(&self) -> bool {
        self.path.is_some() || self.target.is_some() || self.size.is_some() || self.sparse
    }

    fn check(&self, name: &str, size: u64) -> Result<(), TarError> {
        let why = match self.size {
            Some(other) if other != size => "states two sizes",
            _ if self.sparse => "is a sparse file, which only some readers fill up",
            _ => return Ok(()),
        };
        Err(TarError::Ambiguous(name.chars().take(200).collect(), why))
    }
}

/// The first record, without its length and its newline, and what follows it.
fn first_record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = bytes.iter().take(20).position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(bytes.get(..blank)?).ok()?.parse().ok()?;
    let record = bytes.get(blank + 1..length)?.strip_suffix(b"\n")?;
    Some((record, bytes.get(length..)?))
}

/// Stops a decompressor that gives more than was bargained for.
struct Metered<'a> {
    reader: &'a mut dyn Read,
    left: u64,
    exceeded: bool,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        match self.left.checked_sub(count as u64) {
            Some(left) => self.left = left,
            None => {
                self.exceeded = true;
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        Ok(count)
    }
}
