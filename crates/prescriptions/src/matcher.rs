//! Which releases a unit means: by name, versions, index.

use std::fmt;

use packaging::{PackageName, Version, VersionSpecifiers};
use serde::{Deserialize, Serialize};

/// Releases of a package: all that is stated must be so, what is not stated may be anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matcher {
    /// The package; any when there is none.
    pub name: Option<PackageName>,
    /// The versions.
    pub versions: Versions,
    /// The index they come from.
    pub index: Index,
    /// Whether the project wants it for development; `None` when that does not matter.
    pub develop: Option<bool>,
    /// Whether pre-releases are meant as well: in sieves and pseudonyms. Elsewhere only where the specifier names one, as
    /// pip has it.
    pub prereleases: bool,
}

/// A set of versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Versions {
    /// All of them.
    #[default]
    Any,
    /// Those within the specifiers.
    Within(VersionSpecifiers),
    /// What is written is no specifier of PEP 440: none.
    Unreadable(String),
}

/// An index, told by its address without regard to a slash at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Index {
    /// Any index.
    #[default]
    Any,
    /// This one.
    Is(String),
    /// Any but this one.
    IsNot(String),
}

impl Matcher {
    /// The releases of `name`, of whatever version and index.
    pub fn package(name: PackageName) -> Self {
        Self { name: Some(name), versions: Versions::Any, index: Index::Any, develop: None, prereleases: false }
    }

    /// Whether this release is meant; none is for development only, as far as anybody knows.
    pub fn matches(&self, name: &PackageName, version: &Version, index: &str) -> bool {
        self.develop != Some(true)
            && self.name.as_ref().is_none_or(|wanted| wanted == name)
            && self.index.accepts(index)
            && self.versions.contains(version, self.prereleases)
    }
}

impl Versions {
    /// Whether `version` is among them; a pre-release only with `prereleases`, or when a specifier names one.
    pub fn contains(&self, version: &Version, prereleases: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Unreadable(_) => false,
            Self::Within(specifiers) => {
                let meant = !version.any_prerelease()
                    || prereleases
                    || specifiers.iter().any(|specifier| specifier.version().any_prerelease());
                meant && specifiers.contains(version)
            }
        }
    }
}

impl Index {
    /// Whether releases of the index at this address are meant.
    pub fn accepts(&self, address: &str) -> bool {
        let same = |one: &str| one.trim_end_matches('/') == address.trim_end_matches('/');
        match self {
            Self::Any => true,
            Self::Is(one) => same(one),
            Self::IsNot(one) => !same(one),
        }
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => Ok(()),
            Self::Within(specifiers) => {
                let parts: Vec<String> = specifiers.iter().map(ToString::to_string).collect();
                f.write_str(&parts.join(","))
            }
            Self::Unreadable(text) => write!(f, " {text} (no PEP 440 specifier)"),
        }
    }
}

impl fmt::Display for Matcher {
    /// `numpy>=1.24,<1.25 from https://index.example/simple`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}{}", self.versions)?,
            None if self.versions == Versions::Any => f.write_str("any package")?,
            None => write!(f, "any package {}", self.versions)?,
        }
        match &self.index {
            Index::Any => {}
            Index::Is(one) => write!(f, " from {one}")?,
            Index::IsNot(one) => write!(f, " not from {one}")?,
        }
        if self.develop == Some(true) { f.write_str(" for development only") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(specifier: &str) -> Matcher {
        let versions = Versions::Within(specifier.parse().unwrap());
        Matcher { versions, ..Matcher::package("numpy".parse().unwrap()) }
    }

    fn matches(matcher: &Matcher, version: &str) -> bool {
        matcher.matches(&"numpy".parse().unwrap(), &version.parse().unwrap(), "https://index.example/simple/")
    }

    #[test]
    fn a_release_must_be_all_that_is_stated() {
        let mut one = matcher("~=1.24.0");
        assert!(matches(&one, "1.24.3"));
        assert!(!matches(&one, "1.25"));
        assert!(!one.matches(&"scipy".parse().unwrap(), &"1.24".parse().unwrap(), ""));
        one.index = Index::Is("https://index.example/simple".to_string());
        assert!(matches(&one, "1.24.3"));
        one.index = Index::IsNot("https://index.example/simple".to_string());
        assert!(!matches(&one, "1.24.3"));
        assert_eq!(one.to_string(), "numpy~=1.24.0 not from https://index.example/simple");
    }

    #[test]
    fn a_prerelease_is_meant_in_sieves_or_where_it_is_named() {
        assert!(!matches(&matcher(">=1"), "2.0rc1"));
        assert!(matches(&matcher(">=1.0rc8"), "2.0rc1"));
        assert!(matches(&Matcher { prereleases: true, ..matcher(">=1") }, "2.0rc1"));
        assert!(matches(&Matcher::package("numpy".parse().unwrap()), "2.0rc1"));
    }

    #[test]
    fn what_is_no_specifier_means_nothing() {
        let one = Matcher { versions: Versions::Unreadable("==git".to_string()), ..matcher(">=1") };
        assert!(!matches(&one, "1.0"));
        assert!(one.to_string().contains("==git"));
    }
}
