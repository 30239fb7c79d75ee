//! LockedStep

use resolution::Level;

use super::bench::{Bench, name};

fn bench() -> Bench {
    let mut bench = Bench::of(&["1.0", "2.0"]);
    bench.policy.locked.insert(name("demo"), "1.0".parse().unwrap());
    bench
}

#[test]
fn a_release_that_the_lock_does_not_have_is_a_change() {
    assert_eq!(bench().costs(Level::Change), [1, 0]);
}

#[test]
fn without_a_lock_or_without_the_unit_nothing_is() {
    assert_eq!(Bench::of(&["1.0", "2.0"]).costs(Level::Change), [0, 0]);
    assert_eq!(bench().without("LockedStep").costs(Level::Change), [0, 0]);
}
