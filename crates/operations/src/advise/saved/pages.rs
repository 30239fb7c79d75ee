//! Index pages in a saved problem: what of them decides, written so that it packs well.
//!
//! Sizes and hashes are kept of the chosen releases alone, and addresses of these where the lock has them. Of the files of a release that the same Pythons could
//! install, and of which nothing else that decides differs, one is kept. Names are kept without the version in them, times by
//! column and only after the limit of the cooldown: then the rows of a page are equal but for a few, which costs next to
//! nothing.

use std::collections::{HashMap, HashSet};

use packaging::{
    Digest, PackageName, RuntimeEnvironment, Url, Version, WheelFilename,
    index::{FileKind, FileRef, IndexFile, IndexPage, MetadataHint, PageBuilder, ProjectStatus, Yanked},
    requirement::without_credentials,
};
use resolution::policy::Policy;
use serde::{Deserialize, Serialize};

/// Python versions whose wheels are kept besides those of the environment: the ones a relaxation may try.
pub(in super::super) const PYTHONS: [&str; 7] = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"];
/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SavedPage {
    status: ProjectStatus,
    reason: Option<String>,
    /// Versions in normal form, newest first, each with the number of its files.
    releases: Vec<(String, usize)>,
    files: Vec<SavedFile>,
    /// By file, where times decide.
    times: Vec<Uploaded>,
    /// The last instant before the limit, microseconds.
    in_time: i64,
    /// What later ones are counted in, microseconds.
    unit: i64,
}

/// When a file was uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Uploaded {
    /// Before the limit; another limit that is tried is later.
    InTime,
    /// After it: at this time; in the file, so much later than the late one before.
    Late(i64),
    Unsaid,
}

#[derive(Debug, Serialize, Deserialize)]
enum SavedFile {
    /// All of it.
    Whole(IndexFile),
    /// What decides.
    Bare {
        /// Its name as far as the version of its release, and what follows that; all of it where the version is not in it.
        name: (String, Option<String>),
        kind: FileKind,
        requires_python: Option<String>,
        yanked: Yanked,
        digests: Vec<Digest>,
    },
}

impl SavedPage {
    /// The page, made anew. A file without a release is left out.
    pub(super) fn to_page(&self, name: &PackageName) -> IndexPage {
        let mut builder = PageBuilder::new(name.clone());
        builder.status(self.status, self.reason.as_deref());
        let mut files = self.files.iter().zip(self.times());
        for (version, count) in &self.releases {
            for (file, time) in files.by_ref().take(*count) {
                builder.file(version, &file.to_file(version, time));
            }
        }
        builder.finish()
    }

    /// When each file was uploaded; none where nobody says, and for ever after.
    fn times(&self) -> impl Iterator<Item = Option<i64>> {
        let mut last = 0_i64;
        let known = self.times.iter().map(move |uploaded| match uploaded {
            Uploaded::InTime => Some(self.in_time),
            Uploaded::Unsaid => None,
            Uploaded::Late(later) => {
                last = last.wrapping_add(*later);
                Some(last.saturating_mul(self.unit))
            }
        });
        known.chain(std::iter::repeat(None))
    }
}

impl SavedFile {
    fn to_file(&self, version: &str, upload_time: Option<i64>) -> IndexFile {
        let (name, kind, requires_python, yanked, digests) = match self {
            Self::Whole(file) => return file.clone(),
            Self::Bare { name, kind, requires_python, yanked, digests } => {
                (name, *kind, requires_python, yanked, digests)
            }
        };
        let filename = match name {
            (whole, None) => whole.clone(),
            (start, Some(end)) => format!("{start}{version}{end}"),
        };
        IndexFile {
            url: filename.clone(),
            filename,
            kind,
            digests: digests.clone(),
            requires_python: requires_python.clone(),
            size: None,
            upload_time,
            yanked: yanked.clone(),
            core_metadata: MetadataHint::Unsaid,
        }
    }
}

/// Takes from pages what does not decide.
pub(super) struct Pruning<'a> {
    policy: &'a Policy,
    /// Whether the lock tells where files are.
    addresses: bool,
    /// The environment, and the same with other Pythons.
    environments: Vec<RuntimeEnvironment>,
    /// By the tags of a wheel: which of these could install it, a bit each.
    fitting: HashMap<String, u32>,
}

/// What about a file that was not yanked decides: its kind, who could install it, when it was uploaded, for which Pythons.
type Deciding<'p> = (FileKind, u32, Uploaded, Option<&'p str>);

