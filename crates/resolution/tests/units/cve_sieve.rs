//! CveSieve

use evidence::Ignores;

use super::bench::Bench;

/// 9.8, and one that nobody scored.
const CRITICAL: &str = r#""severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]"#;

fn bench() -> Bench {
    let records = [("PYSEC-2024-1", "2.0", CRITICAL), ("PYSEC-2024-2", "3.0", "")];
    Bench::of(&["1.0", "2.0", "3.0"]).advisories(&records)
}

#[test]
fn nothing_is_left_out_before_somebody_asks() {
    assert_eq!(bench().chosen(), ["3.0", "2.0", "1.0"]);
}

#[test]
fn vulnerable_releases_are_left_out() {
    let bench = bench().with("CveSieve", &[]);
    assert_eq!(bench.chosen(), ["3.0"]);
    assert_eq!(
        bench.why_not("1.0").unwrap(),
        "is affected by a vulnerability to be avoided (PYSEC-2024-1, PYSEC-2024-2)"
    );
}

#[test]
fn only_those_at_least_so_severe_are_left_out() {
    assert_eq!(bench().with("CveSieve", &[("minimum", 70)]).chosen(), ["3.0", "2.0"]);
    assert_eq!(bench().with("CveSieve", &[("minimum", 99)]).chosen(), ["3.0", "2.0", "1.0"]);
}

#[test]
fn what_is_ignored_does_not_count() {
    let mut bench = bench().with("CveSieve", &[]);
    bench.policy.ignores = Ignores::new(vec!["PYSEC-2024-2".to_string()]);
    assert_eq!(bench.chosen(), ["3.0", "2.0"]);
}
