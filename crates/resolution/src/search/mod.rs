//! The exact search: a machine that is stepped, asks for what it needs and ends with a proved optimum.
//!
//! A release whose metadata was not read costs what its index page and its evidence say, and its requirements can only add
//! to that; so the cheapest stack over what is known bounds every stack there is. The machine finds that cheapest stack
//! ([`encoding`] turns the catalogue into clauses, [`crate::sat`] solves them) and asks for the metadata of its releases.
//! When all of it was read and the stack is still the cheapest, it is the best of the whole index.
//!
//! It never waits and never fetches; the caller adds what was asked for and steps again. It may be stopped at any time: what
//! was proved stays, and [`salvage`] makes the best of what was read.

mod encoding;
mod explain;
mod given;
mod salvage;

use std::collections::{BTreeMap, BTreeSet};

use packaging::{ExtraName, Operator, PackageName, Version, VersionSpecifiers};
use serde::{Deserialize, Serialize};

use self::encoding::Encoding;
pub use self::explain::{Conflict, Fact};
use crate::{
    catalogue::{Candidate, Catalogue, Edge, Exclusion, Package, Requires, Want},
    cost::Cost,
    objective::Objective,
    rule::{Met, Rules},
    sat::{Lit, Verdict},
};

/// What is to be decided.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// What the project requires, markers already judged.
    pub wants: Vec<Want>,
    /// Bounds on packages that are in the stack for other reasons.
    pub constraints: Vec<Want>,
    /// Requirements that replace all others on the same package; none at all drops every requirement on it.
    pub overrides: BTreeMap<PackageName, Vec<Want>>,
    /// How stacks are compared.
    pub objective: Objective,
    /// Rules of experience. What was saved before there were any lacks them.
    #[serde(default)]
    pub rules: Rules,
}

impl Problem {
    /// Whether every requirement on a package is dropped: it is overridden, and no override applies here, or a rule says so.
    pub fn drops(&self, package: &PackageName) -> bool {
        self.overrides.get(package).is_some_and(Vec::is_empty) || self.rules.drops(package)
    }

    /// The project's requirements that are not dropped, with their positions.
    pub(crate) fn standing(&self) -> impl Iterator<Item = (usize, &Want)> {
        self.wants.iter().enumerate().filter(|(_, want)| !self.drops(&want.package))
    }

    /// Whether the project itself requires a package.
    pub(crate) fn is_direct(&self, package: &PackageName) -> bool {
        self.wants.iter().any(|want| want.package == *package)
    }

    /// What the project itself says of a package's versions, wherever the package is required from.
    pub fn bounds(&self, package: &PackageName) -> Vec<&VersionSpecifiers> {
        let own = self.overrides.get(package).unwrap_or(&self.wants);
        let all = own.iter().chain(&self.constraints).filter(|want| want.package == *package);
        all.map(|want| &want.specifiers).collect()
    }

    /// Whether a candidate may only be chosen where a chosen release pins it: it was yanked, and the project itself does not
    /// pin it.
    pub fn must_be_pinned(&self, package: &PackageName, candidate: &Candidate) -> bool {
        candidate.yanked.is_some() && !self.bounds(package).iter().any(|bound| pins(bound, &candidate.version))
    }

    /// Whether a requirement of a release pins this candidate of the package it is on.
    pub(crate) fn pins(&self, edge: &Edge, candidate: &Candidate) -> bool {
        !self.overrides.contains_key(&edge.package) && pins(&edge.specifiers, &candidate.version)
    }

    /// What a requirement's own specifiers say of a package: nothing where an override replaces them.
    pub(crate) fn own(&self, package: &PackageName, specifiers: &VersionSpecifiers) -> VersionSpecifiers {
        if self.overrides.contains_key(package) { VersionSpecifiers::empty() } else { specifiers.clone() }
    }

