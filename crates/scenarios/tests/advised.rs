//! What the stories expect of vulnerabilities agrees with what the evidence crate makes of their records.

use std::{collections::BTreeSet, path::Path};

use evidence::{Ignores, Kind, Matcher, Snapshot, SnapshotBuilder, Vulnerability};
use packaging::{PackageName, Version};
use scenarios::{Outcome, Scenario, load_all, scenario::Recommendation};

fn stories() -> Vec<(String, Scenario)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let stories = load_all(&folder).expect("every story parses").into_iter();
    stories.map(|(path, scenario)| (path.display().to_string(), scenario)).collect()
}

fn snapshot(scenario: &Scenario) -> Snapshot {
    let mut builder = SnapshotBuilder::new();
    for (name, text) in scenario.advisory_records() {
        builder.add(&name, text.as_bytes());
    }
    builder.finish()
}

/// What affects a release and is not ignored.
fn affecting<'a>(
    snapshot: &'a Snapshot,
    ignores: &Ignores,
    package: &PackageName,
    version: &Version,
) -> Vec<&'a Vulnerability> {
    let Some(advisories) = snapshot.packages.get(package) else { return Vec::new() };
    let affecting = Matcher::new(advisories).affecting(version).into_iter();
    affecting.filter(|vulnerability| ignores.matching(vulnerability).is_none()).collect()
}

#[test]
fn exactly_the_vulnerabilities_of_the_stack_remain_and_none_is_malware() {
    for (path, scenario) in stories() {
        let Outcome::Stack(stack) = scenario.outcome() else { continue };
        let (snapshot, ignores) = (snapshot(&scenario), Ignores::new(&scenario.options.ignore));
        let mut named: BTreeSet<&String> = scenario.expect.remaining.iter().collect();
        for (package, version) in &stack {
            for vulnerability in affecting(&snapshot, &ignores, package, version) {
                assert_eq!(vulnerability.kind, Kind::Flaw, "{path}: {package} {version} is malware");
                let ids: Vec<&str> = vulnerability.ids().collect();
                let found = scenario.expect.remaining.iter().any(|id| ids.contains(&id.as_str()));
                assert!(found, "{path}: {ids:?} remains in {package} {version}");
                named.retain(|id| !ids.contains(&id.as_str()));
            }
        }
        assert!(named.is_empty(), "{path}: {named:?} does not remain");
    }
}

#[test]
fn what_is_avoided_for_its_own_sake_is_affected() {
    for (path, scenario) in stories() {
        if scenario.expect.avoided.is_empty() {
            continue;
        }
        assert_ne!(
            (scenario.options.recommendation, scenario.advisories.iter().any(|it| it.id.starts_with("MAL-"))),
            (Recommendation::Latest, false),
            "{path}: latest avoids nothing but malware"
        );
        let (snapshot, ignores) = (snapshot(&scenario), Ignores::new(&scenario.options.ignore));
        let affected = |release: &String| {
            release.split_once(' ').is_some_and(|(name, version)| {
                let (Ok(name), Ok(version)) = (name.parse(), version.parse()) else { return false };
                !affecting(&snapshot, &ignores, &name, &version).is_empty()
            })
        };
        // A parent may be avoided only for what it brings along, which need not be avoided by name.
        let brought = scenario.packages.iter().any(|(name, releases)| {
            let releases = releases.keys().map(|version| format!("{name} {version}"));
            releases.into_iter().any(|release| affected(&release))
        });
        assert!(scenario.expect.avoided.iter().any(affected) || brought, "{path}: nothing affected is avoided");
    }
}

#[test]
fn a_broken_file_of_advisories_is_rejected_by_name() {
    for (path, scenario) in stories() {
        let rejected: Vec<String> = snapshot(&scenario).rejected.into_iter().map(|file| file.file).collect();
        let broken: Vec<String> =
            scenario.advisory_files.keys().filter(|name| name.contains("broken")).cloned().collect();
        assert_eq!(rejected, broken, "{path}");
    }
}
