//! Small random universes whose candidates and costs are made by hand: what the search alone must get right.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{ExtraName, Origin, PackageName, Version, VersionSpecifiers, index::ProjectStatus};
use proptest::prelude::*;
use resolution::{
    Direction, Level, Objective, Problem, Recommendation, Search, Stack,
    catalogue::{Candidate, Edge, Package, Requires, Want},
    objective::quality,
    search::StackRelease,
};

use crate::{
    definition::{Demand, Release, Rule, World, rounded},
    drive::{PackageAnswer, RequiresAnswer, decide, watched},
    rules::Ruling,
};

pub(crate) const PACKAGES: usize = 5;
pub(crate) const VERSIONS: u32 = 4;

/// A requirement: package, least and most version, extra asked for.
type Asked = (usize, u32, u32, Option<u8>);

/// What overrides ask of the package they are about: least and most version, extra asked for.
type Replacement = (u32, u32, Option<u8>);

/// A release.
#[derive(Clone, Debug)]
pub(crate) struct Toy {
    /// What it requires, each with the extra that activates it.
    pub(crate) edges: Vec<(Option<u8>, Asked)>,
    /// Scores of the vulnerabilities that affect it, and whether each is exploited.
    pub(crate) vulnerabilities: Vec<(u32, bool)>,
    points: u32,
    pub(crate) yanked: bool,
    prerelease: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Universe {
    pub(crate) packages: Vec<Vec<Toy>>,
    pub(crate) wants: Vec<Asked>,
    constraint: Option<(usize, u32, u32)>,
    overridden: Option<(usize, Vec<Replacement>)>,
    lock: Vec<Option<u32>>,
    direction: Direction,
    /// Whether all releases are equally fresh, so that ties decide.
    level: bool,
    /// Packages whose freshness counts as that of direct ones.
    direct: BTreeSet<usize>,
    pub(crate) rules: Vec<Ruling>,
}

pub(crate) fn range() -> impl Strategy<Value = (u32, u32)> {
    (0..VERSIONS, 0..VERSIONS).prop_map(|(one, other)| (one.min(other), one.max(other)))
}

fn asked(extras: f64) -> impl Strategy<Value = Asked> {
    (0..PACKAGES, range(), prop::option::weighted(extras, 0u8..2)).prop_map(|(to, (lo, hi), extra)| (to, lo, hi, extra))
}

fn toy() -> impl Strategy<Value = Toy> {
    let vulnerability = (prop::sample::select(vec![50u32, 53, 75, 98]), prop::bool::weighted(0.2));
    (
        prop::collection::vec((prop::option::weighted(0.2, 0u8..2), asked(0.2)), 0..3),
        prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(vulnerability, 1..3)],
        prop_oneof![4 => Just(0u32), 1 => 1u32..40],
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.15),
    )
        .prop_map(|(edges, vulnerabilities, points, yanked, prerelease)| Toy {
            edges,
            vulnerabilities,
            points,
            yanked,
            prerelease,
        })
}

pub(crate) fn universe() -> impl Strategy<Value = Universe> {
    let replacement = (range(), prop::option::weighted(0.3, 0u8..2)).prop_map(|((lo, hi), extra)| (lo, hi, extra));
    (
        prop::collection::vec(prop::collection::vec(toy(), 1..=VERSIONS as usize), PACKAGES),
        prop::collection::vec(asked(0.3), 1..4),
        prop::option::weighted(0.3, (0..PACKAGES, range())),
        prop::option::weighted(0.2, (0..PACKAGES, prop::collection::vec(replacement, 0..3))),
        prop::collection::vec(prop::option::weighted(0.3, 0..VERSIONS), PACKAGES),
        prop_oneof![3 => Just(Direction::Highest), 1 => Just(Direction::Lowest), 1 => Just(Direction::LowestDirect)],
        prop::bool::weighted(0.3),
    )
        .prop_map(|(packages, wants, constraint, overridden, lock, direction, level)| Universe {
            packages,
            direct: wants.iter().map(|want| want.0).collect(),
            wants,
            constraint: constraint.map(|(package, (lo, hi))| (package, lo, hi)),
            overridden,
            lock,
            direction,
            level,
            rules: Vec::new(),
        })
}