    /// The extras of the requirements that replace all others on a package, if any do: extras are replaced as versions are.
    fn overriding_extras(&self, package: &PackageName) -> Option<Vec<ExtraName>> {
        let overrides = self.overrides.get(package)?;
        let extras: BTreeSet<&ExtraName> = overrides.iter().flat_map(|one| &one.extras).collect();
        Some(extras.into_iter().cloned().collect())
    }
}

/// Whether specifiers pin a version exactly (PEP 592).
fn pins(specifiers: &VersionSpecifiers, version: &Version) -> bool {
    let exact = |operator: &Operator| matches!(operator, Operator::Equal | Operator::ExactEqual);
    specifiers.iter().any(|one| exact(one.operator()) && one.contains(version))
}

/// What a step ended with.
#[derive(Debug)]
pub enum Step {
    /// The search goes on when these are added to the catalogue.
    Needs(Needs),
    /// The best stack there is.
    Decided(Stack),
    /// No stack satisfies the requirements.
    Impossible(Conflict),
    /// The caller asked to stop. Stepping again goes on; [`Search::best_so_far`] is the best until then.
    Stopped,
}

/// What the search asks for. Ordered, so that equal searches ask equally.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Packages to load, whole, each with the requirements that led to it.
    pub packages: BTreeMap<PackageName, Vec<VersionSpecifiers>>,
    /// Releases whose requirements are to be read.
    pub releases: BTreeSet<(PackageName, Version)>,
}

impl Needs {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty() && self.releases.is_empty()
    }
}

/// Releases that work together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// The releases, sorted by name.
    pub releases: Vec<StackRelease>,
    /// What the stack costs.
    pub cost: Cost,
    /// No stack costs less than this.
    pub lower_bound: Cost,
}

impl Stack {
    /// Whether nothing better exists.
    pub fn is_optimal(&self) -> bool {
        self.cost == self.lower_bound
    }

    /// The version chosen of a package.
    pub fn version(&self, name: &PackageName) -> Option<&Version> {
        self.releases.iter().find(|release| release.name == *name).map(|release| &release.version)
    }
}

/// One release of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackRelease {
    /// The package.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// The extras in use.
    pub extras: BTreeSet<ExtraName>,
    /// Who requires it: other releases of the stack by name. Empty when only the project does.
    pub parents: BTreeSet<PackageName>,
    /// Positions in [`Problem::wants`] of the project's own requirements on it.
    pub wants: Vec<usize>,
}

/// Counts of a search, for reports and benchmarks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Steps taken, those left out that were stopped.
    pub steps: usize,
    /// Times a stack was refuted because nothing in it pinned a yanked release that it contained.
    pub justifications: usize,
    /// Conflicts learned from.
    pub conflicts: u64,
    /// Clauses looked at: the effort, whatever the machine.
    pub visits: u64,
    /// Cores relaxed.
    pub cores: usize,
}

/// The exact search.
#[derive(Debug)]
pub struct Search {
    problem: Problem,
    catalogue: Catalogue,
    encoding: Encoding,
    statistics: Statistics,
    /// Whether stacks were ruled out that the problem admits.
    narrowed: bool,
}

/// A requirement that one of several packages could meet: the package it is on, and the versions accepted.
type Fork = (PackageName, String);

/// What a choice of candidates leads to, walked from the project's requirements.
#[derive(Default)]
struct Walk {
    /// By package number: candidate chosen and extras in use.
    chosen: BTreeMap<usize, (usize, BTreeSet<ExtraName>)>,
    /// Packages required of which no candidate is chosen, with the extras asked for.
    open: BTreeMap<usize, BTreeSet<ExtraName>>,
    /// Requirements without extras that one of several packages could meet, with the number of the one decided on.
    forks: BTreeMap<Fork, (VersionSpecifiers, Option<usize>)>,
    needs: Needs,
}

