//! Fetches what the search asks for, and what it will ask for next.
//!
//! How one page or one release is fetched is in [`fetch`](super::fetch). While one answer is on its way, the pages and
//! metadata that its likely consequences need are asked for too: the release that would be chosen if nothing spoke against it,
//! and the packages it requires. The search sees none of that until it
//! asks, so what it decides depends on the world and never on the order of answers.

mod elsewhere;
mod policies;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    pin::pin,
    sync::{Arc, PoisonError},
    thread,
};

use evidence::PackageAdvisories;
use futures::{
    FutureExt as _,
    future::{Either, select},
    stream::{FuturesUnordered, StreamExt as _},
};
use packaging::{Digest, PackageName, Url, Version, VersionSpecifiers};
use prescriptions::{Key, Unit, Wanted};
use resolution::{
    catalogue::{Catalogue, Exclusion, Package, Requires},
    search::Needs,
    sieve::Sieve,
};
use tokio::task::JoinHandle;

pub(crate) use self::elsewhere::Elsewhere;
use super::{
    advisories::{Advisories, Loaded},
    fetch::{DirectRelease, Learned, Pages, Shared, direct, learn, pages},
    indexes::Routes,
    question::Case,
    saved::Facts,
};
use crate::{error::AdviseError, limits::Limits, prescriptions::Prescriptions, world::World};

enum Event {
    Pages(PackageName, Result<Pages, AdviseError>),
    Release(PackageName, Version, Box<Result<Learned, AdviseError>>),
}

/// What searches asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needed {
    pub(crate) packages: BTreeSet<PackageName>,
    pub(crate) releases: BTreeSet<(PackageName, Version)>,
}

/// What a search asked for, made for its objective.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    pub(crate) packages: Vec<Package>,
    pub(crate) releases: Vec<((PackageName, Version), Result<Requires, Exclusion>)>,
}

/// Where what is known of a package comes from.
enum Evidence {
    /// There is none.
    Missing,
    /// A snapshot.
    Snapshot(Box<Advisories>),
    /// A saved problem.
    Saved(BTreeMap<PackageName, Arc<PackageAdvisories>>),
}

/// Where what prescriptions tell comes from.
enum Prescribed {
    /// The knowledge base.
    Kept(Option<Prescriptions>),
    /// A saved problem: the units that tell something of its stack.
    Saved(Vec<Unit>),
}

/// Everything fetched in a run, and what is under way.
pub(crate) struct Gather<'a> {
    world: &'a World<'a>,
    limits: Limits,
    shared: Arc<Shared>,
    advisories: Evidence,
    prescribed: Prescribed,
    /// Archives that the project names.
    archives: Vec<(PackageName, Url, Vec<Digest>)>,
    /// The same, fetched, by package.
    direct: BTreeMap<PackageName, DirectRelease>,
    pub(crate) pages: HashMap<PackageName, Pages>,
    pub(crate) learned: HashMap<(PackageName, Version), Learned>,
    /// What places say that were not asked in their turn.
    elsewhere: Elsewhere,
    /// Packages made of pages, until the search asks for them.
    ready: HashMap<PackageName, Package>,
    /// The requirements that led to a package, for choosing what to look at ahead.
    wanted: HashMap<PackageName, Vec<VersionSpecifiers>>,
    asked_pages: HashSet<PackageName>,
    asked_releases: HashSet<(PackageName, Version)>,
    /// What a search asked for, whichever it was: what a saved problem must hold.
    needed: Needed,
    /// Whether nothing more can be had.
    saved: bool,
    /// Answers not taken in yet.
    done: VecDeque<Event>,
    tasks: FuturesUnordered<JoinHandle<Event>>,
    /// Writes down what was fetched.
    keeper: Option<thread::JoinHandle<()>>,
    /// How many requests had been sent before.
    sent_before: usize,
}

impl Drop for Gather<'_> {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
        self.shared.store();
    }
}

impl<'a> Gather<'a> {
    /// Gathers from these places; nothing is known yet.
    pub(crate) fn new(world: &'a World<'a>, routes: Routes) -> Self {
        Self {
            world,
            limits: world.limits.clone(),
            shared: Arc::new(Shared::new(world, routes)),
            advisories: Evidence::Missing,
            prescribed: Prescribed::Kept(None),
            archives: Vec::new(),
            direct: BTreeMap::new(),
            pages: HashMap::new(),
            learned: HashMap::new(),
            elsewhere: Elsewhere::default(),
            ready: HashMap::new(),
            wanted: HashMap::new(),
            asked_pages: HashSet::new(),
            asked_releases: HashSet::new(),
            needed: Needed::default(),
            saved: false,
            done: VecDeque::new(),
            tasks: FuturesUnordered::new(),
            keeper: None,
            sent_before: world.http.sent(),
        }
    }

