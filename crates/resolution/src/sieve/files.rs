//! Which files of a release may be installed, and why the others may not: asked of the units that sift files.

use std::{collections::BTreeSet, str::FromStr};

use packaging::{
    Digest, RuntimeEnvironment, WheelFilename,
    index::{FileKind, FileRef},
    metadata,
    project::Formats,
};
use rustc_hash::FxHashMap;

use super::Sieve;
use crate::catalogue::{Candidate, Exclusion, Package};

/// One file of a release, before it is known whether it may be installed.
#[derive(Debug)]
pub struct FileCheck<'c, 'p> {
    /// The file.
    pub file: FileRef<'p>,
    /// What it is to be installed in.
    pub environment: &'c RuntimeEnvironment,
    /// What the policy says of the files of its package.
    pub rules: &'c FileRules<'c>,
    /// How well it fits: larger fits better, a wheel's tag priority, 0 for an sdist. A unit finds it out.
    pub rank: u32,
    judged: &'c mut Judged,
}

/// What the policy says of the files of one package.
#[derive(Clone, Debug)]
pub struct FileRules<'a> {
    /// Only files uploaded before this count: microseconds since the Unix epoch.
    pub exclude_newer: Option<i64>,
    /// The kinds of files that may be used.
    pub formats: Formats,
    /// Hashes of which a file must have one.
    pub hashes: Option<&'a BTreeSet<Digest>>,
}

/// Why a file cannot be used. Of several reasons the last in this order is told: it speaks most of the reader's own wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle<'p> {
    /// It is for other platforms.
    Platform,
    /// It is of a kind that may not be used.
    Format,
    /// Its `Requires-Python` does not admit the environment's.
    Python(&'p str),
    /// It has none of the hashes demanded.
    Hashes,
    /// The index does not say when it was uploaded.
    NoUploadTime,
    /// It was uploaded too late.
    TooNew,
}

/// A file that may be installed, with how well it fits (a wheel's tag priority; 0 for an sdist).
#[derive(Clone, Copy, Debug)]
pub struct UsableFile<'a> {
    /// The number of its index.
    pub index: usize,
    /// The file.
    pub file: FileRef<'a>,
    /// Larger fits better.
    pub rank: u32,
}

/// What was found out about texts that thousands of files share.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// How well a wheel with these tags (`py3-none-any`) fits; none when it does not.
    tags: FxHashMap<Box<str>, Option<u32>>,
    /// Whether a `Requires-Python` admits the environment.
    pythons: FxHashMap<Box<str>, bool>,
}

impl FileCheck<'_, '_> {
    /// How well the wheel fits the environment; none when it does not.
    pub fn wheel_rank(&mut self) -> Option<u32> {
        self.judged.rank(self.file.filename(), self.environment)
    }

    /// Whether a `Requires-Python` admits the environment. What cannot be read restricts nothing, as in pip and uv.
    pub fn supports(&mut self, requires_python: &str) -> bool {
        self.judged.supports(requires_python, self.environment)
    }
}

