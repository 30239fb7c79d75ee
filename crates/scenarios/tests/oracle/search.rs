//! Tries every stack.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{ExtraName, PackageName, Requirement, Version};

use crate::offers::{Offer, Offers, pins, url};

type Stack<'a> = BTreeMap<&'a PackageName, &'a Offer>;

/// What is asked of a package: the requirements and the extras.
type Demands = BTreeMap<PackageName, (Vec<Requirement>, BTreeSet<ExtraName>)>;

/// The best stack, if there is one.
pub(crate) fn best(offers: &Offers) -> Option<BTreeMap<PackageName, Version>> {
    let mut best = None;
    extend(offers, &mut Stack::new(), &mut best);
    best.map(|(_, stack)| stack)
}

type Best = Option<(Vec<u64>, BTreeMap<PackageName, Version>)>;

/// Decides one more package in every way there is.
fn extend<'a>(offers: &'a Offers, stack: &mut Stack<'a>, best: &mut Best) {
    let demands = demands(offers, stack);
    if stack.iter().any(|(name, offer)| !demands.get(*name).is_some_and(|demand| accepted(offers, name, offer, demand)))
    {
        return;
    }
    let Some((name, demand)) = demands.iter().find(|(name, _)| !stack.contains_key(name)) else {
        let cost = cost(offers, stack);
        let mut yanked = stack.iter().filter(|(_, offer)| offer.needs_pin);
        if !yanked.all(|(name, offer)| pinned(offers, stack, &demands, name, &offer.version)) {
            return;
        }
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            let found = stack.iter().map(|(name, offer)| ((*name).clone(), offer.version.clone()));
            *best = Some((cost, found.collect()));
        }
        return;
    };
    let Some((name, releases)) = offers.releases.get_key_value(name) else { return };
    for offer in releases.iter().filter(|offer| accepted(offers, name, offer, demand)) {
        stack.insert(name, offer);
        extend(offers, stack, best);
        stack.remove(name);
    }
}

/// Whether another release of the stack pins this one, and no override says otherwise.
fn pinned(offers: &Offers, stack: &Stack<'_>, demands: &Demands, name: &PackageName, version: &Version) -> bool {
    let others = stack.iter().filter(|(other, _)| **other != name);
    let mut asking = others.flat_map(|(other, offer)| offer.requires(&offers.environment, &demands[*other].1));
    asking.any(|it| it.name == *name && pins(&it, version)) && offers.overrides.iter().all(|it| it.name != *name)
}

fn accepted(
    offers: &Offers,
    name: &PackageName,
    offer: &Offer,
    demand: &(Vec<Requirement>, BTreeSet<ExtraName>),
) -> bool {
    let constraints = offers.constraints.iter().filter(|it| it.name == *name);
    let mut specifiers = demand.0.iter().chain(constraints).filter_map(Requirement::specifiers);
    let archives: BTreeSet<&str> = demand.0.iter().filter_map(url).collect();
    specifiers.all(|specifiers| specifiers.contains(&offer.version)) && archives.len() <= 1
}

/// All that is asked by the project and by the releases chosen so far, overrides applied.
fn demands(offers: &Offers, stack: &Stack<'_>) -> Demands {
    let mut demands = Demands::new();
    let mut asked: Vec<Requirement> = offers.requirements.clone();
    while !asked.is_empty() {
        let mut changed = BTreeSet::new();
        for requirement in asked.drain(..) {
            let replaced = offers.overrides.iter().any(|it| it.name == requirement.name);
            let instead = if replaced { offers.overrides.clone() } else { vec![requirement.clone()] };
            let applying = instead
                .into_iter()
                .filter(|it| it.name == requirement.name && it.applies(&offers.environment.markers, &[]) || !replaced);
            for one in applying {
                let (known, extras) = demands.entry(one.name.clone()).or_default();
                let before = (known.len(), extras.len());
                extras.extend(one.extras.iter().cloned());
                if !known.contains(&one) {
                    known.push(one.clone());
                }
                if before != (known.len(), extras.len()) {
                    changed.insert(one.name.clone());
                }
            }
        }
        for name in changed {
            if let (Some(offer), Some((_, extras))) = (stack.get(&name), demands.get(&name)) {
                asked.extend(offer.requires(&offers.environment, extras));
            }
        }
    }
    demands
}

/// The levels of the objective, then the ties.
fn cost(offers: &Offers, stack: &Stack<'_>) -> Vec<u64> {
    let sum =
        |of: &dyn Fn(&PackageName, &Offer) -> u64| -> u64 { stack.iter().map(|(name, offer)| of(name, offer)).sum() };
    let fresh =
        |direct: bool| sum(&|name, offer| if offers.is_direct(name) == direct { distance(offer.behind) } else { 0 });
    let mut cost = vec![
        sum(&|_, offer| u64::from(offer.unasked)),
        sum(&|_, offer| offer.exploited),
        sum(&|_, offer| offer.exposure),
        sum(&|name, offer| u64::from(changes(offers, name, &offer.version))),
        fresh(true),
        fresh(false),
    ];
    for direct in [true, false] {
        cost.extend(stack.iter().filter(|(name, _)| offers.is_direct(name) == direct).map(|(_, offer)| offer.behind));
    }
    cost
}

/// 0, 1, 2, 2, 4, 4, 4, 4, 8, …
fn distance(behind: u64) -> u64 {
    behind.checked_ilog2().map_or(0, |power| 1 << power)
}

fn changes(offers: &Offers, name: &PackageName, version: &Version) -> bool {
    let (scenario, same) = (&offers.scenario, |other: &String| other.parse().as_ref() == Ok(name));
    let free = scenario.options.upgrade || scenario.options.upgrade_packages.iter().any(same);
    let locked = scenario.lock.iter().find(|(other, _)| same(other));
    !free && locked.is_some_and(|(_, locked)| locked.parse().as_ref() != Ok(version))
}