    /// Answers from a saved problem, and from nothing else.
    pub(crate) fn recalled(world: &'a World<'a>, facts: Facts) -> Result<Self, AdviseError> {
        let (routes, pages, elsewhere) = (facts.routes()?, facts.pages(), facts.elsewhere());
        let advisories = facts.advisories.into_iter().map(|(name, known)| (name, Arc::new(known))).collect();
        let mut gather = Self::holding(world, routes, pages, facts.releases.into_iter().collect(), advisories);
        gather.direct = facts.direct;
        gather.elsewhere = elsewhere;
        Ok(gather)
    }

    /// Tells of these prescriptions.
    pub(crate) fn prescribed(&mut self, prescriptions: Option<Prescriptions>) {
        self.prescribed = Prescribed::Kept(prescriptions);
    }

    /// The prescriptions that it tells of, as they are kept.
    pub(crate) fn prescriptions(&self) -> Option<&Prescriptions> {
        match &self.prescribed {
            Prescribed::Kept(prescriptions) => prescriptions.as_ref(),
            Prescribed::Saved(_) => None,
        }
    }

    /// Tells of these units, and of no others.
    pub(crate) fn remembered(&mut self, units: Vec<Unit>) {
        self.prescribed = Prescribed::Saved(units);
    }

    /// The units that are wanted of those about any of `keys`.
    pub(crate) fn units(&self, keys: &[Key], wanted: Wanted<'_>) -> Result<Vec<Unit>, AdviseError> {
        match &self.prescribed {
            Prescribed::Kept(None) => Ok(Vec::new()),
            Prescribed::Kept(Some(prescriptions)) => prescriptions.about(keys, wanted),
            Prescribed::Saved(units) => Ok(units.iter().filter(|unit| wanted.wants(unit)).cloned().collect()),
        }
    }

    /// Answers from what it is given, and from nothing else.
    pub(crate) fn holding(
        world: &'a World<'a>,
        routes: Routes,
        pages: HashMap<PackageName, Pages>,
        learned: HashMap<(PackageName, Version), Learned>,
        advisories: BTreeMap<PackageName, Arc<PackageAdvisories>>,
    ) -> Self {
        let mut gather = Self::new(world, routes);
        gather.asked_pages = pages.keys().cloned().collect();
        gather.asked_releases = learned.keys().cloned().collect();
        (gather.pages, gather.learned) = (pages, learned);
        gather.advisories = Evidence::Saved(advisories);
        gather.saved = true;
        gather
    }

    /// What searches asked for so far.
    pub(crate) fn needed(&self) -> &Needed {
        &self.needed
    }

    /// The archives that the project names, fetched.
    pub(crate) fn direct(&self) -> &BTreeMap<PackageName, DirectRelease> {
        &self.direct
    }

    /// What the evidence says of a package; `None` when it says nothing.
    pub(crate) fn advisories(&self, package: &PackageName) -> Result<Option<Arc<PackageAdvisories>>, AdviseError> {
        match &self.advisories {
            Evidence::Missing => Ok(None),
            Evidence::Snapshot(advisories) => advisories.of(package),
            Evidence::Saved(advisories) => Ok(advisories.get(package).cloned()),
        }
    }

    /// How many requests were sent.
    pub(crate) fn requests(&self) -> usize {
        self.world.http.sent() - self.sent_before
    }

    /// The places packages come from.
    pub(crate) fn routes(&self) -> &Routes {
        &self.shared.routes
    }

    /// Takes note of the archives that the project names by URL: no index is asked for those packages.
    pub(crate) fn named(&mut self, archives: Vec<(PackageName, Url, Vec<Digest>)>) {
        self.archives = archives;
    }