impl<'a> Pruning<'a> {
    pub(super) fn new(environment: &RuntimeEnvironment, policy: &'a Policy, addresses: bool) -> Self {
        let mut environments = vec![environment.clone()];
        environments.extend(PYTHONS.iter().filter_map(|python| environment.with_python(python).ok()));
        Self { policy, addresses, environments, fitting: HashMap::new() }
    }

    /// What is kept of a page of which this version is in the stack.
    pub(super) fn page(&mut self, page: &IndexPage, chosen: Option<&Version>) -> SavedPage {
        // Whether a file is too new is the same for all times of one second, unless the limit falls into it.
        let unit = if self.policy.exclude_newer.is_some_and(|limit| limit % SECOND == 0) { SECOND } else { 1 };
        let mut saved = SavedPage {
            status: page.status(),
            reason: page.status_reason().map(str::to_string),
            releases: Vec::new(),
            files: Vec::new(),
            times: Vec::new(),
            in_time: self.policy.exclude_newer.map_or(0, |limit| limit.saturating_sub(1)),
            unit,
        };
        let mut last = 0;
        for release in page.releases() {
            let whole = chosen.is_some() && release.parsed_version().as_ref() == chosen;
            let kept: Vec<FileRef<'_>> =
                if whole { release.files().collect() } else { self.kept(page, release.files()) };
            saved.releases.push((release.version().to_string(), kept.len()));
            for file in kept {
                saved.files.push(self.file(page.name(), release.version(), file, whole));
                if self.policy.exclude_newer.is_some() {
                    saved.times.push(match self.uploaded(file) {
                        Uploaded::Late(time) => {
                            let time = time.div_euclid(unit);
                            Uploaded::Late(time.wrapping_sub(std::mem::replace(&mut last, time)))
                        }
                        other => other,
                    });
                }
            }
        }
        saved
    }

    /// One file of each kind that decides; all that were yanked, for the last one tells the reason.
    fn kept<'p>(&mut self, page: &IndexPage, files: impl Iterator<Item = FileRef<'p>>) -> Vec<FileRef<'p>> {
        let hashed = self.policy.hashes.contains_key(page.name());
        let mut met: HashSet<Deciding<'p>> = HashSet::new();
        files.filter(|file| file.is_yanked() || hashed || met.insert(self.deciding(*file))).collect()
    }

    fn deciding<'p>(&mut self, file: FileRef<'p>) -> Deciding<'p> {
        match self.fitting(file) {
            // What nobody can install is not asked for anything else.
            0 => (file.kind(), 0, self.uploaded(file), None),
            fitting => (file.kind(), fitting, self.uploaded(file), file.requires_python()),
        }
    }

    fn uploaded(&self, file: FileRef<'_>) -> Uploaded {
        match (self.policy.exclude_newer, file.upload_time()) {
            (Some(limit), Some(time)) if time >= limit => Uploaded::Late(time),
            (Some(_), None) => Uploaded::Unsaid,
            _ => Uploaded::InTime,
        }
    }

    fn file(&self, package: &PackageName, version: &str, file: FileRef<'_>, whole: bool) -> SavedFile {
        let file = file.to_owned();
        if whole {
            let url = if self.addresses { bare(&file.url) } else { file.filename.clone() };
            return SavedFile::Whole(IndexFile { url, ..file });
        }
        let hashed = self.policy.hashes.contains_key(package);
        let name = match file.filename.split_once(version) {
            Some((start, end)) => (start.to_string(), Some(end.to_string())),
            None => (file.filename, None),
        };
        SavedFile::Bare {
            name,
            kind: file.kind,
            requires_python: file.requires_python,
            yanked: file.yanked,
            digests: if hashed { file.digests } else { Vec::new() },
        }
    }

    /// Which of the environments could install a file, a bit each.
    fn fitting(&mut self, file: FileRef<'_>) -> u32 {
        if file.kind() == FileKind::Sdist {
            return u32::MAX;
        }
        let stem = file.filename().strip_suffix(".whl").unwrap_or_default();
        let tags = stem.rmatch_indices('-').nth(2).and_then(|(start, _)| stem.get(start..)).unwrap_or_default();
        if let Some(known) = self.fitting.get(tags) {
            return *known;
        }
        let wheel: Option<WheelFilename> = file.filename().parse().ok();
        let fits =
            |environment: &RuntimeEnvironment| wheel.as_ref().is_some_and(|one| environment.wheel_rank(one).is_some());
        let fitting =
            (0..).zip(&self.environments).fold(0, |bits, (place, one)| bits | (u32::from(fits(one)) << place));
        self.fitting.insert(tags.to_string(), fitting);
        fitting
    }
}

