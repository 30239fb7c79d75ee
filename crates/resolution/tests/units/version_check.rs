//! VersionCheckBoot

use std::collections::BTreeMap;

use packaging::environment::Host;
use resolution::{
    Recommendation,
    pipeline::{Beginning, Choice, Pipeline},
};

use super::bench::want;

fn notes(wants: &[&str], pipeline: &Pipeline) -> Vec<String> {
    let wants: Vec<_> = wants.iter().map(|text| want(text)).collect();
    let labels = BTreeMap::new();
    let beginning = Beginning { wants: &wants, ..Beginning::new(&labels, Host::default()) };
    beginning.run(pipeline, Recommendation::Stable).notes
}

#[test]
fn requirements_without_a_bound_are_named_where_somebody_asks() {
    let asked = Pipeline::of(&[Choice { unit: "VersionCheckBoot", configuration: BTreeMap::new() }]);
    let told = notes(&["zope", "flask>=2", "attrs"], &asked);
    assert_eq!(told, ["Required in any version: `attrs`, `zope`. A lower bound (`>=`) says what was tried."]);
    assert!(notes(&["flask>=2", "pinned==1", "old<2"], &asked).is_empty());
    let lax = notes(&["nought>=0", "gap!=1.2", "endless<9999999999"], &asked);
    assert!(lax[0].starts_with("Required in any version: `endless`, `gap`, `nought`."), "{lax:?}");
    let many = notes(&["a", "b", "c", "d", "e", "f", "g"], &asked);
    assert!(many[0].contains("`e` and 2 more."), "{many:?}");
    assert!(notes(&["zope"], &Pipeline::default()).is_empty());
}
