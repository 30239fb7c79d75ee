//! Why there is no stack: a minimal set of facts that conflict.
//!
//! The catalogue is encoded once more with a switch on every fact, releases that were left out included as candidates that
//! a switch leaves out; facts are then dropped as long as the rest still conflicts. What remains is needed, each of it.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{PackageName, Version, VersionSpecifiers};

use super::{
    Problem,
    encoding::{Encoding, Group},
};
use crate::{
    catalogue::{Candidate, Catalogue, ExclusionKind, Package},
    cost::Cost,
    sat::{Lit, Verdict},
};

/// Facts that cannot hold together; dropping any one of them removes this conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The facts, the project's own requirements first.
    pub facts: Vec<Fact>,
}

/// One fact of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The project requires something: position in `Problem::wants`.
    Want(usize),
    /// A constraint bounds something: position in `Problem::constraints`.
    Constraint(usize),
    /// Releases of one package require releases of another.
    Requires {
        /// The package that requires.
        package: PackageName,
        /// The package required.
        on: PackageName,
        /// What its releases require, each with the releases that do, newest first.
        edges: Vec<(VersionSpecifiers, Vec<Version>)>,
    },
    /// Releases of a package may not be chosen.
    Excluded {
        /// The package.
        package: PackageName,
        /// Which filter leaves them out.
        kind: ExclusionKind,
        /// The releases, newest first.
        versions: Vec<Version>,
    },
    /// No index has any release of a package.
    Missing(PackageName),
}

/// Finds a minimal conflict in a catalogue that has no stack.
pub(super) fn explain(problem: &Problem, catalogue: &Catalogue) -> Conflict {
    let (widened, left_out) = widen(catalogue);
    let mut encoding = Encoding::switchable();
    encoding.whole(problem, &widened);
    for (number, candidate, kind) in &left_out {
        encoding.exclude(*number, *candidate, *kind);
    }
    let switches = encoding.switches();
    let all: Vec<Lit> = switches.iter().map(|(_, lit)| *lit).collect();
    let core = match encoding.solve(&all, &mut || false) {
        Verdict::Unsatisfiable => minimise(&mut encoding),
        // Not reached: the same clauses had no model. Rather every fact than none.
        _ => all,
    };
    let facts =
        switches.iter().filter(|(_, lit)| core.contains(lit)).map(|(group, _)| fact(group, &widened, &left_out));
    Conflict { facts: facts.collect() }
}

/// Drops literals from the core found last as long as it stays one.
fn minimise(encoding: &mut Encoding) -> Vec<Lit> {
    let mut core = encoding.solver.core().to_vec();
    core.sort_unstable();
    let mut at = 0;
    while at < core.len() {
        // Dependencies are dropped before the project's own requirements: what is left names what its reader wrote.
        let mut without = core.clone();
        without.remove(at);
        if encoding.solve(&without, &mut || false) == Verdict::Unsatisfiable {
            let smaller = encoding.solver.core().to_vec();
            core.retain(|lit| smaller.contains(lit));
        } else {
            at += 1;
        }
    }
    core
}

/// The catalogue with the releases that were left out as candidates, and which those are.
fn widen(catalogue: &Catalogue) -> (Catalogue, Vec<(usize, usize, ExclusionKind)>) {
    let mut widened = Catalogue::default();
    let mut left_out = Vec::new();
    for (number, package) in catalogue.packages.iter().enumerate() {
        let mut all: Vec<(Candidate, Option<ExclusionKind>, Option<usize>)> = Vec::new();
        for (place, candidate) in package.candidates.iter().enumerate() {
            all.push((Candidate { cost: Cost::ZERO, ..candidate.clone() }, None, Some(place)));
        }
        for excluded in &package.excluded {
            let candidate = Candidate {
                version: excluded.version.clone(),
                cost: Cost::ZERO,
                yanked: None,
                vulnerabilities: Vec::new(),
                listed: Vec::new(),
                url: None,
            };
            all.push((candidate, Some(excluded.why.kind()), None));
        }
        all.sort_by(|one, other| other.0.version.cmp(&one.0.version));
        let wide = Package {
            name: package.name.clone(),
            candidates: all.iter().map(|(candidate, ..)| candidate.clone()).collect(),
            excluded: Vec::new(),
            pages: Vec::new(),
            status: package.status,
            advisories: None,
        };
        widened.load(wide);
        for (place, (_, kind, before)) in all.iter().enumerate() {
            if let Some(kind) = kind {
                left_out.push((number, place, *kind));
            }
            if let Some(read) = before.and_then(|before| catalogue.read.get(&(number, before))) {
                widened.read.insert((number, place), read.clone());
            }
        }
    }
    (widened, left_out)
}

fn fact(group: &Group, catalogue: &Catalogue, left_out: &[(usize, usize, ExclusionKind)]) -> Fact {
    let name = |number: &usize| catalogue.packages[*number].name.clone();
    match group {
        Group::Want(position) => Fact::Want(*position),
        Group::Constraint(position) => Fact::Constraint(*position),
        Group::Missing(number) => Fact::Missing(name(number)),
        Group::Edge(number, target) => {
            let on = name(target);
            let mut edges: BTreeMap<String, (VersionSpecifiers, Vec<Version>)> = BTreeMap::new();
            for ((_, candidate), read) in catalogue.read.range((*number, 0)..(*number + 1, 0)) {
                let Ok(requires) = read else { continue };
                for edge in requires.edges.iter().filter(|edge| edge.package == on) {
                    let version = catalogue.packages[*number].candidates[*candidate].version.clone();
                    let entry = edges
                        .entry(edge.specifiers.to_string())
                        .or_insert_with(|| (edge.specifiers.clone(), Vec::new()));
                    if !entry.1.contains(&version) {
                        entry.1.push(version);
                    }
                }
            }
            let mut edges: Vec<(VersionSpecifiers, Vec<Version>)> = edges.into_values().collect();
            edges.sort_by(|one, other| other.1.first().cmp(&one.1.first()));
            Fact::Requires { package: name(number), on, edges }
        }
        Group::Exclusion(number, kind) => {
            let mut places: BTreeSet<usize> = left_out
                .iter()
                .filter(|(package, _, why)| package == number && why == kind)
                .map(|(_, candidate, _)| *candidate)
                .collect();
            for ((_, candidate), read) in catalogue.read.range((*number, 0)..(*number + 1, 0)) {
                if matches!(read, Err(why) if why.kind() == *kind) {
                    places.insert(*candidate);
                }
            }
            let candidates = &catalogue.packages[*number].candidates;
            places.extend(
                candidates
                    .iter()
                    .enumerate()
                    .filter(|(_, one)| *kind == ExclusionKind::Yanked && one.yanked.is_some())
                    .map(|(place, _)| place),
            );
            let versions = places.into_iter().map(|place| candidates[place].version.clone()).collect();
            Fact::Excluded { package: name(number), kind: *kind, versions }
        }
    }
}
