//! Releases that must be asked for: yanked ones, and pre-releases that nobody asked for.
//!
//! Each has a price that is paid unless something asks for it. What asks is a requirement of a release that was read; a
//! hopeful encoding also takes into account what was not read.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{ExtraName, Operator, PackageName, VersionSpecifiers};

use super::{Encoding, Group};
use crate::{
    catalogue::{Candidate, Catalogue, Edge, ExclusionKind, Package},
    cost::Cost,
    objective::forbidden,
    sat::Lit,
    search::Problem,
    sieve::asks_prerelease,
};

impl Encoding {
    /// Says when the yanked releases and unasked pre-releases of a package may be chosen: for a release that was read and
    /// asks for them. A hopeful encoding leaves that open for yanked ones.
    pub(super) fn admit(&mut self, problem: &Problem, catalogue: &Catalogue, number: usize) {
        let package = &catalogue.packages[number];
        if !package.candidates.iter().any(is_special) {
            return;
        }
        let asking: Vec<((usize, usize), &Edge)> = catalogue
            .read
            .iter()
            .filter_map(|(asker, read)| Some((*asker, read.as_ref().ok()?)))
            .flat_map(|(asker, requires)| requires.edges.iter().map(move |edge| (asker, edge)))
            .filter(|(_, edge)| edge.package == package.name)
            .collect();
        for (place, candidate) in package.candidates.iter().enumerate().filter(|(_, one)| is_special(one)) {
            let yanked = candidate.yanked.is_some() && !pinned_by_project(problem, &package.name, candidate);
            if (yanked && self.hopeful) || (!yanked && candidate.last_resort == Cost::ZERO) {
                continue;
            }
            let asking = asking.iter().filter(|(_, edge)| asks_for(problem, edge, candidate));
            let mut askers: Vec<Lit> = asking.map(|(asker, edge)| self.applies(*asker, edge)).collect();
            if self.switches.is_none() {
                self.demand(problem, catalogue, (number, place), askers);
            } else if yanked {
                askers.push(!self.packages[number].choice[place]);
                self.add(&Group::Exclusion(number, ExclusionKind::Yanked), askers);
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
    pub(in crate::search) fn justify(
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
    pub(super) fn grant(
        &mut self,
        problem: &Problem,
        catalogue: &Catalogue,
        asker: (usize, usize),
        edge: &Edge,
        target: usize,
    ) {
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
    pub(in crate::search) fn pays_last_resort(&self, place: (usize, usize)) -> bool {
        self.prices.get(&place).is_some_and(|(paid, _)| self.solver.model(*paid))
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
pub(in crate::search) fn asks_for(problem: &Problem, edge: &Edge, candidate: &Candidate) -> bool {
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

pub(in crate::search) fn pinned_by_project(problem: &Problem, name: &PackageName, candidate: &Candidate) -> bool {
    let overrides = problem.overrides.get(name).into_iter().flatten();
    problem
        .wants
        .iter()
        .chain(&problem.constraints)
        .chain(overrides)
        .any(|want| want.package == *name && pins(&want.specifiers, candidate))
}
