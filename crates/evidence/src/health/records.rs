//! All documents of a run, joined: from a release to its repository, and from that to what is known of it.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{PackageName, Version, index::IndexPage, metadata::Contacts, text::one_line};

use super::{
    Cadence, Document, DocumentError, Fact, Health, Rank, Scorecard, Status,
    repository::{Claim, Located, Repository},
};
use crate::Known;

/// The most documents that cannot be used and are named.
const MOST_REJECTED: usize = 100;

/// What documents say, found by what they are about. Of two that say different things of one matter, the later one counts;
/// of two of one date, the first.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// By release: who says where its source is.
    claims: BTreeMap<(PackageName, Version), Fact<Vec<Claim>>>,
    published: BTreeMap<PackageName, Fact<Vec<i64>>>,
    contacts: BTreeMap<PackageName, Fact<Contacts>>,
    scorecards: BTreeMap<Repository, Fact<Scorecard>>,
    /// Repositories of which a source says that it has no scorecard.
    unscored: BTreeMap<Repository, String>,
    stars: BTreeMap<Repository, Fact<u64>>,
    archived: BTreeMap<Repository, Fact<bool>>,
    ranks: BTreeMap<PackageName, Fact<Rank>>,
    /// The lists of downloads that were read.
    lists: BTreeSet<String>,
    /// How many documents were read.
    read: usize,
    /// The first documents that cannot be used, each with its source.
    rejected: Vec<(String, DocumentError)>,
    rejected_count: usize,
}

/// What an index says of a project. Times are in seconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The index, for the reader.
    pub index: String,
    /// The status of the project.
    pub status: Status,
    /// When its releases were uploaded, as far as the index says: the first file of each.
    pub uploaded: Vec<i64>,
}

/// A release whose health is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// The package.
    pub package: &'s PackageName,
    /// The version.
    pub version: &'s Version,
    /// What its index says; `None` where it comes from none.
    pub listed: Option<&'s Listed>,
    /// What the release says of itself; `None` where that is not known.
    pub contacts: Option<&'s Contacts>,
    /// The time that counts as now, in seconds since the Unix epoch: what came later is not known yet.
    pub now: i64,
}

impl Listed {
    /// What a page of an index says.
    pub fn of(page: &IndexPage, index: &str) -> Self {
        let reason = page.status_reason().map(|reason| one_line(reason, 200)).filter(|reason| !reason.is_empty());
        let first = |files: &mut dyn Iterator<Item = i64>| files.min().map(|at| at.div_euclid(1_000_000));
        let uploaded =
            page.releases().filter_map(|release| first(&mut release.files().filter_map(|file| file.upload_time())));
        Self {
            index: index.to_string(),
            status: Status { status: page.status(), reason },
            uploaded: uploaded.collect(),
        }
    }
}

impl Records {
    /// Reads a document; what cannot be used is kept for the report. `source` is for the reader.
    pub fn add(&mut self, source: &str, file: &str, bytes: &[u8]) {
        match Document::parse(file, bytes) {
            Ok(document) => self.take(source, document),
            Err(error) => {
                self.rejected_count += 1;
                if self.rejected.len() < MOST_REJECTED {
                    self.rejected.push((source.to_string(), error));
                }
            }
        }
    }

    /// Takes a document in.
    pub fn take(&mut self, source: &str, document: Document) {
        let source = source.to_string();
        self.read += 1;
        match document {
            Document::Release { package, version, claims, at } => {
                newer(&mut self.claims, (package, version), Fact { value: claims, source, at });
            }
            Document::Package { package, published } => {
                let at = published.iter().max().copied();
                newer(&mut self.published, package, Fact { value: published, source, at });
            }
            Document::Page { package, contacts } => {
                newer(&mut self.contacts, package, Fact { value: contacts, source, at: None });
            }
            Document::Project { repository, stars, scorecard } => {
                if let Some(stars) = stars {
                    newer(&mut self.stars, repository.clone(), Fact { value: stars, source: source.clone(), at: None });
                }
                match scorecard {
                    Some((value, at)) => newer(&mut self.scorecards, repository, Fact { value, source, at }),
                    None => self.lacks_scorecard(repository, &source),
                }
            }
            Document::Forge { repository, archived, stars } => {
                if let Some(stars) = stars {
                    newer(&mut self.stars, repository.clone(), Fact { value: stars, source: source.clone(), at: None });
                }
                newer(&mut self.archived, repository, Fact { value: archived, source, at: None });
            }
            Document::Ranks { packages, at } => {
                let of = u32::try_from(packages.len()).unwrap_or(u32::MAX);
                for (place, package) in (1..).zip(packages) {
                    newer(&mut self.ranks, package, Fact { value: Rank { place, of }, source: source.clone(), at });
                }
                self.lists.insert(source);
            }
        }
    }

