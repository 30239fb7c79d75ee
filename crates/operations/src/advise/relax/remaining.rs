//! Why vulnerabilities remain, and what would help.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{PackageName, Version};
use resolution::{
    Search,
    catalogue::ExclusionKind,
    outcome::{Cause, Reason, Remaining, TradeOff},
    relaxation::{options::Obstacle, tree::Tree},
};

use super::{Avoid, MOST_A_GROUP, Optimum, Relaxer, rank, trial::Trial};

/// Vulnerabilities of one package that affect the same of its releases: one question.
struct Group {
    package: PackageName,
    ids: BTreeSet<String>,
    /// The releases they affect, as far as any index has them.
    affected: BTreeSet<Version>,
    /// Whether any index has another release.
    fixed: bool,
}

/// What forces a group, and with it every other that affects all of these releases.
struct Forced {
    package: PackageName,
    releases: BTreeSet<Version>,
    facts: Vec<Reason>,
    obstacle: Obstacle,
}

impl Relaxer<'_, '_> {
    /// Looks into the vulnerabilities that remain.
    pub(super) async fn remaining(&mut self, remaining: &mut [Remaining], search: &Search) {
        let mut forced: Vec<Forced> = Vec::new();
        let mut found: Vec<(Group, Cause)> = Vec::new();
        for group in groups(remaining, search) {
            let Some(cause) = self.cause(&group, &mut forced, search).await else { continue };
            match found.iter_mut().find(|(known, other)| is_same(known, other, &group, &cause)) {
                Some((known, _)) => known.ids.extend(group.ids),
                None => found.push((group, cause)),
            }
        }
        for (group, mut cause) in found {
            if cause.trade_off.is_none() {
                cause.facts = about(&cause.facts, &group);
            }
            for one in remaining.iter_mut().filter(|one| one.name == group.package) {
                if group.ids.contains(&one.finding.vulnerability.id) {
                    one.cause = Some(cause.clone());
                }
            }
        }
    }

    /// Why a group remains; nothing when it could not be looked into.
    async fn cause(&mut self, group: &Group, forced: &mut Vec<Forced>, search: &Search) -> Option<Cause> {
        let avoid = Avoid::from([(group.package.clone(), group.ids.clone())]);
        let mut cause = Cause { fixed: group.fixed, ..Cause::default() };
        let mut tree = Tree::default();
        let shared = forced
            .iter()
            .find(|one| one.package == group.package && one.releases.is_subset(&group.affected))
            .map(|one| (about(&one.facts, group), one.obstacle.clone()));
        match shared {
            Some((facts, obstacle)) => {
                cause.facts = facts;
                cause.help.remedies = self.known(&avoid);
                if !cause.help.remedies.is_empty() {
                    return Some(cause);
                }
                let root = tree.next_node()?;
                tree.blocked(&root, obstacle);
                cause.help = self.grow(tree, &avoid, MOST_A_GROUP, &mut |_| {}).await;
            }
            None => {
                let mut root = None;
                let help = self.grow(tree, &avoid, MOST_A_GROUP, &mut |trial| note(&mut root, trial)).await;
                let (facts, worse, obstacle) = root.flatten()?;
                let chosen = &self.chosen;
                cause.trade_off = worse.map(|worse| TradeOff {
                    with: chosen.standing,
                    without: worse.standing,
                    // Where it is decided without a release, nobody is slower than that one.
                    slower: (worse.performance(search) - chosen.performance(search)).max(0),
                    incoming: worse.beyond(chosen),
                    last_resorts: worse.last_resorts,
                });
                if let (None, Some(releases)) = (&cause.trade_off, avoided(&facts, &group.package)) {
                    let (package, facts) = (group.package.clone(), facts.clone());
                    forced.push(Forced { package, releases, facts, obstacle });
                }
                (cause.facts, cause.help) = (facts, help);
            }
        }
        Some(cause)
    }

