//! What the search costs as the universe grows: synthetic universes of packages times versions, one line each.
//!
//! Run with `cargo bench -p thoth-resolution --bench search`. Arguments after `--` choose families (`dense`, `loose`) and
//! sizes (`300x60`) and set the seconds after which a search is stopped (`limit=60`); without any, all run. A universe is
//! made from a seed; one solution is planted. Releases cost their distance from the newest and the advisories that affect
//! them, which hold over intervals of versions; the project wants every tenth package.
//!
//! In a *dense* universe, each package requires five of those after it, with ranges that change every five versions and that
//! have an upper bound with probability `u`. A *loose* one has the shape of what was read for the problems under
//! `tests/problems`: see [`Family`].
//!
//! Real problems, with everything around the search, are measured by `benches/search.py`; `scripts/search_cost.py` draws both.

#![expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]
#![expect(clippy::unwrap_used, reason = "names and versions made here are well formed")]

use std::{
    collections::BTreeMap,
    str::FromStr,
    time::{Duration, Instant},
};

use packaging::{Origin, PackageName, Version, VersionSpecifiers, index::ProjectStatus};
use resolution::{
    Direction, Level, Objective, Problem, Recommendation, Search, Step,
    catalogue::{Candidate, Edge, Package, Requires, Want},
    cost::Cost,
    objective::distance,
};

const SIZES: [(usize, usize); 9] =
    [(100, 20), (100, 60), (100, 200), (300, 20), (300, 60), (300, 200), (1000, 20), (1000, 60), (1000, 200)];
/// What is made of each size, with its seed.
const MADE: [(Family, u64); 8] = [
    (Family::Dense(5), 1),
    (Family::Dense(5), 2),
    (Family::Dense(10), 1),
    (Family::Dense(10), 2),
    (Family::Loose, 1),
    (Family::Loose, 2),
    (Family::Loose, 3),
    (Family::Loose, 4),
];
/// Among how many packages that come after a package those that it requires are picked.
const WINDOW: usize = 40;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let limit = arguments.iter().find_map(|one| one.strip_prefix("limit=")?.parse().ok()).unwrap_or(20);
    let measured = arguments.iter().any(|one| one == "--bench");
    let asked = |family: &str, size: &str| {
        let among = |one: &str, all: &mut dyn Iterator<Item = &String>| {
            let mut all = all.peekable();
            all.peek().is_none() || all.any(|other| other == one)
        };
        let is_size = |one: &&String| one.starts_with(|first: char| first.is_ascii_digit());
        let is_family = |one: &&String| ["dense", "loose"].contains(&one.as_str());
        // Run as a test, the smallest shows that it works.
        let sizes = among(size, &mut arguments.iter().filter(is_size));
        (if measured { sizes } else { size == "100x20" }) && among(family, &mut arguments.iter().filter(is_family))
    };
    println!(
        "{:>6} {:>9} {:>5} {:>4}  {:>9} {:>6} {:>9} {:>8} {:>6} {:>5} {:>10} {:>8}  end",
        "family", "universe", "u", "seed", "reachable", "cores", "conflicts", "Mvisits", "reads", "steps", "ms", "MB"
    );
    for (packages, versions) in SIZES {
        let size = format!("{packages}x{versions}");
        for (family, seed) in MADE.into_iter().filter(|(family, _)| asked(family.name(), &size)) {
            let universe = Universe::generate(packages, versions, family, seed);
            let run = run(&universe, Duration::from_secs(limit));
            let bounded = match family {
                Family::Dense(bounded) => format!("{:.2}", bounded as f64 / 100.0),
                Family::Loose => "-".to_string(),
            };
            println!(
                "{:>6} {size:>9} {bounded:>5} {seed:>4}  {:>9} {:>6} {:>9} {:>8.1} {:>6} {:>5} {:>10.1} {:>8.1}  {}",
                family.name(),
                run.reachable,
                run.cores,
                run.conflicts,
                run.visits as f64 / 1e6,
                run.reads,
                run.steps,
                run.time.as_secs_f64() * 1000.0,
                run.bytes as f64 / 1e6,
                run.end,
            );
        }
    }
}

/// What releases require.
#[derive(Clone, Copy)]
enum Family {
    /// Five packages each, in ranges of which so many hundredths have an upper bound near the age of the release.
    Dense(u64),
    /// As was read for real problems, 38,568 requirements of 4,857 releases: a release requires three packages on average, in
    /// a range that stays as it was from one release to the next 19 times in 20. It leaves out the newest release of what it
    /// is on once in twenty where the newest releases require it, and once in six over all; one in fifty is a pin.
    Loose,
}

