//! The files in a wheel, an sdist or a folder, handed on one by one in memory, with what is wrong with the container itself.
//!
//! Nothing is written anywhere, so a path that leads out does no harm here; it is reported, because it would elsewhere. What an
//! archive is, is told by its bytes. Everything is bounded, and what a bound leaves out is reported as well: a file that was not
//! looked at is not a clean one. What the files mean is for `indicators`.

mod account;
mod folder;
mod name;
mod tarred;
mod zipped;

use std::{
    fmt,
    io::{self, BufReader, Cursor, Read, Seek},
    path::Path,
    rc::Rc,
};

use flate2::read::MultiGzDecoder;

use self::account::{Account, Budget, Meter};
pub(crate) use self::folder::is_left_out;

/// How much is read.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Members, folders and links included, those of nested archives too.
    pub entries: u64,
    /// Bytes of a member that is handed on whole.
    pub member: u64,
    /// Bytes that are handed on of a larger one.
    pub head: u64,
    /// Bytes of everything, decompressed.
    pub total: u64,
    /// How many times larger than itself an archive may become.
    pub ratio: u64,
    /// Bytes that even the smallest archive may become.
    pub floor: u64,
    /// How deep archives may lie in archives.
    pub nesting: u32,
    /// How deep folders may lie in folders.
    pub depth: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            entries: 200_000,
            member: 16 << 20,
            head: 64 << 10,
            total: 4 << 30,
            ratio: 200,
            floor: 64 << 20,
            nesting: 3,
            depth: 64,
        }
    }
}

/// A file, as it is handed on.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// Its path with `/` between folders, fit to be shown; in an archive within an archive `inner.whl!/path`.
    pub path: &'a str,
    /// Its content; of a file larger than [`Bounds::member`] the beginning.
    pub bytes: &'a [u8],
    /// Bytes of all of it.
    pub size: u64,
}

impl Member<'_> {
    /// Whether [`bytes`](Self::bytes) are all of it.
    pub fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.size
    }
}

/// Something wrong with an archive or folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flaw {
    /// What is wrong.
    pub fault: Fault,
    /// The member it is about, fit to be shown; empty when it is about all of it.
    pub path: String,
    /// What is wrong with it, as a clause whose subject is the member, or the archive.
    pub detail: String,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// It is no archive of a known kind, or broken, so that some or all of it was not looked at.
    Unreadable,
    /// A path leads out of the archive, or hides what it is.
    Path,
    /// A link leads out of the archive or folder, or a member lies behind a link.
    Link,
    /// A device, a pipe, or another thing that no package needs.
    Special,
    /// Two members have one path.
    Twice,
    /// Two readers may see different things in it.
    Lying,
    /// A member is encrypted.
    Encrypted,
    /// The data of a member cannot be decompressed, or is not what was promised.
    Damaged,
    /// It decompresses to far more than is decent.
    Bomb,
    /// A bound was reached, so that some of it was not looked at.
    Unread,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.detail),
            path => write!(f, "{path}: {}", self.detail),
        }
    }
}

