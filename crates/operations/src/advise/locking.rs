//! The stack as a lock, and the lock as a file: whole, or not at all.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use packaging::{
    Digest, Origin, PackageName, RuntimeEnvironment, Url, Version,
    index::{FileKind, FileRef},
    lock::{
        Format, Lock, LockedFile, LockedPackage, LockedSource,
        pipfile_lock::{self, Categories, Meta, Source},
        pylock,
        requirements_txt::{self, Layout},
    },
    project::pipfile_hash,
    requirement::without_credentials,
};
use resolution::{Search, catalogue::Candidate, catalogue::Package, search::Stack, sieve::Sieve};

use super::{gather::Gather, indexes::Routes, inputs::Inputs, question::Setting};
use crate::{
    error::AdviseError,
    files::{self, shown},
    request::{IndexRole, Output, Request},
};

/// Where the lock goes and in which format.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    pub(crate) format: Format,
    /// `None` for standard output.
    pub(crate) path: Option<PathBuf>,
}

/// An existing lock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Existing {
    pub(crate) versions: BTreeMap<PackageName, Version>,
    pub(crate) packages: Vec<LockedPackage>,
    pub(crate) notes: Vec<String>,
    /// The hash of the `Pipfile` it was made of, as it says.
    pipfile_hash: Option<String>,
}

impl Existing {
    /// Whether it was made of this `Pipfile`; `None` where it does not say.
    pub(crate) fn is_of(&self, pipfile: &str, routes: &Routes) -> Option<bool> {
        let known = self.pipfile_hash.as_ref()?;
        Some(known.eq_ignore_ascii_case(&hash(pipfile, routes).ok()?))
    }
}

/// The hash of a `Pipfile` as pipenv computes it; without a source of its own it is read from the default index.
fn hash(pipfile: &str, routes: &Routes) -> Result<String, AdviseError> {
    let default = routes.places.iter().find(|place| place.role == IndexRole::Default);
    let default = default.map(|place| place.index.url().as_str().trim_end_matches('/').to_string());
    pipfile_hash(pipfile, &default.unwrap_or_default()).map_err(|error| AdviseError::Usage(format!("Pipfile: {error}")))
}

/// Settles where the lock goes: by what the user says, the file's name, and what the project is made of.
pub(crate) fn destination(request: &Request, inputs: &Inputs) -> Result<Destination, AdviseError> {
    let natural = if inputs.pipfile.is_some() { Format::PipfileLock } else { Format::Pylock };
    let (format, path) = match &request.output {
        Output::Stdout => (request.lock_format.unwrap_or(natural), None),
        Output::Unsaid if inputs.from_stdin => (request.lock_format.unwrap_or(natural), None),
        Output::Unsaid => {
            let format = request.lock_format.unwrap_or(natural);
            (format, Some(request.folder.join(format.filename())))
        }
        Output::File(path) => {
            let by_name = Format::of_path(&path.to_string_lossy());
            let Some(format) = request.lock_format.or(by_name) else {
                return Err(AdviseError::Usage(format!(
                    "the name of {} does not tell a lock format; call it pylock.toml, requirements.txt or Pipfile.lock, or say `--lock-format`",
                    path.display()
                )));
            };
            (format, Some(request.folder.join(path)))
        }
    };
    if let Some(path) = &path
        && inputs.paths.iter().any(|input| same_file(input, path))
    {
        return Err(AdviseError::Usage(format!(
            "the lock would overwrite {}, which says what is required; name another file with `-o FILE`",
            shown(path, &request.folder)
        )));
    }
    // Known now, it costs no search.
    if let Some(path) = &path {
        files::has_folder(path, &request.folder)?;
    }
    if format == Format::PipfileLock && inputs.pipfile.is_none() {
        return Err(AdviseError::Usage(
            "a Pipfile.lock is made from a Pipfile, and none was read; choose another `--lock-format`".to_string(),
        ));
    }
    Ok(Destination { format, path })
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// Reads the lock that is there already, if there is one.
pub(crate) fn existing(destination: &Destination, folder: &Path) -> Result<Option<Existing>, AdviseError> {
    let Some(path) = &destination.path else { return Ok(None) };
    let file = shown(path, folder);
    let bytes = match super::inputs::bounded(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(AdviseError::Read { file, source }),
    };
    let invalid =
        |why| AdviseError::Read { file: file.clone(), source: io::Error::new(io::ErrorKind::InvalidData, why) };
    let text = super::inputs::decode(&bytes).map_err(invalid)?;
    let refused = |source| AdviseError::ReadLock { file: file.clone(), source: Box::new(source) };
    let (reading, pipfile_hash) = match destination.format {
        Format::PipfileLock => {
            let read = pipfile_lock::read(&text, &file).map_err(refused)?;
            (read.reading, read.hash)
        }
        format => (packaging::lock::read(format, &text, &file).map_err(refused)?, None),
    };
    let packages = reading.lock.packages;
    let versions = packages.iter().filter_map(|package| Some((package.name.clone(), package.version.clone()?)));
    Ok(Some(Existing {
        versions: versions.collect(),
        packages,
        notes: reading.notes.iter().filter(|note| note.left_out.is_some()).map(ToString::to_string).collect(),
        pipfile_hash,
    }))
}

/// Makes the lock of a stack.
pub(crate) struct Locksmith<'a> {
    pub(crate) search: &'a Search,
    pub(crate) stack: &'a Stack,
    pub(crate) sieve: &'a Sieve<'a>,
    pub(crate) gather: &'a Gather<'a>,
    pub(crate) environment: &'a RuntimeEnvironment,
    pub(crate) setting: &'a Setting,
    pub(crate) thoth: toml::Table,
}

