//! Which relaxations could remove a conflict: those of its facts that somebody can do something about.

use std::collections::BTreeSet;

use packaging::{ExtraName, Origin, PackageName};

use super::{Part, Relaxation, Written};
use crate::{
    catalogue::{ExclusionKind, Want},
    releases::Releases,
    rule::{Effect, Rule},
    search::{Conflict, Fact, Problem},
};

/// What a fact is about, whichever case it was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Something that the project wrote.
    Written(Written),
    /// A filter leaves releases of a package out.
    Filter(PackageName, ExclusionKind),
    /// A prescription of the user's own keeps releases of several packages apart.
    Prescription(String, Origin),
    /// Something about packages that nobody here can change, as long as they come from where they come from.
    World(BTreeSet<PackageName>),
}

/// The packages that a conflict is about.
pub fn packages(conflict: &Conflict, problem: &Problem) -> BTreeSet<PackageName> {
    conflict.facts.iter().flat_map(|fact| about(fact, problem)).collect()
}

fn about(fact: &Fact, problem: &Problem) -> Vec<PackageName> {
    let wanted = |wants: &[Want], position: usize| wants.get(position).map(|want| want.package.clone());
    match fact {
        Fact::Want(position) => wanted(&problem.wants, *position).into_iter().collect(),
        Fact::Constraint(position) => wanted(&problem.constraints, *position).into_iter().collect(),
        Fact::Override { package, .. } | Fact::Excluded { package, .. } | Fact::Missing(package) => {
            vec![package.clone()]
        }
        Fact::Requires { package, on, .. } => vec![package.clone(), on.clone()],
        Fact::Rule(position) => {
            let members = problem.rules.all().get(*position).map(Rule::members).unwrap_or_default();
            members.iter().filter_map(|member| member.package.clone()).collect()
        }
    }
}

/// A conflict, as far as it matters for relaxing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What its facts are about.
    pub subjects: Vec<Subject>,
    /// What could remove it, the mildest first.
    pub options: BTreeSet<Relaxation>,
}

impl Obstacle {
    /// What a conflict of a problem leaves to do. `pythons` tells which other Pythons would let releases of a package in that
    /// a filter leaves out.
    pub fn new(
        conflict: &Conflict,
        problem: &Problem,
        formats_for_all: bool,
        pythons: &dyn Fn(&PackageName, &Releases) -> Vec<String>,
    ) -> Self {
        let mut obstacle = Self { subjects: Vec::new(), options: BTreeSet::new() };
        // Where a filter leaves out every release there is, another bound on the package lets in none.
        let hopeless: BTreeSet<&PackageName> = conflict
            .facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::Excluded { package, releases, .. } if releases.all => Some(package),
                Fact::Missing(package) => Some(package),
                _ => None,
            })
            .collect();
        for fact in &conflict.facts {
            obstacle.add(fact, problem, &hopeless, formats_for_all, pythons);
        }
        obstacle
    }

    fn add(
        &mut self,
        fact: &Fact,
        problem: &Problem,
        hopeless: &BTreeSet<&PackageName>,
        formats_for_all: bool,
        pythons: &dyn Fn(&PackageName, &Releases) -> Vec<String>,
    ) {
        match fact {
            Fact::Want(position) => {
                let Some(want) = problem.wants.get(*position) else { return };
                let written = Written::of(Part::Requirement, want);
                let overridden = problem.overrides.contains_key(&want.package);
                if !overridden && !hopeless.contains(&want.package) {
                    self.loosen(&written, want);
                }
                let extras: &[ExtraName] = if overridden { &[] } else { &want.extras };
                for extra in extras {
                    self.options.insert(Relaxation::Extra { written: written.clone(), extra: extra.clone() });
                }
                self.options.insert(Relaxation::Dropped { written: written.clone() });
                self.subjects.push(Subject::Written(written));
            }
            Fact::Constraint(position) => {
                let Some(want) = problem.constraints.get(*position) else { return };
                let written = Written::of(Part::Constraint, want);
                self.loosen(&written, want);
                self.subjects.push(Subject::Written(written));
            }
            Fact::Override { package, position } => {
                let Some(want) = problem.overrides.get(package).and_then(|wants| wants.get(*position)) else { return };
                let written = Written::of(Part::Override, want);
                if !hopeless.contains(package) {
                    self.loosen(&written, want);
                }
                self.subjects.push(Subject::Written(written));
            }
            Fact::Excluded { package, kind, releases, .. } => {
                self.lift(package, *kind, releases, problem, formats_for_all, pythons);
                self.subjects.push(Subject::Filter(package.clone(), *kind));
            }
            Fact::Rule(position) => {
                if let Some(rule) = problem.rules.all().get(*position).filter(|rule| rule.own) {
                    self.options.insert(without(rule));
                    self.subjects.push(Subject::Prescription(rule.name.clone(), rule.origin.clone()));
                }
                self.subjects.push(Subject::World(about(fact, problem).into_iter().collect()));
            }
            Fact::Requires { .. } | Fact::Missing(_) => {
                self.subjects.push(Subject::World(about(fact, problem).into_iter().collect()));
            }
        }
    }

    fn loosen(&mut self, written: &Written, want: &Want) {
        if want.specifiers.iter().next().is_some() && !want.archive {
            self.options.insert(Relaxation::Bound { written: written.clone(), admit: None });
        }
    }

    fn lift(
        &mut self,
        package: &PackageName,
        kind: ExclusionKind,
        releases: &Releases,
        problem: &Problem,
        formats_for_all: bool,
        pythons: &dyn Fn(&PackageName, &Releases) -> Vec<String>,
    ) {
        match kind {
            ExclusionKind::Python | ExclusionKind::Platform => {
                let options = pythons(package, releases).into_iter().map(|version| Relaxation::Python { version });
                self.options.extend(options);
            }
            ExclusionKind::TooNew | ExclusionKind::NoUploadTime => {
                self.options.insert(Relaxation::Newer { before: None });
            }
            ExclusionKind::Format => {
                let package = (!formats_for_all).then(|| package.clone());
                self.options.insert(Relaxation::Formats { package });
            }
            ExclusionKind::Prerelease => {
                self.options.insert(Relaxation::Prereleases);
            }
            ExclusionKind::Hashes => {
                self.options.insert(Relaxation::Hashes { package: package.clone() });
            }
            ExclusionKind::Yanked => {
                let bounds = problem.bounds(package);
                let mut admitted =
                    releases.versions.iter().filter(|one| bounds.iter().all(|bound| bound.contains(one)));
                if let Some(version) = admitted.next() {
                    self.options.insert(Relaxation::Yanked { package: package.clone(), version: version.clone() });
                }
            }
            ExclusionKind::Prescribed => {
                let is_of = |rule: &&Rule| rule.members().iter().any(|member| member.is_of(package));
                let forbids = |rule: &&Rule| rule.own && matches!(&rule.effect, Effect::Forbid(of) if of.len() == 1);
                self.options.extend(problem.rules.all().iter().filter(forbids).filter(is_of).map(without));
            }
            // Never to be lifted, or only elsewhere.
            ExclusionKind::Malware
            | ExclusionKind::Quarantined
            | ExclusionKind::Avoided
            | ExclusionKind::Hostile
            | ExclusionKind::UnknownMetadata
            | ExclusionKind::BrokenMetadata
            | ExclusionKind::UrlDependency => {}
        }
    }
}

