//! ReleaseNotesWrap

use packaging::metadata::About;
use resolution::{Recommendation, pipeline::Pipeline};

use super::finished::told;

#[test]
fn what_changed_is_linked_where_a_release_takes_the_place_of_another() {
    let about = About {
        classifiers: Vec::new(),
        changes: Some("https://demo.example/changes".to_string()),
        ..About::default()
    };
    let of = |about, before| told(about, before, Recommendation::Stable, &Pipeline::default());
    assert_eq!(of(Some(&about), Some("1.0")), ["Info What is new in demo 2.0 since 1.0 https://demo.example/changes"]);
    assert!(of(Some(&about), None).is_empty() && of(Some(&about), Some("2.0")).is_empty());
    assert!(of(Some(&About::default()), Some("1.0")).is_empty(), "no address is made up");
}
