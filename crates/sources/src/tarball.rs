//! Reads tar archives in one bounded pass; nothing is ever unpacked.
//!
//! Long names (GNU and PAX) are read here with a bound: a name is a few bytes, whatever its header claims.

use std::io::{self, Read};

use tar::EntryType;

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
    /// It claims a size in a way that two readers may see differently.
    #[error("its entry `{0}` states two sizes")]
    TwoSizes(String),
}

/// The most bytes of a long name or of PAX records.
const NAME: u64 = 1 << 20;

/// Calls `visit` with the name, size and data of every file in the archive, until it answers `false`.
pub(crate) fn each_file(
    reader: &mut dyn Read,
    limits: Limits,
    visit: &mut dyn FnMut(&str, u64, &mut dyn Read) -> io::Result<bool>,
) -> Result<(), TarError> {
    let mut metered = Metered { reader, left: limits.total, exceeded: false };
    let result = walk(&mut metered, limits.entries, visit);
    if metered.exceeded { Err(TarError::Total(limits.total)) } else { result }
}

fn walk(
    reader: &mut dyn Read,
    most: u64,
    visit: &mut dyn FnMut(&str, u64, &mut dyn Read) -> io::Result<bool>,
) -> Result<(), TarError> {
    let mut archive = tar::Archive::new(reader);
    let entries = archive.entries().map_err(TarError::Broken)?.raw(true);
    let mut long_name: Option<String> = None;
    let mut pax = Pax::default();
    for (count, entry) in (0_u64..).zip(entries) {
        if count >= most {
            return Err(TarError::Entries(most));
        }
        let mut entry = entry.map_err(TarError::Broken)?;
        let size = entry.header().entry_size().map_err(TarError::Broken)?;
        match entry.header().entry_type() {
            EntryType::GNULongName => long_name = Some(text(&mut entry, size)?.trim_end_matches('\0').to_string()),
            EntryType::XHeader => pax = Pax::parse(&text(&mut entry, size)?),
            EntryType::Regular | EntryType::Continuous => {
                let pax = std::mem::take(&mut pax);
                let own = String::from_utf8_lossy(&entry.header().path_bytes()).into_owned();
                let name = pax.path.or_else(|| long_name.take()).unwrap_or(own);
                if pax.size.is_some_and(|other| other != size) {
                    return Err(TarError::TwoSizes(name.chars().take(200).collect()));
                }
                if !visit(&name, size, &mut entry).map_err(TarError::Broken)? {
                    return Ok(());
                }
                long_name = None;
            }
            EntryType::XGlobalHeader | EntryType::GNULongLink => {}
            _ => {
                long_name = None;
                pax = Pax::default();
            }
        }
    }
    Ok(())
}

fn text(entry: &mut dyn Read, size: u64) -> Result<String, TarError> {
    if size > NAME {
        return Err(TarError::Broken(io::Error::other("a name in it is longer than a megabyte")));
    }
    let mut bytes = Vec::new();
    entry.take(NAME).read_to_end(&mut bytes).map_err(TarError::Broken)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The records of a PAX header that matter: `length key=value\n`.
#[derive(Default)]
struct Pax {
    path: Option<String>,
    size: Option<u64>,
}

impl Pax {
    fn parse(text: &str) -> Self {
        let mut pax = Self::default();
        for line in text.lines() {
            let record = line.split_once(' ').and_then(|(_, record)| record.split_once('='));
            match record {
                Some(("path", value)) => pax.path = Some(value.to_string()),
                Some(("size", value)) => pax.size = value.parse().ok(),
                _ => {}
            }
        }
        pax
    }
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
