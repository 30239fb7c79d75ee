//! The whole PyPA advisory snapshot of 2024-10-10: nothing is lost, and every record agrees with an evaluation written
//! independently, on every listed version and around every bound.
//!
//! `THOTH_ADVISORY_ARCHIVE` names the archive (tar.zst); run with `-- --ignored`.

#![allow(clippy::unwrap_used, reason = "the fixture is what it is, and a panic is a failed test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
    time::Instant,
};

use evidence::{AnyVersion, Matcher, Record, SnapshotBuilder, osv};
use serde_yaml_ng::Value;

#[allow(clippy::print_stderr)]
fn say(line: &str) {
    eprintln!("{line}");
}

fn archive() -> Vec<(String, Vec<u8>)> {
    let path = std::env::var_os("THOTH_ADVISORY_ARCHIVE").expect("THOTH_ADVISORY_ARCHIVE names the archive");
    let file = std::fs::File::open(path).unwrap();
    let mut archive = tar::Archive::new(zstd::Decoder::new(file).unwrap());
    let mut files = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        if name.ends_with(".yaml") {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            files.push((name, bytes));
        }
    }
    files
}

#[test]
#[ignore = "needs the snapshot: set THOTH_ADVISORY_ARCHIVE to its archive"]
fn the_snapshot_loads_without_loss() {
    let files = archive();
    let started = Instant::now();
    let mut builder = SnapshotBuilder::new();
    builder.source("PyPA");
    for (name, bytes) in &files {
        builder.add(name, bytes);
    }
    let read = started.elapsed();
    let snapshot = builder.finish();
    let joined = started.elapsed();
    let stored: Vec<Vec<u8>> = snapshot.packages.values().map(evidence::PackageAdvisories::to_bytes).collect();
    let size: usize = stored.iter().map(Vec::len).sum();
    say(&format!("read in {read:.2?}, joined in {joined:.2?}, {size} bytes stored, snapshot {}", snapshot.id));
    assert_eq!((snapshot.records, snapshot.withdrawn, snapshot.not_pypi, snapshot.superseded), (2_661, 10, 0, 0));
    assert_eq!(snapshot.rejected, []);
    assert!(snapshot.newest.is_some());

    let mut packages = BTreeSet::new();
    let (mut listed, mut invalid, mut scored, mut last_affected) = (0, 0, 0, 0);
    for (name, bytes) in &files {
        let parsed = osv::parse(name, bytes).unwrap();
        for record in &parsed.records {
            scored += usize::from(!record.scores.is_empty());
            for entry in &record.affected {
                packages.insert(entry.package.clone());
                last_affected += entry
                    .affected
                    .ranges
                    .iter()
                    .filter(|range| matches!(range.until, evidence::Until::Through(_)))
                    .count();
            }
        }
        let raw: Value = serde_yaml_ng::from_slice(bytes).unwrap();
        for entry in list(&raw, "affected") {
            for version in list(entry, "versions") {
                listed += 1;
                invalid += usize::from(AnyVersion::parse(version.as_str().unwrap()).valid().is_none());
            }
        }
    }
    assert_eq!((packages.len(), listed, invalid, scored, last_affected), (664, 140_847, 108, 202, 1));
    for complaint in snapshot.complaints.iter().take(20) {
        say(&format!("{}: {}", complaint.id, complaint.what));
    }
    for (advisories, bytes) in snapshot.packages.values().zip(&stored) {
        assert_eq!(&evidence::PackageAdvisories::from_bytes(bytes).unwrap(), advisories);
    }
}