impl Search {
    /// A search that knows nothing of the world yet.
    pub fn new(mut problem: Problem) -> Self {
        let replaced: Vec<_> = problem.wants.iter().map(|want| problem.overriding_extras(&want.package)).collect();
        for (want, extras) in problem.wants.iter_mut().zip(replaced) {
            want.extras = extras.unwrap_or_else(|| std::mem::take(&mut want.extras));
        }
        Self {
            problem,
            catalogue: Catalogue::default(),
            encoding: Encoding::default(),
            statistics: Statistics::default(),
            narrowed: false,
        }
    }

    /// What is being decided.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// What is known so far.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Counts so far.
    pub fn statistics(&self) -> Statistics {
        Statistics {
            conflicts: self.encoding.solver.conflicts(),
            visits: self.encoding.solver.visits(),
            cores: self.encoding.optimum.cores(),
            ..self.statistics
        }
    }

    /// About how many bytes the search holds beside its catalogue, for a bound on memory.
    pub fn bytes(&self) -> usize {
        self.encoding.solver.bytes()
    }

    /// Adds a package that was asked for. A package that is there already is left as it is.
    pub fn add_package(&mut self, package: Package) {
        if self.catalogue.number(&package.name).is_some() {
            return;
        }
        let number = self.catalogue.load(package);
        self.encoding.load(&self.problem, &self.catalogue, number);
    }

    /// Adds what was read of a release: its requirements, or why it cannot be used.
    pub fn add_release(&mut self, name: &PackageName, version: &Version, mut requires: Result<Requires, Exclusion>) {
        let Some(number) = self.catalogue.number(name) else { return };
        let Some(candidate) = self.catalogue.packages[number].position(version) else { return };
        if self.catalogue.read.contains_key(&(number, candidate)) {
            return;
        }
        if let Ok(requires) = &mut requires {
            let package = &self.catalogue.packages[number];
            self.problem.rules.amend(package, &package.candidates[candidate], &mut requires.edges);
            requires.edges.retain(|edge| !self.problem.drops(&edge.package));
        }
        // What a release requires of itself is how its extras hang together, which an override does not mean.
        for edge in requires.iter_mut().flat_map(|requires| &mut requires.edges).filter(|edge| edge.package != *name) {
            if let Some(extras) = self.problem.overriding_extras(&edge.package) {
                edge.extras = extras;
            }
        }
        self.catalogue.read.insert((number, candidate), requires);
        self.catalogue.reads[number] += 1;
        self.encoding.read(&self.problem, &self.catalogue, number, candidate);
    }

