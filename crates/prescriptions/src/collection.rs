//! Prescriptions put together: units under names that are theirs alone, found by what they are about.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::{self, Write as _},
    str::FromStr,
};

use packaging::PackageName;
use sha2::{Digest as _, Sha256};

use crate::{
    circumstances::repository_and_tag,
    problem::{Problem, Weight},
    read::{self, File, Header},
    unit::{Kind, Place, Unit},
    when::{Choice, When},
};

/// The most problems that are kept one by one; more are only counted.
const MAX_PROBLEMS: usize = 10_000;
/// The namespace of prescriptions that do not name themselves.
pub const UNNAMED: &str = "local";

/// Collects files of prescriptions into a [`Collection`]: those of a source in any order. Where two sources have a unit of the same
/// name, that of the first one counts.
#[derive(Debug, Default)]
pub struct Builder {
    source: String,
    files: Vec<Given>,
}

#[derive(Debug)]
struct Given {
    source: String,
    name: String,
    digest: [u8; 32],
    file: File,
}

/// The prescriptions of one or more sources.
#[derive(Clone, Debug)]
pub struct Collection {
    /// SHA-256, in hexadecimal, over the files and the namespaces they are in: the same for the same files in any order,
    /// folder or archive.
    pub id: String,
    /// Files that were read.
    pub files: usize,
    /// Name and release of each prescription that says so.
    pub releases: BTreeMap<String, Option<String>>,
    /// How many units are written, by kind; those that cannot be used are not among them.
    pub counts: BTreeMap<Kind, usize>,
    /// Each source with the number of its units, in the order of the units.
    pub sources: Vec<(String, usize)>,
    /// The units, by source in the order in which they were given, and by file. A unit with several things under `match` is here once for each of them.
    pub units: Vec<Unit>,
    /// What is wrong, at most ten thousand of them.
    pub problems: Vec<Problem>,
    /// How many things are wrong that keep a unit or a file from being used.
    pub errors: usize,
    /// How many are wrong that do not.
    pub warnings: usize,
}

/// What a unit is about: the first thing that has to be in a run for it to fire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Any run.
    General,
    /// Any run, because what is chosen may depend on it before the package it is about is known.
    Deciding,
    /// A base image: its name without a tag.
    Image(String),
    /// A package that is looked at.
    Package(PackageName),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::General => f.write_str("general"),
            Self::Deciding => f.write_str("deciding"),
            Self::Image(name) => write!(f, "image {name}"),
            Self::Package(name) => write!(f, "package {name}"),
        }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(' ') {
            None if text == "general" => Ok(Self::General),
            None if text == "deciding" => Ok(Self::Deciding),
            Some(("image", name)) => Ok(Self::Image(name.to_string())),
            Some(("package", name)) => name.parse().map(Self::Package).map_err(|_| format!("`{text}` is no key")),
            _ => Err(format!("`{text}` is no key")),
        }
    }
}

impl Key {
    /// The key of a base image as a host states it (`registry.example/name:tag`).
    pub fn image(image: &str) -> Self {
        let bare = image.split_once('@').map_or(image, |(name, _)| name);
        Self::Image(repository_and_tag(bare).0.to_string())
    }
}

impl Unit {
    /// What has to be in a run for this unit to fire. Several keys mean that any of them will do.
    pub fn keys(&self) -> BTreeSet<Key> {
        if let Some(package) = self.act.package() {
            let deciding = self.act.decides().then_some(Key::Deciding);
            return deciding.into_iter().chain([Key::Package(package.clone())]).collect();
        }
        match self.when.runtime.as_ref().and_then(|runtime| runtime.base_images.as_ref()) {
            Some(Choice::Of(images)) if !images.is_empty() && images.iter().all(Option::is_some) => {
                images.iter().flatten().map(|image| Key::image(image)).collect()
            }
            _ => [Key::General].into(),
        }
    }
}