impl Locksmith<'_> {
    /// The text of the lock in its format. Files without a strong hash are hashed by `hash`, which fetches them.
    pub(crate) fn write(&self) -> Result<String, AdviseError> {
        let lock = &self.lock()?;
        match self.setting.format {
            Format::Pylock => Ok(pylock::write(lock)?),
            Format::Requirements => {
                Ok(requirements_txt::write(lock, Layout { command: &self.setting.command, indexes: &[] })?)
            }
            Format::PipfileLock => {
                let (meta, categories) = self.pipfile(lock)?;
                Ok(pipfile_lock::write(lock, &meta, &categories)?)
            }
        }
    }

    /// The stack as a lock.
    fn lock(&self) -> Result<Lock, AdviseError> {
        let mut packages = Vec::new();
        let mut requires: BTreeMap<&PackageName, Vec<PackageName>> = BTreeMap::new();
        for release in &self.stack.releases {
            for parent in &release.parents {
                requires.entry(parent).or_default().push(release.name.clone());
            }
        }
        for release in &self.stack.releases {
            let missing = || AdviseError::Bug(format!("{} was chosen and is not known", release.name));
            let package = self.search.catalogue().package(&release.name).ok_or_else(missing)?;
            let position = package.position(&release.version).ok_or_else(missing)?;
            let candidate = &package.candidates[position];
            let (source, files) = self.files(package, candidate)?;
            let mut via: BTreeSet<String> = release.parents.iter().map(ToString::to_string).collect();
            via.extend(release.wants.iter().map(|want| self.asker(&self.search.problem().wants[*want].origin)));
            let learned = self.gather.learned.get(&(release.name.clone(), release.version.clone()));
            let requires_python = learned
                .and_then(|learned| learned.metadata.as_ref().ok())
                .and_then(|metadata| metadata.requires_python.clone());
            packages.push(LockedPackage {
                name: release.name.clone(),
                version: Some(release.version.clone()),
                source,
                files,
                marker: None,
                requires_python,
                dependencies: requires.remove(&release.name).unwrap_or_default(),
                via: via.into_iter().collect(),
                extras: release.extras.iter().cloned().collect(),
            });
        }
        Ok(Lock {
            packages,
            requires_python: self.setting.requires_python.as_ref().map(|(specifiers, _)| specifiers.clone()),
            environment: Some(self.environment.marker()),
            extras: Vec::new(),
            groups: Vec::new(),
            thoth: self.thoth.clone(),
        })
    }

    /// Who in the project asks, as `# via` comments say it.
    fn asker(&self, origin: &Origin) -> String {
        match (&origin.part, &self.setting.project) {
            (Some(part), Some(name)) if part.starts_with("project.") => format!("{name} ({})", origin.file),
            (Some(part), _) => format!("{} ({part})", origin.file),
            (None, _) => format!("-r {}", origin.file),
        }
    }

    fn files(&self, package: &Package, candidate: &Candidate) -> Result<(LockedSource, Vec<LockedFile>), AdviseError> {
        if let Some(archive) = &candidate.url {
            let mut bare = without_credentials(&archive.url);
            // A hash in the fragment is in the list of hashes; where in the archive the project is stays.
            if bare.fragment().is_some_and(|fragment| !fragment.contains("subdirectory=")) {
                bare.set_fragment(None);
            }
            let file = LockedFile {
                filename: archive.filename.clone(),
                url: Some(bare.clone()),
                kind: None,
                size: Some(archive.size),
                upload_time: None,
                digests: archive.digests.clone(),
            };
            return Ok((LockedSource::Archive(bare), vec![file]));
        }
        let lockable = self.sieve.lockable_files(package, candidate);
        let usable = self.sieve.usable_files(package, candidate);
        let place = usable.first().map(|best| best.index);
        let index = place.map(|place| self.gather.routes().places[place].index.url().clone());
        let mut files: Vec<LockedFile> = Vec::new();
        for (_, file) in lockable.iter().filter(|(from, _)| Some(*from) == place) {
            let digests = digests(*file);
            // One file without a hash does not spoil the others.
            if digests.iter().any(|digest| digest.algorithm.is_strong()) {
                files.push(LockedFile {
                    filename: file.filename().to_string(),
                    url: Url::parse(&file.url()).ok().map(|url| without_credentials(&url)),
                    kind: Some(file.kind()),
                    size: file.size(),
                    upload_time: file.upload_time(),
                    digests,
                });
            }
        }
        if !files.iter().any(|locked| usable.iter().any(|usable| usable.file.filename() == locked.filename)) {
            return Err(AdviseError::Usage(format!(
                "no file of {} {} that can be installed here has a SHA-256 hash on its index, so it cannot be locked; ask the index for hashes, or give the file as `{} @ URL`",
                package.name, candidate.version, package.name
            )));
        }
        files.sort_by(|one, other| {
            (one.kind == Some(FileKind::Sdist), &one.filename)
                .cmp(&(other.kind == Some(FileKind::Sdist), &other.filename))
        });
        Ok((LockedSource::Index(index), files))
    }

    /// What a `Pipfile.lock` says besides its packages.
    fn pipfile(&self, lock: &Lock) -> Result<(Meta, Categories), AdviseError> {
        let text = self.setting.pipfile.as_deref().unwrap_or_default();
        let hash = hash(text, self.gather.routes())?;
        let table: toml::Table = text.parse().map_err(|error| AdviseError::Usage(format!("Pipfile: {error}")))?;
        let strings = |key: &str| -> BTreeMap<String, String> {
            let found = table.get(key).and_then(toml::Value::as_table);
            found
                .into_iter()
                .flatten()
                .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_string())))
                .collect()
        };
        let sources = table.get("source").and_then(toml::Value::as_array);
        let sources = sources
            .into_iter()
            .flatten()
            .filter_map(|source| {
                Some(Source {
                    name: source.get("name")?.as_str()?.to_string(),
                    url: source.get("url")?.as_str()?.to_string(),
                    verify_ssl: source.get("verify_ssl").and_then(toml::Value::as_bool).unwrap_or(true),
                })
            })
            .collect();
        let meta = Meta { hash, requires: strings("requires"), sources };
        Ok((meta, self.categories(lock)))
    }

    /// Which releases belong to which category: what its requirements reach.
    fn categories(&self, lock: &Lock) -> Categories {
        let edges: BTreeMap<&PackageName, &Vec<PackageName>> =
            lock.packages.iter().map(|package| (&package.name, &package.dependencies)).collect();
        let mut categories = Categories::new();
        for want in &self.search.problem().wants {
            let category = category(want.origin.part.as_deref().unwrap_or("packages"));
            let mut open = vec![want.package.clone()];
            let reached = categories.entry(category.to_string()).or_default();
            while let Some(package) = open.pop() {
                if !reached.contains(&package) && edges.contains_key(&package) {
                    open.extend(edges[&package].iter().cloned());
                    reached.push(package);
                }
            }
        }
        for names in categories.values_mut() {
            names.sort();
        }
        categories
    }
}

