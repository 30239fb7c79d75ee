//! Looks at the projects behind what a search chose.
//!
//! A project is looked at once, by the release of it that was chosen first. What is not known of it costs nothing, so a stack of projects
//! that were all looked at is the best as if all projects of the index had been.

use futures::{FutureExt as _, future::LocalBoxFuture};
use resolution::{outcome::HealthUsed, pipeline::health::rule};

use super::{Feeds, Release, now};
use crate::{
    advise::{
        gather::Gather,
        look::{self, Look},
        question::Question,
    },
    error::AdviseError,
    request::Request,
    world::World,
};

/// Looks at projects.
pub(crate) struct Projects<'w> {
    feeds: Feeds,
    /// The time that counts as now, in seconds since the Unix epoch.
    now: i64,
    world: &'w World<'w>,
    unscored: usize,
}

impl<'w> Projects<'w> {
    /// Loads the feeds of a request; `None` where it names none.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(crate) async fn of(
        request: &Request,
        world: &'w World<'w>,
        notes: &mut Vec<String>,
    ) -> Result<Option<Self>, AdviseError> {
        if request.health.is_empty() {
            return Ok(None);
        }
        let feeds = Feeds::load(&request.health, &request.folder, world, notes).await?;
        Ok(Some(Self { feeds, now: now(request, world), world, unscored: 0 }))
    }

    async fn projects(&mut self, chosen: look::Chosen<'_>, question: &mut Question, gather: &Gather<'_>) {
        let mut seen = question.looked.projects.take().unwrap_or_default();
        let new = look::releases(chosen.stack).filter(|(name, _)| !seen.contains_key(*name));
        let releases: Vec<Release> = new
            .map(|(name, version)| {
                let pages = gather.pages.get(name).map(|pages| pages.found.as_slice()).unwrap_or_default();
                let learned = gather.learned.get(&(name.clone(), version.clone()));
                let about = learned.and_then(|learned| learned.about.as_ref());
                let contacts = about.and_then(|about| about.contacts.clone());
                Release::of((name, version), pages, gather.routes(), contacts)
            })
            .collect();
        self.world.progress.say("looking at projects");
        let notes = &mut question.setting.notes;
        let asking = self.feeds.ask(&releases, self.now, self.world, notes);
        if gather.limits().within(asking).await.is_err() {
            notes.push("Not all that was to be asked about the health of projects was asked in time.".to_string());
        }
        let policy = &question.case.policy;
        for release in &releases {
            let health = self.feeds.records.health(&release.subject(self.now));
            self.unscored += usize::from(health.scorecard.is_unknown());
            seen.insert(release.package.clone(), rule(&health, (&policy.pipeline, &policy.objective), self.now));
        }
        question.setting.evidence.health = Some(HealthUsed {
            sources: self.feeds.names().to_vec(),
            looked: seen.len(),
            unscored: self.unscored,
            rules: seen.values().flatten().count(),
        });
        question.looked.projects = Some(seen);
    }
}

impl Look for Projects<'_> {
    fn look<'l>(
        &'l mut self,
        chosen: look::Chosen<'l>,
        question: &'l mut Question,
        gather: &'l Gather<'_>,
    ) -> LocalBoxFuture<'l, Result<(), AdviseError>> {
        async move {
            self.projects(chosen, question, gather).await;
            Ok(())
        }
        .boxed_local()
    }
}
