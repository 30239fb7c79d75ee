//! Observations as lines: what is said comes back, and what cannot be meant is refused.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use evidence::{
    Observation,
    observation::{Cause, Environment, Figure, Outcome, Stage, line},
};
use proptest::prelude::*;

/// 2026-11-22, in seconds since the Unix epoch.
const NOW: i64 = 1_795_305_600;

const LINE: &str = r#"{"stack":{"Flask":"3.0","jinja2":"3.1.2"},"stage":"test","outcome":"failed","cause":"exit 1",
    "environment":{"python":"3.12","platform":"linux-x86_64","system":null,"colour":"red"},
    "date":"2026-11-20","source":"feedback","more":[1,2],"figures":[{"name":"req","rate":1.5}]}"#;

/// What reading says of a line with one part changed.
fn refused(part: &str, by: &str) -> String {
    assert!(LINE.contains(part), "{part}");
    Observation::from_line(&LINE.replace(part, by), NOW).unwrap_err()
}

#[test]
fn a_line_is_read_and_written_without_what_is_not_known() {
    let observation = Observation::from_line(LINE, NOW).unwrap();
    assert_eq!(observation.stack.len(), 2);
    assert_eq!(observation.outcome, Outcome::Failed(Cause::Exit(1)));
    assert_eq!(observation.environment.system, None);
    assert_eq!(
        observation.to_line(),
        r#"{"stack":{"flask":"3.0","jinja2":"3.1.2"},"stage":"test","outcome":"failed","cause":"exit 1","environment":{"python":"3.12","platform":"linux-x86_64"},"date":"2026-11-20T00:00:00Z","source":"feedback","figures":[{"name":"req","rate":1.5}]}"#
    );
    assert_eq!(Observation::from_line(&observation.to_line(), NOW).unwrap().identity(), observation.identity());
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_reason() {
    for (part, by, why) in [
        (r#"{"Flask":"3.0","jinja2":"3.1.2"}"#, "{}", "no release"),
        ("\"3.0\"", "\"three\"", "no version of `flask`"),
        ("\"3.0\"", "3", "string"),
        ("jinja2", "flask", "twice"),
        ("Flask", "../flask", "no name of a package"),
        ("test", "deploy", "no stage"),
        ("failed", "maybe", "ok or failed"),
        ("failed", "ok", "has a `cause`"),
        ("exit 1", "exit 0", "no cause"),
        ("exit 1", "exit code", "no cause"),
        ("2026-11-20", "2026-11-25", "in the future"),
        ("2026-11-20", "1999-01-01", "too long ago"),
        ("2026-11-20", "99999999999-01-01", "`date` is"),
        ("2026-11-20", "last week", "`date` is"),
        ("1.5", "-1.5", "above zero"),
        ("1.5", "0", "above zero"),
        ("1.5", "1e999", "number"),
        ("1.5", "NaN", "expected value"),
        ("\"req\"", "\"\"", "no name"),
        ("linux-x86_64", "\\u001b[31m", "not one line"),
        ("}]}", "}]", "EOF"),
    ] {
        let error = refused(part, by);
        assert!(error.contains(why), "{part} -> {by}: {error}");
        assert!(!error.contains('\u{1b}'), "{error}");
    }
}

#[test]
fn a_huge_line_is_not_even_parsed() {
    let line = format!("{{\"note\":\"{}\"}}", "x".repeat(line::LONGEST));
    assert!(Observation::from_line(&line, NOW).unwrap_err().contains("at most"));
    let deep = "[".repeat(100_000);
    assert!(Observation::from_line(&deep, NOW).is_err());
}

#[test]
fn what_happened_a_microsecond_later_is_another_observation() {
    let observation = Observation::from_line(LINE, NOW).unwrap();
    let later = observation.clone().later();
    assert!(later.to_line().contains(r#""date":"2026-11-20T00:00:00.000001Z""#), "{}", later.to_line());
    assert_ne!(later.identity(), observation.identity());
    let last = Observation { fraction: 999_999, ..observation.clone() }.later();
    assert_eq!((last.at, last.fraction), (observation.at + 1, 0));
}

#[test]
fn of_a_long_output_the_end_is_kept_without_what_acts_on_a_terminal() {
    let output = format!("{}\u{1b}[31mé: the last\tline\n", "é".repeat(line::OUTPUT));
    let kept = line::tail(&output);
    assert!(kept.len() <= line::OUTPUT && kept.ends_with("[31mé: the last\tline\n"), "{kept}");
}

prop_compose! {
    fn observations()(
        releases in prop::collection::btree_map("[a-z]{1,8}(-[a-z0-9]{1,4})?", "[0-9]{1,2}(\\.[0-9]{1,3}){0,3}(rc1|\\.post2|\\+cu12)?", 1..8),
        stage in prop::sample::select(Stage::ALL.to_vec()),
        outcome in prop_oneof![
            Just(Outcome::Ok),
            prop::sample::select(vec![Cause::Unknown, Cause::Exit(-3), Cause::Signal(9), Cause::Timeout, Cause::Memory, Cause::Unresolved])
                .prop_map(Outcome::Failed),
        ],
        words in prop::collection::vec(prop::option::of("[a-z0-9.]{1,9}( [a-z0-9]{1,4})?"), 5),
        at in 946_684_800..NOW,
        fraction in 0..1_000_000_u32,
        figures in prop::collection::vec(("[a-z]{1,9}", any::<f64>()), 0..4),
        output in ".{0,60}",
        note in ".{0,60}",
    ) -> Observation {
        let [python, platform, system, cpu, gpu]: [Option<String>; 5] = words.try_into().unwrap();
        Observation {
            stack: releases.into_iter().map(|(name, version)| (name.parse().unwrap(), version.parse().unwrap())).collect(),
            stage,
            outcome,
            environment: Environment { python, platform, system, cpu, gpu },
            at,
            fraction,
            source: "test".to_string(),
            figures: figures.into_iter().filter_map(|(name, rate)| Figure::new(&name, None, rate, "1/s").ok()).collect(),
            output: line::tail(&output),
            note: packaging::text::one_line(&note, line::NOTE),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was(observation in observations()) {
        let line = observation.to_line();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(Observation::from_line(&line, NOW).unwrap(), observation);
    }

    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,80}", at in 0..300_usize, with in "\\PC{0,4}") {
        let _ = Observation::from_line(&text, NOW);
        let _ = Figure::from_script(&text);
        let mut broken = LINE.to_string();
        let at = (0..=at.min(broken.len())).rev().find(|at| broken.is_char_boundary(*at)).unwrap_or(0);
        broken.insert_str(at, &with);
        let _ = Observation::from_line(&broken, NOW);
    }
}
