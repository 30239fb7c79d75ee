//! A world to walk: what was read, compiled for speed.
//!
//! A package has at most 64 releases to choose from, so that a set of them is one word. What a release requires of another
//! package is a mask over that package's releases. What the project itself demands is judged here once and for all. That a
//! package may stand in for another is left out: a requirement is met by the package it is on. How a partial stack changes is
//! in [`super::state`].

use std::collections::{BTreeMap, BTreeSet};

use packaging::{ExtraName, PackageName, Version};

use super::{reach::Reach, scale::Scale};
use crate::{
    catalogue::{Catalogue, Requires},
    cost::Cost,
    search::{Needs, Problem, Stack},
};

/// The most releases of one package that are walked.
pub const MOST_RELEASES: usize = 64;

/// Releases that were read, with what they require and cost.
#[derive(Debug)]
pub struct World {
    pub(super) packages: Vec<Place>,
    pub(super) choices: Vec<Choice>,
    pub(super) requirements: Vec<Requirement>,
    /// Numbers of extras, pointed at by requirements.
    pub(super) lists: Vec<u32>,
    /// By extra: its package.
    pub(super) extras: Vec<(u32, ExtraName)>,
    /// Sorted by target; see [`Place::groups`].
    pub(super) groups: Vec<Group>,
    /// By extra: groups that hold only while it is in use.
    pub(super) conditional: Vec<Vec<u32>>,
    /// What the project requires: packages with extras.
    pub(super) wants: Vec<(u32, Vec<u32>)>,
    pub(super) meetings: Vec<Meeting>,
    scale: Scale,
    left_out: usize,
}

/// A rule about releases of several packages, each a mask.
#[derive(Debug)]
pub(super) struct Meeting {
    pub(super) members: Vec<(u32, u64)>,
    pub(super) effect: Meets,
}

/// What it means that they meet.
#[derive(Debug)]
pub(super) enum Meets {
    /// There is no such stack.
    Never,
    /// It costs this where they meet, or, when the flag is not set, where the packages do and the releases do not.
    Costs(Cost, f64, bool),
}

/// A package.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: PackageName,
    /// Where its releases begin among the choices.
    pub(super) first: usize,
    pub(super) count: usize,
    /// Releases that must be pinned, and nothing in the world pins them.
    pub(super) barred: u64,
    /// The releases by what they cost, the cheapest first; of equal ones the preferred first.
    pub(super) ranked: Vec<u8>,
    /// The groups of requirements on it.
    pub(super) groups: std::ops::Range<usize>,
    /// Packages of which a release requires it, and packages that a release of it requires.
    pub(super) neighbours: Vec<u32>,
}

/// A release.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) version: Version,
    pub(super) cost: Cost,
    /// What choosing it loses: see [`Scale`].
    pub(super) loss: f64,
    pub(super) requirements: std::ops::Range<usize>,
    pub(super) needs_pin: bool,
}

/// What a release requires of another package.
#[derive(Debug)]
pub(super) struct Requirement {
    pub(super) target: u32,
    /// The releases accepted.
    pub(super) mask: u64,
    /// The releases pinned exactly.
    pub(super) pins: u64,
    /// The extras under which it applies, and those it asks for: ranges of [`World::lists`].
    pub(super) when: (u32, u32),
    pub(super) asks: (u32, u32),
}

/// Releases of one package that require the same of another.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) package: u32,
    pub(super) target: u32,
    pub(super) mask: u64,
    pub(super) releases: u64,
    pub(super) when: (u32, u32),
}

/// What the requirements of a group have in common: the package required, who requires it, the releases accepted, and the
/// extras under which that applies.
type Alike = (u32, u32, u64, Vec<u32>);

/// How large a world is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Packages that can be reached from what the project requires.
    pub packages: usize,
    /// Releases of them that can be walked.
    pub releases: usize,
    /// Releases that were read and are not walked: only the cheapest [`MOST_RELEASES`] of a package are.
    pub left_out: usize,
}

impl World {
    /// The releases of a catalogue that were read and can be used, as far as a stack could have them.
    pub fn new(problem: &Problem, catalogue: &Catalogue) -> Self {
        Self::of(problem, catalogue, &Reach::of(problem, catalogue, None))
    }

    /// The same, in which a stack that was found can be walked to for certain.
    pub fn around(problem: &Problem, catalogue: &Catalogue, stack: &Stack) -> Self {
        Self::of(problem, catalogue, &Reach::of(problem, catalogue, Some(stack)))
    }

