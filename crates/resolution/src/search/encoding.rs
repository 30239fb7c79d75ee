//! The catalogue as clauses.
//!
//! A package with candidates 0..n, newest first, has *order* literals ("is in the stack, at candidate i or older") and
//! *choice* literals ("candidate i is chosen"). A set of accepted versions is then a few bounds whatever its size, and what
//! is learned about a bound holds for all versions beyond it. Requirements on the same versions share one literal.
//!
//! Every clause follows from what was read and stays true when more is read, so bounds proved early hold to the end, with
//! one exception: a yanked release or an unasked pre-release becomes admissible, or free, when a release that asks for it is
//! read. Then the encoding is *outdated* and is built anew, which is rare. Where a conflict rests on a yanked release, the
//! encoding turns *hopeful*: it admits such releases for the sake of what was not read, and says what could ask for them
//! only when a stack contains one that nothing asks for ([`Encoding::justify`]). So no stack is overlooked.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{ExtraName, Operator, PackageName, VersionSpecifiers};
use rustc_hash::FxHashMap;

use super::{Problem, Want};
use crate::{
    catalogue::{Candidate, Catalogue, Edge, Package, Requires},
    cost::{Cost, LEVELS},
    objective::forbidden,
    sat::{Guide, Lit, Solver, Var, Verdict, optimum::Optimum, solver::View},
    sieve::asks_prerelease,
};

/// Tells the candidate that a model chooses of a package, both by number.
pub(super) type Chosen<'a> = dyn Fn(usize) -> Option<usize> + 'a;

/// A part of the problem that an explanation may name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Group {
    /// A requirement of the project, by position.
    Want(usize),
    /// A constraint, by position.
    Constraint(usize),
    /// What one package requires of another, by their numbers.
    Edge(usize, usize),
    /// Releases of a package that are left out for one kind of reason.
    Exclusion(usize, &'static str),
    /// A package without any release.
    Missing(usize),
}

/// The literals of one package.
#[derive(Debug)]
struct PackageVars {
    /// `order[i]`: in the stack, at candidate `i` or an older one. Its first is "in the stack".
    order: Vec<Lit>,
    /// `choice[i]`: candidate `i` is chosen.
    choice: Vec<Lit>,
    /// Candidates in the order in which the guide tries them.
    preference: Vec<u32>,
}

impl PackageVars {
    fn chosen(&self, solver: &Solver) -> Option<usize> {
        let in_stack = self.order.partition_point(|lit| solver.model(*lit));
        in_stack.checked_sub(1)
    }
}

/// Clauses and costs of everything known so far.
#[derive(Debug, Default)]
pub(super) struct Encoding {
    pub(super) solver: Solver,
    pub(super) optimum: Optimum,
    packages: Vec<PackageVars>,
    /// By variable: the package it belongs to, for the guide's activities.
    owners: Vec<u32>,
    activity: Activity,
    requirements: FxHashMap<(usize, String), Lit>,
    extras: FxHashMap<(usize, ExtraName), Lit>,
    /// Edges to packages that are not loaded: package and candidate number of the parent, position of the edge.
    waiting: FxHashMap<PackageName, Vec<(usize, usize, usize)>>,
    /// Literals that hold only when a release is chosen with these extras.
    applying: FxHashMap<(usize, usize, Vec<ExtraName>), Lit>,
    /// For releases that must be asked for: the literal that stands for the price when nothing does, and what asks.
    prices: FxHashMap<(usize, usize), (Lit, Vec<Lit>)>,
    /// Whether releases that were not read may be hoped to ask for yanked ones.
    pub(super) hopeful: bool,
    /// Whether a release was read that asks for one not known to be asked for.
    pub(super) outdated: bool,
    /// When explaining: the literal that switches each part of the problem on.
    switches: Option<FxHashMap<Group, Lit>>,
}

/// How much each package took part in recent conflicts.
#[derive(Debug)]
struct Activity {
    scores: Vec<f64>,
    step: f64,
}

impl Default for Activity {
    fn default() -> Self {
        Self { scores: Vec::new(), step: 1.0 }
    }
}

