//! What is offered, against brute force over small random universes: every remedy is made in the universe, and what is then
//! the best there is has to be what the remedy said.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::Arc,
};

use evidence::{Affected, Kind, Known, PackageAdvisories, Score, Severity, Vulnerability};
use knowledge::{Access, IndexKey, KnowledgeBase};
use packaging::{
    Origin, PackageName, RuntimeEnvironment, Version, VersionSpecifiers,
    environment::Host,
    index::{FileKind, IndexFile, MetadataHint, PageBuilder, Yanked},
    lock::Format,
    metadata::CoreMetadata,
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRunner},
};
use resolution::{
    Direction, Objective, Problem, Recommendation,
    catalogue::Want,
    outcome::{EvidenceUsed, Help, Outcome, Remedy, Standing, Verdict},
    policy::Policy,
    relaxation::{Part, Relaxation, Written},
};
use sources::index::{Index, IndexKind};

use super::super::{
    deliberate::deliberate,
    fetch::{Learned, Pages},
    gather::Gather,
    indexes::{Place, Routes},
    look::Looked,
    question::{Case, Declared, Question, Setting},
};
use crate::{progress::Silent, request::IndexRole, world::World};

const PACKAGES: usize = 4;
const VERSIONS: usize = 3;
/// Scores of the three flaws there may be, in tenths.
const SCORES: [u32; 3] = [98, 53, 50];

/// Which releases of a package a requirement accepts: a bit each.
type Accepted = u8;

#[derive(Clone, Debug)]
struct Toy {
    /// What it requires: package and accepted releases.
    requires: Vec<(usize, Accepted)>,
    /// Whether only Python 3.12 can have it.
    newer_python: bool,
    /// Its flaws, a bit each.
    flaws: u8,
}

#[derive(Clone, Debug)]
struct Universe {
    packages: Vec<Vec<Toy>>,
    /// By package: whether the flaw is known to be exploited.
    exploited: Vec<bool>,
    wants: Vec<(usize, Accepted)>,
    constraints: Vec<(usize, Accepted)>,
}

/// What a brute force is asked: the wishes as they are after some relaxations.
#[derive(Clone, Debug)]
struct Wishes {
    wants: Vec<(usize, Accepted)>,
    constraints: Vec<(usize, Accepted)>,
    newer_python: bool,
}

const ALL: Accepted = (1 << VERSIONS) - 1;

fn accepted() -> impl Strategy<Value = Accepted> {
    // Mostly bounds, as people write them.
    prop_oneof![3 => Just(ALL), 3 => Just(0b001), 2 => Just(0b011), 1 => Just(0b110), 1 => Just(0b100), 1 => Just(0b010)]
}

fn toy() -> impl Strategy<Value = Toy> {
    let flaws = prop_oneof![4 => Just(0u8), 2 => Just(1), 1 => Just(2), 1 => Just(3), 1 => Just(4)];
    (prop::collection::vec((0..PACKAGES, accepted()), 0..3), prop::bool::weighted(0.12), flaws)
        .prop_map(|(requires, newer_python, flaws)| Toy { requires, newer_python, flaws })
}

fn universe() -> impl Strategy<Value = Universe> {
    (
        prop::collection::vec(prop::collection::vec(toy(), VERSIONS), PACKAGES),
        prop::collection::vec(prop::bool::weighted(0.15), PACKAGES),
        prop::collection::vec((0..PACKAGES, accepted()), 1..4),
        prop::collection::vec((0..PACKAGES, accepted()), 0..2),
    )
        .prop_map(|(packages, exploited, wants, constraints)| Universe { packages, exploited, wants, constraints })
}

fn name(package: usize) -> PackageName {
    format!("p{package}").parse().expect("a name")
}

fn version(at: usize) -> Version {
    format!("{}.0", at + 1).parse().expect("a version")
}

/// The number of a release by its version.
fn place(version: &Version) -> usize {
    usize::try_from(version.release()[0]).expect("small") - 1
}

fn specifiers(accepted: Accepted) -> String {
    let out = (0..VERSIONS).filter(|at| accepted & (1 << at) == 0).map(|at| format!("!={}", version(at)));
    out.collect::<Vec<_>>().join(",")
}

fn requirement((package, accepted): (usize, Accepted)) -> String {
    format!("{}{}", name(package), specifiers(accepted))
}

fn id(package: usize, flaw: usize) -> String {
    format!("CVE-2024-{package}{flaw}")
}

