//! HashSieve

use std::collections::BTreeSet;

use super::bench::{Bench, name};

#[test]
fn where_a_hash_is_demanded_a_file_with_another_is_left_out() {
    let (one, two) = ("a".repeat(64), "b".repeat(64));
    let mut bench = Bench::of(&[]);
    bench.file("demo-1.0-py3-none-any.whl", &format!(r#""hashes":{{"sha256":"{one}"}}"#));
    bench.file("demo-2.0-py3-none-any.whl", &format!(r#""hashes":{{"sha256":"{two}"}}"#));
    assert_eq!(bench.chosen(), ["2.0", "1.0"]);
    let demanded = format!("sha256:{one}").parse().unwrap();
    bench.policy.hashes.insert(name("demo"), BTreeSet::from([demanded]));
    assert_eq!(bench.chosen(), ["1.0"]);
    assert_eq!(bench.why_not("2.0").unwrap(), "has no file with a demanded hash");
}
