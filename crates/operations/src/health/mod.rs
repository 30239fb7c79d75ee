//! `health`: what is known of the projects behind releases, from files, from services that are asked, and from the index.
//!
//! What a document says is known to `evidence::health`; what health means to a decision, to `resolution`.

mod feeds;
mod look;

use std::sync::Arc;

use evidence::{
    Health,
    health::{Listed, Subject},
};
use futures::{StreamExt as _, stream};
use packaging::{PackageName, Version, index::IndexPage, metadata::Contacts};

use self::feeds::Feeds;
pub(crate) use self::look::Projects;
use crate::{
    advise::{fetch, in_runtime, indexes::Routes},
    error::AdviseError,
    request::{IndexRole, Request},
    scan::{Indexes, Target, Wanted},
    world::World,
};

/// How many packages are asked for at once.
const AT_ONCE: usize = 16;

/// What is known of the health of projects.
#[derive(Debug, Default)]
pub struct Checkup {
    /// By package, in the order asked for.
    pub healths: Vec<Health>,
    /// What could not be looked at, and why.
    pub unseen: Vec<(String, AdviseError)>,
    /// The sources, without credentials.
    pub sources: Vec<String>,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// The time that counts as now, in seconds since the Unix epoch.
    pub now: i64,
}

/// A release whose project's health is asked for.
pub(crate) struct Release {
    pub(crate) package: PackageName,
    pub(crate) version: Version,
    /// What its index says.
    pub(crate) listed: Option<Listed>,
    /// What it says of itself.
    pub(crate) contacts: Option<Contacts>,
    /// Whether its index is the one that anybody asks, so that its name is no secret.
    pub(crate) is_public: bool,
}

impl Release {
    pub(crate) fn subject(&self, now: i64) -> Subject<'_> {
        let Self { package, version, .. } = self;
        Subject { package, version, listed: self.listed.as_ref(), contacts: self.contacts.as_ref(), now }
    }

    /// A release on the page of an index, with what it says of itself as far as that was read.
    pub(crate) fn of(
        (package, version): (&PackageName, &Version),
        pages: &[(usize, Arc<IndexPage>)],
        routes: &Routes,
        contacts: Option<Contacts>,
    ) -> Self {
        let page = pages.first();
        Self {
            package: package.clone(),
            version: version.clone(),
            listed: page.map(|(place, page)| Listed::of(page, &routes.shown(*place))),
            contacts,
            is_public: page.is_some_and(|(place, _)| is_public(routes, *place)),
        }
    }
}

/// Whether a place is the index that is asked last, by default that of the public, without a password.
fn is_public(routes: &Routes, place: usize) -> bool {
    routes.places.get(place).is_some_and(|place| {
        place.role == IndexRole::Default && place.index.credentials_for(place.index.url()).is_none()
    })
}

/// The time that counts as now in a run: that of its cooldown, if it has one. In seconds since the Unix epoch.
pub(crate) fn now(request: &Request, world: &World<'_>) -> i64 {
    let limit = request.exclude_newer.as_ref().map(|(before, _)| before.div_euclid(1_000_000));
    limit.map_or(world.seconds(), |limit| limit.min(world.seconds()))
}

/// Tells the health of the projects that `targets` are releases of: each `flask`, `flask==3.0.0`, or a lock with all its releases.
/// What cannot be looked at is told, the others are looked at.
///
/// # Errors
/// When a target names nothing, no index can be settled, or a source cannot be read.
pub fn health(request: &Request, targets: &[String], world: &World<'_>) -> Result<Checkup, AdviseError> {
    let mut checkup = Checkup { now: now(request, world), ..Checkup::default() };
    let mut wanted = Vec::new();
    for text in targets {
        match Target::read(text, &request.folder)? {
            Target::Lock(read) => {
                checkup.notes.extend(read.notes);
                wanted.extend(read.releases);
            }
            Target::One(Wanted::Release(release)) => wanted.push(release),
            Target::One(Wanted::File { .. } | Wanted::Folder { .. }) => {
                return Err(AdviseError::Usage(format!(
                    "`{text}` is neither a release nor a lock: name a release like `flask==3.0.0`, or a `pylock.toml`"
                )));
            }
        }
    }
    world.progress.say("looking at projects");
    in_runtime(|runtime| {
        let indexes = Indexes::settle(request, world)?;
        runtime.block_on(world.limits.demand(async {
            let mut feeds = Feeds::load(&request.health, &request.folder, world, &mut checkup.notes).await?;
            let all = stream::iter(&wanted).map(|one| release(&indexes, one)).buffered(AT_ONCE);
            let mut releases = Vec::new();
            for (one, release) in wanted.iter().zip(all.collect::<Vec<_>>().await) {
                match release {
                    Ok(release) => releases.push(release),
                    Err(error) => checkup.unseen.push((format!("{}{}", one.package, one.versions), error)),
                }
            }
            feeds.ask(&releases, checkup.now, world, &mut checkup.notes).await;
            checkup.sources = feeds.names().to_vec();
            checkup.healths =
                releases.iter().map(|release| feeds.records.health(&release.subject(checkup.now))).collect();
            Ok(())
        }))
    })?;
    Ok(checkup)
}

/// A release as its index and its metadata tell it.
async fn release(indexes: &Indexes, wanted: &crate::scan::Release) -> Result<Release, AdviseError> {
    let named = wanted.by_name()?;
    let pages = indexes.pages(&named).await?;
    let chosen = indexes.choose_among(&named, pages.clone())?;
    let place = chosen.place.unwrap_or_default();
    let learned = fetch::learn(&indexes.shared, &named.package, &chosen.version, place, &chosen.file).await;
    // What a release says of itself is one source among others: without it the rest is told.
    let contacts = learned.map(|learned| learned.about.and_then(|about| about.contacts)).unwrap_or_else(|error| {
        tracing::warn!("{}", error.story());
        None
    });
    Ok(Release::of((&named.package, &chosen.version), &pages, &indexes.shared.routes, contacts))
}
