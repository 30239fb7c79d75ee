//! What requires what in a stack: its releases, the requirements between them, and the ways that lead to one.
//!
//! How a graph is drawn is the business of reports.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque, btree_map::Entry},
};

use evidence::{Finding, Ignores};
use packaging::{ExtraName, Origin, PackageName, Version, VersionSpecifier, VersionSpecifiers};

use crate::search::{Search, Stack, StackRelease};

/// The most beginnings of ways that are followed: the number of ways may grow with the power of the number of releases.
const MOST_FOLLOWED: usize = 20_000;

/// The releases of a stack with what each requires of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The releases, sorted by name.
    pub nodes: Vec<Node>,
    /// The requirements of the project, in its order.
    pub roots: Vec<Root>,
}

/// A release of the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The package.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// The extras in use.
    pub extras: Vec<ExtraName>,
    /// Its vulnerabilities without those that the user chose to ignore, most severe first.
    pub findings: Vec<Finding>,
    /// What it requires, sorted by name.
    pub requires: Vec<Link>,
}

/// All that one release requires of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The release required: a position in [`Graph::nodes`].
    pub to: usize,
    /// The versions accepted, as the release says it.
    pub specifiers: VersionSpecifiers,
    /// The extras asked for.
    pub extras: Vec<ExtraName>,
    /// The extras of the requiring release without which it would not require the other; none when it always does.
    pub when: Vec<ExtraName>,
    /// Whether an override of the project takes the place of the versions accepted.
    pub overridden: bool,
}

/// A requirement of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The release required: a position in [`Graph::nodes`].
    pub to: usize,
    /// The versions accepted, as the project says it.
    pub specifiers: VersionSpecifiers,
    /// The extras asked for.
    pub extras: Vec<ExtraName>,
    /// The requirement as written.
    pub text: String,
    /// Where it is written.
    pub origin: Origin,
    /// Whether an override of the project takes the place of the versions accepted.
    pub overridden: bool,
}

/// A way from a requirement of the project to a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The requirement: a position in [`Graph::roots`].
    pub root: usize,
    /// The steps: a position in [`Graph::nodes`] with one in its [`Node::requires`].
    pub links: Vec<(usize, usize)>,
}

/// The ways to a release on which no release is met twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// The shortest ones.
    pub shortest: Vec<Way>,
    /// How many were counted.
    pub count: usize,
    /// Whether there are no more than were counted.
    pub complete: bool,
}

impl Graph {
    /// The graph of a stack that was decided.
    pub fn new(search: &Search, stack: &Stack, ignores: &Ignores) -> Self {
        let places: BTreeMap<&PackageName, usize> =
            stack.releases.iter().enumerate().map(|(place, release)| (&release.name, place)).collect();
        let problem = search.problem();
        let overridden = |package: &PackageName| problem.overrides.contains_key(package);
        let roots = problem.wants.iter().filter_map(|want| {
            Some(Root {
                to: *places.get(search.meets(stack, (&want.package, &want.extras), &want.specifiers)?)?,
                specifiers: want.specifiers.clone(),
                extras: want.extras.clone(),
                text: want.text.clone(),
                origin: want.origin.clone(),
                overridden: overridden(&want.package),
            })
        });
        let nodes = stack.releases.iter().map(|release| Node {
            name: release.name.clone(),
            version: release.version.clone(),
            extras: release.extras.iter().cloned().collect(),
            findings: findings(search, release, ignores),
            requires: links(search, stack, release, &places, &overridden),
        });
        Self { nodes: nodes.collect(), roots: roots.collect() }
    }

    /// The position of a package.
    pub fn position(&self, package: &PackageName) -> Option<usize> {
        self.nodes.binary_search_by(|node| node.name.cmp(package)).ok()
    }

    /// By release, who requires it: a position in [`Graph::nodes`] with one in its [`Node::requires`].
    pub fn dependents(&self) -> Vec<Vec<(usize, usize)>> {
        let mut dependents = vec![Vec::new(); self.nodes.len()];
        for (from, node) in self.nodes.iter().enumerate() {
            for (place, link) in node.requires.iter().enumerate() {
                if let Some(of) = dependents.get_mut(link.to) {
                    of.push((from, place));
                }
            }
        }
        dependents
    }

