//! Saved problems: everything a decision was made of, in one file that is decided again without a network.
//!
//! The question is JSON, which another version of Thoth can read as long as what was added to it since has a default; the
//! facts are postcard. What is kept of index pages is told in [`pages`]. Credentials are nowhere in it.

mod pages;

use std::{
    collections::{BTreeMap, HashMap},
    io::{Read as _, Write as _},
    path::Path,
    sync::Arc,
};

use evidence::PackageAdvisories;
use knowledge::IndexKey;
use packaging::{PackageName, Url, Version, lock::Format, requirement::without_credentials};
use resolution::{outcome::Effort, search::Stack};
use serde::{Deserialize, Serialize};
use sources::index::{Index, IndexKind};

pub(super) use self::pages::PYTHONS;
use self::pages::{Pruning, SavedPage};
use super::{
    fetch::{DirectRelease, Learned, Pages},
    gather::{Elsewhere, Gather},
    indexes::{Place, Routes},
    question::Question,
};
use crate::{error::AdviseError, request::IndexRole};

/// Names the form; another form gets another mark.
const MARK: [u8; 8] = *b"thothpb4";
/// The largest file that is read, bytes.
const LARGEST: u64 = 256 << 20;
/// The most it may hold when it is unpacked, bytes.
const LARGEST_UNPACKED: u64 = 1 << 30;
/// How hard zstd tries: a file is written once and kept.
const PACKING: i32 = 19;

/// A saved problem.
#[derive(Debug)]
pub(crate) struct Saved {
    pub(crate) question: Question,
    pub(crate) facts: Facts,
    /// What it took to find the facts out.
    pub(crate) effort: Effort,
}

/// What indexes and advisories say, as far as any search asked.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Facts {
    places: Vec<SavedPlace>,
    pages: BTreeMap<PackageName, SavedPages>,
    pub(crate) releases: BTreeMap<(PackageName, Version), Learned>,
    pub(crate) direct: BTreeMap<PackageName, DirectRelease>,
    pub(crate) advisories: BTreeMap<PackageName, PackageAdvisories>,
    /// Behind all else in the file, where there is any.
    #[serde(skip)]
    elsewhere: SavedElsewhere,
}