/// Reads an archive, hands each file in it to `visit` and returns what is wrong with it.
///
/// `name` is used for nothing but to see whether it fits what the archive is.
///
/// # Errors
/// When `source` itself cannot be read. Whatever is in it, is no error.
pub fn archive(
    source: impl Read + Seek,
    name: &str,
    bounds: Bounds,
    visit: &mut dyn FnMut(Member<'_>),
) -> io::Result<Vec<Flaw>> {
    let mut source = source;
    let size = source.seek(io::SeekFrom::End(0))?;
    source.rewind()?;
    let mut account = Account::new(bounds, Rc::new(Budget::of(&bounds, size)), visit);
    read(&mut account, source, name)?;
    Ok(account.finish())
}

/// Reads a folder, hands each file in it to `visit` and returns what is wrong with it. Archives in it are looked into.
///
/// Folders of version control and caches of Python are left out; links to folders are not followed, and links to files only where
/// they stay below `path`.
///
/// # Errors
/// When the folder itself cannot be read.
pub fn folder(path: &Path, bounds: Bounds, visit: &mut dyn FnMut(Member<'_>)) -> io::Result<Vec<Flaw>> {
    let mut account = Account::new(bounds, Rc::new(Budget::of(&bounds, u64::MAX)), visit);
    folder::read(&mut account, path)?;
    Ok(account.finish())
}

/// What bytes begin, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Zip,
    Gzip,
    Zstd,
    Tar,
    /// Compressed in a way that is not read.
    Foreign(&'static str),
}

impl Container {
    fn of(first: &[u8]) -> Option<Self> {
        let magic: [(&[u8], Self); 7] = [
            (b"PK\x03\x04", Self::Zip),
            (b"PK\x05\x06", Self::Zip),
            (&[0x1f, 0x8b, 0x08], Self::Gzip),
            (&[0x28, 0xb5, 0x2f, 0xfd], Self::Zstd),
            (b"BZh", Self::Foreign("bzip2")),
            (b"\xfd7zXZ\0", Self::Foreign("xz")),
            (b"7z\xbc\xaf\x27\x1c", Self::Foreign("7-zip")),
        ];
        let found = magic.iter().find(|(magic, _)| first.starts_with(magic)).map(|(_, container)| *container);
        found.or_else(|| crate::tarball::begins(first).then_some(Self::Tar))
    }
}

/// Reads one archive, told by its first bytes.
fn read(account: &mut Account<'_>, mut source: impl Read + Seek, name: &str) -> io::Result<()> {
    let mut first = Vec::new();
    (&mut source).take(512).read_to_end(&mut first)?;
    source.rewind()?;
    let container = Container::of(&first);
    if container != Some(Container::Zip) && crate::zipped::is_zip(&mut source)? {
        // What ends like a zip archive is one for pip, whatever it begins with.
        account.flaw(Fault::Lying, "", "ends as a zip archive and begins as something else");
        zipped::read(account, &mut source);
        source.rewind()?;
    } else if let Some(why) = misnamed(name, container) {
        account.flaw(Fault::Lying, "", why);
    }
    let mut buffered = BufReader::new(source);
    match container {
        Some(Container::Zip) => zipped::read(account, buffered.into_inner()),
        Some(Container::Gzip) => unpacked(account, &mut MultiGzDecoder::new(buffered)),
        Some(Container::Zstd) => unpacked(account, &mut zstd::stream::read::Decoder::with_buffer(buffered)?),
        Some(Container::Tar) => tarred::read(account, &mut Meter::new(account.budget(), &mut buffered)),
        Some(Container::Foreign(kind)) => {
            account.flaw(Fault::Unreadable, "", &format!("is compressed with {kind}, which is not read here"));
        }
        None => account.flaw(Fault::Unreadable, "", "is no archive that is read here (zip, tar, tar.gz, tar.zst)"),
    }
    Ok(())
}

fn misnamed(name: &str, container: Option<Container>) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let zip = [".whl", ".zip", ".egg"].iter().any(|ending| name.ends_with(ending));
    let tar = [".tar.gz", ".tgz", ".tar"].iter().any(|ending| name.ends_with(ending));
    match container {
        Some(Container::Zip) if tar => Some("is named as a tar archive and is a zip archive"),
        Some(Container::Gzip | Container::Zstd | Container::Tar) if zip => {
            Some("is named as a zip archive and is none")
        }
        _ => None,
    }
}

/// A decompressed stream: a tar archive, or some other file that is looked at as it is.
fn unpacked(account: &mut Account<'_>, reader: &mut dyn Read) {
    let mut reader = Meter::new(account.budget(), reader);
    let mut first = Vec::new();
    let begun = (&mut reader).take(512).read_to_end(&mut first);
    if crate::tarball::begins(&first) {
        tarred::read(account, &mut first.as_slice().chain(&mut reader));
    } else if let Err(cause) = begun {
        account.stopped(&format!("is broken or cut short: {cause}"));
    } else if account.is_nested() {
        // A compressed file in an archive is data of some kind, most often for tests.
    } else {
        account.flaw(Fault::Unreadable, "", "is compressed, and no tar archive");
    }
}

/// Looks into a member that is an archive itself.
fn nested(account: &mut Account<'_>, path: &str, bytes: &[u8]) {
    let Some(container) = Container::of(bytes.get(..512).unwrap_or(bytes)) else { return };
    if let Container::Foreign(_) = container {
        return;
    }
    if !account.enter(path) {
        account.flaw(Fault::Unread, path, "lies too deep in archives to be looked into");
        return;
    }
    // A name within an archive promises nothing: members are told by their bytes.
    let _in_memory = read(account, Cursor::new(bytes), "");
    account.leave();
}