impl Activity {
    fn bump(&mut self, package: usize) {
        self.scores[package] += self.step;
        self.step *= 1.001;
        if self.step > 1e100 {
            self.scores.iter_mut().for_each(|score| *score *= 1e-100);
            self.step *= 1e-100;
        }
    }
}

const NOBODY: u32 = u32::MAX;

impl Encoding {
    /// An encoding in which every part of the problem can be switched on and off.
    pub(super) fn switchable() -> Self {
        Self { switches: Some(FxHashMap::default()), ..Self::default() }
    }

    /// Encodes a whole catalogue anew.
    pub(super) fn rebuilt(problem: &Problem, catalogue: &Catalogue, hopeful: bool) -> Self {
        let mut encoding = Self { hopeful, ..Self::default() };
        encoding.whole(problem, catalogue);
        encoding.outdated = false;
        encoding
    }

    /// Encodes a whole catalogue into an empty encoding.
    pub(super) fn whole(&mut self, problem: &Problem, catalogue: &Catalogue) {
        for number in 0..catalogue.packages.len() {
            self.structure(problem, catalogue, number);
        }
        for &(number, candidate) in catalogue.read.keys() {
            self.read(problem, catalogue, number, candidate);
        }
        for number in 0..catalogue.packages.len() {
            self.admit(problem, catalogue, number);
        }
    }

    /// Encodes a package that was just loaded.
    pub(super) fn load(&mut self, problem: &Problem, catalogue: &Catalogue, number: usize) {
        self.structure(problem, catalogue, number);
        for (parent, candidate, position) in self.waiting.remove(&catalogue.packages[number].name).unwrap_or_default() {
            if let Some(Ok(requires)) = catalogue.read.get(&(parent, candidate)) {
                let edge = &requires.edges[position];
                self.edge(problem, catalogue, (parent, candidate), edge, number);
            }
        }
        self.admit(problem, catalogue, number);
    }

    /// Encodes what was just read of a release.
    pub(super) fn read(&mut self, problem: &Problem, catalogue: &Catalogue, number: usize, candidate: usize) {
        match &catalogue.read[&(number, candidate)] {
            Err(_) => self.forbid_read(catalogue, number, candidate),
            Ok(Requires { edges }) => {
                for (position, edge) in edges.iter().enumerate() {
                    match catalogue.number(&edge.package) {
                        Some(target) => {
                            self.edge(problem, catalogue, (number, candidate), edge, target);
                            self.grant(problem, catalogue, (number, candidate), edge, target);
                        }
                        None => {
                            self.waiting.entry(edge.package.clone()).or_default().push((number, candidate, position));
                        }
                    }
                }
            }
        }
    }

    fn forbid_read(&mut self, catalogue: &Catalogue, number: usize, candidate: usize) {
        let kind = match &catalogue.read[&(number, candidate)] {
            Err(why) => why.kind(),
            Ok(_) => return,
        };
        let choice = self.packages[number].choice[candidate];
        self.add(&Group::Exclusion(number, kind), vec![!choice]);
    }

    /// Adds a clause that belongs to a part of the problem.
    fn add(&mut self, group: &Group, mut clause: Vec<Lit>) {
        if self.switches.is_some() {
            clause.push(!self.switch(group));
        }
        self.solver.add(&clause);
    }

    fn switch(&mut self, group: &Group) -> Lit {
        let Some(switches) = &mut self.switches else { unreachable!("only asked when there are switches") };
        let solver = &mut self.solver;
        *switches.entry(group.clone()).or_insert_with(|| solver.new_lit())
    }

    /// The switches with their parts, in a fixed order.
    pub(super) fn switches(&self) -> Vec<(Group, Lit)> {
        let mut switches: Vec<(Group, Lit)> =
            self.switches.iter().flatten().map(|(group, lit)| (group.clone(), *lit)).collect();
        switches.sort();
        switches
    }

