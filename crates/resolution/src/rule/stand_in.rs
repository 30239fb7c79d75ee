//! Which package meets a requirement, where rules let another one stand in.

use packaging::{ExtraName, PackageName, VersionSpecifiers};

use super::{Effect, Rules};
use crate::catalogue::{Catalogue, Package};

/// What meets a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    /// These packages are to be loaded before that is known.
    Missing(Vec<PackageName>),
    /// This package, by number: the only one that can, or chosen so that it does.
    By(usize),
    /// One of several packages, of which none is chosen.
    Open,
}

impl Rules {
    /// The packages that may stand in for one; none when extras of it are asked for.
    pub(crate) fn stand_ins(&self, package: &PackageName, extras: &[ExtraName]) -> &[PackageName] {
        let known = self.stand_ins.get(package).filter(|_| extras.is_empty());
        known.map_or(&[], Vec::as_slice)
    }

    /// The packages that may stand in for one and are loaded, each with its candidates that meet a requirement for these
    /// versions, in the order in which they are preferred.
    pub(crate) fn standing_in(
        &self,
        catalogue: &Catalogue,
        package: &Package,
        specifiers: &VersionSpecifiers,
    ) -> Vec<(usize, Vec<bool>)> {
        let mut standing: Vec<(usize, Vec<bool>)> = Vec::new();
        for (_, rule) in self.about(&package.name) {
            let Effect::Alias { of, by, same_version } = &rule.effect else { continue };
            let number = by.package.as_ref().and_then(|by| catalogue.number(by));
            let Some(number) = number.filter(|_| of.is_of(&package.name)) else { continue };
            let candidates = package.candidates.iter().filter(|one| of.has(package, one)).map(|one| &one.version);
            // A release that was left out is known by its version alone.
            let excluded = package.excluded.iter().map(|one| &one.version);
            let excluded = excluded.filter(|version| of.indexes.is_none() && of.has_version(version));
            let named: Vec<_> = candidates.chain(excluded).filter(|version| specifiers.contains(version)).collect();
            if named.is_empty() {
                continue;
            }
            let other = &catalogue.packages[number];
            let stands = other
                .candidates
                .iter()
                .map(|one| by.has(other, one) && (!*same_version || named.contains(&&one.version)));
            match standing.iter_mut().find(|(known, _)| *known == number) {
                Some((_, marked)) => marked.iter_mut().zip(stands).for_each(|(mark, stands)| *mark |= stands),
                None => standing.push((number, stands.collect())),
            }
        }
        standing
    }

    /// Which package meets a requirement for these versions when candidates are chosen like this.
    pub(crate) fn met(
        &self,
        catalogue: &Catalogue,
        (package, extras): (&PackageName, &[ExtraName]),
        specifiers: &VersionSpecifiers,
        chosen: &dyn Fn(usize) -> Option<usize>,
    ) -> Met {
        let stand_ins = self.stand_ins(package, extras);
        let all = std::iter::once(package).chain(stand_ins);
        let missing: Vec<PackageName> = all.filter(|one| catalogue.number(one).is_none()).cloned().collect();
        let number = match catalogue.number(package) {
            Some(number) if missing.is_empty() => number,
            _ => return Met::Missing(missing),
        };
        if stand_ins.is_empty() {
            return Met::By(number);
        }
        let package = &catalogue.packages[number];
        if chosen(number).is_some_and(|at| specifiers.contains(&package.candidates[at].version)) {
            return Met::By(number);
        }
        let mut standing = self.standing_in(catalogue, package, specifiers).into_iter();
        let found = standing.find(|(other, marked)| chosen(*other).is_some_and(|candidate| marked[candidate]));
        found.map_or(Met::Open, |(other, _)| Met::By(other))
    }
}
