//! Conflicts of small random universes against brute force over what was read of them.
//!
//! Every choice of releases and extras breaks some facts. Facts conflict when every choice breaks one of them; so whether a
//! set conflicts, whether it is minimal and whether a smaller one exists are questions about the sets of facts broken.

#![expect(clippy::unwrap_used, reason = "a toy that cannot be built is a failed test")]

use std::collections::{BTreeMap, BTreeSet};

use packaging::{ExtraName, Operator, Origin, PackageName, Version, VersionSpecifiers};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use resolution::{
    Direction, Objective, Problem, Recommendation, Search, Step,
    catalogue::{Candidate, Catalogue, Edge, Excluded, Exclusion, ExclusionKind, Package, Requires, Want},
    cost::Cost,
    releases::Releases,
    rule::{Effect, Member, Rule},
    search::{Conflict, Fact},
};

const PACKAGES: usize = 4;
const VERSIONS: u32 = 3;

/// A requirement: package, least and most version, whether its extra is asked for.
type ToyWant = (usize, u32, u32, bool);

#[derive(Clone, Debug)]
struct Toy {
    /// Requirements, each with whether only the extra of the release activates it.
    edges: Vec<(bool, ToyWant)>,
    fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Usable,
    Yanked,
    TooNew,
    Malware,
    /// Found out when its metadata is read.
    Python,
}

#[derive(Clone, Debug)]
struct Universe {
    packages: Vec<Vec<Toy>>,
    wants: Vec<ToyWant>,
    constraints: Vec<ToyWant>,
    overrides: Vec<ToyWant>,
    /// Releases that rules keep apart, each by package, least and most version.
    apart: Vec<Vec<ToyWant>>,
    /// Whether everything is read at once.
    eager: bool,
}

fn toy_want() -> impl Strategy<Value = ToyWant> {
    (0..PACKAGES, 0..VERSIONS, 0..VERSIONS, prop::bool::weighted(0.15))
        .prop_map(|(package, one, other, extra)| (package, one.min(other), one.max(other), extra))
}

fn toy(yanked: u32) -> impl Strategy<Value = Toy> {
    let fate = prop_oneof![
        12 => Just(Fate::Usable),
        1 => Just(Fate::TooNew),
        1 => Just(Fate::Malware),
        1 => Just(Fate::Python),
        yanked => Just(Fate::Yanked),
    ];
    (prop::collection::vec((prop::bool::weighted(0.15), toy_want()), 0..3), fate)
        .prop_map(|(edges, fate)| Toy { edges, fate })
}

fn universe(yanked: u32) -> impl Strategy<Value = Universe> {
    (
        prop::collection::vec(prop::collection::vec(toy(yanked), 0..=VERSIONS as usize), PACKAGES),
        prop::collection::vec(toy_want(), 1..4),
        prop::collection::vec(toy_want(), 0..2),
        prop::option::weighted(0.1, toy_want()),
        prop::collection::vec(prop::collection::vec(toy_want(), 2..4), 0..3),
        any::<bool>(),
    )
        .prop_map(|(packages, wants, constraints, replaced, apart, eager)| Universe {
            packages,
            wants,
            constraints,
            overrides: replaced.into_iter().collect(),
            apart,
            eager,
        })
}

fn name(package: usize) -> PackageName {
    format!("p{package}").parse().unwrap()
}

fn extra() -> ExtraName {
    "x".parse().unwrap()
}

fn version(number: u32) -> Version {
    format!("{number}").parse().unwrap()
}

fn specifiers(lo: u32, hi: u32) -> VersionSpecifiers {
    if lo == hi { format!("=={lo}") } else { format!(">={lo},<={hi}") }.parse().unwrap()
}

fn extras(asked: bool) -> Vec<ExtraName> {
    if asked { vec![extra()] } else { Vec::new() }
}

fn want((package, lo, hi, asked): &ToyWant) -> Want {
    Want {
        package: name(*package),
        extras: extras(*asked),
        specifiers: specifiers(*lo, *hi),
        origin: Origin::file("toy"),
        text: String::new(),
        archive: false,
    }
}

