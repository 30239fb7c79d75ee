//! What is to be looked into, as the user names it.

use std::{
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
};

use packaging::{
    Digest, PackageName, Requirement, Url, Version, VersionSpecifiers, index,
    lock::{Format, LockedPackage, LockedSource},
    requirement::{self, redacted},
};
use sources::metadata;

use crate::{
    advise::{bounded, decode},
    error::AdviseError,
    files::shown,
};

/// Something that is named on the command line.
pub(crate) enum Target {
    /// One thing.
    One(Wanted),
    /// All releases of a lock.
    Lock(Locked),
}

/// The releases of a lock, and what was not understood of it.
pub(crate) struct Locked {
    pub(crate) releases: Vec<Release>,
    pub(crate) notes: Vec<String>,
}

/// One thing to look into.
pub(crate) enum Wanted {
    Release(Release),
    File { shown: String, path: PathBuf },
    Folder { shown: String, path: PathBuf },
}

/// A release, by what is said of it.
pub(crate) struct Release {
    pub(crate) package: PackageName,
    /// The versions that will do.
    pub(crate) versions: VersionSpecifiers,
    /// Its files must have one of these hashes; empty when none is said.
    pub(crate) digests: BTreeSet<Digest>,
    /// Its files as a lock or a URL names them; empty when only an index knows.
    pub(crate) files: Vec<Named>,
}

/// A file of a release, and what was promised of it.
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) url: Url,
    pub(crate) digests: Vec<Digest>,
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release(release) => write!(f, "{}{}", release.package, release.versions),
            Self::File { shown, .. } | Self::Folder { shown, .. } => f.write_str(shown),
        }
    }
}

impl Target {
    /// Tells what a text names: what is there in `folder` goes before the name of a package.
    pub(crate) fn read(text: &str, folder: &Path) -> Result<Self, AdviseError> {
        let path = folder.join(text);
        let as_written = text.to_string();
        if path.is_dir() {
            return Ok(Self::One(Wanted::Folder { shown: as_written, path }));
        }
        if path.is_file() {
            return match Format::of_path(text) {
                Some(format) if !is_archive(text) => Locked::read(&path, format, folder).map(Self::Lock),
                _ => Ok(Self::One(Wanted::File { shown: as_written, path })),
            };
        }
        match text.parse::<Requirement>() {
            Ok(one)
                if matches!(one.wanted, requirement::Wanted::Url(_))
                    || !text.contains(['/', '\\']) && !is_archive(text) =>
            {
                Release::of(one).map(Wanted::Release).map(Self::One)
            }
            _ => Err(AdviseError::Usage(format!(
                "`{text}` is neither there nor a release: name a file, a folder, or a release like `flask==3.0.0`"
            ))),
        }
    }
}

fn is_archive(text: &str) -> bool {
    [".whl", ".tar.gz", ".tgz", ".zip", ".egg", ".tar", ".tar.bz2"].iter().any(|ending| text.ends_with(ending))
}

impl Locked {
    fn read(path: &Path, format: Format, folder: &Path) -> Result<Self, AdviseError> {
        let file = shown(path, folder);
        let read = |source| AdviseError::Read { file: file.clone(), source };
        let invalid = |why| read(std::io::Error::new(std::io::ErrorKind::InvalidData, why));
        let text = decode(&bounded(path).map_err(read)?).map_err(invalid)?;
        let reading = packaging::lock::read(format, &text, &file)
            .map_err(|source| AdviseError::ReadLock { file: file.clone(), source: Box::new(source) })?;
        let notes = reading.notes.iter().filter(|note| note.left_out.is_some()).map(ToString::to_string).collect();
        let releases = reading.lock.packages.into_iter().map(Release::locked).collect::<Result<_, _>>()?;
        Ok(Self { releases, notes })
    }
}

impl Release {
    fn of(requirement: Requirement) -> Result<Self, AdviseError> {
        let (package, digests) = (requirement.name, BTreeSet::new());
        match requirement.wanted {
            requirement::Wanted::Versions(versions) => Ok(Self { package, versions, digests, files: Vec::new() }),
            requirement::Wanted::Url(url) => Self::archive(package, url),
        }
    }

