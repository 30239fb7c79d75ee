//! The catalogue with the releases that were left out as candidates like the others, so that a switch can let them in.

use crate::{
    catalogue::{Candidate, Catalogue, Exclusion, Package},
    cost::Cost,
};

/// A catalogue in which nothing is left out, and what was left out of it.
pub(super) struct Widened {
    pub(super) catalogue: Catalogue,
    /// Package and candidate number of what was left out, with the reason.
    pub(super) left_out: Vec<(usize, usize, Exclusion)>,
}

impl Widened {
    /// Packages are in the order of their names, so that it does not matter which was loaded first.
    pub(super) fn of(catalogue: &Catalogue) -> Self {
        let mut widened = Self { catalogue: Catalogue::default(), left_out: Vec::new() };
        let mut packages: Vec<(usize, &Package)> = catalogue.packages.iter().enumerate().collect();
        packages.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
        for (before, package) in packages {
            widened.add(catalogue, before, package);
        }
        widened
    }

    fn add(&mut self, catalogue: &Catalogue, before: usize, package: &Package) {
        let mut all: Vec<(Candidate, Result<usize, Exclusion>)> = Vec::new();
        for (place, candidate) in package.candidates.iter().enumerate() {
            all.push((Candidate { cost: Cost::ZERO, ..candidate.clone() }, Ok(place)));
        }
        for excluded in &package.excluded {
            let candidate = Candidate {
                version: excluded.version.clone(),
                cost: Cost::ZERO,
                yanked: None,
                vulnerabilities: Vec::new(),
                listed: Vec::new(),
                url: None,
            };
            all.push((candidate, Err(excluded.why.clone())));
        }
        all.sort_by(|(one, _), (other, _)| other.version.cmp(&one.version));
        let candidates = all.iter().map(|(candidate, _)| candidate.clone()).collect();
        let number = self.catalogue.load(Package {
            candidates,
            pages: package.pages.clone(),
            ..Package::empty(package.name.clone())
        });
        for (place, (_, origin)) in all.into_iter().enumerate() {
            match origin {
                Err(why) => self.left_out.push((number, place, why)),
                Ok(origin) => {
                    if let Some(read) = catalogue.read.get(&(before, origin)) {
                        self.catalogue.read.insert((number, place), read.clone());
                    }
                }
            }
        }
    }

    /// Why a candidate may not be chosen, whatever else is; nothing when it may.
    pub(super) fn exclusion(&self, number: usize, place: usize) -> Option<&Exclusion> {
        let left_out = self.left_out.iter().find(|(package, candidate, _)| (*package, *candidate) == (number, place));
        left_out.map(|(_, _, why)| why).or_else(|| self.catalogue.read.get(&(number, place))?.as_ref().err())
    }
}