fn rule(members: &[ToyWant]) -> Rule {
    let members = members.iter().map(|(package, lo, hi, _)| Member::new(name(*package), specifiers(*lo, *hi)));
    let effect = Effect::Forbid(members.collect());
    Rule { name: "toy".to_string(), origin: Origin::file("toy"), own: false, reason: String::new(), effect }
}

impl Universe {
    fn problem(&self) -> Problem {
        let mut overrides: BTreeMap<PackageName, Vec<Want>> = BTreeMap::new();
        for replacing in &self.overrides {
            overrides.entry(name(replacing.0)).or_default().push(want(&(replacing.0, replacing.1, replacing.2, false)));
        }
        Problem {
            wants: self.wants.iter().map(want).collect(),
            constraints: self.constraints.iter().map(|(p, lo, hi, _)| want(&(*p, *lo, *hi, false))).collect(),
            overrides,
            objective: Objective::new(Recommendation::Latest, Direction::Highest),
            rules: self.apart.iter().map(|members| rule(members)).collect::<Vec<_>>().into(),
        }
    }

    fn package(&self, number: usize) -> Package {
        let mut package = Package::empty(name(number));
        for (at, toy) in self.packages[number].iter().enumerate().rev() {
            let version = version(at as u32);
            let why = match toy.fate {
                Fate::TooNew => Exclusion::TooNew,
                Fate::Malware => Exclusion::Malware(vec!["MAL-1".to_string()]),
                Fate::Usable | Fate::Yanked | Fate::Python => {
                    package.candidates.push(Candidate {
                        version,
                        cost: Cost::ZERO,
                        yanked: (toy.fate == Fate::Yanked).then_some(None),
                        vulnerabilities: Vec::new(),
                        listed: Vec::new(),
                        url: None,
                    });
                    continue;
                }
            };
            package.excluded.push(Excluded { version, why });
        }
        package
    }

    fn requires(&self, number: usize, at: usize) -> Result<Requires, Exclusion> {
        let toy = &self.packages[number][at];
        if toy.fate == Fate::Python {
            return Err(Exclusion::Python(">=9".to_string()));
        }
        let edge = |(when, (to, lo, hi, asked)): &(bool, ToyWant)| Edge {
            when: extras(*when),
            package: name(*to),
            extras: extras(*asked),
            specifiers: specifiers(*lo, *hi),
        };
        Ok(Requires { edges: toy.edges.iter().map(edge).collect() })
    }

    /// Runs the search; the conflict, where there is no stack, and what was known by then.
    fn search(&self) -> (Search, Option<Conflict>) {
        self.search_until(usize::MAX)
    }

    /// The same, where each step is told to stop when it asks for the so-manieth time.
    fn search_until(&self, mut asks: usize) -> (Search, Option<Conflict>) {
        let mut search = Search::new(self.problem());
        loop {
            let mut asked = 0;
            let step = search.step(&mut || {
                asked += 1;
                asked >= asks
            });
            match step {
                Step::Needs(needs) => {
                    for wanted in needs.packages.keys() {
                        let number = (0..PACKAGES).find(|number| name(*number) == *wanted).unwrap();
                        search.add_package(self.package(number));
                        for at in (0..self.packages[number].len()).filter(|_| self.eager) {
                            search.add_release(wanted, &version(at as u32), self.requires(number, at));
                        }
                    }
                    for (wanted, at) in &needs.releases {
                        let number = (0..PACKAGES).find(|number| name(*number) == *wanted).unwrap();
                        let place = (0..VERSIONS).find(|place| version(*place) == *at).unwrap();
                        search.add_release(wanted, at, self.requires(number, place as usize));
                    }
                }
                Step::Decided(_) => return (search, None),
                Step::Impossible(conflict) => return (search, Some(conflict)),
                // It was not as far as to explain: once more, and a little further.
                Step::Stopped => asks += 1,
            }
        }
    }
}

/// A fact without the releases it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Want(usize),
    Constraint(usize),
    Override(PackageName, usize),
    Requires(PackageName, PackageName),
    Excluded(PackageName, ExclusionKind),
    Missing(PackageName),
    Rule(usize),
}