    /// Waits for the advisories, and meanwhile fetches what the requirements of the project will probably lead to. What the
    /// advisories say of it is judged when it is needed.
    pub(crate) async fn evidence(
        &mut self,
        case: &Case,
        loading: impl Future<Output = Result<Loaded, AdviseError>>,
    ) -> Result<Loaded, AdviseError> {
        let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
        let mut loading = pin!(loading);
        let nobody = Needs::default();
        for want in case.problem.wants.iter().filter(|want| !want.archive) {
            self.wanted.entry(want.package.clone()).or_default().push(want.specifiers.clone());
            self.ask_pages(&want.package);
        }
        let loaded = loop {
            let event = match select(loading.as_mut(), pin!(self.event())).await {
                Either::Left((loaded, _)) => break loaded?,
                Either::Right((event, _)) => event?,
            };
            match event {
                Some(event) => self.take(event, &nobody, &sieve)?,
                None => break loading.await?,
            }
        };
        if let Some(advisories) = &loaded.advisories {
            self.advisories = Evidence::Snapshot(Box::new(advisories.clone()));
        }
        self.restart();
        Ok(loaded)
    }

    /// The next answer; `None` when nothing is on its way.
    async fn event(&mut self) -> Result<Option<Event>, AdviseError> {
        if let Some(event) = self.done.pop_front() {
            return Ok(Some(event));
        }
        let next = self.tasks.next().await.transpose();
        next.map_err(|error| AdviseError::Bug(format!("a task died: {error}")))
    }

    /// Fetches the archives that the project names by URL.
    pub(crate) async fn archives(&mut self) -> Result<(), AdviseError> {
        for (package, url, hashes) in std::mem::take(&mut self.archives) {
            let release = direct(&self.shared, &package, &url, &hashes).await?;
            self.direct.insert(package, release);
        }
        Ok(())
    }

    /// Asks at once for what will surely or probably be needed.
    pub(crate) fn expect(&mut self, packages: &[PackageName]) {
        let expected: Vec<PackageName> = packages
            .iter()
            .filter(|package| !self.is_archive(package) && !self.asked_pages.contains(*package))
            .cloned()
            .collect();
        for (number, place) in self.shared.routes.places.iter().enumerate() {
            let asked: Vec<PackageName> =
                expected.iter().filter(|package| self.shared.routes.of(package).contains(&number)).cloned().collect();
            let Ok(stored) = self.shared.knowledge.pages(&place.key, &asked) else { continue };
            let mut ahead = self.shared.ahead.lock().unwrap_or_else(PoisonError::into_inner);
            ahead.extend(asked.into_iter().zip(stored).map(|(package, page)| ((number, package), page)));
        }
        for package in expected {
            self.ask_pages(&package);
        }
    }

    /// Fetches what a search needs; `catalogue` is what it was given so far.
    pub(crate) async fn answer(
        &mut self,
        needs: &Needs,
        catalogue: &Catalogue,
        sieve: &Sieve<'_>,
    ) -> Result<Answers, AdviseError> {
        self.read_elsewhere(needs, catalogue, sieve).await;
        let mut in_turn = needs.clone();
        in_turn.packages.retain(|package, _| !sieve.policy.places.contains_key(package));
        in_turn.releases.retain(|(package, _)| !sieve.policy.places.contains_key(package));
        self.fetch(&in_turn, catalogue, sieve).await?;
        let mut answers = Answers::default();
        for package in needs.packages.keys() {
            answers.packages.push(match self.ready.remove(package) {
                Some(made) => made,
                None => self.make(package, sieve)?,
            });
        }
        for release in &needs.releases {
            let requires = self.requires(&release.0, &release.1, sieve);
            answers.releases.push((release.clone(), requires));
        }
        self.store();
        Ok(answers)
    }

    /// Waits for what a search needs of packages whose places are asked in turn.
    async fn fetch(&mut self, needs: &Needs, catalogue: &Catalogue, sieve: &Sieve<'_>) -> Result<(), AdviseError> {
        self.needed.packages.extend(needs.packages.keys().cloned());
        self.needed.releases.extend(needs.releases.iter().cloned());
        for (package, specifiers) in &needs.packages {
            self.wanted.entry(package.clone()).or_default().extend(specifiers.iter().cloned());
            self.ask_pages(package);
            self.look_ahead(package, sieve)?;
        }
        for (package, version) in &needs.releases {
            if let Some(known) = catalogue.package(package) {
                self.ask_release(known, version, sieve);
            }
        }
        loop {
            let open_pages = needs.packages.keys().filter(|package| !self.is_known(package)).count();
            let open_releases = needs.releases.iter().filter(|release| !self.learned.contains_key(*release)).count();
            let total = needs.packages.len() + needs.releases.len();
            if open_pages + open_releases == 0 {
                return Ok(());
            }
            self.world.progress.count((total - open_pages - open_releases) as u64, Some(total as u64));
            match self.event().await? {
                Some(event) => self.take(event, needs, sieve)?,
                None if self.saved => return Err(self.not_saved(needs)),
                None => return Err(AdviseError::Bug("something needed was never asked for".to_string())),
            }
        }
    }