    /// Leaves releases out for a kind of reason (when explaining, where they are candidates like the others).
    pub(super) fn exclude(&mut self, number: usize, candidate: usize, kind: &'static str) {
        let choice = self.packages[number].choice[candidate];
        self.add(&Group::Exclusion(number, kind), vec![!choice]);
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
        let count = package.candidates.len();
        let order: Vec<Lit> = (0..count.max(1)).map(|_| self.owned(number)).collect();
        let choice: Vec<Lit> = (0..count).map(|_| self.owned(number)).collect();
        for at in 0..count {
            let older = order.get(at + 1).copied();
            self.solver.add(&[!choice[at], order[at]]);
            if let Some(older) = older {
                self.solver.add(&[!older, order[at]]);
                self.solver.add(&[!choice[at], !older]);
                self.solver.add(&[!order[at], older, choice[at]]);
            } else {
                self.solver.add(&[!order[at], choice[at]]);
            }
        }
        let mut preference: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
        preference.sort_by_key(|at| {
            let candidate = &package.candidates[*at as usize];
            (candidate.yanked.is_some(), candidate.cost + candidate.last_resort)
        });
        self.packages.push(PackageVars { order: order.clone(), choice, preference });
        self.activity.scores.push(0.0);
        if count == 0 {
            self.add(&Group::Missing(number), vec![!order[0]]);
        }
        if self.switches.is_none() {
            self.costs(&package.candidates, number);
        }
        for (position, constraint) in problem.constraints.iter().enumerate() {
            if constraint.package == package.name {
                let bound = self.requirement(catalogue, number, &constraint.specifiers);
                // A bound, not a wish: it holds when the package is in the stack.
                self.add(&Group::Constraint(position), vec![!order[0], bound]);
            }
        }
        for (position, want) in problem.wants.iter().enumerate() {
            if want.package == package.name {
                self.want(problem, catalogue, number, &Group::Want(position), want);
            }
        }
    }

    fn want(&mut self, problem: &Problem, catalogue: &Catalogue, number: usize, group: &Group, want: &Want) {
        let accepted: Vec<VersionSpecifiers> = match problem.overrides.get(&want.package) {
            Some(overrides) => overrides.iter().map(|one| one.specifiers.clone()).collect(),
            None => vec![want.specifiers.clone()],
        };
        for specifiers in &accepted {
            let requirement = self.requirement(catalogue, number, specifiers);
            self.add(group, vec![requirement]);
        }
        for extra in &want.extras {
            let active = self.extra(number, extra);
            self.add(group, vec![active]);
        }
    }

    /// Softens what the candidates cost, level by level.
    fn costs(&mut self, candidates: &[Candidate], number: usize) {
        let order = self.packages[number].order.clone();
        let choice = self.packages[number].choice.clone();
        for level in 0..LEVELS {
            let amounts: Vec<u32> = candidates
                .iter()
                .map(|candidate| u32::try_from(candidate.cost.at(level)).unwrap_or(u32::MAX))
                .collect();
            let steps: Vec<u32> = amounts.iter().copied().collect::<BTreeSet<u32>>().into_iter().collect();
            let Some(least) = steps.first().copied() else { continue };
            if least > 0 {
                self.optimum.soften(order[0], Cost::on(level, least));
            }
            let rising = amounts.is_sorted();
            let mut below: Option<Lit> = None;
            for pair in steps.windows(2) {
                let (before, amount) = (pair[0], pair[1]);
                let paid = if rising {
                    order[amounts.partition_point(|one| *one < amount)]
                } else {
                    let paid = self.owned(number);
                    for at in (0..amounts.len()).filter(|at| amounts[*at] == amount) {
                        self.solver.add(&[!choice[at], paid]);
                    }
                    if let Some(below) = below {
                        self.solver.add(&[!paid, below]);
                    }
                    below = Some(paid);
                    paid
                };
                self.optimum.soften(paid, Cost::on(level, amount - before));
            }
        }
    }

    /// Says when the yanked releases and unasked pre-releases of a package may be chosen: for a release that was read and
    /// asks for them. A hopeful encoding leaves that open for yanked ones.
    fn admit(&mut self, problem: &Problem, catalogue: &Catalogue, number: usize) {
        let package = &catalogue.packages[number];
        for (place, candidate) in package.candidates.iter().enumerate().filter(|(_, one)| is_special(one)) {
            let yanked = candidate.yanked.is_some() && !pinned_by_project(problem, &package.name, candidate);
            if (yanked && self.hopeful) || (!yanked && candidate.last_resort == Cost::ZERO) {
                continue;
            }
            let mut askers =
                self.reasons(catalogue, &|_, edge| edge.package == package.name && asks_for(problem, edge, candidate));
            if self.switches.is_none() {
                self.demand(problem, catalogue, (number, place), askers);
            } else if yanked {
                askers.push(!self.packages[number].choice[place]);
                self.add(&Group::Exclusion(number, "was yanked"), askers);
            }
        }
    }