/// A fact as far as it is about one release and one requirement of it, where it is about such.
type Part = (Key, Option<(Version, String)>);

fn key(fact: &Fact) -> Key {
    match fact {
        Fact::Want(position) => Key::Want(*position),
        Fact::Constraint(position) => Key::Constraint(*position),
        Fact::Override { package, position } => Key::Override(package.clone(), *position),
        Fact::Requires { package, on, .. } => Key::Requires(package.clone(), on.clone()),
        Fact::Excluded { package, kind, .. } => Key::Excluded(package.clone(), *kind),
        Fact::Missing(package) => Key::Missing(package.clone()),
        Fact::Rule(position) => Key::Rule(*position),
    }
}

/// The parts that a fact of a conflict names.
fn parts(fact: &Fact) -> Vec<Part> {
    let versions = |releases: &Releases, edge: &str| -> Vec<Part> {
        releases.versions.iter().map(|version| (key(fact), Some((version.clone(), edge.to_string())))).collect()
    };
    match fact {
        Fact::Requires { edges, .. } => {
            edges.iter().flat_map(|(edge, releases)| versions(releases, &format!("{edge:?}"))).collect()
        }
        Fact::Excluded { releases, .. } => versions(releases, ""),
        _ => vec![(key(fact), None)],
    }
}

/// One choice of releases and extras: by package, the version and whether its extra is in use. A package that no index has
/// is chosen without a version, which only that it is missing rules out.
type Choice = BTreeMap<PackageName, (Option<Version>, bool)>;

/// Everything that a choice breaks, judged from what is known.
fn broken(problem: &Problem, catalogue: &Catalogue, choice: &Choice) -> BTreeSet<Part> {
    let mut broken = BTreeSet::new();
    let serves = |package: &PackageName, asked: &[ExtraName], bounds: &VersionSpecifiers| {
        choice.get(package).is_some_and(|(version, active)| {
            let fits = version.as_ref().is_none_or(|version| bounds.contains(version));
            (problem.overrides.contains_key(package) || fits) && (asked.is_empty() || *active)
        })
    };
    for (position, want) in problem.wants.iter().enumerate() {
        if !serves(&want.package, &want.extras, &want.specifiers) {
            broken.insert((Key::Want(position), None));
        }
    }
    let within = |bound: &Want| match choice.get(&bound.package) {
        Some((Some(version), _)) => bound.specifiers.contains(version),
        _ => true,
    };
    for (position, _) in problem.constraints.iter().enumerate().filter(|(_, bound)| !within(bound)) {
        broken.insert((Key::Constraint(position), None));
    }
    for (package, bounds) in &problem.overrides {
        for (position, _) in bounds.iter().enumerate().filter(|(_, bound)| !within(bound)) {
            broken.insert((Key::Override(package.clone(), position), None));
        }
    }
    let pins = |bounds: &VersionSpecifiers, version: &Version| {
        bounds.iter().any(|one| *one.operator() == Operator::Equal && one.contains(version))
    };
    let applying = |package: &PackageName| -> Vec<&Edge> {
        let Some((Some(version), active)) = choice.get(package) else { return Vec::new() };
        match catalogue.requires(package, version) {
            Some(Ok(requires)) => requires.edges.iter().filter(|edge| edge.when.is_empty() || *active).collect(),
            _ => Vec::new(),
        }
    };
    for (package, (version, _)) in choice {
        let Some(version) = version else {
            broken.insert((Key::Missing(package.clone()), None));
            continue;
        };
        let here = |kind| (Key::Excluded(package.clone(), kind), Some((version.clone(), String::new())));
        let known = catalogue.package(package).unwrap();
        for excluded in known.excluded.iter().filter(|one| one.version == *version) {
            broken.insert(here(excluded.why.kind()));
        }
        if let Some(Err(why)) = catalogue.requires(package, version) {
            broken.insert(here(why.kind()));
        }
        let yanked = known.candidates.iter().any(|one| one.version == *version && one.yanked.is_some());
        let own = problem.overrides.get(package).unwrap_or(&problem.wants);
        let mut own = own.iter().chain(&problem.constraints).filter(|want| want.package == *package);
        let pinned = own.any(|want| pins(&want.specifiers, version))
            || (!problem.overrides.contains_key(package)
                && choice.keys().filter(|asker| *asker != package).any(|asker| {
                    applying(asker).iter().any(|edge| edge.package == *package && pins(&edge.specifiers, version))
                }));
        if yanked && !pinned {
            broken.insert(here(ExclusionKind::Yanked));
        }
        for edge in applying(package) {
            // What was not loaded is not known to be wanting.
            if catalogue.package(&edge.package).is_some() && !serves(&edge.package, &edge.extras, &edge.specifiers) {
                let requires = Key::Requires(package.clone(), edge.package.clone());
                broken.insert((requires, Some((version.clone(), format!("{edge:?}")))));
            }
        }
    }
    for (position, rule) in problem.rules.all().iter().enumerate() {
        let is_chosen = |member: &Member| match member.package.as_ref().and_then(|package| choice.get(package)) {
            Some((Some(version), _)) => member.versions.contains(version),
            _ => false,
        };
        if rule.members().iter().all(is_chosen) {
            broken.insert((Key::Rule(position), None));
        }
    }
    broken
}

