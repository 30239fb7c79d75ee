//! One set of relaxations, tried out.

use std::collections::BTreeSet;

use packaging::{PackageName, Requirement, Version};
use resolution::{
    Search, Stack,
    catalogue::{Exclusion, ExclusionKind},
    outcome::Reason,
    relaxation::{
        OtherIndex, Relaxation, Written,
        options::{Obstacle, packages},
        tree::Node,
    },
    releases::Releases,
    search::{Conflict, Fact},
    sieve::Sieve,
};

use super::{
    super::{decide::Decided, gather::Gather, question::Case, telling::Teller},
    Avoid, Figures, Optimum, Relaxer, nearest_pythons,
};

/// How often a case that is possible but no better is decided again without what it brings in.
const MOST_ROUNDS: usize = 3;

/// How it ended to try a set of relaxations out.
pub(super) enum Trial {
    /// The best stack with them is better than the chosen one.
    Helps(Optimum),
    /// There is no stack with them.
    Blocked {
        obstacle: Obstacle,
        facts: Vec<Reason>,
        /// Whether more was avoided than was asked for: vulnerabilities of stacks that are no better.
        beside: bool,
        /// The best stack with what was asked for alone, if there is one.
        worse: Option<Figures>,
    },
    /// There is a stack with them that is no better; these relaxations might make another one better.
    Worse(BTreeSet<Relaxation>),
    /// It was not found out.
    Cut,
}

impl Relaxer<'_, '_> {
    /// Tries a set of relaxations out: whether there is a better stack without what is to be avoided. Without anything to
    /// avoid, any stack is better than none.
    pub(super) async fn try_out(&mut self, node: &Node, avoid: &Avoid, most: usize) -> Trial {
        if let Some(known) = self.optima.get(node).filter(|known| without(&known.figures, avoid)) {
            return Trial::Helps(known.clone());
        }
        let mut all = avoid.clone();
        let mut worse: Option<Figures> = None;
        for _ in 0..MOST_ROUNDS {
            let Some(case) = self.case(node, &all) else { return Trial::Worse(BTreeSet::new()) };
            let Some(decided) = self.decide(&case, most).await else { return Trial::Cut };
            let stack = match &decided.end {
                Ok(stack) => stack,
                Err(conflict) => {
                    return Trial::Blocked {
                        obstacle: self.obstacle(&case, &decided.search, conflict).await,
                        facts: self.facts(&case, &decided.search, conflict),
                        beside: worse.is_some(),
                        worse,
                    };
                }
            };
            let figures = Figures::of(&case, &decided.search, stack);
            if avoid.is_empty() || (!node.is_empty() && figures.is_safer(&self.chosen)) {
                match self.optimum(node, avoid, (&case, &decided, stack), figures.clone(), most).await {
                    Some(optimum) if avoid.is_empty() || self.helps(&optimum, avoid) => return Trial::Helps(optimum),
                    Some(_) => return Trial::Worse(BTreeSet::new()),
                    None => return Trial::Cut,
                }
            }
            let incoming = figures.beyond(&self.chosen);
            let options = last_resorts(&figures);
            let no_more = figures.standing.last_resorts <= self.chosen.standing.last_resorts;
            worse.get_or_insert(figures);
            if incoming.is_empty() || !no_more {
                return self.no_better(node, options, worse);
            }
            for one in incoming {
                all.entry(one.name).or_default().extend(one.ids);
            }
        }
        self.no_better(node, BTreeSet::new(), worse)
    }

    /// How a trial ends that found no better stack. Of the chosen case itself, the stack found tells the trade-off.
    fn no_better(&self, node: &Node, options: BTreeSet<Relaxation>, worse: Option<Figures>) -> Trial {
        if !node.is_empty() {
            return Trial::Worse(options);
        }
        let obstacle = Obstacle { subjects: Vec::new(), options };
        Trial::Blocked { obstacle, facts: Vec::new(), beside: true, worse }
    }

    fn helps(&self, optimum: &Optimum, avoid: &Avoid) -> bool {
        optimum.figures.is_safer(&self.chosen) && without(&optimum.figures, avoid)
    }

    /// The best there is with some relaxations, nothing avoided. `found` is the best with something avoided: where it has
    /// nothing against it, there is no better one.
    async fn optimum(
        &mut self,
        node: &Node,
        avoid: &Avoid,
        (case, decided, stack): (&Case, &Decided, &Stack),
        figures: Figures,
        most: usize,
    ) -> Option<Optimum> {
        let spotless = figures.standing == resolution::outcome::Standing::default();
        let again = (!avoid.is_empty() && !spotless).then(|| self.case(node, &Avoid::new())).flatten();
        let optimum = match again {
            None => self.with_dates(node, (case, decided, stack), figures, most).await?,
            Some(case) => {
                let decided = self.decide(&case, most).await?;
                let stack = decided.end.as_ref().ok()?;
                let figures = Figures::of(&case, &decided.search, stack);
                self.with_dates(node, (&case, &decided, stack), figures, most).await?
            }
        };
        self.optima.insert(node.clone(), optimum.clone());
        Some(optimum)
    }

