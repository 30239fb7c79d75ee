//! The best stack of a small world, straight from the definition: every stack is tried.
//!
//! Nothing of the resolver is in here. What releases cost and which may be used is worked out by [`super::toy`] and
//! [`super::judge`].

use std::collections::{BTreeMap, BTreeSet};

use packaging::{ExtraName, Operator, PackageName, Version, VersionSpecifiers};

/// Everything there is.
pub(crate) struct World {
    pub(crate) packages: BTreeMap<PackageName, Vec<Release>>,
    pub(crate) wants: Vec<Demand>,
    pub(crate) constraints: Vec<Demand>,
    pub(crate) overrides: BTreeMap<PackageName, Vec<Demand>>,
    /// Packages of which the oldest release is preferred.
    pub(crate) lowest: BTreeSet<PackageName>,
    /// How many levels costs have.
    pub(crate) levels: usize,
    pub(crate) experience: Vec<Experience>,
}

/// Releases of one package by their versions.
pub(crate) type Named = (PackageName, Vec<Version>);

/// A rule of experience.
pub(crate) enum Experience {
    /// Not all of these together.
    Forbid(Vec<Named>),
    /// A stack with all of these loses so much, level by level.
    Lose(Vec<Named>, Vec<i64>),
    /// A stack with all of these packages loses so much where it has not all of these releases.
    Gain(Vec<Named>, Vec<i64>),
    /// Requirements on a package do not count: those of these releases, or everybody's.
    Drop(PackageName, Option<Vec<Named>>),
    /// These releases demand something more.
    Add(Named, Demand),
    /// Where a demand admits one of the first and the package itself is not there to meet it, one of the second does: only of
    /// the same version, perhaps.
    Alias(Named, Named, bool),
}

/// A release that may be used.
pub(crate) struct Release {
    pub(crate) version: Version,
    /// By level, the most important first.
    pub(crate) cost: Vec<i64>,
    /// Whether a chosen release must pin it.
    pub(crate) needs_pin: bool,
    pub(crate) rules: Vec<Rule>,
}

/// Whether something applies when these extras are in use.
pub(crate) type Condition = Box<dyn Fn(&BTreeSet<ExtraName>) -> bool>;

/// A demand that is made under a condition.
pub(crate) struct Rule {
    pub(crate) applies: Condition,
    pub(crate) demand: Demand,
}

#[derive(Clone)]
pub(crate) struct Demand {
    pub(crate) package: PackageName,
    pub(crate) extras: BTreeSet<ExtraName>,
    pub(crate) specifiers: VersionSpecifiers,
}

/// What comes out: versions with the extras in use, and the cost.
#[derive(Debug, PartialEq)]
pub(crate) struct Best {
    pub(crate) releases: BTreeMap<PackageName, (Version, BTreeSet<ExtraName>)>,
    pub(crate) cost: Vec<i64>,
}

type Stack<'w> = BTreeMap<&'w PackageName, &'w Release>;

/// A demand that one of several packages can meet: the package it is on and the versions accepted.
type Fork = (PackageName, String);

/// What is asked of a package by the project and the releases of a stack.
#[derive(Default)]
struct Asked {
    extras: BTreeSet<ExtraName>,
    specifiers: Vec<VersionSpecifiers>,
    /// What other releases ask, where the project does not override it.
    by_others: Vec<VersionSpecifiers>,
}

/// Everything asked for by the project and the releases of a stack.
#[derive(Default)]
struct Wishes {
    packages: BTreeMap<PackageName, Asked>,
    /// Demands that several packages can meet, with the releases of each that do in order of preference; and whether one of
    /// those is in the stack.
    forks: BTreeMap<Fork, (Vec<Named>, bool)>,
}

/// Whether specifiers pin a version exactly (PEP 592).
pub(crate) fn pins(specifiers: &VersionSpecifiers, version: &Version) -> bool {
    let exact = |operator: &Operator| matches!(operator, Operator::Equal | Operator::ExactEqual);
    specifiers.iter().any(|one| exact(one.operator()) && one.contains(version))
}

/// The number rounded down to a power of two.
pub(crate) fn rounded(behind: usize) -> i64 {
    behind.checked_ilog2().map_or(0, |power| 1 << power)
}