impl Universe {
    fn written(wants: &[(usize, Accepted)], file: &str) -> Vec<Want> {
        let want = |(at, one): (usize, &(usize, Accepted))| Want {
            package: name(one.0),
            extras: Vec::new(),
            specifiers: specifiers(one.1).parse::<VersionSpecifiers>().expect("specifiers"),
            origin: Origin::line(file, u32::try_from(at + 1).expect("few")),
            text: requirement(*one),
            archive: false,
        };
        wants.iter().enumerate().map(want).collect()
    }

    fn question(&self) -> Question {
        let objective = Objective::new(Recommendation::Stable, Direction::Highest);
        let (wants, constraints) =
            (Self::written(&self.wants, "requirements.in"), Self::written(&self.constraints, "limits.txt"));
        let problem = Problem {
            wants: wants.clone(),
            constraints: constraints.clone(),
            overrides: BTreeMap::new(),
            objective: objective.clone(),
            rules: resolution::rule::Rules::default(),
        };
        let environment =
            RuntimeEnvironment::stated("3.11", "x86_64-manylinux_2_28", "cpython").expect("an environment");
        Question {
            case: Case {
                problem,
                policy: Policy::new(objective),
                environment,
                host: Host::default(),
                seen: Default::default(),
                labels: BTreeMap::new(),
            },
            declared: Some(Declared::of(wants, constraints)),
            experience: Default::default(),
            looked: Looked::default(),
            setting: Setting {
                name: None,
                environment: "CPython 3.11".to_string(),
                files: Vec::new(),
                evidence: EvidenceUsed::default(),
                unknown: Vec::new(),
                notes: Vec::new(),
                rivals: Vec::new(),
                existing: None,
                project: None,
                requires_python: None,
                format: Format::Requirements,
                lock: None,
                command: "thoth advise".to_string(),
                pipfile: None,
                exit_zero: false,
                alternatives: 0,
                count: 1,
                walk: None,
                cooldown: None,
                ignores: Vec::new(),
            },
        }
    }

    fn pages(&self, package: usize) -> Pages {
        let mut builder = PageBuilder::new(name(package));
        for (at, toy) in self.packages[package].iter().enumerate() {
            let filename = format!("p{package}-{}-py3-none-any.whl", version(at));
            let file = IndexFile {
                url: format!("https://index.example/{filename}"),
                filename,
                kind: FileKind::Wheel,
                digests: vec![format!("sha256:{}", "0".repeat(64)).parse().expect("a digest")],
                requires_python: toy.newer_python.then(|| ">=3.12".to_string()),
                size: None,
                upload_time: None,
                yanked: Yanked::No,
                core_metadata: MetadataHint::Unsaid,
                provenance: None,
            };
            builder.file(&version(at).to_string(), &file);
        }
        Pages { found: vec![(0, Arc::new(builder.finish()))], answers: BTreeMap::new() }
    }

    fn learned(&self, package: usize, at: usize) -> Learned {
        let mut text = format!("Metadata-Version: 2.1\nName: p{package}\nVersion: {}\n", version(at));
        for one in &self.packages[package][at].requires {
            text += &format!("Requires-Dist: {}\n", requirement(*one));
        }
        let metadata = CoreMetadata::parse(text.as_bytes()).expect("metadata");
        Learned { metadata: Ok(metadata), recorded: false, about: None }
    }