    /// Where files of any date were considered: up to which date it takes.
    async fn with_dates(
        &mut self,
        node: &Node,
        (case, decided, stack): (&Case, &Decided, &Stack),
        figures: Figures,
        most: usize,
    ) -> Option<Optimum> {
        let any = Relaxation::Newer { before: None };
        let plain = Optimum { relaxations: told(node, case, &figures), figures };
        let date = latest_upload(case, &decided.search, stack).filter(|_| node.contains(&any));
        let Some(before) = date else { return Some(plain) };
        let mut dated: Node = node.iter().filter(|one| **one != any).cloned().collect();
        dated.insert(Relaxation::Newer { before: Some(before) });
        let Some(case) = self.case(&dated, &case.policy.avoid) else { return Some(plain) };
        let again = self.decide(&case, most).await?;
        let Ok(stack) = &again.end else { return Some(plain) };
        let figures = Figures::of(&case, &again.search, stack);
        // Fewer files are never better; equal is what was hoped for.
        let as_good = figures.standing == plain.figures.standing;
        Some(if as_good { Optimum { relaxations: told(&dated, &case, &figures), figures } } else { plain })
    }

    /// The question's case with some relaxations, without some vulnerabilities; nothing where it cannot be had.
    pub(super) fn case(&self, node: &Node, avoid: &Avoid) -> Option<Case> {
        let mut case = self.question.case.clone();
        if let Some(version) = node.iter().find_map(|one| match one {
            Relaxation::Python { version } => Some(version),
            _ => None,
        }) {
            case.environment = case.environment.with_python(version).ok()?;
            case.problem = self.question.declared.as_ref()?.problem(&case.environment, &case.problem.objective);
            let fits = |package: &PackageName| {
                let wheel = self.gather.direct().get(package).map(|direct| direct.archive.filename.parse().ok());
                // An archive that is not fetched, or a wheel for another Python, is no way out.
                wheel.is_some_and(|wheel| wheel.is_none_or(|wheel| case.environment.wheel_rank(&wheel).is_some()))
            };
            if case.problem.wants.iter().any(|want| want.archive && !fits(&want.package)) {
                return None;
            }
        }
        for relaxation in node {
            relaxation.apply(&mut case.problem, &mut case.policy);
        }
        case.policy.avoid = avoid.clone();
        if !node.is_empty() && !self.chosen.releases.is_empty() {
            // Whoever makes the change has the chosen stack for a lock.
            case.policy.locked = self.chosen.releases.clone();
        }
        Some(case)
    }

    /// What a conflict leaves to do.
    pub(super) async fn obstacle(&mut self, case: &Case, search: &Search, conflict: &Conflict) -> Obstacle {
        let indexes = self.other_indexes(case, search, conflict).await;
        let formats = &case.policy.formats;
        let for_all = formats.no_binary.all || formats.only_binary.all;
        let pythons = |package: &PackageName, releases: &Releases| self.other_pythons(case, search, package, releases);
        let mut obstacle = Obstacle::new(conflict, search.problem(), for_all, &pythons);
        obstacle.options.extend(indexes);
        obstacle
    }

