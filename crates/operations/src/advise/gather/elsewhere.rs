//! What indexes say of packages that they were not asked for in their turn, because one before them has the package.
//!
//! Only for finding out what another index would bring; which packages that concerns is decided by who asks. An index that
//! cannot be asked, or does not answer, is one that has nothing: it is a reason not to offer it, and no reason to fail.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::future::join_all;
use packaging::{PackageName, Version, index::IndexPage};
use resolution::{
    catalogue::{Catalogue, Exclusion},
    search::Needs,
    sieve::Sieve,
};

use super::Gather;
use crate::{
    advise::fetch::{Learned, learn, page},
    request::IndexRole,
};

/// How many pages are asked for in a run that nobody asked for in their turn.
const MOST_PAGES: usize = 16;

/// What was found out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Elsewhere {
    /// By package and place: the page, where there is one.
    pub(crate) pages: BTreeMap<(PackageName, usize), Option<Arc<IndexPage>>>,
    /// By package, place and version.
    pub(crate) learned: BTreeMap<(PackageName, usize, Version), Learned>,
}

impl Elsewhere {
    /// What one place says of a package, as the sieve takes it.
    pub(super) fn found(&self, package: &PackageName, place: usize) -> Vec<(usize, Arc<IndexPage>)> {
        let page = self.pages.get(&(package.clone(), place)).cloned().flatten();
        page.map(|page| (place, page)).into_iter().collect()
    }
}

impl Gather<'_> {
    /// What was found out elsewhere.
    pub(crate) fn elsewhere(&self) -> &Elsewhere {
        &self.elsewhere
    }

    /// The indexes that have a package and were not asked for it, because one before them has it. `known` is asked whether an
    /// index may be told of the package.
    ///
    /// Where the user pinned a package, that is settled; and an explicit index is for what is pinned to it alone.
    pub(crate) async fn look_elsewhere(
        &mut self,
        package: &PackageName,
        known: &dyn Fn(&Self, usize) -> bool,
    ) -> Vec<usize> {
        let mut places = Vec::new();
        for place in self.unasked(package) {
            let key = (package.clone(), place);
            if !self.saved && !self.elsewhere.pages.contains_key(&key) {
                if self.elsewhere.pages.len() >= MOST_PAGES || !known(self, place) {
                    continue;
                }
                let answer = self.world.limits.within(page(&self.shared, place, package)).await;
                let found = match answer {
                    Ok(Ok(found)) => found.filter(|page| !page.is_empty()),
                    Ok(Err(error)) => {
                        tracing::info!("what another index has is not known: {}", error.story());
                        None
                    }
                    // Whoever decides next says so.
                    Err(_) => return Vec::new(),
                };
                self.elsewhere.pages.insert(key.clone(), found);
            }
            if matches!(self.elsewhere.pages.get(&key), Some(Some(_))) {
                places.push(place);
            }
        }
        places
    }

    fn unasked(&self, package: &PackageName) -> BTreeSet<usize> {
        let routes = self.routes();
        let Some(pages) = self.pages.get(package).filter(|_| !routes.is_pinned(package)) else {
            return BTreeSet::new();
        };
        let in_turn = routes.places.iter().enumerate().filter(|(place, at)| {
            matches!(at.role, IndexRole::Extra | IndexRole::Default) && !pages.answers.contains_key(place)
        });
        in_turn.map(|(place, _)| place).collect()
    }

    /// Reads the releases that are needed of packages that are taken from one place alone.
    pub(super) async fn read_elsewhere(&mut self, needs: &Needs, catalogue: &Catalogue, sieve: &Sieve<'_>) {
        let mut asked = Vec::new();
        for (name, version) in &needs.releases {
            let Some(place) = sieve.policy.places.get(name).copied() else { continue };
            let key = (name.clone(), place, version.clone());
            if self.saved || self.elsewhere.learned.contains_key(&key) {
                continue;
            }
            let file = catalogue.package(name).and_then(|package| {
                let candidate = package.candidates.get(package.position(version)?)?;
                Some(sieve.usable_files(package, candidate).first()?.file.to_owned())
            });
            let shared = Arc::clone(&self.shared);
            asked.push(async move {
                let learned = match file {
                    Some(file) => learn(&shared, &key.0, &key.2, place, &file).await.map_err(|error| error.story()),
                    None => Err("none of its files can be used here".to_string()),
                };
                let unknown =
                    |why| Learned { metadata: Err(Exclusion::UnknownMetadata(why)), recorded: false, about: None };
                (key, learned.unwrap_or_else(unknown))
            });
        }
        self.elsewhere.learned.extend(join_all(asked).await);
    }
}
