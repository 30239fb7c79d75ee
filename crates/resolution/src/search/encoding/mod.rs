//! The catalogue as clauses.
//!
//! A package has literals for bounds ("is in the stack, at candidate i or older"), made where they are needed ([`domain`]).
//! A set of accepted versions is then a few bounds whatever its size, and what is learned about a bound holds for all
//! versions beyond it. Requirements on the same versions share one literal.
//!
//! Every clause follows from what was read and stays true when more is read, so bounds proved early hold to the end. Even
//! yanked releases are no exception: any release that was not read might pin one, so the clauses admit them, and say what
//! could pin one only when a stack contains it and nothing does ([`Encoding::justify`]).

mod chooser;
mod domain;
mod pinning;
mod rules;

use std::{collections::BTreeSet, ops::Range};

use packaging::{ExtraName, PackageName, VersionSpecifiers};
use rustc_hash::FxHashMap;

use self::{
    chooser::{Activity, Chooser, NOBODY},
    domain::Domain,
};
use super::Problem;
use crate::{
    catalogue::{Candidate, Catalogue, Edge, ExclusionKind, Requires},
    cost::{Cost, LEVELS},
    sat::{Lit, Solver, Verdict, optimum::Optimum},
};

/// A part of the problem that an explanation may name. Packages are by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::search) enum Group {
    /// A requirement of the project, by position.
    Want(usize),
    /// A constraint, by position.
    Constraint(usize),
    /// What an override says of a package, by position.
    Override(usize, usize),
    /// A requirement of a candidate, by position.
    Edge(usize, usize, usize),
    /// A candidate that is left out.
    Exclusion(usize, usize, ExclusionKind),
    /// A package without any release.
    Missing(usize),
    /// A rule of experience about several packages, by position.
    Rule(usize),
}

/// Clauses and costs of everything known so far.
#[derive(Debug, Default)]
pub(in crate::search) struct Encoding {
    pub(in crate::search) solver: Solver,
    pub(in crate::search) optimum: Optimum,
    packages: Vec<Domain>,
    /// By variable: the package it belongs to, for the guide's activities.
    owners: Vec<u32>,
    activity: Activity,
    requirements: FxHashMap<(usize, String), Lit>,
    extras: FxHashMap<(usize, ExtraName), Lit>,
    /// Edges to packages that are not loaded: package and candidate number of the parent, position of the edge.
    waiting: FxHashMap<PackageName, Vec<(usize, usize, usize)>>,
    /// Literals that hold only when a release is chosen with these extras.
    applying: FxHashMap<(usize, usize, Vec<ExtraName>), Lit>,
    /// When explaining: the literal that switches each part of the problem on.
    switches: Option<FxHashMap<Group, Lit>>,
}

impl Encoding {
    /// An encoding in which every part of the problem can be switched on and off.
    pub(in crate::search) fn switchable() -> Self {
        Self { switches: Some(FxHashMap::default()), ..Self::default() }
    }

    /// Encodes a whole catalogue into an empty encoding. Nothing more will be read, so yanked releases are out unless
    /// something that was read pins them.
    pub(in crate::search) fn whole(&mut self, problem: &Problem, catalogue: &Catalogue) {
        for number in 0..catalogue.packages.len() {
            self.structure(problem, catalogue, number);
        }
        for &(number, candidate) in catalogue.read.keys() {
            self.read(problem, catalogue, number, candidate);
        }
        for number in 0..catalogue.packages.len() {
            self.leave_out_unpinned(problem, catalogue, number);
        }
    }

    /// Encodes a package that was just loaded.
    pub(in crate::search) fn load(&mut self, problem: &Problem, catalogue: &Catalogue, number: usize) {
        self.structure(problem, catalogue, number);
        for (parent, candidate, position) in self.waiting.remove(&catalogue.packages[number].name).unwrap_or_default() {
            if let Some(Ok(requires)) = catalogue.read.get(&(parent, candidate)) {
                self.edge(problem, catalogue, (parent, candidate), (position, &requires.edges[position]));
            }
        }
    }

    /// Encodes what was just read of a release.
    pub(in crate::search) fn read(
        &mut self,
        problem: &Problem,
        catalogue: &Catalogue,
        number: usize,
        candidate: usize,
    ) {
        // What was read is told apart from its neighbours, also when it requires nothing.
        self.choice(number, candidate);
        match &catalogue.read[&(number, candidate)] {
            Err(_) => self.forbid_read(catalogue, number, candidate),
            Ok(Requires { edges }) => {
                for (position, edge) in edges.iter().enumerate() {
                    self.edge(problem, catalogue, (number, candidate), (position, edge));
                }
            }
        }
    }

