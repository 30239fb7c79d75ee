//! What users would see of advisories: files in, matches out.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use evidence::{
    Ignores, Kind, Known, Matcher, PackageAdvisories, Severity, Snapshot, SnapshotBuilder, Vulnerability, osv,
};
use packaging::Version;

fn snapshot(files: &[(&str, &str)]) -> Snapshot {
    let mut builder = SnapshotBuilder::new();
    builder.source("test");
    for (name, text) in files {
        builder.add(name, text.as_bytes());
    }
    builder.finish()
}

fn package<'a>(snapshot: &'a Snapshot, name: &str) -> &'a PackageAdvisories {
    &snapshot.packages[&name.parse().unwrap()]
}

fn matches(snapshot: &Snapshot, name: &str, version: &str) -> Vec<String> {
    let version: Version = version.parse().unwrap();
    let Some(advisories) = snapshot.packages.get(&name.parse().unwrap()) else { return Vec::new() };
    Matcher::new(advisories).affecting(&version).iter().map(|found| found.id.clone()).collect()
}

fn complaints(snapshot: &Snapshot) -> Vec<String> {
    snapshot.complaints.iter().map(|complaint| format!("{}: {}", complaint.id, complaint.what)).collect()
}

/// A record with one entry about `demo`.
fn demo(id: &str, entry: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"2024-01-01T00:00:00Z","affected":[{{"package":{{"ecosystem":"PyPI","name":"demo"}},{entry}}}]}}"#
    )
}

const PYSEC: &str = "
id: PYSEC-2023-73
modified: 2023-07-01T00:00:00Z
published: 2023-03-26T19:15:00Z
aliases:
- CVE-2023-28858
- GHSA-24wv-mv5m-xv4h
details: |
  redis-py before 4.5.3 leaves a connection open.
  And more.
affected:
- package: {ecosystem: PyPI, name: Redis_Py, purl: 'pkg:pypi/redis-py'}
  ranges:
  - type: GIT
    repo: https://example.com/redis
    events: [{introduced: '0'}, {fixed: 0c4e1b9}]
  - type: ECOSYSTEM
    events:
    - introduced: 4.5.0
    - fixed: 4.5.10
    - fixed: 4.3.6
    - introduced: 4.2.0
  versions: [4.2.0, 4.10]
references:
- {type: WEB, url: 'https://example.com/web'}
";

const GHSA: &str = r#"{"schema_version":"1.7.3","id":"GHSA-24wv-mv5m-xv4h","modified":"2024-02-01T00:00:00Z","published":"2023-03-26T00:00:00Z",
  "aliases":["CVE-2023-28858"],"summary":"redis-py race condition","details":"long",
  "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N"}],
  "affected":[{"package":{"ecosystem":"PyPI","name":"redis-py"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"4.5.0"},{"fixed":"4.5.11"}]}]}],
  "references":[{"type":"WEB","url":"https://example.com/"},{"type":"ADVISORY","url":"https://example.com/advisory"}],
  "database_specific":{"severity":"LOW","cwe_ids":["CWE-193"],"github_reviewed":true}}"#;

