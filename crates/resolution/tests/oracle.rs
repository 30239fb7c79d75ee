//! The exact search against brute force over small random universes.

#![expect(clippy::unwrap_used, reason = "a toy that cannot be built is a failed test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use packaging::{ExtraName, Origin, PackageName, Version, VersionSpecifiers, index::ProjectStatus};
use proptest::prelude::*;
use resolution::{
    Direction, Level, Objective, Problem, Recommendation, Search, Step,
    catalogue::{Candidate, Edge, Package, Requires, Want},
    cost::Cost,
    objective::distance,
};

/// A requirement: the extra that activates it, package, least and most version, extra asked for.
type ToyEdge = (Option<u8>, usize, u32, u32, Option<u8>);

/// A release.
#[derive(Clone, Debug)]
struct Toy {
    edges: Vec<ToyEdge>,
    exposure: u32,
    yanked: bool,
    prerelease: bool,
}

#[derive(Clone, Debug)]
struct Universe {
    packages: Vec<Vec<Toy>>,
    wants: Vec<(usize, u32, u32, Option<u8>)>,
    constraint: Option<(usize, u32, u32)>,
    lock: Vec<Option<u32>>,
    lowest: bool,
}

const PACKAGES: usize = 5;
const VERSIONS: u32 = 4;

fn range() -> impl Strategy<Value = (u32, u32)> {
    (0..VERSIONS, 0..VERSIONS).prop_map(|(one, other)| (one.min(other), one.max(other)))
}

fn toy() -> impl Strategy<Value = Toy> {
    let edge = (prop::option::weighted(0.2, 0u8..2), 0..PACKAGES, range(), prop::option::weighted(0.2, 0u8..2));
    (
        prop::collection::vec(edge, 0..3),
        prop_oneof![4 => Just(0u32), 1 => Just(53), 1 => Just(98)],
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.12),
    )
        .prop_map(|(edges, exposure, yanked, prerelease)| Toy {
            edges: edges.into_iter().map(|(when, to, (lo, hi), extra)| (when, to, lo, hi, extra)).collect(),
            exposure,
            yanked,
            prerelease,
        })
}

fn universe() -> impl Strategy<Value = Universe> {
    (
        prop::collection::vec(prop::collection::vec(toy(), 1..=VERSIONS as usize), PACKAGES),
        prop::collection::vec((0..PACKAGES, range(), prop::option::weighted(0.3, 0u8..2)), 1..4),
        prop::option::weighted(0.3, (0..PACKAGES, range())),
        prop::collection::vec(prop::option::weighted(0.3, 0..VERSIONS), PACKAGES),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(packages, wants, constraint, lock, lowest)| Universe {
            packages,
            wants: wants.into_iter().map(|(p, (lo, hi), extra)| (p, lo, hi, extra)).collect(),
            constraint: constraint.map(|(p, (lo, hi))| (p, lo, hi)),
            lock,
            lowest,
        })
}

fn name(package: usize) -> PackageName {
    PackageName::from_str(&format!("p{package}")).unwrap()
}

fn version(universe: &Universe, package: usize, number: u32) -> Version {
    let prerelease = universe.packages[package].get(number as usize).is_some_and(|toy| toy.prerelease);
    Version::from_str(&format!("{number}.0{}", if prerelease { "rc1" } else { "" })).unwrap()
}

/// An exact pin where the range has one version, bounds elsewhere.
fn specifiers(universe: &Universe, package: usize, lo: u32, hi: u32) -> VersionSpecifiers {
    let text = if lo == hi {
        format!("=={}", version(universe, package, lo))
    } else {
        // `.dev0` would name a pre-release; a lower version that does not exist names none.
        let low = if lo == 0 { "0".to_string() } else { format!("{}.9", lo - 1) };
        format!(">={low},<={hi}.0")
    };
    VersionSpecifiers::from_str(&text).unwrap()
}

fn extra(number: u8) -> ExtraName {
    ExtraName::from_str(&format!("x{number}")).unwrap()
}

fn objective(universe: &Universe, recommendation: Recommendation) -> Objective {
    Objective::new(recommendation, if universe.lowest { Direction::Lowest } else { Direction::Highest })
}

