//! Says which vulnerabilities of a package affect a version, fast enough for every version there is.

use std::{cmp::Reverse, collections::HashMap};

use packaging::Version;

use crate::{
    affected::ParsedRange,
    package::{Kind, PackageAdvisories, Vulnerability},
    versions::AnyVersion,
};

/// The advisories of one package with every bound parsed.
#[derive(Debug)]
pub struct Matcher<'a> {
    /// Most severe first.
    entries: Vec<Entry<'a>>,
    /// Listed versions, with the places in `entries` that list them.
    listed: HashMap<AnyVersion, Vec<usize>>,
}

#[derive(Debug)]
struct Entry<'a> {
    vulnerability: &'a Vulnerability,
    ranges: Vec<ParsedRange>,
}

impl<'a> Matcher<'a> {
    /// Parses the bounds of `advisories`.
    pub fn new(advisories: &'a PackageAdvisories) -> Self {
        let mut ordered: Vec<&Vulnerability> = advisories.vulnerabilities.iter().collect();
        ordered.sort_by_cached_key(|one| {
            (
                Reverse(one.kind == Kind::Malware),
                Reverse(one.is_exploited()),
                Reverse(one.severity.weight()),
                one.id.clone(),
            )
        });
        let mut listed: HashMap<AnyVersion, Vec<usize>> = HashMap::new();
        let mut entries = Vec::with_capacity(ordered.len());
        for (at, vulnerability) in ordered.into_iter().enumerate() {
            for text in &vulnerability.affected.versions {
                listed.entry(AnyVersion::parse(text)).or_default().push(at);
            }
            let ranges = vulnerability.affected.ranges.iter().map(ParsedRange::new).collect();
            entries.push(Entry { vulnerability, ranges });
        }
        Self { entries, listed }
    }

    /// The vulnerabilities that affect `version`, most severe first: malware, then the exploited, then by score.
    ///
    /// A local version is affected where its public version is (see [`crate::affected`]).
    pub fn affecting(&self, version: &Version) -> Vec<&'a Vulnerability> {
        self.affecting_any(&AnyVersion::Valid(version.clone()))
    }

    /// As [`Matcher::affecting`], also for versions that are not PEP 440.
    pub fn affecting_any(&self, version: &AnyVersion) -> Vec<&'a Vulnerability> {
        let public = version.public();
        let listing = |version: &AnyVersion| self.listed.get(version).map_or(&[][..], Vec::as_slice);
        let (exact, general) = (listing(version), if version.is_local() { listing(&public) } else { &[] });
        let affects = |at: usize, entry: &Entry<'_>| {
            exact.contains(&at)
                || general.contains(&at)
                || entry.ranges.iter().any(|range| range.contains(version, &public))
        };
        self.entries
            .iter()
            .enumerate()
            .filter(|(at, entry)| affects(*at, entry))
            .map(|(_, entry)| entry.vulnerability)
            .collect()
    }
}