/// What each choice breaks. A package that no index has stands for a release that only that fact rules out.
fn all_broken(problem: &Problem, catalogue: &Catalogue) -> BTreeSet<BTreeSet<Part>> {
    let mut choices: Vec<Choice> = vec![Choice::new()];
    for package in catalogue.packages() {
        let listed = package.candidates.iter().map(|one| &one.version);
        let mut versions: Vec<Option<&Version>> =
            listed.chain(package.excluded.iter().map(|one| &one.version)).map(Some).collect();
        if versions.is_empty() {
            versions.push(None);
        }
        let mut more = Vec::new();
        for choice in &choices {
            for version in &versions {
                for active in [false, true] {
                    let mut chosen = choice.clone();
                    chosen.insert(package.name.clone(), (version.cloned(), active));
                    more.push(chosen);
                }
            }
        }
        choices.extend(more);
    }
    choices.iter().map(|choice| broken(problem, catalogue, choice)).collect()
}

/// Whether facts conflict: every choice breaks one of them.
fn conflicts<T: Ord>(facts: &BTreeSet<&T>, choices: &BTreeSet<BTreeSet<T>>) -> bool {
    choices.iter().all(|broken| broken.iter().any(|one| facts.contains(one)))
}

/// How many facts the smallest conflict has, by trying all sets of facts; `None` when there is none, or too many facts.
fn least(choices: &BTreeSet<BTreeSet<Key>>) -> Option<u32> {
    let all: Vec<&Key> = choices.iter().flatten().collect::<BTreeSet<_>>().into_iter().collect();
    if all.len() > 14 {
        return None;
    }
    let bits = |broken: &BTreeSet<Key>| -> u32 {
        all.iter().enumerate().filter(|(_, key)| broken.contains(**key)).map(|(at, _)| 1 << at).sum()
    };
    let masks: BTreeSet<u32> = choices.iter().map(bits).collect();
    let conflict = |set: &u32| masks.iter().all(|broken| broken & set != 0);
    (0u32..1 << all.len()).filter(conflict).map(u32::count_ones).min()
}

/// Judges a universe: whether it has no stack, and whether its conflict was compared with all others.
type Judge = dyn Fn(&Universe) -> Result<(bool, bool), TestCaseError>;