#[test]
#[ignore = "needs the snapshot: set THOTH_ADVISORY_ARCHIVE to its archive"]
fn every_record_agrees_with_an_independent_evaluation() {
    let files = archive();
    let mut builder = SnapshotBuilder::new();
    for (name, bytes) in &files {
        builder.add(name, bytes);
    }
    let snapshot = builder.finish();
    // Every version that any record of a package names, with its neighbours.
    let mut probes: BTreeMap<String, BTreeMap<String, (String, AnyVersion)>> = BTreeMap::new();
    let mut entries: Vec<(String, String, bool, Value)> = Vec::new();
    for (_, bytes) in &files {
        let raw: Value = serde_yaml_ng::from_slice(bytes).unwrap();
        let withdrawn = raw.get("withdrawn").is_some_and(|value| !value.is_null());
        for entry in list(&raw, "affected") {
            let package = normal(entry["package"]["name"].as_str().unwrap());
            let probes = probes.entry(package.clone()).or_default();
            for probe in probes_of(entry) {
                let parsed = (key(&probe), AnyVersion::parse(&probe));
                probes.insert(probe, parsed);
            }
            entries.push((raw["id"].as_str().unwrap().to_string(), package, withdrawn, entry.clone()));
        }
    }

    // Record by record, on the versions it lists and around its bounds.
    let (mut pairs, mut of_listed, mut differences) = (0_usize, 0_usize, Vec::new());
    let records: BTreeMap<String, Record> = files
        .iter()
        .flat_map(|(name, bytes)| osv::parse(name, bytes).unwrap().records)
        .map(|record| (record.id.clone(), record))
        .collect();
    for (id, package, _, raw) in &entries {
        let record = &records[id];
        let ours =
            record.affected.iter().find(|entry| entry.package.to_string() == *package).unwrap().affected.bounds();
        let naive = Naive::new(raw);
        of_listed += listed(raw).len();
        for version in listed(raw) {
            assert!(ours.contains(&AnyVersion::parse(&version)), "{id} lists {version}");
        }
        for probe in probes_of(raw) {
            pairs += 1;
            let expected = naive.affects(&key(&probe));
            if ours.contains(&AnyVersion::parse(&probe)) != expected {
                differences.push(format!("{id} {package} {probe}: expected {expected}"));
            }
        }
    }
    assert_eq!(differences, Vec::<String>::new());
    assert_eq!(of_listed, 140_847);

    // The whole snapshot, joined: for every package and every version anybody named, the identifiers found cover exactly
    // the records that the naive evaluation finds and that stand.
    let mut by_package: BTreeMap<&str, Vec<(&str, Naive)>> = BTreeMap::new();
    for (id, package, withdrawn, raw) in &entries {
        if !withdrawn {
            by_package.entry(package).or_default().push((id, Naive::new(raw)));
        }
    }
    let mut joined = 0_usize;
    for (package, naives) in &by_package {
        let advisories = &snapshot.packages[&package.parse().unwrap()];
        let matcher = Matcher::new(advisories);
        let joint: BTreeSet<&str> = advisories
            .vulnerabilities
            .iter()
            .filter(|vulnerability| vulnerability.records.len() > 1)
            .flat_map(evidence::Vulnerability::ids)
            .collect();
        for (probe, (key, parsed)) in &probes[*package] {
            joined += 1;
            let found: BTreeSet<&str> = matcher.affecting_any(parsed).iter().flat_map(|found| found.ids()).collect();
            for (id, naive) in naives {
                let expected = naive.affects(key);
                // An alias-joined record of the same vulnerability may affect more; never less.
                assert!(found.contains(id) || !expected, "{package} {probe}: {id} is missing");
                assert!(expected || joint.contains(id) || !found.contains(id), "{package} {probe}: {id} is too many");
            }
        }
    }
    say(&format!("{pairs} pairs of record and version, {joined} of package and version"));
}

/// The evaluation of the OSV specification, written down naively: straight from the raw values, sorted and compared as
/// texts, nothing shared with the code under test.
struct Naive {
    listed: BTreeSet<String>,
    ranges: Vec<Vec<(String, String)>>,
}

impl Naive {
    fn new(entry: &Value) -> Self {
        let mut ranges = Vec::new();
        for range in version_ranges(entry) {
            // At one version an end comes before a beginning: `[1, 2)` and `[2, 3)` in one range leave no hole at 2, as
            // the texts of PYSEC-2023-72 and PYSEC-2022-42972 confirm.
            let mut events: Vec<(String, String)> = list(range, "events")
                .iter()
                .map(|event| {
                    let (kind, version) = event.as_mapping().unwrap().iter().next().unwrap();
                    let (kind, version) = (kind.as_str().unwrap(), version.as_str().unwrap());
                    let lowest = kind == "introduced" && version == "0";
                    (if lowest { String::new() } else { key(version) }, kind.to_string())
                })
                .collect();
            events.sort();
            ranges.push(events);
        }
        Self { listed: listed(entry).iter().map(|version| key(version)).collect(), ranges }
    }

    fn affects(&self, version: &str) -> bool {
        self.listed.contains(version) || self.ranges.iter().any(|events| walk(events, version))
    }
}

/// Walks sorted events, as the specification's pseudo-code does.
fn walk(events: &[(String, String)], version: &str) -> bool {
    let mut affected = false;
    for (bound, kind) in events {
        match kind.as_str() {
            "introduced" if version >= bound.as_str() => affected = true,
            "fixed" if version >= bound.as_str() => affected = false,
            "last_affected" if version > bound.as_str() => affected = false,
            _ => {}
        }
    }
    affected
}

