//! From parts of the problem to facts: parts of one topic are one fact, and facts are in the order of a chain.

use std::collections::{BTreeMap, BTreeSet};

use packaging::PackageName;

use super::{Fact, Topic, Widened};
use crate::{
    catalogue::{Edge, Exclusion, ExclusionKind, Requires},
    releases::Releases,
    search::{Problem, encoding::Group},
};

/// The facts that parts of the problem make up.
pub(super) fn told(problem: &Problem, widened: &Widened, parts: Vec<Group>) -> Vec<Fact> {
    let mut topics: BTreeMap<Topic, Vec<Group>> = BTreeMap::new();
    for part in parts {
        if let Some(topic) = Topic::of(part, &widened.catalogue) {
            topics.entry(topic).or_default().push(part);
        }
    }
    let order = chain(problem, widened, topics.keys().copied().collect());
    order.into_iter().map(|topic| widened.fact(topic, &topics[&topic])).collect()
}

/// Topics in the order in which a person would tell them: a package comes after what requires it, with what is said of it
/// before what it requires in turn.
fn chain(problem: &Problem, widened: &Widened, topics: Vec<Topic>) -> Vec<Topic> {
    let number = |name: &PackageName| widened.catalogue.number(name);
    // What a topic speaks of, and what it leads to.
    let about = |topic: &Topic| match *topic {
        Topic::Want(position) => number(&problem.wants[position].package),
        Topic::Constraint(position) => number(&problem.constraints[position].package),
        Topic::Override(package, _)
        | Topic::Exclusion(package, _)
        | Topic::Missing(package)
        | Topic::Edge(package, _) => Some(package),
        // It is about all of its packages, so it comes last.
        Topic::Rule(_) => None,
    };
    let leads_to = |topic: &Topic| match *topic {
        Topic::Edge(package, on) if package != on => Some(on),
        _ => None,
    };
    let mut waiting = topics;
    waiting.sort_by_key(|topic| {
        let rank = match topic {
            Topic::Want(_) => 0,
            Topic::Constraint(_) | Topic::Override(..) => 1,
            Topic::Exclusion(..) | Topic::Missing(_) => 2,
            Topic::Edge(..) => 3,
            Topic::Rule(_) => 4,
        };
        (rank, *topic)
    });
    let mut order = Vec::new();
    let mut reached: Vec<usize> = Vec::new();
    while !waiting.is_empty() {
        let required = |package: usize| waiting.iter().any(|topic| leads_to(topic) == Some(package));
        let started =
            reached.iter().rev().copied().filter(|package| waiting.iter().any(|one| about(one) == Some(*package)));
        let started: Vec<usize> = started.collect();
        let fresh = waiting.iter().filter_map(about);
        // In a cycle every package waits for another: then what was reached last goes on.
        let next = started
            .iter()
            .copied()
            .chain(fresh)
            .find(|package| !required(*package))
            .or_else(|| started.first().copied())
            .or_else(|| waiting.first().and_then(about));
        let (now, later): (Vec<Topic>, Vec<Topic>) = waiting.into_iter().partition(|topic| about(topic) == next);
        reached.extend(now.iter().rev().filter_map(leads_to));
        order.extend(now);
        waiting = later;
    }
    order
}

impl Widened {
    fn fact(&self, topic: Topic, parts: &[Group]) -> Fact {
        let name = |number: usize| self.catalogue.packages[number].name.clone();
        match topic {
            Topic::Want(position) => Fact::Want(position),
            Topic::Constraint(position) => Fact::Constraint(position),
            Topic::Override(number, position) => Fact::Override { package: name(number), position },
            Topic::Missing(number) => Fact::Missing(name(number)),
            Topic::Rule(position) => Fact::Rule(position),
            Topic::Edge(number, target) => {
                Fact::Requires { package: name(number), on: name(target), edges: self.edges(number, parts) }
            }
            Topic::Exclusion(number, kind) => {
                let places: BTreeSet<usize> = parts
                    .iter()
                    .filter_map(|part| match part {
                        Group::Exclusion(_, place, _) => Some(*place),
                        _ => None,
                    })
                    .collect();
                let details = places.iter().filter_map(|place| self.detail(number, *place, kind)).collect();
                let candidates = self.catalogue.packages[number].candidates.iter().enumerate();
                let all = candidates.map(|(place, candidate)| (candidate.version.clone(), places.contains(&place)));
                Fact::Excluded { package: name(number), kind, releases: Releases::among(all), details }
            }
        }
    }

    /// What releases of a package require, alike requirements together, that of the newest release first.
    fn edges(&self, number: usize, parts: &[Group]) -> Vec<(Edge, Releases)> {
        let mut alike: Vec<(&Edge, BTreeSet<usize>)> = Vec::new();
        for part in parts {
            let Group::Edge(_, place, position) = *part else { continue };
            let Some(Ok(Requires { edges })) = self.catalogue.read.get(&(number, place)) else { continue };
            let Some(edge) = edges.get(position) else { continue };
            match alike.iter_mut().find(|(known, _)| *known == edge) {
                Some((_, places)) => {
                    places.insert(place);
                }
                None => alike.push((edge, BTreeSet::from([place]))),
            }
        }
        alike.sort_by_key(|(_, places)| places.first().copied());
        let candidates = &self.catalogue.packages[number].candidates;
        let usable: Vec<usize> =
            (0..candidates.len()).filter(|place| self.exclusion(number, *place).is_none()).collect();
        alike
            .into_iter()
            .map(|(edge, places)| {
                let all = usable.iter().map(|place| (candidates[*place].version.clone(), places.contains(place)));
                (edge.clone(), Releases::among(all))
            })
            .collect()
    }

    /// What is particular to a release that is left out.
    fn detail(&self, number: usize, place: usize, kind: ExclusionKind) -> Option<String> {
        match self.exclusion(number, place) {
            Some(why) => why.detail(),
            None if kind == ExclusionKind::Yanked => {
                let yanked = self.catalogue.packages[number].candidates[place].yanked.clone();
                yanked.and_then(|reason| Exclusion::Yanked(reason).detail())
            }
            None => None,
        }
    }
}
