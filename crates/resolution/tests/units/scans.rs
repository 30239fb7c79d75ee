//! What was seen inside releases: HostileSieve, FindingsStep, ChangesStep.

use evidence::Ignores;
use packaging::Version;
use proptest::prelude::*;
use resolution::{
    Direction, Level, Objective, Recommendation,
    pipeline::{
        Pipeline, document,
        scanned::{
            Counts, Scan, Scans, Seen, Sign,
            density::{MOST, STEP, density, points},
            is_small,
        },
    },
    policy::Policy,
    rule::{Effect, Rule},
};

use super::bench::{Bench, name};

/// A release of so many lines with so many findings that are as bad and sure as can be.
fn dense(code: u64, worst: u64) -> Seen {
    Seen { counts: Counts([[0, 0, 0], [0, 0, 0], [0, 0, worst]]), code, ..Seen::default() }
}

fn hostile() -> Seen {
    let sign = Sign { rule: "T110".into(), place: "demo/a.py:3".into(), message: "This runs what it decodes".into() };
    Seen { signs: vec![sign], ..dense(500, 0) }
}

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

fn scans(scan: Scan, seen: &[(&str, Result<Seen, &str>)]) -> Scans {
    let mut scans = Scans::new(scan);
    for (at, seen) in seen {
        scans.take(&name("demo"), &version(at), seen.clone().map_err(str::to_string));
    }
    if scan == Scan::Candidates {
        scans.newest.insert(name("demo"), seen.iter().take(3).map(|(at, _)| version(at)).collect());
    }
    scans
}

fn policy(recommendation: Recommendation) -> Policy {
    Policy::new(Objective::new(recommendation, Direction::Highest))
}

/// A rule as `demo==2.0 -30`, or `demo==2.0 out`.
fn told(rules: &[Rule]) -> Vec<String> {
    let told = |rule: &Rule| match &rule.effect {
        Effect::Points { members, level: Level::Quality, points } => format!("{} -{points}", members[0]),
        Effect::Forbid(members) => format!("{} out", members[0]),
        other => panic!("{other:?}"),
    };
    rules.iter().map(told).collect()
}

#[test]
fn what_looks_hostile_is_left_out_where_security_is_asked_for_and_nowhere_else() {
    let known = scans(Scan::Chosen, &[("2.0", Ok(hostile())), ("1.0", Ok(dense(500, 9)))]);
    assert_eq!(told(&known.rules(&policy(Recommendation::Security))), ["demo==2.0 out"]);
    for other in [Recommendation::Stable, Recommendation::Latest] {
        assert_eq!(known.rules(&policy(other)), [], "{other}");
    }
    let mut bench = Bench::of(&["1.0", "2.0"]);
    bench.problem.rules = known.rules(&policy(Recommendation::Security)).into();
    assert_eq!(bench.chosen(), ["1.0"]);
    assert_eq!(bench.why_not("2.0").unwrap(), "looks hostile (T110 demo/a.py:3: This runs what it decodes)");
}

#[test]
fn who_looked_accepts_it_by_package_and_rule() {
    let known = scans(Scan::Chosen, &[("2.0", Ok(hostile()))]);
    let left = |ignore: &str| {
        let ignores = Ignores::new([ignore]);
        known.rules(&Policy { ignores, ..policy(Recommendation::Security) }).len()
    };
    assert_eq!(["Demo:t110", "T110", "demo", "other:T110", "demo:T111"].map(left), [0, 1, 1, 1, 1]);
}

#[test]
fn findings_cost_by_the_size_of_the_code_and_only_where_candidates_are_looked_into() {
    let seen = [("2.0", Ok(dense(2_000, 40))), ("1.0", Ok(dense(2_000_000, 40)))];
    let stable = policy(Recommendation::Stable);
    let rules = scans(Scan::Candidates, &seen).rules(&stable);
    assert_eq!(rules.len(), 1, "{rules:?}");
    assert!(told(&rules)[0].starts_with("demo==2.0 -"), "{rules:?}");
    assert_eq!(scans(Scan::Chosen, &seen).rules(&stable), []);
    assert_eq!(scans(Scan::Candidates, &seen).rules(&policy(Recommendation::Latest)), []);
    let without = Policy { pipeline: document::read(b"steps: [{name: LockedStep}]").unwrap(), ..stable };
    assert_eq!(scans(Scan::Candidates, &seen).rules(&without), []);
}

