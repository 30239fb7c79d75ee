//! From the metadata of a release to what the search needs of it.

use std::{collections::BTreeSet, str::FromStr};

use packaging::{
    ExtraName, MarkerTree, Requirement, VersionSpecifiers,
    metadata::CoreMetadata,
    requirement::{Wanted, without_credentials},
};

use super::Sieve;
use crate::catalogue::{Edge, Exclusion, Requires};

impl Sieve<'_> {
    /// Turns a release's metadata into what the search needs; an error when the release cannot be used.
    pub fn requires(&self, metadata: &CoreMetadata) -> Result<Requires, Exclusion> {
        if let Some(python) = &metadata.requires_python
            && !self.environment.supports(python)
        {
            return Err(Exclusion::Python(python.to_string()));
        }
        let mut edges = Vec::new();
        for requirement in metadata.requires_dist.iter().filter(|one| !self.problem.drops(&one.name)) {
            for when in self.conditions(requirement) {
                let specifiers = match &requirement.wanted {
                    Wanted::Versions(specifiers) => specifiers.clone(),
                    Wanted::Url(_) if self.names_archive(requirement) => VersionSpecifiers::empty(),
                    Wanted::Url(_) if when.is_empty() => return Err(Exclusion::UrlDependency(requirement.to_string())),
                    // The release can be used, the extra cannot.
                    Wanted::Url(_) => nothing(),
                };
                edges.push(Edge {
                    when,
                    package: requirement.name.clone(),
                    extras: requirement.extras.clone(),
                    specifiers,
                });
            }
        }
        Ok(Requires { edges })
    }

    /// The sets of extras under which a requirement applies here, the smallest ones; empty when it never does.
    fn conditions(&self, requirement: &Requirement) -> Vec<Vec<ExtraName>> {
        let markers = &self.environment.markers;
        if requirement.applies(markers, &[]) {
            return vec![Vec::new()];
        }
        let mentioned = extras_of(requirement.marker);
        let single: Vec<Vec<ExtraName>> = mentioned
            .iter()
            .filter(|extra| requirement.applies(markers, std::slice::from_ref(extra)))
            .map(|extra| vec![extra.clone()])
            .collect();
        if !single.is_empty() || mentioned.len() < 2 {
            return single;
        }
        let all: Vec<ExtraName> = mentioned.into_iter().collect();
        let mut pairs = Vec::new();
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                let pair = vec![one.clone(), other.clone()];
                if requirement.applies(markers, &pair) {
                    pairs.push(pair);
                }
            }
        }
        if pairs.is_empty() && requirement.applies(markers, &all) {
            pairs.push(all);
        }
        pairs
    }

    /// Whether the project names the same archive for the package.
    fn names_archive(&self, requirement: &Requirement) -> bool {
        let place = |requirement: &Requirement| match &requirement.wanted {
            Wanted::Url(url) => {
                let mut url = without_credentials(url);
                url.set_fragment(None);
                Some(url)
            }
            Wanted::Versions(_) => None,
        };
        let wanted = place(requirement);
        let mut own = self.problem.wants.iter().filter(|want| want.package == requirement.name && want.archive);
        own.any(|want| want.text.parse::<Requirement>().is_ok_and(|own| place(&own) == wanted))
    }
}

fn extras_of(marker: MarkerTree) -> BTreeSet<ExtraName> {
    let mut extras = BTreeSet::new();
    marker.visit_extras(|_, extra| {
        extras.insert(extra.clone());
    });
    extras
}

/// Specifiers that no version satisfies.
fn nothing() -> VersionSpecifiers {
    VersionSpecifiers::from_str("<0.dev0").expect("a constant in the grammar of PEP 440")
}
