//! What rules cost, and what they leave out.

use packaging::{PackageName, Version};

use super::{Effect, Rule, Rules};
use crate::{
    catalogue::{Candidate, Exclusion, Package},
    cost::Cost,
    objective::{Level, Objective},
    pipeline::scanned,
};

impl Rules {
    /// The rule that leaves a version of a package out, wherever it is from.
    pub(crate) fn rejects(&self, package: &PackageName, version: &Version) -> Option<Exclusion> {
        self.forbids(package, |member| member.indexes.is_none() && member.has_version(version))
    }

    /// The rule that leaves a version of a package out where it is from this index.
    pub(crate) fn rejects_from(&self, package: &PackageName, version: &Version, index: usize) -> Option<Exclusion> {
        self.forbids(package, |member| {
            member.indexes.is_some() && member.has_index(index) && member.has_version(version)
        })
    }

    fn forbids(&self, package: &PackageName, has: impl Fn(&super::Member) -> bool) -> Option<Exclusion> {
        self.about(package).find_map(|(_, rule)| match &rule.effect {
            Effect::Forbid(members) if members.len() == 1 && members.iter().all(&has) => Some(rule.exclusion()),
            _ => None,
        })
    }

    /// By candidate: what rules about this package alone cost. The candidate that gains most, or loses least where none
    /// gains, costs nothing for what it gains.
    pub(crate) fn costs(&self, package: &Package, objective: &Objective) -> Vec<Cost> {
        let mut costs = vec![Cost::ZERO; package.candidates.len()];
        if self.about(&package.name).next().is_none() {
            return costs;
        }
        for level in [Level::Performance, Level::Quality] {
            let net = |candidate: &Candidate| -> i64 {
                let points = self.about(&package.name).filter_map(|(_, rule)| match &rule.effect {
                    Effect::Points { members, level: on, points } if *on == level => {
                        let [member] = members.as_slice() else { return None };
                        member.has(package, candidate).then_some(i64::from(*points))
                    }
                    _ => None,
                });
                points.sum()
            };
            let nets: Vec<i64> = package.candidates.iter().map(net).collect();
            let best = nets.iter().copied().min().unwrap_or_default().min(0);
            for (cost, net) in costs.iter_mut().zip(nets) {
                *cost += objective.cost(level, u32::try_from(net - best).unwrap_or(u32::MAX));
            }
        }
        costs
    }

    /// What a stack loses by rules about several releases. `chosen` knows its releases.
    pub(crate) fn cost<'c>(
        &self,
        objective: &Objective,
        chosen: impl Fn(&PackageName) -> Option<(&'c Package, &'c Candidate)>,
    ) -> Cost {
        let mut cost = Cost::ZERO;
        for rule in self.all.iter().filter(|rule| rule.is_about_several()) {
            let Some((level, lost)) = rule.loses(&chosen) else { continue };
            cost += objective.cost(level, lost);
        }
        cost
    }
}

impl Rule {
    /// Why what it forbids is left out.
    fn exclusion(&self) -> Exclusion {
        match self.name.as_str() {
            scanned::HOSTILE => Exclusion::Hostile(self.reason.clone()),
            _ => Exclusion::Prescribed {
                name: self.name.clone(),
                origin: self.origin.clone(),
                reason: self.reason.clone(),
            },
        }
    }

    /// What a stack loses by it, if it does.
    fn loses<'c>(
        &self,
        chosen: &impl Fn(&PackageName) -> Option<(&'c Package, &'c Candidate)>,
    ) -> Option<(Level, u32)> {
        let Effect::Points { members, level, points } = &self.effect else { return None };
        let mut met = true;
        for member in members {
            let (package, candidate) = chosen(member.package.as_ref()?)?;
            met &= member.has(package, candidate);
        }
        (met == (*points > 0)).then_some((*level, points.unsigned_abs()))
    }
}