pub(crate) fn name(package: usize) -> PackageName {
    format!("p{package}").parse().unwrap()
}

fn extras(asked: Option<u8>) -> Vec<ExtraName> {
    asked.iter().map(|number| format!("x{number}").parse().unwrap()).collect()
}

impl Universe {
    /// Packages that are all wanted, whose releases require nothing.
    pub(crate) fn free(count: usize) -> Self {
        let toy = Toy { edges: Vec::new(), vulnerabilities: Vec::new(), points: 0, yanked: false, prerelease: false };
        Self {
            packages: vec![vec![toy; VERSIONS as usize]; count],
            wants: (0..count).map(|package| (package, 0, VERSIONS - 1, None)).collect(),
            constraint: None,
            overridden: None,
            lock: vec![None; count],
            direction: Direction::Highest,
            level: false,
            direct: (0..count).collect(),
            rules: Vec::new(),
        }
    }

    /// The same where nobody knows of any points.
    pub(crate) fn unlooked(&self) -> Self {
        let mut unlooked = self.clone();
        unlooked.packages.iter_mut().flatten().for_each(|toy| toy.points = 0);
        unlooked
    }

    /// Learns the points that a release has in another universe; whether that is news.
    pub(crate) fn look(&mut self, other: &Self, release: &StackRelease) -> bool {
        let package = (0..PACKAGES).find(|package| name(*package) == release.name).unwrap();
        let at = (0..VERSIONS).find(|at| self.version(package, *at) == release.version).unwrap() as usize;
        let points = other.packages[package][at].points;
        std::mem::replace(&mut self.packages[package][at].points, points) != points
    }

    pub(crate) fn version(&self, package: usize, number: u32) -> Version {
        let prerelease = self.packages[package].get(number as usize).is_some_and(|toy| toy.prerelease);
        format!("{number}.0{}", if prerelease { "rc1" } else { "" }).parse().unwrap()
    }

    /// An exact pin where the range has one version, bounds elsewhere.
    pub(crate) fn specifiers(&self, package: usize, lo: u32, hi: u32) -> VersionSpecifiers {
        let text = if lo == hi {
            format!("=={}", self.version(package, lo))
        } else {
            format!(">={},<={}", self.version(package, lo), self.version(package, hi))
        };
        text.parse().unwrap()
    }

    pub(crate) fn objective(&self, recommendation: Recommendation) -> Objective {
        Objective::new(recommendation, self.direction)
    }

    /// The names of all packages.
    pub(crate) fn names(&self) -> Vec<PackageName> {
        (0..self.packages.len()).map(name).collect()
    }

    /// Whether the project itself pins a release.
    fn is_pinned(&self, package: usize, number: u32) -> bool {
        let pins = |(asked, lo, hi, _): &Asked| (*asked, *lo, *hi) == (package, number, number);
        let own = match &self.overridden {
            Some((replaced, all)) if *replaced == package => {
                all.iter().any(|(lo, hi, _)| (*lo, *hi) == (number, number))
            }
            _ => self.wants.iter().any(pins),
        };
        own || self.constraint == Some((package, number, number))
    }

    /// What a release costs, level by level.
    fn amounts(&self, package: usize, number: u32) -> Vec<(Level, u32)> {
        let toys = &self.packages[package];
        let at = number as usize;
        let toy = &toys[at];
        let direct = self.direct.contains(&package);
        let better = if self.direction.is_lowest(direct) { &toys[..at] } else { &toys[at + 1..] };
        let better = if self.level { &[] } else { better };
        let behind = better.iter().filter(|other| !other.yanked && !other.prerelease).count();
        let count = |one: bool| u32::from(one);
        vec![
            (Level::LastResort, count(toy.prerelease || (toy.yanked && !self.is_pinned(package, number)))),
            (Level::Exploited, toy.vulnerabilities.iter().map(|(_, exploited)| count(*exploited)).sum()),
            (Level::Exposure, toy.vulnerabilities.iter().map(|(score, _)| score).sum()),
            (Level::Quality, toy.points),
            (Level::Change, count(self.lock[package].is_some_and(|locked| locked != number))),
            (if direct { Level::DirectFreshness } else { Level::Freshness }, u32::try_from(rounded(behind)).unwrap()),
        ]
    }