fn package(universe: &Universe, number: usize, objective: &Objective) -> Package {
    let toys = &universe.packages[number];
    let direct = universe.wants.iter().any(|want| want.0 == number);
    let mut candidates: Vec<Candidate> = Vec::new();
    for (at, toy) in toys.iter().enumerate().rev() {
        let usable = |other: &&Toy| !other.yanked && !other.prerelease;
        let last_resort = toy.prerelease || (toy.yanked && !is_pinned_by_project(universe, number, at as u32));
        let before = if universe.lowest {
            toys[..at].iter().filter(usable).count()
        } else {
            toys[at + 1..].iter().filter(usable).count()
        };
        let level = if direct { Level::DirectFreshness } else { Level::Freshness };
        let changed = universe.lock[number].is_some_and(|locked| locked != at as u32);
        candidates.push(Candidate {
            version: version(universe, number, at as u32),
            cost: objective.cost(Level::LastResort, u32::from(last_resort))
                + objective.cost(Level::Exposure, toy.exposure)
                + objective.cost(level, distance(before))
                + objective.cost(Level::Change, u32::from(changed)),
            yanked: toy.yanked.then_some(None),
            vulnerabilities: Vec::new(),
            listed: Vec::new(),
            url: None,
        });
    }
    candidates.sort_by(|one, other| other.version.cmp(&one.version));
    Package {
        name: name(number),
        candidates,
        excluded: Vec::new(),
        pages: Vec::new(),
        status: ProjectStatus::Active,
        advisories: None,
    }
}

fn is_pinned_by_project(universe: &Universe, package: usize, number: u32) -> bool {
    let wants = universe.wants.iter().map(|(package, lo, hi, _)| (*package, *lo, *hi));
    wants.chain(universe.constraint).any(|it| it == (package, number, number))
}

fn requires(universe: &Universe, toy: &Toy) -> Requires {
    Requires {
        edges: toy
            .edges
            .iter()
            .map(|(when, to, lo, hi, asked)| Edge {
                when: when.iter().map(|number| extra(*number)).collect(),
                package: name(*to),
                extras: asked.iter().map(|number| extra(*number)).collect(),
                specifiers: specifiers(universe, *to, *lo, *hi),
            })
            .collect(),
    }
}

fn problem(universe: &Universe, objective: Objective) -> Problem {
    let want = |package: usize, lo: u32, hi: u32, asked: Option<u8>| Want {
        package: name(package),
        extras: asked.iter().map(|number| extra(*number)).collect(),
        specifiers: specifiers(universe, package, lo, hi),
        origin: Origin::file("toy"),
        text: String::new(),
        archive: false,
    };
    Problem {
        wants: universe.wants.iter().map(|(p, lo, hi, asked)| want(*p, *lo, *hi, *asked)).collect(),
        constraints: universe.constraint.iter().map(|(p, lo, hi)| want(*p, *lo, *hi, None)).collect(),
        overrides: BTreeMap::new(),
        objective,
    }
}

/// Runs the search, answering everything it asks for; returns the versions and the cost, and how many releases were read.
fn search(universe: &Universe, recommendation: Recommendation) -> Option<(BTreeMap<String, String>, Cost)> {
    let objective = objective(universe, recommendation);
    let mut search = Search::new(problem(universe, objective.clone()));
    loop {
        match search.step(&mut || false) {
            Step::Needs(needs) => {
                assert!(!needs.is_empty());
                for wanted in needs.packages.keys() {
                    let number = (0..PACKAGES).find(|number| name(*number) == *wanted).unwrap();
                    search.add_package(package(universe, number, &objective));
                }
                for (wanted, at) in &needs.releases {
                    let number = (0..PACKAGES).find(|number| name(*number) == *wanted).unwrap();
                    let position = (0..VERSIONS).find(|v| version(universe, number, *v) == *at).unwrap();
                    search.add_release(
                        wanted,
                        at,
                        Ok(requires(universe, &universe.packages[number][position as usize])),
                    );
                }
            }
            Step::Decided(stack) => {
                assert!(stack.is_optimal());
                let versions =
                    stack.releases.iter().map(|one| (one.name.to_string(), one.version.to_string())).collect();
                return Some((versions, stack.cost));
            }
            Step::Impossible(conflict) => {
                assert!(!conflict.facts.is_empty());
                return None;
            }
            Step::Stopped(_) => unreachable!("nobody stops it"),
        }
    }
}