    fn of(problem: &Problem, catalogue: &Catalogue, reach: &Reach) -> Self {
        let losses = (0..reach.names.len()).flat_map(|place| reach.dearest(problem, catalogue, place));
        let scale = Scale::new(losses.chain(reach.meetings(problem).map(|(_, cost, _)| cost)));
        let mut world = Self {
            packages: Vec::new(),
            choices: Vec::new(),
            requirements: Vec::new(),
            lists: Vec::new(),
            extras: Vec::new(),
            groups: Vec::new(),
            conditional: vec![Vec::new(); reach.extras.len()],
            wants: Vec::new(),
            meetings: Vec::new(),
            scale,
            left_out: reach.left_out,
        };
        let mut extras: Vec<(u32, (u32, ExtraName))> =
            reach.extras.iter().map(|((place, extra), number)| (*number, (*place as u32, extra.clone()))).collect();
        extras.sort_unstable_by_key(|(number, _)| *number);
        world.extras = extras.into_iter().map(|(_, extra)| extra).collect();
        for place in 0..reach.names.len() {
            world.place(problem, catalogue, reach, place);
        }
        world.meetings = reach.compiled(problem, catalogue, &world.scale);
        world.bar();
        world.group();
        let mut wants: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for (_, want) in problem.standing() {
            let Some(place) = reach.places.get(&want.package) else { continue };
            let asked = want.extras.iter().filter_map(|extra| reach.extras.get(&(*place, extra.clone())));
            wants.entry(*place as u32).or_default().extend(asked);
        }
        // The project's own order decides what is resolved first.
        for (_, want) in problem.standing() {
            let Some(place) = reach.places.get(&want.package) else { continue };
            if let Some(asked) = wants.remove(&(*place as u32)) {
                world.wants.push((*place as u32, asked.into_iter().collect()));
            }
        }
        world
    }

    /// What is to be looked up and read before the newest `most` releases of every package in reach can be walked; where the
    /// oldest are wanted, the oldest. Releases that are there for want of others are left out.
    pub fn needs(problem: &Problem, catalogue: &Catalogue, most: usize) -> Needs {
        let mut needs = Needs::default();
        let reach = Reach::of(problem, catalogue, None);
        for name in &reach.names {
            let (Some(number), Some(package)) = (catalogue.number(name), catalogue.package(name)) else {
                needs.packages.entry(name.clone()).or_default();
                continue;
            };
            let bounds = problem.bounds(name);
            let lowest = problem.objective.direction.is_lowest(problem.is_direct(name));
            let is_usual = |candidate: &usize| {
                let release = &package.candidates[*candidate];
                release.cost.at(0) == 0 && bounds.iter().all(|bound| bound.contains(&release.version))
            };
            let usual: Vec<usize> = (0..package.candidates.len()).filter(is_usual).collect();
            let from = if lowest { usual.len().saturating_sub(most) } else { 0 };
            for candidate in usual.iter().skip(from).take(most) {
                if !catalogue.read.contains_key(&(number, *candidate)) {
                    needs.releases.insert((name.clone(), package.candidates[*candidate].version.clone()));
                }
            }
        }
        needs
    }

    /// How large it is.
    pub fn size(&self) -> Size {
        Size { packages: self.packages.len(), releases: self.choices.len(), left_out: self.left_out }
    }

    /// How costs become one number.
    pub fn scale(&self) -> &Scale {
        &self.scale
    }

    /// What the dearest release of a package loses, on average over the packages.
    pub(super) fn typical_loss(&self) -> f64 {
        let of = |place: &Place| {
            let choices = &self.choices[place.first..place.first + place.count];
            choices.iter().map(|choice| choice.loss).fold(0.0, f64::max)
        };
        self.packages.iter().map(of).sum::<f64>() / self.packages.len().max(1) as f64
    }

    /// The number of a package.
    pub fn number(&self, name: &PackageName) -> Option<usize> {
        self.packages.iter().position(|place| place.name == *name)
    }

    /// The name of a package.
    pub fn name(&self, package: usize) -> &PackageName {
        &self.packages[package].name
    }

    /// How many releases of a package can be walked; they are numbered from the newest.
    pub fn releases(&self, package: usize) -> usize {
        self.packages[package].count
    }

    /// The version of a release.
    pub fn version(&self, package: usize, release: usize) -> &Version {
        &self.choice(package, release).version
    }

    pub(super) fn choice(&self, package: usize, release: usize) -> &Choice {
        &self.choices[self.packages[package].first + release]
    }

    pub(super) fn list(&self, (start, end): (u32, u32)) -> &[u32] {
        &self.lists[start as usize..end as usize]
    }