/// Doing without a rule.
fn without(rule: &Rule) -> Relaxation {
    Relaxation::Prescription { name: rule.name.clone(), origin: rule.origin.clone() }
}

impl Relaxation {
    /// Whether a fact may cease to hold with this change. A conflict none of whose facts may cease stays one.
    pub fn touches(&self, subject: &Subject) -> bool {
        match (self, subject) {
            // Another Python has other wheels, other markers, other requirements.
            (Self::Python { .. }, _) => true,
            // Another index has other releases, of which nothing holds that held here.
            (Self::Index { package, .. }, Subject::Written(written)) => *package == written.package,
            (Self::Index { package, .. }, Subject::Filter(other, _)) => package == other,
            (Self::Index { package, .. }, Subject::World(others)) => others.contains(package),
            (_, Subject::World(_)) => false,
            (
                Self::Bound { written, .. } | Self::Extra { written, .. } | Self::Dropped { written },
                Subject::Written(other),
            ) => written == other,
            (Self::Newer { .. }, Subject::Filter(_, kind)) => is_about_files(*kind),
            (Self::Formats { package }, Subject::Filter(other, kind)) => {
                is_about_files(*kind) && package.as_ref().is_none_or(|package| package == other)
            }
            (Self::Hashes { package }, Subject::Filter(other, kind)) => is_about_files(*kind) && package == other,
            (Self::Prescription { name, origin }, Subject::Prescription(other, place)) => {
                (name, origin) == (other, place)
            }
            (Self::Prescription { .. }, Subject::Filter(_, kind)) => *kind == ExclusionKind::Prescribed,
            (Self::Prereleases, Subject::Filter(_, kind)) => *kind == ExclusionKind::Prerelease,
            (Self::Yanked { package, .. }, Subject::Filter(other, kind)) => {
                *kind == ExclusionKind::Yanked && package == other
            }
            _ => false,
        }
    }
}

/// Whether a release can be left out for this when one file of it is in the way and another for something else.
fn is_about_files(kind: ExclusionKind) -> bool {
    matches!(
        kind,
        ExclusionKind::Python
            | ExclusionKind::Platform
            | ExclusionKind::Format
            | ExclusionKind::TooNew
            | ExclusionKind::NoUploadTime
            | ExclusionKind::Hashes
    )
}
