//! Which versions of a package a vulnerability affects.
//!
//! A version is affected when it is listed or when a range covers it. Versions are compared as PEP 440. A bound or a listed
//! version without a local part speaks for every local version of it: `1.0+cu118` is affected where `1.0` is, because
//! feeds only list public versions and a local version is a rebuild.

use std::{cmp::Ordering, collections::HashSet, fmt};

use packaging::Version;
use serde::{Deserialize, Serialize};

use crate::versions::AnyVersion;

/// The versions of one package that are affected, as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Affected {
    /// Stretches of versions; they may overlap. Commit ranges (`GIT`) are not among them.
    pub ranges: Vec<Range>,
    /// Single versions, in their normal form where they are PEP 440.
    pub versions: Vec<String>,
}

/// One stretch of affected versions. Displays as specifiers (`>=1.0,<1.2`; `*` for all).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Range {
    /// The first affected version; `None` begins below all versions.
    pub introduced: Option<String>,
    /// Where it ends.
    pub until: Until,
}

/// Where a stretch of affected versions ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Until {
    /// Nowhere: no fix is known.
    Open,
    /// Before this version, which has the fix.
    Before(String),
    /// With this version; which later one has a fix is not said.
    Through(String),
    /// Before this version, about which and after which the range says nothing.
    Limit(String),
}

impl Affected {
    /// Every version: what an entry counts as of which nothing could be read.
    pub fn everything() -> Self {
        Self { ranges: vec![Range { introduced: None, until: Until::Open }], versions: Vec::new() }
    }

    /// Whether `version` is affected. For many versions, parse once with [`Affected::bounds`].
    pub fn contains(&self, version: &Version) -> bool {
        self.bounds().contains(&AnyVersion::Valid(version.clone()))
    }

    /// The versions above `version` that have a fix and are not affected themselves, lowest first: one for each
    /// maintained line of releases, as far as the advisory tells.
    pub fn fixed_after(&self, version: &Version) -> Vec<Version> {
        let bounds = self.bounds();
        let mut fixed: Vec<Version> = self
            .ranges
            .iter()
            .filter_map(|range| match &range.until {
                Until::Before(fix) => fix.parse::<Version>().ok(),
                Until::Open | Until::Through(_) | Until::Limit(_) => None,
            })
            .filter(|fix| fix > version && !bounds.contains(&AnyVersion::Valid(fix.clone())))
            .collect();
        fixed.sort();
        fixed.dedup();
        fixed
    }

    /// The parsed form.
    pub fn bounds(&self) -> Bounds {
        Bounds {
            ranges: self.ranges.iter().map(ParsedRange::new).collect(),
            versions: self.versions.iter().map(|text| AnyVersion::parse(text)).collect(),
        }
    }

    /// Adds what another record says of the same vulnerability: affected is what either says.
    pub(crate) fn unite(&mut self, other: &Self) {
        self.ranges.extend(other.ranges.iter().cloned());
        self.versions.extend(other.versions.iter().cloned());
    }

    /// Sorts, drops repetitions, and, with `only_what_ranges_miss`, drops listed versions that a range covers anyway.
    pub(crate) fn tidy(&mut self, only_what_ranges_miss: bool) {
        self.ranges.sort();
        self.ranges.dedup();
        let ranges: Vec<ParsedRange> = self.ranges.iter().map(ParsedRange::new).collect();
        let mut listed: Vec<AnyVersion> = self.versions.iter().map(|text| AnyVersion::parse(text)).collect();
        listed.sort();
        listed.dedup();
        self.versions = listed
            .into_iter()
            .filter(|version| {
                !only_what_ranges_miss || !ranges.iter().any(|range| range.contains(version, &version.public()))
            })
            .map(|version| version.to_string())
            .collect();
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.introduced, &self.until) {
            (None, Until::Open) => return f.write_str("*"),
            (None, _) => {}
            (Some(version), Until::Open) => write!(f, ">={version}")?,
            (Some(version), _) => write!(f, ">={version},")?,
        }
        match &self.until {
            Until::Open => Ok(()),
            Until::Before(version) => write!(f, "<{version}"),
            Until::Through(version) => write!(f, "<={version}"),
            Until::Limit(version) => write!(f, "<{version} (limit)"),
        }
    }
}

/// The parsed form of [`Affected`], for asking often.
#[derive(Clone, Debug)]
pub struct Bounds {
    ranges: Vec<ParsedRange>,
    versions: HashSet<AnyVersion>,
}