    fn place(&mut self, problem: &Problem, catalogue: &Catalogue, reach: &Reach, place: usize) {
        let name = &reach.names[place];
        let first = self.choices.len();
        let direct = problem.is_direct(name);
        let lowest = problem.objective.direction.is_lowest(direct);
        if let (Some(number), Some(package)) = (catalogue.number(name), catalogue.package(name)) {
            let given = reach.given(problem, catalogue, place);
            for candidate in &reach.candidates[place] {
                let Some(Ok(requires)) = catalogue.read.get(&(number, *candidate)) else { continue };
                let release = &package.candidates[*candidate];
                let start = self.requirements.len();
                self.requires(problem, catalogue, reach, place, requires);
                self.choices.push(Choice {
                    version: release.version.clone(),
                    cost: release.cost,
                    loss: self.scale.loss(&(release.cost - given)),
                    requirements: start..self.requirements.len(),
                    needs_pin: problem.must_be_pinned(name, release),
                });
            }
        }
        let count = self.choices.len() - first;
        let mut ranked: Vec<u8> = (0..count).map(|release| release as u8).collect();
        ranked.sort_by_key(|release| {
            let at = usize::from(*release);
            (self.choices[first + at].cost, if lowest { count - at } else { at })
        });
        self.packages.push(Place {
            name: name.clone(),
            first,
            count,
            barred: 0,
            ranked,
            groups: 0..0,
            neighbours: Vec::new(),
        });
    }

    fn requires(&mut self, problem: &Problem, catalogue: &Catalogue, reach: &Reach, place: usize, requires: &Requires) {
        for edge in &requires.edges {
            let listed = |extra: &ExtraName| reach.extras.get(&(place, extra.clone())).copied();
            let Some(when) = edge.when.iter().map(listed).collect::<Option<Vec<u32>>>() else { continue };
            let Some(target) = reach.places.get(&edge.package).copied() else { continue };
            let known = catalogue.package(&edge.package);
            let specifiers = problem.own(&edge.package, &edge.specifiers);
            let (mut mask, mut pins) = (0_u64, 0_u64);
            for (at, candidate) in reach.candidates[target].iter().enumerate() {
                let Some(candidate) = known.and_then(|package| package.candidates.get(*candidate)) else { continue };
                mask |= u64::from(specifiers.contains(&candidate.version)) << at;
                pins |= u64::from(target != place && problem.pins(edge, candidate)) << at;
            }
            let asks = edge.extras.iter().filter_map(|extra| reach.extras.get(&(target, extra.clone())).copied());
            let asks: Vec<u32> = asks.collect();
            let (when, asks) = (self.listed(&when), self.listed(&asks));
            self.requirements.push(Requirement { target: target as u32, mask, pins, when, asks });
        }
    }

    fn listed(&mut self, extras: &[u32]) -> (u32, u32) {
        let start = self.lists.len() as u32;
        self.lists.extend(extras);
        (start, self.lists.len() as u32)
    }

    /// Takes out what nothing can pin.
    fn bar(&mut self) {
        let mut pinned = vec![0_u64; self.packages.len()];
        for requirement in &self.requirements {
            pinned[requirement.target as usize] |= requirement.pins;
        }
        for (place, pinned) in self.packages.iter_mut().zip(pinned) {
            let choices = self.choices[place.first..place.first + place.count].iter().enumerate();
            let needing = choices.filter(|(_, choice)| choice.needs_pin).fold(0, |all, (at, _)| all | 1_u64 << at);
            place.barred = needing & !pinned;
        }
    }

    /// Puts together what several releases of a package require alike.
    fn group(&mut self) {
        let mut groups: BTreeMap<Alike, (u64, (u32, u32))> = BTreeMap::new();
        for (package, place) in self.packages.iter().enumerate() {
            for release in 0..place.count {
                for requirement in &self.requirements[self.choices[place.first + release].requirements.clone()] {
                    let mut when = self.list(requirement.when).to_vec();
                    when.sort_unstable();
                    let key = (requirement.target, package as u32, requirement.mask, when);
                    groups.entry(key).or_insert((0, requirement.when)).0 |= 1 << release;
                }
            }
        }
        let mut near: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); self.packages.len()];
        for ((target, package, mask, _), (releases, when)) in groups {
            near[target as usize].insert(package);
            near[package as usize].insert(target);
            for extra in self.list(when).to_vec() {
                self.conditional[extra as usize].push(self.groups.len() as u32);
            }
            self.groups.push(Group { package, target, mask, releases, when });
        }
        let mut at = 0;
        for (target, (place, near)) in self.packages.iter_mut().zip(near).enumerate() {
            let start = at;
            while self.groups.get(at).is_some_and(|group| group.target as usize == target) {
                at += 1;
            }
            place.groups = start..at;
            place.neighbours = near.into_iter().filter(|other| *other as usize != target).collect();
        }
    }
}