    /// Literals of which one holds when a requirement of interest applies, among all that were read; a requirement is
    /// shown with the number of the package that has it.
    fn reasons(&mut self, catalogue: &Catalogue, interesting: &dyn Fn(usize, &Edge) -> bool) -> Vec<Lit> {
        let mut reasons = Vec::new();
        for (&(parent, chosen), read) in &catalogue.read {
            let Ok(requires) = read else { continue };
            for edge in requires.edges.iter().filter(|edge| interesting(parent, edge)) {
                reasons.push(self.applies((parent, chosen), edge));
            }
        }
        reasons
    }

    /// A literal that holds only when a requirement of a release applies.
    fn applies(&mut self, (number, candidate): (usize, usize), edge: &Edge) -> Lit {
        let choice = self.packages[number].choice[candidate];
        if edge.when.is_empty() {
            return choice;
        }
        let key = (number, candidate, edge.when.clone());
        if let Some(applies) = self.applying.get(&key) {
            return *applies;
        }
        let applies = self.owned(number);
        self.applying.insert(key, applies);
        self.solver.add(&[!applies, choice]);
        for extra in &edge.when {
            let active = self.extra(number, extra);
            self.solver.add(&[!applies, active]);
        }
        applies
    }

    /// Literals of which one holds when a release that was not read is chosen, or a requirement on a package that is not
    /// loaded applies: what may still ask for anything. The packages and extras in `idle` do not count.
    fn unknowns(&mut self, catalogue: &Catalogue, idle: &Idle) -> Vec<Lit> {
        let mut unknowns = Vec::new();
        for (number, vars) in self.packages.iter().enumerate().filter(|(number, _)| !idle.packages.contains(number)) {
            for (candidate, choice) in vars.choice.iter().enumerate() {
                if !catalogue.read.contains_key(&(number, candidate)) && !self.is_out(number, candidate) {
                    unknowns.push(*choice);
                }
            }
        }
        let mut waiting: Vec<(usize, usize, usize)> = self.waiting.values().flatten().copied().collect();
        waiting.sort_unstable();
        for (parent, candidate, position) in waiting {
            if let Some(Ok(requires)) = catalogue.read.get(&(parent, candidate)) {
                let edge = &requires.edges[position];
                if idle.founds(parent, edge) {
                    unknowns.push(self.applies((parent, candidate), edge));
                }
            }
        }
        unknowns
    }

    /// Says what could ask for a chosen release that nothing in the last model's stack asks for, or else that it is not
    /// chosen (when yanked) or that its last-resort cost is paid. `reached` is that stack: packages with extras in use.
    ///
    /// The model may also choose releases and use extras that nothing requires, only to have them ask. Such an unfounded
    /// set needs a requirement from outside of itself (Lin and Zhao, ASSAT: Computing Answer Sets of a Logic Program by SAT
    /// Solvers, 2004: loop formulas), which is said as well.
    pub(super) fn justify(
        &mut self,
        problem: &Problem,
        catalogue: &Catalogue,
        (number, candidate): (usize, usize),
        reached: &BTreeMap<usize, BTreeSet<ExtraName>>,
    ) {
        let idle = Idle {
            packages: (0..self.packages.len())
                .filter(|package| !reached.contains_key(package) && self.solver.model(self.packages[*package].order[0]))
                .collect(),
            extras: self
                .extras
                .iter()
                .filter(|((package, extra), lit)| {
                    self.solver.model(**lit) && !reached.get(package).is_some_and(|active| active.contains(extra))
                })
                .map(|(place, _)| place.clone())
                .collect(),
        };

        let asked = &catalogue.packages[number];
        let release = &asked.candidates[candidate];
        let mut reasons =
            self.reasons(catalogue, &|_, edge| edge.package == asked.name && asks_for(problem, edge, release));
        if self.hopeful {
            reasons.extend(self.unknowns(catalogue, &Idle::default()));
        }
        self.demand(problem, catalogue, (number, candidate), reasons);

        let mut outside = self.reasons(catalogue, &|parent, edge| {
            idle.founds(parent, edge)
                && catalogue.number(&edge.package).is_some_and(|target| idle.is_required_by(edge, target))
        });
        outside.extend(self.unknowns(catalogue, &idle));
        let mut unfounded: Vec<Lit> = idle.packages.iter().map(|package| self.packages[*package].order[0]).collect();
        for (package, extra) in &idle.extras {
            unfounded.push(self.extra(*package, extra));
        }
        for unfounded in unfounded {
            let mut clause = outside.clone();
            clause.push(!unfounded);
            self.solver.add(&clause);
        }
    }