impl Family {
    fn name(self) -> &'static str {
        match self {
            Self::Dense(_) => "dense",
            Self::Loose => "loose",
        }
    }

    /// How many packages a package requires.
    fn requirements(self, dice: &mut Dice) -> usize {
        match self {
            Self::Dense(_) => 5,
            Self::Loose => [0, 0, 1, 1, 2, 2, 3, 4, 7, 10][dice.below(10)],
        }
    }

    /// Whether a version requires something else than the one before it.
    fn changes(self, version: usize, dice: &mut Dice) -> bool {
        match self {
            Self::Dense(_) => version.is_multiple_of(5),
            Self::Loose => version == 0 || dice.chance(5),
        }
    }

    /// The least and the most version that a version requires of a package with as many of them.
    fn range(self, version: usize, versions: usize, dice: &mut Dice) -> (usize, usize) {
        let newest = versions - 1;
        let least = version.saturating_sub(dice.below(versions * 2 / 3));
        match self {
            Self::Dense(bounded) => {
                let bounded = dice.chance(bounded);
                (least, if bounded { (version + dice.below(versions / 4)).min(newest) } else { newest })
            }
            Self::Loose if dice.chance(2) => (version, version),
            Self::Loose => {
                let age = (newest - version) as u64;
                let bounded = dice.chance(4 + 24 * age / newest as u64);
                let most = newest - 1 - dice.below(versions / 3);
                (least, if bounded { most.max(least) } else { newest })
            }
        }
    }
}

/// A small generator of numbers (SplitMix64): equal seeds give equal universes everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }

    fn chance(&mut self, hundredths: u64) -> bool {
        (self.below(100) as u64) < hundredths
    }
}

/// A requirement: package, least and most version.
type Range = (usize, usize, usize);

struct Universe {
    names: Vec<PackageName>,
    versions: Vec<Version>,
    /// By package and version, the oldest first.
    requires: Vec<Vec<Vec<Range>>>,
    exposure: Vec<Vec<u32>>,
    wants: Vec<usize>,
}

impl Universe {
    fn generate(packages: usize, versions: usize, family: Family, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let newest = versions - 1;
        let planted: Vec<usize> = (0..packages).map(|_| versions / 3 + dice.below(versions - versions / 3)).collect();
        let mut requires = Vec::new();
        let mut exposure = Vec::new();
        for package in 0..packages {
            let window = (packages - 1 - package).min(WINDOW);
            let mut targets = Vec::new();
            let count = family.requirements(&mut dice).min(window);
            while targets.len() < count {
                let target = package + 1 + dice.below(window);
                if !targets.contains(&target) {
                    targets.push(target);
                }
            }
            let mut ranges: Vec<Range> = targets.iter().map(|target| (*target, 0, newest)).collect();
            let mut rows = Vec::new();
            for version in 0..versions {
                for (_, least, most) in &mut ranges {
                    if family.changes(version, &mut dice) {
                        (*least, *most) = family.range(version, versions, &mut dice);
                    }
                }
                let mut row = ranges.clone();
                if version == planted[package] {
                    for (target, least, most) in &mut row {
                        *least = planted[*target].min(*least);
                        *most = planted[*target].max(*most);
                    }
                }
                rows.push(row);
            }
            requires.push(rows);
            let mut scores = vec![0; versions];
            if dice.chance(50) {
                for _ in 0..=dice.below(3) {
                    let from = dice.below(versions);
                    let fixed = dice.chance(80);
                    let to = if fixed { (from + dice.below(versions / 2)).min(newest - 1) } else { newest };
                    let score = [43, 53, 75, 98][dice.below(4)];
                    for amount in scores.iter_mut().take(to + 1).skip(from) {
                        *amount += score;
                    }
                }
            }
            exposure.push(scores);
        }
        Self {
            names: (0..packages).map(|number| PackageName::from_str(&format!("p{number}")).unwrap()).collect(),
            versions: (0..versions).map(|number| Version::from_str(&format!("{number}.0")).unwrap()).collect(),
            requires,
            exposure,
            wants: (0..packages).step_by(10).collect(),
        }
    }