#[test]
fn what_always_was_so_tells_nothing_of_one_release() {
    let stable = policy(Recommendation::Stable);
    let of = |worst: &[u64]| -> Vec<i64> {
        let all = ["4.0", "3.0", "2.0", "1.0"];
        let known: Vec<_> = all.iter().zip(worst).map(|(at, worst)| (*at, Ok(dense(10_000, *worst)))).collect();
        let mut bench = Bench::of(&all);
        bench.problem.rules = scans(Scan::Candidates, &known).rules(&stable).into();
        bench.costs(Level::Quality)
    };
    assert_eq!(of(&[40, 39, 41, 300]), [0, 0, 0, 20], "each doubling over the best of the three newest is a step");
    assert_eq!(of(&[300, 39, 41]), [20, 0, 0, 0], "what was not looked into costs nothing");
    assert_eq!(of(&[3, 0, 0, 1]), [0, 0, 0, 0], "so few are as it should be");
    assert_eq!(of(&[100_000, 1, 1, 1]), [50, 0, 0, 0], "there is a most");
}

#[test]
fn a_release_with_many_is_to_be_compared_with_the_newest_once() {
    let stable = policy(Recommendation::Stable);
    let mut known = Scans::new(Scan::Candidates);
    known.take(&name("demo"), &version("2.0"), Ok(dense(10_000, 40)));
    known.take(&name("demo"), &version("1.0"), Ok(dense(10_000, 1)));
    let is = |known: &Scans, at: &str, policy: &Policy| known.is_to_compare(&name("demo"), &version(at), policy);
    assert!(is(&known, "2.0", &stable) && !is(&known, "1.0", &stable) && !is(&known, "3.0", &stable));
    assert!(!is(&known, "2.0", &policy(Recommendation::Latest)));
    assert_eq!(known.rules(&stable), [], "not before the newest are known");
    known.newest.insert(name("demo"), vec![version("2.0"), version("1.0")]);
    assert!(!is(&known, "2.0", &stable));
    assert_eq!(told(&known.rules(&stable)), ["demo==2.0 -40"]);
    assert!(!is(&Scans { scan: Scan::Chosen, ..known }, "2.0", &stable));
}

#[test]
fn what_could_not_be_looked_into_neither_wins_nor_loses() {
    let seen = [("2.0", Ok(dense(1_000, 1_000))), ("1.0", Err("the index is gone"))];
    assert_eq!(scans(Scan::Candidates, &seen).rules(&policy(Recommendation::Stable)), []);
    let closed = Seen { unread: Some("It is encrypted".to_string()), ..dense(1_000, 0) };
    assert_eq!(points(&closed, 0), MOST, "an archive that cannot be read is the release's own doing");
}

#[test]
fn a_small_upgrade_that_can_suddenly_do_more_loses() {
    let seen = Seen { gained: vec!["speaks to the network (demo/a.py)".to_string()], ..dense(1_000, 0) };
    let known = |scan| scans(scan, &[("1.1", Ok(seen.clone()))]).rules(&policy(Recommendation::Stable));
    assert_eq!(told(&known(Scan::Candidates)), ["demo==1.1 -50"]);
    assert_eq!(known(Scan::Chosen), []);
    let is = |before: &str, after: &str| is_small(&version(before), &version(after));
    assert!(is("1.0", "1.0.1") && is("1.0", "1.9") && is("0.1", "0.2"));
    assert!(!is("1.9", "2.0") && !is("1.1", "1.0") && !is("1.0", "1!1.1") && !is("1.0", "1.0"));
}

#[test]
fn what_nobody_looked_into_is_told_as_not_known() {
    let known = scans(Scan::Chosen, &[("2.0", Err("no answer")), ("1.0", Ok(dense(10, 0)))]);
    let of = |at: &str| -> Vec<String> {
        let unknown = known.unknown([(&name("demo"), &version(at))]);
        unknown.into_iter().map(|one| format!("{}: {}", one.about, one.why)).collect()
    };
    assert_eq!(of("1.0"), Vec::<String>::new());
    assert_eq!(of("2.0"), ["what is in demo 2.0: it could not be looked into: no answer"]);
    assert_eq!(of("3.0"), ["what is in demo 3.0: it was not looked into"]);
}

proptest! {
    #[test]
    fn more_findings_never_cost_less_and_more_code_never_more(
        counts in prop::array::uniform3(prop::array::uniform3(0..u64::MAX / 4)), code in 0..10_000_000_u64, more in 0..1_000_u64,
        least in 0..100_000_u64,
    ) {
        let seen = Seen { counts: Counts(counts), code, ..Seen::default() };
        let mut worse = seen.clone();
        worse.counts.0[2][2] += more;
        let larger = Seen { code: code + more, ..seen.clone() };
        let of = |seen: &Seen| points(seen, least);
        prop_assert!(of(&worse) >= of(&seen) && of(&larger) <= of(&seen) && points(&seen, least + more) <= of(&seen));
        prop_assert!(of(&seen) % STEP == 0 && of(&seen) <= MOST);
        prop_assert!(density(&larger) <= density(&seen));
    }
}

#[test]
fn the_usual_pipeline_has_all_three() {
    for unit in ["HostileSieve", "FindingsStep", "ChangesStep"] {
        assert!(Pipeline::default().takes(unit), "{unit}");
    }
}