    /// The package of a stack that meets a requirement: the one it is on, unless rules let another one stand in for it.
    pub fn meets<'s>(
        &'s self,
        stack: &Stack,
        (package, extras): (&PackageName, &[ExtraName]),
        specifiers: &VersionSpecifiers,
    ) -> Option<&'s PackageName> {
        let chosen = |number: usize| {
            let package = &self.catalogue.packages[number];
            package.position(stack.version(&package.name)?)
        };
        met(&self.problem, &self.catalogue, (package, extras), specifiers, &chosen)
    }

    /// Rules out every stack that has, of each of these packages, one of the releases named with it. What was proved stays
    /// proved; where no stack is left by that, the search ends in a conflict without a fact.
    pub fn forbid(&mut self, together: &[(PackageName, Vec<Version>)]) {
        let place = |(name, versions): &(PackageName, Vec<Version>)| {
            let number = self.catalogue.number(name)?;
            let package = &self.catalogue.packages[number];
            let is_named: Vec<bool> =
                package.candidates.iter().map(|candidate| versions.contains(&candidate.version)).collect();
            Some((number, is_named))
        };
        // A package that is not loaded is in no stack found so far, and may be in one still to come.
        if let Some(places) = together.iter().map(place).collect::<Option<Vec<_>>>() {
            self.encoding.forbid(&places);
            self.narrowed = true;
        }
    }

    /// Rules out this very stack, so that the next one decided on is the next best.
    pub fn rule_out(&mut self, stack: &Stack) {
        let exactly = |release: &StackRelease| (release.name.clone(), vec![release.version.clone()]);
        self.forbid(&stack.releases.iter().map(exactly).collect::<Vec<_>>());
    }

    /// No stack costs less than this, whatever is read from now on.
    pub fn lower_bound(&self) -> Cost {
        self.encoding.optimum.lower_bound()
    }

    /// Goes on until something is needed or the end is reached. `stop` is asked now and then; once it says so, the step ends.
    pub fn step(&mut self, stop: &mut dyn FnMut() -> bool) -> Step {
        let mut stopped = false;
        let step = self.go_on(&mut || {
            stopped = stopped || stop();
            stopped
        });
        if !matches!(step, Step::Stopped) {
            self.statistics.steps += 1;
        }
        step
    }

    fn go_on(&mut self, stop: &mut dyn FnMut() -> bool) -> Step {
        let unknown = self.unknown_wants();
        if !unknown.is_empty() {
            return Step::Needs(unknown);
        }
        loop {
            if stop() {
                return Step::Stopped;
            }
            match self.encoding.optimise(stop) {
                Verdict::Unsatisfiable if self.narrowed => {
                    return Step::Impossible(Conflict { facts: Vec::new(), is_cut: false });
                }
                Verdict::Unsatisfiable => {
                    let conflict = explain::explain(&self.problem, &self.catalogue, stop);
                    return conflict.map_or(Step::Stopped, Step::Impossible);
                }
                Verdict::Stopped => return Step::Stopped,
                Verdict::Satisfiable => {
                    if let Some(step) = self.settle(stop) {
                        return step;
                    }
                }
            }
        }
    }

    /// The project's requirements on packages that are not loaded.
    fn unknown_wants(&self) -> Needs {
        let mut needs = Needs::default();
        for (_, want) in self.problem.standing() {
            for package in
                std::iter::once(&want.package).chain(self.problem.rules.stand_ins(&want.package, &want.extras))
            {
                if self.catalogue.number(package).is_none() {
                    needs.packages.entry(package.clone()).or_default().push(want.specifiers.clone());
                }
            }
        }
        needs
    }

    /// A stack of the least cost is found: reads what it needs, then makes it the one and only among its equals.
    ///
    /// Among stacks of the same cost the newest release wins package by package: the project's own first, each group in the
    /// order of names, among those that the project or a release settled already requires. So what is settled next never
    /// depends on the model, and equal input gives equal output whatever was read in which order. `None` when a model on
    /// the way was refuted and the search goes on.
    fn settle(&mut self, stop: &mut dyn FnMut() -> bool) -> Option<Step> {
        let mut walked = match self.look() {
            Ok(walk) => walk,
            Err(needs) if needs.is_empty() => return None,
            Err(needs) => return Some(Step::Needs(self.batch(needs))),
        };
        let mut fixed: Vec<Lit> = self.encoding.optimum.assumptions();
        let wants = self.problem.wants.iter();
        let direct: BTreeSet<usize> = wants.filter_map(|want| self.catalogue.number(&want.package)).collect();
        let mut settled = Walk::default();
        settled.start(&self.problem, &self.catalogue, &|_| None);
        loop {
            if let Some((fork, specifiers)) = settled.fork() {
                let meets = self.encoding.meeting(&self.problem, &self.catalogue, (&fork.0, &[]), &specifiers);
                let mut met = None;
                for (by, lit) in meets {
                    fixed.push(lit);
                    match self.encoding.solve(&fixed, stop) {
                        Verdict::Stopped => return Some(Step::Stopped),
                        Verdict::Unsatisfiable => drop(fixed.pop()),
                        Verdict::Satisfiable => {
                            walked = match self.look() {
                                Err(needs) if needs.is_empty() => return None,
                                Err(needs) => return Some(Step::Needs(self.batch(needs))),
                                Ok(again) => again,
                            };
                            met = Some(by);
                            break;
                        }
                    }
                }
                // The last model met it, so one of them does.
                let Some(by) = met else { break };
                settled.decide(&self.problem, &self.catalogue, &fork, by);
                continue;
            }
            let open = settled.open.keys().copied().filter(|number| walked.chosen.contains_key(number));
            let place = |number: &usize| (!direct.contains(number), &self.catalogue.packages[*number].name);
            let Some(number) = open.min_by_key(place) else { break };
            let mut candidate = walked.chosen[&number].0;
            while let Some(better) = self.encoding.any_better(number, candidate) {
                let mut assumptions = fixed.clone();
                assumptions.extend(better);
                match self.encoding.solve(&assumptions, stop) {
                    Verdict::Stopped => return Some(Step::Stopped),
                    Verdict::Unsatisfiable => break,
                    Verdict::Satisfiable => match self.look() {
                        Err(needs) if needs.is_empty() => return None,
                        Err(needs) => return Some(Step::Needs(self.batch(needs))),
                        Ok(again) => {
                            let Some((improved, _)) = again.chosen.get(&number) else { break };
                            candidate = *improved;
                            walked = again;
                        }
                    },
                }
            }
            settled.choose(&self.problem, &self.catalogue, number, candidate);
            fixed.push(self.encoding.choice(number, candidate));
        }
        // A model may have packages that nothing requires; what was settled has none.
        if unpinned(&self.problem, &self.catalogue, &settled).is_none() && settled.open.is_empty() {
            walked = settled;
        }
        Some(Step::Decided(stack(&self.problem, &self.catalogue, &walked, self.encoding.optimum.lower_bound())))
    }

    /// Walks the last model. An error is what must be read first, or nothing when the model was refuted instead: it
    /// contains a yanked release, and nothing pins it.
    fn look(&mut self) -> Result<Walk, Needs> {
        let walk = walk(&self.problem, &self.catalogue, &|number| self.encoding.chosen(number));
        if !walk.needs.is_empty() {
            return Err(walk.needs);
        }
        let Some(place) = unpinned(&self.problem, &self.catalogue, &walk) else { return Ok(walk) };
        self.statistics.justifications += 1;
        let reached = walk.chosen.into_iter().map(|(number, (_, extras))| (number, extras)).collect();
        self.encoding.justify(&self.problem, &self.catalogue, place, &reached);
        Err(Needs::default())
    }

    /// Widens a need: a package whose releases keep failing is read in growing batches, so that a long way down costs few
    /// rounds. The first release of a package is asked for alone.
    fn batch(&self, mut needs: Needs) -> Needs {
        let mut more = Vec::new();
        for (name, version) in &needs.releases {
            let Some(number) = self.catalogue.number(name) else { continue };
            let reads = self.catalogue.reads[number].min(32);
            let package = &self.catalogue.packages[number];
            let Some(position) = package.position(version) else { continue };
            if reads < 2 {
                continue;
            }
            let following = (position + 1..package.candidates.len())
                .filter(|candidate| !self.catalogue.read.contains_key(&(number, *candidate)))
                .filter(|candidate| !self.encoding.is_out(number, *candidate))
                .take(reads);
            more.extend(following.map(|candidate| (name.clone(), package.candidates[candidate].version.clone())));
        }
        needs.releases.extend(more);
        needs
    }
}