impl Builder {
    /// An empty collection's beginning.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the source of the files that are added from now on: for messages, and because a prescription's header counts for
    /// its own source.
    pub fn source(&mut self, name: impl Into<String>) -> &mut Self {
        self.source = name.into();
        self
    }

    /// Reads one file. What is wrong with it is kept for the report.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> &mut Self {
        let file = read::read(name, bytes);
        let digest = Sha256::digest(bytes).into();
        self.files.push(Given { source: self.source.clone(), name: name.to_string(), digest, file });
        self
    }

    /// Adds all that another builder read.
    pub fn absorb(&mut self, other: Self) -> &mut Self {
        self.files.extend(other.files);
        self
    }

    /// Puts everything together.
    pub fn finish(self) -> Collection {
        let mut ranks: HashMap<String, usize> = HashMap::new();
        let mut rank = |source: &str| {
            let next = ranks.len();
            ranks.get(source).copied().unwrap_or_else(|| *ranks.entry(source.to_string()).or_insert(next))
        };
        let mut files: Vec<(usize, Given)> = self.files.into_iter().map(|given| (rank(&given.source), given)).collect();
        files.sort_by(|(first, one), (second, two)| {
            (first, &one.name, one.digest).cmp(&(second, &two.name, two.digest))
        });
        let files: Vec<Given> = files.into_iter().map(|(_, given)| given).collect();
        let headers: HashMap<(String, String), Header> = files
            .iter()
            .filter(|given| given.file.units.is_empty())
            .filter_map(|given| {
                Some(((given.source.clone(), folder(&given.name).to_string()), given.file.header.clone()?))
            })
            .collect();
        let mut put = Put::default();
        let mut identities: Vec<(String, [u8; 32])> = Vec::with_capacity(files.len());
        let mut releases = BTreeMap::new();
        let count = files.len();
        let mut sources: Vec<(String, usize)> = Vec::new();
        for given in files {
            let before = put.units.len();
            let header = given.file.header.as_ref().or_else(|| nearest(&headers, &given.source, &given.name));
            let namespace = header.map_or(UNNAMED, |header| header.name.as_str()).to_string();
            releases.extend(header.map(|header| (header.name.clone(), header.release.clone())));
            for mut problem in given.file.problems {
                problem.source.clone_from(&given.source);
                put.problem(problem);
            }
            for entry in given.file.units {
                put.entry(&given.source, &namespace, entry);
            }
            identities.push((namespace, given.digest));
            let added = put.units.len() - before;
            match sources.last_mut().filter(|(source, _)| *source == given.source) {
                Some((_, all)) => *all += added,
                None => sources.push((given.source, added)),
            }
        }
        identities.sort();
        identities.dedup();
        let mut units = put.units;
        link(&mut units);
        Collection {
            id: identity(&identities),
            files: count,
            releases,
            counts: put.counts,
            sources,
            units,
            problems: put.problems,
            errors: put.errors,
            warnings: put.warnings,
        }
    }
}

/// The folder of a file; none for one that is in no folder.
fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The header of the nearest folder above a file.
fn nearest<'a>(headers: &'a HashMap<(String, String), Header>, source: &str, name: &str) -> Option<&'a Header> {
    let mut folder = folder(name);
    loop {
        if let Some(header) = headers.get(&(source.to_string(), folder.to_string())) {
            return Some(header);
        }
        folder = match folder.rsplit_once('/') {
            Some((above, _)) => above,
            None if folder.is_empty() => return None,
            None => "",
        };
    }
}