    /// The same release as any index may have it, whatever its files.
    ///
    /// # Errors
    /// When it is an archive at a URL: no index is asked for a name that it might not know.
    pub(crate) fn by_name(&self) -> Result<Self, AdviseError> {
        if self.versions.is_empty() && !self.files.is_empty() {
            return Err(AdviseError::Usage(format!(
                "`{}` is an archive at a URL, and comes from no index",
                self.package
            )));
        }
        let (package, versions) = (self.package.clone(), self.versions.clone());
        Ok(Self { package, versions, digests: BTreeSet::new(), files: Vec::new() })
    }

    /// A release that is an archive at a URL.
    fn archive(package: PackageName, mut url: Url) -> Result<Self, AdviseError> {
        let refuse = |why: String| AdviseError::Usage(format!("{}: {why}", redacted(&url)));
        let digests = metadata::promised(&url).map_err(|error| refuse(error.to_string()))?;
        let name = metadata::file_name(&url).ok_or_else(|| refuse("its path names no file".to_string()))?;
        url.set_fragment(None);
        let files = vec![Named { name, url, digests }];
        Ok(Self { package, versions: VersionSpecifiers::empty(), digests: BTreeSet::new(), files })
    }

    pub(super) fn locked(package: LockedPackage) -> Result<Self, AdviseError> {
        if let LockedSource::Archive(url) = package.source {
            let mut archive = Self::archive(package.name, url)?;
            let digests = package.files.into_iter().flat_map(|file| file.digests);
            archive.files.iter_mut().for_each(|file| file.digests.extend(digests.clone()));
            return Ok(archive);
        }
        let digests = package.files.iter().flat_map(|file| file.digests.clone()).collect();
        let named = package.files.into_iter().filter(|file| !file.filename.is_empty());
        let named = named.filter_map(|file| Some(Named { name: file.filename, url: file.url?, digests: file.digests }));
        let files = named.collect();
        let versions = match &package.version {
            Some(version) => VersionSpecifiers::from(packaging::VersionSpecifier::equals_version(version.clone())),
            None => VersionSpecifiers::empty(),
        };
        Ok(Self { package: package.name, versions, digests, files })
    }
}

/// The release that a file is of, by its name.
pub(crate) fn release_of(path: &Path) -> Option<(PackageName, Version)> {
    index::release_of(path.file_name()?.to_str()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_tells_its_release() {
        let told = |name: &str| release_of(Path::new(name)).map(|(package, version)| format!("{package} {version}"));
        assert_eq!(told("dist/Flask_Thing-3.0-py3-none-any.whl").as_deref(), Some("flask-thing 3.0"));
        assert_eq!(told("flask-thing-3.0.tar.gz").as_deref(), Some("flask-thing 3.0"));
        assert_eq!(told("notes.txt"), None);
        assert_eq!(told("backup.zip"), None);
    }

    #[test]
    fn a_hash_in_an_address_that_cannot_be_read_is_refused() {
        let read = |text: &str| Target::read(text, Path::new("."));
        let promised = |text: &str| match read(text) {
            Ok(Target::One(Wanted::Release(release))) => release.files.iter().map(|file| file.digests.len()).sum(),
            _ => usize::MAX,
        };
        let url = "web @ https://files.example/web-1.0%2Blocal-py3-none-any.whl";
        assert_eq!(promised(url), 0);
        assert_eq!(promised(&format!("{url}#egg=web&sha256={}", "a".repeat(64))), 1);
        let refused = read(&format!("{url}#sha256=beef")).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.contains("files.example"), "{refused}");
    }

    #[test]
    fn what_is_neither_there_nor_a_release_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["./flask", "gone.whl", "no such thing", "https://files.example/flask.whl"] {
            assert!(Target::read(text, folder.path()).is_err(), "{text}");
        }
        std::fs::create_dir(folder.path().join("flask")).unwrap();
        assert!(matches!(Target::read("flask", folder.path()), Ok(Target::One(Wanted::Folder { .. }))));
        assert!(matches!(Target::read("jinja2", folder.path()), Ok(Target::One(Wanted::Release(_)))));
    }
}