    fn forbid_read(&mut self, catalogue: &Catalogue, number: usize, candidate: usize) {
        let kind = match &catalogue.read[&(number, candidate)] {
            Err(why) => why.kind(),
            Ok(_) => return,
        };
        let choice = self.choice(number, candidate);
        self.add(Group::Exclusion(number, candidate, kind), vec![!choice]);
    }

    /// Adds a clause that belongs to a part of the problem.
    fn add(&mut self, group: Group, mut clause: Vec<Lit>) {
        if self.switches.is_some() {
            clause.push(!self.switch(group));
        }
        self.solver.add(&clause);
    }

    fn switch(&mut self, group: Group) -> Lit {
        let Some(switches) = &mut self.switches else { unreachable!("only asked when there are switches") };
        let solver = &mut self.solver;
        *switches.entry(group).or_insert_with(|| solver.new_lit())
    }

    /// The switches with their parts, in a fixed order.
    pub(in crate::search) fn switches(&self) -> Vec<(Group, Lit)> {
        let mut switches: Vec<(Group, Lit)> =
            self.switches.iter().flatten().map(|(group, lit)| (*group, *lit)).collect();
        switches.sort();
        switches
    }

    /// Switches every part of the problem off for good but these, so that only what they are about costs time.
    pub(in crate::search) fn narrow(&mut self, kept: &[(Group, Lit)]) {
        let mut off = self.switches.clone().unwrap_or_default();
        let kept: Vec<Lit> = kept.iter().filter_map(|(group, _)| off.remove(group)).collect();
        let mut off: Vec<Lit> = off.into_values().collect();
        off.sort_unstable();
        off.into_iter().for_each(|switch| self.solver.add(&[!switch]));
        self.solver.narrow(&kept);
    }

    /// Leaves a release out (when explaining, where it is a candidate like the others).
    pub(in crate::search) fn exclude(&mut self, number: usize, candidate: usize, kind: ExclusionKind) {
        let choice = self.choice(number, candidate);
        self.add(Group::Exclusion(number, candidate, kind), vec![!choice]);
    }

    fn owned(&mut self, package: usize) -> Lit {
        let lit = self.solver.new_lit();
        self.owners.resize(self.solver.variables(), NOBODY);
        self.owners[lit.var().0 as usize] = u32::try_from(package).unwrap_or(NOBODY);
        lit
    }

    /// The literals of a package, how they hang together, its costs, and the project's own bounds on it.
    fn structure(&mut self, problem: &Problem, catalogue: &Catalogue, number: usize) {
        debug_assert_eq!(number, self.packages.len());
        let package = &catalogue.packages[number];
        let direct = problem.is_direct(&package.name);
        let lowest = problem.objective.direction.is_lowest(direct);
        let present = self.owned(number);
        self.packages.push(Domain::new(present, &package.candidates, lowest));
        self.activity.scores.push(0.0);
        if package.candidates.is_empty() {
            self.add(Group::Missing(number), vec![!present]);
        }
        if self.switches.is_none() {
            self.costs(&package.candidates, number);
        }
        for (position, constraint) in problem.constraints.iter().enumerate() {
            if constraint.package == package.name {
                let bound = self.requirement(catalogue, number, &constraint.specifiers);
                // A bound, not a wish: it holds when the package is in the stack.
                self.add(Group::Constraint(position), vec![!present, bound]);
            }
        }
        for (position, replacing) in problem.overrides.get(&package.name).into_iter().flatten().enumerate() {
            let bound = self.requirement(catalogue, number, &replacing.specifiers);
            self.add(Group::Override(number, position), vec![!present, bound]);
        }
        self.wants(problem, catalogue, number);
        self.rules(problem, catalogue, number);
    }