/// The category of a `Pipfile.lock` for a place in a `Pipfile` (`dev-packages.pytest`).
fn category(part: &str) -> &str {
    match part.split('.').next().unwrap_or(part) {
        "packages" => "default",
        "dev-packages" => "develop",
        other => other,
    }
}

/// Whether the lock is to be a `Pipfile.lock`, which holds all categories of a `Pipfile` as pipenv locks them.
pub(crate) fn is_for_pipenv(request: &Request) -> bool {
    match (&request.lock_format, &request.output) {
        (Some(format), _) => *format == Format::PipfileLock,
        (None, Output::Unsaid) => true,
        (None, Output::File(path)) => Format::of_path(&path.to_string_lossy()) == Some(Format::PipfileLock),
        (None, Output::Stdout) => false,
    }
}

/// The hashes of a file: those of its index, or computed where the file is on this machine.
fn digests(file: FileRef<'_>) -> Vec<Digest> {
    let digests: Vec<Digest> = file.digests().collect();
    if digests.iter().any(|digest| digest.algorithm.is_strong()) {
        return digests;
    }
    let local = Url::parse(&file.url()).ok().filter(|url| url.scheme() == "file");
    let bytes = local.and_then(|url| url.to_file_path().ok()).and_then(|path| fs::read(path).ok());
    bytes.map(|bytes| vec![sources::checksum::sha256(&bytes)]).unwrap_or_default()
}

/// The hash of a text, for reports.
pub(crate) fn sha256(text: &str) -> Digest {
    sources::checksum::sha256(text.as_bytes())
}
