//! What the texts in an sdist say, without unpacking or running anything.

use std::{
    collections::BTreeMap,
    io::{self, BufReader, Read, Seek},
};

use flate2::read::MultiGzDecoder;
use packaging::{
    PackageName,
    metadata::{SdistMetadata, from_sdist},
};

use super::{How, MetadataError, Obtained, TEXT, Target, wheel};
use crate::{
    tarball,
    zipped::{Entries, LocalZip},
};

/// What is read of an sdist at the most.
const LIMITS: tarball::Limits = tarball::Limits { entries: 100_000, total: 2 << 30 };

/// Whether archives of this kind are read.
pub(super) fn is_readable(filename: &str) -> bool {
    let name = filename.to_ascii_lowercase();
    [".tar.gz", ".tgz", ".zip"].iter().any(|kind| name.ends_with(kind))
}

/// What is known of an sdist that is not read.
pub(super) fn unreadable() -> Obtained {
    let why = "Its kind of archive is not read; .tar.gz and .zip are.";
    Obtained { metadata: None, how: How::Unknown(why.into()), archive: None }
}

/// Reads the texts of an sdist that is at hand, and decides by them.
pub(super) fn metadata(target: &Target<'_>, source: impl Read + Seek) -> Result<Obtained, MetadataError> {
    if !is_readable(&target.file.filename) {
        return Ok(unreadable());
    }
    let texts = if target.file.filename.to_ascii_lowercase().ends_with(".zip") {
        zipped(target, source)?
    } else {
        tarred(target, source)?
    };
    let roots = texts.own.values().filter(|own| own.pkg_info.is_some()).count();
    let unknown = |why: &str| Obtained { metadata: None, how: How::Unknown(why.into()), archive: None };
    if roots > 1 {
        return Ok(unknown("It has several PKG-INFO at its top level."));
    }
    let own = texts.own.values().find(|own| own.pkg_info.is_some()).or_else(|| texts.own.values().next());
    let pkg_info = own.and_then(|own| own.pkg_info.as_deref());
    let pyproject = own.and_then(|own| own.pyproject.as_deref());
    let requires = texts.requires.as_deref();
    let (metadata, how) = match from_sdist(pkg_info, requires, pyproject) {
        SdistMetadata::Static(metadata) => (metadata, How::SdistStatic),
        SdistMetadata::Recorded(metadata) => (metadata, How::SdistRecorded),
        SdistMetadata::Unknown(why) => return Ok(unknown(&why)),
    };
    target.check(&metadata, false)?;
    Ok(Obtained { metadata: Some(metadata), how, archive: None })
}

/// The texts that count: those of each top-level folder, and the requirements that setuptools recorded.
#[derive(Default)]
struct Texts {
    own: BTreeMap<String, Own>,
    requires: Option<Vec<u8>>,
}

#[derive(Default)]
struct Own {
    pkg_info: Option<Vec<u8>>,
    pyproject: Option<Vec<u8>>,
}

/// Which text a member is.
enum Kind {
    PkgInfo(String),
    Pyproject(String),
    Requires,
}

impl Kind {
    /// By its path: the first two only directly in the top-level folder, the last one in the `.egg-info` of this package.
    fn of(path: &str, package: &PackageName) -> Option<Self> {
        let path = path.trim_start_matches("./");
        let (folder, name) = path.rsplit_once('/')?;
        match name {
            "PKG-INFO" if !folder.contains('/') => Some(Self::PkgInfo(folder.to_string())),
            "pyproject.toml" if !folder.contains('/') => Some(Self::Pyproject(folder.to_string())),
            "requires.txt" => {
                let (above, info) = folder.rsplit_once('/')?;
                let name: PackageName = info.strip_suffix(".egg-info")?.parse().ok()?;
                (name == *package && above.split('/').count() <= 3).then_some(Self::Requires)
            }
            _ => None,
        }
    }
}

impl Texts {
    /// Keeps a text. Of two members with one path the later one counts, as for whoever unpacks them.
    fn keep(&mut self, kind: Kind, text: Vec<u8>) {
        match kind {
            Kind::PkgInfo(folder) => self.own.entry(folder).or_default().pkg_info = Some(text),
            Kind::Pyproject(folder) => self.own.entry(folder).or_default().pyproject = Some(text),
            Kind::Requires => self.requires = Some(text),
        }
    }
}

fn tarred(target: &Target<'_>, source: impl Read) -> Result<Texts, MetadataError> {
    let mut texts = Texts::default();
    let mut kept = 0_u32;
    let mut reader = MultiGzDecoder::new(BufReader::new(source));
    tarball::each_file(&mut reader, LIMITS, &mut |name, size, data| {
        let Some(kind) = Kind::of(name, target.package) else { return Ok(true) };
        kept += 1;
        if size > TEXT || kept > 100 {
            return Err(io::Error::other(format!("its text `{name}` is larger than {TEXT} bytes, or one of too many")));
        }
        let mut text = Vec::new();
        data.read_to_end(&mut text)?;
        texts.keep(kind, text);
        Ok(true)
    })
    .map_err(|error| target.broken(&error))?;
    Ok(texts)
}

fn zipped(target: &Target<'_>, source: impl Read + Seek) -> Result<Texts, MetadataError> {
    let mut texts = Texts::default();
    let mut zip = LocalZip::open(source, wheel::DIRECTORY).map_err(|error| target.broken(&error))?;
    let (directory, span) = zip.take_directory();
    let mut kept = 0_u32;
    for entry in Entries::new(&directory, span) {
        let entry = entry.map_err(|error| target.broken(&error))?;
        let Some(kind) = Kind::of(&entry.name, target.package) else { continue };
        kept += 1;
        if kept > 100 {
            return Err(target.broken(&"it has too many texts of one kind"));
        }
        texts.keep(kind, zip.extract(&entry, TEXT).map_err(|error| target.broken(&error))?);
    }
    Ok(texts)
}