/// A text that sorts as the version does: every number padded, every phase of a release a letter. Written from PEP 440's
/// summary of ordering, without the version type of the crate under test.
fn key(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    let bare = lower.strip_prefix('v').unwrap_or(&lower);
    let (public, local) = bare.split_once('+').map_or((bare, None), |(public, local)| (public, Some(local)));
    let Some(public) = public_key(public) else { return format!("!{}", text.trim()) };
    match local {
        None => format!("{public} "),
        Some(local) if !local.is_empty() && local.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)) => {
            let parts = local.split(['.', '-', '_']).map(|part| match part.parse::<u64>() {
                Ok(number) => format!("9{number:020}"),
                Err(_) => format!("1{part}"),
            });
            format!("{public}+{}", parts.collect::<Vec<_>>().join(" "))
        }
        Some(_) => format!("!{}", text.trim()),
    }
}

fn public_key(public: &str) -> Option<String> {
    let (epoch, rest) = public.split_once('!').map_or(("0", public), |(epoch, rest)| (epoch, rest));
    let epoch: u64 = epoch.parse().ok()?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let release = rest[..end].trim_end_matches('.');
    let mut phase = &rest[release.len()..];
    let mut numbers = release.split('.').map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<_>>>()?;
    while numbers.last() == Some(&0) && numbers.len() > 1 {
        numbers.pop();
    }
    let (mut pre, mut post, mut dev) = (None, None, None);
    for (words, slot) in [
        (&["alpha", "beta", "preview", "pre", "rc", "a", "b", "c"][..], &mut pre),
        (&["post", "rev", "r", "-"][..], &mut post),
        (&["dev"][..], &mut dev),
    ] {
        let trimmed = phase.trim_start_matches(['.', '_', '-']);
        for word in words {
            let start = if *word == "-" { phase } else { trimmed };
            if phase.len().saturating_sub(start.len()) > 1 {
                return None;
            }
            let Some(after) = start.strip_prefix(word) else { continue };
            let unseparated = if *word == "-" { after } else { after.strip_prefix(['.', '_', '-']).unwrap_or(after) };
            let digits = unseparated.find(|c: char| !c.is_ascii_digit()).unwrap_or(unseparated.len());
            if digits == 0 && *word == "-" {
                continue;
            }
            let (number, left) =
                if digits == 0 { ("0", after) } else { (&unseparated[..digits], &unseparated[digits..]) };
            let letter = match *word {
                "alpha" | "a" => "b",
                "beta" | "b" => "c",
                "preview" | "pre" | "rc" | "c" => "d",
                _ => "",
            };
            *slot = Some(format!("{letter}{:020}", number.parse::<u64>().ok()?));
            phase = left;
            break;
        }
    }
    if !phase.is_empty() {
        return None;
    }
    let numbers: Vec<String> = numbers.iter().map(|number| format!("{number:020}")).collect();
    let first = match (&pre, &post, &dev) {
        (None, None, Some(_)) => "a".to_string(),
        (Some(pre), ..) => pre.clone(),
        (None, ..) => "e".to_string(),
    };
    let (post, dev) =
        (post.map_or("a".to_string(), |post| format!("b{post}")), dev.map_or("b".to_string(), |dev| format!("a{dev}")));
    // A blank sorts before every digit, so that a shorter release comes first.
    Some(format!("{epoch:020}!{} {first}.{post}.{dev}", numbers.join("."),))
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_sequence).map_or(&[], Vec::as_slice)
}

fn normal(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

fn listed(entry: &Value) -> Vec<String> {
    list(entry, "versions").iter().map(|version| version.as_str().unwrap().to_string()).collect()
}

fn version_ranges(entry: &Value) -> impl Iterator<Item = &Value> {
    list(entry, "ranges").iter().filter(|range| range["type"].as_str() == Some("ECOSYSTEM"))
}

/// Every version an entry lists, and every bound of its ranges with versions just beside it.
fn probes_of(entry: &Value) -> Vec<String> {
    let bounds = version_ranges(entry)
        .flat_map(|range| list(range, "events"))
        .filter_map(|event| event.as_mapping().and_then(|event| event.values().next()).and_then(Value::as_str));
    listed(entry).into_iter().chain(bounds.flat_map(around)).collect()
}

/// A version and versions just beside it.
fn around(text: &str) -> Vec<String> {
    let mut near = vec![text.to_string()];
    if key(text).starts_with('!') || text.contains('+') || text.contains("dev") {
        return near;
    }
    near.push(format!("{text}.dev0"));
    if !text.contains("post") && !text.contains("rev") && !text.contains('-') {
        near.push(format!("{text}.post1"));
    }
    if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
        near.extend([
            format!("{text}a0"),
            format!("{text}rc1"),
            format!("{text}.0"),
            format!("{text}.0.1"),
            format!("1!{text}"),
        ]);
    }
    near
}