/// What places say that were not asked in their turn.
#[derive(Debug, Default, Serialize, Deserialize)]
struct SavedElsewhere {
    pages: BTreeMap<(PackageName, usize), Option<SavedPage>>,
    releases: BTreeMap<(PackageName, usize, Version), Learned>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedPlace {
    url: String,
    name: Option<String>,
    role: IndexRole,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedPages {
    found: Vec<(usize, SavedPage)>,
    answers: BTreeMap<usize, String>,
}

impl Saved {
    /// Everything that was decided by. `stack` is what a lock is made of.
    pub(crate) fn new(
        question: Question,
        gather: &Gather<'_>,
        stack: Option<&Stack>,
        effort: Effort,
    ) -> Result<Self, AdviseError> {
        let facts = Facts::new(gather, stack, &question)?;
        Ok(Self { question, facts, effort })
    }

    /// The file's bytes.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, AdviseError> {
        let failed = |why: String| AdviseError::Bug(format!("the problem cannot be saved: {why}"));
        let question =
            serde_json::to_string(&(&self.question, self.effort)).map_err(|error| failed(error.to_string()))?;
        let mut plain = postcard::to_stdvec(&(question, &self.facts)).map_err(|error| failed(error.to_string()))?;
        if !self.facts.elsewhere.pages.is_empty() {
            let more = postcard::to_stdvec(&self.facts.elsewhere).map_err(|error| failed(error.to_string()))?;
            plain.extend(more);
        }
        let pack = || -> std::io::Result<Vec<u8>> {
            let mut packing = zstd::stream::write::Encoder::new(MARK.to_vec(), PACKING)?;
            packing.include_checksum(true)?;
            packing.write_all(&plain)?;
            packing.finish()
        };
        pack().map_err(|error| failed(error.to_string()))
    }

    /// Reads a saved problem; whoever wrote it.
    pub(crate) fn read(path: &Path) -> Result<Self, AdviseError> {
        let file = path.display().to_string();
        let unreadable = |source| AdviseError::Read { file: file.clone(), source };
        let refused = |why: &str| AdviseError::SavedProblem { file: file.clone(), why: why.to_string() };
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST {
            return Err(refused("it is larger than 256 MiB"));
        }
        let Some(packed) = bytes.strip_prefix(&MARK) else {
            return Err(refused("it is none, or another version of Thoth wrote it"));
        };
        let mut plain = Vec::new();
        zstd::stream::read::Decoder::new(packed)
            .and_then(|unpacked| unpacked.take(LARGEST_UNPACKED + 1).read_to_end(&mut plain))
            .map_err(|_| refused("it is damaged or cut off"))?;
        if plain.len() as u64 > LARGEST_UNPACKED {
            return Err(refused("it unpacks to more than 1 GiB"));
        }
        let other = "it is damaged, or another version of Thoth wrote it";
        let ((question, mut facts), more): ((&str, Facts), &[u8]) =
            postcard::take_from_bytes(&plain).map_err(|_| refused(other))?;
        if !more.is_empty() {
            facts.elsewhere = postcard::from_bytes(more).map_err(|_| refused(other))?;
        }
        let (question, effort) =
            serde_json::from_str(question).map_err(|error| refused(&format!("{other}: {error}")))?;
        Ok(Self { question, facts, effort })
    }
}

impl Facts {
    fn new(gather: &Gather<'_>, stack: Option<&Stack>, question: &Question) -> Result<Self, AdviseError> {
        let needed = gather.needed();
        let mut facts = Self {
            places: Vec::new(),
            pages: BTreeMap::new(),
            releases: BTreeMap::new(),
            direct: gather.direct().clone(),
            advisories: BTreeMap::new(),
            elsewhere: SavedElsewhere::default(),
        };
        for place in &gather.routes().places {
            facts.places.push(SavedPlace {
                url: place.index.url().to_string(),
                name: place.index.name.clone(),
                role: place.role,
            });
        }
        for direct in facts.direct.values_mut() {
            direct.archive.url = without_credentials(&direct.archive.url);
        }
        let (case, addresses) = (&question.case, question.setting.format == Format::Pylock);
        let mut pruning = Pruning::new(&case.environment, &case.policy, addresses);
        for package in &needed.packages {
            if let Some(advisories) = gather.advisories(package)? {
                facts.advisories.insert(package.clone(), advisories.as_ref().clone());
            }
            let Some(pages) = gather.pages.get(package) else { continue };
            let chosen = stack.and_then(|stack| stack.version(package));
            let found = pages.found.iter().map(|(place, page)| (*place, pruning.page(page, chosen))).collect();
            facts.pages.insert(package.clone(), SavedPages { found, answers: pages.answers.clone() });
        }
        for release in &needed.releases {
            if let Some(learned) = gather.learned.get(release) {
                facts.releases.insert(release.clone(), learned.clone());
            }
        }
        let elsewhere = gather.elsewhere();
        for (at, page) in &elsewhere.pages {
            facts.elsewhere.pages.insert(at.clone(), page.as_ref().map(|page| pruning.page(page, None)));
        }
        facts.elsewhere.releases.clone_from(&elsewhere.learned);
        Ok(facts)
    }

    /// The places packages came from.
    pub(crate) fn routes(&self) -> Result<Routes, AdviseError> {
        let mut routes = Routes::default();
        for place in &self.places {
            let url = Url::parse(&place.url).map_err(|error| AdviseError::SavedProblem {
                file: place.url.clone(),
                why: format!("it names an index that is no URL: {error}"),
            })?;
            let kind = if place.role == IndexRole::FindLinks { IndexKind::FindLinks } else { IndexKind::Simple };
            let mut index = Index::new(&url, kind);
            if let Some(name) = &place.name {
                index = index.named(name);
            }
            routes.places.push(Place { index, key: IndexKey::new(&url), role: place.role });
        }
        Ok(routes)
    }

    /// What was found out elsewhere, made anew.
    pub(crate) fn elsewhere(&self) -> Elsewhere {
        let pages = self.elsewhere.pages.iter().filter(|((_, place), _)| *place < self.places.len());
        let page = |((name, place), saved): (&(PackageName, usize), &Option<SavedPage>)| {
            ((name.clone(), *place), saved.as_ref().map(|page| Arc::new(page.to_page(name))))
        };
        Elsewhere { pages: pages.map(page).collect(), learned: self.elsewhere.releases.clone() }
    }

    /// The pages, made anew. A page of a place that is not among the places is left out.
    pub(crate) fn pages(&self) -> HashMap<PackageName, Pages> {
        let is_there = |place: &usize| *place < self.places.len();
        let of = |(name, saved): (&PackageName, &SavedPages)| {
            let found = saved.found.iter().filter(|(place, _)| is_there(place));
            let answers = saved.answers.iter().filter(|(place, _)| is_there(place));
            let pages = Pages {
                found: found.map(|(place, page)| (*place, Arc::new(page.to_page(name)))).collect(),
                answers: answers.map(|(place, answer)| (*place, answer.clone())).collect(),
            };
            (name.clone(), pages)
        };
        self.pages.iter().map(of).collect()
    }
}