    /// Takes note that a source has no scorecard of a repository.
    pub fn lacks_scorecard(&mut self, repository: Repository, source: &str) {
        self.unscored.entry(repository).or_insert_with(|| source.to_string());
    }

    /// Takes in what others hold, as if their documents had come after these.
    pub fn absorb(&mut self, other: Self) {
        other.claims.into_iter().for_each(|(key, fact)| newer(&mut self.claims, key, fact));
        other.published.into_iter().for_each(|(key, fact)| newer(&mut self.published, key, fact));
        other.contacts.into_iter().for_each(|(key, fact)| newer(&mut self.contacts, key, fact));
        other.scorecards.into_iter().for_each(|(key, fact)| newer(&mut self.scorecards, key, fact));
        other.stars.into_iter().for_each(|(key, fact)| newer(&mut self.stars, key, fact));
        other.archived.into_iter().for_each(|(key, fact)| newer(&mut self.archived, key, fact));
        other.ranks.into_iter().for_each(|(key, fact)| newer(&mut self.ranks, key, fact));
        other.unscored.into_iter().for_each(|(key, source)| self.lacks_scorecard(key, &source));
        self.lists.extend(other.lists);
        self.read += other.read;
        self.rejected_count += other.rejected_count;
        self.rejected.extend(other.rejected);
        self.rejected.truncate(MOST_REJECTED);
    }

    /// How many documents could be used.
    pub fn read(&self) -> usize {
        self.read
    }

    /// The first documents that cannot be used, each with its source, and how many there are.
    pub fn rejected(&self) -> (&[(String, DocumentError)], usize) {
        (&self.rejected, self.rejected_count)
    }

    /// Whether something says where the source of a release is, besides itself.
    pub fn knows(&self, package: &PackageName, version: &Version) -> bool {
        self.claims.contains_key(&(package.clone(), version.clone()))
    }

    /// Whether anything is known of a repository's scorecard, that there is none included.
    pub fn knows_scorecard(&self, repository: &Repository) -> bool {
        self.scorecards.contains_key(repository) || self.unscored.contains_key(repository)
    }

    /// The repository of a release.
    pub fn located(&self, subject: &Subject<'_>) -> Known<Fact<Located>> {
        let known = self.claims.get(&(subject.package.clone(), subject.version.clone()));
        let contacts = self.contacts_of(subject);
        let said: Vec<Claim> = contacts.iter().flat_map(|contacts| Claim::of_links(&contacts.value)).collect();
        let all: Vec<Claim> = known.iter().flat_map(|known| &known.value).chain(&said).cloned().collect();
        let Some(located) = Located::among(&all) else {
            return match (known, contacts) {
                (None, None) => Known::Unknown("what the release says of itself was not read".to_string()),
                _ => Known::Absent,
            };
        };
        // The best claim is from whoever made it first: documents go before what the release says.
        let by = known.filter(|known| {
            known.value.iter().any(|claim| claim.repository == located.repository && claim.sure == located.sure)
        });
        let (source, at) = match by {
            Some(known) => (known.source.clone(), known.at),
            None => contacts.map(|contacts| (contacts.source, contacts.at)).unwrap_or_default(),
        };
        Known::Present(Fact { value: located, source, at })
    }