/// What has been put together so far.
#[derive(Default)]
struct Put {
    units: Vec<Unit>,
    counts: BTreeMap<Kind, usize>,
    problems: Vec<Problem>,
    errors: usize,
    warnings: usize,
    /// Where each name stands, by list: source and place.
    names: HashMap<(&'static str, String), (String, Place)>,
}

impl Put {
    fn problem(&mut self, problem: Problem) {
        match problem.weight {
            Weight::Error => self.errors += 1,
            Weight::Warning => self.warnings += 1,
        }
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    fn entry(&mut self, source: &str, namespace: &str, entry: read::Entry) {
        let Some(first) = entry.units.first() else { return };
        let name = format!("{namespace}.{}", first.name);
        if let Some((of, there)) = self.names.get(&(entry.kind.section(), name.clone())) {
            let of = if of == source { String::new() } else { format!(" of {of}") };
            let what = format!("there is a unit of this name in `{}` already, at {there}{of}", entry.kind.section());
            let (place, unit) = (first.place.clone(), Some(first.name.clone()));
            self.problem(Problem { source: source.to_string(), place, weight: Weight::Error, unit, what });
            return;
        }
        self.names.insert((entry.kind.section(), name.clone()), (source.to_string(), first.place.clone()));
        *self.counts.entry(entry.kind).or_default() += 1;
        self.units.extend(entry.units.into_iter().map(|unit| Unit { name: name.clone(), ..unit }));
    }
}

/// Gives units the conditions of those they depend on.
fn link(units: &mut [Unit]) {
    if units.iter().all(|unit| unit.when.dependencies.is_empty()) {
        return;
    }
    let mut conditions: HashMap<(&'static str, String), When> = HashMap::new();
    for unit in units.iter() {
        let section = unit.act.kind().section();
        let bare = unit.name.split_once('.').map_or(unit.name.as_str(), |(_, bare)| bare);
        for name in [unit.name.as_str(), bare] {
            conditions.entry((section, name.to_string())).or_insert_with(|| unit.when.clone());
        }
    }
    // A budget, because conditions can be written that multiply from unit to unit.
    let mut budget = 10_000;
    for unit in units.iter_mut() {
        resolve(&mut unit.when, &conditions, &mut Vec::new(), &mut budget);
    }
}

fn resolve(
    when: &mut When,
    conditions: &HashMap<(&'static str, String), When>,
    way: &mut Vec<(String, String)>,
    budget: &mut usize,
) {
    for dependency in &mut when.dependencies {
        let name = (dependency.section.clone(), dependency.name.clone());
        let section = Kind::ALL.into_iter().map(Kind::section).find(|section| *section == dependency.section);
        let found = section.and_then(|section| conditions.get(&(section, dependency.name.clone())));
        let Some(found) = found.filter(|_| !way.contains(&name) && way.len() < 16 && *budget > 0) else { continue };
        *budget -= 1;
        let mut found = found.clone();
        way.push(name);
        resolve(&mut found, conditions, way, budget);
        way.pop();
        dependency.when = Some(Box::new(found));
    }
}

fn identity(files: &[(String, [u8; 32])]) -> String {
    // The first line changes whenever the meaning of the bytes after it does.
    let mut hash = Sha256::new();
    hash.update(b"thoth prescriptions 1\n");
    for (namespace, digest) in files {
        hash.update(namespace.as_bytes());
        hash.update(b"\n");
        hash.update(digest);
    }
    hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_is_found_whatever_package_it_is_about() {
        let mut builder = Builder::new();
        let text = b"units:\n  sieves:\n  - name: Out\n    type: sieve\n    should_include: {adviser_pipeline: true}\n    \
            match: {package_version: {name: numpy}}\n  wraps:\n  - name: Told\n    type: wrap\n    \
            should_include: {adviser_pipeline: true}\n    match: {state: {resolved_dependencies: [{name: numpy}]}}\n    \
            run: {justification: [{type: INFO, message: it is fast, link: fast}]}\n";
        builder.source("toy").add("toy.yaml", text);
        let collection = builder.finish();
        let numpy = Key::Package("numpy".parse().unwrap());
        let keys: Vec<BTreeSet<Key>> = collection.units.iter().map(Unit::keys).collect();
        assert_eq!(keys, [[Key::Deciding, numpy.clone()].into(), [numpy].into()]);
    }
}