    fn package(&self, number: usize, objective: &Objective) -> Package {
        let numbers = (0..u32::try_from(self.packages[number].len()).unwrap()).rev();
        let candidates = numbers.map(|at| Candidate {
            version: self.version(number, at),
            cost: self
                .amounts(number, at)
                .into_iter()
                .map(|(level, amount)| {
                    objective.cost(level, if level == Level::Quality { quality(amount) } else { amount })
                })
                .sum(),
            yanked: self.packages[number][at as usize].yanked.then_some(None),
            vulnerabilities: Vec::new(),
            listed: Vec::new(),
            url: None,
        });
        Package {
            name: name(number),
            candidates: candidates.collect(),
            excluded: Vec::new(),
            pages: Vec::new(),
            status: ProjectStatus::Active,
            advisories: None,
        }
    }

    fn requires(&self, toy: &Toy) -> Requires {
        let edge = |(when, (to, lo, hi, asked)): &(Option<u8>, Asked)| Edge {
            when: extras(*when),
            package: name(*to),
            extras: extras(*asked),
            specifiers: self.specifiers(*to, *lo, *hi),
        };
        Requires { edges: toy.edges.iter().map(edge).collect() }
    }

    fn overrides(&self) -> Vec<(usize, Vec<Asked>)> {
        let asked = |package: usize, all: &[Replacement]| {
            all.iter().map(|(lo, hi, extra)| (package, *lo, *hi, *extra)).collect()
        };
        self.overridden.iter().map(|(package, all)| (*package, asked(*package, all))).collect()
    }

    pub(crate) fn problem(&self, recommendation: Recommendation) -> Problem {
        let want = |(package, lo, hi, asked): &Asked| Want {
            package: name(*package),
            extras: extras(*asked),
            specifiers: self.specifiers(*package, *lo, *hi),
            origin: Origin::file("toy"),
            text: String::new(),
            archive: false,
        };
        let overrides = self.overrides();
        Problem {
            wants: self.wants.iter().map(want).collect(),
            constraints: self.constraint.iter().map(|(package, lo, hi)| want(&(*package, *lo, *hi, None))).collect(),
            overrides: overrides
                .iter()
                .map(|(package, all)| (name(*package), all.iter().map(want).collect()))
                .collect(),
            objective: self.objective(recommendation),
            rules: self.rules.iter().map(|ruling| self.rule(ruling)).collect::<Vec<_>>().into(),
        }
    }

    /// What the search decides.
    pub(crate) fn search(&self, recommendation: Recommendation) -> Option<Stack> {
        self.answering(&self.problem(recommendation), &mut |problem, package, requires| {
            decide(problem, package, requires)
        })
    }

    /// The same for a search that `stop` may stop and that `look` sees whenever it waits.
    pub(crate) fn watched(
        &self,
        recommendation: Recommendation,
        stop: &mut dyn FnMut() -> bool,
        look: &mut dyn FnMut(&Search, bool),
    ) -> Option<Stack> {
        self.answering(&self.problem(recommendation), &mut |problem, package, requires| {
            watched(problem, package, requires, stop, look)
        })
    }

