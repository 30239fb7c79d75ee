//! Rules of experience: which releases do not belong together, what they cost, and what they change of what is required.
//!
//! A rule says nothing of the order in which anything is looked at. Its members are sets of releases; it is met by a stack
//! that has a release of each. Where rules come from, and whether they apply in an environment, is decided elsewhere
//! ([`crate::pipeline`]); here they are facts like requirements.
//!
//! | effect | on the releases of one package | on several packages |
//! |---|---|---|
//! | [`Effect::Forbid`] | left out by the sieve | a clause of the search |
//! | [`Effect::Points`] | a cost of candidates | a cost of their meeting |
//! | [`Effect::Drop`], [`Effect::Add`], [`Effect::Alias`] | change the requirements of releases as they are read | |

mod amend;
mod stand_in;
mod weigh;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use packaging::{Origin, PackageName, Version, VersionSpecifier, VersionSpecifiers};
use serde::{Deserialize, Serialize};

pub(crate) use self::stand_in::Met;
use crate::{
    catalogue::{Candidate, Package},
    objective::Level,
};

/// Something that somebody says of releases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What it is called by who says it (`thoth.NumPySupportStep`).
    pub name: String,
    /// Where it is written.
    pub origin: Origin,
    /// Whether it is the user's own, who can do without it.
    pub own: bool,
    /// Why, as a sentence or part of one; empty when nobody says.
    pub reason: String,
    /// What follows from it.
    pub effect: Effect,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// No stack has a release of each member.
    Forbid(Vec<Member>),
    /// A stack that has a release of each member loses points, or gains them.
    Points {
        /// The releases.
        members: Vec<Member>,
        /// [`Level::Quality`] or [`Level::Performance`]; where the level does not decide, the points count nothing.
        level: Level,
        /// Points lost; below zero, points gained. Costs are never negative, so a gain is a loss of the others: of the other
        /// releases of a package, and with several members of a stack that has all their packages, but not all in the
        /// releases named. A stack that lacks one of the packages neither gains nor loses.
        points: i32,
    },
    /// Requirements on a package are as if they were not there.
    Drop {
        /// The package.
        package: PackageName,
        /// Only those of these releases; `None` means everybody's, the project's too.
        from: Option<Vec<Member>>,
    },
    /// Releases require something besides.
    Add {
        /// The releases.
        to: Member,
        /// The package required.
        package: PackageName,
        /// The versions accepted.
        specifiers: VersionSpecifiers,
    },
    /// A requirement that admits a listed release of one package is also met by releases of another, where the package itself
    /// is not in the stack at a version accepted. A requirement that asks for extras is not: they are the package's
    /// own. It never pins the release that stands in.
    Alias {
        /// The releases that may be stood in for.
        of: Member,
        /// The releases that may stand in.
        by: Member,
        /// Whether only the same version may.
        same_version: bool,
    },
}

/// Releases of one package, or of any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The package; `None` means any, which only the single member of a rule may be about. Such a rule says the same of each
    /// package for itself.
    pub package: Option<PackageName>,
    /// The versions.
    pub versions: VersionSpecifiers,
    /// Whether pre-releases within those versions belong to it although they name none.
    pub prereleases: bool,
    /// The caller's numbers of the indexes that the releases are from; `None` means any, a direct URL as well.
    pub indexes: Option<BTreeSet<usize>>,
}

impl Member {
    /// All releases of a package within these versions, pre-releases too.
    pub fn new(package: PackageName, versions: VersionSpecifiers) -> Self {
        Self { package: Some(package), versions, prereleases: true, indexes: None }
    }

    /// One release.
    pub fn exactly(package: PackageName, version: Version) -> Self {
        Self::new(package, VersionSpecifiers::from(VersionSpecifier::equals_version(version)))
    }

    /// Whether they are of this package.
    pub fn is_of(&self, package: &PackageName) -> bool {
        self.package.as_ref().is_none_or(|wanted| wanted == package)
    }

    /// Whether a version is among them, wherever it is from.
    pub fn has_version(&self, version: &Version) -> bool {
        let named = || self.versions.iter().any(|one| one.version().any_prerelease());
        self.versions.contains(version) && (self.prereleases || !version.any_prerelease() || named())
    }