/// The cheapest cost over all assignments, from the definition: everything reachable is chosen, nothing else.
fn brute_force(universe: &Universe, recommendation: Recommendation) -> Option<Cost> {
    let objective = objective(universe, recommendation);
    let packages: Vec<Package> = (0..PACKAGES).map(|number| package(universe, number, &objective)).collect();
    let mut best: Option<Cost> = None;
    let mut assignment = [0usize; PACKAGES];
    loop {
        if let Some(cost) = judge(universe, &packages, &assignment)
            && best.is_none_or(|least| cost < least)
        {
            best = Some(cost);
        }
        let mut at = 0;
        while at < PACKAGES {
            assignment[at] += 1;
            if assignment[at] < universe.packages[at].len() {
                break;
            }
            assignment[at] = 0;
            at += 1;
        }
        if at == PACKAGES {
            return best;
        }
    }
}

fn judge(universe: &Universe, packages: &[Package], assignment: &[usize]) -> Option<Cost> {
    let mut active: BTreeMap<usize, BTreeSet<u8>> = BTreeMap::new();
    let mut open: Vec<(usize, Option<u8>)> = Vec::new();
    let fits = |package: usize, lo: u32, hi: u32| {
        specifiers(universe, package, lo, hi).contains(&version(universe, package, assignment[package] as u32))
    };
    for (package, lo, hi, asked) in &universe.wants {
        if !fits(*package, *lo, *hi) {
            return None;
        }
        open.push((*package, *asked));
    }
    let mut pinned: BTreeSet<usize> = BTreeSet::new();
    while let Some((package, asked)) = open.pop() {
        let fresh = !active.contains_key(&package);
        let extras = active.entry(package).or_default();
        if !asked.is_some_and(|number| extras.insert(number)) && !fresh {
            continue;
        }
        let extras = extras.clone();
        for (when, to, lo, hi, wanted) in &universe.packages[package][assignment[package]].edges {
            if when.is_some_and(|number| !extras.contains(&number)) {
                continue;
            }
            if !fits(*to, *lo, *hi) {
                return None;
            }
            if lo == hi {
                pinned.insert(*to);
            }
            open.push((*to, *wanted));
        }
    }
    let mut total = Cost::ZERO;
    for package in active.keys() {
        if let Some((bounded, lo, hi)) = universe.constraint
            && bounded == *package
            && !fits(bounded, lo, hi)
        {
            return None;
        }
        let chosen = version(universe, *package, assignment[*package] as u32);
        let candidate = &packages[*package].candidates[packages[*package].position(&chosen)?];
        let by_project = is_pinned_by_project(universe, *package, assignment[*package] as u32);
        if candidate.yanked.is_some() && !by_project && !pinned.contains(package) {
            return None;
        }
        total += candidate.cost;
    }
    Some(total)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn the_search_finds_what_brute_force_finds(universe in universe()) {
        for recommendation in [Recommendation::Stable, Recommendation::Latest] {
            let found = search(&universe, recommendation).map(|(_, cost)| cost);
            let best = brute_force(&universe, recommendation);
            prop_assert_eq!(found, best);
        }
    }

    #[test]
    fn the_order_of_requirements_changes_nothing(universe in universe()) {
        let mut turned = universe.clone();
        turned.wants.reverse();
        for package in &mut turned.packages {
            for toy in package {
                toy.edges.reverse();
            }
        }
        prop_assert_eq!(search(&universe, Recommendation::Stable), search(&turned, Recommendation::Stable));
    }

    #[test]
    fn an_added_vulnerability_never_improves_the_optimum(universe in universe(), package in 0..PACKAGES, at in 0..VERSIONS) {
        let before = search(&universe, Recommendation::Security).map(|(_, cost)| cost);
        let mut worse = universe.clone();
        if let Some(toy) = worse.packages[package].get_mut(at as usize) {
            toy.exposure += 40;
        }
        let after = search(&worse, Recommendation::Security).map(|(_, cost)| cost);
        prop_assert!(before <= after);
        prop_assert_eq!(before.is_some(), after.is_some());
    }
}
