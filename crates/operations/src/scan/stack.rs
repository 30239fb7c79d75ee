//! Looks into the releases that a search chose, and into those of the existing lock that they would replace.
//!
//! What is seen becomes values that a question keeps; what they mean to its decision is in `resolution::pipeline::scanned`.

use std::{collections::BTreeMap, sync::Arc};

use futures::{FutureExt as _, StreamExt as _, future::LocalBoxFuture, stream};
use indicators::{
    Capability, Confidence, Difference, Family, Finding, Gained, Moment, Report, Selection, Severity, artifact,
    catalogue,
};
use packaging::{PackageName, Version, lock::LockedPackage};
use resolution::{
    catalogue::Candidate,
    outcome::ScansUsed,
    pipeline::scanned::{Counts, Scan, Scans, Seen, Sign, is_small, looks},
    sieve::Sieve,
};

use super::{
    AT_ONCE, Artifact, Bench,
    release::{self, Indexes},
    target::Release,
};
use crate::{
    advise::{
        gather::Gather,
        look::{self, Look},
        question::Question,
    },
    error::AdviseError,
    world::World,
};

/// By package and version: what is new against the release of the existing lock, or why that is not known.
pub(crate) type Differences = BTreeMap<PackageName, BTreeMap<Version, Result<Difference, String>>>;

/// Not counted: asserts are what tests are made of, which some releases carry and others do not.
const UNCOUNTED: &str = "B101";
/// What of an archive leaves open what is in it.
const UNREAD: [&indicators::Rule; 5] =
    [&artifact::UNREADABLE, &artifact::ENCRYPTED, &artifact::DAMAGED, &artifact::BOMB, &artifact::UNREAD];

/// Why an upgrade is compared with nothing.
const LATE: &str = "the release of the lock was not looked into in time";

/// Looks into what is chosen.
pub(crate) struct Inside<'w> {
    bench: Bench<'w>,
    scan: Scan,
    /// The releases of the existing lock.
    locked: BTreeMap<PackageName, LockedPackage>,
    /// What was found in these.
    before: BTreeMap<PackageName, Result<Arc<Report>, String>>,
    known: usize,
}

impl<'w> Inside<'w> {
    /// Looks that far into what is chosen in place of these releases.
    pub(crate) fn new(scan: Scan, locked: Vec<LockedPackage>, world: &'w World<'w>) -> Self {
        let locked = locked.into_iter().map(|package| (package.name.clone(), package)).collect();
        Self { bench: Bench::new(world), scan, locked, before: BTreeMap::new(), known: 0 }
    }
}

impl Look for Inside<'_> {
    fn look<'l>(
        &'l mut self,
        chosen: look::Chosen<'l>,
        question: &'l mut Question,
        gather: &'l Gather<'_>,
    ) -> LocalBoxFuture<'l, Result<(), AdviseError>> {
        async move {
            let releases = look::releases(chosen.stack).map(|(name, version)| (name.clone(), version.clone()));
            self.look_into(releases.collect(), chosen, question, gather).await;
            let beside = self.newest(chosen, question);
            self.look_into(beside, chosen, question, gather).await;
            self.tell(question);
            Ok(())
        }
        .boxed_local()
    }
}

/// A release with what was found in it.
type Found = (PackageName, Version, Result<Artifact, String>);

