//! Why there is no stack: the smallest set of facts that conflict.
//!
//! The catalogue is encoded once more with a switch on every part of it, releases that were left out included as candidates
//! that a switch leaves out. Parts are put together to facts, of which the fewest that conflict are looked for; then the
//! facts are narrowed to the releases that the conflict needs.

mod facts;
mod smallest;
mod widened;

use std::collections::{BTreeMap, BTreeSet};

use packaging::PackageName;

use self::{smallest::minimal, widened::Widened};
use super::{
    Problem,
    encoding::{Encoding, Group},
    unpinned, walk,
};
use crate::{
    catalogue::{Catalogue, Edge, ExclusionKind},
    cost::Cost,
    releases::Releases,
    sat::{Lit, Verdict},
};

/// Facts that cannot hold together. Without any one of them there is no such conflict, and none of what was read has fewer,
/// unless looking for it took too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The facts as a chain: what the project requires, what that requires, down to what cannot be had.
    pub facts: Vec<Fact>,
    /// Whether the caller asked to stop before it was the smallest: then some of the facts may not be needed.
    pub is_cut: bool,
}

/// One fact of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The project requires something: position in `Problem::wants`.
    Want(usize),
    /// A constraint bounds something: position in `Problem::constraints`.
    Constraint(usize),
    /// An override replaces what others require.
    Override {
        /// The package.
        package: PackageName,
        /// Position in `Problem::overrides` of that package.
        position: usize,
    },
    /// Releases of one package require releases of another.
    Requires {
        /// The package that requires.
        package: PackageName,
        /// The package required.
        on: PackageName,
        /// What its releases require, each with the releases that do; that of the newest first.
        edges: Vec<(Edge, Releases)>,
    },
    /// Releases of a package may not be chosen.
    Excluded {
        /// The package.
        package: PackageName,
        /// Which filter leaves them out.
        kind: ExclusionKind,
        /// The releases.
        releases: Releases,
        /// What is particular to some of them, each once.
        details: BTreeSet<String>,
    },
    /// No index has any release of a package.
    Missing(PackageName),
    /// A rule of experience keeps releases of several packages apart: position in [`Rules::all`](crate::rule::Rules::all).
    Rule(usize),
}

/// What a fact is about; packages by number. In the order in which facts are dropped when others do as well, first those
/// that their reader can do least about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    Edge(usize, usize),
    Exclusion(usize, ExclusionKind),
    Missing(usize),
    Rule(usize),
    Override(usize, usize),
    Constraint(usize),
    Want(usize),
}

impl Topic {
    fn of(part: Group, catalogue: &Catalogue) -> Option<Self> {
        Some(match part {
            Group::Want(position) => Self::Want(position),
            Group::Constraint(position) => Self::Constraint(position),
            Group::Override(number, position) => Self::Override(number, position),
            Group::Exclusion(number, _, kind) => Self::Exclusion(number, kind),
            Group::Missing(number) => Self::Missing(number),
            Group::Rule(position) => Self::Rule(position),
            Group::Edge(number, candidate, position) => {
                let requires = catalogue.read.get(&(number, candidate))?.as_ref().ok()?;
                Self::Edge(number, catalogue.number(&requires.edges.get(position)?.package)?)
            }
        })
    }

    /// Facts count alike; among equally many, those are better that their reader can do something about.
    fn cost(self) -> Cost {
        let remote = match self {
            Self::Want(_) | Self::Constraint(_) | Self::Override(..) => return Cost::on(0, 1),
            Self::Exclusion(..) | Self::Missing(_) | Self::Rule(_) => 1,
            Self::Edge(..) => 2,
        };
        Cost::on(0, 1) + Cost::on(1, remote)
    }
}

/// How often the solver asks, once the caller said to stop, before there is any conflict at all: about half a second.
const GRACE: u32 = 500;

/// Finds the smallest conflict in a catalogue that has no stack. Once `stop` says so, the conflict at hand has to do; `None`
/// where there is none soon.
pub(super) fn explain(problem: &Problem, catalogue: &Catalogue, stop: &mut dyn FnMut() -> bool) -> Option<Conflict> {
    let widened = Widened::of(catalogue);
    let mut encoding = Encoding::switchable();
    encoding.whole(problem, &widened.catalogue);
    for (number, candidate, why) in &widened.left_out {
        encoding.exclude(*number, *candidate, why.kind());
    }
    let mut topics: BTreeMap<Topic, Vec<(Group, Lit)>> = BTreeMap::new();
    for (part, lit) in encoding.switches() {
        if let Some(topic) = Topic::of(part, &widened.catalogue) {
            topics.entry(topic).or_default().push((part, lit));
        }
    }
    let switches: Vec<Lit> = topics
        .values()
        .map(|parts| {
            let all = encoding.solver.new_lit();
            parts.iter().for_each(|(_, part)| encoding.solver.add(&[!all, *part]));
            all
        })
        .collect();
    let mut grace = GRACE;
    let first = refuted(&mut encoding, problem, &widened.catalogue, &switches, &mut || {
        grace -= u32::from(grace > 0 && stop());
        grace == 0
    })?;
    let costs = topics.keys().map(|topic| topic.cost());
    let assumptions: Vec<(Lit, Cost)> = switches.iter().copied().zip(costs).collect();
    let core = smallest::smallest(&mut encoding, &assumptions, &first, stop);
    let parts: Vec<(Group, Lit)> = topics
        .into_values()
        .zip(switches)
        .filter(|(_, switch)| core.contains(switch))
        .flat_map(|(parts, _)| parts)
        .collect();
    encoding.narrow(&parts);
    let all: Vec<Lit> = parts.iter().map(|(_, lit)| *lit).collect();
    let needed = minimal(&mut encoding, all, stop);
    let parts = parts.into_iter().filter(|(_, lit)| needed.contains(lit)).map(|(part, _)| part);
    Some(Conflict { facts: facts::told(problem, &widened, parts.collect()), is_cut: stop() })
}

/// The switches that a refutation needs, once models are ruled out in which a yanked release is pinned only by releases that
/// nothing requires; all of them, rather than none, where there is a model. `None` when `stop` says so.
fn refuted(
    encoding: &mut Encoding,
    problem: &Problem,
    catalogue: &Catalogue,
    switches: &[Lit],
    stop: &mut dyn FnMut() -> bool,
) -> Option<Vec<Lit>> {
    loop {
        match encoding.solve(switches, stop) {
            Verdict::Stopped => return None,
            Verdict::Unsatisfiable => return Some(encoding.solver.core().to_vec()),
            Verdict::Satisfiable => {}
        }
        let walk = walk(problem, catalogue, &|number| encoding.chosen(number));
        let Some(place) = unpinned(problem, catalogue, &walk) else { return Some(switches.to_vec()) };
        let reached = walk.chosen.iter().map(|(number, (_, extras))| (*number, extras.clone())).collect();
        encoding.justify(problem, catalogue, place, &reached);
    }
}