impl Bounds {
    /// Whether `version` is affected.
    pub fn contains(&self, version: &AnyVersion) -> bool {
        let public = version.public();
        self.versions.contains(version)
            || self.versions.contains(&public)
            || self.ranges.iter().any(|range| range.contains(version, &public))
    }
}

/// A [`Range`] with its bounds parsed.
#[derive(Clone, Debug)]
pub(crate) struct ParsedRange {
    introduced: Option<AnyVersion>,
    until: ParsedUntil,
}

#[derive(Clone, Debug)]
enum ParsedUntil {
    Open,
    Before(AnyVersion),
    Through(AnyVersion),
}

impl ParsedRange {
    pub(crate) fn new(range: &Range) -> Self {
        Self {
            introduced: range.introduced.as_deref().map(AnyVersion::parse),
            until: match &range.until {
                Until::Open => ParsedUntil::Open,
                Until::Before(version) | Until::Limit(version) => ParsedUntil::Before(AnyVersion::parse(version)),
                Until::Through(version) => ParsedUntil::Through(AnyVersion::parse(version)),
            },
        }
    }

    /// Whether it covers `version`, whose public version is `public`.
    pub(crate) fn contains(&self, version: &AnyVersion, public: &AnyVersion) -> bool {
        let against = |bound: &AnyVersion| if bound.is_local() { version.cmp(bound) } else { public.cmp(bound) };
        let begun = self.introduced.as_ref().is_none_or(|bound| against(bound) != Ordering::Less);
        begun
            && match &self.until {
                ParsedUntil::Open => true,
                ParsedUntil::Before(bound) => against(bound) == Ordering::Less,
                ParsedUntil::Through(bound) => against(bound) != Ordering::Greater,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    fn range(introduced: &str, until: Until) -> Range {
        Range { introduced: (introduced != "0").then(|| introduced.to_string()), until }
    }

    #[test]
    fn a_listed_version_is_compared_as_a_version_and_not_as_text() {
        let affected = Affected { ranges: vec![], versions: vec!["1.0.0".into(), "2.0-rc1".into(), "2004d".into()] };
        assert!(affected.contains(&version("1")));
        assert!(affected.contains(&version("2.0rc1")));
        assert!(!affected.contains(&version("2.0")));
        assert!(affected.bounds().contains(&AnyVersion::parse("2004d")));
    }

    #[test]
    fn a_local_version_is_affected_where_its_public_one_is() {
        let affected =
            Affected { ranges: vec![range("0", Until::Through("1.0".into()))], versions: vec!["3.0".into()] };
        assert!(affected.contains(&version("1.0+cu118")));
        assert!(affected.contains(&version("3.0+cpu")));
        assert!(!affected.contains(&version("1.0.1+cu118")));
        let fixed = Affected { ranges: vec![range("1.0", Until::Before("2.0".into()))], versions: vec![] };
        assert!(!fixed.contains(&version("2.0+cu118")));
        assert!(fixed.contains(&version("1.0+cu118")));
        let patched = Affected { ranges: vec![range("0", Until::Before("1.0+patch2".into()))], versions: vec![] };
        assert!(patched.contains(&version("1.0")));
        assert!(patched.contains(&version("1.0+patch1")));
        assert!(!patched.contains(&version("1.0+patch2")));
    }

    #[test]
    fn a_pre_release_of_the_fix_is_still_affected() {
        let affected = Affected { ranges: vec![range("0", Until::Before("2.0".into()))], versions: vec![] };
        assert!(affected.contains(&version("2.0rc1")));
        assert!(affected.contains(&version("2.0.dev1")));
        assert!(!affected.contains(&version("2.0.post1")));
        assert!(!affected.contains(&version("1!0.1")));
    }

    #[test]
    fn a_fix_that_is_affected_itself_is_no_fix() {
        let affected = Affected {
            ranges: vec![
                range("0", Until::Before("1.2".into())),
                range("2.0", Until::Before("2.1".into())),
                range("1.2", Until::Before("1.3".into())),
            ],
            versions: vec![],
        };
        let shown = |at: &str| affected.fixed_after(&version(at)).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(shown("1.0"), ["1.3", "2.1"]);
        assert_eq!(shown("2.0"), ["2.1"]);
        assert!(shown("2.1").is_empty());
    }
}