impl Inside<'_> {
    /// Looks into releases that were not looked into, and into those of the existing lock that they would replace, until a limit of
    /// the run is reached.
    async fn look_into(
        &mut self,
        mut releases: Vec<(PackageName, Version)>,
        chosen: look::Chosen<'_>,
        question: &mut Question,
        gather: &Gather<'_>,
    ) {
        let scans = question.looked.scans.get_or_insert_with(|| Scans::new(self.scan));
        releases.retain(|(name, version)| scans.of(name, version).is_none());
        let found = self.found(releases, chosen, question, gather).await;
        self.replaced(&found, question, gather).await;
        self.take(found, question);
    }

    async fn found(
        &self,
        releases: Vec<(PackageName, Version)>,
        chosen: look::Chosen<'_>,
        question: &Question,
        gather: &Gather<'_>,
    ) -> Vec<Found> {
        let (case, routes) = (&question.case, gather.routes());
        let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
        let file = |name: &PackageName, version: &Version| {
            let package = chosen.search.catalogue().package(name)?;
            let candidate = package.candidates.get(package.position(version)?)?;
            release::Chosen::of(package, candidate, &sieve, routes)
        };
        let shared = gather.shared();
        let look = |(name, version): (PackageName, Version)| {
            let (file, shared) = (file(&name, &version), &shared);
            async move {
                let Some(one) = file else {
                    return (name, version, Err("it has no file that can be used here".to_string()));
                };
                let listed = self.bench.listed(&name, &one, &one.file, routes);
                let found = match self.locked_version(&name).is_some_and(|before| *before < version) {
                    true => self.bench.published(shared, &name, &one, listed).await,
                    false => listed.await,
                };
                (name, version, found.map_err(|error| error.sentence()))
            }
        };
        self.all(releases.into_iter().map(look), gather).await
    }

    /// The newest releases of packages of which a chosen one is to be compared with them.
    fn newest(&self, chosen: look::Chosen<'_>, question: &mut Question) -> Vec<(PackageName, Version)> {
        let policy = &question.case.policy;
        let Some(scans) = question.looked.scans.as_mut() else { return Vec::new() };
        let ordinary = |one: &&Candidate| one.yanked.is_none() && !one.version.any_prerelease();
        let mut beside = Vec::new();
        for (name, version) in look::releases(chosen.stack) {
            let Some(package) = chosen.search.catalogue().package(name) else { continue };
            if scans.is_to_compare(name, version, policy) {
                let newest = package.candidates.iter().filter(ordinary).take(looks(&policy.pipeline));
                let newest: Vec<Version> = newest.map(|one| one.version.clone()).collect();
                beside.extend(newest.iter().map(|version| (name.clone(), version.clone())));
                scans.newest.insert(name.clone(), newest);
            }
        }
        beside
    }

    /// Looks into the releases of the existing lock that found ones would replace.
    async fn replaced(&mut self, found: &[Found], question: &Question, gather: &Gather<'_>) {
        let case = &question.case;
        let mut replaced: BTreeMap<PackageName, Release> = BTreeMap::new();
        for (name, version, found) in found {
            let Some(locked) = self.locked.get(name).filter(|locked| locked.version.as_ref() < Some(version)) else {
                continue;
            };
            if found.is_ok() && locked.version.is_some() && !self.before.contains_key(name) {
                match Release::locked(locked.clone()) {
                    Ok(release) => drop(replaced.insert(name.clone(), release)),
                    Err(error) => drop(self.before.insert(name.clone(), Err(error.sentence()))),
                }
            }
        }
        if replaced.is_empty() {
            return;
        }
        let indexes = Indexes::of(gather.shared(), case.environment.clone(), case.policy.formats.clone(), None);
        let look = |(name, release): (PackageName, Release)| {
            let (bench, indexes) = (&self.bench, &indexes);
            async move {
                let found = match indexes.choose(&release).await {
                    Ok(chosen) => {
                        let listed = bench.listed(&name, &chosen, &chosen.file, indexes.routes());
                        bench.published(&indexes.shared, &name, &chosen, listed).await
                    }
                    Err(error) => Err(error),
                };
                (name, found.map(|artifact| artifact.report).map_err(|error| error.sentence()))
            }
        };
        let reports = self.all(replaced.into_iter().map(look), gather).await;
        self.before.extend(reports);
    }

    /// The ends of as many of these as there is time for.
    async fn all<T>(&self, work: impl Iterator<Item = impl Future<Output = T>>, gather: &Gather<'_>) -> Vec<T> {
        let work: Vec<_> = work.collect();
        let (total, progress, limits) = (work.len() as u64, self.bench.world.progress, gather.limits().clone());
        if work.is_empty() {
            return Vec::new();
        }
        progress.say("looking into files");
        progress.count(0, Some(total));
        let mut all = stream::iter(work).buffered(AT_ONCE);
        let mut ends = Vec::new();
        while let Ok(Some(end)) = limits.within(all.next()).await {
            ends.push(end);
            progress.count(ends.len() as u64, Some(total));
        }
        ends
    }

    /// Takes what was found into the question.
    fn take(&mut self, found: Vec<Found>, question: &mut Question) {
        let looked = &mut question.looked;
        let scans = looked.scans.get_or_insert_with(|| Scans::new(self.scan));
        for (name, version, found) in found {
            let seen = found.map(|artifact| {
                self.known += usize::from(artifact.known);
                let mut seen = seen(&artifact.report);
                if let Some(before) = self.locked_version(&name).filter(|before| **before < version) {
                    let report = self.before.get(&name).cloned().unwrap_or_else(|| Err(LATE.to_string()));
                    let difference = report.map(|report| difference(&report, &artifact.report));
                    if let Ok(difference) = &difference
                        && is_small(before, &version)
                    {
                        seen.gained = serious(difference);
                    }
                    looked.differences.entry(name.clone()).or_default().insert(version.clone(), difference);
                }
                seen
            });
            scans.take(&name, &version, seen);
        }
    }

    /// What the report says of all looks.
    fn tell(&self, question: &mut Question) {
        let Some(scans) = &question.looked.scans else { return };
        let (looked, failed) = scans.counts();
        let rules = scans.rules(&question.case.policy).len();
        let analysis = catalogue::version().to_string();
        let used = ScansUsed { scan: self.scan, analysis, looked, known: self.known, failed, rules };
        question.setting.evidence.scans = Some(used);
    }

    fn locked_version(&self, name: &PackageName) -> Option<&Version> {
        self.locked.get(name)?.version.as_ref()
    }
}