    fn problem(&self) -> Problem {
        let want = |number: &usize| Want {
            package: self.names[*number].clone(),
            extras: Vec::new(),
            specifiers: VersionSpecifiers::empty(),
            origin: Origin::file("universe"),
            text: String::new(),
            archive: false,
        };
        Problem {
            wants: self.wants.iter().map(want).collect(),
            constraints: Vec::new(),
            overrides: BTreeMap::new(),
            objective: Objective::new(Recommendation::Security, Direction::Highest),
            rules: resolution::rule::Rules::default(),
        }
    }

    fn package(&self, number: usize, objective: &Objective) -> Package {
        let level = if self.wants.contains(&number) { Level::DirectFreshness } else { Level::Freshness };
        let newest = self.versions.len() - 1;
        let candidates = (0..=newest).rev().map(|version| Candidate {
            version: self.versions[version].clone(),
            cost: objective.cost(Level::Exposure, self.exposure[number][version])
                + objective.cost(level, distance(newest - version)),
            yanked: None,
            vulnerabilities: Vec::new(),
            listed: Vec::new(),
            url: None,
        });
        Package {
            name: self.names[number].clone(),
            candidates: candidates.collect(),
            excluded: Vec::new(),
            pages: Vec::new(),
            status: ProjectStatus::Active,
            advisories: None,
        }
    }

    fn requires(&self, number: usize, version: usize) -> Requires {
        let newest = self.versions.len() - 1;
        let edge = |(target, least, most): &Range| {
            let upper = if *most < newest { format!(",<={most}.0") } else { String::new() };
            Edge {
                when: Vec::new(),
                package: self.names[*target].clone(),
                extras: Vec::new(),
                specifiers: VersionSpecifiers::from_str(&format!(">={least}.0{upper}")).unwrap(),
            }
        };
        Requires { edges: self.requires[number][version].iter().map(edge).collect() }
    }
}

/// Time spent computing: that of the processor where the system tells it, for then neighbours do not count.
struct Clock {
    start: Instant,
    computed: Option<Duration>,
}

impl Clock {
    fn start() -> Self {
        Self { start: Instant::now(), computed: computed() }
    }

    fn elapsed(&self) -> Duration {
        match (self.computed, computed()) {
            (Some(before), Some(now)) => now - before,
            _ => self.start.elapsed(),
        }
    }
}

/// What this thread has computed so far, as Linux counts it.
fn computed() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

struct Run {
    reachable: usize,
    cores: usize,
    conflicts: u64,
    visits: u64,
    reads: usize,
    steps: usize,
    time: Duration,
    bytes: usize,
    end: String,
}

/// Runs one search, timing the search alone: the answers to what it asks for are made while the clock stands.
fn run(universe: &Universe, limit: Duration) -> Run {
    let problem = universe.problem();
    let objective = problem.objective.clone();
    let numbers: BTreeMap<&PackageName, usize> = universe.names.iter().zip(0..).collect();
    let positions: BTreeMap<&Version, usize> = universe.versions.iter().zip(0..).collect();
    let told = |cost: &Cost| {
        let amounts = objective.amounts(cost).into_iter().filter(|(_, amount)| *amount != 0);
        amounts.map(|(_, amount)| amount.to_string()).collect::<Vec<_>>().join("/")
    };
    let mut search = Search::new(problem);
    let mut time = Duration::ZERO;
    let end = loop {
        let begin = Clock::start();
        let step = search.step(&mut || time + begin.elapsed() > limit);
        time += begin.elapsed();
        match step {
            Step::Needs(needs) => {
                let packages: Vec<Package> =
                    needs.packages.keys().map(|name| universe.package(numbers[name], &objective)).collect();
                let answer = |(name, version): &(PackageName, Version)| {
                    (name.clone(), version.clone(), universe.requires(numbers[name], positions[version]))
                };
                let releases: Vec<_> = needs.releases.iter().map(answer).collect();
                let begin = Clock::start();
                packages.into_iter().for_each(|package| search.add_package(package));
                for (name, version, requires) in releases {
                    search.add_release(&name, &version, Ok(requires));
                }
                time += begin.elapsed();
            }
            Step::Decided(stack) => break format!("proved {} in {}", told(&stack.cost), stack.releases.len()),
            Step::Impossible(_) => break "impossible".to_string(),
            Step::Stopped => break format!("bound {}", told(&search.lower_bound())),
        }
    };
    let statistics = search.statistics();
    Run {
        reachable: search.catalogue().packages().len(),
        cores: statistics.cores,
        conflicts: statistics.conflicts,
        visits: statistics.visits,
        reads: search.catalogue().releases_read(),
        steps: statistics.steps,
        time,
        bytes: search.bytes(),
        end,
    }
}