    /// All that is known of the health of a release's project.
    pub fn health(&self, subject: &Subject<'_>) -> Health {
        let repository = self.located(subject);
        let people = match self.contacts_of(subject) {
            None => Known::Unknown("what the release says of itself was not read".to_string()),
            Some(Fact { value, .. }) if value.people.is_empty() => Known::Absent,
            Some(Fact { value, source, at }) => Known::Present(Fact { value: value.people, source, at }),
        };
        Health {
            package: subject.package.clone(),
            version: subject.version.clone(),
            status: status(subject),
            archived: of(&repository, |repository| self.archived(repository)),
            scorecard: of(&repository, |repository| {
                match (self.scorecards.get(repository), self.unscored.get(repository)) {
                    (Some(card), _) => Known::Present(card.clone()),
                    (None, Some(_)) => Known::Absent,
                    (None, None) => unheard("no source has its scorecard"),
                }
            }),
            stars: of(&repository, |repository| {
                self.stars
                    .get(repository)
                    .cloned()
                    .map_or_else(|| unheard("no source counts its stars"), Known::Present)
            }),
            repository,
            cadence: self.cadence(subject),
            people,
            rank: match self.ranks.get(subject.package) {
                Some(rank) => Known::Present(rank.clone()),
                None if self.lists.is_empty() => unheard("no source lists downloads"),
                None => Known::Absent,
            },
        }
    }

    fn contacts_of(&self, subject: &Subject<'_>) -> Option<Fact<Contacts>> {
        let own = |contacts: &Contacts| Fact { value: contacts.clone(), source: "the release".to_string(), at: None };
        subject.contacts.map(own).or_else(|| self.contacts.get(subject.package).cloned())
    }

    fn archived(&self, repository: &Repository) -> Known<Fact<bool>> {
        if let Some(archived) = self.archived.get(repository) {
            return Known::Present(archived.clone());
        }
        let by_card = self.scorecards.get(repository).and_then(|card| {
            let value = card.value.is_archived()?;
            Some(Fact { value, source: card.source.clone(), at: card.at })
        });
        by_card.map_or_else(|| unheard("no source says whether it is"), Known::Present)
    }

    fn cadence(&self, subject: &Subject<'_>) -> Known<Fact<Cadence>> {
        let listed = subject.listed.and_then(|listed| {
            let value = Cadence::of(listed.uploaded.iter().copied(), subject.now)?;
            Some(Fact { value, source: listed.index.clone(), at: None })
        });
        let published = || {
            let published = self.published.get(subject.package)?;
            let value = Cadence::of(published.value.iter().copied(), subject.now)?;
            Some(Fact { value, source: published.source.clone(), at: None })
        };
        match (listed.or_else(published), subject.listed) {
            (Some(cadence), _) => Known::Present(cadence),
            (None, Some(_)) => Known::Unknown("its index does not say when files were uploaded".to_string()),
            (None, None) => Known::Unknown("it comes from no index".to_string()),
        }
    }
}

fn status(subject: &Subject<'_>) -> Known<Fact<Status>> {
    match subject.listed {
        Some(listed) => Known::Present(Fact { value: listed.status.clone(), source: listed.index.clone(), at: None }),
        None => Known::Unknown("it comes from no index".to_string()),
    }
}

/// What is known of a repository, as far as that is known.
fn of<T>(repository: &Known<Fact<Located>>, fact: impl Fn(&Repository) -> Known<T>) -> Known<T> {
    match repository {
        Known::Present(located) => fact(&located.value.repository),
        Known::Absent => Known::Unknown("nothing says where its source is".to_string()),
        Known::Unknown(why) => Known::Unknown(why.clone()),
    }
}

fn unheard<T>(why: &str) -> Known<T> {
    Known::Unknown(why.to_string())
}

/// Puts a fact in its place unless there is one that is as new.
fn newer<K: Ord, T>(facts: &mut BTreeMap<K, Fact<T>>, key: K, fact: Fact<T>) {
    let is_newer = |known: &Fact<T>| known.at < fact.at;
    if facts.get(&key).is_none_or(is_newer) {
        facts.insert(key, fact);
    }
}