    /// Softens what the candidates cost, level by level.
    fn costs(&mut self, candidates: &[Candidate], number: usize) {
        for level in 0..LEVELS {
            let amounts: Vec<u32> = candidates
                .iter()
                .map(|candidate| u32::try_from(candidate.cost.at(level)).unwrap_or(u32::MAX))
                .collect();
            let steps: Vec<u32> = amounts.iter().copied().collect::<BTreeSet<u32>>().into_iter().collect();
            let Some(least) = steps.first().copied() else { continue };
            if least > 0 {
                self.optimum.soften(self.packages[number].present(), Cost::on(level, least));
            }
            let rising = amounts.is_sorted();
            let mut below: Option<Lit> = None;
            for pair in steps.windows(2) {
                let (before, amount) = (pair[0], pair[1]);
                let bound = rising.then(|| amounts.partition_point(|one| *one < amount));
                let paid = match bound.and_then(|first| self.bound(number, first)) {
                    Some(bound) => bound,
                    None => {
                        let paid = self.owned(number);
                        for run in runs(&amounts, |one| *one == amount) {
                            let mut clause = self.outside(number, run);
                            clause.push(paid);
                            self.solver.add(&clause);
                        }
                        if let Some(below) = below {
                            self.solver.add(&[!paid, below]);
                        }
                        below = Some(paid);
                        paid
                    }
                };
                self.optimum.soften(paid, Cost::on(level, amount - before));
            }
        }
    }

    /// What a release requires; it waits where a package that could meet it is not loaded.
    fn edge(
        &mut self,
        problem: &Problem,
        catalogue: &Catalogue,
        (number, candidate): (usize, usize),
        (position, edge): (usize, &Edge),
    ) {
        let mut could = std::iter::once(&edge.package).chain(problem.rules.stand_ins(&edge.package, &edge.extras));
        if let Some(missing) = could.find(|package| catalogue.number(package).is_none()) {
            self.waiting.entry(missing.clone()).or_default().push((number, candidate, position));
            return;
        }
        let choice = self.choice(number, candidate);
        let mut unless = vec![!choice];
        for extra in &edge.when {
            unless.push(!self.extra(number, extra));
        }
        let group = Group::Edge(number, candidate, position);
        let meets = self.meeting(problem, catalogue, (&edge.package, &edge.extras), &edge.specifiers);
        let mut clause = unless.clone();
        clause.extend(meets.iter().map(|(_, lit)| *lit));
        self.add(group, clause);
        let Some((target, _)) = meets.first().copied() else { return };
        for extra in &edge.extras {
            let active = self.extra(target, extra);
            let mut clause = unless.clone();
            clause.push(active);
            self.add(group, clause);
        }
    }

    /// The literal "this extra of the package is in use".
    fn extra(&mut self, number: usize, extra: &ExtraName) -> Lit {
        if let Some(lit) = self.extras.get(&(number, extra.clone())) {
            return *lit;
        }
        let lit = self.owned(number);
        self.extras.insert((number, extra.clone()), lit);
        lit
    }

    /// The literal that puts a package into the stack at one of the versions accepted.
    fn requirement(&mut self, catalogue: &Catalogue, number: usize, specifiers: &VersionSpecifiers) -> Lit {
        let key = (number, specifiers.to_string());
        if let Some(lit) = self.requirements.get(&key) {
            return *lit;
        }
        let candidates = catalogue.packages[number].candidates.iter();
        let accepted: Vec<bool> = candidates.map(|candidate| specifiers.contains(&candidate.version)).collect();
        let lit = self.among(number, &accepted);
        self.requirements.insert(key, lit);
        lit
    }

    /// Rules out models in which every one of these packages is at one of the candidates marked.
    pub(in crate::search) fn forbid(&mut self, together: &[(usize, Vec<bool>)]) {
        let clause = self.apart(together);
        self.solver.add(&clause);
    }

    /// Finds the cheapest model.
    pub(in crate::search) fn optimise(&mut self, stop: &mut dyn FnMut() -> bool) -> Verdict {
        let Self { solver, optimum, packages, owners, activity, .. } = self;
        optimum.optimise(solver, &mut Chooser::new(packages, owners, activity, stop))
    }

    /// Looks for a model under assumptions.
    pub(in crate::search) fn solve(&mut self, assumptions: &[Lit], stop: &mut dyn FnMut() -> bool) -> Verdict {
        let Self { solver, packages, owners, activity, .. } = self;
        solver.solve(assumptions, &mut Chooser::new(packages, owners, activity, stop))
    }
}

/// The longest ranges whose items are all of interest.
fn runs<T>(items: &[T], interesting: impl Fn(&T) -> bool) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < items.len() {
        let start = at;
        while at < items.len() && interesting(&items[at]) {
            at += 1;
        }
        if at > start {
            runs.push(start..at);
        } else {
            at += 1;
        }
    }
    runs
}