    /// Runs something that asks about a problem in this universe.
    pub(crate) fn answering<T>(
        &self,
        problem: &Problem,
        run: &mut dyn FnMut(&Problem, &PackageAnswer<'_>, &RequiresAnswer<'_>) -> T,
    ) -> T {
        let number = |wanted: &PackageName| (0..PACKAGES).find(|number| name(*number) == *wanted).unwrap();
        run(problem, &|wanted| self.package(number(wanted), &problem.objective), &|wanted, version| {
            let package = number(wanted);
            let at = (0..VERSIONS).find(|at| self.version(package, *at) == *version).unwrap();
            Ok(self.requires(&self.packages[package][at as usize]))
        })
    }

    /// The universe in the terms of the definition.
    pub(crate) fn world(&self, recommendation: Recommendation) -> World {
        let last = [Level::Change, Level::DirectFreshness, Level::Freshness];
        let levels: Vec<Level> = match recommendation {
            Recommendation::Performance => {
                let first = [Level::LastResort, Level::Exploited, Level::Performance, Level::Exposure, Level::Quality];
                first.into_iter().chain(last).collect()
            }
            Recommendation::Latest => [Level::LastResort].into_iter().chain(last).collect(),
            _ => {
                [Level::LastResort, Level::Exploited, Level::Exposure, Level::Quality].into_iter().chain(last).collect()
            }
        };
        self.world_of(&levels)
    }

    /// The same where these levels count.
    pub(crate) fn world_of(&self, levels: &[Level]) -> World {
        let demand = |(package, lo, hi, asked): &Asked| Demand {
            package: name(*package),
            extras: extras(*asked).into_iter().collect(),
            specifiers: self.specifiers(*package, *lo, *hi),
        };
        let rule = |(when, asked): &(Option<u8>, Asked)| {
            let when = extras(*when);
            Rule { applies: Box::new(move |active| when.iter().all(|one| active.contains(one))), demand: demand(asked) }
        };
        let release = |package: usize, at: u32| {
            let toy = &self.packages[package][at as usize];
            let amounts: BTreeMap<Level, u32> = self.amounts(package, at).into_iter().collect();
            let amount = |level: &Level| match (level, amounts.get(level).copied().unwrap_or_default()) {
                (Level::Quality, points) => i64::from(points / 10 * 10),
                (_, amount) => i64::from(amount),
            };
            Release {
                version: self.version(package, at),
                cost: levels.iter().map(amount).collect(),
                needs_pin: toy.yanked && !self.is_pinned(package, at),
                rules: toy.edges.iter().map(rule).collect(),
            }
        };
        let releases = |package: usize| {
            let numbers = 0..u32::try_from(self.packages[package].len()).unwrap();
            (name(package), numbers.map(|at| release(package, at)).collect())
        };
        let overrides = self.overrides();
        let experience = self.rules.iter().map(|ruling| self.experience(ruling, levels)).collect();
        let lowest = |package: &usize| match self.direction {
            Direction::Highest => false,
            Direction::Lowest => true,
            Direction::LowestDirect => self.wants.iter().any(|want| want.0 == *package),
        };
        World {
            packages: (0..PACKAGES).map(releases).collect(),
            wants: self.wants.iter().map(demand).collect(),
            constraints: self.constraint.iter().map(|(package, lo, hi)| demand(&(*package, *lo, *hi, None))).collect(),
            overrides: overrides
                .iter()
                .map(|(package, all)| (name(*package), all.iter().map(demand).collect()))
                .collect(),
            levels: levels.len(),
            experience,
            lowest: (0..PACKAGES).filter(lowest).map(name).collect(),
        }
    }

    /// The scores of all vulnerabilities of some releases.
    pub(crate) fn exposure(&self, stack: &Stack) -> i64 {
        let toys =
            (0..PACKAGES).flat_map(|package| self.packages[package].iter().enumerate().map(move |it| (package, it)));
        let chosen = toys.filter(|(package, (at, _))| {
            stack.version(&name(*package)) == Some(&self.version(*package, u32::try_from(*at).unwrap()))
        });
        chosen.flat_map(|(_, (_, toy))| &toy.vulnerabilities).map(|(score, _)| i64::from(*score)).sum()
    }
}
