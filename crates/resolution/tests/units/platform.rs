//! PlatformSieve

use super::bench::Bench;

#[test]
fn a_wheel_for_another_platform_is_left_out_and_one_for_any_is_not() {
    let mut bench = Bench::of(&["1.0"]);
    bench.file("demo-2.0-cp312-cp312-win_amd64.whl", "");
    bench.file("demo-3.0-cp312-cp312-manylinux_2_28_x86_64.whl", "");
    assert_eq!(bench.chosen(), ["3.0", "1.0"]);
    assert_eq!(bench.why_not("2.0").unwrap(), "has no file for this platform");
}
