//! Pipelines that are written down.

use resolution::{
    Recommendation,
    pipeline::{
        Kind, Part, Pipeline, UNITS,
        document::{read, write},
    },
};

fn mistakes(text: &str) -> String {
    read(text.as_bytes()).unwrap_err().iter().map(|one| format!("{one}\n")).collect()
}

#[test]
fn what_is_printed_can_be_read_again() {
    for recommendation in Recommendation::ALL {
        let usual = Pipeline::default();
        assert_eq!(read(write(&usual, recommendation).as_bytes()), Ok(usual));
        let other = read(b"sieves: [{name: CveSieve, configuration: {minimum: 7}}]").unwrap();
        assert_eq!(read(write(&other, recommendation).as_bytes()), Ok(other));
    }
}

#[test]
fn what_is_not_named_takes_no_part_and_what_nothing_is_chosen_without_does() {
    let pipeline = read(b"wraps: []").unwrap();
    let has = |name: &str| {
        let unit = UNITS.iter().find(|unit| unit.name == name).unwrap();
        pipeline.has(unit, Recommendation::Security)
    };
    assert!(has("MalwareSieve") && has("CvePenalizationStep"));
    assert!(!has("LockedStep") && !has("prescription.sieve") && !has("CveSieve"));
}

#[test]
fn names_of_the_original_are_understood() {
    let pipeline =
        read(b"wraps: [{name: TroveClassifiersWrap, configuration: null}]\nsieves: [{name: SolverRulesSieve}]");
    assert!(pipeline.unwrap().admits(prescriptions::Kind::Sieve));
    let told = mistakes("sieves:\n  - name: SolvedSieve\n");
    assert!(told.starts_with("line 2: `SolvedSieve` is no unit here, leave it out: A release whose"), "{told}");
}

#[test]
fn each_mistake_is_told_with_its_line_and_what_would_be_right() {
    let text = "sieves:\n- name: CveSeive\n- name: CveSieve\n  configuration:\n    minimun: 7\n- name: CveSieve\n\
                step:\n- name: LockedStep\nwraps:\n- name: LockedStep\n- thoth\n\
                steps:\n- name: CvePenalizationStep\n  configuration: {unscored: 101}\n- name: thoth.NumPyStep\n";
    assert_eq!(
        mistakes(text),
        "line 2: there is no unit `CveSeive`: did you mean `CveSieve`?\n\
         line 5: there is no key `minimun` here: did you mean `minimum`?\n\
         line 6: `CveSieve` is named twice\n\
         line 8: there is no key `step` here: did you mean `steps`?\n\
         line 10: `LockedStep` belongs into the list `steps`\n\
         line 11: a unit is a map with a `name`, and a `configuration` where it has one\n\
         line 14: `unscored` (what a vulnerability counts that nobody scored: CVSS base score x 10) is a whole number from 0 to 100\n\
         line 15: there is no unit `thoth.NumPyStep`: units of prescriptions take part by kind (`prescription.step`), and `--prescriptions` says which\n"
    );
    assert!(mistakes("[1, 2]").contains("a map of lists is expected: boots, pseudonyms, sieves"));
    assert!(mistakes("{").contains("neither YAML nor JSON"));
}

#[test]
fn a_stored_pipeline_of_units_that_there_are_not_is_refused() {
    let pipeline = read(b"sieves: [{name: CveSieve, configuration: {minimum: 70}}]").unwrap();
    let stored = serde_json::to_string(&pipeline).unwrap();
    assert_eq!(serde_json::from_str::<Pipeline>(&stored).unwrap(), pipeline);
    let other = stored.replace("CveSieve", "TomorrowsSieve");
    let error = serde_json::from_str::<Pipeline>(&other).unwrap_err();
    assert!(error.to_string().contains("no unit `TomorrowsSieve` in this version"), "{error}");
    assert_eq!(pipeline.statement().first().map(String::as_str), Some("unit CveSieve minimum=70"));
    assert!(Pipeline::default().statement().is_empty());
}

#[test]
fn the_registry_is_in_order_and_names_are_unique() {
    assert!(UNITS.is_sorted_by_key(|unit| unit.kind));
    for (at, unit) in UNITS.iter().enumerate() {
        assert!(UNITS[..at].iter().all(|other| other.name != unit.name), "{}", unit.name);
        assert!(unit.here.ends_with('.') && !unit.here.contains('|'), "{}", unit.name);
        assert!(unit.part != Part::Weighing || unit.kind == Kind::Step, "{}", unit.name);
    }
}
