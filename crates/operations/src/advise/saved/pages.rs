//! Index pages in a saved problem: what of them decides, written so that it packs well.
//!
//! Hashes are kept of the chosen releases alone, and addresses of these where the lock has them. Of the files of a release
//! that the same Pythons could install, and of which nothing else that decides differs, one is kept. Names are kept without
//! the version in them, times and hashes by column, times only after the limit of the cooldown: then the rows of a page
//! are equal but for a few, which costs next to nothing.

use std::{collections::HashMap, iter::repeat};

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
    /// By file, what nothing is decided by.
    details: Vec<Option<Details>>,
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

/// What decides.
#[derive(Debug, Serialize, Deserialize)]
struct SavedFile {
    /// Its name as far as the version of its release, and what follows that; all of it where the version is not in it.
    name: (String, Option<String>),
    kind: FileKind,
    requires_python: Option<String>,
    yanked: Yanked,
}

/// What locks and reports have of a file besides.
#[derive(Debug, Serialize, Deserialize)]
struct Details {
    digests: Vec<Digest>,
    upload_time: Option<i64>,
    /// Where it is, and its size.
    address: Option<(String, Option<u64>)>,
}

impl SavedPage {
    /// The page, made anew. A file without a release is left out.
    pub(super) fn to_page(&self, name: &PackageName) -> IndexPage {
        let mut builder = PageBuilder::new(name.clone());
        builder.status(self.status, self.reason.as_deref());
        let details = self.details.iter().map(Option::as_ref).chain(repeat(None));
        let mut files = self.files.iter().zip(self.times()).zip(details);
        for (version, count) in &self.releases {
            for ((file, time), details) in files.by_ref().take(*count) {
                builder.file(version, &file.to_file(version, time, details));
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
        known.chain(repeat(None))
    }
}

impl SavedFile {
    fn to_file(&self, version: &str, uploaded: Option<i64>, details: Option<&Details>) -> IndexFile {
        let filename = match &self.name {
            (whole, None) => whole.clone(),
            (start, Some(end)) => format!("{start}{version}{end}"),
        };
        let address = details.and_then(|details| details.address.clone());
        let (url, size) = address.unwrap_or_else(|| (filename.clone(), None));
        IndexFile {
            filename,
            url,
            kind: self.kind,
            digests: details.map(|details| details.digests.clone()).unwrap_or_default(),
            requires_python: self.requires_python.clone(),
            size,
            upload_time: details.and_then(|details| details.upload_time).or(uploaded),
            yanked: self.yanked.clone(),
            core_metadata: MetadataHint::Unsaid,
            provenance: None,
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
            details: Vec::new(),
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
                saved.files.push(saved_file(release.version(), file));
                saved.details.push(self.details(page.name(), file, whole));
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

    /// One file of each kind that decides, two of those past the limit; all that were yanked, for the last one tells the reason.
    fn kept<'p>(&mut self, page: &IndexPage, files: impl Iterator<Item = FileRef<'p>>) -> Vec<FileRef<'p>> {
        let hashed = self.policy.hashes.contains_key(page.name());
        let mut kept: Vec<FileRef<'p>> = Vec::new();
        let mut alike: Vec<Vec<FileRef<'p>>> = Vec::new();
        let mut places: HashMap<Deciding<'p>, usize> = HashMap::new();
        for file in files {
            if hashed || file.is_yanked() {
                kept.push(file);
                continue;
            }
            let place = *places.entry(self.deciding(file)).or_insert(alike.len());
            match alike.get_mut(place) {
                Some(files) => files.push(file),
                None => alike.push(vec![file]),
            }
        }
        for files in alike {
            // A later limit that is tried admits the earliest if it admits any, and keeps the latest out if it keeps any out.
            let earliest = files.iter().min_by_key(|file| file.upload_time());
            let latest = files.iter().max_by_key(|file| file.upload_time());
            let latest = latest.filter(|file| matches!(self.uploaded(**file), Uploaded::Late(_)));
            let latest = latest.filter(|file| earliest.is_some_and(|first| first.upload_time() != file.upload_time()));
            kept.extend(earliest.into_iter().chain(latest));
        }
        kept
    }

    fn deciding<'p>(&mut self, file: FileRef<'p>) -> Deciding<'p> {
        let uploaded = match self.uploaded(file) {
            Uploaded::Late(_) => Uploaded::Late(0),
            other => other,
        };
        match self.fitting(file) {
            // What nobody can install is not asked for anything else.
            0 => (file.kind(), 0, uploaded, None),
            fitting => (file.kind(), fitting, uploaded, file.requires_python()),
        }
    }

    fn uploaded(&self, file: FileRef<'_>) -> Uploaded {
        match (self.policy.exclude_newer, file.upload_time()) {
            (Some(limit), Some(time)) if time >= limit => Uploaded::Late(time),
            (Some(_), None) => Uploaded::Unsaid,
            _ => Uploaded::InTime,
        }
    }

    fn details(&mut self, package: &PackageName, file: FileRef<'_>, whole: bool) -> Option<Details> {
        let hashed = self.policy.hashes.contains_key(package);
        // Reports tell when the file was uploaded that would be installed: one that fits the first of the environments.
        let told = whole && (self.addresses || self.fitting(file) & 1 == 1);
        (whole || hashed).then(|| Details {
            digests: file.digests().collect(),
            upload_time: file.upload_time().filter(|_| told),
            address: (whole && self.addresses).then(|| (bare(&file.url()), file.size())),
        })
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

fn saved_file(version: &str, file: FileRef<'_>) -> SavedFile {
    let file = file.to_owned();
    let name = match file.filename.split_once(version) {
        Some((start, end)) => (start.to_string(), Some(end.to_string())),
        None => (file.filename, None),
    };
    SavedFile { name, kind: file.kind, requires_python: file.requires_python, yanked: file.yanked }
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
        let times =
            option::of(select(&[LIMIT - SECOND, LIMIT - 1, LIMIT, LIMIT + 7, LIMIT + SECOND, LIMIT + 3 * SECOND][..]));
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
                provenance: None,
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
                rules: resolution::rule::Rules::default(),
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
                // A later limit, and none, are what a relaxation tries.
                for seconds in [Some(0), Some(1), Some(2), None] {
                    policy.exclude_newer = limit.zip(seconds).map(|(limit, more)| if more == 0 { limit } else { LIMIT + more * SECOND });
                    let sieve = Sieve::new(&environment, &policy, &problem);
                    prop_assert_eq!(judged(&sieve, &page), judged(&sieve, &again));
                }
            }
            let files = |page: &IndexPage| -> Vec<IndexFile> {
                let release = page.releases().find(|release| release.version() == "1.1");
                let files = release.into_iter().flat_map(|release| release.files()).map(|file| file.to_owned());
                files.map(|file| IndexFile { url: bare(&file.url), core_metadata: MetadataHint::Unsaid, ..file }).collect()
            };
            prop_assert_eq!(files(&page), files(&again));
        }
    }

    /// The candidates of a page and what is excluded.
    fn judged(sieve: &Sieve<'_>, page: &IndexPage) -> (Vec<String>, Vec<String>) {
        let package = sieve.package(page.name(), vec![(0, Arc::new(page.clone()))], None);
        let candidates =
            package.candidates.iter().map(|one| format!("{} {:?} {:?}", one.version, one.cost, one.yanked));
        (candidates.collect(), package.excluded.iter().map(|one| format!("{one:?}")).collect())
    }
}
