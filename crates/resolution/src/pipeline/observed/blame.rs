//! Which releases failures speak against.
//!
//! A failed stack says that something in it does not work, not what. So a release is blamed for what it fails *more* than the
//! other releases of its package do: by the share it fails at least ([`Tries::at_least`]) less the share that they failed. Where
//! too few of them were tried, only what was tried alone counts, without stack. Two releases are blamed together for what they
//! fail more than each without the other.
//!
//! The heaviest blame is settled first, and the failures it explains are held against nobody else; what others are compared with
//! stays as it was. What is blamed equally cannot be told apart, and is blamed equally.
//!
//! A try counts for the stages that it reached: installing well says nothing against failing in tests, failing in tests that
//! installing works.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Range,
};

use evidence::{
    Observation,
    observation::{Cause, Stage},
};

use super::{
    FAILURES,
    trials::{Release, Trials},
    tries::Tries,
};
use crate::{objective::Level, rule::Rule};

/// Fewer failures are no verdict; fewer tries of others, nothing to compare with.
pub const ENOUGH: u32 = 3;
/// What one step of blame loses, in quality points: a tenth of what is said with certainty, as `score: -0.1` of a prescription.
pub const STEP: u32 = 100;
/// Releases that may be blamed in pairs, those that failed most.
const MOST_IN_PAIRS: usize = 300;
/// Pairs that may be blamed, those that failed most.
const MOST_PAIRS: usize = 500;
/// How often blame is settled, the heaviest first.
const MOST_ROUNDS: usize = 50;

/// What failures say against releases.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// One release, or two that fail together.
    pub releases: Vec<Release>,
    /// The stage it is about.
    pub stage: Stage,
    /// How they fared.
    pub tries: Tries,
    /// What that is compared with: the other releases of the package, or of two each without the other.
    pub others: Vec<Tries>,
    /// Quality points lost, in whole steps of [`STEP`], at most ten of them.
    pub points: u32,
    /// The last failure: when, in seconds since the Unix epoch, and why.
    pub last: (i64, Cause),
}

/// All verdicts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// The heaviest first.
    pub verdicts: Vec<Verdict>,
    /// How many failures speak against nothing in particular.
    pub unexplained: usize,
}

impl Trials {
    /// The verdicts.
    pub fn judge(&self) -> Judged {
        let mut court = Court::new(self);
        let mut judged = Judged::default();
        for _ in 0..MOST_ROUNDS {
            let heaviest = court.heaviest();
            if heaviest.is_empty() {
                break;
            }
            judged.verdicts.extend(heaviest.iter().map(|charge| court.verdict(charge)));
            heaviest.iter().for_each(|charge| court.explain(charge));
        }
        judged.unexplained = court.open().map(|trial| trial.count as usize).sum();
        judged
    }
}

/// Releases, by number, with what is held against them.
#[derive(Clone, Debug, PartialEq)]
struct Charge {
    releases: Vec<usize>,
    stage: Stage,
    tries: Tries,
    others: Vec<Tries>,
    excess: f64,
}

impl Charge {
    fn new(releases: Vec<usize>, stage: Stage, tries: Tries, others: Vec<Tries>) -> Option<Self> {
        let usual = others.iter().map(Tries::rate).fold(0.0, f64::max);
        let excess = tries.at_least() - usual;
        let counts = tries.failed >= ENOUGH && points(excess) > 0;
        counts.then_some(Self { releases, stage, tries, others, excess })
    }
}

/// An excess in points: whole steps.
fn points(excess: f64) -> u32 {
    // Between 0 and 10 of them; what rounding takes from a whole step is given back.
    ((excess * 10.0 + 1e-9).floor().clamp(0.0, 10.0) as u32) * STEP
}

/// What is tried, by number.
struct Case {
    releases: Vec<usize>,
    stage: Stage,
    failed: bool,
    count: u32,
    weight: u64,
    last: Option<(i64, Cause)>,
    /// A verdict says why it failed.
    explained: bool,
}

impl Case {
    /// What it adds to the tries that reached a stage: what failed later had passed it.
    fn at(&self, stage: Stage) -> Tries {
        match self.failed {
            true if self.stage <= stage => Tries::of(self.count, self.weight, true),
            false if self.stage < stage => Tries::default(),
            _ => Tries::of(self.count, self.weight, false),
        }
    }

    /// The same without a failure that a verdict explains.
    fn open_at(&self, stage: Stage) -> Tries {
        if self.explained && self.stage <= stage { Tries::default() } else { self.at(stage) }
    }
}