    /// What tasks need to ask the places.
    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// When to end.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Ends at other limits from now on; returns those until now.
    pub(crate) fn limit(&mut self, limits: Limits) -> Limits {
        std::mem::replace(&mut self.limits, limits)
    }

    /// Whether it answers from a saved problem.
    pub(crate) fn is_saved(&self) -> bool {
        self.saved
    }

    /// Everything that was fetched so far, whether it was asked for or not: for when nothing more is waited for.
    pub(crate) fn everything(&mut self, sieve: &Sieve<'_>) -> Result<Answers, AdviseError> {
        while let Some(Some(Ok(event))) = self.tasks.next().now_or_never() {
            self.done.push_back(event);
        }
        for event in std::mem::take(&mut self.done) {
            match event {
                Event::Pages(package, Ok(pages)) => drop(self.pages.insert(package, pages)),
                Event::Release(package, version, learned) => {
                    if let Ok(learned) = *learned {
                        self.learned.insert((package, version), learned);
                    }
                }
                Event::Pages(_, Err(error)) => tracing::debug!("too late to matter: {error}"),
            }
        }
        let packages: BTreeSet<&PackageName> = self.pages.keys().chain(self.direct.keys()).collect();
        let packages = packages.into_iter().map(|package| self.make(package, sieve)).collect::<Result<_, _>>()?;
        let in_turn = |release: &&(PackageName, Version)| !sieve.policy.places.contains_key(&release.0);
        let releases: BTreeSet<&(PackageName, Version)> = self.learned.keys().filter(in_turn).collect();
        let known = |release: &(PackageName, Version)| (release.clone(), self.requires(&release.0, &release.1, sieve));
        let releases = releases.into_iter().map(known).collect();
        self.store();
        Ok(Answers { packages, releases })
    }

    /// What a saved problem lacks.
    fn not_saved(&self, needs: &Needs) -> AdviseError {
        let package = needs.packages.keys().find(|package| !self.is_known(package));
        let release = needs.releases.iter().find(|release| !self.learned.contains_key(*release));
        let what = match (package, release) {
            (Some(package), _) => format!("the index page of `{package}`"),
            (None, Some((package, version))) => format!("the metadata of {package} {version}"),
            (None, None) => "something".to_string(),
        };
        AdviseError::NotSaved { what }
    }

    /// Whether the project names an archive for it.
    fn is_archive(&self, package: &PackageName) -> bool {
        self.direct.contains_key(package) || self.archives.iter().any(|(named, ..)| named == package)
    }

    fn is_known(&self, package: &PackageName) -> bool {
        self.direct.contains_key(package) || self.pages.contains_key(package)
    }

    /// What was learned of a release, judged for the environment.
    fn requires(&self, package: &PackageName, version: &Version, sieve: &Sieve<'_>) -> Result<Requires, Exclusion> {
        let learned = match sieve.policy.places.get(package) {
            Some(place) => self.elsewhere.learned.get(&(package.clone(), *place, version.clone())),
            None => self.learned.get(&(package.clone(), version.clone())),
        };
        match learned {
            Some(Learned { metadata: Ok(metadata), .. }) => sieve.requires(metadata),
            Some(Learned { metadata: Err(why), .. }) => Err(why.clone()),
            None => Err(Exclusion::UnknownMetadata("it was not read".to_string())),
        }
    }

    /// Makes a package of what is known of it.
    pub(super) fn make(&self, package: &PackageName, sieve: &Sieve<'_>) -> Result<Package, AdviseError> {
        let advisories = self.advisories(package)?;
        if let Some(direct) = self.direct.get(package) {
            return Ok(sieve.archive(package, direct.version.clone(), direct.archive.clone(), advisories));
        }
        let pages = match sieve.policy.places.get(package) {
            Some(place) => self.elsewhere.found(package, *place),
            None => self.pages.get(package).map(|pages| pages.found.clone()).unwrap_or_default(),
        };
        Ok(sieve.package(package, pages, advisories))
    }

