//! Joins the records that are one vulnerability.
//!
//! Records are one when a chain of `id` and `aliases` connects them; `related` and `upstream` connect nothing, and withdrawn
//! records neither match nor connect. Identifiers are compared without regard to case. Affected is what any of the joined
//! records says; the severity may come from a record that is not about PyPI at all (a CVE with a vector).

use std::collections::{BTreeMap, HashMap};

use packaging::PackageName;

use crate::{
    Known,
    affected::Affected,
    kev::Catalogue,
    package::{Kind, PackageAdvisories, Vulnerability},
    record::{Record, RecordAffected},
    severity::Severity,
};

/// The vulnerabilities of every package that `records` speak of; `exploited` are the numbers of all catalogues that were
/// read, `None` when none was.
pub fn join(records: &[Record], exploited: Option<&Catalogue>) -> BTreeMap<PackageName, PackageAdvisories> {
    let mut packages: BTreeMap<PackageName, PackageAdvisories> = BTreeMap::new();
    for group in groups(records) {
        let ids = identifiers(&group);
        let mut by_package: BTreeMap<&PackageName, Vec<(&Record, &RecordAffected)>> = BTreeMap::new();
        for record in &group {
            for entry in &record.affected {
                by_package.entry(&entry.package).or_default().push((record, entry));
            }
        }
        for (package, about) in by_package {
            let advisories = packages
                .entry(package.clone())
                .or_insert_with(|| PackageAdvisories { package: package.clone(), vulnerabilities: Vec::new() });
            advisories.vulnerabilities.push(vulnerability(&group, &ids, package, &about, exploited));
        }
    }
    for advisories in packages.values_mut() {
        advisories.vulnerabilities.sort_by(|one, two| one.id.cmp(&two.id).then_with(|| one.records.cmp(&two.records)));
    }
    packages
}

/// The records that stand, in groups of one vulnerability each; in a group the record to quote from first.
fn groups(records: &[Record]) -> Vec<Vec<&Record>> {
    let standing: Vec<&Record> = records.iter().filter(|record| record.withdrawn.is_none()).collect();
    let mut parents: Vec<usize> = (0..standing.len()).collect();
    let mut owners: HashMap<String, usize> = HashMap::new();
    for (at, record) in standing.iter().enumerate() {
        for id in std::iter::once(&record.id).chain(&record.aliases) {
            let owner = *owners.entry(id.to_ascii_uppercase()).or_insert(at);
            let (one, two) = (root(&mut parents, at), root(&mut parents, owner));
            if let Some(parent) = parents.get_mut(one.max(two)) {
                *parent = one.min(two);
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<&Record>> = BTreeMap::new();
    for (at, record) in standing.iter().enumerate() {
        groups.entry(root(&mut parents, at)).or_default().push(record);
    }
    let mut groups: Vec<Vec<&Record>> = groups.into_values().collect();
    for group in &mut groups {
        group.sort_by(|one, two| quotable(&one.id).cmp(&quotable(&two.id)).then_with(|| one.id.cmp(&two.id)));
    }
    groups
}

fn root(parents: &mut [usize], of: usize) -> usize {
    let mut at = of;
    while let Some(&parent) = parents.get(at) {
        if parent == at {
            break;
        }
        let grandparent = parents.get(parent).copied().unwrap_or(parent);
        if let Some(slot) = parents.get_mut(at) {
            *slot = grandparent;
        }
        at = grandparent;
    }
    at
}

/// Which record to quote summary and link from: GitHub's are written for readers.
fn quotable(id: &str) -> u8 {
    rank(id, &["MAL-", "GHSA-", "PYSEC-", "CVE-"])
}

/// Which identifier to show: malware reports say the most, CVE numbers are what people search for.
fn showable(id: &str) -> u8 {
    rank(id, &["MAL-", "CVE-", "GHSA-", "PYSEC-"])
}

fn rank(id: &str, prefixes: &[&str]) -> u8 {
    let starts = |prefix: &&str| id.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    prefixes.iter().position(starts).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

/// All identifiers of a group, the one to show first.
fn identifiers(group: &[&Record]) -> Vec<String> {
    // A record's own spelling wins; among those of aliases the least, so that the order of records does not show.
    let mut ids: BTreeMap<String, (bool, &str)> = BTreeMap::new();
    let own = group.iter().map(|record| (false, record.id.as_str()));
    let others = group.iter().flat_map(|record| &record.aliases).map(|alias| (true, alias.as_str()));
    for spelling in own.chain(others) {
        let known = ids.entry(spelling.1.to_ascii_uppercase()).or_insert(spelling);
        *known = (*known).min(spelling);
    }
    let mut ids: Vec<String> = ids.into_values().map(|(_, id)| id.to_string()).collect();
    ids.sort_by(|one, two| showable(one).cmp(&showable(two)).then_with(|| one.cmp(two)));
    ids
}

fn vulnerability(
    group: &[&Record],
    ids: &[String],
    package: &PackageName,
    about: &[(&Record, &RecordAffected)],
    exploited: Option<&Catalogue>,
) -> Vulnerability {
    let id = ids.first().cloned().unwrap_or_default();
    let mut records: Vec<String> = about.iter().map(|(record, _)| record.id.clone()).collect();
    records.sort();
    records.dedup();
    let aliases = ids.iter().filter(|other| **other != id && !records.contains(other)).cloned().collect();
    let mut affected = Affected::default();
    for (_, entry) in about {
        affected.unite(&entry.affected);
    }
    affected.tidy(true);
    let here = group.iter().flat_map(|record| &record.affected).filter(|entry| entry.package == *package);
    let scores = group.iter().flat_map(|record| &record.scores).chain(here.flat_map(|entry| &entry.scores)).cloned();
    let labels = group.iter().filter_map(|record| Some((record.label?, record.id.clone())));
    let quoted = || about.iter().map(|(record, _)| *record).chain(group.iter().copied());
    let link = quoted().find_map(|record| record.link.clone());
    let page = quoted().next().map_or(&id, |record| &record.id);
    Vulnerability {
        kind: if ids.iter().any(|id| rank(id, &["MAL-"]) == 0) { Kind::Malware } else { Kind::Flaw },
        severity: Severity::choose(scores, labels),
        exploited: match exploited {
            None => Known::Unknown("no catalogue of exploited vulnerabilities was read".to_string()),
            Some(catalogue) if ids.iter().any(|id| catalogue.cves.contains(&id.to_ascii_uppercase())) => {
                Known::Present(true)
            }
            Some(_) => Known::Absent,
        },
        summary: quoted()
            .map(|record| &record.summary)
            .find(|summary| !summary.is_empty())
            .cloned()
            .unwrap_or_default(),
        link: link.unwrap_or_else(|| format!("https://osv.dev/vulnerability/{page}")),
        published: group.iter().filter_map(|record| record.published).min(),
        modified: group.iter().filter_map(|record| record.modified).max(),
        id,
        records,
        aliases,
        affected,
    }
}