    /// The indexes that have another release of a package of a conflict and were not asked for it.
    ///
    /// An index is told the name of no package that it might not know: of those only that the advisories speak of, and that
    /// a package on that very index requires. A private name stays where it is.
    async fn other_indexes(&mut self, case: &Case, search: &Search, conflict: &Conflict) -> BTreeSet<Relaxation> {
        let mut options = BTreeSet::new();
        for package in packages(conflict, search.problem()) {
            if case.policy.places.contains_key(&package) {
                continue;
            }
            let known = |gather: &Gather<'_>, place: usize| {
                gather.advisories(&package).is_ok_and(|known| known.is_some())
                    || conflict.facts.iter().any(|fact| {
                        let Fact::Requires { package: parent, on, .. } = fact else { return false };
                        let pages = gather.pages.get(parent).filter(|_| *on == package);
                        pages.is_some_and(|pages| pages.found.iter().any(|(at, _)| *at == place))
                    })
            };
            for place in self.gather.look_elsewhere(&package, &known).await {
                let routes = self.gather.routes();
                let Some(index) = routes.places.get(place).map(|at| OtherIndex {
                    place,
                    name: at.index.name.clone(),
                    url: routes.shown(place),
                }) else {
                    continue;
                };
                let other = Relaxation::Index { package: package.clone(), index };
                let mut policy = case.policy.clone();
                other.apply(&mut case.problem.clone(), &mut policy);
                let sieve = Sieve::new(&case.environment, &policy, &case.problem);
                let Ok(made) = self.gather.make(&package, &sieve) else { continue };
                let here = search.catalogue().package(&package);
                let is_new = |version: &Version| here.is_none_or(|here| here.position(version).is_none());
                if made.candidates.iter().any(|one| is_new(&one.version)) {
                    options.insert(other);
                }
            }
        }
        options
    }

    /// A conflict in the words of the project.
    pub(super) fn facts(&self, case: &Case, search: &Search, conflict: &Conflict) -> Vec<Reason> {
        let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
        let setting = &self.question.setting;
        let teller = Teller { search, policy: &case.policy, sieve: &sieve, gather: self.gather, setting };
        let mut facts = teller.explanation(conflict).facts;
        for fact in &mut facts {
            if let Reason::Excluded { kind: ExclusionKind::Avoided, details, .. } = fact {
                // Each id once, not each combination that affects a release.
                *details = details.iter().flat_map(|ids| ids.split(", ")).map(str::to_string).collect();
            }
        }
        facts
    }

    /// The nearest Pythons with which some of these releases could be chosen.
    fn other_pythons(&self, case: &Case, search: &Search, name: &PackageName, releases: &Releases) -> Vec<String> {
        let Some(package) = search.catalogue().package(name) else { return Vec::new() };
        let is_let_in = |python: &str| {
            let Ok(environment) = case.environment.with_python(python) else { return false };
            let sieve = Sieve::new(&environment, &case.policy, &case.problem);
            let Ok(made) = self.gather.make(name, &sieve) else { return false };
            releases.versions.iter().any(|version| match search.catalogue().requires(name, version) {
                Some(Err(Exclusion::Python(supported))) => {
                    supported.parse().is_ok_and(|supported| environment.supports(&supported))
                }
                Some(_) => false,
                None => package.position(version).is_none() && made.position(version).is_some(),
            })
        };
        nearest_pythons(case, &is_let_in)
    }
}

/// Whether a stack has none of some vulnerabilities.
fn without(figures: &Figures, avoid: &Avoid) -> bool {
    avoid.iter().all(|(package, ids)| !ids.iter().any(|id| figures.has(package, id)))
}

/// The relaxations that a stack makes use of, with what they have to admit.
fn told(node: &Node, case: &Case, figures: &Figures) -> Vec<Relaxation> {
    let admitted = |written: &Written| {
        let version = figures.releases.get(&written.package)?;
        let requirement: Requirement = written.text.parse().ok()?;
        let within = requirement.specifiers().is_some_and(|specifiers| specifiers.contains(version));
        (!within).then(|| version.clone())
    };
    let mut relaxations: Vec<Relaxation> =
        node.iter()
            .filter_map(|one| match one {
                Relaxation::Bound { written, .. } => admitted(written)
                    .map(|version| Relaxation::Bound { written: written.clone(), admit: Some(version) }),
                Relaxation::Index { package, .. } if !figures.releases.contains_key(package) => None,
                Relaxation::Yanked { package, version } if figures.releases.get(package) != Some(version) => None,
                other => Some(other.clone()),
            })
            .collect();
    if relaxations.is_empty() {
        // Another text than was meant: rather the change as it was tried.
        tracing::debug!("a relaxation of {:?} went unused", case.environment.python);
        relaxations = node.iter().cloned().collect();
    }
    relaxations
}

/// What would make ordinary releases of last resorts.
fn last_resorts(figures: &Figures) -> BTreeSet<Relaxation> {
    let of = |(package, version): &(PackageName, Version)| match version.any_prerelease() {
        true => Relaxation::Prereleases,
        false => Relaxation::Yanked { package: package.clone(), version: version.clone() },
    };
    figures.last_resorts.iter().map(of).collect()
}

/// When the last file that a stack needs was uploaded, and a little: microseconds since the Unix epoch. Nothing where an
/// index does not say.
fn latest_upload(case: &Case, search: &Search, stack: &Stack) -> Option<i64> {
    /// `--exclude-newer` is said in seconds.
    const SECOND: i64 = 1_000_000;
    let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
    let mut latest = i64::MIN;
    for release in &stack.releases {
        let package = search.catalogue().package(&release.name)?;
        let candidate = package.candidates.get(package.position(&release.version)?)?;
        if candidate.url.is_some() {
            continue;
        }
        let files = sieve.usable_files(package, candidate);
        latest = latest.max(files.iter().filter_map(|usable| usable.file.upload_time()).min()?);
    }
    latest.checked_div(SECOND)?.checked_add(1)?.checked_mul(SECOND)
}