impl World {
    /// The best stack there is.
    pub(crate) fn best(&self) -> Option<Best> {
        let (mut cost, mut stacks): (Vec<i64>, Vec<Stack<'_>>) = (Vec::new(), Vec::new());
        self.extend(&mut Stack::new(), &mut |other, stack| {
            if stacks.is_empty() || other < cost {
                cost = other;
                stacks = vec![stack.clone()];
            } else if other == cost {
                stacks.push(stack.clone());
            }
        });
        let stack = self.settled(stacks)?;
        let asked = self.asked(&stack, &BTreeMap::new()).packages;
        let releases = stack.iter().map(|(name, release)| {
            let extras = asked[*name].extras.clone();
            ((*name).clone(), (release.version.clone(), extras))
        });
        Some(Best { releases: releases.collect(), cost })
    }

    /// What every stack there is costs.
    pub(crate) fn costs(&self) -> Vec<Vec<i64>> {
        let mut costs = Vec::new();
        self.extend(&mut Stack::new(), &mut |cost, _| costs.push(cost));
        costs
    }

    /// Decides one more package in every way there is; `found` sees every whole stack with its cost.
    fn extend<'w>(&'w self, stack: &mut Stack<'w>, found: &mut dyn FnMut(Vec<i64>, &Stack<'w>)) {
        let Wishes { packages: asked, forks } = self.asked(stack, &BTreeMap::new());
        let fits = |name: &PackageName, release: &Release| {
            let constraints = self.constraints.iter().filter(|one| one.package == *name).map(|one| &one.specifiers);
            let asked = asked.get(name).into_iter().flat_map(|one| &one.specifiers);
            let replaced = self.overrides.get(name).into_iter().flatten().map(|one| &one.specifiers);
            constraints.chain(asked).chain(replaced).all(|one| one.contains(&release.version))
        };
        if !stack.iter().all(|(name, release)| fits(name, release)) {
            return;
        }
        // A demand that is met already may still be met by a package that is preferred.
        let open = forks.values().any(|(_, is_met)| !is_met);
        for (package, versions) in
            forks.values().flat_map(|(meets, is_met)| &meets[..if *is_met { 1 } else { meets.len() }])
        {
            let Some((name, releases)) = self.packages.get_key_value(package) else { continue };
            if stack.contains_key(name) {
                continue;
            }
            for release in releases.iter().filter(|one| versions.contains(&one.version) && fits(name, one)) {
                stack.insert(name, release);
                self.extend(stack, found);
                stack.remove(name);
            }
        }
        if open {
            return;
        }
        if let Some(name) = asked.keys().find(|name| !stack.contains_key(name)) {
            let Some((name, releases)) = self.packages.get_key_value(name) else { return };
            for release in releases.iter().filter(|release| fits(name, release)) {
                stack.insert(name, release);
                self.extend(stack, found);
                stack.remove(name);
            }
            return;
        }
        if !stack.keys().all(|name| asked.contains_key(*name)) {
            return;
        }
        let mut yanked = stack.iter().filter(|(_, release)| release.needs_pin);
        if !yanked.all(|(name, release)| asked[*name].by_others.iter().any(|one| pins(one, &release.version))) {
            return;
        }
        let has = |(name, versions): &Named| stack.get(name).is_some_and(|one| versions.contains(&one.version));
        let mut cost: Vec<i64> =
            (0..self.levels).map(|level| stack.values().map(|release| release.cost[level]).sum()).collect();
        for rule in &self.experience {
            match rule {
                Experience::Forbid(members) if members.iter().all(has) => return,
                Experience::Lose(members, lost) if members.iter().all(has) => add(&mut cost, lost),
                Experience::Gain(members, lost)
                    if members.iter().all(|(name, _)| stack.contains_key(name)) && !members.iter().all(has) =>
                {
                    add(&mut cost, lost);
                }
                _ => {}
            }
        }
        found(cost, stack);
    }

    /// What is asked for, overrides and rules applied, until nothing is added.
    fn asked(&self, stack: &Stack<'_>, decided: &BTreeMap<Fork, PackageName>) -> Wishes {
        let mut wishes = Wishes::default();
        loop {
            let size = |wishes: &Wishes| -> usize {
                wishes.forks.len() + wishes.packages.values().map(|one| 1 + one.extras.len()).sum::<usize>()
            };
            let mut next = Wishes::default();
            for want in &self.wants {
                self.ask(&mut next, None, want, stack, decided);
            }
            for (name, known) in &wishes.packages {
                let Some(release) = stack.get(name) else { continue };
                let is_here = |(package, versions): &Named| package == name && versions.contains(&release.version);
                let drops = |package: &PackageName| {
                    package != name
                        && self.experience.iter().any(|one| match one {
                            Experience::Drop(dropped, Some(from)) => dropped == package && from.iter().any(is_here),
                            _ => false,
                        })
                };
                let own = release.rules.iter().filter(|rule| (rule.applies)(&known.extras)).map(|rule| &rule.demand);
                let added = self.experience.iter().filter_map(|one| match one {
                    Experience::Add(to, demand) if is_here(to) => Some(demand),
                    _ => None,
                });
                for demand in own.chain(added).filter(|demand| !drops(&demand.package)) {
                    self.ask(&mut next, Some(name), demand, stack, decided);
                }
            }
            let done = size(&next) == size(&wishes);
            wishes = next;
            if done {
                return wishes;
            }
        }
    }

    /// The releases that may stand in for a package where these versions of it are accepted.
    fn stand_ins(&self, package: &PackageName, specifiers: &VersionSpecifiers) -> Vec<Named> {
        let mut meets: Vec<Named> = Vec::new();
        for rule in &self.experience {
            let Experience::Alias((of, versions), (by, standing), same) = rule else { continue };
            if of != package {
                continue;
            }
            let there = self.packages[package].iter().map(|release| &release.version);
            let named: Vec<&Version> = there.filter(|one| versions.contains(one) && specifiers.contains(one)).collect();
            let stands = standing.iter().filter(|one| !named.is_empty() && (!same || named.contains(one))).cloned();
            match meets.iter_mut().find(|(known, _)| known == by) {
                Some((_, known)) => known.extend(stands),
                None => meets.push((by.clone(), stands.collect())),
            }
        }
        meets
    }

    fn ask(
        &self,
        wishes: &mut Wishes,
        by: Option<&PackageName>,
        demand: &Demand,
        stack: &Stack<'_>,
        decided: &BTreeMap<Fork, PackageName>,
    ) {
        let package = &demand.package;
        let dropped = |one: &Experience| matches!(one, Experience::Drop(dropped, None) if dropped == package);
        if self.experience.iter().any(dropped) || self.overrides.get(package).is_some_and(Vec::is_empty) {
            return;
        }
        let by_itself = by == Some(package);
        let replaced = self.overrides.get(package);
        let has_extras = match replaced.filter(|_| !by_itself) {
            Some(replaced) => replaced.iter().any(|one| !one.extras.is_empty()),
            None => !demand.extras.is_empty(),
        };
        let aliased = |one: &Experience| matches!(one, Experience::Alias((of, _), ..) if of == package);
        if !has_extras && self.experience.iter().any(aliased) {
            let specifiers = replaced.map_or(demand.specifiers.clone(), |_| VersionSpecifiers::empty());
            let accepted = self.packages[package].iter().map(|one| one.version.clone());
            let mut meets = vec![(package.clone(), accepted.filter(|one| specifiers.contains(one)).collect())];
            meets.extend(self.stand_ins(package, &specifiers));
            let fork = (package.clone(), specifiers.to_string());
            let is_there =
                |(name, versions): &&Named| stack.get(name).is_some_and(|one| versions.contains(&one.version));
            let there = || meets.iter().find(is_there).map(|(name, _)| name);
            let met = decided.get(&fork).or_else(there).cloned();
            if let Some(met) = &met {
                let known = wishes.packages.entry(met.clone()).or_default();
                if by.is_some() && !by_itself && met == package && replaced.is_none() {
                    known.by_others.push(demand.specifiers.clone());
                }
            }
            wishes.forks.insert(fork, (meets, met.is_some()));
            return;
        }
        let asked = &mut wishes.packages;
        let Some(overrides) = self.overrides.get(&demand.package) else {
            let known = asked.entry(demand.package.clone()).or_default();
            known.extras.extend(demand.extras.iter().cloned());
            known.specifiers.push(demand.specifiers.clone());
            if by.is_some() && !by_itself {
                known.by_others.push(demand.specifiers.clone());
            }
            return;
        };
        if overrides.is_empty() {
            return;
        }
        let known = asked.entry(demand.package.clone()).or_default();
        known.specifiers.extend(overrides.iter().map(|one| one.specifiers.clone()));
        // How the extras of a package hang together is not overridden.
        if by_itself {
            known.extras.extend(demand.extras.iter().cloned());
        } else {
            known.extras.extend(overrides.iter().flat_map(|one| one.extras.iter().cloned()));
        }
    }

    /// Of stacks that cost the same, the one that counts: the project's own packages are settled first, then by name what
    /// those already settled require, each to the version that is preferred.
    fn settled<'w>(&'w self, mut stacks: Vec<Stack<'w>>) -> Option<Stack<'w>> {
        let mut settled = Stack::new();
        let mut decided: BTreeMap<Fork, PackageName> = BTreeMap::new();
        loop {
            let Wishes { packages: asked, forks } = self.asked(&settled, &decided);
            if let Some((fork, (meets, _))) = forks.into_iter().find(|(_, (_, is_met))| !is_met) {
                let has = |stack: &Stack<'_>, (name, versions): &Named| {
                    stack.get(name).is_some_and(|one| versions.contains(&one.version))
                };
                let met = meets.into_iter().find(|one| stacks.iter().any(|stack| has(stack, one)))?;
                stacks.retain(|stack| has(stack, &met));
                decided.insert(fork, met.0);
                continue;
            }
            let is_direct = |name: &PackageName| self.wants.iter().any(|want| want.package == *name);
            let open = asked.keys().filter(|name| !settled.contains_key(name));
            let Some(next) = open.min_by_key(|name| (!is_direct(name), *name)) else {
                return (!stacks.is_empty()).then_some(settled);
            };
            let releases = stacks.iter().map(|stack| stack[next]);
            let preferred = match self.lowest.contains(next) {
                true => releases.min_by(|one, other| one.version.cmp(&other.version)),
                false => releases.max_by(|one, other| one.version.cmp(&other.version)),
            }?;
            stacks.retain(|stack| stack[next].version == preferred.version);
            let (name, _) = self.packages.get_key_value(next)?;
            settled.insert(name, preferred);
        }
    }
}

fn add(cost: &mut [i64], more: &[i64]) {
    cost.iter_mut().zip(more).for_each(|(cost, more)| *cost += more);
}