    /// Admits a release only for one of `reasons`, or at its price.
    fn demand(
        &mut self,
        problem: &Problem,
        catalogue: &Catalogue,
        (number, candidate): (usize, usize),
        reasons: Vec<Lit>,
    ) {
        let paid = match self.prices.get(&(number, candidate)) {
            Some((paid, _)) => *paid,
            None => {
                let paid = self.owned(number);
                self.optimum.soften(paid, price(problem, &catalogue.packages[number], candidate));
                paid
            }
        };
        let mut clause = reasons.clone();
        clause.extend([!self.packages[number].choice[candidate], paid]);
        self.solver.add(&clause);
        self.prices.insert((number, candidate), (paid, reasons));
    }

    /// Takes note that a requirement asks for releases that must be asked for. Where the bound rests on their price already,
    /// the encoding is outdated.
    fn grant(&mut self, problem: &Problem, catalogue: &Catalogue, asker: (usize, usize), edge: &Edge, target: usize) {
        let package = &catalogue.packages[target];
        for (place, candidate) in package.candidates.iter().enumerate().filter(|(_, one)| is_special(one)) {
            if !asks_for(problem, edge, candidate) {
                continue;
            }
            let Some((paid, mut reasons)) = self.prices.get(&(target, place)).cloned() else { continue };
            if self.optimum.forgive(paid, price(problem, package, place)) {
                // The old price is nothing to anybody now; a new one takes the new reason into account.
                self.prices.remove(&(target, place));
                reasons.push(self.applies(asker, edge));
                self.demand(problem, catalogue, (target, place), reasons);
            } else {
                self.outdated = true;
            }
        }
    }

    /// Whether the last model pays for an unasked pre-release.
    pub(super) fn pays_last_resort(&self, place: (usize, usize)) -> bool {
        self.prices.get(&place).is_some_and(|(paid, _)| self.solver.model(*paid))
    }