    /// The ways that lead from the project to a release; the `most` shortest ones in full.
    ///
    /// Ways are followed back from the release, those first that can be the shortest (Hart et al., A Formal Basis for the
    /// Heuristic Determination of Minimum Cost Paths, 1968; the estimate is the distance to the project on any way).
    pub fn ways(&self, to: usize, most: usize) -> Ways {
        /// Where a way begins as far as it was followed, and how it goes on.
        struct Start {
            at: usize,
            on: Option<(usize, usize)>,
            length: usize,
        }
        let dependents = self.dependents();
        let distances = self.distances();
        let estimate =
            |at: usize, length: usize| distances.get(at).copied().flatten().map(|rest| (length + rest, rest));
        let mut ways = Ways { complete: true, ..Ways::default() };
        let mut starts = vec![Start { at: to, on: None, length: 0 }];
        let mut open: BinaryHeap<Reverse<((usize, usize), usize)>> = BinaryHeap::new();
        open.extend(estimate(to, 0).map(|estimate| Reverse((estimate, 0))));
        while let Some(Reverse((_, from))) = open.pop() {
            let Some(Start { at, length, .. }) = starts.get(from) else { continue };
            let (at, length) = (*at, length + 1);
            let mut trail: Vec<(usize, Option<usize>)> = Vec::new();
            let mut next = starts.get(from);
            while let Some(start) = next {
                trail.push((start.at, start.on.map(|(_, link)| link)));
                next = start.on.and_then(|(after, _)| starts.get(after));
            }
            for (root, _) in self.roots.iter().enumerate().filter(|(_, root)| root.to == at) {
                ways.count += 1;
                if ways.shortest.len() < most {
                    let links = trail.iter().filter_map(|(node, link)| Some((*node, (*link)?)));
                    ways.shortest.push(Way { root, links: links.collect() });
                }
            }
            for (parent, link) in dependents.get(at).into_iter().flatten() {
                if trail.iter().any(|(node, _)| node == parent) {
                    continue;
                }
                if starts.len() >= MOST_FOLLOWED {
                    ways.complete = false;
                    break;
                }
                let Some(estimate) = estimate(*parent, length) else { continue };
                open.push(Reverse((estimate, starts.len())));
                starts.push(Start { at: *parent, on: Some((from, *link)), length });
            }
        }
        ways
    }

    /// By release, how many steps it is from the project.
    fn distances(&self) -> Vec<Option<usize>> {
        let mut distances: Vec<Option<usize>> = vec![None; self.nodes.len()];
        let mut open: VecDeque<(usize, usize)> = self.roots.iter().map(|root| (root.to, 0)).collect();
        while let Some((at, distance)) = open.pop_front() {
            let (Some(known), Some(node)) = (distances.get_mut(at), self.nodes.get(at)) else { continue };
            if known.is_none() {
                *known = Some(distance);
                open.extend(node.requires.iter().map(|link| (link.to, distance + 1)));
            }
        }
        distances
    }
}

/// The vulnerabilities of a release that count, most severe first.
pub fn findings(search: &Search, release: &StackRelease, ignores: &Ignores) -> Vec<Finding> {
    let package = search.catalogue().package(&release.name);
    let found =
        package.and_then(|package| Some((package, package.candidates.get(package.position(&release.version)?)?)));
    let Some((package, candidate)) = found else { return Vec::new() };
    let counted = package.vulnerabilities(candidate).filter(|one| ignores.matching(one).is_none());
    counted
        .map(|one| Finding { vulnerability: one.clone(), fixed: one.affected.fixed_after(&candidate.version) })
        .collect()
}