    /// Takes an answer in. What nobody needs yet may fail in silence: it is asked for again when it is needed.
    fn take(&mut self, event: Event, needs: &Needs, sieve: &Sieve<'_>) -> Result<(), AdviseError> {
        match event {
            Event::Pages(package, Ok(pages)) => {
                self.pages.insert(package.clone(), pages);
                self.look_ahead(&package, sieve)?;
            }
            Event::Pages(package, Err(error)) => {
                if needs.packages.contains_key(&package) {
                    return Err(error);
                }
                // Asked again when it is needed, and then its failure counts.
                tracing::debug!("not needed yet: {error}");
                self.asked_pages.remove(&package);
            }
            Event::Release(package, version, learned) => match *learned {
                Ok(learned) => {
                    let edges = learned.metadata.as_ref().ok().and_then(|metadata| sieve.requires(metadata).ok());
                    self.learned.insert((package, version), learned);
                    for edge in edges.into_iter().flat_map(|requires| requires.edges) {
                        if edge.when.is_empty() {
                            self.wanted.entry(edge.package.clone()).or_default().push(edge.specifiers);
                            self.ask_pages(&edge.package);
                        }
                    }
                }
                Err(error) => {
                    let release = (package, version);
                    if needs.releases.contains(&release) {
                        return Err(error);
                    }
                    tracing::debug!("not needed yet: {error}");
                    self.asked_releases.remove(&release);
                }
            },
        }
        Ok(())
    }

    /// Asks for the metadata of the release that would be chosen if nothing spoke against it.
    fn look_ahead(&mut self, package: &PackageName, sieve: &Sieve<'_>) -> Result<(), AdviseError> {
        let settled = self.ready.contains_key(package) || sieve.policy.places.contains_key(package);
        if settled || !self.is_known(package) {
            return Ok(());
        }
        let Some(wanted) = self.wanted.get(package) else { return Ok(()) };
        let made = self.make(package, sieve)?;
        let likely = made
            .candidates
            .iter()
            .filter(|one| one.yanked.is_none() && wanted.iter().all(|accepted| accepted.contains(&one.version)))
            .min_by_key(|one| one.cost)
            .map(|one| one.version.clone());
        if let Some(version) = likely {
            self.ask_release(&made, &version, sieve);
        }
        self.ready.insert(package.clone(), made);
        Ok(())
    }

    fn ask_pages(&mut self, package: &PackageName) {
        if self.saved || self.is_archive(package) || !self.asked_pages.insert(package.clone()) {
            return;
        }
        let (shared, package) = (Arc::clone(&self.shared), package.clone());
        self.launch(async move {
            let pages = pages(&shared, &package).await;
            Event::Pages(package, pages)
        });
    }

    /// Runs a look-up: at once when what it needs is stored, in the background when it has to wait for somebody.
    fn launch(&mut self, look_up: impl Future<Output = Event> + Send + 'static) {
        let mut look_up = Box::pin(look_up);
        match look_up.as_mut().now_or_never() {
            Some(event) => self.done.push_back(event),
            None => self.tasks.push(tokio::spawn(look_up)),
        }
    }

    fn ask_release(&mut self, package: &Package, version: &Version, sieve: &Sieve<'_>) {
        let release = (package.name.clone(), version.clone());
        if self.saved || !self.asked_releases.insert(release.clone()) {
            return;
        }
        if let Some(direct) = self.direct.get(&package.name) {
            self.learned.insert(release, direct.learned.clone());
            return;
        }
        let best = package
            .position(version)
            .and_then(|position| sieve.usable_files(package, &package.candidates[position]).first().copied());
        let Some(best) = best else {
            let metadata = Err(Exclusion::UnknownMetadata("none of its files can be used here".to_string()));
            self.learned.insert(release, Learned { metadata, recorded: false, about: None });
            return;
        };
        let (shared, file, place) = (Arc::clone(&self.shared), best.file.to_owned(), best.index);
        let (name, version) = release;
        self.launch(async move {
            let learned = learn(&shared, &name, &version, place, &file).await;
            Event::Release(name, version, Box::new(learned))
        });
    }

    /// Forgets what was made for one objective, so that another can be judged.
    pub(crate) fn restart(&mut self) {
        self.ready.clear();
    }

    /// Keeps what was fetched since, beside the run.
    fn store(&mut self) {
        let busy = self.keeper.as_ref().is_some_and(|keeper| !keeper.is_finished());
        if !busy && self.shared.has_news() {
            let shared = Arc::clone(&self.shared);
            self.keeper = Some(thread::spawn(move || shared.store()));
        }
    }
}
