//! TroveClassifiersWrap

use packaging::metadata::About;
use resolution::{Recommendation, pipeline::Pipeline};

use super::finished::told;

fn of(classifiers: &[&str], kind: Recommendation) -> Vec<String> {
    let about = About { classifiers: classifiers.iter().map(|one| (*one).to_string()).collect(), ..About::default() };
    told(Some(&about), None, kind, &Pipeline::default())
}

#[test]
fn an_inactive_project_is_a_warning_in_any_run() {
    for kind in [Recommendation::Stable, Recommendation::Latest] {
        let told = of(&["Development Status :: 7 - Inactive"], kind);
        assert_eq!(told, ["Warning demo 2.0 says that its project is inactive"]);
    }
}

#[test]
fn what_is_not_stable_yet_is_told_where_that_matters() {
    let beta = ["Development Status :: 4 - Beta"];
    assert_eq!(of(&beta, Recommendation::Security), ["Info demo 2.0 says that it is in the state `Beta`"]);
    assert!(of(&beta, Recommendation::Testing).is_empty());
    assert!(of(&["Development Status :: 5 - Production/Stable"], Recommendation::Security).is_empty());
}

#[test]
fn versions_are_missed_only_where_others_of_the_kind_are_listed() {
    let python = |version: &str| format!("Programming Language :: Python :: {version}");
    let none = of(&[&python("3"), &python("3 :: Only"), &python("2.7")], Recommendation::Stable);
    assert!(none.is_empty(), "{none:?}");
    let older = of(&[&python("3.8"), &python("3.9")], Recommendation::Stable);
    assert_eq!(older, ["Info demo 2.0 does not list Python 3.12"]);
    assert!(of(&[&python("3.8"), &python("3.12")], Recommendation::Stable).is_empty());
    let cuda = of(&["Environment :: GPU :: NVIDIA CUDA :: 11.1"], Recommendation::Stable);
    assert_eq!(cuda, ["Info demo 2.0 does not list CUDA 11.8"]);
}

#[test]
fn nothing_is_told_of_what_nobody_read_or_by_a_unit_that_is_left_out() {
    assert!(told(None, None, Recommendation::Stable, &Pipeline::default()).is_empty());
    let about = About { classifiers: vec!["Development Status :: 7 - Inactive".to_string()], ..About::default() };
    assert!(told(Some(&about), None, Recommendation::Stable, &Pipeline::of(&[])).is_empty());
}
