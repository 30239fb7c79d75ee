//! What rules change of a release's requirements.

use super::{Effect, Rules};
use crate::catalogue::{Candidate, Edge, Package};

impl Rules {
    /// Adds and takes away what rules say of a release's requirements; doing it twice is doing it once.
    pub(crate) fn amend(&self, package: &Package, candidate: &Candidate, edges: &mut Vec<Edge>) {
        for rule in self.added.get(&package.name).into_iter().flatten().filter_map(|position| self.all.get(*position)) {
            if let Effect::Add { to, package: added, specifiers } = &rule.effect
                && to.has(package, candidate)
            {
                let edge = Edge {
                    when: Vec::new(),
                    package: added.clone(),
                    extras: Vec::new(),
                    specifiers: specifiers.clone(),
                };
                if !edges.contains(&edge) {
                    edges.push(edge);
                }
            }
        }
        for (_, rule) in self.about(&package.name) {
            if let Effect::Drop { package: dropped, from: Some(from) } = &rule.effect
                && from.iter().any(|member| member.is_of(&package.name) && member.has(package, candidate))
            {
                // What a release requires of itself is how its extras hang together.
                edges.retain(|edge| edge.package != *dropped || edge.package == package.name);
            }
        }
    }
}