/// What of a report bears on a decision.
fn seen(report: &Report) -> Seen {
    let usual = Selection::default();
    let told = || usual.findings(report);
    let mut counts = Counts::default();
    let counted = |finding: &&Finding| finding.family() == Some(Family::Bandit) && finding.rule != UNCOUNTED;
    for finding in told().filter(counted) {
        let row = counts.0.get_mut(finding.severity as usize);
        if let Some(cell) = row.and_then(|row| row.get_mut(finding.confidence as usize)) {
            *cell += 1;
        }
    }
    let unread = told().find(|finding| UNREAD.iter().any(|rule| rule.id == finding.rule));
    Seen {
        counts,
        code: report.lines.0.get("Python").map(|lines| lines.code).unwrap_or_default(),
        signs: signs(told()),
        unread: unread.map(|finding| finding.message.to_string()),
        skipped: report.skipped,
        gained: Vec::new(),
    }
}

/// Whether a finding is of a hostile kind, serious and sure.
fn forbids(finding: &Finding) -> bool {
    finding.family() == Some(Family::Hostile)
        && (finding.severity, finding.confidence) == (Severity::High, Confidence::High)
}

/// What looks hostile: the first place of each rule.
fn signs<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<Sign> {
    let mut signs: BTreeMap<&str, Sign> = BTreeMap::new();
    for finding in findings.filter(|finding| forbids(finding)) {
        signs.entry(&finding.rule).or_insert_with(|| {
            let path = &finding.path;
            let place = if finding.line == 0 { path.clone() } else { format!("{path}:{}", finding.line) };
            Sign { rule: finding.rule.to_string(), place, message: finding.message.to_string() }
        });
    }
    signs.into_values().collect()
}

/// What is new, but for what nobody hears of who does not ask.
fn difference(before: &Report, after: &Report) -> Difference {
    let usual = Selection::default();
    Difference::between(&usual.of(before), &usual.of(after))
}

/// What a small upgrade should not suddenly do, as clauses. A wheel in place of an sdist has other code for when it is installed.
fn serious(difference: &Difference) -> Vec<String> {
    let is_serious = |gained: &&Gained| {
        let evidence = &gained.evidence;
        let unasked = matches!(evidence.moment, Moment::Install | Moment::Start)
            || matches!(evidence.capability, Capability::Install | Capability::Startup);
        unasked || (evidence.capability == Capability::Network && !gained.known)
    };
    let gained = difference.gained.iter().filter(|_| !difference.kinds).filter(is_serious);
    let mut gained: Vec<String> = gained
        .map(|one| format!("{}{} ({})", one.evidence.capability, when(one.evidence.moment), one.evidence.path))
        .collect();
    gained.dedup();
    gained
}

/// When, where nobody asks for it.
fn when(moment: Moment) -> &'static str {
    match moment {
        Moment::Later => "",
        Moment::Import => " when it is imported",
        Moment::Install => " when it is built or installed",
        Moment::Start => " whenever Python starts",
    }
}

/// What is new in the releases of a stack against those of the existing lock.
pub(crate) fn of_stack(
    differences: &Differences,
    stack: &resolution::Stack,
) -> BTreeMap<PackageName, Result<Difference, String>> {
    let of = |(name, version): (&PackageName, &Version)| {
        let difference = differences.get(name)?.get(version)?;
        Some((name.clone(), difference.clone()))
    };
    look::releases(stack).filter_map(of).collect()
}