    /// What helped others and helps here.
    fn known(&self, avoid: &Avoid) -> Vec<resolution::outcome::Remedy> {
        let helps = |optimum: &&Optimum| {
            avoid.iter().all(|(package, ids)| !ids.iter().any(|id| optimum.figures.has(package, id)))
        };
        let mut remedies: Vec<_> =
            self.optima.values().filter(helps).map(|optimum| self.remedy(optimum.clone())).collect();
        rank(&mut remedies);
        remedies
    }
}

type Root = (Vec<Reason>, Option<super::Figures>, Obstacle);

/// Keeps how the first trial ended, which relaxes nothing.
fn note(root: &mut Option<Option<Root>>, trial: &Trial) {
    root.get_or_insert_with(|| match trial {
        Trial::Blocked { obstacle, facts, worse, .. } => Some((facts.clone(), worse.clone(), obstacle.clone())),
        Trial::Helps(_) | Trial::Worse(_) | Trial::Cut => None,
    });
}

/// The groups of what remains. Of one package, first those that affect the fewest releases: what forces them forces the
/// others that affect the same and more.
fn groups(remaining: &[Remaining], search: &Search) -> Vec<Group> {
    let mut packages: Vec<&PackageName> = Vec::new();
    for one in remaining {
        if !packages.contains(&&one.name) {
            packages.push(&one.name);
        }
    }
    packages.into_iter().flat_map(|package| groups_of(package, remaining, search)).collect()
}

fn groups_of(name: &PackageName, remaining: &[Remaining], search: &Search) -> Vec<Group> {
    let Some(package) = search.catalogue().package(name) else { return Vec::new() };
    let listed: Vec<&Version> = package
        .candidates
        .iter()
        .map(|candidate| &candidate.version)
        .chain(package.excluded.iter().map(|excluded| &excluded.version))
        .collect();
    let mut alike: BTreeMap<BTreeSet<Version>, BTreeSet<String>> = BTreeMap::new();
    for one in remaining.iter().filter(|one| one.name == *name) {
        let vulnerability = &one.finding.vulnerability;
        let affected = vulnerability.affected.bounds();
        let affects = |version: &&&Version| affected.contains(&evidence::AnyVersion::Valid((**version).clone()));
        let affected = listed.iter().filter(affects).map(|version| (*version).clone()).collect();
        alike.entry(affected).or_default().insert(vulnerability.id.clone());
    }
    let mut groups: Vec<Group> = alike
        .into_iter()
        .map(|(affected, ids)| Group { package: name.clone(), ids, fixed: affected.len() < listed.len(), affected })
        .collect();
    groups.sort_by_key(|group| group.affected.len());
    groups
}

/// Whether two groups remain for the same reasons but for their names, and the same helps.
fn is_same(one: &Group, cause: &Cause, other: &Group, its: &Cause) -> bool {
    one.package == other.package
        && cause.fixed == its.fixed
        && (&cause.trade_off, &its.trade_off) == (&None, &None)
        && cause.help.remedies == its.help.remedies
        && about(&cause.facts, one) == about(&its.facts, one)
}

/// The releases of a package that facts leave out for its vulnerabilities.
fn avoided(facts: &[Reason], name: &PackageName) -> Option<BTreeSet<Version>> {
    facts.iter().find_map(|fact| match fact {
        Reason::Excluded { package, kind: ExclusionKind::Avoided, releases, .. } if package == name => {
            Some(releases.versions.iter().cloned().collect())
        }
        _ => None,
    })
}

/// The same facts about the vulnerabilities of another group.
fn about(facts: &[Reason], group: &Group) -> Vec<Reason> {
    let mut facts = facts.to_vec();
    for fact in &mut facts {
        if let Reason::Excluded { package, kind: ExclusionKind::Avoided, details, .. } = fact
            && *package == group.package
        {
            *details = group.ids.clone();
        }
    }
    facts
}
