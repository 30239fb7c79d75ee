//! What observations mean to a decision: which releases are blamed for failures, which are known to be fast, and which not.

use evidence::{
    Observation,
    observation::{Cause, Environment, Figure, Outcome, Stage},
};
use proptest::prelude::*;
use resolution::{
    Direction, Level, Objective, Recommendation,
    pipeline::{
        Pipeline, document,
        observed::{Learned, learned},
    },
    rule::Effect,
};

/// 2026-11-22, in seconds since the Unix epoch.
const NOW: i64 = 1_795_305_600;
const DAY: i64 = 86_400;

fn here() -> Environment {
    let word = |text: &str| Some(text.to_string());
    Environment {
        python: word("3.12"),
        platform: word("linux-x86_64"),
        system: word("debian 12"),
        cpu: word("x86-64-v3 family 6"),
        gpu: None,
    }
}

/// A try of `a 1, b 2` today, here.
fn tried(stack: &str, outcome: Outcome) -> Observation {
    let releases = stack.split(", ").map(|release| release.split_once(' ').unwrap());
    Observation {
        stack: releases.map(|(name, version)| (name.parse().unwrap(), version.parse().unwrap())).collect(),
        stage: Stage::Test,
        outcome,
        environment: here(),
        at: NOW,
        fraction: 0,
        source: "story".to_string(),
        figures: Vec::new(),
        output: String::new(),
        note: String::new(),
    }
}

const FAILED: Outcome = Outcome::Failed(Cause::Exit(1));

fn times(count: usize, observation: &Observation) -> Vec<Observation> {
    vec![observation.clone(); count]
}

fn of(observations: &[Observation], recommendation: Recommendation) -> Learned {
    decided(observations, recommendation, &Pipeline::default())
}

fn decided(observations: &[Observation], recommendation: Recommendation, pipeline: &Pipeline) -> Learned {
    let objective = Objective::new(recommendation, Direction::Highest);
    learned(observations, &here(), (pipeline, &objective), NOW)
}

/// The points of each set of releases, by their names and versions.
fn points(observations: &[Observation]) -> Vec<(String, i32)> {
    told(&of(observations, Recommendation::Stable), Level::Quality)
}

fn told(learned: &Learned, level: Level) -> Vec<(String, i32)> {
    let rules = learned.rules.iter().filter_map(|rule| match &rule.effect {
        Effect::Points { members, level: on, points } if *on == level => {
            let members: Vec<String> = members.iter().map(ToString::to_string).collect();
            Some((members.join(" + "), *points))
        }
        _ => None,
    });
    let mut told: Vec<(String, i32)> = rules.collect();
    told.sort();
    told
}

fn named(points: &[(&str, i32)]) -> Vec<(String, i32)> {
    points.iter().map(|(name, points)| (name.to_string(), *points)).collect()
}

#[test]
fn what_always_fails_is_blamed_and_what_failed_once_of_many_times_is_not() {
    assert_eq!(points(&times(8, &tried("a 2", FAILED))), named(&[("a==2", 700)]));
    let mut once = times(49, &tried("a 2", Outcome::Ok));
    once.push(tried("a 2", FAILED));
    assert_eq!(points(&once), []);
    assert_eq!(points(&times(2, &tried("a 2", FAILED))), [], "two failures are no verdict");
    assert_eq!(points(&times(3, &tried("a 2", FAILED))), named(&[("a==2", 500)]));
}

#[test]
fn the_reason_names_numbers_stage_and_the_last_failure() {
    let mut all = times(3, &tried("a 2, b 1", FAILED));
    all[1].at = NOW - 40 * DAY;
    all.extend(times(4, &tried("a 1, b 1", Outcome::Ok)));
    let learned = of(&all, Recommendation::Stable);
    let reasons: Vec<&str> = learned.rules.iter().map(|rule| rule.reason.as_str()).collect();
    assert_eq!(reasons, ["failed 3 of 3 times (test), other releases 0 of 4 times; last on 2026-11-22 (exit 1)"]);
    assert_eq!((learned.used.counted, learned.used.failed, learned.used.unexplained), (7, 3, 0));
}