    /// What a release requires of a loaded package.
    fn edge(
        &mut self,
        problem: &Problem,
        catalogue: &Catalogue,
        (number, candidate): (usize, usize),
        edge: &Edge,
        target: usize,
    ) {
        let choice = self.packages[number].choice[candidate];
        let mut unless = vec![!choice];
        for extra in &edge.when {
            unless.push(!self.extra(number, extra));
        }
        let accepted: Vec<VersionSpecifiers> = match problem.overrides.get(&edge.package) {
            Some(overrides) => overrides.iter().map(|want| want.specifiers.clone()).collect(),
            None => vec![edge.specifiers.clone()],
        };
        let group = Group::Edge(number, target);
        for specifiers in &accepted {
            let requirement = self.requirement(catalogue, target, specifiers);
            let mut clause = unless.clone();
            clause.push(requirement);
            self.add(&group, clause);
        }
        for extra in &edge.extras {
            let active = self.extra(target, extra);
            let mut clause = unless.clone();
            clause.push(active);
            self.add(&group, clause);
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
        let lit = self.owned(number);
        self.requirements.insert(key, lit);
        let order = self.packages[number].order.clone();
        self.solver.add(&[!lit, order[0]]);
        let candidates = &catalogue.packages[number].candidates;
        let accepts = |candidate: &Candidate| specifiers.contains(&candidate.version);
        let mut at = 0;
        while at < candidates.len() {
            if accepts(&candidates[at]) {
                at += 1;
                continue;
            }
            let start = at;
            while at < candidates.len() && !accepts(&candidates[at]) {
                at += 1;
            }
            // Not in [start, at): either newer than its start, or older than its end.
            let mut clause = vec![!lit];
            if start > 0 {
                clause.push(!order[start]);
            }
            if let Some(after) = order.get(at) {
                clause.push(*after);
            }
            self.solver.add(&clause);
        }
        lit
    }

    /// Finds the cheapest model; `improved` sees the candidates that each model on the way chooses.
    pub(super) fn optimise(
        &mut self,
        stop: &mut dyn FnMut() -> bool,
        improved: &mut dyn FnMut(&Chosen<'_>),
    ) -> Verdict {
        let Self { solver, optimum, packages, owners, activity, .. } = self;
        let mut guide = Chooser::new(packages, owners, activity, stop);
        optimum.optimise(solver, &mut guide, &mut |solver| improved(&|number| packages[number].chosen(solver)))
    }

    /// Looks for a model under assumptions.
    pub(super) fn solve(&mut self, assumptions: &[Lit], stop: &mut dyn FnMut() -> bool) -> Verdict {
        let Self { solver, packages, owners, activity, .. } = self;
        solver.solve(assumptions, &mut Chooser::new(packages, owners, activity, stop))
    }

    /// The candidate of a package that the last model chooses.
    pub(super) fn chosen(&self, number: usize) -> Option<usize> {
        self.packages[number].chosen(&self.solver)
    }

    /// The literal "this candidate is chosen".
    pub(super) fn choice(&self, number: usize, candidate: usize) -> Lit {
        self.packages[number].choice[candidate]
    }

    /// Whether a candidate is in no stack at all, as far as propagation shows.
    pub(super) fn is_out(&self, number: usize, candidate: usize) -> bool {
        self.solver.is_fixed(!self.packages[number].choice[candidate])
    }

    /// Assumptions that ask for a candidate which ties prefer to `candidate`, if there may be any: a newer one, or an older
    /// one where the oldest is wanted.
    pub(super) fn any_better(
        &self,
        problem: &Problem,
        catalogue: &Catalogue,
        number: usize,
        candidate: usize,
    ) -> Option<[Lit; 2]> {
        let package = &catalogue.packages[number];
        let direct = problem.wants.iter().any(|want| want.package == package.name);
        let lowest = problem.objective.direction.is_lowest(direct);
        let order = &self.packages[number].order;
        let mut preferred = if lowest { candidate + 1..order.len() } else { 0..candidate };
        if preferred.all(|at| self.is_out(number, at)) {
            return None;
        }
        Some([order[0], if lowest { order[candidate + 1] } else { !order[candidate] }])
    }
}

/// Packages and extras that a model has in the stack although nothing requires them.
#[derive(Default)]
struct Idle {
    packages: BTreeSet<usize>,
    extras: BTreeSet<(usize, ExtraName)>,
}

impl Idle {
    /// Whether a requirement comes from outside of the set.
    fn founds(&self, parent: usize, edge: &Edge) -> bool {
        !self.packages.contains(&parent)
            && !edge.when.iter().any(|extra| self.extras.contains(&(parent, extra.clone())))
    }

    /// Whether a requirement on a package is on the set.
    fn is_required_by(&self, edge: &Edge, target: usize) -> bool {
        self.packages.contains(&target)
            || edge.extras.iter().any(|extra| self.extras.contains(&(target, extra.clone())))
    }
}

/// What choosing a release costs that must be asked for when nothing does.
fn price(problem: &Problem, package: &Package, candidate: usize) -> Cost {
    let release = &package.candidates[candidate];
    if release.yanked.is_some() && !pinned_by_project(problem, &package.name, release) {
        forbidden()
    } else {
        release.last_resort
    }
}

/// Whether choosing a candidate depends on being asked for in particular.
fn is_special(candidate: &Candidate) -> bool {
    candidate.yanked.is_some() || candidate.last_resort > Cost::ZERO
}

/// Whether a requirement asks for this candidate in particular: pins it exactly, when it was yanked; names a pre-release,
/// when it is one that nobody asked for.
pub(super) fn asks_for(problem: &Problem, edge: &Edge, candidate: &Candidate) -> bool {
    if problem.overrides.contains_key(&edge.package) {
        return false;
    }
    if candidate.yanked.is_some() {
        pins(&edge.specifiers, candidate)
    } else {
        asks_prerelease(&edge.specifiers) && edge.specifiers.contains(&candidate.version)
    }
}

fn pins(specifiers: &VersionSpecifiers, candidate: &Candidate) -> bool {
    specifiers.iter().any(|specifier| {
        matches!(specifier.operator(), Operator::Equal | Operator::ExactEqual) && specifier.contains(&candidate.version)
    })
}

pub(super) fn pinned_by_project(problem: &Problem, name: &PackageName, candidate: &Candidate) -> bool {
    let overrides = problem.overrides.get(name).into_iter().flatten();
    problem
        .wants
        .iter()
        .chain(&problem.constraints)
        .chain(overrides)
        .any(|want| want.package == *name && pins(&want.specifiers, candidate))
}

/// Proposes the best candidate of a package that must be in the stack and is not decided: the package that conflicts were
/// about most, and among equals the one that got into the stack first.
struct Chooser<'a> {
    packages: &'a [PackageVars],
    owners: &'a [u32],
    activity: &'a mut Activity,
    stop: &'a mut dyn FnMut() -> bool,
    /// Packages that are in the stack, with the place on the trail where they got there.
    present: Vec<(usize, usize)>,
    /// How much of the trail was looked at.
    looked: usize,
    /// Whether all present packages are known to be decided.
    complete: bool,
}

impl<'a> Chooser<'a> {
    fn new(
        packages: &'a [PackageVars],
        owners: &'a [u32],
        activity: &'a mut Activity,
        stop: &'a mut dyn FnMut() -> bool,
    ) -> Self {
        Self { packages, owners, activity, stop, present: Vec::new(), looked: 0, complete: false }
    }