    fn advisories(&self, package: usize) -> PackageAdvisories {
        let vulnerabilities = SCORES.iter().enumerate().filter_map(|(flaw, score)| {
            let affected: Vec<String> = (0..VERSIONS)
                .filter(|at| self.packages[package][*at].flaws & (1 << flaw) != 0)
                .map(|at| version(at).to_string())
                .collect();
            (!affected.is_empty()).then(|| Vulnerability {
                id: id(package, flaw),
                records: Vec::new(),
                aliases: Vec::new(),
                kind: Kind::Flaw,
                severity: match score {
                    98 => scored("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
                    53 => scored("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"),
                    _ => Severity::Unscored,
                },
                exploited: Known::Present(flaw == 0 && self.exploited[package]),
                summary: String::new(),
                link: String::new(),
                published: None,
                modified: None,
                affected: Affected { ranges: Vec::new(), versions: affected },
            })
        });
        PackageAdvisories { package: name(package), vulnerabilities: vulnerabilities.collect() }
    }

    fn decided(&self, world: &World<'_>, runtime: &tokio::runtime::Runtime) -> Outcome {
        let releases = (0..PACKAGES).flat_map(|package| (0..VERSIONS).map(move |at| (package, at)));
        let learned: HashMap<_, _> =
            releases.map(|(package, at)| ((name(package), version(at)), self.learned(package, at))).collect();
        let pages = (0..PACKAGES).map(|package| (name(package), self.pages(package))).collect();
        let advisories = (0..PACKAGES).map(|package| (name(package), Arc::new(self.advisories(package)))).collect();
        let mut gather = Gather::holding(world, routes(), pages, learned, advisories);
        let mut question = self.question();
        let deliberation = runtime.block_on(deliberate(&mut question, &mut [], &mut gather, &Silent));
        deliberation.expect("nothing is missing").outcome
    }

    fn wishes(&self) -> Wishes {
        Wishes { wants: self.wants.clone(), constraints: self.constraints.clone(), newer_python: false }
    }

    /// The place of what was written in its list.
    fn place_of(written: &Written) -> usize {
        usize::try_from(written.origin.line.expect("toys are written in lines")).expect("few") - 1
    }

    /// The wishes with some relaxations; a bound that is loosened admits what it says it has to, or everything.
    fn relaxed(&self, relaxations: &[Relaxation], widely: bool) -> Wishes {
        let mut wishes = self.wishes();
        let mut dropped = BTreeSet::new();
        for one in relaxations {
            match one {
                Relaxation::Bound { written, admit } => {
                    let list = match written.part {
                        Part::Constraint => &mut wishes.constraints,
                        Part::Requirement | Part::Override => &mut wishes.wants,
                    };
                    let admitted = admit.as_ref().filter(|_| !widely).map_or(ALL, |version| 1 << place(version));
                    list[Self::place_of(written)].1 |= admitted;
                }
                Relaxation::Python { version } => {
                    assert_eq!(version, "3.12", "the nearest that helps");
                    wishes.newer_python = true;
                }
                Relaxation::Dropped { written } => {
                    dropped.insert(Self::place_of(written));
                }
                other => panic!("{other:?} is no relaxation of this universe"),
            }
        }
        for place in dropped.into_iter().rev() {
            wishes.wants.remove(place);
        }
        wishes
    }

    /// Where every possible stack stands, each with its vulnerabilities; the best first.
    fn stacks(&self, wishes: &Wishes) -> Vec<(Standing, BTreeSet<String>)> {
        let mut stacks = Vec::new();
        for number in 0..VERSIONS.pow(u32::try_from(PACKAGES).expect("few")) {
            let chosen: Vec<usize> = (0..PACKAGES)
                .map(|package| number / VERSIONS.pow(u32::try_from(package).expect("few")) % VERSIONS)
                .collect();
            stacks.extend(self.judged(wishes, &chosen));
        }
        stacks.sort();
        stacks
    }

    /// Where the stack with these releases stands, if it is one.
    fn judged(&self, wishes: &Wishes, chosen: &[usize]) -> Option<(Standing, BTreeSet<String>)> {
        let fits = |(package, accepted): &(usize, Accepted)| accepted & (1 << chosen[*package]) != 0;
        let mut open: Vec<usize> = wishes.wants.iter().map(|want| want.0).collect();
        let mut stack = BTreeSet::new();
        if !wishes.wants.iter().all(fits) {
            return None;
        }
        while let Some(package) = open.pop() {
            if !stack.insert(package) {
                continue;
            }
            let toy = &self.packages[package][chosen[package]];
            if (toy.newer_python && !wishes.newer_python) || !toy.requires.iter().all(fits) {
                return None;
            }
            open.extend(toy.requires.iter().map(|edge| edge.0));
        }
        if !wishes.constraints.iter().all(|bound| !stack.contains(&bound.0) || fits(bound)) {
            return None;
        }
        let (mut standing, mut ids) = (Standing::default(), BTreeSet::new());
        for package in stack {
            for (flaw, score) in SCORES.iter().enumerate() {
                if self.packages[package][chosen[package]].flaws & (1 << flaw) != 0 {
                    standing.exposure += i64::from(*score);
                    standing.exploited += i64::from(flaw == 0 && self.exploited[package]);
                    ids.insert(id(package, flaw));
                }
            }
        }
        Some((standing, ids))
    }

    fn best(&self, wishes: &Wishes) -> Option<Standing> {
        self.stacks(wishes).into_iter().next().map(|(standing, _)| standing)
    }

    /// A remedy is what it says it is.
    fn check(&self, remedy: &Remedy, before: Option<Standing>) -> Result<(), TestCaseError> {
        let after = self.best(&self.relaxed(&remedy.relaxations, false));
        prop_assert_eq!(after, Some(remedy.after), "{:?}", remedy);
        prop_assert_eq!(after, self.best(&self.relaxed(&remedy.relaxations, true)), "{:?}", remedy);
        prop_assert_eq!(remedy.before, before);
        if let Some(before) = before {
            prop_assert!(remedy.after < before && remedy.after.last_resorts <= before.last_resorts, "{:?}", remedy);
        }
        Ok(())
    }

    /// Where loosening a single thing is enough, something as good is offered.
    fn check_single(&self, help: &Help, is_enough: &dyn Fn(&Wishes) -> bool) -> Result<(), TestCaseError> {
        let lists = [(Part::Requirement, &self.wants), (Part::Constraint, &self.constraints)];
        for (part, list) in lists {
            for at in 0..list.len() {
                let mut wishes = self.wishes();
                match part {
                    Part::Constraint => wishes.constraints[at].1 = ALL,
                    Part::Requirement | Part::Override => wishes.wants[at].1 = ALL,
                }
                let is_it = |one: &Relaxation| match one {
                    Relaxation::Bound { written, .. } => written.part == part && Self::place_of(written) == at,
                    _ => false,
                };
                let offered = help.remedies.iter().any(|remedy| remedy.relaxations.iter().all(is_it));
                prop_assert!(offered || !is_enough(&wishes), "{:?} {} would be enough: {:?}", part, at, help);
            }
        }
        Ok(())
    }
}

fn routes() -> Routes {
    let url = "https://index.example/simple/".parse().expect("a URL");
    let place =
        Place { index: Index::new(&url, IndexKind::Simple), key: IndexKey::new(&url), role: IndexRole::Default };
    let mut routes = Routes::default();
    routes.places.push(place);
    routes
}

fn scored(vector: &str) -> Severity {
    Severity::Scored(Score::of_vector(vector, "test").expect("a vector"))
}

#[test]
fn what_is_offered_is_what_brute_force_finds_with_the_change_made() {
    let knowledge = KnowledgeBase::open(Path::new(""), Access::Temporary).expect("a knowledge base in memory");
    let world = World::alone(Arc::new(knowledge), 0);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let config = Config { cases: 600, rng_algorithm: RngAlgorithm::XorShift, ..Config::default() };
    let (offered, forced) = (Cell::new(0), Cell::new(0));
    let held = TestRunner::new(config).run(&universe(), |universe| {
        let outcome = universe.decided(&world, &runtime);
        let before = universe.best(&universe.wishes());
        match &outcome.verdict {
            Verdict::Impossible(explanation) => {
                prop_assert_eq!(before, None);
                for remedy in &explanation.help.remedies {
                    universe.check(remedy, None)?;
                }
                if !explanation.help.cut {
                    universe.check_single(&explanation.help, &|wishes| universe.best(wishes).is_some())?;
                }
            }
            Verdict::Stack(decision) => {
                let Some(before) = before else { return Err(TestCaseError::fail("there is no stack")) };
                for one in &decision.remaining {
                    let id = &one.finding.vulnerability.id;
                    let Some(cause) = &one.cause else { continue };
                    let stacks = universe.stacks(&universe.wishes());
                    let without = stacks.iter().find(|(_, ids)| !ids.contains(id)).map(|(standing, _)| *standing);
                    match (&cause.trade_off, without) {
                        // What goes together may be avoided together only.
                        (Some(trade), Some(least)) => prop_assert!(trade.without >= least && least >= before),
                        (Some(trade), None) => return Err(TestCaseError::fail(format!("{id}: {trade:?}"))),
                        (None, _) => prop_assert!(!cause.facts.is_empty()),
                    }
                    for remedy in &cause.help.remedies {
                        universe.check(remedy, Some(before))?;
                        prop_assert!(remedy.gone.contains(id));
                    }
                    let spotless = |wishes: &Wishes| universe.best(wishes) == Some(Standing::default());
                    if !cause.help.cut && !cause.facts.is_empty() {
                        universe.check_single(&cause.help, &spotless)?;
                    }
                    forced.set(forced.get() + usize::from(cause.trade_off.is_none()));
                    offered.set(offered.get() + cause.help.remedies.len());
                }
            }
        }
        Ok(())
    });
    if let Err(error) = held {
        panic!("{error}");
    }
    let (offered, forced): (usize, usize) = (offered.get(), forced.get());
    assert!(offered > 100 && forced > 100, "too little was offered: {offered} remedies, {forced} forced");
}