#[test]
fn a_failed_stack_blames_what_fails_more_than_other_releases_of_its_package() {
    let mut all = times(8, &tried("web 1, drawing 2, extra 1", FAILED));
    assert_eq!(points(&all), [], "nothing tells which of them it is");
    assert_eq!(of(&all, Recommendation::Stable).used.unexplained, 8);
    all.extend(times(8, &tried("web 1, drawing 1, extra 1", Outcome::Ok)));
    assert_eq!(points(&all), named(&[("drawing==2", 700)]));
}

#[test]
fn where_every_release_of_a_package_fails_none_is_blamed() {
    let mut all = times(8, &tried("a 2", FAILED));
    all.extend(times(10, &tried("a 1", FAILED)));
    assert_eq!(points(&all), []);
}

#[test]
fn a_bystander_is_not_blamed_for_what_another_release_explains() {
    // `b 2` came with `a 2`, and works with `a 1`.
    let mut all = times(6, &tried("a 2, b 2", FAILED));
    all.extend(times(6, &tried("a 2, b 1", FAILED)));
    all.extend(times(6, &tried("a 1, b 2", Outcome::Ok)));
    all.extend(times(6, &tried("a 1, b 1", Outcome::Ok)));
    assert_eq!(points(&all), named(&[("a==2", 800)]));
}

#[test]
fn what_cannot_be_told_apart_is_blamed_equally() {
    let mut all = times(5, &tried("a 2, b 2", FAILED));
    all.extend(times(5, &tried("a 1, b 1", Outcome::Ok)));
    assert_eq!(points(&all), named(&[("a==2", 600), ("b==2", 600)]));
}

#[test]
fn two_releases_that_fail_together_only_are_blamed_together() {
    let mut all = times(6, &tried("a 2, b 2, c 1", FAILED));
    for works in ["a 2, b 1, c 1", "a 1, b 2, c 1", "a 1, b 1, c 1"] {
        all.extend(times(6, &tried(works, Outcome::Ok)));
    }
    assert_eq!(points(&all), named(&[("a==2 + b==2", 600)]));
}

#[test]
fn installing_well_says_nothing_against_failing_in_tests() {
    let mut all = times(5, &tried("a 2", FAILED));
    for mut installed in times(40, &tried("a 2", Outcome::Ok)) {
        installed.stage = Stage::Install;
        all.push(installed);
    }
    assert_eq!(points(&all), named(&[("a==2", 600)]));
    // But running well says that it can be installed.
    for observation in &mut all {
        observation.stage = if observation.outcome.is_ok() { Stage::Run } else { Stage::Install };
    }
    assert_eq!(points(&all), []);
}

#[test]
fn a_stack_that_does_not_exist_speaks_against_nobody() {
    let unresolved = tried("a 2", Outcome::Failed(Cause::Unresolved));
    assert_eq!(points(&times(9, &unresolved)), []);
}

#[test]
fn old_failures_fade() {
    let aged = |days: i64| {
        let mut all = times(8, &tried("a 2", FAILED));
        all.iter_mut().for_each(|one| one.at = NOW - days * DAY);
        points(&all).first().map_or(0, |(_, points)| *points)
    };
    assert_eq!([0, 90, 180, 360, 720, 2000].map(aged), [700, 600, 500, 400, 100, 0]);
}

#[test]
fn what_happened_elsewhere_is_not_counted_here_and_said() {
    let mut all = times(8, &tried("a 2", FAILED));
    let elsewhere: [fn(&mut Environment); 4] = [
        |there| there.python = Some("3.11".to_string()),
        |there| there.platform = Some("darwin-arm64".to_string()),
        |there| there.system = Some("fedora 35".to_string()),
        |there| there.python = None,
    ];
    for (at, change) in elsewhere.into_iter().enumerate() {
        change(&mut all[at].environment);
        change(&mut all[at + 4].environment);
    }
    let learned = of(&all, Recommendation::Stable);
    assert_eq!(learned.rules, []);
    assert_eq!((learned.used.counted, learned.used.elsewhere, learned.used.unknown), (0, 6, 2));
}