    /// Notes packages that got into the stack since the last look.
    fn look(&mut self, view: &View<'_>) {
        for (place, lit) in view.trail().iter().enumerate().skip(self.looked) {
            let owner = self.owners.get(lit.var().0 as usize).copied().unwrap_or(NOBODY);
            if let Some(vars) = self.packages.get(owner as usize)
                && vars.order[0] == *lit
            {
                self.present.push((owner as usize, place));
                self.complete = false;
            }
        }
        self.looked = view.trail().len();
    }

    /// The candidates still open for a package in the stack, or `None` when it is decided.
    fn open(vars: &PackageVars, view: &View<'_>) -> Option<(usize, usize)> {
        let newest = vars.order.partition_point(|lit| view.value(*lit) == Some(true)) - 1;
        let beyond = vars.order.partition_point(|lit| view.value(*lit) != Some(false));
        (beyond - newest > 1).then_some((newest, beyond))
    }
}

impl Guide for Chooser<'_> {
    fn propose(&mut self, view: &View<'_>) -> Option<Lit> {
        self.look(view);
        if self.complete {
            return None;
        }
        let mut best: Option<(usize, (usize, usize))> = None;
        for (number, _) in &self.present {
            if let Some(open) = Self::open(&self.packages[*number], view)
                && best.is_none_or(|(other, _)| self.activity.scores[*number] > self.activity.scores[other])
            {
                best = Some((*number, open));
            }
        }
        let Some((number, (newest, beyond))) = best else {
            self.complete = true;
            return None;
        };
        let vars = &self.packages[number];
        vars.preference
            .iter()
            .map(|at| *at as usize)
            .filter(|at| (newest..beyond).contains(at))
            .map(|at| vars.choice[at])
            .find(|choice| view.value(*choice).is_none())
    }

    fn taken_back(&mut self, length: usize) {
        self.looked = self.looked.min(length);
        while self.present.last().is_some_and(|(_, place)| *place >= length) {
            self.present.pop();
        }
        self.complete = false;
    }

    fn blame(&mut self, var: Var) {
        if let Some(owner) = self.owners.get(var.0 as usize)
            && *owner != NOBODY
        {
            self.activity.bump(*owner as usize);
        }
    }

    fn stop(&mut self) -> bool {
        (self.stop)()
    }
}