/// Tries random universes; returns how many had no stack, and how many of those were compared with all others.
fn try_universes(cases: u32, yanked: u32, judge: &Judge) -> (u32, u32) {
    let counts = std::cell::Cell::new((0, 0));
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner
        .run(&universe(yanked), |universe| {
            let (impossible, compared) = judge(&universe)?;
            let (before, with) = counts.get();
            counts.set((before + u32::from(impossible), with + u32::from(compared)));
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    counts.get()
}

#[test]
fn a_conflict_is_the_smallest_there_is_and_names_only_the_releases_it_needs() {
    let (impossible, compared) = try_universes(3000, 0, &|universe| {
        let (search, conflict) = universe.search();
        let choices = all_broken(search.problem(), search.catalogue());
        let Some(conflict) = conflict else {
            // With a stack, its choice breaks nothing.
            prop_assert!(choices.contains(&BTreeSet::new()));
            return Ok((false, false));
        };
        let of_keys: BTreeSet<BTreeSet<Key>> =
            choices.iter().map(|broken| broken.iter().map(|(key, _)| key.clone()).collect()).collect();
        let keys: Vec<Key> = conflict.facts.iter().map(key).collect();
        prop_assert_eq!(
            keys.iter().collect::<BTreeSet<_>>().len(),
            keys.len(),
            "each fact is told once: {:?}",
            conflict
        );
        prop_assert!(conflicts(&keys.iter().collect(), &of_keys), "no conflict: {:?}", conflict);
        for dropped in &keys {
            let rest = keys.iter().filter(|key| *key != dropped).collect();
            prop_assert!(!conflicts(&rest, &of_keys), "{:?} is not needed: {:?}", dropped, conflict);
        }
        let all: Vec<Part> = conflict.facts.iter().flat_map(parts).collect();
        prop_assert!(conflicts(&all.iter().collect(), &choices), "too few releases: {:?}", conflict);
        for dropped in &all {
            let rest = all.iter().filter(|part| *part != dropped).collect();
            prop_assert!(!conflicts(&rest, &choices), "{:?} is not needed: {:?}", dropped, conflict);
        }
        let least = least(&of_keys);
        if let Some(least) = least {
            prop_assert_eq!(keys.len(), least as usize, "{:?}", conflict);
        }
        Ok((true, least.is_some()))
    });
    assert!(impossible >= 1000 && compared >= 800, "{impossible} impossible, {compared} compared");
}

#[test]
fn an_explanation_that_is_cut_short_is_a_conflict_all_the_same() {
    for asks in 2..5 {
        let (impossible, cut) = try_universes(200, 3, &move |universe| {
            let (search, conflict) = universe.search_until(asks);
            let Some(conflict) = conflict else { return Ok((false, false)) };
            let choices = all_broken(search.problem(), search.catalogue());
            // As below: a choice of what nothing requires, only to pin a yanked release, says nothing of what was broken.
            if choices.contains(&BTreeSet::new()) {
                return Ok((true, conflict.is_cut));
            }
            let all: Vec<Part> = conflict.facts.iter().flat_map(parts).collect();
            prop_assert!(conflicts(&all.iter().collect(), &choices), "no conflict: {:?}", conflict);
            Ok((true, conflict.is_cut))
        });
        assert!(impossible >= 50, "{impossible} impossible");
        // Before it drops a fact, the explanation asks.
        assert!(cut >= impossible / 2 || asks > 3, "{cut} of {impossible} are cut short after {asks} asks");
    }
}

#[test]
fn a_conflict_over_yanked_releases_is_found_and_every_part_of_it_is_needed() {
    let (impossible, compared) = try_universes(1500, 5, &|universe| {
        let (search, conflict) = universe.search();
        let choices = all_broken(search.problem(), search.catalogue());
        let Some(conflict) = conflict else {
            prop_assert!(choices.contains(&BTreeSet::new()));
            return Ok((false, false));
        };
        prop_assert!(!conflict.facts.is_empty());
        // Here a release may be chosen that nothing requires, only to pin a yanked one: with such a choice the facts say
        // nothing of what was broken.
        if choices.contains(&BTreeSet::new()) {
            return Ok((true, false));
        }
        let all: Vec<Part> = conflict.facts.iter().flat_map(parts).collect();
        prop_assert!(conflicts(&all.iter().collect(), &choices), "too few releases: {:?}", conflict);
        for dropped in &all {
            let rest = all.iter().filter(|part| *part != dropped).collect();
            prop_assert!(!conflicts(&rest, &choices), "{:?} is not needed: {:?}", dropped, conflict);
        }
        Ok((true, true))
    });
    assert!(impossible >= 500 && compared >= 400, "{impossible} impossible, {compared} compared");
}