/// Follows a model from the project's requirements.
fn walk(problem: &Problem, catalogue: &Catalogue, chosen: &dyn Fn(usize) -> Option<usize>) -> Walk {
    let mut walk = Walk::default();
    walk.start(problem, catalogue, chosen);
    walk
}

impl Walk {
    fn start(&mut self, problem: &Problem, catalogue: &Catalogue, chosen: &dyn Fn(usize) -> Option<usize>) {
        let mut reached = Vec::new();
        for (_, want) in problem.standing() {
            self.require(problem, catalogue, (&want.package, &want.extras), &want.specifiers, chosen, &mut reached);
        }
        self.follow(problem, catalogue, reached, chosen);
    }

    /// A requirement that applies: what meets it is reached.
    fn require(
        &mut self,
        problem: &Problem,
        catalogue: &Catalogue,
        (package, extras): (&PackageName, &[ExtraName]),
        specifiers: &VersionSpecifiers,
        chosen: &dyn Fn(usize) -> Option<usize>,
        reached: &mut Vec<(usize, BTreeSet<ExtraName>)>,
    ) {
        let own = problem.own(package, specifiers);
        let known =
            |number: usize| self.chosen.get(&number).map(|(candidate, _)| *candidate).or_else(|| chosen(number));
        match problem.rules.met(catalogue, (package, extras), &own, &known) {
            Met::By(number) => reached.push((number, extras.iter().cloned().collect())),
            Met::Open => {
                let fork = (package.clone(), own.to_string());
                match self.forks.get(&fork) {
                    Some((_, Some(by))) => reached.push((*by, BTreeSet::new())),
                    _ => drop(self.forks.insert(fork, (own, None))),
                }
            }
            Met::Missing(packages) => {
                let wanted = match problem.overrides.get(package) {
                    Some(overrides) => overrides.iter().map(|want| want.specifiers.clone()).collect(),
                    None => vec![specifiers.clone()],
                };
                for package in packages {
                    self.needs.packages.entry(package).or_default().extend(wanted.iter().cloned());
                }
            }
        }
    }