    /// Whether they are from this index.
    pub fn has_index(&self, index: usize) -> bool {
        self.indexes.as_ref().is_none_or(|indexes| indexes.contains(&index))
    }

    /// Whether a candidate of its package is among them; one that several indexes list counts as the first one's.
    pub fn has(&self, package: &Package, candidate: &Candidate) -> bool {
        let first = || Some(package.pages.get(candidate.listed.first()?.0)?.0);
        self.has_version(&candidate.version)
            && (self.indexes.is_none() || first().is_some_and(|index| self.has_index(index)))
    }

    /// By candidate of its package, whether it is among them.
    pub(crate) fn marked(&self, package: &Package) -> Vec<bool> {
        package.candidates.iter().map(|candidate| self.has(package, candidate)).collect()
    }
}

/// As a requirement (`flask<2`).
impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.package {
            Some(package) => write!(f, "{package}{}", self.versions),
            None => write!(f, "any package{}", self.versions),
        }
    }
}

impl Rule {
    /// The sets of releases that it is about when they meet: those of one member are judged by the sieve, those of several
    /// by the search.
    pub fn members(&self) -> &[Member] {
        match &self.effect {
            Effect::Forbid(members) | Effect::Points { members, .. } => members,
            Effect::Drop { .. } | Effect::Add { .. } | Effect::Alias { .. } => &[],
        }
    }

    /// Whether more than one member has to be chosen for it to be met.
    pub(crate) fn is_about_several(&self) -> bool {
        self.members().len() > 1
    }
}

/// The rules of a run, found by what they are about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Rule>", into = "Vec<Rule>")]
pub struct Rules {
    all: Vec<Rule>,
    /// By package: the rules with a member of it, and those that change requirements of its releases or on it.
    about: BTreeMap<PackageName, Vec<usize>>,
    /// Packages on which nothing is required.
    dropped: BTreeSet<PackageName>,
    /// By package: the packages that may stand in for it, in the order of the rules.
    stand_ins: BTreeMap<PackageName, Vec<PackageName>>,
    /// By package: packages that rules may make its releases require.
    added: BTreeMap<PackageName, Vec<usize>>,
    /// The rules about any package.
    anywhere: Vec<usize>,
}

impl From<Vec<Rule>> for Rules {
    fn from(all: Vec<Rule>) -> Self {
        let mut rules = Self::default();
        for (position, rule) in all.iter().enumerate() {
            let mut about: BTreeSet<&PackageName> =
                rule.members().iter().filter_map(|one| one.package.as_ref()).collect();
            if rule.members().iter().any(|member| member.package.is_none()) {
                rules.anywhere.push(position);
            }
            match &rule.effect {
                Effect::Forbid(_) | Effect::Points { .. } => {}
                Effect::Drop { package, from: None } => {
                    rules.dropped.insert(package.clone());
                }
                Effect::Drop { from: Some(from), .. } => {
                    about.extend(from.iter().filter_map(|member| member.package.as_ref()));
                }
                Effect::Add { to, .. } => {
                    if let Some(package) = &to.package {
                        rules.added.entry(package.clone()).or_default().push(position);
                    }
                }
                Effect::Alias { of, by, .. } => {
                    let (Some(of), Some(by)) = (&of.package, &by.package) else { continue };
                    about.insert(of);
                    let known = rules.stand_ins.entry(of.clone()).or_default();
                    if !known.contains(by) {
                        known.push(by.clone());
                    }
                }
            }
            for package in about {
                rules.about.entry(package.clone()).or_default().push(position);
            }
        }
        Self { all, ..rules }
    }
}

impl From<Rules> for Vec<Rule> {
    fn from(rules: Rules) -> Self {
        rules.all
    }
}

impl Rules {
    /// All of them, in the order in which they were given.
    pub fn all(&self) -> &[Rule] {
        &self.all
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The rules about a package with their positions, those about any package last.
    pub(crate) fn about(&self, package: &PackageName) -> impl Iterator<Item = (usize, &Rule)> {
        let positions = self.about.get(package).into_iter().flatten().chain(&self.anywhere);
        positions.filter_map(|position| Some((*position, self.all.get(*position)?)))
    }

    /// Whether every requirement on a package is dropped.
    pub fn drops(&self, package: &PackageName) -> bool {
        self.dropped.contains(package)
    }
}
