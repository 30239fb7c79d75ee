//! PipfileHashBoot

use std::collections::BTreeMap;

use packaging::environment::Host;
use resolution::{
    Recommendation,
    pipeline::{Beginning, Pipeline},
};

#[test]
fn a_pipfile_that_its_lock_was_not_made_of_is_told() {
    let labels = BTreeMap::new();
    let notes = |pipfile_is_locked| {
        let beginning = Beginning { pipfile_is_locked, ..Beginning::new(&labels, Host::default()) };
        beginning.run(&Pipeline::default(), Recommendation::Latest).notes
    };
    assert!(notes(Some(false))[0].starts_with("The Pipfile changed since its lock was made"));
    assert!(notes(Some(true)).is_empty() && notes(None).is_empty());
}