impl<'a> Sieve<'a> {
    /// The files of a candidate that may be locked: those that only another platform or Python could not install are among
    /// them, so that a lock serves neighbours too.
    pub fn lockable_files<'p>(&self, package: &'p Package, candidate: &'p Candidate) -> Vec<(usize, FileRef<'p>)> {
        let rules = self.file_rules(&package.name);
        let mut judged = self.judged();
        package
            .files(candidate)
            .filter(|(_, file)| {
                matches!(self.usable(&rules, *file, &mut judged), Ok(_) | Err(Obstacle::Platform | Obstacle::Python(_)))
            })
            .collect()
    }

    /// The files of a candidate that may be installed, the best first.
    pub fn usable_files<'p>(&self, package: &'p Package, candidate: &'p Candidate) -> Vec<UsableFile<'p>> {
        let rules = self.file_rules(&package.name);
        let mut judged = self.judged();
        let usable = |(index, file): (usize, FileRef<'p>)| {
            let rank = self.usable(&rules, file, &mut judged).ok()?;
            Some(UsableFile { index, file, rank })
        };
        let mut files: Vec<UsableFile<'p>> = package.files(candidate).filter_map(usable).collect();
        if files.iter().any(|one| !one.file.is_yanked()) {
            files.retain(|one| !one.file.is_yanked());
        }
        files.sort_by(|one, other| {
            let sdist = |usable: &UsableFile<'_>| usable.file.kind() == FileKind::Sdist;
            sdist(one)
                .cmp(&sdist(other))
                .then(other.rank.cmp(&one.rank))
                .then_with(|| one.file.filename().cmp(other.file.filename()))
        });
        files
    }

    pub(super) fn file_rules(&self, name: &packaging::PackageName) -> FileRules<'a> {
        FileRules {
            exclude_newer: self.policy.exclude_newer,
            formats: self.policy.formats.formats(name),
            hashes: self.policy.hashes.get(name),
        }
    }

    /// Whether a release with these files can be used, and if so whether all of its usable files were yanked.
    pub(super) fn judge<'p>(
        &self,
        rules: &FileRules<'_>,
        files: impl Iterator<Item = FileRef<'p>>,
        judged: &mut Judged,
    ) -> Result<Option<Option<String>>, Exclusion> {
        let mut yanked = None;
        let mut obstacle: Option<Obstacle<'p>> = None;
        for file in files {
            match self.usable(rules, file, judged) {
                Ok(_) if !file.is_yanked() => return Ok(None),
                Ok(_) => yanked = Some(file.yank_reason()),
                Err(why) => obstacle = obstacle.max(Some(why)),
            }
        }
        match (yanked, obstacle) {
            (Some(reason), _) => Ok(Some(reason.map(str::to_string))),
            (None, Some(why)) => Err(why.into()),
            (None, None) => Err(Exclusion::Platform),
        }
    }

    /// Whether a file may be installed, and how well it fits.
    fn usable<'p>(&self, rules: &FileRules<'_>, file: FileRef<'p>, judged: &mut Judged) -> Result<u32, Obstacle<'p>> {
        let mut check = FileCheck { file, environment: self.environment, rules, rank: 0, judged };
        for sift in &self.units.files {
            sift(&mut check)?;
        }
        Ok(check.rank)
    }
}

impl Judged {
    /// How well a wheel of this name fits.
    fn rank(&mut self, filename: &str, environment: &RuntimeEnvironment) -> Option<u32> {
        let stem = filename.strip_suffix(".whl")?;
        // Which tags fit depends on the last three parts alone; the first two were read when the page was.
        let (start, _) = stem.rmatch_indices('-').nth(2)?;
        let tags = stem.get(start..)?;
        if let Some(rank) = self.tags.get(tags) {
            return *rank;
        }
        let wheel = WheelFilename::from_str(&format!("any-0{tags}.whl")).ok();
        let rank = wheel.and_then(|wheel| environment.wheel_rank(&wheel));
        self.tags.insert(tags.into(), rank);
        rank
    }

    fn supports(&mut self, text: &str, environment: &RuntimeEnvironment) -> bool {
        if let Some(supported) = self.pythons.get(text) {
            return *supported;
        }
        let supported = metadata::requires_python(text).map_or(true, |read| environment.supports(&read.value));
        self.pythons.insert(text.into(), supported);
        supported
    }
}

impl From<Obstacle<'_>> for Exclusion {
    fn from(obstacle: Obstacle<'_>) -> Self {
        match obstacle {
            Obstacle::Platform => Self::Platform,
            Obstacle::Format => Self::Format,
            Obstacle::Python(text) => Self::Python(text.to_string()),
            Obstacle::Hashes => Self::Hashes,
            Obstacle::NoUploadTime => Self::NoUploadTime,
            Obstacle::TooNew => Self::TooNew,
        }
    }
}