struct Court {
    releases: Vec<Release>,
    /// By release: the cases it is in.
    cases_of: Vec<Vec<usize>>,
    /// By release: all releases of its package.
    siblings: Vec<Range<usize>>,
    cases: Vec<Case>,
    /// The stages at which something failed, each with the tries of every release.
    stages: Vec<(Stage, Vec<Tries>)>,
    /// Pairs that may be blamed.
    pairs: Vec<Pair>,
}

/// Two releases with the cases of both, of the first without the second, and of the second without the first.
struct Pair {
    releases: [usize; 2],
    both: Vec<usize>,
    apart: [Vec<usize>; 2],
}

impl Court {
    fn new(trials: &Trials) -> Self {
        let (releases, places) = trials.releases();
        let mut cases: Vec<Case> = trials
            .alike()
            .map(|((stack, stage, failed), trial)| Case {
                releases: stack.iter().map(|number| places[*number]).collect(),
                stage: *stage,
                failed: *failed,
                count: trial.count,
                weight: trial.weight,
                last: trial.last,
                explained: false,
            })
            .collect();
        cases.sort_unstable_by(|one, other| {
            (&one.releases, one.stage, one.failed).cmp(&(&other.releases, other.stage, other.failed))
        });
        let mut cases_of = vec![Vec::new(); releases.len()];
        for (number, case) in cases.iter().enumerate() {
            case.releases.iter().for_each(|release| cases_of[*release].push(number));
        }
        let mut siblings: Vec<Range<usize>> = Vec::new();
        for same in releases.chunk_by(|(one, _), (other, _)| one == other) {
            let from = siblings.len();
            siblings.extend(same.iter().map(|_| from..from + same.len()));
        }
        let failing: BTreeSet<Stage> = cases.iter().filter(|case| case.failed).map(|case| case.stage).collect();
        let mut court = Self { releases, cases_of, siblings, cases, stages: Vec::new(), pairs: Vec::new() };
        let tries = |stage| court.cases_of.iter().map(|cases| court.tries(cases, stage)).collect();
        court.stages = failing.into_iter().map(|stage| (stage, tries(stage))).collect();
        court.pairs = court.pairs();
        court
    }