/// A URL without credentials; what is none stays as it is.
fn bare(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_string(), |url| without_credentials(&url).to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use packaging::RuntimeEnvironment;
    use proptest::{collection::vec, option, prelude::*, sample::select};
    use resolution::{Direction, Objective, Problem, Recommendation, policy::Policy, sieve::Sieve};

    use super::*;

    /// The limit of the cooldown: 2024-10-12.
    const LIMIT: i64 = 1_728_691_200 * SECOND;
    const TAGS: [&str; 7] = [
        "py3-none-any",
        "py2-none-any",
        "cp311-cp311-manylinux_2_17_x86_64",
        "cp311-cp311-manylinux2014_x86_64",
        "cp313-cp313-manylinux_2_28_x86_64",
        "cp311-cp311-win_amd64",
        "cp39-abi3-manylinux_2_17_x86_64",
    ];

    fn file(version: &str) -> impl Strategy<Value = IndexFile> + use<> {
        let version = version.to_string();
        let name = prop_oneof![
            select(&TAGS[..]).prop_map(|tags| (format!("-{tags}.whl"), FileKind::Wheel)),
            Just((".tar.gz".to_string(), FileKind::Sdist)),
        ];
        let pythons = option::of(select(&[">=3.8", ">=3.12", "<3.0", "what"][..]));
        let yanked = select(vec![Yanked::No, Yanked::Yes(None), Yanked::Yes(Some("broken".to_string()))]);
        let times = option::of(select(&[LIMIT - SECOND, LIMIT - 1, LIMIT, LIMIT + 7, LIMIT + SECOND][..]));
        (name, pythons, yanked, times).prop_map(move |((end, kind), pythons, yanked, upload_time)| {
            let filename = format!("demo-{version}{end}");
            IndexFile {
                url: format!("https://ada:s3cret@index.example/{filename}"),
                filename,
                kind,
                digests: Vec::new(),
                requires_python: pythons.map(str::to_string),
                size: Some(7),
                upload_time,
                yanked,
                core_metadata: MetadataHint::Available(None),
            }
        })
    }

    fn page() -> impl Strategy<Value = IndexPage> {
        let release = |version: &'static str| vec(file(version), 0..6).prop_map(move |files| (version, files));
        (release("2.0"), release("1.1"), release("1.0")).prop_map(|releases| {
            let mut builder = PageBuilder::new("demo".parse().expect("a name"));
            for (version, files) in [releases.0, releases.1, releases.2] {
                files.iter().for_each(|file| builder.file(version, file));
            }
            builder.finish()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_saved_page_gives_the_same_candidates(page in page(), limit in option::of(select(&[LIMIT, LIMIT + 5][..])), sdists: bool) {
            let objective = Objective::new(Recommendation::Stable, Direction::Highest);
            let problem = Problem {
                wants: Vec::new(),
                constraints: Vec::new(),
                overrides: std::collections::BTreeMap::new(),
                objective: objective.clone(),
            };
            let mut policy = Policy::new(objective);
            policy.exclude_newer = limit;
            policy.formats.only_binary.all = !sdists;
            let environment = RuntimeEnvironment::stated("3.11", "linux", "cpython").expect("an environment");
            let chosen = "1.1".parse().expect("a version");
            let saved = Pruning::new(&environment, &policy, true).page(&page, Some(&chosen));
            let bytes = postcard::to_stdvec(&saved).expect("plain types");
            let again = postcard::from_bytes::<SavedPage>(&bytes).expect("what was written").to_page(page.name());
            prop_assert!(!String::from_utf8_lossy(&bytes).contains("s3cret"));

            for python in PYTHONS {
                let environment = environment.with_python(python).expect("a Python");
                let judged = |page: &IndexPage| {
                    let package = Sieve::new(&environment, &policy, &problem).package(page.name(), vec![(0, Arc::new(page.clone()))], None);
                    let candidates = package.candidates.iter().map(|one| (one.version.clone(), one.cost, one.yanked.clone()));
                    (candidates.collect::<Vec<_>>(), package.excluded.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>())
                };
                prop_assert_eq!(judged(&page), judged(&again));
            }
            let files = |page: &IndexPage| -> Vec<IndexFile> {
                let release = page.releases().find(|release| release.version() == "1.1");
                release.into_iter().flat_map(|release| release.files()).map(|file| IndexFile { url: bare(&file.to_owned().url), ..file.to_owned() }).collect()
            };
            prop_assert_eq!(files(&page), files(&again));
        }
    }
}