#[test]
fn where_quality_does_not_decide_failures_are_told_and_take_no_part() {
    let learned = of(&times(8, &tried("a 2", FAILED)), Recommendation::Latest);
    assert_eq!((learned.rules.len(), learned.used.rules, learned.used.failed), (1, 0, 8));
}

#[test]
fn a_pipeline_without_the_unit_counts_and_judges_nothing() {
    let without = document::read(b"steps: [{name: LockedStep}]").unwrap();
    let learned = decided(&times(8, &tried("a 2", FAILED)), Recommendation::Stable, &without);
    assert_eq!((learned.rules.len(), learned.used.failed), (0, 8));
    let with = document::read(b"steps: [{name: ObservedFailuresStep}]").unwrap();
    assert_eq!(decided(&times(8, &tried("a 2", FAILED)), Recommendation::Stable, &with).rules.len(), 1);
}

fn measured(stack: &str, rates: &[f64]) -> Vec<Observation> {
    let one = |rate: &f64| {
        let figures = vec![Figure::new("PiMatmul device=cpu", None, *rate, "GFLOPS").unwrap()];
        Observation { figures, ..tried(stack, Outcome::Ok) }
    };
    rates.iter().map(one).collect()
}

fn speed(observations: &[Observation]) -> Vec<(String, i32)> {
    told(&of(observations, Recommendation::Performance), Level::Performance)
}

#[test]
fn a_release_that_is_slower_here_loses_what_it_is_behind() {
    let mut all = measured("torch 2.1, numpy 1.26", &[100.0, 101.0, 5.0]);
    all.extend(measured("torch 2.0, numpy 1.26", &[52.0, 51.0, 50.0]));
    all.extend(measured("torch 1.13, numpy 1.26", &[88.0, 89.0, 90.0, 91.0]));
    // The one in the middle loses 100, as much as a release that nobody measured.
    assert_eq!(speed(&all), named(&[("torch==1.13", 0), ("torch==2.0", 300), ("torch==2.1", -100)]));
    let reasons = of(&all, Recommendation::Performance).rules;
    assert!(reasons.iter().any(|rule| {
        rule.reason
            == "has 51 % of the rate of the fastest measured on such hardware (PiMatmul device=cpu: 51.00 GFLOPS, the median of 3)"
    }), "{reasons:#?}");
    assert_eq!(told(&of(&all, Recommendation::Stable), Level::Performance), []);
}

#[test]
fn too_few_measurements_noise_and_other_hardware_say_nothing() {
    let mut few = measured("torch 2.1", &[100.0, 101.0]);
    few.extend(measured("torch 2.0", &[50.0, 51.0, 52.0]));
    assert_eq!(speed(&few), []);
    let mut noise = measured("torch 2.1", &[100.0, 101.0, 102.0]);
    noise.extend(measured("torch 2.0", &[95.0, 96.0, 92.5]));
    assert_eq!(speed(&noise), []);
    let mut other = measured("torch 2.1", &[100.0, 101.0, 102.0]);
    other.extend(measured("torch 2.0", &[50.0, 51.0, 52.0]));
    other.iter_mut().take(3).for_each(|one| one.environment.cpu = Some("x86-64-v4 family 6".to_string()));
    assert_eq!(speed(&other), []);
}

#[test]
fn a_figure_that_names_its_package_is_of_no_other() {
    let mut all = measured("torch 2.1, numpy 2.0", &[100.0, 101.0, 102.0]);
    all.extend(measured("torch 2.0, numpy 1.26", &[49.0, 50.0, 51.0]));
    assert_eq!(speed(&all).len(), 4);
    for observation in &mut all {
        observation.figures[0].package = Some("torch".parse().unwrap());
    }
    assert_eq!(speed(&all), named(&[("torch==2.0", 0), ("torch==2.1", -500)]));
}

