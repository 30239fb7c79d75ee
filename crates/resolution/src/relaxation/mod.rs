//! What of a project's wishes could give so that there is a stack, or a better one.
//!
//! A [`Relaxation`] is a value that changes a problem and its policy; which ones a conflict suggests is in [`options`],
//! which ones to try together in [`tree`]. Whether one helps, only deciding the changed case tells: the caller does.

pub mod options;
pub mod tree;

use packaging::{ExtraName, Origin, PackageName, Version, VersionSpecifier, VersionSpecifiers};

use crate::{
    catalogue::Want,
    policy::{Policy, Prereleases},
    rule::Rule,
    search::Problem,
};

/// Which list of the project something is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The constraints.
    Constraint,
    /// The requirements.
    Requirement,
    /// The overrides.
    Override,
}

/// Something that the project wrote down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Written {
    /// What kind of thing it is.
    pub part: Part,
    /// The package it is about.
    pub package: PackageName,
    /// Its text.
    pub text: String,
    /// Where it is.
    pub origin: Origin,
}

impl Written {
    /// What a want of some list says.
    pub fn of(part: Part, want: &Want) -> Self {
        Self { part, package: want.package.clone(), text: want.text.clone(), origin: want.origin.clone() }
    }

    fn is(&self, want: &Want) -> bool {
        (&self.package, &self.text, &self.origin) == (&want.package, &want.text, &want.origin)
    }

    fn among<'a>(&self, problem: &'a mut Problem) -> Option<&'a mut Vec<Want>> {
        match self.part {
            Part::Constraint => Some(&mut problem.constraints),
            Part::Requirement => Some(&mut problem.wants),
            Part::Override => problem.overrides.get_mut(&self.package),
        }
    }

    fn each(&self, problem: &mut Problem, change: impl Fn(&mut Want)) {
        let wants = self.among(problem).into_iter().flatten();
        wants.filter(|want| self.is(want)).for_each(change);
    }
}

/// An index that was not asked for a package, because another one that comes first has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OtherIndex {
    /// The caller's number of it.
    pub place: usize,
    /// The name that pins call it by, where it has one.
    pub name: Option<String>,
    /// Its URL, without credentials.
    pub url: String,
}

/// One thing that gives. In the order of how little it changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relaxation {
    /// What the project wrote bounds its package no more.
    Bound {
        /// What it wrote.
        written: Written,
        /// The release that a looser bound would have to admit; nothing while that is not known.
        admit: Option<Version>,
    },
    /// Files uploaded later are considered.
    Newer {
        /// Up to when: microseconds since the Unix epoch; nothing for no limit at all.
        before: Option<i64>,
    },
    /// Files of every format may be used.
    Formats {
        /// The one package for which that is enough; nothing where the user ruled a format out for all.
        package: Option<PackageName>,
    },
    /// The project does without an extra.
    Extra {
        /// The requirement that asks for it.
        written: Written,
        /// Which one.
        extra: ExtraName,
    },
    /// Pre-releases are chosen like any other release.
    Prereleases,
    /// The stack is for another Python.
    Python {
        /// Which one (`3.12`).
        version: String,
    },
    /// A package is taken from an index that was not asked for it, and from no other.
    Index {
        /// The package.
        package: PackageName,
        /// Where it is taken from.
        index: OtherIndex,
    },
    /// A yanked release is pinned, and may be chosen so.
    Yanked {
        /// The package.
        package: PackageName,
        /// The release.
        version: Version,
    },
    /// No hash of a package is demanded.
    Hashes {
        /// Which one.
        package: PackageName,
    },
    /// A prescription of the user's own does not count.
    Prescription {
        /// What it is called.
        name: String,
        /// Where it is written.
        origin: Origin,
    },
    /// The project does without a requirement altogether.
    Dropped {
        /// Which one.
        written: Written,
    },
}

impl Relaxation {
    /// How much of a change it is: less is milder.
    pub fn weight(&self) -> u8 {
        match self {
            Self::Bound { .. } => 0,
            Self::Newer { .. } => 1,
            Self::Formats { .. } => 2,
            Self::Extra { .. } => 3,
            Self::Prereleases => 4,
            Self::Python { .. } => 5,
            Self::Index { .. } => 6,
            Self::Yanked { .. } => 7,
            Self::Hashes { .. } => 8,
            Self::Prescription { .. } => 9,
            Self::Dropped { .. } => 10,
        }
    }

    /// Makes the change. Another Python is another environment, whose markers judge the requirements anew: that is the
    /// caller's to change first.
    pub fn apply(&self, problem: &mut Problem, policy: &mut Policy) {
        match self {
            Self::Bound { written, .. } => written.each(problem, |want| want.specifiers = VersionSpecifiers::empty()),
            Self::Extra { written, extra } => written.each(problem, |want| want.extras.retain(|one| one != extra)),
            Self::Dropped { written } => {
                if let Some(wants) = written.among(problem) {
                    wants.retain(|want| !written.is(want));
                }
            }
            Self::Newer { before } => policy.exclude_newer = *before,
            Self::Formats { package } => {
                for control in [&mut policy.formats.no_binary, &mut policy.formats.only_binary] {
                    control.all &= package.is_some();
                    control.packages.retain(|one| package.as_ref().is_some_and(|package| one != package));
                }
            }
            Self::Prereleases => policy.prereleases = Prereleases::Allow,
            Self::Index { package, index } => {
                policy.places.insert(package.clone(), index.place);
            }
            Self::Yanked { package, version } => problem.constraints.push(pin(package, version)),
            Self::Hashes { package } => {
                policy.hashes.remove(package);
            }
            Self::Prescription { name, origin } => {
                let mut rules: Vec<Rule> = std::mem::take(&mut problem.rules).into();
                rules.retain(|rule| (&rule.name, &rule.origin) != (name, origin));
                problem.rules = rules.into();
            }
            Self::Python { .. } => {}
        }
    }
}

/// A constraint that admits one release.
pub fn pin(package: &PackageName, version: &Version) -> Want {
    constraint(package, VersionSpecifier::equals_version(version.clone()))
}

/// A constraint that admits a release and newer ones.
pub fn at_least(package: &PackageName, version: &Version) -> Want {
    constraint(package, VersionSpecifier::greater_than_equal_version(version.clone()))
}

/// A constraint that the command line could have said.
fn constraint(package: &PackageName, specifier: VersionSpecifier) -> Want {
    Want {
        package: package.clone(),
        extras: Vec::new(),
        text: format!("{package}{specifier}"),
        specifiers: VersionSpecifiers::from_iter([specifier]),
        origin: Origin::file("--constraint"),
        archive: false,
    }
}