    /// A requirement of which it is not decided what meets it.
    fn fork(&self) -> Option<(Fork, VersionSpecifiers)> {
        let open = self.forks.iter().find(|(_, (_, by))| by.is_none());
        open.map(|(fork, (specifiers, _))| (fork.clone(), specifiers.clone()))
    }

    /// Decides what meets a requirement.
    fn decide(&mut self, problem: &Problem, catalogue: &Catalogue, fork: &Fork, by: usize) {
        if let Some((_, decided)) = self.forks.get_mut(fork) {
            *decided = Some(by);
        }
        self.follow(problem, catalogue, vec![(by, BTreeSet::new())], &|_| None);
    }

    /// Chooses a candidate of an open package.
    fn choose(&mut self, problem: &Problem, catalogue: &Catalogue, number: usize, candidate: usize) {
        let Some(extras) = self.open.remove(&number) else { return };
        self.follow(problem, catalogue, vec![(number, extras)], &|one| (one == number).then_some(candidate));
    }

    /// Collects what packages lead to, each with the extras it is required with, and what is not known there.
    fn follow(
        &mut self,
        problem: &Problem,
        catalogue: &Catalogue,
        mut reached: Vec<(usize, BTreeSet<ExtraName>)>,
        chosen: &dyn Fn(usize) -> Option<usize>,
    ) {
        while let Some((number, extras)) = reached.pop() {
            let known = self.chosen.get(&number).map(|(candidate, _)| *candidate);
            let Some(candidate) = known.or_else(|| chosen(number)) else {
                self.open.entry(number).or_default().extend(extras);
                continue;
            };
            let active = &mut self.chosen.entry(number).or_insert_with(|| (candidate, BTreeSet::new())).1;
            let before = active.len();
            active.extend(extras);
            if known.is_some() && active.len() == before {
                continue;
            }
            let package = &catalogue.packages[number];
            let requires = match catalogue.read.get(&(number, candidate)) {
                None => {
                    self.needs.releases.insert((package.name.clone(), package.candidates[candidate].version.clone()));
                    continue;
                }
                Some(Err(_)) => continue,
                Some(Ok(requires)) => requires,
            };
            let active = active.clone();
            for edge in requires.edges.iter().filter(|edge| edge.when.iter().all(|extra| active.contains(extra))) {
                let wanted = (&edge.package, edge.extras.as_slice());
                self.require(problem, catalogue, wanted, &edge.specifiers, chosen, &mut reached);
            }
        }
    }
}

