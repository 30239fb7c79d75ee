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

/// What is asked of a package by the project and the releases of a stack.
#[derive(Default)]
struct Asked {
    extras: BTreeSet<ExtraName>,
    specifiers: Vec<VersionSpecifiers>,
    /// What other releases ask, where the project does not override it.
    by_others: Vec<VersionSpecifiers>,
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
        let asked = self.asked(&stack);
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
        let asked = self.asked(stack);
        let fits = |name: &PackageName, release: &Release| {
            let constraints = self.constraints.iter().filter(|one| one.package == *name).map(|one| &one.specifiers);
            constraints.chain(&asked[name].specifiers).all(|one| one.contains(&release.version))
        };
        if !stack.iter().all(|(name, release)| fits(name, release)) {
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
        let mut yanked = stack.iter().filter(|(_, release)| release.needs_pin);
        if !yanked.all(|(name, release)| asked[*name].by_others.iter().any(|one| pins(one, &release.version))) {
            return;
        }
        let cost: Vec<i64> =
            (0..self.levels).map(|level| stack.values().map(|release| release.cost[level]).sum()).collect();
        found(cost, stack);
    }

    /// What is asked for, overrides applied, until nothing is added.
    fn asked(&self, stack: &Stack<'_>) -> BTreeMap<PackageName, Asked> {
        let mut asked: BTreeMap<PackageName, Asked> = BTreeMap::new();
        loop {
            let before: usize = asked.values().map(|one| 1 + one.extras.len()).sum();
            let mut next: BTreeMap<PackageName, Asked> = BTreeMap::new();
            for want in &self.wants {
                self.ask(&mut next, None, want);
            }
            for (name, known) in &asked {
                let Some(release) = stack.get(name) else { continue };
                for rule in release.rules.iter().filter(|rule| (rule.applies)(&known.extras)) {
                    self.ask(&mut next, Some(name), &rule.demand);
                }
            }
            let after: usize = next.values().map(|one| 1 + one.extras.len()).sum();
            asked = next;
            if after == before {
                return asked;
            }
        }
    }

    fn ask(&self, asked: &mut BTreeMap<PackageName, Asked>, by: Option<&PackageName>, demand: &Demand) {
        let by_itself = by == Some(&demand.package);
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
        loop {
            let asked = self.asked(&settled);
            let is_direct = |name: &PackageName| self.wants.iter().any(|want| want.package == *name);
            let open = asked.keys().filter(|name| !settled.contains_key(name));
            let Some(next) = open.min_by_key(|name| (!is_direct(name), *name)) else { return stacks.pop() };
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
