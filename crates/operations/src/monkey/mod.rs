//! `monkey`: stacks worth testing, as locks.
//!
//! Which stacks are drawn is decided in [`resolution::predict`]; here the world is read that they are drawn from, and they are
//! written down.

mod draw;
mod shelf;

use std::{collections::BTreeSet, path::PathBuf};

use packaging::{PackageName, Version, lock::Format};
use resolution::predict::{Decision, MOST_RELEASES, Size};

pub use self::shelf::Shelf;
use crate::{
    error::AdviseError,
    inquiry::{Answer, Inquiry, inquire},
    request::Request,
    world::World,
};

/// The most stacks of a run.
pub const MOST_STACKS: usize = 10_000;

/// What `monkey` is asked for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which stacks are drawn.
    pub decision: Decision,
    /// The packages whose releases are combined.
    pub combined: BTreeSet<PackageName>,
    /// The most stacks, up to [`MOST_STACKS`].
    pub count: usize,
    /// Where all chance comes from.
    pub seed: u64,
    /// How many releases of each package are drawn from at least, the newest, up to [`MOST_RELEASES`].
    pub latest_versions: usize,
    /// The format of the locks.
    pub format: Format,
    /// The folder they are written to, relative to the working folder.
    pub folder: Option<PathBuf>,
}

/// What `monkey` found.
#[derive(Clone, Debug)]
pub struct Monkeyed {
    /// The stack that `advise` would lock.
    pub best: Vec<(PackageName, Version)>,
    /// The stacks, in the order in which they were drawn.
    pub stacks: Vec<Drawn>,
    /// Whether there is no other stack of this kind among the releases that were read.
    pub exhausted: bool,
    /// How much there was to draw from.
    pub world: Size,
}

/// A stack that was drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Its number, also that of its folder.
    pub number: usize,
    /// Its releases, sorted by name.
    pub releases: Vec<(PackageName, Version)>,
    /// The folder it was written to.
    pub folder: Option<PathBuf>,
}

/// Draws stacks of what `request` asks for, and writes them where `plan` says.
///
/// # Errors
/// When the plan cannot be, the decision cannot be made, or a lock cannot be written.
pub fn monkey(plan: &Plan, request: &Request, world: &World<'_>) -> Result<Answer<Monkeyed>, AdviseError> {
    plan.check()?;
    let shelf = plan.folder.as_ref().map(|folder| Shelf::open(&request.folder.join(folder))).transpose()?;
    inquire(request, world, async |mut inquiry| monkeyed(plan, shelf, &mut inquiry).await)
}

impl Plan {
    fn check(&self) -> Result<(), AdviseError> {
        let wrong = |why: String| Err(AdviseError::Usage(why));
        match (self.decision, self.combined.is_empty()) {
            (Decision::Combinations, true) => {
                return wrong("`--decision combinations` combines the releases of packages that are named with `--combine PACKAGE`".to_string());
            }
            (Decision::Combinations, false) | (_, true) => {}
            (_, false) => {
                return wrong(format!(
                    "`--combine` names packages for `--decision combinations`, not for `{}`",
                    self.decision
                ));
            }
        }
        if !(1..=MOST_STACKS).contains(&self.count) {
            return wrong(format!("--count: {} is not a number of stacks from 1 to {MOST_STACKS}", self.count));
        }
        if !(1..=MOST_RELEASES).contains(&self.latest_versions) {
            return wrong(format!(
                "--limit-latest-versions: {} is not a number from 1 to {MOST_RELEASES}",
                self.latest_versions
            ));
        }
        Ok(())
    }
}

async fn monkeyed(plan: &Plan, shelf: Option<Shelf>, inquiry: &mut Inquiry<'_, '_>) -> Result<Monkeyed, AdviseError> {
    let found = draw::draw(plan, &[], inquiry).await?;
    let mut stacks = Vec::new();
    let first = shelf.as_ref().map_or(1, Shelf::first_free);
    for (number, releases) in (first..).zip(found.drawn.stacks.iter()) {
        let folder = match &shelf {
            None => None,
            Some(shelf) => {
                let lock = found.lock(releases, plan.format, inquiry)?;
                Some(shelf.put(number, &[(plan.format.filename(), lock.as_bytes())])?)
            }
        };
        stacks.push(Drawn { number, releases: releases.clone(), folder });
    }
    let best = inquiry.stack.releases.iter().map(|release| (release.name.clone(), release.version.clone()));
    Ok(Monkeyed { best: best.collect(), stacks, exhausted: found.drawn.exhausted, world: found.size })
}