/// Any tries of three packages with two versions each.
fn histories() -> impl Strategy<Value = Vec<Observation>> {
    let version = || prop::option::of(1..3_u32);
    let one = (version(), version(), version(), 0..5_usize, any::<bool>(), 0..400_i64);
    let one = one.prop_filter_map("a stack has a release", |(a, b, c, stage, ok, days)| {
        let stack: Vec<String> = [("a", a), ("b", b), ("c", c)]
            .iter()
            .filter_map(|(name, version)| version.map(|version| format!("{name} {version}")))
            .collect();
        let outcome = if ok { Outcome::Ok } else { FAILED };
        let is_there = !stack.is_empty();
        is_there.then(|| Observation {
            stage: Stage::ALL[stage],
            at: NOW - days * DAY,
            ..tried(&stack.join(", "), outcome)
        })
    });
    prop::collection::vec((one, 1..6_usize), 0..24)
        .prop_map(|tries| tries.into_iter().flat_map(|(one, count)| times(count, &one)).collect())
}

/// Any tries in which `a 1` was alone, where it was: in stacks, another release may explain its failures.
fn apart() -> impl Strategy<Value = Vec<Observation>> {
    histories().prop_map(|mut all| {
        let is_a = |one: &Observation| one.stack.iter().any(|(name, version)| format!("{name} {version}") == "a 1");
        all.retain(|one| one.stack.len() == 1 || !is_a(one));
        all
    })
}

/// A history in a line a try.
fn shown(all: &[Observation]) -> String {
    let one = |one: &Observation| {
        let stack: Vec<String> = one.stack.iter().map(|(name, version)| format!("{name} {version}")).collect();
        format!("\n{} {} {}, {} days ago", stack.join(", "), one.stage, one.outcome, (NOW - one.at) / DAY)
    };
    all.iter().map(one).collect()
}

/// What one release loses on its own account.
fn loses(observations: &[Observation], release: &str) -> i32 {
    points(observations).into_iter().filter(|(name, _)| name == release).map(|(_, points)| points).sum()
}

proptest! {

    #[test]
    fn the_order_of_observations_does_not_matter(all in histories(), seed in any::<u64>()) {
        let mut shuffled = all.clone();
        let mut state = seed;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(of(&all, Recommendation::Stable), of(&shuffled, Recommendation::Stable));
    }

    #[test]
    fn one_more_failure_of_a_release_alone_never_makes_it_look_better(all in apart()) {
        let before = loses(&all, "a==1");
        let mut more = all.clone();
        // What fails later than this has at least been installed.
        more.push(Observation { stage: Stage::Install, ..tried("a 1", FAILED) });
        prop_assert!(loses(&more, "a==1") >= before, "{:?} then {:?}{}", points(&all), points(&more), shown(&more));
    }

    #[test]
    fn one_more_success_of_a_release_alone_never_makes_it_look_worse(all in apart()) {
        let before = loses(&all, "a==1");
        let mut more = all.clone();
        more.push(Observation { stage: Stage::Run, ..tried("a 1", Outcome::Ok) });
        prop_assert!(loses(&more, "a==1") <= before, "{:?} then {:?}{}", points(&all), points(&more), shown(&more));
    }

    #[test]
    fn points_are_whole_steps_within_bounds_for_releases_that_failed(all in histories()) {
        let learned = of(&all, Recommendation::Stable);
        for (name, points) in points(&all) {
            prop_assert!((100..=1000).contains(&points) && points % 100 == 0);
            let members: Vec<String> = name.split(" + ").map(|member| member.replace("==", " ")).collect();
            let failures = all.iter().filter(|one| {
                let has = |member: &String| one.stack.iter().any(|(name, version)| format!("{name} {version}") == *member);
                !one.outcome.is_ok() && members.iter().all(has)
            });
            prop_assert!(failures.count() >= 3);
        }
        prop_assert!(learned.used.unexplained <= learned.used.failed);
    }
}
