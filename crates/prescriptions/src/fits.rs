//! Whether releases are those a unit is about, and what it does, in words.

use std::fmt;

use packaging::{PackageName, Version};

use crate::{
    matcher::Matcher,
    unit::{Act, Effect, Release, State, Stop},
};

/// A release that is looked at, with the index it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The package.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// The address of its index.
    pub index: String,
}

/// What a unit is about that is not among the releases at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The releases it is about.
    pub wanted: String,
    /// The release of that package at hand, if there is one.
    pub found: Option<String>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.found {
            Some(found) => write!(f, "it is about {}, and not {found}", self.wanted),
            None => write!(f, "it is about {} as well", self.wanted),
        }
    }
}

impl Act {
    /// Whether all releases it is about are among `releases`. Who requires whom is not looked at.
    ///
    /// # Errors
    /// With the first that is [`Missing`].
    pub fn fits(&self, releases: &[Candidate]) -> Result<(), Missing> {
        if let Self::SkipDependency { package } | Self::Boot { package: Some(package), .. } = self
            && !releases.iter().any(|release| release.name == *package)
        {
            return Err(Missing { wanted: package.to_string(), found: None });
        }
        for matcher in self.matchers() {
            if !releases.iter().any(|one| matcher.matches(&one.name, &one.version, &one.index)) {
                let same = releases.iter().find(|one| matcher.name.as_ref() == Some(&one.name));
                let found = same.map(|one| format!("{}=={} from {}", one.name, one.version, one.index));
                return Err(Missing { wanted: matcher.to_string(), found });
            }
        }
        Ok(())
    }
}

impl fmt::Display for Act {
    /// What it does, as a clause without a subject: `leaves out numpy>=1.24`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boot { package, stop } => {
                match stop {
                    Some(Stop::NotAcceptable(why)) => write!(f, "refuses the run: {why}")?,
                    Some(Stop::Eager(why)) => write!(f, "ends the run: {why}")?,
                    None => f.write_str("tells something at the start")?,
                }
                match package {
                    Some(package) => write!(f, " (when the project requires {package})"),
                    None => Ok(()),
                }
            }
            Self::Pseudonym { of, by, same_version } => {
                write!(f, "lets {by} stand for {of}{}", if *same_version { ", at the same version" } else { "" })
            }
            Self::Sieve { of } => write!(f, "leaves out {of}"),
            Self::SkipDependency { package } => write!(f, "drops every requirement of {package}"),
            Self::Step { of, state, effect, .. } => judges(f, effect, &format!("{of}{}", besides(state))),
            Self::SkipPackage { of, state } if state.from.is_empty() => {
                write!(f, "drops every requirement of {of}{}", besides(state))
            }
            Self::SkipPackage { of, state } => write!(f, "drops what {} requires of {of}", listed(&state.from, " or ")),
            Self::AddPackage { of, state, adds } => write!(f, "adds {adds} to {of}{}", besides(state)),
            Self::Group { members, effect } => judges(f, effect, &listed(members, " together with ")),
            Self::Stride { with, stop: Some(stop) } => write!(f, "{} {}", refusal(stop), listed(with, " with ")),
            Self::Stride { with, stop: None } => write!(f, "tells something about {}", listed(with, " with ")),
            Self::Wrap { with, .. } if with.is_empty() => f.write_str("tells something about every stack"),
            Self::Wrap { with, .. } => write!(f, "tells something about {}", listed(with, " with ")),
            Self::ReleaseNotes { of, organization, repository, .. } => {
                write!(f, "links the release notes of {of} (GitHub: {organization}/{repository})")
            }
        }
    }
}

fn judges(f: &mut fmt::Formatter<'_>, effect: &Effect, what: &str) -> fmt::Result {
    match (&effect.stop, effect.score) {
        (Some(stop), _) => write!(f, "{} {what}", refusal(stop)),
        (None, Some(score)) => write!(f, "scores {score} for {what}"),
        (None, None) => write!(f, "tells something about {what}"),
    }
}

fn refusal(stop: &Stop) -> &'static str {
    match stop {
        Stop::NotAcceptable(_) => "refuses",
        Stop::Eager(_) => "ends the run at",
    }
}

fn listed(matchers: &[Matcher], between: &str) -> String {
    matchers.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

/// What else has to be in the stack; what requires it is.
fn besides(state: &State) -> String {
    let others: Vec<String> = state.with.iter().chain(&state.from).map(ToString::to_string).collect();
    if others.is_empty() { String::new() } else { format!(" with {}", others.join(" and ")) }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if let Some(version) = &self.version {
            write!(f, "=={version}")?;
        }
        self.index.as_ref().map_or(Ok(()), |index| write!(f, " from {index}"))
    }
}