#[test]
fn a_flaw_that_two_databases_describe_is_one_vulnerability() {
    let snapshot = snapshot(&[("vulns/redis/PYSEC-2023-73.yaml", PYSEC), ("GHSA-24wv-mv5m-xv4h.json", GHSA)]);
    let advisories = package(&snapshot, "redis-py");
    let [found] = advisories.vulnerabilities.as_slice() else { panic!("{advisories:?}") };
    insta::assert_debug_snapshot!(found, @r#"
    Vulnerability {
        id: "CVE-2023-28858",
        records: [
            "GHSA-24wv-mv5m-xv4h",
            "PYSEC-2023-73",
        ],
        aliases: [],
        kind: Flaw,
        severity: Scored(
            Score {
                version: V31,
                tenths: 37,
                vector: "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N",
                source: "GHSA-24wv-mv5m-xv4h",
            },
        ),
        exploited: Unknown(
            "no catalogue of exploited vulnerabilities was read",
        ),
        summary: "redis-py race condition",
        link: "https://example.com/advisory",
        published: Some(
            1679788800000000,
        ),
        modified: Some(
            1706745600000000,
        ),
        affected: Affected {
            ranges: [
                Range {
                    introduced: Some(
                        "4.2.0",
                    ),
                    until: Before(
                        "4.3.6",
                    ),
                },
                Range {
                    introduced: Some(
                        "4.5.0",
                    ),
                    until: Before(
                        "4.5.10",
                    ),
                },
                Range {
                    introduced: Some(
                        "4.5.0",
                    ),
                    until: Before(
                        "4.5.11",
                    ),
                },
            ],
            versions: [
                "4.10",
            ],
        },
    }
    "#);
    let fixed: Vec<String> =
        found.affected.fixed_after(&"4.2.1".parse().unwrap()).iter().map(ToString::to_string).collect();
    assert_eq!(fixed, ["4.3.6", "4.5.11"]);
    for (version, affected) in [("4.2", true), ("4.4", false), ("4.5.10", true), ("4.5.11", false), ("4.10.0", true)] {
        assert_eq!(!matches(&snapshot, "redis-py", version).is_empty(), affected, "{version}");
    }
    assert_eq!(complaints(&snapshot), Vec::<String>::new());
    assert_eq!(PackageAdvisories::from_bytes(&advisories.to_bytes()).unwrap(), *advisories);
}

#[test]
fn an_unquoted_number_in_yaml_is_the_version_as_written() {
    let text = "id: A-1\naffected:\n- package: {ecosystem: PyPI, name: demo}\n  ranges:\n  - type: ECOSYSTEM\n    events: [{introduced: 1.10}, {fixed: 1.20}]\n";
    let snapshot = snapshot(&[("a.yaml", text)]);
    assert_eq!(matches(&snapshot, "demo", "1.10"), ["A-1"]);
    assert!(matches(&snapshot, "demo", "1.2").is_empty());
    assert_eq!(matches(&snapshot, "demo", "1.19"), ["A-1"]);
}

#[test]
fn a_withdrawn_record_neither_matches_nor_connects() {
    let withdrawn = r#"{"id":"GHSA-x","aliases":["CVE-1-1","CVE-2-2"],"withdrawn":"2024-01-01T00:00:00Z",
        "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected":[{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0"]}]}"#;
    let one = demo("CVE-1-1", r#""versions":["2.0"]"#);
    let two = demo("CVE-2-2", r#""versions":["2.0"]"#);
    let snapshot = snapshot(&[("w.json", withdrawn), ("1.json", &one), ("2.json", &two)]);
    assert_eq!((snapshot.records, snapshot.withdrawn), (3, 1));
    assert!(matches(&snapshot, "demo", "1.0").is_empty());
    assert_eq!(matches(&snapshot, "demo", "2.0"), ["CVE-1-1", "CVE-2-2"]);
    assert_eq!(package(&snapshot, "demo").vulnerabilities[0].severity, Severity::Unscored);
}

#[test]
fn a_withdrawal_that_cannot_be_read_does_not_clear_anything() {
    let text = demo("A-1", r#""versions":["1.0"]"#).replace(r#""id""#, r#""withdrawn":"perhaps","id""#);
    let snapshot = snapshot(&[("a.json", &text)]);
    assert_eq!(matches(&snapshot, "demo", "1.0"), ["A-1"]);
    assert_eq!(
        complaints(&snapshot),
        ["A-1: `withdrawn` is `perhaps`, which is not an RFC 3339 time: it counts as not given"]
    );
}

#[test]
fn what_is_only_related_stays_apart() {
    let one = demo("A-1", r#""versions":["1.0"]"#).replace(r#""id""#, r#""related":["B-2"],"upstream":["B-2"],"id""#);
    let two = demo("B-2", r#""versions":["1.0"]"#);
    assert_eq!(matches(&snapshot(&[("a.json", &one), ("b.json", &two)]), "demo", "1.0"), ["A-1", "B-2"]);
}

#[test]
fn a_severity_comes_through_an_alias_even_from_a_record_about_nothing_on_pypi() {
    let flaw = demo("PYSEC-1-1", r#""versions":["1.0"]"#).replace(r#""id""#, r#""aliases":["cve-2024-9"],"id""#);
    let cve = r#"{"id":"CVE-2024-9","severity":[{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:C/I:C/A:C"},
        {"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}],
        "affected":[{"package":{"ecosystem":"Debian:12","name":"python-demo"},"versions":["1.0"]}]}"#;
    let snapshot = snapshot(&[("p.json", &flaw), ("c.json", cve)]);
    assert_eq!((snapshot.records, snapshot.not_pypi), (1, 1));
    let found = &package(&snapshot, "demo").vulnerabilities[0];
    assert_eq!((found.id.as_str(), found.severity.to_string().as_str()), ("CVE-2024-9", "critical (CVSS 4.0 9.3)"));
}

#[test]
fn a_word_counts_where_there_is_no_vector() {
    let text = demo("A-1", r#""versions":["1.0"]"#)
        .replace(r#""id""#, r#""database_specific":{"severity":"MODERATE"},"severity":[{"type":"CVSS_V3","score":"7.5"},{"type":"Ubuntu","score":"high"}],"id""#);
    let snapshot = snapshot(&[("a.json", &text)]);
    let found = &package(&snapshot, "demo").vulnerabilities[0];
    assert_eq!((found.severity.to_string(), found.severity.score_tenths()), ("medium".to_string(), None));
    insta::assert_snapshot!(complaints(&snapshot).join("\n"), @r"
    A-1: `7.5` is not a CVSS vector: the metric AV is missing
    A-1: a severity of the type `Ubuntu` is not understood
    ");
}

#[test]
fn a_malware_report_comes_first() {
    let flaw = demo(
        "GHSA-1-1",
        r#""severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"versions":["1.0"]"#,
    );
    let malware = demo("MAL-2024-7", r#""versions":["1.0"]"#).replace(r#""id""#, r#""aliases":["GHSA-2-2"],"id""#);
    let snapshot = snapshot(&[("g.json", &flaw), ("m.json", &malware)]);
    assert_eq!(matches(&snapshot, "demo", "1.0"), ["MAL-2024-7", "GHSA-1-1"]);
    let malware: Vec<&Vulnerability> =
        package(&snapshot, "demo").vulnerabilities.iter().filter(|one| one.kind == Kind::Malware).collect();
    assert_eq!(malware.len(), 1);
}

#[test]
fn the_catalogue_of_exploited_vulnerabilities_marks_by_cve_alias() {
    let kev = (
        "known_exploited_vulnerabilities.json",
        r#"{"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-2024-9"}]}"#,
    );
    let one = demo("GHSA-1-1", r#""versions":["1.0"]"#).replace(r#""id""#, r#""aliases":["CVE-2024-9"],"id""#);
    let two = demo("CVE-2024-8", r#""versions":["1.0"]"#);
    let with = snapshot(&[("1.json", &one), ("2.json", &two), kev]);
    let exploited: Vec<_> =
        package(&with, "demo").vulnerabilities.iter().map(|found| found.exploited.clone()).collect();
    assert_eq!(exploited, [Known::Absent, Known::Present(true)]);
    assert_eq!(matches(&with, "demo", "1.0"), ["CVE-2024-9", "CVE-2024-8"]);
    let without = snapshot(&[("1.json", &one), ("2.json", &two)]);
    assert!(package(&without, "demo").vulnerabilities.iter().all(|found| matches!(found.exploited, Known::Unknown(_))));
    assert_ne!(with.id, without.id);
    let broken = snapshot(&[("1.json", &one), ("kev.json", r#"{"catalogVersion":"1","vulnerabilities":[{"cveID""#)]);
    assert_eq!((broken.exploited, broken.rejected_count), (None, 1));
}

#[test]
fn a_broken_record_in_a_list_does_not_cost_the_others() {
    let good = demo("A-1", r#""versions":["1.0"]"#);
    let text = format!(
        "{{\"vulns\": [\n{good},\n  {{\"id\": 5}},\n  {{\"summary\": \"x\"}},\n  {{\"id\": \"B-2\",\n   \"affected\": 7}}\n]}}"
    );
    let snapshot = snapshot(&[("answer.json", &text)]);
    assert_eq!(matches(&snapshot, "demo", "1.0"), ["A-1"]);
    let rejected: Vec<String> = snapshot
        .rejected
        .iter()
        .map(|one| format!("{}:{} {}", one.file, one.place.clone().unwrap_or_default(), one.reason))
        .collect();
    insta::assert_snapshot!(rejected.join("\n"), @r"
    answer.json:3:3 `5` is not the identifier of an advisory
    answer.json:4:3 it has no `id`
    answer.json:6:16 invalid type: integer `7`, expected a sequence
    ");
}

#[test]
fn broken_files_name_the_place_and_the_rest_is_used() {
    let good = demo("A-1", r#""versions":["1.0"]"#);
    let snapshot = snapshot(&[
        ("cut.json", r#"{"id": "A-2", "affected": ["#),
        ("cut.yaml", "id: A-3\naffected:\n- package: {name: x\n"),
        ("tabs.yaml", "id: A-4\n\tbad: 1\n"),
        ("two.yaml", "id: A-5\n---\nid: A-6\n"),
        ("text.json", "hello"),
        ("empty.json", ""),
        ("empty.yaml", ""),
        ("nothing.json", "{}"),
        ("good.json", &good),
    ]);
    assert_eq!(matches(&snapshot, "demo", "1.0"), ["A-1"]);
    let rejected: Vec<String> = snapshot
        .rejected
        .iter()
        .map(|one| format!("{}:{} {}", one.file, one.place.clone().unwrap_or_default(), one.reason))
        .collect();
    insta::assert_snapshot!(rejected.join("\n"), @r"
    cut.json:1:27 EOF while parsing a list
    cut.yaml:4:1 did not find expected ',' or '}' at line 4 column 1, while parsing a flow mapping at line 3 column 12
    tabs.yaml:2:1 found a tab character that violates indentation at line 2 column 1, while scanning a plain scalar at line 1 column 5
    two.yaml: deserializing from YAML containing more than one document is not supported
    text.json:1:1 expected value
    empty.json:1:0 EOF while parsing a value
    empty.yaml: it has no `id`
    ");
}

#[test]
fn what_cannot_be_read_of_a_record_never_reads_as_clean() {
    let cases = [
        ("an event that says nothing", r#""ranges":[{"type":"ECOSYSTEM","events":[{},{"fixed":"2.0"}]}]"#, "1.0"),
        (
            "an introduction that is no text",
            r#""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":{}},{"fixed":"2.0"}]}]"#,
            "1.0",
        ),
        (
            "a fix that is no text",
            r#""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":1.5}]}]"#,
            "9.0",
        ),
        (
            "both ends",
            r#""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.0"},{"last_affected":"2.0"}]}]"#,
            "2.0",
        ),
        (
            "several things in one event",
            r#""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0","fixed":"1.5"}]}]"#,
            "1.0",
        ),
        ("no events", r#""ranges":[{"type":"ECOSYSTEM","events":[]}],"versions":["0.1"]"#, "1.0"),
        ("ranges that are no list", r#""ranges":"all","versions":["0.1"]"#, "1.0"),
        ("versions that are no list", r#""versions":{"1":"2"}"#, "1.0"),
        (
            "a range of an unknown type",
            r#""ranges":[{"type":"CALVER","events":[{"introduced":"0"},{"fixed":"2.0"}]}],"versions":["0.1"]"#,
            "1.0",
        ),
        ("commits only", r#""ranges":[{"type":"GIT","events":[{"introduced":"0"},{"fixed":"abc"}]}]"#, "1.0"),
        ("nothing at all", r#""severity":[]"#, "1.0"),
    ];
    for (story, entry, version) in cases {
        let snapshot = snapshot(&[("a.json", &demo("A-1", entry))]);
        assert_eq!(matches(&snapshot, "demo", version), ["A-1"], "{story}");
        assert!(!snapshot.complaints.is_empty(), "{story}");
    }
}

#[test]
fn a_record_that_is_about_nobody_knows_what_is_complained_about() {
    let text = r#"{"id":"A-1","affected":[{"versions":["1.0"]},{"package":{"ecosystem":"PyPI","name":"a b"},"versions":["1"]},
        {"package":{"purl":"pkg:pypi/demo@1.0"},"versions":["1.0"]},{"package":{"purl":"pkg:npm/demo"},"versions":["2.0"]}]}"#;
    let snapshot = snapshot(&[("a.json", text)]);
    assert_eq!(matches(&snapshot, "demo", "1.0"), ["A-1"]);
    assert!(matches(&snapshot, "demo", "2.0").is_empty());
    insta::assert_snapshot!(complaints(&snapshot).join("\n"), @r#"
    A-1: affected[0] is matched to no package: it names none
    A-1: affected[1] is matched to no package: Not a valid package or extra name: "a b". Names must start and end with a letter or digit and may only contain -, _, ., and alphanumeric characters.
    "#);
}

#[test]
fn the_last_known_affected_version_closes_an_open_range() {
    let text = demo(
        "A-1",
        r#""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}],"database_specific":{"last_known_affected_version_range":"<= 1.2"}"#,
    );
    let snapshot = snapshot(&[("a.json", &text)]);
    assert_eq!(matches(&snapshot, "demo", "1.2"), ["A-1"]);
    assert!(matches(&snapshot, "demo", "1.2.1").is_empty());
}

#[test]
fn the_newest_copy_of_a_record_counts() {
    let old = demo("A-1", r#""versions":["1.0"]"#);
    let new = demo("A-1", r#""versions":["2.0"]"#).replace("2024-01-01", "2024-02-01");
    for files in [[("old.json", old.as_str()), ("new.json", &new)], [("new.json", &new), ("old.json", old.as_str())]] {
        let snapshot = snapshot(&files);
        assert_eq!((snapshot.records, snapshot.superseded), (1, 1));
        assert!(matches(&snapshot, "demo", "1.0").is_empty());
        assert_eq!(matches(&snapshot, "demo", "2.0"), ["A-1"]);
    }
}

#[test]
fn the_identity_is_that_of_the_content() {
    let yaml = "id: A-1\nmodified: 2024-01-01T00:00:00Z\naffected:\n- package: {ecosystem: PyPI, name: Demo}\n  versions: ['1.0.0', '2.0']\n";
    let json = demo("A-1", r#""versions":["2.0","1.0.0"],"ranges":[]"#);
    assert_eq!(snapshot(&[("a.yaml", yaml)]).id, snapshot(&[("b.json", &format!("[{json}]"))]).id);
    assert_ne!(snapshot(&[("a.json", &json)]).id, snapshot(&[("a.json", &json.replace("2.0", "2.1"))]).id);
    assert_ne!(snapshot(&[]).id, snapshot(&[("a.json", &json)]).id);
}

#[test]
fn an_ignore_matches_any_alias_and_an_unused_one_is_told() {
    let snapshot = snapshot(&[("p.yaml", PYSEC), ("g.json", GHSA)]);
    let found = &package(&snapshot, "redis-py").vulnerabilities;
    let ignores = Ignores::new(["pysec-2023-73", " ghsa-24wv-MV5M-xv4h", "CVE-1999-1", ""]);
    assert!(ignores.matching(&found[0]).is_some());
    assert_eq!(ignores.unused(found), ["CVE-1999-1"]);
    assert_eq!(Ignores::new(["CVE-1999-1"]).matching(&found[0]), None);
    assert!(Ignores::new([" "]).is_empty());
}

#[test]
fn stored_bytes_of_another_time_or_a_damaged_disk_are_refused() {
    let snapshot = snapshot(&[("g.json", GHSA)]);
    let bytes = package(&snapshot, "redis-py").to_bytes();
    let mut other = bytes.clone();
    other[0] = 200;
    assert!(PackageAdvisories::from_bytes(&other).unwrap_err().to_string().contains("format 200"));
    for end in 0..bytes.len() {
        assert!(PackageAdvisories::from_bytes(&bytes[..end]).is_err());
    }
    assert!(PackageAdvisories::from_bytes(&[bytes, vec![0]].concat()).is_err());
}

#[test]
fn hostile_depth_and_size_are_refused_and_not_followed() {
    let deep = format!("{{\"id\":\"A-1\",\"x\":{}", "[".repeat(1_000_000));
    assert!(osv::parse("deep.json", deep.as_bytes()).is_err());
    let deep = format!("{{\"id\":\"A-1\",\"affected\":{}{}}}", "[".repeat(1_000), "]".repeat(1_000));
    assert!(osv::parse("deep.json", deep.as_bytes()).map_or(true, |parsed| parsed.records.is_empty()));
    let deep = format!("id: A-1\nx: {}", "[".repeat(1_000_000));
    assert!(
        osv::parse("deep.yaml", deep.as_bytes()).unwrap_err().to_string().contains("deep.yaml:2:504: it is nested")
    );
    let deep = format!("id: A-1\nx: {}1{}", "[".repeat(400), "]".repeat(400));
    assert!(osv::parse("deep.yaml", deep.as_bytes()).is_ok_and(|parsed| parsed.records.len() == 1));
    let deep = format!("id: A-1\naffected: {}1{}", "- ".repeat(100_000), "");
    assert!(osv::parse("deep.yaml", deep.as_bytes()).is_err());
    let long = "x".repeat(5 << 20);
    assert!(osv::parse("long.yaml", long.as_bytes()).is_err());
    assert!(osv::parse("latin1.json", b"{\"id\":\"\xe9\"}").unwrap_err().to_string().contains("latin1.json:1:8"));
}