/// The stack of a walk that needs nothing.
fn stack(problem: &Problem, catalogue: &Catalogue, walk: &Walk, lower_bound: Cost) -> Stack {
    let mut releases: BTreeMap<PackageName, StackRelease> = BTreeMap::new();
    for (number, (candidate, extras)) in &walk.chosen {
        let package = &catalogue.packages[*number];
        releases.insert(
            package.name.clone(),
            StackRelease {
                name: package.name.clone(),
                version: package.candidates[*candidate].version.clone(),
                extras: extras.clone(),
                parents: BTreeSet::new(),
                wants: Vec::new(),
            },
        );
    }
    let chosen = |number: usize| walk.chosen.get(&number).map(|(candidate, _)| *candidate);
    for (position, want) in problem.wants.iter().enumerate() {
        let by = met(problem, catalogue, (&want.package, &want.extras), &want.specifiers, &chosen);
        if let Some(release) = by.and_then(|by| releases.get_mut(by)) {
            release.wants.push(position);
        }
    }
    for (number, (candidate, active)) in &walk.chosen {
        let Some(Ok(requires)) = catalogue.read.get(&(*number, *candidate)) else { continue };
        let parent = &catalogue.packages[*number].name;
        for edge in requires.edges.iter().filter(|edge| edge.when.iter().all(|extra| active.contains(extra))) {
            if edge.package != *parent
                && let Some(by) = met(problem, catalogue, (&edge.package, &edge.extras), &edge.specifiers, &chosen)
                && let Some(release) = releases.get_mut(by)
            {
                release.parents.insert(parent.clone());
            }
        }
    }
    let all = walk.chosen.iter().map(|(number, (candidate, _))| &catalogue.packages[*number].candidates[*candidate]);
    let cost = all.map(|candidate| candidate.cost).sum::<Cost>()
        + problem.rules.cost(&problem.objective, |name| {
            let number = catalogue.number(name)?;
            let package = &catalogue.packages[number];
            Some((package, &package.candidates[chosen(number)?]))
        });
    Stack { releases: releases.into_values().collect(), cost, lower_bound }
}

/// The package that meets a requirement.
fn met<'c>(
    problem: &Problem,
    catalogue: &'c Catalogue,
    wanted: (&PackageName, &[ExtraName]),
    specifiers: &VersionSpecifiers,
    chosen: &dyn Fn(usize) -> Option<usize>,
) -> Option<&'c PackageName> {
    match problem.rules.met(catalogue, wanted, &problem.own(wanted.0, specifiers), chosen) {
        Met::By(number) => Some(&catalogue.packages[number].name),
        Met::Missing(_) | Met::Open => None,
    }
}

/// A chosen release that only an exact pin admits and that nothing chosen pins, by package and candidate number.
fn unpinned(problem: &Problem, catalogue: &Catalogue, walk: &Walk) -> Option<(usize, usize)> {
    let is_pinned = |target: &Package, release: &Candidate| {
        walk.chosen.iter().any(|(number, (candidate, active))| {
            let Some(Ok(requires)) = catalogue.read.get(&(*number, *candidate)) else { return false };
            let parent = &catalogue.packages[*number].name;
            let mut edges = requires.edges.iter().filter(|edge| edge.package == target.name && edge.package != *parent);
            edges.any(|edge| edge.when.iter().all(|extra| active.contains(extra)) && problem.pins(edge, release))
        })
    };
    walk.chosen.iter().map(|(number, (candidate, _))| (*number, *candidate)).find(|(number, candidate)| {
        let package = &catalogue.packages[*number];
        let release = &package.candidates[*candidate];
        problem.must_be_pinned(&package.name, release) && !is_pinned(package, release)
    })
}
