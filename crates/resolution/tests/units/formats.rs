//! FormatSieve

use super::bench::Bench;

#[test]
fn a_format_that_is_not_wanted_is_left_out() {
    let mut bench = Bench::of(&["1.0"]);
    bench.file("demo-2.0.tar.gz", "");
    assert_eq!(bench.chosen(), ["2.0", "1.0"]);
    bench.policy.formats.only_binary.all = true;
    assert_eq!(bench.chosen(), ["1.0"]);
    assert_eq!(bench.why_not("2.0").unwrap(), "has no file in an allowed format (--only-binary, --no-binary)");
}