    /// The failures that nothing explains.
    fn open(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| case.failed && !case.explained)
    }

    /// Pairs of releases that failed together often enough, and were tried without each other often enough.
    fn pairs(&self) -> Vec<Pair> {
        let count = |cases: &mut dyn Iterator<Item = &Case>| cases.map(|case| case.count).sum::<u32>();
        let failures = |release: &usize| {
            count(&mut self.cases_of[*release].iter().map(|case| &self.cases[*case]).filter(|case| case.failed))
        };
        let mut failing: Vec<usize> = (0..self.releases.len()).filter(|one| failures(one) >= ENOUGH).collect();
        failing.sort_by_cached_key(|one| (Reverse(failures(one)), *one));
        failing.truncate(MOST_IN_PAIRS);
        failing.sort_unstable();
        let mut together: BTreeMap<[usize; 2], u32> = BTreeMap::new();
        for case in self.open() {
            let among: Vec<usize> =
                case.releases.iter().copied().filter(|one| failing.binary_search(one).is_ok()).collect();
            for (at, one) in among.iter().enumerate() {
                for other in &among[at + 1..] {
                    *together.entry([*one, *other]).or_default() += case.count;
                }
            }
        }
        let mut often: Vec<([usize; 2], u32)> = together.into_iter().filter(|(_, failed)| *failed >= ENOUGH).collect();
        often.sort_by_key(|(pair, failed)| (Reverse(*failed), *pair));
        let pairs = often.into_iter().map(|(releases, _)| self.pair(releases));
        let is_tried_apart = |cases: &Vec<usize>| count(&mut cases.iter().map(|case| &self.cases[*case])) >= ENOUGH;
        pairs.filter(|pair| pair.apart.iter().all(is_tried_apart)).take(MOST_PAIRS).collect()
    }

    fn pair(&self, releases: [usize; 2]) -> Pair {
        let [one, other] = releases;
        let has = |release: usize| move |case: &usize| self.cases[*case].releases.binary_search(&release).is_ok();
        let (both, first) = self.cases_of[one].iter().partition(|case| has(other)(case));
        let second = self.cases_of[other].iter().copied().filter(|case| !has(one)(case)).collect();
        Pair { releases, both, apart: [first, second] }
    }

    /// The charges that weigh most, all of the same weight; none when nothing is to be held against anybody.
    fn heaviest(&self) -> Vec<Charge> {
        let mut heaviest: Vec<Charge> = Vec::new();
        let mut consider = |charge: Charge| {
            let most = heaviest.first().map_or(f64::MIN, |first| first.excess);
            match charge.excess.total_cmp(&most) {
                Ordering::Greater => heaviest = vec![charge],
                // At a later stage it is the same charge.
                Ordering::Equal if heaviest.iter().any(|one| one.releases == charge.releases) => {}
                Ordering::Equal => heaviest.push(charge),
                Ordering::Less => {}
            }
        };
        for (stage, tries) in &self.stages {
            for release in 0..self.releases.len() {
                self.alone(release, *stage, tries).into_iter().for_each(&mut consider);
            }
            for pair in &self.pairs {
                self.together(pair, *stage).into_iter().for_each(&mut consider);
            }
        }
        heaviest
    }

    /// How often a stage was reached in some cases, and how often it failed by then.
    fn tries(&self, cases: &[usize], stage: Stage) -> Tries {
        let mut tries = Tries::default();
        cases.iter().for_each(|case| tries += self.cases[*case].at(stage));
        tries
    }

    /// The same without the failures that verdicts explain.
    fn open_tries<'c>(&self, cases: impl IntoIterator<Item = &'c usize>, stage: Stage) -> Tries {
        let mut tries = Tries::default();
        cases.into_iter().for_each(|case| tries += self.cases[*case].open_at(stage));
        tries
    }

    /// What is held against one release. `tries` are those of every release.
    fn alone(&self, release: usize, stage: Stage, tries: &[Tries]) -> Option<Charge> {
        if tries[release].failed < ENOUGH {
            return None;
        }
        let mut others = Tries::default();
        self.siblings[release].clone().filter(|one| *one != release).for_each(|one| others += tries[one]);
        let counts = |case: &&usize| others.all >= ENOUGH || self.cases[**case].releases.len() == 1;
        let own = self.open_tries(self.cases_of[release].iter().filter(counts), stage);
        Charge::new(vec![release], stage, own, vec![others])
    }

    /// What is held against two releases.
    fn together(&self, pair: &Pair, stage: Stage) -> Option<Charge> {
        let apart = pair.apart.each_ref().map(|cases| self.tries(cases, stage));
        if apart.iter().any(|tries| tries.all < ENOUGH) {
            return None;
        }
        let both = self.open_tries(&pair.both, stage);
        Charge::new(pair.releases.to_vec(), stage, both, apart.to_vec())
    }

    /// The failures of the releases charged that nothing explains yet, at whatever stage.
    fn failures<'c>(&'c self, charge: &'c Charge) -> impl Iterator<Item = usize> + 'c {
        let cases = charge.releases.first().map(|first| self.cases_of[*first].as_slice()).unwrap_or_default();
        cases.iter().copied().filter(|number| {
            let case = &self.cases[*number];
            let all = charge.releases.iter().all(|release| case.releases.binary_search(release).is_ok());
            all && case.failed && !case.explained
        })
    }

    fn explain(&mut self, charge: &Charge) {
        for case in self.failures(charge).collect::<Vec<_>>() {
            self.cases[case].explained = true;
        }
    }

    fn verdict(&self, charge: &Charge) -> Verdict {
        let last = self.failures(charge).filter_map(|case| self.cases[case].last);
        Verdict {
            releases: charge.releases.iter().map(|release| self.releases[*release].clone()).collect(),
            stage: charge.stage,
            tries: charge.tries,
            others: charge.others.clone(),
            points: points(charge.excess),
            last: last.max().unwrap_or_default(),
        }
    }
}

impl Verdict {
    /// As a rule of the search.
    pub fn rule(&self) -> Rule {
        let points = i32::try_from(self.points).unwrap_or(i32::MAX);
        super::rule(FAILURES, self.to_string(), &self.releases, Level::Quality, points)
    }
}

/// As a clause behind the releases: `failed 8 of 8 times (test), other releases 0 of 9 times; last on 2026-01-31 (exit 1)`.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |tries: &Tries| format!("{} of {}", tries.failed, tries.all);
        let together = if self.releases.len() > 1 { " together" } else { "" };
        write!(f, "failed {} times{together} ({})", of(&self.tries), self.stage)?;
        match self.others.as_slice() {
            [one, other] => write!(f, ", without each other {} and {} times", of(one), of(other))?,
            [others] if others.all > 0 => write!(f, ", other releases {} times", of(others))?,
            _ => {}
        }
        let (at, cause) = self.last;
        write!(f, "; last on {}", Observation::day(at))?;
        if cause == Cause::Unknown { Ok(()) } else { write!(f, " ({cause})") }
    }
}