/// What a release requires of others, each of them once.
fn links(
    search: &Search,
    stack: &Stack,
    release: &StackRelease,
    places: &BTreeMap<&PackageName, usize>,
    overridden: &dyn Fn(&PackageName) -> bool,
) -> Vec<Link> {
    let Some(Ok(requires)) = search.catalogue().requires(&release.name, &release.version) else { return Vec::new() };
    let active = requires.edges.iter().filter(|edge| edge.when.iter().all(|extra| release.extras.contains(extra)));
    let mut links: BTreeMap<&PackageName, Link> = BTreeMap::new();
    for edge in active.filter(|edge| edge.package != release.name) {
        let by = search.meets(stack, (&edge.package, &edge.extras), &edge.specifiers);
        let Some((by, to)) = by.and_then(|by| Some((by, places.get(by)?))) else { continue };
        let link = Link {
            to: *to,
            specifiers: edge.specifiers.clone(),
            extras: edge.extras.clone(),
            when: edge.when.clone(),
            overridden: overridden(&edge.package),
        };
        match links.entry(by) {
            Entry::Vacant(entry) => drop(entry.insert(link)),
            Entry::Occupied(mut entry) => entry.get_mut().join(&link),
        }
    }
    links.into_values().collect()
}

impl Link {
    /// Takes in another requirement on the same release.
    fn join(&mut self, other: &Self) {
        let mut specifiers: Vec<VersionSpecifier> = self.specifiers.iter().cloned().collect();
        specifiers
            .extend(other.specifiers.iter().filter(|one| !self.specifiers.iter().any(|known| known == *one)).cloned());
        self.specifiers = specifiers.into_iter().collect();
        let joined = |one: &[ExtraName], other: &[ExtraName]| -> Vec<ExtraName> {
            one.iter().chain(other).cloned().collect::<BTreeSet<_>>().into_iter().collect()
        };
        self.extras = joined(&self.extras, &other.extras);
        self.when = match self.when.is_empty() || other.when.is_empty() {
            true => Vec::new(),
            false => joined(&self.when, &other.when),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn graph(edges: &[(usize, usize)], roots: &[usize], nodes: usize) -> Graph {
        let link = |to: usize| Link {
            to,
            specifiers: VersionSpecifiers::empty(),
            extras: Vec::new(),
            when: Vec::new(),
            overridden: false,
        };
        let node = |at: usize| Node {
            name: format!("p{at:02}").parse().expect("a name"),
            version: Version::new([1]),
            extras: Vec::new(),
            findings: Vec::new(),
            requires: edges.iter().filter(|(from, _)| *from == at).map(|(_, to)| link(*to)).collect(),
        };
        let root = |to: &usize| Root {
            to: *to,
            specifiers: VersionSpecifiers::empty(),
            extras: Vec::new(),
            text: String::new(),
            origin: Origin::file("toy"),
            overridden: false,
        };
        Graph { nodes: (0..nodes).map(node).collect(), roots: roots.iter().map(root).collect() }
    }

    fn names(graph: &Graph, way: &Way) -> Vec<usize> {
        let last = way.links.last().map(|(node, link)| graph.nodes[*node].requires[*link].to);
        way.links.iter().map(|(node, _)| *node).chain(last).collect()
    }

    #[test]
    fn the_shortest_ways_come_first() {
        let graph = graph(&[(0, 3), (0, 1), (1, 2), (2, 3)], &[0, 3], 4);
        let ways = graph.ways(3, 2);
        assert_eq!((ways.count, ways.complete), (3, true));
        assert_eq!(ways.shortest[0], Way { root: 1, links: Vec::new() });
        assert_eq!(names(&graph, &ways.shortest[1]), [0, 3]);
    }

    #[test]
    fn a_cycle_is_gone_round_once() {
        let graph = graph(&[(0, 1), (1, 2), (2, 1), (1, 0)], &[0], 3);
        let ways = graph.ways(2, 9);
        assert_eq!(ways.shortest.iter().map(|way| names(&graph, way)).collect::<Vec<_>>(), [vec![0, 1, 2]]);
        assert_eq!((ways.count, ways.complete), (1, true));
    }

    #[test]
    fn ways_without_number_are_not_all_counted() {
        // Thirty layers of two: 2^30 ways.
        let edges: BTreeSet<(usize, usize)> =
            (0..58).flat_map(|at| [0, 1].map(|side| (at, (at / 2 + 1) * 2 + side))).collect();
        let graph = graph(&edges.into_iter().collect::<Vec<_>>(), &[0, 1], 60);
        let ways = graph.ways(59, 3);
        assert!(!ways.complete);
        let lengths: Vec<usize> = ways.shortest.iter().map(|way| way.links.len()).collect();
        assert_eq!(lengths, [29, 29, 29]);
    }
}
