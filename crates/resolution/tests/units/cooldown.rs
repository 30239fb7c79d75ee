//! CooldownSieve

use super::bench::Bench;

fn bench() -> Bench {
    let mut bench = Bench::of(&[]);
    bench.file("demo-1.0-py3-none-any.whl", r#""upload-time":"2024-01-01T00:00:00Z""#);
    bench.file("demo-2.0-py3-none-any.whl", r#""upload-time":"2025-01-01T00:00:00Z""#);
    bench.file("demo-3.0-py3-none-any.whl", "");
    bench
}

#[test]
fn files_that_are_too_new_or_of_unknown_age_are_left_out() {
    let mut bench = bench();
    bench.policy.exclude_newer = Some(1_730_000_000_000_000);
    assert_eq!(bench.chosen(), ["1.0"]);
    assert_eq!(bench.why_not("2.0").unwrap(), "was uploaded after the --exclude-newer date");
    assert_eq!(bench.why_not("3.0").unwrap(), "has no upload time, which --exclude-newer needs");
}

#[test]
fn without_a_cooldown_the_age_counts_for_nothing() {
    assert_eq!(bench().chosen(), ["3.0", "2.0", "1.0"]);
}
