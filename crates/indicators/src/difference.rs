//! What one release has that another, usually the one before it, has not: the sign of a release that is not by who made the others.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    capability::{Capabilities, Evidence},
    finding::Finding,
    inventory::{Inventory, Publishers, Statement},
    report::Report,
};

/// What changed from one release to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What it can do, or does at a moment, that the other does not; what is altogether new comes first.
    pub gained: Vec<Gained>,
    /// What the other can do, or does at a moment, and this one does not.
    pub lost: Vec<Evidence>,
    /// The first finding of each rule in each file where the rule found nothing in the other, the worst first.
    pub findings: Vec<Finding>,
    /// What it says of people, addresses and commands, and its index of who published it, and the other does not.
    pub said: Vec<(Statement, String)>,
    /// What the other says, and this one does not.
    pub unsaid: Vec<(Statement, String)>,
    /// Its files that the other has not, neither there nor elsewhere, in order.
    pub added: Vec<String>,
    /// Files of the other that it has not.
    pub removed: Vec<String>,
    /// Files that are elsewhere, as they were: from where, to where.
    pub moved: Vec<(String, String)>,
    /// How many files are where they were, with other content.
    pub changed: usize,
    /// Whether one is a wheel and the other is not, so that files may be missing for that alone.
    pub kinds: bool,
    /// Why it is not known whether both have the same publisher, as a clause; then neither is in what they say.
    #[serde(default)]
    pub publishers_unknown: Option<String>,
}

/// Something that a release can do and the other cannot, or not at that moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gained {
    /// Whether the other can do it, too, at another moment.
    pub known: bool,
    /// What, when and where.
    pub evidence: Evidence,
}

impl Difference {
    /// What `after` has and `before` has not, and the other way round. Findings that nobody wants to hear of are best left out of
    /// both before.
    ///
    /// Files are compared by content: one that was only moved is no difference, nor is the order of code in one.
    pub fn between(before: &Report, after: &Report) -> Self {
        let (old, new) = (&before.inventory, &after.inventory);
        let mut difference = Self {
            gained: gained(&before.capabilities, &after.capabilities),
            lost: missing(&after.capabilities, &before.capabilities).cloned().collect(),
            said: new.said.difference(&old.said).cloned().collect(),
            unsaid: old.said.difference(&new.said).cloned().collect(),
            kinds: old.kind != new.kind,
            ..Self::default()
        };
        difference.publishers(&old.publishers, &new.publishers);
        difference.files(old, new);
        difference.findings = difference.unheard(before, after);
        difference
    }

    /// Whether there is something that a new version of the same code need not have: something it can do, a finding, or something
    /// it says of itself; or it has lost its publisher.
    pub fn is_notable(&self) -> bool {
        !(self.gained.is_empty() && self.findings.is_empty() && self.said.is_empty()) || self.lost_publisher().is_some()
    }

    /// Who published the other, where nobody did so who did not before: the sign of an upload past the usual way, with a token that
    /// somebody may have stolen.
    pub fn lost_publisher(&self) -> Option<&str> {
        let of = |(about, _): &&(Statement, String)| *about == Statement::Publisher;
        let lost = self.unsaid.iter().find(of).filter(|_| !self.said.iter().any(|one| of(&one)));
        lost.map(|(_, publisher)| publisher.as_str())
    }

    fn publishers(&mut self, old: &Publishers, new: &Publishers) {
        let missing = |some: &BTreeSet<String>, all: &BTreeSet<String>| -> Vec<(Statement, String)> {
            all.difference(some).map(|one| (Statement::Publisher, one.clone())).collect()
        };
        match (old, new) {
            (Publishers::Known(old), Publishers::Known(new)) => {
                // The first of the statements, as they are sorted.
                self.said.splice(..0, missing(old, new));
                self.unsaid.splice(..0, missing(new, old));
            }
            (Publishers::Unknown(why), _) | (_, Publishers::Unknown(why)) => {
                self.publishers_unknown = Some(why.clone());
            }
            (Publishers::Known(known), Publishers::Unasked) | (Publishers::Unasked, Publishers::Known(known)) => {
                let why = "of one of them no index tells who published it".to_string();
                self.publishers_unknown = (!known.is_empty()).then_some(why);
            }
            (Publishers::Unasked, Publishers::Unasked) => {}
        }
    }

    fn files(&mut self, old: &Inventory, new: &Inventory) {
        let placed = |inventory: &Inventory| -> BTreeMap<String, u64> {
            inventory.files.iter().map(|(path, hash)| (inventory.place(path).to_owned(), *hash)).collect()
        };
        let (old, new) = (placed(old), placed(new));
        let mut gone: BTreeMap<u64, Vec<&String>> = BTreeMap::new();
        for (path, hash) in old.iter().filter(|(path, _)| !new.contains_key(*path)) {
            gone.entry(*hash).or_default().push(path);
        }
        for (path, hash) in &new {
            if let Some(before) = old.get(path) {
                self.changed += usize::from(before != hash);
            } else if let Some(from) = gone.get_mut(hash).and_then(Vec::pop) {
                self.moved.push((from.clone(), path.clone()));
            } else {
                self.added.push(path.clone());
            }
        }
        self.removed = gone.into_values().flatten().cloned().collect();
        self.removed.sort();
    }

    /// Findings of rules in files where they found nothing before; a file that was moved is the one that it was.
    fn unheard(&self, before: &Report, after: &Report) -> Vec<Finding> {
        let origins: BTreeMap<&str, &str> = self.moved.iter().map(|(from, to)| (to.as_str(), from.as_str())).collect();
        let mut heard: BTreeSet<(&str, &str)> =
            before.findings.iter().map(|one| (&*one.rule, before.inventory.place(&one.path))).collect();
        let mut findings: Vec<Finding> = Vec::new();
        for finding in &after.findings {
            let place = after.inventory.place(&finding.path);
            if heard.insert((&*finding.rule, origins.get(place).copied().unwrap_or(place))) {
                findings.push(finding.clone());
            }
        }
        findings.sort_by_key(|finding| std::cmp::Reverse((finding.severity, finding.confidence)));
        findings
    }
}

fn gained(before: &Capabilities, after: &Capabilities) -> Vec<Gained> {
    let mut gained: Vec<Gained> = missing(before, after)
        .map(|one| Gained { known: before.has_at_all(one.capability), evidence: one.clone() })
        .collect();
    gained.sort();
    gained
}

/// What is in `all` and not in `some`.
fn missing<'c>(some: &'c Capabilities, all: &'c Capabilities) -> impl Iterator<Item = &'c Evidence> {
    all.iter().filter(|one| !some.has(one.capability, one.moment))
}
